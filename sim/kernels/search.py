"""Sea search: who is on patrol today, which crossings they detect (Koopman 1946), and which of these they can board."""

import math
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from sim.kernels.compiling import jit, jit_bare, jit_part
from sim.kernels.items import Told, raised, searched_with, told_nothing
from sim.kernels.prospects import MOST_CHECKPOINTS, Records
from sim.kernels.words import uniform

SEA_LUCK = ("patrol", "cue", "rights", "turn", "boarding", "distress", "foundering", "return")
"""Purposes of the draws, in the order of their keys."""
_PATROL, _CUE, _RIGHTS, _TURN, _BOARDING, _DISTRESS, _FOUNDERING, _RETURN = range(8)

CROSSED, DETECTED, BOARDED, STOPPED, GRAMS, BROUGHT_IN, SAVED = range(7)
"""What is counted by zone: craft that came to it, were detected, boarded and, with goods, stopped, and the grams in
these; persons who were intercepted, and who were rescued in distress."""
COUNTS = 7

_0 = cast("int", np.int64(0))  # a bare 0 has a type of its own: compiled again

CRAFT = np.dtype(
    [
        ("knots", np.float64),
        ("visibility", np.float64),
        ("loss", np.float64),  # chance that it founders, with goods
        ("people", np.bool_),  # whether people are aboard
        ("distress", np.float64),  # rate at which it comes into distress with them, a nautical mile
        ("calls", np.float64),  # chance that a call for help is heard
        ("fatal", np.float64),  # chance that they are lost in distress when nobody comes
    ],
    align=True,
)
"""A kind of small craft: how fast it is, how wide it is seen, and what the sea does to it."""

UNIT = np.dtype(
    [
        ("key", np.uint64),
        ("zone", np.int64),  # that it searches this week
        ("sweep", np.float64),  # area that it sweeps there in an hour of a day at sea, hours without search included
        ("hours", np.float64),  # that it searches there on a day at sea
        ("days_out", np.int64),
        ("cycle", np.int64),  # days at sea and in port
        ("phase", np.int64),  # its day of the cycle on the first day of the run
        ("duty", np.float64),  # share of the days on which it is there at all
        ("joint", np.bool_),
        ("boardings", np.int64),  # a day
        ("escort_days", np.int64),
        ("free", np.int64),  # day from which no craft that it stopped keeps it busy
        ("left", np.int64),  # boardings that it can still make today
    ],
    align=True,
)
"""A patrol unit."""

ZONE = np.dtype(
    [
        ("area", np.float64),  # square nautical miles
        ("cued_area", np.float64),  # the same where intelligence tells where to look
        ("crossing_nm", np.float64),
        ("national_rights", np.float64),
        ("cue", np.float64),
        ("boarding", np.float64),
        ("returns", np.float64),  # share of the boats with people that are stopped whose people are returned
        ("sweep", np.float64),  # of all units that are there today, square nautical miles an hour
    ],
    align=True,
)
"""A sea zone, with the levers of the day."""


class Sea(NamedTuple):
    """What a day at sea is made of."""

    crafts: Records
    """CRAFT[K]"""
    zones: Records
    """ZONE[Z]"""
    units: Records
    """UNIT[U]"""
    tally: NDArray[np.int64]
    """int64[Z, 7], what is counted today."""
    luck: NDArray[np.uint64]
    """uint64[8], keys of the draws."""
    told: Told
    """What intelligence says."""


@jit
def detection(swept_nm2: float, area_nm2: float) -> float:
    """Probability of detection by random search, 1 - exp(-W v t / A).

    swept_nm2: sweep width W in nautical miles, times speed v in knots, times hours t that searcher and craft are both
    in the zone, added up over independent units; area_nm2: A > 0. Source: Koopman (1946), Search and Screening, OEG
    Report 56.
    """
    return -math.expm1(-swept_nm2 / area_nm2)


