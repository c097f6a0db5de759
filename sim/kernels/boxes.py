"""What a day of control is made of: boxes and how they look, rules, loads, scanners, and what the day leaves behind.

How many legal containers leave on a lane is a draw by lane and day of departure. Each of them is a function of its bill
of lading (lane, day of departure, serial number): the word `box_word(lane
key of the day, serial)` holds its cargo class (10 bits, a quantile) and its look (24 bits): the history of its shipper
and the three anomalies of its documents, drawn together from an alias table. What differs from one control to the next
comes from other words: the assessor's judgement and a tip from `judged(word, salt of the control)`, the luck of a scan
and of a search from `mix64(word ^ salt)`. Export and import control of one container therefore see the same container
with luck of their own, whatever the policy. A contaminated container is one more of its lane, with a word of its own.

Risk points are integers (16 points are one unit of log-odds): sums are exact, whatever the order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

I8, I16, I32, I64 = np.int8, np.int16, np.int32, np.int64
U8, U16, U32, U64 = np.uint8, np.uint16, np.uint32, np.uint64
F32, F64 = np.float32, np.float64  # compiled, float(x) of a float32 stays one

POINTS = 16
"""Risk points in one unit of log-odds."""
FLAGGED = 16384
"""Points that put a flagged lane before everything else; taken off again before anything is learned."""
QUANTILES = 4096
"""Steps of a distribution that the words of contaminated boxes and of scan times read."""
CARGO_STEPS = 1024
"""Steps of the field of a box that holds its cargo class."""
LEVELS = 4
"""Steps of a shipper's history and of an anomaly."""
BLOCK = 256
"""Most clean boxes that are made before they are looked at."""
SIDE_BY_SIDE = 16
"""Boxes are made in multiples of so many, of which a block is one, even where less are asked for: a processor that
hashes many at a time then has none left over."""
LOOKS = LEVELS**4
"""Looks of a box: history * 64 + manifest * 16 + routing * 4 + seal."""
PICKS = 1 << 16
"""Parts that a column of the alias table of looks is cut in."""
CHANCE = 1 << 20
"""Chances of a scan and of a search are counted in this many parts."""
CERTAINTY = 1 << 24
"""Expected hits are counted in this many parts."""

RELEASED, SCANNED, ALARMED, MISSED, FOUND = 0, 1, 2, 3, 4
"""What happened to a box: not chosen; scanned without alarm; alarm but no hands to open it; opened, nothing seen;
opened, found."""

ARRIVED, HIGH_RISK, CHOSEN, BLIND, ALARMS, FALSE_ALARMS, OPENED, HITS = range(8)
"""Columns of the tally of a control; high-risk boxes are counted where a rule asks for them."""
TALLIES = 8

SCANS_OF, FALSE_OF, OPENED_OF, FOUND_OF = range(4)
"""Rows of what is counted by far end and by history of the shipper: boxes without contraband that were scanned, gave a
false alarm, were opened; and boxes in which something was found."""
COUNTED = 4

EVEN = 256
"""Place of even odds in the table of chances."""

FAMILIES = 7
"""Families of evidence: far end, cargo, history of the shipper, manifest, routing, seal, tip."""


