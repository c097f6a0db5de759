"""What a way of sending a load is worth: expected profit over ways, concealments and lot sizes, with sampled risks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.kernels.compiling import jit, jit_inline
from sim.kernels.samplers import beta, choice

MOST_CHECKPOINTS = 6
"""Controls and zones that one way can pass."""
MOST_CREWS = 4
"""Places on one way where crews are needed: two for each lane or crossing."""

WAY = np.dtype(
    [
        ("row", np.int32),  # in the table of ways
        ("area", np.int32),
        ("market", np.int32),
        ("checkpoints", np.int32, (MOST_CHECKPOINTS,)),  # rows of those passed, -1 after the last
        ("small_craft", np.bool_),  # the load's size does not change the risk, and concealment plays no part
        ("usd_per_kg", np.float64),  # carriage; for an organisation, buying too
        ("usd_fixed", np.float64),  # craft; for an organisation, the opening of cells that are not there yet too
        ("usd_crews", np.float64),  # pay of an organisation's crews for one job at each place
        ("known_loss", np.float64),  # chance of loss beside the checkpoints
        ("price", np.float64),  # what an organisation gets at the market, USD a kilogram
        ("largest_kg", np.float64),
    ],
    align=True,
)
"""A way: what is known of it, whoever uses it, and what it costs and brings an organisation."""

LOT = np.dtype([("kg", np.float64), ("shows", np.float64)])
"""A load, and the factor that an organisation believes it puts on the risk, against the load beliefs speak of."""

METHOD = np.dtype([("usd", np.float64), ("largest_kg", np.float64), ("crewed", np.bool_)], align=True)
"""A concealment: its fixed cost, the largest load it takes, and whether it needs crews."""

Records = NDArray[np.void]

_SLACK = 1e-9  # far above the rounding errors of a worth, relative to the terms it is the sum of


@jit
def best_way(ways, crews, room, lots, methods, risk, penalty, aversion, capital):  # type: ignore[no-untyped-def]
    """The way, concealment and lot with the highest value per kilogram; returns (row, concealment, lot, USD per kg).

    ways: WAY[R]; crews: int32[table, 4], places where each way of the table needs crews, -1 after the last; room:
    bool[places], whether the crews there can take one more load; lots: LOT[Q], the lightest first; methods: METHOD[M];
    risk: float64[C, M], sampled chance of seizure at each checkpoint by concealment; penalty: cost of a seizure beside
    the load, as a share of its value; aversion: weight of the variance of profit over capital, USD. Of equals the first
    is taken; (-1, -1, -1, -inf) when no way is open.

    The most that each way and concealment can be worth is found first. Those of which that is less than the worth of
    the most promising one are not looked at in detail, which changes no answer.
    """
    hopes = np.full((len(ways), len(methods)), -np.inf)
    highest, first, by = -np.inf, 0, 0
    for r in range(len(ways)):
        if not _open(crews, ways[r]["row"], room):
            continue
        for m in range(1 if ways[r]["small_craft"] else len(methods)):
            hopes[r, m] = _most_worth(ways[r], lots, methods[m], risk, m, penalty, aversion, capital)
            if hopes[r, m] > highest:
                highest, first, by = hopes[r, m], r, m
    if highest == -np.inf:
        return -1, -1, -1, -np.inf
    floor = _best_lot(ways[first], lots, methods[by], risk, by, penalty, aversion, capital)[1]
    best, at, method, lot = -np.inf, -1, -1, -1
    for r in range(len(ways)):
        for m in range(len(methods)):
            if hopes[r, m] > best and hopes[r, m] >= floor:
                q, worth = _best_lot(ways[r], lots, methods[m], risk, m, penalty, aversion, capital)
                if worth > best:
                    best, at, method, lot = worth, ways[r]["row"], m, q
    return at, method, lot, best


@jit_inline
def _open(crews, row, room):  # type: ignore[no-untyped-def]
    """Whether there is room wherever a way needs crews."""
    for k in range(MOST_CREWS):
        place = crews[row, k]
        if place >= 0 and not room[place]:
            return False
    return True


@jit_inline
def _fixed(way, method):  # type: ignore[no-untyped-def]
    """Cost of sending a load of any size, USD."""
    if way["small_craft"]:
        return way["usd_fixed"] + way["usd_crews"]
    return way["usd_fixed"] + (method["usd"] + (way["usd_crews"] if method["crewed"] else 0.0))


@jit_inline
def _largest(way, method):  # type: ignore[no-untyped-def]
    """The largest load that way and concealment take, kg."""
    return way["largest_kg"] if way["small_craft"] else min(way["largest_kg"], method["largest_kg"])


@jit_inline
def _survival(way, lot, risk, m):  # type: ignore[no-untyped-def]
    """Chance that a lot comes through: (1 - known loss) * prod(1 - p_c)."""
    shows = 1.0 if way["small_craft"] else lot["shows"]
    survives = 1.0 - way["known_loss"]
    for k in range(MOST_CHECKPOINTS):
        c = way["checkpoints"][k]
        if c < 0:
            break
        survives *= 1.0 - min(1.0, risk[c, m] * shows)
    return survives


@jit
def _best_lot(way, lots, method, risk, m, penalty, aversion, capital):  # type: ignore[no-untyped-def]
    """The first lot of highest value per kilogram on a way; returns (lot, USD per kg), or (-1, -inf) if none fits.

    With S the chance to come through, the value of q kg is
    S q price - q usd_per_kg - fixed - (1 - S) q penalty price - aversion S (1 - S) (q price)^2 / capital.
    """
    best, lot, fixed, largest = -np.inf, -1, _fixed(way, method), _largest(way, method)
    for q in range(len(lots)):
        kg = lots[q]["kg"]
        if kg > largest:
            break
        survives = _survival(way, lots[q], risk, m)
        value = kg * way["price"]
        worth = survives * value - kg * way["usd_per_kg"] - fixed - (1.0 - survives) * penalty * value
        worth -= aversion * survives * (1.0 - survives) * value * value / capital
        if worth / kg > best:
            best, lot = worth / kg, q
    return lot, best


@jit
def _most_worth(way, lots, method, risk, m, penalty, aversion, capital):  # type: ignore[no-untyped-def]
    """More than any lot can be worth on a way, USD per kg; -inf if none fits.

    As if each came through like the lightest, cost as little as the heaviest, and its variance cost nothing. A variance
    that is welcome, or a penalty below -1, counts at its best.
    """
    heaviest, largest = -1.0, _largest(way, method)
    for q in range(len(lots)):
        if lots[q]["kg"] > largest:
            break
        heaviest = lots[q]["kg"]
    if heaviest < 0.0:
        return -np.inf
    price, fixed = way["price"], _fixed(way, method) / heaviest
    survives = _survival(way, lots[0], risk, m)
    variance = -min(0.0, aversion) * heaviest * price * price / (4.0 * capital)
    most = max(0.0, survives * (1.0 + penalty)) * price - penalty * price - way["usd_per_kg"] - fixed + variance
    return most + _SLACK * (price * (1.0 + abs(penalty)) + way["usd_per_kg"] + fixed + variance)


@jit
def prospects(facts, rows, area, crews, held, setup_usd, pay_usd, prices, source_usd, wanted):  # type: ignore[no-untyped-def]
    """What some ways from an area cost and bring an organisation: WAY[R]; marks the risks that it has to weigh.

    facts: WAY[table]; rows: int64[considered]; area: the one in question; crews: int32[table, 4]; held:
    bool[places], where there are cells; setup_usd: what each load has to bear of the opening of a cell; pay_usd:
    float64[places], of a crew for one job; prices: float64[markets], the broker's fee taken off, and source_usd, both a
    kilogram; wanted: bool[C, M], set where a way passes.
    """
    ways, count = np.empty(len(rows), WAY), 0
    for row in rows:
        if facts[row]["area"] != area:
            continue
        ways[count] = facts[row]
        way = ways[count]
        count += 1
        way["usd_per_kg"] += source_usd
        way["price"] = prices[way["market"]]
        setup = 0.0
        for k in range(MOST_CREWS):
            place = crews[row, k]
            if place >= 0:
                setup += 0.0 if held[place] else setup_usd
                way["usd_crews"] += pay_usd[place]
        way["usd_fixed"] += setup
        for k in range(MOST_CHECKPOINTS):
            c = way["checkpoints"][k]
            if c >= 0:
                wanted[c, : 1 if way["small_craft"] else wanted.shape[1]] = True
    return ways[:count]


@jit
def ways_through(crews, known):  # type: ignore[no-untyped-def]
    """Rows of the ways that need crews at known places only: int64[found]; crews: int32[R, 4], known: bool[places]."""
    found, count = np.empty(len(crews), np.int64), 0
    for row in range(len(crews)):
        if _open(crews, row, known):
            found[count] = row
            count += 1
    return found[:count]


@jit
def look_around(key, entity, day, gates, trade, known, count):  # type: ignore[no-untyped-def]
    """Places of up to `count` gateways not yet known, drawn by their trade without putting back: int64[found].

    key, entity: uint64; day: int64, the n-th draw is at index n of the address; gates: int64[G], places of gateways;
    trade: float64[G]; known: bool[places], set in place for those that are drawn.
    """
    found, weights = np.empty(count, np.int64), trade.copy()
    for g in range(len(gates)):
        if known[gates[g]]:
            weights[g] = 0.0
    for n in range(count):
        at = choice(key, entity, day, n, weights)
        if at < 0:
            return found[:n]
        weights[at] = 0.0
        found[n] = gates[at]
        known[found[n]] = True
    return found


@jit
def sample_risk(key, entity, entities, day, draw, counts, wanted, risk):  # type: ignore[no-untyped-def]
    """One Thompson sample of the risks in question: risk[c, m] ~ Beta(losses[c, m], passages[c, m]) where wanted[c, m].

    key: uint64; entity: uint64, the organisation, entities: uint64[C], the checkpoints, that together address what one
    believes of the other; day, draw: int64 (which decision of the day); counts: float64[2, C, M], losses and passages;
    wanted: bool[C, M]; risk: float64[C, M], filled in place. The draw of one risk does not depend on which others there
    are.
    """
    checkpoints, methods = wanted.shape
    for c in range(checkpoints):
        for m in range(methods):
            if wanted[c, m]:
                k = draw * methods + m
                risk[c, m] = beta(key, entities[c] ^ entity, day, k, counts[0, c, m], counts[1, c, m])


def warm() -> None:
    """Compile each function for the types that a run uses."""
    ways, lots, methods = np.zeros(1, WAY), np.ones(1, LOT), np.ones(1, METHOD)
    crews, yes, one = np.zeros((1, MOST_CREWS), np.int32), np.ones(1, np.bool_), np.ones(1)
    risk, wanted, key = np.ones((1, 1)), np.ones((1, 1), np.bool_), np.uint64(0)
    look_around(key, key, 0, np.zeros(1, np.int64), one, yes, 1)
    prospects(ways, ways_through(crews, yes), 0, crews, yes, 0.0, one, one, 0.0, wanted)
    sample_risk(key, key, np.zeros(1, np.uint64), 0, 0, np.ones((2, 1, 1)), wanted, risk)
    best_way(ways, crews, yes, lots, methods, risk, 0.0, 0.0, 1.0)
