"""Sites ashore: control of small docks, and of transit warehouses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.policies.policy import Policy
from sim.quantity import ASSUMED, Hazard, Probability, Quantity, Share, Usd
from sim.terms import Name

if TYPE_CHECKING:
    from sim.world.levers import Controls


class DockControl(Policy):
    """Small docks and craft at the named coasts are registered, and inspectors visit those that are: a load that leaves
    or lands there may be found."""

    kind: Literal["dock_control"] = "dock_control"
    docks: tuple[Name, ...] = Field(min_length=1)
    """Coasts with small docks, on either side of the ocean."""
    registered: Share = Quantity(0.6, "share", 0.2, 0.95, ASSUMED)
    """Share of the docks and craft that are registered: no others are visited."""
    visits: Hazard = Quantity(52, "per year", 6, 365, ASSUMED)
    """Visits a year to each of them."""
    found: Probability = Quantity(0.4, "probability", 0.1, 0.8, ASSUMED)
    """Chance that a visit finds a load that is there."""
    capital_usd: Usd = Quantity(4_000_000, "USD", 500_000, 20_000_000, ASSUMED)
    """Cost of setting it up: the register, and people to keep it."""
    running_usd_per_year: Usd = Quantity(6_000_000, "USD", 1_000_000, 30_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """The coasts it speaks of."""
        return self.docks

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Add visits that find what is there."""
        finds = float(self.registered) * float(self.visits) * float(self.found)
        return controls.at_sites("dock", self.docks, finds * strength)


class WarehouseControl(Policy):
    """Audits and inspections of the named transit warehouses: a load that is kept there may be found."""

    kind: Literal["warehouse_control"] = "warehouse_control"
    warehouses: tuple[Name, ...] = Field(min_length=1)
    """Transit warehouses, on either side of the ocean."""
    visits: Hazard = Quantity(6, "per year", 1, 52, ASSUMED)
    """Audits a year of each place where goods are stored."""
    found: Probability = Quantity(0.4, "probability", 0.1, 0.8, ASSUMED)
    """Chance that an audit finds a load that is there."""
    capital_usd: Usd = Quantity(3_000_000, "USD", 500_000, 20_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(5_000_000, "USD", 1_000_000, 30_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """The warehouses it speaks of."""
        return self.warehouses

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Add audits that find what is there."""
        return controls.at_sites("warehouse", self.warehouses, float(self.visits) * float(self.found) * strength)
