"""Two ways to live a day of control: every box by itself, or the clean ones in aggregate."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.kernels.boxes import Boxes, Contaminated, Day, Rules, Sailings, Scanners, Scratch
from sim.kernels.flow import Working
from sim.kernels.inspection import clear_day
from sim.kernels.scoring import arrivals
from sim.kernels.streams import Streams, blank
from sim.kernels.thinned import thin_day
from sim.world.threads import Crew


class Keys(NamedTuple):
    """Keys of the day's draws."""

    choice: np.uint64
    queue: np.uint64


class Inspections(Protocol):
    """A way to live a day of control."""

    def live(self, day: int, rules: Rules, scans: NDArray[np.float64], dirty: Contaminated, out: Day) -> None:
        """Fill `out`. scans: float64[2, C], mean scans a day by score and blind."""

    def follow_trade(self, rows: NDArray[np.intp]) -> None:
        """Other boxes than before come to some controls."""


class _Shared:
    """What both ways have: the boxes, the queues, and threads that each take a share of the controls."""

    def __init__(self, boxes: Boxes, sailings: Sailings, scanners: Scanners, keys: Keys, threads: int) -> None:
        self.boxes, self.sailings, self.scanners, self.keys = boxes, sailings, scanners, keys
        self.today = np.zeros(len(boxes.lag), np.int32)
        self.shares = shares_of(boxes, threads)
        self.crew = Crew(len(self.shares))
        self._scratch = [Scratch.of(0) for _ in self.shares]

    def scratch(self, share: int, boxes: int) -> Scratch:
        """The working space of a share of the controls, long enough for so many boxes at one."""
        if len(self._scratch[share].rank) < boxes:
            self._scratch[share] = Scratch.of(boxes + boxes // 4)
        return self._scratch[share]

    def box_by_box(
        self, share: int, rows: NDArray[np.int64], day: int, rules: Rules, dirty: Contaminated, out: Day
    ) -> None:
        """A day of some controls of a share, each box by itself."""
        most = int(arrivals(rows, day, self.boxes, self.sailings, self.today))
        clear_day(
            rows, day, self.today, self.boxes, rules, dirty, self.scanners, *self.keys,
            self.scratch(share, most + len(dirty.place)), out,
        )  # fmt: skip


class Micro(_Shared):
    """Every box is scored by itself."""

    def follow_trade(self, rows: NDArray[np.intp]) -> None:
        """Nothing is kept of what boxes there were."""

    def live(self, day: int, rules: Rules, scans: NDArray[np.float64], dirty: Contaminated, out: Day) -> None:
        """Fill `out`."""

        def clear(share: int) -> None:
            self.box_by_box(share, self.shares[share], day, rules, dirty, out)

        self.crew.do(clear)


class Thinned(_Shared):
    """Clean boxes are drawn in aggregate, from tables that follow what officers give to evidence."""

    def __init__(
        self, boxes: Boxes, sailings: Sailings, scanners: Scanners, keys: Keys, threads: int, classes: int, width: int
    ) -> None:
        """Classes: of cargo; width: pieces of evidence."""
        super().__init__(boxes, sailings, scanners, keys, threads)
        self.flow = blank(boxes, classes, width)
        self._points = np.zeros((0, 0), np.int16)
        self._tip = np.zeros(0, np.int32)
        self._clean = np.full((len(self.flow.bins), classes), -1, np.int32)
        self._asked = np.zeros(len(self.flow.bins), np.bool_)
        """bool[C]: where a rule asks for more than the tables know."""
        self._working = [Working.of(self.flow, 0) for _ in self.shares]

    def live(self, day: int, rules: Rules, scans: NDArray[np.float64], dirty: Contaminated, out: Day) -> None:
        """Fill `out`."""
        self._follow(rules, scans)
        loads, most_scans = len(dirty.place), int((rules.chosen + rules.blind).max(initial=0))

        def clear(share: int) -> None:
            if len(self._working[share].depth) < loads:
                self._working[share] = Working.of(self.flow, 2 * loads)
            rows, asked = self.shares[share], self._asked[self.shares[share]]
            thin_day(
                rows[~asked], day, self.boxes, rules, dirty, self.sailings, self.flow, self.scanners, *self.keys,
                self.scratch(share, most_scans + loads), self._working[share], out,
            )  # fmt: skip
            alone = rows[asked | (self.flow.singly[rows] > 0)]
            if len(alone):
                self.box_by_box(share, alone, day, rules, dirty, out)

        self.crew.do(clear)

    def follow_trade(self, rows: NDArray[np.intp]) -> None:
        """Count the boxes anew, and note that the tables of some controls are out of date."""
        self.flow.rate[:] = Streams.of(self.boxes).rates(self.boxes)
        self.flow.stale[rows] = 1

    def _follow(self, rules: Rules, scans: NDArray[np.float64]) -> None:
        """Note for which controls the tables are out of date, and which ask for boxes one by one."""
        tables = self.flow
        if rules.tip is not self._tip:  # other names are told of clean boxes
            self._tip, tables.stale[:] = rules.tip, 1
        if rules.alarm_clean is not self._clean:  # other controls are in force
            tables.stale[(tables.scans != scans).any(axis=0) | (self._clean != rules.alarm_clean).any(axis=1)] = 1
            self._clean, tables.scans[:] = rules.alarm_clean, scans
            flagged = np.add.reduceat(np.append(rules.flagged, 0), self.boxes.first[:-1], dtype=np.int64)
            flagged[np.diff(self.boxes.first) == 0] = 0
            self._asked = (rules.scheme > 0) | (rules.screened > 0.0) | (flagged > 0)
        if self._points.shape != rules.points.shape:
            self._points = rules.points.copy()
            return
        changed = (self._points != rules.points).any(axis=1)
        tables.stale[changed] = 1
        self._points[changed] = rules.points[changed]


def shares_of(boxes: Boxes, threads: int) -> list[NDArray[np.int64]]:
    """Rows of controls with about the same number of boxes, an array a thread."""
    flow = np.concatenate([[0.0], np.cumsum(boxes.rate)])[boxes.first]
    cuts = [int(np.searchsorted(flow, flow[-1] * part / threads)) for part in range(1, threads)]
    shares = np.split(np.arange(len(boxes.first) - 1), cuts)
    return [share for share in shares if len(share)]
