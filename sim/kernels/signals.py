"""Signals: what states learn of loads that leave and of what was seized, and who tells whom."""

import math
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from sim.kernels.compiling import jit_bare, jit_part
from sim.kernels.items import (
    COAST,
    CONSIGNMENT,
    ITEM,
    KINDS,
    LANE,
    MODUS,
    ORGANISATION,
    OWN,
    OWN_SOURCES,
    PATROL,
    SEIZURE,
    SHIPPER,
    SOURCES,
    empty_files,
    raised,
    still_kept,
    stream,
)
from sim.kernels.loads import LEG, LOAD, MOST_LEGS, STEP
from sim.kernels.scoring import is_tipped, judged
from sim.kernels.words import mix64, nth_key, uniform

LUCK = ("signal", "genuine", "mistaken for", "shared", "delay")
"""Purposes of the draws, in the order of their keys."""
_SIGNAL, _GENUINE, _MISTAKEN, _SHARED, _DELAY = range(5)
CHANNELS = 2
NEW_SHIPPER = 3
"""Step of a shipper's history that fronts show."""

_0 = cast("int", np.int64(0))  # a bare 0 has a type of its own: compiled again
_NEVER = cast("int", np.int64(1 << 40))

TERMS_OF_ITEMS = np.dtype(
    [
        ("coast", np.float64),  # chance that the state of a coast learns of a craft that leaves it
        ("coast_quality", np.float64),  # log-odds
        ("chance", np.float64, (SOURCES,)),  # that a seizure teaches one kind of thing, by source
        ("quality", np.float64, (SOURCES,)),  # log-odds, by source
        ("kept_days", np.int64),
        ("insight", np.float64),  # how far evidence about an organisation raises the odds of a tip about its loads
        ("hidings", np.int64),  # concealments: kinds of craft are numbered after them
    ],
    align=True,
)
"""How items arise and age."""


class Places(NamedTuple):
    """What items need to know of the world."""

    controls: np.int64
    """C, port controls, the first of the checkpoints."""
    state: NDArray[np.int64]
    """int64[.]: state of each checkpoint: C port controls, Z zones, then sites."""
    coast: NDArray[np.int64]
    """int64[sites]: number of the coast that a site is, -1 for others."""
    coast_state: NDArray[np.int64]
    """int64[coasts]"""
    off: NDArray[np.bool_]
    """bool[Z, coasts]: whether a zone lies off a coast."""
    lane: NDArray[np.int64]
    """int64[L]: subject of items about each lane of legal trade: far end of its imports * G + that of its exports, of G
    that evidence tells apart."""
    front: NDArray[np.uint8]
    """uint8[concealments]: 1 where the shipper is a front."""
    lanes: NDArray[np.uint64]
    """uint64[L]: what lanes are addressed by, and so on: names, whatever the rows."""
    coasts: NDArray[np.uint64]
    histories: NDArray[np.uint64]
    """uint64[4]: of shippers."""
    methods: NDArray[np.uint64]
    """Of concealments, and behind them of kinds of craft."""


class Tips(NamedTuple):
    """What own sources of states say of the boxes at C port controls."""

    chance: NDArray[np.int32]
    """int32[C]: chance that they name a contaminated box, parts of 2**16."""
    quality: NDArray[np.float64]
    """float64[C]: log-odds of such a tip."""
    salt: NDArray[np.uint64]
    """uint64[C]"""


class Links(NamedTuple):
    """Who tells whom today: S states, by channel."""

    chance: NDArray[np.float64]
    """float64[channels, kinds, S, S]: from row to column, that an item of a kind is passed on."""
    days: NDArray[np.float64]
    """float64[channels, S, S]: mean delay."""
    commodities: NDArray[np.bool_]
    """bool[channels, commodities]: which ones are spoken of."""
    onward: np.bool_
    """Whether states pass on what they were told."""
    keys: NDArray[np.uint64]
    """uint64[S]: what the luck of states is addressed by."""


@jit_part
def _write(item, row, key, kind, subject, source, state, quality, day, kept, commodity):  # type: ignore[no-untyped-def]
    """An item as it arises."""
    item["key"], item["kind"], item["subject"], item["source"] = key, kind, subject, source
    item["origin"], item["owner"], item["channel"], item["root"], item["parent"] = state, state, OWN, row, -1
    item["quality"], item["genuine"], item["commodity"] = quality, True, commodity
    item["signal"], item["known"], item["expires"] = day, day, day + kept
    item["hit"], item["alone"], item["next"] = -1, False, -1


