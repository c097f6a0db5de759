"""A wholesale market: what is sold, what it costs, and what moves the price."""

import math

import pytest

from sim.world.market import Book
from tests.world.goods import good

DAY_G = 1_000_000  # a day's demand at the starting price, grams


def book(share: float = 1.0, stock_g: int = 0, price: float | None = None, **fields) -> Book:
    market = Book(good(**fields), share)
    market.stock_g = stock_g
    market.price = market.price if price is None else price
    return market


def test_a_market_opens_at_the_price_of_the_scenario():
    assert book().price == 10_000


@pytest.mark.parametrize("share", [1.0, 0.3, 0.0])
def test_demand_at_the_starting_price_is_its_share_of_all_demand(share):
    assert book(share).demand_g_per_day(0) == pytest.approx(share * DAY_G)


@pytest.mark.parametrize(("factor", "elasticity"), [(2.0, -0.5), (0.25, -0.5), (4.0, -2.0), (3.0, 0.0)])
def test_demand_answers_the_price_with_a_constant_elasticity(factor, elasticity):
    dear = book(price=10_000 * factor, elasticity=elasticity)
    assert dear.demand_g_per_day(0) == pytest.approx(DAY_G * factor**elasticity)


def test_demand_grows_at_constant_price():
    growing = book(demand_growth=0.1)
    assert growing.demand_g_per_day(3653) == pytest.approx(DAY_G * math.exp(0.1 * 3653 / 365.25))


def test_a_market_with_the_stock_that_traders_want_keeps_its_price():
    market = book(stock_g=11 * DAY_G)  # ten days of it are left after the day's sale
    assert market.clear(0) == DAY_G
    assert market.stock_g == 10 * DAY_G
    assert market.price == pytest.approx(10_000)


@pytest.mark.parametrize(("left_days", "rise"), [(5, 0.5), (15, -0.5), (9, 0.1), (0, 1.0), (20, -1.0), (300, -1.0)])
def test_the_price_follows_the_gap_between_wanted_and_actual_stock_and_no_faster_than_its_speed(left_days, rise):
    market = book(stock_g=(left_days + 1) * DAY_G)
    market.clear(0)
    assert market.price == pytest.approx(10_000 * (1 + 0.01 * rise))


def test_an_empty_market_sells_nothing_and_the_price_climbs():
    market = book()
    assert [market.clear(day) for day in range(3)] == [0, 0, 0]
    assert market.price == pytest.approx(10_000 * 1.01**3)


def test_no_market_sells_more_than_it_has():
    market = book(stock_g=DAY_G // 3)
    assert market.clear(0) == DAY_G // 3
    assert market.stock_g == 0


def test_who_got_nothing_does_not_come_back_for_weeks_of_it():
    """Unmet demand waits a day and no longer."""
    market = book(price_speed=1e-9)
    for day in range(30):
        market.clear(day)
    market.stock_g = 100 * DAY_G
    assert market.clear(30) <= 2 * DAY_G + 1


def test_fractions_of_a_gram_are_sold_in_time():
    market = book(share=1.7e-6, stock_g=DAY_G, price_speed=1e-12)  # 1.7 grams a day
    assert sum(market.clear(day) for day in range(1000)) == pytest.approx(1700, abs=1)


def test_stock_and_pipeline_reach_a_market_that_begins_in_the_middle_of_its_life():
    market = book()
    opening = [market.opening_g(day) for day in range(8)]
    assert opening == [11 * DAY_G, *[DAY_G] * 4, 0, 0, 0]  # ten days in stock; five under way, one a day


def test_a_market_fed_with_its_demand_stays_where_it_is():
    market = book()
    for day in range(365):
        market.stock_g += market.opening_g(day) if day < 5 else DAY_G
        market.clear(day)
    assert market.price == pytest.approx(10_000, rel=1e-3)
    assert market.stock_g == pytest.approx(10 * DAY_G, rel=0.01)


def test_less_supply_ends_at_the_price_at_which_that_is_all_that_is_wanted():
    """At 80 % of the supply and elasticity -0.5 the price that clears is 0.8^(1 / -0.5) = 1.5625 times the old one."""
    market = book()
    for day in range(3000):
        market.stock_g += market.opening_g(0) if day == 0 else int(0.8 * DAY_G)
        market.clear(day)
    assert market.price == pytest.approx(15_625, rel=0.01)


def test_without_demand_nothing_is_sold_and_the_price_fades():
    market = book(stock_g=DAY_G, demand=0)
    assert [market.clear(day) for day in range(10)] == [0] * 10
    assert market.price == pytest.approx(10_000 * 0.99**10)
    assert market.opening_g(0) == 0
