"""How an organisation chooses among ways and concealments: the best, by chance, by what stands out, or not at all."""

from __future__ import annotations

import math
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from sim.kernels.compiling import jit_bare, jit_built_in, jit_part
from sim.kernels.prospects import (
    MOST_CHECKPOINTS,
    MOST_SITES,
    Records,
    admits,
    believed,
    best_lot,
    best_way,
    carriage_usd,
    fixed_usd,
    method_of,
    price_usd,
    prospects,
    sample_risk,
    survival,
    there_is_room,
)
from sim.kernels.samplers import word_at
from sim.kernels.words import uniform, unit

_0 = cast("int", np.int64(0))  # a bare 0 has a type of its own: compiled again

MOST_LOTS = 40
"""Lots that one organisation plans in a week from one area."""
DRAWN = ("best", "logit", "shares")
"""How one of the options is taken: the most valued; by Gumbel luck on top of its value; in proportion to its value."""
BEST, LOGIT, SHARES = range(3)

RULE = np.dtype(
    [
        ("draws", np.int64),  # as `DRAWN` has them
        ("sampled", np.bool_),  # whether each lot draws its risks from beliefs; else their means count
        ("information", np.float64),  # share of what was learned that counts, the rest being the starting belief
        ("temperature_usd", np.float64),  # scale of the Gumbel luck, USD a kilogram
        ("outside_usd", np.float64),  # utility of not sending, USD a kilogram; -inf: there is no such option
        ("attention", np.float64),  # weight of what stands out less against what stands out more; 1: all counts alike
        ("dull_usd", np.float64),  # payoff near which differences are hardly seen, USD a kilogram
        ("threshold", np.float64),  # chance of loss up to which every lot is sent
        ("steepness", np.float64),  # power by which willingness falls beyond
        ("premium_step", np.float64),  # how far premiums on cost move towards what perceived risk asks for, this week
        ("premium_from", np.float64),  # perceived risk at which they begin
        ("premium_most", np.float64),  # the highest premium; 1: there is none
        ("bounded", np.bool_),  # whether it chooses among the ways in use alone
        ("more", np.int64),  # ways that it takes into use this week
        ("fewer", np.int64),  # ways that it gives up this week
    ],
    align=True,
)
"""A rule of choice with its numbers."""


class Habits(NamedTuple):
    """How an organisation chooses, and what its choosing leaves behind."""

    rule: Records
    """RULE[areas]: the rule for what is bought in each; numbers without a unit are the same in all."""
    in_use: NDArray[np.bool_]
    """bool[table]: ways in use, where it chooses among these alone."""
    premium: NDArray[np.float64]
    """float64[C]: premium on cost at each checkpoint, 1 or more."""
    keys: NDArray[np.uint64]
    """uint64[table]: what ways are addressed by, whatever their row."""
    start: NDArray[np.float64]
    """float64[2, C, M]: losses and passages of its starting beliefs."""
    purposes: NDArray[np.uint64]
    """uint64[2]: keys of choices and of willingness."""


class Options(NamedTuple):
    """Working space: what each way and concealment is worth to an organisation, and the lot that it would send."""

    value: NDArray[np.float64]
    """float64[table, M], USD a kilogram; -inf where no lot fits, or the way does not admit the method"""
    lot: NDArray[np.int64]
    """int64[table, M]"""
    payoff: NDArray[np.float64]
    """float64[table, M, 3]: USD a kilogram if it comes through and if it does not, and the chance to come through"""

    @classmethod
    def of(cls, table: int, methods: int) -> Options:
        """Space for a table of ways."""
        return cls(np.empty((table, methods)), np.empty((table, methods), np.int64), np.empty((table, methods, 3)))


# Beliefs -----------------------------------------------------------------------------------------------------------


@jit_built_in
def mean_risk(rule, counts, start, c, m):  # type: ignore[no-untyped-def]
    """Mean of the belief about a checkpoint, as far as information goes: i * learned + (1 - i) * starting belief."""
    learned = counts[0, c, m] / (counts[0, c, m] + counts[1, c, m])
    share = rule["information"]
    if share == 1.0:
        return learned
    return share * learned + (1.0 - share) * start[0, c, m] / (start[0, c, m] + start[1, c, m])


@jit_bare
def perceive(rule, key, entity, entities, day, draw, counts, start, asked, risk):  # type: ignore[no-untyped-def]
    """The risks in question as the rule takes them: sampled or mean, of what was learned and of the starting belief.

    As `sample_risk`; start: float64[2, C, M]. Both samples of one risk have the same luck.
    """
    share, methods = rule["information"], risk.shape[1]
    if rule["sampled"]:
        sample_risk(key, entity, entities, day, draw, counts, asked, risk)
        if share == 1.0:
            return
    for at in asked:
        c, m = at // methods, at % methods
        if rule["sampled"]:
            word = word_at(key, entities[c, m] ^ entity, day, draw)
            first = believed(word, start[0, c, m], start[1, c, m])
            risk[c, m] = share * risk[c, m] + (1.0 - share) * first
        else:
            risk[c, m] = mean_risk(rule, counts, start, c, m)


