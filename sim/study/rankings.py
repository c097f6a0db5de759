"""Rankings under other rules and values: whether the best policy stays the best when organisations choose otherwise, or
when assumed numbers lie elsewhere in their ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.actors.behaviours.behaviour import Behaviour
from sim.study.branches import lived
from sim.study.compare import compare
from sim.study.effects import GOALS, Goal, NoRanking
from sim.study.futures import Future, futures
from sim.study.parts import kept_table
from sim.study.sealed import ResultsError, told
from sim.study.spreading import Progress, spread, tick

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.scenario import Scenario
    from sim.study.comparison import Comparison
    from sim.terms import ControlMode

SURE = 0.95
"""Chance from which on a world counts as the best beyond doubt."""
TABLES = {
    "rules": (("best", "by"), ("chance_best", "replicates")),
    "futures": (("by",), ()),
    "over_futures": (("by",), ("best_share", "mean_change", "lowest", "highest")),
}
"""Files in which `compare --out` keeps rankings, with their columns of words, among them the total to rank by, and of
numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Rankings:
    """Which world is best by a total, by how organisations choose and by where in their ranges assumed values lie."""

    measure: str
    goal: Goal
    worlds: tuple[str, ...]
    by_rule: dict[str, Comparison]
    """A comparison under each behaviour of organisations."""
    by_future: pd.DataFrame
    """The total, one row a future and one column a world."""
    left_out: tuple[str, ...]
    """Assumed numbers that kept their value in a future, because others would have contradicted it."""

    @property
    def known(self) -> pd.DataFrame:
        """The futures that count: those in which every world has a value."""
        return self.by_future.dropna()

    def rules(self) -> pd.DataFrame:
        """One row a behaviour: the best world, its chance to be that, and the paired change of each world's mean.

        Raises NoRanking, which names the behaviour, where there is no mean to rank by.
        """
        import pandas as pd

        rows = {}
        for rule, found in self.by_rule.items():
            try:
                table = found.ranking(self.measure, self.goal)
            except NoRanking as none:
                raise NoRanking(f"under {rule} {none}") from none
            changes = {name: found.effects(name, [self.measure])[0].difference for name in self.worlds[1:]}
            rows[rule] = {"best": table.index[0], "chance_best": table["chance_best"].iloc[0], **changes}
        return pd.DataFrame.from_dict(rows, orient="index")

    def futures(self) -> pd.DataFrame:
        """One row a world: in which share of the futures that count it is best (those that tie share it), and the
        change against the first world, in the mean and at its lowest and highest; nan where none counts, and nothing
        without futures."""
        import pandas as pd

        if self.by_future.empty:
            return pd.DataFrame()
        index = pd.Index(self.worlds, name="world")
        values = self.known[list(self.worlds)].to_numpy(float)
        if not len(values):
            return pd.DataFrame(np.nan, index, ["best_share", "mean_change", "lowest", "highest"])
        ahead = values if self.goal == "more" else -values
        first = ahead == ahead.max(axis=1, keepdims=True)
        gaps = values - values[:, :1]
        return pd.DataFrame(
            {
                "best_share": (first / first.sum(axis=1, keepdims=True)).mean(axis=0),
                "mean_change": gaps.mean(axis=0),
                "lowest": gaps.min(axis=0),
                "highest": gaps.max(axis=0),
            },
            index=index,
        )

    def tables(self) -> dict[str, pd.DataFrame]:
        """All of it by the names of `TABLES`, with the total to rank by and over how many replicates or futures; none
        that would be empty."""
        found = {
            "rules": self.rules().assign(replicates=[found.replicates for found in self.by_rule.values()]),
            "futures": self.by_future,
            "over_futures": self.futures().assign(futures=len(self.known)),
        }
        return {name: table.assign(by=self.measure) for name, table in found.items() if len(table)}

    def flips(self) -> list[str]:
        """Behaviours under which another world is best, beyond doubt, than under the first of them."""
        if not self.by_rule:
            return []
        table = self.rules()
        sure = table[table["chance_best"] >= SURE]
        return [str(rule) for rule, row in sure.iterrows() if row["best"] != table["best"].iloc[0]]


