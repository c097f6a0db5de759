"""A week of an organisation: which cells hire, which gateways it looks at, what it sends, and what that costs."""

import math

import numba
import numpy as np
import pytest

from sim.kernels.draws import Draws, child_key, child_keys, entity_key
from sim.kernels.planning import MOST_LOTS, TERMS, Chances, Desk, Means, keep, look_around, mean_offer, plan_week
from sim.kernels.prospects import CELL, LOT, METHOD, WAY, Records
from tests.kernels.small_choices import habits

DRAWS = Draws(1933)
CARTEL = entity_key("organisation coastal 1")
DAY = 12


# Hands -------------------------------------------------------------------------------------------------------------


def cells(count: int, **columns) -> Records:
    """Cells with a crew of three each, idle since the first day, unless told otherwise."""
    found = np.zeros(count, CELL)
    known = {
        "held": True,
        "jobs_per_week": 2.0,
        "most_waiting": 4.0,
        "first_offer_usd": 10.0,
        "hands": 3,
        "rested": 1.0,
    }
    for name, values in ({"offer_usd": 10.0} | known | columns).items():
        found[name] = values
    return found


def kept(found: Records, largest: int = 4) -> list[tuple[int, int]]:
    """Places where hands are missing, and how many."""
    short = np.zeros((len(found), 2), np.int64)
    count = keep(found, DAY, 3, largest, 0.75, short)
    return [(place, missing) for place, missing in short[:count].tolist()]


def test_crews_rest_by_the_week_and_save_up_two_weeks_at_most():
    found, rested = cells(3, hands=[3, 6, 0]), []
    for _ in range(3):
        kept(found)
        rested.append(found["rested"].tolist())
    assert rested == [[3.0, 5.0, 1.0], [4.0, 8.0, 1.0], [4.0, 8.0, 1.0]]


def test_crews_for_which_there_is_no_room_do_not_rest():
    found = cells(3, crowded=[0.0, 0.5, 1.0])
    kept(found)
    assert found["rested"].tolist() == [3.0, 2.0, 1.0]


def test_a_cell_wants_a_crew_for_every_two_weeks_of_work_that_waits():
    assert kept(cells(4, waiting=[0, 4, 5, 100])) == [(2, 3), (3, 9)]
    assert kept(cells(3, hands=[2, 1, 0])) == [(0, 1), (1, 2), (2, 3)]


def test_what_an_offer_is_above_the_first_one_fades():
    found = cells(3, held=[True, True, False])
    found["first_offer_usd"], found["offer_usd"] = 100.0, [180.0, 100.0, 180.0]
    kept(found)
    assert found["offer_usd"].tolist() == [160.0, 100.0, 180.0]
    everybody = np.array([[0, 2], [2, 3]])
    assert mean_offer(found, everybody) == 130.0
    assert mean_offer(found, everybody[:1]) == 130.0
    assert mean_offer(found, everybody[1:]) == 0.0


def test_nobody_is_missed_where_there_is_no_cell_or_it_cannot_hire_yet():
    assert kept(cells(3, hands=0, held=[True, False, True], ready=[DAY, 0, DAY + 1])) == [(0, 3)]


# What it looks at --------------------------------------------------------------------------------------------------


def looked_at(trade, known, count: int, day: int = 5) -> list[int]:
    """Places known after looking at four gateways at places 3, 2, 1 and 0."""
    known, gates, names = np.array(known, np.bool_), np.array([3, 2, 1, 0]), child_keys("gateways", 0, 4)
    look_around(DRAWS.key("scouting"), CARTEL, day, gates, names, np.array(trade, float), count, known, np.empty(4))
    return np.flatnonzero(known).tolist()


def test_gateways_are_drawn_once_each_and_known_afterwards():
    found = looked_at([1, 1, 1, 1], [False, False, True, False], 2)
    assert len(found) == 3
    assert 2 in found


def test_no_more_gateways_are_drawn_than_there_are_with_trade():
    assert looked_at([1, 1, 0, 0], [False, False, True, False], 3) == [2, 3]
    assert looked_at([0, 0, 0, 0], [False] * 4, 3) == []


def test_gateways_are_drawn_by_their_trade():
    count = 300 if numba.config.DISABLE_JIT else 3000
    firsts = [looked_at([6, 3, 1, 0], [False] * 4, 1, day)[0] for day in range(count)]
    for place, share in ((3, 0.6), (2, 0.3), (1, 0.1), (0, 0.0)):
        assert abs(firsts.count(place) - share * count) <= 6 * math.sqrt(count * share * (1 - share))


