"""The ways an organisation can think of: candidate routes as columns, for its areas and markets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.world.network import MOST_CHECKPOINTS, Route


MOST_CREWS = 4
"""Places on one way where crews are needed: two for each lane or crossing."""


@dataclass(frozen=True, slots=True, eq=False)
class WayTable:
    """Routes, one row each; organisations with the same areas and markets share one table."""

    routes: tuple[Route, ...]
    areas: tuple[str, ...]
    sites: tuple[tuple[str, ...], ...]
    """Places on each way where crews are needed, in order."""
    places: tuple[str, ...]
    """Places where crews are needed on any of the ways."""
    crews: NDArray[np.int64]
    """int64[R, 4]: rows of `places` where each way needs crews, its end padded with -1."""
    area: NDArray[np.int64]
    market: NDArray[np.int64]
    checkpoints: NDArray[np.int32]
    """int32[R, 6]"""
    small_craft: NDArray[np.bool_]
    departures: tuple[str, ...]
    """All gateways on the origin side, in the order in which routes first use them."""
    arrivals: tuple[str, ...]
    """All gateways on the destination side."""
    usd_per_kg: NDArray[np.float64]
    usd_fixed: NDArray[np.float64]
    known_loss: NDArray[np.float64]
    largest_kg: NDArray[np.float64]

    @classmethod
    def of(cls, routes: Sequence[Route], areas: tuple[str, ...], markets: Sequence[str], craft_kg: float) -> WayTable:
        """The table of some routes; markets give the order of the market rows."""
        passed = np.full((len(routes), MOST_CHECKPOINTS), -1, np.int32)
        loss = np.zeros(len(routes))
        for row, route in enumerate(routes):
            rows = [checkpoint for leg in route.legs for checkpoint in leg.checkpoints]
            passed[row, : len(rows)] = rows
            kept = 1.0
            for leg in route.legs:
                kept *= (1.0 - leg.seizure) * (1.0 - leg.loss)
            loss[row] = 1.0 - kept
        sites = tuple(crewed_sites(route) for route in routes)
        places = tuple(sorted({site for needed in sites for site in needed}))
        crews = np.full((len(routes), MOST_CREWS), -1, np.int64)
        for row, needed in enumerate(sites):
            crews[row, : len(needed)] = [places.index(site) for site in needed]
        small = np.array([route.mode == "small_craft" for route in routes], np.bool_)
        return cls(
            routes=tuple(routes),
            areas=areas,
            sites=sites,
            places=places,
            crews=crews,
            area=np.array([areas.index(route.area) for route in routes], np.int64),
            market=np.array([list(markets).index(route.market) for route in routes], np.int64),
            checkpoints=passed,
            small_craft=small,
            departures=tuple(dict.fromkeys(route.departure for route in routes)),
            arrivals=tuple(dict.fromkeys(route.arrival for route in routes)),
            usd_per_kg=np.array([route.usd_per_kg for route in routes]),
            usd_fixed=np.array([route.usd_fixed for route in routes]),
            known_loss=loss,
            largest_kg=np.where(small, craft_kg, np.inf),
        )

    def by_place(self, value: Callable[[str], float], beyond: float) -> NDArray[np.float64]:
        """A value of each place where crews may be needed, float64[G + 1]; `beyond` stands for no place."""
        return np.array([*map(value, self.places), beyond])

    def through(self, sites: Collection[str]) -> NDArray[np.int64]:
        """Rows of the ways that need crews at no other places than these."""
        known = self.by_place(lambda place: place in sites, True) > 0
        return np.flatnonzero(known[self.crews].all(axis=1))


def crewed_sites(route: Route) -> tuple[str, ...]:
    """Places on a route where people of the organisation are needed: where a load is put aboard or taken off.

    A hub comes twice: there the load changes containers.
    """
    at_sea = [leg for leg in route.legs if leg.mode != "road"]
    return tuple(site for leg in at_sea for site in (leg.origin, leg.destination))
