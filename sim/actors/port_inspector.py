"""Port inspectors: the people who read scans, each with a skill, a place on the roster, and fatigue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.actors.actor import Actor
from sim.terms import DAYS_PER_WEEK
from sim.world.controls import Inspectors as Traits

if TYPE_CHECKING:
    from sim.model import SmugglingModel


class PortInspector(Actor):
    """An image analyst at one control."""

    def __init__(self, model: SmugglingModel, row: int, number: int, traits: Traits) -> None:
        super().__init__(model, f"inspector {model.checkpoints.names[row]} {number}")
        self.row, self.traits = row, traits
        spread = float(traits.skill_spread)
        self.skill = min(1.3, max(0.5, 1.0 + spread * model.draws.normal("skill", self.key, 0)))
        self.fatigue = 0.0
        self.on_shift = True

    def work(self, scans_per_analyst: float) -> None:
        """A week on or off the roster: fatigue follows the scans that each analyst reads in a day, x / (x + x_half)."""
        week = self.model.day // DAYS_PER_WEEK
        turn = week // max(1, int(self.traits.shift_weeks))
        self.on_shift = self.model.draws.uniform("roster", self.key, turn) < float(self.traits.on_shift)
        self.fatigue = (
            scans_per_analyst / (scans_per_analyst + float(self.traits.scans_when_tired)) if self.on_shift else 0.0
        )

    @property
    def sees(self) -> float:
        """Factor on the chance that a scan raises an alarm: skill less what fatigue costs."""
        return self.skill * (1.0 - float(self.traits.fatigue_loss) * self.fatigue)
