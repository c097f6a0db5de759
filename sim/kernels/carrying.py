"""What loads do in a day, one after the other: on the road, at gateways, at sea, past controls, and at sites."""

import math
from typing import cast

import numpy as np

from sim.kernels.boxes import FOUND
from sim.kernels.compiling import jit_bare, jit_part
from sim.kernels.items import told_nothing
from sim.kernels.loads import (
    ASHORE,
    DELIVERED,
    EVENT,
    IN_PORT,
    INTERCEPTED,
    LANDING,
    LEG,
    LOAD,
    LOST,
    MOST_LEGS,
    NOWHERE,
    ON_THE_ROAD,
    ONWARD,
    OWNER,
    RESCUED,
    SEIZED,
    SITE,
    STEP,
    STOPPED_ASHORE,
    TERMS,
    UNDER_WAY,
    WENT_BACK,
)
from sim.kernels.prospects import CELL, MOST_CHECKPOINTS, MOST_CREWS
from sim.kernels.search import CRAFT, UNIT, ZONE, Sea, patrol, zone_ahead
from sim.kernels.words import nth_key, uniform

LUCK = ("road", "sailing", "loss", "coast watch", "crew found", "site")
"""Purposes of the draws, in the order of their keys."""
_ROAD, _SAILING, _LOSS, _WATCH, _CREW, _SITE = range(6)

_0 = cast("int", np.int64(0))  # a bare 0 has a type of its own: compiled again


@jit_bare
def carry(  # type: ignore[no-untyped-def]
    day, numbers, fates, loads, legs, sea, cells, owners, terms, sites, luck, lanes, boxes, sailing, steps, events
):
    """The next thing that each of some loads does; returns how many of them came to their end.

    numbers: int64[n], the loads, in ascending order; fates: int8[n], what the controls did to them that they were
    presented to today, or int8[0] when they come from no control; loads: LOAD[.], changed in place, as are cells,
    CELL[.], and sea: Sea; legs: LEG[.]; owners: OWNER[.]; terms: TERMS[1]; sites: SITE[.]; luck: uint64[6], keys of the
    draws; lanes: uint64[lanes], what they are addressed by, boxes: float64[lanes], containers that leave on a mean day,
    and sailing: today's factor on it; steps: STEP[n], filled; events: EVENT[n], filled from its beginning.
    """
    ended = 0
    if len(fates) == 0:
        patrol(day, numbers, loads, legs, terms[0]["first_zone"], sea, steps)
    for at in range(len(numbers)):
        load, step = loads[numbers[at]], steps[at]
        leg, key = legs[load["legs"][load["leg"]]], load["key"]
        step["load"], step["control"], step["met"] = numbers[at], NOWHERE, NOWHERE
        step["seized"], step["cell"] = False, -1
        if len(fates) > 0:
            step["foundered"], step["through"] = False, False
            then = _leave_control(load, step, leg, fates[at] == FOUND, day)
        elif leg["road"]:
            then = _leave_road(load, step, leg, uniform(luck[_ROAD], key, load["leg"], _0) < leg["seizure"])
        elif load["departed"] < 0:
            lane = leg["lane"]
            sails = not leg["shut"]
            if lane >= 0:
                sails = uniform(luck[_SAILING], lanes[lane], day, _0) < _any_leaves(boxes[lane] * sailing)
            then = _board(load, step, leg, sea, sails, day, cells, owners)
            if load["departed"] == day and _visited(load, step, leg, 0, day, terms[0], sites, luck[_SITE]):
                then = _stop_ashore(load, step, leg, 0)
            watched = then == UNDER_WAY and load["departed"] == day and leg["watch"] > 0.0
            if watched and uniform(luck[_WATCH], key, load["leg"], _0) < leg["watch"]:
                step["met"] = ON_THE_ROAD
                then = _stop_ashore(load, step, leg, 0)
        elif load["landed"]:
            then = ASHORE
        elif leg["small_craft"]:
            then = _cross(load, step, leg, day, sea)
        else:
            then = _present(load, step, leg, day)
        if then == LANDING:
            then = LOST if uniform(luck[_LOSS], key, load["leg"], _0) < _loss(load, leg, sea) else ASHORE
        if then == ASHORE:
            then = _recover(load, step, day, terms[0]["hold_days"], cells, owners)
        side = 1 if load["landed"] else 0
        in_port = step["cell"] >= 0 and leg["lane"] >= 0 and leg["crew_found"][side] > 0.0
        caught = in_port and uniform(luck[_CREW], key, load["leg"], side) < leg["crew_found"][side]
        if caught:
            then = _find_crew(step, leg, side)
        if then == ONWARD and _visited(load, step, leg, 1, day, terms[0], sites, luck[_SITE]):
            then = _stop_ashore(load, step, leg, 1)
        if then == ONWARD:
            then = _go_on(load, leg, day, terms[0]["hub_days"], legs)
        if then != UNDER_WAY:
            _end(load, step, leg, then, day, terms[0], cells)
            if caught:
                load["checkpoint"] = IN_PORT
            event = events[ended]
            event["day"], event["event"], event["commodity"] = day, then, load["commodity"]
            event["load"], event["grams"] = numbers[at], load["grams"]
            event["place"], event["checkpoint"], event["mode"] = load["place"], load["checkpoint"], leg["mode"]
            ended += 1
    return ended


