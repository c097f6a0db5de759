"""Sending: the loads that an organisation has decided on set out, as rows of the cargo and as lines of the books."""

import numpy as np

from sim.kernels.compiling import jit_bare
from sim.kernels.loads import DISPATCHED, EVENT, LEG, LOAD, MOST_LEGS, NOWHERE, UNDER_WAY
from sim.kernels.planning import ORDER
from sim.kernels.prospects import MOST_CREWS, WAY
from sim.kernels.words import nth_key

SENDER = np.dtype(
    [
        ("key", np.uint64),  # what its luck is addressed by
        ("number", np.int64),
        ("first_cell", np.int64),  # row of its first cell among all cells
        ("modes", np.int32, (2,)),  # containers and small craft, as the books number them
    ],
    align=True,
)
"""An organisation, as far as its loads are concerned."""

BOUGHT = np.dtype([("commodity", np.int32), ("place", np.int32), ("people", np.bool_)], align=True)
"""What it buys in one of its areas, and the area, as the books number both; and whether it is people."""


@jit_bare
def set_out(day, first, orders, shows, sender, bought, facts, ways, crews, legs, loads, lines):  # type: ignore[no-untyped-def]
    """Loads leave the areas where they were bought, and are booked.

    first: number of the first of them; orders: ORDER[n]; shows: float64[n], factor on the chance that a scan raises an
    alarm; sender: SENDER[1]; bought: BOUGHT[areas]; facts: WAY[table], ways: int32[table, 6] and crews: int32[table, 4]
    of its table of ways; legs: LEG[.]; loads: LOAD[n] and lines: EVENT[n], filled.
    """
    owner = sender[0]
    for n in range(len(orders)):
        order, load, line = orders[n], loads[n], lines[n]
        way, area = order["way"], facts[order["way"]]["area"]
        good = bought[area]
        load["key"] = nth_key(owner["key"], day * 1024 + order["draw"] * 16 + area)
        load["grams"], load["shows"], load["commodity"] = order["grams"], shows[n], good["commodity"]
        load["organisation"], load["way"], load["concealment"] = owner["number"], way, order["method"]
        for k in range(MOST_LEGS):
            load["legs"][k] = ways[way, k]
        for k in range(MOST_CREWS):
            needed = order["crewed"] and crews[way, k] >= 0
            load["crews"][k] = owner["first_cell"] + crews[way, k] if needed else -1
        load["planned"], load["due"] = day, day + legs[ways[way, 0]]["days"]
        load["leg"], load["served"], load["zone"], load["departed"], load["landed"] = 0, 0, 0, -1, False
        load["outcome"], load["ended"], load["place"], load["checkpoint"] = UNDER_WAY, -1, -1, NOWHERE
        load["people"], load["returned"] = good["people"], False
        line["day"], line["event"], line["commodity"], line["load"] = day, DISPATCHED, good["commodity"], first + n
        line["grams"], line["place"], line["checkpoint"] = order["grams"], good["place"], NOWHERE
        line["mode"] = owner["modes"][1 if facts[way]["small_craft"] else 0]


def warm() -> None:
    """Compile each function for the types that a run uses."""
    ways, crews = np.zeros((1, MOST_LEGS), np.int32), np.zeros((1, MOST_CREWS), np.int32)
    set_out(
        0, 0, np.zeros(0, ORDER), np.zeros(0), np.zeros(1, SENDER), np.zeros(1, BOUGHT), np.zeros(1, WAY), ways, crews,
        np.zeros(1, LEG), np.zeros(0, LOAD), np.zeros(0, EVENT),
    )  # fmt: skip
