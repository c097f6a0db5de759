"""How organisations come, grow, fall apart and go, and the index of violence."""

from collections import Counter

import numpy as np
import pytest

from sim.actors.cartel import Cartel
from sim.actors.courier import Courier
from sim.actors.traits import Rivalry
from sim.actors.underworld import Year, attraction
from sim.actors.violence import Violence
from sim.model import SmugglingModel
from tests.promises.worlds import BUSY, send, world

BROKE = "organisations.coastal.life.patience_days=50"


def model_of(*settings: str) -> SmugglingModel:
    return SmugglingModel(world(*settings, days=400), mode="thinned")


def couriers(model: SmugglingModel) -> list[Courier]:
    return list(model.agents_by_type[Courier])


def in_cells(cartel: Cartel) -> int:
    return sum(map(len, cartel.cells.crews))


def agree(model: SmugglingModel) -> None:
    """Agents, crews and columns say the same of who is there."""
    there = model.underworld.present
    assert list(model.agents_by_type[Cartel]) == there
    assert len(couriers(model)) == sum(map(in_cells, there)) == int(model.all_cells["hands"].sum())
    for cartel in there:
        assert [len(crew) for crew in cartel.cells.crews] == cartel.cells.table["hands"].tolist()
        assert all(courier.organisation == cartel.number for crew in cartel.cells.crews for courier in crew)
    assert model.beliefs.present.T.tolist() == [[cartel.seat, cartel.number] for cartel in there]


# ---------------------------------------------------------------------- giving up


def left_on(cartel: Cartel, *, days: int = 200) -> int | None:
    """Day on which it gives up, if within some days."""
    for _ in range(days):
        cartel.plan()
        if cartel.ended:
            return cartel.model.day
        cartel.model.day += 1
    return None


def test_an_organisation_without_money_gives_up_after_exactly_the_days_of_its_patience():
    model = model_of(BROKE)
    cartel = model.cartels[0]
    for model.day in range(11):
        cartel._has_had_enough()
    cartel.capital_cents = cartel._least_cents - 1
    assert left_on(cartel) == 10 + 50
    assert (cartel.ended, model.chronicle.exits, in_cells(cartel)) == ("insolvent", 1, 0)
    agree(model)


def test_a_smallest_load_costs_what_the_cheapest_way_asks():
    model = model_of("organisations.coastal.least_lot=10")
    cartel, good = model.cartels[0], model.commodity
    hiding = min(float(method.fixed_usd) for method in good.concealments.values())
    kinds = list(model.plan.transport.small_craft.kinds.values())
    usd = []
    for way in cartel.ways.facts:
        able = [kind for m, kind in enumerate(kinds) if way["small_craft"] and way["admits"] >> m & 1]
        crossings = [kind.craft_usd + 10 * way["nm"] / 1000 * kind.usd_per_kg_1000nm for kind in able]
        usd.append(10 * (float(good.source_price) + way["usd_per_kg"]) + min(crossings, default=hiding))
    assert cartel._least_cents == round(100 * min(usd))


@pytest.mark.parametrize("hope", ["owed", "under way"])
def test_whoever_waits_for_money_does_not_give_up(hope):
    model = model_of(BROKE)
    cartel = model.cartels[0]
    cartel.capital_cents = -1
    if hope == "owed":
        cartel.paid(1.0, model.commodity, next(iter(model.markets)))
    else:
        send(model, cartel, 0)
    assert left_on(cartel) is None


def test_when_the_last_load_is_gone_patience_begins():
    model = model_of(BROKE)
    cartel = model.cartels[0]
    cartel.capital_cents = -1
    send(model, cartel, 0)
    for model.day in range(31):
        cartel._has_had_enough()
    model.cargo.rows["outcome"] = 3
    assert left_on(cartel) == 30 + 50


def test_who_sends_nothing_lives_on_its_capital():
    model = model_of("organisations.coastal.life.upkeep_per_year=0.4")
    cartel = model.cartels[0]
    cents = cartel.capital_cents
    for _ in range(5):
        cartel._keep_up()
    assert cents - cartel.capital_cents == cartel.spent_cents == 5 * round(0.4 * cents * 7 / 365.25)


# ---------------------------------------------------------------------- what it leaves


