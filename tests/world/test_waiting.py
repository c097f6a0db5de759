"""People who wait for a passage: how many come, and what they make of what they hear."""

from datetime import date

import numpy as np
import pytest

from sim.world.commodity import People
from sim.world.ledger import Ledger
from sim.world.site import ProductionArea
from sim.world.waiting import Passages, Waiting

TODAY = date(2025, 1, 1)


def waiting(**fields) -> tuple[Waiting, Ledger]:
    """Ten come a day, unless told otherwise."""
    known = {"name": "People", "waiting_by_year": {2025: 3652.5}, "opening_days": 3, "chance": 0.8}
    known |= {"prior_persons": 100, "news_days": 50, "wish_elasticity": 2}
    town = ProductionArea.model_validate(
        {"name": "Town", "country": "XD", "lat": 0, "lon": 0, "share": 1, "commodity": "people"}
    )
    return Waiting("people", People.model_validate({**known, **fields}), {"town": town}), Ledger(["people"], ["town"])


def test_people_come_to_wait_and_are_counted_one_by_one():
    found, books = waiting()
    for day in range(2):
        found.produce(day, TODAY, np.zeros(1), books)
    books.add_up()
    assert found.stock_g["town"] == books.balance["people"]["stock"] == 50


def test_the_perceived_chance_follows_what_is_heard_and_news_fade():
    found, books = waiting()
    assert found.chance == pytest.approx(0.8)
    found.hear(100, arrived=False)
    assert found.chance == pytest.approx((100 * 0.8) / 200)
    assert found.wish == pytest.approx(0.25)
    found.produce(1, TODAY, np.zeros(1), books)
    assert found.ended == pytest.approx(98.0)
    found.hear(2, arrived=True)
    assert found.chance == pytest.approx((2 + 80) / 200)


def test_who_thinks_that_nobody_arrives_does_not_leave_and_comes_to_wait_less():
    found, books = waiting(opening_days=10)
    found.produce(0, TODAY, np.zeros(1), books)
    assert found.on_offer("town") == 110
    found.hear(100, arrived=False)
    assert found.on_offer("town") == 27
    found.produce(1, TODAY, np.zeros(1), books)
    assert found.stock_g["town"] in (112, 113)


def test_who_is_returned_waits_again():
    found, _ = waiting()
    found.come_back("town", 7)
    assert (found.take("town", 5), found.stock_g["town"]) == (5, 2)


def test_a_network_is_paid_before_departure_and_on_arrival():
    people = waiting(fee=5000, paid_before=0.3, cost=400)[0].commodity
    assert Passages(people, 1.0).price == pytest.approx(3500)
    assert people.starting_cost == pytest.approx(400 - 1500)


def test_who_left_before_leaves_again_like_others_and_is_counted():
    found, books = waiting(opening_days=0)
    found.produce(0, TODAY, np.zeros(1), books)
    found.come_back("town", 10)
    assert found.take("town", 10) == 10
    assert (found.left_again, found.back["town"]) == (5, 5)
    found.produce(1, TODAY, np.zeros(1), books)
    assert found.left_again == 0
