"""Cooperation between states: agreements to share intelligence, a forum, and systems that understand each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.policies.policy import Policy
from sim.quantity import ASSUMED, Quantity, Usd
from sim.terms import Name
from sim.world.cooperation import Factor, Sharing

if TYPE_CHECKING:
    from sim.world.levers import Controls


class IntelligenceSharing(Policy, Sharing):
    """The named states pass on to each other what they know of what moves, as far as privacy rules let it pass."""

    kind: Literal["intelligence_sharing"] = "intelligence_sharing"
    running_usd_per_year: Usd = Quantity(1_000_000, "USD", 200_000, 5_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """The states it speaks of."""
        return (*self.states, *self.partners)

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Raise the chance that what one knows is passed on to the others."""
        return controls.sharing_by(self, strength)


class ForumMembership(Policy):
    """The named states are members of the forum: it is founded by it, or grows; its terms are those of the scenario."""

    kind: Literal["forum"] = "forum"
    states: tuple[Name, ...] = Field(min_length=1)
    """States by their codes, their roles or their trade regions."""
    running_usd_per_year: Usd = Quantity(2_000_000, "USD", 500_000, 10_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """The states it speaks of."""
        return self.states

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Make members of them, as far as the policy works."""
        return controls.at_states("membership", self.states, lambda now: max(now, strength))


class InteroperableSystems(Policy):
    """Systems of the named states understand each other: what one passes on reaches the other sooner."""

    kind: Literal["interoperable_systems"] = "interoperable_systems"
    states: tuple[Name, ...] = Field(min_length=1)
    """States by their codes, their roles or their trade regions."""
    factor: Factor = Quantity(0.3, "1", 0.05, 0.8, ASSUMED)
    """Factor on the delay between two states that both have them."""
    capital_usd: Usd = Quantity(20_000_000, "USD", 5_000_000, 100_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(3_000_000, "USD", 500_000, 15_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """The states it speaks of."""
        return self.states

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Shorten the delays."""
        factor = 1.0 + (float(self.factor) - 1.0) * strength
        return controls.at_states("delay_factor", self.states, lambda now: min(now, factor))
