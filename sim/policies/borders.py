"""Borders at sea: departures that are seen early, and what becomes of people who are brought in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.policies.policy import Policy
from sim.quantity import ASSUMED, Probability, Quantity, Share, Usd
from sim.terms import Name

if TYPE_CHECKING:
    from sim.world.levers import Controls


class BorderIntegrity(Policy):
    """Craft are seen before they put to sea at the named coasts, and stopped there, or looked for at sea."""

    kind: Literal["border_integrity"] = "border_integrity"
    docks: tuple[Name, ...] = Field(min_length=1)
    """Coasts with small docks that are watched."""
    zones: tuple[Name, ...] = ()
    """Sea zones in which patrols are told of what left."""
    stopped: Probability = Quantity(0.15, "probability", 0.02, 0.4, ASSUMED)
    """Chance that a craft is stopped before it puts to sea."""
    cue: Share = Quantity(0.1, "share", 0.0, 0.3, ASSUMED)
    """How much likelier it becomes that somebody knows where to look for a crossing."""
    capital_usd: Usd = Quantity(8_000_000, "USD", 0, 50_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(10_000_000, "USD", 2_000_000, 40_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """Coasts and zones."""
        return (*self.docks, *self.zones)

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Raise the watch at the coasts and the cue at sea."""
        watched = controls.raised_among(
            "coast_watch", self.docks, "fishing_communities", float(self.stopped) * strength, most=1.0
        )
        return watched.in_zones("cue", self.zones, float(self.cue) * strength)


class TurnBacks(Policy):
    """People who are intercepted or rescued at sea are returned to where they came from."""

    kind: Literal["turn_backs"] = "turn_backs"
    zones: tuple[Name, ...] = Field(min_length=1)
    share: Share = Quantity(0.9, "share", 0.3, 1.0, ASSUMED)
    """Share of the boats whose people are returned; the others are brought to safety in the state that they wanted to
    reach, and processed there."""
    capital_usd: Usd = Quantity(5_000_000, "USD", 0, 50_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(20_000_000, "USD", 5_000_000, 300_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """The zones it speaks of."""
        return self.zones

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Raise the share that is returned."""
        return controls.in_zones_towards("returns", self.zones, float(self.share), strength)
