"""Deterrence: as expected profit, but risk above a threshold keeps a growing part of the lots at home."""

from __future__ import annotations

from typing import Annotated, Literal

from sim.actors.behaviours.behaviour import Behaviour, Choice, Seen
from sim.quantity import ASSUMED, Measure, PositiveNumber, Quantity

PositiveProbability = Annotated[Quantity, Measure("probability", gt=0.0, le=1.0)]


class Deterrence(Behaviour):
    """Takes the best as expected profit does, and sends it with a chance min(1, (threshold / perceived chance of
    loss)^steepness)."""

    kind: Literal["deterrence"] = "deterrence"
    threshold: PositiveProbability = Quantity(0.13, "probability", 0.02, 0.3, ASSUMED)
    """Perceived chance of loss on a way below which nobody is deterred (0.13 without, 0.02 to 0.03 with lethal force:
    Anthony, Crane and Hanson 2000, IDA P-3472, from memory)."""
    steepness: PositiveNumber = Quantity(1.0, "1", 0.5, 3.0, ASSUMED)
    """Power by which willingness falls beyond the threshold (about 1, the same source, from memory)."""

    def choose(self, seen: Seen) -> Choice:
        """Always the same rule."""
        return Choice(threshold=float(self.threshold), steepness=float(self.steepness))
