"""A wholesale market: stock, demand, and a price that follows the gap between them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from sim.terms import DAYS_PER_YEAR, GRAMS_PER_KG
from sim.world.commodity import Commodity


@dataclass(slots=True)
class Book:
    """What a market knows of one commodity, in grams and USD per kilogram."""

    commodity: Commodity
    demand_share: float
    price: float = field(init=False)
    at_start_g: float = field(init=False)
    """Demand of a day at the start, grams."""
    stock_g: int = field(init=False, default=0)
    owed_g: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.price = float(self.commodity.market_price)
        self.at_start_g = self.commodity.demand * self.demand_share * 1000.0 * GRAMS_PER_KG / DAYS_PER_YEAR

    def demand_g_per_day(self, day: int) -> float:
        """Q = Q0 * share * growth^years * (price / p0)^elasticity, grams a day."""
        good = self.commodity
        growth = math.exp(good.demand_growth * day / DAYS_PER_YEAR)
        return self.at_start_g * growth * math.pow(self.price / good.market_price, good.elasticity)

    def opening_g(self, day: int) -> int:
        """What arrives today although it left before the first day: the stock at the start, then the pipeline."""
        good = self.commodity
        days = good.stock_days * (day == 0) + (day < good.pipeline_days)
        return int(self.demand_g_per_day(day) * days) if days else 0

    def clear(self, day: int) -> int:
        """Sell a day's demand as far as stock goes, and move the price; returns grams consumed.

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
        gap = max(-1.0, min(1.0, (target - self.stock_g) / target)) if target > 0 else -1.0
        self.price *= 1.0 + self.commodity.price_speed * gap
        return sold
