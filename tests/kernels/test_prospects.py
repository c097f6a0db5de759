"""What a way is worth: examples worked by hand, agreement with plain Python, and samples of what is believed."""

import math
from typing import NamedTuple

import numba
import numpy as np
import pytest

from sim.kernels.draws import Draws, entity_key
from sim.kernels.prospects import (
    CELL,
    LOT,
    METHOD,
    WAY,
    Records,
    best_way,
    hope,
    prospects,
    sample_risk,
    ways_through,
)

DRAWS = Draws(1933)
CARTEL = entity_key("organisation coastal 1")
ALL = 255
"""Every method is admitted."""


class Means(NamedTuple):
    """What can be chosen besides the way, and what it weighs."""

    lots: Records
    methods: Records
    penalty: float = 0.0
    aversion: float = 0.0
    capital: float = 1e9


def passed(*checkpoints: int) -> tuple[int, ...]:
    return (*checkpoints, -1, -1, -1, -1, -1, -1)[:6]


def ways(*rows: dict) -> Records:
    """Ways to a market at 1,000 USD a kilogram, free of any cost and control unless a row says otherwise."""
    found = np.zeros(len(rows), WAY)
    for at, row in enumerate(rows):
        facts = {"row": at, "sites": -1, "price": 1000.0, "admits": ALL, "dearer": 1.0, **row}
        facts["checkpoints"] = passed(*row.get("checkpoints", ()))
        for name, value in facts.items():
            found[name][at] = value
    return found


def means(lots=(100.0,), shows=None, method_usd=(0.0,), method_kg=None, crewed=None, craft=(), **more) -> Means:
    """Concealments by what they cost and take; kinds of craft, as many at most, as mappings."""
    loads, methods = np.zeros(len(lots), LOT), np.zeros((2, len(method_usd)), METHOD)
    loads["kg"], loads["shows"] = lots, shows if shows is not None else 1.0
    methods["largest_kg"], methods["crewed"][1] = math.inf, True
    methods["usd"][0], methods["largest_kg"][0] = method_usd, method_kg if method_kg is not None else math.inf
    methods["crewed"][0] = crewed if crewed is not None else False
    for m, kind in enumerate(craft):
        for name, value in kind.items():
            methods[name][1, m] = value
    return Means(loads, methods, **more)


def best(ways, means, risk=((0.0,),), open_ways=None):
    """Each way needs crews at one place of its own; there is room for more work where ways are open."""
    crews = np.full((len(ways), 4), -1, np.int32)
    crews[:, 0] = np.arange(len(ways))
    room = np.ones(len(ways), np.bool_) if open_ways is None else np.array(open_ways, np.bool_)
    lots, methods, *weights = means
    hopes = np.full((3, len(ways), methods.shape[1]), math.nan)
    hope(ways, lots, methods, float(means.penalty), hopes)
    return best_way(ways, crews, room, lots, methods, hopes, np.array(risk, float), *map(float, weights))


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
def test_no_lot_is_larger_than_concealment_or_craft_take(limit, lot):
    lots, dear = (50.0, 100.0, 200.0), {"usd_fixed": 1000.0}
    assert best(ways(dear), means(lots, method_kg=[limit]))[2] == lot
    assert best(ways({**dear, "small_craft": True}), means(lots, craft=[{"largest_kg": limit}]))[2] == lot


def test_the_concealment_that_a_control_sees_least_is_taken_unless_it_is_dear():
    way = ways({"checkpoints": (0,)})
    assert best(way, means(method_usd=(0.0, 0.0)), [[0.4, 0.1]])[1] == 1
    assert best(way, means(method_usd=(0.0, 40_000.0)), [[0.4, 0.1]])[1] == 0


def test_crews_are_paid_where_the_concealment_needs_them():
    paid = ways({"usd_crews": 20_000.0})
    assert best(paid, means(method_usd=(0.0,), crewed=[True]))[3] == pytest.approx(800)
    assert best(paid, means(method_usd=(0.0, 0.0), crewed=[True, False]))[1:] == (1, 0, 1000.0)


def test_small_craft_always_need_crews_and_never_a_concealment():
    craft = ways({"small_craft": True, "usd_crews": 20_000.0, "checkpoints": (0,)})
    choice = means(method_usd=(70_000.0, 0.0), method_kg=(5.0, 5.0), shows=(9.0,))
    assert best(craft, choice, [[0.1, 0.9]]) == (0, 0, 0, pytest.approx(900 - 200))


