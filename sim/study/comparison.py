"""A comparison: what differs between worlds with the same luck, in all the ways in which it can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from sim.study.displacement import Displacement, Treated, begins_in, displacement_ratio
from sim.study.effects import GOALS, WORTH, Effect, Goal, Worth, as_table, better, effect, ranking, worth
from sim.study.onset import Onset, onset
from sim.study.periods import MEASURES, Span, before_and_after
from sim.study.totals import PEOPLE

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from sim.scenario.scenario import Scenario
    from sim.terms import ControlMode

By = Literal["departure", "arrival", "mode", "zone"]
"""What flows are told by."""
Flow = Literal["sent", "delivered"]
"""sent: by the day of sending; delivered: by the day of delivery."""
SIDES: tuple[By, ...] = get_args(By)
FLOWS: tuple[Flow, ...] = get_args(Flow)

MAIN = (
    "delivered_kg", "seized_kg", "lost_kg", "interception_share", "price_usd_per_kg_mean", "boxes_scanned",
    "boxes_examined", "false_alarms", "delay_hours_mean", "couriers_recruited", "couriers_arrested", "policy_cost_usd",
)  # fmt: skip
"""Totals that a comparison shows unless it is asked for others; those of people too where any cross the sea."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Worlds compared over replicates, the first of them being what the others are held against."""

    names: tuple[str, ...]
    runs: pd.DataFrame
    """One row a world and replicate: totals."""
    flows: pd.DataFrame
    """One row a world, replicate, flow (`sent` or `delivered`), month and place or mode with anything in it: kilograms.
    `by` says what
    `place` is: a gateway of `departure` or `arrival`, a `mode`, a sea `zone`, or, for `treated`, the world past whose
    treated places the loads go."""
    periods: pd.DataFrame
    """One row a world, replicate and period (see `periods.borders`): its `first` day, its `days`, and sums over them of
    columns of the daily table."""
    treated: dict[str, Treated]
    """By world other than the first: the places that its policies treat."""
    scenarios: tuple[Scenario, ...] = ()
    """What each world was before its first day, in their order; none in a comparison that is made up."""
    mode: ControlMode = "thinned"
    """How port controls were lived."""

    @property
    def replicates(self) -> int:
        """How many pairs there are."""
        return int(self.runs["replicate"].nunique())

    def begins(self, world: str) -> date | None:
        """Day on which what a world has and the first has not begins: policies, and disruptions; None without any."""
        if not self.scenarios:
            return self.treated[world].since
        return begins_in(self.scenarios[self.names.index(world)], self.scenarios[0])

    def begins_in_first(self, world: str) -> date | None:
        """Day on which what the first has and a world has not begins; None without any."""
        return begins_in(self.scenarios[0], self.scenarios[self.names.index(world)]) if self.scenarios else None

    def measured(self, measure: str, world: str) -> NDArray[Any]:
        """A total by replicate: float64[replicates]."""
        values: NDArray[Any] = self.runs.loc[self.runs["world"] == world, measure].to_numpy(float)
        return values

    @property
    def main(self) -> tuple[str, ...]:
        """Totals that it shows unless it is asked for others."""
        return (*MAIN, *(measure for measure in PEOPLE if measure in self.runs))

    def effects(self, other: str | None = None, measures: Sequence[str] = ()) -> list[Effect]:
        """Paired differences of a world (the second, if none is named) to the first; of the main totals if none is
        named."""
        name = self._other(other)
        return [
            effect(measure, self.measured(measure, self.names[0]), self.measured(measure, name))
            for measure in measures or self.main
        ]

    def table(self, other: str | None = None, measures: Sequence[str] = ()) -> pd.DataFrame:
        """Paired differences as a table, with their intervals."""
        return as_table(self.effects(other, measures)).set_index("measure")

    def since_before(self, other: str | None = None, measures: Sequence[str] = tuple(MEASURES)) -> list[Effect]:
        """What a world came to in its last year, against the year before its policies: those who have no other world to
        look at see this. Empty where policies start on the first day.

        measures: of `periods.MEASURES`; sums are told for a year. The same of the first world, over the same days, says
        what would have changed anyhow.
        """
        name = self._other(other)
        return self._since_before(name, name, measures)

    def drift(self, other: str | None = None, measures: Sequence[str] = tuple(MEASURES)) -> list[Effect]:
        """How the first world changed between the same two years, without the policies of the other."""
        return self._since_before(self.names[0], self._other(other), measures)

    def _since_before(self, world: str, treated: str, measures: Sequence[str]) -> list[Effect]:
        spans = before_and_after(self.begins(treated), self.first, self.last)
        if spans is None:
            return []
        sums = [self._over(world, span) for span in spans]
        of = {measure: [MEASURES[measure].of(each, each["days"]) for each in sums] for measure in measures}
        return [effect(measure, *values) for measure, values in of.items()]

    def _over(self, world: str, span: Span) -> dict[str, NDArray[Any]]:
        """Sums of the daily columns over a span, by replicate."""
        rows = self.periods[self.periods["world"] == world]
        inside = rows[(rows["first"] >= np.datetime64(span.first)) & (rows["first"] < np.datetime64(span.after))]
        sums = inside.drop(columns=["world", "first"]).groupby("replicate", sort=True).sum()
        return {str(name): sums[name].to_numpy() for name in sums.columns}

    def path(self, measure: str, world: str) -> tuple[NDArray[Any], NDArray[Any]]:
        """A measure over time: the first days of the months, and its values, float64[replicates, months]."""
        rows = self.periods[self.periods["world"] == world]
        month = rows["first"].to_numpy().astype("datetime64[M]")
        sums = rows.drop(columns=["world", "first"]).groupby([rows["replicate"], month], sort=True).sum()
        values = MEASURES[measure].of(sums, sums["days"])
        return np.unique(month), np.asarray(values, float).reshape(self.replicates, -1)

    def months_to_effect(self, measure: str, other: str | None = None) -> Onset | None:
        """When a change has come to half of its final level; None where policies have no first day.

        measure: one of `periods.MEASURES` that is told for a year.
        """
        name = self._other(other)
        days = self.treated[name].days_by_month()
        if not days:
            return None
        if MEASURES[measure].by or not MEASURES[measure].yearly:
            raise ValueError(f"{measure} is no sum that a month adds to")
        rows = [self.months.index(month) for month in days]
        gap = (self.path(measure, name)[1] - self.path(measure, self.names[0])[1])[:, rows]
        gain, lasting = gap * self._days_lived()[rows], np.array(list(days.values()), float)
        return onset(gain if gain[:, len(days) // 2 :].sum() > 0.0 else -gain, lasting)

    def _days_lived(self) -> NDArray[Any]:
        """How many days of each month were lived: float64[months]."""
        rows = self.periods[self.periods["world"] == self.names[0]]
        days = rows.groupby(rows["first"].to_numpy().astype("datetime64[M]"), sort=True)["days"].sum()
        lived: NDArray[Any] = days.to_numpy(float) / self.replicates
        return lived

    def ranking(self, measure: str = "delivered_kg", goal: Goal | None = None) -> pd.DataFrame:
        """Worlds, the best first, with the chance that each is the best (see `effects.ranking`)."""
        return ranking(self._of_all(measure), self._goal(measure, goal))

    def better(self, measure: str = "delivered_kg", goal: Goal | None = None) -> pd.DataFrame:
        """The chance that one world is better than another, each against each (see `effects.better`)."""
        return better(self._of_all(measure), self._goal(measure, goal))

    def worth(self, other: str | None = None) -> list[Worth]:
        """What is paid for what is prevented or gained against the first world, with intervals."""
        name, first = self._other(other), self.names[0]
        cost = self.measured("policy_cost_usd", name) - self.measured("policy_cost_usd", first)
        return [
            worth(per, cost, self.measured(measure, first), self.measured(measure, name))
            for per, (measure, _) in WORTH.items()
        ]

    def _of_all(self, measure: str) -> dict[str, NDArray[Any]]:
        return {world: self.measured(measure, world) for world in self.names}

    def _goal(self, measure: str, goal: Goal | None) -> Goal:
        if (found := goal or GOALS.get(measure)) is None:
            raise ValueError(f"say whether less or more of {measure} is better; known is this of {', '.join(GOALS)}")
        return found

    def _other(self, other: str | None) -> str:
        return other if other is not None else self.names[1]

    @property
    def first(self) -> date:
        """The first day of the runs."""
        return _date(self.periods["first"].min())

    @property
    def last(self) -> date:
        """The last day of the runs."""
        final = self.periods.loc[self.periods["first"].idxmax()]
        return _date(final["first"]) + timedelta(days=int(final["days"]) - 1)

    def recruits_prevented(self, other: str | None = None) -> Effect:
        """Couriers who were recruited in the first world and not in another, with the interval."""
        (recruited,) = self.effects(other, ["couriers_recruited"])
        return recruited.turned("recruits_prevented")

    def displacement(self, other: str | None = None, by: By = "arrival", flow: Flow = "sent") -> pd.DataFrame:
        """Paired change of what is sent or delivered, kilograms, with intervals; the largest changes first.

        by: gateways of `departure` or `arrival`, `mode` or sea `zone`.
        """
        import pandas as pd

        base, held, places = self._moved(other, by, flow)
        effects = [
            effect(place, base[:, row].sum(axis=1), held[:, row].sum(axis=1)) for row, place in enumerate(places)
        ]
        columns = {
            by: [each.measure for each in effects],
            "baseline_kg": [each.baseline for each in effects],
            "change_kg": [each.difference for each in effects],
            "low": [each.low for each in effects],
            "high": [each.high for each in effects],
        }
        table = pd.DataFrame(columns).set_index(by)
        return table.loc[table["change_kg"].abs().sort_values(ascending=False, kind="stable").index]

    def displacement_ratio(self, other: str | None = None, flow: Flow = "sent") -> Displacement | None:
        """What came back on other ways of what the treated places lost; None where policies name no place."""
        treated, loss, gain = self._parted(other, flow)
        if not treated.places:
            return None
        return displacement_ratio(loss.sum(axis=1), gain.sum(axis=1), treated.places)

    def months_to_displacement(self, other: str | None = None, flow: Flow = "sent") -> Onset | None:
        """When the gain on other ways came to half of its final level; None where policies name no place."""
        treated, _, gain = self._parted(other, flow)
        if not treated.places:
            return None
        days = treated.days_by_month()
        in_force = [self.months.index(month) for month in days]
        return onset(gain[:, in_force], np.array(list(days.values()), float))

    @property
    def months(self) -> list[str]:
        """The calendar months of the runs, as `2025-01`."""
        return list(self.flows["month"].cat.categories)

    def _parted(self, other: str | None, flow: Flow) -> tuple[Treated, NDArray[Any], NDArray[Any]]:
        """Treated places; loss past them and gain on all other ways, kilograms: float64[replicates, months] each."""
        name = self._other(other)
        base, held, found = self._moved(name, "treated", flow)
        loss = (base - held)[:, found.index(name)]
        less, more, _ = self._moved(name, "mode", flow)
        return self.treated[name], loss, (more - less).sum(axis=1) + loss

    def _moved(self, other: str | None, by: str, flow: Flow) -> tuple[NDArray[Any], NDArray[Any], list[str]]:
        """Kilograms in the first world and in another, float64[replicates, places, months] each, and the places."""
        name = self._other(other)
        told = (self.flows["flow"] == flow) & (self.flows["by"] == by)
        rows = self.flows[told & self.flows["world"].isin((self.names[0], name))]
        places = sorted(set(rows["place"]) | ({name} if by == "treated" else set()))
        found = np.zeros((2, self.runs["replicate"].nunique(), len(places), len(self.months)))
        at = (
            (rows["world"] == name).to_numpy(int), rows["replicate"].to_numpy(int),
            rows["place"].astype(str).map(places.index).to_numpy(int), rows["month"].cat.codes.to_numpy(int),
        )  # fmt: skip
        found[at] = rows["kg"].to_numpy(float)
        return found[0], found[1], places


def _date(stamp: Any) -> date:
    """A pandas time stamp as a date."""
    found: date = stamp.date()
    return found
