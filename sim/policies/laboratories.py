"""Laboratories at the source: more of those that make product of leaf are raided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.policies.policy import Policy
from sim.quantity import ASSUMED, Hazard, Quantity, Usd
from sim.terms import Name

if TYPE_CHECKING:
    from sim.world.levers import Controls


class LaboratoryRaids(Policy):
    """Police and armed forces look for laboratories in the named production areas, and raid more of them. Those that
    are raided open again, there or in other areas."""

    kind: Literal["laboratory_raids"] = "laboratory_raids"
    areas: tuple[Name, ...] = Field(min_length=1)
    """Production areas of a drug."""
    per_year: Hazard = Quantity(2.0, "per year", 0.4, 8.0, ASSUMED)
    """Raids a year that are added on each laboratory at work when the policy works in full."""
    capital_usd: Usd = Quantity(10_000_000, "USD", 1_000_000, 50_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(20_000_000, "USD", 5_000_000, 100_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """The areas it speaks of."""
        return self.areas

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Add raids."""
        return controls.with_raids(self.areas, float(self.per_year) * strength)