def test_what_is_under_way_goes_on_under_the_old_name_and_nobody_is_paid():
    model = model_of(*BUSY)
    while model.day < 150:
        model.step()
    under_way = [load for load in model.cargo.all if load.outcome == "under_way"]
    alone = Counter(load.organisation for load in under_way if not load.crewed)
    cartel = model.cartels[max(alone, key=alone.__getitem__)]  # of whose loads most need nobody
    mine = [load for load in under_way if load.organisation == cartel.number]
    in_need = [load for load in mine if load.crews_ahead]
    assert in_need
    cartel.dismantle()
    assert (cartel.ended, cartel.number in model.beliefs.present[1]) == ("dismantled", False)
    assert all(not load.crews_ahead for load in mine)
    agree(model)
    capital, transfers = cartel.capital_cents, int((model.finance.books.rows["organisation"] == cartel.number).sum())
    while model.day < 300:
        model.step()  # the books are checked at the end of every day
    assert {load.outcome for load in mine} <= {"delivered", "seized", "lost"}
    assert any(not load.crewed and load.outcome == "delivered" for load in mine)
    assert all(load.outcome != "delivered" for load in in_need)
    assert cartel.capital_cents == capital
    assert (model.finance.books.rows["organisation"] == cartel.number).sum() == transfers
    assert {load.organisation for load in mine} == {cartel.number}


def test_who_takes_an_empty_seat_starts_anew_with_another_name():
    model = model_of()
    gone = model.cartels[0]
    gone.dismantle()
    newcomer = model.underworld._admit(gone.seat)
    assert (gone.name, newcomer.name, newcomer.seat) == ("coastal 1", "coastal 1.2", gone.seat)
    assert newcomer.key != gone.key
    assert not newcomer.cells.table["waiting"].any()
    assert not newcomer.cells.held.any()


def test_the_books_and_the_crews_survive_thousands_of_entries_and_ends():
    model = model_of("organisations.coastal.life.most=12", "organisations.inland.life.most=8")
    while model.day < 150:
        model.step()
        for cartel in model.underworld.present[model.day % 3 :: 3]:
            model.underworld.split(cartel)
            cartel.dismantle()
        for row in range(len(model.underworld.seats)):
            if row not in model.underworld.members:
                model.underworld._admit(row, share=0.5).settle(1, 1)
        agree(model)
    names = [cartel.name for cartel in model.cartels]
    assert len(set(names)) == len(names) > 1000
    assert len({load.organisation for load in model.cargo.all}) > 30


# ---------------------------------------------------------------------- entering


def test_a_margin_attracts_in_proportion_to_the_comfortable_one_and_twice_as_much_at_most():
    assert [attraction(margin, 0.4) for margin in (-0.1, 0.0, 0.2, 0.4, 0.6, 0.8, 2.0)] == pytest.approx(
        [0.0, 0.0, 0.5, 1.0, 1.5, 2.0, 2.0]
    )
    assert [attraction(margin, 0.0) for margin in (-0.1, 0.0, 0.1)] == [0.0, 0.0, 2.0]


def test_the_margin_is_that_of_the_last_twelve_months():
    year = Year()
    assert year.usd_per_kg == 0.0
    for month in range(1, 13):
        year.close_month(month * 50_000, month * 100)
    assert year.usd_per_kg == pytest.approx(5000.0)  # 500 USD and 0.1 kg a month
    year.close_month(12 * 50_000 + 650_000, 13 * 100)
    assert year.usd_per_kg == pytest.approx((11 * 500 + 6500) / 1.2)


def test_a_year_is_idle_when_none_of_its_twelve_months_sent_anything():
    year = Year()
    year.close_month(0, 40)
    for _ in range(11):
        year.close_month(0, 40)
        assert not year.idle
    year.close_month(0, 40)
    assert year.idle


def test_as_many_enter_as_the_rate_the_margin_and_the_seats_allow():
    """Rate 1.6 a year for each of 3, at twice the comfort: 0.8 a month."""
    settings = "organisations.coastal.life.entry_per_year=1.6", "organisations.coastal.life.most=5"
    model, entered = model_of(*settings), []
    for month in range(300):
        first = model.cartels[0]
        first.earned_cents, first.sent_g = (month + 1) * 10**9, (month + 1) * 10**3
        model.day = 1000 + month
        before = len(model.cartels)
        model.underworld._enter("coastal", model.underworld._years["coastal"])
        entered.append(len(model.cartels) - before)
        for entrant in model.cartels[before:]:
            assert entrant.starting_cents == round(float(entrant.traits.capital_usd) * entrant.size * 100)
            entrant.dismantle()
    expected = 0.8 * np.exp(-0.8) + 2 * (1 - 1.8 * np.exp(-0.8))  # of a Poisson count with two seats at most
    assert max(entered) == 2
    assert np.mean(entered) == pytest.approx(expected, abs=0.12)


