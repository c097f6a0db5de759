"""A day's control at one port told slowly: plain Python, one box after the other, obviously right rather than fast.

It shares only one thing with the compiled kernel: the arrays that describe the day.
"""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil

from sim.kernels.boxes import ALARMED, CHANCE, EVEN, FLAGGED, FOUND, MISSED, RELEASED, SCANNED
from sim.kernels.protocols import ONLY_HIGH, SKIP_LOT, TIERS

WORD = 2**64
GOLDEN = 0x9E3779B97F4A7C15
CONTENTS = 0xD1B54A32D192ED03
CALLS = 0x9FB21C651E98DF25
CERTIFIED_SHIPPER, NEW_SHIPPER = 0, 3


def mix64(x: int) -> int:
    """The SplitMix64 finaliser (Steele, Lea and Flood 2014)."""
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % WORD
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB % WORD
    return x ^ (x >> 31)


def bits(word: int, first: int, count: int) -> int:
    """The number that some bits of a word hold; the first bit is that of the ones."""
    return word >> first & 2**count - 1


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
    flagged: bool
    scan_luck: int
    search_luck: int
    draw: int
    """Among equals the highest comes first."""
    lot: int
    """It is called up when this is below the share of its tier or of its like, in parts of 2**20."""
    like: int
    """Row of its lane and kind of shipper among the counts of clean inspections."""
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
    counted: Counter = field(default_factory=Counter)
    """Boxes by what was done to them and by the column of their far end, or of the history of their shipper."""


def block_of(c, day, key, boxes) -> int:
    """The key of a control's draws on a day."""
    return mix64((mix64(int(key) ^ int(boxes.salt[c])) + (day + 1) * GOLDEN) % WORD)


def boxes_of(c, day, today, boxes, rules, dirty, key) -> list[Box]:
    """Every container of control c today, with what its documents and intelligence say: lane after lane those without
    contraband, then those with."""
    block, found = block_of(c, day, key, boxes), []
    for place in range(boxes.first[c], boxes.first[c + 1]):
        lane_key = mix64((int(boxes.key[place]) + (day - int(boxes.lag[place])) * GOLDEN) % WORD)
        upto = int(today[place])  # boxes of the control from its first lane to this one
        for serial in range(upto - len(found)):
            word = mix64((lane_key + (serial + 1) * GOLDEN) % WORD)
            found.append(_box(c, place, word, None, block, boxes, rules, dirty))
    for load in range(dirty.first[c], dirty.first[c + 1]):
        place = int(boxes.first[c] + dirty.place[load])
        found.append(_box(c, place, int(dirty.word[load]), load, block, boxes, rules, dirty))
    return found


def _clean_look(word, boxes) -> tuple[int, int, int, int]:
    """History of the shipper, anomalies of manifest, routing and seal: a column of the alias table, or its other."""
    column, part = bits(word, 10, 8), bits(word, 18, 16)
    look = int(boxes.look[2 * column] if part < boxes.own[column] else boxes.look[2 * column + 1])
    return look // 64, look // 16 % 4, look // 4 % 4, look % 4


def _look_with_contraband(c, word, kind, boxes, rules) -> tuple[tuple[int, int, int, int], bool]:
    """The same of a box with a load, that another word decides; and whether its shipper reports it."""
    other = mix64(word ^ CONTENTS)
    papers = mix64(other)
    if boxes.front[kind]:
        poses = bits(papers, 16, 16) < rules.posing[c]
        history, reported = CERTIFIED_SHIPPER if poses else NEW_SHIPPER, False
    else:
        history = int(boxes.history[bits(other, 0, 12)])
        reported = history == CERTIFIED_SHIPPER and bits(papers, 32, 16) < rules.reports[c]
    shown = boxes.matched if bits(papers, 0, 16) < rules.integrated[c] else boxes.anomaly
    manifest, routing, seal = (int(shown[3 * kind + f, bits(other, 12 + 12 * f, 12)]) for f in range(3))
    return (history, manifest, routing, seal), reported


def _box(c, place, word, contents, block, boxes, rules, dirty) -> Box:
    salt = int(boxes.salt[c])
    judged = (word ^ word >> 32) * (salt | 1) % WORD
    cargo = int(boxes.cargo[boxes.mix[place] * 1024 + bits(word, 0, 10)])
    if contents is None:
        look, tipped, more = _clean_look(word, boxes), bits(judged, 40, 16) < rules.tip[c], 0
    else:
        look, reported = _look_with_contraband(c, word, int(dirty.concealment[contents]), boxes, rules)
        tipped, more = reported or dirty.tip[contents] >= 0, max(int(dirty.tip[contents]), 0)
    steps = (int(boxes.group[place]), cargo, *look, int(tipped))
    shows = [int(column) + step for column, step in zip(boxes.column, steps, strict=True)]
    score = more + int(boxes.noise[bits(judged, 56, 8)]) + sum(int(rules.points[c, column]) for column in shows)
    luck = mix64(word ^ salt)
    return Box(
        place=place,
        contents=contents,
        shows=shows,
        score=score,
        cargo=cargo,
        tipped=bool(tipped),
        flagged=bool(rules.flagged[place]),
        scan_luck=bits(luck, 24, 20),
        search_luck=bits(luck, 44, 20),
        draw=bits(mix64(word ^ block), 34, 30),
        lot=bits(mix64(word ^ block ^ CALLS), 44, 20),
        like=4 * place + look[0],
    )


