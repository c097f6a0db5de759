"""Rules of choice: chances worked by hand, what stands out, who is deterred, and luck that belongs to an option."""

import math

import numba
import numpy as np
import pytest

from sim.actors.behaviours.behaviour import Seen
from sim.actors.behaviours.logit import Logit
from sim.actors.behaviours.quantal_response import QuantalResponse
from sim.kernels.choosing import (
    Options,
    chance_of_loss,
    noticed,
    perceive,
    stands_out,
    take,
    weigh,
    willingness,
)
from sim.kernels.draws import child_keys, entity_key
from sim.kernels.habits import move_premiums
from sim.kernels.prospects import METHOD, best_way, hope, sample_risk
from tests.kernels.small_choices import LUCK, rule
from tests.kernels.test_prospects import means, some_world, ways

CARTEL = entity_key("organisation coastal 1")
MANY = 300 if numba.config.DISABLE_JIT else 20_000
SEEN = Seen(week=0, price_usd=1000.0, starting_price_usd=1000.0, ways=0, month=None)
OUTSIDE = -1


def taken(values, rules, open_ways=None, count: int = MANY) -> np.ndarray:
    """Which of some ways is taken, draw by draw; `OUTSIDE` for none."""
    rows, room = ways(*({} for _ in values)), np.ones(len(values), np.bool_)
    room[[] if open_ways is None else [at for at, door in enumerate(open_ways) if not door]] = False
    crews = np.full((len(values), 4), -1, np.int32)
    crews[:, 0] = np.arange(len(values))
    options = Options.of(len(values), 1)
    options.value[:, 0], options.lot[:, 0] = values, 0
    keys, found = child_keys("a way", 0, len(values)), np.empty(count, np.int64)
    for draw in range(count):
        at, _, _, goes = take(
            rules[0], LUCK.key("choice"), CARTEL, keys, 5, draw, rows, crews, room, np.zeros((2, 1), METHOD), options
        )
        found[draw] = at if goes else OUTSIDE
    return found


def assert_shares(found: np.ndarray, shares: dict[int, float]) -> None:
    """To six standard errors."""
    for at, share in shares.items():
        error = math.sqrt(share * (1 - share) / len(found))
        assert abs((found == at).mean() - share) <= 6 * error, (at, share)


def of_behaviour(behaviour, seen: Seen = SEEN):
    return rule(**behaviour.choose(seen)._asdict())


# By chance ---------------------------------------------------------------------------------------------------------

SHARES = (0.30, 0.25, 0.15, 0.10)
UTILITIES = [1000.0 * math.log(share / 0.20) for share in SHARES]
"""Against not sending, which has the share that is left, at a temperature of the whole price."""
BY_LOGIT = of_behaviour(Logit(temperature=1.0))


def test_a_logit_chooses_by_the_exponential_of_value_over_temperature():
    assert_shares(taken(UTILITIES, BY_LOGIT), dict(enumerate(SHARES)) | {OUTSIDE: 0.20})


def test_closing_a_way_redistributes_its_share_in_proportion_and_moves_nobody_else():
    """0.25/0.7, 0.15/0.7, 0.10/0.7, and 0.20/0.7 stay at home: 0.714286 of what the way carried is displaced."""
    before, after = taken(UTILITIES, BY_LOGIT), taken(UTILITIES, BY_LOGIT, (False, True, True, True))
    assert_shares(after, {0: 0.0, 1: 0.357143, 2: 0.214286, 3: 0.142857, OUTSIDE: 0.285714})
    stayed = before != 0
    assert np.array_equal(before[stayed], after[stayed])
    assert_shares(after[~stayed], {1: 0.357143, 2: 0.214286, 3: 0.142857, OUTSIDE: 0.285714})
    displaced = (after[~stayed] != OUTSIDE).mean()
    assert displaced == pytest.approx(0.714286, abs=6 * math.sqrt(0.204 / (~stayed).sum()))


