"""Scenario discovery: in which corner of what a sweep varied runs come out as one asks, found by PRIM."""

from __future__ import annotations

import contextlib
import io
import math
import operator
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.study.extras import workbench

if TYPE_CHECKING:
    import pandas as pd

    from sim.sweep.sweep import Sweep

_CONDITION = re.compile(r"\s*(\w+)\s*(<=|>=|<|>)\s*(\S+)\s*")
AS_IT_IS = "as it is"
"""What a value is called that is as the scenario has it."""
_LIMITS = ["parameter", "low", "high", "chance_low", "chance_high"]
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class NotFound(ValueError):
    """A question that a sweep cannot answer; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What is asked of an outcome, as in delivered_kg<1000 or delivered_kg<25%: the quarter with the least."""

    outcome: str
    sign: str
    threshold: float
    share: bool
    """Whether the threshold is a share of the runs, not a value."""

    @classmethod
    def read(cls, text: str) -> Condition:
        """What is asked; raises NotFound."""
        met = _CONDITION.fullmatch(text)
        number = met[3].removesuffix("%") if met else ""
        try:
            value = float(number)
        except ValueError:
            raise NotFound(
                f"{text!r} is no condition. Give one as in delivered_kg<1000, or delivered_kg<25%."
            ) from None
        assert met is not None  # noqa: S101  # a number was found in it
        share = met[3].endswith("%")
        if share and not 0.0 < value < 100.0:
            raise NotFound(f"{number} is no share of the runs. Give one between 0 and 100 per cent.")
        return cls(met[1], met[2], value, share)

    def holds(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Where it holds; nowhere where there is no value."""
        known = values[np.isfinite(values)]
        at = self.threshold
        if self.share:
            share = self.threshold / 100.0 if self.sign.startswith("<") else 1.0 - self.threshold / 100.0
            at = float(np.quantile(known, share)) if len(known) else 0.0
        found: NDArray[np.bool_] = np.isfinite(values) & _COMPARE[self.sign](values, at)
        return found


@dataclass(frozen=True, slots=True)
class Box:
    """Ranges of some parameters within which the condition holds more often than elsewhere."""

    limits: pd.DataFrame
    """One row a parameter that is restricted: its low and high end, and for either the chance that as much would be
    found if it did not matter (quasi p-values of Bryant and Lempert 2010); nan where that end is not restricted, and
    where points were lived several times: replicates of a point are no independent runs."""
    coverage: float
    """Share of all runs for which the condition holds that lie in the box."""
    density: float
    """Share of the runs in the box for which it holds."""
    mass: float
    """Share of all runs that lie in the box."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found."""

    condition: Condition
    points: int
    runs: int
    """Of all points: as many as these, or several replicates of each."""
    share: float
    """Share of all runs for which the condition holds."""
    boxes: tuple[Box, ...]
    peeling: pd.DataFrame
    """The trade-off of the first box: coverage, density, mass and number of restricted parameters at each step."""
    without: int = 0
    """Runs that have no such outcome, as no mean of seizures where nothing was seized: it holds for none of them."""


def discover(
    sweep: Sweep, condition: str, *, policies: str | None = None, density: float = 0.8, boxes: int = 1
) -> Discovery:
    """Boxes in which a condition holds, under the first policies of the sweep if none are named.

    density: the box that is chosen is the largest one at least so dense, else the densest. Raises NotFound and
    MissingExtra.
    """
    asked = Condition.read(condition)
    if asked.outcome not in sweep.outcomes:
        raise NotFound(f"the sweep has not kept {asked.outcome}; it has {', '.join(sweep.outcomes)}.")
    arm = policies if policies is not None else next(iter(sweep.plan.passport["policies"]))
    if arm not in (known := sweep.plan.passport["policies"]):
        raise NotFound(f"the sweep has no policies {arm}; it has {', '.join(known)}.")
    table = sweep.table()
    table = table[table["policies"] == arm]
    if not len(table):
        raise NotFound(f"no run under {arm} has been lived.")
    values = table[asked.outcome].to_numpy(float)
    holds, without = asked.holds(values), int((~np.isfinite(values)).sum())
    if without == len(values):
        raise NotFound(f"none of {len(values)} runs has {asked.outcome}.")
    if holds.all() or not holds.any():
        raise NotFound(
            f"{condition} holds for {'all' if holds.all() else 'none'} of {len(holds)} runs. Ask for another value."
        )
    found, peeling = _boxes(_experiments(table[sweep.parameters]), holds, density, boxes)
    points = int(table["point"].nunique())
    if points < len(holds):
        found = [replace(box, limits=box.limits.assign(chance_low=math.nan, chance_high=math.nan)) for box in found]
    return Discovery(asked, points, len(holds), float(holds.mean()), tuple(found), peeling, without)


def _experiments(table: pd.DataFrame) -> pd.DataFrame:
    """Where parameters stood; where some are as the scenario has them, that is a word among words."""
    found = table.reset_index(drop=True)
    for name in found:
        if found[name].isna().any():
            found[name] = found[name].map(str, na_action="ignore").fillna(AS_IT_IS)
    return found


def _boxes(
    experiments: pd.DataFrame, holds: NDArray[np.bool_], density: float, boxes: int
) -> tuple[list[Box], pd.DataFrame]:
    """The boxes that PRIM peels (Friedman and Fisher 1999), one after the other from what is left."""
    workbench()
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        from ema_workbench.analysis import prim

        algorithm = prim.Prim(experiments, holds)
        found: list[Box] = []
        peeling: pd.DataFrame | None = None
        for _ in range(boxes):
            box = algorithm.find_box()
            if box is None:
                break
            steps = box.peeling_trajectory
            peeling = steps if peeling is None else peeling
            dense = np.flatnonzero(steps["density"].to_numpy() >= density)
            at = int(dense[0]) if len(dense) else int(steps["density"].to_numpy().argmax())
            box.select(at)
            found.append(_box(box, at))
    assert peeling is not None  # noqa: S101  # there is always the box of everything
    return found, peeling


def _box(box: Any, at: int) -> Box:
    import pandas as pd

    limits, chances = box.box_lims[at], box.p_values[at]
    rows = []
    for name, ends in chances.items():
        found = [math.nan if chance < 0.0 else float(chance) for chance in (ends[0], ends[-1])]
        rows.append({"parameter": name, "low": limits[name].iloc[0], "high": limits[name].iloc[1],
                     "chance_low": found[0], "chance_high": found[1]})  # fmt: skip
    step = box.peeling_trajectory.iloc[at]
    return Box(
        pd.DataFrame(rows, columns=_LIMITS), float(step["coverage"]), float(step["density"]), float(step["mass"])
    )
