"""Finishing laboratories: what they make of an intermediate, what they ask, and what raids take."""

import math

import numpy as np
import pytest

from sim.kernels.draws import Draws, entity_key
from sim.kernels.loads import LOAD
from sim.kernels.prospects import METHOD
from sim.scenario.describe import describe
from sim.scenario.mistakes import InvalidScenario
from sim.study.run import live
from sim.world.commodity import INTERMEDIATE, Drug
from sim.world.finishing import Finished, FinishingLaboratories
from sim.world.ledger import Ledger
from sim.world.making import Finishing
from tests.promises.recomputed import wrong_with
from tests.promises.worlds import lived, tables, world

QUIET = np.zeros(2)


class Place:
    """Two markets, half of the demand each, and their laboratories."""

    def __init__(self, **terms) -> None:
        noun = Finishing.model_validate({"count": 4, "kg_per_day": 10, "residue": 0.1, "chemicals": 1000} | terms)
        good = Drug.model_validate({
            "name": "Goods", "production_by_year": {2025: 1}, "concealments": {"one": {"name": "One"}},
            "market_price": 30000, "source_price": 2000,
        })  # fmt: skip
        methods = np.zeros((2, 1), METHOD)
        self.method = methods[0]
        self.ledger = Ledger(("goods",), ("here", "there"))
        self.works = FinishingLaboratories("goods", good, noun, {"here": 0.5, "there": 0.5}, Draws(1), methods, 0)
        self.day = 0

    def bring(self, kg: int, load: int = 0, market: str = "here") -> None:
        grams = kg * 1000
        self.ledger.book(self.day, "delivered", "goods", grams, place=market, load=load)
        row = np.zeros(1, LOAD)[0]
        row["organisation"], row["key"], row["grams"] = 7, entity_key(f"load {load}"), grams
        self.works.receive(market, load, row)

    def live(self, raids=QUIET):
        found = self.works.live(self.day, raids, self.ledger)
        self.day += 1
        return found

    def accounts(self) -> dict[str, int]:
        self.ledger.add_up()
        return {name: grams for name, grams in self.ledger.balance["goods"].items() if grams}


def test_a_load_is_product_when_all_of_it_was_worked_on():
    """50 kg at two laboratories of 10 kg a day are done on the third day; a tenth of the weight is residue."""
    place = Place()
    place.bring(50)
    assert [place.live()[0] for _ in range(2)] == [[], []]
    assert place.works.waiting_g == 50_000
    assert place.live()[0] == [Finished("here", 7, 45_000)]
    assert place.works.waiting_g == 0
    assert place.accounts() == {"transit": -50_000, "delivered": 50_000, "market": 45_000, "residue": 5_000}


def test_loads_are_worked_on_in_the_order_in_which_they_came_each_at_its_market():
    place = Place()
    place.bring(15, load=1)
    place.bring(10, load=2)
    place.bring(20, load=3, market="there")
    assert [made.grams for made in place.live()[0]] == [13_500, 18_000]
    assert [made.grams for made in place.live()[0]] == [9_000]


def test_a_raid_takes_what_is_in_the_only_laboratory_and_shuts_it():
    place = Place(count=2, reopen_days=30)
    place.bring(50)
    done, taken = place.live(np.array([1e6, 0.0]))
    assert (done, [each.grams for each in taken]) == ([], [50_000])
    assert place.works.laboratories.at_work.tolist() == [0, 1]
    assert place.accounts() == {"transit": -50_000, "delivered": 50_000, "raided": 50_000}
    place.bring(10)
    for _ in range(60):
        place.live()
    assert int(place.works.laboratories.at_work.sum()) == 2


def test_of_many_laboratories_a_raid_finds_a_load_as_often_as_their_number_says():
    """One raid a day on one of two laboratories: half of the loads are taken; 300 loads, within four deviations."""
    taken = 0
    for load in range(300):
        place = Place(count=4)
        place.bring(50, load=load)
        before = place.works.laboratories.at_work.copy()
        taken += len(place.works._raid(0, 0, 0, before, place.ledger))
    assert abs(taken - 150) < 4 * math.sqrt(300 / 4)


