"""A wholesale market: what is sold, what it costs, and what moves the price."""

import math

import pytest

from sim.world.market import Book, retail_price
from tests.world.goods import good

DAY_G = 1_000_000  # a day's demand at the starting price, grams


def book(share: float = 1.0, stock_g: int = 0, price: float | None = None, **fields) -> Book:
    market = Book(good(**fields), share)
    market.stock_g = stock_g
    if price is not None:
        market.price, market.retail = price, retail_price(market.commodity, price, market.purity)
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


@pytest.mark.parametrize("elasticity", [-0.7, -10.0])
def test_what_nobody_wants_costs_next_to_nothing_and_never_nothing(elasticity):
    market = book(share=0.0, stock_g=DAY_G, price_speed=0.5, elasticity=elasticity)
    assert sum(market.clear(day) for day in range(1500)) == 0
    assert market.price == pytest.approx(10_000 * 1e-9)


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


# From wholesale to the street --------------------------------------------------------------------------------------

TEXTBOOK = {"market_price": 50, "purity": 1.0, "retail": {"price": 100, "purity": 1.0}}
"""A good of 50 at wholesale and 100 at retail, sold pure."""


def sold(pass_through: str, wholesale: float, purity: float = 1.0, **retail) -> float:
    terms = TEXTBOOK | {"retail": {**TEXTBOOK["retail"], "pass_through": pass_through, **retail}}
    return retail_price(good(**terms), wholesale, purity)


@pytest.mark.parametrize(("pass_through", "then"), [("additive", 75.0), ("multiplicative", 50.0), ("mixed", 62.5)])
def test_wholesale_at_half_its_price_brings_retail_down_by_as_much_or_in_proportion(pass_through, then):
    """Of 50 to 25 at wholesale retail makes 100 to 75, or 100 to 50 (the example of Caulkins 1994)."""
    assert sold(pass_through, 50.0) == 100.0
    assert sold(pass_through, 25.0) == then


def test_mixed_pass_through_lies_where_it_is_told_between_the_two():
    assert sold("mixed", 25.0, proportional=0.0) == sold("additive", 25.0)
    assert sold("mixed", 25.0, proportional=1.0) == sold("multiplicative", 25.0)
    assert sold("mixed", 25.0, proportional=0.2) == pytest.approx(70.0)


def test_an_additive_change_is_that_of_a_pure_kilogram():
    """A kilogram of 80 % that costs 8 less costs 10 less a pure kilogram."""
    weak = good(**TEXTBOOK | {"purity": 0.8, "retail": TEXTBOOK["retail"] | {"pass_through": "additive"}})
    assert retail_price(weak, 42.0, 1.0) == pytest.approx(90.0)


def test_nobody_sells_below_what_it_cost():
    assert sold("additive", 200.0, price=50.0) == 200.0
    assert sold("multiplicative", 200.0, price=30.0) == 200.0


def test_half_the_purity_doubles_the_price_of_a_pure_gram():
    assert sold("multiplicative", 50.0, purity=0.35, purity_speed=0.1, price=91) == pytest.approx(91 / 0.35)
    market = book(stock_g=100 * DAY_G)
    usual = market.demand_g_per_day(0)
    market.purity /= 2
    market.clear(0)  # and the price of the day is made of what the purity is then
    assert market.retail == pytest.approx(91_000 * market.price / 10_000 * 0.7 / market.purity)
    assert market.demand_g_per_day(0) == pytest.approx(usual * (market.retail / 91_000) ** -0.5)


def test_a_short_stock_is_stretched_and_recovers():
    """With a tenth of the wanted stock purity heads for 0.7 * 0.1^0.25 = 0.394, by a tenth of the way a day."""
    market = book(stock_g=2 * DAY_G)
    market.clear(0)  # one day of ten is left
    assert market.purity == pytest.approx(0.7 + 0.1 * (0.7 * 0.1**0.25 - 0.7))
    lowest = market.purity
    for day in range(1, 60):
        market.stock_g = 0
        market.clear(day)
        lowest = min(lowest, market.purity)
    assert lowest == market.purity == pytest.approx(0.3, abs=0.002)  # the least that can be sold
    for day in range(60, 120):
        market.stock_g = 1000 * DAY_G
        market.clear(day)
    assert market.purity == pytest.approx(0.7, abs=0.002)


def test_dealers_who_do_not_stretch_sell_the_usual_purity():
    market = book(retail={"stretch": 0.0})
    for day in range(30):
        market.clear(day)
    assert market.purity == pytest.approx(0.7)
    assert market.retail == pytest.approx(91_000 * market.price / 10_000)
