"""Supply: what the production areas grow, make of it, hold, and give."""

import math
from datetime import date

import numpy as np
import pytest

from sim.kernels.draws import Draws
from sim.model import SmugglingModel
from sim.world.laboratories import LaboratoriesAtWork
from sim.world.ledger import Ledger
from sim.world.making import PRECURSORS, Laboratories, Leaf
from sim.world.site import ProductionArea
from sim.world.supply import Fields, Supply
from tests.promises.worlds import BUSY, world
from tests.world.goods import good

DAY_G = 2_000_000  # a day's production at the starting price, grams
NEW_YEAR = date(2025, 1, 1)


def supply(shares: dict[str, float] | None = None, **fields) -> tuple[Supply, Ledger]:
    areas = {
        name: ProductionArea(name=name, country="XA", lat=0, lon=0, share=share)
        for name, share in (shares or {"hills": 1.0}).items()
    }
    known = ("goods", PRECURSORS) if fields.get("precursors") else ("goods",)
    return Supply("goods", good(**fields), areas, Draws(1)), Ledger(known, tuple(areas))


def produce(store: Supply, ledger: Ledger, day: int, today: date = NEW_YEAR, raids: float = 0.0) -> None:
    store.produce(day, today, np.full(len(store.areas), raids), ledger)


def made(days: int, **fields) -> int:
    store, ledger = supply(**fields)
    for day in range(days):
        produce(store, ledger, day)
    return sum(store.stock_g.values())


# What is made ------------------------------------------------------------------------------------------------------


def test_a_year_makes_a_years_production_while_growers_do_not_answer_the_price():
    assert made(days=1461, opening_stock_days=0) == pytest.approx(4 * 365.25 * DAY_G, abs=1)


def test_only_the_share_for_this_trade_is_made_and_gross_weight_counts():
    assert made(1, opening_stock_days=0, trade_share=0.25, purity=0.8) == pytest.approx(DAY_G * 0.25 / 0.8, abs=1)


def test_the_first_day_books_what_the_areas_held():
    assert made(1) == 4 * DAY_G  # three days of production, and the day's own
    assert made(2) == 5 * DAY_G


def test_areas_share_production_and_fractions_of_a_gram_are_not_lost():
    store, ledger = supply({"hills": 1 / 3, "valley": 2 / 3}, production_by_year={2025: 0.001}, opening_stock_days=0)
    for day in range(1000):
        produce(store, ledger, day)
    whole = 0.001 * 1e6 / 365.25 * 1000
    assert store.stock_g["hills"] == pytest.approx(whole / 3, abs=1)
    assert store.stock_g["valley"] == pytest.approx(whole * 2 / 3, abs=1)


@pytest.mark.parametrize(("year", "tonnes"), [(2015, 10), (2020, 10), (2021, 10), (2023, 30), (2030, 30)])
def test_a_year_without_a_figure_takes_the_nearest_one(year, tonnes):
    store, _ = supply(production_by_year={2020: 10, 2023: 30})
    assert store.tonnes_per_year(year) == tonnes


def test_a_store_never_gives_more_than_it_holds():
    store, ledger = supply()
    produce(store, ledger, 0)
    assert store.take("hills", 1_000) == 1_000
    assert store.take("hills", 10**12) == 4 * DAY_G - 1_000
    assert store.take("hills", 1) == 0
    assert store.stock_g["hills"] == 0


def test_what_is_made_is_booked_gram_for_gram_by_area():
    store, ledger = supply({"hills": 0.25, "valley": 0.75})
    for day in range(5):
        produce(store, ledger, day)
    columns = ledger.columns()
    for area, held in store.stock_g.items():
        booked = [g for g, place in zip(columns["grams"], columns["place"], strict=True) if place == area]
        assert sum(booked) == held
    ledger.add_up()
    assert ledger.balance["goods"]["stock"] == sum(store.stock_g.values()) == -ledger.balance["goods"]["production"]


def test_without_production_nothing_is_made_or_booked():
    store, ledger = supply(production_by_year={2025: 0})
    produce(store, ledger, 0)
    assert store.stock_g == {"hills": 0}
    assert not len(ledger.table)


