"""Laboratories at work: how many each production area has, which of them are raided, and where those open again."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from operator import mul
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim.kernels.draws import Draws, entity_key
from sim.quantity import Quantity
from sim.terms import DAYS_PER_YEAR
from sim.world.making import Laboratories

_ROUNDING = 1e-9


class Terms(Protocol):
    """What is known of laboratories of one kind."""

    @property
    def count(self) -> int:
        """Of all areas together."""

    @property
    def reopen_days(self) -> Quantity:
        """Days from a raid until one works again."""


class Workplaces:
    """Laboratories of several places, all of one size; a place with a share has one at least."""

    def __init__(self, terms: Terms, shares: Sequence[float], draws: Draws, kind: str) -> None:
        """Shares: by which they are placed; kind: what their luck is addressed by."""
        self._terms, self._shares, self._draws = terms, np.array(shares), draws
        self._key = entity_key(kind)
        self.at_work: NDArray[np.int64] = np.array(
            [math.ceil(terms.count * share - _ROUNDING) for share in shares], np.int64
        )
        """int64[A]: laboratories at work in each place."""
        self.count = int(self.at_work.sum())
        """All that there are, raided ones included."""
        self._opening: list[tuple[int, int]] = []

    def live(self, day: int, raids_per_year: NDArray[np.float64]) -> list[int]:
        """Those that were raided long enough ago open again, and some are raided: Poisson with the mean
        sum(at work * rate) / 365.25. raids_per_year: float64[A], of a laboratory at work. Returns the places of those
        that are raided."""
        while self._opening and self._opening[0][0] <= day:
            self.at_work[heapq.heappop(self._opening)[1]] += 1
        mean = math.fsum(map(mul, self.at_work.tolist(), raids_per_year.tolist())) / DAYS_PER_YEAR
        raids, raided = self._draws.poisson("raids", self._key, day, 0, mean) if mean > 0.0 else 0, []
        for number in range(min(raids, int(self.at_work.sum()))):
            area = self._draws.choice("raided area", self._key, day, number, self.at_work * raids_per_year)
            if area < 0:
                break
            self.at_work[area] -= 1
            raided.append(area)
            elsewhere = self._draws.choice("area of a laboratory", self._key, day, number, self._shares)
            heapq.heappush(self._opening, (day + max(1, round(self._terms.reopen_days)), elsewhere))
        return raided


class LaboratoriesAtWork(Workplaces):
    """The laboratories of all production areas."""

    def __init__(self, terms: Laboratories, shares: Sequence[float], draws: Draws, name: str) -> None:
        """Shares: of the areas in product; name: of the commodity, whose luck is its own."""
        super().__init__(terms, shares, draws, f"laboratories of {name}")
        self._part = float(terms.spare) / self.count if self.count else 0.0

    def can_make(self, area: int, potential: float) -> float:
        """What an area's laboratories can make in a day when the fields of all areas can give `potential`."""
        return int(self.at_work[area]) * self._part * potential
