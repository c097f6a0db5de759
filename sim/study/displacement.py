"""Displacement: where loads went instead, how much of a loss at the treated places came back elsewhere, and when."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.kernels.draws import Draws, child_keys

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from sim.policies.policy import Policy
    from sim.scenario.scenario import Scenario
    from sim.world.disruption import Disruption

LEVEL = 0.95
"""Level of all intervals."""
TRAILING_MONTHS = 3
"""Months over which the monthly gain is averaged before it is held against its final level."""
RESAMPLES = 2000
"""Bootstrap samples of the pairs."""

type Months = NDArray[np.int64]
type Floats = NDArray[np.float64]


class Treated(NamedTuple):
    """What the policies speak of in which two worlds differ."""

    places: tuple[str, ...]
    """Sites and sea zones, regions and countries resolved; none where no policy names a place."""
    since: date | None
    """Day on which the first of these policies starts, or the run where it starts later; None without a policy."""
    until: date
    """Last day of the run."""

    def days_by_month(self) -> dict[str, int]:
        """Days in force by calendar month, as `2025-01`."""
        if self.since is None:
            return {}
        first, last = np.datetime64(self.since, "D"), np.datetime64(self.until, "D")
        days = np.arange(first, last + np.timedelta64(1, "D"))
        months, count = np.unique(days.astype("datetime64[M]"), return_counts=True)
        return dict(zip(months.astype(str).tolist(), count.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Displacement:
    """What the treated places lose, what all other ways gain, and the ratio of the two, with its interval."""

    places: tuple[str, ...]
    loss_kg: float
    """Mean over pairs of what is sent less past the treated places."""
    gain_kg: float
    """Mean over pairs of what is sent more on ways past none of them."""
    ratio: float
    """Gain over loss: 1 where all comes back elsewhere, between 0 and 1 in part, above 1 more than was lost; nan where
    the treated places lose nothing."""
    low: float
    high: float
    """Ends of Fieller's interval; nan where the loss is too uncertain for one."""


@dataclass(frozen=True, slots=True)
class MonthsToDisplacement:
    """In which month from the start of a policy on the gain elsewhere has come to half of its final level."""

    months: int | None
    """1 is the calendar month of the start; None where the gain elsewhere does not rise above zero for good."""
    low: int | None
    high: int | None
    """Ends of the bootstrap interval; None where too many of its samples never come to it."""


def treated_between(base: Scenario, other: Scenario) -> Treated:
    """The places that are treated in one of two worlds and not in the other, by the policies and the disruptions of the
    route graph that they do not share."""
    apart = [policy for policy in other.policies if policy not in base.policies]
    apart += [policy for policy in base.policies if policy not in other.policies]
    changed = [each for each in other.disruptions if each not in base.disruptions]
    changed += [each for each in base.disruptions if each not in other.disruptions]
    places = dict.fromkeys(place for policy in apart for place in places_of(other, policy))
    places |= dict.fromkeys(place for each in changed for place in _disrupted(other, each))
    dates = [policy.start for policy in apart] + [each.start or base.start for each in changed]
    since = min((max(day, base.start) for day in dates), default=None)
    return Treated(tuple(places), since, other.end)


def _disrupted(scenario: Scenario, disruption: Disruption) -> list[str]:
    """Sites that a disruption speaks of, the ports of regions and countries; lines and canals are none."""
    geography, named = scenario.geography, set(disruption.places)
    ports = [key for key, port in scenario.ports().items() if named & {key, port.region, port.country}]
    return ports + [key for key in (*geography.docks, *geography.warehouses) if key in named]


def places_of(scenario: Scenario, policy: Policy) -> list[str]:
    """Sites and sea zones that a policy speaks of.

    A region or country stands for its ports where the policy names ports, and for all sites in it where it names places
    of any kind.
    """
    geography, ports = scenario.geography, scenario.ports()
    known = {key: (key, port.region, port.country) for key, port in ports.items()}
    sites = (geography.production_areas, geography.warehouses, geography.docks, geography.markets)
    around: dict[str, tuple[str, ...]] = {key: (key, site.country) for group in sites for key, site in group.items()}
    around |= {zone: (zone,) for zone in scenario.waters}
    of_ports = set(getattr(policy, "ports", ()))
    named = set(policy.places())
    found = [key for key, names in known.items() if named & set(names)]
    return found + [key for key, names in around.items() if (named - of_ports) & set(names)]


# ------------------------------------------------------------------ ratio