# The least of three ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("leaf", "spare", "precursor_kg", "makes"),
    [
        (1.0, 1.5, 9000, 2000),  # kilograms: leaf is the least
        (0.5, 1.5, 9000, 1000),
        (1.0, 0.6, 9000, 1200),  # laboratories are
        (1.0, 1.5, 1000, 500),  # precursors are: two kilograms for each of product
        (0.5, 0.6, 1000, 500),
        (1.0, 1.5, 0, 0),
    ],
)
def test_a_day_makes_the_least_of_what_leaf_laboratories_and_precursors_allow(leaf, spare, precursor_kg, makes):
    store, ledger = supply(
        precursors={"kg_per_kg": 2.0}, laboratories={"count": 10, "spare": spare}, opening_stock_days=0
    )
    store.fields["hills"].in_use, store.precursor_g["hills"] = leaf, precursor_kg * 1000
    produce(store, ledger, 1)
    assert store.stock_g["hills"] == makes * 1000
    assert store.precursor_g["hills"] == precursor_kg * 1000 - 2 * makes * 1000
    ledger.add_up()
    assert ledger.balance[PRECURSORS]["consumed"] == 2 * makes * 1000


def test_what_was_there_on_the_first_day_takes_no_precursors():
    store, ledger = supply(precursors={"kg_per_kg": 1.0})
    store.precursor_g["hills"] = DAY_G
    produce(store, ledger, 0)
    assert (store.stock_g["hills"], store.precursor_g["hills"]) == (4 * DAY_G, 0)
    produce(store, ledger, 1)
    assert store.stock_g["hills"] == 4 * DAY_G


def test_an_odd_yield_never_takes_more_precursors_than_there_are():
    store, ledger = supply(precursors={"kg_per_kg": 0.37}, opening_stock_days=0)
    store.precursor_g["hills"] = 3 * DAY_G
    for day in range(20):
        produce(store, ledger, day)
    assert store.precursor_g["hills"] in (0, 1)
    assert store.stock_g["hills"] == pytest.approx(3 * DAY_G / 0.37, abs=25)


# Laboratories ------------------------------------------------------------------------------------------------------


def labs(shares=(0.5, 0.3, 0.2), count: int = 10, name: str = "goods", **terms) -> LaboratoriesAtWork:
    return LaboratoriesAtWork(Laboratories.model_validate({"count": count, **terms}), shares, Draws(3), name)


def test_laboratories_stand_where_the_product_is_made_and_none_without_leaf():
    assert labs().at_work.tolist() == [5, 3, 2]
    assert labs((0.999, 0.001, 0.0)).at_work.tolist() == [10, 1, 0]


def test_laboratories_at_work_make_their_part_of_what_all_can_make():
    found = labs(spare=1.5)
    assert found.can_make(0, 1000.0) == pytest.approx(0.5 * 1.5 * 1000.0)
    found.at_work[0] -= 1
    assert found.can_make(0, 1000.0) == pytest.approx(0.4 * 1.5 * 1000.0)


def test_a_raided_laboratory_is_shut_for_its_days_and_opens_again_somewhere():
    found = labs(reopen_days=30)
    nobody, everywhere = np.zeros(3), np.full(3, 365.25)  # one raid a laboratory and day
    found.live(0, everywhere)
    shut = 10 - found.at_work.sum()
    assert 0 < shut <= 10
    for day in range(1, 30):
        found.live(day, nobody)
        assert found.at_work.sum() == 10 - shut
    found.live(30, nobody)
    assert found.at_work.sum() == 10


def test_raids_come_at_their_rate_and_only_where_they_are_made():
    found = labs((0.5, 0.5), count=100, reopen_days=1)
    rates, before, raids = np.array([2.0, 0.0]), 0, 0
    for day in range(1000):
        found.live(day, rates)
        raids += int(100 - found.at_work.sum())  # each is shut for one day
        before += int(found.at_work[0])
    mean = before * 2.0 / 365.25
    assert abs(raids - mean) < 4 * math.sqrt(mean)


def test_laboratories_of_two_drugs_have_luck_of_their_own():
    cocaine, heroin = labs(name="cocaine"), labs(name="heroin")
    raids = [[len(each.live(day, np.full(3, 60.0))) for day in range(90)] for each in (cocaine, heroin)]
    assert sum(raids[0]) > 20
    assert raids[0] != raids[1]


def test_raids_in_one_area_move_laboratories_to_the_others():
    found = labs((0.5, 0.5), count=40, reopen_days=5)
    for day in range(400):
        found.live(day, np.array([20.0, 0.0]))
    assert found.at_work[0] < 10 < 25 < found.at_work[1]


def test_raids_that_shut_all_laboratories_stop_production():
    store, ledger = supply(opening_stock_days=0, laboratories={"reopen_days": 1000})
    for day in range(60):
        produce(store, ledger, day, raids=365.25)
    before = store.stock_g["hills"]
    produce(store, ledger, 60)
    assert store.laboratories.at_work.sum() == 0
    assert store.stock_g["hills"] == before


