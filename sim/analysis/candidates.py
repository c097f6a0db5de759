"""Candidates: sets of values that are lived, each with luck of its own, and held against what is published."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.calibration_file import Figured, Problem, key_of
from sim.analysis.held import FIGURES, Run
from sim.analysis.smc import Asked
from sim.scenario.load import with_values
from sim.scenario.mistakes import InvalidScenario
from sim.scenario.resolved import scenario_hash
from sim.study.effects import GOALS
from sim.study.parts import claim, put
from sim.study.run import ImpossibleWorld, live
from sim.study.sealed import ResultsError, canonical, read_sealed, sealed, told
from sim.study.spreading import Crew, Progress, spread, tick
from sim.world.ledger import BooksDoNotBalance

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario
    from sim.terms import ControlMode

FORMAT, PLAN, RUNS = "chokepoint calibration", "calibration.json", "runs"
MOST_IN_A_POPULATION = 1_000_000
AS_IT_STANDS = -1
"""The population of runs of the scenario as it stands."""
PREDICTED = 999_998
"""The population of runs of the posterior with new luck."""
GOES_ON = ("title", "question", "populations", "most_runs", "baseline", "predictive")
"""What may be changed in a calibration that goes on in its folder."""

type Figures = dict[str, float]
"""What a run comes to, by figure, place and year; nan where it has none."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A set of values that is lived."""

    scenario: Scenario
    values: Mapping[str, float]
    asked: Asked
    totals: tuple[str, ...]
    replicates: int
    mode: ControlMode
    kept: Path | None
    """The file in which it is kept."""


def luck(asked: Asked, replicates: int) -> list[int]:
    """The replicates of a candidate: numbers that no other candidate has."""
    number = (asked.population + 2) * MOST_IN_A_POPULATION + asked.number
    return [number * replicates + each for each in range(replicates)]


def lived(candidate: Candidate) -> Figures | None:
    """What a candidate comes to, the mean over its replicates; None where it is no world that could be."""
    found = _kept(candidate)
    if found is None:
        found = _lived_anew(candidate)
        if candidate.kept is not None:
            plain = {name: None if math.isnan(value) else value for name, value in (found or {}).items()}
            content = {"shares": list(candidate.asked.shares), "values": dict(candidate.values), "figures": plain}
            put(candidate.kept, sealed(content))
    tick()
    return found or None


def _kept(candidate: Candidate) -> Figures | None:
    """What was kept of the same values; None where nothing was, or what cannot be believed: then it is lived again."""
    if candidate.kept is None or not candidate.kept.is_file():
        return None
    try:
        content = read_sealed(candidate.kept)
    except ResultsError:
        return None
    if content["shares"] != list(candidate.asked.shares):
        return None
    return {name: math.nan if value is None else value for name, value in content["figures"].items()}


def _lived_anew(candidate: Candidate) -> Figures:
    try:
        scenario = with_values(candidate.scenario, candidate.values)
        each = [
            figures(Run.of_model(live(scenario, replicate=number, mode=candidate.mode)), candidate.totals)
            for number in luck(candidate.asked, candidate.replicates)
        ]
    except (InvalidScenario, ImpossibleWorld, BooksDoNotBalance):
        return {}
    return {name: _mean([one[name] for one in each]) for name in sorted(each[0])}


def figures(run: Run, totals: Sequence[str] = ()) -> Figures:
    """What a run comes to, for every figure that is published for its places and years, and some of its totals."""
    found = {key_of(figure, held): held.model for figure, tell in FIGURES.items() for held in tell(run)}
    for name in totals:
        value = run.kpis.get(name)
        found[f"total {name}"] = math.nan if value is None else float(value)
    return found


def _mean(values: Sequence[float]) -> float:
    there = [value for value in values if not math.isnan(value)]
    return math.fsum(there) / len(there) if there else math.nan


def distance(targets: Sequence[Figured], found: Figures | None, kind: str, floor: float) -> float:
    """How far a run is from what is published: root mean square over the targets, in units of their uncertainty.

    A figure that a run does not have (the mean of what was seized where nothing was) counts as nothing.
    """
    if found is None:
        return math.inf
    squares = [_apart(each, found.get(each.key, math.nan), kind, floor) ** 2 for each in targets]
    return math.sqrt(math.fsum(squares) / len(squares))


def _apart(target: Figured, model: float, kind: str, floor: float) -> float:
    value = 0.0 if math.isnan(model) else model
    if kind == "relative":
        return (value / target.published - 1.0) / target.uncertainty
    least = floor * target.published
    return math.log((value + least) / (target.published + least)) / math.log1p(target.uncertainty)


@dataclass(slots=True)
class Candidates:
    """Candidates of one calibration: they are lived here or in processes of their own, and kept in its folder."""

    problem: Problem
    workers: int = 1
    folder: Path | None = None
    progress: Progress | None = None
    crew: Crew | None = None
    known: dict[tuple[int, int], Figures | None] = field(default_factory=dict)
    """By population and number, what each came to."""

    def open(self) -> None:
        """Make the folder, or find it; raises ResultsError where it holds something else."""
        if self.folder is not None:
            claim(self.folder, FORMAT, PLAN, passport(self.problem))
            with told(self.folder):
                (self.folder / RUNS).mkdir(exist_ok=True)

    def answers(self, batch: Sequence[Asked]) -> Iterator[float]:
        """How far each comes from what is published, in order."""
        plan = self.problem.plan
        for asked, found in zip(batch, self.figures(batch), strict=True):
            self.known[asked.population, asked.number] = found
            yield distance(self.problem.targets, found, plan.distance, float(plan.floor))

    def figures(self, batch: Sequence[Asked]) -> Iterator[Figures | None]:
        """What each comes to, in order."""
        progress = self.progress
        if progress is not None and self.crew is None:
            progress = _further(progress, len(self.known))
        yield from spread(lived, [self._candidate(asked) for asked in batch], self.workers, progress, self.crew)

    def _candidate(self, asked: Asked) -> Candidate:
        plan = self.problem.plan
        wanted = [target.place for target in plan.targets if target.figure == "total"]
        kept = None
        if self.folder is not None:
            kept = self.folder / RUNS / f"{asked.population + 1:03d}-{asked.number:06d}.json"
        values = self.problem.values(asked.shares) if asked.population != AS_IT_STANDS else {}
        return Candidate(
            self.problem.scenario, values, asked, tuple(dict.fromkeys([*wanted, *GOALS])), plan.replicates, plan.mode,
            kept,
        )  # fmt: skip


def _further(progress: Progress, before: int) -> Progress:
    return lambda done: progress(before + done)


def passport(problem: Problem) -> dict[str, Any]:
    """What makes kept runs those of this calibration, and of no other."""
    plan = problem.plan.model_dump(mode="json", exclude=set(GOES_ON))
    asked = hashlib.sha256(canonical(plan)).hexdigest()
    return {"scenario": scenario_hash(problem.scenario), "calibration": asked}