def test_a_laboratory_that_opens_again_today_is_one_of_those_that_a_raid_may_find():
    """One of two raided, the second of which opened today: half of the loads are taken, and that is what is heard of;
    of 300 days those on which one was raided, within four deviations."""
    taken = []
    for day in range(300):
        place = Place(count=2, raids_per_year=0, heard_days=100)
        place.bring(50, load=day)
        place.day = day
        works = place.works.laboratories
        works._opening.append((day, 0))
        _, found = place.live(np.array([365.25 / 2, 0.0]))
        if int(works.at_work.sum()) == 2:
            taken.append(len(found))
            assert place.works._heard == pytest.approx(365.25 / 3 / 100)
    assert len(taken) > 80
    assert abs(sum(taken) - len(taken) / 2) < 4 * math.sqrt(len(taken) / 4)


def test_laboratories_ask_for_more_when_much_waits_and_come_down_again():
    """400 kg at 40 kg a day over both markets are 10 days where 5 are usual: after a week they ask 15 % more."""
    place = Place(usual_days=5, raise_on_backlog=0.15)
    for market in ("here", "there"):
        place.bring(340, market=market)  # of which seven days' work is done by the end of the week
    for _ in range(7):
        place.live()
    assert place.works.backlog_days == pytest.approx(10.0)
    assert place.works.asked_usd == pytest.approx(1150.0)
    assert place.method["usd_per_kg"][0] == pytest.approx(1150.0 - 300.0)
    for _ in range(40):
        place.live()
    assert place.works.asked_usd == 1000.0


def test_organisations_hear_of_raids_and_reckon_with_the_days_that_a_load_waits():
    place = Place(count=2, raids_per_year=0.5, heard_days=100)
    assert place.method["loss"][0] == pytest.approx(1 - math.exp(-0.5 / 365.25))
    place.live()
    assert place.works._heard == pytest.approx(0.5 * 0.99)
    place.live(np.array([1e6, 0.0]))
    assert place.works._heard == pytest.approx(0.5 * 0.99**2 + 365.25 / 2 / 100, rel=1e-3)


def test_where_no_laboratory_works_a_load_waits():
    place = Place(count=2)
    place.bring(10)
    place.works.laboratories.at_work[:] = 0
    assert place.live() == ([], [])
    assert place.works.backlog_days == 365.0


# In a world ----------------------------------------------------------------------------------------------------------

ON = ("commodities.cocaine.finishing={count: 8, kg_per_day: 20}", "customs.imports.scan_share=0.1", "customs.posts={}")


def test_some_is_sent_as_an_intermediate_and_the_books_know_what_became_of_it():
    model = lived(*ON, days=300, mode="thinned")
    assert not list(wrong_with(model))
    books, daily = model.ledger.balance["cocaine"], model.chronicle.daily
    assert books["residue"] > 0
    held = sum(book.stock_g for book in model.markets.values())
    assert books["market"] == held + model.finishing.waiting_g
    sent = tables(model)["consignments"]
    later = [
        (grams, outcome)
        for grams, hiding, outcome in zip(sent["grams"], sent["concealment"], sent["outcome"], strict=True)
        if hiding == INTERMEDIATE
    ]
    came = sum(grams for grams, outcome in later if outcome == "delivered")
    assert came == sum(daily["finished_g"]) + books["residue"] + books["raided"] + model.finishing.waiting_g


def test_the_owner_is_paid_for_product_when_it_is_finished():
    model = live(world(*ON, days=1))
    owner = model.cartels[0]
    load = np.zeros(1, LOAD)[0]
    load["grams"] = 40_000
    model.finishing.receive("lowlands", 0, load)
    model.finish(model.in_force)
    usd = 0.97 * 40 * model.markets["lowlands"].price
    on_its_way = model.finance.books.table.rows[-1]
    assert on_its_way["cents"] == pytest.approx(100 * usd, abs=1)
    assert on_its_way["organisation"] == owner.number


def test_without_it_nothing_is_finished_anywhere():
    model = lived(days=60)
    assert model.finishing is None
    assert not any(sum(model.chronicle.daily[name]) for name in ("unfinished_g", "finished_g", "raided_g"))


def test_raids_that_find_no_laboratory_are_told_with_a_way_out():
    raids = "policies=[{kind: finishing_raids, start: 2025-02-01, markets: [lowlands]}]"
    with pytest.raises(InvalidScenario, match="give the commodity `finishing` first"):
        world(raids)


def test_describe_tells_what_travels_in_another_form():
    assert "8 laboratories at the markets, each of which finishes 20 kg a day" in describe(world(*ON), 1000)
