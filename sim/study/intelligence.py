"""What came of intelligence: items by month and state, and what passed between states."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.actors.exchange import CHANNEL_NAMES
from sim.actors.intelligence import KIND_NAMES
from sim.kernels.items import OWN
from sim.world.columns import Words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.model import SmugglingModel


def _months(model: SmugglingModel) -> tuple[list[str], NDArray[np.int64]]:
    """Names of the months of a run, and the number of the month of each day."""
    names = [(model.plan.start + timedelta(days=day)).strftime("%Y-%m") for day in range(model.day)]
    listed = list(dict.fromkeys(names))
    row = {name: number for number, name in enumerate(listed)}
    return listed, np.array([row[name] for name in names], np.int64)


def by_month(model: SmugglingModel) -> dict[str, Any]:
    """The table `intelligence`: months and states in which anything happened to an item."""
    items, day, states = model.intelligence.rows, model.day, len(model.states)
    names, month = _months(model)
    counts = np.zeros((5, len(names), states), np.int64)
    waited = np.zeros((len(names), states))
    own = items["channel"] == OWN
    got, hit = ~own & (items["known"] < day), (items["hit"] >= 0) & (items["hit"] < day)
    unused = (items["expires"] < day) & (items["hit"] < 0)
    for row, (which, field) in enumerate(
        ((own, "signal"), (got, "known"), (unused, "expires"), (hit, "hit"), (hit & items["alone"], "hit"))
    ):
        np.add.at(counts[row], (month[items[field][which]], items["owner"][which]), 1)
    delay = (items["known"] - items["signal"])[got]
    np.add.at(waited, (month[items["known"][got]], items["owner"][got]), delay)
    when, where = np.nonzero((counts > 0).any(axis=0))
    born, received, expired, hits, alone = counts[:, when, where]
    return {
        "month": Words(when, names),
        "state": Words(where, model.states.codes),
        "born": born,
        "received": received,
        "expired": expired,
        "hits": hits,
        "hits_shared": alone,
        "days_to_partner": waited[when, where] / np.maximum(received, 1),
    }


def between(model: SmugglingModel) -> dict[str, Any]:
    """The table `cooperation`: how many items passed from one state to another, by channel and kind."""
    items = model.intelligence.rows
    got = items[(items["channel"] != OWN) & (items["known"] < model.day)]
    sender = items["owner"][got["parent"]]
    way = np.stack([sender, got["owner"], got["channel"], got["kind"]]).astype(np.int64)
    edges, which, count = np.unique(way, axis=1, return_inverse=True, return_counts=True)
    delay = (got["known"] - items["known"][got["parent"]]).astype(float)
    which = np.ravel(which)
    return {
        "sender": Words(edges[0], model.states.codes),
        "receiver": Words(edges[1], model.states.codes),
        "channel": Words(edges[2], CHANNEL_NAMES),
        "kind": Words(edges[3], KIND_NAMES),
        "items": count.astype(np.int64),
        "days_mean": np.bincount(which, delay, len(count)) / np.maximum(count, 1),
        "hits": np.bincount(which, got["hit"] >= 0, len(count)).astype(np.int64),
    }


def totals(model: SmugglingModel) -> dict[str, float | int | None]:
    """What all states together learned, shared and made of it; None where nothing was shared."""
    items = model.intelligence.rows
    own = items["channel"] == OWN
    got = items[~own & (items["known"] < model.day)]
    days = got["known"] - got["signal"]
    found = items[items["alone"]]
    told = [float(np.quantile(days, share)) for share in (0.5, 0.9)] if len(days) else [None, None]
    return {
        "items_born": int(own.sum()),
        "items_shared": len(np.unique(got["root"])),
        "items_received": len(got),
        "items_expired_unused": int(((items["expires"] < model.day) & (items["hit"] < 0)).sum()),
        "items_hit": int((items["hit"] >= 0).sum()),
        "finds_due_to_sharing": len(np.unique(found["subject"])),
        "days_to_partner_mean": float(days.mean()) if len(days) else None,
        "days_to_partner_median": told[0],
        "days_to_partner_p90": told[1],
        "forum_members": len(model.exchange.members),
        "forum_level_mean": _level(model),
    }


def _level(model: SmugglingModel) -> float | None:
    levels = [state.part for state in model.exchange.members]
    return sum(levels) / len(levels) if levels else None
