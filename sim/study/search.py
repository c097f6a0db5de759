"""Searching for mixes of policies that none other beats: NSGA-II, as the EMA Workbench has it."""

from __future__ import annotations

import contextlib
import io
import random
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from sim.study.effects import GOALS
from sim.study.extras import workbench
from sim.study.mixes import Mix, Mixes

OVER = "over_budget"
GENERATION = 20
"""Mixes that the optimiser asks for at a time."""


def search(
    known: Mixes,
    policies: int,
    goals: Sequence[str],
    score: Callable[[Mix], tuple[dict[str, float], float]],
    *,
    evaluations: int,
    population: int,
    seed: int,
) -> None:
    """Ask for mixes, whole generations of them, until at least `evaluations` were asked for; they are then known.

    score: what a known mix comes to in each goal, and by how many USD it is over the budget. The first to be asked for
    are nothing, everything, and each policy alone; the rest of the first generation is random.
    """
    ema = workbench()
    from platypus import NSGAII, Archive

    levers = [f"policy_{number}" for number in range(policies)]

    def outcome(mix: Mix) -> dict[str, float]:
        values, over = score(mix)
        return {**values, OVER: over}

    model = ema.Model("mixes", function=outcome)
    model.levers = [ema.IntegerParameter(name, 0, known.steps) for name in levers]
    kind = {"less": ema.ScalarOutcome.MINIMIZE, "more": ema.ScalarOutcome.MAXIMIZE}
    model.outcomes = [*(ema.ScalarOutcome(goal, kind=kind[GOALS[goal]]) for goal in goals), ema.ScalarOutcome(OVER)]
    budget = ema.Constraint("budget", outcome_names=[OVER], function=lambda over: over)
    first = [ema.Sample(**dict(zip(levers, mix, strict=True))) for mix in corners(policies, known.steps)]
    luck, said = random.getstate(), sys.stderr
    try:
        with (
            contextlib.redirect_stderr(io.StringIO()),  # its own bars
            warnings.catch_warnings(),
            tempfile.TemporaryDirectory() as scratch,  # it writes archives, which nobody reads
        ):
            warnings.simplefilter("ignore")
            _evaluator(ema, model, known, levers, outcome, said).optimize(
                algorithm=NSGAII,
                nfe=evaluations,
                constraints=[budget],
                initial_population=first[:population],
                population_size=population,
                archive=Archive(),
                rng=seed,
                directory=scratch,
                filename="archives.tar.gz",
            )
    finally:
        random.setstate(luck)


def at_most(evaluations: int, policies: int, steps: int) -> int:
    """How many mixes are lived at most, where so many are to be asked for: the last generation may begin one short of
    them; all corners are lived, and no more than there are."""
    asked = evaluations - 1 + GENERATION + max(0, len(corners(policies, steps)) - GENERATION)
    there_are: int = (steps + 1) ** policies
    return min(asked, there_are)


def corners(policies: int, steps: int) -> list[Mix]:
    """Nothing, everything, and each policy alone."""
    alone = [tuple(steps * (number == other) for other in range(policies)) for number in range(policies)]
    return list(dict.fromkeys([(0,) * policies, (steps,) * policies, *alone]))


def _evaluator(
    ema: Any, model: Any, known: Mixes, levers: Sequence[str], outcome: Callable[[Mix], dict[str, float]], said: Any
) -> Any:
    """What the optimiser asks: a generation is lived as one batch, and then read mix by mix."""

    class Generations(ema.SequentialEvaluator):  # type: ignore[misc]
        """Generations, each lived at once."""

        def evaluate_experiments(self, experiments: Any, callback: Any, **_: Any) -> None:
            """Live what is new of a generation, then hand over what each mix came to."""
            asked = [(each, tuple(int(each.policy[name]) for name in levers)) for each in experiments]
            with contextlib.redirect_stderr(said):
                known.live(mix for _, mix in asked)
            for experiment, mix in asked:
                callback(experiment, outcome(mix))

    return Generations(model)
