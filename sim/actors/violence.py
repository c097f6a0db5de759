"""The index of violence: disputes raise it, time lowers it."""

from __future__ import annotations

import math

from sim.actors.traits import Rivalry
from sim.terms import DAYS_PER_YEAR


class Violence:
    """An index that starts at 0; at 100 there is, in the long run, one dispute a year for each first organisation.

    A dispute in which a cell is lost to others counts 1; others have weights of their own.
    """

    def __init__(self, rivalry: Rivalry, organisations: int) -> None:
        """Organisations: how many there are on the first day."""
        half_life = float(rivalry.half_life_days)
        self._kept = math.pow(0.5, 1.0 / half_life) if half_life else 0.0
        self._unit = 100.0 * (1.0 - self._kept) * DAYS_PER_YEAR / organisations
        self.index = 0.0

    def fade(self) -> None:
        """A day passes."""
        self.index *= self._kept

    def rise(self, disputes: float) -> None:
        """Some disputes, by their weights."""
        self.index += self._unit * disputes
