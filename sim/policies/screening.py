"""Screening of containers: scan every container that documents call high risk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.policies.policy import Policy
from sim.quantity import ASSUMED, Quantity, Share, Usd
from sim.terms import Direction, Name

if TYPE_CHECKING:
    from sim.world.levers import Controls


class HighRiskScreening(Policy):
    """Every container at or above the high-risk score is scanned at the named ports, with the scanners it takes."""

    kind: Literal["high_risk_screening"] = "high_risk_screening"
    ports: tuple[Name, ...] = Field(min_length=1)
    """Ports, regions or countries."""
    direction: Direction = "import"
    share: Share = Quantity(1.0, "share", 0.5, 1.0, ASSUMED)
    """Share of the high-risk containers that is scanned when the policy works in full."""
    capital_usd: Usd = Quantity(108_000_000, "USD", 50_000_000, 150_000_000, "belga_scan")
    """Cost of setting it up (nine mobile scanners in Belgium: 100 million EUR)."""
    running_usd_per_year: Usd = Quantity(12_000_000, "USD", 5_000_000, 30_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """The ports it speaks of."""
        return self.ports

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Raise the share of high-risk containers that must be scanned."""
        return controls.at_least("screened_share", self.ports, self.direction, float(self.share) * strength)
