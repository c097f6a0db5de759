"""States as those who cooperate: how far each takes part in the forum follows from the benefit that it saw."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.actors.actor import Actor
from sim.terms import DAYS_PER_YEAR

if TYPE_CHECKING:
    from sim.model import SmugglingModel
    from sim.world.cooperation import Forum


class StateActor(Actor):
    """A jurisdiction that may be a member of the forum, and decides at each meeting how far it takes part.

    It learns from what it had of the forum: finds that it would not have made, and training, against what it gave.
    """

    def __init__(self, model: SmugglingModel, row: int, terms: Forum) -> None:
        """Row: its row among the states."""
        super().__init__(model, f"state {model.states.codes[row]}")
        self.row, self.terms = row, terms
        self.joined = -1
        """Day on which it became a member; -1 before."""
        self.level = 0.0
        """How far it takes part, 0 to 1."""
        self.extent = 0.0
        """How far its membership is there: in full where it came by itself, and as far as a policy works that made it a
        member."""
        self._led_in = False
        self.benefit = 0.0
        """What it thinks that a year of the forum brings, USD."""

    @property
    def member(self) -> bool:
        """Whether it takes part at all: whoever was led in by a policy that has ended does not."""
        return self.joined >= 0 and self.extent > 0.0

    @property
    def part(self) -> float:
        """What it does of all that a member can, 0 to 1."""
        return self.level * self.extent

    def join(self) -> None:
        """Become a member of its own accord."""
        self._enter()
        self.extent, self._led_in = 1.0, False

    def led_in(self, extent: float) -> None:
        """A policy makes it a member as far as it works; who is one already stays it."""
        if extent > 0.0 and not self.member:
            self._enter()
            self._led_in = True
        if self._led_in:
            self.extent = extent

    def _enter(self) -> None:
        if not self.member:
            self.joined, self.level = self.model.day, 1.0 if self.terms.binding else float(self.terms.first_level)
            self.benefit = self._benefit_of(self.level)

    def meet(self, finds: int, given: int, days: int) -> None:
        """Weigh what came of the forum since the last meeting, and decide how far to take part from now on.

        finds: that were due to it alone; given: items prepared for others; days: since the last meeting.
        """
        terms, years = self.terms, days / DAYS_PER_YEAR
        gain = finds * float(terms.find_usd) - given * float(terms.item_usd)
        seen = gain / years + float(terms.capacity_usd) * self.part - float(terms.fee_usd)
        memory = float(terms.memory)
        self.benefit = memory * self.benefit + (1.0 - memory) * seen
        if not terms.binding:
            self.level = willingness(self.benefit, float(terms.spread_usd))

    def considers(self, benefit: float, meeting: int) -> None:
        """Join or not, by what members had of it on average: with the chance that such a benefit makes one take
        part."""
        chance = willingness(benefit, float(self.terms.spread_usd))
        if not self.member and self.model.draws.uniform("join", self.key, meeting) < chance:
            self.join()

    def _benefit_of(self, level: float) -> float:
        """Benefit a year at which it would take part so far."""
        inside = min(max(level, 1e-6), 1.0 - 1e-6)
        return float(self.terms.spread_usd) * math.log(inside / (1.0 - inside))


def willingness(benefit: float, spread: float) -> float:
    """Quantal response to a benefit: 1 / (1 + exp(-benefit / spread)). Source: McKelvey and Palfrey (1995)."""
    return 1.0 / (1.0 + math.exp(-min(max(benefit / spread, -50.0), 50.0)))
