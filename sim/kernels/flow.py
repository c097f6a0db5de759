"""How many clean boxes a control expects at every number of points, and how many of them would give an alarm.

Points are sums of independent evidence, so that their chances follow from the tables that boxes are made of by
convolution; and what officers expect of a scanned box, by evidence, follows by taking the same steps back.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels.boxes import (
    CARGO_STEPS,
    CERTAINTY,
    CHANCE,
    EVEN,
    I32,
    I64,
    LEVELS,
    U8,
    U64,
    Boxes,
    chances_of_levels,
)
from sim.kernels.compiling import jit_bare, jit_part

BINS = 768
"""Most points between the highest and the lowest box of a control; where there are more, boxes are made one by one."""
SPAN = 4096
"""Most points between the highest and the lowest box that there can be."""
FAMILIES_OF_LOOKS = 4


class Flow(NamedTuple):
    """The clean boxes of each control as numbers by points, from the highest down: bin b holds top - b points."""

    lag_first: NDArray[np.int32]
    """int32[C + 1]: control c has the columns `lag_first[c]` to `lag_first[c + 1]`."""
    lag: NDArray[np.int32]
    """int32[K]: days since the boxes of a column departed."""
    column: NDArray[np.int32]
    """int32[P]: column of each place."""
    upto: NDArray[np.float32]
    """float32[2 * K * BINS]: boxes expected on a mean day in a bin and those before it, and behind each number how many
    of them would give an alarm. Control c begins at `2 * BINS * lag_first[c]`; its columns stand side by side, bin
    after bin, so that what a day looks at lies close together."""
    total: NDArray[np.float64]
    """float64[K]: all boxes expected on a mean day."""
    total_alarms: NDArray[np.float64]
    top: NDArray[np.int32]
    """int32[C]: points in bin 0."""
    bins: NDArray[np.int32]
    """int32[C]"""
    lesson: NDArray[np.float64]
    """float64[C, F]: finds that the officer's score expects of one scanned clean box, by evidence, in the mean."""
    stale: NDArray[np.uint8]
    """uint8[C]: 1 where the tables have to be laid out anew."""
    singly: NDArray[np.uint8]
    """uint8[C]: 1 where a rule asks for more than the tables know, and boxes are made one by one."""
    near: NDArray[np.int32]
    """int32[C]: bin of the last cut, where the search for the next begins."""
    scans: NDArray[np.float64]
    """float64[2, C]: mean scans a day, by score and blind."""
    noise: NDArray[np.float64]
    """float64[judgements]: chances of the assessor's judgement, from the highest down."""
    noise_top: np.int32
    """Points of the first of them."""
    levels: NDArray[np.float64]
    """float64[4, 4]: chances of the shipper's history, and of the three anomalies."""
    tips: NDArray[np.float64]
    """float64[2]: chances of no tip and of one."""
    kinds: NDArray[np.float64]
    """float64[mixes, classes]: chances of the cargo classes."""


class Working(NamedTuple):
    """Working space for laying out the tables of one control."""

    known: NDArray[np.float64]
    """float64[6, span]: chances of points, more and more families added."""
    worth: NDArray[np.float64]
    """float64[2, span]: what boxes of so many points teach, families taken away again."""
    mixed: NDArray[np.float64]
    """float64[mixes, span]: chances of points by cargo mix."""
    above: NDArray[np.float64]
    """float64[2, mixes, span]: the same added up from the highest down, and those that give an alarm."""
    taught: NDArray[np.float64]
    """float64[mixes, span]: what boxes of a mix teach, by points without those of their lane."""
    used: NDArray[np.uint8]
    """uint8[mixes]"""
    sums: NDArray[np.float64]
    """float64[2, lags, bins]: boxes and alarms added up, column by column."""
    weight: NDArray[np.float64]
    """float64[lags]: factors of the day."""
    depth: NDArray[np.float64]
    """float64[loads]: bins from the top down to each contaminated box, its draw among equals included."""
    order: NDArray[np.int32]
    """int32[loads]: contaminated boxes, the highest first."""
    passed: NDArray[np.float64]
    """float64[loads]: clean boxes that gave way to these: where they stand."""

    @classmethod
    def of(cls, mixes: int, lags: int, loads: int) -> Working:
        """Space for so many cargo mixes, columns of one control, and contaminated boxes."""
        return cls(
            known=np.zeros((2 + FAMILIES_OF_LOOKS, SPAN)),
            worth=np.zeros((2, SPAN)),
            mixed=np.zeros((mixes, SPAN)),
            above=np.zeros((2, mixes, SPAN)),
            taught=np.zeros((mixes, SPAN)),
            used=np.zeros(mixes, np.uint8),
            sums=np.zeros((2, lags, BINS)),
            weight=np.zeros(lags),
            depth=np.zeros(loads),
            order=np.zeros(loads, np.int32),
            passed=np.zeros(loads),
        )


