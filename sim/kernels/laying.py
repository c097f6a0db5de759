"""How many clean boxes a control expects at every number of points, and how many of them would give an alarm.

Points are sums of independent evidence, so that their chances follow from the tables that boxes are made of by
convolution; and what officers expect of a scanned box, by evidence, follows by taking the same steps back.
"""

from __future__ import annotations

from sim.kernels.boxes import CERTAINTY, CHANCE, EVEN, F32, F64, I64, LEVELS, U64
from sim.kernels.compiling import jit_built_in, jit_part
from sim.kernels.flow import BINS, FAMILIES_OF_LOOKS, HIGHER, WINDOW
from sim.kernels.sums import add, add_family, dot, highest, spread_of, take_family, write


@jit_part
def lay_out(c, boxes, rules, flow, working):  # type: ignore[no-untyped-def]
    """Lay out the tables of control c for the weights that its officer gives to evidence now.

    A control whose boxes are too far apart for the tables is marked: its boxes are to be made one by one.
    """
    flow.stale[c] = 0
    flow.tips[c, 0], flow.tips[c, 1] = 1.0 - rules.tip[c] / 65536.0, rules.tip[c] / 65536.0
    bins, width, looks = _chances(c, boxes, rules, flow, working)
    flow.singly[c] = bins > BINS
    if bins <= BINS:
        _total_up(c, bins, flow)
        scanned = _scanned(c, bins, flow)
        _open_window(c, bins, scanned[0], flow, working)
        _expect(c, bins, width, scanned, boxes, rules, flow, working)
        _count(c, bins, width, scanned, boxes, rules, flow, working)
        for which in range(2):
            write(flow.plain[which, c], working.known[FAMILIES_OF_LOOKS - 1 + which], looks[which])
            flow.plain[which, c, looks[which] :] = F32(0.0)


@jit_part
def _chances(c, boxes, rules, flow, working):  # type: ignore[no-untyped-def]
    """Chances of points of a box, without those of its lane, by cargo mix.

    Returns (bins of the control, bins of a mix, bins of looks and judgement: without and with the history of the
    shipper). That is added last of the looks, so that it can be told apart.
    """
    points, column, known = rules.points[c], boxes.column, working.known
    kinds, tips = points[column[1] : column[2]], points[column[6] : column[6] + 2]
    groups = points[column[0] : column[1]]
    n, top, unknown = I64(len(flow.noise)), I64(flow.noise_top), I64(0)
    write(known[0], flow.noise, n)
    for step in range(FAMILIES_OF_LOOKS):
        f, unknown = (step + 1) % FAMILIES_OF_LOOKS, n
        levels = points[column[2 + f] : column[2 + f] + LEVELS]
        n, top = add_family(known[step], n, levels, flow.levels[f], known[step + 1]), top + highest(levels)
    first, last = flow.stream_first[c], flow.stream_first[c + 1]
    most = I64(groups[flow.group[first]]) if last > first else I64(0)
    least = most
    working.used[:] = 0
    for stream in range(first, last):
        working.used[flow.mix[stream]] = 1 + flow.pair[stream]
        here = I64(groups[flow.group[stream]])
        most, least = max(most, here), min(least, here)
    for stream in range(first, last):
        flow.down[stream] = most - groups[flow.group[stream]]
    width = n + spread_of(kinds) + spread_of(tips)
    bins = width + most - least
    for m in range(len(working.used)):
        if working.used[m] and bins <= BINS:
            above = flow.above[working.used[m] - 1]
            _mix(m, n, bins, rules.alarm_clean[c], kinds, tips, flow.kinds[m], flow.tips[c], above, working)
            write(flow.alarmed[working.used[m] - 1], working.worth[1], bins)
    flow.top[c], flow.bins[c] = top + highest(kinds) + highest(tips) + most, bins
    return bins, width, (unknown, n)


@jit_part
def _mix(m, n, bins, alarm_clean, kinds, tips, shares, chances, above, working):  # type: ignore[no-untyped-def]
    """Chances of points of a cargo mix, and the same added up from the highest, all and those that give an alarm: to as
    many bins as its control has.

    n: points without cargo and tip; alarm_clean: int32[classes]; kinds, tips: their points; shares, chances: how likely
    they are; above: float32[2 * BINS], a row of `Flow.above`.
    """
    plain, cargo, mixed = working.known[FAMILIES_OF_LOOKS], working.cargo[m], working.mixed[m]
    quiet, alarmed, size = working.worth[0], working.worth[1], n + spread_of(kinds)
    mixed[:bins], quiet[:bins], alarmed[:bins] = 0.0, 0.0, 0.0
    add_family(plain, n, kinds, shares, cargo)
    for kind in range(len(kinds)):  # alarms without a tip
        add(quiet, highest(kinds) - kinds[kind], F32(shares[kind] * (alarm_clean[kind] / CHANCE)), plain, n)
    add(alarmed, highest(tips) - tips[0], chances[0], quiet, size)
    add(alarmed, highest(tips) - tips[1], chances[1], cargo, size)
    for tip in range(2):
        add(mixed, highest(tips) - tips[tip], chances[tip], cargo, size)
    total, alarms, width = 0.0, 0.0, size + spread_of(tips)
    for b in range(U64(width)):
        total += F64(mixed[b])
        alarms += F64(alarmed[b])
        above[U64(2) * b], above[U64(2) * b + U64(1)] = total, alarms
    for b in range(U64(width), U64(bins)):
        above[U64(2) * b], above[U64(2) * b + U64(1)] = total, alarms


