"""Posterior: what is believed of fitted numbers once runs have been held against what is published, and how runs of
these values come out beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.analysis.calibration_file import Fitted, Problem, key_of
from sim.analysis.candidates import AS_IT_STANDS, PREDICTED, Candidates, Figures, distance
from sim.analysis.held import FIGURES, Run, whole_years
from sim.analysis.smc import Asked, Particle, Population, drawn, sample
from sim.study.run import ImpossibleWorld
from sim.study.spreading import crew

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.spreading import Progress

LEVEL = 0.9
"""Of intervals."""
_AHEAD = 4
"""Sets of values that are asked for at once, for each process that lives them."""


class Beside(NamedTuple):
    """A published figure, with what runs come to before and after numbers were fitted."""

    figure: str
    place: str
    year: int | None
    use: str
    """`fitted`, `held out` (a later year), or `beside` (known, but not asked for)."""
    published: float
    source: str
    before: float
    """Mean of the runs of the scenario as it stands; nan where there were none."""
    median: float
    low: float
    high: float
    """Over the posterior."""

    @property
    def inside(self) -> bool:
        """Whether the published figure lies in the interval."""
        return self.low <= self.published <= self.high


@dataclass(frozen=True, slots=True)
class Posterior:
    """What a calibration came to; the last population stands for what is believed."""

    problem: Problem
    populations: tuple[Population, ...]
    figures: dict[tuple[int, int], Figures]
    """Of particles, by population and number."""
    baseline: tuple[Figures, ...]
    """Of the scenario as it stands."""
    predicted: tuple[Figures, ...] = ()
    """Of values drawn from the posterior, lived anew; none where only the accepted runs are there to be told."""

    @property
    def last(self) -> Population:
        """The population that stands for the posterior."""
        return self.populations[-1]

    @property
    def lived(self) -> int:
        """Sets of values that were lived for whole populations."""
        return sum(each.asked for each in self.populations)

    def quantile(self, fitted: Fitted, level: float) -> float:
        """The value below which a share of the posterior lies."""
        at = self.problem.fitted.index(fitted)
        return weighted_quantile(
            self.last.particles, [fitted.at(each.shares[at]) for each in self.last.particles], level
        )

    def table(self) -> pd.DataFrame:
        """One row a particle of every population: its weight, its distance, and a column for each fitted number."""
        import pandas as pd

        rows = [
            {
                "population": number,
                "number": particle.number,
                "weight": particle.weight,
                "distance": particle.distance,
                **{each.name: each.at(share) for each, share in zip(self.problem.fitted, particle.shares, strict=True)},
            }
            for number, population in enumerate(self.populations)
            for particle in population.particles
        ]
        return pd.DataFrame(rows)

    def runs(self) -> pd.DataFrame:
        """One row a figure and particle of the last population: what its runs came to."""
        import pandas as pd

        last = len(self.populations) - 1
        rows = [
            {"number": each.number, "figure": key, "model": value}
            for each in self.last.particles
            for key, value in self.figures[last, each.number].items()
        ]
        return pd.DataFrame(rows)

    def beside(self) -> list[Beside]:
        """Published figures of all years that were lived, beside what runs come to: fitted ones and others."""
        return list(self._beside())

    def distances(self) -> tuple[float, float]:
        """Median distance of the runs of the scenario as it stands (nan without any), and of the posterior's."""
        plan, targets = self.problem.plan, self.problem.targets
        before = sorted(distance(targets, each, plan.distance, float(plan.floor)) for each in self.baseline)
        middle = before[(len(before) - 1) // 2] if before else math.nan
        told = self._told()
        after = [distance(targets, figures, plan.distance, float(plan.floor)) for _, figures in told]
        return middle, weighted_quantile([each for each, _ in told], after, 0.5)

    def _beside(self) -> Iterator[Beside]:
        plan, wanted = self.problem.plan, {target.key for target in self.problem.targets}
        nothing = Run.of_nothing(self.problem.scenario)
        for figure, tell in FIGURES.items():
            for held in tell(nothing):
                use = "held out" if held.year > plan.fitted_until else "beside"
                key = key_of(figure, held)
                row = (figure, held.place, held.year, "fitted" if key in wanted else use, held.published, held.source)
                yield Beside(*row, *self._spread(key))
        for target in plan.targets:
            if target.figure == "total":
                of_run = ("total", target.place, None, "fitted", target.value or 0.0, target.source)
                yield Beside(*of_run, *self._spread(f"total {target.place}"))

    def _told(self) -> list[tuple[Particle, Figures]]:
        """Runs of the posterior with their weights: with new luck, or else those that were accepted."""
        if self.predicted:
            share = 1.0 / len(self.predicted)
            return [(Particle(number, (), share, 0.0), found) for number, found in enumerate(self.predicted)]
        last = len(self.populations) - 1
        return [(each, self.figures[last, each.number]) for each in self.last.particles]

    def _spread(self, key: str) -> tuple[float, float, float, float]:
        """A figure before, and its median and interval after."""
        before = [each[key] for each in self.baseline if not math.isnan(each[key])]
        known = [(each, figures[key]) for each, figures in self._told() if not math.isnan(figures[key])]
        particles, values = [each for each, _ in known], [value for _, value in known]
        levels = ((1.0 - LEVEL) / 2.0, 0.5, (1.0 + LEVEL) / 2.0)
        low, middle, high = (weighted_quantile(particles, values, level) for level in levels)
        return math.fsum(before) / len(before) if before else math.nan, middle, low, high


def calibrate(
    problem: Problem, folder: Path | None = None, *, workers: int = 1, progress: Progress | None = None
) -> Posterior:
    """Fit the numbers of a calibration.

    folder: where every run is kept as soon as it is done, so that a calibration which was broken off goes on. What
    comes out does not depend on `workers`. Raises MissingExtra, ImpossibleWorld where not even one population could be
    filled, and ResultsError.
    """
    plan = problem.plan
    with crew(workers) as hands:
        candidates = Candidates(problem, workers, folder, progress, hands)
        candidates.open()
        stands = [Asked(AS_IT_STANDS, number, ()) for number in range(plan.baseline)]
        baseline = tuple(found for found in candidates.figures(stands) if found is not None)
        populations = sample(
            [each.name for each in problem.fitted],
            candidates.answers,
            particles=plan.particles,
            populations=plan.populations,
            keep=float(plan.keep),
            most=plan.most_runs,
            seed=plan.seed,
            ahead=1 if workers <= 1 else _AHEAD * workers,
        )
        again = drawn(populations[-1].particles, plan.predictive, 0.5) if populations else []
        anew = [Asked(PREDICTED, number, each.shares) for number, each in enumerate(again)]
        predicted = tuple(found for found in candidates.figures(anew) if found is not None)
    if not populations:
        raise ImpossibleWorld(
            f"no {plan.particles} sets of values could be lived within {plan.most_runs} runs. Give more of them, or "
            "narrower ranges."
        )
    figures = {
        (number, each.number): candidates.known[number, each.number] or {}
        for number, population in enumerate(populations)
        for each in population.particles
    }
    return Posterior(problem, tuple(populations), figures, baseline, predicted)


def weighted_quantile(particles: Sequence[Particle], values: Sequence[float], level: float) -> float:
    """The smallest value at which the weights of the values up to it come to `level` of all; nan of none."""
    pairs = sorted(zip(values, (each.weight for each in particles), strict=True))
    total, reached = math.fsum(weight for _, weight in pairs), 0.0
    for value, weight in pairs:
        reached += weight
        if reached >= level * total:
            return value
    return pairs[-1][0] if pairs else math.nan


def years_told(problem: Problem) -> str:
    """The years that were fitted."""
    years = [year for year in whole_years(problem.scenario) if year <= problem.plan.fitted_until]
    return f"{years[0]} to {years[-1]}" if len(years) > 1 else str(years[0]) if years else "the run"


def numbers(posterior: Posterior) -> Iterator[tuple[Fitted, float, float, float]]:
    """Each fitted number with its median and interval."""
    for each in posterior.problem.fitted:
        low, middle, high = (posterior.quantile(each, level) for level in ((1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2))
        yield each, middle, low, high


def nested(entries: dict[str, Any]) -> dict[str, Any]:
    """Values by path as mappings within mappings."""
    found: dict[str, Any] = {}
    for path, value in entries.items():
        *above, last = path.split(".")
        here = found
        for key in above:
            here = here.setdefault(key, {})
        here[last] = value
    return found
