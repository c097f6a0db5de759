"""Traffic: what sails on every lane in each situation of the route graph, and which docks and warehouses are shut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.world.disruption import Disruption
from sim.world.distances import detours_of
from sim.world.gravity import Floats, Rows, sailed
from sim.world.lanes import Lanes
from sim.world.route import Transport
from sim.world.site import Geography, Port

Chosen = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Traffic:
    """The legal trade in S situations, on L lanes.

    A lane that sails a longer way in a situation, or takes longer, is a lane of its own there, under the same name and
    behind all others: so ships that are under way keep to what was so when they left.
    """

    lanes: Lanes
    boxes: Floats
    """float64[S, L]: containers a day; situation 0 is `lanes.boxes_per_day`."""
    row: Rows
    """int32[S, L]: the lane that takes the place of each in a situation, often itself."""
    shut: tuple[frozenset[str], ...]
    """Docks and warehouses that are closed, by situation."""


def traffic_of(
    lanes: Lanes,
    situations: Sequence[Sequence[Disruption]],
    ports: Mapping[str, Port],
    geography: Geography,
    transport: Transport,
) -> Traffic:
    """The traffic in each situation, the first of which is that nothing is disrupted.

    Each disruption in turn leaves a share of the containers of the lanes that it touches. Of the others a share goes
    by lanes of the same partner to other ports of the region, in proportion to what these carry, as gravity has it; the
    rest does not sail, nor does what has both ends in what is disrupted.
    """
    count = len(lanes)
    of, boxes, ways, shut = list(range(count)), [lanes.boxes_per_day], [np.arange(count)], [frozenset[str]()]
    nm, days, feeder = lanes.nm.tolist(), lanes.transit_days.tolist(), lanes.feeder.tolist()
    known = {(lane, nm[lane], days[lane]): lane for lane in range(count)}
    sites = {*geography.docks, *geography.warehouses}
    for situation in situations[1:]:
        voyages = _Voyages(lanes, ports, transport)
        for disruption in situation:
            voyages.bear(disruption, geography)
        far, time = voyages.nm, voyages.days()
        row = np.arange(count)
        for lane in np.flatnonzero(((far != lanes.nm) | (time != lanes.transit_days)) & (voyages.boxes > 0.0)).tolist():
            row[lane] = known.setdefault((lane, float(far[lane]), int(time[lane])), len(of))
            if row[lane] == len(of):
                of.append(lane)
                nm.append(float(far[lane]))
                days.append(int(time[lane]))
                feeder.append(bool(far[lane] < transport.feeder.reach_nm))
        boxes.append(voyages.boxes)
        ways.append(row)
        shut.append(frozenset(name for each in situation if each.closes for name in each.places if name in sites))
    rows = np.array(of, np.intp)
    at = np.array([np.append(row, row[rows[count:]]) for row in ways], np.int32)
    carried = np.zeros((len(situations), len(of)))
    for situation_row, (here, row) in enumerate(zip(boxes, ways, strict=True)):
        carried[situation_row, row] = here
    return Traffic(_with_rows(lanes, rows, carried[0], nm, days, feeder), carried, at, tuple(shut))


def _with_rows(lanes: Lanes, of: NDArray[np.intp], boxes: Floats, nm: Any, days: Any, feeder: Any) -> Lanes:
    """Lanes with further ones behind them that differ from those that they stand for in how long they are."""
    if len(of) == len(lanes):
        return lanes
    return replace(
        lanes,
        names=tuple(lanes.names[lane] for lane in of.tolist()),
        origin=lanes.origin[of],
        destination=lanes.destination[of],
        boxes_per_day=boxes,
        transit_days=np.array(days, np.int32),
        nm=np.array(nm),
        feeder=np.array(feeder, np.bool_),
        mix=lanes.mix[of],
    )


class _Voyages:
    """What becomes of the lanes as one disruption after the other is borne."""

    def __init__(self, lanes: Lanes, ports: Mapping[str, Port], transport: Transport) -> None:
        self.lanes, self.transport = lanes, transport
        self.boxes, self.nm, self._delay = lanes.boxes_per_day.copy(), lanes.nm.copy(), np.zeros(len(lanes))
        self._known = [{name, port.region, port.country} for name, port in ports.items()]
        regions = [port.region for port in ports.values()]
        names = list(dict.fromkeys(regions))
        self._region = np.array([*(names.index(region) for region in regions), len(names)])  # -1 reads the last
        self._regions = len(names) + 1

    def bear(self, disruption: Disruption, geography: Geography) -> None:
        """One disruption more."""
        lanes = self.lanes
        leaves, arrives = (self._at(disruption.places)[end] for end in (lanes.origin, lanes.destination))
        on_the_way = np.zeros(len(lanes), np.bool_)
        for line in disruption.lines:
            origin, destination = (self._at([end.strip()]) for end in line.split(">"))
            on_the_way |= origin[lanes.origin] & destination[lanes.destination]
        for canal in disruption.canals:
            through = self._round(canal, geography) if disruption.closes else self._through(canal, geography)
            on_the_way |= through
        touched = leaves | arrives | on_the_way
        self._delay[touched] += float(disruption.delay_days)
        kept = np.where(touched, float(disruption.keeps), 1.0)
        left, lost = self.boxes * kept, self.boxes * (1.0 - kept)
        more = np.zeros(len(lanes))
        for here, partner, end in (
            (leaves & ~arrives, lanes.destination, lanes.origin),
            ((arrives | on_the_way) & ~leaves, lanes.origin, lanes.destination),
        ):
            group = (partner + 1) * self._regions + self._region[end]
            size = int(group.max(initial=0)) + 1
            given = np.bincount(group[here], weights=lost[here], minlength=size)
            able = ~touched & (end >= 0)
            there = np.bincount(group[able], weights=left[able], minlength=size)
            part = np.where(there > 0.0, given / np.where(there > 0.0, there, 1.0), 0.0)
            more[able] += left[able] * part[group[able]] * float(disruption.taken_up)
        self.boxes = left + more

    def _at(self, places: Sequence[str]) -> Chosen:
        """Which ports names of ports, regions and countries stand for: bool[P + 1], the rest of the world, last, is
        none of them."""
        return np.array([*(not known.isdisjoint(places) for known in self._known), False])

    def _through(self, canal: str, geography: Geography) -> Chosen:
        detours = self._detours(canal, geography)
        return np.array([name in detours for name in self.lanes.names], np.bool_)

    def _round(self, canal: str, geography: Geography) -> Chosen:
        """Send those round a canal who know a way; returns which do not."""
        detours = self._detours(canal, geography)
        found = np.array([detours.get(name, -1.0) for name in self.lanes.names])
        self.nm = np.where(found > 0.0, np.maximum(self.nm, found), self.nm)
        return np.asarray(found == 0.0)

    def _detours(self, canal: str, geography: Geography) -> dict[str, float]:
        pairs = detours_of(geography, self.transport, canal)
        return {f"{origin}>{destination}": around for (origin, destination), around in pairs.items()}

    def days(self) -> NDArray[np.int32]:
        """Days from the export gate to the import gate."""
        lanes, nm = self.lanes, self.nm
        changed = ((nm != lanes.nm) | (self._delay > 0.0)) & (nm > 0.0)
        longer = np.ceil(sailed(nm, self.transport)[0] + self._delay).astype(np.int32)
        return np.where(changed, longer, lanes.transit_days)
