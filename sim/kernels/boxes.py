"""What a day of control is made of: boxes and how they look, rules, loads, scanners, and what the day leaves behind.

A legal container is a function of its bill of lading (lane, day of departure, serial number): the word `box_word(lane
key of the day, serial)` holds its cargo class, its shipper and the three anomalies of its documents as five fields of
twelve bits, each the quantile of a distribution. What differs from one control to the next comes from other words: the
assessor's judgement and a tip from `mix32(both halves of the word ^ salt of the control)`, the luck of a scan and of
a search from `mix64(word ^ salt)`. Export and import control of one container therefore see the same container with
luck of their own, whatever the policy.

Risk points are integers (32 points are one unit of log-odds): sums are exact, whatever the order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

I8, I16, I32, I64 = np.int8, np.int16, np.int32, np.int64
U8, U16, U32, U64 = np.uint8, np.uint16, np.uint32, np.uint64

POINTS = 32
"""Risk points in one unit of log-odds."""
FLAGGED = 16384
"""Points that put a flagged lane before everything else; taken off again before anything is learned."""
QUANTILES = 4096
"""Steps of a field of a box."""
CARGO_STEPS = QUANTILES // 4
"""Steps of the field that holds the cargo class."""
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

EVEN = 512
"""Place of even odds in the table of chances."""

FAMILIES = 7
"""Families of evidence: far end, cargo, history of the shipper, manifest, routing, seal, tip."""


class Boxes(NamedTuple):
    """What does not change from day to day: where boxes come from and how they look.

    Pools are in compressed rows: the lanes of control c are `pool[first[c]:first[c + 1]]`.
    """

    first: NDArray[np.int32]
    """int32[C + 1]"""
    pool: NDArray[np.int32]
    """int32[P]: rows of lanes."""
    lag: NDArray[np.int32]
    """int32[P]: days from a box's departure to this control."""
    group: NDArray[np.int32]
    """int32[P]: the origin (at export: the destination) as a column of the risk points."""
    lane_key: NDArray[np.uint64]
    """uint64[L]: key of each lane's boxes."""
    lane_mix: NDArray[np.int32]
    """int32[L]: row of the cargo mix."""
    cargo: NDArray[np.uint8]
    """uint8[mixes * 1024]: cargo class by mix and quantile, in steps of four."""
    history: NDArray[np.uint8]
    """uint8[4096]: history of the shipper (0 certified to 3 new) by quantile of volume."""
    anomaly: NDArray[np.uint8]
    """uint8[1 + 3 * concealments, 4096]: level of an anomaly by quantile; row 0 is a clean box, then three rows
    (manifest, routing, seal) for each concealment."""
    step: NDArray[np.uint16]
    """uint16[2, 3]: first quantile of levels 1, 2 and 3 of the shipper's history, and of a clean box's anomaly."""
    front: NDArray[np.uint8]
    """uint8[concealments]: 1 where the shipper is a front."""
    noise: NDArray[np.int16]
    """int16[256]: judgement of assessors by quantile, in points."""
    salt: NDArray[np.uint64]
    """uint64[C]: what makes the luck of one control its own."""
    column: NDArray[np.int32]
    """int32[7]: first column of each family of evidence."""
    expected: NDArray[np.int32]
    """int32[1024]: chance of a hit in parts of 2**24 by log-odds in points, from -512 up."""
    tip_clean: np.int32
    """Chance that a tip names a clean box, parts of 2**16."""


