"""What intelligence is made of: items of what one state knows, and how the evidence that it holds adds up."""

import math
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from sim.kernels.compiling import jit_bare, jit_inline, jit_part
from sim.kernels.prospects import Records

LANE, SHIPPER, MODUS, COAST, ORGANISATION, CONSIGNMENT = (cast("int", np.int64(kind)) for kind in range(6))
"""What an item speaks of: where containers come from and go to, a kind of shipper, a concealment or kind of craft, a
coast with small docks, an organisation, a single load."""
KINDS = 6
SEIZURE, COURIER, INVESTIGATION, TRACING, PATROL, OWN_SOURCES = range(6)
"""What it arose from."""
SOURCES = 6
OWN, AGREEMENT, FORUM = -1, 0, 1
"""How it came to the state that holds it."""
STRONGEST = 16.0
"""Log-odds that the evidence of all items about one subject comes to at most, so that all points fit 16 bits."""

ITEM = np.dtype(
    [
        ("key", np.uint64),  # what its luck is addressed by: the same for all who hold it
        ("quality", np.float64),  # logarithm of its likelihood ratio at birth
        ("subject", np.int32),  # number of what it speaks of
        ("signal", np.int32),  # day on which it arose
        ("known", np.int32),  # day from which its owner knows it
        ("expires", np.int32),  # first day on which it is kept no longer
        ("hit", np.int32),  # day on which it first helped to find something, -1 before
        ("next", np.int32),  # row of the item before it about the same load, -1 for none
        ("root", np.int32),  # row of the item as it arose
        ("parent", np.int32),  # row of the item from which this one was passed on, -1 for none
        ("kind", np.int16),
        ("source", np.int16),
        ("channel", np.int16),  # by which its owner got it
        ("commodity", np.int16),  # that it is about, -1 for any
        ("owner", np.int16),  # state that holds it
        ("origin", np.int16),  # state where the signal arose
        ("genuine", np.bool_),  # whether it names what was really there
        ("alone", np.bool_),  # whether its owner had nothing of its own that named what was found
    ],
    align=True,
)
"""What one state knows: a row for each state that holds an item, one after the other as they arose.

Items about one load are a chain, from the last to the first; all others stand in the file of the state that holds them.
"""

FILED = np.dtype(
    [
        ("quality", np.float64),
        ("subject", np.int32),
        ("signal", np.int32),
        ("known", np.int32),
        ("row", np.int32),  # of the item
        ("stream", np.int32),  # of evidence that it belongs to
        ("hit", np.bool_),  # whether it has helped to find something
    ],
    align=True,
)
"""An item about no single load in the file of its owner: what is needed to weigh it, for all that a state holds is read
again and again."""
FILED_KINDS = CONSIGNMENT
"""Kinds of items that are filed: all but the last."""


class Files(NamedTuple):
    """What each state holds that speaks of no single load."""

    rows: Records
    """FILED[S, kinds, .]: by kind, as it arose."""
    used: NDArray[np.int64]
    """int64[S, kinds]: how much of each file is in use."""
    fade: NDArray[np.float64]
    """float64[days kept]: share of its first quality that an item has after so many days."""


class Told(NamedTuple):
    """What those who search at sea are told."""

    items: Records
    """ITEM[.]"""
    heads: NDArray[np.int64]
    """int64[loads or more]: row of the last item about a load, -1 for none."""
    searchers: NDArray[np.bool_]
    """bool[Z, S]: whether units of a state search a zone."""
    evidence: NDArray[np.float64]
    """float64[Z, K]: log-odds by which items about coasts and kinds of craft raise the chance of a cue."""


def told_nothing(zones: int, kinds: int, loads: int) -> Told:
    """What is told where nobody knows anything; kinds: of small craft."""
    heads, searchers = np.full(loads, -1), np.zeros((zones, 1), np.bool_)
    return Told(np.zeros(0, ITEM), heads, searchers, np.zeros((zones, kinds)))


def empty_files(states: int, space: int, fade: NDArray[np.float64]) -> Files:
    """Files of which nothing is in use; space: for so many items in each."""
    return Files(np.zeros((states, FILED_KINDS, space), FILED), np.zeros((states, FILED_KINDS), np.int64), fade)


@jit_part
def in_hand(item, day):  # type: ignore[no-untyped-def]
    """Whether its owner knows it, and keeps it still."""
    return item["known"] <= day < item["expires"]


@jit_part
def still_kept(filed, day, fade):  # type: ignore[no-untyped-def]
    """Whether a filed item is kept: all are for as many days, so that none before it in its file is when it is not."""
    return day - filed["signal"] < len(fade)


@jit_part
def weight(filed, day, fade):  # type: ignore[no-untyped-def]
    """What a filed item that is kept is worth on a day, log-odds: quality * 2^-(age / half-life)."""
    return filed["quality"] * fade[day - filed["signal"]]


@jit_part
def stream(item):  # type: ignore[no-untyped-def]
    """Number of the stream of evidence that it belongs to: what comes from one kind of source is one stream, and what
    partners tell of theirs another. Within a stream the strongest counts; streams are independent and add up."""
    return item["source"] + (SOURCES if item["channel"] >= 0 else 0)


@jit_part
def searched_with(load, zone, day, told):  # type: ignore[no-untyped-def]
    """Whether any state whose units search a zone has been told of a load."""
    row = told.heads[load] if load < len(told.heads) else -1
    while row >= 0:
        item = told.items[row]
        if told.searchers[zone, item["owner"]] and in_hand(item, day):
            return True
        row = item["next"]
    return False


@jit_bare
def evidence(day, files, kind, subject, state, streams):  # type: ignore[no-untyped-def]
    """Evidence that a state holds about one subject, no load, log-odds. streams: float64[12], working space."""
    streams[:] = 0.0
    for at in range(files.used[state, kind] - 1, -1, -1):
        filed = files.rows[state, kind, at]
        if not still_kept(filed, day, files.fade):
            break
        if filed["subject"] == subject and filed["known"] <= day:
            streams[filed["stream"]] = max(streams[filed["stream"]], weight(filed, day, files.fade))
    total = 0.0
    for s in range(len(streams)):
        total += streams[s]
    return min(total, STRONGEST)


@jit_inline
def raised(chance: float, log_odds: float) -> float:
    """A chance whose odds evidence raises: Bayes' rule."""
    if log_odds <= 0.0 or chance <= 0.0 or chance >= 1.0:
        return chance
    odds = chance / (1.0 - chance) * math.exp(log_odds)
    return odds / (1.0 + odds)


def warm() -> None:
    """Compile for the types that are used."""
    evidence(0, empty_files(1, 1, np.ones(1)), LANE, 0, 0, np.zeros(2 * SOURCES)), raised(0.5, 1.0)
