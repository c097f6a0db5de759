"""The route graph: every way from a production area to a market, as columns for the run and as one NetworkX graph."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from sim.terms import DAYS_PER_YEAR, HOURS_PER_DAY, KM_PER_NM, Mode
from sim.world.checkpoints import Checkpoints
from sim.world.lanes import Lanes
from sim.world.route import Craft, Transport
from sim.world.site import Dock, Geography, Port, Site

if TYPE_CHECKING:
    import networkx as nx

Side = Literal["origin", "transit", "destination"]

MODES: tuple[Mode, ...] = get_args(Mode)
_ROAD, _LINER, _FEEDER, _SMALL_CRAFT = (MODES.index(mode) for mode in ("road", "liner", "feeder", "small_craft"))
_EARTH_KM = 6371.0


class Placed(Protocol):
    """Anything with a place on the globe, in degrees."""

    @property
    def lat(self) -> float:
        """North."""

    @property
    def lon(self) -> float:
        """East."""


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
    capacity_kg: float = math.inf
    """The largest load of one passage."""
    admits: int = 0
    """Kinds of small craft that can make a crossing, a bit each in the order of the scenario."""


class Legs(NamedTuple):
    """Many legs as columns, one row each; from a place to another there is one leg at most that is open at a time."""

    mode: NDArray[np.int8]
    """Row of `MODES`."""
    origin: NDArray[np.int32]
    """Row of the site where it begins."""
    destination: NDArray[np.int32]
    distance_km: NDArray[np.float64]
    days: NDArray[np.int64]
    usd_per_kg: NDArray[np.float64]
    usd_fixed: NDArray[np.float64]
    lane: NDArray[np.int64]
    checkpoints: NDArray[np.int32]
    """int32[L, K]: rows of the checkpoints that each passes in their order, -1 after the last."""
    seizure: NDArray[np.float64]
    loss: NDArray[np.float64]
    capacity_kg: NDArray[np.float64]
    admits: NDArray[np.int64]

    @classmethod
    def of(cls, count: int, **columns: Any) -> Legs:
        """Legs with the given columns, each an array, a sequence or one value for all; the others are as on a `Leg`."""
        given = _USUAL | {"checkpoints": np.zeros((count, 0))} | columns
        return cls(*(np.full(np.shape(given[name]) or count, given[name], _KINDS[name]) for name in cls._fields))

    def followed_by(self, others: Iterable[Legs]) -> Legs:
        """These, then others."""
        parts = (self, *others)
        widest = max(part.checkpoints.shape[1] for part in parts)
        even = [part._replace(checkpoints=_widened(part.checkpoints, widest)) for part in parts]
        columns: Any = zip(*even, strict=True)
        return Legs._make(map(np.concatenate, columns))


_KINDS: dict[str, Any] = dict.fromkeys(Legs._fields, np.float64)
_KINDS.update(mode=np.int8, origin=np.int32, destination=np.int32, days=np.int64, lane=np.int64, checkpoints=np.int32)
_KINDS.update(admits=np.int64)
_USUAL = {name: getattr(Leg("road", "", "", 0.0, 0), name) for name in Legs._fields[5:]}


def _even(passed: Sequence[Sequence[int]]) -> NDArray[np.int32]:
    """Rows of different length as one array, with -1 after the last of each."""
    width = max(map(len, passed), default=0)
    return np.array([[*rows, *(-1,) * (width - len(rows))] for rows in passed], np.int32).reshape(len(passed), width)


def _widened(rows: NDArray[np.int32], width: int) -> NDArray[np.int32]:
    return np.pad(rows, ((0, 0), (0, width - rows.shape[1])), constant_values=-1)


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """All sites of a scenario and all legs between them: what there is of ways, once."""

    sites: dict[str, dict[str, Any]]
    """What is known of each site, by its name: kind, name, country, lat, lon, side, and for ports region and role."""
    legs: Legs
    names: tuple[str, ...] = field(init=False)
    """The sites in row order."""
    _made: dict[int, Leg] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.sites))

    def leg(self, row: int) -> Leg:
        """One of the legs; asked again, it is the same."""
        if row not in self._made:
            columns: Any = self.legs
            known = {name: getattr(columns, name)[row].tolist() for name in Legs._fields}
            ends = {end: self.names[known[end]] for end in ("origin", "destination")}
            passed = tuple(checkpoint for checkpoint in known["checkpoints"] if checkpoint >= 0)
            self._made[row] = Leg(**{**known, **ends, "mode": MODES[known["mode"]], "checkpoints": passed})
        return self._made[row]

    def graph(self) -> nx.MultiDiGraph:
        """The same for NetworkX: a node is a site by its name, an edge is a leg, keyed by its mode."""
        import networkx as nx

        graph = nx.MultiDiGraph()
        graph.add_nodes_from(self.sites.items())
        for row in range(len(self.legs.mode)):
            leg = self.leg(row)
            known = {name: getattr(leg, name) for name in ON_EDGES}
            if leg.mode != "road":
                known["nm"] = leg.distance_km / KM_PER_NM
            graph.add_edge(leg.origin, leg.destination, key=leg.mode, **known)
        return graph


ON_EDGES = tuple(name for name in Leg.__slots__ if name not in ("mode", "origin", "destination"))


def network_of(
    geography: Geography,
    ports: Mapping[str, Port],
    lanes: Lanes,
    checkpoints: Checkpoints,
    transport: Transport,
    boxes_per_day: NDArray[np.float64] | None = None,
) -> Network:
    """The sites of a scenario (areas, warehouses, ports, docks, markets, in this order), and the legs between them.

    Roads run from areas to warehouses of the origin side, from there to ports and docks, and from ports and docks of
    the destination side by its warehouses to markets; to islands they stand for ferries and coasters. A transit port
    in a region of origin ports belongs to the origin side; any other is reached by sea only. Where a commodity comes
    from the destination side, there are also the roads, lanes and crossings of the other direction. boxes_per_day:
    float64[L], the most on each lane, where that is not what the lanes say.
    """
    if boxes_per_day is not None:
        lanes = replace(lanes, boxes_per_day=boxes_per_day)
    sites = _sites(geography, ports)
    row = {name: number for number, name in enumerate(sites)}
    roads = _roads(geography, ports, transport, sites, row)
    directions = _directions(geography)
    crossings = _crossings(geography.docks, checkpoints, transport, row, directions)
    carriage = _carriage(ports, lanes, checkpoints, transport, row, both="destination" in directions)
    return Network(sites, roads.followed_by((carriage, crossings)))


def _directions(geography: Geography) -> dict[Side, Side]:
    """The sides that goods leave, with the side that they then go to: out of the origin side always."""
    leaving: dict[Side, Side] = {"origin": "destination", "destination": "origin"}
    left = {"origin", *(area.side for area in geography.production_areas.values())}
    return {start: end for start, end in leaving.items() if start in left}


def _sites(geography: Geography, ports: Mapping[str, Port]) -> dict[str, dict[str, Any]]:
    origin_regions = {port.region for port in ports.values() if port.role == "origin"}

    def known(kind: str, site: Site, side: Side, **more: str) -> dict[str, Any]:
        place = {"name": site.name, "country": site.country, "lat": site.lat, "lon": site.lon}
        return {"kind": kind, **place, "side": side, **more}

    found = {key: known("area", area, area.side) for key, area in geography.production_areas.items()}
    found |= {key: known("warehouse", warehouse, warehouse.side) for key, warehouse in geography.warehouses.items()}
    for key, port in ports.items():
        joins_origin = port.role == "transit" and port.region in origin_regions
        side: Side = "origin" if joins_origin else port.role
        found[key] = known("port", port, side, region=port.region, role=port.role)
    found |= {key: known("dock", dock, dock.side) for key, dock in geography.docks.items()}
    return found | {key: known("market", market, market.side) for key, market in geography.markets.items()}


def _roads(
    geography: Geography,
    ports: Mapping[str, Port],
    transport: Transport,
    known: Mapping[str, Mapping[str, Any]],
    row: Mapping[str, int],
) -> Legs:
    warehouses, docks = geography.warehouses, geography.docks
    sites: dict[str, Site] = {**geography.production_areas, **warehouses, **ports, **docks, **geography.markets}

    def on(side: Side, names: Iterable[str]) -> list[str]:
        return [name for name in names if known[name]["side"] == side]

    road = transport.road
    detour, reach_km, km_per_day = float(road.detour), float(road.reach_km), float(road.km_per_day)
    rates = {"origin": road.origin_seizure, "destination": road.destination_seizure}
    hauls: list[tuple[list[str], list[str], float]] = []
    for start_side, end_side in _directions(geography).items():
        gates, houses = on(start_side, (*ports, *docks)), on(start_side, warehouses)
        hauls.append((on(start_side, geography.production_areas), houses, rates[start_side]))
        hauls.append((houses, gates, rates[start_side]))
        gates, houses = on(end_side, (*ports, *docks)), on(end_side, warehouses)
        hauls.append((gates, houses, rates[end_side]))
        hauls.append((houses, on(end_side, geography.markets), rates[end_side]))
    found: list[tuple[int, int, float, int, float, float]] = []
    for starts, ends, rate in hauls:
        for start, end in product(starts, ends):
            km = great_circle_km(sites[start], sites[end]) * detour
            back = sites[start].country in road.islands and sites[end].country not in road.islands
            if km <= reach_km and not back:
                usd_per_kg = km / 1000.0 * road.usd_per_kg_1000km
                seizure = 1.0 - math.exp(-rate * km / 1000.0)
                found.append((row[start], row[end], km, _whole_days(km / km_per_day), usd_per_kg, seizure))
    names = ("origin", "destination", "distance_km", "days", "usd_per_kg", "seizure")
    columns = list(zip(*found, strict=True)) or [()] * len(names)
    return Legs.of(len(found), mode=_ROAD, **dict(zip(names, columns, strict=True)))


def least_boxes(lanes: Lanes, transport: Transport) -> NDArray[np.float64]:
    """float64[L]: containers a year without which a lane carries no contraband."""
    feeder, liner = (float(service.least_boxes_per_year) for service in (transport.feeder, transport.liner))
    return np.where(lanes.feeder, feeder, liner)


def _carriage(
    ports: Mapping[str, Port],
    lanes: Lanes,
    checkpoints: Checkpoints,
    transport: Transport,
    row: Mapping[str, int],
    *,
    both: bool,
) -> Legs:
    """Legal lanes with enough containers to hide in, from origins and hubs to hubs and destinations, or in both
    directions; the organisation pays nothing for the carriage itself."""
    leaves = np.array([*(port.role != "destination" for port in ports.values()), False])  # -1 reads the last
    arrives = np.array([*(port.role != "origin" for port in ports.values()), False])
    services = transport.feeder, transport.liner
    enough = lanes.boxes_per_day * DAYS_PER_YEAR >= least_boxes(lanes, transport)
    used = leaves[lanes.origin] & arrives[lanes.destination]
    if both:
        used |= arrives[lanes.origin] & leaves[lanes.destination]
    lane = np.flatnonzero(used & enough)
    site = np.array([row[name] for name in lanes.ports], np.int32)
    feeder, origin, destination = lanes.feeder[lane], lanes.origin[lane], lanes.destination[lane]
    export, into = (
        np.array([checkpoints.find(name, kind) for name in lanes.ports], np.int32) for kind in ("export", "import")
    )
    return Legs.of(
        len(lane),
        mode=np.where(feeder, _FEEDER, _LINER),
        origin=site[origin],
        destination=site[destination],
        distance_km=lanes.nm[lane] * KM_PER_NM,
        days=lanes.transit_days[lane],
        lane=lane,
        checkpoints=np.column_stack([export[origin], into[destination]]),
        loss=np.where(feeder, *(float(service.loss) for service in services)),
    )


def _crossings(
    docks: Mapping[str, Dock],
    checkpoints: Checkpoints,
    transport: Transport,
    row: Mapping[str, int],
    directions: Mapping[Side, Side],
) -> Legs:
    """Small craft from every coast of one side to every coast of the other that a kind can make, where goods go so.

    A leg's figures are those of the kind that carries a full load for least; every organisation chooses for itself.
    """
    kinds, detour = transport.small_craft.kinds, transport.small_craft.detour
    found = []
    for (start, out), (end, into) in product(docks.items(), docks.items()):
        nm = great_circle_km(out, into) / KM_PER_NM * detour
        able = [number for number, key in enumerate(kinds) if _makes(key, kinds[key], nm, out, into)]
        if (out.side, into.side) in directions.items() and able:
            goods = [number for number in able if list(kinds)[number] not in transport.small_craft.boats]
            usual = min(
                (list(kinds.values())[number] for number in goods or able), key=lambda kind: _usd_when_full(kind, nm)
            )
            admits = sum(1 << number for number in able)
            found.append((start, end, nm, (*out.zones, *reversed(into.zones)), usual, admits))
    return Legs.of(
        len(found),
        mode=_SMALL_CRAFT,
        origin=[row[start] for start, *_ in found],
        destination=[row[end] for _, end, *_ in found],
        distance_km=[nm * KM_PER_NM for _, _, nm, *_ in found],
        days=[_whole_days(nm / (HOURS_PER_DAY * usual.knots)) for _, _, nm, _, usual, _ in found],
        usd_per_kg=[nm / 1000.0 * usual.usd_per_kg_1000nm for _, _, nm, _, usual, _ in found],
        usd_fixed=[float(usual.craft_usd) for *_, usual, _ in found],
        checkpoints=_even([[checkpoints.row(zone) for zone in dict.fromkeys(zones)] for *_, zones, _, _ in found]),
        loss=[float(usual.loss) for *_, usual, _ in found],
        capacity_kg=[float(usual.capacity_kg) for *_, usual, _ in found],
        admits=[admits for *_, admits in found],
    )


def _makes(key: str, kind: Craft, nm: float, *docks: Dock) -> bool:
    """Whether a kind of craft can use both docks, and sail from one to the other."""
    return nm <= kind.reach_nm and all(dock.craft is None or key in dock.craft for dock in docks)


def _usd_when_full(kind: Craft, nm: float) -> float:
    """What a crossing costs a kilogram of the largest load."""
    return nm / 1000.0 * kind.usd_per_kg_1000nm + kind.craft_usd / kind.capacity_kg


def _whole_days(days: float) -> int:
    return max(1, math.ceil(days))


def great_circle_km(a: Placed, b: Placed) -> float:
    """Distance on a sphere, by the haversine formula (Sinnott 1984)."""
    north, south = math.radians(a.lat), math.radians(b.lat)
    half_lat, half_lon = math.sin((south - north) / 2.0), math.sin(math.radians(b.lon - a.lon) / 2.0)
    chord = half_lat * half_lat + math.cos(north) * math.cos(south) * half_lon * half_lon
    return 2.0 * _EARTH_KM * math.asin(math.sqrt(min(1.0, chord)))
