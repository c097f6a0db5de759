"""What a way of sending a load is worth: expected profit over ways, concealments and lot sizes, by believed risks."""

from __future__ import annotations

import math
from typing import cast

import numpy as np
from numpy.typing import NDArray

from sim.kernels.compiling import jit_bare, jit_built_in, jit_part
from sim.kernels.samplers import beta_of, word_at

MOST_CHECKPOINTS = 6
"""Controls and zones that one way can pass."""
MOST_CREWS = 4
"""Places on one way where crews are needed: two for each lane or crossing."""
MOST_SITES = 4
"""Sites on one way: a warehouse on either side, and two coasts."""

WAY = np.dtype(
    [
        ("row", np.int32),  # in the table of ways
        ("area", np.int32),
        ("market", np.int32),
        ("checkpoints", np.int32, (MOST_CHECKPOINTS,)),  # rows of those passed, -1 after the last
        ("sites", np.int32, (MOST_SITES,)),  # rows of those sites that were ever controlled, -1 after the last
        ("small_craft", np.bool_),  # the load's size does not change the risk; methods are kinds of craft
        ("admits", np.int64),  # methods with which a load can go this way, a bit each
        ("nm", np.float64),  # sailed by small craft, as far as they count for its cost
        ("crossing_nm", np.float64),  # the same, as they are sailed
        ("dearer", np.float64),  # factor on the price of a craft or concealment: 1 but for premiums on cost
        ("usd_per_kg", np.float64),  # carriage but for the crossing of a craft; for an organisation, buying too
        ("usd_fixed", np.float64),  # for an organisation, the opening of cells that are not there yet
        ("usd_crews", np.float64),  # pay of an organisation's crews for one job at each place
        ("known_loss", np.float64),  # chance of loss beside checkpoints and craft
        ("price", np.float64),  # what an organisation gets at the market, USD a kilogram
    ],
    align=True,
)
"""A way: what is known of it, whoever uses it, and what it costs and brings an organisation."""

LOT = np.dtype([("kg", np.float64), ("shows", np.float64)])
"""A load, and the factor that an organisation believes it puts on the risk, against the load beliefs speak of."""

CELL = np.dtype(
    [
        ("held", np.bool_),  # whether there is a cell: there is room for one at every place where ways need crews
        ("jobs_per_week", np.float64),  # jobs that one crew can do here in a week
        ("most_waiting", np.float64),  # loads that may wait for the crews before no more are planned through here
        ("first_offer_usd", np.float64),  # pay of a crew for one job, before anybody refused
        ("offer_usd", np.float64),
        ("ready", np.int64),  # day from which it can hire
        ("used", np.int64),  # day on which a load was last planned through it
        ("hands", np.int64),  # couriers in its crews
        ("rested", np.float64),  # jobs that its crews can do now
        ("crowded", np.float64),  # share of the crews for which others leave no room this week
        ("waiting", np.int64),  # loads planned through here that have not passed yet
    ],
    align=True,
)
"""An organisation's crews at one place."""

METHOD = np.dtype(
    [
        ("key", np.uint64),  # what it is addressed by, whatever its row
        ("usd", np.float64),  # cost of one load of any size
        ("usd_per_kg_nm", np.float64),  # of carriage by craft
        ("largest_kg", np.float64),  # the largest load that it takes
        ("loss", np.float64),  # chance that a craft founders
        ("crewed", np.bool_),  # whether it needs crews
        ("loss_per_nm", np.float64),  # rate at which those aboard a boat are lost, if nobody rescues them
        ("usd_per_kg", np.float64),  # what a kilogram in this form costs more, all in all
        ("residue", np.float64),  # share of a load that is gone when it can be sold
    ],
    align=True,
)
"""A concealment in a container, or a kind of small craft."""

Records = NDArray[np.void]

_0 = cast("int", np.int64(0))  # a bare 0 has a type of its own: compiled again
_SLACK = 1e-9  # far above the rounding errors of a worth, relative to the terms it is the sum of


