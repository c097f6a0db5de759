"""Treatment: how legal trade is inspected by where it comes from and by who ships it, month by month."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels.boxes import chances_of_levels
from sim.world.clearance import Clearance

SHIPPERS = ("certified", "established", "occasional", "new")
"""Histories of shippers, in the order of their columns."""


class Month(NamedTuple):
    """Counts of a month, or of the part of it that was lived through."""

    name: str
    """As 2025-01."""
    days: int
    shares: NDArray[np.float64]
    """float64[C, groups + 4]: share of a control's boxes that is to be expected from each far end, and from each kind
    of shipper, by the mean flows of the month's days."""
    counted: NDArray[np.float64]
    """float64[4, C, groups + 4]: what was done to boxes, in the same order."""


class Treatment:
    """What controls did to boxes of each group, kept month by month."""

    def __init__(self, clearance: Clearance) -> None:
        self._clearance = clearance
        self._before = self._counted()
        self._days, self._alike, self._turns = 0, 0, -1
        self._shippers = chances_of_levels(clearance.boxes.own, clearance.boxes.look)[0]
        controls = len(clearance.flow)
        self._rates = self._sums = np.zeros((controls, len(self.far_ends)))
        self.months: list[Month] = []

    def note(self, today: date, last: bool) -> None:
        """A day has been lived through; the counts of a month are put away on its last, or on the last of all."""
        if self._turns != self._clearance.turns:
            self._add_up()
            self._turns, self._rates = self._clearance.turns, self._rates_now()
        self._days += 1
        self._alike += 1
        if last or (today + timedelta(days=1)).day == 1:
            self._put_away(today.strftime("%Y-%m"))

    def _add_up(self) -> None:
        """Add the flows of the days since they last changed."""
        self._sums, self._alike = self._sums + self._alike * self._rates, 0

    def _put_away(self, name: str) -> None:
        self._add_up()
        counted, whole = self._counted(), self._sums.sum(axis=1, keepdims=True)
        far = self._sums / np.where(whole > 0.0, whole, 1.0)
        shares = np.hstack([far, np.tile(self._shippers, (len(far), 1))])
        done = np.subtract(counted, self._before, out=self._before)
        self.months.append(Month(name, self._days, shares, done))
        self._before, self._days, self._sums = counted, 0, np.zeros_like(self._sums)

    def _counted(self) -> NDArray[np.float64]:
        """float64[4, C, groups + 4]: what was done to boxes since the first day."""
        counted, column = self._clearance.counted, self._clearance.evidence.column
        groups = [counted[:, :, column[0] : column[1]], counted[:, :, column[2] : column[3]]]
        return np.concatenate(groups, axis=2)

    @property
    def far_ends(self) -> tuple[str, ...]:
        """Groups of far ends, in the order of their columns."""
        return self._clearance.evidence.groups

    def _rates_now(self) -> NDArray[np.float64]:
        """float64[C, groups]: boxes that come from each far end on a mean day."""
        boxes, controls, groups = self._clearance.boxes, len(self._clearance.flow), len(self.far_ends)
        control = np.repeat(np.arange(controls), np.diff(boxes.first))
        rates = np.bincount(control * groups + boxes.group, weights=boxes.rate, minlength=controls * groups)
        return np.asarray(rates.reshape(controls, groups))
