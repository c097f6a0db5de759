"""Links between states: who passes on what to whom, with which chance and after how many days."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np
from numpy.typing import NDArray

from sim.world.sources import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.world.cooperation import Sharing
    from sim.world.states import States

SUBJECTS: tuple[Subject, ...] = get_args(Subject)
Chances = NDArray[np.float64]


def no_links(states: int) -> tuple[Chances, Chances]:
    """Nobody tells anybody: chances float64[kinds, S, S], from row to column, and mean days float64[S, S]."""
    return np.zeros((len(SUBJECTS), states, states)), np.full((states, states), np.inf)


def pairs_of(states: States, terms: Sharing) -> NDArray[np.bool_]:
    """bool[S, S]: who shares with whom by an agreement."""
    one, other = states.rows(terms.states), states.rows(terms.partners or terms.states)
    found = np.zeros((len(states), len(states)), np.bool_)
    found[np.ix_(one, other)] = found[np.ix_(other, one)] = True
    np.fill_diagonal(found, val=False)
    return found


def widened(
    links: tuple[Chances, Chances], pairs: NDArray[np.bool_], kinds: Iterable[Subject], chance: float, days: float
) -> tuple[Chances, Chances]:
    """Links with more: where several hold, the higher chance and the shorter delay count."""
    chances, delays = links[0].copy(), links[1].copy()
    for kind in kinds:
        row = chances[SUBJECTS.index(kind)]
        row[pairs] = np.maximum(row[pairs], chance)
    if chance > 0.0:
        delays[pairs] = np.minimum(delays[pairs], days)
    return chances, delays
