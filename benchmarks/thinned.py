"""The kernel in thinned mode: the same law, clean boxes in aggregate. Its tables stand before a day is timed."""

import time

import numpy as np
from numba import njit
from numpy.typing import NDArray

from benchmarks.workload import BLIND_SHARE, CLASSES, KEY, SCANNED, WEEK, WIDTH, Morning, Peer, World
from sim.kernels.boxes import Contaminated, Day, Sailings, Scanners, Scratch
from sim.kernels.flow import Working
from sim.kernels.samplers import binomial_of, poisson_of
from sim.kernels.streams import blank
from sim.kernels.thinned import thin_day
from sim.kernels.words import nth_key

YEARS = 2
"""Days of departure that are known, in years."""


class Thinned(Peer):
    """Compiled by Numba, one thread."""

    name = "Chokepoint in thinned mode, 1 thread"
    mode = "thinned"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.rows, nothing = np.arange(world.controls), np.zeros(world.controls, np.int32)
        self.tables = blank(world.boxes, CLASSES, WIDTH)
        self.tables.scans[:] = world.flow * np.array([[SCANNED * (1 - BLIND_SHARE)], [SCANNED * BLIND_SHARE]])
        self.working = Working.of(self.tables, 10_000)
        self.scratch = Scratch.of(int(world.flow.max()) + 10_000)
        self.scanners = Scanners(np.ones((1, 4096)), np.zeros((world.controls, 1)), nothing, nothing.copy(), nothing)
        days = YEARS * 366
        keys = np.random.default_rng(world.seed).integers(0, 2**64, WEEK + days, np.uint64)
        self.sailings = Sailings(np.int64(WEEK), keys, np.ones(WEEK + days))
        self.lay_out()

    def lay_out(self) -> float:
        """Lay out the tables of all controls, as a change of all weights asks for; returns the seconds that a day takes
        longer for it."""
        empty, first, seconds = np.zeros(0, np.int32), np.zeros(self.world.controls + 1, np.int32), []
        nothing = Contaminated(first, empty, np.zeros(0, np.uint64), empty, np.zeros(0), empty)
        for stale in (1, 0):
            self.tables.stale[:] = stale
            out = Day.blank(self.world.controls, WIDTH, 0)
            start = time.perf_counter()
            self.clear(Morning(0, empty, self.world.rules, nothing), out)
            seconds.append(time.perf_counter() - start)
        return seconds[0] - seconds[1]

    def clear(self, morning: Morning, out: Day) -> None:
        day, _, rules, dirty = morning
        thin_day(
            self.rows, day, self.world.boxes, rules, dirty, self.sailings, self.tables, self.scanners, KEY, KEY,
            self.scratch, self.working, out,
        )  # fmt: skip


ALARM = 1.0 / 32
"""About the chance that a scan of a clean box gives an alarm."""


def least(world: World, days: int) -> float:
    """Seconds that two draws a control and day take over some days, without anything that follows from them: how many
    boxes arrive, and how many of the scanned ones give a false alarm. Tallies that hold both cannot be had for less."""
    _draw(world.boxes.salt, world.flow, SCANNED * world.flow, 1)
    start = time.perf_counter()
    _draw(world.boxes.salt, world.flow, SCANNED * world.flow, days)
    return time.perf_counter() - start


@njit
def _draw(salt: NDArray[np.uint64], mean: NDArray[np.float64], scanned: NDArray[np.float64], days: int) -> int:
    total = 0
    for day in range(days):
        for c in range(len(mean)):
            block = nth_key(salt[c], day)
            total += poisson_of(nth_key(block, 0), mean[c])
            total += binomial_of(nth_key(block, 1), np.int64(scanned[c]), ALARM)
    return total
