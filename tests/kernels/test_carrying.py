"""What loads do in a day, and who hears of it; journeys as a whole are told in tests/world/test_passage.py."""

import numpy as np
import pytest

from sim.kernels.carrying import LOAD, STEP, hear


def test_who_meets_a_checkpoint_counts_it_in_full_and_others_as_rumour():
    counts, rumour = np.zeros((3, 2, 4, 2)), np.array([0.1, 0.2, 0.4])
    loads, steps = np.zeros(4, LOAD), np.zeros(4, STEP)
    loads["organisation"], loads["concealment"] = [0, 1, 2, 2], [1, 1, 1, 0]
    steps["load"], steps["met"], steps["seized"] = [0, 1, 2, 3], [2, 2, -1, 0], [1, 0, 1, 1]
    hear(counts, rumour, steps, loads)
    assert counts[:, 0, 2, 1].tolist() == [1.0, 0.2, 0.4]  # what was seized is a loss
    assert counts[:, 1, 2, 1].tolist() == [0.1, 1.0, 0.4]  # what was not is a passage
    assert counts[:, 0, 0, 0].tolist() == [0.1, 0.2, 1.0]
    assert counts.sum() == pytest.approx(1.6 + 1.5 + 1.3)  # and on the road there is no checkpoint
