"""Proceeds: what became of the money of deliveries, as a table and as totals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.kernels.tracing import CONFISCATED, HOME, MOVING, RELEASED
from sim.terms import CENTS_PER_USD
from sim.world.columns import Words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.model import SmugglingModel


def by_state(model: SmugglingModel) -> dict[str, Any]:
    """The table `money`: months and states through which any money went."""
    rows, states = model.finance.books.rows, model.states
    start, lived = np.datetime64(model.plan.start, "D"), max(1, model.day)
    calendar = (start + np.arange(lived)).astype("datetime64[M]").astype(np.int64)
    months = calendar - calendar[0]
    shape = (int(months[-1]) + 1, len(states))

    def summed(chosen: NDArray[np.bool_], day: str, state: str, cents: NDArray[np.int64]) -> NDArray[np.int64]:
        found = np.zeros(shape, np.int64)
        np.add.at(found, (months[rows[day][chosen]], rows[state][chosen]), cents[chosen])
        return found

    one, status = np.ones(len(rows), np.int64), rows["status"]
    traced, cents = rows["state"] >= 0, rows["cents"].astype(np.int64)
    columns = {
        "transfers": summed(one > 0, "day", "market", one),
        "proceeds_cents": summed(one > 0, "day", "market", cents),
        "laundered_cents": summed(status == HOME, "settled", "home", cents - rows["fee"]),
        "frozen_cents": summed(traced, "traced", "state", cents),
        "confiscated_cents": summed(status == CONFISCATED, "settled", "state", cents),
        "released_cents": summed(status == RELEASED, "settled", "state", cents),
        "brokers_exposed": summed(traced, "traced", "state", one),
    }
    when, where = np.nonzero(np.any([values > 0 for values in columns.values()], axis=0))
    first = (np.datetime64(model.plan.start, "M") + when).astype("datetime64[D]")
    return {
        "month": first,
        "state": Words(where, states.codes),
        **{name: values[when, where] for name, values in columns.items()},
    }


def totals(model: SmugglingModel) -> dict[str, float | int | None]:
    """The totals of money; None where there were no proceeds, or nothing was frozen."""
    books, finance = model.finance.books, model.finance
    rows, held = books.rows, books.accounts
    earned, traced = held["earned"], rows["state"] >= 0
    cents, status = rows["cents"], rows["status"]
    frozen = int(cents[traced].sum())
    home = int((cents - rows["fee"])[status == HOME].sum())
    days = (rows["traced"] - rows["day"])[traced]
    usd = {
        "proceeds_usd": earned,
        "laundered_usd": home,
        "broker_fees_usd": held["fees"],
        "money_frozen_usd": frozen,
        "money_confiscated_usd": held["confiscated"],
        "money_released_usd": int(cents[status == RELEASED].sum()),
        "money_under_way_usd": int(cents[status == MOVING].sum()),
        "capital_confiscated_usd": held["seized"],
    }
    return {
        **{name: amount / CENTS_PER_USD for name, amount in usd.items()},
        "frozen_share": frozen / earned if earned else None,
        "confiscated_share": held["confiscated"] / earned if earned else None,
        "days_to_freeze_mean": int(days.sum()) / len(days) if len(days) else None,
        "brokers_exposed": finance.exposed,
        "brokers_closed": finance.closed,
    }
