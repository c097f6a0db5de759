"""Customs officers: they own the risk weights of their control, and learn them from what was inspected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.actors.actor import Actor

if TYPE_CHECKING:
    from sim.actors.port_inspector import PortInspector
    from sim.model import SmugglingModel


class CustomsOfficer(Actor):
    """The targeting officer of one control, who leads its inspectors; `Staff` says what a week teaches.

    Learns on inspected containers only: what is not inspected is not known. Bad news cannot come from containers that
    nobody opens: hence the random share.
    """

    def __init__(self, model: SmugglingModel, row: int, inspectors: list[PortInspector]) -> None:
        super().__init__(model, f"officer {model.checkpoints.names[row]}")
        self.row, self.inspectors = row, inspectors

    @property
    def start(self) -> NDArray[np.float64]:
        """Weights at the start, log-odds by column of evidence: float64[F]."""
        return np.asarray(self.model.staff.start[self.row])

    @property
    def weights(self) -> NDArray[np.float64]:
        """Weights now, log-odds by column of evidence: float64[F]."""
        return np.asarray(self.model.staff.weights[self.row])