@jit_built_in
def add_column(stream, last, b, flow):  # type: ignore[no-untyped-def]
    """(first stream of the next column, boxes, alarms): those expected on a mean day in bins 0 to b, of the column that
    begins with a stream; last: the control's streams end there."""
    total, alarms, column = F32(0.0), F32(0.0), flow.column[stream]
    while stream < last and flow.column[stream] == column:
        at = b - flow.down[stream]
        if at >= 0:
            rate, above = F32(flow.rate[stream]), flow.above[flow.pair[stream]]
            total += rate * above[2 * at]
            alarms += rate * above[2 * at + 1]
        stream += U64(1)
    return stream, total, alarms


@jit_part
def _total_up(c, bins, flow):  # type: ignore[no-untyped-def]
    """How many boxes are expected in each column, and how many of them give an alarm."""
    stream, last = U64(flow.stream_first[c]), U64(flow.stream_first[c + 1])
    for k in range(flow.lag_first[c], flow.lag_first[c + 1]):
        stream, flow.total[k], flow.total_alarms[k] = add_column(stream, last, bins - 1, flow)


@jit_part
def _upto(c, b, flow):  # type: ignore[no-untyped-def]
    """Boxes expected on a mean day in bins 0 to b, all columns together."""
    stream, last, boxes = U64(flow.stream_first[c]), U64(flow.stream_first[c + 1]), F32(0.0)
    while stream < last:
        stream, total, _ = add_column(stream, last, b, flow)
        boxes += total
    return boxes


@jit_part
def _scanned(c, bins, flow):  # type: ignore[no-untyped-def]
    """Which clean boxes are scanned in the mean: all in bins before that of the cut, a share of those in it, and of the
    others those that are picked blindly.

    Returns (bin of the cut, share of its boxes, share that is picked, 1 / scans a day); 0 scans count as never any.
    """
    total = F64(_upto(c, bins - 1, flow))
    scans = min(flow.scans[0, c], total)
    blind = min(flow.scans[1, c], total - scans)
    low, cut, step, at = I64(-1), I64(bins), I64(4), min(I64(flow.begin[c]) + HIGHER, I64(bins) - 1)
    while cut - low > 1:  # from where it was, further and further, then between
        if F64(_upto(c, at, flow)) > scans:
            cut = at
        else:
            low = at
        at, step = (low + cut) >> 1, 2 * step
        if low < 0:
            at = max(cut - step, I64(0))
        elif cut == bins:
            at = min(low + step, cut - 1)
    share = 0.0
    if cut < bins:
        before = F64(_upto(c, cut - 1, flow)) if cut > 0 else 0.0
        share = (scans - before) / (F64(_upto(c, cut, flow)) - before)
    picked = blind / (total - scans) if total > scans else 0.0
    return cut, share, picked, 1.0 / (scans + blind) if scans + blind > 0.0 else 0.0


@jit_part
def _open_window(c, bins, cut, flow, working):  # type: ignore[no-untyped-def]
    """How many boxes are expected in bins 0 to each of those about the cut, and how many of them give an alarm."""
    begin = max(min(cut - HIGHER, bins - WINDOW), 0)
    flow.begin[c], end = begin, min(begin + WINDOW, bins)
    first, columns, sums = flow.lag_first[c], flow.lag_first[c + 1] - flow.lag_first[c], working.sums
    for k in range(columns):
        sums[k, :] = 0.0
    for stream in range(flow.stream_first[c], flow.stream_first[c + 1]):
        down, above = flow.down[stream], flow.above[flow.pair[stream]]
        to, source = max(down - begin, 0), max(begin - down, 0)
        if down < end:
            add(sums[flow.column[stream]], 2 * to, F32(flow.rate[stream]), above[2 * source :], 2 * (end - begin - to))
    at, pairs = U64(WINDOW * first), working.pairs
    for b in range(U64(end - begin)):
        for k in range(U64(columns)):
            flow.upto[at] = pairs[k, b]
            at += U64(1)


