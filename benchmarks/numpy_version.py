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
    Day,
)
from sim.kernels.words import GOLDEN

type Words = NDArray[np.uint64]
type Ints = NDArray[np.int64]

_OF_BITS = {bits: np.uint64(bits) for bits in (11, 12, 24, 27, 30, 31, 32, 36, 44, 48, 52)}
SHIFTS = (12, 24, 36, 48)
"""First bits of the fields for shipper, manifest, routing and seal."""


def mix64(x: Words) -> Words:
    """The finaliser of SplitMix64, of fresh words that may be overwritten."""
    x ^= x >> _OF_BITS[30]
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> _OF_BITS[27]
    x *= np.uint64(0x94D049BB133111EB)
    x ^= x >> _OF_BITS[31]
    return x


def mix32(x: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The finaliser of MurmurHash3, of fresh words that may be overwritten."""
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    return x


def block_of(salt: np.uint64, day: int) -> np.uint64:
    """The key of a control's draws on a day."""
    with np.errstate(over="ignore"):
        return mix64(mix64(np.array([KEY ^ salt])) + np.uint64(day + 1) * GOLDEN)[0]


def drawn(block: np.uint64, first: int, last: int, n: int) -> Ints:
    """Draws `first` to `last` of a block, each one of 0..n-1."""
    words = mix64(block + np.arange(first + 1, last + 1, dtype=np.uint64) * GOLDEN)
    fraction = ((words >> _OF_BITS[11]) | np.uint64(1)).astype(np.int64) * 2.0**-53
    return (fraction * n).astype(np.int64)


def field(words: Words, shift: int) -> NDArray[np.intp]:
    """Twelve bits of each word, as an index."""
    return ((words >> np.uint64(shift)) & np.uint64(4095)).astype(np.intp)


class Flow(NamedTuple):
    """The boxes of one control on one day, and what each would show if it were clean."""

    place: NDArray[np.int32]
    """Row of the lane in the pool of all controls."""
    word: Words
    judgement: NDArray[np.uint8]
    tip: NDArray[np.uint16]


def unfolded(
    boxes: Boxes, first: int, last: int, day: int, today: NDArray[np.int32], salt: np.uint32 | NDArray[np.uint32]
) -> Flow:
    """Every box of the places from `first` up to `last` of the pools. salt: of their control, or of each box's."""
    places = np.arange(first, last, dtype=np.int32)
    counts = today[places]
    keys = boxes.lane_key[boxes.pool[places]] + (day - boxes.lag[places]).astype(np.uint64) * GOLDEN
    keys = mix64(keys)
    starts = np.cumsum(counts, dtype=np.int64) - counts
    serial = (np.arange(int(counts.sum())) - np.repeat(starts, counts)).astype(np.uint64)
    word = mix64(np.repeat(keys, counts) + (serial + np.uint64(1)) * GOLDEN)
    luck = mix32(word.astype(np.uint32) ^ (word >> _OF_BITS[32]).astype(np.uint32) ^ salt)
    tip = (luck >> np.uint32(16)).astype(np.uint16)
    return Flow(np.repeat(places, counts), word, luck.astype(np.uint8), tip)


def flow_of(boxes: Boxes, c: int, day: int, today: NDArray[np.int32]) -> Flow:
    """Every box of control c."""
    return unfolded(boxes, boxes.first[c], boxes.first[c + 1], day, today, boxes.salt[c].astype(np.uint32))


def clean_scores(boxes: Boxes, c: int, flow: Flow, points: NDArray[np.int16]) -> NDArray[np.int16]:
    """Points of all boxes as if they were clean: every field is looked up in a table of the control's own points."""
    column = boxes.column
    tables = [points[column[2] + boxes.history], *(points[column[3 + f] + boxes.anomaly[0]] for f in range(3))]
    score = boxes.noise[flow.judgement]
    score += points[column[6] + (flow.tip < boxes.tip_clean)]
    for table, shift in zip(tables, SHIFTS, strict=True):
        score += table[field(flow.word, shift)]
    score += points[column[0] + boxes.group[flow.place]]
    score += points[column[1] + cargo_of(boxes, flow.place, flow.word)]
    return score


def cargo_of(boxes: Boxes, place: NDArray[np.int32], word: Words) -> NDArray[np.intp]:
    """Cargo classes."""
    step = (word & np.uint64(4095)) >> np.uint64(2)
    return boxes.cargo[boxes.lane_mix[boxes.pool[place]] * CARGO_STEPS + step.astype(np.intp)].astype(np.intp)


def clean_columns(boxes: Boxes, place: NDArray[np.int32], word: Words, tip: NDArray[np.uint16]) -> Ints:
    """Columns of evidence that clean boxes show, int64[n, 7]."""
    shown = np.empty((len(place), FAMILIES), np.int64)
    shown[:, 0] = boxes.group[place]
    shown[:, 1] = cargo_of(boxes, place, word)
    shown[:, 2] = boxes.history[field(word, SHIFTS[0])]
    for f in range(3):
        shown[:, 3 + f] = boxes.anomaly[0][field(word, SHIFTS[1 + f])]
    shown[:, 6] = tip < boxes.tip_clean
    return shown + boxes.column


def loaded_columns(
    boxes: Boxes, flow: Flow, loaded: Ints, kind: NDArray[np.int32], tip: np.int32 | NDArray[np.int32]
) -> Ints:
    """Columns of evidence that the boxes `loaded` show, which carry contraband concealed in a kind of way."""
    column, word = boxes.column, flow.word[loaded]
    shown = clean_columns(boxes, flow.place[loaded], word, flow.tip[loaded])
    shown[boxes.front[kind] == 1, 2] = column[2] + 3
    for f in range(3):
        shown[:, 3 + f] = column[3 + f] + boxes.anomaly[1 + 3 * kind + f, field(word, SHIFTS[1 + f])]
    shown[:, 6] = column[6] + (flow.tip[loaded] < tip)
    return shown


def highest(score: NDArray[np.int16], wanted: int, start: int) -> Ints:
    """The highest scores; among equals those that come first after box `start`."""
    n = len(score)
    if wanted == 0:
        return np.zeros(0, np.int64)
    cut = np.partition(score, n - wanted)[n - wanted]
    above = np.flatnonzero(score > cut)
    ties = np.flatnonzero(score == cut)
    turn = np.searchsorted(ties, start)
    return np.concatenate([above, np.roll(ties, -turn)[: wanted - len(above)]])


def blindly(taken: NDArray[np.bool_], wanted: int, block: np.uint64) -> Ints:
    """Boxes drawn among those that are not taken yet, in the order of the draws."""
    n, upto = len(taken), 2 * wanted + 8
    while wanted > 0:
        picks = drawn(block, 1, upto + 1, n)
        picks = picks[~taken[picks]]
        _, first = np.unique(picks, return_index=True)
        if len(first) >= wanted:
            return picks[np.sort(first)[:wanted]]
        upto *= 2
    return np.zeros(0, np.int64)


def clear_control(c: int, morning: Morning, boxes: Boxes, out: Day) -> NDArray[np.int32]:
    """One control's day; returns the boxes that were scanned, in ascending order."""
    day, today, rules, dirty = morning
    tally, column, points = out.tally[c], boxes.column, rules.points[c]
    n = int(today[boxes.first[c] : boxes.first[c + 1]].sum())
    tally[ARRIVED] = n
    if n == 0 or rules.chosen[c] + rules.blind[c] == 0:
        return np.zeros(0, np.int32)
    flow = flow_of(boxes, c, day, today)
    score = clean_scores(boxes, c, flow, points)

    loads = slice(dirty.first[c], dirty.first[c + 1])
    loaded = np.searchsorted(flow.place, boxes.first[c] + dirty.place[loads]) + dirty.serial[loads]
    inside = loaded_columns(boxes, flow, loaded, dirty.concealment[loads], rules.tip[c])
    score[loaded] = boxes.noise[flow.judgement[loaded]] + points[inside].sum(axis=1)

    block = block_of(boxes.salt[c], day)
    wanted = min(int(rules.chosen[c]), n)
    by_score = highest(score, wanted, int(drawn(block, 0, 1, n)[0]))
    taken = np.zeros(n, np.bool_)
    taken[by_score] = True
    blind = blindly(taken, min(int(rules.blind[c]), n - wanted), block)
    taken[blind] = True
    chosen = np.flatnonzero(taken)
    tally[CHOSEN], tally[BLIND] = len(chosen), len(blind)

    word, place = flow.word[chosen], flow.place[chosen]
    shown = clean_columns(boxes, place, word, flow.tip[chosen])
    holds = np.full(n, -1)
    holds[loaded] = np.arange(dirty.first[c], dirty.first[c + 1])
    holds = holds[chosen]
    full = holds >= 0
    shown[full] = inside[holds[full] - dirty.first[c]]
    kind = shown[:, 1] - column[1]
    chance = rules.alarm_clean[c, kind]
    sees = np.minimum(rules.alarm_full[c] * rules.alarm_cargo[kind[full]], 1.0)
    chance[full] = sees * dirty.shows[holds[full]] * CHANCE
    chance[shown[:, 6] > column[6]] = CHANCE
    luck = mix64(word ^ boxes.salt[c])
    alarm = ((luck >> _OF_BITS[24]) & np.uint64(CHANCE - 1)).astype(np.int64) < chance
    out.fate[holds[full]] = np.where(alarm[full], ALARMED, SCANNED)
    tally[ALARMS], tally[FALSE_ALARMS] = alarm.sum(), (alarm & ~full).sum()

    odds = rules.base[c] + score[chosen].astype(np.int64)
    alarmed = np.flatnonzero(alarm)
    opened = alarmed[np.argsort(-odds[alarmed], kind="stable")][: rules.opened[c]]
    found = (holds[opened] >= 0) & ((luck[opened] >> _OF_BITS[44]).astype(np.int64) < rules.finds[c])
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