@jit_part
def _stop_ashore(load, step, leg, end):  # type: ignore[no-untyped-def]
    """A load is stopped where its leg begins (0) or ends (1)."""
    step["site"], step["seized"] = leg["destination"] if end == 1 else leg["origin"], True
    return _stopped(load, step, end == 0 or load["departed"] < 0)


@jit_part
def _stopped(load, step, before):  # type: ignore[no-untyped-def]
    """What becomes of a load that is stopped on land, before its crossing or behind it: people go back to where they
    waited, or are brought in."""
    step["through"] = load["people"] and not before
    if load["people"]:
        return STOPPED_ASHORE if before else INTERCEPTED
    return SEIZED


@jit_part
def _find_crew(step, leg, side):  # type: ignore[no-untyped-def]
    """A crew is found at work in a port, with the load; it comes to no control any more."""
    step["control"], step["met"], step["seized"] = NOWHERE, leg["checkpoints"][side], True
    step["site"] = leg["origin"] if side == 0 else leg["destination"]
    return SEIZED


@jit_part
def _visited(load, step, leg, end, day, terms, sites, luck):  # type: ignore[no-untyped-def]
    """Whether a load was found at the site where its leg begins (0) or ends (1): 1 - exp(-finds a day * days there). A
    site that nobody visits is none, and nobody learns anything there.

    At a coast it lies for as long as it is handled, and for as long as it has waited for a crew.
    """
    row = leg["site"][end]
    if row < 0 or sites[row]["finds"] <= 0.0:
        return False
    waited = day - load["came"] if leg["small_craft"] else 0
    step["met"], step["site"] = terms["first_site"] + row, leg["destination"] if end == 1 else leg["origin"]
    chance = -math.expm1(-sites[row]["finds"] * (sites[row]["kept"] + waited))
    return uniform(luck, load["key"], load["leg"], end) < chance


@jit_part
def _any_leaves(mean):  # type: ignore[no-untyped-def]
    """Chance that a container which a load can join leaves on a day: as likely as any does."""
    return -math.expm1(-mean)


@jit_part
def _leave_road(load, step, leg, seized):  # type: ignore[no-untyped-def]
    """A load has come to the end of a road, or was stopped on it."""
    if not seized:
        return ONWARD
    step["met"], step["site"], step["seized"] = ON_THE_ROAD, leg["origin"], True
    return _stopped(load, step, load["departed"] < 0)


