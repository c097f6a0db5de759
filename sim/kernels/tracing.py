"""Tracing of money: transfers on their way from markets home, and units that look into some of them every day."""

import math

import numpy as np

from sim.kernels.compiling import jit_bare
from sim.kernels.words import uniform

MOVING, HOME, FROZEN, CONFISCATED, RELEASED = range(5)
"""What became of a transfer: under way; at home; frozen; confiscated for good; given back after it was frozen."""
STATUS = ("moving", "home", "frozen", "confiscated", "released")

TRANSFER = np.dtype(
    [
        ("key", np.uint64),  # its luck
        ("day", np.int64),  # on which it set out
        ("due", np.int64),  # on which it is at home
        ("organisation", np.int64),
        ("broker", np.int64),
        ("cents", np.int64),  # proceeds, the fee included
        ("fee", np.int64),  # cents of these that the broker keeps
        ("market", np.int64),  # state in which it begins
        ("home", np.int64),  # state in which it ends
        ("status", np.int64),
        ("traced", np.int64),  # day on which it was frozen, -1 for never
        ("settled", np.int64),  # day of what became of it in the end, -1 before
        ("state", np.int64),  # that traced it, -1 for none
        ("case", np.int64),  # in which it is held, -1 for none
    ],
    align=True,
)
"""Money of an organisation on its way."""


@jit_bare
def move(day, rows, under_way, count, looks, link, traced, key, passing, ended):  # type: ignore[no-untyped-def]
    """A day of all transfers under way: those due are at home, of the others some are traced.

    rows: TRANSFER[n]; under_way: int64[.], rows of the first `count` of them, in order; looks: float64[S], into
    transfers that pass a state, a day; link: float64[S, S], share of its rate that a state keeps when the other end
    lies in another; traced: float64, chance that a look shows what a transfer is; key: uint64 of the draws; passing:
    int64[S] and ended: int64[.], working space. Returns (how many are left, how many ended: their rows, in order).

    With L looks into the n transfers of a state each is seen through with the hazard L * traced / n.
    """
    passing[:] = 0
    for k in range(count):
        row = rows[under_way[k]]
        if row["due"] > day:
            passing[row["market"]] += 1
            if row["home"] != row["market"]:
                passing[row["home"]] += 1
    left, done = 0, 0
    for k in range(count):
        at = under_way[k]
        row = rows[at]
        market, home = row["market"], row["home"]
        if row["due"] <= day:
            row["status"] = HOME
        else:
            here = looks[market] * traced * link[market, home] / passing[market]
            there = looks[home] * traced * link[home, market] / passing[home] if home != market else 0.0
            luck, total = uniform(key, row["key"], day, 0), here + there
            if luck < 1.0 - math.exp(-total):
                row["status"], row["traced"] = FROZEN, day
                row["state"] = market if uniform(key, row["key"], day, 1) * total < here else home
        if row["status"] == MOVING:
            under_way[left] = at
            left += 1
        else:
            if row["status"] == HOME:
                row["settled"] = day
            ended[done] = at
            done += 1
    return left, done


def warm() -> None:
    """Compile each function for the types that a run uses."""
    one, some = np.zeros(1, np.int64), np.ones(1)
    move(0, np.zeros(1, TRANSFER), one, 1, some, np.ones((1, 1)), 0.5, np.uint64(0), one.copy(), one.copy())
