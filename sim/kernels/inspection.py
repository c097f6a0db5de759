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
    FALSE_OF,
    FAMILIES,
    FLAGGED,
    FOUND,
    FOUND_OF,
    HIGH_RISK,
    HITS,
    I16,
    I32,
    I64,
    LOOKS,
    MISSED,
    OPENED,
    OPENED_OF,
    QUANTILES,
    SCANNED,
    SCANS_OF,
    U8,
    U16,
    U64,
    Boxes,
    Contaminated,
    Day,
    Rules,
    Sailings,
    Scanners,
    Scratch,
)
from sim.kernels.compiling import jit_bare, jit_built_in, jit_step
from sim.kernels.protocols import ONLY_HIGH, SKIP_LOT, TIERS, call_up, remember
from sim.kernels.queueing import overnight, queue_day
from sim.kernels.ranking import count_from, keep_highest, nth_highest
from sim.kernels.scoring import (
    arrivals,
    box_at,
    is_tipped,
    judged,
    list_from,
    load,
    shows,
    weigh_looks,
)
from sim.kernels.words import block_fraction, mix64, nth_key

LOWEST = -32768
"""No box has fewer points."""
STEP = 8
"""Points by which the search for the cut goes on below where it began; four times as many each time."""


@jit_built_in
def move(scratch, source, target):  # type: ignore[no-untyped-def]
    """Move a box to an earlier slot."""
    scratch.at[target], scratch.place[target] = scratch.at[source], scratch.place[source]
    scratch.word[target], scratch.rank[target] = scratch.word[source], scratch.rank[source]
    scratch.holds[target] = scratch.holds[source]


@jit_built_in
def put(c, slot, row, clean, boxes, dirty, scratch):  # type: ignore[no-untyped-def]
    """Put a contaminated box of control c, by its row there, into a slot."""
    d = dirty.first[c] + row
    scratch.at[slot], scratch.place[slot] = clean + row, boxes.first[c] + dirty.place[d]
    scratch.word[slot], scratch.rank[slot], scratch.holds[slot] = dirty.word[d], scratch.points[row], d


@jit_step
def list_near(c, day, clean, least, today, boxes, rules, dirty, scratch):  # type: ignore[no-untyped-def]
    """List the boxes of control c that have at least `least` points, contaminated ones last; returns how many."""
    found = list_from(c, day, least, today, boxes, rules, scratch)
    for row in range(dirty.first[c + 1] - dirty.first[c]):
        if scratch.points[row] >= least:
            put(c, found, row, clean, boxes, dirty, scratch)
            found += 1
    return found


@jit_built_in
def take_highest(values, wanted, found, block, scratch):  # type: ignore[no-untyped-def]
    """Fill the first slots with the `wanted` boxes of the highest values, 1 or more of those listed; among equals draws
    decide. values: int32[n], points or calls by slot."""
    keep_highest(values, scratch.word, found, wanted, block, scratch.luck, scratch.keep)
    kept = I64(0)
    for slot in range(found):
        if scratch.keep[slot]:
            move(scratch, slot, kept)
            kept += 1


@jit_built_in
def pick_blindly(c, day, clean, n, chosen, blind, today, boxes, rules, dirty, block, scratch):  # type: ignore[no-untyped-def]
    """Fill further slots with `blind` of the n boxes of control c that are not among the first `chosen` slots."""
    taken, at = scratch.taken, scratch.at
    for slot in range(chosen):
        taken[at[slot]] = 1
    slot, draw = chosen, 0
    while slot < chosen + blind:
        i = I32(block_fraction(block, draw) * n)
        draw += 1
        if taken[i]:
            continue
        taken[i] = 1
        if i < clean:
            at[slot], scratch.holds[slot] = i, -1
            found = box_at(c, i, day, today, boxes, rules, scratch)
            scratch.place[slot], scratch.word[slot], scratch.rank[slot] = found
        else:
            put(c, slot, i - clean, clean, boxes, dirty, scratch)
        slot += 1
    for slot in range(chosen + blind):
        taken[at[slot]] = 0


@jit_built_in
def unflagged(slot, rules, scratch):  # type: ignore[no-untyped-def]
    """Points of the box in a slot without what flags a lane."""
    return I32(scratch.rank[slot] - (FLAGGED if rules.flagged[scratch.place[slot]] else 0))


