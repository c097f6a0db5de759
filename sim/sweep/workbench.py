"""The EMA Workbench: what a sweep came to as its experiments and outcomes, and a sweep's runs as a model of its own."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim.scenario.load import Value, with_values
from sim.scenario.mistakes import InvalidScenario
from sim.study.extras import workbench
from sim.study.run import ImpossibleWorld, live
from sim.sweep.asked import Asked
from sim.sweep.chunk import under
from sim.sweep.designs import contradicting
from sim.sweep.part import MONTHLY

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.scenario import Scenario
    from sim.sweep.sweep import Sweep
    from sim.terms import ControlMode

MODEL, POLICIES = "chokepoint", "policies"
_LOG = f"EMA.{MODEL}"
type _Kind = Literal["ScalarOutcome", "ArrayOutcome"]


def handed_over(sweep: Sweep) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Experiments and outcomes as the Workbench's `perform_experiments` gives them: one row a run that was lived.

    Columns: the parameters by `identifiers`, `policies` and `replicate`, then `scenario` (the point), `policy` and
    `model`, as the Workbench calls them. Outcomes that a run has not are nan. Series are outcomes of two dimensions,
    float64[runs, months], called `monthly_` and the measure; left out where runs last unequally long.
    """
    table = sweep.table()
    names = identifiers(sweep.parameters)
    experiments = table[[*sweep.parameters]].rename(columns=names)
    for name in names.values():
        if not _numeric(experiments[name]):
            experiments[name] = experiments[name].astype("category")
    experiments[POLICIES] = table["policies"].astype("category")
    experiments["replicate"] = table["replicate"]
    experiments["scenario"] = table["point"]
    experiments["policy"] = table["policies"].astype("category")
    experiments["model"] = np.full(len(table), MODEL, object)
    experiments["model"] = experiments["model"].astype("category")
    outcomes = {name: table[name].to_numpy(float) for name in sweep.outcomes}
    for name in outcomes:
        _outcome("ScalarOutcome", name)  # the Workbench saves and loads what it has been told of
    for name, values in _series(sweep).items():
        _outcome("ArrayOutcome", name)
        outcomes[name] = values
    return experiments, outcomes


def identifiers(paths: Sequence[str]) -> dict[str, str]:
    """What the Workbench calls each parameter: the path with `__` for each dot, and `_` for what no name may hold."""
    found: dict[str, str] = {}
    for path in paths:
        name = re.sub(r"\W", "_", path.replace(".", "__"))
        while name in found.values():
            name += "_"
        found[path] = name
    return found


def ema_model(asked: Asked) -> Any:
    """A model of the Workbench whose experiments are runs of a sweep, as its file asks for them.

    Uncertainties are what varies in the sweep, constants the parameters with one value alone, the lever `policies` the
    sets of policies where there are several. Outcomes are the totals that are kept: of several replicates one array a
    run, float64[replicates]. The same point, policies and replicate come to the same as in the sweep; all outcomes of
    an experiment that is no world that could be are nan, and the Workbench's log says why.
    """
    ema, left_out = workbench(), contradicting(asked)
    parameters = [each for each in asked.parameters if each.path not in left_out]
    names = identifiers([each.path for each in parameters])
    arms = dict(asked.arms)
    lived = Lived(asked.scenario, {name: path for path, name in names.items()}, arms, asked.outcomes,
                  asked.file.replicates, asked.file.mode)  # fmt: skip
    model = ema.Model(MODEL, function=lived)
    model.uncertainties = [
        ema.CategoricalParameter(names[each.path], list(each.values))
        if each.values
        else ema.RealParameter(names[each.path], each.low, each.high)
        for each in parameters
        if len(each.values) != 1
    ]
    model.constants = [ema.Constant(names[each.path], each.values[0]) for each in parameters if len(each.values) == 1]
    model.levers = [ema.CategoricalParameter(POLICIES, list(arms))] if len(arms) > 1 else []
    kind: _Kind = "ScalarOutcome" if asked.file.replicates == 1 else "ArrayOutcome"
    model.outcomes = [_outcome(kind, name) for name in asked.outcomes]
    return model


def _outcome(kind: _Kind, name: str) -> Any:
    """An outcome of the Workbench, which takes a name for one kind alone: it is that of the last who uses it."""
    found = getattr(workbench(), kind)
    from ema_workbench.em_framework.outcomes import register

    register.outcomes[name] = found
    return found(name)


@dataclass(frozen=True)
class Lived:
    """One experiment: values and a set of policies in, totals out."""

    scenario: Scenario
    paths: Mapping[str, str]
    """Paths by the names of the Workbench."""
    arms: Mapping[str, tuple[str, ...] | None]
    outcomes: Sequence[str]
    replicates: int
    mode: ControlMode

    __name__ = MODEL

    def __call__(self, **experiment: Any) -> dict[str, Any]:
        """Live it, once a replicate."""
        those = self.arms[str(experiment.pop(POLICIES, next(iter(self.arms))))]
        values: dict[str, Value] = {self.paths[name]: _plain(value) for name, value in experiment.items()}
        each: list[dict[str, Any]]
        try:
            each = self._lived(values, those)
        except (InvalidScenario, ImpossibleWorld) as why:  # the Workbench would give it the outcomes of another
            logging.getLogger(_LOG).warning("an experiment is no world that could be: %s", why)
            each = [dict.fromkeys(self.outcomes)] * self.replicates
        found = {name: np.array([_known(one[name]) for one in each]) for name in self.outcomes}
        return {name: values if self.replicates > 1 else float(values[0]) for name, values in found.items()}

    def _lived(self, values: Mapping[str, Value], those: tuple[str, ...] | None) -> list[dict[str, Any]]:
        """The totals of each replicate."""
        from sim.study.measures import totals

        world = with_values(self.scenario, values) if values else self.scenario
        if those is not None:
            world = under(world, those, self.scenario)
        return [totals(live(world, replicate=number, mode=self.mode)) for number in range(self.replicates)]


def _series(sweep: Sweep) -> dict[str, np.ndarray]:
    """MEASURE[run, month] by what the Workbench calls it; nothing where runs last unequally long."""
    found = {}
    for column in sweep.results.column_names:
        if column.startswith(MONTHLY):
            rows = sweep.results.column(column).to_pylist()
            if len({len(row) for row in rows}) == 1:
                values = [[math.nan if value is None else value for value in row] for row in rows]
                found[f"monthly_{column.removeprefix(MONTHLY)}"] = np.array(values, float)
    return found


def _numeric(column: pd.Series) -> bool:
    return bool(np.issubdtype(column.to_numpy().dtype, np.number) or np.issubdtype(column.to_numpy().dtype, np.bool_))


def _plain(value: Any) -> Value:
    plain: Value = value.item() if hasattr(value, "item") else value
    return plain


def _known(value: float | None) -> float:
    return math.nan if value is None else float(value)
