"""Finishing laboratories: more of those that finish what arrives are raided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.policies.policy import Policy
from sim.quantity import ASSUMED, Hazard, Quantity, Usd
from sim.terms import Name

if TYPE_CHECKING:
    from sim.world.levers import Controls


class FinishingRaids(Policy):
    """Police look for laboratories on the destination side, and raid more of them at the named markets."""

    kind: Literal["finishing_raids"] = "finishing_raids"
    markets: tuple[Name, ...] = Field(min_length=1)
    """Markets at which they look."""
    per_year: Hazard = Quantity(2.0, "per year", 0.5, 6.0, ASSUMED)
    """Raids a year that are added on each laboratory at work when the policy works in full."""
    capital_usd: Usd = Quantity(5_000_000, "USD", 1_000_000, 20_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(8_000_000, "USD", 2_000_000, 30_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """The markets it speaks of."""
        return self.markets

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Add raids."""
        return controls.with_finishing_raids(self.markets, float(self.per_year) * strength)