@jit_step
def choose(c, day, clean, n, asked, today, boxes, rules, dirty, scanners, block, scratch):  # type: ignore[no-untyped-def]
    """Fill the slots with the boxes of control c to be scanned; returns (by score, blindly, high risk).

    By score: those with most points, or those that the protocol calls up; blindly: drawn among the rest. Where a rule
    has asked which boxes are high risk, by how far they score above the day's median, all of them are listed; those of
    flagged lanes always are high risk.
    scanners.near: where to begin to look; whatever it is, the boxes are the same.
    """
    near = scanners.near
    high, found, least, step = I64(0), I64(0), I64(near[c]), STEP
    wanted = min(rules.chosen[c], n, rules.most[c])
    if asked:
        found = I64(-1)
        least = I64(LOWEST)
    while found < wanted:
        found = list_near(c, day, clean, least, today, boxes, rules, dirty, scratch)
        if asked:
            for slot in range(found):
                scratch.odds[slot] = unflagged(slot, rules, scratch)
            median = nth_highest(scratch.odds, found, (n + 1) // 2)
            high = count_from(scratch.rank, found, I32(median + rules.high[c]))
            must = min(I64(np.ceil(rules.screened[c] * high)), rules.most[c])
            if rules.scheme[c] >= TIERS:
                wanted = call_up(c, n, wanted, must, median, block, boxes, rules, dirty, scanners, scratch)
            elif rules.scheme[c] == ONLY_HIGH:
                wanted = min(wanted, high)
            wanted = min(max(wanted, must), n)
        else:
            some_more = wanted + I64(3.0 * np.sqrt(wanted)) + 2
            near[c] = nth_highest(scratch.rank, found, some_more) if some_more <= found else least - STEP
            least, step = least - step, 4 * step
    if wanted > 0 and rules.scheme[c] >= TIERS:
        take_highest(scratch.odds, wanted, found, block, scratch)
    elif wanted > 0:
        take_highest(scratch.rank, wanted, found, block, scratch)
    blind = min(rules.blind[c], n - wanted, rules.most[c] - wanted)
    if blind > 0:
        pick_blindly(c, day, clean, n, wanted, blind, today, boxes, rules, dirty, block, scratch)
    return wanted, blind, high


@jit_built_in
def odds_of(c, slot, rules, scratch):  # type: ignore[no-untyped-def]
    """Log-odds that the officer of control c gives the box in a slot, in points: what flags a lane counts no more."""
    return I32(rules.base[c] + unflagged(slot, rules, scratch))


@jit_built_in
def count(what, c, shown, out):  # type: ignore[no-untyped-def]
    """Count a box of control c by its far end and by the history of its shipper."""
    out.counted[what, c, U64(shown[0])] += 1.0
    out.counted[what, c, U64(shown[2])] += 1.0


@jit_built_in
def teach(c, slot, hit, boxes, rules, dirty, scratch, out):  # type: ignore[no-untyped-def]
    """The officer of control c learns whether the box in a slot held something, and what he had expected.

    The columns of the evidence that it showed are left in scratch.shown.
    """
    d, word = scratch.holds[slot], scratch.word[slot]
    shown = scratch.shown
    if d >= 0:
        for f in range(U64(FAMILIES)):
            shown[f] = scratch.inside[d - dirty.first[c], f]
    else:
        shows(scratch.place[slot], word, judged(word, boxes.salt[c]), rules.tip[c], boxes, shown)
    share = boxes.expected[min(max(odds_of(c, slot, rules, scratch) + EVEN, 0), 2 * EVEN - 1)]
    hits, expected = out.hits[c], out.expected[c]
    for f in range(U64(FAMILIES)):
        expected[U64(shown[f])] += share
    if hit:
        for f in range(U64(FAMILIES)):
            hits[U64(shown[f])] += 1


@jit_built_in
def scan(c, scans, boxes, rules, dirty, scratch, out):  # type: ignore[no-untyped-def]
    """Scan the boxes in the slots of control c: what gives no alarm goes and teaches, the others are listed."""
    words, holds, places, salt, cargo = scratch.word, scratch.holds, scratch.place, boxes.salt[c], boxes.cargo
    alarm_clean, column = rules.alarm_clean[c], boxes.column
    alarms, false_alarms = 0, 0
    for slot in range(scans):
        word, d = words[slot], holds[slot]
        if d >= 0:
            out.fate[d] = SCANNED
            inside = scratch.inside[d - dirty.first[c]]
            full = min(rules.alarm_full[c] * rules.alarm_cargo[inside[1] - column[1]], 1.0)
            chance = CHANCE if inside[6] > column[6] else I32(full * dirty.shows[d] * CHANCE)
        else:
            chance = alarm_clean[cargo[U64(boxes.mix[places[slot]]) * U64(CARGO_STEPS) + (word & U64(CARGO_STEPS - 1))]]
            if is_tipped(judged(word, salt), rules.tip[c]):
                chance = CHANCE
        if I32((mix64(word ^ salt) >> U64(24)) & U64(CHANCE - 1)) < chance:
            scratch.alarmed[alarms] = slot
            alarms += 1
            false_alarms += d < 0
        else:
            teach(c, slot, I64(0), boxes, rules, dirty, scratch, out)
            if d < 0:
                count(SCANS_OF, c, scratch.shown, out)
    out.tally[c, ALARMS], out.tally[c, FALSE_ALARMS] = alarms, false_alarms
    return alarms


@jit_built_in
def line_up(c, alarms, others, block, rules, scratch):  # type: ignore[no-untyped-def]
    """Mark which boxes with an alarm are opened, in keep: the highest odds first, as many as there are hands.

    alarms: those listed, whose odds are worked out here; others: that follow them in odds and alarm_word.
    """
    total = alarms + others
    hands = min(rules.opened[c], total)
    for a in range(total):
        scratch.keep[a] = hands == total
    if 0 < hands < total:
        for a in range(alarms):
            slot = I64(scratch.alarmed[a])
            scratch.odds[a], scratch.alarm_word[a] = odds_of(c, slot, rules, scratch), scratch.word[slot]
        keep_highest(scratch.odds, scratch.alarm_word, total, hands, block, scratch.luck, scratch.keep)


@jit_built_in
def open_boxes(c, alarms, boxes, rules, dirty, scratch, out):  # type: ignore[no-untyped-def]
    """Open those of the listed boxes with an alarm that are marked; the others go."""
    alarmed, keep, tally, shown = scratch.alarmed, scratch.keep, out.tally[c], scratch.shown
    for a in range(alarms):
        slot = I64(alarmed[a])
        d, hit = scratch.holds[slot], I64(0)
        if d < 0:
            word, place = scratch.word[slot], scratch.place[slot]
            shows(place, word, judged(word, boxes.salt[c]), rules.tip[c], boxes, shown)
            count(SCANS_OF, c, shown, out)
            count(FALSE_OF, c, shown, out)
        if not keep[a]:
            if d >= 0:
                out.fate[d] = ALARMED
            continue
        if d >= 0:
            luck = I32((mix64(scratch.word[slot] ^ boxes.salt[c]) >> U64(44)) & U64(CHANCE - 1))
            hit = I64(luck < rules.finds[c])
            out.fate[d] = FOUND if hit else MISSED
        tally[OPENED] += 1
        tally[HITS] += hit
        teach(c, slot, hit, boxes, rules, dirty, scratch, out)
        if d < 0:
            count(OPENED_OF, c, shown, out)
        elif hit:
            count(FOUND_OF, c, shown, out)


@jit_step
def inspect(c, day, today, boxes, rules, dirty, scanners, block, scratch, out):  # type: ignore[no-untyped-def]
    """One control's day: score, choose, scan, open, and count what was learned; returns the number of scans.

    Arguments as in `clear_day`. Authorities see evidence only: what is inside matters for the alarm and the search,
    never for the choice. Where nothing is to be chosen, nothing is scored.
    """
    tally, first, last = out.tally[c], boxes.first[c], boxes.first[c + 1]
    clean = I64(today[last - 1]) if last > first else I64(0)
    n = clean + dirty.first[c + 1] - dirty.first[c]
    tally[ARRIVED] = n
    asked = rules.scheme[c] > 0 or rules.screened[c] > 0.0
    if n == 0 or not (asked or rules.chosen[c] + rules.blind[c] > 0):
        return 0
    weigh_looks(c, boxes, rules, scratch.looks)
    load(c, boxes, rules, dirty, scratch)
    by_score, blind, high = choose(c, day, clean, n, asked, today, boxes, rules, dirty, scanners, block, scratch)
    tally[HIGH_RISK], tally[CHOSEN], tally[BLIND] = high, by_score + blind, blind
    alarms = scan(c, by_score + blind, boxes, rules, dirty, scratch, out)
    line_up(c, alarms, I64(0), block, rules, scratch)
    open_boxes(c, alarms, boxes, rules, dirty, scratch, out)
    if rules.scheme[c] == SKIP_LOT:
        remember(c, by_score + blind, alarms, boxes, dirty, scanners, scratch, out)
    return by_score + blind


@jit_step
def wait(c, day, scans, rules, scanners, queue_key, salt, scratch, out):  # type: ignore[no-untyped-def]
    """The boxes to be scanned at control c queue for its scanners; these work on through the night."""
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
            nth_key(queue_key ^ salt, day),
            scratch.gaps,
        )
    overnight(scanners.free_at[c, : scanners.lanes[c]], 24.0)


