"""Designs: the points of a sweep as columns, one a parameter; which values meet which."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.quantity import ASSUMED
from sim.scenario.load import Value
from sim.scenario.numbers import Assumption
from sim.study.extras import salib
from sim.study.futures import accepted, latin
from sim.sweep.asked import Asked, Parameter
from sim.sweep.file import SweepFile

if TYPE_CHECKING:
    from numpy.typing import NDArray

type Columns = dict[str, NDArray[Any]]
"""VALUE[n] by path: what a parameter is at each of n points."""

MOST_VALUES = 40_000_000
"""Points times parameters: what fits into memory."""
_PROBES = 4
"""Points at which it is looked which numbers contradict each other when all are drawn."""


class TooLarge(ValueError):
    """A sweep that no machine could plan; the message says what to do, in one line."""


class Points(NamedTuple):
    """The points of a sweep."""

    number: int
    columns: Columns
    ranges: dict[str, list[float]]
    """Low and high of what varies over a range, by path, in the order of the columns."""
    left_out: tuple[str, ...]
    """Paths of assumed numbers that do not vary because the values of others would contradict them: shares that add
    up."""


def points_of(asked: Asked) -> Points:
    """The points that a sweep asks for. Raises TooLarge and MissingExtra."""
    left_out = contradicting(asked)
    parameters = [each for each in asked.parameters if each.path not in left_out]
    count = _count(asked.file, parameters)
    if count * max(1, len(parameters)) > MOST_VALUES:
        raise TooLarge(
            f"{count:,} points of {len(parameters):,} parameters are more than fit into memory; "
            f"vary less, or at fewer points ({MOST_VALUES:,} values at most)"
        )
    columns = _DESIGNS[asked.file.design](asked.file, parameters) if parameters else {}
    ranges = {each.path: [each.low, each.high] for each in parameters if not each.values}
    return Points(count, columns, ranges, left_out)


def _count(file: SweepFile, parameters: Sequence[Parameter]) -> int:
    many, points = len(parameters), file.points or 1
    match file.design:
        case "grid":
            return math.prod(len(each.values) for each in parameters)
        case "latin_hypercube":
            return points
        case "sobol":
            return points * ((2 * many + 2) if file.second_order else (many + 2))
        case "morris":
            return points * (many + 1)
        case "one_at_a_time":
            return 1 + sum(len(each.values) or 2 for each in parameters)


def _grid(file: SweepFile, parameters: Sequence[Parameter]) -> Columns:
    """All combinations, the last parameter changing first."""
    found, before, count = {}, 1, _count(file, parameters)
    for each in parameters:
        before *= len(each.values)
        number = np.arange(count) // (count // before) % len(each.values)
        found[each.path] = _taken(each.values, number)
    return found


def _latin(file: SweepFile, parameters: Sequence[Parameter]) -> Columns:
    """Every range cut into as many equal parts as there are points, and each part met once."""
    points, found = file.points or 1, {}
    for each in parameters:
        low, high = (0.0, 1.0) if each.values else (each.low, each.high)
        drawn = np.array(latin(Assumption(each.path, "", low, "", low, high, ASSUMED), points, file.seed))
        if each.values:
            number = np.minimum((drawn * len(each.values)).astype(np.int64), len(each.values) - 1)
            found[each.path] = _taken(each.values, number)
        else:
            found[each.path] = drawn
    return found


def _sobol(file: SweepFile, parameters: Sequence[Parameter]) -> Columns:
    sample = salib("sample.sobol").sample
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the command says in words of its own what a power of 2 is good for
        points = sample(_problem(parameters), file.points, calc_second_order=file.second_order, seed=file.seed)
    return _named(parameters, points)


def _morris(file: SweepFile, parameters: Sequence[Parameter]) -> Columns:
    sample = salib("sample.morris").sample
    return _named(parameters, sample(_problem(parameters), file.points, num_levels=file.levels, seed=file.seed))


def _one_at_a_time(file: SweepFile, parameters: Sequence[Parameter]) -> Columns:
    """First the scenario as it is; then each parameter at each of its values, or at both ends of its range."""
    count, row, found = _count(file, parameters), 1, {}
    for each in parameters:
        values = each.values or (each.low, each.high)
        column = np.full(count, each.now, dtype=object if each.now is None else None)  # nothing: as the scenario has it
        column[row : row + len(values)] = values
        found[each.path] = column
        row += len(values)
    return found


_DESIGNS: dict[str, Callable[[SweepFile, Sequence[Parameter]], Columns]] = {
    "grid": _grid,
    "latin_hypercube": _latin,
    "sobol": _sobol,
    "morris": _morris,
    "one_at_a_time": _one_at_a_time,
}


def _taken(values: Sequence[Value], number: NDArray[np.int64]) -> NDArray[Any]:
    """The values of these numbers; texts as objects, so that each is kept once."""
    known = np.array(values, dtype=object if isinstance(values[0], str) else None)
    return known[number]


def _named(parameters: Sequence[Parameter], sample: NDArray[np.float64]) -> Columns:
    return {each.path: np.ascontiguousarray(sample[:, at]) for at, each in enumerate(parameters)}


def _problem(parameters: Sequence[Parameter]) -> dict[str, Any]:
    """The parameters as SALib names a problem."""
    bounds = [[each.low, each.high] for each in parameters]
    return {"num_vars": len(parameters), "names": [each.path for each in parameters], "bounds": bounds}


def contradicting(asked: Asked) -> tuple[str, ...]:
    """Paths of numbers that are drawn because all are, and that cannot all be drawn."""
    if asked.file.every is None:
        return ()
    drawn = [each for each in asked.parameters if each.path not in asked.file.parameters]
    ranges = [Assumption(each.path, "", each.low, "", each.low, each.high, ASSUMED) for each in drawn]
    found: set[str] = set()
    for probe in range(_PROBES):
        values = {each.path: latin(each, _PROBES, asked.file.seed)[probe] for each in ranges if each.path not in found}
        found |= set(accepted(asked.scenario, values)[1])
    return tuple(each.path for each in drawn if each.path in found)
