"""The gravity model: which pairs of ports may trade, with what weight, and the fit of all weights to what is known."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.world.distances import SeaDistances
from sim.world.route import Transport
from sim.world.trade import Gravity

Floats = NDArray[np.float64]
Rows = NDArray[np.int32]

_CLOSE = 1e-11  # relative gap to a published figure at which the fit is done
_MOST_SWEEPS = 5_000
_ROUGH_SWEEPS = 2  # enough to tell which pairs trade little
_HOURS_PER_DAY = 24


class Cells(NamedTuple):
    """Pairs of partners that may trade, as columns, with the weight that each starts the fit with."""

    origin: Rows
    destination: Rows
    nm: Floats
    days: Floats
    feeder: NDArray[np.bool_]
    seed: Floats

    def followed_by(self, others: Cells) -> Cells:
        """These, then others."""
        columns: Any = zip(self, others, strict=True)
        return Cells._make(map(np.concatenate, columns))

    def where(self, kept: NDArray[np.bool_]) -> Cells:
        """Some of them, in their order."""
        return Cells._make(column[kept] for column in self)


class Margin(NamedTuple):
    """Sums that the fit has to meet: what each group of cells must add up to."""

    cells: NDArray[np.intp]
    group: NDArray[np.intp]
    target: Floats

    def totals(self, flow: Floats) -> Floats:
        """What the groups add up to now; summed one by one, in order, so that last bits never differ."""
        return np.bincount(self.group, weights=flow[self.cells], minlength=len(self.target))

    def scale(self, flow: Floats, totals: Floats) -> None:
        """Bring each group of a flow from its total to its target, in proportion."""
        flow[self.cells] *= (self.target / np.where(totals > 0.0, totals, 1.0))[self.group]

    def gaps(self, totals: Floats) -> Floats:
        """Relative distance of each group from its target."""
        return np.abs(totals - self.target) / np.maximum(self.target, 1.0)

    def worst_gap(self, totals: Floats) -> float:
        """The largest of them."""
        return float(self.gaps(totals).max(initial=0.0))


def cells_of(loaded: Sequence[float], distances: SeaDistances, gravity: Gravity, transport: Transport) -> Cells:
    """The pairs that may trade with their gravity seed, (out * in)^size / distance^distance_decay.

    The distance that counts is what a ship would have sailed in the whole transit time, handling in port included, so
    that neighbouring terminals do not look like each other's best customers.

    Where trade W goes by size alone, the two border cells of a pair multiply to T^2 / W times the pair's own cell, T
    being the trade of the rest of the world; with T = rest * R and W = R + T that is R * rest^2 / (1 + rest), R what
    all ports in play trade. This matters only for pairs that `region_boxes` does not pin; between pinned blocks the fit
    moves it as it must.
    """
    nm, joined = distances.nm, distances.nm > 0.0
    days, far = sailed(nm, transport)
    sizes = np.array([math.pow(boxes, gravity.size) for boxes in loaded])
    decay = float(gravity.distance_decay)
    seed = np.where(joined, np.multiply.outer(sizes, sizes) / _powers(nm, decay, transport), 0.0)

    rest, pairs = float(gravity.rest_of_world), int(np.count_nonzero(joined))
    mean = float(np.cumsum(np.where(joined, far, 0.0))[-1]) / pairs if pairs else 1.0  # summed one by one, in order
    share = rest * rest / (1.0 + rest)
    border = math.sqrt(math.fsum(loaded) * share / math.pow(mean, gravity.distance_decay)) if pairs else 1.0
    if gravity.least_boxes is not None:
        joined &= _worth_a_lane(seed, loaded, gravity)
    origin, destination = (end.astype(np.int32) for end in np.nonzero(joined))
    ends = origin, destination
    found = Cells(*ends, nm[ends], days[ends], nm[ends] < transport.feeder.reach_nm, seed[ends])
    cells = found.followed_by(_border(border * sizes))
    return cells.where(cells.seed > 0.0)


def sailed(nm: Floats, transport: Transport) -> tuple[Floats, Floats]:
    """Days from port to port by feeder or liner, handling included, and the miles that a ship would sail in them."""
    feeder, services = nm < transport.feeder.reach_nm, (transport.feeder, transport.liner)
    nm_per_day = np.where(feeder, *(_HOURS_PER_DAY * float(service.knots) for service in services))
    days = nm / nm_per_day + np.where(feeder, *(float(service.port_days) for service in services))
    return days, days * nm_per_day


def _powers(nm: Floats, exponent: float, transport: Transport) -> Floats:
    """What counts of each distance to the power of the exponent, by the C library: NumPy's own differs from processor
    to processor. Distances are whole miles but for a few of a scenario's own: each mile is raised once."""

    def raised(some: Floats) -> Floats:
        return np.array([math.pow(far, exponent) for far in sailed(some, transport)[1].tolist()])

    found = raised(np.arange(1.0, nm.max(initial=1.0) + 1.0))[np.maximum(nm, 1.0).astype(np.intp) - 1]
    broken = nm != np.floor(nm)
    found[broken] = raised(nm[broken])
    return found


