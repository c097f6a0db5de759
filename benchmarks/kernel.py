"""The kernel of this repository, without the queue before the scanners."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.workload import KEY, ByRange, Morning, World
from sim.kernels.boxes import Day, Scanners, Scratch
from sim.kernels.inspection import clear_day


class Kernel(ByRange):
    """Compiled by Numba, every box made on the fly."""

    name = "Chokepoint, 1 thread"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.scratch = Scratch.of(world.largest())
        nothing = np.zeros(world.controls, np.int32)
        self.scanners = Scanners(np.ones((1, 4096)), np.zeros((world.controls, 1)), nothing, nothing.copy(), nothing)

    def clear_range(self, first: int, last: int, morning: Morning, out: Day) -> None:
        day, today, rules, dirty = morning
        rows, boxes, space = np.arange(first, last), self.world.boxes, self.scratch
        clear_day(rows, day, today, boxes, rules, dirty, self.scanners, KEY, KEY, space, out)

    def last_chosen(self, count: int) -> NDArray[np.int32]:
        return self.scratch.at[:count]
