"""Comparing: the same luck under different policies, and what differs between them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from sim.study.displacement import (
    Displacement,
    MonthsToDisplacement,
    Treated,
    displacement_ratio,
    months_to_displacement,
    student,
    treated_between,
)
from sim.study.run import live, spread
from sim.terms import GRAMS_PER_KG

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from sim.scenario.scenario import Scenario
    from sim.study.flows import Flows
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
"""Totals that a comparison shows unless it is asked for others."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A paired difference between two worlds with the same luck."""

    measure: str
    baseline: float
    other: float
    difference: float
    low: float
    high: float
    correlation: float
    """Of the two worlds over replicates; how much the same luck helps."""
    variance_ratio: float
    """Variance of a difference of independent runs over that of the paired ones."""


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
    treated: dict[str, Treated]
    """By world other than the first: the places that its policies treat."""

    def effects(self, other: str | None = None, measures: Sequence[str] = MAIN) -> list[Effect]:
        """Paired differences of a world (the second, if none is named) to the first."""
        name = other if other is not None else self.names[1]
        base, held = (self.runs[self.runs["world"] == world].set_index("replicate") for world in (self.names[0], name))
        return [_effect(measure, base[measure].to_numpy(float), held[measure].to_numpy(float)) for measure in measures]

    def table(self, other: str | None = None, measures: Sequence[str] = MAIN) -> pd.DataFrame:
        """Paired differences as a table, with their intervals."""
        import pandas as pd

        rows = [
            {field: getattr(effect, field) for field in Effect.__slots__} for effect in self.effects(other, measures)
        ]
        return pd.DataFrame(rows).set_index("measure")

    def recruits_prevented(self, other: str | None = None) -> Effect:
        """Couriers who were recruited in the first world and not in another, with the interval."""
        (recruited,) = self.effects(other, ["couriers_recruited"])
        prevented = {"difference": -recruited.difference, "low": -recruited.high, "high": -recruited.low}
        return replace(recruited, measure="recruits_prevented", **prevented)

    def displacement(self, other: str | None = None, by: By = "arrival", flow: Flow = "sent") -> pd.DataFrame:
        """Paired change of what is sent or delivered, kilograms, with intervals; the largest changes first.

        by: gateways of `departure` or `arrival`, `mode` or sea `zone`.
        """
        import pandas as pd

        base, held, places = self._moved(other, by, flow)
        effects = [
            _effect(place, base[:, row].sum(axis=1), held[:, row].sum(axis=1)) for row, place in enumerate(places)
        ]
        columns = {
            by: [effect.measure for effect in effects],
            "baseline_kg": [effect.baseline for effect in effects],
            "change_kg": [effect.difference for effect in effects],
            "low": [effect.low for effect in effects],
            "high": [effect.high for effect in effects],
        }
        table = pd.DataFrame(columns).set_index(by)
        return table.loc[table["change_kg"].abs().sort_values(ascending=False, kind="stable").index]

    def displacement_ratio(self, other: str | None = None, flow: Flow = "sent") -> Displacement | None:
        """What came back on other ways of what the treated places lost; None where policies name no place."""
        treated, loss, gain = self._parted(other, flow)
        if not treated.places:
            return None
        return displacement_ratio(loss.sum(axis=1), gain.sum(axis=1), treated.places)

    def months_to_displacement(self, other: str | None = None, flow: Flow = "sent") -> MonthsToDisplacement | None:
        """When the gain on other ways came to half of its final level; None where policies name no place."""
        import numpy as np

        treated, _, gain = self._parted(other, flow)
        if not treated.places:
            return None
        days = treated.days_by_month()
        in_force = [self.months.index(month) for month in days]
        return months_to_displacement(gain[:, in_force], np.array(list(days.values()), float))

    @property
    def months(self) -> list[str]:
        """The calendar months of the runs, as `2025-01`."""
        return list(self.flows["month"].cat.categories)

    def _parted(self, other: str | None, flow: Flow) -> tuple[Treated, NDArray[Any], NDArray[Any]]:
        """Treated places; loss past them and gain on all other ways, kilograms: float64[replicates, months] each."""
        name = other if other is not None else self.names[1]
        base, held, found = self._moved(name, "treated", flow)
        loss = (base - held)[:, found.index(name)]
        less, more, _ = self._moved(name, "mode", flow)
        return self.treated[name], loss, (more - less).sum(axis=1) + loss

    def _moved(self, other: str | None, by: str, flow: Flow) -> tuple[NDArray[Any], NDArray[Any], list[str]]:
        """Kilograms in the first world and in another, float64[replicates, places, months] each, and the places."""
        import numpy as np

        name = other if other is not None else self.names[1]
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