def _border(seed: Floats) -> Cells:
    """Each port's imports from the rest of the world, then each port's exports to it; seed: float64[ports]."""
    port = np.arange(len(seed), dtype=np.int32)
    rest, zero = np.full_like(port, -1), np.zeros(2 * len(seed))
    ends = np.concatenate([rest, port]), np.concatenate([port, rest])
    return Cells(*ends, nm=zero, days=zero, feeder=zero > 0.0, seed=np.concatenate([seed, seed]))


def _worth_a_lane(seed: Floats, loaded: Sequence[float], gravity: Gravity) -> NDArray[np.bool_]:
    """Whether a pair carries `least_boxes`, or is among the largest `partners` of one end: bool[P, P].

    seed: float64[P, P], 0 for those that cannot trade. What a pair carries is taken from the first rounds of fitting
    all pairs, which come near enough.
    """
    flow, target = seed.copy(), np.array(loaded)
    for axis in (0, 1) * _ROUGH_SWEEPS:  # what is received, then what is shipped
        totals = np.cumsum(flow, axis=axis).take(-1, axis)  # summed one by one, in order
        flow *= np.expand_dims(target / np.where(totals > 0.0, totals, 1.0), axis)
    kept = flow >= float(gravity.least_boxes or 0.0)
    if gravity.partners >= len(loaded):
        return np.ones_like(kept)
    for axis in (0, 1):
        kept |= flow >= np.partition(flow, -gravity.partners, axis).take([-gravity.partners], axis)
    return np.asarray(kept)


def port_margin(port_of_cell: Rows, loaded: Sequence[float]) -> Margin:
    """What each port ships, or what it receives; port_of_cell: int32[cells], -1 for the rest of the world."""
    cells = np.flatnonzero(port_of_cell >= 0)
    return Margin(cells, port_of_cell[cells].astype(np.intp), np.array(loaded))


def fitted(seed: Floats, margins: Mapping[str, Margin]) -> tuple[Floats, int]:
    """Scale the seed to each margin in turn until all hold; returns containers a year by cell, and the rounds taken."""
    flow = seed.copy()
    gaps: dict[str, float] = {}
    for sweep in range(_MOST_SWEEPS):
        for name, margin in margins.items():
            totals = margin.totals(flow)
            gaps[name] = margin.worst_gap(totals)
            margin.scale(flow, totals)
        if max(gaps.values()) < _CLOSE:
            return flow, sweep
    worst = max(gaps, key=lambda name: gaps[name])
    raise ValueError(
        f"trade.gravity: the figures contradict each other. After {_MOST_SWEEPS} rounds of fitting {worst} "
        f"still misses by {gaps[worst]:.2%}. Lower the blocks of region_boxes, or leave some out."
    )