@jit_bare
def best_way(ways, crews, room, lots, methods, hopes, risk, penalty, aversion, capital):  # type: ignore[no-untyped-def]
    """The way, method and lot with the highest value per kilogram; returns (row, method, lot, USD per kg).

    ways: WAY[R]; crews: int32[table, 4], places where each way of the table needs crews, -1 after the last; room:
    bool[places], whether the crews there can take one more load; lots: LOT[Q], the lightest first; methods:
    METHOD[2, M], concealments and kinds of craft; hopes: float64[3, R, M], filled by `hope`; risk: float64[C, M],
    sampled chance of seizure at each checkpoint by method; penalty: cost of a seizure beside the load, as a share of
    its value; aversion: weight of the variance of profit over capital, USD. Of equals the first is taken;
    (-1, -1, -1, -inf) when no way is open.

    The most that each way and method can be worth is found first. Those of which that is less than the worth of
    the most promising one are not looked at in detail, which changes no answer.
    """
    most, cost, spread = hopes[0], hopes[1], hopes[2]
    gain, love, lightest = 1.0 + penalty, -min(0.0, aversion) / (4.0 * capital), lots[0]["shows"]
    highest, first, by = -np.inf, _0, _0
    for r in range(len(ways)):
        way = ways[r]
        is_open, small = there_is_room(crews, np.int64(way["row"]), room), way["small_craft"]
        for m in range(methods.shape[1]):
            most[r, m] = -np.inf
            if is_open and admits(way, m):
                form = method_of(way, methods, m)
                survives = survival(way, form, 1.0 if small else lightest, risk, m)
                most[r, m] = max(0.0, survives * gain) * price_usd(way, form) - cost[r, m] + love * spread[r, m]
                if most[r, m] > highest:
                    highest, first, by = most[r, m], r, m
    if highest == -np.inf:
        return -1, -1, -1, -np.inf
    floor = best_lot(ways[first], lots, method_of(ways[first], methods, by), risk, by, penalty, aversion, capital)[1]
    best, at, method, lot = -np.inf, -1, -1, -1
    for r in range(len(ways)):
        for m in range(methods.shape[1]):
            if most[r, m] > best and most[r, m] >= floor:
                q, worth = best_lot(ways[r], lots, method_of(ways[r], methods, m), risk, m, penalty, aversion, capital)
                if worth > best:
                    best, at, method, lot = worth, ways[r]["row"], m, q
    return at, method, lot, best


@jit_bare
def hope(ways, lots, methods, penalty, hopes):  # type: ignore[no-untyped-def]
    """Fill in what bounds the worth of each way and method whatever its risks, USD per kg: float64[3, R, M].

    As if each load came through like the lightest, cost as little as the heaviest, and its variance cost nothing: first
    a place for the most that `best_way` finds, then what no risk changes, then what a variance that is welcome may add,
    times capital over its weight. Where no lot fits the cost is infinite.
    """
    for r in range(len(ways)):
        way = ways[r]
        for m in range(methods.shape[1]):
            if not admits(way, m):
                continue
            method, heaviest = method_of(way, methods, m), 0.0
            for q in range(len(lots)):
                if lots[q]["kg"] <= method["largest_kg"]:
                    heaviest = lots[q]["kg"]
            price, carriage = price_usd(way, method), carriage_usd(way, method)
            fixed = fixed_usd(way, method) / heaviest
            slack = _SLACK * (price * (1.0 + abs(penalty)) + abs(carriage) + fixed)
            hopes[1, r, m] = penalty * price + carriage + fixed - slack if heaviest > 0.0 else np.inf
            hopes[2, r, m] = (1.0 + _SLACK) * heaviest * price * price


@jit_built_in
def there_is_room(crews, row, room):  # type: ignore[no-untyped-def]
    """Whether there is room wherever a way needs crews."""
    for k in range(MOST_CREWS):
        place = crews[row, k]
        if place >= 0 and not room[place]:
            return False
    return True


@jit_built_in
def admits(way, m):  # type: ignore[no-untyped-def]
    """Whether a load can go this way with a method."""
    return (way["admits"] >> m) & 1 == 1


@jit_built_in
def method_of(way, methods, m):  # type: ignore[no-untyped-def]
    """A concealment where the way goes by container, a kind of craft where it does not."""
    return methods[1 if way["small_craft"] else 0, m]


@jit_built_in
def carriage_usd(way, method):  # type: ignore[no-untyped-def]
    """Cost that grows with the load, USD a kilogram."""
    return way["usd_per_kg"] + method["usd_per_kg"] + way["nm"] * method["usd_per_kg_nm"]


@jit_built_in
def price_usd(way, method):  # type: ignore[no-untyped-def]
    """What a kilogram that was sent brings at the market, USD."""
    return way["price"] * (1.0 - method["residue"])


@jit_built_in
def fixed_usd(way, method):  # type: ignore[no-untyped-def]
    """Cost of sending a load of any size, USD."""
    return way["usd_fixed"] + (method["usd"] * way["dearer"] + (way["usd_crews"] if method["crewed"] else 0.0))