@jit_part
def _expect(c, bins, width, scanned, boxes, rules, flow, working):  # type: ignore[no-untyped-def]
    """What the officer expects of a scanned clean box, by evidence, in the mean: into `Flow.lesson`.

    scanned: of `_scanned`. The steps of `_chances`, taken back: lanes, tips, cargo, and the families of looks.
    """
    cut, share, picked, each = scanned
    column, worth, lesson = boxes.column, working.worth[0], flow.lesson[c]
    base = rules.base[c] + flow.top[c] + EVEN
    for b in range(bins):
        taken = 1.0 if b < cut else (share + (1.0 - share) * picked if b == cut else picked)
        worth[b] = each / CERTAINTY * boxes.expected[min(max(base - b, 0), 2 * EVEN - 1)] * taken
    lesson[:] = 0.0
    for m in range(len(working.used)):
        if working.used[m]:
            working.taught[m, :width], working.told[m, : bins - width + 1] = 0.0, -1.0
    for stream in range(flow.stream_first[c], flow.stream_first[c + 1]):
        m, group, rate = flow.mix[stream], flow.group[stream], flow.rate[stream]
        down = flow.down[stream]
        if working.told[m, down] < 0.0:
            working.told[m, down] = dot(working.mixed[m], width, worth, down, working.lanes)
        lesson[column[0] + group] += rate * F64(working.told[m, down])
        add(working.taught[m], 0, F32(rate), worth[down:], width)
    _take_back(c, width, I64(FAMILIES_OF_LOOKS), lesson, boxes, rules, flow, working)


@jit_part
def _count(c, bins, width, scanned, boxes, rules, flow, working):  # type: ignore[no-untyped-def]
    """Shares of the scanned clean boxes by far end and by history of the shipper, in the mean: into `Flow.seen`.

    As `_expect`, every box counting alike: of a lane all those count that have not more than so many points less than
    their control's highest, which is known from the sums of its mix.
    """
    cut, share, picked, each = scanned
    column, seen = boxes.column, flow.seen[c]
    seen[:] = 0.0
    for m in range(len(working.used)):
        if not working.used[m]:
            continue
        above, mixed, taught, all_boxes = flow.above[working.used[m] - 1], working.mixed[m], working.taught[m], 0.0
        taught[: width + 1] = 0.0
        for stream in range(flow.stream_first[c], flow.stream_first[c + 1]):
            if flow.mix[stream] == m:
                group, rate = flow.group[stream], flow.rate[stream]
                at = cut - flow.down[stream]  # the cut, in bins of the lane
                chosen = F64(above[2 * (min(at, bins) - 1)]) if at > 0 else 0.0
                chosen += share * F64(mixed[at]) if 0 <= at < width else 0.0
                seen[column[0] + group] += each * rate * (chosen + picked * (F64(above[2 * bins - 2]) - chosen))
                all_boxes += rate
                if at >= 0:
                    taught[min(at, width)] += rate
        beyond = F64(taught[width])
        all_of_these = each * (beyond + picked * (all_boxes - beyond))
        for b in range(width - 1, -1, -1):
            here = F64(taught[b])
            taught[b] = all_of_these
            if here > 0.0:  # the cut of a lane
                chosen = beyond + share * here
                taught[b] = each * (chosen + picked * (all_boxes - chosen))
                beyond += here
                all_of_these = each * (beyond + picked * (all_boxes - beyond))
    _take_back(c, width, I64(1), seen, boxes, rules, flow, working)


@jit_part
def _take_back(c, width, looks, lesson, boxes, rules, flow, working):  # type: ignore[no-untyped-def]
    """What boxes teach by tip, cargo and look, from what those of each mix teach by their points without their lane's.

    lesson: float64[F]; looks: how many families of looks are asked for, from the history of the shipper on; where these
    are not all, cargo and tips are not asked for either.
    """
    asked = looks == FAMILIES_OF_LOOKS
    points, column = rules.points[c], boxes.column
    kinds, tips = points[column[1] : column[2]], points[column[6] : column[6] + 2]
    of_tips = lesson[column[6] : column[6] + 2]
    worth, left, plain = working.worth[0], working.worth[1], working.known[FAMILIES_OF_LOOKS]
    size = width - spread_of(tips)
    n = size - spread_of(kinds)
    worth[:n] = 0.0
    for m in range(len(working.used)):
        if working.used[m]:
            taught = working.taught[m]
            left[:size] = 0.0
            for tip in range(2):
                down, chance = highest(tips) - tips[tip], flow.tips[c, tip]
                if asked:
                    of_tips[tip] += chance * dot(working.cargo[m], size, taught, down, working.lanes)
                add(left, 0, chance, taught[down:], size)
            for kind in range(len(kinds)):
                down, share = highest(kinds) - kinds[kind], flow.kinds[m, kind]
                if asked:
                    lesson[column[1] + kind] += share * dot(plain, n, left, down, working.lanes)
                add(worth, 0, share, left[down:], n)
    for step in range(FAMILIES_OF_LOOKS - 1, FAMILIES_OF_LOOKS - 1 - looks, -1):
        f = (step + 1) % FAMILIES_OF_LOOKS
        at = column[2 + f]
        levels, taught = points[at : at + LEVELS], lesson[at : at + LEVELS]
        n -= spread_of(levels)
        take_family(working.known[step], n, levels, flow.levels[f], worth, left, taught, working.lanes)
        worth, left = left, worth
