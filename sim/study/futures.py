"""Futures: the values of assumed numbers drawn over their ranges, each with luck of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.kernels.draws import Draws, child_key, child_keys
from sim.scenario.load import with_values
from sim.scenario.mistakes import InvalidScenario
from sim.scenario.numbers import Assumption, assumptions
from sim.study.run import ImpossibleWorld, born, settle

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

MOST_DRAWN = 8
"""How often a future is drawn before it is given up."""


@dataclass(frozen=True, slots=True)
class Future:
    """One way in which the world may be: values in place of assumed ones, and the luck of a replicate."""

    number: int
    """The replicate, from 0."""
    scenario: Scenario
    """The world with these values."""
    overrides: tuple[str, ...] = ()
    """The values as settings `path=value`, as `--set` takes them, in the order of the nouns."""
    left_out: tuple[str, ...] = ()
    """Paths of numbers that keep their value because the drawn ones would contradict others (shares that add up)."""
    refused: tuple[str, ...] = ()
    """Why earlier draws of it were no world that could be."""


def futures(scenario: Scenario, count: int, seed: int) -> tuple[Future, ...]:
    """`count` futures: every assumed number with a range is drawn evenly over it.

    A Latin hypercube (McKay, Beckman and Conover 1979): each range is cut into `count` equal parts, and each part is
    met once. Draws depend on the path of a number, `seed` and `count` alone, so that a number more leaves the others as
    they are. A future that is no world (figures that contradict each other once it is built) is drawn anew, over whole
    ranges. Raises ImpossibleWorld where `MOST_DRAWN` draws of one are none, and InvalidScenario where the scenario
    itself is refused.
    """
    over = uncertain(scenario)
    drawn = {each.path: latin(each, count, seed) for each in over}
    return tuple(
        _future(scenario, number, over, {path: values[number] for path, values in drawn.items()}, seed)
        for number in range(count)
    )


def nominal(scenario: Scenario, count: int) -> tuple[Future, ...]:
    """`count` futures that differ by luck alone."""
    return tuple(Future(number, scenario) for number in range(count))


def uncertain(scenario: Scenario) -> list[Assumption]:
    """What futures differ in: assumed numbers with a range, but for how much of a policy is done, which is decided."""
    return [each for each in assumptions(scenario) if _width(each) > 0.0 and not decided(each.path)]


def latin(number: Assumption, count: int, seed: int) -> list[float]:
    """A value of a number in each of `count` equal parts of its range, the parts in random order."""
    draws, members = Draws(seed), child_keys(number.path, 0, count)
    part = np.argsort(draws.uniforms("part of a range", members, 0), kind="stable")
    within = draws.uniforms("place in the part", members, 0)
    return [float(value) for value in _at(number, (part + within) / count)]


def _anywhere(number: Assumption, future: int, attempt: int, seed: int) -> float:
    """A value of a number anywhere in its range."""
    return float(_at(number, Draws(seed).uniform("drawn anew", child_key(number.path, future), 0, attempt)))


def _at(number: Assumption, share: Any) -> Any:
    """The value at a share of the range, or the values at many."""
    low, width = number.low or 0.0, _width(number)
    return np.minimum(np.maximum(low + width * share, low), low + width)


def _width(number: Assumption) -> float:
    return number.high - number.low if number.low is not None and number.high is not None else 0.0


def decided(path: str) -> bool:
    """Whether a number is how much of a policy is done."""
    return path.startswith("policies.") and path.endswith(".extent")


def _future(
    scenario: Scenario, number: int, over: Iterable[Assumption], values: Mapping[str, float], seed: int
) -> Future:
    """The future of these values, or of others where they are no world."""
    refused: list[str] = []
    for attempt in range(MOST_DRAWN):
        found, left_out = accepted(scenario, values)
        try:
            born(found, replicate=number, mode="thinned")
        except ImpossibleWorld as why:
            refused.append(str(why))
            values = {each.path: _anywhere(each, number, attempt, seed) for each in over}
        else:
            settle()
            kept = tuple(f"{path}={value!r}" for path, value in values.items() if path not in left_out)
            return Future(number, found, kept, left_out, tuple(refused))
    raise ImpossibleWorld(f"{MOST_DRAWN} draws of a future were no world; the last: {refused[-1]}")


def accepted(scenario: Scenario, values: Mapping[str, float]) -> tuple[Scenario, tuple[str, ...]]:
    """The scenario with all of the values that it can have, and the paths of those left out.

    Of the numbers at or below a place where something is wrong, those of one name (the shares of all markets) are
    left out together, where the rest can stay without them.
    """
    kept, left_out = dict(values), list[str]()
    while True:
        try:
            return with_values(scenario, kept), tuple(path for path in values if path in left_out)
        except InvalidScenario as wrong:
            suspects = {path for mistake in wrong.mistakes for path in _under(mistake.path, kept)}
            if not left_out:
                with_values(scenario, {})  # raises where the values are not to blame
        sure = {path: value for path, value in kept.items() if path not in suspects}
        for _, alike in groupby(sorted(suspects, key=_name), key=_name):
            more = {path: kept[path] for path in alike}
            try:
                with_values(scenario, sure | more)
                sure |= more
            except InvalidScenario:
                left_out += more
        kept = {path: value for path, value in kept.items() if path in sure}


def _under(place: str, paths: Iterable[str]) -> list[str]:
    """Paths at or below a place, or below the nearest place above it that has some."""
    known, here = list(paths), place
    while here:
        below = [path for path in known if path == here or path.startswith(f"{here}.")]
        if below:
            return below
        here = here.rpartition(".")[0]
    return known


def _name(path: str) -> tuple[str, str]:
    """What a number is called, before where it stands."""
    return path.rpartition(".")[2], path
