"""Rules of learning, by hand: what each side takes next, and what a round teaches it."""

import math

import numpy as np
import pytest

from sim.kernels import games
from sim.kernels.games import BELIEFS, COMMITS, FICTITIOUS_PLAY, MIX, QUANTAL_RESPONSE, REGRET_MATCHING, WEIGHTS, side


def remembered(*totals: float, recent=None, earned: float = 0.0) -> np.ndarray:
    seat = games.seat(len(totals))
    seat[games.TOTAL] = totals
    seat[games.RECENT] = recent if recent is not None else 0.0
    seat[games.EARNED, 0] = earned
    return seat


def mix_of(one, seat, rounds=4, span=2.0) -> list[float]:
    games.consider(one[0], seat, rounds, span)
    return seat[MIX].tolist()


def test_fictitious_play_takes_what_would_have_paid_most_and_the_first_of_equals():
    assert mix_of(side(FICTITIOUS_PLAY), remembered(1.0, 3.0, 3.0)) == [0.0, 1.0, 0.0]


def test_regrets_are_matched_in_proportion_and_all_actions_are_alike_without_any():
    assert mix_of(side(REGRET_MATCHING), remembered(5.0, 3.0, 1.0, earned=2.0)) == [0.75, 0.25, 0.0]
    assert mix_of(side(REGRET_MATCHING), remembered(1.0, 2.0, earned=2.0)) == [0.5, 0.5]


def test_a_quantal_response_is_a_logit_in_average_payoffs():
    first, second = mix_of(side(QUANTAL_RESPONSE, precision=2.0), remembered(4.0, 8.0))
    assert second / first == pytest.approx(math.exp(2.0 * (8.0 - 4.0) / 4))
    assert first + second == pytest.approx(1.0)


def test_weights_count_what_paid_of_late_as_if_it_went_on():
    first, second = mix_of(side(WEIGHTS, step=0.5, recent=10.0), remembered(4.0, 8.0, recent=[0.7, 0.1]))
    assert second / first == pytest.approx(math.exp(0.5 * (8.0 + 1.0 - 4.0 - 7.0) / 2.0))


def test_who_commits_keeps_to_it():
    seat = games.seat(2, np.array([0.3, 0.7]))
    seat[games.TOTAL] = [9.0, 0.0]
    assert mix_of(side(COMMITS), seat) == [0.3, 0.7]


def test_a_logit_of_large_utilities_does_not_overflow():
    mix = np.array([1e6, 1e6, -1e6])
    games.logit(mix)
    assert mix.tolist() == [0.5, 0.5, 0.0]


@pytest.mark.parametrize(("u", "action"), [(0.1, 0), (0.2, 1), (0.49, 1), (0.5, 3), (0.99, 3)])
def test_a_number_takes_the_action_in_whose_share_it_falls(u, action):
    assert games.taken(np.array([0.2, 0.3, 0.0, 0.5]), u) == action


def test_a_round_adds_to_the_totals_and_moves_the_recent_average():
    seat = remembered(1.0, 1.0, recent=[0.0, 1.0])
    games.remember(side(WEIGHTS, recent=4.0)[0], seat, np.array([2.0, -1.0]), 1)
    assert seat[games.TOTAL].tolist() == [3.0, 0.0]
    assert seat[games.RECENT].tolist() == [0.5, 0.5]
    assert seat[games.EARNED, 0] == -1.0


def two_ways(stops) -> games.Stage:
    """The first way passes checkpoints 0 and 1, the second passes 2."""
    return games.Stage(
        inspector=np.zeros((2, 1)),
        smuggler=np.zeros((1, 2)),
        stops=np.array([stops], float),
        passes=np.array([[0, 1], [2, -1]]),
        through=np.array([10.0, 4.0]),
        stopped=np.array([-2.0, 0.0]),
        keys=np.arange(3, dtype=np.uint64)[:, None],
    )


def test_beliefs_choose_the_best_expected_payoff_over_all_checkpoints_of_a_way():
    mix, counts = np.zeros(2), np.ones((2, 3, 1))
    risk = np.array([[0.5], [0.2], [0.1]])  # 0.4 * 10 - 0.6 * 2 = 2.8 against 0.9 * 4 = 3.6
    games.by_belief(side(BELIEFS)[0], mix, two_ways([0, 0, 0]), counts, risk)
    assert mix.tolist() == [0.0, 1.0]
    games.by_belief(side(BELIEFS)[0], mix, two_ways([0, 0, 0]), counts, risk * 0.5)
    assert mix.tolist() == [1.0, 0.0]


def test_beliefs_with_a_precision_go_by_the_means_of_the_counts():
    mix, counts = np.zeros(2), np.ones((2, 3, 1))
    counts[1] = 3.0  # a risk of 1/4 each: 9/16 * 10 - 7/16 * 2 = 4.75 against 3
    games.by_belief(side(BELIEFS, precision=0.4)[0], mix, two_ways([0, 0, 0]), counts, np.zeros((3, 1)))
    assert mix[0] / mix[1] == pytest.approx(math.exp(0.4 * 1.75))


def test_what_is_met_counts_in_full_until_the_load_is_lost_and_the_rest_by_rumour():
    counts, met = np.ones((2, 3, 1)), np.zeros(3, np.bool_)
    one = side(BELIEFS, memory=0.5, rumour=0.25, losses=2.0, passages=0.0)[0]
    games.meet(one, two_ways([1, 0, 1]), 0, 0, counts, met, np.uint64(5))
    # faded to 1.5 and 0.5; lost at 0, never came to 1, heard of 1 (passed) and 2 (lost)
    assert counts[:, :, 0].tolist() == [[2.5, 1.5, 1.75], [0.5, 0.75, 0.5]]
    assert met.tolist() == [True, False, False]


def test_what_is_met_is_lost_as_often_as_the_inspector_finds():
    counts, met = np.zeros((2, 3, 1)), np.zeros(3, np.bool_)
    one = side(BELIEFS, memory=1.0)[0]
    for word in range(4000):
        games.meet(one, two_ways([0.0, 0.3, 0.0]), 0, 0, counts, met, np.uint64(word << 32))
    assert counts[0, 1, 0] / 4000 == pytest.approx(0.3, abs=4 * math.sqrt(0.21 / 4000))
    assert counts[:, 2, 0].tolist() == [0.0, 0.0]