def test_a_worse_way_loses_to_all_others_in_proportion():
    worse = [UTILITIES[0] - 1000.0, *UTILITIES[1:]]
    found = taken(worse, BY_LOGIT)
    assert_shares(found, {0: 0.136190, 1: 0.308503, 2: 0.185102, 3: 0.123401, OUTSIDE: 0.246803})


@pytest.mark.parametrize(
    ("rationality", "shares"),
    [(0.76, (0.592987, 0.277320, 0.129693)), (1.5, (0.785597, 0.175290, 0.039113))],
)
def test_quantal_response_follows_its_rationality(rationality, shares):
    """Utilities 3, 2, 1: values of 0.3, 0.2 and 0.1 of a price that counts 10."""
    found = taken([300.0, 200.0, 100.0], of_behaviour(QuantalResponse(rationality=rationality)))
    assert_shares(found, {**dict(enumerate(shares)), OUTSIDE: 0.0})


def test_shares_follow_values_and_what_is_worth_nothing_is_never_taken():
    found = taken([60.0, 0.0, 30.0, -500.0, 10.0], rule(draws="shares", sampled=False))
    assert_shares(found, {0: 0.6, 1: 0.0, 2: 0.3, 3: 0.0, 4: 0.1, OUTSIDE: 0.0})


def test_a_new_option_takes_from_others_and_leaves_their_luck_alone():
    few, more = taken(UTILITIES[:3], BY_LOGIT), taken(UTILITIES, BY_LOGIT)
    assert np.array_equal(few[more != 3], more[more != 3])
    assert (more == 3).any()


@pytest.mark.parametrize("draws", ["best", "logit", "shares"])
def test_where_no_way_is_open_nothing_is_taken(draws):
    assert (taken([100.0, 200.0], rule(draws=draws, sampled=False), (False, False), count=20) == OUTSIDE).all()


def test_the_best_is_the_one_that_listing_everything_finds():
    """Weighing every option and taking the most valued is another way to the answer of `best_way`."""
    rng = np.random.default_rng(9)
    best = rule(sampled=False)
    for _ in range(100):
        rows, choice, risk, doors = some_world(rng)
        crews = np.full((len(rows), 4), -1, np.int32)
        crews[:, 0] = np.arange(len(rows))
        hopes, options = np.full((3, len(rows), 3), math.nan), Options.of(len(rows), 3)
        lots, methods, penalty, aversion, capital = choice
        hope(rows, lots, methods, penalty, hopes)
        known = best_way(rows, crews, doors, lots, methods, hopes, risk, penalty, aversion, capital)
        weigh(best[0], rows, lots, methods, risk, penalty, aversion, capital, options)
        at, method, worth, goes = take(
            best[0], LUCK.key("choice"), CARTEL, child_keys("a way", 0, len(rows)), 5, 0, rows, crews, doors, methods,
            options,
        )  # fmt: skip
        assert goes == (known[0] >= 0)
        assert (at, method, worth) == (known[0], known[1], known[3])


# What stands out ---------------------------------------------------------------------------------------------------


def test_a_payoff_stands_out_by_its_difference_over_its_size():
    assert stands_out(600.0, 200.0, 1.0) == pytest.approx(400 / 801)
    assert stands_out(-30.0, 30.0, 10.0) == pytest.approx(60 / 70)
    assert stands_out(5.0, 5.0, 1.0) == 0.0


@pytest.mark.parametrize(("seen", "feared", "weight"), [(0.6, 0.2, 8 / 9), (0.2, 0.6, 2 / 3), (0.3, 0.3, 0.8)])
def test_what_stands_out_less_counts_less(seen, feared, weight):
    """S = 0.8, attention 0.5: 0.8 / (0.8 + 0.1), 0.4 / (0.4 + 0.2), or 0.8 itself."""
    assert noticed(0.8, seen, feared, 0.5) == pytest.approx(weight)


