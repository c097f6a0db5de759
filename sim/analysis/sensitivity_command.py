"""`chokepoint sensitivity`: indices of the parameters of a sweep, as tables and figures."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.sensitivity import INDICES, NoIndices, Sensitivity, Studied, sensitivity
from sim.report.leverage import clouds, tornado
from sim.report.style import png, svg
from sim.scenario.numbers import quantities
from sim.study.extras import MissingExtra
from sim.study.intervals import LEVEL
from sim.study.parts import put
from sim.study.sealed import ResultsError, told
from sim.sweep.part import damaged
from sim.sweep.status import status
from sim.sweep.sweep import Sweep

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

MOST_CLOUDS = 6
"""Parameters whose clouds of points are drawn, the most important ones."""
MOST_TOLD = 20
MOST_PAIRS = 10
FOLDER = "sensitivity"


def sensitivity_command(
    folder: Path, outcomes: Sequence[str], policies: str | None, out: Path | None, as_json: bool, quiet: bool
) -> int:
    """`chokepoint sensitivity`: tell indices and write tables and figures; returns the exit code."""
    try:
        sweep = Sweep.open(folder)
        if ahead := status(sweep.plan, without=damaged(sweep.plan)).missing:
            _say(f"{ahead:,} runs of the sweep are not lived yet; what is told is of the others", quiet)
        found, refusals = [], []
        for outcome in outcomes or sweep.outcomes:
            try:
                found.append(sensitivity(sweep, outcome, policies))
            except NoIndices as none:
                if outcomes:
                    raise
                refusals.append(str(none))
        for refusal in dict.fromkeys(refusals):
            _say(f"chokepoint: {refusal}", quiet and bool(found))
        if not found:
            return 2
        _write(sweep, found, out or folder / FOLDER)
    except NoIndices as none:
        _say(f"chokepoint: {none}")
        return 2
    except MissingExtra as missing:
        _say(f"chokepoint: {missing}")
        return 1
    except ResultsError as refused:
        _say(f"chokepoint: {refused}")
        return 1
    if as_json:
        print(json.dumps([facts(each) for each in found]))  # noqa: T201
        return 0
    for each in found:
        print("\n".join(lines(each)))  # noqa: T201
    _say(f"tables and figures in {out or folder / FOLDER}", quiet)
    return 0


def lines(found: Sensitivity) -> Iterator[str]:
    """A table of indices in words."""
    under = f" under {found.policies}" if found.policies != "as written" else ""
    yield f"{found.outcome}{under}: {_NAMES[found.kind]}, {found.points:,} points"
    words = INDICES[found.kind]
    width = max(len(_called(row)) for _, row in found.table.head(MOST_TOLD).iterrows())
    head = "".join(_cell(word, f"{LEVEL:.0%} interval", found, word) for word in words)
    yield f"  {'':{width}}{head}".rstrip()
    for _, row in found.table.head(MOST_TOLD).iterrows():
        cells = "".join(_cell(_number(row[word]), _ends(row, word), found, word) for word in words)
        yield f"  {_called(row):{width}}{cells}".rstrip()
    if len(found.table) > MOST_TOLD:
        yield f"  and {len(found.table) - MOST_TOLD} lesser ones"
    yield from _pairs_told(found)
    yield f"  {luck_told(found)}"
    if found.left_out:
        yield f"  {found.left_out} points are left out: of them or their group a run failed, or has no {found.outcome}"
    yield ""


def _pairs_told(found: Sensitivity) -> Iterator[str]:
    """The largest second-order indices in words."""
    if found.pairs is None:
        return
    told = found.pairs.head(MOST_PAIRS)
    width = max(len(f"{row['parameter']} with {row['other']}") for _, row in told.iterrows())
    yield f"  {'':{width}}{'S2':>12}   {LEVEL:.0%} interval"
    for _, row in told.iterrows():
        names = f"{row['parameter']} with {row['other']}"
        yield f"  {names:{width}}{_number(row['S2']):>12}   {_ends(row, 'S2')}".rstrip()
    if len(found.pairs) > MOST_PAIRS:
        yield f"  and {len(found.pairs) - MOST_PAIRS} lesser pairs"


_NAMES = {
    "sobol": "Sobol indices",
    "morris": "elementary effects over whole ranges (Morris)",
    "one_at_a_time": "change at the low and the high end of each number by itself",
}

_PART_OF_LUCK = {
    "sobol": "lowers S1, and is part of what ST calls interaction",
    "morris": "is part of sigma, and makes mu_star larger",
}


def luck_told(found: Sensitivity) -> str:
    """How much of what is seen is luck."""
    if math.isnan(found.luck):
        return "One replicate a point: how much of this is luck cannot be told."
    if found.kind == "one_at_a_time":
        return f"{found.luck:.1%} of the variance over points is luck; intervals are of pairs with the same luck."
    part = _PART_OF_LUCK[found.kind]
    return f"{found.luck:.1%} of the variance over points is luck: it {part}."


def facts(found: Sensitivity) -> dict[str, Any]:
    """All of it, for JSON."""
    return {
        "outcome": found.outcome,
        "policies": found.policies,
        "kind": found.kind,
        "points": found.points,
        "left_out": found.left_out,
        "luck": _plain(found.luck),
        "base": _plain(found.base),
        "parameters": _rows(found.table),
        **({} if found.pairs is None else {"pairs": _rows(found.pairs)}),
    }


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): _plain(value) for key, value in row.items()} for row in table.to_dict("records")]


def _write(sweep: Sweep, found: Sequence[Sensitivity], out: Path) -> None:
    with told(out):
        out.mkdir(parents=True, exist_ok=True)
    units = _units(sweep)
    for each in found:
        put(out / f"{each.outcome}.csv", each.table.to_csv(index=False).encode())
        if each.pairs is not None:
            put(out / f"{each.outcome}-pairs.csv", each.pairs.to_csv(index=False).encode())
        _draw(out, f"{each.outcome}-tornado", tornado(each)[0])
        if each.kind != "one_at_a_time":
            studied = Studied.of(sweep, each.outcome, each.policies)
            _draw(out, f"{each.outcome}-clouds", clouds(studied, each.outcome, each.ranked[:MOST_CLOUDS], units)[0])


def _units(sweep: Sweep) -> dict[str, str]:
    """The unit of every number of the scenario, by path; none where it is that of another version."""
    try:
        return {entry.path: entry.quantity.unit for entry in quantities(sweep.plan.scenario)}
    except ResultsError:
        return {}


def _draw(out: Path, name: str, fig: Figure) -> None:
    word = name.replace("_", "-")
    put(out / f"{name}.svg", svg(fig, word).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).encode())
    put(out / f"{name}.png", png(fig))


def _called(row: Any) -> str:
    """A parameter; one whose values are words with the two that are told."""
    low, high = row.get("low_at"), row.get("high_at")
    return f"{row['parameter']}: {low} | {high}" if isinstance(low, str) else str(row["parameter"])


def _cell(value: str, ends: str, found: Sensitivity, word: str) -> str:
    """A value with its interval, where there is one."""
    return f"{value:>12}" + (f"   {ends:22}" if f"{word}_low" in found.table else "")


def _ends(row: Any, word: str) -> str:
    if f"{word}_low" not in row or math.isnan(row[f"{word}_low"]):
        return ""
    return f"{_number(row[f'{word}_low'])} to {_number(row[f'{word}_high'])}"


def _number(value: float) -> str:
    if math.isnan(value):
        return "–"
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _plain(value: Any) -> Any:
    plain = value.item() if hasattr(value, "item") else value
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain


def _say(text: str, quiet: bool = False) -> None:
    if not quiet:
        print(text, file=sys.stderr)  # noqa: T201
