"""What a way is worth: examples worked by hand, agreement with plain Python, and samples of what is believed."""

import math

import numba
import numpy as np
import pytest

from sim.kernels.draws import Draws, entity_key
from sim.kernels.prospects import Means, Ways, best_way, sample_risk

DRAWS = Draws(1933)
CARTEL = entity_key("organisation coastal 1")


def ways(*rows: dict) -> Ways:
    """Ways to a market at 1,000 USD a kilogram, free of any cost and control unless a row says otherwise."""

    def each(name, default, kind):
        return np.array([row.get(name, default) for row in rows], kind)

    passed = [(*row.get("checkpoints", ()), -1, -1, -1, -1, -1, -1)[:6] for row in rows]
    return Ways(
        checkpoints=np.array(passed, np.int32),
        small_craft=each("small_craft", False, np.bool_),
        usd_per_kg=each("usd_per_kg", 0.0, np.float64),
        usd_fixed=each("usd_fixed", 0.0, np.float64),
        usd_crews=each("usd_crews", 0.0, np.float64),
        known_loss=each("known_loss", 0.0, np.float64),
        price=each("price", 1000.0, np.float64),
        largest_kg=each("largest_kg", math.inf, np.float64),
    )


def means(lots=(100.0,), shows=None, method_usd=(0.0,), method_kg=None, crewed=None, **more) -> Means:
    count = len(method_usd)
    return Means(
        lots=np.array(lots, float),
        shows=np.array(shows if shows is not None else [1.0] * len(lots), float),
        method_usd=np.array(method_usd, float),
        method_kg=np.array(method_kg if method_kg is not None else [math.inf] * count, float),
        crewed=np.array(crewed if crewed is not None else [False] * count, np.bool_),
        **{"penalty": 0.0, "aversion": 0.0, "capital": 1e9, **more},
    )


def best(ways, means, risk=((0.0,),), open_ways=None):
    doors = np.ones(len(ways.price), np.bool_) if open_ways is None else np.array(open_ways, np.bool_)
    return best_way(ways, means, np.array(risk, float), doors)


def test_a_free_and_safe_way_is_worth_the_price():
    assert best(ways({}), means()) == (0, 0, 0, 1000.0)


def test_risk_costs_the_load_and_the_penalty():
    """S = 0.75: 0.75 * 1000 - 300 to buy - 0.25 * 0.1 * 1000 beside the load - 5000 / 100 fixed."""
    found = best(
        ways({"checkpoints": (1,), "usd_per_kg": 300.0, "usd_fixed": 5000.0}), means(penalty=0.1), [[0.0], [0.25]]
    )
    assert found == (0, 0, 0, pytest.approx(750 - 300 - 25 - 50))


def test_checkpoints_and_known_losses_multiply():
    found = best(ways({"checkpoints": (0, 1), "known_loss": 0.5}), means(), [[0.2], [0.1]])
    assert found[3] == pytest.approx(1000 * 0.5 * 0.8 * 0.9)


def test_variance_costs_by_the_capital_that_bears_it():
    """S (1 - S) (100 kg * 1000)^2 / capital = 0.25 * 1e10 / 1e6 = 2500 USD for the load."""
    found = best(ways({"checkpoints": (0,)}), means(aversion=2.0, capital=1e6), [[0.5]])
    assert found[3] == pytest.approx(500 - 2.0 * 2500 / 100)


def test_the_safer_of_two_ways_is_taken_and_the_dearer_market_of_two_markets():
    two = ways({"checkpoints": (0,)}, {"checkpoints": (1,)})
    assert best(two, means(), [[0.3], [0.2]])[0] == 1
    assert best(ways({"price": 900.0}, {"price": 1100.0}), means())[0] == 1


def test_equal_ways_go_to_the_first():
    assert best(ways({}, {}, {}), means(lots=(10.0, 20.0)))[:3] == (0, 0, 0)