def test_an_entrant_starts_small_with_what_rumour_says():
    model = model_of("organisations.coastal.beliefs.rumour=0.2")
    beliefs, others = model.beliefs, [cartel.seat for cartel in model.cartels]
    beliefs.losses[0, 2, 1] += 10.0
    row = model.underworld._free("coastal")[0]
    entrant = model.underworld._admit(row, share=0.25)
    beliefs.hear_say(row, others)
    entrant.settle(1, 1)
    learned = beliefs.counts[row] - beliefs.start[row]
    assert learned[0, 2, 1] == pytest.approx(0.2 * 10.0 / 5)
    assert learned.sum() == pytest.approx(0.2 * 10.0 / 5)
    same_luck = model.draws.lognormal("size", entrant.key, 0, 0, 0.0, float(entrant.traits.size_spread))
    assert entrant.size == pytest.approx(0.25 * same_luck)
    assert entrant.cells.held.sum() == 2
    agree(model)


def test_the_luck_of_an_entrant_is_its_own_whatever_other_groups_there_are():
    alone = model_of()
    more = model_of("organisations.amid={name: Amid, count: 4, areas: [highlands]}")
    entrants = []
    for model in (alone, more):
        row = model.underworld._free("coastal")[0]
        entrants.append(model.underworld._admit(row, share=0.25))
        entrants[-1].settle(1, 1)
    one, other = entrants
    assert (one.name, one.key, one.size, one.weekday) == (other.name, other.key, other.size, other.weekday)
    assert np.array_equal(one.cells.held, other.cells.held)
    assert one.number != other.number


# ---------------------------------------------------------------------- falling apart


def test_a_split_divides_capital_size_cells_and_crews_and_copies_beliefs():
    model = model_of("organisations.coastal.partners=4", "organisations.coastal.gateways=3")
    while model.day < 100:
        model.step()
    for cartel in list(model.cartels):
        cents, start, size = cartel.capital_cents, cartel.starting_cents, cartel.size
        places, people = cartel.cells.held.copy(), {c.unique_id for crew in cartel.cells.crews for c in crew}
        waiting = cartel.cells.table["waiting"].copy()
        known = {row: (model.day + 9 + row) for row in cartel.cells.held.nonzero()[0].tolist()}
        cartel.cells._exposed.update(known)
        model.finance.felt[cartel.seat] += 7.0
        child = model.underworld.split(cartel)
        assert child is not None
        both = cartel, child
        assert sum(one.capital_cents for one in both) == cents
        assert sum(one.starting_cents for one in both) == start
        assert sum(one.size for one in both) == pytest.approx(size)
        assert 0.0 < child.size <= cartel.size
        assert np.array_equal(cartel.cells.held ^ child.cells.held, places)
        assert np.array_equal(cartel.cells.table["waiting"] + child.cells.table["waiting"], waiting)
        assert {c.unique_id for one in both for crew in one.cells.crews for c in crew} == people
        assert np.array_equal(model.beliefs.counts[child.seat], model.beliefs.counts[cartel.seat])
        assert np.array_equal(model.finance.felt[child.seat], model.finance.felt[cartel.seat])
        assert {**cartel.cells._exposed, **child.cells._exposed} == known
    agree(model)
    assert any(cartel.cells.held.any() for cartel in model.cartels[5:])
    while model.day < 200:
        model.step()
    agree(model)


def test_the_crews_of_a_split_still_work_for_the_loads_that_counted_on_them():
    model = model_of("organisations.coastal.beliefs.prior_risk=0.01", "transport.road.origin_seizure=0")
    cartel = model.cartels[0]
    row = cartel.cells.held.nonzero()[0][0]
    way = next(way for way, crews in enumerate(cartel.ways.crews.tolist()) if crews[0] == row)
    send(model, cartel, way, crewed=True)
    child = model.underworld._admit(model.underworld._free("coastal")[0])
    cartel.hand_over(child, 1.0)  # all of its cells
    assert model.cargo.rows["crews"][0, 0] == child.first_cell + row
    cents, paid = cartel.capital_cents, float(child.cells.table["offer_usd"][row])
    cartel.pay_crew(child.first_cell + int(row))
    assert cents - cartel.capital_cents == round(100 * paid)
    assert sum(courier.earned_usd for courier in child.cells.crews[row]) == pytest.approx(paid)
    assert model.cargo.all[0].crews_ahead[0] == cartel.ways.places[row]


