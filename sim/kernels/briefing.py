"""Briefing: what items mean to the officers, patrols and investigators of a state, and which of them helped."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels.compiling import jit_bare, jit_part
from sim.kernels.items import (
    COAST,
    FILED_KINDS,
    LANE,
    MODUS,
    ORGANISATION,
    SHIPPER,
    SOURCES,
    STRONGEST,
    empty_files,
    in_hand,
    still_kept,
    told_nothing,
    weight,
)
from sim.kernels.loads import LEG, LOAD, MOST_LEGS, STEP
from sim.kernels.signals import NEW_SHIPPER, TERMS_OF_ITEMS, nowhere

POINTS_PER_LOGIT = 16.0


@jit_bare
def name_boxes(day, control, load, told, states, tip):  # type: ignore[no-untyped-def]
    """Points that intelligence gives to the boxes at controls today, beside those of a tip: the evidence of all states
    whose items name the box but the strongest, which the officer weighs as a tip; -1 where none names it.

    control, load: int64[D]; told: Told, of which items are read; states: int64[.], of each control; tip: int32[D],
    filled. Items about one load that arose in different states are independent; of those that arose in one, at two of
    its controls, the strongest counts.
    """
    for d in range(len(tip)):
        state = states[control[d]]
        total, most, row = 0.0, -1.0, told.heads[load[d]] if load[d] < len(told.heads) else -1
        while row >= 0:
            item = told.items[row]
            if item["owner"] == state and in_hand(item, day) and _is_strongest(row, told.heads[load[d]], day, told):
                total, most = total + item["quality"], max(most, item["quality"])
            row = item["next"]
        tip[d] = np.int32(POINTS_PER_LOGIT * min(total - most, STRONGEST) + 0.5) if most >= 0.0 else -1


@jit_part
def _is_strongest(row, head, day, told):  # type: ignore[no-untyped-def]
    """Whether an item about a load, in the chain from `head` on, is the strongest that its owner has of what arose in
    the same state; of equals the last."""
    item, other = told.items[row], head
    while other >= 0:
        more = told.items[other]
        stronger = more["quality"] > item["quality"] or (more["quality"] == item["quality"] and other > row)
        if stronger and more["owner"] == item["owner"] and more["origin"] == item["origin"] and in_hand(more, day):
            return False
        other = more["next"]
    return True


class Signs(NamedTuple):
    """Which pieces of evidence at a control items speak of."""

    state: NDArray[np.int64]
    """int64[C or more]: state of each port control."""
    here: NDArray[np.int64]
    """int64[C]: its country, as a far end."""
    inbound: NDArray[np.bool_]
    """bool[C]: whether it controls imports."""
    groups: np.int64
    """G, far ends that evidence tells apart."""
    history: np.int64
    """Column of the first step of a shipper's history."""
    shows: NDArray[np.int64]
    """int64[concealments]: first column of the anomaly that a concealment moves most, -1 where it moves none."""


@jit_bare
def brief(day, rows, files, signs, streams, given, points):  # type: ignore[no-untyped-def]
    """What boxes score at some controls: what their officers give to evidence, and what analysts make of the items that
    their state holds.

    rows: int64[n], controls; streams: float64[F, 12], working space; given, points: int16[C, F], the rows of these
    controls are written.
    """
    for c in rows:
        streams[:] = 0.0
        state = signs.state[c]
        for kind in range(LANE, MODUS + 1):
            for at in range(files.used[state, kind] - 1, -1, -1):
                filed = files.rows[state, kind, at]
                if not still_kept(filed, day, files.fade):
                    break
                if filed["known"] > day:
                    continue
                worth, stream = weight(filed, day, files.fade), filed["stream"]
                column, count = _columns_of(kind, filed["subject"], c, signs)
                for f in range(column, column + count):
                    streams[f, stream] = max(streams[f, stream], worth)
        for f in range(points.shape[1]):
            points[c, f] = given[c, f] + np.int16(POINTS_PER_LOGIT * _sum(streams[f]) + 0.5)


@jit_part
def _columns_of(kind, subject, c, signs):  # type: ignore[no-untyped-def]
    """The pieces of evidence that items about a subject speak of at a control: (first column, how many)."""
    if kind == LANE:
        far, near = subject // signs.groups, subject % signs.groups
        if signs.inbound[c]:
            return far, 1
        return (near, 1) if far == signs.here[c] else (0, 0)
    if kind == SHIPPER:
        return signs.history + subject, 1
    if subject < len(signs.shows) and signs.shows[subject] >= 0:
        return signs.shows[subject] + 2, 2  # clear and glaring
    return 0, 0


@jit_bare
def picture(day, files, told, places, terms, of_cases, at_sea, about, organisations, leads):  # type: ignore[no-untyped-def]
    """The picture of the week: evidence about crossings by zone and kind of craft, into told.evidence; and about
    organisations by state, into organisations and, without the streams of cases, into leads: float64[S, N], filled.

    of_cases: bool[12]; at_sea: float64[Z, K, 12] and about: float64[N, 12], working space.
    """
    at_sea[:] = 0.0
    for owner in range(len(files.rows)):
        for kind in (COAST, MODUS):
            _picture_crossings(day, owner, kind, files, told.searchers, places.off, terms[0]["hidings"], at_sea)
        _picture_organisations(day, owner, files, about)
        for number in range(len(about)):
            organisations[owner, number], lead = _sum(about[number]), 0.0
            for stream in range(2 * SOURCES):
                lead += 0.0 if of_cases[stream] else about[number, stream]
            leads[owner, number] = lead
    for z in range(at_sea.shape[0]):
        for k in range(at_sea.shape[1]):
            told.evidence[z, k] = _sum(at_sea[z, k])