@jit_bare
def gather(day, first, known, loads, legs, places, tips, organisations, terms, luck, items):  # type: ignore[no-untyped-def]
    """What states learn of the loads that were sent today; returns how many items there are of it.

    Own sources of a state name a box at one of its controls by the luck that the box has there. first: number of the
    first such load; known: rows of items before; organisations: float64[S, N], evidence that states hold about each,
    log-odds; items: ITEM[.], space that is filled from its beginning.
    """
    born, how = 0, terms[0]
    for number in range(first, len(loads)):
        load = loads[number]
        owner = load["organisation"]
        for k in range(MOST_LEGS):
            if load["legs"][k] < 0:
                break
            leg = legs[load["legs"][k]]
            if leg["road"]:
                continue
            if leg["small_craft"]:
                coast = places.coast[leg["origin"]]
                if coast >= 0 and uniform(luck[_SIGNAL], load["key"], _0, k) < how["coast"]:
                    _write(
                        items[born], known + born, nth_key(load["key"], 64 + k), CONSIGNMENT, number, OWN_SOURCES,
                        places.coast_state[coast], how["coast_quality"], day, how["kept_days"], load["commodity"],
                    )  # fmt: skip
                    born += 1
                continue
            word = nth_key(load["key"], k)
            for side in range(2):
                c = leg["checkpoints"][side]
                if c < 0:
                    continue
                state, chance = places.state[c], tips.chance[c]
                if owner >= 0 and owner < organisations.shape[1] and organisations[state, owner] > 0.0:
                    more = how["insight"] * organisations[state, owner]
                    chance = np.int32(65536.0 * raised(chance / 65536.0, more) + 0.5)
                if is_tipped(judged(word, tips.salt[c]), chance):
                    _write(
                        items[born], known + born, mix64(word ^ tips.salt[c]), CONSIGNMENT, number, OWN_SOURCES,
                        state, tips.quality[c], day, how["kept_days"], load["commodity"],
                    )  # fmt: skip
                    born += 1
    return born


@jit_part
def _mistaken_for(key, subject, names, luck):  # type: ignore[no-untyped-def]
    """Another subject of the same kind, drawn evenly: that whose luck comes first, which hangs on its name alone."""
    found, first = subject, np.inf
    for other in range(len(names)):
        drawn = uniform(luck[_MISTAKEN], key ^ names[other], _0, _0) if other != subject else np.inf
        if drawn < first:
            found, first = np.int64(other), drawn
    return found


@jit_part
def _learn(items, born, known, load, kind, subject, names, source, state, day, how, luck):  # type: ignore[no-untyped-def]
    """Write down one thing that a seizure teaches, if it does, right or mistaken; returns how many items there are.

    names: uint64[.], what all possible subjects are addressed by; known: rows of items before these.
    """
    key, quality = nth_key(load["key"], 128 + kind), how["quality"][source]
    if subject < 0 or uniform(luck[_SIGNAL], key, _0, _0) >= how["chance"][source]:
        return born
    odds = math.exp(quality)
    right = len(names) < 2 or uniform(luck[_GENUINE], key, _0, _0) < odds / (1.0 + odds)
    if not right:
        subject = _mistaken_for(key, subject, names, luck)
    item = items[born]
    _write(item, known + born, key, kind, subject, source, state, quality, day, how["kept_days"], load["commodity"])
    item["genuine"] = right
    return born + 1


@jit_bare
def witness(day, known, steps, loads, legs, places, organisations, terms, luck, items):  # type: ignore[no-untyped-def]
    """What states learn from what was seized today; returns how many items there are of it.

    organisations: uint64[.], addresses of all that there have been; the rest as in `gather`.
    """
    born, how, controls = _0, terms[0], places.controls
    for at in range(len(steps)):
        met = steps[at]["met"]
        if not steps[at]["seized"] or met < 0:
            continue
        load, state = loads[steps[at]["load"]], places.state[met]
        source = PATROL if controls <= met < controls + len(places.off) else SEIZURE
        leg, hidden = legs[load["legs"][min(load["leg"], MOST_LEGS - 1)]], np.int64(load["concealment"])
        if leg["small_craft"]:
            coast = places.coast[leg["origin"]]
            born = _learn(items, born, known, load, COAST, coast, places.coasts, source, state, day, how, luck)
            hidden += how["hidings"]
        elif leg["lane"] >= 0:
            before, lane = born, np.int64(leg["lane"])
            born = _learn(items, born, known, load, LANE, lane, places.lanes, source, state, day, how, luck)
            if born > before:  # what it may be mistaken for is another lane
                items[before]["subject"] = places.lane[items[before]["subject"]]
            if hidden < len(places.front) and places.front[hidden] > 0:
                new, histories = np.int64(NEW_SHIPPER), places.histories
                born = _learn(items, born, known, load, SHIPPER, new, histories, source, state, day, how, luck)
        owner, methods = np.int64(load["organisation"]), places.methods
        if owner >= 0:
            if not leg["road"]:  # in a warehouse nobody sees how it was to cross the sea
                born = _learn(items, born, known, load, MODUS, hidden, methods, source, state, day, how, luck)
            born = _learn(items, born, known, load, ORGANISATION, owner, organisations, source, state, day, how, luck)
    return born


