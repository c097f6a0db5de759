"""The core of an organisation: people whom it trusts and cannot hire, each with a task that it cannot do without."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.actors.traits import Core as Terms
from sim.terms import DAYS_PER_WEEK

if TYPE_CHECKING:
    from sim.kernels.draws import Draws


class Core:
    """How many of them are there, and what the organisation gets done without the others."""

    def __init__(self, terms: Terms) -> None:
        self.people, self.missing = int(terms.people), 0
        self._stand_in, self._vetting_days = float(terms.stand_in), float(terms.vetting_days)

    @property
    def left(self) -> int:
        """Those who are at their tasks."""
        return self.people - self.missing

    @property
    def work(self) -> float:
        """Share of weeks in which an organisation works: others stand in badly for who is missing."""
        return math.pow(self._stand_in, self.missing) if self.missing else 1.0

    def works(self, draws: Draws, key: np.uint64, day: int) -> bool:
        """Whether it buys and sends anything this week."""
        return not self.missing or draws.uniform("work without some", key, day) < self.work

    def lose(self, count: int) -> None:
        """So many are arrested: whatever becomes of them, they are known now and of no more use."""
        self.missing = min(self.people, self.missing + count)

    def recover(self, draws: Draws, key: np.uint64, day: int) -> None:
        """A week: each free place may be taken by somebody whom those who are left know and vouch for."""
        if not self.missing:
            return
        chance = -math.expm1(-DAYS_PER_WEEK / self._vetting_days * self.left / self.people)
        taken = [draws.uniform("vetting", key, day, place) < chance for place in range(self.missing)]
        self.missing -= sum(taken)
