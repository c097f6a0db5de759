"""Trade between the markets of a commodity."""

import math

import numpy as np
import pytest

from sim.kernels.draws import Draws
from sim.world.chain import Chains
from sim.world.market import Book
from sim.world.onward import Onward, carriage
from sim.world.route import Road
from sim.world.site import Geography, Market, ProductionArea, Warehouse
from tests.promises.worlds import lived
from tests.world.goods import good

CARRIAGE = 500.0
TWO_SIDES = "origin", "destination"


def traders(*books: tuple[float, int], gaps=(0.0, 0.0), speed=0.2, days=30, usd=CARRIAGE) -> Onward:
    """At markets with a price and a stock each."""
    terms, made = good(onward_speed=speed, onward_days=days, price_speed=0.01), []
    for (price, stock), gap in zip(books, gaps, strict=True):
        book = Book(terms, 0.5)
        book.price, book.stock_g, book.gap = price, stock, gap
        made.append(book)
    return Onward(terms, made, np.full((len(made), len(made)), usd))


def stocks(onward: Onward) -> list[int]:
    return [book.stock_g for book in onward.books]


def test_goods_go_to_the_dearer_market_by_what_is_gained_after_carriage():
    onward = traders((10_000, 1_000_000), (12_500, 1_000_000))
    assert onward.trade() == 40_000  # 0.2 * (12,500 - 500 - 10,000) / 10,000 of what is there
    assert stocks(onward) == [960_000, 1_040_000]


def test_nothing_goes_where_the_gain_does_not_pay_for_the_carriage():
    assert traders((10_000, 1_000_000), (10_500, 0)).trade() == 0


def test_nothing_goes_where_nobody_trades():
    assert traders((10_000, 1_000_000), (90_000, 0), speed=0).trade() == 0


def test_no_more_goes_than_there_is():
    onward = traders((1, 1_000_000), (90_000, 0), speed=0.5)
    assert onward.trade() == 1_000_000
    assert stocks(onward) == [0, 1_000_000]


def test_traders_expect_a_short_market_to_become_dear():
    """At like prices goods go from where stock is long to where it is short, by what that is to come to."""
    onward = traders((10_000, 1_000_000), (10_000, 0), gaps=(-1.0, 1.0), days=10, usd=0.0)
    here, there = 10_000 * 0.99**10, 10_000 * 1.01**10
    assert onward.trade() == math.floor(1_000_000 * 0.2 * (there - here) / here)


def test_of_several_markets_the_best_is_served():
    onward = traders((10_000, 1_000_000), (12_500, 0), (14_500, 0), gaps=(0.0, 0.0, 0.0))
    onward.trade()
    assert stocks(onward) == [920_000, 0, 80_000]


def at(lat: float, lon: float, country: str = "XC") -> Market:
    return Market(name="A market", country=country, lat=lat, lon=lon, demand_share=0.5)


def test_carriage_grows_with_the_road_and_ends_with_the_longest_haul():
    road = Road(reach_km=2500, detour=1.25, usd_per_kg_1000km=800)
    usd = carriage([at(0, 0), at(0, 9), at(0, 20)], road, 1.0)
    assert np.isinf([usd[0, 2], usd[2, 0]]).all()
    assert usd[0, 1] == usd[1, 0] == pytest.approx(9 * 111.195 * 1.25 / 1000 * 800, rel=1e-4)


def test_what_costs_less_to_carry_on_the_ways_costs_less_between_markets_too():
    road, places = Road(usd_per_kg_1000km=800), {"here": at(0, 0), "there": at(0, 9)}
    terms = {name: good(carriage=share) for name, share in (("dear", 1.0), ("cheap", 0.05))}
    usd = {}
    for name, one in terms.items():
        area = ProductionArea(name="An area", country="XA", lat=0, lon=0, share=1)
        warehouses = {side: Warehouse(name=side, country="XA", lat=0, lon=0, side=side) for side in TWO_SIDES}
        land = Geography(production_areas={"area": area}, warehouses=warehouses, markets=places)
        chains = Chains({"goods": one}, dict.fromkeys(("area", *places), "goods"), land, road, Draws(1))
        usd[name] = chains._onward["goods"]._carriage[0][1]
    assert usd["cheap"] == pytest.approx(0.05 * usd["dear"])


def test_what_goes_on_stays_in_the_books():
    model = lived(days=200)
    daily = model.chronicle.daily
    assert sum(daily["sent_on_g"]) > 0
    stock = sum(book.stock_g for book in model.chains.markets.values())
    assert stock == daily["market_stock_g"][-1]
