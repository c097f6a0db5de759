"""Rules of choice for tests, with luck of their own."""

import numpy as np

from sim.actors.behaviours.behaviour import Choice
from sim.kernels.choosing import DRAWN, RULE, Habits
from sim.kernels.draws import Draws, child_keys
from sim.kernels.prospects import Records

LUCK = Draws(1974)


def rule(information: float = 1.0, **numbers) -> Records:
    """RULE[2]: expected profit, unless told otherwise, in two areas at most."""
    found = np.zeros(2, RULE)
    for name, value in ({"information": information} | Choice(**numbers)._asdict()).items():
        found[name] = DRAWN.index(value) if name == "draws" else value
    return found


def habits(table: int, checkpoints: int = 1, methods: int = 1, in_use=(), start=1.0, **numbers) -> Habits:
    """How an organisation with so many ways chooses."""
    used = np.zeros(table, np.bool_)
    used[list(in_use)] = True
    return Habits(
        rule=rule(**numbers),
        in_use=used,
        premium=np.ones(checkpoints),
        keys=child_keys("a way", 0, table),
        start=np.full((2, checkpoints, methods), start),
        purposes=np.array([LUCK.key(name) for name in ("choice", "willingness")], np.uint64),
    )
