"""Departures: how many containers leave on each lane, as the situation of the day on which they leave has it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.kernels.boxes import Boxes
from sim.world.disruption import Timeline
from sim.world.traffic import Traffic


class Departures:
    """Keeps what leaves today, and what arrives of what left under another situation, up to date."""

    def __init__(self, traffic: Traffic, timeline: Timeline, boxes: Boxes, pool: NDArray[np.int32]) -> None:
        """Boxes: whose rates are kept, one for each place in the pools of the controls; pool: int32[P], their lanes."""
        self._by_situation, self._timeline, self._boxes, self._pool = traffic.boxes, timeline, boxes, pool
        self.today = traffic.lanes.boxes_per_day
        """float64[L]: containers that leave on a mean day of the situation of today."""
        self._control = np.repeat(np.arange(len(boxes.first) - 1), np.diff(boxes.first))
        lags = np.unique(boxes.lag).tolist()
        first = set() if timeline.which[0] == 0 else {0}
        self._moments = first | {begin + lag for begin in timeline.begins[1:] for lag in (0, *lags)}

    def follow(self, day: int) -> NDArray[np.intp]:
        """Come to a day; returns the controls where it brings other containers than the day before."""
        if day not in self._moments:
            return np.zeros(0, np.intp)
        timeline, rate = self._timeline, self._boxes.rate
        self.today = self._by_situation[timeline.on(day)]
        left = np.array([timeline.on(then) for then in range(day - int(self._boxes.lag.max(initial=0)), day + 1)])
        situation = left[len(left) - 1 - self._boxes.lag]
        now = self._by_situation[situation, self._pool]
        changed = now != rate
        rate[:] = now
        return np.unique(self._control[changed])