def displacement_ratio(loss: Floats, gain: Floats, places: Sequence[str] = ()) -> Displacement:
    """The ratio of mean gain to mean loss over pairs, with Fieller's interval.

    loss, gain: float64[n], kilograms by pair. The interval holds every ratio r for which the mean of gain - r loss does
    not differ from 0 in Student's t test (Fieller 1954), so it keeps its level however uncertain the loss is; where the
    loss itself does not differ from 0 that is no interval with two ends, and none is given.
    """
    mean_loss, mean_gain = _mean(loss), _mean(gain)
    if mean_loss <= 0.0:
        return Displacement(tuple(places), mean_loss, mean_gain, math.nan, math.nan, math.nan)
    low, high = _fieller(loss, gain) if len(loss) > 1 else (math.nan, math.nan)
    return Displacement(tuple(places), mean_loss, mean_gain, mean_gain / mean_loss, low, high)


def _fieller(below: Floats, above: Floats) -> tuple[float, float]:
    """The two ratios at which a quadratic in them is 0; nan where the denominator does not differ from 0."""
    count, reach = len(below), student(len(below) - 1) ** 2 / len(below)
    x, y = _mean(below), _mean(above)

    def varies(a: Floats, b: Floats) -> float:
        return math.fsum(((a - _mean(a)) * (b - _mean(b))).tolist()) / (count - 1)

    a = x * x - reach * varies(below, below)
    b = x * y - reach * varies(below, above)
    c = y * y - reach * varies(above, above)
    if a <= 0.0:
        return math.nan, math.nan
    root = math.sqrt(max(0.0, b * b - a * c))
    return (b - root) / a, (b + root) / a


def student(freedom: int) -> float:
    """Quantile of Student's t for a two-sided interval at `LEVEL`."""
    from scipy.stats import t

    return float(t.ppf(0.5 + LEVEL / 2.0, freedom))


def _mean(values: Floats) -> float:
    return math.fsum(values.tolist()) / len(values)


# ------------------------------------------------------------------ months


def months_to_displacement(gain: Floats, days: Floats) -> MonthsToDisplacement:
    """The first month by which the gain elsewhere has come to half of its final level, with a bootstrap interval.

    gain: float64[n, months], what is sent more on ways past no treated place, by pair and month, from the month of the
    start on; days: float64[months], days of each month that count. The final level is the gain a day over the last half
    of the months. The month is the first at which the gain a day over it and the two before it (of those there are)
    comes to half of that level. There is none where the final level is not above 0 in Student's one-sided t test at
    1 - `LEVEL`. The interval is the percentile interval over `RESAMPLES` samples of the pairs; a sample whose final
    level is not above 0 never comes to it.
    """
    pairs, months = gain.shape
    if pairs < 2 or months < 2 or not _above_zero(gain[:, months // 2 :].sum(axis=1)):
        return MonthsToDisplacement(None, None, None)
    reached = np.sort(_half_way(_resampled(gain), days))
    tail = (1.0 - LEVEL) / 2.0
    ends = [int(reached[round(at * (RESAMPLES - 1))]) for at in (tail, 1.0 - tail)]
    found = (int(_half_way(gain.sum(axis=0)[None, :], days)[0]), *ends)
    return MonthsToDisplacement(*(month if month <= months else None for month in found))


def _half_way(curves: Floats, days: Floats) -> Months:
    """The month at which each curve of monthly gains has come to half of its final level, beyond the last for none.

    curves: float64[m, months]; returns int64[m].
    """
    months = curves.shape[1]
    final = curves[:, months // 2 :].sum(axis=1) / days[months // 2 :].sum()
    total, lived = np.pad(np.cumsum(curves, axis=1), ((0, 0), (1, 0))), np.pad(np.cumsum(days), (1, 0))
    ends = np.arange(1, months + 1)
    begins = np.maximum(0, ends - TRAILING_MONTHS)
    there = (total[:, ends] - total[:, begins]) / (lived[ends] - lived[begins]) >= final[:, None] / 2.0
    there &= final[:, None] > 0.0
    found: Months = np.where(there.any(axis=1), there.argmax(axis=1) + 1, months + 1)
    return found


def _resampled(gain: Floats) -> Floats:
    """Sums over as many pairs, drawn with replacement, by month: float64[RESAMPLES, months]; always the same draws."""
    pairs = len(gain)
    luck = Draws(0).uniforms("bootstrap", child_keys("pairs", 0, RESAMPLES * pairs), 0)
    drawn = (luck * pairs).astype(np.int64).reshape(RESAMPLES, pairs)
    times = np.zeros((RESAMPLES, pairs))
    np.add.at(times, (np.arange(RESAMPLES)[:, None], drawn), 1.0)
    sums: Floats = np.einsum("sp,pm->sm", times, gain)
    return sums


def _above_zero(values: Floats) -> bool:
    """Whether a mean over pairs is above 0 in the one-sided t test at 1 - `LEVEL`."""
    from scipy.stats import t

    count, mean = len(values), _mean(values)
    error = math.sqrt(math.fsum(((values - mean) ** 2).tolist()) / (count - 1) / count)
    return mean > float(t.ppf(LEVEL, count - 1)) * error