@jit_bare
def pass_on(items, first, count, links, luck, when, via, channel, done, heads, files, used):  # type: ignore[no-untyped-def]
    """Pass on the items at rows `first` to `first + count`, each to every state that gets it, and to each once.

    An item goes from its owner along the links, and on from those who got it where that is done: to each state by the
    way on which it comes first. Whether it is passed on is drawn by item, receiver and sender, and so is the delay:
    exponential, in whole days. when, via, channel: int64[S] and done: bool[S], working space; heads: int64[loads], the
    last items of all chains, files: FILED[S, kinds, .] and used: int64[S, kinds], as in `Files`, changed in place.
    Returns how many items there are then.
    """
    total = first + count
    for root in range(first, first + count):
        item = items[root]
        when[:], via[:], channel[:], done[:] = _NEVER, -1, OWN, False
        state, row = item["owner"], root
        when[state] = item["known"]
        while state >= 0:
            done[state] = True
            if row != root:
                new = items[row]
                _write(new, root, item["key"], item["kind"], item["subject"], item["source"], item["origin"],
                       item["quality"], item["signal"], 0, item["commodity"])  # fmt: skip
                new["owner"], new["parent"], new["channel"] = state, via[state], channel[state]
                new["known"], new["expires"], new["genuine"] = when[state], item["expires"], item["genuine"]
                total += 1
            if item["kind"] == CONSIGNMENT:
                items[row]["next"], heads[item["subject"]] = heads[item["subject"]], row
            else:
                _file(items[row], row, files[state, item["kind"]], used[state, item["kind"]])
                used[state, item["kind"]] += 1
            if row == root or links.onward:
                _tell(items[row], row, links, luck, when, via, channel, done)
            state, row = _next_to_know(when, done), total
    return total


@jit_part
def _file(item, row, file, at):  # type: ignore[no-untyped-def]
    """Write an item down in a file of its owner, at the first place that is free."""
    filed = file[at]
    filed["quality"], filed["subject"], filed["signal"] = item["quality"], item["subject"], item["signal"]
    filed["known"], filed["row"], filed["stream"], filed["hit"] = item["known"], row, stream(item), False


@jit_bare
def tidy(day, files):  # type: ignore[no-untyped-def]
    """Take out of all files what is kept no longer; returns how much of the fullest is then in use."""
    most = 0
    for state in range(files.used.shape[0]):
        for kind in range(files.used.shape[1]):
            file, count, gone = files.rows[state, kind], files.used[state, kind], 0
            while gone < count and not still_kept(file[gone], day, files.fade):
                gone += 1
            for at in range(gone, count):
                file[at - gone] = file[at]
            files.used[state, kind] = count - gone
            most = max(most, count - gone)
    return most


@jit_part
def _tell(item, row, links, luck, when, via, channel, done):  # type: ignore[no-untyped-def]
    """The owner of an item passes it on to all who have not got it yet and would not get it earlier from others."""
    sender, kind, commodity = int(item["owner"]), item["kind"], item["commodity"]
    told = mix64(item["key"] ^ links.keys[sender])
    for way in range(CHANNELS):
        if commodity >= 0 and not links.commodities[way, commodity]:
            continue
        chances = links.chance[way, kind, sender]
        for state in range(len(when)):
            chance, pair = chances[state], told ^ links.keys[state]
            if chance <= 0.0 or done[state] or uniform(luck[_SHARED], pair, _0, _0) >= chance:
                continue
            wait = -math.log(uniform(luck[_DELAY], pair, _0, _0)) * links.days[way, sender, state]
            day = item["known"] + np.int64(wait)
            if day < when[state]:
                when[state], via[state], channel[state] = day, row, way


@jit_part
def _next_to_know(when, done):  # type: ignore[no-untyped-def]
    """The state that is told next of those to whom an item is on its way; -1 for none."""
    found = -1
    for state in range(len(when)):
        if not done[state] and when[state] < _NEVER and (found < 0 or when[state] < when[found]):
            found = state
    return found


def nowhere() -> Places:
    """Places of which nothing is known, to compile for."""
    one, names = np.zeros(1, np.int64), np.zeros(1, np.uint64)
    off, front = np.zeros((1, 1), np.bool_), np.zeros(1, np.uint8)
    return Places(np.int64(0), one, one, one, off, one, front, names, names, names, names)


def warm() -> None:
    """Compile each function for the types that a run uses."""
    no_loads, no_steps, legs, items = np.zeros(0, LOAD), np.zeros(0, STEP), np.zeros(1, LEG), np.zeros(1, ITEM)
    one, flags, places = np.zeros(1, np.int64), np.zeros(1, np.bool_), nowhere()
    luck, terms = np.zeros(5, np.uint64), np.zeros(1, TERMS_OF_ITEMS)
    chance, days = np.zeros((CHANNELS, KINDS, 1, 1)), np.zeros((CHANNELS, 1, 1))
    links = Links(chance, days, np.ones((CHANNELS, 1), np.bool_), np.bool_(False), luck[:1])
    tips = Tips(np.zeros(1, np.int32), np.zeros(1), np.zeros(1, np.uint64))
    gather(0, 0, 0, no_loads, legs, places, tips, np.zeros((1, 1)), terms, luck, items)
    witness(0, 0, no_steps, no_loads, legs, places, luck, terms, luck, items)
    files = empty_files(1, 1, np.ones(1))
    pass_on(items, 0, 0, links, luck, one, one.copy(), one.copy(), flags, one, files.rows, files.used)
    tidy(0, files)
