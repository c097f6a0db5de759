"""A day of control added up, held against NumPy to the last bit."""

import numpy as np

from sim.kernels.boxes import CHOSEN, OPENED, TALLIES
from sim.kernels.daybook import add_up


def test_tallies_and_delays_are_added_up_control_by_control():
    luck = np.random.default_rng(3)
    tally = luck.integers(0, 10_000, (125, TALLIES))
    wait, per_hour, examination = luck.random(125) * 900, luck.random(125) * 40 + 1, luck.random(125) * 90
    delay = np.empty(125)

    total, hours = add_up(tally, wait, per_hour, examination, delay)

    assert total.tolist() == tally.sum(axis=0).tolist()
    assert np.array_equal(delay, wait + tally[:, CHOSEN] / per_hour + tally[:, OPENED] * examination)
    assert hours == np.cumsum(delay)[-1]  # in the order of the controls


def test_without_controls_there_is_nothing_to_add():
    total, hours = add_up(np.zeros((0, TALLIES), np.int64), *np.zeros((4, 0)))
    assert (total.any(), hours) == (False, 0.0)
