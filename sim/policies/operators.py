"""Compliance of operators: who is certified is trusted more, and audited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.policies.policy import Policy
from sim.quantity import ASSUMED, Points, Probability, Quantity, Share, Usd
from sim.terms import Direction, Name

if TYPE_CHECKING:
    from sim.world.levers import Controls


class OperatorCompliance(Policy):
    """At the named ports certified operators' containers are inspected less, and audits see to it that operators look
    after them: who is audited notices more of what others hide in them, and tells. Where few are audited, fronts come
    by certificates.

    Who is certified does not change; nor does the capacity to inspect, which goes to the others.
    """

    kind: Literal["operator_compliance"] = "operator_compliance"
    ports: tuple[Name, ...] = Field(min_length=1)
    """Ports, regions or countries."""
    direction: Direction = "import"
    trust: Points = Quantity(0.5, "logit", 0.0, 1.5, ASSUMED)
    """Log-odds that containers of certified operators are given less."""
    audited: Share = Quantity(0.5, "share", 0.0, 1.0, ASSUMED)
    """Share of the certified operators that audits reach."""
    reports: Probability = Quantity(0.15, "probability", 0.02, 0.5, ASSUMED)
    """Chance that an audited operator notices what was hidden in its container, and tells."""
    posing: Probability = Quantity(0.2, "probability", 0.0, 0.6, ASSUMED)
    """Chance that a front's container passes for one of a certified operator where nobody is audited."""
    capital_usd: Usd = Quantity(3_000_000, "USD", 500_000, 15_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(4_000_000, "USD", 500_000, 20_000_000, ASSUMED)
    """Cost of a year in force."""

    def places(self) -> tuple[str, ...]:
        """The ports it speaks of."""
        return self.ports

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Raise trust, reports and, as far as audits are wanting, fronts that pose."""
        audited = float(self.audited)
        controls = controls.more("certified_trust", self.ports, self.direction, float(self.trust) * strength)
        for lever, chance in (
            ("operator_reports", float(self.reports) * audited),
            ("posing_fronts", float(self.posing) * (1.0 - audited)),
        ):
            controls = controls.towards(lever, self.ports, self.direction, 1.0, chance * strength)
        return controls
