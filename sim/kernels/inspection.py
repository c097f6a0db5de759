"""One day of control at every port: boxes are scored, chosen, scanned and opened, each one individually, none of them
stored.

A legal container is a function of its bill of lading (lane, day of departure, serial number): the word `box_word(lane
key of the day, serial)` holds its cargo class, its shipper and the three anomalies of its documents as five fields of
twelve bits, each the quantile of a distribution. What differs from one control to the next (an assessor's judgement, a
tip, the luck of a scan and of a search) comes from a second word, `mix64(word ^ salt of the control)`. Export and
import control of one container therefore see the same container with luck of their own, whatever the policy.

Risk points are integers (256 points are one unit of log-odds): sums are exact, whatever the order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels.compiling import jit
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
"""What happened to a box: not chosen; scanned without alarm; alarm but no hands to open it; opened, nothing seen;
opened, found."""

ARRIVED, HIGH_RISK, CHOSEN, BLIND, ALARMS, FALSE_ALARMS, OPENED, HITS = range(8)
"""Columns of the tally of a control; high-risk boxes are counted where a rule asks for them."""
TALLIES = 8


class Boxes(NamedTuple):
    """What does not change from day to day: where boxes come from and how they look.

    Pools are in compressed rows: the lanes of control c are `pool[first[c]:first[c + 1]]`.
    """

    first: NDArray[np.int32]
    """int32[C + 1]"""
    pool: NDArray[np.int32]
    """int32[P]: rows of lanes."""
    group: NDArray[np.int32]
    """int32[P]: the origin (at export: the destination) as a column of the risk points."""
    lane_key: NDArray[np.uint64]
    """uint64[L]: key of each lane's boxes."""
    lane_mix: NDArray[np.int32]
    """int32[L]: row of the cargo mix."""
    cargo: NDArray[np.uint8]
    """uint8[mixes, 1024]: cargo class by quantile, in steps of four."""
    history: NDArray[np.uint8]
    """uint8[4096]: history of the shipper (0 certified to 3 new) by quantile of volume."""
    anomaly: NDArray[np.uint8]
    """uint8[1 + 3 * concealments, 4096]: level of an anomaly by quantile; row 0 is a clean box, then three rows
    (manifest, routing, seal) for each concealment."""
    step: NDArray[np.uint64]
    """uint64[2, 3]: first quantile of levels 1, 2 and 3 of the shipper's history, and of a clean box's anomaly."""
    front: NDArray[np.uint8]
    """uint8[concealments]: 1 where the shipper is a front."""
    noise: NDArray[np.int16]
    """int16[256]: judgement of assessors by quantile, in points."""
    salt: NDArray[np.uint64]
    """uint64[C]: what makes the luck of one control its own."""
    column: NDArray[np.int32]
    """int32[7]: first column of each family of evidence: group, cargo, history, manifest, routing, seal, tip."""
    expected: NDArray[np.int32]
    """int32[16384]: chance of a hit in parts of 2**24 by log-odds in points, from -8192 up."""


