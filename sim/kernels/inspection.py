"""One day of control at every port: boxes are scored, chosen, scanned and opened, each one individually, none of them stored.

A legal container is a function of its bill of lading (lane, day of departure, serial number): the word
`box_word(lane key of the day, serial)` holds its cargo class, its shipper and the three anomalies of its documents as five
fields of twelve bits, each the quantile of a distribution. What differs from one control to the next (an assessor's
judgement, a tip, the luck of a scan and of a search) comes from a second word, `mix64(word ^ salt of the control)`.
Export and import control of one container therefore see the same container with luck of their own, whatever the policy.

Risk points are integers (256 points are one unit of log-odds): sums are exact, whatever the order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels.compiling import jit, jit_inline
from sim.kernels.draws import GOLDEN, mix64, uniform
from sim.kernels.queueing import overnight, queue_day

I8, I16, I32, I64 = np.int8, np.int16, np.int32, np.int64
U8, U16, U64, F64 = np.uint8, np.uint16, np.uint64, np.float64

POINTS = 256
"""Risk points in one unit of log-odds."""
FLAGGED = 16384
"""Points that put a flagged lane before everything else; taken off again before anything is learned."""
QUANTILES = 4096
"""Steps of a field of a box."""
CHANCE = 1 << 20
"""Chances of a scan and of a search are counted in this many parts."""
CERTAINTY = 1 << 24
"""Expected hits are counted in this many parts."""

RELEASED, SCANNED, ALARMED, MISSED, FOUND = 0, 1, 2, 3, 4
"""What happened to a box: not chosen; scanned without alarm; alarm but no hands to open it; opened, nothing seen; opened, found."""

ARRIVED, HIGH_RISK, CHOSEN, BLIND, ALARMS, FALSE_ALARMS, OPENED, HITS = range(8)
"""Columns of the tally of a control."""
TALLIES = 8


class Boxes(NamedTuple):
    """What does not change from day to day: where boxes come from and how they look.

    Pools are in compressed rows: the lanes of control c are `pool[first[c]:first[c + 1]]`.
    """

    first: NDArray[I32]
    """int32[C + 1]"""
    pool: NDArray[I32]
    """int32[P]: rows of lanes."""
    group: NDArray[I32]
    """int32[P]: the origin (at export: the destination) as a column of the risk points."""
    lane_key: NDArray[U64]
    """uint64[L]: key of each lane's boxes."""
    lane_mix: NDArray[I32]
    """int32[L]: row of the cargo mix."""
    cargo: NDArray[U8]
    """uint8[mixes, 4096]: cargo class by quantile."""
    history: NDArray[U8]
    """uint8[4096]: history of the shipper (0 certified to 3 new) by quantile of volume."""
    anomaly: NDArray[U8]
    """uint8[1 + 3 * concealments, 4096]: level of an anomaly by quantile; row 0 is a clean box, then three rows
    (manifest, routing, seal) for each concealment."""
    front: NDArray[U8]
    """uint8[concealments]: 1 where the shipper is a front."""
    noise: NDArray[I16]
    """int16[256]: judgement of assessors by quantile, in points."""
    salt: NDArray[U64]
    """uint64[C]: what makes the luck of one control its own."""
    column: NDArray[I32]
    """int32[7]: first column of each family of evidence: group, cargo, history, manifest, routing, seal, tip."""
    expected: NDArray[I32]
    """int32[16384]: chance of a hit in parts of 2**24 by log-odds in points, from -8192 up."""


class Rules(NamedTuple):
    """The controls in force today, one entry a control."""

    points: NDArray[I16]
    """int16[C, F]: risk points that the officer gives to each piece of evidence."""
    base: NDArray[I32]
    """int32[C]: log-odds, in points, that a box without any evidence is contaminated."""
    flagged: NDArray[U8]
    """uint8[P]: 1 where the lane of the pool is flagged."""
    chosen: NDArray[I64]
    """int64[C]: scans by score today."""
    blind: NDArray[I64]
    """int64[C]: scans of boxes picked blindly today."""
    only_high: NDArray[U8]
    """uint8[C]: 1 where only boxes at or above the high-risk score are scanned by score."""
    high: NDArray[I32]
    """int32[C]: the high-risk score, points."""
    screened: NDArray[F64]
    """float64[C]: share of high-risk boxes that must be scanned."""
    alarm_clean: NDArray[I32]
    """int32[C, classes]: chance of an alarm on a clean box, parts of 2**20."""
    alarm_full: NDArray[F64]
    """float64[C, classes]: chance of an alarm on a box full of contraband, before concealment."""
    opened: NDArray[I64]
    """int64[C]: boxes that can be opened today."""
    finds: NDArray[I32]
    """int32[C]: chance that a search finds what is there, parts of 2**20."""
    servers: NDArray[I32]
    """int32[C]: scanner lanes."""
    scan_hours: NDArray[F64]
    """float64[C]: mean time of a scan, hours."""
    service_cv: NDArray[F64]
    """float64[C]"""
    open_hours: NDArray[F64]
    """float64[C]"""


