"""The same day in NumPy: one control after the other, each a handful of passes over whole arrays."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.workload import KEY, Chosen, Morning, Peer
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
    FOUND,
    HITS,
    MISSED,
    OPENED,
    SCANNED,
    Boxes,
    Contaminated,
    Day,
)
from sim.kernels.scoring import CONTENTS
from sim.kernels.words import GOLDEN

type Words = NDArray[np.uint64]
type Ints = NDArray[np.int64]


def bits(words: Words, first: int, count: int) -> NDArray[np.intp]:
    """Some bits of each word, as an index; the first bit is that of the ones."""
    return ((words >> np.uint64(first)) & np.uint64(2**count - 1)).astype(np.intp)


def mix64(x: Words) -> Words:
    """The finaliser of SplitMix64, of fresh words that may be overwritten."""
    x ^= x >> np.uint64(30)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(27)
    x *= np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    return x


def judged(words: Words, salt: np.uint64 | Words) -> Words:
    """What a control's judgement and its tip are taken from."""
    return (words ^ (words >> np.uint64(32))) * (salt | np.uint64(1))


def block_of(salt: np.uint64, day: int) -> np.uint64:
    """The key of a control's draws on a day."""
    with np.errstate(over="ignore"):
        return mix64(mix64(np.array([KEY ^ salt])) + np.uint64(day + 1) * GOLDEN)[0]


def drawn(block: np.uint64, first: int, last: int, n: int) -> Ints:
    """Draws `first` to `last` of a block, each one of 0..n-1."""
    words = mix64(block + np.arange(first + 1, last + 1, dtype=np.uint64) * GOLDEN)
    fraction = ((words >> np.uint64(11)) | np.uint64(1)).astype(np.int64) * 2.0**-53
    return (fraction * n).astype(np.int64)


class Flow(NamedTuple):
    """Boxes of one day: what they are, where they come from, and what they show."""

    place: NDArray[np.intp]
    """Row of the lane among those of all controls."""
    word: Words
    cargo: NDArray[np.intp]
    look: NDArray[np.intp]
    """History * 64 + manifest * 16 + routing * 4 + seal."""
    judgement: NDArray[np.intp]
    tipped: NDArray[np.bool_]

    def columns(self, boxes: Boxes) -> Ints:
        """Columns of evidence, int64[n, 7]."""
        look = self.look
        steps = (boxes.group[self.place], self.cargo, look >> 6, look >> 4 & 3, look >> 2 & 3, look & 3, self.tipped)
        return np.column_stack(steps) + boxes.column

    def of(self, rows: Ints) -> "Flow":
        """Some of the boxes."""
        return Flow(*(values[rows] for values in self))


def unfolded(
    boxes: Boxes, first: int, last: int, day: int, counts: NDArray[np.int32]
) -> tuple[NDArray[np.intp], Words]:
    """Places and words of the clean boxes from the places `first` up to `last`, of which each has `counts` many."""
    keys = mix64(boxes.key[first:last] + (day - boxes.lag[first:last]).astype(np.uint64) * GOLDEN)
    starts = np.cumsum(counts, dtype=np.int64) - counts
    serial = (np.arange(1, int(counts.sum()) + 1) - np.repeat(starts, counts)).astype(np.uint64)
    word = mix64(np.repeat(keys, counts) + serial * GOLDEN)
    return np.repeat(np.arange(first, last), counts), word


def clean_flow(boxes: Boxes, place: NDArray[np.intp], word: Words, salt: np.uint64 | Words, tip: int) -> Flow:
    """What clean boxes show. salt: of their control, or of each box's; tip: chance of one, parts of 2**16."""
    column, luck = bits(word, 10, 8), judged(word, salt)
    look = boxes.look[2 * column + (bits(word, 18, 16) >= boxes.own[column])]
    cargo = boxes.cargo[boxes.mix[place] * CARGO_STEPS + bits(word, 0, 10)]
    return Flow(
        place,
        word,
        cargo.astype(np.intp),
        look.astype(np.intp),
        bits(luck, 56, 8),
        bits(luck, 40, 16) < tip,
    )


def loaded_flow(
    boxes: Boxes,
    place: NDArray[np.intp],
    dirty: Contaminated,
    loads: slice,
    control: NDArray[np.intp] | int,
) -> Flow:
    """What boxes with contraband show, at their control or controls."""
    word, kind = dirty.word[loads], dirty.concealment[loads]
    contents, luck = mix64(word ^ CONTENTS), judged(word, boxes.salt[control])
    history = np.where(boxes.front[kind] == 1, 3, boxes.history[bits(contents, 0, 12)])
    manifest, routing, seal = (boxes.anomaly[3 * kind + f, bits(contents, 12 + 12 * f, 12)] for f in range(3))
    look = history.astype(np.intp) * 64 + manifest * 16 + routing * 4 + seal
    cargo = boxes.cargo[boxes.mix[place] * CARGO_STEPS + bits(word, 0, 10)]
    return Flow(place, word, cargo.astype(np.intp), look, bits(luck, 56, 8), dirty.tip[loads] >= 0)


def points_of_looks(boxes: Boxes, points: NDArray[np.int16]) -> NDArray[np.int16]:
    """Points of each look by one officer, int16[256]."""
    history, manifest, routing, seal = (points[column : column + 4] for column in boxes.column[2:6])
    total = history[:, None, None, None] + manifest[:, None, None] + routing[:, None] + seal
    return total.ravel()