@jit_part
def _picture_crossings(day, owner, kind, files, searchers, off, hidings, at_sea):  # type: ignore[no-untyped-def]
    """What a state's items about coasts, or about kinds of craft, say of the zones that it searches."""
    for at in range(files.used[owner, kind] - 1, -1, -1):
        filed = files.rows[owner, kind, at]
        if not still_kept(filed, day, files.fade):
            return
        if filed["known"] > day:
            continue
        subject, stream, worth = filed["subject"], filed["stream"], weight(filed, day, files.fade)
        for z in range(at_sea.shape[0]):
            if searchers[z, owner] and (kind == MODUS or off[z, subject]):
                for k in range(at_sea.shape[1]):
                    if kind == COAST or subject == hidings + k:
                        at_sea[z, k, stream] = max(at_sea[z, k, stream], worth)


@jit_part
def _picture_organisations(day, owner, files, about):  # type: ignore[no-untyped-def]
    """What a state's items say of each organisation, by stream."""
    about[:] = 0.0
    for at in range(files.used[owner, ORGANISATION] - 1, -1, -1):
        filed = files.rows[owner, ORGANISATION, at]
        if not still_kept(filed, day, files.fade):
            return
        subject, stream = filed["subject"], filed["stream"]
        if filed["known"] <= day and subject < len(about):
            about[subject, stream] = max(about[subject, stream], weight(filed, day, files.fade))


@jit_part
def _sum(streams):  # type: ignore[no-untyped-def]
    """What streams add up to, to the most that evidence can come to."""
    total = 0.0
    for at in range(len(streams)):
        total += streams[at]
    return min(total, STRONGEST)


@jit_bare
def credit(day, steps, loads, legs, files, told, places, terms):  # type: ignore[no-untyped-def]
    """Mark the items that spoke of what was seized today, of those whose owner knew them."""
    controls, hidings = places.controls, terms[0]["hidings"]
    for at in range(len(steps)):
        met = steps[at]["met"]
        if not steps[at]["seized"] or met < 0:
            continue
        number = steps[at]["load"]
        load = loads[number]
        leg = legs[load["legs"][min(load["leg"], MOST_LEGS - 1)]]
        zone = met - controls if met < controls + len(told.searchers) else -1  # nor does anybody search a site at sea
        row = told.heads[number] if number < len(told.heads) else -1
        while row >= 0:
            item = told.items[row]
            here = told.searchers[zone, item["owner"]] if zone >= 0 else item["owner"] == places.state[met]
            if here and in_hand(item, day) and item["hit"] < 0:
                item["hit"], item["alone"] = day, not _has_own(number, item["owner"], day, told)
            row = item["next"]
        if zone < 0:
            _credit_file(places.state[met], day, load, leg, files, told.items, places, hidings)
            continue
        for state in range(len(files.rows)):
            if told.searchers[zone, state]:
                _credit_file(state, day, load, leg, files, told.items, places, hidings)


@jit_part
def _credit_file(state, day, load, leg, files, items, places, hidings):  # type: ignore[no-untyped-def]
    """Mark what a state held that was no word of the very load, but spoke of it in some way."""
    for kind in range(FILED_KINDS):
        shown = _shown(kind, load, leg, places, hidings)
        if shown < 0:
            continue
        for at in range(files.used[state, kind] - 1, -1, -1):
            filed = files.rows[state, kind, at]
            if not still_kept(filed, day, files.fade):
                break
            if filed["subject"] == shown and filed["known"] <= day and not filed["hit"]:
                items[filed["row"]]["hit"], filed["hit"] = day, True


@jit_part
def _has_own(number, state, day, told):  # type: ignore[no-untyped-def]
    """Whether a state learned of a load from sources of its own."""
    row = told.heads[number]
    while row >= 0:
        item = told.items[row]
        if item["owner"] == state and item["channel"] < 0 and in_hand(item, day):
            return True
        row = item["next"]
    return False


@jit_part
def _shown(kind, load, leg, places, hidings):  # type: ignore[no-untyped-def]
    """The subject of the items of a kind that spoke of a load in some way, -1 for none."""
    hidden, craft = np.int64(load["concealment"]), leg["small_craft"]
    if kind == LANE:
        return places.lane[leg["lane"]] if leg["lane"] >= 0 else -1
    if kind == COAST:
        return places.coast[leg["origin"]] if craft else -1
    if kind == ORGANISATION:
        return np.int64(load["organisation"])
    if leg["road"]:
        return -1
    if kind == SHIPPER:
        fronts = not craft and hidden < len(places.front) and places.front[hidden] > 0
        return NEW_SHIPPER if fronts else -1
    if craft:
        return hidings + hidden
    return hidden if load["organisation"] >= 0 else -1


def warm() -> None:
    """Compile each function for the types that a run uses."""
    no_loads, no_steps, legs = np.zeros(0, LOAD), np.zeros(0, STEP), np.zeros(1, LEG)
    nothing, flags, share, places = np.zeros(0, np.int64), np.zeros(2 * SOURCES, np.bool_), np.zeros((1, 1)), nowhere()
    terms, told, files = np.zeros(1, TERMS_OF_ITEMS), told_nothing(1, 1, 0), empty_files(1, 1, np.ones(1))
    points, streams = np.zeros((1, 1), np.int16), np.zeros((1, 2 * SOURCES))
    signs = Signs(nothing, nothing, flags, np.int64(1), np.int64(0), nothing)
    name_boxes(0, nothing, nothing, told, nothing, np.zeros(0, np.int32))
    brief(0, nothing, files, signs, streams, points, points.copy())
    picture(0, files, told, places, terms, flags, streams[None], streams, share, share.copy())
    credit(0, no_steps, no_loads, legs, files, told, places, terms)
