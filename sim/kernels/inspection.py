"""One day of control at every port: boxes are scored, chosen, scanned and opened, each one individually, none of them
stored.

What boxes, rules and loads are stands in `sim.kernels.boxes`. A control's day is a few passes over its boxes, written
so that a processor takes many at a time; the cut is found by counting, not by sorting.
"""

from __future__ import annotations

import numpy as np

from sim.kernels.boxes import (
    ALARMED,
    ALARMS,
    ARRIVED,
    BLIND,
    CARGO_STEPS,
    CHANCE,
    CHOSEN,
    EVEN,
    FALSE_ALARMS,
    FAMILIES,
    FLAGGED,
    FOUND,
    HIGH_RISK,
    HITS,
    I16,
    I32,
    I64,
    MISSED,
    OPENED,
    QUANTILES,
    SCANNED,
    U8,
    U16,
    U64,
    Boxes,
    Contaminated,
    Day,
    Rules,
    Scanners,
    Scratch,
)
from sim.kernels.compiling import jit_bare, jit_part
from sim.kernels.queueing import overnight, queue_day
from sim.kernels.scoring import arrivals, load, score_clean, unfold
from sim.kernels.words import block_fraction, mix64, nth_key

NEAR = 4
"""Points below yesterday's cut at which the search for today's begins."""
LOWEST = -32768


@jit_part
def count_from(score, n, least):  # type: ignore[no-untyped-def]
    """How many of the first n scores are at least `least`."""
    above = I32(0)
    for i in range(U64(n)):
        above = I32(above + (score[i] >= least))  # 32 bits, so that many fit a register
    return I64(above)


@jit_part
def list_from(score, n, least, listed):  # type: ignore[no-untyped-def]
    """List which of the first n scores are at least `least`; returns how many."""
    found = U64(0)
    for i in range(U64(n)):
        listed[found] = i
        found += U64(score[i] >= least)
    return I64(found)


@jit_part
def cut_of(score, n, wanted, low):  # type: ignore[no-untyped-def]
    """The score of rank `wanted` (1 is the highest) among n, none of them below `low`, by halving the range."""
    high = low
    for i in range(U64(n)):
        high = max(high, int(score[i]))
    while low < high:
        middle = (low + high + 1) >> 1
        if count_from(score, n, I16(middle)) >= wanted:
            low = middle
        else:
            high = middle - 1
    return low


@jit_part
def take_highest(n, wanted, start, near, scratch):  # type: ignore[no-untyped-def]
    """List the `wanted` highest of n scores; among equals those that come first after box `start`. Returns the cut.

    near: where to begin to look; any value gives the same boxes. Marks the boxes as taken.
    """
    score, top, chosen, taken = scratch.score, scratch.top, scratch.chosen, scratch.taken
    low, gap = int(near), 2 * NEAR
    found = list_from(score, n, I16(low), chosen)
    while found < wanted:
        low, gap = max(low - gap, LOWEST), 4 * gap
        found = list_from(score, n, I16(low), chosen)
    for t in range(found):
        top[t] = score[chosen[t]]
    cut = cut_of(top, found, wanted, low)
    ties = wanted
    for t in range(found):
        if top[t] > cut:
            taken[chosen[t]] = 1
            ties -= 1
    for after in (True, False):
        for t in range(found):
            i = chosen[t]
            if ties > 0 and top[t] == cut and (i >= start) == after:
                taken[i] = 1
                ties -= 1
    k = 0
    for t in range(found):
        i = chosen[t]
        if taken[i]:
            chosen[k] = i
            k += 1
    return cut