def steps_of(*levels: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """First quantile at which each table of levels reaches 1, 2 and 3 (its length, if it never does): uint16[n, 3].

    Raises ValueError for levels that do not rise with the quantile.
    """
    if any(np.any(table[1:] < table[:-1]) for table in levels):
        raise ValueError("levels must rise with the quantile")
    return np.array([[int(np.searchsorted(table, step)) for step in (1, 2, 3)] for table in levels], U16)


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
    only_high: NDArray[np.uint8]
    """uint8[C]: 1 where only boxes at or above the high-risk score are scanned by score."""
    high: NDArray[np.int32]
    """int32[C]: points above the day's median score from which a box counts as high risk."""
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
    """int32[C]: chance that intelligence names a contaminated box, parts of 2**16."""
    servers: NDArray[np.int32]
    """int32[C]: scanner lanes."""
    scan_hours: NDArray[np.float64]
    """float64[C]: mean time of a scan, hours."""
    service: NDArray[np.int32]
    """int32[C]: row of the table of scan times."""
    open_hours: NDArray[np.float64]
    """float64[C]"""


class Contaminated(NamedTuple):
    """Boxes that carry contraband today, in compressed rows by control."""

    first: NDArray[np.int32]
    """int32[C + 1]"""
    place: NDArray[np.int32]
    """int32[D]: position of the box's lane in the control's pool."""
    serial: NDArray[np.int32]
    """int32[D]: serial number of the box on its lane and day."""
    concealment: NDArray[np.int32]
    """int32[D]"""
    shows: NDArray[np.float64]
    """float64[D]: factor on the chance of an alarm: load and concealment."""


class Scanners(NamedTuple):
    """The queues before the scanners, and where yesterday's cut was; both are carried from day to day."""

    times: NDArray[np.float64]
    """float64[T, 4096]: scan times by quantile, in mean scan times."""
    free_at: NDArray[np.float64]
    """float64[C, S]: hours at which scanner lanes become free."""
    lanes: NDArray[np.int32]
    """int32[C]: most lanes there have been."""
    cut: NDArray[np.int16]
    """int16[C]: a score near the last cut: where to begin the search for today's, without effect on what is found."""


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

    @classmethod
    def blank(cls, controls: int, columns: int, contaminated: int) -> Day:
        """A day on which nothing has happened yet."""
        return cls(
            tally=np.zeros((controls, TALLIES), I64),
            hits=np.zeros((controls, columns), I64),
            expected=np.zeros((controls, columns), I64),
            fate=np.zeros(contaminated, I8),
            wait_hours=np.zeros(controls),
        )


class Scratch(NamedTuple):
    """Working space for one control at a time, as long as the largest flow of a day."""

    word: NDArray[np.uint64]
    """uint64[n]: the boxes."""
    field: NDArray[np.uint16]
    """uint16[4, n]: quantiles of shipper, manifest, routing and seal."""
    luck: NDArray[np.uint32]
    """uint32[n]: what judgement and tip are taken from."""
    judgement: NDArray[np.uint8]
    """uint8[n]: quantile of the assessor's judgement."""
    tip: NDArray[np.uint16]
    """uint16[n]: a tip names the box where this is below the chance of one."""
    score: NDArray[np.int16]
    top: NDArray[np.int16]
    """int16[n]: scores of the boxes near the cut."""
    chosen: NDArray[np.int32]
    """int32[n + 1]: boxes to be scanned, those chosen by score first, in their order, then those picked blindly."""
    taken: NDArray[np.uint8]
    """uint8[n]: 1 for those while they are being picked; all zero before and after."""
    loaded: NDArray[np.int32]
    """int32[n]: positions of the contaminated boxes."""
    inside: NDArray[np.uint16]
    """uint16[n, 7]: columns of the evidence that each of these shows."""
    shown: NDArray[np.uint16]
    """uint16[n, 7]: columns of the evidence that each chosen box shows."""
    odds: NDArray[np.int32]
    """int32[n]: log-odds that the officer gives each chosen box, in points."""
    chance: NDArray[np.int32]
    """int32[n]: chance that each chosen box raises an alarm, parts of 2**20."""
    holds: NDArray[np.int32]
    """int32[n]: row of the contaminated box that a chosen box is, -1 for a clean one."""
    alarmed: NDArray[np.int32]
    """int32[n]: places in `chosen` of the boxes with an alarm."""
    gaps: NDArray[np.float64]
    """float64[n + 1]: time between arrivals at the scanners."""

    @classmethod
    def of(cls, size: int) -> Scratch:
        """Space for so many boxes."""
        return cls(
            word=np.empty(size, U64),
            field=np.empty((4, size), U16),
            luck=np.empty(size, U32),
            judgement=np.empty(size, U8),
            tip=np.empty(size, U16),
            score=np.empty(size, I16),
            top=np.empty(size, I16),
            chosen=np.empty(size + 1, I32),
            taken=np.zeros(size, U8),
            loaded=np.empty(size, I32),
            inside=np.empty((size, FAMILIES), U16),
            shown=np.empty((size, FAMILIES), U16),
            odds=np.empty(size, I32),
            chance=np.empty(size, I32),
            holds=np.empty(size, I32),
            alarmed=np.empty(size, I32),
            gaps=np.empty(size + 1),
        )