def scores(boxes: Boxes, flow: Flow, points: NDArray[np.int16]) -> NDArray[np.int16]:
    """Points of the boxes of one control."""
    column = boxes.column
    score = points_of_looks(boxes, points)[flow.look]
    score += points[column[1] + flow.cargo]
    score += boxes.noise[flow.judgement]
    score += points[column[0] + boxes.group[flow.place]]
    score += points[column[6] + flow.tipped]
    return score


def draws_of(words: Words, block: np.uint64) -> Ints:
    """What decides among equals, the highest first."""
    return bits(mix64(words ^ block), 34, 30)


def highest(score: NDArray[np.int16] | Ints, words: Words, wanted: int, block: np.uint64) -> Ints:
    """The highest scores; among equals draws decide."""
    n = len(score)
    if wanted == 0:
        return np.zeros(0, np.int64)
    cut = np.partition(score, n - wanted)[n - wanted]
    above, ties = np.flatnonzero(score > cut), np.flatnonzero(score == cut)
    order = np.argsort(-draws_of(words[ties], block), kind="stable")
    return np.concatenate([above, ties[order[: wanted - len(above)]]])


def blindly(taken: NDArray[np.bool_], wanted: int, block: np.uint64) -> Ints:
    """Boxes drawn among those that are not taken yet, in the order of the draws."""
    n, upto = len(taken), 2 * wanted + 8
    while wanted > 0:
        picks = drawn(block, 0, upto, n)
        picks = picks[~taken[picks]]
        _, first = np.unique(picks, return_index=True)
        if len(first) >= wanted:
            return picks[np.sort(first)[:wanted]]
        upto *= 2
    return np.zeros(0, np.int64)


def clear_control(c: int, morning: Morning, boxes: Boxes, out: Day) -> NDArray[np.int32]:
    """One control's day; returns the boxes that were scanned, in ascending order."""
    day, today, rules, dirty = morning
    first, last, tally, column = boxes.first[c], boxes.first[c + 1], out.tally[c], boxes.column
    loads = slice(dirty.first[c], dirty.first[c + 1])
    counts = np.diff(today[first:last], prepend=np.int32(0))
    clean = int(counts.sum())
    n = clean + loads.stop - loads.start
    tally[ARRIVED] = n
    if n == 0 or rules.chosen[c] + rules.blind[c] == 0:
        return np.zeros(0, np.int32)
    without = clean_flow(boxes, *unfolded(boxes, first, last, day, counts), boxes.salt[c], int(rules.tip[c]))
    inside = loaded_flow(boxes, first + dirty.place[loads].astype(np.intp), dirty, loads, c)
    score = np.concatenate([scores(boxes, flow, rules.points[c]) for flow in (without, inside)])
    words = np.concatenate([without.word, inside.word])

    block = block_of(boxes.salt[c], day)
    wanted = min(int(rules.chosen[c]), n)
    taken = np.zeros(n, np.bool_)
    taken[highest(score, words, wanted, block)] = True
    blind = blindly(taken, min(int(rules.blind[c]), n - wanted), block)
    taken[blind] = True
    chosen = np.flatnonzero(taken)
    tally[CHOSEN], tally[BLIND] = len(chosen), len(blind)

    holds = np.where(chosen < clean, -1, chosen - clean + loads.start)
    full = holds >= 0
    word = words[chosen]
    shown = np.concatenate([without.of(chosen[~full]).columns(boxes), inside.of(chosen[full] - clean).columns(boxes)])
    kind = shown[:, 1] - column[1]
    chance = rules.alarm_clean[c, kind]
    sees = np.minimum(rules.alarm_full[c] * rules.alarm_cargo[kind[full]], 1.0)
    chance[full] = sees * dirty.shows[holds[full]] * CHANCE
    chance[shown[:, 6] > column[6]] = CHANCE
    luck = mix64(word ^ boxes.salt[c])
    alarm = bits(luck, 24, 20) < chance
    out.fate[holds[full]] = np.where(alarm[full], ALARMED, SCANNED)
    tally[ALARMS], tally[FALSE_ALARMS] = alarm.sum(), (alarm & ~full).sum()

    odds = rules.base[c] + score[chosen].astype(np.int64)
    alarmed = np.flatnonzero(alarm)
    opened = alarmed[highest(odds[alarmed], word[alarmed], min(int(rules.opened[c]), len(alarmed)), block)]
    found = (holds[opened] >= 0) & (bits(luck[opened], 44, 20) < rules.finds[c])
    out.fate[holds[opened][holds[opened] >= 0]] = MISSED
    out.fate[holds[opened][found]] = FOUND
    tally[OPENED], tally[HITS] = len(opened), found.sum()

    teaches = np.concatenate([np.flatnonzero(~alarm), opened])
    share = boxes.expected[np.clip(odds[teaches] + EVEN, 0, 2 * EVEN - 1)]
    np.add.at(out.hits[c], shown[opened[found]].ravel(), 1)
    np.add.at(out.expected[c], shown[teaches].ravel(), np.repeat(share.astype(np.int64), FAMILIES))
    return chosen.astype(np.int32)


class NumPyByPort(Peer):
    """NumPy, one control at a time."""

    name = "NumPy, port by port"

    def clear(self, morning: Morning, out: Day) -> Chosen:
        return [clear_control(c, morning, self.world.boxes, out) for c in range(self.world.controls)]
