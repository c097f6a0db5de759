"""`chokepoint compare`: what a comparison says, in words, tables and files."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.scenario.mistakes import harmless
from sim.study.compare import Wanted, compare
from sim.study.compared import (
    before_told,
    displacement_told,
    effects_told,
    onset_told,
    ranking_told,
    worth_told,
)
from sim.study.comparison import FLOWS, MAIN, SIDES, Comparison, Flow
from sim.study.effects import GOALS, Effect, Worth, as_table
from sim.study.parts import put
from sim.study.run import ImpossibleWorld, bar, compile_once
from sim.study.sealed import ResultsError
from sim.study.totals import APART
from sim.world.ledger import BooksDoNotBalance

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.scenario import Scenario
    from sim.terms import ControlMode

TODAY, NONE = "today", "none"
"""What a policy can be held against beside another one: the year before it, and the world without it."""


def compare_command(
    scenario: Scenario,
    called: str,
    policies: Sequence[str],
    against: str,
    replicates: int,
    until: Sequence[str],
    rank: str,
    mode: ControlMode,
    threads: int,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """`chokepoint compare`: each named policy of a scenario against none, or against another; returns the exit code.

    called: what the scenario is called on the command line.
    """
    known = {policy.called: policy for policy in scenario.policies}
    other = against if against not in (TODAY, NONE) else None
    asked = list(dict.fromkeys(policies)) or [name for name in known if name != other]
    if wrong := _wrong(called, known, [*asked, *([other] if other else [])], until, rank):
        _say(f"chokepoint: {wrong}")
        return 2
    worlds = [scenario.without_policies() if other is None else scenario.replaced(policies=(known[other],))]
    worlds += [scenario.replaced(policies=(known[name],)) for name in asked]
    names = [other or "no policy", *asked]
    if not quiet:
        most = "at most " if until else ""
        _say(f"{len(worlds)} worlds, {most}{replicates} replicates each, with the same luck")
    compile_once(mode, quiet=quiet)
    try:
        with bar(len(worlds) * replicates, "worlds", shown=not quiet) as progress:
            found = compare(
                *worlds, names=names, replicates=replicates, mode=mode, threads=threads, until=until, folder=out,
                progress=progress,
            )  # fmt: skip
        if out is not None:
            write(found, out, rank)
    except (ImpossibleWorld, BooksDoNotBalance, ResultsError) as refused:
        _say(f"chokepoint: {refused}")
        return 1
    if as_json:
        print(json.dumps(_facts(found, rank)))  # noqa: T201
        return 0
    for name in asked:
        print("\n".join(told(found, name, against)) + "\n")  # noqa: T201
    print("\n".join(ranking_told(found, rank)))  # noqa: T201
    return 0


def told(found: Comparison, name: str, against: str) -> list[str]:
    """All that is said of one world; against `today` it is held against its own year before the policy alone."""
    if against == TODAY:
        return before_told(found, name)
    lines = effects_told(found, name) + onset_told(found, name) + worth_told(found, name)
    return [*lines, *displacement_told(found, name), "", *before_told(found, name)]


def _wrong(called: str, known: Mapping[str, Any], asked: list[str], until: Sequence[str], rank: str) -> str:
    """What cannot be done of what is asked; nothing where all can."""
    unknown = [name for name in asked if name not in known]
    if unknown or not asked:
        listed = ", ".join(known) or "none"
        absent = ", ".join(map(harmless, unknown)) or "to compare"
        return f"{called} has no policy {absent}; its policies: {listed}."
    if rank not in GOALS:
        return f"worlds cannot be ranked by {harmless(rank)}; give one of {', '.join(GOALS)}."
    try:
        for text in until:
            Wanted.read(text)
    except ValueError as refused:
        return str(refused)
    return ""


def write(found: Comparison, out: Path, rank: str) -> None:
    """The tables of a comparison as CSV files in its folder, each written beside its place and renamed."""
    import pandas as pd

    def of_all(table: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
        return pd.concat([table(name).assign(world=name) for name in found.names[1:]], ignore_index=True)

    measures = [column for column in found.runs.columns if column not in ("world", "replicate")]
    places = [
        table.rename_axis("place").reset_index().assign(world=name, flow=flow, by=side)
        for name in found.names[1:]
        for flow in FLOWS
        for side in SIDES
        if len(table := found.displacement(name, side, flow))
    ]
    columns = ["world", "flow", "by", "place", "baseline_kg", "change_kg", "low", "high"]
    files = {
        "runs": found.runs,
        "flows": found.flows,
        "periods": found.periods,
        "effects": of_all(lambda name: found.table(name, measures).reset_index()),
        "before_and_after": of_all(lambda name: as_table(found.since_before(name))),
        "displacement": pd.concat([pd.DataFrame(columns=columns), *places])[columns],
        "worth": of_all(lambda name: pd.DataFrame(found.worth(name), columns=Worth._fields)),
        "ranking": found.ranking(rank).rename_axis("world").reset_index(),
    }
    for name, table in files.items():
        put(out / f"{name}.csv", table.to_csv(index=False).encode())


def _moved(found: Comparison, name: str, flow: Flow) -> dict[str, Any]:
    """Displacement in one world, for JSON."""
    ratio, months = found.displacement_ratio(name, flow), found.months_to_displacement(name, flow)
    by = {
        side: {
            str(place): {str(column): _plain(value) for column, value in row.items()}
            for place, row in found.displacement(name, side, flow).iterrows()
        }
        for side in SIDES
    }
    return {
        "ratio": ratio and {field: _plain(getattr(ratio, field)) for field in type(ratio).__slots__},
        "months": months and {field: getattr(months, field) for field in type(months).__slots__},
        "by": by,
    }


def _facts(found: Comparison, rank: str) -> dict[str, Any]:
    """All of a comparison, for JSON."""
    others = found.names[1:]
    effects, apart = ({name: _as_json(found.effects(name, measures)) for name in others} for measures in (MAIN, APART))
    return {
        "against": found.names[0],
        "replicates": found.replicates,
        "effects": effects,
        "apart": apart,
        "since_before": {name: _as_json(found.since_before(name)) for name in others},
        "worth": {name: {each.per: _plain_all(each._asdict(), "per") for each in found.worth(name)} for name in others},
        "displacement": {name: {flow: _moved(found, name, flow) for flow in FLOWS} for name in others},
        "ranking": {"by": rank, "worlds": {name: row.to_dict() for name, row in found.ranking(rank).iterrows()}},
    }


def _as_json(effects: Sequence[Effect]) -> dict[str, dict[str, Any]]:
    return {e.measure: {f: _plain(getattr(e, f)) for f in Effect.__slots__[1:]} for e in effects}


def _plain_all(values: dict[str, Any], but: str) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items() if name != but}


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201
