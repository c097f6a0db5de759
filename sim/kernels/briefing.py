"""Briefing: what items mean to the officers, patrols and investigators of a state, and which of them helped."""

import numpy as np

from sim.kernels.compiling import jit_bare, jit_part
from sim.kernels.items import (
    COAST,
    LANE,
    MODUS,
    ORGANISATION,
    SHIPPER,
    SOURCES,
    STRONGEST,
    in_hand,
    still_kept,
    stream,
    told_nothing,
    weight,
)
from sim.kernels.loads import LEG, LOAD, MOST_LEGS, STEP
from sim.kernels.signals import NEW_SHIPPER, TERMS_OF_ITEMS, nowhere

POINTS_PER_LOGIT = 16.0


@jit_bare
def name_boxes(day, control, load, told, places, tip):  # type: ignore[no-untyped-def]
    """Points that intelligence gives to the boxes at controls today, beside those of a tip: the evidence of all items
    that name the box but the strongest, which the officer weighs as a tip; -1 where none names it.

    control, load: int64[D]; told: Told, of which items are read; tip: int32[D], filled. Items about one load that
    arose in different states are independent.
    """
    for d in range(len(tip)):
        state = places.state[control[d]]
        total, most, row = 0.0, -1.0, told.heads[load[d]] if load[d] < len(told.heads) else -1
        while row >= 0:
            item = told.items[row]
            if item["owner"] == state and in_hand(item, day):
                total, most = total + item["quality"], max(most, item["quality"])
            row = item["next"]
        tip[d] = np.int32(POINTS_PER_LOGIT * min(total - most, STRONGEST) + 0.5) if most >= 0.0 else -1


@jit_bare
def brief(day, rows, told, places, streams, given, points):  # type: ignore[no-untyped-def]
    """What boxes score at some controls: what their officers give to evidence, and what analysts make of the items that
    their state holds.

    rows: int64[n], controls; streams: float64[F, 12], working space; given, points: int16[C, F], the rows of these
    controls are written.
    """
    for c in rows:
        streams[:] = 0.0
        row = told.files[places.state[c]]
        while still_kept(told.items, row, day):
            item = told.items[row]
            if item["kind"] <= MODUS and in_hand(item, day):
                worth, at = weight(item, day, told.fade), stream(item)
                column, count = _columns_of(item, c, places)
                for f in range(column, column + count):
                    streams[f, at] = max(streams[f, at], worth)
            row = item["next"]
        for f in range(points.shape[1]):
            total = 0.0
            for at in range(2 * SOURCES):
                total += streams[f, at]
            points[c, f] = given[c, f] + np.int16(POINTS_PER_LOGIT * min(total, STRONGEST) + 0.5)


@jit_part
def _columns_of(item, c, places):  # type: ignore[no-untyped-def]
    """The pieces of evidence that an item speaks of at a control: (first column, how many)."""
    kind, subject = item["kind"], item["subject"]
    if kind == LANE:
        far, near = subject // places.groups, subject % places.groups
        if places.inbound[c]:
            return far, 1
        return (near, 1) if far == places.here[c] else (0, 0)
    if kind == SHIPPER:
        return places.history + subject, 1
    if subject < len(places.shows) and places.shows[subject] >= 0:
        return places.shows[subject] + 2, 2  # clear and glaring
    return 0, 0


@jit_bare
def picture(day, told, places, terms, streams, organisations, by_state):  # type: ignore[no-untyped-def]
    """The picture of the week: evidence about crossings by zone and kind of craft, into told.evidence; and about
    organisations by state, into organisations float64[S, N].

    streams: float64[Z, K, 12] and by_state: float64[S, N, 12], working space of zeros.
    """
    how, kinds = terms[0], told.evidence.shape[1]
    for owner in range(len(told.files)):
        row = told.files[owner]
        while still_kept(told.items, row, day):
            item = told.items[row]
            row, subject = item["next"], item["subject"]
            if not in_hand(item, day):
                continue
            worth, at = weight(item, day, told.fade), stream(item)
            if item["kind"] == ORGANISATION and subject < by_state.shape[1]:
                by_state[owner, subject, at] = max(by_state[owner, subject, at], worth)
            for z in range(len(told.evidence)):
                if told.searchers[z, owner]:
                    for k in range(kinds):
                        craft = item["kind"] == MODUS and subject == how["hidings"] + k
                        if craft or (item["kind"] == COAST and places.off[z, subject]):
                            streams[z, k, at] = max(streams[z, k, at], worth)
    _sum(streams, told.evidence)
    _sum(by_state, organisations)


@jit_part
def _sum(streams, sums):  # type: ignore[no-untyped-def]
    """Add up streams, to the most that evidence can come to."""
    for i in range(sums.shape[0]):
        for j in range(sums.shape[1]):
            total = 0.0
            for at in range(streams.shape[2]):
                total += streams[i, j, at]
            sums[i, j] = min(total, STRONGEST)


@jit_bare
def credit(day, steps, loads, legs, told, places, terms):  # type: ignore[no-untyped-def]
    """Mark the items that spoke of what was seized today, of those whose owner knew them."""
    controls, hidings = len(places.tip), terms[0]["hidings"]
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
            _credit_file(places.state[met], day, load, leg, told, places, hidings)
            continue
        for state in range(len(told.files)):
            if told.searchers[zone, state]:
                _credit_file(state, day, load, leg, told, places, hidings)


@jit_part
def _credit_file(state, day, load, leg, told, places, hidings):  # type: ignore[no-untyped-def]
    """Mark what a state held that was no word of the very load, but spoke of it in some way."""
    row = told.files[state]
    while still_kept(told.items, row, day):
        item = told.items[row]
        if item["hit"] < 0 and in_hand(item, day) and _speaks_of(item, load, leg, places, hidings):
            item["hit"] = day
        row = item["next"]


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
def _speaks_of(item, load, leg, places, hidings):  # type: ignore[no-untyped-def]
    """Whether an item spoke of a load in some way."""
    kind, subject = item["kind"], item["subject"]
    if kind == LANE:
        return leg["lane"] >= 0 and subject == places.lane[leg["lane"]]
    if kind == COAST:
        return leg["small_craft"] and subject == places.coast[leg["origin"]]
    if kind == ORGANISATION:
        return subject == load["organisation"]
    if leg["road"]:
        return False
    hidden = load["concealment"]
    if leg["small_craft"]:
        return kind == MODUS and subject == hidings + hidden
    if kind == MODUS:
        return load["organisation"] >= 0 and subject == hidden
    return hidden < len(places.front) and places.front[hidden] > 0 and subject == NEW_SHIPPER


def warm() -> None:
    """Compile each function for the types that a run uses."""
    no_loads, no_steps, legs = np.zeros(0, LOAD), np.zeros(0, STEP), np.zeros(1, LEG)
    nothing, share, places = np.zeros(0, np.int64), np.zeros((1, 1)), nowhere()
    terms, told = np.zeros(1, TERMS_OF_ITEMS), told_nothing(1, 1, 0)
    points, streams = np.zeros((1, 1), np.int16), np.zeros((1, 1, 2 * SOURCES))
    name_boxes(0, nothing, nothing, told, places, np.zeros(0, np.int32))
    brief(0, nothing, told, places, streams[0], points, points.copy())
    picture(0, told, places, terms, streams, share, streams.copy())
    credit(0, no_steps, no_loads, legs, told, places, terms)
