"""Supply at the origin: product made in the areas, held there until an organisation sends it on its way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sim.terms import DAYS_PER_YEAR, GRAMS_PER_KG
from sim.world.commodity import Commodity
from sim.world.ledger import Ledger
from sim.world.site import ProductionArea


@dataclass(slots=True)
class Supply:
    """Stores of one commodity at its production areas, in grams."""

    name: str
    commodity: Commodity
    areas: dict[str, ProductionArea]
    stock_g: dict[str, int] = field(init=False)
    owed_g: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        self.stock_g = dict.fromkeys(self.areas, 0)
        self.owed_g = dict.fromkeys(self.areas, 0.0)

    def tonnes_per_year(self, year: int) -> float:
        """World production of a calendar year, tonnes of pure product; the nearest year that is given."""
        known = self.commodity.production_by_year
        return float(known[min(known, key=lambda given: (abs(given - year), given))])

    def produce(self, day: int, today: date, relative_price: float, ledger: Ledger) -> None:
        """Make a day's product.

        Gross kilograms a day = pure production * share for this trade * (price / price at start)^supply elasticity
        / purity / 365.25, split by area; fractions of a gram are carried to the next day. The first day also books what
        the areas held at the start.
        """
        pull: float = relative_price**self.commodity.supply_elasticity
        gross_t = self.tonnes_per_year(today.year) * self.commodity.trade_share * pull / self.commodity.purity
        gross_g = gross_t * 1000.0 * GRAMS_PER_KG / DAYS_PER_YEAR
        days = 1.0 + self.commodity.opening_stock_days * (day == 0)
        for name, area in self.areas.items():
            owed = self.owed_g[name] + gross_g * area.share * days
            made = int(owed)
            self.owed_g[name] = owed - made
            self.stock_g[name] += made
            ledger.book(day, "produced", self.name, made, place=name)

    def take(self, area: str, grams: int) -> int:
        """Take up to `grams` out of an area's store; returns what was there to take."""
        taken = min(grams, self.stock_g[area])
        self.stock_g[area] -= taken
        return taken
