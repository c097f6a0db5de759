"""A week of an organisation: whom its cells need, what it looks at, what it buys, and how it sends it, lot by lot."""

from __future__ import annotations

import math
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from sim.kernels.choosing import MOST_LOTS, RULE, Habits, Options, choose, survey
from sim.kernels.compiling import jit_bare, jit_built_in, jit_part
from sim.kernels.habits import move_premiums, revise
from sim.kernels.prospects import (
    CELL,
    LOT,
    METHOD,
    MOST_CREWS,
    WAY,
    Records,
    carriage_usd,
    fixed_usd,
    hope,
    method_of,
    ways_through,
)
from sim.kernels.ranking import first_least
from sim.kernels.samplers import lognormal, word_at
from sim.kernels.words import unit

_0 = cast("int", np.int64(0))  # a bare 0 has a type of its own: compiled again
_LEAST_OUTLAY = 1e-6  # USD a kilogram: what costs nothing comes first

TERMS = np.dtype(
    [
        ("penalty", np.float64),  # cost of a seizure beside the load, as a share of its value
        ("aversion", np.float64),  # weight of the variance of profit over capital
        ("comfort_usd", np.float64),  # value per kilogram at which it buys its full share
        ("lot_spread", np.float64),  # log standard deviation of actual loads around the planned one
        ("least_lot_kg", np.float64),
        ("largest_lot_kg", np.float64),
        ("per_unit", np.float64),  # what the books count by the kilogram, or by the person
        ("commodity", np.int64),
        ("setup_cents", np.int64),  # cost of opening a cell
        ("setup_jobs", np.float64),  # loads over which that cost is spread when ways are compared
        ("setup_days", np.int64),  # days until a new cell can hire
        ("span", np.int64),  # cells that it can hold at a time
        ("scouted", np.int64),  # gateways of each kind that it looks at in a week
    ],
    align=True,
)
"""How an organisation weighs what it buys in an area, and what it may. Amounts are in the unit of what comes from
there, which is called a kilogram throughout."""

ORDER = np.dtype(
    [("way", np.int64), ("method", np.int64), ("grams", np.int64), ("draw", np.int64), ("crewed", np.bool_)], align=True
)
"""A load to be sent: row of the way, row of the concealment or kind of craft, which decision of the day it was, and
whether people of the organisation are needed for it."""

SCOUTING = ("departures", "arrivals", "hubs")
"""Kinds of gateways that are looked at, in this order."""


class Means(NamedTuple):
    """What an organisation has to choose from: all that stays from week to week."""

    facts: Records
    """WAY[table]"""
    crews: NDArray[np.int32]
    """int32[table, 4]: places where each way needs crews, -1 after the last."""
    there: NDArray[np.bool_]
    """bool[table]: which ways there are now."""
    gates: NDArray[np.int64]
    """int64[G]: places of its gateways by kind, as `SCOUTING` has them."""
    gate_keys: NDArray[np.uint64]
    """uint64[G]: what these are addressed by."""
    trade: NDArray[np.float64]
    """float64[G]: what they ship, containers a day; 0 where no way leads by now."""
    kinds: NDArray[np.int64]
    """int64[4]: gateways of kind n stand at kinds[n] to kinds[n + 1]."""
    lots: Records
    """LOT[areas, Q], the lightest first."""
    methods: Records
    """METHOD[2, M]: concealments and kinds of craft, filled up with such as no way admits."""
    terms: Records
    """TERMS[areas]"""
    checkpoints: NDArray[np.uint64]
    """uint64[C, M]: keys of its beliefs about them, by method."""
    purposes: NDArray[np.uint64]
    """uint64[6]: keys of the scouting of each kind, of loads beyond the week's share, of beliefs and of loads."""


class Chances(NamedTuple):
    """What a week brings."""

    prices: NDArray[np.float64]
    """float64[markets], the broker's fee taken off, USD a kilogram."""
    stock: NDArray[np.int64]
    """int64[areas]: grams in the producers' stores, or what else the books count."""
    offered: NDArray[np.int64]
    """int64[areas]: grams that were in these stores in the morning, before anybody bought."""
    share: NDArray[np.float64]
    """float64[areas]: part of that which the organisation buys at the reference margin."""
    source_usd: NDArray[np.float64]
    """float64[areas]: price of a kilogram there."""


