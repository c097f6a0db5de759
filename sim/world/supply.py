"""Supply at the origin: product made of leaf and precursors in laboratories, held until an organisation buys it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.kernels.draws import Draws
from sim.terms import DAYS_PER_WEEK, DAYS_PER_YEAR, GRAMS_PER_KG
from sim.world.commodity import Drug, Good
from sim.world.laboratories import LaboratoriesAtWork
from sim.world.ledger import Ledger
from sim.world.making import PRECURSORS, Leaf
from sim.world.site import ProductionArea

MOST_SCARCE = 10.0
"""Scarcity at an area counts up to this: what is usually on offer over what is on offer, or the inverse."""


def _part(days: float, time_constant: float) -> float:
    """Share of the way that is gone in some days."""
    return min(1.0, days / time_constant) if time_constant > 0.0 else 1.0


def scarcity_next(good: Good, now: float, usual: float, offered: float) -> float:
    """Scarcity at an area after a day: it moves towards (what is usually on offer / what is on offer)^response."""
    if not usual > 0.0:
        return now
    short = usual / offered if offered * MOST_SCARCE > usual else MOST_SCARCE
    called_for = math.pow(max(short, 1.0 / MOST_SCARCE), good.source_response)
    return now + good.source_speed * (called_for - now)


@dataclass(slots=True)
class Fields:
    """The leaf of an area, against what its fields give at the starting price."""

    terms: Leaf
    elasticity: float
    planted: float = 1.0
    """Fields that bear, in use or not."""
    in_use: float = 1.0
    taken: float = 1.0
    """Share of the leaf that laboratories take, as growers have come to expect it."""

    def sell(self, share: float) -> None:
        """A day on which laboratories took a share of the leaf."""
        self.taken += _part(1.0, self.terms.contract_days) * (share - self.taken)

    def tend(self, pay: float) -> None:
        """A week: what growers get, against the start, moves the fields towards `pay^elasticity`.

        Fields are left and taken up again faster than they are planted; what is left too long is overgrown.
        """
        terms, wanted, days = self.terms, math.pow(pay * self.taken, self.elasticity), float(DAYS_PER_WEEK)
        planted, in_use = self.planted, self.in_use
        if wanted < in_use:
            self.in_use += _part(days, terms.abandonment_days) * (wanted - in_use)
        else:
            self.in_use += _part(days, terms.return_days) * (min(wanted, planted) - in_use)
        if wanted > planted:
            self.planted += _part(days, terms.planting_days) * (wanted - planted)
        else:
            self.planted += _part(days, terms.overgrown_days) * (in_use - planted)


@dataclass(slots=True)
class Supply:
    """What one commodity's production areas grow, make and hold, in grams."""

    name: str
    commodity: Drug
    areas: dict[str, ProductionArea]
    draws: Draws
    stock_g: dict[str, int] = field(init=False)
    owed_g: dict[str, float] = field(init=False)
    precursor_g: dict[str, int] = field(init=False)
    """Precursors in store, where they are modelled."""
    offer: dict[str, float] = field(init=False)
    """What is offered for a kilogram of precursors abroad, USD; 0 where they are not modelled."""
    fields: dict[str, Fields] = field(init=False)
    laboratories: LaboratoriesAtWork = field(init=False)
    leaf_g: int = field(init=False, default=0)
    """Product that the leaf of today would give, all areas."""
    _scarcity: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        good = self.commodity
        self.stock_g, self.precursor_g = dict.fromkeys(self.areas, 0), dict.fromkeys(self.areas, 0)
        self.owed_g, self._scarcity = dict.fromkeys(self.areas, 0.0), dict.fromkeys(self.areas, 1.0)
        offer = float(good.precursors.offer) if good.precursors else 0.0
        self.offer = dict.fromkeys(self.areas, offer)
        self.fields = {name: Fields(good.leaf, float(good.supply_elasticity)) for name in self.areas}
        shares = [float(area.share) for area in self.areas.values()]
        self.laboratories = LaboratoriesAtWork(good.laboratories, shares, self.draws, self.name)

    def tonnes_per_year(self, year: int) -> float:
        """World production of a calendar year, tonnes of pure product; the nearest year that is given."""
        known = self.commodity.production_by_year
        return float(known[min(known, key=lambda given: (abs(given - year), given))])

    def potential_g(self, today: date) -> float:
        """What the fields of all areas give in a day at the starting price, grams: pure production * share for this
        trade / purity / 365.25."""
        gross_t = self.tonnes_per_year(today.year) * self.commodity.trade_share / self.commodity.purity
        return gross_t * 1000.0 * GRAMS_PER_KG / DAYS_PER_YEAR

    def leaf_of(self, area: str, today: date) -> float:
        """Product that a day's leaf of an area would give, grams."""
        return self.potential_g(today) * float(self.areas[area].share) * self.fields[area].in_use

    def source_usd(self, area: str) -> float:
        """Price of a kilogram of product at an area: what scarcity makes of the starting price, and what precursors
        cost more than at the start."""
        good = self.commodity
        usd = good.source_price * self._scarcity[area]
        if good.precursors is not None:
            usd += good.precursors.kg_per_kg * (self.offer[area] - good.precursors.offer)
        return usd

    @property
    def mean_source_usd(self) -> float:
        """The same, mean over areas by their shares."""
        return math.fsum(self.source_usd(name) * area.share for name, area in self.areas.items())

    def most_offered(self, area: str) -> float:
        """What can be offered for a kilogram of precursors before they cost more of the product's price than makers
        pay, USD."""
        good, terms = self.commodity, self.commodity.precursors
        return good.source_price * self._scarcity[area] * terms.dearest / terms.kg_per_kg if terms else 0.0

    def produce(self, day: int, today: date, raids_per_year: NDArray[np.float64], ledger: Ledger) -> None:
        """Make a day's product: of each area the least of what leaf, laboratories and precursors allow.

        Fractions of a gram are carried to the next day. The first day also books what the areas held at the start.
        raids_per_year: float64[A], raids on a laboratory at work.
        """
        self.laboratories.live(day, raids_per_year)
        potential, leaf_g = self.potential_g(today), 0.0
        for row, (name, area) in enumerate(self.areas.items()):
            full = potential * area.share
            leaf = full * self.fields[name].in_use
            most = min(leaf, self.laboratories.can_make(row, potential), self._precursors_allow(name))
            held = full * self.commodity.opening_stock_days if day == 0 else 0.0
            self._store(day, name, most, held, ledger)
            leaf_g += leaf
            self.fields[name].sell(most / leaf if leaf > 0.0 else 1.0)
            self._price(name, full, most)
            if day % DAYS_PER_WEEK == 0:
                self.fields[name].tend(self._scarcity[name])
        self.leaf_g = int(leaf_g)

    def _precursors_allow(self, area: str) -> float:
        terms = self.commodity.precursors
        return math.inf if terms is None else self.precursor_g[area] / terms.kg_per_kg

    def _store(self, day: int, area: str, grams: float, held: float, ledger: Ledger) -> None:
        """Book what was made, and what was held before the first day, which took no precursors of today."""
        owed = self.owed_g[area] + grams + held
        made = int(owed)
        self.owed_g[area] = owed - made
        self.stock_g[area] += made
        ledger.book(day, "produced", self.name, made, place=area)
        terms = self.commodity.precursors
        if terms is not None:
            used = min(self.precursor_g[area], round((made - int(held)) * terms.kg_per_kg))
            self.precursor_g[area] -= used
            ledger.book(day, "consumed", PRECURSORS, used, place=area)

    def _price(self, area: str, full: float, made: float) -> None:
        """On offer is the stock, and what will be made in as many days as areas like to hold product for; usually both
        are what full fields give in these days."""
        good, days = self.commodity, float(self.commodity.opening_stock_days)
        usual, offered = 2.0 * full * days, self.stock_g[area] + made * days
        self._scarcity[area] = scarcity_next(good, self._scarcity[area], usual, offered)

    @property
    def at_work(self) -> int:
        """Laboratories at work."""
        return int(self.laboratories.at_work.sum())

    def on_offer(self, area: str) -> int:
        """What can be bought at an area, grams."""
        return self.stock_g[area]

    def take(self, area: str, grams: int) -> int:
        """Take up to `grams` out of an area's store; returns what was there to take."""
        taken = min(grams, self.stock_g[area])
        self.stock_g[area] -= taken
        return taken