def test_a_fixed_cost_wants_a_large_lot_and_a_visible_load_a_small_one():
    lots, shows = (10.0, 100.0, 1000.0), (0.1, 1.0, 4.0)
    assert best(ways({"usd_fixed": 4000.0}), means(lots, shows))[2] == 2
    assert best(ways({"checkpoints": (0,)}), means(lots, shows), [[0.2]])[2] == 0
    both = best(ways({"checkpoints": (0,), "usd_fixed": 4000.0}), means(lots, shows), [[0.2]])
    assert both == (0, 0, 1, pytest.approx(800 - 40))


def test_a_load_so_visible_that_it_cannot_pass_is_worth_nothing_more():
    found = best(ways({"checkpoints": (0,)}), means(shows=(50.0,)), [[0.5]])
    assert found[3] == 0.0


@pytest.mark.parametrize(("limit", "lot"), [(50.0, 0), (100.0, 1), (math.inf, 2)])
def test_no_lot_is_larger_than_way_and_concealment_take(limit, lot):
    lots, dear = (50.0, 100.0, 200.0), {"usd_fixed": 1000.0}
    assert best(ways({**dear, "largest_kg": limit}), means(lots))[2] == lot
    assert best(ways(dear), means(lots, method_kg=[limit]))[2] == lot


def test_the_concealment_that_a_control_sees_least_is_taken_unless_it_is_dear():
    way = ways({"checkpoints": (0,)})
    assert best(way, means(method_usd=(0.0, 0.0)), [[0.4, 0.1]])[1] == 1
    assert best(way, means(method_usd=(0.0, 40_000.0)), [[0.4, 0.1]])[1] == 0


def test_crews_are_paid_where_the_concealment_needs_them():
    paid = ways({"usd_crews": 20_000.0})
    assert best(paid, means(method_usd=(0.0,), crewed=[True]))[3] == pytest.approx(800)
    assert best(paid, means(method_usd=(0.0, 0.0), crewed=[True, False]))[1:] == (1, 0, 1000.0)


def test_small_craft_always_need_crews_and_never_a_concealment():
    craft = ways({"small_craft": True, "usd_crews": 20_000.0, "checkpoints": (0,), "largest_kg": 100.0})
    choice = means(method_usd=(70_000.0, 0.0), method_kg=(5.0, 5.0), shows=(9.0,), crewed=[False, False])
    assert best(craft, choice, [[0.1, 0.9]]) == (0, 0, 0, pytest.approx(900 - 200))


def test_closed_ways_are_not_taken():
    two = ways({"price": 2000.0}, {})
    assert best(two, means(), open_ways=[False, True])[0] == 1
    assert best(two, means(), open_ways=[False, False]) == (-1, -1, -1, -math.inf)


def in_plain_python(ways, means, risk, open_ways):
    """The same by listing everything."""
    found = (-1, -1, -1, -math.inf)
    for r in range(len(ways.price)):
        craft = ways.small_craft[r]
        for m in range(1 if craft else len(means.method_usd)):
            for q, kg in enumerate(means.lots):
                too_much = kg > ways.largest_kg[r] or (not craft and kg > means.method_kg[m])
                if too_much or not open_ways[r]:
                    continue
                passed = [c for c in ways.checkpoints[r] if c >= 0]
                shows = 1.0 if craft else means.shows[q]
                survives = (1 - ways.known_loss[r]) * math.prod(1 - min(1.0, risk[c, m] * shows) for c in passed)
                fixed = ways.usd_fixed[r] + (0.0 if craft else means.method_usd[m])
                fixed += ways.usd_crews[r] * bool(craft or means.crewed[m])
                value = kg * ways.price[r]
                profit = survives * value - kg * ways.usd_per_kg[r] - fixed
                profit -= (1 - survives) * means.penalty * value
                profit -= means.aversion * survives * (1 - survives) * value**2 / means.capital
                if profit / kg > found[3]:
                    found = (r, m, q, profit / kg)
    return found