@jit_part
def choose(c, n, block, rules, scratch, near):  # type: ignore[no-untyped-def]
    """List the boxes of control c to be scanned; returns (by score, blindly, high risk).

    block: uint64, key of the control's draws today. By score: the highest ones; among equals those that come first
    after a drawn starting place. Blindly: drawn among the rest.
    """
    high = 0
    if n > 0 and (rules.only_high[c] or rules.screened[c] > 0.0):  # else nobody asks
        high = count_from(scratch.score, n, cut_of(scratch.score, n, (n + 1) // 2, LOWEST) + rules.high[c])
    wanted = rules.chosen[c]
    if rules.only_high[c]:
        wanted = min(wanted, high)
    wanted = min(max(wanted, I64(np.ceil(rules.screened[c] * high))), n)
    chosen, taken = scratch.chosen, scratch.taken
    if wanted > 0:
        cut = take_highest(n, wanted, int(block_fraction(block, 0) * n), near[c], scratch)
        near[c] = max(cut - NEAR, LOWEST)
    blind = min(rules.blind[c], n - wanted)
    k, draw = wanted, 1
    while k < wanted + blind:
        i = int(block_fraction(block, draw) * n)
        draw += 1
        if taken[i] == 0:
            taken[i] = 1
            chosen[k] = i
            k += 1
    for t in range(k):
        taken[chosen[t]] = 0
    return wanted, blind, high


@jit_part
def look(c, scans, today, boxes, rules, dirty, scratch):  # type: ignore[no-untyped-def]
    """What each chosen box of control c shows, how likely it raises an alarm, and what it holds.

    Arrays are taken out of their tuples before the loop: inside, each would cost more than what is done with it.
    """
    chosen, shown, odds, chance = scratch.chosen, scratch.shown, scratch.odds, scratch.chance
    word, field, tips, score, holds = scratch.word, scratch.field, scratch.tip, scratch.score, scratch.holds
    first, group, pool, lane_mix, cargo = boxes.first[c], boxes.group, boxes.pool, boxes.lane_mix, boxes.cargo
    column, step, named, base, flagged = boxes.column, boxes.step, boxes.tip_clean, rules.base[c], rules.flagged
    alarm_clean = rules.alarm_clean[c]
    p, begin, upto = first, I32(0), today[first]
    for t in range(U64(scans)):
        i = chosen[t]
        if i < begin:
            p, begin, upto = first, I32(0), today[first]
        while upto <= i:
            p += 1
            begin, upto = upto, I32(upto + today[p])
        kind = cargo[lane_mix[pool[p]] * CARGO_STEPS + I64((word[i] & U64(4095)) >> U64(2))]
        shown[t, 0], shown[t, 1] = column[0] + group[p], column[1] + kind
        for f in range(4):
            q, row = field[f, i], min(f, 1)
            shown[t, 2 + f] = column[2 + f] + (q >= step[row, 0]) + (q >= step[row, 1]) + (q >= step[row, 2])
        tipped = I32(tips[i]) < named
        shown[t, 6] = column[6] + tipped
        odds[t] = base + score[i] - (FLAGGED if flagged[p] else 0)
        chance[t] = CHANCE if tipped else alarm_clean[kind]
        holds[t] = -1
    for d in range(dirty.first[c], dirty.first[c + 1]):
        row = d - dirty.first[c]
        for t in range(scans):
            if chosen[t] == scratch.loaded[row]:
                for f in range(FAMILIES):
                    shown[t, f] = scratch.inside[row, f]
                full = min(rules.alarm_full[c] * rules.alarm_cargo[shown[t, 1] - column[1]], 1.0)
                chance[t] = CHANCE if shown[t, 6] > column[6] else I32(full * dirty.shows[d] * CHANCE)
                holds[t] = d


@jit_part
def scan(c, scans, boxes, scratch, out):  # type: ignore[no-untyped-def]
    """Scan the chosen boxes of control c: what gives no alarm goes and teaches, the others are listed."""
    word, chosen, chance, holds, alarmed = scratch.word, scratch.chosen, scratch.chance, scratch.holds, scratch.alarmed
    salt, expected, shown, odds, part = boxes.salt[c], out.expected[c], scratch.shown, scratch.odds, boxes.expected
    alarms, false_alarms = 0, 0
    for t in range(U64(scans)):
        d = holds[t]
        if d >= 0:
            out.fate[d] = SCANNED
        if I32((mix64(word[chosen[t]] ^ salt) >> U64(24)) & U64(CHANCE - 1)) < chance[t]:
            alarmed[alarms] = t
            alarms += 1
            false_alarms += d < 0
        else:
            share = part[min(max(odds[t] + EVEN, 0), 2 * EVEN - 1)]
            for f in range(FAMILIES):
                expected[shown[t, f]] += share
    out.tally[c, ALARMS], out.tally[c, FALSE_ALARMS] = alarms, false_alarms
    return alarms


@jit_part
def open_boxes(c, alarms, boxes, rules, scratch, out):  # type: ignore[no-untyped-def]
    """Open the boxes with an alarm, the highest scores first, as many as there are hands; the others go."""
    odds, chosen, alarmed, holds, shown = scratch.odds, scratch.chosen, scratch.alarmed, scratch.holds, scratch.shown
    word, salt, part, hands, finds = scratch.word, boxes.salt[c], boxes.expected, rules.opened[c], rules.finds[c]
    tally, hits, expected, fate = out.tally[c], out.hits[c], out.expected[c], out.fate
    for turn in range(min(hands, alarms)):
        best, most, at = turn, odds[alarmed[turn]], chosen[alarmed[turn]]
        for a in range(turn + 1, alarms):
            t = alarmed[a]
            if odds[t] > most or (odds[t] == most and chosen[t] < at):
                best, most, at = a, odds[t], chosen[t]
        t = alarmed[best]
        alarmed[best], alarmed[turn] = alarmed[turn], t
        d, found = holds[t], 0
        if d >= 0:
            luck = I32((mix64(word[at] ^ salt) >> U64(44)) & U64(CHANCE - 1))
            found = 1 if luck < finds else 0
            fate[d] = FOUND if found else MISSED
        tally[OPENED] += 1
        tally[HITS] += found
        share = part[min(max(most + EVEN, 0), 2 * EVEN - 1)]
        for f in range(FAMILIES):
            hits[shown[t, f]] += found
            expected[shown[t, f]] += share
    for turn in range(hands, alarms):
        if holds[alarmed[turn]] >= 0:
            fate[holds[alarmed[turn]]] = ALARMED


@jit_part
def inspect(c, day, today, boxes, rules, dirty, near, block, scratch, out):  # type: ignore[no-untyped-def]
    """One control's day: score, choose, scan, open, and count what was learned; returns the number of scans.

    Arguments as in `clear_day`. Authorities see evidence only: what is inside matters for the alarm and the search,
    never for the choice. Where nothing is to be chosen, nothing is scored.
    """
    tally = out.tally[c]
    for p in range(boxes.first[c], boxes.first[c + 1]):
        tally[ARRIVED] += today[p]
    if rules.chosen[c] + rules.blind[c] == 0 and not rules.only_high[c] and rules.screened[c] == 0.0:
        return 0
    n = unfold(c, day, today, boxes, scratch)
    score_clean(c, n, today, boxes, rules, scratch)
    load(c, today, boxes, rules, dirty, scratch)
    by_score, blind, high = choose(c, n, block, rules, scratch, near)
    tally[HIGH_RISK], tally[CHOSEN], tally[BLIND] = high, by_score + blind, blind
    look(c, by_score + blind, today, boxes, rules, dirty, scratch)
    open_boxes(c, scan(c, by_score + blind, boxes, scratch, out), boxes, rules, scratch, out)
    return by_score + blind


@jit_bare
def clear_day(  # type: ignore[no-untyped-def]
    first, last, day, today, boxes, rules, dirty, scanners, key, queue_key, scratch, out
):
    """One day at the controls from row `first` up to `last`: what one thread does.

    day: int64, 0 or later; today: int32[P] of `arrivals`; key, queue_key: uint64 of the choice and of the queue; the
    rest: see `sim.kernels.boxes`. Fills the rows of `out`, which are zero before, and moves those of `scanners`.
    """
    for c in range(first, last):
        block = nth_key(key ^ boxes.salt[c], day)
        scans = inspect(c, day, today, boxes, rules, dirty, scanners.cut, block, scratch, out)
        lanes = rules.servers[c]
        if scans > 0 and lanes > 0:
            scanners.lanes[c] = max(scanners.lanes[c], lanes)
            out.wait_hours[c], _ = queue_day(
                scans,
                rules.open_hours[c],
                rules.scan_hours[c],
                lanes,
                scanners.times[rules.service[c]],
                scanners.free_at[c],
                nth_key(queue_key ^ boxes.salt[c], day),
                scratch.gaps,
            )
        overnight(scanners.free_at[c, : scanners.lanes[c]], 24.0)


def warm() -> None:
    """Compile each function for the types that a run uses: a day of one box at one control."""
    one, nothing, share = np.ones(1, I64), np.zeros(1, I32), np.zeros(1)
    lever = np.zeros(1)
    lever.flags.writeable = False  # as those are that policies move
    boxes = Boxes(
        first=np.array([0, 1], I32), pool=nothing, lag=nothing, group=nothing, lane_key=np.zeros(1, U64),
        lane_mix=nothing, cargo=np.zeros(CARGO_STEPS, U8), history=np.zeros(QUANTILES, U8),
        anomaly=np.zeros((4, QUANTILES), U8), step=np.zeros((2, 3), U16), front=np.zeros(1, U8),
        noise=np.zeros(256, I16), salt=np.zeros(1, U64), column=np.zeros(FAMILIES, I32),
        expected=np.zeros(2 * EVEN, I32), tip_clean=I32(0),
    )  # fmt: skip
    rules = Rules(
        points=np.zeros((1, 4), I16), base=nothing, flagged=np.zeros(1, U8), chosen=one, blind=one,
        only_high=np.zeros(1, U8), high=nothing, screened=lever, alarm_clean=np.zeros((1, 1), I32),
        alarm_full=share, alarm_cargo=share, opened=one, finds=nothing, tip=nothing, servers=np.ones(1, I32),
        scan_hours=share, service=nothing, open_hours=share,
    )  # fmt: skip
    dirty = Contaminated(np.zeros(2, I32), nothing, nothing, nothing, share)
    scanners = Scanners(np.ones((1, QUANTILES)), np.zeros((1, 1)), np.zeros(1, I32), np.zeros(1, I16))
    today, key = np.zeros(1, I32), U64(0)
    arrivals(0, np.ones((1, 1), I32), boxes, today)
    clear_day(0, 1, 0, today, boxes, rules, dirty, scanners, key, key, Scratch.of(1), Day.blank(1, 4, 0))
