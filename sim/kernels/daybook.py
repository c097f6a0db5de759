"""A day of control added up: the tallies of all controls together, and the delay of legal boxes at each."""

import numpy as np

from sim.kernels.boxes import CHOSEN, OPENED, TALLIES
from sim.kernels.compiling import jit
from sim.kernels.words import Floats, Integers


@jit
def add_up(
    tally: Integers, wait_hours: Floats, per_hour: Floats, examination_hours: Floats, delay_hours: Floats
) -> tuple[Integers, float]:
    """Sums of all controls: their tallies, int64[TALLIES], and the delay of legal boxes, box hours.

    The delay at a control, waiting, scanning and opening together, is written to `delay_hours`. tally int64[C, TALLIES]
    and wait_hours float64[C] of the day; per_hour float64[C]: boxes that one lane scans in an hour; examination_hours
    float64[C]: what opening a box takes.
    """
    total, hours = np.zeros(TALLIES, np.int64), 0.0
    for c in range(len(tally)):
        total += tally[c]
        scanning, opening = tally[c, CHOSEN] / per_hour[c], tally[c, OPENED] * examination_hours[c]
        delay_hours[c] = wait_hours[c] + scanning + opening
        hours += delay_hours[c]
    return total, hours


def warm() -> None:
    """Compile for the types that a run uses."""
    one = np.ones(1)
    add_up(np.zeros((1, TALLIES), np.int64), one, one, one, one.copy())
