"""Programmes for the people whom traffickers ask: prevention, and livelihoods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.policies.policy import Policy
from sim.quantity import ASSUMED, Quantity, Share, Usd, Years
from sim.terms import Name
from sim.world.communities import Audience

if TYPE_CHECKING:
    from sim.world.levers import Controls


class Prevention(Policy):
    """Campaigns where couriers are asked: the work is looked down upon more, and its true risk is known better. Both
    come in time, and go slowly when it ends."""

    kind: Literal["prevention"] = "prevention"
    communities: tuple[Name, ...] = Field(min_length=1)
    """Ports, coasts, regions or countries."""
    audience: Audience = "youth"
    """Port workers live around ports, fishing communities along coasts, young people at both."""
    reach: Share = Quantity(0.5, "share", 0.1, 0.9, ASSUMED)
    """Share of those who could be asked whom it reaches."""
    stigma: Years = Quantity(0.5, "years", 0.1, 1.5, ASSUMED)
    """What it adds to the stigma of the work among those reached, in years of the own reservation wage."""
    awareness: Share = Quantity(0.4, "share", 0.1, 0.8, ASSUMED)
    """What it adds to the weight of the true risk of arrest in what they believe."""
    capital_usd: Usd = Quantity(500_000, "USD", 0, 5_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(2_000_000, "USD", 200_000, 10_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """The communities that it speaks to."""
        return self.communities

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Raise stigma and awareness, in the mean over all who could be asked."""
        reached = float(self.reach) * strength
        controls = controls.raised_among("stigma", self.communities, self.audience, float(self.stigma) * reached)
        return controls.raised_among(
            "awareness", self.communities, self.audience, float(self.awareness) * reached, most=1.0
        )


class Livelihoods(Policy):
    """Alternative livelihoods where couriers are asked: legal work pays better, in time, and for a while after the
    programme has ended."""

    kind: Literal["livelihoods"] = "livelihoods"
    communities: tuple[Name, ...] = Field(min_length=1)
    """Ports, coasts, regions or countries."""
    audience: Audience = "youth"
    """Port workers live around ports, fishing communities along coasts, young people at both."""
    reach: Share = Quantity(0.3, "share", 0.05, 0.8, ASSUMED)
    """Share of those who could be asked whom it reaches."""
    gain: Share = Quantity(0.3, "share", 0.1, 1.0, ASSUMED)
    """What those reached earn more in legal work."""
    capital_usd: Usd = Quantity(5_000_000, "USD", 500_000, 50_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(10_000_000, "USD", 1_000_000, 60_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """The communities that it speaks to."""
        return self.communities

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Raise the legal wage, in the mean over all who could be asked."""
        factor = 1.0 + float(self.gain) * float(self.reach) * strength
        return controls.scaled_among("legal_wage", self.communities, self.audience, factor)
