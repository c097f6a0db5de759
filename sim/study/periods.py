"""Periods: what a run comes to between one date and the next, so that a policy can be followed over time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.terms import CENTS_PER_USD, DAYS_PER_YEAR, GRAMS_PER_KG

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.model import SmugglingModel
    from sim.scenario.scenario import Scenario

YEAR = timedelta(days=365)


class Followed(NamedTuple):
    """A measure of a span of days: columns of the daily table over others, or over the days of the span."""

    over: str
    """The column that is added up."""
    by: tuple[str, ...] = ()
    """The columns that it is divided by, added up; none: the days, or the years for a rate."""
    unit: float = 1.0
    """What a unit of the measure has of the column's."""
    yearly: bool = True
    """Whether it is told for a year where it is divided by nothing else; else it is the mean of a day."""

    def of(self, sums: Mapping[str, Any], days: Any) -> Any:
        """The measure, from sums of the daily columns over the days; nan where there is nothing to divide by."""
        if self.by:
            below = np.asarray(sum(sums[column] for column in self.by), float)
        else:
            below = np.asarray(days, float) / (DAYS_PER_YEAR if self.yearly else 1.0)
        above = np.asarray(sums[self.over], float) / self.unit
        return np.divide(above, below, out=np.full(np.broadcast(above, below).shape, np.nan), where=below > 0)


MEASURES: dict[str, Followed] = {
    "dispatched_kg": Followed("dispatched_g", unit=GRAMS_PER_KG),
    "delivered_kg": Followed("delivered_g", unit=GRAMS_PER_KG),
    "seized_kg": Followed("seized_g", unit=GRAMS_PER_KG),
    "lost_kg": Followed("lost_g", unit=GRAMS_PER_KG),
    "interception_share": Followed("seized_g", by=("seized_g", "lost_g", "delivered_g")),
    "price_usd_per_kg_mean": Followed("price_usd_per_kg", yearly=False),
    "boxes_scanned": Followed("boxes_scanned"),
    "boxes_examined": Followed("boxes_examined"),
    "false_alarms": Followed("false_alarms"),
    "delay_hours_mean": Followed("delay_box_hours", by=("boxes_arrived",)),
    "couriers_recruited": Followed("recruited"),
    "couriers_arrested": Followed("arrested"),
    "violence_mean": Followed("violence", yearly=False),
    "policy_cost_usd": Followed("policy_cost_cents", unit=CENTS_PER_USD),
}
"""Measures that can be followed over time, called as the totals of a run are; sums are told for a year."""
COLUMNS = tuple(dict.fromkeys(column for each in MEASURES.values() for column in (each.over, *each.by)))
"""Columns of the daily table that they need."""


class Span(NamedTuple):
    """Days from one date up to another, which is no longer part of it."""

    first: date
    after: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.after - self.first).days


def before_and_after(since: date | None, first: date, last: date) -> tuple[Span, Span] | None:
    """The year before a policy starts, and the last year of the run, or what there is of each.

    None where the policy starts on the first day, so that there is no before, or never.
    """
    if since is None or since <= first or since > last:
        return None
    end = last + timedelta(days=1)
    return Span(max(first, since - YEAR), since), Span(max(since, end - YEAR), end)


def borders(scenario: Scenario, starts: Collection[date | None]) -> list[date]:
    """The first days of the periods of a run, and the day after its last: months, parted where policies start.

    starts: days on which policies start; each `before_and_after` is then made of whole periods.
    """
    first, end = scenario.start, scenario.end + timedelta(days=1)
    days = (np.datetime64(first) + np.arange(scenario.days).astype("timedelta64[D]")).astype("datetime64[D]")
    found = {first, end, *np.unique(days.astype("datetime64[M]")).astype("datetime64[D]").tolist()}
    for since in starts:
        for span in before_and_after(since, first, scenario.end) or ():
            found |= set(span)
    return sorted(day for day in found if first <= day <= end)


def by_period(model: SmugglingModel, edges: list[date]) -> dict[str, NDArray[Any]]:
    """Sums of the daily columns over the periods between the edges, with their first days and how many days each has.

    Every array has one entry a period.
    """
    at = np.array([(day - model.plan.start).days for day in edges])
    daily = model.chronicle.daily
    sums = {name: np.add.reduceat(np.asarray(daily[name]), at[:-1]) for name in COLUMNS}
    return {"first": np.array(edges[:-1], "datetime64[D]"), "days": np.diff(at), **sums}
