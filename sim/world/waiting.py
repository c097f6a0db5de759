"""Waiting: people who want to cross the sea, how many they are, and what they believe of their chance to arrive."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.terms import DAYS_PER_YEAR
from sim.world.commodity import People
from sim.world.ledger import Ledger
from sim.world.site import ProductionArea


@dataclass(slots=True)
class Waiting:
    """Those who wait in the areas of one commodity of the kind `people`, in persons.

    What is heard fades with the time constant `news_days`; the perceived chance to arrive is
    (arrived + prior * chance) / (ended + prior).
    """

    name: str
    commodity: People
    areas: dict[str, ProductionArea]
    stock_g: dict[str, int] = field(init=False)
    owed: dict[str, float] = field(init=False)
    leaf_g: int = 0
    at_work: int = 0
    arrived: float = 0.0
    """Journeys of which it was heard that they ended where people wanted to go; older news counts less."""
    ended: float = 0.0
    """All journeys of which it was heard how they ended, in the same way."""
    back: dict[str, int] = field(init=False)
    """Those who wait and have left before, by area."""
    left_again: int = 0
    """How many left today who had left before."""

    def __post_init__(self) -> None:
        self.stock_g, self.owed = dict.fromkeys(self.areas, 0), dict.fromkeys(self.areas, 0.0)
        self.back = dict.fromkeys(self.areas, 0)

    @property
    def chance(self) -> float:
        """Perceived chance to arrive."""
        prior = self.commodity.prior_persons
        return float((self.arrived + prior * self.commodity.chance) / (self.ended + prior))

    @property
    def wish(self) -> float:
        """How many wish to travel, against the start: (perceived chance / that at the start)^wish_elasticity."""
        start = float(self.commodity.chance)
        return math.pow(self.chance / start, self.commodity.wish_elasticity) if start else 1.0

    def source_usd(self, area: str) -> float:
        """What a person's stay and passage cost a network before departure, less what is paid to it then, USD."""
        return self.commodity.starting_cost

    @property
    def mean_source_usd(self) -> float:
        """The same."""
        return self.commodity.starting_cost

    def on_offer(self, area: str) -> int:
        """Who waits in an area and would leave now: fewer of them where the chance is thought to be lower."""
        return int(self.stock_g[area] * min(1.0, self.wish))

    def produce(self, day: int, today: date, raids_per_year: NDArray[np.float64], ledger: Ledger) -> None:
        """People come to wait: the year's figure over 365.25, times share and wish; news fade by a day.

        The first day also books who has been waiting.
        """
        terms = self.commodity
        kept = 1.0 - min(1.0, 1.0 / terms.news_days)
        self.arrived, self.ended, self.left_again = self.arrived * kept, self.ended * kept, 0
        known = terms.waiting_by_year
        year = float(known[min(known, key=lambda given: (abs(given - today.year), given))])
        for name, area in self.areas.items():
            usual = year / DAYS_PER_YEAR * area.share
            owed = self.owed[name] + usual * self.wish + (usual * terms.opening_days if day == 0 else 0.0)
            persons = int(owed)
            self.owed[name] = owed - persons
            self.stock_g[name] += persons
            ledger.book(day, "produced", self.name, persons, place=name)

    def take(self, area: str, grams: int) -> int:
        """Some of those who wait depart; returns how many. Who has left before does so as readily as others."""
        held = self.stock_g[area]
        taken = min(grams, held)
        again = taken * self.back[area] // held if held else 0
        self.stock_g[area] -= taken
        self.back[area] -= again
        self.left_again += again
        return taken

    def come_back(self, area: str, persons: int) -> None:
        """Some are back, and wait again."""
        self.stock_g[area] += persons
        self.back[area] += persons

    def hear(self, persons: int, *, arrived: bool) -> None:
        """It is heard how the journey of some ended."""
        self.ended += persons
        self.arrived += persons if arrived else 0


@dataclass(slots=True)
class Passages:
    """What a destination asks of who wants to go there: a fee, whatever happened to others."""

    commodity: People
    demand_share: float
    stock_g: int = 0
    """Persons who have arrived."""

    @property
    def price(self) -> float:
        """What a person pays on arrival, USD."""
        return self.commodity.starting_price

    @property
    def retail(self) -> float:
        """The whole fee, USD."""
        return float(self.commodity.fee)

    @property
    def purity(self) -> float:
        """Goods alone have one."""
        return 1.0

    def opening_g(self, day: int) -> int:
        """Nobody is counted who arrived before the first day."""
        return 0

    def clear(self, day: int) -> int:
        """Nobody is consumed."""
        return 0
