"""The roll of loads: which are under way, which are presented to which control, and what the books make of them."""

import numpy as np

from sim.kernels.compiling import jit_bare
from sim.kernels.loads import EVENT, LOAD, STEP, UNDER_WAY


@jit_bare
def look_over(loads, numbers, day, due, grams):  # type: ignore[no-untyped-def]
    """Find which loads are still under way, and which of them have something to do today; returns how many of each.

    numbers: int64[n], those that were under way, in ascending order: those that still are come to its beginning; due:
    int64[n or more], filled from its beginning; grams: int64[commodities], what those under way hold, is written.
    """
    left, busy = 0, 0
    grams[:] = 0
    for number in numbers:
        load = loads[number]
        if load["outcome"] == UNDER_WAY:
            numbers[left] = number
            left += 1
            grams[load["commodity"]] += load["grams"]
            if load["due"] == day:
                due[busy] = number
                busy += 1
    return left, busy


@jit_bare
def present(steps, loads, reads, first, control, number, place, word, concealment, shows):  # type: ignore[no-untyped-def]
    """Line up what was presented to controls by control, at each in the order of the loads' numbers; returns how much.

    steps: STEP[n]; loads: LOAD[.]; reads: float64[N, C], share of an organisation's boxes that those who read scans at
    a control look at honestly, which they do with all of supply brokers; first: int32[C + 2], of which first[c] to
    first[c + 1] tells where those at control c stand; the others, [n], are filled from their beginning: control and
    number int64, place and concealment int32, word uint64, shows float64.
    """
    first[:] = 0
    for at in range(len(steps)):
        if steps[at]["control"] >= 0:
            first[steps[at]["control"] + 2] += 1
    for c in range(2, len(first)):
        first[c] += first[c - 1]
    for at in range(len(steps)):
        step = steps[at]
        if step["control"] >= 0:
            slot, load = first[step["control"] + 1], loads[step["load"]]
            first[step["control"] + 1] += 1  # and is in the end where the next control begins
            control[slot], number[slot] = step["control"], step["load"]
            place[slot], word[slot] = step["pool"], step["word"]
            concealment[slot] = load["concealment"]
            owner = load["organisation"]
            shows[slot] = load["shows"] * (reads[owner, step["control"]] if owner >= 0 else 1.0)
    return first[len(first) - 1]


@jit_bare
def add_up(events, moves, amounts, flows):  # type: ignore[no-untyped-def]
    """Add lines of the books to the accounts, and to the flows of the day.

    events: EVENT[n]; moves: int64[events, accounts], -1 where an event takes from an account and 1 where it gives to
    it; amounts: int64[commodities, accounts] and flows: int64[commodities, events], grams, changed in place.
    """
    for at in range(len(events)):
        commodity, event, grams = events[at]["commodity"], events[at]["event"], events[at]["grams"]
        flows[commodity, event] += grams
        for account in range(amounts.shape[1]):
            amounts[commodity, account] += moves[event, account] * grams


def warm() -> None:
    """Compile each function for the types that a run uses."""
    none, words, loads = np.zeros(0, np.int64), np.zeros(0, np.uint64), np.zeros(1, LOAD)
    first, column, table = np.zeros(3, np.int32), np.zeros(0, np.int32), np.zeros((10, 1), np.int64)
    look_over(loads, none, 0, none, table[0])
    present(np.zeros(0, STEP), loads, np.ones((1, 1)), first, none, none, column, words, column, np.zeros(1))
    add_up(np.zeros(0, EVENT), table, table[:1], table[:1])
