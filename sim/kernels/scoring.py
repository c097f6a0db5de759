"""How boxes score: who arrives today, what each box shows, and the points that the officer gives to it."""

from sim.kernels.boxes import BLOCK, CARGO_STEPS, FAMILIES, FLAGGED, I16, I32, I64, SIDE_BY_SIDE, U8, U16, U64
from sim.kernels.compiling import jit_bare, jit_built_in
from sim.kernels.samplers import poisson_of
from sim.kernels.words import GOLDEN, mix64

CONTENTS = U64(0xD1B54A32D192ED03)
"""Sets the word of what a contaminated box shows apart from the word of the box."""
CERTIFIED, NEW = U8(0), U8(3)
"""Histories of shippers, the first and the last."""


@jit_bare
def arrivals(rows, day, boxes, sailings, today):  # type: ignore[no-untyped-def]
    """Today's clean boxes of some controls, int64[n] rows: Poisson draws by lane and day of departure.

    Each is added to those of the lanes before it in the control's pool, into today int32[P]. Returns the most that one
    control has.
    """
    most, key, factor = I32(0), sailings.key, sailings.factor
    for c in rows:
        total = I32(0)
        for p in range(U64(boxes.first[c]), U64(boxes.first[c + 1])):
            left = U64(day - boxes.lag[p] + sailings.before)
            total = I32(total + poisson_of(mix64(boxes.entity[p] ^ key[left]), boxes.rate[p] * factor[left]))
            today[p] = total
        if total > most:
            most = total
    return most


@jit_built_in
def lane_key(key, lag, day):  # type: ignore[no-untyped-def]
    """The key of the boxes that come today from the lane with this key, so many days after they left."""
    return mix64(key + U64(day - lag) * GOLDEN)


@jit_built_in
def look_of(word, own, look):  # type: ignore[no-untyped-def]
    """The look of a clean box: both entries of a column of the alias table stand side by side, so nothing branches."""
    column = (word >> U64(10)) & U64(255)
    return U64(look[column * U64(2) + U64(U16(word >> U64(18)) >= own[column])])


@jit_built_in
def judged(word, salt):  # type: ignore[no-untyped-def]
    """What a control's judgement (high 8 bits) and its tip (the next 16) are taken from."""
    return (word ^ (word >> U64(32))) * (salt | U64(1))


@jit_built_in
def is_tipped(luck, chance):  # type: ignore[no-untyped-def]
    """Whether a tip names a box of this luck; chance: parts of 2**16."""
    return I32(U16(luck >> U64(40))) < chance


@jit_built_in
def evidence_points(word, luck, known, mix, looks, kinds, tipped, named, cargo, own, look, noise):  # type: ignore[no-untyped-def]
    """Points of a clean box: `known` ones of its lane, of its look, its cargo class, the judgement and a tip.

    mix: uint64, where the cargo of its lane begins; looks: int16[256]; kinds: int16[classes]; tipped: int32, points of
    a tip; named: int32, chance of one.
    """
    total = known + I32(looks[look_of(word, own, look)]) + I32(kinds[U64(cargo[mix + (word & U64(CARGO_STEPS - 1))])])
    total += I32(noise[luck >> U64(56)])
    if is_tipped(luck, named):
        total += tipped
    return total


@jit_built_in
def weigh_looks(c, boxes, rules, looks):  # type: ignore[no-untyped-def]
    """Points of each look by the officer of control c, into looks int16[256]."""
    points, column = rules.points[c], boxes.column
    h, m, r, s = U64(column[2]), U64(column[3]), U64(column[4]), U64(column[5])
    for history in range(U64(4)):
        for manifest in range(U64(4)):
            first = points[h + history] + points[m + manifest]
            for routing in range(U64(4)):
                row = (history * U64(4) + manifest) * U64(16) + routing * U64(4)
                for seal in range(U64(4)):
                    looks[row + seal] = I16(first + points[r + routing] + points[s + seal])