class Boxes(NamedTuple):
    """What does not change from day to day: where boxes come from and how they look.

    Pools are in compressed rows: the lanes of control c stand at places `first[c]` to `first[c + 1]`.
    """

    first: NDArray[np.int32]
    """int32[C + 1]"""
    entity: NDArray[np.uint64]
    """uint64[P]: what the lane is addressed by."""
    rate: NDArray[np.float64]
    """float64[P]: clean boxes that leave on the lane on a mean day."""
    lag: NDArray[np.int32]
    """int32[P]: days from a box's departure to this control."""
    group: NDArray[np.int32]
    """int32[P]: the origin (at export: the destination) as a column of the risk points."""
    key: NDArray[np.uint64]
    """uint64[P]: key of the lane's boxes."""
    mix: NDArray[np.int32]
    """int32[P]: row of the lane's cargo mix."""
    cargo: NDArray[np.uint8]
    """uint8[mixes * 1024]: cargo class by mix and quantile."""
    own: NDArray[np.uint16]
    """uint16[256]: parts of each column of the alias table in which a clean box has the look of the column."""
    look: NDArray[np.uint8]
    """uint8[512]: the look of each column, and the one that its other parts stand for."""
    history: NDArray[np.uint8]
    """uint8[4096]: history of the shipper (0 certified to 3 new) of a contaminated box by quantile of volume."""
    anomaly: NDArray[np.uint8]
    """uint8[3 * concealments, 4096]: level of an anomaly of a contaminated box by quantile: three rows (manifest,
    routing, seal) for each concealment."""
    front: NDArray[np.uint8]
    """uint8[concealments]: 1 where the shipper is a front."""
    noise: NDArray[np.int16]
    """int16[256]: judgement of assessors by quantile, in points."""
    salt: NDArray[np.uint64]
    """uint64[C]: what makes the luck of one control its own."""
    column: NDArray[np.int32]
    """int32[7]: first column of each family of evidence."""
    expected: NDArray[np.int32]
    """int32[512]: chance of a hit in parts of 2**24 by log-odds in points, from -256 up."""
    matched: NDArray[np.uint8]
    """uint8[3 * concealments, 4096]: as `anomaly`, where what both ends declare is held against each other."""


def alias_table(chances: NDArray[np.float64]) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """The fields `own` and `look` of boxes whose looks have the given chances, float64[256] (Walker 1977; Vose 1991).

    A column is taken with chance 1/256; each chance comes out to 1 part in 2**24. Raises ValueError for chances that
    are no numbers, negative, or do not add up to 1.
    """
    if chances.shape != (LOOKS,) or not (np.all(chances >= 0.0) and abs(float(chances.sum()) - 1.0) <= 1e-9):
        raise ValueError(f"{LOOKS} chances are needed, none negative, that add up to 1")
    parts = np.floor(np.cumsum([0.0, *chances.tolist()]) / chances.sum() * (LOOKS * PICKS) + 0.5).astype(np.int64)
    left = np.diff(parts).tolist()  # whole parts of 2**24
    own, look = np.zeros(LOOKS, U16), np.repeat(np.arange(LOOKS, dtype=U8), 2)
    poor = [at for at in range(LOOKS) if left[at] < PICKS]
    rich = [at for at in range(LOOKS) if left[at] >= PICKS]
    while poor and rich:
        low, high = poor.pop(), rich[-1]
        own[low], look[2 * low + 1] = left[low], high
        left[high] -= PICKS - left[low]
        if left[high] < PICKS:
            poor.append(rich.pop())
    return own, look


