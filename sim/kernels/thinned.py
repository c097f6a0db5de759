"""Thinned control: the same day as in `sim.kernels.inspection`, its clean boxes drawn in aggregate, not one by one.

The clean boxes of a control are a Poisson process over their points. How many are expected at or above each number of
points, and how many of these give an alarm (`Flow.upto`), follows from the tables that boxes are made of, by
convolution. The box at which the scans end is then one draw: counted from the highest points down, in numbers of
expected boxes, the n-th point of such a process lies where a gamma variable of shape n says, and those before it lie
uniformly (Kingman 1993, "Poisson processes", 2.4). Contaminated boxes stand at their places on that scale, each with
its own word. Tallies and fates have the law of `inspection`; nothing is approximated but what officers learn from clean
boxes, which is the mean of it.
"""

import math
from typing import cast

import numpy as np

from sim.kernels.boxes import (
    ALARMS,
    ARRIVED,
    BLIND,
    CERTAINTY,
    CHOSEN,
    F64,
    FALSE_ALARMS,
    FALSE_OF,
    I64,
    OPENED,
    OPENED_OF,
    SCANS_OF,
    U64,
    Day,
    Scratch,
)
from sim.kernels.compiling import jit_bare, jit_built_in, jit_part
from sim.kernels.flow import WINDOW, Working
from sim.kernels.guises import guise
from sim.kernels.inspection import count, line_up, open_boxes, put, scan, small_day, wait
from sim.kernels.laying import add_column, lay_out
from sim.kernels.samplers import binomial_of, gamma_of, poisson_of
from sim.kernels.scoring import load
from sim.kernels.streams import blank
from sim.kernels.words import box_word, mix64, nth_key, unit

_0 = cast("int", np.int64(0))  # a bare number has a type of its own: compiled again
END, TURN, CLEAN, ALARM, AT_CUT, PICK, BLIND_ALARM, ODDS = (cast("int", np.int64(purpose)) for purpose in range(8))
"""What the draws of a control's day are for."""
ALL, ALARMED = (cast("int", np.int64(which)) for which in range(2))
"""Which part of a number of `Flow.upto`."""


@jit_part
def add_up(c, weight, b, flow):  # type: ignore[no-untyped-def]
    """(boxes, those with an alarm) expected today in bins 0 to b of control c, from its streams one by one."""
    stream, last, total, alarms = U64(flow.stream_first[c]), U64(flow.stream_first[c + 1]), 0.0, 0.0
    for k in range(U64(len(weight))):
        stream, boxes, alarmed = add_column(stream, last, b, flow)
        total, alarms = total + weight[k] * F64(boxes), alarms + weight[k] * F64(alarmed)
    return total, alarms


@jit_built_in
def expected_upto(c, weight, b, flow):  # type: ignore[no-untyped-def]
    """(boxes, those with an alarm) expected today in bins 0 to b of control c; nothing for b < 0.

    weight: float64[columns], factors of the day.
    """
    total, alarms, place = 0.0, 0.0, b - flow.begin[c]
    if 0 <= place < WINDOW:
        at = U64(WINDOW * flow.lag_first[c] + len(weight) * place)
        for k in range(U64(len(weight))):
            both = flow.upto[at + k]
            total, alarms = total + weight[k] * F64(both.real), alarms + weight[k] * F64(both.imag)
    elif b >= 0:
        total, alarms = add_up(c, weight, b, flow)
    return total, alarms


@jit_built_in
def bin_of(c, weight, amount, which, near, whole, flow):  # type: ignore[no-untyped-def]
    """The first bin of control c up to which at least `amount` boxes, or alarms, are expected today; the last if there
    is none. Returns (bin, boxes and alarms expected before it, those expected up to it).

    which: ALL or ALARMED; near: bin where to begin to look; whole: boxes and alarms expected in all bins.
    """
    low, last, step, before, upto = I64(-1), I64(flow.bins[c]) - 1, I64(4), (0.0, 0.0), whole
    high, at = last, max(min(I64(near), last - 1), I64(0))
    while high - low > 1:  # further and further, then between
        here = expected_upto(c, weight, at, flow)
        if (here[1] if which else here[0]) >= amount:
            high, upto = at, here
            at = (low + high) >> 1 if low >= 0 else max(high - step, I64(0))
        else:
            low, before = at, here
            at = (low + high) >> 1 if high < last else min(low + step, last - 1)
        step *= 2
    return high, before, upto


