"""A day's control at one port told slowly: plain Python, one box after the other, obviously right rather than fast.

It shares only one thing with the compiled kernel: the arrays that describe the day.
"""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil

from sim.kernels.boxes import ALARMED, CHANCE, FLAGGED, FOUND, MISSED, RELEASED, SCANNED

WORD = 2**64
GOLDEN = 0x9E3779B97F4A7C15
FIELDS = {"cargo": 0, "history": 12, "manifest": 24, "routing": 36, "seal": 48}
"""First bit of each twelve-bit field of a box."""
NEW_SHIPPER = 3


def mix64(x: int) -> int:
    """The SplitMix64 finaliser (Steele, Lea and Flood 2014)."""
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % WORD
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB % WORD
    return x ^ (x >> 31)


def mix32(x: int) -> int:
    """The finaliser of MurmurHash3 (Appleby 2008)."""
    x = (x ^ (x >> 16)) * 0x85EBCA6B % 2**32
    x = (x ^ (x >> 13)) * 0xC2B2AE35 % 2**32
    return x ^ (x >> 16)


def fraction(block: int, k: int) -> float:
    """A uniform number from the k-th word of a block."""
    return ((mix64((block + (k + 1) * GOLDEN) % WORD) >> 11) | 1) / 2**53


@dataclass
class Box:
    """One container as a control sees it, and what happens to it there."""

    place: int
    """Row of its lane in the pool of all controls."""
    contents: int | None
    """Row of the load that it carries; None for a clean box."""
    shows: list[int]
    """Columns of evidence, one of each family."""
    score: int
    """Points of its evidence and of the assessor's judgement."""
    cargo: int
    tipped: bool
    scan_luck: int
    search_luck: int
    flagged: bool
    taken: str = ""
    """How it was chosen: by score, blindly, or not at all."""
    alarm: bool = False
    opened: bool = False
    found: bool = False

    @property
    def rank(self) -> int:
        """What it is chosen by: a flagged lane stands before everything else."""
        return self.score + (FLAGGED if self.flagged else 0)


@dataclass
class Told:
    """What happened at one control on one day."""

    boxes: list[Box]
    tally: dict[str, int]
    fate: dict[int, int] = field(default_factory=dict)
    """By row of the load."""
    hits: Counter = field(default_factory=Counter)
    expected: Counter = field(default_factory=Counter)


def fields_of(word: int) -> dict[str, int]:
    """The quantiles that a box's word holds."""
    return {name: word >> shift & 4095 for name, shift in FIELDS.items()}


def boxes_of(c, day, today, boxes, rules, dirty) -> list[Box]:
    """Every container of control c today, lane after lane, with what its documents and intelligence say."""
    loads = {(int(dirty.place[d]), int(dirty.serial[d])): d for d in range(dirty.first[c], dirty.first[c + 1])}
    found = []
    for place in range(boxes.first[c], boxes.first[c + 1]):
        lane = boxes.pool[place]
        key = mix64((int(boxes.lane_key[lane]) + (day - int(boxes.lag[place])) * GOLDEN) % WORD)
        for serial in range(today[place]):
            word = mix64((key + (serial + 1) * GOLDEN) % WORD)
            contents = loads.get((place - int(boxes.first[c]), serial))
            found.append(_box(c, place, word, contents, boxes, rules, dirty))
    return found


def _box(c, place, word, contents, boxes, rules, dirty) -> Box:
    quantile, salt = fields_of(word), int(boxes.salt[c])
    judged, luck = mix32((word ^ word >> 32 ^ salt) % 2**32), mix64(word ^ salt)
    cargo = int(boxes.cargo[boxes.lane_mix[boxes.pool[place]] * 1024 + (quantile["cargo"] >> 2)])
    history = int(boxes.history[quantile["history"]])
    rows, tip = (0, 0, 0), int(boxes.tip_clean)
    if contents is not None:
        kind = int(dirty.concealment[contents])
        rows, tip = (1 + 3 * kind, 2 + 3 * kind, 3 + 3 * kind), int(rules.tip[c])
        history = NEW_SHIPPER if boxes.front[kind] else history
    manifest, routing, seal = (
        int(boxes.anomaly[row, quantile[name]]) for row, name in zip(rows, ("manifest", "routing", "seal"), strict=True)
    )
    tipped = judged >> 16 < tip
    steps = (int(boxes.group[place]), cargo, history, manifest, routing, seal, int(tipped))
    shows = [int(column) + step for column, step in zip(boxes.column, steps, strict=True)]
    score = int(boxes.noise[judged & 255]) + sum(int(rules.points[c, column]) for column in shows)
    flagged = bool(rules.flagged[place])
    return Box(place, contents, shows, score, cargo, tipped, luck >> 24 & 0xFFFFF, luck >> 44, flagged)


