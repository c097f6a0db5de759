"""Rumour: who hears of the meetings of loads with checkpoints, and what each counts them for."""

import numpy as np

from sim.kernels.compiling import jit_bare
from sim.kernels.loads import LOAD, STEP


@jit_bare
def hear(counts, rumour, present, brokers, first_site, steps, loads):  # type: ignore[no-untyped-def]
    """Everybody hears of the day's meetings of loads with checkpoints; owners know: a loss or a passage each, in
    counts. Supply brokers hear of theirs alone, and organisations of theirs, whatever they hold. At a site, from row
    `first_site` on, it does not matter how a load is hidden: what happens there is said of all ways to hide.

    counts: float64[N, 2, C, M]; rumour: float64[N], what others' meetings count; present: int64[2, K], rows of those
    that there are and the numbers that loads know them by; brokers: bool, whether they are supply brokers; steps:
    STEP[n], in the order in which it happened; loads: LOAD[.].
    """
    for at in range(len(steps)):
        step = steps[at]
        if step["met"] >= 0:
            load = loads[step["load"]]
            side = 0 if step["foundered"] or (step["seized"] and not step["through"]) else 1
            start, end = 0, counts.shape[3]
            if step["met"] < first_site:
                start, end = load["concealment"], load["concealment"] + 1
            if (load["organisation"] < 0) == brokers:
                for k in range(present.shape[1]):
                    n = present[0, k]
                    weight = 1.0 if present[1, k] == load["organisation"] else rumour[n]
                    for m in range(start, end):
                        counts[n, side, step["met"], m] += weight


def warm() -> None:
    """Compile for the types that a run uses."""
    present = np.zeros((2, 1), np.int64)
    hear(np.ones((1, 2, 1, 1)), np.zeros(1), present, False, 1, np.zeros(0, STEP), np.zeros(1, LOAD))
