"""Ways: routes from a production area to a market, and all of an organisation's as one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels.draws import entity_key
from sim.kernels.prospects import MOST_CHECKPOINTS, WAY, Records
from sim.kernels.samplers import pair_keys
from sim.terms import KM_PER_NM
from sim.world.network import MODES, Leg, Network

Rows = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Route:
    """A way from a production area to a market."""

    area: str
    market: str
    legs: tuple[Leg, ...]
    mode: Literal["container", "small_craft"]
    departure: str
    """The gateway at which it leaves the origin side: a port, or a coast with small docks."""
    arrival: str
    """The gateway at which it reaches the destination side."""
    usd_per_kg: float
    usd_fixed: float
    days: int

    @property
    def sites(self) -> tuple[str, ...]:
        """The places it passes, from the area to the market."""
        return (self.area, *(leg.destination for leg in self.legs))


class Admitted(NamedTuple):
    """With what a commodity can go a way: a bit for each method."""

    concealments: int
    """Where it goes by container."""
    crafts: int
    """Where it goes by small craft, as far as a crossing admits them."""
    carriage: float = 1.0
    """What carriage of a unit costs on roads and small craft, against a kilogram of what the network speaks of."""
    modes: tuple[str, ...] = ("container", "small_craft")
    """How it may cross the sea."""
    people: bool = False
    """Whether it is people: they need a crew where they put to sea alone."""


class Made[T](Sequence[T]):
    """A sequence whose entries are made when they are first asked for."""

    def __init__(self, count: int, make: Callable[[int], T]) -> None:
        self._count, self._make = count, make
        self._found: dict[int, T] = {}

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, row: Any) -> Any:
        if row not in self._found:
            self._found[row] = self._make(range(self._count)[row])
        return self._found[row]


@dataclass(frozen=True, slots=True, eq=False)
class WayTable:
    """Routes, one row each; organisations with the same areas and markets share one table."""

    routes: Sequence[Route]
    areas: tuple[str, ...]
    places: tuple[str, ...]
    """Places where crews are needed on any of the ways."""
    row: dict[str, int]
    """Row of each of these places."""
    legs: Rows
    """int32[R, 6]: rows of the legs of each way in the network, -1 after the last."""
    crews: Rows
    """int32[R, 4]: rows of `places` where each way needs people of the organisation, in order, -1 after the last: where
    a load is put aboard or taken off. A hub comes twice: there the load changes containers."""
    facts: Records
    """WAY[R]: what is known of each way, whoever uses it; what an organisation makes of it is 0."""
    keys: NDArray[np.uint64]
    """uint64[R]: what each way is addressed by, whatever its row: the places that it passes."""
    departures: tuple[str, ...]
    """All gateways on the origin side, in the order in which routes first use them."""
    arrivals: tuple[str, ...]
    """All gateways on the destination side."""
    hubs: tuple[str, ...]
    """Places where ways change ship and none begins or ends."""
    there: NDArray[np.bool_]
    """bool[S, R]: which of them are candidates in each situation of the route graph."""

    @classmethod
    def of(
        cls,
        network: Network,
        ways: Mapping[tuple[str, str], Rows],
        areas: tuple[str, ...],
        markets: Sequence[str],
        admitted: Mapping[str, Admitted],
        there: NDArray[np.bool_] | None = None,
    ) -> WayTable:
        """The table of the candidate ways between pairs of areas and markets, in the order of the pairs.

        ways: int32[., 6] by area and market, rows of the legs of each way (`Passages.candidates`); areas and markets
        give the order of their rows; admitted: by area, of the commodity that comes from it; there: bool[S, .], which
        of them are candidates in each situation, all in a single one when not given. Raises ValueError for a way that
        passes more than 6 checkpoints.
        """
        legs = np.concatenate([*ways.values(), np.zeros((0, 6), np.int32)]).astype(np.int32)
        pair = np.repeat(np.arange(len(ways)), [len(found) for found in ways.values()])
        found = _Found(network, tuple(ways), pair, legs)
        stops = found.stops()
        stops[np.array([admitted[area].people for area, _ in ways], np.bool_)[pair], 1:] = -1
        named = sorted((network.names[site], site) for site in np.unique(stops[stops >= 0]).tolist())
        places = tuple(name for name, _ in named)
        row_of = np.full(len(network.names) + 1, -1, np.int32)  # -1 reads the last
        row_of[[site for _, site in named]] = np.arange(len(named))
        crews = row_of[stops]
        departures, arrivals = (
            tuple(network.names[site] for site in dict.fromkeys(end.tolist()) if row_of[site] >= 0)
            for end in found.gateways()
        )
        return cls(
            routes=Made(len(legs), found.route),
            areas=areas,
            places=places,
            row={place: row for row, place in enumerate(places)},
            legs=np.take_along_axis(legs, np.argsort(legs < 0, axis=1, kind="stable"), axis=1),
            crews=crews,
            keys=found.keys(),
            facts=found.facts(areas, list(markets), admitted),
            departures=departures,
            arrivals=arrivals,
            hubs=tuple(place for place in places if place not in {*departures, *arrivals}),
            there=np.ones((1, len(legs)), np.bool_) if there is None else there,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """R ways as rows of legs, and what these add up to."""

    network: Network
    pairs: tuple[tuple[str, str], ...]
    """Areas and markets that have ways."""
    pair: NDArray[np.int64]
    """int64[R], row of the pair of each way."""
    legs: Rows
    """int32[R, 6], rows of the legs: two over land, one or two over the sea (else -1), two over land."""

    def route(self, row: int) -> Route:
        """One of them as a value."""
        area, market = self.pairs[self.pair[row]]
        legs = tuple(self.network.leg(leg) for leg in self.legs[row].tolist() if leg >= 0)
        at_sea = [leg for leg in legs if leg.mode != "road"]
        return Route(
            area=area,
            market=market,
            legs=legs,
            mode="small_craft" if at_sea[0].mode == "small_craft" else "container",
            departure=at_sea[0].origin,
            arrival=at_sea[-1].destination,
            usd_per_kg=sum(leg.usd_per_kg for leg in legs),
            usd_fixed=sum(leg.usd_fixed for leg in legs),
            days=sum(leg.days for leg in legs),
        )

    def gateways(self) -> tuple[Rows, Rows]:
        """Sites where each leaves the origin side and reaches the destination side, int32[R] each."""
        first, second = self.legs[:, 2], self.legs[:, 3]
        columns = self.network.legs
        return columns.origin[first], columns.destination[np.where(second >= 0, second, first)]

    def stops(self) -> Rows:
        """int32[R, 4]: sites where each needs crews, in order; -1 after the last."""
        (departure, arrival), changes = self.gateways(), self.legs[:, 3] >= 0
        hub = np.where(changes, self.network.legs.destination[self.legs[:, 2]], -1)
        direct = np.column_stack([departure, arrival, hub, hub])
        return np.where(changes[:, None], np.column_stack([departure, hub, hub, arrival]), direct)

    def _of_legs(self, column: NDArray[Any], none: float = 0.0) -> NDArray[Any]:
        """What a column of the network's legs says of each leg of each way, [R, 6, ...]."""
        return np.concatenate([column, np.full((1, *column.shape[1:]), none, column.dtype)])[self.legs]

    def keys(self) -> NDArray[np.uint64]:
        """uint64[R], made of the names of the places that each passes, from the area to the market."""
        sites = np.array([entity_key(name) for name in self.network.names], np.uint64)
        keys = sites[self.network.legs.origin[self.legs[:, 0]]]
        for leg in self.legs.T:
            keys = np.where(leg < 0, keys, pair_keys(keys, sites[self.network.legs.destination[leg]]))
        return keys

    def facts(self, areas: Sequence[str], markets: Sequence[str], admitted: Mapping[str, Admitted]) -> Records:
        """WAY[R]: what is known of each; raises ValueError where one passes more checkpoints than a record holds."""
        columns = self.network.legs
        facts = np.zeros(len(self.legs), WAY)
        facts["row"] = np.arange(len(facts))
        ends = np.array([(areas.index(area), markets.index(market)) for area, market in self.pairs]).reshape(-1, 2)
        facts["area"], facts["market"] = ends[self.pair].T
        facts["checkpoints"] = self._checkpoints()
        facts["sites"] = -1  # nobody controls any yet
        facts["small_craft"] = small = columns.mode[self.legs[:, 2]] == MODES.index("small_craft")
        boxed = columns.mode != MODES.index("small_craft")  # what a crossing costs and loses hangs on the kind of craft
        carriage = self._of_legs(np.where(boxed, columns.usd_per_kg, 0.0))
        facts["usd_per_kg"] = [sum(usd) for usd in carriage.tolist()]  # added up one by one, as those of a route are
        kept = (1.0 - self._of_legs(columns.seizure)) * (1.0 - self._of_legs(np.where(boxed, columns.loss, 0.0)))
        facts["known_loss"] = 1.0 - np.multiply.reduce(kept, axis=1)
        facts["nm"] = self._of_legs(np.where(boxed, 0.0, columns.distance_km / KM_PER_NM)).sum(axis=1)
        facts["dearer"] = 1.0
        of_pair = [admitted[area] for area, _ in self.pairs]
        masks = np.array([given[:2] for given in of_pair], np.int64).reshape(-1, 2)[self.pair]
        carriage = np.array([given.carriage for given in of_pair])[self.pair]
        facts["usd_per_kg"] *= carriage
        facts["crossing_nm"] = facts["nm"]
        facts["nm"] *= carriage  # which count for the cost of a crossing alone
        facts["admits"] = np.where(small, columns.admits[self.legs[:, 2]] & masks[:, 1], masks[:, 0])
        return facts

    def _checkpoints(self) -> Rows:
        """int32[R, 6]: rows of the checkpoints that each passes in order, -1 after the last."""
        passed = np.concatenate(list(self._of_legs(self.network.legs.checkpoints, -1).swapaxes(0, 1)), axis=1)
        passed = np.pad(passed, ((0, 0), (0, MOST_CHECKPOINTS)), constant_values=-1)
        passed = np.take_along_axis(passed, np.argsort(passed < 0, axis=1, kind="stable"), axis=1)
        for row in np.flatnonzero(passed[:, MOST_CHECKPOINTS] >= 0).tolist():
            many, way = np.count_nonzero(passed[row] >= 0), " > ".join(self.route(row).sites)
            raise ValueError(f"the way {way} passes {many} checkpoints; {MOST_CHECKPOINTS} is the most")
        return passed[:, :MOST_CHECKPOINTS]