@jit_part
def _crew_there(load, cells, owners):  # type: ignore[no-untyped-def]
    """Row of the cell whose crew is needed for the load where it is and can do one more job today; -1 when nobody is
    needed, -2 when nobody is there who could, -3 when there is no cell any more."""
    row = load["crews"][load["served"]] if load["served"] < MOST_CREWS else -1
    if row < 0:
        return -1
    if not cells[row]["held"]:
        return -3
    at_work = cells[row]["rested"] >= 1.0 and cells[row]["hands"] >= owners[load["organisation"]]["least_hands"]
    return row if at_work else -2


@jit_part
def _work(load, step, row, cells):  # type: ignore[no-untyped-def]
    """The crew of a cell does its job, if one is needed."""
    if row >= 0:
        cells[row]["rested"] -= 1.0
        cells[row]["waiting"] -= 1
        load["served"] += 1
        step["cell"] = row


@jit_part
def _next_decision(load, day, owners):  # type: ignore[no-untyped-def]
    """The next day on which its organisation decides: until then no crew rests and nobody is hired."""
    return day + 1 + (owners[load["organisation"]]["weekday"] - day - 1) % 7


@jit_part
def _board(load, step, leg, sea, sails, day, cells, owners):  # type: ignore[no-untyped-def]
    """Put the load into a container of its own that leaves today, or onto a craft, if a crew is there to do it; where
    the cell is gone it is lost, and people go back."""
    crew = _crew_there(load, cells, owners)
    if crew < -2:
        return WENT_BACK if load["people"] else LOST
    if crew < -1:
        load["due"] = _next_decision(load, day, owners)
    elif not sails:
        load["due"] = day + 1
    else:
        _work(load, step, crew, cells)
        load["departed"] = day
        if leg["small_craft"]:
            load["due"] = day + _days_to_a_zone(load, leg, sea)
        elif leg["checkpoints"][0] >= 0:
            return _present(load, step, leg, day)
        else:
            load["due"] = day + leg["days"]  # from a port where nobody controls exports
    return UNDER_WAY


@jit_part
def _days(load, leg, sea):  # type: ignore[no-untyped-def]
    """Days that a load is on a leg: at sea on small craft, as many as its kind needs."""
    if not leg["small_craft"]:
        return np.int64(leg["days"])
    return max(np.int64(1), np.int64(math.ceil(leg["nm"] / (24.0 * sea.crafts[load["concealment"]]["knots"]))))


@jit_part
def _loss(load, leg, sea):  # type: ignore[no-untyped-def]
    """Chance that a load is lost at the end of a leg."""
    return sea.crafts[load["concealment"]]["loss"] if leg["small_craft"] else leg["loss"]


