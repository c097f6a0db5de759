"""Tracing of assets: more units that follow money, and states that answer each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sim.policies.justice import OfStates
from sim.quantity import ASSUMED, Count, Quantity, Share, Usd

if TYPE_CHECKING:
    from sim.world.levers import Controls


class AssetTracing(OfStates):
    """More units trace proceeds in the named states, and these states answer each other's questions.

    Money that a unit sees through is frozen at once.
    """

    kind: Literal["asset_tracing"] = "asset_tracing"
    units: Count = Quantity(4, "count", 0, 40, ASSUMED)
    """Units more in each of them when the policy works in full."""
    abroad: Share = Quantity(0.8, "share", 0.3, 1.0, ASSUMED)
    """Share of the rate that is then left where a transfer goes from one of them to another."""
    capital_usd: Usd = Quantity(5_000_000, "USD", 1_000_000, 20_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(10_000_000, "USD", 2_000_000, 50_000_000, ASSUMED)
    """Cost of a year in force (assumed: half a million a unit and year)."""

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Add units, and raise what they can do abroad."""
        units, abroad = float(self.units) * strength, float(self.abroad)
        more = controls.at_states("tracing_units", self.states, lambda now: now + units)
        return more.at_states("tracing_abroad", self.states, lambda now: now + strength * max(abroad - now, 0.0))