@jit_bare
def chance_of_loss(rule, way, method, shows, m, counts, start):  # type: ignore[no-untyped-def]
    """Perceived chance that a load is lost on a way, by mean beliefs: 1 - (1 - known losses) * prod(1 - p_c)."""
    survives = (1.0 - way["known_loss"]) * (1.0 - method["loss"])
    if method["loss_per_nm"] > 0.0:
        survives *= math.exp(-method["loss_per_nm"] * way["crossing_nm"])
    for k in range(MOST_CHECKPOINTS):
        c = np.int64(way["checkpoints"][k])
        if c < 0:
            break
        survives *= 1.0 - min(1.0, mean_risk(rule, counts, start, c, m) * shows)
    for k in range(MOST_SITES):
        c = np.int64(way["sites"][k])
        if c < 0:
            break
        survives *= 1.0 - mean_risk(rule, counts, start, c, _0)
    return 1.0 - survives


@jit_bare
def willingness(rule, loss):  # type: ignore[no-untyped-def]
    """Chance that a lot is sent at all, by the perceived chance of loss P: min(1, (threshold / P)^steepness)."""
    if loss <= rule["threshold"]:
        return 1.0
    return math.pow(rule["threshold"] / loss, rule["steepness"])


# Options -----------------------------------------------------------------------------------------------------------


@jit_bare
def weigh(rule, ways, lots, methods, risk, penalty, aversion, capital, options):  # type: ignore[no-untyped-def]
    """Fill in what each way and concealment is worth at its best lot: as `best_way` has it, or by what stands out."""
    for r in range(len(ways)):
        for m in range(methods.shape[1]):
            options.lot[r, m], options.value[r, m] = -1, -np.inf
            if admits(ways[r], m):
                method = method_of(ways[r], methods, m)
                q, worth = best_lot(ways[r], lots, method, risk, m, penalty, aversion, capital)
                options.lot[r, m], options.value[r, m] = q, worth
    if rule["attention"] != 1.0:
        _notice(rule, ways, lots, methods, risk, penalty, options)


@jit_part
def _notice(rule, ways, lots, methods, risk, penalty, options):  # type: ignore[no-untyped-def]
    """Value each option as one does to whom what stands out counts more (Bordalo, Gennaioli and Shleifer 2012).

    An option pays x1 if it comes through, with chance S, and x0 if not. A payoff stands out by
    |x - y| / (|x| + |y| + dull), y being the mean of the other options in the same case. The case that stands out less
    has its chance multiplied by `attention`; then both chances are brought back to a sum of 1.
    """
    through, lost, count = 0.0, 0.0, 0
    for r in range(len(ways)):
        way = ways[r]
        for m in range(methods.shape[1]):
            q = options.lot[r, m]
            if q < 0:
                continue
            kg, pays = lots[q]["kg"], options.payoff[r, m]
            method = method_of(way, methods, m)
            cost = carriage_usd(way, method) + fixed_usd(way, method) / kg
            pays[0], pays[1] = price_usd(way, method) - cost, -cost - penalty * price_usd(way, method)
            pays[2] = survival(way, method, 1.0 if way["small_craft"] else lots[q]["shows"], risk, m)
            through, lost, count = through + pays[0], lost + pays[1], count + 1
    for r in range(len(ways)):
        for m in range(methods.shape[1]):
            if options.lot[r, m] >= 0:
                pays = options.payoff[r, m]
                good, bad, chance = pays[0], pays[1], pays[2]
                others = max(1, count - 1)
                seen = stands_out(good, (through - good) / others if count > 1 else good, rule["dull_usd"])
                feared = stands_out(bad, (lost - bad) / others if count > 1 else bad, rule["dull_usd"])
                share = noticed(chance, seen, feared, rule["attention"])
                options.value[r, m] = share * good + (1.0 - share) * bad


@jit_bare
def stands_out(x, y, dull):  # type: ignore[no-untyped-def]
    """How much a payoff stands out against another: |x - y| / (|x| + |y| + dull)."""
    return abs(x - y) / (abs(x) + abs(y) + dull)


@jit_bare
def noticed(chance, seen, feared, attention):  # type: ignore[no-untyped-def]
    """The weight of coming through, of this chance, when that stands out by `seen` and loss by `feared`."""
    if seen == feared:
        return chance
    good, bad = (1.0, attention) if seen > feared else (attention, 1.0)
    return good * chance / (good * chance + bad * (1.0 - chance))