@jit_built_in
def list_from(c, day, least, today, boxes, rules, scratch):  # type: ignore[no-untyped-def]
    """List the clean boxes of control c that have at least `least` points; returns how many.

    Boxes are made a block at a time, for a processor hashes many side by side, and looks into tables for one alone.
    """
    points, column, salt, looks = rules.points[c], boxes.column, boxes.salt[c], scratch.looks
    kinds, groups, tip = points[column[1] : column[2]], points[column[0] : column[1]], column[6]
    tipped, named, group = I32(points[tip + 1] - points[tip]), I32(rules.tip[c]), boxes.group
    cargo, own, look, noise, flagged, mixes = boxes.cargo, boxes.own, boxes.look, boxes.noise, rules.flagged, boxes.mix
    at, place, words, rank, holds = scratch.at, scratch.place, scratch.word, scratch.rank, scratch.holds
    made, lucks = scratch.words, scratch.lucks
    least, found, i, before = I32(least), U64(0), I32(0), I32(0)
    for p in range(U64(boxes.first[c]), U64(boxes.first[c + 1])):
        known = I32(groups[U64(group[p])]) + I32(points[tip]) + I32(FLAGGED if flagged[p] else 0)
        mix, word_key = U64(mixes[p]) * U64(CARGO_STEPS), lane_key(boxes.key[p], boxes.lag[p], day)
        left, before = U64(today[p] - before), today[p]
        while left > U64(0):
            count = min(left, U64(BLOCK))
            for j in range((count + U64(SIDE_BY_SIDE - 1)) & ~U64(SIDE_BY_SIDE - 1)):
                made[j] = mix64(word_key + (j + U64(1)) * GOLDEN)
                lucks[j] = judged(made[j], salt)
            for j in range(count):
                word, luck = made[j], lucks[j]
                total = evidence_points(word, luck, known, mix, looks, kinds, tipped, named, cargo, own, look, noise)
                if total >= least:
                    at[found], place[found], words[found], rank[found], holds[found] = i, p, word, total, -1
                    found += U64(1)
                i += I32(1)
            word_key, left = word_key + count * GOLDEN, left - count
    return I64(found)


@jit_built_in
def box_at(c, i, day, today, boxes, rules, scratch):  # type: ignore[no-untyped-def]
    """Clean box i of control c: (place, word, points)."""
    low, high = I64(boxes.first[c]), I64(boxes.first[c + 1]) - 1
    while low < high:
        middle = (low + high) >> 1
        if today[middle] > i:
            high = middle
        else:
            low = middle + 1
    points, column, tip = rules.points[c], boxes.column, boxes.column[6]
    serial = U64(i - (today[low - 1] if low > boxes.first[c] else 0))
    word = mix64(lane_key(boxes.key[low], boxes.lag[low], day) + (serial + U64(1)) * GOLDEN)
    known = I32(points[column[0] + boxes.group[low]]) + I32(points[tip]) + I32(FLAGGED if rules.flagged[low] else 0)
    total = evidence_points(
        word, judged(word, boxes.salt[c]), known, U64(boxes.mix[low]) * U64(CARGO_STEPS), scratch.looks,
        points[column[1] : column[2]], I32(points[tip + 1] - points[tip]), I32(rules.tip[c]), boxes.cargo, boxes.own,
        boxes.look, boxes.noise,
    )  # fmt: skip
    return low, word, total


@jit_built_in
def shows(p, word, luck, named, boxes, shown):  # type: ignore[no-untyped-def]
    """Columns of the evidence that a clean box shows, into shown uint16[7]; named: chance of a tip."""
    column, look = boxes.column, look_of(word, boxes.own, boxes.look)
    kind = boxes.cargo[U64(boxes.mix[p]) * U64(CARGO_STEPS) + (word & U64(CARGO_STEPS - 1))]
    shown[0], shown[1] = column[0] + boxes.group[p], column[1] + kind
    shown[2], shown[3] = column[2] + (look >> U64(6)), column[3] + ((look >> U64(4)) & U64(3))
    shown[4], shown[5] = column[4] + ((look >> U64(2)) & U64(3)), column[5] + (look & U64(3))
    shown[6] = column[6] + is_tipped(luck, named)


@jit_built_in
def load(c, boxes, rules, dirty, scratch):  # type: ignore[no-untyped-def]
    """What the contaminated boxes of control c show, and how many points they have."""
    points, first, column, salt = rules.points[c], boxes.first[c], boxes.column, boxes.salt[c]
    for d in range(dirty.first[c], dirty.first[c + 1]):
        p, kind, row, word = first + dirty.place[d], dirty.concealment[d], d - dirty.first[c], dirty.word[d]
        luck, contents, inside = judged(word, salt), mix64(word ^ CONTENTS), scratch.inside[row]
        papers, named = mix64(contents), dirty.tip[d] >= 0
        matched = I32(U16(papers)) < rules.integrated[c]
        inside[0] = column[0] + boxes.group[p]
        inside[1] = column[1] + boxes.cargo[U64(boxes.mix[p]) * U64(CARGO_STEPS) + (word & U64(CARGO_STEPS - 1))]
        history = boxes.history[contents & U64(4095)]
        if boxes.front[kind]:
            history = CERTIFIED if I32(U16(papers >> U64(16))) < rules.posing[c] else NEW
        elif history == CERTIFIED and I32(U16(papers >> U64(32))) < rules.reports[c]:
            named = True
        inside[2] = column[2] + history
        for f in range(3):
            row_of, level = 3 * kind + f, (contents >> U64(12 + 12 * f)) & U64(4095)
            inside[3 + f] = column[3 + f] + (boxes.matched[row_of, level] if matched else boxes.anomaly[row_of, level])
        inside[6] = column[6] + named
        total = I32(boxes.noise[luck >> U64(56)]) + (FLAGGED if rules.flagged[p] else 0) + max(dirty.tip[d], I32(0))
        for f in range(FAMILIES):
            total += points[inside[f]]
        scratch.points[row] = total
