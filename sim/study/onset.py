"""Onset: in which month from its start something has come to half of the level at which it stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.study.intervals import LEVEL, RESAMPLES, Floats, above_zero, times_drawn

if TYPE_CHECKING:
    from numpy.typing import NDArray

TRAILING_MONTHS = 3
"""Months over which a monthly gain is averaged before it is held against its final level."""

type Months = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Onset:
    """In which month from the start of a policy on a gain has come to half of its final level."""

    months: int | None
    """1 is the calendar month of the start; None where the gain does not rise above zero for good."""
    low: int | None
    high: int | None
    """Ends of the bootstrap interval; None where too many of its samples never come to it."""


def onset(gain: Floats, days: Floats) -> Onset:
    """The first month by which a gain has come to half of its final level, with a bootstrap interval.

    gain: float64[n, months], by pair and month, from the month of the start on; days: float64[months], days of each
    month that count. The final level is the gain a day over the last half of the months. The month is the first at
    which the gain a day over it and the two before it (of those there are) comes to half of that level. There is none
    where the final level is not above 0 in Student's one-sided t test at 1 - `LEVEL`. The interval is the percentile
    interval over `RESAMPLES` samples of the pairs; a sample whose final level is not above 0 never comes to it.
    """
    pairs, months = gain.shape
    if pairs < 2 or months < 2 or not above_zero(gain[:, months // 2 :].sum(axis=1)):
        return Onset(None, None, None)
    reached = np.sort(_half_way(np.einsum("sp,pm->sm", times_drawn(pairs), gain), days))
    tail = (1.0 - LEVEL) / 2.0
    ends = [int(reached[round(at * (RESAMPLES - 1))]) for at in (tail, 1.0 - tail)]
    found = (int(_half_way(gain.sum(axis=0)[None, :], days)[0]), *ends)
    return Onset(*(month if month <= months else None for month in found))


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