def test_a_craft_costs_its_price_and_its_miles_and_may_founder():
    """0.8 * 0.9 * 1000 - 2,000 nm at 5 cents a kilogram - 3000 / 100 for the craft."""
    craft = ways({"small_craft": True, "nm": 2000.0, "known_loss": 0.2})
    kind = {"usd": 3000.0, "usd_per_kg_nm": 0.05, "loss": 0.1}
    assert best(craft, means(craft=[kind]))[3] == pytest.approx(720 - 100 - 30)


def test_of_the_kinds_of_craft_that_a_way_admits_the_best_is_taken():
    kinds = means(method_usd=(0.0,) * 3, craft=[{"usd": 900.0}, {"usd": 500.0}, {"usd": 100.0}])
    assert best(ways({"small_craft": True}), kinds, [[0.0] * 3])[1] == 2
    assert best(ways({"small_craft": True, "admits": 0b011}), kinds, [[0.0] * 3])[1] == 1
    assert best(ways({"small_craft": True, "admits": 0b001}), kinds, [[0.0] * 3])[1] == 0
    unseen = [[0.5, 0.0, 0.5]]
    assert best(ways({"small_craft": True, "checkpoints": (0,)}), kinds, unseen)[1] == 1
    assert best(ways({"small_craft": True, "admits": 0}), kinds, unseen) == (-1, -1, -1, -math.inf)


def test_closed_ways_are_not_taken():
    two = ways({"price": 2000.0}, {})
    assert best(two, means(), open_ways=[False, True])[0] == 1
    assert best(two, means(), open_ways=[False, False]) == (-1, -1, -1, -math.inf)


def in_plain_python(ways, means, risk, open_ways):
    """The same by listing everything."""
    found = (-1, -1, -1, -math.inf)
    for r, way in enumerate(ways):
        craft = way["small_craft"]
        for m in range(means.methods.shape[1]):
            method = means.methods[int(craft), m]
            for q, (kg, visible) in enumerate(means.lots.tolist()):
                admitted = way["admits"] // 2**m % 2 == 1 and kg <= method["largest_kg"]
                if not (admitted and open_ways[r]):
                    continue
                shows = 1.0 if craft else visible
                survives = (1 - way["known_loss"]) * (1 - method["loss"])
                for c in way["checkpoints"][way["checkpoints"] >= 0]:
                    survives *= 1 - min(1.0, risk[c, m] * shows)
                fixed = way["usd_fixed"] + (method["usd"] + method["crewed"] * way["usd_crews"])
                carriage = way["usd_per_kg"] + way["nm"] * method["usd_per_kg_nm"]
                value = kg * way["price"]
                profit = survives * value - kg * carriage - fixed
                profit -= (1 - survives) * means.penalty * value
                profit -= means.aversion * survives * (1 - survives) * value * value / means.capital
                if profit / kg > found[3]:
                    found = (r, m, q, profit / kg)
    return found


def _some_craft(rng: np.random.Generator) -> dict:
    return {
        "usd": rng.random() * 2e4,
        "usd_per_kg_nm": rng.random() * 0.1,
        "largest_kg": rng.choice([10.0, 30.0, 300.0, math.inf]),
        "loss": rng.random() * 0.3,
    }


def some_world(rng: np.random.Generator) -> tuple:
    """Ways, what can be chosen besides, risks, and which ways are open; some ways come twice."""
    rows = [
        {
            "checkpoints": rng.permutation(5)[: rng.integers(0, 5)].tolist(),
            "small_craft": rng.random() < 0.3,
            "usd_per_kg": rng.random() * 500,
            "usd_fixed": rng.random() * 1e4,
            "usd_crews": rng.random() * 1e4,
            "known_loss": rng.random() * 0.3,
            "price": 500 + rng.random() * 500,
            "nm": rng.random() * 4000,
            "admits": rng.integers(0, 8),
        }
        for _ in range(int(rng.integers(1, 30)))
    ]
    rows += rows[:5]
    choice = means(
        (20.0, 50.0, 200.0, 800.0), (0.4, 0.7, 1.5, 1.6), rng.random(3) * 5e3, rng.choice([60.0, 1e4], 3),
        rng.random(3) < 0.5, [_some_craft(rng) for _ in range(3)], penalty=rng.uniform(-2.0, 2.0),
        aversion=rng.uniform(-1.0, 2.0), capital=10 ** rng.uniform(4, 8),
    )  # fmt: skip
    return ways(*rows), choice, rng.random((5, 3)), rng.random(len(rows)) < 0.8