@jit_built_in
def survival(way, method, shows, risk, m):  # type: ignore[no-untyped-def]
    """Chance that a load comes through, the risks of controls and zones being multiplied by `shows`: (1 - known loss) *
    (1 - loss of the craft) * prod(1 - p_c). At a site, what matters is that the load is there: first column of risk."""
    survives = (1.0 - way["known_loss"]) * (1.0 - method["loss"])
    if method["loss_per_nm"] > 0.0:
        survives *= math.exp(-method["loss_per_nm"] * way["crossing_nm"])
    for k in range(MOST_CHECKPOINTS):
        c = way["checkpoints"][k]
        if c < 0:
            break
        survives *= 1.0 - min(1.0, risk[c, m] * shows)
    for k in range(MOST_SITES):
        c = way["sites"][k]
        if c < 0:
            break
        survives *= 1.0 - risk[c, 0]
    return survives


@jit_part
def best_lot(way, lots, method, risk, m, penalty, aversion, capital):  # type: ignore[no-untyped-def]
    """The first lot of highest value per kilogram on a way; returns (lot, USD per kg), or (-1, -inf) if none fits.

    With S the chance to come through, the value of q kg is
    S q price - q usd_per_kg - fixed - (1 - S) q penalty price - aversion S (1 - S) (q price)^2 / capital.
    """
    best, lot, price = -np.inf, -1, price_usd(way, method)
    fixed, carriage = fixed_usd(way, method), carriage_usd(way, method)
    for q in range(len(lots)):
        kg = lots[q]["kg"]
        if kg > method["largest_kg"]:
            break
        survives = survival(way, method, 1.0 if way["small_craft"] else lots[q]["shows"], risk, m)
        value = kg * price
        worth = survives * value - kg * carriage - fixed - (1.0 - survives) * penalty * value
        worth -= aversion * survives * (1.0 - survives) * value * value / capital
        if worth / kg > best:
            best, lot = worth / kg, q
    return lot, best


@jit_bare
def prospects(facts, rows, area, crews, cells, setup_usd, prices, source_usd, ways, wanted, asked):  # type: ignore[no-untyped-def]
    """What some ways from an area cost and bring an organisation; returns how many there are, and how many risks they
    run.

    facts: WAY[table]; rows: int64[considered]; area: the one in question; crews: int32[table, 4]; cells: CELL[places];
    setup_usd: what each load has to bear of the opening of a cell; prices: float64[markets], the broker's fee taken
    off, and source_usd, both a kilogram. ways: WAY[considered or more] and asked: int64[C * M] are filled from their
    beginning, the latter with c * M + m of each risk; wanted: bool[C, M], all false before and after.
    """
    count, risks, methods = 0, 0, wanted.shape[1]
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
                setup += 0.0 if cells[place]["held"] else setup_usd
                way["usd_crews"] += cells[place]["offer_usd"]
        way["usd_fixed"] += setup
        for k in range(MOST_CHECKPOINTS):
            c = way["checkpoints"][k]
            if c >= 0:
                for m in range(methods):
                    if admits(way, m) and not wanted[c, m]:
                        wanted[c, m] = True
                        asked[risks] = c * methods + m
                        risks += 1
        for k in range(MOST_SITES):
            c = way["sites"][k]
            if c >= 0 and not wanted[c, 0]:
                wanted[c, 0] = True
                asked[risks] = c * methods
                risks += 1
    for at in asked[:risks]:
        wanted[at // methods, at % methods] = False
    return count, risks


@jit_bare
def ways_through(there, crews, known, found):  # type: ignore[no-untyped-def]
    """Find the ways that there are now and that need crews at known places only; returns how many.

    there: bool[R]; crews: int32[R, 4]; known: bool[places]; found: int64[R], filled from its beginning with their rows.
    """
    count = 0
    for row in range(len(crews)):
        if there[row] and there_is_room(crews, row, known):
            found[count] = row
            count += 1
    return count


@jit_bare
def sample_risk(key, entity, entities, day, draw, counts, asked, risk):  # type: ignore[no-untyped-def]
    """One Thompson sample of the risks in question: risk[c, m] ~ Beta(losses[c, m], passages[c, m]).

    key: uint64; entity: uint64, the organisation, entities: uint64[C, M], the checkpoints by method, that together
    address what one believes of the other; day, draw: int64 (which decision of the day); counts: float64[2, C, M],
    losses and passages; asked: int64[K], c * M + m of each risk in question; risk: float64[C, M], filled in place. The
    draw of one risk does not depend on which others there are.
    """
    methods = risk.shape[1]
    for at in asked:
        c, m = at // methods, at % methods
        word = word_at(key, entities[c, m] ^ entity, day, draw)
        risk[c, m] = believed(word, counts[0, c, m], counts[1, c, m])


@jit_built_in
def believed(word, losses, passages):  # type: ignore[no-untyped-def]
    """A risk drawn from a belief; none where nobody has ever lost anything."""
    return beta_of(word, losses, passages) if losses > 0.0 else 0.0
