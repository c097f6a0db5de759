"""How boxes score: who arrives today, what each box shows, and the points that the officer gives to it."""

from sim.kernels.boxes import CARGO_STEPS, FAMILIES, FLAGGED, I16, I32, I64, U8, U16, U32, U64
from sim.kernels.compiling import jit_bare, jit_part
from sim.kernels.words import GOLDEN, mix32, mix64


@jit_bare
def arrivals(day, counts, boxes, today):  # type: ignore[no-untyped-def]
    """Today's boxes of each lane of each pool, into today int32[P]; returns the most that one control has.

    counts: int32[H, L], boxes by day of departure (modulo H) and lane.
    """
    most = 0
    horizon = len(counts)
    for c in range(len(boxes.first) - 1):
        total = 0
        for p in range(boxes.first[c], boxes.first[c + 1]):
            row = day % horizon - boxes.lag[p]
            today[p] = counts[row + horizon if row < 0 else row, boxes.pool[p]]
            total += today[p]
        most = max(most, total)
    return most


@jit_part
def unfold(c, day, today, boxes, scratch):  # type: ignore[no-untyped-def]
    """Write out the boxes of control c: their words, the fields of these, judgement and tip; returns how many."""
    word, field, judgement, tip, luck = scratch.word, scratch.field, scratch.judgement, scratch.tip, scratch.luck
    shipper, manifest, routing, seal = field[0], field[1], field[2], field[3]
    n = U64(0)
    for p in range(boxes.first[c], boxes.first[c + 1]):
        count = U64(today[p])
        if count == 0:
            continue
        key = mix64(boxes.lane_key[boxes.pool[p]] + U64(day - boxes.lag[p]) * GOLDEN)
        for j in range(count):
            word[n + j] = mix64(key + (j + U64(1)) * GOLDEN)
        n += count
    salt = U32(boxes.salt[c])
    for i in range(n):
        w = word[i]
        shipper[i] = U16((w >> U64(12)) & U64(4095))
        manifest[i] = U16((w >> U64(24)) & U64(4095))
        routing[i] = U16((w >> U64(36)) & U64(4095))
        seal[i] = U16((w >> U64(48)) & U64(4095))
        luck[i] = U32(w) ^ U32(w >> U64(32)) ^ salt
    for i in range(n):  # apart from the loop above, where words of 64 bits would make this one half as fast
        luck[i] = mix32(luck[i])
        judgement[i] = U8(luck[i])
        tip[i] = U16(luck[i] >> U32(16))
    return I64(n)


@jit_part
def score_clean(c, n, today, boxes, rules, scratch):  # type: ignore[no-untyped-def]
    """Score all n boxes of control c as if they were clean.

    Levels rise with the quantile, so a level's points are added where the quantile has passed its step: no table, and
    many boxes at a time. Cargo and judgement are looked up.
    """
    points, column, step, field = rules.points[c], boxes.column, boxes.step, scratch.field
    shipper, manifest, routing, seal = field[0], field[1], field[2], field[3]
    tip, score = scratch.tip, scratch.score
    h, m, r, s, t = column[2], column[3], column[4], column[5], column[6]
    base = I16(points[h] + points[m] + points[r] + points[s] + points[t])
    h1, h2, h3 = I16(points[h + 1] - points[h]), I16(points[h + 2] - points[h + 1]), I16(points[h + 3] - points[h + 2])
    m1, m2, m3 = I16(points[m + 1] - points[m]), I16(points[m + 2] - points[m + 1]), I16(points[m + 3] - points[m + 2])
    r1, r2, r3 = I16(points[r + 1] - points[r]), I16(points[r + 2] - points[r + 1]), I16(points[r + 3] - points[r + 2])
    s1, s2, s3 = I16(points[s + 1] - points[s]), I16(points[s + 2] - points[s + 1]), I16(points[s + 3] - points[s + 2])
    named, tipped, none = U16(boxes.tip_clean), I16(points[t + 1] - points[t]), I16(0)
    p1, p2, p3, a1, a2, a3 = step[0, 0], step[0, 1], step[0, 2], step[1, 0], step[1, 1], step[1, 2]
    for i in range(U64(n)):
        q = shipper[i]
        total = I16(base + (h1 if q >= p1 else none) + (h2 if q >= p2 else none) + (h3 if q >= p3 else none))
        q = manifest[i]
        total = I16(total + (m1 if q >= a1 else none) + (m2 if q >= a2 else none) + (m3 if q >= a3 else none))
        q = routing[i]
        total = I16(total + (r1 if q >= a1 else none) + (r2 if q >= a2 else none) + (r3 if q >= a3 else none))
        q = seal[i]
        total = I16(total + (s1 if q >= a1 else none) + (s2 if q >= a2 else none) + (s3 if q >= a3 else none))
        score[i] = I16(total + (tipped if tip[i] < named else none))
    word, judgement, cargo, noise, of_cargo = scratch.word, scratch.judgement, boxes.cargo, boxes.noise, column[1]
    upto = U64(0)
    for p in range(boxes.first[c], boxes.first[c + 1]):
        begin, upto = upto, upto + U64(today[p])
        known = I16(points[column[0] + boxes.group[p]] + (FLAGGED if rules.flagged[p] else 0))
        mix = U64(boxes.lane_mix[boxes.pool[p]]) * U64(CARGO_STEPS)
        for i in range(begin, upto):
            kind = cargo[mix + ((word[i] & U64(4095)) >> U64(2))]
            score[i] = I16(score[i] + known + points[U64(of_cargo + kind)] + noise[judgement[i]])


@jit_part
def load(c, today, boxes, rules, dirty, scratch):  # type: ignore[no-untyped-def]
    """Put the contraband of control c into its boxes: where they are, what they show, and what they score."""
    points, first, column, field, history = rules.points[c], boxes.first[c], boxes.column, scratch.field, boxes.history
    for d in range(dirty.first[c], dirty.first[c + 1]):
        p, i, kind, row = first, dirty.serial[d], dirty.concealment[d], d - dirty.first[c]
        while p < first + dirty.place[d]:
            i += today[p]
            p += 1
        inside = scratch.inside[row]
        inside[0] = column[0] + boxes.group[p]
        mix = boxes.lane_mix[boxes.pool[p]] * CARGO_STEPS
        inside[1] = column[1] + boxes.cargo[mix + I64((scratch.word[i] & U64(4095)) >> U64(2))]
        inside[2] = column[2] + (U8(3) if boxes.front[kind] else history[field[0, i]])
        for f in range(3):
            inside[3 + f] = column[3 + f] + boxes.anomaly[1 + 3 * kind + f, field[1 + f, i]]
        inside[6] = column[6] + (I32(scratch.tip[i]) < rules.tip[c])
        total = I32(boxes.noise[scratch.judgement[i]]) + (FLAGGED if rules.flagged[p] else 0)
        for f in range(FAMILIES):
            total += points[inside[f]]
        scratch.score[i] = total
        scratch.loaded[row] = i
