"""Protocols of choice that call boxes up by lot: tiers of risk, and skip-lot inspection of what has long been clean."""

from __future__ import annotations

from sim.kernels.boxes import FOUND, I32, I64, LEVELS, U64
from sim.kernels.compiling import jit_part
from sim.kernels.ranking import keep_highest
from sim.kernels.scoring import look_of
from sim.kernels.words import mix64

BY_SCORE, ONLY_HIGH, TIERS, SKIP_LOT = range(4)
"""Schemes: the highest scores; of these only high-risk boxes; a share of each tier of risk; a share that falls with
clean inspections."""
CALLS = U64(0x9FB21C651E98DF25)
"""Sets the lot by which a box is called up apart from its order among equals."""
LAST = I64(LEVELS - 1)
"""The last step of compliance."""
MUST, UNCALLED = 1 << 20, -(1 << 20)
"""Places before and behind all boxes that are called up."""


@jit_part
def stream_of(c, slot, boxes, dirty, scratch):  # type: ignore[no-untyped-def]
    """Row of the like of the box in a slot: its lane and the history of its shipper."""
    d = scratch.holds[slot]
    if d >= 0:
        history = I64(scratch.inside[d - dirty.first[c], 2]) - I64(boxes.column[2])
    else:
        history = I64(look_of(scratch.word[slot], boxes.own, boxes.look) >> U64(6))
    return I64(scratch.place[slot]) * LEVELS + history


@jit_part
def call_up(c, n, chosen, must, median, block, boxes, rules, dirty, scanners, scratch):  # type: ignore[no-untyped-def]
    """Call up boxes of control c, all n of which are listed; returns how many are to be scanned, as capacity allows.

    Writes the order in which they are taken into scratch.odds, the highest first: the `must` boxes of highest score,
    then those called up by lot, by tier of risk or else by score (continuous sampling: Dodge 1943, several levels:
    Lieberman and Solomon 1955), then those that nobody calls.
    """
    called, shares, tiers = I64(0), rules.called[c], rules.scheme[c] == TIERS
    if must > 0:
        keep_highest(scratch.rank, scratch.word, n, must, block, scratch.luck, scratch.keep)
    for slot in range(n):
        above = scratch.rank[slot] - median
        if tiers:
            step = I64(0) if above >= rules.high[c] else I64(1) if above >= rules.middle[c] else I64(2)
        else:
            step = min(I64(scanners.clean[stream_of(c, slot, boxes, dirty, scratch)] // rules.clearance[c]), LAST)
        if must > 0 and scratch.keep[slot]:
            scratch.odds[slot] = MUST
        elif I32(mix64(scratch.word[slot] ^ block ^ CALLS) >> U64(44)) < shares[step]:
            scratch.odds[slot] = -step if tiers else scratch.rank[slot]
            called += 1
        else:
            scratch.odds[slot] = UNCALLED
    return must + min(max(chosen - must, 0), called)


@jit_part
def remember(c, scans, alarms, boxes, dirty, scanners, scratch, out):  # type: ignore[no-untyped-def]
    """Count clean inspections of the like of each box that control c scanned; a find begins the count anew.

    An alarm that nobody opened says nothing. Alarms are listed in the order of their slots.
    """
    alarm = 0
    for slot in range(scans):
        if alarm < alarms and scratch.alarmed[alarm] == slot:
            alarm += 1
            if not scratch.keep[alarm - 1]:
                continue
        d, like = scratch.holds[slot], stream_of(c, slot, boxes, dirty, scratch)
        found = d >= 0 and out.fate[d] == FOUND
        scanners.clean[like] = 0 if found else scanners.clean[like] + 1
