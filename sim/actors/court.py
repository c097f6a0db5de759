"""Prosecutors' offices and courts: what they do as the wait for a court grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.actors.actor import Actor
from sim.kernels.docket import TRIAL
from sim.world.justice import Courts

if TYPE_CHECKING:
    from sim.model import SmugglingModel
    from sim.world.columns import Records


class Office(Actor):
    """The prosecutors or the courts of a state; they look at their backlog every four weeks."""

    def __init__(self, model: SmugglingModel, called: str, row: int, traits: Courts, courts: Records) -> None:
        """Row: of the state; courts: COURTS[S], in which what they decide is kept."""
        super().__init__(model, f"{called} of {model.states.codes[row]}")
        self.row, self.traits, self.courts = row, traits, courts

    def decide(self, wait_days: float) -> None:
        """Set how they work until they look again, given the expected wait for a court."""
        raise NotImplementedError


class Prosecution(Office):
    """Decides how much evidence a case needs, and how many pleas are bargained."""

    def __init__(self, model: SmugglingModel, row: int, traits: Courts, courts: Records) -> None:
        super().__init__(model, "prosecution", row, traits, courts)

    def decide(self, wait_days: float) -> None:
        """Under pressure more weak cases are dropped and more pleas offered: half way at `triage_days` of wait."""
        traits = self.traits
        half = float(traits.triage_days)
        pressed = wait_days / (wait_days + half) if wait_days > 0.0 else 0.0
        for lever, calm, at_most in (("plea", "plea", "plea_pressed"), ("least", "weak", "weak_pressed")):
            low, high = float(getattr(traits, calm)), float(getattr(traits, at_most))
            self.courts[lever][self.row] = low + max(0.0, high - low) * pressed


class Court(Office):
    """Decides which case is taken up next: the one that came first, or, when it is far behind, the gravest."""

    def __init__(self, model: SmugglingModel, row: int, traits: Courts, courts: Records) -> None:
        super().__init__(model, "court", row, traits, courts)

    def decide(self, wait_days: float) -> None:
        """Grave cases first where the expected wait is beyond `triage_days`."""
        self.courts["by_severity"][self.row, TRIAL] = wait_days > float(self.traits.triage_days)