@jit_built_in
def rank_loads(c, loads, block, dirty, flow, scratch, working):  # type: ignore[no-untyped-def]
    """Put the contaminated boxes of control c in order, the highest first; among equals their draws decide."""
    depth, order = working.depth, working.order
    for row in range(loads):
        luck = unit(mix64(dirty.word[dirty.first[c] + row] ^ block))
        depth[row] = flow.top[c] - scratch.points[row] + luck
        place = row
        while place > 0 and depth[order[place - 1]] > depth[row]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = row


@jit_built_in
def place_of(c, weight, depth, all_clean, flow):  # type: ignore[no-untyped-def]
    """Clean boxes expected before a contaminated box: all of them below the last bin, less than any above the first."""
    b = I64(math.floor(depth))
    if b < 0:
        return -1.0
    if b >= flow.bins[c]:
        return all_clean
    (before, _), (upto, _) = expected_upto(c, weight, b - 1, flow), expected_upto(c, weight, b, flow)
    return before + (depth - b) * (upto - before)


@jit_built_in
def amount_at(c, weight, amount, whole, near, flow):  # type: ignore[no-untyped-def]
    """Of the box at a place in expected boxes: (bin, alarms expected before it, chance that it gives one itself)."""
    if amount >= whole[0]:
        return I64(flow.bins[c] - 1), whole[1], 0.0
    b, (before, alarms), (upto, alarms_upto) = bin_of(c, weight, amount, ALL, near, whole, flow)
    rate = ratio(alarms_upto - alarms, upto - before)
    return b, alarms + rate * (amount - before), rate


@jit_built_in
def ratio(part, whole):  # type: ignore[no-untyped-def]
    """A part of a whole, as a chance; 0 of nothing."""
    return min(max(part / whole, 0.0), 1.0) if whole > 0.0 else 0.0


