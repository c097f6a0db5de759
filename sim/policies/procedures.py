"""Standard procedures of ports: what everybody there does alike, so that less hangs on single people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.policies.policy import Policy
from sim.quantity import ASSUMED, PositiveNumber, Probability, Quantity, Share, Usd
from sim.terms import Direction, Name

if TYPE_CHECKING:
    from sim.world.levers import Controls


class StandardProcedures(Policy):
    """The named ports let people and containers in and out by one set of rules: crews who put loads in or take them out
    are found more often, inspectors differ less and tire less, and ask for more before they take a bribe.

    Secure release, access to terminals, checks of seals, work in pairs and rest. Loads that need no crew at the port
    are not touched by it.
    """

    kind: Literal["standard_procedures"] = "standard_procedures"
    ports: tuple[Name, ...] = Field(min_length=1)
    """Ports, regions or countries."""
    direction: Direction = "import"
    """import: where loads are taken out of containers; export: where they are put in."""
    found: Probability = Quantity(0.1, "probability", 0.01, 0.3, ASSUMED)
    """Chance that a crew is found at work with its load. (At Rotterdam 266 people were arrested for this in 2024, and
    189 consignments seized: source bon25; how many crews were at work is not known.)"""
    evenness: Share = Quantity(0.5, "share", 0.0, 1.0, ASSUMED)
    """Share of what sets inspectors' skills apart from the mean, and of what fatigue costs, that is taken away."""
    threshold: PositiveNumber = Quantity(1.3, "1", 1.0, 2.0, ASSUMED)
    """Factor on the bribe that inspectors ask: who works by rules and in pairs can do less for it."""
    capital_usd: Usd = Quantity(10_000_000, "USD", 1_000_000, 50_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(8_000_000, "USD", 1_000_000, 30_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """The ports it speaks of."""
        return self.ports

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Raise the chance that crews are found, evenness, and what a bribe must come to."""
        for lever, share in (("crew_found", self.found), ("evenness", self.evenness)):
            controls = controls.towards(lever, self.ports, self.direction, 1.0, float(share) * strength)
        factor = 1.0 + (float(self.threshold) - 1.0) * strength
        return controls.scaled("integrity", self.ports, self.direction, factor)
