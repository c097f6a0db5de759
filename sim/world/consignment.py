"""Consignments: illicit loads on their way, one row each, and what a row says in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from sim.kernels.loads import LEG, LOAD, MOST_LEGS, NOWHERE, UNDER_WAY
from sim.kernels.prospects import MOST_CHECKPOINTS, MOST_CREWS
from sim.kernels.roll import look_over
from sim.terms import KM_PER_NM
from sim.world.columns import Records, Table, Words
from sim.world.ledger import Ledger
from sim.world.network import MODES, Leg, Network
from sim.world.ways import Route, WayTable

Outcome = Literal["under_way", "delivered", "seized", "lost", "intercepted", "rescued", "went_back", "stopped_ashore"]
OUTCOMES: tuple[Outcome, ...] = (
    "under_way", "under_way", "seized", "lost", "delivered", "under_way", "under_way", "intercepted", "rescued",
    "under_way", "under_way", "under_way", "went_back", "stopped_ashore",
)  # fmt: skip
"""What has become of a load, by what was last booked of it."""


class Ways(NamedTuple):
    """The ways of one organisation."""

    table: WayTable
    first: int
    """Row of the first of its cells among all cells."""


class Cargo(Sequence["Consignment"]):
    """All consignments of a run, in the order of their numbers: LOAD, one row each.

    As a sequence it makes a `Consignment` of a row for those who read.
    """

    def __init__(self, ledger: Ledger, nobody: int) -> None:
        """Nobody: row among all cells of one that never has a crew."""
        self.ledger, self.nobody = ledger, nobody
        self.ways: list[Ways] = []
        """Of each organisation, by its number."""
        self.inbound: Ways | None = None
        """Of supply brokers, whose numbers are below zero."""
        self.table = Table(LOAD)
        self._under_way, self._due = np.zeros(64, np.int64), np.zeros(64, np.int64)
        self._left, self._seen = 0, 0  # of those under way, and of all
        self._grams = np.zeros(len(ledger.commodities), np.int64)

    @property
    def all(self) -> Sequence[Consignment]:
        """The consignments, to be read one by one."""
        return self

    @property
    def rows(self) -> Records:
        """LOAD[n], to be read column by column."""
        return self.table.rows

    def of(self, commodity: int) -> Records:
        """LOAD[n]: those of one commodity."""
        of_it: Records = self.rows[self.rows["commodity"] == commodity]
        return of_it

    def __len__(self) -> int:
        return len(self.table)

    @overload
    def __getitem__(self, number: int) -> Consignment: ...
    @overload
    def __getitem__(self, number: slice) -> list[Consignment]: ...
    def __getitem__(self, number: int | slice) -> Consignment | list[Consignment]:
        numbers = range(len(self))[number]
        return Consignment(self, numbers) if isinstance(numbers, int) else [Consignment(self, n) for n in numbers]

    def add(
        self, key: np.uint64, grams: int, shows: float, commodity: int, organisation: int, way: int, concealment: int,
        day: int, due: int, *, crewed: bool, people: bool = False,
    ) -> int:  # fmt: skip
        """Take a new consignment on its way; returns its number."""
        table, first = self.ways_of(organisation)
        crews = [first + place if place >= 0 else -1 for place in table.crews[way].tolist()]
        self.table.append(
            key, grams, shows, commodity, organisation, way, table.legs[way], crews if crewed else (-1,) * MOST_CREWS,
            concealment, day, due, 0, 0, -1, -1, False, 0, UNDER_WAY, -1, -1, NOWHERE, people, False,
        )  # fmt: skip
        return len(self) - 1

    def ways_of(self, owner: int) -> Ways:
        """The ways of an organisation, or of a supply broker."""
        if owner >= 0 or self.inbound is None:
            return self.ways[owner]
        return self.inbound

    def any_of(self, organisation: int) -> bool:
        """Whether an organisation has anything under way."""
        loads, numbers = self.rows, self._maybe_under_way()
        theirs = numbers[loads["organisation"][numbers] == organisation]
        return bool((loads["outcome"][theirs] == UNDER_WAY).any())

    def redirect(self, first: int, end: int, cell: int) -> None:
        """Loads that count on crews of the cells `first` to `end` have to count on those of another cell."""
        loads, numbers = self.rows, self._maybe_under_way()
        crews = loads["crews"][numbers]
        ahead = np.arange(MOST_CREWS) >= loads["served"][numbers, None]
        ahead &= (loads["outcome"][numbers] == UNDER_WAY)[:, None]
        crews[ahead & (first <= crews) & (crews < end)] = cell
        loads["crews"][numbers] = crews

    def _maybe_under_way(self) -> NDArray[np.int64]:
        """Numbers of the loads among which are all that are under way."""
        return np.concatenate([self._under_way[: self._left], np.arange(self._seen, len(self))])

    def due(self, day: int) -> NDArray[np.int64]:
        """Numbers of those with something to do today, in ascending order; they stand until somebody asks again."""
        count = self._look_over(day)
        return self._due[:count]

    def grams_under_way(self) -> dict[str, int]:
        """What those under way hold, counted load by load."""
        self._look_over(-1)
        return dict(zip(self.ledger.commodities, self._grams.tolist(), strict=True))

    def people_at_sea(self) -> NDArray[np.int64]:
        """Persons in craft at sea, of those looked over last: int64[commodities]."""
        loads = self.rows[self._under_way[: self._left]]
        at_sea = loads["people"] & (loads["departed"] >= 0) & ~loads["landed"]
        found = np.zeros(len(self.ledger.commodities), np.int64)
        np.add.at(found, loads["commodity"][at_sea], loads["grams"][at_sea])
        return found

    def _look_over(self, day: int) -> int:
        """Look at all loads that may be under way; returns how many have something to do on a day."""
        sent = len(self) - self._seen
        if self._left + sent > len(self._under_way):
            self._under_way = np.resize(self._under_way, 2 * (self._left + sent))
            self._due = np.zeros(len(self._under_way), np.int64)
        numbers = self._under_way[: self._left + sent]
        numbers[self._left :] = range(self._seen, len(self))
        self._seen = len(self)
        self._left, due = look_over(self.rows, numbers, day, self._due, self._grams)
        return int(due)

    # ------------------------------------------------------------------ column by column

    def columns(self, legs: Records) -> dict[str, Any]:
        """What all of them are and what became of them: numbers as arrays, names as `Words`; legs: LEG[.]."""
        loads, names = self.rows, self.ledger
        on_way = legs[loads["legs"]]
        at_sea = ~on_way["road"] & (loads["legs"] >= 0)
        each = np.arange(len(loads))
        first, last = at_sea.argmax(axis=1), MOST_LEGS - 1 - at_sea[:, ::-1].argmax(axis=1)
        end = (loads["legs"] >= 0).sum(axis=1) - 1
        craft = on_way["small_craft"][each, first]
        return {
            "consignment": each,
            "commodity": Words(loads["commodity"], names.commodities),
            "grams": loads["grams"],
            "area": Words(on_way["origin"][:, 0], names.places),
            "market": Words(on_way["destination"][each, end], names.places),
            "departure": Words(on_way["origin"][each, first], names.places),
            "arrival": Words(on_way["destination"][each, last], names.places),
            "mode": Words(craft.astype(np.int32), ("container", "small_craft")),
            "planned_day": loads["planned"],
            "dispatched_day": loads["planned"],
            "outcome": Words(loads["outcome"], OUTCOMES),
            "outcome_day": loads["ended"],
            "outcome_place": Words(loads["place"], (*names.places, "")),
            "outcome_checkpoint": Words(loads["checkpoint"], names.checkpoints),
        }


@dataclass(frozen=True, slots=True)
class Consignment:
    """One load, read from its row: what, how much, whose, which way, how hidden, and how far it has come."""

    cargo: Cargo
    number: int

    def _is(self, field: str) -> Any:
        return self.cargo.rows[field][self.number].item()

    @property
    def commodity(self) -> str:
        """Key of the commodity."""
        return str(self.cargo.ledger.commodities[self._is("commodity")])

    @property
    def grams(self) -> int:
        """Its load."""
        return int(self._is("grams"))

    @property
    def key(self) -> np.uint64:
        """What its luck is addressed by."""
        return np.uint64(self._is("key"))

    @property
    def organisation(self) -> int:
        """Number of the organisation that owns it; that of a supply broker is below zero."""
        return int(self._is("organisation"))

    @property
    def route(self) -> Route:
        """Its way from an area to a market."""
        route: Route = self.cargo.ways_of(self.organisation).table.routes[self._is("way")]
        return route

    @property
    def concealment(self) -> int:
        """Row of the concealment, or of the kind of craft where it crosses on one."""
        return int(self._is("concealment"))

    @property
    def shows(self) -> float:
        """Factor on the chance that a scan raises an alarm: load and concealment."""
        return float(self._is("shows"))

    @property
    def planned(self) -> int:
        """Day on which it left the production area."""
        return int(self._is("planned"))

    @property
    def crewed(self) -> bool:
        """Whether people of the organisation are needed for it at its gateways."""
        return bool(self.cargo.rows["crews"][self.number, 0] >= 0)

    @property
    def crews_ahead(self) -> list[str]:
        """Places where it still has to wait for a crew, or had to when it came to its end, in order.

        Cells of a group's organisations follow each other in one order of places; where there is none nobody comes.
        """
        table, first = self.cargo.ways_of(self.organisation)
        rows = self.cargo.rows["crews"][self.number, self._is("served") :].tolist()
        places = table.places
        return [places[(row - first) % len(places)] for row in rows if 0 <= row != self.cargo.nobody]

    @property
    def leg(self) -> int:
        """Number of the leg that it is on, or about to start."""
        return int(self._is("leg"))

    @property
    def now(self) -> Leg:
        """That leg; the last one when there is none left."""
        return self.route.legs[min(self.leg, len(self.route.legs) - 1)]

    @property
    def departed(self) -> int:
        """Day on which its container left, or on which its craft put to sea; -1 before."""
        return int(self._is("departed"))

    @property
    def outcome(self) -> Outcome:
        """What has become of it."""
        row: int = self._is("outcome")
        return OUTCOMES[row]

    @property
    def ended(self) -> int:
        """Day of the outcome; -1 while under way."""
        return int(self._is("ended"))

    @property
    def place(self) -> str:
        """Place of the outcome; empty for none."""
        place: int = self._is("place")
        return self.cargo.ledger.places[place] if place >= 0 else ""

    @property
    def checkpoint(self) -> str:
        """Control that seized it: `road` on the road, empty for none."""
        return str(self.cargo.ledger.checkpoints[self._is("checkpoint")])


def legs_for_loads(network: Network, pools: NDArray[np.int32]) -> Records:
    """LEG[L]: the legs of a network. pools: int32[lanes, 2], where a lane stands in the pools of its two controls."""
    known = network.legs
    legs = np.zeros(len(known.mode), LEG)
    for name in ("mode", "origin", "destination", "days", "lane", "seizure", "loss"):
        legs[name] = getattr(known, name)
    legs["road"], legs["small_craft"] = (known.mode == MODES.index(mode) for mode in ("road", "small_craft"))
    passed = np.pad(known.checkpoints, ((0, 0), (0, MOST_CHECKPOINTS)), constant_values=-1)
    legs["checkpoints"] = passed[:, :MOST_CHECKPOINTS]
    legs["nm"] = known.distance_km / KM_PER_NM
    legs["site"] = -1
    legs["pool"] = np.concatenate([pools, [[-1, -1]]])[known.lane]
    return legs
