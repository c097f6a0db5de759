"""Methods: the concealments in which a container can carry a load, and the kinds of craft that can, as columns."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernels.prospects import METHOD, Records
from sim.kernels.search import CRAFT
from sim.world.commodity import Concealment
from sim.world.route import Craft


def methods_of(concealments: Mapping[str, Concealment], kinds: Mapping[str, Craft]) -> Records:
    """METHOD[2, M]: concealments, then kinds of craft; the shorter row is filled up with what no way admits."""
    found = np.zeros((2, max(len(concealments), len(kinds))), METHOD)
    for m, hiding in enumerate(concealments.values()):
        found[0, m] = float(hiding.fixed_usd), 0.0, float(hiding.largest_kg), 0.0, hiding.crew
    for m, kind in enumerate(kinds.values()):
        carriage = float(kind.usd_per_kg_1000nm) / 1000.0
        found[1, m] = float(kind.craft_usd), carriage, float(kind.capacity_kg), float(kind.loss), True
    return found


def crafts_of(kinds: Mapping[str, Craft]) -> Records:
    """CRAFT[K]: how fast each kind is, how wide it is seen, and how many are lost."""
    rows = [(float(kind.knots), float(kind.visibility), float(kind.loss)) for kind in kinds.values()]
    return np.array(rows, CRAFT)
