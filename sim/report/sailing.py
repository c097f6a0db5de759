"""Sailing lines: the shortest way by sea between two places, along the shipped network of the sea, for maps only."""

from __future__ import annotations

import functools
import io
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.world.atlas import network_file
from sim.world.network import Placed

Points = NDArray[np.float64]
"""float64[n, 2]: longitudes and latitudes, degrees."""

WITHIN = 4.0
"""Degrees within which the network has to come near a place."""
FINE = 0.2
"""Degrees by which a line that is drawn may leave the one that is sailed."""


class Sea(NamedTuple):
    """The network: where ships pass, and how far it is from one such place to the next."""

    places: Points
    graph: object
    """A sparse matrix of distances, radians."""


def sailing_line(start: Placed, end: Placed) -> Points | None:
    """The way by sea from one place to another; None where the network comes near one of them alone, or near neither,
    or where both lie at the same place of it."""
    first, last = _nearest(start.lon, start.lat), _nearest(end.lon, end.lat)
    if first < 0 or last < 0 or first == last:
        return None
    before, rows = _tree(first), [last]
    while rows[-1] != first:
        rows.append(int(before[rows[-1]]))
        if rows[-1] < 0:
            return None
    at_sea = simplified(_sea().places[rows[::-1]])
    return np.vstack([(start.lon, start.lat), at_sea, (end.lon, end.lat)])


def simplified(points: Points) -> Points:
    """A line without the points that lie nearer than `FINE` to what is left (Ramer 1972; Douglas and Peucker 1973)."""
    kept, parts = {0, len(points) - 1}, [(0, len(points) - 1)]
    while parts:
        first, last = parts.pop()
        if last - first < 2:
            continue
        off = _away(points[first + 1 : last], points[first], points[last])
        if off.max() > FINE:
            middle = first + 1 + int(off.argmax())
            kept.add(middle)
            parts += [(first, middle), (middle, last)]
    return points[sorted(kept)]


def _away(points: Points, start: Points, end: Points) -> Points:
    """How far points lie from the straight line between two others, degrees."""
    along = end - start
    length = float(along @ along)
    share = ((points - start) @ along / length).clip(0.0, 1.0) if length else np.zeros(len(points))
    return np.asarray(np.hypot(*(points - start - share[:, None] * along).T))


@functools.lru_cache(4096)
def _nearest(lon: float, lat: float) -> int:
    """Row of the place of the network nearest to a place; -1 where none is near."""
    east, north = (_sea().places - (lon, lat)).T
    away = np.hypot((east + 180.0) % 360.0 - 180.0, north)
    return int(away.argmin()) if away.min() <= WITHIN else -1


@functools.lru_cache(1024)
def _tree(first: int) -> NDArray[np.int32]:
    """int32[N]: before each place of the network, the one from which it is reached on the shortest way from the
    first."""
    from scipy.sparse.csgraph import dijkstra

    found: NDArray[np.int32] = dijkstra(_sea().graph, directed=False, indices=first, return_predecessors=True)[1]
    return found


@functools.cache
def _sea() -> Sea:
    from scipy.sparse import csr_array

    with np.load(io.BytesIO(network_file()), allow_pickle=False) as archive:
        places, (one, other) = archive["places"] / 180.0, archive["links"].T
    lon, lat = np.radians(places).T
    unit = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    chord = np.sqrt(((unit[:, one] - unit[:, other]) ** 2).sum(axis=0))
    apart = np.maximum(2.0 * np.arcsin(np.minimum(chord / 2.0, 1.0)), 1e-9)  # the same place east and west
    return Sea(places, csr_array((apart, (one, other)), shape=(len(places), len(places))))