# Leaf --------------------------------------------------------------------------------------------------------------


def test_fields_are_left_and_taken_up_again_faster_than_they_are_planted():
    """A week at 16 times the pay and elasticity 0.5 asks for four times the fields, a sixteenth for a quarter."""
    terms = Leaf.model_validate(
        {"planting_days": 700, "abandonment_days": 350, "return_days": 70, "overgrown_days": 1400}
    )
    rich = Fields(terms, 0.5)
    rich.tend(16.0)
    assert (rich.planted, rich.in_use) == (pytest.approx(1 + 3 * 0.01), 1.0)  # what is planted bears next week
    rich.tend(16.0)
    assert rich.in_use == pytest.approx(1 + 0.1 * 0.03)

    poor = Fields(terms, 0.5)
    poor.tend(1 / 16)
    assert poor.in_use == pytest.approx(1 - 0.75 * 0.02)
    assert poor.planted == pytest.approx(1.0)
    poor.tend(1 / 16)
    assert poor.planted == pytest.approx(1 - 0.015 * 0.005)


def test_leaf_that_nobody_takes_is_grown_no_more():
    """As in Peru from 1995 on, when buyers could not come: two thirds of the fields left within four years."""
    fields = Fields(Leaf(), 0.3)
    for day in range(4 * 365):
        fields.sell(0.02)
        if day % 7 == 0:
            fields.tend(1.0)
    assert 0.25 < fields.in_use < 0.45
    assert fields.in_use < fields.planted < 1.0


def test_growers_who_do_not_answer_the_price_grow_what_they_always_did():
    fields = Fields(Leaf(), 0.0)
    fields.sell(0.0)
    for pay in (0.0, 0.1, 30.0):
        fields.tend(pay)
    assert (fields.planted, fields.in_use) == (1.0, 1.0)


# The price at the source -------------------------------------------------------------------------------------------


def test_the_source_keeps_its_price_while_the_usual_is_on_offer():
    store, ledger = supply()
    for day in range(10):
        store.stock_g["hills"] = 2 * DAY_G * (day > 0)  # with today's, three days' product; three more to be made
        produce(store, ledger, day)
    assert store.source_usd("hills") == pytest.approx(2000.0, rel=0.02)


def test_scarcity_raises_the_price_by_its_elasticity_within_bounds():
    """With half of the usual on offer it heads for 2^0.5 times the price, with nothing for 10^0.5 times."""
    store, ledger = supply(source_speed=1.0, supply_elasticity=0)
    produce(store, ledger, 1)
    store.stock_g["hills"] = 0
    store._price("hills", DAY_G, DAY_G)
    assert store.source_usd("hills") == pytest.approx(2000 * math.sqrt(2))
    store._price("hills", DAY_G, 0.0)
    assert store.source_usd("hills") == pytest.approx(2000 * math.sqrt(10))
    store.stock_g["hills"] = 1000 * DAY_G
    store._price("hills", DAY_G, DAY_G)
    assert store.source_usd("hills") == pytest.approx(2000 / math.sqrt(10))


def test_dearer_precursors_are_passed_on():
    store, _ = supply(precursors={"kg_per_kg": 1.5, "offer": 10})
    store.offer["hills"] = 50.0
    assert store.source_usd("hills") == pytest.approx(2000 + 1.5 * 40)
    assert store.most_offered("hills") == pytest.approx(0.3 * 2000 / 1.5)


def test_the_luck_of_precursors_does_not_hang_on_what_has_become_of_others():
    """Lots of a week have the luck of their week, whether or not an earlier one is still on its way."""

    def lots(*, one_is_gone: bool):
        model = SmugglingModel(world(*BUSY, "commodities.cocaine.precursors={lot_kg: 1000}", days=60))
        broker = model.brokers.each[0]
        while model.day < 30:
            if one_is_gone and model.day == 20:
                del broker._coming[0]
            model.step()
        loads = model.cargo.rows[model.cargo.rows["organisation"] == broker.number]
        return [loads["key"][loads["planned"] == day].tolist() for day in sorted(set(loads["planned"].tolist()))]

    usual, other = lots(one_is_gone=False), lots(one_is_gone=True)
    assert len(usual) == len(other) > 2
    assert all(one[: len(more)] == more[: len(one)] for one, more in zip(usual, other, strict=True))
    assert len({key for week in usual for key in week}) == sum(map(len, usual))
