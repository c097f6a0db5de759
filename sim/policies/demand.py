"""Demand: treatment of those who depend on a drug, and education of those who may come to use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.policies.policy import Policy
from sim.quantity import ASSUMED, Quantity, Share, Usd
from sim.terms import Name

if TYPE_CHECKING:
    from sim.world.levers import Controls


class DemandReduction(Policy):
    """At the named markets more dependent users are treated, which lowers demand within weeks, and more young people
    are educated, which lowers it over years."""

    kind: Literal["demand_reduction"] = "demand_reduction"
    markets: tuple[Name, ...] = Field(min_length=1)
    """Markets of drugs."""
    reach: Share = Quantity(0.1, "share", 0.02, 0.5, ASSUMED)
    """Share of the dependent users who are in treatment because of it, on a mean day."""
    effect: Share = Quantity(0.8, "share", 0.4, 0.9, "rand94")
    """Share of their use that treatment prevents (about four fifths of heavy users stay off drugs while in it)."""
    education: Share = Quantity(0.5, "share", 0.1, 1.0, ASSUMED)
    """Share of young people whom education reaches because of it."""
    education_effect: Share = Quantity(0.05, "share", 0.02, 0.11, "rand99")
    """Share of their later use that it prevents."""
    capital_usd: Usd = Quantity(5_000_000, "USD", 0, 50_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(60_000_000, "USD", 10_000_000, 300_000_000, ASSUMED)
    """Cost of a year in force (treatment that cut consumption in the United States by one per cent cost 34 million USD
    of 1992, source rand94)."""

    def places(self) -> tuple[str, ...]:
        """The markets it speaks of."""
        return self.markets

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Add what is prevented."""
        treated = float(self.reach) * float(self.effect) * strength
        educated = float(self.education) * float(self.education_effect) * strength
        return controls.at_markets("treated", self.markets, treated).at_markets("educated", self.markets, educated)
