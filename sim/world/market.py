"""A market: a wholesaler's stock, a price that follows the gap between stock and demand, and what consumers pay."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from sim.terms import DAYS_PER_YEAR, GRAMS_PER_KG
from sim.world.commodity import Drug, Good, Retail
from sim.world.users import Prevented, Users

LEAST_PRICE = 1e-9
"""The price of what nobody wants falls to this share of that at the start, and no further."""


def retail_price(good: Drug, wholesale: float, purity: float) -> float:
    """Price of a pure kilogram sold by the gram, USD: what the wholesale price makes of it, over what purity is left.

    At the usual purity it is `start + change` of a pure kilogram's wholesale price (additive), `start * ratio` of
    wholesale prices (multiplicative; Caulkins 1994), or between the two (mixed). It never falls below what a pure
    kilogram costs at wholesale.
    """
    retail, strength = good.retail, float(good.purity)
    in_proportion = {"additive": 0.0, "multiplicative": 1.0, "mixed": float(retail.proportional)}[retail.pass_through]
    start, before = float(retail.price), float(good.market_price)
    ratio = wholesale / before if before else 1.0
    usual = in_proportion * start * ratio + (1.0 - in_proportion) * (start + (wholesale - before) / strength)
    return max(usual, wholesale / strength) * float(retail.purity) / purity


@dataclass(slots=True)
class Book:
    """What a market knows of one commodity, in grams and USD per kilogram."""

    commodity: Good
    demand_share: float
    price: float = field(init=False)
    """At wholesale, of a kilogram as it arrives."""
    purity: float = field(init=False)
    """Of what is sold by the gram; 1 of goods that are sold on as they are."""
    retail: float = field(init=False)
    """Price of a pure kilogram sold by the gram; of goods that are sold on as they are, the wholesale price."""
    at_start_g: float = field(init=False)
    """Demand of a day at the start, grams as they arrive."""
    stock_g: int = field(init=False, default=0)
    owed_g: float = field(init=False, default=0.0)
    gap: float = field(init=False, default=0.0)
    """What is missing of the stock that traders want to hold, as a share of it, from -1 to 1."""
    prevented: Prevented = field(init=False)
    """What treatment and education prevent of its demand."""
    prevented_g: float = field(init=False, default=0.0)
    """The same in grams, today."""
    _retail_at_start: float = field(init=False)

    def __post_init__(self) -> None:
        good = self.commodity
        self.price = float(good.market_price)
        self.purity = float(good.retail.purity) if isinstance(good, Drug) else 1.0
        self.prevented = Prevented(good.users if isinstance(good, Drug) else Users())
        self.retail = self._retail_at_start = self._sold_on_at()
        self.at_start_g = good.demand * self.demand_share * 1000.0 * GRAMS_PER_KG / DAYS_PER_YEAR

    def demand_g_per_day(self, day: int) -> float:
        """Q = Q0 * share * growth^years * (retail price of a pure gram / that at the start)^elasticity, less what is
        prevented, grams a day as they arrive."""
        return self._wished_g(day) * self.prevented.left

    def _wished_g(self, day: int) -> float:
        """Demand of a day if nothing were prevented."""
        good = self.commodity
        growth = math.exp(good.demand_growth * day / DAYS_PER_YEAR)
        return self.at_start_g * growth * math.pow(self.retail / self._retail_at_start, good.elasticity)

    def follow(self, day: int, treated: float, educated: float) -> None:
        """A day passes in which levers stand so: treatment and education prevent more, or less."""
        if treated or educated or self.prevented.left < 1.0:
            self.prevented.follow(treated, educated)
            self.prevented_g = self._wished_g(day) * (1.0 - self.prevented.left)

    def opening_g(self, day: int) -> int:
        """What arrives today although it left before the first day: the stock at the start, then the pipeline."""
        good = self.commodity
        days = good.stock_days * (day == 0) + (day < good.pipeline_days)
        return int(self._wished_g(day) * days) if days else 0

    def clear(self, day: int) -> int:
        """Sell a day's demand as far as stock goes, and move price and purity; returns grams consumed.

        The price moves by `price_speed` times the relative gap between the stock that traders want to hold
        (`stock_days` of demand) and what they have, the gap held between -1 and 1: a tatonnement (Walras) with
        inventories.
        """
        wanted = self.demand_g_per_day(day)
        self.owed_g += wanted
        sold = min(int(self.owed_g), self.stock_g)
        self.owed_g = min(self.owed_g - sold, wanted)
        self.stock_g -= sold
        target = wanted * self.commodity.stock_days
        self.gap = max(-1.0, min(1.0, (target - self.stock_g) / target)) if target > 0 else -1.0
        moved = self.price * (1.0 + self.commodity.price_speed * self.gap)
        self.price = max(moved, LEAST_PRICE * self.commodity.market_price)
        if isinstance(self.commodity, Drug):
            self._stretch(self.commodity.retail, 1.0 - self.gap)
        self.retail = self._sold_on_at()
        return sold

    def expected(self, days: float) -> float:
        """The price in so many days if it goes on moving as it does."""
        return self.price * math.pow(1.0 + self.commodity.price_speed * self.gap, days)

    def _sold_on_at(self) -> float:
        good = self.commodity
        return retail_price(good, self.price, self.purity) if isinstance(good, Drug) else self.price

    def _stretch(self, terms: Retail, cover: float) -> None:
        """Move the purity towards what dealers make of a short stock: usual * cover^stretch, within its bounds; cover:
        the stock over the stock that they want to hold."""
        usual = float(terms.purity)
        called_for = usual * math.pow(cover, terms.stretch) if cover < 1.0 else usual
        called_for = max(called_for, min(usual, float(terms.least_purity)))
        self.purity += terms.purity_speed * (called_for - self.purity)