class Contaminated(NamedTuple):
    """Boxes that carry contraband today, in compressed rows by control."""

    first: NDArray[I32]
    """int32[C + 1]"""
    place: NDArray[I32]
    """int32[D]: position of the box's lane in the control's pool."""
    serial: NDArray[I32]
    """int32[D]: serial number of the box on its lane and day."""
    concealment: NDArray[I32]
    """int32[D]"""
    shows: NDArray[F64]
    """float64[D]: factor on the chance of an alarm: load and concealment."""
    tip: NDArray[I32]
    """int32[C]: chance that intelligence names a contaminated box, parts of 2**16."""


class Day(NamedTuple):
    """What a day leaves behind, filled by the kernel."""

    tally: NDArray[I64]
    """int64[C, 8]"""
    hits: NDArray[I64]
    """int64[C, F]: boxes found, by evidence they showed."""
    expected: NDArray[I64]
    """int64[C, F]: finds that the officer's score expected among the inspected boxes, parts of 2**24."""
    fate: NDArray[I8]
    """int8[D]: what happened to each contaminated box."""
    wait_hours: NDArray[F64]
    """float64[C]: hours that boxes waited for a scanner, summed."""


class Scratch(NamedTuple):
    """Working space, as long as the largest flow of a day."""

    score: NDArray[I16]
    taken: NDArray[U8]
    """uint8[n]: 0 left, 1 chosen by score, 2 picked blindly."""
    loaded: NDArray[I32]
    """int32[n]: 1 + row of the contaminated box, 0 for a clean one."""
    alarmed: NDArray[I32]
    """int32[n]: boxes with an alarm."""

    @classmethod
    def of(cls, size: int) -> Scratch:
        """Space for so many boxes."""
        return cls(np.empty(size, I16), np.empty(size, U8), np.empty(size, I32), np.empty(size, I32))


@jit
def score_pool(c, today, counts, boxes, rules, dirty, tip_clean, scratch):  # type: ignore[no-untyped-def]
    """Score every box of control c; returns how many there are.

    counts: int32[P], boxes of each lane of the pool today; today: int64[P], their day of departure.
    """
    points = rules.points[c]
    col = boxes.column
    salt = boxes.salt[c]
    clean = boxes.anomaly[0]
    n = 0
    for p in range(boxes.first[c], boxes.first[c + 1]):
        lane = boxes.pool[p]
        key = mix64(boxes.lane_key[lane] + U64(today[p]) * GOLDEN)
        lead = I32(points[col[0] + boxes.group[p]])
        if rules.flagged[p]:
            lead += FLAGGED
        cargo = boxes.cargo[boxes.lane_mix[lane]]
        for j in range(counts[p]):
            word = mix64(key + U64(j + 1) * GOLDEN)
            luck = mix64(word ^ salt)
            s = lead + boxes.noise[luck & U64(255)]
            s += points[col[1] + cargo[word & U64(4095)]]
            s += points[col[2] + boxes.history[(word >> U64(12)) & U64(4095)]]
            s += points[col[3] + clean[(word >> U64(24)) & U64(4095)]]
            s += points[col[4] + clean[(word >> U64(36)) & U64(4095)]]
            s += points[col[5] + clean[(word >> U64(48)) & U64(4095)]]
            if I32((luck >> U64(8)) & U64(65535)) < tip_clean:
                s += points[col[6] + 1]
            scratch.score[n + j] = s
        n += counts[p]
    return n


