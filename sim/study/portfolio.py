"""Portfolios: the mixes of policies that none other beats under a budget, over futures in which they are all lived."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from sim.scenario.mistakes import harmless
from sim.study import mixes as kept
from sim.study.effects import GOALS
from sim.study.extras import workbench
from sim.study.futures import Future
from sim.study.futures import futures as drawn_over_ranges
from sim.study.futures import nominal as differing_by_luck
from sim.study.intervals import Floats, Interval, mean, of_mean
from sim.study.mixes import Mix, Mixes
from sim.study.search import GENERATION, corners, search
from sim.study.spreading import Progress
from sim.study.totals import absent
from sim.terms import told_apart

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from sim.scenario.scenario import Scenario
    from sim.terms import ControlMode

Robust = Literal["mean", "worst"]
"""What a mix is judged by: its mean over futures, or the worst of them."""
COST = "policy_cost_usd"
USUAL = ("delivered_kg", COST)


@dataclass(frozen=True, slots=True, eq=False)
class Portfolio:
    """Mixes of policies, what each comes to over the same futures, and which none other beats."""

    policies: tuple[str, ...]
    goals: tuple[str, ...]
    budget_usd: float
    robust: Robust
    steps: int
    seed: int
    futures: tuple[Future, ...]
    runs: pd.DataFrame
    """One row a mix and future: `mix` (its number; 0 does nothing), `future`, and every total of `GOALS`."""
    mixes: pd.DataFrame
    """One row a mix: the extent of each policy, by name; of each goal and of the cost the `mean` over the futures that
    count, its interval from `low` to `high`, and the `worst`; the `change` of each against doing nothing in the same
    futures, with its interval; whether it is `within_budget`, whether it is on the `front`, and `front_in`: in how many
    of the futures it is on the front of that future. nan where one of these futures has no value."""

    @property
    def front(self) -> pd.DataFrame:
        """Mixes within the budget that none other within it beats, the cheapest first."""
        return self.mixes[self.mixes["front"]].sort_values([f"{COST}_mean", f"{self.goals[0]}_mean"], kind="stable")

    def counting(self, goal: str) -> int:
        """How many futures count in a goal: those in which doing nothing has a value of it."""
        return int(self.runs.loc[self.runs["mix"] == 0, goal].notna().sum())

    def extents(self, number: int) -> dict[str, float]:
        """How much of each policy is done in a mix."""
        return {name: float(self.mixes.loc[number, name]) for name in self.policies}


def portfolio(
    scenario: Scenario,
    *,
    budget_usd: float,
    goals: Sequence[str] = USUAL,
    steps: int = 2,
    futures: int = 8,
    nominal: bool = False,
    robust: Robust = "mean",
    evaluations: int = 200,
    population: int = GENERATION,
    seed: int | None = None,
    mode: ControlMode = "thinned",
    jobs: int = 1,
    folder: str | Path | None = None,
    progress: Progress | None = None,
) -> Portfolio:
    """Search the mixes of a scenario's policies for those that none other beats in all goals, within a budget.

    budget_usd: most that a mix may cost over the whole run. goals: totals of a run, of which it is known whether less
    or more is better. steps: in how many steps each policy can be done. futures: in how many every mix is lived;
    nominal: these differ by luck alone, not in assumed numbers. robust: what mixes are judged by. evaluations: how many
    mixes the optimiser asks for at least, in whole generations of `population`; one that is asked for again is not
    lived again. seed: of the search and of the drawn
    values, by default the scenario's. folder: where every run is kept as soon as it is done, so that a search which was
    broken off goes on.

    Raises ValueError for what cannot be searched, MissingExtra, ImpossibleWorld, and ResultsError.
    """
    if wrong := impossible(scenario, budget_usd, goals) or _no_search(steps, futures, robust, evaluations):
        raise ValueError(wrong)
    workbench()
    luck = scenario.seed if seed is None else seed
    drawn = differing_by_luck(scenario, futures) if nominal else drawn_over_ranges(scenario, futures, luck)
    store = None
    if folder is not None:
        store = kept.Store.open(Path(folder), kept.passport(scenario, drawn, steps, mode))
    known = Mixes(drawn, steps, mode, jobs, store, progress)

    def score(mix: Mix) -> tuple[dict[str, float], float]:
        both = ((0,) * len(mix), mix)
        of = {goal: counted(known.told(both, goal))[1] for goal in {*goals, COST}}
        values = {goal: judged(of[goal], goal, robust) for goal in goals}
        return values, max(0.0, judged(of[COST], COST, robust) - budget_usd)

    known.live(corners(len(scenario.policies), steps))
    search(known, len(scenario.policies), goals, score, evaluations=evaluations, population=population, seed=luck)
    return result(scenario, known, budget_usd, tuple(goals), robust, luck)


def impossible(scenario: Scenario, budget_usd: float, goals: Sequence[str]) -> str:
    """What cannot be searched, with the way out; nothing where all can."""
    if not scenario.policies:
        return "the scenario has no policies to mix. Give it some under `policies`."
    if not (budget_usd > 0.0 and math.isfinite(budget_usd)):
        return f"a budget of {budget_usd:,.10g} USD buys nothing. Give one above 0, for the whole run."
    for goal in goals:
        if goal not in GOALS:
            near = get_close_matches(goal, list(GOALS), 1)
            told = f"did you mean {near[0]}?" if near else f"give one of {', '.join(GOALS)}."
            return f"{harmless(goal) or 'nothing'} is no goal; {told}"
        if why := absent(goal, scenario):
            return f"{why}. Leave it out of the goals."
    if len(set(goals)) < len(goals) or not goals:
        return "give each goal once, and at least one."
    return ""


def _no_search(steps: int, futures: int, robust: str, evaluations: int) -> str:
    """What is no way to search, with the way out; nothing where all can be."""
    for name, count in (("steps", steps), ("futures", futures), ("evaluations", evaluations)):
        if count < 1:
            return f"{name} of {count} are none; give at least 1."
    if robust not in get_args(Robust):
        return f"mixes cannot be judged by {harmless(robust)}; give one of {', '.join(get_args(Robust))}."
    return ""


def counted(values: Floats) -> Floats:
    """The futures that count in a goal: those in which doing nothing, the first mix, has a value of it.

    values: float64[mixes, futures].
    """
    return values[:, ~np.isnan(values[0])]


def judged(values: Floats, goal: str, robust: Robust) -> float:
    """What a mix is judged by in a goal: the mean or the worst of the futures that count; worse than all others where
    it has no value in one of them, or where none counts."""
    found = mean(values) if robust == "mean" and len(values) else worst(values, goal)
    return found if not math.isnan(found) else math.inf if GOALS[goal] == "less" else -math.inf


def worst(values: Floats, goal: str) -> float:
    """The worst of some values; nan where one is unknown, or where there is none."""
    if not len(values):
        return math.nan
    return float(values.max() if GOALS[goal] == "less" else values.min())


def unbeaten(values: Floats) -> list[bool]:
    """Which rows no other row beats: at least as good in all columns and better in one; less is better.

    values: float64[mixes, goals].
    """
    return [not (np.all(values <= row, axis=1) & np.any(values < row, axis=1)).any() for row in values]


def result(
    scenario: Scenario, known: Mixes, budget_usd: float, goals: tuple[str, ...], robust: Robust, seed: int
) -> Portfolio:
    """All mixes that are known, in the order of their extents, and the front among them."""
    import pandas as pd

    names = told_apart([policy.called for policy in scenario.policies])
    order = sorted(known.known)
    of = {goal: known.told(order, goal) for goal in dict.fromkeys([*goals, COST])}
    extents = np.array(order) / known.steps
    columns: dict[str, NDArray[Any]] = {name: extents[:, number] for number, name in enumerate(names)}
    for goal, values in of.items():
        columns |= _told(goal, counted(values))
    cost, scores = _judged(of, goals, robust)
    columns["within_budget"] = cost <= budget_usd
    columns["front"] = on_front(scores, cost, budget_usd)
    alone = [
        _judged({goal: each[:, [at]] for goal, each in of.items()}, goals, robust) for at in range(len(known.futures))
    ]
    columns["front_in"] = np.sum([on_front(each, usd, budget_usd) for usd, each in alone], axis=0)
    runs = [
        {"mix": number, "future": future.number, **known.known[mix][at]}
        for number, mix in enumerate(order)
        for at, future in enumerate(known.futures)
    ]
    mixes = pd.DataFrame(columns).rename_axis("mix")
    return Portfolio(names, goals, budget_usd, robust, known.steps, seed, known.futures, pd.DataFrame(runs), mixes)


def _told(goal: str, values: Floats) -> dict[str, Floats]:
    """What is told of a goal, a column each. values: float64[mixes, futures], of doing nothing first."""
    means, moved = (np.array([_interval(row) for row in table]) for table in (values, values - values[0]))
    heads = [f"{goal}_{word}" for word in ("mean", "low", "high", "change", "change_low", "change_high")]
    found = dict(zip(heads, [*means.T, *moved.T], strict=True))
    return found | {f"{goal}_worst": np.array([worst(row, goal) for row in values])}


def _judged(of: Mapping[str, Floats], goals: Sequence[str], robust: Robust) -> tuple[Floats, Floats]:
    """The cost that counts, float64[mixes], and what mixes are judged by, less being better, float64[mixes, goals]."""
    signs = {goal: 1.0 if GOALS[goal] == "less" else -1.0 for goal in goals}
    by_goal = [[signs[goal] * judged(row, goal, robust) for row in counted(of[goal])] for goal in goals]
    return np.array([judged(row, COST, robust) for row in counted(of[COST])]), np.array(by_goal).T


def on_front(scores: Floats, cost: Floats, budget_usd: float) -> NDArray[np.bool_]:
    """Which rows are within the budget and unbeaten by others within it: bool[mixes]."""
    found = np.zeros(len(scores), bool)
    within = np.flatnonzero(cost <= budget_usd)
    found[within] = unbeaten(scores[within])
    return found


def _interval(values: Floats) -> Interval:
    return of_mean(values) if len(values) else Interval(math.nan, math.nan, math.nan)