class Desk(NamedTuple):
    """Working space for the week of one organisation at a time."""

    known: NDArray[np.bool_]
    """bool[places]: places that it has cells at or looks at."""
    room: NDArray[np.bool_]
    """bool[places]: whether the crews there can take one more load."""
    turns: NDArray[np.float64]
    """float64[G]: when gateways that can still be drawn have their turn."""
    rows: NDArray[np.int64]
    """int64[table]: ways that it considers."""
    ways: Records
    """WAY[table]: what those from one area cost and bring."""
    hopes: NDArray[np.float64]
    """float64[3, table, M]"""
    options: Options
    worth: NDArray[np.float64]
    """float64[table]: value of the ways that could be taken into use."""
    wanted: NDArray[np.bool_]
    """bool[C, M]: the risks on any of them that were met so far; all false between the areas."""
    asked: NDArray[np.int64]
    """int64[C * M]: these risks, as c * M + m."""
    risk: NDArray[np.float64]
    """float64[C, M]: one sample of them."""
    orders: Records
    """ORDER[areas * MOST_LOTS]: loads to be sent."""
    left_behind: NDArray[np.int64]
    """int64[places]: places whose cells were given up."""
    short: NDArray[np.int64]
    """int64[places, 2]: places where hands are missing, and how many."""
    turn: NDArray[np.float64]
    """float64[areas]: by what areas come before others when lots are planned, the least first."""

    @classmethod
    def of(cls, table: int, places: int, gates: int, areas: int, believed: tuple[int, int]) -> Desk:
        """Space for a table of ways with so many places and gateways, and for so many checkpoints and concealments."""
        return cls(
            known=np.empty(places, np.bool_),
            room=np.empty(places, np.bool_),
            turns=np.empty(gates),
            rows=np.empty(table, np.int64),
            ways=np.empty(table, WAY),
            hopes=np.empty((3, table, believed[1])),
            options=Options.of(table, believed[1]),
            worth=np.empty(table),
            wanted=np.zeros(believed, np.bool_),
            asked=np.empty(believed[0] * believed[1], np.int64),
            risk=np.ones(believed),
            orders=np.empty(areas * MOST_LOTS, ORDER),
            left_behind=np.empty(places, np.int64),
            short=np.empty((places, 2), np.int64),
            turn=np.empty(areas),
        )


@jit_bare
def keep(cells, day, crew, largest_crews, memory, short):  # type: ignore[no-untyped-def]
    """Rest the crews of all cells that have room by a week, let offers come down, and find where hands are
    missing that can be hired: returns how many places.

    cells: CELL[places]; crew: couriers in a crew; memory: share that is kept of what an offer is above the first one;
    short: int64[places, 2], filled from its beginning with the place and the hands that it lacks. A cell wants one crew
    for every two weeks' work that waits.
    """
    count = 0
    for row in range(len(cells)):
        cell = cells[row]
        if not cell["held"]:
            continue
        rate = cell["jobs_per_week"] * cell["hands"] / crew * (1.0 - cell["crowded"])
        cell["rested"] = min(cell["rested"] + rate, max(1.0, 2.0 * rate))
        cell["offer_usd"] = cell["first_offer_usd"] + memory * (cell["offer_usd"] - cell["first_offer_usd"])
        wanted = max(1, math.ceil(cell["waiting"] / (2.0 * cell["jobs_per_week"])))
        missing = crew * min(wanted, largest_crews) - cell["hands"]
        if missing > 0 and day >= cell["ready"]:
            short[count, 0], short[count, 1] = row, missing
            count += 1
    return count


@jit_bare
def mean_offer(cells, spans):  # type: ignore[no-untyped-def]
    """Mean pay that is offered to a crew for a job, over the cells that are held, USD; 0 where there is none.

    cells: CELL[.]; spans: int64[K, 2], where those of each who is there begin, and end.
    """
    held, total = 0, 0.0
    for k in range(len(spans)):
        for row in range(spans[k, 0], spans[k, 1]):
            if cells[row]["held"]:
                held += 1
                total += cells[row]["offer_usd"]
    return total / held if held else 0.0


@jit_bare
def look_around(key, entity, day, gates, names, trade, count, known, turn):  # type: ignore[no-untyped-def]
    """Get to know up to `count` gateways more, drawn by their trade without putting back: those whose exponential luck
    over their trade comes first. The luck of one does not depend on which others there are.

    key, entity: uint64; day: int64; gates: int64[G], places of gateways; names: uint64[G], what they are addressed by;
    trade: float64[G]; known: bool[places], set for those that are drawn; turn: float64[G], to work with.
    """
    for g in range(len(gates)):
        turn[g] = np.inf
        if trade[g] > 0.0 and not known[gates[g]]:
            turn[g] = -math.log(unit(word_at(key, names[g] ^ entity, day, _0))) / trade[g]
    for _ in range(count if len(gates) else 0):
        next_one = first_least(turn)
        if turn[next_one] == np.inf:
            break
        turn[next_one] = np.inf
        known[gates[next_one]] = True


