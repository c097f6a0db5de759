"""The value chain of each kind of commodity: where it comes from, and what a market knows of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import cast

import numpy as np
from numpy.typing import NDArray

from sim.kernels.draws import Draws
from sim.world.commodity import Commodity, Drug, Firearms, Good, People
from sim.world.diversion import Diversion
from sim.world.ledger import Ledger
from sim.world.market import Book
from sim.world.onward import Onward, carriage
from sim.world.route import Road
from sim.world.site import Geography, ProductionArea
from sim.world.source import Source
from sim.world.supply import Supply
from sim.world.waiting import Passages, Waiting


def source_of(name: str, good: Commodity, areas: Mapping[str, ProductionArea], draws: Draws) -> Source:
    """Where a commodity comes from."""
    if isinstance(good, Drug):
        return Supply(name, good, dict(areas), draws)
    if isinstance(good, People):
        return Waiting(name, good, dict(areas))
    return Diversion(name, cast("Firearms", good), dict(areas))


def book_of(good: Commodity, demand_share: float) -> Book | Passages:
    """What a market knows of a commodity."""
    if isinstance(good, People):
        return Passages(good, demand_share)
    return Book(cast("Good", good), demand_share)


class Chains:
    """All commodities of a run: where each comes from, where it is sold, and what it is worth."""

    def __init__(
        self, goods: Mapping[str, Commodity], at: Mapping[str, str], geography: Geography, road: Road, draws: Draws
    ) -> None:
        """At: the commodity of each area and market, by name; road: what goes from one market to another takes it."""
        self.goods, self.at = goods, at
        areas = geography.production_areas
        self._areas = {name: [row for row, area in enumerate(areas) if at[area] == name] for name in goods}
        self.sources = {
            name: source_of(name, good, {key: area for key, area in areas.items() if at[key] == name}, draws)
            for name, good in goods.items()
        }
        self.source_of = {area: self.sources[at[area]] for area in areas}
        """By area."""
        self.offered = dict.fromkeys(areas, 0)
        """What could be had at each area this morning, before anybody bought."""
        self.markets = {key: book_of(goods[at[key]], float(it.demand_share)) for key, it in geography.markets.items()}
        self._books = {name: [book for key, book in self.markets.items() if at[key] == name] for name in goods}
        self._onward = {name: self._traders(name, good, geography, road) for name, good in goods.items()}
        self.sent_on_g = dict.fromkeys(goods, 0)
        """What went from one market to another today, by commodity."""
        self._fees = np.array([float(goods[at[name]].broker_fee) for name in self.markets])
        self.fee = 1.0
        """What brokers ask in the mean, in fees of the goods."""
        self.prices = self._prices()

    def _traders(self, name: str, good: Commodity, geography: Geography, road: Road) -> Onward | None:
        """Those at the markets of a commodity; people do not travel on with them."""
        if not isinstance(good, Good):
            return None
        places = [it for key, it in geography.markets.items() if self.at[key] == name]
        return Onward(good, cast("list[Book]", self._books[name]), carriage(places, road, float(good.carriage)))

    def _prices(self) -> NDArray[np.float64]:
        """What an organisation gets at each market, the broker's fee taken off, USD a unit: float64[markets]."""
        fees = np.minimum(self._fees * self.fee, 1.0)
        return np.array([book.price for book in self.markets.values()]) * (1.0 - fees)

    def mean(self, commodity: str, asked: Callable[[Book | Passages], float]) -> float:
        """Mean over the markets of a commodity, weighted by their demand at the start."""
        return math.fsum([asked(book) * book.demand_share for book in self._books[commodity]])

    def price_of(self, commodity: str) -> float:
        """Mean price of a commodity, USD a unit."""
        return self.mean(commodity, lambda book: book.price)

    def worth_g(self, commodity: str, grams: int) -> int:
        """Grams of the main commodity that were worth as much at the start."""
        first = next(iter(self.goods))
        if commodity == first:
            return grams
        good, other = self.goods[commodity], self.goods[first]
        usd = grams / good.per_unit * good.starting_price
        return round(usd / other.starting_price * other.per_unit)

    def visibility(self, commodity: str, kg: float) -> float:
        """Chance that a scan shows a load, against the chance for a very large one: 1 - 2^-((kg / kg_half)^shape)."""
        half, shape = self.goods[commodity].shown
        return 1.0 - math.pow(2.0, -math.pow(kg / half, shape)) if half else 1.0

    def produce(self, day: int, today: date, raids_per_year: NDArray[np.float64], ledger: Ledger) -> None:
        """A day's supply of each; raids_per_year: float64[A], on laboratories, by all areas."""
        for name, source in self.sources.items():
            source.produce(day, today, raids_per_year[self._areas[name]], ledger)
        self.offered = {area: source.on_offer(area) for area, source in self.source_of.items()}

    def follow(self, day: int, treated: NDArray[np.float64], educated: NDArray[np.float64]) -> None:
        """What treatment and education prevent follows where levers stand: float64[markets] each."""
        for book, *levers in zip(self.markets.values(), treated.tolist(), educated.tolist(), strict=True):
            if isinstance(book, Book):
                book.follow(day, *levers)

    def prevented_g(self, commodity: str) -> int:
        """What they prevent of the demand for a commodity today, grams."""
        return round(math.fsum(book.prevented_g for book in self._books[commodity] if isinstance(book, Book)))

    def clear(self, day: int, ledger: Ledger) -> None:
        """Each market sells its day's demand and moves its price; then what it holds may go on to others."""
        for name, book in self.markets.items():
            good, opening = self.at[name], book.opening_g(day)
            book.stock_g += opening
            ledger.book(day, "opening", good, opening, place=name)
            ledger.book(day, "consumed", good, book.clear(day), place=name)
        self.sent_on_g = {name: traders.trade() if traders else 0 for name, traders in self._onward.items()}
        self.prices = self._prices()

    def heard(self, commodity: str, persons: int, *, arrived: bool) -> None:
        """Those who wait hear how the journey of some ended."""
        source = self.sources[commodity]
        if isinstance(source, Waiting):
            source.hear(persons, arrived=arrived)

    def come_back(self, area: str, persons: int) -> None:
        """Some are back where they came from."""
        source = self.source_of[area]
        if isinstance(source, Waiting):
            source.come_back(area, persons)

    @property
    def waiting(self) -> list[Waiting]:
        """Where people wait."""
        return [source for source in self.sources.values() if isinstance(source, Waiting)]

    def stored(self) -> dict[str, int]:
        """What lies in the areas, by commodity."""
        return {name: sum(source.stock_g.values()) for name, source in self.sources.items()}