def test_only_what_is_larger_than_the_threshold_falls_apart_and_no_more_than_there_are_seats():
    settings = "organisations.coastal.life.split_per_year=1000", "organisations.coastal.life.most=4"
    model = model_of(*settings, "organisations.inland.life.split_per_year=0")
    sizes = (1.9, 2.0, 20.0)
    for cartel, size in zip(model.cartels, sizes, strict=False):
        cartel.size = size
    model.underworld._fall_apart()
    assert [cartel.size for cartel in model.cartels[:2]] == [1.9, 2.0]
    assert model.cartels[2].size + model.cartels[5].size == pytest.approx(20.0)
    model.underworld._fall_apart()  # no seat is left
    assert (len(model.cartels), model.chronicle.splits) == (6, 1)


@pytest.mark.parametrize(("chance", "splits"), [(0.0, 0), (1.0, 1)])
def test_who_loses_a_leader_buys_nothing_for_a_time_and_may_fall_apart(chance, splits):
    settings = f"organisations.coastal.life.split_on_loss={chance}", "organisations.coastal.life.succession_days=40"
    model = model_of(*settings)
    cartel = model.cartels[0]
    cartel.lose_leader()
    assert (model.chronicle.splits, len(model.cartels)) == (splits, 5 + splits)
    assert model.underworld.violence.index > 0.0
    while model.day < 150:
        model.step()
    sent = [load.planned for load in model.cargo.all if load.organisation == cartel.number]
    assert not [day for day in sent if day < 40]
    assert [day for day in sent if day >= 40]


def test_profit_that_stays_in_makes_an_organisation_grow_in_capital_and_in_buying():
    model = model_of("organisations.coastal.payout=0.1", "organisations.coastal.life.growth=0.25")
    cartel = model.cartels[0]
    start, size = cartel.starting_cents, cartel.size
    cartel.capital_cents = 2 * start
    cartel._share_profit()
    taken, kept = round(0.1 * start), round(0.25 * round(0.1 * start))
    assert (cartel.starting_cents, cartel.capital_cents) == (start + kept, 2 * start - taken + kept)
    assert cartel.size == pytest.approx(size * 1.025)


def test_those_who_are_left_do_not_buy_what_others_would_have_bought():
    """Shares are against the sizes of the first day, or of today if these are more."""
    model = model_of()
    first = model.buyers_size("highlands")
    assert first == pytest.approx(sum(cartel.size for cartel in model.cartels))
    model.cartels[0].dismantle()
    assert model.buyers_size("highlands") == first
    model.cartels[1].size += 50.0
    assert model.buyers_size("highlands") == pytest.approx(sum(cartel.size for cartel in model.cartels[1:]))


# ---------------------------------------------------------------------- contests


def test_who_is_pushed_out_of_a_place_loses_its_crew_and_what_waits_there():
    model = model_of("transport.road.origin_seizure=0")
    cartel = model.cartels[0]
    row = next(row for row in cartel.cells.held.nonzero()[0] if model.is_origin(cartel.ways.places[row]))
    way = next(way for way, crews in enumerate(cartel.ways.crews.tolist()) if crews[0] == row)
    send(model, cartel, way, crewed=True)
    cartel.cells.table["waiting"][row] = 1
    cartel.cells.lose(row)
    assert not cartel.cells.held[row]
    assert not cartel.cells.crews[row]
    agree(model)
    load = model.cargo.all[0]
    while load.outcome == "under_way":
        model.passage.move(model.day, model.fleet.put_to_sea(model.day, model.base_controls, model.intelligence.told))
        model.day += 1
    assert (load.outcome, load.place) == ("lost", load.route.departure)
    assert cartel.cells.table["waiting"][row] == 0


def test_places_are_contested_at_the_end_of_each_week():
    model = model_of("rivalry.crews_per_coast=0.1", "rivalry.crews_per_million_teu=0", "rivalry.push_out=0.2")
    while model.day < 70:
        model.step()
    contests = model.chronicle.daily["contests"]
    assert [day for day in range(70) if contests[day]] == list(range(6, 70, 7))
    agree(model)


# ---------------------------------------------------------------------- violence


def test_violence_halves_in_its_half_life_and_stays_at_100_with_a_dispute_a_year_for_each():
    violence = Violence(Rivalry.model_validate({"half_life_days": 30}), 5)
    violence.rise(1.0)
    first = violence.index
    for _ in range(30):
        violence.fade()
    assert violence.index == pytest.approx(first / 2)
    for day in range(36525):  # a hundred years, five disputes in each
        violence.fade()
        violence.rise(5 / 365.25)
        assert day < 3000 or violence.index == pytest.approx(100.0)


def test_an_index_without_a_half_life_is_that_of_the_day():
    violence = Violence(Rivalry.model_validate({"half_life_days": 0}), 5)
    violence.rise(1.0)
    violence.fade()
    assert violence.index == 0.0