@jit_part
def consider(means, cells, entity, day, desk):  # type: ignore[no-untyped-def]
    """Find the ways through its own cells, and through a few more gateways of each kind that it looks at this week;
    returns how many, their rows being the first of the desk's."""
    for row in range(len(cells)):
        desk.known[row] = cells[row]["held"]
    for kind in range(len(means.kinds) - 1):
        a, b = means.kinds[kind], means.kinds[kind + 1]
        look_around(
            means.purposes[kind], entity, day, means.gates[a:b], means.gate_keys[a:b], means.trade[a:b],
            means.terms[0]["scouted"], desk.known, desk.turns[a:b],
        )  # fmt: skip
    return ways_through(means.there, means.crews, desk.known, desk.rows)


@jit_bare
def plan_week(means, habits, chances, cells, counts, entity, day, capital_cents, desk):  # type: ignore[no-untyped-def]
    """Plan lots, each chosen by the rule in force, until the week's share of the producers' stock is spoken for.

    A load beyond what is left of it is the last, and goes with the chance that makes the share the mean of what leaves.

    cells: CELL[places], the stock of the week, and ways in use and premiums among the habits, are changed in place;
    counts: float64[2, C, M], what it believes; entity: uint64; capital_cents: int64. Returns how many loads are to be
    sent, how many cells were given up for others (both stand on the desk), and what is left of the capital, cents.

    Areas come in the organisation's order; those of several commodities, in that of what a first lot brings a dollar.
    """
    rule, rows = habits.rule[0], desk.rows[: consider(means, cells, entity, day, desk)]
    sent, gone = 0, _0
    if rule["premium_step"] > 0.0:
        move_premiums(rule, counts, habits.start, means.checkpoints, habits.premium)
    if rule["bounded"]:
        capital = max(capital_cents, 1) / 100.0
        count = revise(means, habits, chances, cells, counts, entity, day, capital, rows, desk)
        rows = desk.rows[:count]
    for row in range(len(cells)):
        desk.room[row] = cells[row]["waiting"] < cells[row]["most_waiting"]
    _take_turns(means, habits, chances, cells, counts, entity, day, capital_cents, rows, desk)
    for _ in range(len(chances.stock)):
        area = first_least(desk.turn[: len(chances.stock)])
        desk.turn[area] = np.inf
        terms = means.terms[area]
        count, risks = survey(means, habits, chances, cells, area, rows, desk)
        left = chances.offered[area] / terms["per_unit"] * chances.share[area]
        hope(desk.ways[:count], means.lots[area], means.methods, terms["penalty"], desk.hopes)
        first = area * MOST_LOTS
        for draw in range(first, first + MOST_LOTS):
            way, method, lot, worth, goes = choose(
                means, habits, counts, entity, day, draw, area, risks, count, max(capital_cents, 1) / 100.0, desk
            )
            if not worth > 0.0:
                break
            if draw == first:
                left *= min(2.0, worth / terms["comfort_usd"])
            spread = lognormal(means.purposes[-1], entity, day, draw, 0.0, terms["lot_spread"])
            chosen = method_of(means.facts[way], means.methods, method)
            kg = min(
                _load(chosen, terms, means.lots[area, lot]["kg"] * spread), chances.stock[area] / terms["per_unit"]
            )
            if kg > left and not unit(word_at(means.purposes[-3], entity, day, draw)) * kg < left:
                break
            left -= kg
            if not goes:
                continue
            source_usd, per_unit, stock = chances.source_usd[area], terms["per_unit"], chances.stock[area]
            grams, cents = _purchase(means.facts[way], chosen, source_usd, kg, per_unit, stock, capital_cents)
            if grams <= 0 or grams < terms["least_lot_kg"] * per_unit:
                continue
            chances.stock[area], capital_cents = stock - grams, capital_cents - cents
            for k in range(MOST_CREWS):
                place = means.crews[way, k]
                if place < 0:
                    break
                cell = cells[place]
                if not cell["held"]:
                    gone = make_room(cells, terms["span"], day, desk.left_behind, gone)
                    capital_cents -= terms["setup_cents"]
                    cell["held"], cell["ready"], cell["rested"] = True, day + terms["setup_days"], 1.0
                cell["used"] = day
                cell["waiting"] += 1 if chosen["crewed"] else 0
                desk.room[place] = cell["waiting"] < cell["most_waiting"]
            order = desk.orders[sent]
            order["way"], order["method"], order["grams"], order["draw"] = way, method, grams, draw
            order["crewed"] = chosen["crewed"]
            sent += 1
    return sent, gone, capital_cents