@jit_part
def _days_to_a_zone(load, leg, sea):  # type: ignore[no-untyped-def]
    """Days that a craft needs to the next zone of its crossing, or from the last one ashore."""
    stretches = 1
    for k in range(MOST_CHECKPOINTS):
        stretches += 1 if leg["checkpoints"][k] >= 0 else 0
    return max(1, _days(load, leg, sea) // stretches)


@jit_part
def _cross(load, step, leg, day, sea):  # type: ignore[no-untyped-def]
    """A craft crosses the next sea zone, unless it was stopped there; past the last one it comes in."""
    row = zone_ahead(load, leg)
    if row < 0:
        return LANDING
    step["met"], step["site"] = row, leg["origin"] if load["zone"] == 0 or load["people"] else leg["destination"]
    step["seized"] = step["stopped"]
    if step["foundered"]:
        return LOST
    if step["seized"]:
        if load["people"]:
            return RESCUED if step["rescued"] else INTERCEPTED
        return SEIZED
    load["zone"] += 1
    load["due"] = day + _days_to_a_zone(load, leg, sea)
    return UNDER_WAY


@jit_part
def _side(load, day):  # type: ignore[no-untyped-def]
    """Which control of its leg a load is at: export (0) on the day on which it leaves, else import (1)."""
    return 0 if load["departed"] == day else 1


@jit_part
def _present(load, step, leg, day):  # type: ignore[no-untyped-def]
    """Present a load to the control where it is, in the container that it is in."""
    side = _side(load, day)
    step["control"], step["pool"] = leg["checkpoints"][side], leg["pool"][side]
    step["word"] = nth_key(load["key"], load["leg"])
    return UNDER_WAY


@jit_part
def _leave_control(load, step, leg, found, day):  # type: ignore[no-untyped-def]
    """A load comes from the control that it was presented to today."""
    side = _side(load, day)
    step["met"], step["seized"] = leg["checkpoints"][side], found
    step["site"] = leg["origin"] if side == 0 else leg["destination"]
    if found:
        return SEIZED
    if side == 1:
        return LANDING
    load["due"] = day + leg["days"]
    return UNDER_WAY


@jit_part
def _recover(load, step, day, hold_days, cells, owners):  # type: ignore[no-untyped-def]
    """Take the load ashore, if that takes a crew and there is one; give up after the days for which a port or a coast
    holds it."""
    if not load["landed"]:
        load["landed"], load["came"] = True, day
    crew = _crew_there(load, cells, owners)
    if crew >= -1:
        _work(load, step, crew, cells)
        return ONWARD
    held_until = load["came"] + hold_days
    if day >= held_until:
        return LOST
    load["due"] = min(_next_decision(load, day, owners), held_until)
    return UNDER_WAY


@jit_part
def _go_on(load, leg, day, hub_days, legs):  # type: ignore[no-untyped-def]
    """A leg is behind the load: begin the next, or hand it over when there is none left."""
    load["leg"] += 1
    if load["leg"] == MOST_LEGS or load["legs"][load["leg"]] < 0:
        return DELIVERED
    following = legs[load["legs"][load["leg"]]]
    if following["road"]:
        load["due"] = day + following["days"]
    else:
        load["departed"], load["landed"], load["zone"] = -1, False, 0
        load["due"] = day + (hub_days if leg["lane"] >= 0 else 1)
        load["came"] = load["due"]
    return UNDER_WAY


@jit_part
def _end(load, step, leg, outcome, day, terms, cells):  # type: ignore[no-untyped-def]
    """A load comes to its end; the crews that are still ahead of it need not wait any more."""
    load["outcome"], load["ended"] = outcome, day
    ashore = outcome in (LOST, WENT_BACK) and load["departed"] < 0
    load["place"], load["checkpoint"] = leg["origin"] if ashore else leg["destination"], NOWHERE
    stopped = outcome in (SEIZED, INTERCEPTED, RESCUED, STOPPED_ASHORE)
    if stopped or step["foundered"]:
        row = step["met"]
        at_sea = terms["first_zone"] <= row < terms["first_site"]
        load["place"] = terms["first_water"] + row - terms["first_zone"] if at_sea else step["site"]
        load["checkpoint"] = row if stopped else NOWHERE
    for k in range(load["served"], MOST_CREWS):
        row = load["crews"][k]
        if row >= 0:
            cells[row]["waiting"] -= 1


def warm() -> None:
    """Compile each function for the types that a run uses."""
    none, luck, one, loads = np.zeros(0, np.int64), np.zeros(6, np.uint64), np.zeros(1), np.zeros(1, LOAD)
    legs, cells, owners, terms = np.zeros(1, LEG), np.zeros(1, CELL), np.zeros(1, OWNER), np.zeros(1, TERMS)
    steps, events, table = np.zeros(0, STEP), np.zeros(0, EVENT), np.zeros((10, 1), np.int64)
    sea = Sea(np.zeros(1, CRAFT), np.zeros(0, ZONE), np.zeros(0, UNIT), table, luck, told_nothing(0, 1, 0))
    sites, lanes = np.zeros(0, SITE), luck
    carry(
        0, none, np.zeros(0, np.int8), loads, legs, sea, cells, owners, terms, sites, luck, lanes, one, 1.0, steps,
        events,
    )  # fmt: skip