def choose(c, day, found: list[Box], key, boxes, rules) -> dict[str, int]:
    """Mark what is scanned: the highest scores, then some of the rest blindly; returns the first counts of the tally.

    A box counts as high risk by how far it scores above the day's median, the upper one of two.
    """
    n = len(found)
    typical = sorted((box.rank for box in found), reverse=True)[(n + 1) // 2 - 1] if n else 0
    asked = rules.only_high[c] or rules.screened[c] > 0
    high = sum(box.rank >= typical + int(rules.high[c]) for box in found) if asked else 0
    wanted = min(int(rules.chosen[c]), high) if rules.only_high[c] else int(rules.chosen[c])
    wanted = min(max(wanted, ceil(Fraction(float(rules.screened[c])) * high)), n)
    block = mix64((mix64(int(key) ^ int(boxes.salt[c])) + (day + 1) * GOLDEN) % WORD)
    start = int(fraction(block, 0) * n)
    turn = [(i - start) % n for i in range(n)]  # among equals, those first after the starting place
    for i in sorted(range(n), key=lambda i: (-found[i].rank, turn[i]))[:wanted]:
        found[i].taken = "by score"
    blind, k = min(int(rules.blind[c]), n - wanted), 1
    for _ in range(blind):
        while True:
            box = found[int(fraction(block, k) * n)]
            k += 1
            if not box.taken:
                box.taken = "blindly"
                break
    return {"arrived": n, "high risk": high, "chosen": wanted + blind, "blind": blind}


def scan(c, found: list[Box], rules, dirty) -> None:
    """The scanner raises an alarm by what is inside; a tip does whatever the scan shows."""
    for box in found:
        if box.taken:
            if box.contents is None:
                chance = int(rules.alarm_clean[c, box.cargo])
            else:
                full = min(float(rules.alarm_full[c]) * float(rules.alarm_cargo[box.cargo]), 1.0)
                chance = int(full * float(dirty.shows[box.contents]) * CHANCE)
            box.alarm = box.scan_luck < chance or box.tipped


def open_up(c, found: list[Box], rules) -> None:
    """Hands open the boxes with an alarm, the highest scores first; what flagged a lane counts no more."""
    alarmed = sorted((box for box in found if box.alarm), key=lambda box: -box.score)  # stable: the first among equals
    for box in alarmed[: int(rules.opened[c])]:
        box.opened = True
        box.found = box.contents is not None and box.search_luck < rules.finds[c]


def fate_of(box: Box) -> int:
    """What happened to a box, in the kernel's words."""
    if box.opened:
        return FOUND if box.found else MISSED
    if box.alarm:
        return ALARMED
    return SCANNED if box.taken else RELEASED


def told(c, day, today, boxes, rules, dirty, key) -> Told:
    """One day at control c. Arguments as in the kernel's `clear_day`."""
    found = boxes_of(c, day, today, boxes, rules, dirty)
    tally = choose(c, day, found, key, boxes, rules)
    scan(c, found, rules, dirty)
    open_up(c, found, rules)
    tally["alarms"] = sum(box.alarm for box in found)
    tally["false alarms"] = sum(box.alarm and box.contents is None for box in found)
    tally["opened"] = sum(box.opened for box in found)
    tally["hits"] = sum(box.found for box in found)
    day_told = Told(found, tally, {box.contents: fate_of(box) for box in found if box.contents is not None})
    for box in found:
        if box.taken and (box.opened or not box.alarm):  # an alarm that nobody opens teaches nothing
            odds = min(max(box.score + int(rules.base[c]) + 512, 0), 1023)
            for column in box.shows:
                day_told.hits[column] += box.found
                day_told.expected[column] += int(boxes.expected[odds])
    return day_told
