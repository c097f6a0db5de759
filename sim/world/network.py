"""The route graph: every way from a production area to a market, as one NetworkX graph that a notebook can open."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise, product
from operator import attrgetter
from typing import Literal, NamedTuple, Self

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from sim.terms import DAYS_PER_YEAR, KM_PER_NM, Mode
from sim.world.checkpoints import Checkpoints
from sim.world.lanes import Lanes
from sim.world.route import Liner, Transport
from sim.world.site import Dock, Geography, Port, Site

Side = Literal["origin", "transit", "destination"]

MOST_CHECKPOINTS = 6
"""Controls and zones that one route can pass."""
MOST_LANES = 2
_HUB_SHARE = 5  # one candidate in five may change ship at a hub where the lane also goes direct
_EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Leg:
    """One edge of the graph on a route."""

    mode: Mode
    origin: str
    destination: str
    distance_km: float
    days: int
    usd_per_kg: float = 0.0
    usd_fixed: float = 0.0
    """Cost of one passage that does not grow with the load."""
    lane: int = -1
    """Row of the lane; -1 when no container ship carries it."""
    checkpoints: tuple[int, ...] = ()
    """Rows of the checkpoints in the order in which it passes them."""
    seizure: float = 0.0
    """Probability of seizure on the way, beside the checkpoints."""
    loss: float = 0.0
    """Probability that the load is lost on the way."""


_ON_EDGES = tuple(field.name for field in fields(Leg) if field.name not in ("mode", "origin", "destination"))


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


def network_of(
    geography: Geography, ports: Mapping[str, Port], lanes: Lanes, checkpoints: Checkpoints, transport: Transport
) -> nx.MultiDiGraph:
    """The route graph of a scenario.

    A node is a site by its name: areas, warehouses, ports, docks, markets, in this order, with kind, name, country,
    lat, lon, side (origin, transit or destination), and for ports region and role. An edge is a leg, keyed by its mode.

    Roads run from areas to warehouses of the origin side, from there to ports and docks, and from ports and docks of
    the destination side by its warehouses to markets; to islands they stand for ferries and coasters. A transit port
    in a region of origin ports belongs to the origin side; any other is reached by sea only.
    """
    graph = nx.MultiDiGraph()
    _add_sites(graph, geography, ports)
    _add_roads(graph, geography, ports, transport)
    _add_lanes(graph, ports, lanes, checkpoints, transport)
    _add_crossings(graph, geography.docks, checkpoints, transport)
    return graph


def _add_sites(graph: nx.MultiDiGraph, geography: Geography, ports: Mapping[str, Port]) -> None:
    origin_regions = {port.region for port in ports.values() if port.role == "origin"}

    def add(key: str, kind: str, site: Site, side: Side, **more: str) -> None:
        graph.add_node(
            key, kind=kind, name=site.name, country=site.country, lat=site.lat, lon=site.lon, side=side, **more
        )

    for key, area in geography.production_areas.items():
        add(key, "area", area, "origin")
    for key, warehouse in geography.warehouses.items():
        add(key, "warehouse", warehouse, warehouse.side)
    for key, port in ports.items():
        joins_origin = port.role == "transit" and port.region in origin_regions
        add(key, "port", port, "origin" if joins_origin else port.role, region=port.region, role=port.role)
    for key, dock in geography.docks.items():
        add(key, "dock", dock, dock.side)
    for key, market in geography.markets.items():
        add(key, "market", market, "destination")


def _add_roads(graph: nx.MultiDiGraph, geography: Geography, ports: Mapping[str, Port], transport: Transport) -> None:
    warehouses, docks = geography.warehouses, geography.docks
    sites: dict[str, Site] = {**geography.production_areas, **warehouses, **ports, **docks, **geography.markets}
    nodes = graph.nodes

    def on(side: Side, names: Iterable[str]) -> list[str]:
        return [name for name in names if nodes[name]["side"] == side]

    road = transport.road
    for starts, ends, rate in (
        (geography.production_areas, on("origin", warehouses), road.origin_seizure),
        (on("origin", warehouses), on("origin", (*ports, *docks)), road.origin_seizure),
        (on("destination", (*ports, *docks)), on("destination", warehouses), road.destination_seizure),
        (on("destination", warehouses), geography.markets, road.destination_seizure),
    ):
        for start, end in product(starts, ends):
            km = _great_circle_km(sites[start], sites[end]) * road.detour
            back = sites[start].country in road.islands and sites[end].country not in road.islands
            if km <= road.reach_km and not back:
                usd_per_kg = km / 1000.0 * road.usd_per_kg_1000km
                seizure = 1.0 - math.exp(-rate * km / 1000.0)
                days = _whole_days(km / road.km_per_day)
                _add_leg(graph, Leg("road", start, end, km, days, usd_per_kg=usd_per_kg, seizure=seizure))


def _add_lanes(
    graph: nx.MultiDiGraph, ports: Mapping[str, Port], lanes: Lanes, checkpoints: Checkpoints, transport: Transport
) -> None:
    """Legal lanes with enough containers to hide in; the organisation pays nothing for the carriage itself."""
    columns = (lanes.origin, lanes.destination, lanes.nm, lanes.transit_days, lanes.feeder, lanes.boxes_per_day)
    for lane, (origin, destination, nm, days, feeder, boxes_per_day) in enumerate(
        zip(*(column.tolist() for column in columns), strict=True)
    ):
        service: Liner = transport.feeder if feeder else transport.liner
        if min(origin, destination) < 0 or boxes_per_day * DAYS_PER_YEAR < service.least_boxes_per_year:
            continue
        start, end = lanes.ports[origin], lanes.ports[destination]
        passed = (checkpoints.find(start, "export"), checkpoints.find(end, "import"))
        controls = tuple(row for row in passed if row >= 0)
        mode: Mode = "feeder" if feeder else "liner"
        loss = float(service.loss)
        _add_leg(graph, Leg(mode, start, end, nm * KM_PER_NM, days, lane=lane, checkpoints=controls, loss=loss))


def _add_crossings(
    graph: nx.MultiDiGraph, docks: Mapping[str, Dock], checkpoints: Checkpoints, transport: Transport
) -> None:
    """Small craft from every coast of the origin side to every coast of the destination side."""
    craft = transport.small_craft
    for (start, out), (end, into) in product(docks.items(), docks.items()):
        if (out.side, into.side) != ("origin", "destination"):
            continue
        zones = dict.fromkeys((*out.zones, *reversed(into.zones)))  # those of the far coast lie nearest last
        nm = _great_circle_km(out, into) / KM_PER_NM * craft.detour
        leg = Leg(
            "small_craft", start, end, nm * KM_PER_NM, _whole_days(nm / (24 * craft.knots)),
            usd_per_kg=nm / 1000.0 * craft.usd_per_kg_1000nm, usd_fixed=float(craft.craft_usd),
            checkpoints=tuple(checkpoints.row(zone) for zone in zones), loss=float(craft.loss),
        )  # fmt: skip
        _add_leg(graph, leg, float(craft.capacity_kg))


def _add_leg(graph: nx.MultiDiGraph, leg: Leg, capacity_kg: float = math.inf) -> None:
    known = {name: getattr(leg, name) for name in _ON_EDGES} | {"capacity_kg": capacity_kg}
    if leg.mode != "road":
        known["nm"] = leg.distance_km / KM_PER_NM
    graph.add_edge(leg.origin, leg.destination, key=leg.mode, **known)


def _whole_days(days: float) -> int:
    return max(1, math.ceil(days))


def _great_circle_km(a: Site, b: Site) -> float:
    """Distance on a sphere, by the haversine formula (Sinnott 1984)."""
    north, south = math.radians(a.lat), math.radians(b.lat)
    half_lat, half_lon = math.sin((south - north) / 2.0), math.sin(math.radians(b.lon - a.lon) / 2.0)
    chord = half_lat * half_lat + math.cos(north) * math.cos(south) * half_lon * half_lon
    return 2.0 * _EARTH_KM * math.asin(math.sqrt(min(1.0, chord)))


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


@dataclass(frozen=True, slots=True, eq=False)
class Passages:
    """What every area and market share: the roads, and the ways over the sea between gateways."""

    legs: dict[tuple[str, str], Leg]
    """The leg between two neighbouring places; the cheaper mode where there are two."""
    roads: nx.DiGraph
    """The roads alone, weighted with `usd` per kilogram."""
    cheapest: dict[tuple[str, str], Way]
    """The direct lane or crossing from each departure to each arrival gateway, or else the best way by one hub."""
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
        legs[start, end] = Leg(mode, start, end, **{name: edge[name] for name in _ON_EDGES})

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
    return Passages(legs, roads, cheapest | by_hub, hubs)


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

    ways = [whole(way) for (start, end), way in passages.cheapest.items() if start in inland and end in onward]
    by_hub = _hub_ways(passages, inland, onward)
    by_hub = _picked([whole(way) for way in by_hub], max(most // _HUB_SHARE, most - len(ways)), "hub")
    picked = _picked(ways, most - len(by_hub), "departure", "arrival") + by_hub

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


Hauls = dict[str, tuple[float, list[str]]]
"""Money per kilogram and the places passed, by the place reached over land."""


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


def _picked(ways: list[Way], most: int, *by: str) -> list[Way]:
    """At most `most` ways, in rounds: each group, by any of the given fields, sends its cheapest before its second."""
    ways = sorted(ways)
    rounds = [len(ways)] * len(ways)
    for field in by:
        sent: defaultdict[str, int] = defaultdict(int)
        for place, group in enumerate(map(attrgetter(field), ways)):
            rounds[place] = min(rounds[place], sent[group])
            sent[group] += 1
    order = sorted(range(len(ways)), key=rounds.__getitem__)
    return [ways[place] for place in order[: max(most, 0)]]


@dataclass(frozen=True, slots=True, eq=False)
class RouteTable:
    """Many routes as columns, one row a route."""

    checkpoints: NDArray[np.int32]
    """int32[R, 6], rows of the checkpoints in the order in which they are passed; -1 beyond the last."""
    lane: NDArray[np.int32]
    """int32[R, 2], rows of the lanes; -1 beyond the last."""
    usd_per_kg: NDArray[np.float64]
    usd_fixed: NDArray[np.float64]
    days: NDArray[np.int32]
    known_loss: NDArray[np.float64]
    """Probability of seizure or loss between checkpoints: 1 - product of (1 - seizure)(1 - loss) over the legs."""
    departure: NDArray[np.int32]
    """Row of the departure gateway among the sites of the graph."""
    arrival: NDArray[np.int32]
    small_craft: NDArray[np.bool_]

    @classmethod
    def of(cls, routes: Sequence[Route], sites: Iterable[str]) -> Self:
        """The table of some routes; `sites` are the nodes of their graph, in its order.

        Raises ValueError for a route that passes more than 6 checkpoints or 2 lanes.
        """
        row = {site: number for number, site in enumerate(sites)}
        passed = [tuple(mark for leg in route.legs for mark in leg.checkpoints) for route in routes]
        lanes = [tuple(leg.lane for leg in route.legs if leg.lane >= 0) for route in routes]
        return cls(
            checkpoints=_padded(passed, MOST_CHECKPOINTS, routes, "checkpoints"),
            lane=_padded(lanes, MOST_LANES, routes, "lanes"),
            usd_per_kg=np.array([route.usd_per_kg for route in routes]),
            usd_fixed=np.array([route.usd_fixed for route in routes]),
            days=np.array([route.days for route in routes], dtype=np.int32),
            known_loss=np.array(
                [1.0 - math.prod((1.0 - leg.seizure) * (1.0 - leg.loss) for leg in route.legs) for route in routes]
            ),
            departure=np.array([row[route.departure] for route in routes], dtype=np.int32),
            arrival=np.array([row[route.arrival] for route in routes], dtype=np.int32),
            small_craft=np.array([route.mode == "small_craft" for route in routes], dtype=np.bool_),
        )

    def __len__(self) -> int:
        return len(self.days)


def _padded(rows: list[tuple[int, ...]], width: int, routes: Sequence[Route], what: str) -> NDArray[np.int32]:
    for entry, route in zip(rows, routes, strict=True):
        if len(entry) > width:
            raise ValueError(f"the way {' > '.join(route.sites)} passes {len(entry)} {what}; {width} is the most")
    return np.array([(*entry, *(-1,) * (width - len(entry))) for entry in rows], dtype=np.int32).reshape(-1, width)