def share_called(c, box: Box, typical, rules, clean) -> int:
    """Of the box's tier of risk, or of its like, that a protocol calls up."""
    if rules.scheme[c] == TIERS:
        tier = 0 if box.rank >= typical + rules.high[c] else 1 if box.rank >= typical + rules.middle[c] else 2
    else:
        tier = min(clean[box.like] // int(rules.clearance[c]), 3)
    return int(rules.called[c, tier])


def call_up(c, found: list[Box], must: list[Box], wanted: int, typical, rules, clean) -> list[Box]:
    """Who is scanned where boxes are called up by lot: those that must be, then those called, as capacity allows."""
    called = [box for box in found if box not in must and box.lot < share_called(c, box, typical, rules, clean)]

    def before_others(box: Box) -> tuple[int, int]:
        high, middle = (box.rank >= typical + int(line[c]) for line in (rules.high, rules.middle))
        worth = (0 if high else -1 if middle else -2) if rules.scheme[c] == TIERS else box.rank
        return -worth, -box.draw

    return must + sorted(called, key=before_others)[: max(wanted - len(must), 0)]


def choose(c, day, found: list[Box], key, boxes, rules, clean) -> dict[str, int]:
    """Mark what is scanned: the highest scores, then some of the rest blindly; returns the first counts of the tally.

    Among equal scores draws decide. A box counts as high risk by how far it scores above the day's median, the upper
    one of two, and always where it comes from a flagged lane.
    """
    n = len(found)
    typical = sorted((box.score for box in found), reverse=True)[(n + 1) // 2 - 1] if n else 0
    asked = rules.scheme[c] > 0 or rules.screened[c] > 0
    high = sum(box.rank >= typical + int(rules.high[c]) for box in found) if asked else 0
    most = int(rules.most[c])
    wanted, must = min(int(rules.chosen[c]), most), min(ceil(Fraction(float(rules.screened[c])) * high), most)
    by_score = sorted(found, key=lambda box: (-box.rank, -box.draw))
    if rules.scheme[c] in (TIERS, SKIP_LOT):
        by_score = call_up(c, found, by_score[:must], min(wanted, n), typical, rules, clean)
    else:
        by_score = by_score[: max(min(wanted, high) if rules.scheme[c] == ONLY_HIGH else wanted, must)]
    wanted = len(by_score)
    for box in by_score:
        box.taken = "by score"
    blind, k, block = min(int(rules.blind[c]), n - wanted, most - wanted), 0, block_of(c, day, key, boxes)
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
    alarmed = sorted((box for box in found if box.alarm), key=lambda box: (-box.score, -box.draw))
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


def remember(found: list[Box], clean) -> None:
    """Count clean inspections in a row of each like, in the order in which its boxes were scanned."""
    for box in found:
        if box.opened or not box.alarm:
            clean[box.like] = 0 if box.found else clean[box.like] + 1


def told(c, day, today, boxes, rules, dirty, key, clean) -> Told:
    """One day at control c. Arguments as in the kernel's `clear_day`; clean: the counts at the start of the day."""
    found = boxes_of(c, day, today, boxes, rules, dirty, key)
    tally = choose(c, day, found, key, boxes, rules, clean)
    scan(c, found, rules, dirty)
    open_up(c, found, rules)
    tally["alarms"] = sum(box.alarm for box in found)
    tally["false alarms"] = sum(box.alarm and box.contents is None for box in found)
    tally["opened"] = sum(box.opened for box in found)
    tally["hits"] = sum(box.found for box in found)
    day_told = Told(found, tally, {box.contents: fate_of(box) for box in found if box.contents is not None})
    for box in found:
        legal = box.contents is None
        done = (legal and box.taken != "", legal and box.alarm, legal and box.opened, box.found)
        day_told.counted.update((what, box.shows[f]) for what, is_so in enumerate(done) if is_so for f in (0, 2))
        if box.taken and (box.opened or not box.alarm):  # an alarm that nobody opens teaches nothing
            odds = min(max(box.score + int(rules.base[c]) + EVEN, 0), 2 * EVEN - 1)
            for column in box.shows:
                day_told.hits[column] += box.found
                day_told.expected[column] += int(boxes.expected[odds])
    return day_told
