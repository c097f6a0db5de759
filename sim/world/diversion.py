"""Diversion: goods that come out of a stock which is there, and lie in an area until an organisation buys them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.terms import DAYS_PER_YEAR, GRAMS_PER_KG
from sim.world.commodity import Firearms
from sim.world.ledger import Ledger
from sim.world.site import ProductionArea
from sim.world.supply import scarcity_next


@dataclass(slots=True)
class Diversion:
    """What is diverted in the areas of one commodity, and lies there, in grams."""

    name: str
    commodity: Firearms
    areas: dict[str, ProductionArea]
    stock_g: dict[str, int] = field(init=False)
    owed_g: dict[str, float] = field(init=False)
    leaf_g: int = 0
    at_work: int = 0
    _scarcity: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        self.stock_g = dict.fromkeys(self.areas, 0)
        self.owed_g, self._scarcity = dict.fromkeys(self.areas, 0.0), dict.fromkeys(self.areas, 1.0)

    def source_usd(self, area: str) -> float:
        """Price of a kilogram at an area: what scarcity makes of the starting price."""
        return float(self.commodity.source_price * self._scarcity[area])

    @property
    def mean_source_usd(self) -> float:
        """The same, mean over areas by their shares."""
        return math.fsum(self.source_usd(name) * area.share for name, area in self.areas.items())

    def on_offer(self, area: str) -> int:
        """What can be bought at an area, grams."""
        return self.stock_g[area]

    def produce(self, day: int, today: date, raids_per_year: NDArray[np.float64], ledger: Ledger) -> None:
        """Divert a day's goods: full * share * scarcity^supply_elasticity, full being the year's figure over 365.25.

        Fractions of a gram are carried to the next day. The first day also books what the areas held at the start.
        """
        good = self.commodity
        known = good.diverted_by_year
        tonnes = known[min(known, key=lambda given: (abs(given - today.year), given))]
        for name, area in self.areas.items():
            full = tonnes * 1000.0 * GRAMS_PER_KG / DAYS_PER_YEAR * area.share
            made = full * math.pow(self._scarcity[name], good.supply_elasticity)
            owed = self.owed_g[name] + made + (full * good.opening_stock_days if day == 0 else 0.0)
            grams = int(owed)
            self.owed_g[name] = owed - grams
            self.stock_g[name] += grams
            ledger.book(day, "produced", self.name, grams, place=name)
            days = float(good.opening_stock_days)
            usual, offered = 2.0 * full * days, self.stock_g[name] + made * days
            self._scarcity[name] = scarcity_next(good, self._scarcity[name], usual, offered)

    def take(self, area: str, grams: int) -> int:
        """Take up to `grams` out of an area's store; returns what was there to take."""
        taken = min(grams, self.stock_g[area])
        self.stock_g[area] -= taken
        return taken