@jit_inline
def evidence_of(c, p, day, serial, dirty_row, boxes, dirty, tip_clean, levels):  # type: ignore[no-untyped-def]
    """Columns of the evidence that one box shows at control c, into levels int32[7]; returns its luck."""
    lane = boxes.pool[p]
    key = mix64(boxes.lane_key[lane] + U64(day) * GOLDEN)
    word = mix64(key + U64(serial + 1) * GOLDEN)
    luck = mix64(word ^ boxes.salt[c])
    col = boxes.column
    row = 0
    history = boxes.history[(word >> U64(12)) & U64(4095)]
    tip = tip_clean
    if dirty_row >= 0:
        kind = dirty.concealment[dirty_row]
        row = 1 + 3 * kind
        tip = dirty.tip[c]
        if boxes.front[kind]:
            history = U8(3)
    step = 1 if row > 0 else 0
    levels[0] = col[0] + boxes.group[p]
    levels[1] = col[1] + boxes.cargo[boxes.lane_mix[lane], word & U64(4095)]
    levels[2] = col[2] + history
    levels[3] = col[3] + boxes.anomaly[row, (word >> U64(24)) & U64(4095)]
    levels[4] = col[4] + boxes.anomaly[row + step, (word >> U64(36)) & U64(4095)]
    levels[5] = col[5] + boxes.anomaly[row + 2 * step, (word >> U64(48)) & U64(4095)]
    levels[6] = col[6] + (1 if I32((luck >> U64(8)) & U64(65535)) < tip else 0)
    return luck


@jit
def cut_of(score, n, wanted):  # type: ignore[no-untyped-def]
    """The score of the box of rank `wanted` (1 is the highest) among n, by halving the range of scores."""
    low, high = -32768, 32767
    while low < high:
        middle = (low + high + 1) >> 1
        above = 0
        for i in range(n):
            above += score[i] >= middle
        if above >= wanted:
            low = middle
        else:
            high = middle - 1
    return low


@jit
def count_from(score, n, least):  # type: ignore[no-untyped-def]
    """How many of the first n scores are at least `least`."""
    above = 0
    for i in range(n):
        above += score[i] >= least
    return above


@jit
def choose(c, n, day, key, rules, scratch):  # type: ignore[no-untyped-def]
    """Mark the boxes of control c to be scanned; returns (by score, blindly, high risk).

    By score: the highest ones; among equals those that come first after a drawn starting place. Blindly: drawn among the rest.
    """
    score, taken = scratch.score, scratch.taken
    for i in range(n):
        taken[i] = 0
    high = count_from(score, n, rules.high[c])
    wanted = rules.chosen[c]
    if rules.only_high[c]:
        wanted = min(wanted, high)
    wanted = min(max(wanted, I64(math_ceil(rules.screened[c] * high))), n)
    if wanted > 0:
        cut = cut_of(score, n, wanted)
        over = 0
        for i in range(n):
            if score[i] > cut:
                taken[i] = 1
                over += 1
        start = int(uniform(key, U64(c), day, 0) * n)
        for step in range(n):
            if over >= wanted:
                break
            i = start + step
            if i >= n:
                i -= n
            if score[i] == cut:
                taken[i] = 1
                over += 1
    blind = min(rules.blind[c], n - wanted)
    left, k = blind, 1
    while left > 0:
        i = int(uniform(key, U64(c), day, k) * n)
        k += 1
        if taken[i] == 0:
            taken[i] = 2
            left -= 1
    return wanted, blind, high


@jit_inline
def math_ceil(x):  # type: ignore[no-untyped-def]
    """The least whole number not below x."""
    whole = int(x)
    return whole + 1 if x > whole else whole


@jit
def inspect(c, day, departed, counts, boxes, rules, dirty, tip_clean, key, scratch, out):  # type: ignore[no-untyped-def]
    """One control's day: score, choose, scan, open, and count what was learned; returns the number of scans.

    Arguments as in `clear_day`. Authorities see evidence only: what is inside matters for the alarm and the search, never for
    the choice.
    """
    first, last = boxes.first[c], boxes.first[c + 1]
    n = score_pool(c, departed, counts, boxes, rules, dirty, tip_clean, scratch)
    levels = np.empty(7, I32)
    points = rules.points[c]
    for i in range(n):
        scratch.loaded[i] = 0
    for d in range(dirty.first[c], dirty.first[c + 1]):
        at = 0
        for p in range(first, first + dirty.place[d]):
            at += counts[p]
        p = first + dirty.place[d]
        at += dirty.serial[d]
        luck = evidence_of(c, p, departed[p], dirty.serial[d], d, boxes, dirty, tip_clean, levels)
        s = I32(boxes.noise[luck & U64(255)]) + (FLAGGED if rules.flagged[p] else 0)
        for f in range(7):
            s += points[levels[f]]
        scratch.score[at] = s
        scratch.loaded[at] = d + 1
        out.fate[d] = RELEASED
    by_score, blind, high = choose(c, n, day, key, rules, scratch)
    tally = out.tally[c]
    tally[ARRIVED], tally[HIGH_RISK], tally[CHOSEN], tally[BLIND] = n, high, by_score + blind, blind
    alarms = 0
    at = 0
    for p in range(first, last):
        flagged = FLAGGED if rules.flagged[p] else 0
        for j in range(counts[p]):
            i = at + j
            if scratch.taken[i] == 0:
                continue
            d = scratch.loaded[i] - 1
            luck = evidence_of(c, p, departed[p], j, d, boxes, dirty, tip_clean, levels)
            cargo = levels[1] - boxes.column[1]
            fate = I32((luck >> U64(24)) & U64(CHANCE - 1))
            if d >= 0:
                alarm = fate < int(rules.alarm_full[c, cargo] * dirty.shows[d] * CHANCE) or levels[6] > boxes.column[6]
                out.fate[d] = SCANNED
            else:
                alarm = fate < rules.alarm_clean[c, cargo]
                alarm = alarm or levels[6] > boxes.column[6]
                tally[FALSE_ALARMS] += alarm
            if alarm:
                scratch.alarmed[alarms] = i
                alarms += 1
            else:
                learn(c, scratch.score[i] - flagged, levels, 0, boxes, rules, out)
        at += counts[p]
    tally[ALARMS] = alarms
    open_boxes(c, alarms, departed, counts, boxes, rules, dirty, tip_clean, scratch, out, levels)
    return by_score + blind


