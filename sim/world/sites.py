"""Sites: coasts with small docks and transit warehouses, where a load can be found once somebody visits them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.kernels.prospects import MOST_SITES
from sim.terms import DAYS_PER_YEAR
from sim.world.checkpoints import Checkpoints
from sim.world.columns import Records, Table
from sim.world.network import Network
from sim.world.passage import Passage
from sim.world.route import Ashore
from sim.world.ways import WayTable

THERE = np.dtype([("day", np.int64), ("site", np.int64), ("load", np.int64), ("found", np.bool_)])
"""A load was at a site that is visited: by row among the sites, and whether a visit found it."""


class Sites:
    """All sites of a world, S of them in the order of the checkpoints, and what their control means for loads."""

    def __init__(
        self, checkpoints: Checkpoints, network: Network, passage: Passage, terms: Ashore, tables: Sequence[WayTable]
    ) -> None:
        """Network: of organisations, whose legs are the first of those of the passage; precursors do not lie at sites.
        Tables: the ways of all organisations."""
        self._passage, self._first = passage, checkpoints.first_site
        kinds = checkpoints.kind[self._first :]
        passage.sites["kept"] = [float(terms.dock_days if kind == "dock" else terms.warehouse_days) for kind in kinds]
        row = {place: number for number, place in enumerate(checkpoints.place[self._first :])}
        legs, own = passage.legs, len(network.legs.mode)
        at = np.array([row.get(name, -1) for name in network.names], np.int32)
        stored = np.array([kinds[site] == "warehouse" if site >= 0 else False for site in at.tolist()], np.bool_)
        crosses, origin, destination = (legs[name][:own] for name in ("small_craft", "origin", "destination"))
        legs["site"][:own, 0] = np.where(crosses, at[origin], -1)
        legs["site"][:own, 1] = np.where(crosses | (legs["road"][:own] & stored[destination]), at[destination], -1)
        distinct = {id(table): table for table in tables}
        self._ways = [(table.facts, self._on_ways(table)) for table in distinct.values()]
        self.controlled = np.zeros(len(kinds), np.bool_)
        """bool[S]: where anybody ever visited: organisations know that there is something to learn of."""
        self.there = Table(THERE)
        """THERE: loads at sites that are visited."""

    def _on_ways(self, table: WayTable) -> NDArray[np.int32]:
        """int32[R, 4]: the sites on each way in order, -1 after the last."""
        on_legs = np.where((table.legs >= 0)[..., None], self._passage.legs["site"][table.legs], -1)
        return _first_of(on_legs.reshape(len(table.legs), 2 * table.legs.shape[1]))

    def follow(self, visits: NDArray[np.float64]) -> None:
        """Levers have moved: visits in a year that would find what is there, float64[S]."""
        self._passage.sites["finds"] = visits / DAYS_PER_YEAR
        known = self.controlled | (visits > 0.0)
        if not np.array_equal(known, self.controlled):
            self.controlled = known
            heeded = np.append(known, False)  # -1 reads the last
            for facts, sites in self._ways:
                facts["sites"] = _first_of(np.where(heeded[sites], self._first + sites, -1))

    def note(self, day: int, steps: Records) -> None:
        """Write down which loads were at a site that is visited today. Steps: STEP[n]."""
        if not self.controlled.any():
            return
        met = steps[steps["met"] >= self._first]
        lines = self.there.room(len(met))
        lines["day"], lines["site"], lines["load"] = day, met["met"] - self._first, met["load"]
        lines["found"] = met["seized"]
        self.there.add(len(met))


def _first_of(rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """The first four of those in each row that are not below zero, in order, with -1 after the last."""
    rows = np.pad(rows, ((0, 0), (0, MOST_SITES)), constant_values=-1)
    return np.take_along_axis(rows, np.argsort(rows < 0, axis=1, kind="stable"), axis=1)[:, :MOST_SITES]
