"""A week of rivalry: organisations whose crews crowd at one place share it by strength, and the weaker may lose it."""

from __future__ import annotations

import math
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from sim.kernels.compiling import jit_bare, jit_part
from sim.kernels.prospects import CELL
from sim.kernels.words import uniform

_0 = cast("int", np.int64(0))  # a bare 0 has a type of its own: compiled again


class Ground(NamedTuple):
    """The places that can be contested, and all cells that there may be at them."""

    room: NDArray[np.float64]
    """float64[P]: crews that can work at each place side by side."""
    keys: NDArray[np.uint64]
    """uint64[P]: what places are addressed by."""
    place: NDArray[np.int64]
    """int64[cells]: where each cell is."""
    seat: NDArray[np.int64]
    """int64[cells]: and whose, as rows of the parties."""
    wanted: NDArray[np.float64]
    """float64[P], to work with: crews that are there."""
    force: NDArray[np.float64]
    """float64[P], to work with: their strength, added up."""
    strongest: NDArray[np.int64]
    """int64[P], to work with: the cell of the strongest; the first of equals."""
    parties: NDArray[np.int64]
    """int64[P], to work with: how many organisations have crews there."""
    strength: NDArray[np.float64]
    """float64[cells], to work with: of the crews there."""
    lost: NDArray[np.int64]
    """int64[cells]: cells that are lost to others, filled from its beginning."""

    @classmethod
    def of(
        cls, room: NDArray[np.float64], keys: NDArray[np.uint64], place: NDArray[np.int64], seat: NDArray[np.int64]
    ) -> Ground:
        """With space to work in."""
        places, none = len(room), np.zeros(len(place), np.int64)
        return cls(
            room, keys, place, seat, np.zeros(places), np.zeros(places), np.zeros(places, np.int64),
            np.zeros(places, np.int64), np.zeros(len(place)), none,
        )  # fmt: skip


class Parties(NamedTuple):
    """Organisations, one row a seat; those of empty seats have no cells."""

    size: NDArray[np.float64]
    crew: NDArray[np.float64]
    """Couriers in a crew."""
    keys: NDArray[np.uint64]


@jit_bare
def contest(cells, ground, parties, exponent, push_out, luck, day):  # type: ignore[no-untyped-def]
    """Share out the places where more crews work than there is room for; returns how many cells are lost to others, how
    many places were contested, and how crowded these were, added up.

    cells: CELL[cells], in which it is noted for what share of the crews there is no room: with x_i the strength of
    party i, W the crews there and R the room, it can do the work of min(its crews, R x_i / sum x) crews (Tullock 1980).
    Whoever is not the strongest loses its cell with probability push_out * (1 - R / W) * (1 - x_i / sum x). exponent,
    push_out: float64; luck: uint64, key of the draws; day: int64.
    """
    ground.wanted[:], ground.force[:], ground.strongest[:], ground.parties[:] = 0.0, 0.0, -1, 0
    for row in range(len(ground.place)):
        at, who = ground.place[row], ground.seat[row]
        crews = _crews(cells[row], parties.crew[who])
        if crews > 0.0:
            strength, best = math.pow(parties.size[who] * crews, exponent), ground.strongest[at]
            ground.strength[row] = strength
            ground.wanted[at] += crews
            ground.force[at] += strength
            ground.parties[at] += 1
            if best < 0 or strength > ground.strength[best]:
                ground.strongest[at] = row
    lost, contests, crowding = 0, 0, 0.0
    for at in range(len(ground.room)):
        crowded = _crowding(ground, at)
        contests += 1 if crowded > 0.0 else 0
        crowding += crowded
    for row in range(len(ground.place)):
        at, who = ground.place[row], ground.seat[row]
        crews, crowded = _crews(cells[row], parties.crew[who]), _crowding(ground, at)
        cells[row]["crowded"] = 0.0
        if crews > 0.0 and crowded > 0.0:
            share = ground.strength[row] / ground.force[at]
            cells[row]["crowded"] = 1.0 - min(1.0, ground.room[at] * share / crews)
            drawn = uniform(luck, ground.keys[at] ^ parties.keys[who], day, _0)
            if row != ground.strongest[at] and drawn < push_out * crowded * (1.0 - share):
                ground.lost[lost] = row
                lost += 1
    return lost, contests, crowding


@jit_part
def _crews(cell, crew):  # type: ignore[no-untyped-def]
    """Crews that work in a cell; none where there is no cell."""
    return cell["hands"] / crew if cell["held"] and cell["hands"] > 0 else 0.0


@jit_part
def _crowding(ground, at):  # type: ignore[no-untyped-def]
    """Share of the crews at a place for which there is no room; 0 where one organisation has it for itself."""
    if ground.parties[at] < 2 or ground.wanted[at] <= ground.room[at]:
        return 0.0
    return 1.0 - ground.room[at] / ground.wanted[at]


def warm() -> None:
    """Compile each function for the types that a run uses."""
    one, keys, none = np.ones(1), np.zeros(1, np.uint64), np.zeros(1, np.int64)
    contest(np.zeros(1, CELL), Ground.of(one, keys, none, none), Parties(one, one, keys), 1.0, 0.0, keys[0], 0)