@jit_part
def highest(points):  # type: ignore[no-untyped-def]
    """The highest of some points."""
    most = I64(points[0])
    for point in points:
        most = max(most, I64(point))
    return most


@jit_part
def spread_of(points):  # type: ignore[no-untyped-def]
    """How far apart the highest and the lowest of some points are."""
    least = I64(points[0])
    for point in points:
        least = min(least, I64(point))
    return highest(points) - least


@jit_part
def add(target, down, scale, source, n):  # type: ignore[no-untyped-def]
    """target[down + j] += scale * source[j], j < n."""
    down = U64(down)
    for j in range(U64(n)):
        target[down + j] += scale * source[j]


@jit_part
def add_family(before, n, points, chances, after):  # type: ignore[no-untyped-def]
    """Chances of sums: after[n + spread] of before[n] and an evidence of some points and chances; returns how many."""
    most, size = highest(points), n + spread_of(points)
    after[:size] = 0.0
    for i in range(len(points)):
        add(after, most - points[i], chances[i], before, n)
    return size


@jit_part
def dot(chances, n, worth, down):  # type: ignore[no-untyped-def]
    """Sum of chances[j] * worth[down + j], j < n: eight sums side by side, which a processor can take together."""
    a, b, c, d, e, f, g, h = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    down, whole = U64(down), U64(n & ~7)
    for j in range(U64(0), whole, U64(8)):
        a += chances[j] * worth[down + j]
        b += chances[j + U64(1)] * worth[down + j + U64(1)]
        c += chances[j + U64(2)] * worth[down + j + U64(2)]
        d += chances[j + U64(3)] * worth[down + j + U64(3)]
        e += chances[j + U64(4)] * worth[down + j + U64(4)]
        f += chances[j + U64(5)] * worth[down + j + U64(5)]
        g += chances[j + U64(6)] * worth[down + j + U64(6)]
        h += chances[j + U64(7)] * worth[down + j + U64(7)]
    rest = 0.0
    for j in range(whole, U64(n)):
        rest += chances[j] * worth[down + j]
    return ((a + b) + (c + d)) + ((e + f) + (g + h)) + rest


@jit_part
def take_family(known, n, points, chances, worth, before, lesson):  # type: ignore[no-untyped-def]
    """What each level of an evidence teaches, into lesson; and what boxes teach by the points of all that is left,
    into before[n].

    known: float64[n], chances of these points; worth: by all points together.
    """
    most = highest(points)
    before[:n] = 0.0
    for i in range(len(points)):
        down, chance = most - points[i], chances[i]
        lesson[i] = chance * dot(known, n, worth, down)
        add(before, 0, chance, worth[down:], n)


@jit_bare
def lay_out(rows, boxes, rules, flow, working):  # type: ignore[no-untyped-def]
    """Lay out the tables of some controls for the weights that their officers give to evidence now.

    rows: int64[n]. A control whose boxes are too far apart for the tables is marked: its boxes are to be made one by
    one.
    """
    for c in rows:
        flow.stale[c] = 0
        bins, width, most, n, bare = _chances(c, boxes, rules, flow, working)
        if bins > BINS:
            flow.singly[c] = 1
        else:
            _add_up(c, bins, most, boxes, rules, flow, working)
            _lessons(c, bins, width, most, n, bare, boxes, rules, flow, working)


