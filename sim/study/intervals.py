"""Intervals: what paired differences, ratios of them and samples of the pairs can say, and how surely."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.kernels.draws import Draws, child_keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVEL = 0.95
"""Level of all intervals."""
RESAMPLES = 2000
"""Samples of the pairs in a bootstrap."""

type Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """A value and the ends of its interval at `LEVEL`; nan where there is none."""

    value: float
    low: float
    high: float


def student(freedom: int) -> float:
    """Quantile of Student's t for a two-sided interval at `LEVEL`."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + LEVEL / 2.0))


def mean(values: Floats) -> float:
    """The mean, summed without rounding."""
    return math.fsum(values.tolist()) / len(values)


def deviation(values: Floats) -> float:
    """The standard deviation of a sample; nan for a single value."""
    if len(values) < 2:
        return math.nan
    middle = mean(values)
    return math.sqrt(math.fsum(((values - middle) ** 2).tolist()) / (len(values) - 1))


def of_mean(values: Floats) -> Interval:
    """A mean with Student's interval; nan ends where fewer than two values allow none."""
    count, middle = len(values), mean(values)
    half = student(count - 1) * deviation(values) / math.sqrt(count) if count > 1 else math.nan
    return Interval(middle, middle - half, middle + half)


def of_ratio(above: Floats, below: Floats) -> Interval:
    """The ratio of two means over the same pairs, with Fieller's interval.

    The interval holds every ratio r for which the mean of above - r below does not differ from 0 in Student's t test
    (Fieller 1954), so it keeps its level however uncertain the denominator is. Where the denominator itself does not
    differ from 0 that is no interval with two ends, and none is given; where it is not above 0 there is no ratio.
    """
    x, y, count = mean(below), mean(above), len(below)
    if x <= 0.0:
        return Interval(math.nan, math.nan, math.nan)
    if count < 2:
        return Interval(y / x, math.nan, math.nan)
    reach = student(count - 1) ** 2 / count

    def varies(one: Floats, other: Floats) -> float:
        return math.fsum(((one - mean(one)) * (other - mean(other))).tolist()) / (count - 1)

    a = x * x - reach * varies(below, below)
    b = x * y - reach * varies(below, above)
    c = y * y - reach * varies(above, above)
    if a <= 0.0:
        return Interval(y / x, math.nan, math.nan)
    root = math.sqrt(max(0.0, b * b - a * c))
    return Interval(y / x, (b - root) / a, (b + root) / a)


def above_zero(values: Floats) -> bool:
    """Whether a mean is above 0 in the one-sided t test at 1 - `LEVEL`."""
    return chance_above_zero(values) > LEVEL


def chance_above_zero(values: Floats) -> float:
    """The chance that a mean is above 0, by Student's t about the mean of a sample: one minus the one-sided p value.

    A half where the sample says nothing: a single value, or all of them 0.
    """
    from scipy.special import stdtr

    error = deviation(values) / math.sqrt(len(values))
    if not error > 0.0:
        return 0.5 if math.isnan(error) or mean(values) == 0.0 else float(mean(values) > 0.0)
    return float(stdtr(len(values) - 1, mean(values) / error))


def times_drawn(pairs: int) -> Floats:
    """How often each pair is in each bootstrap sample of as many, float64[RESAMPLES, pairs]; always the same draws."""
    drawn = (_luck(pairs) * pairs).astype(np.int64).reshape(RESAMPLES, pairs)
    times = np.zeros((RESAMPLES, pairs))
    np.add.at(times, (np.arange(RESAMPLES)[:, None], drawn), 1.0)
    return times


def weights(pairs: int) -> Floats:
    """Weights of the pairs that make samples of what their mean may be, each summing to 1: float64[RESAMPLES, pairs].

    Of several measures over the same pairs the weighted means are samples of a multivariate t about the observed means,
    n - 1 degrees of freedom and the sample's covariance over n: what a flat prior makes of normal pairs (Gelman et al.
    2013, 3.6). The chance that one mean exceeds another is then that of `chance_above_zero`. A bootstrap would be sure
    of a sign as soon as all pairs, be they three, have it.
    """
    from scipy.special import gammaincinv, ndtri

    if pairs < 2:
        return np.ones((RESAMPLES, pairs))
    normal = ndtri(_luck(pairs)).reshape(RESAMPLES, pairs)
    luck = Draws(0).uniforms("scale", child_keys("samples", 0, RESAMPLES), 0)
    chi_square = 2.0 * gammaincinv((pairs - 1) / 2.0, luck)
    scale = np.sqrt((pairs - 1) / chi_square)
    apart = (normal - normal.mean(axis=1, keepdims=True)) * scale[:, None]
    drawn: Floats = 1.0 / pairs + apart / math.sqrt(pairs * (pairs - 1))
    return drawn


def _luck(pairs: int) -> Floats:
    return Draws(0).uniforms("bootstrap", child_keys("pairs", 0, RESAMPLES * pairs), 0)
