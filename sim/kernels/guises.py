"""Guises: what a clean box that gave an alarm looks like, drawn from its points where boxes are made in aggregate."""

from sim.kernels.boxes import CHANCE, I64, LEVELS
from sim.kernels.compiling import jit_part
from sim.kernels.flow import BINS
from sim.kernels.sums import highest
from sim.kernels.words import box_word, unit


@jit_part
def guise(c, b, lot, weight, boxes, rules, flow, shown):  # type: ignore[no-untyped-def]
    """Draw lane, cargo, tip and shipper of a box of control c by Bayes' rule, from the bin that it stands in and from
    its having given an alarm; their columns go into shown uint16[7], those of its anomalies are left alone.

    b: bin; lot: uint64, the box's draws; weight: float64[columns], factors of the day.
    """
    points, column, alarmed, plain = rules.points[c], boxes.column, flow.alarmed, flow.plain
    groups, last = points[column[0] : column[1]], flow.stream_first[c + 1]
    stream, total, r = flow.stream_first[c], 0.0, I64(0)
    for s in range(stream, last):
        r = b - flow.most[c] + groups[flow.group[s]]
        total += flow.rate[s] * weight[flow.column[s]] * alarmed[flow.pair[s], r] if r >= 0 else 0.0
    left = unit(box_word(lot, 0)) * total
    while stream < last - 1:
        r = b - flow.most[c] + groups[flow.group[stream]]
        left -= flow.rate[stream] * weight[flow.column[stream]] * alarmed[flow.pair[stream], r] if r >= 0 else 0.0
        if left < 0.0:
            break
        stream += 1
    shown[0] = column[0] + flow.group[stream]
    r = b - flow.most[c] + groups[flow.group[stream]]

    shares, kinds, tips = flow.kinds[flow.mix[stream]], points[column[1] : column[2]], points[column[6] : column[6] + 2]
    total, kind, tip = 0.0, 0, 0
    for again in range(2):  # first the sum of all weights, then the one at which it is used up
        left = unit(box_word(lot, 1)) * total
        total = 0.0
        for at in range(2 * len(kinds)):
            tip, kind = at // len(kinds), at % len(kinds)
            x = r - (highest(tips) - tips[tip]) - (highest(kinds) - kinds[kind])
            alarm = 1.0 if tip else rules.alarm_clean[c, kind] / CHANCE
            chance = float(flow.tips[c, tip]) * float(shares[kind]) * alarm
            total += chance * float(plain[1, c, x]) if 0 <= x < BINS else 0.0
            if again and total > left:
                break
    shown[1], shown[6] = column[1] + kind, column[6] + tip
    r = r - (highest(tips) - tips[tip]) - (highest(kinds) - kinds[kind])

    levels, total, history = points[column[2] : column[2] + LEVELS], 0.0, 0
    for again in range(2):
        left = unit(box_word(lot, 2)) * total
        total = 0.0
        for history in range(LEVELS):
            x = r - (highest(levels) - levels[history])
            total += float(flow.levels[0, history]) * float(plain[0, c, x]) if 0 <= x < BINS else 0.0
            if again and total > left:
                break
    shown[2] = column[2] + history
