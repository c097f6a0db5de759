"""Patrols at sea: more units in the named zones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.policies.policy import Policy
from sim.quantity import ASSUMED, Count, Quantity, Usd
from sim.terms import Name

if TYPE_CHECKING:
    from sim.world.levers import Controls


class JointPatrols(Policy):
    """States pool patrol units: more of them search the named zones."""

    kind: Literal["joint_patrols"] = "joint_patrols"
    zones: tuple[Name, ...] = Field(min_length=1)
    units: Count = Quantity(2, "count", 1, 10, ASSUMED)
    """Units added in each zone on an average day."""
    capital_usd: Usd = Quantity(5_000_000, "USD", 0, 50_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(20_000_000, "USD", 5_000_000, 60_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """The zones it speaks of."""
        return self.zones

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Add units to the zones."""
        return controls.with_patrols(self.zones, float(self.units) * strength)
