"""Ways: candidate routes from a production area to a market, and all of an organisation's as one table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import Literal, NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from sim.kernels.prospects import MOST_CHECKPOINTS, MOST_CREWS, WAY, Records
from sim.world.network import ON_EDGES, Leg

_HUB_SHARE = 5  # one candidate in five may change ship at a hub where the lane also goes direct


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


Hauls = dict[str, tuple[float, list[str]]]
"""Money per kilogram and the places passed, by the place reached over land."""


class Way(NamedTuple):
    """A way over the sea, or from an area to a market; ways compare by money, then days, then names."""

    usd: float
    """Money per kilogram, fixed costs spread over a full load."""
    days: int
    """Days at sea and in ports."""
    departure: str
    hub: str
    """Where it changes ship; empty when nowhere."""
    arrival: str


class Ways(NamedTuple):
    """Many ways over the sea as columns, ordered by days, departure, hub and arrival: for equal money they are sorted.

    Places stand as rows of a sorted list of names, so that rows compare as names do.
    """

    usd: NDArray[np.float64]
    days: NDArray[np.int64]
    departure: NDArray[np.int64]
    hub: NDArray[np.int64]
    """-1 where it changes ship nowhere."""
    arrival: NDArray[np.int64]

    @classmethod
    def of(cls, ways: Iterable[Way], row: dict[str, int]) -> Ways:
        """Ways in columns."""
        ordered = sorted(ways, key=itemgetter(slice(1, None)))
        usd, days, *stops = zip(*ordered, strict=True) if ordered else ((), (), (), (), ())
        departure, hub, arrival = ([row.get(stop, -1) for stop in column] for column in stops)
        places = (np.array(column, np.int64) for column in (days, departure, hub, arrival))
        return cls(np.array(usd, np.float64), *places)

    def at(self, place: int, names: Sequence[str]) -> Way:
        """One of them."""
        departure, hub, arrival = (int(column[place]) for column in (self.departure, self.hub, self.arrival))
        stops = names[departure], names[hub] if hub >= 0 else "", names[arrival]
        return Way(float(self.usd[place]), int(self.days[place]), *stops)

    def between(self, inland: Hauls, onward: Hauls, names: Sequence[str]) -> Ways:
        """Those whose gateways are joined to an area and to a market, with the money for the whole way."""
        before, after = (
            np.array([hauls[name][0] if name in hauls else np.nan for name in names]) for hauls in (inland, onward)
        )
        usd = before[self.departure] + self.usd + after[self.arrival]
        joined = ~np.isnan(usd)
        return Ways(usd[joined], *(column[joined] for column in self[1:]))

    def picked(self, most: int) -> NDArray[np.int64]:
        """At most `most`, in rounds: each departure and each arrival sends its cheapest way before its second."""
        order = np.argsort(self.usd, kind="stable")
        rounds = np.minimum(_nth(self.departure[order]), _nth(self.arrival[order]))
        return np.asarray(order[np.argsort(rounds, kind="stable")][: max(most, 0)], np.int64)


def _nth(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many of its group stand before each: int64[N]."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))[: len(group)]
    nth = np.empty(len(group), np.int64)
    nth[order] = np.arange(len(group)) - np.repeat(starts, np.diff(np.append(starts, len(group))))
    return nth


@dataclass(frozen=True, slots=True, eq=False)
class Passages:
    """What every area and market share: the roads, and the ways over the sea between gateways."""

    legs: dict[tuple[str, str], Leg]
    """The leg between two neighbouring places; the cheaper mode where there are two."""
    roads: nx.DiGraph
    """The roads alone, weighted with `usd` per kilogram."""
    cheapest: dict[tuple[str, str], Way]
    """The direct lane or crossing from each departure to each arrival gateway, or else the best way by one hub."""
    ways: Ways
    """The same as columns."""
    names: tuple[str, ...]
    """The gateways and hubs, sorted: what the rows in `ways` stand for."""
    hubs: dict[str, tuple[dict[str, Way], dict[str, Way]]]
    """Lanes into each hub by departure gateway, and out of it by arrival gateway."""


def passages_of(graph: nx.MultiDiGraph) -> Passages:
    """The roads and sea passages of a route graph: direct where there is a lane or crossing, else by one hub."""
    legs: dict[tuple[str, str], Leg] = {}
    sea: dict[tuple[str, str], Way] = {}
    roads = nx.DiGraph()
    roads.add_nodes_from(graph)
    for start, end, mode, edge in graph.edges(keys=True, data=True):
        usd = edge["usd_per_kg"] + edge["usd_fixed"] / edge["capacity_kg"]
        if mode == "road":
            roads.add_edge(start, end, usd=usd)
        else:
            way = Way(usd, edge["days"], start, "", end)
            if sea.setdefault((start, end), way) < way:
                continue
            sea[start, end] = way
        legs[start, end] = Leg(mode, start, end, **{name: edge[name] for name in ON_EDGES})

    nodes = graph.nodes
    hubs: dict[str, tuple[dict[str, Way], dict[str, Way]]] = {
        name: ({}, {}) for name in graph if nodes[name].get("role") == "transit"
    }
    cheapest: dict[tuple[str, str], Way] = {}
    for (start, end), way in sea.items():
        leaves, arrives = nodes[start]["side"] == "origin", nodes[end]["side"] == "destination"
        if leaves and arrives:
            cheapest[start, end] = way
        if leaves and end in hubs:
            hubs[end][0][start] = way
        if arrives and start in hubs:
            hubs[start][1][end] = way

    by_hub: dict[tuple[str, str], Way] = {}
    for hub, (into, out) in hubs.items():
        for start, first in into.items():
            for end, second in out.items():
                if (start, end) not in cheapest:
                    way = _changing(first, hub, second)
                    by_hub[start, end] = min(way, by_hub.get((start, end), way))
    cheapest |= by_hub
    names = tuple(sorted({place for way in cheapest.values() for place in way[2:] if place}))
    ways = Ways.of(cheapest.values(), {name: row for row, name in enumerate(names)})
    return Passages(legs, roads, cheapest, ways, names, hubs)


def candidate_routes(
    graph: nx.MultiDiGraph, area: str, market: str, most: int, passages: Passages | None = None
) -> tuple[Route, ...]:
    """Ways from an area to a market, the cheapest for each pair of gateways, at most `most`, the cheapest first.

    A pair that has a direct lane takes it; beside it, up to a fifth of all ways change ship at a hub, shared out evenly
    among hubs. When there are more than `most`, every departure and every arrival gateway keeps its cheapest way before
    any keeps its second, so that no gateway disappears.

    passages: those of this graph, so that they are found once for many pairs of areas and markets.
    """
    passages = passages if passages is not None else passages_of(graph)
    inland = _hauls(passages.roads, area)
    onward = _hauls(passages.roads.reverse(copy=False), market)

    def whole(way: Way) -> Way:
        usd, days, departure, hub, arrival = way
        return Way(inland[departure][0] + usd + onward[arrival][0], days, departure, hub, arrival)

    ways = passages.ways.between(inland, onward, passages.names)
    by_hub = _hub_ways(passages, inland, onward)
    by_hub = _picked([whole(way) for way in by_hub], max(most // _HUB_SHARE, most - len(ways.usd)))
    picked = [ways.at(place, passages.names) for place in ways.picked(most - len(by_hub)).tolist()] + by_hub

    routes = []
    for _, _, departure, hub, arrival in sorted(picked):
        stops = (*inland[departure][1], *((hub,) if hub else ()), *reversed(onward[arrival][1]))
        legs = tuple(passages.legs[pair] for pair in pairwise(stops))
        routes.append(
            Route(
                area=area,
                market=market,
                legs=legs,
                mode="small_craft" if any(leg.mode == "small_craft" for leg in legs) else "container",
                departure=departure,
                arrival=arrival,
                usd_per_kg=sum(leg.usd_per_kg for leg in legs),
                usd_fixed=sum(leg.usd_fixed for leg in legs),
                days=sum(leg.days for leg in legs),
            )
        )
    return tuple(routes)


def _hauls(roads: nx.DiGraph, start: str) -> Hauls:
    usd, paths = nx.single_source_dijkstra(roads, start, weight="usd")
    return {place: (usd[place], paths[place]) for place in usd}


def _changing(first: Way, hub: str, second: Way) -> Way:
    return Way(first.usd + second.usd, first.days + second.days, first.departure, hub, second.arrival)


def _hub_ways(passages: Passages, inland: Hauls, onward: Hauls) -> list[Way]:
    """Ways by a hub beside a direct lane: each departure to the best arrival behind the hub, and the reverse."""
    found: dict[Way, None] = {}
    for hub, (into, out) in passages.hubs.items():
        firsts = sorted((inland[start][0] + way.usd, way.days, start) for start, way in into.items() if start in inland)
        seconds = sorted((way.usd + onward[end][0], way.days, end) for end, way in out.items() if end in onward)
        if firsts and seconds:
            best_start, best_end = firsts[0][2], seconds[0][2]
            pairs = [(start, best_end) for *_, start in firsts] + [(best_start, end) for *_, end in seconds]
            found |= dict.fromkeys(_changing(into[start], hub, out[end]) for start, end in pairs)
    return [way for way in found if passages.cheapest[way.departure, way.arrival] != way]


def _picked(ways: list[Way], most: int) -> list[Way]:
    """At most `most` ways, in rounds: each hub sends its cheapest before its second."""
    ways = sorted(ways)
    sent: defaultdict[str, int] = defaultdict(int)
    rounds = []
    for way in ways:
        rounds.append(sent[way.hub])
        sent[way.hub] += 1
    order = sorted(range(len(ways)), key=rounds.__getitem__)
    return [ways[place] for place in order[: max(most, 0)]]


@dataclass(frozen=True, slots=True, eq=False)
class WayTable:
    """Routes, one row each; organisations with the same areas and markets share one table."""

    routes: tuple[Route, ...]
    areas: tuple[str, ...]
    sites: tuple[tuple[str, ...], ...]
    """Places on each way where crews are needed, in order."""
    places: tuple[str, ...]
    """Places where crews are needed on any of the ways."""
    row: dict[str, int]
    """Row of each of these places."""
    crews: NDArray[np.int32]
    """int32[R, 4]: rows of `places` where each way needs crews, -1 after the last."""
    facts: Records
    """WAY[R]: what is known of each way, whoever uses it; what an organisation makes of it is 0."""
    craft_kg: float
    """The largest load of a small craft."""
    departures: tuple[str, ...]
    """All gateways on the origin side, in the order in which routes first use them."""
    arrivals: tuple[str, ...]
    """All gateways on the destination side."""
    hubs: tuple[str, ...]
    """Places where ways change ship and none begins or ends."""

    @classmethod
    def of(cls, routes: Sequence[Route], areas: tuple[str, ...], markets: Sequence[str], craft_kg: float) -> WayTable:
        """The table of some routes; markets give the order of the market rows.

        Raises ValueError for a route that passes more than 6 checkpoints.
        """
        facts = np.zeros(len(routes), WAY)
        for row, route in enumerate(routes):
            facts[row] = _facts(row, route, areas.index(route.area), list(markets).index(route.market), craft_kg)
        sites = tuple(crewed_sites(route) for route in routes)
        places = tuple(sorted({site for needed in sites for site in needed}))
        row_of = {place: row for row, place in enumerate(places)}
        crews = np.full((len(routes), MOST_CREWS), -1, np.int32)
        for row, needed in enumerate(sites):
            crews[row, : len(needed)] = [row_of[site] for site in needed]
        departures = tuple(dict.fromkeys(route.departure for route in routes))
        arrivals = tuple(dict.fromkeys(route.arrival for route in routes))
        return cls(
            routes=tuple(routes),
            areas=areas,
            sites=sites,
            places=places,
            row=row_of,
            crews=crews,
            facts=facts,
            craft_kg=craft_kg,
            departures=departures,
            arrivals=arrivals,
            hubs=tuple(place for place in places if place not in {*departures, *arrivals}),
        )


def _facts(row: int, route: Route, area: int, market: int, craft_kg: float) -> Records:
    """What is known of a route as a record WAY; raises ValueError where it passes more checkpoints than that holds."""
    passed = [checkpoint for leg in route.legs for checkpoint in leg.checkpoints]
    if len(passed) > MOST_CHECKPOINTS:
        raise ValueError(
            f"the way {' > '.join(route.sites)} passes {len(passed)} checkpoints; {MOST_CHECKPOINTS} is the most"
        )
    kept = 1.0
    for leg in route.legs:
        kept *= (1.0 - leg.seizure) * (1.0 - leg.loss)
    facts = np.zeros((), WAY)
    facts["row"], facts["area"], facts["market"] = row, area, market
    facts["checkpoints"] = passed + [-1] * (MOST_CHECKPOINTS - len(passed))
    facts["small_craft"] = route.mode == "small_craft"
    facts["usd_per_kg"], facts["usd_fixed"], facts["known_loss"] = route.usd_per_kg, route.usd_fixed, 1.0 - kept
    facts["largest_kg"] = craft_kg if route.mode == "small_craft" else np.inf
    return facts


def crewed_sites(route: Route) -> tuple[str, ...]:
    """Places on a route where people of the organisation are needed: where a load is put aboard or taken off.

    A hub comes twice: there the load changes containers.
    """
    at_sea = [leg for leg in route.legs if leg.mode != "road"]
    return tuple(site for leg in at_sea for site in (leg.origin, leg.destination))