@jit_part
def _chances(c, boxes, rules, flow, working):  # type: ignore[no-untyped-def]
    """Chances of points by cargo mix; returns (bins, width of a mix, highest of the lanes' points, n, bare)."""
    points, column, known, mixed = rules.points[c], boxes.column, working.known, working.mixed
    kinds, tips = points[column[1] : column[2]], points[column[6] : column[6] + 2]
    groups, classes = points[column[0] : column[1]], U64(len(kinds))
    chance = flow.tips[1]
    first, last = boxes.first[c], boxes.first[c + 1]
    n = I64(len(flow.noise))
    for j in range(n):
        known[0, j] = flow.noise[j]
    top = I64(flow.noise_top)
    for f in range(FAMILIES_OF_LOOKS):
        levels = points[column[2 + f] : column[2 + f] + LEVELS]
        n, top = add_family(known[f], n, levels, flow.levels[f], known[f + 1]), top + highest(levels)
    plain, bare = known[FAMILIES_OF_LOOKS], n
    n, top = (
        add_family(plain, bare, tips, flow.tips, known[FAMILIES_OF_LOOKS + 1]),
        top + highest(tips) + highest(kinds),
    )
    everything, width = known[FAMILIES_OF_LOOKS + 1], n + spread_of(kinds)

    # By cargo mix: chances of points without the lane's own, added up from the highest, and those with an alarm.
    working.used[:] = 0
    most = I64(groups[boxes.group[first]]) if last > first else I64(0)
    least = most
    for p in range(first, last):
        working.used[boxes.mix[p]] = 1
        most, least = max(most, I64(groups[boxes.group[p]])), min(least, I64(groups[boxes.group[p]]))
    untipped, tipped = highest(tips) - tips[0], highest(tips) - tips[1]
    for m in range(len(mixed)):
        if not working.used[m]:
            continue
        full, alarmed = mixed[m], working.above[1, m]
        full[:width], alarmed[:width] = 0.0, 0.0
        for kind in range(classes):
            down, share = highest(kinds) - kinds[kind], flow.kinds[m, kind]
            if share > 0.0:
                rate = share * (1.0 - chance) * (rules.alarm_clean[c, kind] / CHANCE)
                add(full, down, share, everything, n)
                add(alarmed, down + untipped, rate, plain, bare)
                add(alarmed, down + tipped, share * chance, plain, bare)
        total, alarms = 0.0, 0.0
        for j in range(width + most - least):
            total += full[j] if j < width else 0.0
            working.above[0, m, j] = total
            alarms += alarmed[j] if j < width else 0.0
            alarmed[j] = alarms

    bins = width + most - least
    flow.top[c], flow.bins[c] = top + most, bins
    return bins, width, most, n, bare


@jit_part
def _add_up(c, bins, most, boxes, rules, flow, working):  # type: ignore[no-untyped-def]
    """How many boxes are expected at or above each number of points, and how many of them give an alarm."""
    column, points = boxes.column, rules.points[c]
    groups = points[column[0] : column[1]]
    first, columns, sums = flow.lag_first[c], flow.lag_first[c + 1] - flow.lag_first[c], working.sums
    for k in range(columns):
        sums[0, k, :bins], sums[1, k, :bins] = 0.0, 0.0
    for p in range(boxes.first[c], boxes.first[c + 1]):
        k, m, rate, down = flow.column[p] - first, boxes.mix[p], boxes.rate[p], most - groups[boxes.group[p]]
        for which in range(2):  # what is above goes on level beyond its width
            add(sums[which, k], down, rate, working.above[which, m], bins - down)
    at = U64(2 * BINS * first)
    for b in range(U64(bins)):
        for k in range(U64(columns)):
            flow.upto[at], flow.upto[at + U64(1)] = sums[0, k, b], sums[1, k, b]
            at += U64(2)
    for k in range(columns):
        flow.total[first + k], flow.total_alarms[first + k] = sums[0, k, bins - 1], sums[1, k, bins - 1]