def noticed_values(rows, attention: float, risk) -> list[float]:
    choice = means()
    options = Options.of(len(rows), 1)
    rules = rule(sampled=False, attention=attention)
    lots, methods, penalty, aversion, capital = choice
    weigh(rules[0], rows, lots, methods, np.array(risk, float), penalty, aversion, capital, options)
    return options.value[:, 0].tolist()


def test_salience_values_loss_and_passage_by_what_stands_out_among_the_ways():
    """Price 1000; costs 100 and 300; chances to come through 0.9 and 0.6.

    Through: 900 against 700, 200/1601 = 0.125. Lost: -100 against -300, 200/401 = 0.499: for both the loss stands out.
    First way: weight 0.45 / (0.45 + 0.1) = 9/11, so 9/11 * 900 - 2/11 * 100. Second: 0.3 / (0.3 + 0.4) = 3/7, so
    3/7 * 700 - 4/7 * 300.
    """
    two = ways({"checkpoints": (0,), "usd_per_kg": 100.0}, {"checkpoints": (1,), "usd_per_kg": 300.0})
    found = noticed_values(two, 0.5, [[0.1], [0.4]])
    assert found == pytest.approx([9 / 11 * 900 - 2 / 11 * 100, 3 / 7 * 700 - 4 / 7 * 300])


def test_to_whom_all_stands_out_alike_values_are_expected_profit():
    two = ways({"checkpoints": (0,), "usd_per_kg": 100.0}, {"checkpoints": (1,), "usd_per_kg": 300.0})
    assert noticed_values(two, 1.0, [[0.1], [0.4]]) == pytest.approx([800.0, 300.0])
    assert noticed_values(two[:1], 0.5, [[0.1], [0.4]]) == pytest.approx([800.0])  # nothing to compare it with


# Deterrence --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "steepness", "willing"),
    [(0.0, 1.0, 1.0), (0.13, 1.0, 1.0), (0.2, 1.0, 0.65), (0.3, 1.0, 0.13 / 0.3), (0.4, 1.0, 0.325), (0.26, 2.0, 0.25)],
)
def test_willingness_falls_as_a_hyperbola_beyond_the_threshold(loss, steepness, willing):
    """With power 1 the stopped share of what could be sent stays at the threshold: 0.2 * 0.65 = 0.3 * 0.433 = 0.13."""
    assert willingness(rule(threshold=0.13, steepness=steepness)[0], loss) == pytest.approx(willing)


def test_the_perceived_chance_of_loss_is_that_of_all_checkpoints_and_of_the_road():
    way, method = ways({"checkpoints": (0, 1), "known_loss": 0.1})[0], means().methods[0, 0]
    counts = np.array([[[2.0], [1.0]], [[8.0], [4.0]]])
    start = np.array([[[4.0], [2.0]], [[6.0], [3.0]]])
    assert chance_of_loss(rule()[0], way, method, 1.0, 0, counts, start) == pytest.approx(1 - 0.9 * 0.8 * 0.8)
    assert chance_of_loss(rule(information=0.5)[0], way, method, 1.0, 0, counts, start) == pytest.approx(
        1 - 0.9 * 0.7 * 0.7
    )
    assert chance_of_loss(rule()[0], way, method, 9.0, 0, counts, start) == 1.0


# Information -------------------------------------------------------------------------------------------------------


def perceived(losses, passages, *, start=(2.0, 18.0), draw=0, **numbers) -> np.ndarray:
    counts = np.array([losses, passages], float)
    first = np.empty_like(counts)
    first[0], first[1] = start
    risk, places = (
        np.full(counts[0].shape, math.nan),
        np.arange(counts[0].size, dtype=np.uint64).reshape(counts[0].shape),
    )
    asked = np.arange(risk.size)
    perceive(rule(**numbers)[0], LUCK.key("belief"), CARTEL, places, 5, draw, counts, first, asked, risk)
    return risk


