"""Onward trade: what the market of a commodity holds goes on to where its traders expect more for it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.world.commodity import Good
from sim.world.market import Book
from sim.world.network import great_circle_km
from sim.world.route import Road
from sim.world.site import Market


def carriage(markets: Sequence[Market], road: Road, against: float) -> NDArray[np.float64]:
    """What it costs to bring a kilogram from one market to another, by road or, from and to islands, by ferry, USD:
    float64[markets, markets]; inf beyond the longest haul.

    against: what carriage of it costs against the kilogram of which `road` speaks.
    """
    usd = np.full((len(markets), len(markets)), math.inf)
    for row, here in enumerate(markets):
        for column, there in enumerate(markets):
            km = great_circle_km(here, there) * float(road.detour)
            if km <= road.reach_km:
                usd[row, column] = km / 1000.0 * float(road.usd_per_kg_1000km) * against
    return usd


class Onward:
    """The traders of one commodity at its markets."""

    def __init__(self, good: Good, books: Sequence[Book], carriage_usd: NDArray[np.float64]) -> None:
        self.books, self._carriage = books, carriage_usd.tolist()
        self._speed, self._days = float(good.onward_speed), float(good.onward_days)

    def trade(self) -> int:
        """A day of it, all markets at once; returns grams that went on.

        Traders expect a price to go on moving as it does for `onward_days`. Of what a market holds the share
        `onward_speed` times the relative gain goes on, to where the gain over that price is largest, carriage taken
        off (Samuelson 1952).
        """
        if not self._speed:
            return 0
        expected = [book.expected(self._days) for book in self.books]
        moves = [self._best(row, expected) for row in range(len(self.books))]
        for book, (there, grams) in zip(self.books, moves, strict=True):
            book.stock_g -= grams
            self.books[there].stock_g += grams
        return sum(grams for _, grams in moves)

    def _best(self, row: int, expected: Sequence[float]) -> tuple[int, int]:
        """Where goods of a market go, and how many grams."""
        here, best, there = expected[row], 0.0, row
        for other, (price, usd) in enumerate(zip(expected, self._carriage[row], strict=True)):
            if other != row and price - usd - here > best:
                best, there = price - usd - here, other
        pull = self._speed * best
        return there, int(self.books[row].stock_g * (pull / here if pull < here else 1.0)) if best else 0
