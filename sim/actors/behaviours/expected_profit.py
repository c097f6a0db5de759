"""Expected profit: the best value per kilogram, by one sample of beliefs a lot."""

from __future__ import annotations

from typing import Literal

from sim.actors.behaviours.behaviour import Behaviour, Choice, Seen


class ExpectedProfit(Behaviour):
    """Takes the best value per kilogram for each lot, its risks drawn from beliefs (Thompson sampling)."""

    kind: Literal["expected_profit"] = "expected_profit"

    def choose(self, seen: Seen) -> Choice:
        """Always the same rule."""
        return Choice()