@jit_bare
def clear_day(  # type: ignore[no-untyped-def]
    rows, day, today, boxes, rules, dirty, scanners, key, queue_key, scratch, out
):
    """One day at some controls: what one thread does.

    rows: int64[n], the controls; day: int64, 0 or later; today: int32[P] of `arrivals`; key, queue_key: uint64 of the
    choice and of the queue; the rest: see `sim.kernels.boxes`. Adds to the rows of `out`, and
    moves those of `scanners`.
    """
    for c in rows:
        salt = boxes.salt[c]
        scans = inspect(c, day, today, boxes, rules, dirty, scanners, nth_key(key ^ salt, day), scratch, out)
        wait(c, day, scans, rules, scanners, queue_key, salt, scratch, out)


def small_day() -> tuple[Boxes, Rules, Contaminated, Scanners, Sailings]:
    """A day of hardly a box at one control, of the types that a run uses: for compiling ahead."""
    one, nothing, share = np.ones(1, I64), np.zeros(1, I32), np.zeros(1)
    lever = np.zeros(1)
    lever.flags.writeable = False  # as those are that policies move
    boxes = Boxes(
        first=np.array([0, 1], I32), entity=np.zeros(1, U64), rate=share, lag=nothing, group=nothing,
        key=np.zeros(1, U64), mix=nothing, cargo=np.zeros(CARGO_STEPS, U8), own=np.zeros(LOOKS, U16),
        look=np.zeros(2 * LOOKS, U8), history=np.zeros(QUANTILES, U8), anomaly=np.zeros((3, QUANTILES), U8),
        front=np.zeros(1, U8), noise=np.zeros(256, I16), salt=np.zeros(1, U64), column=np.arange(0, 28, 4, dtype=I32),
        expected=np.zeros(2 * EVEN, I32), matched=np.zeros((3, QUANTILES), U8),
    )  # fmt: skip
    rules = Rules(
        points=np.zeros((1, 28), I16), base=nothing, flagged=np.zeros(1, U8), chosen=one, blind=one, most=one,
        scheme=np.zeros(1, U8), high=nothing, middle=nothing, called=np.zeros((1, 4), I32), clearance=np.ones(1, I32),
        screened=lever, alarm_clean=np.zeros((1, 4), I32),
        alarm_full=share, alarm_cargo=share, opened=one, finds=nothing, tip=nothing, servers=np.ones(1, I32),
        scan_hours=share, service=nothing, open_hours=share, integrated=nothing, reports=nothing, posing=nothing,
    )  # fmt: skip
    dirty = Contaminated(np.zeros(2, I32), nothing, np.zeros(1, U64), nothing, share, nothing)
    scanners = Scanners(np.ones((1, QUANTILES)), np.zeros((1, 1)), np.zeros(1, I32), np.zeros(1, I32), np.zeros(4, I32))
    return boxes, rules, dirty, scanners, Sailings(I64(0), np.zeros(1, U64), share)


def warm() -> None:
    """Compile each function for the types that a run uses."""
    boxes, rules, dirty, scanners, sailings = small_day()
    rows, today, key = np.zeros(1, I64), np.zeros(1, I32), U64(0)
    arrivals(rows, 0, boxes, sailings, today)
    clear_day(rows, 0, today, boxes, rules, dirty, scanners, key, key, Scratch.of(1), Day.blank(1, 28, 0))