@jit
def open_boxes(c, alarms, departed, counts, boxes, rules, dirty, tip_clean, scratch, out, levels):  # type: ignore[no-untyped-def]
    """Open the boxes with an alarm, the highest scores first, as many as there are hands; the others go."""
    tally = out.tally[c]
    for opened in range(min(alarms, rules.opened[c])):
        best = opened
        for a in range(opened + 1, alarms):
            one, other = scratch.alarmed[a], scratch.alarmed[best]
            if scratch.score[one] > scratch.score[other] or (
                scratch.score[one] == scratch.score[other] and one < other
            ):
                best = a
        i = scratch.alarmed[best]
        scratch.alarmed[best] = scratch.alarmed[opened]
        scratch.alarmed[opened] = i
        p, at = boxes.first[c], 0
        while at + counts[p] <= i:
            at += counts[p]
            p += 1
        d = scratch.loaded[i] - 1
        luck = evidence_of(c, p, departed[p], i - at, d, boxes, dirty, tip_clean, levels)
        found = 0
        if d >= 0:
            found = 1 if I32((luck >> U64(44)) & U64(CHANCE - 1)) < rules.finds[c] else 0
            out.fate[d] = FOUND if found else MISSED
        tally[OPENED] += 1
        tally[HITS] += found
        learn(c, scratch.score[i] - (FLAGGED if rules.flagged[p] else 0), levels, found, boxes, rules, out)
    for a in range(min(alarms, rules.opened[c]), alarms):
        d = scratch.loaded[scratch.alarmed[a]] - 1
        if d >= 0:
            out.fate[d] = ALARMED


@jit_inline
def learn(c, score, levels, found, boxes, rules, out):  # type: ignore[no-untyped-def]
    """Count what one inspected box teaches: found or not, against what its score expected."""
    odds = min(max(score + rules.base[c] + 8192, 0), 16383)
    for f in range(7):
        out.hits[c, levels[f]] += found
        out.expected[c, levels[f]] += boxes.expected[odds]


@jit
def clear_day(
    first, last, day, departed, counts, boxes, rules, dirty, tip_clean, key, queue_key, free_at, scratch, out
):  # type: ignore[no-untyped-def]
    """One day at the controls from row `first` up to `last`: what one thread does.

    day: int64; departed: int64[P] day of departure of each lane's boxes; counts: int32[P]; tip_clean: int32, chance of a tip on
    a clean box in parts of 2**16; key, queue_key: uint64; free_at: float64[C, S] hours at which scanner lanes become free,
    carried overnight; the rest: see the classes above. Fills the rows of `out`, which are zero before.
    """
    for c in range(first, last):
        scans = inspect(c, day, departed, counts, boxes, rules, dirty, tip_clean, key, scratch, out)
        lanes = rules.servers[c]
        if scans > 0 and lanes > 0:
            wait, _, _ = queue_day(
                scans,
                rules.open_hours[c],
                rules.scan_hours[c],
                lanes,
                rules.service_cv[c],
                free_at[c],
                queue_key,
                U64(c),
                day,
            )
            out.wait_hours[c] = wait
        overnight(free_at[c], 24.0)
