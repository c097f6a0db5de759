"""Sensitivity: which of the numbers that a sweep varied decide what comes out, how surely, and how much was luck."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim.study.extras import salib
from sim.study.intervals import LEVEL, Floats, of_mean

if TYPE_CHECKING:
    import pandas as pd

    from sim.sweep.sweep import Sweep

RESAMPLES = 1000
"""Samples of the points in a bootstrap."""
SEED = 20_000
"""Of the bootstrap: the same samples every time."""

type Kind = Literal["sobol", "morris", "one_at_a_time"]
INDICES: dict[str, tuple[str, ...]] = {
    "sobol": ("S1", "ST"),
    "morris": ("mu_star", "mu", "sigma"),
    "one_at_a_time": ("low", "high"),
}
"""What is told of each parameter, by the design of the sweep."""


class NoIndices(ValueError):
    """A sweep from which no indices can be computed; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Studied:
    """One outcome of a sweep under one set of policies, as the analysis sees it."""

    design: str
    names: tuple[str, ...]
    bounds: tuple[tuple[float, float], ...]
    values: Floats
    """float64[points, names]: where each parameter stood."""
    outcome: Floats
    """float64[points, replicates]: what came out; nan where a run failed or has none."""
    levels: int = 4
    second_order: bool = False
    sizes: tuple[int, ...] = ()
    """How many points each parameter has to itself, where one varies at a time; they follow that of the scenario as it
    is."""
    words: tuple[tuple[str, ...], ...] = ()
    """Of each parameter the words that its values are numbers of; none where they are numbers themselves."""

    @classmethod
    def of(cls, sweep: Sweep, outcome: str, policies: str) -> Studied:
        """What a sweep holds; raises NoIndices where it has no such outcome, policies or design."""
        file, passport = sweep.file, sweep.plan.passport
        if file.design not in INDICES:
            kinds = "sobol, morris or one_at_a_time"
            raise NoIndices(f"a {file.design.replace('_', ' ')} has no indices. Sweep again with design {kinds}.")
        if outcome not in sweep.outcomes:
            raise NoIndices(f"the sweep has not kept {outcome}; it has {', '.join(sweep.outcomes)}.")
        if policies not in passport["policies"]:
            raise NoIndices(f"the sweep has no policies {policies}; it has {', '.join(passport['policies'])}.")
        points, arms = passport["points"], len(passport["policies"])
        first = np.arange(points) * arms * file.replicates
        ranges, names = passport["ranges"], sweep.parameters
        columns, words = [], []
        for path in names:
            known: dict[str, int] = {}
            columns.append([_number(value, known) for value in sweep.plan.column(path)[first].tolist()])
            words.append(tuple(known))
        table = sweep.table()
        table = table[table["policies"] == policies]
        found = np.full((points, file.replicates), np.nan)
        found[table["point"].to_numpy(), table["replicate"].to_numpy()] = table[outcome].to_numpy(float)
        values = np.array(columns).T if columns else np.empty((points, 0))
        bounds = tuple((float(low), float(high)) for low, high in (ranges.get(name, (0.0, 0.0)) for name in names))
        listed = [file.parameters[name].values if name in file.parameters else () for name in names]
        sizes = tuple(len(each) or 2 for each in listed)
        told = (file.levels, file.second_order, sizes, tuple(words))
        return cls(file.design, tuple(names), bounds, values, found, *told)


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How an outcome answers the parameters of a sweep."""

    outcome: str
    policies: str
    kind: str
    table: pd.DataFrame
    """One row a parameter, by their order of importance: each index with the ends of its interval at `LEVEL`."""
    points: int
    """Points that count."""
    left_out: int
    """Points that do not, because a run at them or in their group failed or has no such outcome."""
    luck: float
    """Share of the variance over points, means over replicates, that is luck; nan where one replicate cannot tell."""
    base: float = math.nan
    """The outcome of the scenario as it is, where the design has that point."""
    pairs: pd.DataFrame | None = None
    """One row a pair of parameters, the largest second-order index first, where the points of the sweep serve them."""

    @property
    def ranked(self) -> list[str]:
        """Parameters by importance."""
        return list(self.table["parameter"])


def sensitivity(sweep: Sweep, outcome: str, policies: str | None = None) -> Sensitivity:
    """The indices of one outcome of a finished sweep, under its first policies if none are named.

    Raises NoIndices and MissingExtra.
    """
    arm = policies if policies is not None else next(iter(sweep.plan.passport["policies"]))
    return indices(Studied.of(sweep, outcome, arm), outcome, arm)


def indices(found: Studied, outcome: str = "outcome", policies: str = "") -> Sensitivity:
    """Sobol's indices, Morris's elementary effects or plain differences, as the design of the points allows."""
    import pandas as pd

    size = _group(found)
    whole = np.isfinite(found.outcome).all(axis=1)
    if found.design == "one_at_a_time":
        if not whole[0]:
            raise NoIndices(f"the scenario as it is has no {outcome}: nothing to hold the others against.")
        kept = whole
    else:
        kept = np.repeat(whole.reshape(-1, size).all(axis=1), size)
    if kept.sum() < 2 * size and found.design != "one_at_a_time":
        raise NoIndices(f"{int(kept.sum()) // size} whole groups of points with {outcome} are too few for indices.")
    values, results = found.values[kept], found.outcome[kept]
    means = results.mean(axis=1)
    if not np.ptp(_compared(found, means)) > 0.0:
        which = "base points of the sample" if found.design == "sobol" else "points"
        raise NoIndices(f"{outcome} is the same at all {which}: there is nothing to explain.")
    table = pd.DataFrame(list(_ROWS[found.design](found, values, means)))
    order = _IMPORTANCE[found.design](table)
    table = table.iloc[np.argsort(-order.to_numpy(float), kind="stable")].reset_index(drop=True)
    base = float(found.outcome[0].mean()) if found.design == "one_at_a_time" else math.nan
    together = found.design == "sobol" and found.second_order and len(found.names) > 1
    pairs = pd.DataFrame(list(_pairs(found, means))) if together else None
    if pairs is not None:
        pairs = pairs.sort_values("S2", ascending=False, kind="stable", ignore_index=True)
    return Sensitivity(
        outcome, policies, found.design, table, int(kept.sum()), int((~kept).sum()), share_of_luck(results), base, pairs
    )


def share_of_luck(results: Floats) -> float:
    """Share of the variance over points of means over replicates that is luck; nan with one replicate.

    results: float64[points, replicates]. Replicates have the same luck at all points, so that what all points share of
    it is no noise between them; what is left without both is (two-way analysis of variance).
    """
    points, replicates = results.shape
    if replicates < 2 or points < 2:
        return math.nan
    by_point, by_luck, middle = results.mean(axis=1), results.mean(axis=0), results.mean()
    left = results - by_point[:, None] - by_luck[None, :] + middle
    noise = math.fsum((left**2).ravel().tolist()) / ((points - 1) * (replicates - 1))
    spread = by_point.var(ddof=1)
    return float(min(1.0, noise / replicates / spread)) if spread > 0.0 else math.nan


def _group(found: Studied) -> int:
    """Points that only count together."""
    many = len(found.names)
    if found.design == "sobol":
        return 2 * many + 2 if found.second_order else many + 2
    return many + 1 if found.design == "morris" else 1


def _compared(found: Studied, means: Floats) -> Floats:
    """The outcomes whose differences are explained: Sobol's indices are shares of the variance over base points, which
    are the first and the last of each group."""
    return means.reshape(-1, _group(found))[:, [0, -1]] if found.design == "sobol" else means


def _problem(found: Studied) -> dict[str, Any]:
    return {"num_vars": len(found.names), "names": list(found.names), "bounds": [list(each) for each in found.bounds]}


def _sobol(found: Studied, _: Floats, means: Floats) -> Iterator[dict[str, Any]]:
    """First-order and total indices (Saltelli et al. 2010), intervals by a bootstrap of the base points."""
    told = _analysed(found, means)
    for at, name in enumerate(found.names):
        yield {"parameter": name, **_with_ends("S1", told, at), **_with_ends("ST", told, at)}


def _pairs(found: Studied, means: Floats) -> Iterator[dict[str, Any]]:
    """Second-order indices (Saltelli 2002): what two parameters decide together beyond what each decides alone."""
    told = _analysed(found, means)
    for one, other in itertools.combinations(range(len(found.names)), 2):
        names = {"parameter": found.names[one], "other": found.names[other]}
        yield {**names, **_with_ends("S2", told, (one, other))}


def _analysed(found: Studied, means: Floats) -> Any:
    """What SALib tells of a Sobol sample."""
    return salib("analyze.sobol").analyze(
        _problem(found), means, calc_second_order=found.second_order, num_resamples=RESAMPLES, conf_level=LEVEL,
        seed=SEED,
    )  # fmt: skip


def _morris(found: Studied, values: Floats, means: Floats) -> Iterator[dict[str, Any]]:
    """Elementary effects (Morris 1991, Campolongo et al. 2007), over the whole range of each parameter."""
    told = salib("analyze.morris").analyze(
        _problem(found), values, means, num_resamples=RESAMPLES, conf_level=LEVEL, num_levels=found.levels, seed=SEED
    )
    for at, name in enumerate(found.names):
        plain = {word: float(told[word][at]) for word in ("mu", "sigma")}
        yield {"parameter": name, **_with_ends("mu_star", told, at), **plain}


def _with_ends(word: str, told: Any, at: int | tuple[int, int]) -> dict[str, float]:
    value, half = float(told[word][at]), float(told[f"{word}_conf"][at])
    return {word: value, f"{word}_low": value - half, f"{word}_high": value + half}


def _one_by_one(found: Studied, _: Floats, __: Floats) -> Iterator[dict[str, Any]]:
    """Paired differences to the scenario as it is, at the lowest and the highest value of each parameter by itself; nan
    at an end that was not lived. Words are not high or low: of them those count at which the outcome is."""
    first = 1
    for at, (name, size) in enumerate(zip(found.names, found.sizes, strict=True)):
        column = found.values[first : first + size, at]
        words = found.words[at] if found.words else ()
        ranked = found.outcome[first : first + size].mean(axis=1) if words else column
        ends = np.argsort(ranked, kind="stable")[: max(1, int(np.isfinite(ranked).sum()))]
        row: dict[str, Any] = {"parameter": name}
        for word, own in (("low", int(ends[0])), ("high", int(ends[-1]))):
            point = 0 if column[own] == found.values[0, at] else first + own
            change = of_mean(found.outcome[point] - found.outcome[0])
            row |= {f"{word}_at": words[int(column[own])] if words else float(column[own]), word: change.value}
            row |= {f"{word}_low": change.low, f"{word}_high": change.high}
        yield row
        first += size


def _number(value: Any, known: dict[str, int]) -> float:
    """A value as a number: words have that of their place among those that are known."""
    if value is None:
        return math.nan
    if isinstance(value, str):
        return float(known.setdefault(value, len(known)))
    return float(value)


_ROWS = {"sobol": _sobol, "morris": _morris, "one_at_a_time": _one_by_one}
_IMPORTANCE: dict[str, Any] = {
    "sobol": lambda table: table["ST"],
    "morris": lambda table: table["mu_star"],
    "one_at_a_time": lambda table: table[["low", "high"]].abs().max(axis=1).fillna(0.0),
}
