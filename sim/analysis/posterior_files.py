"""Files of a calibration: the posterior as a table, as a scenario that others can extend, and the fit told in words."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.posterior import LEVEL, Beside, Posterior, nested, numbers, years_told
from sim.scenario.resolved import POLICIES, resolved, whole
from sim.study.parts import put

if TYPE_CHECKING:
    import pandas as pd

BASE = "base.yaml"
USES = {
    "fitted": "Fitted",
    "held out": "Held out: later years, which nothing was fitted to",
    "beside": "Beside: of the same years, but not fitted",
}
NONE = "–"


def write(posterior: Posterior, folder: Path) -> None:
    """Write all of it, each file beside its place and renamed."""
    files = {
        "posterior.parquet": _parquet(posterior.table()),
        "figures.parquet": _parquet(posterior.runs()),
        "posterior.yaml": scenario_text(posterior).encode(),
        "fit.md": "\n".join([*told(posterior), ""]).encode(),
    }
    if not posterior.problem.shipped:
        files[BASE] = resolved(posterior.problem.extended).encode()
        if (own := posterior.problem.extended.policies_from) is not None:
            files[POLICIES] = own.text.encode()
    for name, content in files.items():
        put(folder / name, content)


def scenario_text(posterior: Posterior) -> str:
    """A scenario that extends the one that was fitted, with the median of each fitted number; YAML."""
    import yaml

    problem = posterior.problem
    source = f"calibrated to figures published for {years_told(problem)}"
    entries: dict[str, Any] = {}
    for each, middle, low, high in numbers(posterior):
        spread = {"value": middle, "unit": each.quantity.unit, "range": [low, high], "source": source}
        entries |= dict.fromkeys(each.paths, spread)
    lived, extended = whole(problem.scenario), whole(problem.extended)
    entries = _with_lists({_placed(path, lived, extended): spread for path, spread in entries.items()}, extended)
    before, after = posterior.distances()
    was = "" if math.isnan(before) else f", of the scenario as it was {before:.3g}"
    last = posterior.last
    head = (
        f"# {problem.plan.title}: medians of the posterior, with their {LEVEL:.0%} intervals as ranges.\n"
        f"# {len(last.particles)} particles ({last.effective:.0f} effective), {posterior.lived} sets of values lived;"
        f" median distance {after:.3g}{was}.\n"
        "# Numbers were fitted together: the median of each by itself need not be a likely set of all of them.\n"
        f"extends: {problem.plan.scenario if problem.shipped else BASE}\n"
    )
    return head + str(yaml.dump(_without_aliases(nested(entries)), sort_keys=False, allow_unicode=True, width=120))


def _placed(path: str, lived: Any, extended: Any) -> str:
    """Where a number that was fitted stands in the scenario with all its days: lists in it may have more items."""
    keys: list[Any] = []
    for key in path.split("."):
        at: Any = int(key) if isinstance(lived, list) else key
        longer = isinstance(lived, list) and len(lived) < len(extended)
        keys.append(extended.index(lived[at]) if longer else at)
        lived, extended = lived[at], extended[keys[-1]]
    return ".".join(map(str, keys))


def _with_lists(entries: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """Values by path, those within lists as the whole lists: a scenario that extends another replaces these whole.

    data: the scenario as plain data, into which the values are put.
    """
    found: dict[str, Any] = {}
    for path, value in entries.items():
        *above, last = path.split(".")
        here: Any = data
        written = path, value
        for depth, key in enumerate(above, 1):
            here = here[int(key)] if isinstance(here, list) else here[key]
            if isinstance(here, list) and written[0] == path:
                written = ".".join(above[:depth]), here
        here[int(last) if isinstance(here, list) else last] = value
        found |= [written]
    return found


def _without_aliases(value: Any) -> Any:
    """A copy in which nothing stands twice: YAML would refer back to it."""
    if isinstance(value, dict):
        return {key: _without_aliases(inner) for key, inner in value.items()}
    return [_without_aliases(inner) for inner in value] if isinstance(value, list) else value


def told(posterior: Posterior) -> Iterator[str]:
    """The fit and the prediction in words and tables; Markdown."""
    problem, plan = posterior.problem, posterior.problem.plan
    before, after = posterior.distances()
    stands = "" if math.isnan(before) else f", that of the scenario as it stands {before:.3g}"
    yield f"# {plan.title}"
    yield ""
    yield " ".join(plan.question.split())
    yield ""
    yield (
        f"{posterior.lived} sets of values were lived ({plan.replicates} a set, {plan.mode}, {problem.scenario.days:,}"
        f" days), in {len(posterior.populations)} populations of {plan.particles}; the last holds"
        f" {posterior.last.effective:.1f} effective particles. {_lived_anew(posterior)} Their median distance to the"
        f" fitted figures is {after:.3g}{stands}: 1 is as far as the figures' own uncertainty."
    )
    yield ""
    yield from _populations(posterior)
    yield from _numbers(posterior)
    rows = posterior.beside()
    for use, title in USES.items():
        chosen = [row for row in rows if row.use == use]
        if chosen:
            yield from _figures(title, chosen)


def _lived_anew(posterior: Posterior) -> str:
    """Which runs are told."""
    if posterior.predicted:
        return f"Below are {len(posterior.predicted)} runs of values drawn from it, lived anew with other luck."
    return "Below are the accepted runs, whose luck was accepted with them: new runs of the same values fit less well."


def _populations(posterior: Posterior) -> Iterator[str]:
    yield "| population | within a distance of | lived | accepted | effective |"
    yield "|---:|---:|---:|---:|---:|"
    for number, each in enumerate(posterior.populations):
        threshold = NONE if math.isinf(each.threshold) else f"{each.threshold:.3g}"
        yield f"| {number + 1} | {threshold} | {each.asked} | {len(each.particles)} | {each.effective:.1f} |"
    yield ""


def _numbers(posterior: Posterior) -> Iterator[str]:
    yield "## What is believed of the numbers"
    yield ""
    yield (
        f"Share of the range: the width of the {LEVEL:.0%} interval over that of the prior's; near 1 the published"
        " figures say nothing of the number."
    )
    yield ""
    yield f"| number | unit | scenario | range before | median | {LEVEL:.0%} interval | share of the range |"
    yield "|---|---|---:|---:|---:|---:|---:|"
    for each, middle, low, high in numbers(posterior):
        prior = each.at((1 + LEVEL) / 2) - each.at((1 - LEVEL) / 2)
        yield (
            f"| `{each.name}` | {each.quantity.unit} | {float(each.quantity):g} | {each.low:g} to {each.high:g} |"
            f" {middle:.3g} | {low:.3g} to {high:.3g} | {(high - low) / prior:.2f} |"
        )
    yield ""


def _figures(title: str, rows: list[Beside]) -> Iterator[str]:
    inside = sum(row.inside for row in rows)
    yield f"## {title}"
    yield ""
    yield f"{inside} of {len(rows)} published figures lie in the {LEVEL:.0%} interval of the runs of the posterior."
    yield ""
    yield f"| figure | place | year | published | before | median | {LEVEL:.0%} interval | inside | source |"
    yield "|---|---|---:|---:|---:|---:|---:|---|---|"
    for row in rows:
        year = NONE if row.year is None else str(row.year)
        spread = f"{figure(row.median)} | {figure(row.low)} to {figure(row.high)}"
        yield (
            f"| {row.figure.replace('_', ' ')} | {row.place} | {year} | {figure(row.published)} |"
            f" {figure(row.before)} | {spread} | {'yes' if row.inside else 'no'} | `{row.source}` |"
        )
    yield ""


def figure(value: float) -> str:
    """A figure in a table: a dash where there is none."""
    if math.isnan(value):
        return NONE
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def _parquet(table: pd.DataFrame) -> bytes:
    sink = io.BytesIO()
    table.to_parquet(sink, engine="pyarrow", compression="zstd", index=False)
    return sink.getvalue()
