"""Integrity of port inspectors: better paid and better led people, and more audits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.policies.policy import Policy
from sim.quantity import ASSUMED, PositiveNumber, Quantity, Usd
from sim.terms import Direction, Name

if TYPE_CHECKING:
    from sim.world.levers import Controls

DIRECTIONS: tuple[Direction, ...] = ("export", "import")


class Integrity(Policy):
    """Inspectors at the named ports ask for more before they take a bribe, and audits find more of those who do."""

    kind: Literal["integrity"] = "integrity"
    ports: tuple[Name, ...] = Field(min_length=1)
    """Ports, regions or countries; their controls in both directions."""
    audits: PositiveNumber = Quantity(3.0, "1", 1.0, 10.0, ASSUMED)
    """Factor on how often a year audits find a corrupted inspector."""
    threshold: PositiveNumber = Quantity(1.5, "1", 1.0, 3.0, ASSUMED)
    """Factor on the bribe that inspectors ask."""
    capital_usd: Usd = Quantity(2_000_000, "USD", 500_000, 10_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(3_000_000, "USD", 500_000, 15_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """The ports it speaks of."""
        return self.ports

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Scale audits and what a bribe must come to."""
        for lever, factor in (("audits_per_year", self.audits), ("integrity", self.threshold)):
            for direction in DIRECTIONS:
                controls = controls.scaled(lever, self.ports, direction, 1.0 + (float(factor) - 1.0) * strength)
        return controls
