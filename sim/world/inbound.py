"""Inbound ways: how precursors come from abroad, through import control at a port of the origin side, to the areas."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.kernels.loads import MOST_LEGS
from sim.kernels.prospects import MOST_CREWS, WAY
from sim.world.candidates import Rows, hauls
from sim.world.checkpoints import Checkpoints
from sim.world.lanes import Lanes
from sim.world.making import Precursors
from sim.world.network import MODES, Legs, Network
from sim.world.route import Transport
from sim.world.ways import Made, Route, WayTable

ABROAD = "rest of the world"
"""Where containers come from that no port in play ships; a name that no site of a scenario can have."""
_ROAD, _LINER, _FEEDER = (MODES.index(mode) for mode in ("road", "liner", "feeder"))


@dataclass(frozen=True, slots=True, eq=False)
class Inbound:
    """The route graph with the legs by which precursors come, and their ways."""

    network: Network
    """The network of the scenario; behind its sites and legs, rows unchanged, what only precursors use."""
    table: WayTable
    """For each area one way by each gateway; what organisations make of ways, and addresses of their luck, are 0."""
    boxes: tuple[float, ...]
    """Legal containers a day on the lane of each way."""


def inbound_ways(
    network: Network,
    lanes: Lanes,
    checkpoints: Checkpoints,
    transport: Transport,
    terms: Precursors | None,
    areas: tuple[str, ...],
    gateways: tuple[str, ...],
) -> Inbound:
    """Ways from abroad by each gateway to each area: the gateway's largest lane from where nobody controls exports,
    then the cheapest road by a warehouse. Without precursors there are none.

    Raises ValueError when an area cannot be reached.
    """
    if terms is None:
        return Inbound(network, _table(network, (), np.zeros((0, MOST_LEGS), np.int32)), ())
    found = {gate: lane for gate in gateways if (lane := _largest_lane(gate, lanes, checkpoints)) >= 0}
    roads: dict[int, int] = {}
    rows: list[tuple[str, int, list[int]]] = []
    for area in areas:
        inland = hauls(network, area, onward=False).legs
        here = {gate: inland[network.names.index(gate)].tolist() for gate in found}
        reached = {gate: legs for gate, legs in here.items() if legs[0] >= 0}
        if not reached:
            raise ValueError(
                f"no way leads from the gateways of precursors ({', '.join(gateways)}) to {area}. Name others under "
                "precursors.gateways, or make roads reach further."
            )
        for gate, legs in reached.items():
            rows.append((area, found[gate], [roads.setdefault(leg, len(roads)) for leg in reversed(legs)]))
    first, used = len(network.legs.mode), sorted({lane for _, lane, _ in rows})
    sites = network.sites | {ABROAD: {"kind": "abroad", "name": "Rest of the world", "side": "abroad"}}
    back = _reversed(network.legs, list(roads), terms)
    by_sea = _by_sea(network, lanes, checkpoints, transport, terms, used)
    whole = Network(sites, network.legs.followed_by((by_sea, back)))
    legs = np.full((len(rows), MOST_LEGS), -1, np.int32)
    for row, (_, lane, haul) in enumerate(rows):
        legs[row, : 1 + len(haul)] = [first + used.index(lane), *(first + len(used) + leg for leg in haul)]
    boxes = tuple(float(lanes.boxes_per_day[lane]) for _, lane, _ in rows)
    return Inbound(whole, _table(whole, tuple(area for area, _, _ in rows), legs), boxes)


def _largest_lane(gate: str, lanes: Lanes, checkpoints: Checkpoints) -> int:
    """The lane with the most containers into a port from where nobody controls exports; -1 for none."""
    exports = [checkpoints.find(port, "export") >= 0 for port in lanes.ports]
    free = ~np.array([*exports, False])[lanes.origin]  # -1 reads the last: the rest of the world
    into = np.flatnonzero(free & (lanes.destination == lanes.ports.index(gate)))
    return int(into[lanes.boxes_per_day[into].argmax()]) if len(into) else -1


def _by_sea(
    network: Network, lanes: Lanes, checkpoints: Checkpoints, transport: Transport, terms: Precursors, used: list[int]
) -> Legs:
    origin, destination = (end[used].tolist() for end in (lanes.origin, lanes.destination))
    elsewhere = len(network.names)
    control = [checkpoints.row(lanes.ports[port], "import") for port in destination]
    feeder = lanes.feeder[used]
    return Legs.of(
        len(used),
        mode=np.where(feeder, _FEEDER, _LINER),
        origin=[network.names.index(lanes.ports[port]) if port >= 0 else elsewhere for port in origin],
        destination=[network.names.index(lanes.ports[port]) for port in destination],
        distance_km=0.0,
        days=[
            int(lanes.transit_days[lane]) if port >= 0 else max(1, round(terms.voyage_days))
            for lane, port in zip(used, origin, strict=True)
        ],
        lane=used,
        checkpoints=np.column_stack([np.full(len(used), -1), control]),
        loss=np.where(feeder, *(float(service.loss) for service in (transport.feeder, transport.liner))),
    )


def _reversed(legs: Legs, rows: list[int], terms: Precursors) -> Legs:
    """Roads in the other direction, with another price and another risk."""
    km = legs.distance_km[rows]
    return Legs.of(
        len(rows),
        mode=_ROAD,
        origin=legs.destination[rows],
        destination=legs.origin[rows],
        distance_km=km,
        days=legs.days[rows],
        usd_per_kg=km / 1000.0 * float(terms.usd_per_kg_1000km),
        seizure=[1.0 - math.exp(-float(terms.road_seizure) * far / 1000.0) for far in km.tolist()],
    )


def _table(network: Network, areas: tuple[str, ...], legs: Rows) -> WayTable:
    """The ways as a table: areas and legs row by row."""
    listed = tuple(dict.fromkeys(areas))
    facts = np.zeros(len(areas), WAY)
    facts["row"], facts["area"] = np.arange(len(areas)), [listed.index(area) for area in areas]
    facts["checkpoints"] = facts["sites"] = -1
    for row in range(len(areas)):
        ways = [network.leg(leg) for leg in legs[row].tolist() if leg >= 0]
        facts["checkpoints"][row, 0] = ways[0].checkpoints[0]
        facts["usd_per_kg"][row] = sum(leg.usd_per_kg for leg in ways)
        kept = 1.0
        for leg in ways:
            kept *= (1.0 - leg.seizure) * (1.0 - leg.loss)
        facts["known_loss"][row] = 1.0 - kept

    def route(row: int) -> Any:
        ways = tuple(network.leg(leg) for leg in legs[row].tolist() if leg >= 0)
        return Route(
            area=ways[0].origin, market=areas[row], legs=ways, mode="container", departure=ways[0].origin,
            arrival=ways[0].destination, usd_per_kg=sum(leg.usd_per_kg for leg in ways), usd_fixed=0.0,
            days=sum(leg.days for leg in ways),
        )  # fmt: skip

    return WayTable(
        routes=Made(len(areas), route),
        areas=listed,
        places=(),
        row={},
        legs=legs,
        crews=np.full((len(areas), MOST_CREWS), -1, np.int32),
        facts=facts,
        keys=np.zeros(len(areas), np.uint64),
        departures=(),
        arrivals=(),
        hubs=(),
        there=np.ones((1, len(areas)), np.bool_),
    )
