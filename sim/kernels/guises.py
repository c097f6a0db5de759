"""Guises: what a clean box that gave an alarm looks like, drawn from its points where boxes are made in aggregate."""

from sim.kernels.boxes import CHANCE, F64, I64, LEVELS, U64
from sim.kernels.compiling import jit_built_in, jit_part
from sim.kernels.flow import BINS
from sim.kernels.sums import highest
from sim.kernels.words import box_word, unit


@jit_built_in
def pick(sums, n, luck):  # type: ignore[no-untyped-def]
    """Of n chances, given as running sums, the one in which a share of the whole is reached. sums: float64[n]."""
    left, at = luck * sums[n - 1], I64(0)
    while at < n - 1 and sums[at] <= left:
        at += 1
    return at


@jit_part
def guise(c, b, lot, weight, boxes, rules, flow, sums, shown):  # type: ignore[no-untyped-def]
    """Draw lane, cargo, tip and shipper of a box of control c by Bayes' rule, from the bin that it stands in and from
    its having given an alarm; their columns go into shown uint16[7], those of its anomalies are left alone.

    b: bin; lot: uint64, the box's draws; weight: float64[columns], factors of the day; sums: float64[n], to work with.
    """
    points, column, alarmed, plain = rules.points[c], boxes.column, flow.alarmed, flow.plain
    first, total = I64(flow.stream_first[c]), 0.0
    streams = I64(flow.stream_first[c + 1]) - first
    for s in range(streams):
        stream = U64(first + s)
        r = b - flow.down[stream]
        if r >= 0:
            total += flow.rate[stream] * weight[U64(flow.column[stream])] * alarmed[U64(flow.pair[stream]), U64(r)]
        sums[s] = total
    stream = U64(first + pick(sums, streams, unit(box_word(lot, 0))))
    shares, r = flow.kinds[flow.mix[stream]], b - flow.down[stream]
    shown[0] = column[0] + flow.group[stream]

    kinds, tips = points[column[1] : column[2]], points[column[6] : column[6] + 2]
    highest_kind, highest_tip, classes, total = highest(kinds), highest(tips), I64(len(kinds)), 0.0
    for tip in range(2):
        named = F64(flow.tips[c, tip])
        for kind in range(classes):
            x = r - (highest_tip - tips[tip]) - (highest_kind - kinds[kind])
            alarm = 1.0 if tip else rules.alarm_clean[c, kind] / CHANCE
            if 0 <= x < BINS:
                total += named * F64(shares[kind]) * alarm * F64(plain[1, c, x])
            sums[tip * classes + kind] = total
    drawn = pick(sums, 2 * classes, unit(box_word(lot, 1)))
    of_tip, of_kind = drawn // classes, drawn % classes
    shown[1], shown[6] = column[1] + of_kind, column[6] + of_tip
    r = r - (highest_tip - tips[of_tip]) - (highest_kind - kinds[of_kind])

    levels, total = points[column[2] : column[2] + LEVELS], 0.0
    highest_level = highest(levels)
    for history in range(LEVELS):
        x = r - (highest_level - levels[history])
        if 0 <= x < BINS:
            total += F64(flow.levels[0, history]) * F64(plain[0, c, x])
        sums[history] = total
    shown[2] = column[2] + pick(sums, LEVELS, unit(box_word(lot, 2)))
