"""Precursors: less of what laboratories need is diverted from legal trade."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.policies.policy import Policy
from sim.quantity import ASSUMED, Quantity, Share, Usd
from sim.terms import Name

if TYPE_CHECKING:
    from sim.world.levers import Controls


class PrecursorControl(Policy):
    """Regulation of legal trade in chemicals stops a share of what is diverted through the named ports.

    Licences, end-user checks and notices before export: it works where goods are traded, not at the border.
    """

    kind: Literal["precursor_control"] = "precursor_control"
    ports: tuple[Name, ...] = Field(min_length=1)
    """Ports where precursors arrive, or their regions or countries."""
    share: Share = Quantity(0.6, "share", 0.1, 0.95, ASSUMED)
    """Share of the diversion that is stopped when the policy works in full."""
    capital_usd: Usd = Quantity(10_000_000, "USD", 2_000_000, 40_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(4_000_000, "USD", 1_000_000, 15_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """The ports it speaks of."""
        return self.ports

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Raise the share of diversion that is stopped."""
        return controls.at_least("diversion_stopped", self.ports, "import", float(self.share) * strength)