def _effect(measure: str, base: Any, other: Any) -> Effect:
    """The mean paired difference with its t interval; nan where fewer than two pairs allow none."""
    import numpy as np

    count = len(base)
    gap = other - base
    mean = math.fsum(gap.tolist()) / count
    spread = math.sqrt(math.fsum(((gap - mean) ** 2).tolist()) / (count - 1)) if count > 1 else math.nan
    half = student(count - 1) * spread / math.sqrt(count) if count > 1 else math.nan
    moves = count > 1 and float(np.std(base)) > 0 and float(np.std(other)) > 0
    together = float(np.corrcoef(base, other)[0, 1]) if moves else math.nan
    apart = float(np.var(base, ddof=1) + np.var(other, ddof=1)) if count > 1 else math.nan
    ratio = apart / spread**2 if spread and spread > 0 else math.nan
    return Effect(measure, float(np.mean(base)), float(np.mean(other)), mean, mean - half, mean + half, together, ratio)


def compare(
    *scenarios: Scenario,
    names: Sequence[str] | None = None,
    replicates: int = 20,
    mode: ControlMode = "thinned",
    threads: int = 1,
) -> Comparison:
    """Run worlds over the same replicates, and pair them.

    The first scenario is what the others are compared with. names: what to call them, by default their policies.
    mode: how port controls are lived; the same luck holds within each mode. threads: processes at work; results do not
    depend on it.
    """
    import pandas as pd

    if len(scenarios) < 2:
        raise ValueError("a comparison needs at least two scenarios")
    called = tuple(names) if names is not None else _names(scenarios)
    treated = {
        name: treated_between(scenarios[0], other) for name, other in zip(called[1:], scenarios[1:], strict=True)
    }
    places = {name: known.places for name, known in treated.items()}
    tasks = [(scenario, replicate, mode, places) for scenario in scenarios for replicate in range(replicates)]
    runs, flows = [], []
    for number, (totals, sent) in enumerate(spread(_measured, tasks, threads)):
        which = {"world": called[number // replicates], "replicate": number % replicates}
        runs.append({**which, **totals})
        flows.append((which, sent))
    return Comparison(called, pd.DataFrame(runs), _flows(flows, called), treated)


def _measured(task: tuple[Scenario, int, ControlMode, dict[str, tuple[str, ...]]]) -> tuple[dict[str, Any], Flows]:
    from sim.study.flows import flows_by_month
    from sim.study.measures import totals

    scenario, replicate, mode, treated = task
    model = live(scenario, replicate=replicate, mode=mode)
    return totals(model), flows_by_month(model, treated)


def _flows(runs: Sequence[tuple[dict[str, Any], Flows]], worlds: Sequence[str]) -> pd.DataFrame:
    """What runs sent and delivered, as one table of what is not nothing; words are kept once."""
    import numpy as np
    import pandas as pd

    months = sorted({month for _, found in runs for month in found.months})
    names = sorted({name for _, found in runs for known, _ in found.by.values() for name in known})
    words = {"world": list(worlds), "flow": FLOWS, "month": months, "by": [*SIDES, "treated"], "place": names}
    row = {column: {word: number for number, word in enumerate(known)} for column, known in words.items()}
    parts = []
    for which, found in runs:
        first = row["month"][found.months[0]]
        for (flow, side), (known, grams) in found.by.items():
            month, at = np.nonzero(grams)
            place = np.array([row["place"][name] for name in known], np.int64)[at]
            all_of = row["world"][which["world"]], which["replicate"], row["flow"][flow], row["by"][side]
            world, replicate, moved, by = (np.full(len(at), code) for code in all_of)
            parts.append(np.stack([world, replicate, moved, month + first, by, place, grams[month, at]]))
    columns = dict(zip(("world", "replicate", "flow", "month", "by", "place", "grams"), np.hstack(parts), strict=True))
    kg = columns.pop("grams") / GRAMS_PER_KG
    table = {name: pd.Categorical.from_codes(codes, words[name]) if name in words else codes
             for name, codes in columns.items()}  # fmt: skip
    return pd.DataFrame({**table, "kg": kg})


def _names(scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    """Names of worlds by the policies they have, made different where they are not."""
    found: list[str] = []
    for scenario in scenarios:
        name = " and ".join(policy.called for policy in scenario.policies) or "no policy"
        twins = sum(other == name or other.startswith(f"{name} (") for other in found)
        found.append(f"{name} ({twins + 1})" if twins else name)
    return tuple(found)