def rankings(
    scenario: Scenario,
    worlds: Mapping[str, Sequence[str]],
    measure: str = "delivered_kg",
    *,
    goal: Goal | None = None,
    rules: Sequence[str] = (),
    count: int = 0,
    replicates: int = 10,
    mode: ControlMode = "thinned",
    jobs: int = 1,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Rankings:
    """Rank worlds of a scenario again and again, with the same luck in all worlds of a time.

    worlds: by name, the names of the policies that are in force there. rules: behaviours, each of which all
    organisations take over; the first is what others are held against. count: futures, in each of which every assumed
    number, those of the policies included, has a value somewhere in its range. replicates: of each rule; a future is
    lived once. progress: told how many worlds are done.
    """
    names = tuple(worlds)
    by_rule = {}
    for done, rule in enumerate(rules):
        plan = under_rule(scenario, rule)
        by_rule[rule] = compare(
            *(restricted(plan, worlds[name]) for name in names), names=names, replicates=replicates, mode=mode,
            jobs=jobs, folder=folder / "rules" / rule if folder is not None else None,
            progress=progress and _further(progress, done * replicates * len(names)),
        )  # fmt: skip
    drawn = futures(scenario, count, scenario.seed) if count else ()
    tasks = [(future, [restricted(future.scenario, worlds[name]) for name in names], measure, mode) for future in drawn]
    before = len(rules) * replicates * len(names)
    values = list(spread(_in_future, tasks, jobs, progress and _further(progress, before)))
    left_out = tuple(dict.fromkeys(path for future in drawn for path in future.left_out))
    return Rankings(measure, goal or GOALS[measure], names, by_rule, _table(values, names), left_out)


def kept(folder: Path, name: str, by: str) -> pd.DataFrame | None:
    """One of `TABLES` in the folder of a comparison; None where there is none, or one by another total. Raises
    ResultsError where it is not as it was written."""
    file = folder / f"{name}.csv"
    table = kept_table(file, *TABLES[name], named=True) if file.is_file() else None
    return None if table is None or (table["by"] != by).any() else table.drop(columns="by")


def forget(folder: Path, by: str) -> None:
    """Remove the rankings in the folder of a comparison that an earlier command made by another total, or that were
    changed since."""
    for name in TABLES:
        try:
            stays = kept(folder, name, by) is not None
        except ResultsError:
            stays = False
        if not stays:
            with told(folder):
                (folder / f"{name}.csv").unlink(missing_ok=True)


def under_rule(scenario: Scenario, rule: str) -> Scenario:
    """The scenario with all organisations choosing by one behaviour, with its defaults."""
    chosen = Behaviour.read(rule)
    groups = {name: group.model_copy(update={"behaviour": chosen}) for name, group in scenario.organisations.items()}
    return scenario.replaced(organisations=groups)


def restricted(scenario: Scenario, policies: Sequence[str]) -> Scenario:
    """The scenario with only those of its policies that are named, in the order of the scenario."""
    return scenario.replaced(policies=tuple(policy for policy in scenario.policies if policy.called in policies))


def _in_future(task: tuple[Future, list[Scenario], str, ControlMode]) -> dict[int, float]:
    from sim.study.measures import totals

    future, worlds, measure, mode = task
    found = {}
    for number, model in lived(worlds, replicate=future.number, mode=mode):
        value = totals(model)[measure]
        found[number] = float("nan") if value is None else float(value)
        tick()
    return found


def _table(values: Sequence[Mapping[int, float]], names: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    rows = np.array([[found[number] for number in range(len(names))] for found in values]).reshape(-1, len(names))
    return pd.DataFrame(rows, columns=list(names), index=pd.RangeIndex(len(values), name="future"))


def _further(progress: Progress, before: int) -> Progress:
    return lambda done: progress(before + done)
