"""The base of everybody who decides: a Mesa agent with a name, an address for its luck, and a day of the week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim import mesa_core
from sim.kernels.draws import entity_key
from sim.terms import DAYS_PER_WEEK

if TYPE_CHECKING:
    from sim.model import SmugglingModel


class Actor(mesa_core.Agent):  # type: ignore[misc]
    """Somebody who decides once a week, on a day of the week that follows from the name."""

    model: SmugglingModel

    def __init__(self, model: SmugglingModel, name: str, key: np.uint64 | None = None) -> None:
        """Key: the address of its luck, if not that of its name."""
        super().__init__(model)
        self.name = name
        self.key = entity_key(name) if key is None else key
        self.weekday = int(self.key) % DAYS_PER_WEEK

    def next_decision(self, day: int) -> int:
        """The first day after this one that is its day of the week."""
        return day + 1 + (self.weekday - day - 1) % DAYS_PER_WEEK

    @property
    def decides_today(self) -> bool:
        """Whether this is its day of the week."""
        return self.model.day % DAYS_PER_WEEK == self.weekday
