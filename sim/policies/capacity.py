"""Capacity of ports: scanner lanes, examination teams, trained analysts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.policies.policy import Policy
from sim.quantity import ASSUMED, PositiveNumber, Quantity, Usd
from sim.terms import Direction, Name

if TYPE_CHECKING:
    from sim.world.levers import Controls


class PortCapacity(Policy):
    """More scanners, more hands and better-trained eyes at the named ports."""

    kind: Literal["port_capacity"] = "port_capacity"
    ports: tuple[Name, ...] = Field(min_length=1)
    """Ports, regions or countries."""
    direction: Direction = "import"
    scans: PositiveNumber = Quantity(1.5, "1", 1.0, 4.0, ASSUMED)
    """Factor on the scanning capacity."""
    examinations: PositiveNumber = Quantity(1.5, "1", 1.0, 4.0, ASSUMED)
    """Factor on the capacity to open containers."""
    skill: PositiveNumber = Quantity(1.1, "1", 1.0, 1.3, ASSUMED)
    """Factor on the analysts' chance to see a load."""
    capital_usd: Usd = Quantity(40_000_000, "USD", 10_000_000, 120_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(8_000_000, "USD", 2_000_000, 20_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """The ports it speaks of."""
        return self.ports

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Scale scanning, examination and skill."""
        for lever, factor in (
            ("scans_per_day", self.scans),
            ("examinations_per_day", self.examinations),
            ("analyst_skill", self.skill),
        ):
            controls = controls.scaled(lever, self.ports, self.direction, 1.0 + (float(factor) - 1.0) * strength)
        return controls
