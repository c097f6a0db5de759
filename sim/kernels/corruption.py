"""Bribes at the controls: who is approached, who accepts, whose boxes his eyes pass over, and what audits find."""

import math
from typing import cast

import numpy as np

from sim.kernels.compiling import jit_bare, jit_part
from sim.kernels.loads import LOAD, SEIZED
from sim.kernels.prospects import CELL
from sim.kernels.words import uniform

INSPECTOR = np.dtype(
    [
        ("principal", np.int64),  # organisation in whose pay he is, -1 for none
        ("threshold_usd", np.float64),  # bribe a year that he would take if there were nothing to fear
        ("pressed", np.bool_),  # whether he was threatened when he was approached
        ("traces", np.int64),  # loads of his principal that passed his control under his eyes since the last audit
        ("trained", np.int64),  # day from which he reads scans
    ],
    align=True,
)
"""A port inspector, as far as bribes are concerned."""

BRIBERY = np.dtype(
    [
        ("approach", np.float64),  # chance of an approach in a week
        ("most", np.int64),  # inspectors of a control in the pay of one organisation
        ("threats", np.float64),  # chance that an approach comes with a threat
        ("yields", np.float64),  # factor of a threat on the threshold
        ("fear", np.float64),  # factor of a year's perceived chance of being found, on what is asked
        ("memory", np.float64),  # share of the perceived chance that is kept from one week to the next
        ("trace", np.float64),  # how much each trace adds to the rate at which audits find him, in shares of it
    ],
    align=True,
)
"""How bribes are offered, weighed and found."""

LUCK = ("approach", "whom", "threat", "audit")
"""Purposes of the draws, in the order of their keys."""
_APPROACH, _WHOM, _THREAT, _AUDIT = range(4)
WEEKS_PER_YEAR = 365.25 / 7.0

_0 = cast("int", np.int64(0))  # a bare 0 has a type of its own: compiled again


@jit_part
def _accepts(inspector, offer, integrity, perceived, terms):  # type: ignore[no-untyped-def]
    """Whether a bribe covers what somebody asks: his threshold, raised by integrity programmes and by what he expects
    of being found (Becker 1968), lowered by a threat."""
    asks = inspector["threshold_usd"] * integrity * (1.0 + terms["fear"] * perceived)
    return offer >= (asks * terms["yields"] if inspector["pressed"] else asks)


@jit_bare
def tempt(  # type: ignore[no-untyped-def]
    day, numbers, keys, cells, spans, posts, first, salts, inspectors, offers, integrity, perceived, terms, luck, purse
):
    """The week of n organisations: they pay whom they have at controls, let go, and approach others.

    numbers: int64[n], theirs among all that there ever were; keys: uint64[n], their addresses; cells: CELL[.], those
    of each between its spans, int64[n, 2]; posts: int64[., 2], rows of the export and of the import control at the
    place of each cell, -1 for none; inspectors: INSPECTOR[I], those of control c from first[c] to first[c + 1]; salts:
    uint64[C], addresses of controls; offers: float64[C], USD a year; integrity, perceived: float64[C]; terms:
    BRIBERY[1]; luck: uint64[4]; purse: int64[n], cents, paid from.
    """
    for k in range(len(numbers)):
        n = numbers[k]
        for row in range(spans[k, 0], spans[k, 1]):
            for side in range(2):
                c = posts[row, side]
                if c < 0:
                    continue
                offer, pay = offers[c], np.int64(offers[c] / WEEKS_PER_YEAR * 100.0 + 0.5)
                inside = 0
                for i in range(first[c], first[c + 1]):
                    if inspectors[i]["principal"] == n:
                        stays = _accepts(inspectors[i], offer, integrity[c], perceived[c], terms[0])
                        if not (cells[row]["held"] and stays and purse[k] >= pay):
                            inspectors[i]["principal"] = -1
                            continue
                        purse[k] -= pay
                        inside += 1
                people = first[c + 1] - first[c]
                if not cells[row]["held"] or inside >= terms[0]["most"] or people == 0 or purse[k] < pay:
                    continue
                pair = keys[k] ^ salts[c]
                if uniform(luck[_APPROACH], pair, day, _0) >= terms[0]["approach"]:
                    continue
                i = first[c] + np.int64(uniform(luck[_WHOM], pair, day, _0) * people)
                if inspectors[i]["principal"] >= 0 or inspectors[i]["trained"] > day:
                    continue
                inspectors[i]["pressed"] = uniform(luck[_THREAT], pair, day, _0) < terms[0]["threats"]
                if _accepts(inspectors[i], offer, integrity[c], perceived[c], terms[0]):
                    inspectors[i]["principal"], inspectors[i]["traces"] = n, 0
                    purse[k] -= pay