def test_it_agrees_with_listing_everything_to_the_last_bit():
    """Whatever is passed over because it cannot be the best, the best is the same: also of those who love risk."""
    rng = np.random.default_rng(8)
    for _ in range(300):
        rows, choice, risk, doors = some_world(rng)
        assert best(rows, choice, risk, doors) == in_plain_python(rows, choice, risk, doors)


# Ways of an organisation -------------------------------------------------------------------------------------------

CREWS = np.array([(0, 2, -1, -1), (1, 2, -1, -1), (0, 3, 3, 2)], np.int32)


@pytest.mark.parametrize(("known", "found"), [((0, 2), [0]), ((0, 1, 2), [0, 1]), ((0, 2, 3), [0, 2]), ((), [])])
def test_ways_are_found_that_need_crews_at_known_places_only(known, found):
    rows = np.full(3, -1)
    count = ways_through(np.ones(3, np.bool_), CREWS, np.isin(np.arange(4), known), rows)
    assert rows[:count].tolist() == found


def of_an_organisation(area: int = 0, rows=(0, 1, 2)) -> tuple[Records, np.ndarray]:
    facts = ways(
        {"checkpoints": (1, 3), "usd_per_kg": 5.0, "usd_fixed": 7.0, "market": 1},
        {"checkpoints": (0,), "area": 1},
        {"checkpoints": (3, 4), "small_craft": True, "admits": 0b01},
    )
    cells, prices = np.zeros(4, CELL), np.array([60.0, 80.0])
    cells["held"], cells["offer_usd"] = [True, False, True, False], [2.0, 20.0, 200.0, 2000.0]
    wanted, asked, found = np.zeros((5, 2), np.bool_), np.empty(10, np.int64), np.empty(len(rows), WAY)
    count, risks = prospects(facts, np.array(rows), area, CREWS, cells, 100.0, prices, 9.0, found, wanted, asked)
    assert facts["usd_crews"].tolist() == [0.0, 0.0, 0.0]  # the table is everybody's
    assert not wanted.any()
    wanted.flat[asked[:risks]] = True
    assert wanted.sum() == risks
    return found[:count], wanted


def test_ways_cost_what_crews_and_cells_cost_at_each_of_their_places():
    found, _ = of_an_organisation()
    assert found["row"].tolist() == [0, 2]
    assert found["usd_per_kg"].tolist() == [14.0, 9.0]
    assert found["usd_fixed"].tolist() == [7.0, 100.0 + 100.0]
    assert found["usd_crews"].tolist() == [202.0, 2.0 + 2000.0 + 2000.0 + 200.0]
    assert found["price"].tolist() == [80.0, 60.0]


def test_risks_are_wanted_of_what_is_passed_and_of_what_the_way_admits():
    assert of_an_organisation()[1].tolist() == [
        [False, False],
        [True, True],
        [False, False],
        [True, True],
        [True, False],
    ]
    assert of_an_organisation(area=1)[1].any(axis=1).tolist() == [True, False, False, False, False]


def test_without_ways_from_an_area_nothing_is_wanted():
    found, wanted = of_an_organisation(area=1, rows=(0, 2))
    assert len(found) == 0
    assert not wanted.any()


# Samples of beliefs ------------------------------------------------------------------------------------------------


def sampled(losses, passages, wanted=None, *, day=5, draw=0):
    counts = np.array([losses, passages], float)
    wanted = np.ones(counts[0].shape, np.bool_) if wanted is None else np.array(wanted)
    risk = np.full(counts[0].shape, np.nan)
    places = np.arange(risk.size, dtype=np.uint64).reshape(risk.shape)
    sample_risk(DRAWS.key("belief"), CARTEL, places, day, draw, counts, np.flatnonzero(wanted), risk)
    return risk


def test_only_what_is_wanted_is_sampled_and_the_rest_left_alone():
    wanted = np.array([[True, True], [False, False], [True, False]])
    risk = sampled(np.ones((3, 2)), np.ones((3, 2)), wanted)
    assert np.isnan(risk[~wanted]).all()
    assert ((risk[wanted] > 0) & (risk[wanted] < 1)).all()


def test_a_sample_does_not_depend_on_what_else_is_wanted():
    losses, passages = np.arange(1.0, 9.0).reshape(4, 2), np.full((4, 2), 6.0)
    whole = sampled(losses, passages)
    for at in np.ndindex(4, 2):
        wanted = np.zeros((4, 2), np.bool_)
        wanted[at] = True
        assert sampled(losses, passages, wanted)[at] == whole[at]


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
