"""Sequential Monte Carlo without a likelihood: populations of values that come closer and closer to what is published,
as pyABC has it, each draw a function of the seed and its own number alone."""

from __future__ import annotations

import itertools
import logging
import math
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.kernels.draws import Draws
from sim.study.extras import pyabc

WORDS = 2**32
"""Seeds that the library's generator takes."""


class Asked(NamedTuple):
    """A set of values that is to be lived."""

    population: int
    number: int
    """Within the population, in the order in which they were drawn."""
    shares: tuple[float, ...]
    """For each number that is fitted, the share of its prior that lies below the value."""


type Answers = Callable[[Sequence[Asked]], Iterator[float]]
"""How far from the published figures each set of values comes, in the order in which they were asked for; infinity
where it is no world that could be."""


class Particle(NamedTuple):
    """A set of values that was accepted."""

    number: int
    shares: tuple[float, ...]
    weight: float
    distance: float


@dataclass(frozen=True, slots=True)
class Population:
    """Sets of values within one distance of the published figures, weighted so that they stand for the posterior."""

    threshold: float
    asked: int
    """How many had to be lived for it."""
    particles: tuple[Particle, ...]

    @property
    def effective(self) -> float:
        """Effective number of particles: (sum of weights)² / sum of squared weights."""
        return 1.0 / math.fsum(each.weight**2 for each in self.particles)


def drawn(particles: Sequence[Particle], count: int, start: float) -> list[Particle]:
    """So many particles, each as often as its weight says (systematic resampling); start: 0 to 1, where it begins."""
    ends = np.cumsum([each.weight for each in particles])
    marks = (np.arange(count) + start) / count * ends[-1]
    return [particles[int(at)] for at in np.searchsorted(ends, marks, side="right").clip(0, len(particles) - 1)]


def sample(
    names: Sequence[str],
    answers: Answers,
    *,
    particles: int,
    populations: int,
    keep: float = 0.5,
    most: int = sys.maxsize,
    seed: int = 1,
    ahead: int = 1,
    within: float = 0.0,
    done: Callable[[Population], None] = lambda _: None,
) -> list[Population]:
    """Populations one after the other (Toni et al. 2009), the first from the prior, each next one within the distance
    that the share `keep` of the one before had; only whole ones.

    names: of the numbers that are fitted. most: sets of values that are lived at most. ahead: how many are asked for
    at once; the populations do not depend on it. within: a distance that is near enough to stop. done: told of each.
    """
    library = pyabc()
    one_by_one = _sampler(library, answers, Draws(seed), most, ahead, done)
    with _quiet(), tempfile.TemporaryDirectory() as scratch:
        smc = library.ABCSMC(
            one_by_one.model,
            library.Distribution(**{name: library.RV("uniform", 0.0, 1.0) for name in _keys(names)}),
            _distance,
            population_size=particles,
            eps=library.QuantileEpsilon(initial_epsilon=sys.float_info.max, alpha=keep),
            sampler=one_by_one,
        )
        smc.new(f"sqlite:///{Path(scratch) / 'populations.db'}", {"distance": 0.0, "number": 0})
        smc.run(max_nr_populations=populations, minimum_epsilon=within)
    found: list[Population] = one_by_one.whole
    return found


def _keys(names: Sequence[str]) -> list[str]:
    """What the library calls the numbers: it orders them by name, and this order is that of the file."""
    return [f"q{place:04d}" for place, _ in enumerate(names)]


def _distance(found: Any, _: Any) -> float:
    return float(found["distance"])


class _NotYet(Exception):
    """A set of values has been drawn, and is not lived yet."""

    def __init__(self, shares: tuple[float, ...]) -> None:
        self.shares = shares


def _sampler(
    library: Any, answers: Answers, draws: Draws, most: int, ahead: int, done: Callable[[Population], None]
) -> Any:
    """What the library asks for a population.

    It draws and judges each set of values in one go. Here that is done twice with the same luck: first to learn which
    values are meant, so that several can be lived at once by whoever lives them, then with the answer at hand.
    """

    class OneByOne(library.Sampler):  # type: ignore[misc]
        """Takes the first so many that are accepted, by number: who is lived first does not matter."""

        def __init__(self) -> None:
            super().__init__()
            self.known: dict[str, float] | None = None
            self.lived = 0
            self.whole: list[Population] = []

        def model(self, values: Any) -> dict[str, float]:
            """The answer at hand; raises _NotYet where there is none."""
            if self.known is None:
                raise _NotYet(tuple(float(values[key]) for key in sorted(values)))
            return self.known

        def sample_until_n_accepted(
            self, n: int, simulate_one: Callable[[], Any], t: int, *, ana_vars: Any = None, **_: Any
        ) -> Any:
            """One population."""
            sample, numbers, kept = self._create_empty_sample(), itertools.count(), list[tuple[Asked, Any]]()
            self.nr_evaluations_ = 0
            while len(kept) < n and self.lived < most:
                batch = [self._asked(simulate_one, t, number) for number in itertools.islice(numbers, ahead)]
                for asked, distance in zip(batch, answers(batch), strict=False):
                    particle = self._judged(simulate_one, asked, distance)
                    sample.append(particle)
                    self.nr_evaluations_ += 1
                    self.lived += 1
                    kept += [(asked, particle)] if particle.accepted else []
                    if len(kept) == n or self.lived == most:
                        break
            sample.ok = len(kept) == n
            if sample.ok:
                self.whole.append(_population(kept, self.nr_evaluations_, float(ana_vars.eps(t))))
                done(self.whole[-1])
            return sample

        def _asked(self, simulate_one: Callable[[], Any], t: int, number: int) -> Asked:
            self.known = None
            _seed_library(draws, t, number)
            try:
                simulate_one()
            except _NotYet as values:
                return Asked(t, number, values.shares)
            raise AssertionError("the library judged a set of values without asking for it")

        def _judged(self, simulate_one: Callable[[], Any], asked: Asked, distance: float) -> Any:
            self.known = {"distance": distance, "number": float(asked.number)}
            _seed_library(draws, asked.population, asked.number)
            return simulate_one()

    return OneByOne()


def _seed_library(draws: Draws, population: int, number: int) -> None:
    """The library draws from NumPy's one generator: it is set anew for each set of values."""
    np.random.seed(int(draws.uniform("set of values", "calibration", population, number) * WORDS))


def _population(kept: Sequence[tuple[Asked, Any]], asked: int, threshold: float) -> Population:
    total = math.fsum(found.weight for _, found in kept)
    particles = [
        Particle(each.number, each.shares, found.weight / total, float(found.distance)) for each, found in kept
    ]
    return Population(threshold if threshold < sys.float_info.max else math.inf, asked, tuple(particles))


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave NumPy's generator as it was, and keep the library from talking."""
    luck, log = np.random.get_state(), logging.getLogger("ABC")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(level)
        np.random.set_state(luck)
