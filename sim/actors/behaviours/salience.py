"""Salience: what stands out counts more, losses widen the ways in use, and felt risk asks for a premium on cost."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from sim.actors.behaviours.behaviour import Behaviour, Choice, Month, Seen
from sim.quantity import ASSUMED, Count, Measure, PositiveUsdPerKg, Quantity, Share

Attention = Annotated[Quantity, Measure("1", gt=0.0, le=1.0)]
PositiveShare = Annotated[Quantity, Measure("share", gt=0.0, le=1.0)]
Premium = Annotated[Quantity, Measure("1", ge=1.0, le=1e6)]
Risk = Annotated[Quantity, Measure("probability", gt=0.0, le=1.0)]


class Salience(Behaviour):
    """Values loss and passage by how much they stand out among the ways in use, and takes ways in proportion to that;
    heavy losses widen the ways in use, light ones narrow them (Magliocca et al. 2019; Bordalo et al. 2012)."""

    kind: Literal["salience"] = "salience"
    attention: Attention = Quantity(0.5, "1", 0.35, 1.0, "narcolog")
    """Delta of the local thinker: weight of what stands out less; 1 sees all alike."""
    dull_usd: PositiveUsdPerKg = Quantity(1.0, "USD/kg", 0.1, 1000, "narcolog")
    """Payoff near which differences are hardly seen."""
    tolerance: PositiveShare = Quantity(0.0455, "share", 0.03, 0.05, "narcolog")
    """Seized share of what it sent in four weeks above which it widens the ways in use, and below which it narrows
    them."""
    most_new: Count = Quantity(8, "count", 1, 10, "narcolog")
    """Ways that it takes into use in four weeks, at most."""
    first_ways: Count = Quantity(6, "count", 1, 40, ASSUMED)
    """Ways in use at the start, the most valued of those that it knows."""
    premium_from: Risk = Quantity(0.43, "probability", 0.4, 0.46, "narcolog")
    """Perceived risk of a checkpoint at which cost begins to carry a premium, (risk / this)^2."""
    premium_step: Share = Quantity(0.3558, "share", 0.2, 0.7, "narcolog")
    """Share of the way to what risk asks for that the premium moves in four weeks."""
    premium_most: Premium = Quantity(5.07, "1", 1.0, 5.07, ASSUMED)
    """The highest premium: what a risk of 0.97, the highest in the source, asks for."""

    def choose(self, seen: Seen) -> Choice:
        """The same valuation always; every four weeks the ways in use and the premiums move."""
        more, fewer = 0, 0
        if seen.ways == 0:
            more = max(1, int(self.first_ways))
        elif seen.month is not None:
            more, fewer = self.revision(seen.month, seen.ways)
        return Choice(
            draws="shares",
            sampled=False,
            attention=float(self.attention),
            dull_usd=float(self.dull_usd),
            premium_step=float(self.premium_step) if seen.month is not None else 0.0,
            premium_from=float(self.premium_from),
            premium_most=float(self.premium_most),
            bounded=True,
            more=more,
            fewer=fewer,
        )

    def revision(self, month: Month, ways: int) -> tuple[int, int]:
        """How many ways are taken into use and given up after four weeks with loss L and tolerated loss T.

        L < T: round(n L / (L + T)) of the n in use are given up. L >= T: up to ceil(L / T) more; one more after weeks
        in which nothing was sent.
        """
        loss, tolerated = month.seized_kg, float(self.tolerance) * month.sent_kg
        if loss < tolerated:
            return 0, round(ways * loss / (loss + tolerated))
        return (min(math.ceil(loss / tolerated), int(self.most_new)) if tolerated > 0.0 else 1), 0