def test_it_agrees_with_listing_everything():
    rng = np.random.default_rng(8)
    for _ in range(200):
        count = int(rng.integers(1, 12))
        rows = [
            {
                "checkpoints": rng.permutation(5)[: rng.integers(0, 5)].tolist(),
                "small_craft": rng.random() < 0.3,
                "usd_per_kg": rng.random() * 500,
                "usd_fixed": rng.random() * 1e4,
                "usd_crews": rng.random() * 1e4,
                "known_loss": rng.random() * 0.3,
                "price": 500 + rng.random() * 500,
                "largest_kg": rng.choice([30.0, 300.0, math.inf]),
            }
            for _ in range(count)
        ]
        choice = means(
            (20.0, 50.0, 200.0), (0.4, 0.7, 1.5), rng.random(3) * 5e3, rng.choice([60.0, 1e4], 3), rng.random(3) < 0.5,
            penalty=rng.random(), aversion=rng.random(), capital=10 ** rng.uniform(4, 8),
        )  # fmt: skip
        risk, doors = rng.random((5, 3)), rng.random(count) < 0.8
        told, found = in_plain_python(ways(*rows), choice, risk, doors), best(ways(*rows), choice, risk, doors)
        assert found[:3] == told[:3]
        assert found[3] == pytest.approx(told[3], rel=1e-9)


# Samples of beliefs ------------------------------------------------------------------------------------------------


def sampled(losses, passages, wanted=None, *, day=5, draw=0):
    losses, passages = np.array(losses, float), np.array(passages, float)
    wanted = np.ones(len(losses), np.bool_) if wanted is None else np.array(wanted)
    risk = np.full(losses.shape, np.nan)
    places = np.arange(len(losses), dtype=np.uint64) + CARTEL
    sample_risk(DRAWS.key("belief"), places, day, draw, losses, passages, wanted, risk)
    return risk


def test_only_what_is_wanted_is_sampled_and_the_rest_left_alone():
    risk = sampled(np.ones((3, 2)), np.ones((3, 2)), [True, False, True])
    assert np.isnan(risk[1]).all()
    assert ((risk[[0, 2]] > 0) & (risk[[0, 2]] < 1)).all()


def test_a_sample_does_not_depend_on_what_else_is_wanted():
    losses, passages = np.arange(1.0, 9.0).reshape(4, 2), np.full((4, 2), 6.0)
    whole = sampled(losses, passages)
    for row in range(4):
        assert sampled(losses, passages, np.arange(4) == row)[row].tolist() == whole[row].tolist()


def test_a_change_of_one_belief_leaves_all_other_samples_alone():
    losses, passages = np.full((4, 2), 2.0), np.full((4, 2), 8.0)
    worse = losses.copy()
    worse[2, 1] = 5.0
    same = sampled(losses, passages) == sampled(worse, passages)
    assert same.tolist() == [[True, True], [True, True], [True, False], [True, True]]


def test_every_decision_samples_anew_and_can_be_repeated():
    belief = (np.full((3, 2), 2.0), np.full((3, 2), 8.0))
    one = [sampled(*belief, day=day, draw=draw).tobytes() for day, draw in ((5, 0), (5, 1), (6, 0), (12, 39))]
    assert len(set(one)) == 4
    assert sampled(*belief).tobytes() == one[0]
    assert len(np.unique(sampled(*belief))) == 6


@pytest.mark.parametrize(("losses", "passages"), [(2.4, 17.6), (0.6, 19.4), (30.0, 5.0)])
def test_samples_have_the_mean_and_spread_of_a_beta(losses, passages):
    count = 200 if numba.config.DISABLE_JIT else 20_000
    drawn = np.array([sampled([[losses]], [[passages]], draw=draw)[0, 0] for draw in range(count)])
    total = losses + passages
    mean, variance = losses / total, losses * passages / (total**2 * (total + 1))
    assert abs(drawn.mean() - mean) < 6 * math.sqrt(variance / count)
    assert drawn.var() == pytest.approx(variance, rel=0.1 if count > 10_000 else 0.6)


def test_who_has_seen_nothing_but_passages_still_tries_a_risky_sample_now_and_then():
    """Thompson sampling: the spread of the samples is what is not known."""
    vague = [sampled([[0.5]], [[4.5]], draw=draw)[0, 0] for draw in range(200)]
    firm = [sampled([[50.0]], [[450.0]], draw=draw)[0, 0] for draw in range(200)]
    assert np.std(vague) > 5 * np.std(firm)