@jit_part
def _take_turns(means, habits, chances, cells, counts, entity, day, capital_cents, rows, desk):  # type: ignore[no-untyped-def]
    """Fill in by what areas come before others: of one commodity alone they all count alike, and come as they stand."""
    areas, several = len(chances.stock), False
    for area in range(areas):
        desk.turn[area] = 0.0
        several = several or means.terms[area]["commodity"] != means.terms[0]["commodity"]
    for area in range(areas if several else 0):
        count, risks = survey(means, habits, chances, cells, area, rows, desk)
        hope(desk.ways[:count], means.lots[area], means.methods, means.terms[area]["penalty"], desk.hopes)
        capital = max(capital_cents, 1) / 100.0
        way, method, lot, worth, _ = choose(
            means, habits, counts, entity, day, area * MOST_LOTS, area, risks, count, capital, desk
        )
        desk.turn[area] = 1.0  # nothing to send
        for at in range(count if way >= 0 else 0):
            if desk.ways[at]["row"] == way:
                chosen = method_of(desk.ways[at], means.methods, method)
                outlay = carriage_usd(desk.ways[at], chosen)
                outlay += fixed_usd(desk.ways[at], chosen) / means.lots[area, lot]["kg"]
                desk.turn[area] = min(1.0, -worth / max(outlay, _LEAST_OUTLAY))


@jit_built_in
def _load(method, terms, kg):  # type: ignore[no-untyped-def]
    """The load itself, kg: spread around the planned one, within what organisation and concealment or craft take."""
    return min(max(kg, terms["least_lot_kg"]), terms["largest_lot_kg"], method["largest_kg"])


@jit_built_in
def _purchase(way, method, source_usd, kg, per_unit, stock_g, capital_cents):  # type: ignore[no-untyped-def]
    """What stock and capital allow of a load, grams, and what it costs with carriage, concealment and craft, cents.

    Where those who travel pay more before they leave than their journey costs, capital bounds what is laid out first.
    """
    per_kg = source_usd + carriage_usd(way, method)
    advance = way["usd_fixed"] + method["usd"]
    affordable = capital_cents / 100.0 - advance
    if per_kg > 0.0:
        affordable /= per_kg
    elif affordable >= 0.0:
        affordable = kg
    grams = min(np.int64(min(kg, affordable) * per_unit), stock_g)
    return grams, np.int64(np.rint((advance + per_kg * grams / per_unit) * 100.0))


@jit_part
def make_room(cells, span, day, left_behind, gone):  # type: ignore[no-untyped-def]
    """Give up the cells that have been idle longest until one more keeps within the span, or none is idle.

    Their places are written to left_behind, int64[places], from `gone` on; returns how many stand there now.
    """
    held = 0
    for row in range(len(cells)):
        held += 1 if cells[row]["held"] else 0
    while held >= span:
        idlest = -1
        for row in range(len(cells)):
            cell = cells[row]
            idle = cell["held"] and cell["waiting"] == 0 and cell["used"] < day
            if idle and (idlest < 0 or cell["used"] < cells[idlest]["used"]):
                idlest = row
        if idlest < 0:
            break
        cell = cells[idlest]
        cell["held"] = False
        cell["hands"] = 0
        cell["offer_usd"] = cell["first_offer_usd"]
        left_behind[gone] = idlest
        gone += 1
        held -= 1
    return gone


def warm() -> None:
    """Compile each function for the types that a run uses."""
    cells, numbers, keys, one = np.zeros(1, CELL), np.zeros(4, np.int64), np.zeros(6, np.uint64), np.ones(1)
    crews = np.zeros((1, MOST_CREWS), np.int32)
    means = Means(
        np.zeros(1, WAY), crews, np.ones(1, np.bool_), numbers[:1], keys[:1], one, numbers, np.ones((1, 1), LOT),
        np.ones((2, 1), METHOD), np.ones(1, TERMS), keys[:, None], keys,
    )  # fmt: skip
    habits = Habits(np.ones(1, RULE), np.zeros(1, np.bool_), one, keys, np.ones((2, 1, 1)), keys)
    desk = Desk.of(1, 1, 1, 1, (1, 1))
    keep(cells, 0, 1, 1, 1.0, desk.short)
    mean_offer(cells, np.zeros((1, 2), np.int64))
    look_around(keys[0], keys[0], 0, numbers[:1], keys[:1], one, 0, desk.known, desk.turns)
    chances = Chances(one, numbers[:1], numbers[:1], one, one)
    plan_week(means, habits, chances, cells, np.ones((2, 1, 1)), keys[0], 0, 0, desk)