@jit_bare
def muster(day, key, sea, hours):  # type: ignore[no-untyped-def]
    """Find who is on patrol today: what is swept in each zone in an hour, and the boardings that each unit can make.

    key: uint64, of the luck of units that are there on part of the days; sea: Sea, changed in place; hours: float64[Z],
    patrol hours in each zone, filled.
    """
    zones, units = sea.zones, sea.units
    sea.tally[:] = 0
    hours[:] = 0.0
    for z in range(len(zones)):
        zones[z]["sweep"] = 0.0
    for u in range(len(units)):
        unit = units[u]
        unit["left"] = 0
        out = unit["duty"] > 0.0 and day >= unit["free"] and (day + unit["phase"]) % unit["cycle"] < unit["days_out"]
        if out and (unit["duty"] >= 1.0 or uniform(key, unit["key"], day, _0) < unit["duty"]):
            unit["left"] = unit["boardings"]
            zones[unit["zone"]]["sweep"] += unit["sweep"]
            hours[unit["zone"]] += unit["hours"]


@jit_part
def zone_ahead(load, leg):  # type: ignore[no-untyped-def]
    """Row of the checkpoint that a craft at sea comes to next; -1 past the last one, and for all that is no craft at
    sea."""
    at_sea = leg["small_craft"] and load["departed"] >= 0 and not load["landed"]
    return leg["checkpoints"][load["zone"]] if at_sea and load["zone"] < MOST_CHECKPOINTS else -1


@jit_part
def patrol(day, numbers, loads, legs, first_zone, sea, steps):  # type: ignore[no-untyped-def]
    """Search for the craft that come to a zone today, and board those detected as far as units are free, in an order
    that luck has drawn; what is stopped is told in the steps of the loads. Who is in distress comes first: whoever
    finds them rescues them, which is a duty at sea.

    first_zone: row of the first zone among the checkpoints; the others are as in `carry`.
    """
    detected = 0
    for at in range(len(numbers)):
        load, step = loads[numbers[at]], steps[at]
        leg = legs[load["legs"][load["leg"]]]
        step["stopped"], step["turn"] = False, np.inf
        step["rescued"], step["foundered"], step["through"] = False, False, False
        zone = zone_ahead(load, leg) - first_zone
        if zone >= 0:
            sea.tally[zone, CROSSED] += 1
            craft = sea.crafts[load["concealment"]]
            if craft["people"] and _in_distress(day, load, leg, craft, sea):
                _distress(day, numbers[at], load, step, zone, craft, sea)
            elif _detects(day, numbers[at], load, zone, 0.0, sea):
                sea.tally[zone, DETECTED] += 1
                step["turn"] = uniform(sea.luck[_TURN], load["key"], load["leg"], load["zone"])
                detected += 1
    for _ in range(detected):
        first = 0
        for at in range(1, len(numbers)):
            first = at if steps[at]["turn"] < steps[first]["turn"] else first
        load, step = loads[numbers[first]], steps[first]
        zone = zone_ahead(load, legs[load["legs"][load["leg"]]]) - first_zone
        step["turn"], step["stopped"] = np.inf, _boards(day, load, zone, sea)
        if step["stopped"] and load["people"]:
            _bring_in(day, load, step, zone, sea, BROUGHT_IN)


@jit_part
def _in_distress(day, load, leg, craft, sea):  # type: ignore[no-untyped-def]
    """Whether a boat comes into distress on the stretch behind it: 1 - exp(-rate * its length)."""
    zones = 0
    for k in range(MOST_CHECKPOINTS):
        zones += 1 if leg["checkpoints"][k] >= 0 else 0
    chance = -math.expm1(-craft["distress"] * leg["nm"] / zones)
    return uniform(sea.luck[_DISTRESS], load["key"], load["leg"], load["zone"]) < chance


