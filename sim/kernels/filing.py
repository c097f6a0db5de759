"""Opening cases: what a find or an investigation gives to begin with, and for whom it has to wait."""

import math
from typing import cast

import numpy as np

from sim.kernels.compiling import jit_bare, jit_part
from sim.kernels.docket import CASE, COURTS, FIND, LUCK, MONEY, NEVER, RESPONSE, UNSEEN
from sim.kernels.loads import LEG, LOAD, MOST_LEGS, STEP
from sim.kernels.samplers import normal
from sim.kernels.words import uniform

_CROSS, _ANSWER, _DELAY = range(10, 13)
"""Rows of the draws among the purposes of `docket`."""
_0 = cast("int", np.int64(0))  # a bare 0 has a type of its own: compiled again


@jit_bare
def file_finds(  # type: ignore[no-untyped-def]
    day, steps, loads, legs, weighed, state_of_place, state_of_checkpoint, courts, speed, luck, cases
):
    """Open a case for every load that was seized today; returns how many.

    steps: STEP[.] of the day; loads: LOAD[.]; legs: LEG[.]; weighed: bool[commodities], of which there is something
    to send to a laboratory; state_of_place: int64[.], -1 where none of the states is; state_of_checkpoint: int64[.];
    courts: COURTS[S]; speed: float64[S, S], factor of treaties on the time of an answer; cases: CASE[.], blank, room
    for them.
    Help is asked of the state in which the load was made, or of that of its market where it was found in the first.
    """
    count = 0
    for at in range(len(steps)):
        if not steps[at]["seized"]:
            continue
        load, case = loads[steps[at]["load"]], cases[count]
        met, last = steps[at]["met"], 0
        while last < MOST_LEGS - 1 and load["legs"][last + 1] >= 0:
            last += 1
        case["key"], case["kind"] = load["key"], FIND
        case["grams"] = load["grams"] if weighed[load["commodity"]] else 0
        case["state"] = state_of_checkpoint[met] if met >= 0 else state_of_place[load["place"]]
        case["organisation"], case["commodity"] = max(load["organisation"], -1), load["commodity"]
        case["place"] = steps[at]["site"]
        made, bought = legs[load["legs"][0]]["origin"], legs[load["legs"][last]]["destination"]
        case["abroad"] = state_of_place[made]
        if case["abroad"] == case["state"]:
            case["abroad"] = state_of_place[bought]
        _file(day, case, courts, speed, luck)
        count += 1
    return count


@jit_bare
def file_case(day, case, courts, speed, luck):  # type: ignore[no-untyped-def]
    """Open a case, CASE[1] with what it is about, and the state that could help."""
    _file(day, case[0], courts, speed, luck)


@jit_part
def _file(day, case, courts, speed, luck):  # type: ignore[no-untyped-def]
    """A new case: its evidence, whether and when help comes from abroad, and whether a laboratory has to report."""
    state, other, key = case["state"], case["abroad"], case["key"]
    court = courts[state]
    case["named"] = case["kind"] != FIND
    case["material"] = court["papers"] if case["kind"] == MONEY else court["evidence"]
    case["spoken"] = 0.0
    case["answer"], case["answered"] = day, False
    case["report"] = UNSEEN if case["grams"] > 0 else day
    if other < 0 or other == state or uniform(luck[_CROSS], key, _0, _0) >= court["cross_border"]:
        case["abroad"] = -1
    else:
        asked = courts[other]
        wait = asked["assistance_days"] * speed[state, other]
        wait *= math.exp(asked["spread"] * (normal(luck[_DELAY], key, _0, _0) - asked["spread"] / 2.0))
        answers = uniform(luck[_ANSWER], key, _0, _0) < asked["answers"]
        case["answered"] = answers and wait <= court["patience"]
        case["answer"] = day + (np.int64(wait) if case["answered"] else court["patience"])
        if not case["answered"]:
            case["material"] *= 1.0 - court["foreign"]
    case["opened"], case["held"], case["closed"] = day, NEVER, NEVER
    for stage in range(5):
        case["entered"][stage], case["started"][stage] = NEVER, NEVER
    case["entered"][RESPONSE] = day


def warm() -> None:
    """Compile each function for the types that a run uses."""
    keys, rows, weighed = np.zeros(len(LUCK), np.uint64), np.zeros(1, np.int64), np.ones(1, np.bool_)
    cases, courts, speed = np.zeros(1, CASE), np.zeros(1, COURTS), np.ones((1, 1))
    none = np.zeros(0, STEP), np.zeros(0, LOAD), np.zeros(0, LEG)
    file_finds(0, *none, weighed, rows, rows, courts, speed, keys, cases)
    file_case(0, cases, courts, speed, keys)