@jit_built_in
def thin(c, day, boxes, rules, dirty, sailings, flow, block, scratch, working, out):  # type: ignore[no-untyped-def]
    """One control's day, its clean boxes drawn in aggregate; returns the number of scans. Arguments: see `thin_day`."""
    first, last, tally = flow.lag_first[c], flow.lag_first[c + 1], out.tally[c]
    weight = working.weight[: last - first]
    loads, all_clean, all_alarms = dirty.first[c + 1] - dirty.first[c], 0.0, 0.0
    for k in range(first, last):
        factor = sailings.factor[day - flow.lag[k] + sailings.before]
        weight[k - first] = factor
        all_clean += factor * flow.total[k]
        all_alarms += factor * flow.total_alarms[k]
    whole = all_clean, all_alarms
    if loads > 0:
        load(c, boxes, rules, dirty, scratch)
        rank_loads(c, loads, block, dirty, flow, scratch, working)

    # Where the scans by score end, in expected boxes from the highest down: at the wanted-th clean box, or the one
    # before it for each contaminated box that stands higher. The boxes that are passed over so are remembered.
    wanted, turn, turns = int(rules.chosen[c]), _0, nth_key(block, TURN)
    furthest = gamma_of(nth_key(block, END), _0, float(wanted)) if wanted > 0 else 0.0
    by_score, end, passed = wanted, furthest, 0
    while turn < loads and by_score > 0:
        row = I64(working.order[turn])
        if place_of(c, weight, working.depth[row], all_clean, flow) >= end:
            break
        put(c, turn, row, _0, boxes, dirty, scratch)
        if end < all_clean:
            working.passed[passed] = end
            passed += 1
        turn, by_score = turn + 1, by_score - 1
        luck = unit(mix64(dirty.word[dirty.first[c] + row] ^ turns))
        end = end * math.exp(math.log(luck) / by_score) if by_score > 0 else 0.0  # the last of so many before it

    # How many clean boxes there are, how many of them are scanned, and how many of those give an alarm.
    far, far_alarms, rate = amount_at(c, weight, furthest, whole, I64(flow.near[c]), flow)
    flow.near[c] = cut = far
    beyond = int(poisson_of(nth_key(block, CLEAN), all_clean - furthest)) if furthest < all_clean else _0
    end_alarms, alarms, at_cut = far_alarms, _0, _0
    if end < furthest:
        cut, end_alarms, rate = amount_at(c, weight, end, whole, far, flow)
    if by_score > 0 and end >= all_clean:
        by_score = int(binomial_of(nth_key(block, CLEAN), by_score - 1, all_clean / end))
        alarms = int(binomial_of(nth_key(block, ALARM), by_score, ratio(all_alarms, all_clean)))
    elif by_score > 0:
        at_cut = int(unit(nth_key(block, AT_CUT)) < rate)
        alarms = int(binomial_of(nth_key(block, ALARM), by_score - 1, ratio(end_alarms, end))) + at_cut
    clean, chosen = by_score + passed + beyond, by_score + turn
    blind = min(int(rules.blind[c]), clean + loads - chosen)
    slots, left, rest, picks = turn, blind, clean + loads - chosen, nth_key(block, PICK)
    while turn < loads:
        row = I64(working.order[turn])
        if unit(mix64(dirty.word[dirty.first[c] + row] ^ picks)) * rest < left:
            put(c, slots, row, _0, boxes, dirty, scratch)
            slots, left = slots + 1, left - 1
        turn, rest = turn + 1, rest - 1
    picked, picked_alarms = left, 0
    for t in range(passed):
        if unit(box_word(picks, 2 * t)) * rest < left:
            at, _, share = amount_at(c, weight, working.passed[t], whole, cut, flow)
            if unit(box_word(picks, 2 * t + 1)) < share:
                working.passed[picked_alarms] = at
                picked_alarms += 1
            left -= 1
        rest -= 1
    beyond_rate = ratio(all_alarms - far_alarms, all_clean - furthest)
    beyond_alarms = int(binomial_of(nth_key(block, BLIND_ALARM), left, beyond_rate))

    # Scanning and opening: what is listed are contaminated boxes, to which the clean ones are added as numbers.
    scanned, clean_alarms = by_score + picked, alarms + picked_alarms + beyond_alarms
    listed = scan(c, slots, boxes, rules, dirty, scratch, out)
    tally[ARRIVED], tally[CHOSEN], tally[BLIND] = clean + loads, chosen + blind, blind
    tally[ALARMS], tally[FALSE_ALARMS] = listed + clean_alarms, clean_alarms
    opened, lots, odds = _0, nth_key(block, ODDS), rules.base[c] + flow.top[c]
    for t in range(clean_alarms):
        lot, b = box_word(lots, t), I64(cut)
        if at_cut <= t < alarms:
            b, _, _ = bin_of(c, weight, unit(lot) * end_alarms, ALARMED, cut, whole, flow)
        elif alarms <= t < alarms + picked_alarms:
            b = I64(working.passed[t - alarms])
        elif t >= alarms:
            amount = far_alarms + unit(lot) * (all_alarms - far_alarms)
            b, _, _ = bin_of(c, weight, amount, ALARMED, far, whole, flow)
        scratch.odds[listed + t], scratch.alarm_word[listed + t] = odds - b, lot
    line_up(c, listed, clean_alarms, block, rules, scratch)
    for t in range(clean_alarms):
        b, shown = odds - scratch.odds[listed + t], scratch.shown
        guise(c, b, mix64(scratch.alarm_word[listed + t] ^ block), weight, boxes, rules, flow, working.odds, shown)
        count(FALSE_OF, c, shown, out)
        if scratch.keep[listed + t]:
            count(OPENED_OF, c, shown, out)
            opened += 1
    open_boxes(c, listed, boxes, rules, dirty, scratch, out)
    tally[OPENED] += opened
    column, seen, counted = boxes.column, flow.seen[c], out.counted[SCANS_OF, c]
    for family in (0, 2):
        for f in range(column[family], column[family + 1]):
            counted[f] += scanned * seen[f]
    taught = (scanned - clean_alarms + opened) * float(CERTAINTY)
    if taught > 0.0:
        lesson, expected = flow.lesson[c], out.expected[c]
        for f in range(U64(len(lesson))):
            expected[f] += I64(taught * lesson[f] + 0.5)
    return chosen + blind


@jit_bare
def thin_day(rows, day, boxes, rules, dirty, sailings, flow, scanners, key, queue_key, scratch, working, out):  # type: ignore[no-untyped-def]
    """`inspection.clear_day`, with the clean boxes drawn in aggregate; tables that are out of date are laid out first.

    A control whose boxes are too far apart for tables is left alone (`Flow.singly`).

    scratch: as long as there are contaminated boxes, and scans at one control; working: as there are contaminated ones.
    """
    for c in rows:
        if flow.stale[c]:
            lay_out(c, boxes, rules, flow, working)
    for c in rows:
        if not flow.singly[c]:
            salt = boxes.salt[c]
            block = nth_key(key ^ salt, day)
            scans = thin(c, day, boxes, rules, dirty, sailings, flow, block, scratch, working, out)
            wait(c, day, scans, rules, scanners, queue_key, salt, scratch, out)


def warm() -> None:
    """Compile each function for the types that a run uses."""
    boxes, rules, dirty, scanners, sailings = small_day()
    rows, key, tables = np.zeros(1, np.int64), np.uint64(0), blank(boxes, 4, 28)
    working = Working.of(tables, 1)
    thin_day(
        rows, 0, boxes, rules, dirty, sailings, tables, scanners, key, key, Scratch.of(2), working, Day.blank(1, 28, 0)
    )  # fmt: skip
