"""Sea distances among the ports in play, as a matrix: those of the dataset, and those that the scenario gives."""

from __future__ import annotations

import functools
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sim.world.atlas import CANALS, listed_detours, listed_distances, matrix_file, port_names, ports_of
from sim.world.route import Transport
from sim.world.site import Dataset, Geography

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SeaDistances:
    """Nautical miles from port to port.

    A pair that is absent has no lane. Pairs are directional: `latin_america_europe` has those out of Latin America and
    out of Africa, `world` has all.
    """

    nm: Floats
    """float64[P, P], ports of loading down and ports of discharge across, in port order; 0 where there is none."""

    @classmethod
    def of(cls, pairs: Mapping[tuple[str, str], float], ports: Iterable[str]) -> Self:
        """Distances given by the names of origin and destination; pairs of other ports are left out."""
        row = {name: number for number, name in enumerate(ports)}
        nm = np.zeros((len(row), len(row)))
        _enter(nm, row, pairs)
        return cls(nm)

    def abroad(self, countries: Sequence[str]) -> SeaDistances:
        """Those between ports of different countries; countries: that of each port, by row."""
        code = np.unique(np.array(countries), return_inverse=True)[1]
        return SeaDistances(np.where(np.not_equal.outer(code, code), self.nm, 0.0))

    def by_pair(self, ports: Iterable[str]) -> dict[tuple[str, str], float]:
        """The same by the names of origin and destination."""
        names, pairs = list(ports), np.nonzero(self.nm)
        rows = zip(*(end.tolist() for end in pairs), self.nm[pairs].tolist(), strict=True)
        return {(names[origin], names[destination]): nm for origin, destination, nm in rows}


def sea_distances(geography: Geography, transport: Transport) -> SeaDistances:
    """Distances among the ports in play; those given in the scenario outrank the dataset's."""
    row = {name: number for number, name in enumerate(ports_of(geography))}
    nm = np.zeros((len(row), len(row)))
    if geography.dataset is not None:
        names = port_names(geography.dataset)
        shipped = np.array([number for number, name in enumerate(names) if name in row], np.intp)
        here = np.array([row[names[number]] for number in shipped.tolist()], np.intp)
        nm[np.ix_(here, here)] = _shipped(geography.dataset)[np.ix_(shipped, shipped)]
    _enter(nm, row, {(pair.origin, pair.destination): pair.nm for pair in transport.sea_distances})
    return SeaDistances(nm)


def canals_of(geography: Geography, transport: Transport) -> list[str]:
    """The canals that disruptions can speak of."""
    shipped = CANALS if geography.dataset == "latin_america_europe" else ()
    return list(dict.fromkeys([*shipped, *(name for pair in transport.sea_distances for name in pair.canals)]))


def detours_of(geography: Geography, transport: Transport, canal: str) -> dict[tuple[str, str], float]:
    """Nautical miles around a canal, by the origin and destination of those who sail through it; 0: nobody sails."""
    shipped = listed_detours(canal) if geography.dataset == "latin_america_europe" else []
    found = {(origin, destination): around or 0.0 for origin, destination, around in shipped}
    for pair in transport.sea_distances:
        found.pop((pair.origin, pair.destination), None)
        if canal in pair.canals:
            found[pair.origin, pair.destination] = pair.nm_around or 0.0
    return found


def _enter(nm: Floats, row: Mapping[str, int], pairs: Mapping[tuple[str, str], float]) -> None:
    for (origin, destination), distance in pairs.items():
        if origin in row and destination in row:
            nm[row[origin], row[destination]] = distance


@functools.cache
def _shipped(dataset: Dataset) -> Floats:
    """Distances of a dataset, float64[P, P] by its ports in their order; 0 where it has none."""
    names = port_names(dataset)
    nm = np.zeros((len(names), len(names)))
    if dataset == "world":
        with np.load(io.BytesIO(matrix_file()), allow_pickle=False) as archive:
            nm[np.less.outer(range(len(names)), range(len(names)))] = archive["nm"]
        return nm + nm.T
    row = {name: number for number, name in enumerate(names)}
    _enter(nm, row, {(origin, destination): distance for origin, destination, distance in listed_distances()})
    return nm
