"""Textbook numbers of sampling, of several looks, and of ranking by a score, met by the compiled controls."""

from dataclasses import replace
from math import comb, erf, sqrt

import numpy as np
import pytest

from sim.kernels.boxes import CHANCE, FOUND, MISSED, RELEASED
from sim.kernels.samplers import normal_quantile
from tests.kernels.small_days import SmallDay, lived
from tests.kernels.test_inspection import one_box_a_lane


def with_loads(day: SmallDay, words: np.ndarray, group: int | None = None) -> SmallDay:
    """The day of one control with loads of these words, in further boxes of its first lane, or of its last."""
    count = len(words)
    place = np.full(count, 0 if group is None else len(day.today) - 1, np.int32)
    dirty = day.dirty._replace(
        first=np.array([0, count], np.int32), place=place, word=words, concealment=np.zeros(count, np.int32),
        shows=np.ones(count), tip=np.full(count, -1, np.int32),
    )  # fmt: skip
    return replace(day, dirty=dirty)


def at_least_one(boxes: int, loads: int, scans: int, sensitivity: float) -> float:
    """Chance that blind scans find one load or more: hypergeometric, each that is met being found by itself."""
    met = [comb(loads, k) * comb(boxes - loads, scans - k) / comb(boxes, scans) for k in range(loads + 1)]
    return 1.0 - sum(chance * (1.0 - sensitivity) ** k for k, chance in enumerate(met))


@pytest.mark.parametrize(
    ("boxes", "loads", "scans", "sensitivity", "chance", "days"),
    [
        (10_000, 5, 200, 1.0, 0.09609766, 0),
        (10_000, 5, 200, 0.8, 0.07749259, 0),
        (10_000, 20, 500, 0.8, 0.55827479, 1000),
        (1000, 3, 100, 1.0, 0.27124339, 3000),
        (1000, 5, 100, 1.0, 0.41016782, 3000),
    ],
)
def test_blind_scans_find_by_the_hypergeometric_law(boxes, loads, scans, sensitivity, chance, days):
    assert at_least_one(boxes, loads, scans, sensitivity) == pytest.approx(chance, abs=1e-8)
    if days:
        rng = np.random.default_rng(boxes + loads)
        plan = one_box_a_lane(boxes - loads, controls=("a",), chosen=0, blind=scans, alarm_full=sensitivity,
                              opened=boxes, finds=CHANCE)  # fmt: skip
        hit = 0
        for number in range(days):
            day = with_loads(plan, rng.integers(0, 2**64, loads, np.uint64))
            day.day = number
            hit += bool((lived(day)[0].fate == FOUND).any())
        assert abs(hit / days - chance) < 5 * sqrt(chance * (1 - chance) / days)


@pytest.mark.parametrize(
    ("chances", "one", "all_three", "two_of_three"),
    [((0.9, 0.8, 0.7), 0.994, 0.504, 0.902), ((0.05, 0.10, 0.02), 0.1621, 0.0001, 0.0078)],
)
def test_looks_in_parallel_and_in_series_combine_as_independent_sensors(chances, one, all_three, two_of_three):
    """Three controls of one container, each with luck of its own: any, all, or two of three raise the alarm."""
    lanes = 6000
    day = one_box_a_lane(lanes, controls=("a", "b", "c"), dirty=True, alarm_full=1.0, opened=0)
    day.rules = day.rules._replace(alarm_full=np.array(chances))
    alarms = (lived(day)[0].fate > RELEASED + 1).reshape(3, lanes).sum(axis=0)
    for least, chance in ((1, one), (3, all_three), (2, two_of_three)):
        assert abs((alarms >= least).mean() - chance) < 5 * sqrt(chance * (1 - chance) / lanes)


def test_scan_and_search_stand_in_series():
    """A load is found when both see it: 0.9 * 0.8."""
    lanes = 6000
    day = one_box_a_lane(lanes, controls=("a",), dirty=True, alarm_full=0.9, opened=lanes, finds=int(0.8 * CHANCE))
    fate = lived(day)[0].fate
    assert abs((fate == FOUND).mean() - 0.72) < 5 * sqrt(0.72 * 0.28 / lanes)
    assert abs((fate == MISSED).mean() - 0.18) < 5 * sqrt(0.18 * 0.82 / lanes)


def normal_cdf(z: float) -> float:
    return 0.5 * (1.0 + erf(z / sqrt(2.0)))


@pytest.mark.parametrize(("top", "recall"), [(0.01, 0.204303), (0.02, 0.289875), (0.05, 0.442413), (0.10, 0.586460)])
def test_the_highest_scores_hold_rare_targets_as_the_binormal_model_says(top, recall):
    """Scores apart by d' = 1.5: the top share f holds 1 - Phi(z(1 - f) - 1.5) of the targets (Green and Swets 1966)."""
    assert 1.0 - normal_cdf(normal_quantile(1.0 - top) - 1.5) == pytest.approx(recall, abs=5e-7)
    lanes, targets, spread, days = 8000, 40, 200, 60
    day = one_box_a_lane(lanes, controls=("a",), chosen=round(top * (lanes + targets)))
    noise = np.array([round(normal_quantile((step + 0.5) / 256) * spread) for step in range(256)], np.int16)
    group = day.boxes.group.copy()
    group[-1] = 1
    day.boxes = day.boxes._replace(noise=noise, group=group)
    day.rules.points[:] = 0
    day.rules.points[:, day.boxes.column[0] + 1] = round(1.5 * spread)
    rng, taken = np.random.default_rng(round(1000 * top)), 0
    for number in range(days):
        today = with_loads(day, rng.integers(0, 2**64, targets, np.uint64), group=1)
        today.day = number
        taken += int((lived(today)[0].fate > RELEASED).sum())
    assert abs(taken / targets / days - recall) < 5 * sqrt(recall * (1 - recall) / targets / days) + 0.01
