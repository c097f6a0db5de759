"""Ranks of known truths: whether a calibrator finds what made some figures as often as it says that it does."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.analysis.calibration_file import Problem
from sim.analysis.candidates import Candidates, Figures, distance
from sim.analysis.smc import Asked, drawn, sample
from sim.kernels.draws import Draws, child_key

TRUTH = -2
"""The population of runs that are made with the true values."""

type Lives = Callable[[int, Sequence[Asked]], Iterator[Figures | None]]
"""What sets of values come to in a trial, which has luck of its own."""
type Apart = Callable[[Figures, Figures | None], float]
"""How far a run is from the figures that the truth made."""


class Ranks(NamedTuple):
    """Where truths lie among draws of the posteriors that their own figures lead to."""

    names: tuple[str, ...]
    ranks: NDArray[np.int64]
    """int64[trials, names], 0 to `draws`."""
    draws: int

    def chi_square(self, name: str, bins: int) -> tuple[float, float]:
        """The statistic of evenness over so many bins, as many as there are ranks at most, and the chance of one as
        large if ranks are even. Expected is as many in each bin as there are ranks in it."""
        from scipy.stats import chi2

        column = self.ranks[:, self.names.index(name)]
        bin_of = np.arange(self.draws + 1) * bins // (self.draws + 1)
        found = np.bincount(bin_of[column], minlength=bins)
        expected = np.bincount(bin_of, minlength=bins) * (len(column) / (self.draws + 1))
        statistic = math.fsum((found - expected) ** 2 / expected)
        return statistic, float(chi2.sf(statistic, bins - 1))


def ranks(names: Sequence[str], lives: Lives, apart: Apart, *, trials: int, draws: int, seed: int, **how: Any) -> Ranks:
    """Simulation-based calibration (Talts et al. 2018): truths are drawn from the prior, each is lived once, its
    figures are fitted, and its rank among `draws` draws of the posterior is noted. Ranks are even if the calibrator
    neither over- nor understates what it knows.

    how: particles, populations and so on of each fit. A truth that is no world is drawn anew.
    """
    luck, found = Draws(seed), []
    for trial in range(trials):
        truth, figures = _truth(names, lives, luck, trial)
        last = sample(
            names,
            _answers(lives, apart, trial, figures),
            seed=int(luck.integer("fit", "ranks", trial, 0, 2**31)),
            **how,
        )[-1]
        chosen = drawn(last.particles, draws, luck.uniform("draw of a posterior", "ranks", trial))
        found.append([_rank(truth[at], [each.shares[at] for each in chosen]) for at in range(len(names))])
    return Ranks(tuple(names), np.array(found, np.int64), draws)


def ranks_of(problem: Problem, *, trials: int, draws: int, seed: int, workers: int = 1, **how: Any) -> Ranks:
    """The same of a calibration of a scenario: figures of its targets are made up by runs of true values."""
    plan = problem.plan

    def lives(trial: int, batch: Sequence[Asked]) -> Iterator[Figures | None]:
        world = problem.scenario.model_copy(update={"seed": seed + trial})
        return Candidates(replace(problem, scenario=world), workers).figures(batch)

    def apart(truth: Figures, found: Figures | None) -> float:
        told = [each for each in problem.targets if not math.isnan(truth[each.key]) and truth[each.key] > 0.0]
        targets = [replace(each, published=truth[each.key]) for each in told]
        return distance(targets, found, plan.distance, float(plan.floor)) if targets else 0.0

    names = [each.name for each in problem.fitted]
    return ranks(names, lives, apart, trials=trials, draws=draws, seed=seed, **how)


def _truth(names: Sequence[str], lives: Lives, luck: Draws, trial: int) -> tuple[tuple[float, ...], Figures]:
    number = 0
    while True:
        shares = tuple(luck.uniform("truth", child_key(name, trial), 0, number) for name in names)
        (figures,) = lives(trial, [Asked(TRUTH, number, shares)])
        if figures is not None:
            return shares, figures
        number += 1


def _answers(lives: Lives, apart: Apart, trial: int, truth: Figures) -> Callable[[Sequence[Asked]], Iterator[float]]:
    return lambda batch: (apart(truth, found) for found in lives(trial, batch))


def _rank(truth: float, drawn: Sequence[float]) -> int:
    return sum(each < truth for each in drawn)
