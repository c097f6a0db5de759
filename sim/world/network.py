"""The route graph: every way from a production area to a market, as one NetworkX graph that a notebook can open."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from itertools import product
from typing import Literal

import networkx as nx
import numpy as np

from sim.terms import DAYS_PER_YEAR, KM_PER_NM, Mode
from sim.world.checkpoints import Checkpoints
from sim.world.lanes import Lanes
from sim.world.route import Liner, Transport
from sim.world.site import Dock, Geography, Port, Site

Side = Literal["origin", "transit", "destination"]

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


ON_EDGES = tuple(field.name for field in fields(Leg) if field.name not in ("mode", "origin", "destination"))


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
    """Legal lanes with enough containers to hide in, from origins and hubs to hubs and destinations; the organisation
    pays nothing for the carriage itself."""
    leaves = np.array([*(port.role != "destination" for port in ports.values()), False])  # -1 reads the last
    arrives = np.array([*(port.role != "origin" for port in ports.values()), False])
    least = np.where(lanes.feeder, *(float(kind.least_boxes_per_year) for kind in (transport.feeder, transport.liner)))
    enough = lanes.boxes_per_day * DAYS_PER_YEAR >= least
    rows = np.flatnonzero(leaves[lanes.origin] & arrives[lanes.destination] & enough)
    columns = (rows, *(column[rows] for column in (lanes.origin, lanes.destination, lanes.nm, lanes.transit_days)))
    for lane, origin, destination, nm, days in zip(*(column.tolist() for column in columns), strict=True):
        service: Liner = transport.feeder if lanes.feeder[lane] else transport.liner
        start, end = lanes.ports[origin], lanes.ports[destination]
        passed = (checkpoints.find(start, "export"), checkpoints.find(end, "import"))
        controls = tuple(row for row in passed if row >= 0)
        mode: Mode = "feeder" if lanes.feeder[lane] else "liner"
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
    known = {name: getattr(leg, name) for name in ON_EDGES} | {"capacity_kg": capacity_kg}
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
