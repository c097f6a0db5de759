"""Sources: what all ways in which a commodity comes into being have in common."""

from __future__ import annotations

from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim.world.ledger import Ledger


class Source(Protocol):
    """One commodity's production areas, with what lies there, in what the books count."""

    stock_g: dict[str, int]
    """What lies in each area."""
    leaf_g: int
    """Product that the leaf of today would give; 0 of what is not grown."""

    @property
    def at_work(self) -> int:
        """Laboratories at work; 0 where none are needed."""

    @property
    def mean_source_usd(self) -> float:
        """What a unit costs there, mean over areas by their shares."""

    def source_usd(self, area: str) -> float:
        """What a unit costs at an area."""

    def on_offer(self, area: str) -> int:
        """What can be had at an area now."""

    def produce(self, day: int, today: date, raids_per_year: NDArray[np.float64], ledger: Ledger) -> None:
        """A day's supply; raids_per_year: float64[A], on laboratories, by its areas."""

    def take(self, area: str, grams: int) -> int:
        """Take up to so much out of an area; returns what was there to take."""