@jit_part
def _distress(day, number, load, step, zone, craft, sea):  # type: ignore[no-untyped-def]
    """Those aboard a boat in distress, load `number`, are found and rescued, or lost, or drift on."""
    if _detects(day, number, load, zone, craft["calls"], sea):
        sea.tally[zone, DETECTED] += 1
        step["stopped"], step["rescued"] = True, True
        u = _free(sea.units, zone, True)
        if u >= 0:  # else whoever is there, and busy already
            sea.units[u]["left"] = 0
            sea.units[u]["free"] = day + 1 + sea.units[u]["escort_days"]
        _bring_in(day, load, step, zone, sea, SAVED)
    else:
        lost = uniform(sea.luck[_FOUNDERING], load["key"], load["leg"], load["zone"]) < craft["fatal"]
        step["foundered"] = lost


@jit_part
def _bring_in(day, load, step, zone, sea, how):  # type: ignore[no-untyped-def]
    """People are brought to safety, and returned or not."""
    sea.tally[zone, how] += load["grams"]
    load["returned"] = uniform(sea.luck[_RETURN], load["key"], load["leg"], load["zone"]) < sea.zones[zone]["returns"]
    step["through"] = not load["returned"]


@jit_part
def _detects(day, number, load, zone, known, sea):  # type: ignore[no-untyped-def]
    """Whether the units in a zone detect a craft that crosses it; known: chance that it says itself where it is;
    number: of the load on it."""
    here, craft = sea.zones[zone], sea.crafts[load["concealment"]]
    cued = uniform(sea.luck[_CUE], load["key"], load["leg"], load["zone"]) < max(
        known, _cue(day, number, load, zone, sea)
    )
    swept = here["sweep"] * craft["visibility"] * here["crossing_nm"] / craft["knots"]
    chance = detection(swept, here["cued_area"] if cued else here["area"])
    return uniform(sea.luck[_PATROL], load["key"], load["leg"], load["zone"]) < chance


@jit_part
def _cue(day, number, load, zone, sea):  # type: ignore[no-untyped-def]
    """Chance that intelligence tells where to look for a load: certain where those who search were told of it; else
    what national sources give, its odds raised by what is known of coasts and kinds of craft."""
    if searched_with(number, zone, day, sea.told):
        return 1.0
    return raised(sea.zones[zone]["cue"], sea.told.evidence[zone, load["concealment"]])


@jit_part
def _boards(day, load, zone, sea):  # type: ignore[no-untyped-def]
    """Whether a unit is free that may board a craft that was detected, and stops it."""
    here, units = sea.zones[zone], sea.units
    anyone = uniform(sea.luck[_RIGHTS], load["key"], load["leg"], load["zone"]) < here["national_rights"]
    u = _free(units, zone, anyone)
    if u < 0:
        return False
    units[u]["left"] -= 1
    sea.tally[zone, BOARDED] += 1
    if uniform(sea.luck[_BOARDING], load["key"], load["leg"], load["zone"]) >= here["boarding"]:
        return False
    if units[u]["escort_days"] > 0:
        units[u]["left"], units[u]["free"] = 0, day + 1 + units[u]["escort_days"]
    if not load["people"]:
        sea.tally[zone, STOPPED] += 1
        sea.tally[zone, GRAMS] += load["grams"]
    return True


@jit_part
def _free(units, zone, anyone):  # type: ignore[no-untyped-def]
    """Row of a unit in a zone that can board one more craft today, -1 for none: of a single state before a joint one,
    unless only joint ones may."""
    joint = -1
    for u in range(len(units)):
        if units[u]["zone"] == zone and units[u]["left"] > 0:
            if not units[u]["joint"]:
                if anyone:
                    return u
            elif joint < 0:
                joint = u
    return joint


def warm() -> None:
    """Compile for the types that are used."""
    no_zones, keys = np.zeros(0, ZONE), np.zeros(8, np.uint64)
    tally = np.zeros((0, COUNTS), np.int64)
    sea = Sea(np.zeros(1, CRAFT), no_zones, np.zeros(0, UNIT), tally, keys, told_nothing(0, 1, 0))
    detection(1.0, 1.0)
    muster(0, keys[0], sea, np.zeros(0))
