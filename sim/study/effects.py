"""Effects: paired differences between worlds with the same luck, which world is best, and what a change costs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from sim.study.intervals import (
    RESAMPLES,
    Floats,
    chance_above_zero,
    deviation,
    mean,
    of_mean,
    of_ratio,
    times_drawn,
    weights,
)

if TYPE_CHECKING:
    import pandas as pd

Goal = Literal["less", "more"]
GOALS: dict[str, Goal] = {
    "delivered_kg": "less",
    "dispatched_kg": "less",
    "seized_kg": "more",
    "interception_share": "more",
    "price_usd_per_kg_mean": "more",
    "false_alarms": "less",
    "boxes_examined": "less",
    "delay_hours_mean": "less",
    "couriers_recruited": "less",
    "people_lost": "less",
    "networks_dismantled": "more",
    "networks_disrupted": "more",
    "judgment_days_median": "less",
    "convicted_seizure_share": "more",
    "confiscated_share": "more",
    "policy_cost_usd": "less",
}
"""Whether less or more of a total is what policies are for."""


class NoRanking(ValueError):
    """Worlds cannot be ranked by a total; the message says why, in one line."""


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

    def turned(self, measure: str) -> Effect:
        """What is prevented, of what a world has less of."""
        return Effect(
            measure, self.baseline, self.other, -self.difference, -self.high, -self.low, self.correlation,
            self.variance_ratio,
        )  # fmt: skip


def effect(measure: str, base: Floats, other: Floats) -> Effect:
    """The mean paired difference with its t interval; nan where fewer than two pairs allow none."""
    middle, low, high = of_mean(other - base)
    moves = len(base) > 1 and float(np.std(base)) > 0 and float(np.std(other)) > 0
    together = float(np.corrcoef(base, other)[0, 1]) if moves else math.nan
    ratio = variance_ratio(base, other)
    return Effect(measure, float(np.mean(base)), float(np.mean(other)), middle, low, high, together, ratio)


def variance_ratio(base: Floats, other: Floats) -> float:
    """How much smaller the variance of a paired difference is than that of independent runs; nan where it is 0."""
    spread = deviation(other - base)
    apart = deviation(base) ** 2 + deviation(other) ** 2
    return apart / spread**2 if spread > 0 else math.nan


def as_table(effects: Sequence[Effect]) -> pd.DataFrame:
    """Effects as a table, one row each."""
    import pandas as pd

    fields = Effect.__slots__
    return pd.DataFrame([[getattr(each, field) for field in fields] for each in effects], columns=list(fields))


class Worth(NamedTuple):
    """What a unit of a change costs: programme cost over what it prevents or gains, with Fieller's interval."""

    per: str
    usd: float
    low: float
    high: float


WORTH: dict[str, tuple[str, Goal]] = {
    "kg prevented from delivery": ("delivered_kg", "less"),
    "kg seized more": ("seized_kg", "more"),
    "network dismantled": ("networks_dismantled", "more"),
    "recruit prevented": ("couriers_recruited", "less"),
}
"""What programmes are priced by: totals, and whether less or more of them is gained."""


def worth(per: str, cost: Floats, base: Floats, other: Floats) -> Worth:
    """USD a unit; nan where the policy costs nothing, or gains nothing."""
    gained = (base - other) if WORTH[per][1] == "less" else (other - base)
    if not cost.any():
        return Worth(per, math.nan, math.nan, math.nan)
    return Worth(per, *of_ratio(cost, gained))


def ranking(measured: Mapping[str, Floats], goal: Goal) -> pd.DataFrame:
    """Worlds, the best first: mean, chance that the mean is the best of all, and how often it was the best.

    measured: float64[n] by world, over the same replicates. The chance is over samples of what the means may be, given
    the replicates, ties shared: what more replicates would show. `best_share` is over the replicates themselves: what
    luck does to a single history. Raises NoRanking where a total has no value in some replicate, so that there is
    no mean to rank by.
    """
    import pandas as pd

    sign = 1.0 if goal == "more" else -1.0
    values = sign * np.array(list(measured.values()))
    if np.isnan(values).any():
        raise NoRanking("the total to rank by has no value in some replicate: live more days, or rank by another")
    means = np.einsum("sr,wr->sw", weights(values.shape[1]), values)
    table = pd.DataFrame(
        {
            "mean": [mean(each) for each in measured.values()],
            "chance_best": _shares_of_first(means),
            "best_share": _shares_of_first(values.T),
        },
        index=pd.Index(list(measured), name="world"),
    )
    order = np.argsort(-sign * table["mean"].to_numpy(), kind="stable")
    return table.iloc[order]


def better(measured: Mapping[str, Floats], goal: Goal) -> pd.DataFrame:
    """The chance that the world of a row has a better mean than that of a column, by Student's t over the pairs."""
    import pandas as pd

    sign = 1.0 if goal == "more" else -1.0
    table = [
        [chance_above_zero(sign * (one - other)) if one is not other else math.nan for other in measured.values()]
        for one in measured.values()
    ]
    return pd.DataFrame(table, index=list(measured), columns=list(measured))


def _shares_of_first(rows: Any) -> Floats:
    """How often each column is the highest of a row; columns that share the first place share it."""
    first = (rows == rows.max(axis=1, keepdims=True)).astype(float)
    shares: Floats = (first / first.sum(axis=1, keepdims=True)).mean(axis=0)
    return shares


def least_variance_ratio(base: Floats, other: Floats, level: float = 0.95) -> float:
    """The lower bound of the variance ratio at a one-sided level, by the percentile bootstrap over the pairs."""
    times = times_drawn(len(base))

    def spread(values: Floats) -> Floats:
        middle = np.einsum("sr,r->s", times, values) / len(values)
        squares = np.einsum("sr,r->s", times, values**2) / len(values) - middle**2
        positive: Floats = np.maximum(squares, 0.0)
        return positive

    centred = [each - mean(each) for each in (base, other)]
    paired = spread(centred[1] - centred[0])
    ratios = np.sort((spread(centred[0]) + spread(centred[1])) / np.where(paired > 0.0, paired, np.nan))
    return float(ratios[round((1.0 - level) * (RESAMPLES - 1))])
