"""Oversight of border control: a cap on how much of legal trade may be opened and scanned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from pydantic import Field

from sim.policies.policy import Policy
from sim.quantity import ASSUMED, PositiveShare, Quantity, Usd
from sim.terms import Direction, Name

if TYPE_CHECKING:
    from sim.world.levers import Controls


class OversightPolicy(Policy):
    """Not more than a share of the containers of a period may be opened, and scanned, at the named ports.

    While it phases in, the share that is allowed comes down: at a tenth of its strength it is ten times as high. The
    period is that of the scenario's `oversight`.
    """

    kind: Literal["oversight"] = "oversight"
    ports: tuple[Name, ...] = Field(min_length=1)
    """Ports, regions or countries."""
    most_opened: PositiveShare = Quantity(0.0005, "share", 0.0001, 0.005, ASSUMED)
    """Share of the containers that may be opened when the policy works in full."""
    most_scanned: PositiveShare | None = None
    """Share of the containers that may be scanned when the policy works in full; none: no cap on scans."""
    capital_usd: Usd = Quantity(1_000_000, "USD", 200_000, 5_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(1_500_000, "USD", 300_000, 5_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """The ports it speaks of."""
        return self.ports

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Ask for more containers to each one that is inspected."""
        for lever, most in (("boxes_per_opening", self.most_opened), ("boxes_per_scan", self.most_scanned)):
            if most is not None:
                for direction in get_args(Direction):
                    controls = controls.at_least(lever, self.ports, direction, strength / float(most))
        return controls
