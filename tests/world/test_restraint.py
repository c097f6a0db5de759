"""Caps on inspection: what they leave, by hand."""

import numpy as np

from sim.kernels.boxes import ARRIVED, CHOSEN, OPENED
from sim.scenario.load import load
from sim.study.run import live
from sim.world.oversight import Limit
from sim.world.restraint import Restraint, _left
from tests.promises.worlds import world


def tally(arrived: int, scanned: int, opened: int) -> np.ndarray:
    found = np.zeros((1, 8), int)
    found[0, [ARRIVED, CHOSEN, OPENED]] = arrived, scanned, opened
    return found


def test_the_period_moves_on_with_every_day():
    restraint = Restraint([Limit.model_validate({"period_days": 7})], 20)
    days = np.array([tally(100 + day, 10, day) for day in range(10)], np.int32)
    assert restraint.counted(0, days).tolist() == [[0, 0, 0]]
    assert restraint.counted(3, days).tolist() == [[303, 30, 3]]
    # in the morning of day 10 six days of the period are over
    assert restraint.counted(10, days).tolist() == [[sum(range(104, 110)), 60, sum(range(4, 10))]]


def test_a_cap_leaves_what_the_period_allows_and_no_more():
    plan = world("oversight={most_opened: 0.0003, period_days: 14}", days=60)
    for mode in ("micro", "thinned"):
        model = live(plan, mode=mode)
        found, bound = model.chronicle.tally.astype(int), 0
        for day in range(60):
            first = max(0, day - 13)
            before, today = found[first:day].sum(axis=0), found[day]
            allowed = np.maximum(np.floor(before[:, ARRIVED] / (1 / 0.0003)).astype(int) - before[:, OPENED], 0)
            assert (today[:, OPENED] <= allowed).all()
            bound += int((today[:, OPENED] == allowed).sum())
        assert bound > 60
        assert found[:, :, OPENED].sum() > 10


def test_a_cap_that_comes_out_at_whole_boxes_leaves_them_all():
    """Every share of a tenth of a per cent up to a tenth, of every thousand containers up to a hundred thousand."""
    thousands = np.arange(1, 101)
    for per_mille in range(1, 101):
        boxes_per = np.full(100, Limit.model_validate({"most_opened": per_mille / 1000}).boxes_per_opening)
        assert _left(boxes_per, 1000 * thousands, np.zeros(100, int)).tolist() == (per_mille * thousands).tolist()
        assert (_left(boxes_per, 1000 * thousands - 1, np.zeros(100, int)) < per_mille * thousands).all()


def test_a_state_has_a_cap_of_its_own():
    model = live(world("oversight={at: {XB: {most_opened: 0.0002}}}", days=2))
    capped = model.in_force.boxes_per_opening > 0
    states = model.states.of_checkpoint[: len(capped)]
    assert capped.any()
    assert capped.tolist() == (states == model.states.row("XB")).tolist()


def test_a_world_without_caps_has_none():
    model = live(load("two_coasts", days=1))
    assert not model.in_force.boxes_per_opening.any()
    assert not model.in_force.boxes_per_scan.any()