@jit_bare
def turn_away(first, inspectors, on_shift, reads):  # type: ignore[no-untyped-def]
    """How far each organisation's boxes are seen at each control, into reads float64[N, C]: a scan is read by any one
    of the roster, and whoever is in its pay sees nothing. Where nobody is on the roster, everybody there reads.

    on_shift: bool[I]. Returns how many inspectors are in somebody's pay.
    """
    reads[:] = 1.0
    bought = 0
    for c in range(len(first) - 1):
        here, present = 0, 0
        for i in range(first[c], first[c + 1]):
            here += 1 if inspectors[i]["principal"] >= 0 else 0
            present += on_shift[i]
        bought += here
        if here > 0:
            readers = present if present > 0 else first[c + 1] - first[c]
            for i in range(first[c], first[c + 1]):
                n = inspectors[i]["principal"]
                if n >= 0 and (on_shift[i] or present == 0):
                    reads[n, c] = max(0.0, reads[n, c] - 1.0 / readers)
    return bought


@jit_bare
def leave_traces(control, number, loads, first, inspectors, on_shift, reads):  # type: ignore[no-untyped-def]
    """Loads that passed a control where their owner has somebody leave traces with him; returns grams that did.

    control, number: int64[D], what was presented today, and where; loads: LOAD[.], after what the controls did.
    """
    grams = _0
    for at in range(len(control)):
        load, c = loads[number[at]], control[at]
        owner = load["organisation"]
        if owner >= 0 and reads[owner, c] < 1.0 and load["outcome"] != SEIZED:
            grams += load["grams"]
            for i in range(first[c], first[c + 1]):
                if inspectors[i]["principal"] == owner and on_shift[i]:
                    inspectors[i]["traces"] += 1
    return grams


@jit_bare
def audit(day, rows, first, inspectors, keys, rates, perceived, terms, luck, found):  # type: ignore[no-untyped-def]
    """The week's audits at the controls in `rows`; returns how many corrupted inspectors they found, listed in found.

    keys: uint64[I], inspectors' addresses; rates: float64[C], how often a year audits find somebody who leaves no
    traces; perceived: float64[C], moved towards the chance that they do, and up by each that is found; found: int64[I].
    """
    count = 0
    for c in rows:
        known = 1.0 - math.exp(-rates[c])
        perceived[c] = known + terms[0]["memory"] * (perceived[c] - known)
        for i in range(first[c], first[c + 1]):
            if inspectors[i]["principal"] >= 0:
                rate = rates[c] * (1.0 + terms[0]["trace"] * inspectors[i]["traces"])
                if uniform(luck[_AUDIT], keys[i], day, _0) < 1.0 - math.exp(-rate / WEEKS_PER_YEAR):
                    found[count] = i
                    count += 1
                    perceived[c] += (1.0 - perceived[c]) / (first[c + 1] - first[c] + 10.0)
            inspectors[i]["traces"] = 0
    return count


def warm() -> None:
    """Compile each function for the types that a run uses."""
    rows, first, keys = np.zeros(0, np.int64), np.zeros(2, np.int64), np.zeros(1, np.uint64)
    inspectors, terms, luck, lever = np.zeros(1, INSPECTOR), np.zeros(1, BRIBERY), np.zeros(4, np.uint64), np.zeros(1)
    lever.flags.writeable = False  # as those are that policies move
    column, reads, flags, posts = np.zeros(1), np.ones((1, 1)), np.zeros(1, np.bool_), np.zeros((1, 2), np.int64)
    tempt(
        0, rows, keys, np.zeros(1, CELL), posts[:0], posts, first, keys, inspectors, column,
        lever, column, terms, luck, rows,
    )  # fmt: skip
    turn_away(first, inspectors, flags, reads)
    leave_traces(rows, rows, np.zeros(1, LOAD), first, inspectors, flags, reads)
    audit(0, rows, first, inspectors, keys, lever, column, terms, luck, first)
