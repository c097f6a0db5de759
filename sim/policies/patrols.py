"""Patrols at sea: units that several states send together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.policies.policy import Policy
from sim.quantity import ASSUMED, Count, Quantity, Share, Usd
from sim.terms import Name

if TYPE_CHECKING:
    from sim.world.levers import Controls


class JointPatrols(Policy):
    """States pool patrol units: joint ones search the named zones, go where most is found, and may board any craft."""

    kind: Literal["joint_patrols"] = "joint_patrols"
    zones: tuple[Name, ...] = Field(min_length=1)
    units: Count = Quantity(2, "count", 0, 10, ASSUMED)
    """Joint units added for each zone; together they serve all zones with joint units."""
    from_national: Count = Quantity(0, "count", 0, 10, ASSUMED)
    """Units of single states in each zone that sail jointly instead."""
    cue: Share = Quantity(0.0, "share", 0.0, 0.3, ASSUMED)
    """How much likelier shared intelligence makes it that somebody knows where to look for a crossing."""
    capital_usd: Usd = Quantity(5_000_000, "USD", 0, 50_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(20_000_000, "USD", 5_000_000, 60_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """The zones it speaks of."""
        return self.zones

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Add joint units, take those that were national from their states, and share what is known."""
        joining = controls.joining(self.zones, float(self.from_national) * strength)
        return joining.in_zones("joint_units", self.zones, float(self.units) * strength).in_zones(
            "cue", self.zones, float(self.cue) * strength
        )
