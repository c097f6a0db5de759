"""What a way of sending a load is worth: expected profit over ways, concealments and lot sizes, with sampled risks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels.compiling import jit
from sim.kernels.draws import beta


class Ways(NamedTuple):
    """Ways that an organisation considers, one row each."""

    checkpoints: NDArray[np.int32]
    """int32[R, 6]: rows of checkpoints passed, -1 after the last."""
    small_craft: NDArray[np.bool_]
    """bool[R]: the load's size does not change the risk, and concealment plays no part."""
    usd_per_kg: NDArray[np.float64]
    """float64[R]: buying and carriage."""
    usd_fixed: NDArray[np.float64]
    """float64[R]: craft, and the opening of cells that are not there yet."""
    usd_crews: NDArray[np.float64]
    """float64[R]: pay of the crews for one job at both ends."""
    known_loss: NDArray[np.float64]
    """float64[R]: chance of loss beside the checkpoints."""
    price: NDArray[np.float64]
    """float64[R]: USD a kilogram at the market, the broker's fee taken off."""
    largest_kg: NDArray[np.float64]
    """float64[R]"""


class Means(NamedTuple):
    """What an organisation can choose besides the way, and what it weighs."""

    lots: NDArray[np.float64]
    """float64[Q]: loads, kg."""
    shows: NDArray[np.float64]
    """float64[Q]: factor that the organisation believes a load puts on the risk, against the load beliefs speak of."""
    method_usd: NDArray[np.float64]
    """float64[M]: fixed cost of each concealment."""
    method_kg: NDArray[np.float64]
    """float64[M]: largest load of each."""
    crewed: NDArray[np.bool_]
    """bool[M]: whether a concealment needs crews."""
    penalty: float
    """Cost of a seizure beside the load, as a share of its value."""
    aversion: float
    """Weight of the variance of profit over capital."""
    capital: float
    """USD"""


@jit
def best_way(ways, means, risk, open_ways):  # type: ignore[no-untyped-def]
    """The way, concealment and lot with the highest value per kilogram; returns (way, concealment, lot, USD per kg).

    ways: Ways; means: Means; risk: float64[C, M], sampled chance of seizure at each checkpoint by concealment;
    open_ways: bool[R], whether crews have room for one more load. (-1, -1, -1, -inf) when no way is open.
    With S = (1 - known loss) * prod(1 - p_c), the value of q kg is
    S q price - q usd_per_kg - fixed - (1 - S) q penalty price - aversion S (1 - S) (q price)^2 / capital.
    """
    best, at, method, lot = -np.inf, -1, -1, -1
    for r in range(len(ways.price)):
        if not open_ways[r]:
            continue
        methods = 1 if ways.small_craft[r] else len(means.method_usd)
        for m in range(methods):
            fixed = ways.usd_fixed[r]
            if ways.small_craft[r]:
                fixed += ways.usd_crews[r]
            else:
                fixed += means.method_usd[m] + (ways.usd_crews[r] if means.crewed[m] else 0.0)
            for q in range(len(means.lots)):
                kg = means.lots[q]
                if kg > ways.largest_kg[r] or (kg > means.method_kg[m] and not ways.small_craft[r]):
                    break
                survives = 1.0 - ways.known_loss[r]
                for k in range(ways.checkpoints.shape[1]):
                    c = ways.checkpoints[r, k]
                    if c < 0:
                        break
                    p = risk[c, m] if ways.small_craft[r] else risk[c, m] * means.shows[q]
                    survives *= 1.0 - min(1.0, p)
                value = kg * ways.price[r]
                worth = survives * value - kg * ways.usd_per_kg[r] - fixed - (1.0 - survives) * means.penalty * value
                worth -= means.aversion * survives * (1.0 - survives) * value * value / means.capital
                if worth / kg > best:
                    best, at, method, lot = worth / kg, r, m, q
    return at, method, lot, best


@jit
def sample_risk(key, entities, day, draw, alpha, failures, wanted, risk):  # type: ignore[no-untyped-def]
    """One Thompson sample of the risks in question: risk[c, m] ~ Beta(alpha[c, m], failures[c, m]) where wanted[c].

    key: uint64; entities: uint64[C], what the organisation's belief about each checkpoint is addressed by; day, draw:
    int64 (which decision of the day); alpha, failures: float64[C, M]; wanted: bool[C]; risk: float64[C, M], filled in
    place. The draw of one checkpoint does not depend on which others there are.
    """
    checkpoints, methods = alpha.shape
    for c in range(checkpoints):
        if wanted[c]:
            for m in range(methods):
                risk[c, m] = beta(key, entities[c], day, draw * methods + m, alpha[c, m], failures[c, m])


def warm() -> None:
    """Compile each function for the types that a run uses."""
    one, yes = np.ones(1), np.ones(1, np.bool_)
    ways = Ways(np.zeros((1, 1), np.int32), yes, one, one, one, one, one, one)
    means = Means(one, one, one, one, yes, penalty=0.0, aversion=0.0, capital=1.0)
    risk, key = np.ones((1, 1)), np.uint64(0)
    sample_risk(key, np.zeros(1, np.uint64), 0, 0, risk.copy(), risk.copy(), yes, risk)
    best_way(ways, means, risk, yes)
