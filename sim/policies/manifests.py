"""Integrated manifests: what is declared at both ends of a voyage is held against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.policies.policy import Policy
from sim.quantity import ASSUMED, Quantity, Share, Usd
from sim.terms import Name

if TYPE_CHECKING:
    from sim.world.levers import Controls


class IntegratedManifests(Policy):
    """Manifests come in advance and are held against what was declared at the other end, for imports of the named ports
    and, where partners are named, before their exports sail: misdeclared loads show more.

    How much more is `trade.evidence.integration` of the scenario. Loads that others' documents are true of show nothing
    more.
    """

    kind: Literal["integrated_manifests"] = "integrated_manifests"
    ports: tuple[Name, ...] = Field(min_length=1)
    """Ports, regions or countries whose import controls have the data."""
    partners: tuple[Name, ...] = ()
    """Ports, regions or countries whose export controls have them too, for all that they ship."""
    coverage: Share = Quantity(0.8, "share", 0.3, 1.0, ASSUMED)
    """Share of the containers of which both ends' data come in time and can be matched."""
    capital_usd: Usd = Quantity(30_000_000, "USD", 5_000_000, 150_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(6_000_000, "USD", 1_000_000, 30_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """The ports and partners it speaks of."""
        return (*self.ports, *self.partners)

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Raise the share of the containers whose data are integrated."""
        share = float(self.coverage) * strength
        controls = controls.towards("integrated_data", self.ports, "import", 1.0, share)
        return controls.towards("integrated_data", self.partners, "export", 1.0, share)
