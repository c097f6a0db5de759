"""Membership week by week: the equation against its closed solution, whole people against their law and the books."""

import math

import numpy as np
import pytest

from sim.kernels.draws import Draws, child_keys
from sim.kernels.membership import FLOWS, RATES, by_equation, one_by_one

WEEKS = 200


def rates(**given: float) -> np.ndarray:
    found = np.zeros(1, RATES)
    for name, rate in given.items():
        found[name] = rate
    return found


def strangers(groups: int) -> np.ndarray:
    return np.ones((groups, groups)) - np.eye(groups)


def equation(start: list[float], weeks: int = WEEKS, **given: float) -> tuple[np.ndarray, np.ndarray]:
    path, flows = np.zeros((weeks + 1, len(start))), np.zeros((weeks + 1, 5))
    path[0] = start
    by_equation(rates(**given), strangers(len(start)), path, flows)
    return path, flows


def people(start: list[int], replicate: int, weeks: int = WEEKS, **given: float) -> tuple[np.ndarray, np.ndarray]:
    draws = Draws(5, replicate)
    path, flows = np.zeros((weeks + 1, len(start)), np.int64), np.zeros((weeks + 1, 5), np.int64)
    path[0] = start
    purposes = np.array([draws.key("lost"), draws.key("joined")], np.uint64)
    one_by_one(
        rates(**given), strangers(len(start)), child_keys("groups", 0, len(start)), purposes, 0, path, flows
    )  # fmt: skip
    return path, flows


def test_recruitment_alone_is_exponential_growth():
    path, _ = equation([1000.0], recruitment=0.01)
    assert path[-1, 0] == pytest.approx(1000.0 * math.exp(0.01 * WEEKS), rel=1e-9)


def test_saturation_makes_growth_logistic():
    """dC/dt = r C - w C^2 has the limit K = r / w and the solution K / (1 + (K / C0 - 1) exp(-r t))."""
    path, _ = equation([100.0], recruitment=0.03, saturation=0.00003)
    assert path[-1, 0] == pytest.approx(1000.0 / (1.0 + 9.0 * math.exp(-0.03 * WEEKS)), rel=1e-8)


def test_arrests_are_as_many_a_week_whatever_the_size_and_fall_on_groups_by_their_size():
    path, flows = equation([600.0, 300.0], incapacitation=2.0, weeks=100)
    assert flows[:, FLOWS.index("incapacitated")] == pytest.approx(2.0)
    assert path[-1].sum() == pytest.approx(700.0)
    assert path[-1, 0] / path[-1, 1] == pytest.approx(2.0)


def test_two_groups_kill_each_other_by_the_square_law():
    """dx/dt = -t x y = dy/dt, so that x - y stays; x0 = 200, y0 = 100: y / x falls as exp(-100 t)."""
    path, flows = equation([200.0, 100.0], conflict=1e-5)
    assert path[:, 0] - path[:, 1] == pytest.approx(100.0)
    assert path[-1, 1] / path[-1, 0] == pytest.approx(0.5 * math.exp(-100.0 * 1e-5 * WEEKS), rel=1e-8)
    assert flows[0, FLOWS.index("killed")] == pytest.approx(2.0 * 1e-5 * 200.0 * 100.0)


def test_groups_end_with_nobody_not_with_less():
    path, _ = equation([50.0], incapacitation=1.0)
    assert path.min() == path[-1, 0] == 0.0


ALL = {
    "recruitment": 0.02, "arrivals": 3.0, "incapacitation": 4.0, "conflict": 2e-5, "saturation": 2e-5,
    "departure": 0.005,
}  # fmt: skip


def test_people_are_conserved_week_by_week():
    path, flows = people([500, 200, 40], 0, **ALL)
    assert np.array_equal(np.diff(path.sum(axis=1)), flows[1:, 0] - flows[1:, 1:].sum(axis=1))
    assert path.min() >= 0
    assert flows.min() >= 0
    assert (flows.sum(axis=0) > 0).all()


def test_people_are_the_equation_on_average():
    """At rates of per cents a week, where a week is long: what is left of the error is below 0.3 %."""
    start, path = [500, 200, 40], equation([500.0, 200.0, 40.0], **ALL)[0]
    ends = np.array([people(start, number, **ALL)[0][-1].sum() for number in range(400)])
    assert ends.mean() == pytest.approx(path[-1].sum(), abs=4 * ends.std() / 20 + 0.003 * path[-1].sum())


def test_each_loss_falls_to_its_cause_in_proportion():
    flows = sum(people([500, 200, 40], number, weeks=1, **ALL)[1][1] for number in range(2000)) / 2000
    expected = equation([500.0, 200.0, 40.0], weeks=1, **ALL)[1].mean(axis=0)
    for name, found, mean in zip(FLOWS, flows, expected, strict=True):
        assert found == pytest.approx(mean, rel=0.02, abs=5 * math.sqrt(mean / 2000)), name


def test_the_same_luck_in_the_same_week_whatever_came_before():
    one, other = people([500, 200, 40], 1, **ALL), people([500, 200, 40], 1, **ALL)
    assert np.array_equal(one[0], other[0])
    assert not np.array_equal(one[0], people([500, 200, 40], 2, **ALL)[0])
