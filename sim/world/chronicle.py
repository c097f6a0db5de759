"""The chronicle of a run: what is written down of every day, and of every control on every day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, get_type_hints

import numpy as np
from numpy.typing import NDArray

from sim.kernels.boxes import ARRIVED, CHOSEN, FALSE_ALARMS, HITS, OPENED, TALLIES
from sim.kernels.search import COUNTS
from sim.world.clearance import Cleared
from sim.world.columns import Records, Table
from sim.world.ledger import ACCOUNTS, EVENTS, Ledger
from sim.world.passage import Presented


class Day(NamedTuple):
    """What is written down of a day, beside what the controls did."""

    produced_g: int
    dispatched_g: int
    seized_g: int
    lost_g: int
    delivered_g: int
    consumed_g: int
    stock_g: int
    in_transit_g: int
    market_stock_g: int
    price_usd_per_kg: float
    retail_usd_per_kg: float
    retail_purity: float
    source_usd_per_kg: float
    leaf_g: int
    laboratories: int
    precursors_diverted_g: int
    precursors_seized_g: int
    precursor_stock_g: int
    couriers: int
    recruited: int
    arrested: int
    refused: int
    cooperated: int
    replaced: int
    replacement_days: int
    offer_usd_per_job: float
    organisations: int
    entrants: int
    exits: int
    splits: int
    contests: int
    violence: float
    capital_cents: int
    policy_cost_cents: int
    corrupted: int
    dismissed: int
    bribes_cents: int
    passed_corrupted_g: int
    unfinished_g: int
    finished_g: int
    raided_g: int
    finishing_usd_per_kg: float
    prevented_g: int
    sent_on_g: int


DAY = np.dtype([(name, np.float64 if kind is float else np.int64) for name, kind in get_type_hints(Day).items()])

MET = np.dtype([("day", np.int64), ("control", np.int64), ("grams", np.int64), ("seized_g", np.int64)])
"""A contaminated box at a control: what was in it, and how much of that was seized there."""

STATEMENT = np.dtype([("day", np.int64), ("organisation", np.int64), ("site", np.int64), ("courier", np.uint64)])
"""An arrested courier cooperates with investigators: organisation and community by their rows, courier by the key."""

AT_CONTROLS = {
    "boxes_arrived": ARRIVED,
    "boxes_scanned": CHOSEN,
    "boxes_examined": OPENED,
    "false_alarms": FALSE_ALARMS,
    "hits": HITS,
}
"""Columns of the daily table that add up a tally over all controls."""


@dataclass(slots=True)
class Chronicle:
    """The days of a run as records, and arrays by day and control."""

    days: int
    per_hour: NDArray[np.float64]
    """float64[C]: boxes that one lane scans in an hour."""
    examination_hours: NDArray[np.float64]
    """float64[C]: time to open one."""
    zones: int
    """How many sea zones there are."""
    commodities: int = 1
    """How many have books."""
    lived: int = 0
    """Days written down."""
    tally: NDArray[np.int32] = field(init=False)
    """int32[days, C, 8]"""
    wait_hours: NDArray[np.float64] = field(init=False)
    """float64[days, C]: hours that boxes waited for a scanner, summed."""
    scan_hours: NDArray[np.float64] = field(init=False)
    """float64[days, C]: hours that they were scanned, summed."""
    patrolled: NDArray[np.int64] = field(init=False)
    """int64[days, Z, 7]: craft that crossed, were detected, boarded and stopped, grams in these, persons brought in."""
    moved: NDArray[np.int64] = field(init=False)
    """int64[days, commodities, events]: what the books say of each day."""
    held: NDArray[np.int64] = field(init=False)
    """int64[days, commodities, accounts]: what stood in each account at its end."""
    prices: NDArray[np.float64] = field(init=False)
    """float64[days, commodities], USD a unit; 0 of precursors."""
    people_at_sea: NDArray[np.int64] = field(init=False)
    """int64[days, commodities]: persons in craft at sea at the end of each day."""
    left_again: NDArray[np.int64] = field(init=False)
    """int64[days, commodities]: of the people who left, who had left before."""
    chance_to_arrive: NDArray[np.float64] = field(init=False)
    """float64[days, commodities]: what people who wait take it to be."""
    patrol_hours: NDArray[np.float64] = field(init=False)
    """float64[days, Z]"""
    met: Table = field(default_factory=lambda: Table(MET))
    """MET: contaminated boxes at controls."""
    statements: Table = field(default_factory=lambda: Table(STATEMENT))
    """STATEMENT: what investigators were told by arrested couriers."""
    recruited: int = 0
    arrested: int = 0
    refused: int = 0
    replaced: int = 0
    replacement_days: int = 0
    """Days from arrest to replacement, over all who were replaced today."""
    entrants: int = 0
    exits: int = 0
    splits: int = 0
    contests: int = 0
    _told: int = 0
    _days: NDArray[np.void] = field(init=False)

    def __post_init__(self) -> None:
        self._days = np.zeros(self.days, DAY)
        self.tally = np.zeros((self.days, len(self.per_hour), TALLIES), np.int32)
        self.wait_hours = np.zeros((self.days, len(self.per_hour)))
        self.scan_hours = np.zeros((self.days, len(self.per_hour)))
        self.patrolled = np.zeros((self.days, self.zones, COUNTS), np.int64)
        self.patrol_hours = np.zeros((self.days, self.zones))
        self.moved = np.zeros((self.days, self.commodities, len(EVENTS)), np.int64)
        self.held = np.zeros((self.days, self.commodities, len(ACCOUNTS)), np.int64)
        each = self.days, self.commodities
        self.people_at_sea, self.left_again = np.zeros(each, np.int64), np.zeros(each, np.int64)
        self.chance_to_arrive = np.zeros(each)
        self.prices = np.zeros((self.days, self.commodities))

    def open_day(self) -> None:
        """Start counting people and organisations anew."""
        self.recruited = self.arrested = self.refused = self.replaced = self.replacement_days = 0
        self.entrants = self.exits = self.splits = self.contests = 0
        self._told = len(self.statements)

    @property
    def cooperated(self) -> int:
        """Couriers who cooperated today."""
        return len(self.statements) - self._told

    def close(self, day: int, written: Day, cleared: Cleared, scan_time: NDArray[np.float64]) -> None:
        """Write down a day, and what was done at the controls on it; scan_time: float64[C], factor on it."""
        self._days[day] = written
        self.tally[day], self.wait_hours[day] = cleared.tally, cleared.wait_hours
        self.scan_hours[day] = cleared.tally[:, CHOSEN] * scan_time / self.per_hour
        self.lived = day + 1

    def at_sea(self, day: int, tally: NDArray[np.int64], hours: NDArray[np.float64]) -> None:
        """Write down what was done in the sea zones on a day: int64[Z, 7] and float64[Z]."""
        self.patrolled[day], self.patrol_hours[day] = tally, hours

    def booked(self, day: int, ledger: Ledger, prices: Sequence[float]) -> None:
        """Write down the closed books of a day, and the price of each commodity."""
        self.moved[day], self.held[day] = ledger.flows, ledger.amounts
        self.prices[day, : len(prices)] = prices

    def presented(self, day: int, presented: Presented, loads: Records) -> None:
        """Write down the contaminated boxes at controls; loads: LOAD[.], after what the controls did."""
        grams = loads["grams"][presented.load]
        met = self.met.room(len(grams))
        met["day"], met["control"], met["grams"] = day, presented.control, grams
        met["seized_g"] = grams * (loads["checkpoint"][presented.load] == presented.control)  # today: it was here
        self.met.add(len(grams))

    @property
    def daily(self) -> dict[str, list[int] | list[float]]:
        """The daily table, column by column."""
        written = {name: self._days[name][: self.lived].tolist() for name in Day._fields}
        boxes = self.tally[: self.lived].sum(axis=1, dtype=np.int64)
        at_controls = {name: boxes[:, column].tolist() for name, column in AT_CONTROLS.items()}
        return {**written, **at_controls, "delay_box_hours": self.delay_hours[: self.lived].sum(axis=1).tolist()}

    @property
    def delay_hours(self) -> NDArray[np.float64]:
        """Delay of legal boxes by day and control, hours: waiting, scanning and opening: float64[days, C]."""
        return self.wait_hours + self.scan_hours + self.tally[:, :, OPENED] * self.examination_hours

    @property
    def contaminated(self) -> NDArray[np.int64]:
        """Contaminated boxes by day and control."""
        return self._by_control(1)

    @property
    def contraband_g(self) -> NDArray[np.int64]:
        """Grams in them, by day and control."""
        return self._by_control(self.met.rows["grams"])

    @property
    def seized_g(self) -> NDArray[np.int64]:
        """Grams seized, by day and control."""
        return self._by_control(self.met.rows["seized_g"])

    def _by_control(self, values: NDArray[np.int64] | int) -> NDArray[np.int64]:
        found = np.zeros(self.wait_hours.shape, np.int64)
        np.add.at(found, (self.met.rows["day"], self.met.rows["control"]), values)
        return found
