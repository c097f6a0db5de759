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
from sim.kernels.flow import BINS, Working, lay_out
from sim.kernels.guises import guise
from sim.kernels.inspection import count, line_up, open_boxes, put, scan, small_day, wait
from sim.kernels.samplers import binomial_of, gamma_of, poisson_of
from sim.kernels.scoring import load
from sim.kernels.streams import blank
from sim.kernels.words import box_word, mix64, nth_key, unit

_0 = cast("int", np.int64(0))  # a bare number has a type of its own: compiled again
END, TURN, CLEAN, ALARM, AT_CUT, PICK, BLIND_ALARM, ODDS = (cast("int", np.int64(purpose)) for purpose in range(8))
"""What the draws of a control's day are for."""
ALL, ALARMED = (cast("int", np.int64(which)) for which in range(2))
"""Which part of a number of `Flow.upto`."""


@jit_built_in
def expected_upto(table, weight, b, which):  # type: ignore[no-untyped-def]
    """Boxes expected today in bins 0 to b of a control (which = ALL), or those with an alarm (ALARMED); 0 for b < 0.

    table: complex64, from where the control's part of `Flow.upto` begins; weight: float64[columns], factors of the day.
    """
    total = 0.0
    if b >= 0:
        at = U64(len(weight) * b)
        for k in range(U64(len(weight))):
            total += weight[k] * (table[at + k].imag if which else table[at + k].real)
    return total


@jit_built_in
def both_upto(table, weight, b):  # type: ignore[no-untyped-def]
    """(boxes, those with an alarm) expected today in bins 0 to b of a control; nothing for b < 0."""
    total, alarms = 0.0, 0.0
    if b >= 0:
        at = U64(len(weight) * b)
        for k in range(U64(len(weight))):
            total, alarms = total + weight[k] * table[at + k].real, alarms + weight[k] * table[at + k].imag
    return total, alarms


@jit_part
def bin_of(table, weight, bins, amount, which, near):  # type: ignore[no-untyped-def]
    """The first bin up to which at least `amount` boxes, or alarms, are expected today; the last if there is none."""
    low, high, step = I64(-1), I64(bins - 1), I64(4)
    at = min(max(I64(near), I64(0)), high)
    if expected_upto(table, weight, at, which) >= amount:
        high = at
        while high - step > low and expected_upto(table, weight, high - step, which) >= amount:
            high, step = high - step, 2 * step
        low = max(low, high - step)
    else:
        low = at
        while low + step < high and expected_upto(table, weight, low + step, which) < amount:
            low, step = low + step, 2 * step
        high = min(high, low + step)
    while high - low > 1:
        middle = (low + high) >> 1
        if expected_upto(table, weight, middle, which) >= amount:
            high = middle
        else:
            low = middle
    return high


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
def place_of(depth, bins, all_clean, table, weight):  # type: ignore[no-untyped-def]
    """Clean boxes expected before a contaminated box: all of them below the last bin, less than any above the first."""
    b = I64(math.floor(depth))
    if b < 0:
        return -1.0
    if b >= bins:
        return all_clean
    before = expected_upto(table, weight, b - 1, ALL)
    return before + (depth - b) * (expected_upto(table, weight, b, ALL) - before)


@jit_part
def amount_at(amount, all_clean, all_alarms, table, weight, bins, near):  # type: ignore[no-untyped-def]
    """Of the box at a place in expected boxes: (bin, alarms expected before it, chance that it gives one itself)."""
    if amount >= all_clean:
        return I64(bins - 1), all_alarms, 0.0
    b = bin_of(table, weight, bins, amount, ALL, near)
    (before, alarms), (upto, alarms_upto) = both_upto(table, weight, b - 1), both_upto(table, weight, b)
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
    weight, table = working.weight[: last - first], flow.upto[BINS * first :]
    loads, all_clean, all_alarms = dirty.first[c + 1] - dirty.first[c], 0.0, 0.0
    for k in range(first, last):
        factor = sailings.factor[day - flow.lag[k] + sailings.before]
        weight[k - first] = factor
        all_clean += factor * flow.total[k]
        all_alarms += factor * flow.total_alarms[k]
    if loads > 0:
        load(c, boxes, rules, dirty, scratch)
        rank_loads(c, loads, block, dirty, flow, scratch, working)

    # Where the scans by score end, in expected boxes from the highest down: at the wanted-th clean box, or the one
    # before it for each contaminated box that stands higher. The boxes that are passed over so are remembered.
    bins, wanted, turn, turns = flow.bins[c], int(rules.chosen[c]), _0, nth_key(block, TURN)
    furthest = gamma_of(nth_key(block, END), _0, float(wanted)) if wanted > 0 else 0.0
    by_score, end, passed = wanted, furthest, 0
    while turn < loads and by_score > 0:
        row = I64(working.order[turn])
        if place_of(working.depth[row], bins, all_clean, table, weight) >= end:
            break
        put(c, turn, row, _0, boxes, dirty, scratch)
        if end < all_clean:
            working.passed[passed] = end
            passed += 1
        turn, by_score = turn + 1, by_score - 1
        luck = unit(mix64(dirty.word[dirty.first[c] + row] ^ turns))
        end = end * math.exp(math.log(luck) / by_score) if by_score > 0 else 0.0  # the last of so many before it

    # How many clean boxes there are, how many of them are scanned, and how many of those give an alarm.
    far, far_alarms, rate = amount_at(furthest, all_clean, all_alarms, table, weight, bins, I64(flow.near[c]))
    flow.near[c] = cut = far
    beyond = int(poisson_of(nth_key(block, CLEAN), all_clean - furthest)) if furthest < all_clean else _0
    end_alarms, alarms, at_cut = far_alarms, _0, _0
    if end < furthest:
        cut, end_alarms, rate = amount_at(end, all_clean, all_alarms, table, weight, bins, far)
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
            at, _, share = amount_at(working.passed[t], all_clean, all_alarms, table, weight, bins, cut)
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
            b = bin_of(table, weight, bins, unit(lot) * end_alarms, ALARMED, cut)
        elif alarms <= t < alarms + picked_alarms:
            b = I64(working.passed[t - alarms])
        elif t >= alarms:
            amount = far_alarms + unit(lot) * (all_alarms - far_alarms)
            b = bin_of(table, weight, bins, amount, ALARMED, far)
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
    """`inspection.clear_day`, with the clean boxes drawn in aggregate; the tables of these controls must be laid out.

    scratch: as long as there are contaminated boxes, and scans at one control; working: as there are contaminated ones.
    """
    for c in rows:
        salt = boxes.salt[c]
        block = nth_key(key ^ salt, day)
        scans = thin(c, day, boxes, rules, dirty, sailings, flow, block, scratch, working, out)
        wait(c, day, scans, rules, scanners, queue_key, salt, scratch, out)


def warm() -> None:
    """Compile each function for the types that a run uses."""
    boxes, rules, dirty, scanners, sailings = small_day()
    rows, key, tables = np.zeros(1, np.int64), np.uint64(0), blank(boxes, 4, 28)
    working = Working.of(tables, 1)
    lay_out(rows, boxes, rules, tables, working)
    thin_day(
        rows, 0, boxes, rules, dirty, sailings, tables, scanners, key, key, Scratch.of(2), working, Day.blank(1, 28, 0)
    )  # fmt: skip
