"""Customs officers: they own the risk weights of their control, and learn them from what was inspected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.actors.actor import Actor
from sim.actors.port_inspector import PortInspector
from sim.kernels.inspection import CERTAINTY, POINTS
from sim.terms import DAYS_PER_WEEK
from sim.world.controls import Learning as Traits

if TYPE_CHECKING:
    from sim.model import SmugglingModel

STRONGEST = 6.0
"""No piece of evidence weighs more than this, in log-odds."""


class CustomsOfficer(Actor):
    """The targeting officer of one control, who leads its inspectors.

    Learns by logistic regression over pieces of evidence, on inspected containers only (what is not inspected is not
    known): each week, for each piece f, w += rate * (found_f - expected_f) / (expected_f + prior hits), then a little
    back to the starting weight. Bad news cannot come from containers that nobody opens: hence the random share.
    """

    def __init__(self, model: SmugglingModel, row: int, traits: Traits, inspectors: list[PortInspector]) -> None:
        super().__init__(model, f"officer {model.checkpoints.names[row]}")
        self.row, self.traits, self.inspectors = row, traits, inspectors
        self.start = np.clip(model.clearance.starting_weights(row), -STRONGEST, STRONGEST)
        self.weights = self.start.copy()
        self._tell()

    def _tell(self) -> None:
        self.model.points[self.row] = np.rint(self.weights * POINTS).astype(np.int16)

    def lead(self) -> None:
        """Once a week: learn from the week's inspections, and set the roster."""
        if not self.decides_today:
            return
        hits, expected, scans = self.model.week_of(self.row)
        traits = self.traits
        surprise = (hits - expected / CERTAINTY) / (expected / CERTAINTY + float(traits.prior_hits))
        self.weights += float(traits.rate) * surprise
        self.weights += (1.0 - float(traits.memory)) * (self.start - self.weights)
        np.minimum(np.maximum(self.weights, -STRONGEST), STRONGEST, out=self.weights)
        self._tell()
        if not self.inspectors:
            return
        on_duty = [inspector for inspector in self.inspectors if inspector.on_shift] or self.inspectors
        for inspector in self.inspectors:
            inspector.work(scans / DAYS_PER_WEEK / len(on_duty))
        on_duty = [inspector for inspector in self.inspectors if inspector.on_shift] or self.inspectors
        self.model.skill[self.row] = sum(inspector.sees for inspector in on_duty) / len(on_duty)
