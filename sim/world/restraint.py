"""Restraint: what caps on inspection leave for today, by what was counted over the period."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.kernels.boxes import ARRIVED, CHOSEN, OPENED, Rules
from sim.world.clearance import UNLIMITED
from sim.world.levers import Controls
from sim.world.oversight import Limit

_ROUNDING = 1e-9
"""What a whole number of boxes may have lost in reckoning: 500 / (1 / 0.03) is a little less than 15."""


class Restraint:
    """Counts of all controls from the first day on, and what caps leave of capacities.

    A box is opened (or scanned) only where the share of the period up to and with today is then at or below the cap,
    even if not one container came today: what customs may do is known in the morning.
    """

    def __init__(self, limits: Sequence[Limit], days: int) -> None:
        """limits: by port control."""
        self.period = np.array([max(1, int(limit.period_days)) for limit in limits], np.int64)
        self._counts = np.zeros((days + 1, len(limits), 3), np.int64)
        """int64[days + 1, C, 3]: containers that arrived, were scanned and were opened before each day."""
        self._known = 0
        """Days that are added up."""

    def counted(self, day: int, tally: NDArray[np.int32]) -> NDArray[np.int64]:
        """What was counted in the period of a day, up to the evening before: int64[C, 3].

        tally: int32[days, C, 8], what controls did on the days before.
        """
        if self._known < day:
            more = tally[self._known : day, :, [ARRIVED, CHOSEN, OPENED]].cumsum(axis=0, dtype=np.int64)
            self._counts[self._known + 1 : day + 1] = self._counts[self._known] + more
            self._known = day
        first = np.maximum(day + 1 - self.period, 0)
        return np.asarray(self._counts[day] - self._counts[first, np.arange(len(first))])

    def within(self, rules: Rules, controls: Controls, day: int, tally: NDArray[np.int32]) -> Rules:
        """Today's rules with what the caps in force leave of them. tally: as in `counted`."""
        if max(controls.boxes_per_opening.max(initial=0.0), controls.boxes_per_scan.max(initial=0.0)) <= 1.0:
            return rules
        arrived, scanned, opened = self.counted(day, tally).T
        most = _left(controls.boxes_per_scan, arrived, scanned)
        blind = np.minimum(rules.blind, most)
        return rules._replace(
            opened=np.minimum(rules.opened, _left(controls.boxes_per_opening, arrived, opened)),
            chosen=np.minimum(rules.chosen, most - blind),
            blind=blind,
            most=most,
        )


def _left(boxes_per: NDArray[np.float64], arrived: NDArray[np.int64], done: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many more a cap allows today: int64[C]."""
    allowed = np.floor(arrived / np.maximum(boxes_per, 1.0) + _ROUNDING).astype(np.int64)
    return np.where(boxes_per > 1.0, np.maximum(allowed - done, 0), UNLIMITED)
