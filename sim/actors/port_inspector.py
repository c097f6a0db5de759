"""Port inspectors: the people who read scans, each with a skill, a place on the roster, and fatigue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.actors.actor import Actor

if TYPE_CHECKING:
    from sim.model import SmugglingModel


class PortInspector(Actor):
    """An image analyst at one control; `Staff` says what a week's work does."""

    def __init__(self, model: SmugglingModel, row: int, number: int, hired: int | None = None) -> None:
        """Hired: the day on which they took the place of somebody dismissed, if they were not there from the start."""
        since = "" if hired is None else f", hired on day {hired}"
        super().__init__(model, f"inspector {model.checkpoints.names[row]} {number}{since}")
        self.row, self.number = row, number

    @property
    def _at(self) -> int:
        return int(self.model.staff.first[self.row]) + self.number

    @property
    def skill(self) -> float:
        """Factor on the chance that a scan raises an alarm, when rested."""
        return float(self.model.staff.skill[self._at])

    @property
    def fatigue(self) -> float:
        """0 rested, towards 1 with the scans read in a day."""
        return float(self.model.staff.fatigue[self._at])

    @property
    def on_shift(self) -> bool:
        """Whether on the roster."""
        return bool(self.model.staff.on_shift[self._at])

    @property
    def sees(self) -> float:
        """Factor on the chance that a scan raises an alarm: skill less what fatigue costs."""
        return self.model.staff.sees(self._at)