def steps_of(*levels: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """First quantile at which each table of levels reaches 1, 2 and 3 (its length, if it never does): uint64[n, 3].

    Raises ValueError for levels that do not rise with the quantile.
    """
    if any(np.any(table[1:] < table[:-1]) for table in levels):
        raise ValueError("levels must rise with the quantile")
    return np.array([[int(np.searchsorted(table, step)) for step in (1, 2, 3)] for table in levels], U64)


class Rules(NamedTuple):
    """The controls in force today, one entry a control."""

    points: NDArray[np.int16]
    """int16[C, F]: risk points that the officer gives to each piece of evidence."""
    base: NDArray[np.int32]
    """int32[C]: log-odds, in points, that a box without any evidence is contaminated."""
    flagged: NDArray[np.uint8]
    """uint8[P]: 1 where the lane of the pool is flagged."""
    chosen: NDArray[np.int64]
    """int64[C]: scans by score today."""
    blind: NDArray[np.int64]
    """int64[C]: scans of boxes picked blindly today."""
    only_high: NDArray[np.uint8]
    """uint8[C]: 1 where only boxes at or above the high-risk score are scanned by score."""
    high: NDArray[np.int32]
    """int32[C]: points above the day's median score from which a box counts as high risk."""
    screened: NDArray[np.float64]
    """float64[C]: share of high-risk boxes that must be scanned."""
    alarm_clean: NDArray[np.int32]
    """int32[C, classes]: chance of an alarm on a clean box, parts of 2**20."""
    alarm_full: NDArray[np.float64]
    """float64[C, classes]: chance of an alarm on a box full of contraband, before concealment."""
    opened: NDArray[np.int64]
    """int64[C]: boxes that can be opened today."""
    finds: NDArray[np.int32]
    """int32[C]: chance that a search finds what is there, parts of 2**20."""
    servers: NDArray[np.int32]
    """int32[C]: scanner lanes."""
    scan_hours: NDArray[np.float64]
    """float64[C]: mean time of a scan, hours."""
    service_cv: NDArray[np.float64]
    """float64[C]"""
    open_hours: NDArray[np.float64]
    """float64[C]"""


class Contaminated(NamedTuple):
    """Boxes that carry contraband today, in compressed rows by control."""

    first: NDArray[np.int32]
    """int32[C + 1]"""
    place: NDArray[np.int32]
    """int32[D]: position of the box's lane in the control's pool."""
    serial: NDArray[np.int32]
    """int32[D]: serial number of the box on its lane and day."""
    concealment: NDArray[np.int32]
    """int32[D]"""
    shows: NDArray[np.float64]
    """float64[D]: factor on the chance of an alarm: load and concealment."""
    tip: NDArray[np.int32]
    """int32[C]: chance that intelligence names a contaminated box, parts of 2**16."""


class Day(NamedTuple):
    """What a day leaves behind, filled by the kernel."""

    tally: NDArray[np.int64]
    """int64[C, 8]"""
    hits: NDArray[np.int64]
    """int64[C, F]: boxes found, by evidence they showed."""
    expected: NDArray[np.int64]
    """int64[C, F]: finds that the officer's score expected among the inspected boxes, parts of 2**24."""
    fate: NDArray[np.int8]
    """int8[D]: what happened to each contaminated box."""
    wait_hours: NDArray[np.float64]
    """float64[C]: hours that boxes waited for a scanner, summed."""


class Scratch(NamedTuple):
    """Working space, as long as the largest flow of a day."""

    word: NDArray[np.uint64]
    """uint64[n]: the boxes."""
    luck: NDArray[np.uint64]
    """uint64[n]: their luck at this control."""
    lead: NDArray[np.int16]
    """int16[n]: points that a box gets for its lane."""
    mix: NDArray[np.uint8]
    """uint8[n]: row of its cargo mix."""
    score: NDArray[np.int16]
    taken: NDArray[np.uint8]
    """uint8[n]: 0 left, 1 chosen by score, 2 picked blindly."""
    loaded: NDArray[np.int32]
    """int32[n]: 1 + row of the contaminated box, 0 for a clean one."""
    alarmed: NDArray[np.int32]
    """int32[n]: boxes with an alarm."""
    shown: NDArray[np.int32]
    """int32[n, 7]: columns of the evidence that each box with an alarm showed."""

    @classmethod
    def of(cls, size: int) -> Scratch:
        """Space for so many boxes."""
        return cls(
            word=np.empty(size, U64),
            luck=np.empty(size, U64),
            lead=np.empty(size, I16),
            mix=np.empty(size, U8),
            score=np.empty(size, I16),
            taken=np.empty(size, U8),
            loaded=np.empty(size, I32),
            alarmed=np.empty(size, I32),
            shown=np.empty((size, 7), I32),
        )


@jit
def score_pool(c, departed, counts, boxes, rules, tip_clean, scratch):  # type: ignore[no-untyped-def]
    """Score every box of control c as if it were clean; returns how many there are.

    counts: int32[P], boxes of each lane of the pool today; departed: int64[P], their day of departure.
    """
    points, noise, column = rules.points[c], boxes.noise, boxes.column
    word, luck, score = scratch.word, scratch.luck, scratch.score
    salt = boxes.salt[c]
    first_group, cargo, of_cargo = column[0], boxes.cargo, points[column[1] :]
    lead, mix = scratch.lead, scratch.mix
    n = 0
    for p in range(boxes.first[c], boxes.first[c + 1]):
        count = counts[p]
        if count == 0:
            continue
        lane = boxes.pool[p]
        key = mix64(boxes.lane_key[lane] + U64(departed[p]) * GOLDEN)
        known = I32(points[first_group + boxes.group[p]]) + (FLAGGED if rules.flagged[p] else 0)
        row = boxes.lane_mix[lane]
        for j in range(count):
            word[n + j] = mix64(key + U64(j + 1) * GOLDEN)
            lead[n + j] = known
            mix[n + j] = row
        n += count
    for i in range(n):
        luck[i] = mix64(word[i] ^ salt)
    # Levels rise with the quantile, so a level's points are added where the quantile has passed its step: no table, and
    # many boxes at a time.
    h1, h2, h3 = boxes.step[0, 0], boxes.step[0, 1], boxes.step[0, 2]
    a1, a2, a3 = boxes.step[1, 0], boxes.step[1, 1], boxes.step[1, 2]
    p, m, r, s, t = column[2], column[3], column[4], column[5], column[6]
    base = points[p] + points[m] + points[r] + points[s] + points[t]
    p1, p2, p3 = points[p + 1] - points[p], points[p + 2] - points[p + 1], points[p + 3] - points[p + 2]
    m1, m2, m3 = points[m + 1] - points[m], points[m + 2] - points[m + 1], points[m + 3] - points[m + 2]
    r1, r2, r3 = points[r + 1] - points[r], points[r + 2] - points[r + 1], points[r + 3] - points[r + 2]
    s1, s2, s3 = points[s + 1] - points[s], points[s + 2] - points[s + 1], points[s + 3] - points[s + 2]
    tip, tips = points[t + 1] - points[t], U64(tip_clean)
    for i in range(n):
        w = word[i]
        q = (w >> U64(12)) & U64(4095)
        total = (p1 if q >= h1 else 0) + (p2 if q >= h2 else 0) + (p3 if q >= h3 else 0)
        q = (w >> U64(24)) & U64(4095)
        total += (m1 if q >= a1 else 0) + (m2 if q >= a2 else 0) + (m3 if q >= a3 else 0)
        q = (w >> U64(36)) & U64(4095)
        total += (r1 if q >= a1 else 0) + (r2 if q >= a2 else 0) + (r3 if q >= a3 else 0)
        q = (w >> U64(48)) & U64(4095)
        total += (s1 if q >= a1 else 0) + (s2 if q >= a2 else 0) + (s3 if q >= a3 else 0)
        total += tip if ((luck[i] >> U64(8)) & U64(65535)) < tips else 0
        score[i] = lead[i] + base + total
    for i in range(n):
        score[i] += noise[luck[i] & U64(255)] + of_cargo[cargo[mix[i], (word[i] & U64(4095)) >> U64(2)]]
    return n


@jit
def show(word, luck, tip, row, step, front, group, cargo, history, anomaly, column, levels):  # type: ignore[no-untyped-def]
    """Columns of the evidence that one box shows, into levels int32[7].

    row, step: where its anomalies stand (rows row, row + step, row + 2 step); front: whether its shipper is a front;
    tip: chance of a tip, parts of 2**16; cargo: uint8[1024] of its lane.
    """
    levels[0] = column[0] + group
    levels[1] = column[1] + cargo[(word & U64(4095)) >> U64(2)]
    levels[2] = column[2] + (U8(3) if front else history[(word >> U64(12)) & U64(4095)])
    levels[3] = column[3] + anomaly[row, (word >> U64(24)) & U64(4095)]
    levels[4] = column[4] + anomaly[row + step, (word >> U64(36)) & U64(4095)]
    levels[5] = column[5] + anomaly[row + 2 * step, (word >> U64(48)) & U64(4095)]
    levels[6] = column[6] + (1 if I32((luck >> U64(8)) & U64(65535)) < tip else 0)


@jit
def count_from(score, n, least):  # type: ignore[no-untyped-def]
    """How many of the first n scores are at least `least`."""
    above = I32(0)
    for i in range(n):
        above = I32(above + (score[i] >= least))  # 32 bits, so that sixteen fit a register
    return above


@jit
def cut_of(score, n, wanted):  # type: ignore[no-untyped-def]
    """The score of the box of rank `wanted` (1 is the highest) among n, by halving the range of scores."""
    low, high = -32768, 32767
    while low < high:
        middle = (low + high + 1) >> 1
        above = count_from(score, n, middle)
        if above >= wanted:
            low = middle
        else:
            high = middle - 1
    return low


@jit
def choose(c, n, day, key, entity, rules, scratch):  # type: ignore[no-untyped-def]
    """Mark the boxes of control c to be scanned; returns (by score, blindly, high risk).

    By score: the highest ones; among equals those that come first after a drawn starting place. Blindly: drawn among
    the rest.
    """
    score, taken = scratch.score, scratch.taken
    for i in range(n):
        taken[i] = 0
    high = 0
    if n > 0 and (rules.only_high[c] or rules.screened[c] > 0.0):  # else nobody asks
        high = count_from(score, n, cut_of(score, n, (n + 1) // 2) + rules.high[c])
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
        start = int(uniform(key, entity, day, 0) * n)
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
        i = int(uniform(key, entity, day, k) * n)
        k += 1
        if taken[i] == 0:
            taken[i] = 2
            left -= 1
    return wanted, blind, high


@jit
def math_ceil(x):  # type: ignore[no-untyped-def]
    """The least whole number not below x."""
    whole = int(x)
    return whole + 1 if x > whole else whole


@jit
def inspect(c, day, departed, counts, boxes, rules, dirty, tip_clean, key, scratch, out):  # type: ignore[no-untyped-def]
    """One control's day: score, choose, scan, open, and count what was learned; returns the number of scans.

    Arguments as in `clear_day`. Authorities see evidence only: what is inside matters for the alarm and the search,
    never for the choice.
    """
    first, _last = boxes.first[c], boxes.first[c + 1]
    n = score_pool(c, departed, counts, boxes, rules, tip_clean, scratch)
    levels = np.empty(7, I32)
    points, column = rules.points[c], boxes.column
    hits, expected, tally = out.hits[c], out.expected[c], out.tally[c]
    loaded, alarmed = scratch.loaded, scratch.alarmed
    for i in range(n):
        loaded[i] = 0
    for d in range(dirty.first[c], dirty.first[c + 1]):
        p, i = first, dirty.serial[d]
        while p < first + dirty.place[d]:
            i += counts[p]
            p += 1
        kind, luck = dirty.concealment[d], scratch.luck[i]
        cargo = boxes.cargo[boxes.lane_mix[boxes.pool[p]]]
        show(
            scratch.word[i], luck, dirty.tip[c], 1 + 3 * kind, 1, boxes.front[kind] > 0, boxes.group[p],
            cargo, boxes.history, boxes.anomaly, column, levels,
        )  # fmt: skip
        s = I32(boxes.noise[luck & U64(255)]) + (FLAGGED if rules.flagged[p] else 0)
        for f in range(7):
            s += points[levels[f]]
        scratch.score[i] = s
        loaded[i] = d + 1
        out.fate[d] = RELEASED
    by_score, blind, high = choose(c, n, day, key, boxes.salt[c], rules, scratch)
    tally[ARRIVED], tally[HIGH_RISK], tally[CHOSEN], tally[BLIND] = n, high, by_score + blind, blind
    alarms, p, upto = 0, first, counts[first]
    for i in range(n):
        if scratch.taken[i] == 0:
            continue
        while upto <= i:
            p += 1
            upto += counts[p]
        d, luck = loaded[i] - 1, scratch.luck[i]
        row, step, front, tip = 0, 0, False, I32(tip_clean)
        if d >= 0:
            kind = dirty.concealment[d]
            row, step, front, tip = 1 + 3 * kind, 1, boxes.front[kind] > 0, dirty.tip[c]
        show(
            scratch.word[i], luck, tip, row, step, front, boxes.group[p],
            boxes.cargo[boxes.lane_mix[boxes.pool[p]]], boxes.history, boxes.anomaly, column, levels,
        )  # fmt: skip
        tipped = levels[6] > column[6]
        draw = I32((luck >> U64(24)) & U64(CHANCE - 1))
        if d >= 0:
            chance = int(rules.alarm_full[c, levels[1] - column[1]] * dirty.shows[d] * CHANCE)
            alarm = tipped or draw < chance
            out.fate[d] = SCANNED
        else:
            alarm = tipped or draw < rules.alarm_clean[c, levels[1] - column[1]]
            tally[FALSE_ALARMS] += alarm
        flagged = FLAGGED if rules.flagged[p] else 0
        if alarm:
            alarmed[alarms] = i
            scratch.score[i] -= flagged
            for f in range(7):
                scratch.shown[alarms, f] = levels[f]
            alarms += 1
        else:
            learn(scratch.score[i] - flagged + rules.base[c], levels, 0, boxes.expected, hits, expected)
    tally[ALARMS] = alarms
    open_boxes(
        alarms, rules.opened[c], rules.finds[c], rules.base[c], boxes.expected, scratch, hits, expected, tally, out.fate
    )
    return by_score + blind


@jit
def open_boxes(alarms, hands, finds, base, chance, scratch, hits, expected, tally, fates):  # type: ignore[no-untyped-def]
    """Open the boxes with an alarm, the highest scores first, as many as there are hands; the others go."""
    score, alarmed, shown = scratch.score, scratch.alarmed, scratch.shown
    for turn in range(alarms):
        best = turn
        for a in range(turn + 1, alarms if turn < hands else turn):
            one, other = alarmed[a], alarmed[best]
            if score[one] > score[other] or (score[one] == score[other] and one < other):
                best = a
        i = alarmed[best]
        alarmed[best], alarmed[turn] = alarmed[turn], i
        for f in range(7):
            shown[best, f], shown[turn, f] = shown[turn, f], shown[best, f]
        d = scratch.loaded[i] - 1
        if turn >= hands:
            if d >= 0:
                fates[d] = ALARMED
            continue
        found = 0
        if d >= 0:
            found = 1 if I32((scratch.luck[i] >> U64(44)) & U64(CHANCE - 1)) < finds else 0
            fates[d] = FOUND if found else MISSED
        tally[OPENED] += 1
        tally[HITS] += found
        learn(score[i] + base, shown[turn], found, chance, hits, expected)


@jit
def learn(odds, levels, found, chance, hits, expected):  # type: ignore[no-untyped-def]
    """Count what one inspected box teaches: found or not, against what its score expected."""
    step = min(max(I64(odds) + 8192, 0), 16383)
    for f in range(7):
        hits[levels[f]] += found
        expected[levels[f]] += chance[step]


@jit
def clear_day(  # type: ignore[no-untyped-def]
    first, last, day, departed, counts, boxes, rules, dirty, tip_clean, key, queue_key, free_at, scratch, out
):
    """One day at the controls from row `first` up to `last`: what one thread does.

    day: int64; departed: int64[P] day of departure of each lane's boxes; counts: int32[P]; tip_clean: int32, chance of
    a tip on a clean box in parts of 2**16; key, queue_key: uint64; free_at: float64[C, S] hours at which scanner lanes
    become free, carried overnight; the rest: see the classes above. Fills the rows of `out`, which are zero before.
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
                boxes.salt[c],
                day,
            )
            out.wait_hours[c] = wait
        overnight(free_at[c], 24.0)


def warm() -> None:
    """Compile each function for the types that a run uses: a day of one box at one control."""
    one, nothing, share = np.ones(1, I64), np.zeros(1, I32), np.zeros(1)
    lever = np.zeros(1)
    lever.flags.writeable = False  # as those are that policies move
    boxes = Boxes(
        first=np.array([0, 1], I32), pool=nothing, group=nothing, lane_key=np.zeros(1, U64), lane_mix=nothing,
        cargo=np.zeros((1, QUANTILES // 4), U8), history=np.zeros(QUANTILES, U8), anomaly=np.zeros((4, QUANTILES), U8),
        step=np.zeros((2, 3), U64), front=np.zeros(1, U8), noise=np.zeros(256, I16), salt=np.zeros(1, U64),
        column=np.zeros(7, I32), expected=np.zeros(16384, I32),
    )  # fmt: skip
    rules = Rules(
        points=np.zeros((1, 2), I16), base=nothing, flagged=np.zeros(1, U8), chosen=one, blind=one,
        only_high=np.zeros(1, U8), high=nothing, screened=lever, alarm_clean=np.zeros((1, 1), I32),
        alarm_full=np.zeros((1, 1)), opened=one, finds=nothing, servers=np.ones(1, I32), scan_hours=share,
        service_cv=share, open_hours=share,
    )  # fmt: skip
    dirty = Contaminated(np.zeros(2, I32), nothing, nothing, nothing, share, nothing)
    counts = np.zeros((1, 2), I64)
    out = Day(np.zeros((1, TALLIES), I64), counts, counts.copy(), np.zeros(1, I8), np.zeros(1))
    key, scratch = U64(0), Scratch.of(1)
    clear_day(0, 1, 0, one, np.ones(1, I32), boxes, rules, dirty, I32(0), key, key, np.zeros((1, 1)), scratch, out)
