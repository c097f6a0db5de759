"""The kernel of this repository, without the queue before the scanners."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.workload import KEY, ByRange, Morning, World
from sim.kernels.boxes import Day, Scratch
from sim.kernels.compiling import jit_bare
from sim.kernels.inspection import inspect
from sim.kernels.words import nth_key


@jit_bare
def clear_controls(first, last, day, today, boxes, rules, dirty, cut, key, scratch, out):  # type: ignore[no-untyped-def]
    """`clear_day` of the kernel, but for its queue."""
    for c in range(first, last):
        block = nth_key(key ^ boxes.salt[c], day)
        inspect(c, day, today, boxes, rules, dirty, cut, block, scratch, out)


class Kernel(ByRange):
    """Compiled by Numba, every box made on the fly."""

    name = "Chokepoint, 1 thread"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.scratch = Scratch.of(world.largest())
        self.cut = np.zeros(world.controls, np.int16)

    def clear_range(self, first: int, last: int, morning: Morning, out: Day) -> None:
        day, today, rules, dirty = morning
        clear_controls(first, last, day, today, self.world.boxes, rules, dirty, self.cut, KEY, self.scratch, out)

    def last_chosen(self, count: int) -> NDArray[np.int32]:
        return self.scratch.chosen[:count]