@jit_bare
def take(rule, key, entity, keys, day, draw, ways, crews, room, methods, options):  # type: ignore[no-untyped-def]
    """Take one of the options that are open; returns (position, concealment, highest value, whether it is sent).

    key: uint64; entity: uint64; keys: uint64[table], the addresses of the ways; day, draw: int64; crews, room and
    methods as in `best_way`. The luck of an option does not depend on which others there are. When not sending is
    preferred, the option of highest value is what is not sent; (-1, -1, -inf, False) when none is open.
    """
    at, by, most = -1, -1, -np.inf
    first, by_first, highest = -1, -1, -np.inf
    for r in range(len(ways)):
        way = ways[r]
        if not there_is_room(crews, np.int64(way["row"]), room):
            continue
        for m in range(methods.shape[1]):
            value = options.value[r, m]
            if value > highest:
                first, by_first, highest = r, m, value
            utility = value
            if rule["draws"] != BEST and value > -np.inf:
                address = keys[way["row"]] ^ method_of(way, methods, m)["key"] ^ entity
                luck = _gumbel(word_at(key, address, day, draw))
                if rule["draws"] == LOGIT:
                    utility = value / rule["temperature_usd"] + luck
                else:
                    utility = math.log(value) + luck if value > 0.0 else -np.inf
            if utility > most:
                at, by, most = r, m, utility
    outside = rule["outside_usd"]
    if rule["draws"] == LOGIT:
        outside = outside / rule["temperature_usd"] + _gumbel(word_at(key, entity, day, draw))
    if at < 0 or outside >= most:
        return first, by_first, highest, False
    return at, by, highest, True


@jit_built_in
def _gumbel(word):  # type: ignore[no-untyped-def]
    """Standard Gumbel: the highest of values with such luck is each with its logit probability."""
    return -math.log(-math.log(unit(word)))


# A lot ---------------------------------------------------------------------------------------------------------------


@jit_part
def charge(ways, premium, source_usd):  # type: ignore[no-untyped-def]
    """What it takes to bring a load along a way, the product aside, costs the highest premium of its checkpoints."""
    for r in range(len(ways)):
        way, most = ways[r], 1.0
        for k in range(MOST_CHECKPOINTS):
            c = way["checkpoints"][k]
            if c < 0:
                break
            most = max(most, premium[c])
        for k in range(MOST_SITES):
            c = way["sites"][k]
            if c < 0:
                break
            most = max(most, premium[c])
        way["usd_per_kg"] = source_usd + (way["usd_per_kg"] - source_usd) * most
        way["usd_fixed"] *= most
        way["usd_crews"] *= most
        way["nm"] *= most  # which count for the cost of a crossing alone
        way["dearer"] = most


@jit_part
def survey(means, habits, chances, cells, area, rows, desk):  # type: ignore[no-untyped-def]
    """Fill in what some ways from an area cost and bring; returns how many there are, and how many risks they run."""
    terms, rule = means.terms[area], habits.rule[area]
    setup_usd = terms["setup_cents"] / (100.0 * terms["setup_jobs"])
    count, risks = prospects(
        means.facts, rows, area, means.crews, cells, setup_usd, chances.prices, chances.source_usd[area],
        desk.ways, desk.wanted, desk.asked,
    )  # fmt: skip
    if rule["premium_most"] > 1.0:
        charge(desk.ways[:count], habits.premium, chances.source_usd[area])
    return count, risks


@jit_part
def look_into(means, habits, counts, entity, day, draw, area, risks, count, weighed, capital, desk):  # type: ignore[no-untyped-def]
    """Take the risks of the ways surveyed from an area as the rule has it; weighed: and weigh every option."""
    terms, rule = means.terms[area], habits.rule[area]
    perceive(
        rule, means.purposes[-2], entity, means.checkpoints, day, draw, counts, habits.start, desk.asked[:risks],
        desk.risk,
    )  # fmt: skip
    if weighed:
        weigh(
            rule, desk.ways[:count], means.lots[area], means.methods, desk.risk, terms["penalty"], terms["aversion"],
            capital, desk.options,
        )  # fmt: skip


@jit_part
def choose(means, habits, counts, entity, day, draw, area, risks, count, capital, desk):  # type: ignore[no-untyped-def]
    """Choose for one lot from an area; returns row of the way, concealment, lot, value per kilogram of the best, and
    whether it is sent.

    What is not sent, because not sending is preferred or the risk deters, is what else would have been.
    """
    terms, rule, ways = means.terms[area], habits.rule[area], desk.ways[:count]
    plainly = rule["draws"] == BEST and rule["sampled"] and rule["attention"] == 1.0
    if draw == area * MOST_LOTS or rule["sampled"]:
        look_into(means, habits, counts, entity, day, draw, area, risks, count, not plainly, capital, desk)
    if plainly:
        way, method, lot, worth = best_way(
            ways, means.crews, desk.room, means.lots[area], means.methods, desk.hopes, desk.risk, terms["penalty"],
            terms["aversion"], capital,
        )  # fmt: skip
        goes = way >= 0
    else:
        at, method, worth, goes = take(
            rule, habits.purposes[0], entity, habits.keys, day, draw, ways, means.crews, desk.room,
            means.methods, desk.options,
        )  # fmt: skip
        way, lot = -1, -1
        if at >= 0:
            way, lot = ways[at]["row"], desk.options.lot[at, method]
    if goes and rule["threshold"] < np.inf:
        shows = 1.0 if means.facts[way]["small_craft"] else means.lots[area, lot]["shows"]
        with_it = method_of(means.facts[way], means.methods, method)
        loss = chance_of_loss(rule, means.facts[way], with_it, shows, method, counts, habits.start)
        goes = uniform(habits.purposes[1], entity, day, draw) < willingness(rule, loss)
    return way, method, lot, worth, goes
