"""Paired differences over replicates with the same luck: their mean, its interval, and how sure their sign is."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

SURE = 0.01
"""A sign is believed below this one-sided p-value."""


class Told(NamedTuple):
    """What replicates say of a mean: 95 % interval, and one-sided p-values of Student's t test against 0."""

    mean: float
    low: float
    high: float
    above: float
    """p-value of the claim that the mean is above 0."""
    below: float
    """p-value of the claim that it is below 0."""


def told(values: Sequence[float]) -> Told:
    """Mean of independent replicates with its interval and p-values."""
    sample = np.asarray(values, float)
    error = stats.sem(sample)
    low, high = stats.t.interval(0.95, sample.size - 1, loc=sample.mean(), scale=error)
    above = float(stats.t.sf(sample.mean() / error, sample.size - 1))
    return Told(float(sample.mean()), float(low), float(high), above, 1.0 - above)