@jit_part
def _lessons(c, bins, width, most, n, bare, boxes, rules, flow, working):  # type: ignore[no-untyped-def]
    """What officers expect of a scanned clean box, by evidence: the mean over those chosen by score and blindly."""
    points, column, lesson = rules.points[c], boxes.column, flow.lesson[c]
    kinds, groups = points[column[1] : column[2]], points[column[0] : column[1]]
    scans, blind, total, base = flow.scans[0, c], flow.scans[1, c], 0.0, rules.base[c] + flow.top[c] + EVEN
    for k in range(flow.lag_first[c], flow.lag_first[c + 1]):
        total += flow.total[k]
    scans = min(scans, total)
    blind = min(blind, total - scans)
    worth, before = working.worth[0], 0.0
    for b in range(bins):
        upto = 0.0
        for k in range(flow.lag_first[c + 1] - flow.lag_first[c]):
            upto += working.sums[0, k, b]
        here = upto - before
        taken = min(max(scans - before, 0.0) / here, 1.0) if here > 0.0 else 0.0
        picked = (1.0 - taken) * blind / (total - scans) if total > scans else 0.0
        share = boxes.expected[min(max(base - b, 0), 2 * EVEN - 1)] / CERTAINTY
        worth[b] = share * (taken + picked) / (scans + blind) if scans + blind > 0.0 else 0.0
        before = upto
    lesson[:] = 0.0
    for m in range(len(working.mixed)):
        if working.used[m]:
            working.taught[m, :width] = 0.0
    for p in range(boxes.first[c], boxes.first[c + 1]):
        m, rate, down = boxes.mix[p], boxes.rate[p], most - groups[boxes.group[p]]
        lesson[column[0] + boxes.group[p]] += rate * dot(working.mixed[m], width, worth, down)
        add(working.taught[m], 0, rate, worth[down:], width)
    worth, before_tip = working.worth[1], working.worth[0]
    worth[:n] = 0.0
    for m in range(len(working.mixed)):
        if not working.used[m]:
            continue
        taught = working.taught[m]
        for kind in range(len(kinds)):
            down, share = highest(kinds) - kinds[kind], flow.kinds[m, kind]
            if share > 0.0:
                lesson[column[1] + kind] += share * dot(working.known[FAMILIES_OF_LOOKS + 1], n, taught, down)
                add(worth, 0, share, taught[down:], n)
    at = column[6]
    take_family(
        working.known[FAMILIES_OF_LOOKS], bare, points[at : at + 2], flow.tips, worth, before_tip, lesson[at : at + 2]
    )
    worth, left, size = before_tip, working.worth[1], bare
    for f in range(FAMILIES_OF_LOOKS - 1, -1, -1):
        at = column[2 + f]
        levels = points[at : at + LEVELS]
        size -= spread_of(levels)
        take_family(working.known[f], size, levels, flow.levels[f], worth, left, lesson[at : at + LEVELS])
        worth, left = left, worth


def blank(boxes: Boxes, classes: int, width: int) -> Flow:
    """Tables with nothing in them yet, all of them stale; classes: of cargo, width: pieces of evidence."""
    first, lags, column = [0], list[int](), np.zeros(len(boxes.lag), I32)
    for start, end in itertools.pairwise(boxes.first.tolist()):
        found, which = np.unique(boxes.lag[start:end], return_inverse=True)
        column[start:end] = which + first[-1]
        lags += found.tolist()
        first.append(len(lags))
    controls, columns = len(boxes.first) - 1, len(lags)
    judged, times = np.unique(boxes.noise, return_counts=True)
    noise = np.zeros(int(judged[-1]) - int(judged[0]) + 1)
    noise[int(judged[-1]) - judged.astype(np.int64)] = times / len(boxes.noise)
    kinds = [np.bincount(row, minlength=classes) / CARGO_STEPS for row in boxes.cargo.reshape(-1, CARGO_STEPS)]
    return Flow(
        lag_first=np.array(first, I32),
        lag=np.array(lags, I32),
        column=column,
        upto=np.zeros(2 * BINS * columns, np.float32),
        total=np.zeros(columns),
        total_alarms=np.zeros(columns),
        top=np.zeros(controls, I32),
        bins=np.zeros(controls, I32),
        lesson=np.zeros((controls, width)),
        stale=np.ones(controls, U8),
        singly=np.zeros(controls, U8),
        near=np.zeros(controls, I32),
        scans=np.zeros((2, controls)),
        noise=noise,
        noise_top=I32(judged[-1]),
        levels=chances_of_levels(boxes.own, boxes.look),
        tips=np.array([1.0 - boxes.tip_clean / 65536.0, boxes.tip_clean / 65536.0]),
        kinds=np.array(kinds),
    )
