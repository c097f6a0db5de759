"""What was sent by which way in every month of a run: what displacement is measured on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.world.network import MODES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.model import SmugglingModel

type Columns = tuple[tuple[str, ...], NDArray[np.int64]]
"""Names, and grams by month and name: int64[months, names]."""


class Sent(NamedTuple):
    """Grams sent, by calendar month and by what the load passes or goes by."""

    months: tuple[str, ...]
    """Months of the run, as `2025-01`."""
    by: dict[str, Columns]
    """By `departure`, `arrival`, `mode`, `zone` and `treated`.

    A load counts at the gateway that it leaves by, at the one that it is to arrive at, for the last of `MODES` on its
    way, so that one by way of a hub counts as feeder, and in every sea zone that it crosses.
    """


def sent_by_month(model: SmugglingModel, treated: Mapping[str, Collection[str]]) -> Sent:
    """What a run sent, by the month of sending.

    treated: sets of sites and sea zones by a name of one's own; what was sent on ways past any of a set is added up
    too.
    """
    loads, known = model.cargo.rows, model.cargo.columns(model.passage.legs)
    used = loads["legs"] >= 0
    on_way = model.passage.legs[loads["legs"]]
    sites, marks = model.ledger.places, model.checkpoints
    zones = marks.place[marks.n_ports :]
    month, months = _months(model)

    def past(places: Collection[str]) -> NDArray[np.bool_]:
        rows = [row for row, site in enumerate(sites) if site in places]
        checks = [marks.n_ports + row for row, zone in enumerate(zones) if zone in places]
        met = np.isin(on_way["checkpoints"], checks).any(axis=2)
        met |= np.isin(on_way["origin"], rows) | np.isin(on_way["destination"], rows)
        return (met & used).any(axis=1)

    def grams(codes: NDArray[np.integer[Any]], count: int) -> NDArray[np.int64]:
        found = np.zeros((len(months), count), np.int64)
        np.add.at(found, (month[loads["planned"]], codes), loads["grams"])
        return found

    def each(sets: Mapping[str, Collection[str]]) -> Columns:
        columns = [grams(1 - past(places), 2)[:, 0] for places in sets.values()]
        return tuple(sets), np.array(columns, np.int64).reshape(len(sets), len(months)).T

    mode = np.where(used, on_way["mode"], 0).max(axis=1)
    by = {
        "departure": _in_use(sites, grams(known["departure"].codes, len(sites))),
        "arrival": _in_use(sites, grams(known["arrival"].codes, len(sites))),
        "mode": _in_use(MODES, grams(mode, len(MODES))),
        "zone": _in_use(*each({zone: (zone,) for zone in zones})),
        "treated": each(treated),
    }
    return Sent(months, by)


def _months(model: SmugglingModel) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """The number of the month of every day of the plan, and the months."""
    days = np.datetime64(model.plan.start, "D") + np.arange(model.plan.days).astype("timedelta64[D]")
    months, number = np.unique(days.astype("datetime64[M]"), return_inverse=True)
    return number, tuple(months.astype(str).tolist())


def _in_use(names: tuple[str, ...], grams: NDArray[np.int64]) -> Columns:
    """The columns that hold anything."""
    rows = np.flatnonzero(grams.any(axis=0))
    return tuple(names[row] for row in rows.tolist()), grams[:, rows]
