"""What was sent and what arrived by which way in every month of a run: what displacement is measured on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.kernels.loads import DELIVERED
from sim.world.network import MODES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.model import SmugglingModel

type Columns = tuple[tuple[str, ...], NDArray[np.int64]]
"""Names, and grams by month and name: int64[months, names]."""


class Flows(NamedTuple):
    """Grams by calendar month and by what the load passes or goes by."""

    months: tuple[str, ...]
    """Months of the run, as `2025-01`."""
    by: dict[tuple[str, str], Columns]
    """`sent` by month of sending and `delivered` by month of delivery, each by `departure`, `arrival`, `mode`, `zone`
    and `treated`.

    A load counts at the gateway that it leaves by, at the one that it is to arrive at, for the last of `MODES` on its
    way, so that one by way of a hub counts as feeder, and in every sea zone that it crosses.
    """


def flows_by_month(model: SmugglingModel, treated: Mapping[str, Collection[str]]) -> Flows:
    """What a run sent and delivered of its contraband, by month.

    treated: sets of sites and sea zones by a name of one's own; what goes on ways past any of a set is added up too.
    """
    loads, legs = model.cargo.rows, model.passage.legs
    known, on_way = model.cargo.columns(legs), loads["legs"]
    contraband = loads["commodity"] == model.ledger.commodities.index(model.commodity_name)
    used = on_way >= 0
    sites, marks = model.ledger.places, model.checkpoints
    zones = marks.place[marks.n_ports : marks.first_site]

    def past(places: Collection[str]) -> NDArray[np.bool_]:
        rows = [row for row, site in enumerate(sites) if site in places]
        checks = [marks.n_ports + row for row, zone in enumerate(zones) if zone in places]
        met = np.isin(legs["checkpoints"], checks).any(axis=1)
        met |= np.isin(legs["origin"], rows) | np.isin(legs["destination"], rows)
        found: NDArray[np.bool_] = (met[on_way] & used).any(axis=1)
        return found

    month, months = _months(model)
    passed = {zone: past((zone,)) for zone in zones}
    through = {name: past(places) for name, places in treated.items()}
    by: dict[tuple[str, str], Columns] = {}
    for flow, those, day in (
        ("sent", contraband, loads["planned"]),
        ("delivered", contraband & (loads["outcome"] == DELIVERED), loads["ended"]),
    ):
        moved = _Moved(month[day[those]], loads["grams"][those], len(months))
        codes = {side: known[side].codes[those] for side in ("departure", "arrival")}
        mode = np.where(used, legs["mode"][on_way], 0).max(axis=1)[those]
        by[flow, "departure"] = _in_use(sites, moved.at(codes["departure"], len(sites)))
        by[flow, "arrival"] = _in_use(sites, moved.at(codes["arrival"], len(sites)))
        by[flow, "mode"] = _in_use(MODES, moved.at(mode, len(MODES)))
        by[flow, "zone"] = _in_use(zones, moved.where(passed[zone][those] for zone in zones))
        by[flow, "treated"] = tuple(through), moved.where(rows[those] for rows in through.values())
    return Flows(months, by)


class _Moved(NamedTuple):
    """Loads as months and grams."""

    month: NDArray[np.int64]
    grams: NDArray[np.int64]
    months: int

    def at(self, codes: NDArray[np.integer[Any]], count: int) -> NDArray[np.int64]:
        """Grams by month and code: int64[months, count]."""
        found = np.zeros((self.months, count), np.int64)
        np.add.at(found, (self.month, codes), self.grams)
        return found

    def where(self, masks: Iterable[NDArray[np.bool_]]) -> NDArray[np.int64]:
        """Grams by month, of those that each mask has: int64[months, masks]."""
        columns = [self.at(np.where(mask, 0, 1), 2)[:, 0] for mask in masks]
        return np.array(columns, np.int64).reshape(len(columns), self.months).T


def _months(model: SmugglingModel) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """The number of the month of every day of the plan, and the months."""
    days = np.datetime64(model.plan.start, "D") + np.arange(model.plan.days).astype("timedelta64[D]")
    months, number = np.unique(days.astype("datetime64[M]"), return_inverse=True)
    return number, tuple(months.astype(str).tolist())


def _in_use(names: tuple[str, ...], grams: NDArray[np.int64]) -> Columns:
    """The columns that hold anything."""
    rows = np.flatnonzero(grams.any(axis=0))
    return tuple(names[row] for row in rows.tolist()), grams[:, rows]