def test_gateways_after_the_first_are_drawn_by_their_trade_among_those_that_are_left():
    count = 300 if numba.config.DISABLE_JIT else 3000
    pairs = [tuple(looked_at([6, 3, 1, 0], [False] * 4, 2, day)) for day in range(count)]
    shares = {(2, 3): 0.6 * 3 / 4 + 0.3 * 6 / 7, (1, 3): 0.6 / 4 + 0.1 * 6 / 9, (1, 2): 0.3 / 7 + 0.1 * 3 / 9}
    for pair, share in shares.items():
        assert abs(pairs.count(pair) - share * count) <= 6 * math.sqrt(count * share * (1 - share))


def test_who_knows_one_gateway_more_looks_at_the_same_others():
    """Where it is not drawn, knowing it changes nothing; where it is, the next one takes its place."""
    for day in range(100):
        without, with_it = (
            set(looked_at([5, 4, 3, 2], [known, False, False, False], 2, day)) for known in (False, True)
        )
        assert without - {0} <= with_it


# A week ------------------------------------------------------------------------------------------------------------

SCOUTED_CREWS = ((0, 3, -1, -1), (1, 3, -1, -1), (2, 4, -1, -1), (0, 5, 5, 4))
"""Departures at places 0, 1 and 2, arrivals at 3 and 4, a hub at 5."""


def means(crews=((0, 1, -1, -1),), kinds=((0,), (1,), ()), facts=None, method=None, craft=None, **terms) -> Means:
    """Ways without risk or cost to a market at 1,000 USD a kilogram, one concealment and one kind of craft, unless told
    otherwise."""
    ways, lots = np.zeros(len(crews), WAY), np.zeros((2, 2), LOT)
    methods, how = np.zeros((2, 1), METHOD), np.zeros(2, TERMS)  # two areas at most
    ways["row"], ways["checkpoints"], ways["admits"], ways["dearer"] = np.arange(len(crews)), -1, 1, 1.0
    ways["sites"] = -1
    lots["kg"], lots["shows"], methods["largest_kg"], methods["crewed"] = (50.0, 100.0), 1.0, 1e6, True
    known = {"comfort_usd": 400.0, "least_lot_kg": 5.0, "largest_lot_kg": 8000.0, "setup_jobs": 5.0}
    known |= {"span": 12, "scouted": 9, "per_unit": 1000.0}
    for table, fields in (
        (ways, facts or {}),
        (methods[0], method or {}),
        (methods[1], craft or {}),
        (how, known | terms),
    ):
        for name, value in fields.items():
            table[name] = value
    return Means(
        facts=ways,
        crews=np.array(crews, np.int32),
        there=np.ones(len(crews), np.bool_),
        gates=np.array([place for kind in kinds for place in kind], np.int64),
        gate_keys=child_keys("gateways", 0, sum(map(len, kinds))),
        trade=np.ones(sum(map(len, kinds))),
        kinds=np.cumsum([0, *map(len, kinds)]),
        lots=lots,
        methods=methods,
        terms=how,
        checkpoints=np.array([[entity_key("a control")]], np.uint64),
        purposes=np.array(
            [DRAWS.key(name) for name in ("departures", "arrivals", "hubs", "beyond", "belief", "load")], np.uint64
        ),
    )


class Week:
    """What a week came to."""

    def __init__(
        self, means: Means, cells: Records, stock=(10_000_000,), share=0.2, usd=1e9, counts=((1.0,), (1.0,)),
        source_usd=0.0, day=DAY, **rule,
    ) -> None:  # fmt: skip
        self.cells, self.stock = cells, np.array(stock, np.int64)
        shares, source = np.full(len(stock), share), np.full(len(stock), source_usd)
        chances = Chances(np.array([1000.0]), self.stock, self.stock.copy(), shares, source)
        self.desk = desk = Desk.of(len(means.facts), len(cells), len(means.gates), len(stock), (1, 1))
        self.habits, believed = habits(len(means.facts), **rule), np.array(counts)[..., None]
        sent, gone, cents = plan_week(means, self.habits, chances, cells, believed, CARTEL, day, round(usd * 100), desk)
        self.orders, self.given_up = desk.orders[:sent].copy(), desk.left_behind[:gone].tolist()
        self.kg, self.spent_usd = self.orders["grams"] / 1000.0, usd - cents / 100.0


