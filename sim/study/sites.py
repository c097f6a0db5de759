"""What came of the control of sites: loads that lay at coasts and in warehouses that were visited, and those found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.terms import GRAMS_PER_KG
from sim.world.columns import Words

if TYPE_CHECKING:
    from sim.model import SmugglingModel


def by_month(model: SmugglingModel) -> dict[str, Any]:
    """The table `sites`: months, sites and commodities of which a load lay at a site while it was visited."""
    lines, marks, states = model.sites.there.rows, model.checkpoints, model.states
    start, loads = np.datetime64(model.plan.start, "D"), model.cargo.rows[model.sites.there.rows["load"]]
    months = (start + lines["day"]).astype("datetime64[M]").astype(np.int64)
    cells, row = np.unique(np.stack([months, lines["site"], loads["commodity"]]), axis=1, return_inverse=True)
    row, found = row.reshape(-1), lines["found"]
    site = marks.first_site + cells[1]

    def summed(values: Any) -> Any:
        each = np.zeros(cells.shape[1], np.int64)
        np.add.at(each, row, values)
        return each

    return {
        "month": cells[0].astype("datetime64[M]").astype("datetime64[D]"),
        "checkpoint": Words(site, marks.names),
        "site": Words(site, marks.place),
        "state": Words(states.of_checkpoint[site], states.codes),
        "commodity": Words(cells[2], model.ledger.commodities),
        "loads": summed(np.ones(len(lines), np.int64)),
        "load_g": summed(loads["grams"]),
        "found": summed(found),
        "found_g": summed(loads["grams"] * found),
    }


def totals(model: SmugglingModel) -> dict[str, float]:
    """Kilograms of the main commodity that were found at sites of either kind."""
    lines, marks = model.sites.there.rows, model.checkpoints
    loads = model.cargo.rows[lines["load"]]
    counted = lines["found"] & (loads["commodity"] == model.ledger.commodities.index(model.commodity_name))
    dock = np.array([kind == "dock" for kind in marks.kind[marks.first_site :]], np.bool_)[lines["site"]]
    return {
        "found_at_docks_kg": int(loads["grams"][counted & dock].sum()) / GRAMS_PER_KG,
        "found_in_warehouses_kg": int(loads["grams"][counted & ~dock].sum()) / GRAMS_PER_KG,
    }
