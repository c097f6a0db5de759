"""Routes: the route graph in each of its situations, and the candidate ways that are found anew when it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.kernels.loads import MOST_LEGS
from sim.terms import DAYS_PER_YEAR
from sim.world.candidates import Passages, Rows, passages_of
from sim.world.checkpoints import Checkpoints
from sim.world.disruption import Disruption, Timeline
from sim.world.gravity import Floats
from sim.world.lanes import Lanes
from sim.world.network import Side, least_boxes, network_of
from sim.world.route import Transport
from sim.world.site import Geography, Port
from sim.world.traffic import traffic_of
from sim.world.ways import Admitted, WayTable


class Routes:
    """What there is of lanes, legs and ways in any situation of a run, and what of it is open today."""

    def __init__(
        self,
        geography: Geography,
        ports: Mapping[str, Port],
        lanes: Lanes,
        checkpoints: Checkpoints,
        transport: Transport,
        disruptions: Sequence[Disruption],
        start: date,
        days: int,
    ) -> None:
        """Lanes: while nothing is disrupted."""
        self._geography, self._transport = geography, transport
        self.timeline = Timeline.of(disruptions, start)
        self.traffic = traffic_of(lanes, self.timeline.situations, ports, geography, transport)
        self.network = network_of(
            geography, ports, self.traffic.lanes, checkpoints, transport, self.traffic.boxes.max(axis=0)
        )
        self.sails, self.open = self._masks()
        self._within = self.timeline.within(days)
        self.situation = self.timeline.on(0)
        """That of today."""
        self._passages: dict[tuple[int, Side], Passages] = {}
        self._candidates: dict[tuple[str, str, int], tuple[Rows, NDArray[np.bool_]]] = {}
        self._tables: dict[tuple[tuple[str, ...], tuple[tuple[str, str], ...], int], WayTable] = {}
        self._trade: dict[int, dict[str, float]] = {}

    def _masks(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which legs something can set out on in each situation, and which of them are worth planning with, for
        containers are enough there to hide in: bool[S, legs] each."""
        legs, traffic = self.network.legs, self.traffic
        on_lane, least = legs.lane >= 0, least_boxes(traffic.lanes, self._transport)
        sails = np.ones((len(traffic.boxes), len(legs.lane)), np.bool_)
        enough = sails.copy()
        for situation, (boxes, shut) in enumerate(zip(traffic.boxes, traffic.shut, strict=True)):
            closed = np.array([name in shut for name in self.network.names])
            sails[situation] = ~(closed[legs.origin] | closed[legs.destination])
            lane = legs.lane[on_lane]
            sails[situation, on_lane] = boxes[lane] > 0.0
            enough[situation, on_lane] = boxes[lane] * DAYS_PER_YEAR >= least[lane]
        return sails, sails & enough

    def follow(self, day: int) -> bool:
        """Come to a day; whether another situation begins with it."""
        if day not in self.timeline.begins[1:]:
            return False
        self.situation = self.timeline.on(day)
        return True

    def again(self, day: int) -> NDArray[np.bool_]:
        """bool[legs]: which legs something can set out on today or later."""
        later = [which for begin, which in zip(self.timeline.begins, self.timeline.which, strict=True) if begin > day]
        return np.asarray(self.sails[[self.timeline.on(day), *later]].any(axis=0))

    def trade_of(self, gateways: Sequence[str]) -> Floats:
        """How much gateways ship on modelled lanes today, containers a day; coasts count as the ports they are known
        like."""
        if self.situation not in self._trade:
            known = float(self._transport.small_craft.known)
            boxes = self.traffic.lanes.boxes_by_port(self.traffic.boxes[self.situation])
            self._trade[self.situation] = dict.fromkeys(self._geography.docks, known) | boxes
        return np.array([self._trade[self.situation][gateway] for gateway in gateways])

    def ways_of(
        self, areas: tuple[str, ...], pairs: Sequence[tuple[str, str]], most: int, admitted: Mapping[str, Admitted]
    ) -> WayTable:
        """The ways between pairs of areas and markets, in any situation of the run at most so many for a pair.

        admitted: by area, of the commodity that comes from it.
        """
        address = areas, tuple(pairs), most
        if address not in self._tables:
            found = {pair: self._ways_between(*pair, most, admitted[pair[0]].modes) for pair in pairs}
            self._tables[address] = WayTable.of(
                self.network, {pair: rows for pair, (rows, _) in found.items()}, areas,
                tuple(self._geography.markets), admitted,
                np.concatenate([there for _, there in found.values()], axis=1),
            )  # fmt: skip
        return self._tables[address]

    def _ways_between(self, area: str, market: str, most: int, modes: Sequence[str]) -> tuple[Rows, NDArray[np.bool_]]:
        """The candidates of each situation of the run together, those of the first one first; and which of them are
        candidates in which situation: bool[S, R]."""
        address = area, market, most
        if address not in self._candidates:
            side = self._geography.production_areas[area].side
            by_situation = {
                which: self._in(which, side).candidates(area, market, most, modes).tolist() for which in self._within
            }
            row = {way: number for number, way in enumerate(
                dict.fromkeys(tuple(way) for ways in by_situation.values() for way in ways))}  # fmt: skip
            there = np.zeros((len(self.open), len(row)), np.bool_)
            for which, ways in by_situation.items():
                there[which, [row[tuple(way)] for way in ways]] = True
            self._candidates[address] = np.array(list(row), np.int32).reshape(len(row), MOST_LEGS), there
        return self._candidates[address]

    def _in(self, situation: int, side: Side) -> Passages:
        if (situation, side) not in self._passages:
            self._passages[situation, side] = passages_of(self.network, self.open[situation], side)
        return self._passages[situation, side]