def sampled(losses, passages, draw=0) -> np.ndarray:
    counts = np.array([losses, passages], float)
    risk, places = (
        np.full(counts[0].shape, math.nan),
        np.arange(counts[0].size, dtype=np.uint64).reshape(counts[0].shape),
    )
    sample_risk(LUCK.key("belief"), CARTEL, places, 5, draw, counts, np.arange(risk.size), risk)
    return risk


LOSSES, PASSAGES = [[9.0, 1.0], [2.0, 2.0]], [[3.0, 9.0], [18.0, 38.0]]


def test_means_of_beliefs_count_where_nothing_is_sampled():
    assert perceived(LOSSES, PASSAGES, sampled=False).tolist() == [[0.75, 0.1], [0.1, 0.05]]


def test_with_full_information_samples_are_those_of_beliefs_to_the_last_bit():
    assert np.array_equal(perceived(LOSSES, PASSAGES), sampled(LOSSES, PASSAGES))


@pytest.mark.parametrize("information", [0.0, 0.25, 0.9])
def test_information_is_the_share_of_what_was_learned_that_counts(information):
    """The rest is the starting belief; a sample of either has the same luck."""
    first = np.full((2, 2), 2.0), np.full((2, 2), 18.0)
    mixed = information * sampled(LOSSES, PASSAGES) + (1 - information) * sampled(*first)
    assert perceived(LOSSES, PASSAGES, information=information) == pytest.approx(mixed)
    means_of = information * np.array([[0.75, 0.1], [0.1, 0.05]]) + (1 - information) * 0.1
    assert perceived(LOSSES, PASSAGES, information=information, sampled=False) == pytest.approx(means_of)


# Premiums ----------------------------------------------------------------------------------------------------------


def premium_after(k: int, months: int = 1, before: float = 1.0, step: float = 1.0) -> float:
    """k seizures in 13 months are a perceived risk of (k + 2) / 15.5."""
    counts = np.array([[[k + 2.0]], [[13.5 - k]]])
    found = np.array([before])
    for _ in range(months):
        move_premiums(
            rule(premium_step=step, premium_from=0.43, premium_most=5.07)[0],
            counts,
            counts,
            np.ones((1, 1), np.uint64),
            found,
        )
    return float(found[0])


@pytest.mark.parametrize(("k", "premium"), [(0, 1.0), (4, 1.0), (5, 1.103051), (8, 2.251125), (13, 5.065032)])
def test_premiums_follow_the_square_of_perceived_risk(k, premium):
    assert premium_after(k) == pytest.approx(premium, abs=1e-6)


def test_a_method_by_which_nobody_passes_does_not_bear_on_the_premium():
    counts, found = np.array([[[10.0, 1.0]], [[5.5, 99.0]]]), np.ones((2, 1))
    for keys, premium in zip(([[1, 0]], [[1, 1]]), found, strict=True):
        move_premiums(
            rule(premium_step=1.0, premium_from=0.43, premium_most=5.07)[0], counts, counts, np.array(keys, np.uint64),
            premium,
        )  # fmt: skip
    assert found[:, 0].tolist() == pytest.approx([(10.0 / 15.5 / 0.43) ** 2, 1.0])


def test_premiums_come_to_what_risk_asks_for_and_come_back_instead_of_piling_up():
    """A cost that were multiplied by 2.251125 month by month would be 17,000-fold after a year."""
    first = premium_after(8, step=0.3558)
    assert first == pytest.approx(1.0 + 0.3558 * 1.251125, abs=1e-6)
    assert premium_after(8, months=240, step=0.3558) == pytest.approx(2.251125, abs=1e-6)
    assert premium_after(13, months=240, before=5.07, step=0.3558) <= 5.07
    assert premium_after(0, months=240, before=5.07, step=0.3558) == pytest.approx(1.0)
