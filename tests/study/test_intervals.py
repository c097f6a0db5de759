"""Intervals hold their level, and say nothing where there is nothing to say."""

import math

import numpy as np
import pytest
from scipy import stats

from sim.study import intervals
from sim.study.compare import stages
from sim.study.effects import NoRanking, better, least_variance_ratio, ranking, variance_ratio, worth
from sim.study.intervals import chance_above_zero, of_mean, of_ratio, times_drawn, weights

EXPERIMENTS = 2000


def test_the_interval_of_a_mean_is_students():
    values = np.array([10.0, 20.0, 30.0])
    found = of_mean(values)
    assert found.value == 20.0
    assert (found.low, found.high) == pytest.approx(stats.t.interval(0.95, 2, 20.0, stats.sem(values)))
    assert math.isnan(of_mean(values[:1]).low)


@pytest.mark.parametrize("pairs", [10, 30])
@pytest.mark.parametrize("shape", ["normal", "flat", "skewed"])
def test_nominal_intervals_cover_as_often_as_they_say(shape, pairs):
    """Between 93.5 and 96.5 % of 2,000 experiments; skewed: a Gamma variable of shape 9, skewness 2/3."""
    luck = np.random.default_rng(7)
    size = (EXPERIMENTS, pairs)
    drawn = {
        "normal": lambda: luck.normal(3.0, 5.0, size),
        "flat": lambda: luck.uniform(0.0, 6.0, size),
        "skewed": lambda: luck.gamma(9.0, 1.0 / 3.0, size),
    }[shape]()
    covered = np.mean([found.low <= 3.0 <= found.high for found in map(of_mean, drawn)])
    assert 0.935 <= covered <= 0.965


@pytest.mark.parametrize("wanted", [0.25, 0.4, 0.6])
def test_looking_several_times_costs_less_than_two_points_of_coverage(wanted):
    """Normal differences of standard deviation 1, watched until their interval is so narrow: after 60, 30 and 15 pairs
    or so, at the stages at which a comparison looks."""
    drawn = np.random.default_rng(13).normal(0.0, 1.0, (EXPERIMENTS, 160))
    covered = []
    for values in drawn:
        looks = (of_mean(values[:stage]) for stage in stages(160))
        found = next(found for found in looks if found.high - found.value <= wanted)
        covered.append(found.low <= 0.0 <= found.high)
    assert 0.93 <= np.mean(covered) <= 0.965


@pytest.mark.parametrize("pairs", [10, 30])
def test_the_interval_of_a_ratio_covers_as_often_as_it_says(pairs):
    """Cost of 12 over a gain of 3 on average: 4, where the gain differs from 0 at all."""
    luck = np.random.default_rng(11)
    covered = []
    for _ in range(EXPERIMENTS):
        below = luck.normal(3.0, 1.0, pairs)
        found = of_ratio(4.0 * below + luck.normal(0.0, 2.0, pairs), below)
        assert not math.isnan(found.low)
        covered.append(found.low <= 4.0 <= found.high)
    assert 0.935 <= np.mean(covered) <= 0.965


def test_no_interval_for_a_ratio_to_what_may_be_nothing():
    below = np.array([1.0, -1.5, 2.0, -0.5])
    found = of_ratio(np.full(4, 5.0), below)
    assert found.value == pytest.approx(20.0)
    assert math.isnan(found.low)
    assert math.isnan(of_ratio(np.full(4, 5.0), -np.abs(below)).value)


def test_the_chance_to_be_above_zero_is_one_minus_the_p_value():
    values = np.array([1.0, 2.5, -0.5, 3.0])
    above = stats.ttest_1samp(values, 0.0, alternative="greater")
    assert chance_above_zero(values) == pytest.approx(1.0 - above.pvalue)
    assert chance_above_zero(np.zeros(5)) == chance_above_zero(np.array([3.0])) == 0.5
    assert (chance_above_zero(np.full(4, 2.0)), chance_above_zero(np.full(4, -2.0))) == (1.0, 0.0)


def test_samples_of_pairs_draw_as_many_and_weights_sum_to_one():
    assert (times_drawn(7).sum(axis=1) == 7).all()
    assert times_drawn(7).mean() == pytest.approx(1.0)
    drawn = weights(7)
    assert drawn.shape == (intervals.RESAMPLES, 7)
    assert drawn.sum(axis=1) == pytest.approx(1.0)
    assert drawn.mean(axis=0) == pytest.approx(1.0 / 7.0, abs=0.02)
    assert (weights(1) == 1.0).all()


def test_the_chance_to_be_the_best_of_two_is_that_to_be_better():
    luck = np.random.default_rng(5)
    for pairs, gain in ((4, 0.5), (10, 0.3), (30, 0.2)):
        base = luck.normal(50.0, 5.0, pairs)
        measured = {"none": base, "some": base - gain - luck.normal(0.0, 1.0, pairs)}
        best, sure = ranking(measured, "less").loc["some", "chance_best"], better(measured, "less").loc["some", "none"]
        assert best == pytest.approx(sure, abs=4 * math.sqrt(0.25 / intervals.RESAMPLES))


def test_three_pairs_of_one_sign_do_not_make_a_policy_the_best_for_sure():
    base = np.array([10.0, 12.0, 9.0, 11.0, 10.0])
    other = base - np.array([0.0, 3.0, 0.5, 0.0, 0.2])
    assert 0.8 < ranking({"none": base, "some": other}, "less").loc["some", "chance_best"] < 0.95


def test_the_best_is_told_with_its_chance():
    luck = np.random.default_rng(3).normal(0.0, 1.0, 30)
    measured = {"none": 100.0 + luck, "little": 99.9 + luck[::-1], "much": 90.0 + luck}
    table = ranking(measured, "less")
    assert table.index[0] == "much"
    assert table.loc["much", "chance_best"] == table.loc["much", "best_share"] == 1.0
    assert table["chance_best"].sum() == pytest.approx(1.0)
    assert ranking(measured, "more").index[-1] == "much"
    twins = ranking({"one": luck, "other": luck}, "less")
    assert twins["chance_best"].tolist() == [0.5, 0.5]
    chances = better(measured, "less")
    assert chances.loc["much", "none"] == 1.0
    assert chances.loc["little", "none"] == pytest.approx(1.0 - chances.loc["none", "little"])


def test_no_ranking_by_what_has_no_value():
    with pytest.raises(NoRanking, match="no value in some replicate"):
        ranking({"one": np.array([1.0, np.nan]), "other": np.array([1.0, 2.0])}, "more")


def test_a_programme_is_priced_by_what_it_gains():
    """A million for 100, 200 and 300 kg less: 5,000 USD a kilogram."""
    base = np.array([1000.0, 1000.0, 1000.0])
    cost = np.full(3, 1e6)
    assert worth("kg prevented from delivery", cost, base, base - [100.0, 200.0, 300.0]).usd == pytest.approx(5000.0)
    assert math.isnan(worth("kg prevented from delivery", cost, base, base + 5.0).usd)
    assert math.isnan(worth("kg seized more", np.zeros(3), base, base + 5.0).usd)


def test_how_much_the_same_luck_helps_is_told_with_a_lower_bound():
    luck = np.random.default_rng(5)
    base = luck.normal(0.0, 10.0, 200)
    other = base + luck.normal(1.0, 2.0, 200)
    assert variance_ratio(base, other) == pytest.approx(2 * 100 / 4, rel=0.3)
    assert 0.5 * variance_ratio(base, other) < least_variance_ratio(base, other) < variance_ratio(base, other)