def chances_of_looks(own: NDArray[np.uint16], look: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The chances that an alias table gives to the looks of clean boxes: float64[256]."""
    mine = own.astype(np.float64)
    found = np.bincount(look[::2], weights=mine, minlength=LOOKS)
    found += np.bincount(look[1::2], weights=PICKS - mine, minlength=LOOKS)
    return np.asarray(found / (LOOKS * PICKS))


def chances_of_levels(own: NDArray[np.uint16], look: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The chances of the shipper's history and of the three anomalies of clean boxes, float64[4, 4]."""
    chances = chances_of_looks(own, look).reshape((LEVELS,) * 4)
    return np.array([chances.sum(axis=tuple(other for other in range(4) if other != family)) for family in range(4)])


class Rules(NamedTuple):
    """The controls in force today, one entry a control."""

    points: NDArray[np.int16]
    """int16[C, F]: risk points that the officer gives to each piece of evidence."""
    base: NDArray[np.int32]
    """int32[C]: log-odds, in points, that a box without any evidence is contaminated."""
    flagged: NDArray[np.uint8]
    """uint8[P]: 1 where the lane of the pool is flagged."""
    chosen: NDArray[np.int64]
    """int64[C]: scans by score today."""
    blind: NDArray[np.int64]
    """int64[C]: scans of boxes picked blindly today."""
    most: NDArray[np.int64]
    """int64[C]: scans today at most, whatever other rules ask for."""
    scheme: NDArray[np.uint8]
    """uint8[C]: how boxes come to be scanned by score (see `sim.kernels.protocols`)."""
    high: NDArray[np.int32]
    """int32[C]: points above the day's median score from which a box counts as high risk."""
    middle: NDArray[np.int32]
    """int32[C]: the same for the middle tier of risk."""
    called: NDArray[np.int32]
    """int32[C, 4]: chance that a box is called up, parts of 2**20: by tier of risk, the highest first; or by how often
    its like have been clean, the first step first."""
    clearance: NDArray[np.int32]
    """int32[C]: clean inspections in a row after which fewer of the like are called up."""
    screened: NDArray[np.float64]
    """float64[C]: share of high-risk boxes that must be scanned."""
    alarm_clean: NDArray[np.int32]
    """int32[C, classes]: chance of an alarm on a clean box, parts of 2**20."""
    alarm_full: NDArray[np.float64]
    """float64[C]: chance of an alarm on a box full of contraband, before cargo and concealment."""
    alarm_cargo: NDArray[np.float64]
    """float64[classes]: factor of the cargo on that chance, which is 1 at most."""
    opened: NDArray[np.int64]
    """int64[C]: boxes that can be opened today."""
    finds: NDArray[np.int32]
    """int32[C]: chance that a search finds what is there, parts of 2**20."""
    tip: NDArray[np.int32]
    """int32[C]: chance that intelligence names a clean box, parts of 2**16."""
    servers: NDArray[np.int32]
    """int32[C]: scanner lanes."""
    scan_hours: NDArray[np.float64]
    """float64[C]: mean time of a scan, hours."""
    service: NDArray[np.int32]
    """int32[C]: row of the table of scan times."""
    open_hours: NDArray[np.float64]
    """float64[C]"""
    integrated: NDArray[np.int32]
    """int32[C]: share of the boxes of which both ends' declarations are held against each other, parts of 2**16."""
    reports: NDArray[np.int32]
    """int32[C]: chance that a certified shipper notices what others hid in his box, and tells, parts of 2**16."""
    posing: NDArray[np.int32]
    """int32[C]: chance that the box of a front passes for one of a certified shipper, parts of 2**16."""


class Contaminated(NamedTuple):
    """Boxes that carry contraband today, in compressed rows by control."""

    first: NDArray[np.int32]
    """int32[C + 1]"""
    place: NDArray[np.int32]
    """int32[D]: position of the box's lane in the control's pool."""
    word: NDArray[np.uint64]
    """uint64[D]: the box."""
    concealment: NDArray[np.int32]
    """int32[D]"""
    shows: NDArray[np.float64]
    """float64[D]: factor on the chance of an alarm: load and concealment."""
    tip: NDArray[np.int32]
    """int32[D]: points that intelligence gives to the box beside those of a tip, where it names it; -1 where it does
    not."""


class Sailings(NamedTuple):
    """What decides how many boxes leave on a day, by day of departure; day d stands at d + `before`."""

    before: np.int64
    """Days before the first that are known."""
    key: NDArray[np.uint64]
    """uint64[before + days]: key of the day's draws."""
    factor: NDArray[np.float64]
    """float64[before + days]: of the weekday and the season, on the mean of every lane."""


class Scanners(NamedTuple):
    """The queues before the scanners, where yesterday's cut was, and counts of clean boxes: carried from day to day."""

    times: NDArray[np.float64]
    """float64[T, 4096]: scan times by quantile, in mean scan times."""
    free_at: NDArray[np.float64]
    """float64[C, S]: hours at which scanner lanes become free."""
    lanes: NDArray[np.int32]
    """int32[C]: most lanes there have been."""
    near: NDArray[np.int32]
    """int32[C]: points somewhat below the last cut: where to begin the search for today's, without effect on what is
    found."""
    clean: NDArray[np.int32]
    """int32[4 * P]: inspections in a row that found nothing, by lane and history of the shipper, where that counts."""


class Day(NamedTuple):
    """What a day leaves behind, filled by the kernel."""

    tally: NDArray[np.int64]
    """int64[C, 8]"""
    hits: NDArray[np.int64]
    """int64[C, F]: boxes found, by evidence they showed."""
    expected: NDArray[np.int64]
    """int64[C, F]: finds that the officer's score expected among the inspected boxes, parts of 2**24."""
    fate: NDArray[np.int8]
    """int8[D]: what happened to each contaminated box."""
    wait_hours: NDArray[np.float64]
    """float64[C]: hours that boxes waited for a scanner, summed."""
    counted: NDArray[np.float64]
    """float64[4, C, F]: boxes by what was done to them, in the columns of their far end and of their shipper's history;
    the other columns stay empty. Thinned mode counts scans in the mean."""

    @classmethod
    def blank(cls, controls: int, columns: int, contaminated: int) -> Day:
        """A day on which nothing has happened yet."""
        hits, expected = np.zeros((2, controls, columns), I64)
        return cls.of(hits, expected, np.zeros((COUNTED, controls, columns)), contaminated)

    @classmethod
    def of(
        cls,
        hits: NDArray[np.int64],
        expected: NDArray[np.int64],
        counted: NDArray[np.float64],
        contaminated: int,
    ) -> Day:
        """A day that adds to what earlier ones taught and counted."""
        return cls(
            tally=np.zeros((len(hits), TALLIES), I64),
            hits=hits,
            expected=expected,
            fate=np.zeros(contaminated, I8),
            wait_hours=np.zeros(len(hits)),
            counted=counted,
        )


class Scratch(NamedTuple):
    """Working space for one control at a time, as long as the largest flow of a day.

    The arrays by slot hold the boxes near the cut, then those chosen: by score first, then those picked blindly.
    """

    looks: NDArray[np.int16]
    """int16[256]: points of each look."""
    words: NDArray[np.uint64]
    """uint64[BLOCK]: the boxes of a lane that are scored together."""
    lucks: NDArray[np.uint64]
    """uint64[BLOCK]: what the judgement and the tip of each are taken from."""
    taken: NDArray[np.uint8]
    """uint8[n]: 1 for boxes that are chosen, while others are picked; all zero before and after."""
    at: NDArray[np.int32]
    """int32[n]: position of the box by slot; contaminated ones stand after all clean ones."""
    place: NDArray[np.int32]
    """int32[n]: place of its lane, by slot."""
    word: NDArray[np.uint64]
    """uint64[n]: the box itself, by slot."""
    rank: NDArray[np.int32]
    """int32[n]: points that it is chosen by, by slot."""
    holds: NDArray[np.int32]
    """int32[n]: row of the contaminated box that it is, -1 for a clean one, by slot."""
    keep: NDArray[np.uint8]
    """uint8[n]: 1 for those that stay, by slot."""
    luck: NDArray[np.int32]
    """int32[n]: order among equals."""
    alarmed: NDArray[np.int32]
    """int32[n]: slots of the boxes with an alarm."""
    alarm_word: NDArray[np.uint64]
    """uint64[n]: those boxes."""
    odds: NDArray[np.int32]
    """int32[n]: log-odds that the officer gives them, in points."""
    points: NDArray[np.int32]
    """int32[n]: points that each contaminated box is chosen by."""
    inside: NDArray[np.uint16]
    """uint16[n, 7]: columns of the evidence that each of them shows."""
    shown: NDArray[np.uint16]
    """uint16[7]: columns of the evidence that one box shows."""
    gaps: NDArray[np.float64]
    """float64[n + 1]: time between arrivals at the scanners."""

    @classmethod
    def of(cls, size: int) -> Scratch:
        """Space for so many boxes."""
        return cls(
            looks=np.empty(LOOKS, I16),
            words=np.empty(BLOCK, U64),
            lucks=np.empty(BLOCK, U64),
            taken=np.zeros(size, U8),
            at=np.empty(size, I32),
            place=np.empty(size, I32),
            word=np.empty(size, U64),
            rank=np.empty(size, I32),
            holds=np.empty(size, I32),
            keep=np.empty(size, U8),
            luck=np.empty(size, I32),
            alarmed=np.empty(size, I32),
            alarm_word=np.empty(size, U64),
            odds=np.empty(size, I32),
            points=np.empty(size, I32),
            inside=np.empty((size, FAMILIES), U16),
            shown=np.empty(FAMILIES, U16),
            gaps=np.empty(size + 1),
        )