def test_an_organisation_considers_ways_through_its_cells_and_what_it_scouts_of_every_kind():
    known = cells(6, held=[True, False, False, True, False, False])
    for scouted, found in ((0, [0]), (9, [0, 1, 2, 3])):
        what = means(SCOUTED_CREWS, ((0, 1, 2), (3, 4), (5,)), scouted=scouted)
        week = Week(what, known.copy(), stock=(0,))
        assert week.desk.known.tolist() == (known["held"] | (scouted > 0)).tolist()
        assert week.desk.rows[: len(found)].tolist() == found


def test_what_is_sent_leaves_the_store_and_no_more_than_its_share_is_bought():
    week = Week(means(aversion=0.0), cells(2, most_waiting=100.0), share=0.04)  # at most twice that
    assert week.kg.tolist() == [100.0] * 8 or week.kg.tolist() == [50.0] * 16
    assert 10_000_000 - week.stock[0] == week.orders["grams"].sum() == 800_000


@pytest.mark.parametrize("kg", [20.0, 130.0, 480.0])
def test_loads_larger_than_what_is_left_make_the_mean_of_a_week_its_share(kg):
    """Loads of 100 kg where 20, 130 or 480 are to leave: the last goes with the chance that makes up for the rest."""
    what, weeks = means(aversion=0.0, facts={"usd_fixed": 1000.0}), 2000
    sent = [Week(what, cells(2, most_waiting=100.0), share=kg / 20_000, day=day).kg.sum() for day in range(weeks)]
    whole = 100.0 * (kg // 100.0)
    assert set(sent) == {whole, whole + 100.0}
    spread = math.sqrt((kg - whole) * (whole + 100.0 - kg) / weeks)
    assert sum(sent) / weeks == pytest.approx(kg, abs=5 * spread)


def test_a_thin_margin_buys_less():
    at_half = means(comfort_usd=1000.0, facts={"usd_per_kg": 500.0})
    thin = Week(at_half, cells(2, most_waiting=100.0, offer_usd=0.0), share=0.04)
    assert thin.kg.sum() == pytest.approx(200.0)


def test_nothing_is_sent_at_a_loss_or_without_stock_or_money_or_room():
    open_cells = cells(2)
    assert len(Week(means(facts={"usd_per_kg": 1001.0}), open_cells).orders) == 0
    assert len(Week(means(), open_cells, stock=(4_999,)).orders) == 0
    assert len(Week(means(), open_cells, usd=499.0, source_usd=100.0).orders) == 0
    assert len(Week(means(), cells(2, waiting=[4, 0])).orders) == 0


def test_goods_carriage_concealment_and_new_cells_are_paid_and_nothing_else():
    what = means(facts={"usd_per_kg": 3.0, "usd_fixed": 50.0}, method={"usd": 7.0}, setup_cents=123_400)
    week = Week(what, cells(2, held=[True, False], most_waiting=1.0), source_usd=20.0)
    assert len(week.orders) == 1
    assert week.spent_usd == pytest.approx(week.kg[0] * 23.0 + 57.0 + 1234.0)


def test_craft_need_no_concealment_and_take_what_they_can_carry():
    craft, way = {"largest_kg": 60.0, "usd": 50.0, "usd_per_kg_nm": 0.01}, {"small_craft": True, "nm": 500.0}
    what = means(facts=way, method={"usd": 7.0, "largest_kg": 1.0}, craft=craft, lot_spread=3.0)
    week = Week(what, cells(2, most_waiting=1.0))
    assert week.kg[0] <= 60.0
    assert week.spent_usd == pytest.approx(50.0 + 5.0 * week.kg[0], abs=0.01)


def test_loads_spread_around_the_planned_one_within_bounds():
    week = Week(means(lot_spread=1.1, least_lot_kg=20.0, largest_lot_kg=300.0), cells(2, most_waiting=100.0), share=1.0)
    assert len(week.orders) == MOST_LOTS or week.kg.sum() > 9_000
    assert 20.0 <= week.kg.min() < week.kg.max() <= 300.0
    assert len(set(week.kg)) > 10


def test_loads_wait_at_each_of_their_places_until_there_is_no_room():
    week = Week(means(), cells(2, most_waiting=[3.0, 9.0]), share=1.0)
    assert len(week.orders) == 3
    assert week.cells["waiting"].tolist() == [3, 3]
    assert set(week.cells["used"]) == {DAY}
    handless = Week(means(method={"crewed": False}), cells(2, most_waiting=[3.0, 9.0]), share=0.02)
    assert len(handless.orders) > 3
    assert handless.cells["waiting"].tolist() == [0, 0]


def test_a_cell_is_opened_where_there_is_none_and_hires_when_it_is_set_up():
    week = Week(means(setup_days=45), cells(2, held=[True, False], hands=[3, 0], rested=[1.0, 0.0]))
    new = week.cells[1]
    assert (new["held"], new["ready"], new["rested"], new["hands"]) == (True, DAY + 45, 1.0, 0)
    assert week.given_up == []


def test_beyond_its_span_it_gives_up_what_was_idle_longest():
    """Places 0 and 1 are used now; of those that are idle 4 is first, then 2; where work waits is never given up."""
    known = cells(6, held=[True, False, True, True, True, True], used=[0, 0, 5, 1, 3, 9], waiting=[0, 0, 0, 2, 0, 0])
    known["offer_usd"] = 77.0
    known["used"][0] = 10
    week = Week(means(span=4), known)
    assert week.given_up == [4, 2]
    assert week.cells["held"].tolist() == [True, True, False, True, False, True]
    assert week.cells["hands"][[4, 2]].tolist() == [0, 0]
    assert week.cells["offer_usd"][[4, 2]].tolist() == [10.0, 10.0]


def test_where_nothing_is_idle_it_grows_beyond_its_span():
    week = Week(means(span=1), cells(3, held=[True, False, True], waiting=[1, 0, 1]))
    assert week.given_up == []
    assert week.cells["held"].all()


def test_each_area_has_its_own_share_and_its_own_luck():
    what = means(crews=((0, 1, -1, -1),) * 2, facts={"area": [0, 1]}, lot_spread=1.0)
    week = Week(what, cells(2, most_waiting=1000.0), stock=(1_000_000, 1_000_000), share=0.5)
    assert set(week.orders["way"]) == {0, 1}
    first, second = (week.orders[week.orders["way"] == way] for way in (0, 1))
    assert first["draw"].max() < MOST_LOTS <= second["draw"].min()
    assert first["grams"][0] != second["grams"][0]


def test_children_in_a_row_are_the_children_one_by_one():
    assert child_keys("a place", 5, 3).tolist() == [int(child_key("a place", n)) for n in (5, 6, 7)]


def test_lognormals_in_a_row_are_the_draws_one_by_one():
    keys = child_keys("a place", 0, 4)
    drawn = DRAWS.lognormals("wage", keys, 3, 1, 0.5, 0.25)
    assert drawn.tolist() == [DRAWS.lognormal("wage", key, 3, 1, 0.5, 0.25) for key in keys]


# Rules of choice ---------------------------------------------------------------------------------------------------

SURE = 1e9
"""So much evidence that a sample of a belief is its mean."""
CONTROLLED = {"checkpoints": [[0, -1, -1, -1, -1, -1]]}


def known(risk: float) -> tuple:
    return ((SURE * risk,), (SURE * (1.0 - risk),))


@pytest.mark.parametrize(("penalty", "threshold"), [(1.0, 0.40), (3.0, 0.20), (0.3, 0.615385)])
@pytest.mark.parametrize("rule", [{}, {"sampled": False}, {"draws": "shares", "sampled": False}])
def test_who_is_neutral_to_risk_sends_as_long_as_the_chance_of_loss_is_below_a_threshold(penalty, threshold, rule):
    """Gain B = 1000, cost C = 200, loss L = penalty * B beside the load: p < (B - C) / (B + L)."""
    for risk, sends in ((threshold - 0.005, True), (threshold + 0.005, False)):
        what = means(facts=CONTROLLED | {"usd_per_kg": 200.0}, penalty=penalty, comfort_usd=1e-6)  # any margin will do
        week = Week(what, cells(2, offer_usd=0.0), counts=known(risk), **rule)
        assert bool(len(week.orders)) == sends


def test_of_two_trades_the_one_that_brings_more_for_a_dollar_has_the_first_call_on_capital():
    facts = {"area": [0, 1], "market": 0, "usd_per_kg": [500.0, 100.0]}
    crews = ((0, 1, -1, -1), (0, 1, -1, -1))
    for trades, first in (([0, 1], 1), ([0, 0], 0)):  # of one trade, the area that stands first
        what = means(crews, facts=facts, aversion=0.0, commodity=trades)
        week = Week(what, cells(2, most_waiting=100.0), stock=(10_000_000, 10_000_000), usd=6_000.0)
        assert what.facts["area"][week.orders["way"][0]] == first


def test_trades_are_counted_in_units_of_their_own():
    crews = ((0, 1, -1, -1), (0, 1, -1, -1))
    what = means(crews, facts={"area": [0, 1]}, aversion=0.0, commodity=[0, 1], per_unit=[1000.0, 1.0])
    week = Week(what, cells(2, most_waiting=100.0), stock=(2_000_000, 2_000), share=0.04)
    amounts = {area: week.orders["grams"][week.orders["way"] == area].sum() for area in (0, 1)}
    assert amounts[0] == 1000 * amounts[1] > 0


def test_what_deters_keeps_lots_at_home_and_their_goods_in_the_store():
    what, free = means(facts=CONTROLLED), {"most_waiting": 1000.0, "offer_usd": 0.0}
    bold = Week(what, cells(2, **free), share=0.2, counts=known(0.4))
    timid = Week(what, cells(2, **free), share=0.2, counts=known(0.4), threshold=0.1, steepness=1.0)
    assert len(bold.orders) > 10
    assert set(timid.orders["draw"]) < set(bold.orders["draw"])
    assert len(timid.orders) == pytest.approx(0.25 * len(bold.orders), abs=6 * math.sqrt(0.19 * len(bold.orders)))
    assert timid.stock[0] > bold.stock[0]
    below = Week(what, cells(2, **free), share=0.2, counts=known(0.4), threshold=0.4001, steepness=9.0)
    assert below.orders.tolist() == bold.orders.tolist()


def test_where_not_sending_is_preferred_the_lot_stays_and_the_week_goes_on():
    free = {"most_waiting": 1000.0, "offer_usd": 0.0}
    rule = {"draws": "logit", "sampled": False, "temperature_usd": 100.0}
    always = Week(means(), cells(2, **free), share=0.2, **rule)
    at_times = Week(means(), cells(2, **free), share=0.2, outside_usd=1000.0, **rule)
    never = Week(means(), cells(2, **free), share=0.2, outside_usd=1e6, **rule)
    assert len(always.orders) == MOST_LOTS
    assert 0.2 * MOST_LOTS < len(at_times.orders) < 0.8 * MOST_LOTS  # both are worth 1000: half and half
    assert len(never.orders) == 0


FOUR = {"usd_per_kg": [100.0, 200.0, 300.0, 1100.0], "known_loss": [0.1, 0.3, 0.2, 0.0]}


def using(in_use=(), **rule) -> Week:
    """A week of who chooses among ways in use alone, of four that differ in cost and known loss."""
    what = means(crews=((0, 1, -1, -1),) * 4, facts=FOUR)
    rule = {"draws": "shares", "sampled": False, "bounded": True, "in_use": in_use} | rule
    return Week(what, cells(2, most_waiting=1000.0, offer_usd=0.0), share=1.0, **rule)


def test_loads_go_by_the_ways_in_use_alone():
    week = using((1, 2))
    assert set(week.orders["way"]) == {1, 2}
    assert np.flatnonzero(week.habits.in_use).tolist() == [1, 2]


@pytest.mark.parametrize(("more", "used"), [(1, [0]), (2, [0, 1]), (9, [0, 1, 2])])
def test_the_most_valued_ways_are_taken_into_use_first_and_none_that_loses(more, used):
    """Worth 800, 500, 500 and less than nothing."""
    assert np.flatnonzero(using(more=more).habits.in_use).tolist() == used


@pytest.mark.parametrize(("fewer", "used"), [(0, [0, 1, 2]), (1, [0, 2]), (2, [0]), (9, [0])])
def test_the_riskiest_ways_are_given_up_first_and_one_always_stays(fewer, used):
    assert np.flatnonzero(using((0, 1, 2), fewer=fewer).habits.in_use).tolist() == used


def test_a_premium_makes_carriage_dearer_and_the_product_no_dearer():
    """At a risk of 0.43 * sqrt(2), carriage of 300 asks for 600; the source price of 50 stays."""
    risk = 0.43 * math.sqrt(2.0)
    what = means(facts=CONTROLLED | {"usd_per_kg": 300.0}, comfort_usd=1000.0)
    rule = {"sampled": False, "premium_from": 0.43, "premium_most": 5.07}
    free = {"most_waiting": 1000.0, "offer_usd": 0.0}
    plain = Week(what, cells(2, **free), counts=known(risk), share=1.0, source_usd=50.0, **rule)
    felt = Week(what, cells(2, **free), counts=known(risk), share=1.0, source_usd=50.0, premium_step=1.0, **rule)
    assert (plain.habits.premium[0], felt.habits.premium[0]) == (1.0, pytest.approx(2.0))
    assert len(plain.orders) > 0  # (1 - p) * 1000 - 350 = 41.9
    assert len(felt.orders) == 0
