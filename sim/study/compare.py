"""Comparing: the same luck under different policies, and what differs between them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

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
    from sim.study.sent import Sent
    from sim.terms import ControlMode

By = Literal["departure", "arrival", "mode", "zone"]
"""What flows are told by."""

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
    """One row a world, replicate, month and place or mode with anything sent past or by it: kilograms. `by` says what
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

    def displacement(self, other: str | None = None, by: By = "arrival") -> pd.DataFrame:
        """Paired change of what is sent, kilograms, with intervals; the largest changes first.

        by: gateways of `departure` or `arrival`, `mode` or sea `zone`.
        """
        import pandas as pd

        base, held, places = self._sent(other, by)
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

    def displacement_ratio(self, other: str | None = None) -> Displacement | None:
        """What came back on other ways of what the treated places lost; None where policies name no place."""
        treated, loss, gain = self._moved(other)
        if not treated.places:
            return None
        return displacement_ratio(loss.sum(axis=1), gain.sum(axis=1), treated.places)

    def months_to_displacement(self, other: str | None = None) -> MonthsToDisplacement | None:
        """When the gain on other ways came to half of its final level; None where policies name no place."""
        import numpy as np

        treated, _, gain = self._moved(other)
        if not treated.places:
            return None
        days = treated.days_by_month()
        in_force = [self.months.index(month) for month in days]
        return months_to_displacement(gain[:, in_force], np.array(list(days.values()), float))

    @property
    def months(self) -> list[str]:
        """The calendar months of the runs, as `2025-01`."""
        return list(self.flows["month"].cat.categories)

    def _moved(self, other: str | None) -> tuple[Treated, NDArray[Any], NDArray[Any]]:
        """Treated places; loss past them and gain on all other ways, kilograms: float64[replicates, months] each."""
        name = other if other is not None else self.names[1]
        base, held, found = self._sent(name, "treated")
        loss = (base - held)[:, found.index(name)]
        less, more, _ = self._sent(name, "mode")
        return self.treated[name], loss, (more - less).sum(axis=1) + loss

    def _sent(self, other: str | None, by: str) -> tuple[NDArray[Any], NDArray[Any], list[str]]:
        """Kilograms in the first world and in another, float64[replicates, places, months] each, and the places."""
        import numpy as np

        name = other if other is not None else self.names[1]
        rows = self.flows[(self.flows["by"] == by) & self.flows["world"].isin((self.names[0], name))]
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


def _measured(task: tuple[Scenario, int, ControlMode, dict[str, tuple[str, ...]]]) -> tuple[dict[str, Any], Sent]:
    from sim.study.measures import totals
    from sim.study.sent import sent_by_month

    scenario, replicate, mode, treated = task
    model = live(scenario, replicate=replicate, mode=mode)
    return totals(model), sent_by_month(model, treated)


def _flows(runs: Sequence[tuple[dict[str, Any], Sent]], worlds: Sequence[str]) -> pd.DataFrame:
    """What runs sent, as one table of what is not nothing; words are kept once."""
    import numpy as np
    import pandas as pd

    months = sorted({month for _, sent in runs for month in sent.months})
    kinds = list(runs[0][1].by)
    names = sorted({name for _, sent in runs for known, _ in sent.by.values() for name in known})
    row = {name: number for number, name in enumerate(names)}
    parts = []
    for which, sent in runs:
        for kind, (known, grams) in sent.by.items():
            month, at = np.nonzero(grams)
            codes = np.array([row[name] for name in known], np.int64)
            where = worlds.index(which["world"]), which["replicate"], kinds.index(kind)
            first = months.index(sent.months[0])
            parts.append(np.stack([*(np.full(len(at), x) for x in where), month + first, codes[at], grams[month, at]]))
    world, replicate, by, month, place, moved = np.concatenate(parts, axis=1)
    return pd.DataFrame(
        {
            "world": pd.Categorical.from_codes(world, list(worlds)),
            "replicate": replicate,
            "month": pd.Categorical.from_codes(month, months),
            "by": pd.Categorical.from_codes(by, kinds),
            "place": pd.Categorical.from_codes(place, names),
            "kg": moved / GRAMS_PER_KG,
        }
    )


def _names(scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    """Names of worlds by the policies they have, made different where they are not."""
    found: list[str] = []
    for scenario in scenarios:
        name = " and ".join(policy.called for policy in scenario.policies) or "no policy"
        twins = sum(other == name or other.startswith(f"{name} (") for other in found)
        found.append(f"{name} ({twins + 1})" if twins else name)
    return tuple(found)
