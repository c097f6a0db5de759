"""Methods: the concealments in which a container can carry a load, and the kinds of craft that can, as columns."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernels.draws import entity_key
from sim.kernels.prospects import METHOD, Records
from sim.kernels.search import CRAFT
from sim.world.commodity import Concealment
from sim.world.route import SmallCraft


def methods_of(concealments: Mapping[str, Concealment], small_craft: SmallCraft) -> Records:
    """METHOD[2, M]: concealments, then kinds of craft; the shorter row is filled up with what no way admits."""
    kinds, boats = small_craft.kinds, small_craft.boats
    found = np.zeros((2, max(len(concealments), len(kinds))), METHOD)
    for m, (name, hiding) in enumerate(concealments.items()):
        key = entity_key(f"concealment {name}")
        found[0, m] = key, float(hiding.fixed_usd), 0.0, float(hiding.largest_kg), 0.0, hiding.crew, 0.0, 0.0, 0.0
    for m, (name, kind) in enumerate(kinds.items()):
        carriage = float(kind.usd_per_kg_1000nm) / 1000.0
        lost = float(boats[name].distress * boats[name].fatal) / 1000.0 if name in boats else 0.0
        costs = float(kind.craft_usd), carriage, float(kind.capacity_kg), float(kind.loss)
        found[1, m] = entity_key(f"craft {name}"), *costs, True, lost, 0.0, 0.0
    return found


def crafts_of(small_craft: SmallCraft) -> Records:
    """CRAFT[K]: how fast each kind is, how wide it is seen, and how many are lost; of boats, what distress comes to."""
    rows = []
    for name, kind in small_craft.kinds.items():
        boat = small_craft.boats.get(name)
        distress = (float(boat.distress) / 1000.0, float(boat.calls), float(boat.fatal)) if boat else (0.0, 0.0, 0.0)
        rows.append((float(kind.knots), float(kind.visibility), float(kind.loss), boat is not None, *distress))
    return np.array(rows, CRAFT)
