"""A week at the controls: officers learn which evidence pays, inspectors come and go and tire."""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from sim.kernels.boxes import CERTAINTY, POINTS
from sim.kernels.compiling import jit_bare
from sim.kernels.words import Floats, Integers, Keys, uniform

type Flags = NDArray[np.bool_]

STRONGEST = 6.0
"""No piece of evidence weighs more than this, in log-odds."""

_0 = cast("int", np.int64(0))  # a bare 0 has a type of its own: compiled again


@jit_bare
def learn(
    rows: Integers,
    hits: Integers,
    expected: Integers,
    start: Floats,
    weights: Floats,
    points: NDArray[np.int16],
    rate: float,
    prior_hits: float,
    memory: float,
) -> None:
    """Move the weights of the controls in `rows` by what their week of inspections found, and open their next week.

    Logistic regression over pieces of evidence, in the mean over a week: w += rate * (found - expected) /
    (expected + prior hits), then a little back to the starting weight, within -6 to 6.

    hits int64[C, F]: finds by evidence; expected int64[C, F]: finds that the weights expected, in 1 / CERTAINTY; both
    are set to 0. start, weights float64[C, F], log-odds; points int16[C, F]: the weights as boxes are scored by.
    """
    for c in rows:
        for f in range(weights.shape[1]):
            due = expected[c, f] / CERTAINTY
            weight = weights[c, f] + rate * ((hits[c, f] - due) / (due + prior_hits))
            weight += (1.0 - memory) * (start[c, f] - weight)
            weights[c, f] = min(max(weight, -STRONGEST), STRONGEST)
            points[c, f] = np.int16(np.rint(weights[c, f] * POINTS))
            hits[c, f] = expected[c, f] = 0


@jit_bare
def man(
    rows: Integers,
    first: Integers,
    scans: Integers,
    keys: Keys,
    roster: np.uint64,
    turn: int,
    share: float,
    tiring: float,
    new: Flags,
    on_shift: Flags,
    fatigue: Floats,
) -> None:
    """Make the roster of the controls in `rows`; who is on it is as tired as the week's scans make an analyst.

    Each inspector but those who are `new`, bool[I], and still in training is on the roster with probability `share`, by
    a draw for the purpose `roster` at day `turn`; fatigue is x / (x + tiring), x being the scans that each analyst read
    in a day, all of them if nobody was on the roster.

    first int64[C + 1]: inspectors of control c stand at first[c] to first[c + 1]; scans int64[C]: of the week, set to
    0; keys uint64[I]; on_shift bool[I] and fatigue float64[I] are written.
    """
    for c in rows:
        a, b = first[c], first[c + 1]
        present = 0
        for i in range(a, b):
            present += on_shift[i]
        load = scans[c] / 7.0 / (present if present else b - a)
        scans[c] = 0
        for i in range(a, b):
            on_shift[i] = uniform(roster, keys[i], turn, _0) < share and not new[i]
            fatigue[i] = load / (load + tiring) if on_shift[i] and load > 0.0 else 0.0


@jit_bare
def look(
    rows: Integers,
    first: Integers,
    skill: Floats,
    on_shift: Flags,
    fatigue: Floats,
    loss: float,
    even: Floats,
    sight: Floats,
) -> None:
    """How well the controls in `rows` read scans: the mean of skill * (1 - loss * fatigue) over those on the roster.

    Where nobody is, everybody there reads; a control without inspectors keeps what it has. skill float64[I]: factor on
    the chance that a scan raises an alarm; even float64[C]: share of what sets skills apart from 1, and of the loss,
    that procedures take away; sight float64[C] is written.
    """
    for c in rows:
        a, b = first[c], first[c + 1]
        present, seen, possible = 0, 0.0, 0.0
        for i in range(a, b):
            sees = (skill[i] + even[c] * (1.0 - skill[i])) * (1.0 - loss * (1.0 - even[c]) * fatigue[i])
            possible += sees
            if on_shift[i]:
                present += 1
                seen += sees
        if a < b:
            sight[c] = seen / present if present else possible / (b - a)


@jit_bare
def lead(
    rows: Integers,
    hits: Integers,
    expected: Integers,
    start: Floats,
    weights: Floats,
    points: NDArray[np.int16],
    rate: float,
    prior_hits: float,
    memory: float,
    first: Integers,
    scans: Integers,
    keys: Keys,
    roster: np.uint64,
    turn: int,
    share: float,
    tiring: float,
    new: Flags,
    on_shift: Flags,
    fatigue: Floats,
    skill: Floats,
    loss: float,
    even: Floats,
    sight: Floats,
) -> None:
    """The week of the controls in `rows`: `learn`, `man` and `look`, one after the other."""
    learn(rows, hits, expected, start, weights, points, rate, prior_hits, memory)
    man(rows, first, scans, keys, roster, turn, share, tiring, new, on_shift, fatigue)
    look(rows, first, skill, on_shift, fatigue, loss, even, sight)


def warm() -> None:
    """Compile each function for the types that a run uses."""
    rows, first, keys = np.zeros(1, np.int64), np.zeros(2, np.int64), np.zeros(1, np.uint64)
    counts, table, column, flags = np.zeros((1, 1), np.int64), np.zeros((1, 1)), np.zeros(1), np.zeros(1, np.bool_)
    even = np.zeros(1)
    even.flags.writeable = False  # as those are that policies move
    lead(
        rows, counts, counts, table, table.copy(), np.zeros((1, 1), np.int16), 1.0, 1.0, 1.0,
        first, rows.copy(), keys, keys[0], 0, 1.0, 1.0, flags, flags.copy(), column, column, 0.0, even, column,
    )  # fmt: skip
    look(rows, first, column, flags, column, 0.0, even, column)
