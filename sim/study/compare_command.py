"""`chokepoint compare`: what a comparison says, in words, tables and files."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.actors.behaviours.behaviour import Behaviour
from sim.registry import nearest
from sim.scenario.load import left_out
from sim.scenario.mistakes import harmless
from sim.study.compare import Wanted, compare
from sim.study.compared import (
    before_told,
    displacement_told,
    effects_told,
    futures_told,
    onset_told,
    ranking_told,
    rules_told,
    worth_told,
)
from sim.study.comparison import FLOWS, SIDES, Comparison, Flow
from sim.study.effects import GOALS, Effect, NoRanking, Worth, as_table
from sim.study.parts import put
from sim.study.rankings import Rankings, forget, rankings, restricted
from sim.study.run import ImpossibleWorld, bar, compile_once
from sim.study.sealed import ResultsError
from sim.study.spreading import suited
from sim.study.totals import APART, absent
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
    late: Sequence[str],
    policies: Sequence[str],
    against: str,
    replicates: int,
    until: Sequence[str],
    rank: str,
    behaviours: bool,
    futures: int,
    mode: ControlMode,
    jobs: int | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
    also: Callable[[Comparison, Path, str], None] | None = None,
) -> int:
    """`chokepoint compare`: each named policy of a scenario against none, or against another; returns the exit code.

    called: what the scenario is called on the command line. late: what of it is left out, as it starts after the
    last day. policies: names, or several joined by ` + ` for a world
    with all of them. behaviours, futures: also rank under every behaviour of organisations, and in so many futures.
    jobs: processes at work; None leaves it to how much there is to do. also: what else is written into the folder of
    the results, from the comparison and the total to rank worlds by.
    """
    known = {policy.called: policy for policy in scenario.policies}
    other = against if against not in (TODAY, NONE) else None
    asked = [name for name in dict.fromkeys(policies or known) if name != other]
    mixes = {name: members(name, known) for name in [*([other] if other else []), *asked]}
    if wrong := _wrong(scenario, called, known, late, mixes, other, until, rank):
        _say(f"chokepoint: {wrong}")
        return 2
    by_world = mixes if other else {"no policy": (), **mixes}
    names = list(by_world)
    worlds = [restricted(scenario, found) for found in by_world.values()]
    at_work = jobs or suited(len(worlds) * replicates * scenario.days)
    if late and not quiet:
        _say(left_out(late))
    if not quiet:
        most = "at most " if until else ""
        _say(f"{len(worlds)} worlds, {most}{replicates} replicates each, with the same luck")
    compile_once(mode, quiet=quiet)
    try:
        with bar(len(worlds) * replicates, "worlds", shown=not quiet) as progress:
            found = compare(
                *worlds, names=names, replicates=replicates, mode=mode, jobs=at_work, until=until, folder=out,
                progress=progress,
            )  # fmt: skip
        found.ranking(rank)  # refused now rather than after more work
        if out is not None:
            forget(out, rank)
            write(found, out, rank)
        rules = _rules(scenario) if behaviours else ()
        with bar(len(worlds) * (len(rules) * replicates + futures), "worlds", shown=not quiet) as progress:
            again = rankings(
                scenario, by_world, rank, rules=rules, count=futures, replicates=replicates, mode=mode,
                jobs=at_work, folder=out, progress=progress,
            )  # fmt: skip
        if out is not None and (rules or futures):
            write_rankings(again, out)
        if out is not None and also is not None:
            also(found, out, rank)
        text = _in_json(found, again, rank) if as_json else _in_words(found, again, rank, asked, against)
    except (ImpossibleWorld, BooksDoNotBalance, ResultsError, NoRanking) as refused:
        _say(f"chokepoint: {refused}")
        return 1
    print(text)  # noqa: T201
    return 0


def _in_words(found: Comparison, again: Rankings, rank: str, asked: Sequence[str], against: str) -> str:
    """All that is said of a comparison."""
    each = ["\n".join(told(found, name, against)) + "\n" for name in asked]
    return "\n".join([*each, *ranking_told(found, rank), *rules_told(again), *futures_told(again)])


def _in_json(found: Comparison, again: Rankings, rank: str) -> str:
    """All of a comparison as JSON."""
    return json.dumps({**_facts(found, rank), **_again(again)}, allow_nan=False)


def members(name: str, known: Mapping[str, Any]) -> tuple[str, ...]:
    """The policies that a name on the command line stands for: one, or several joined by ` + `."""
    return (name,) if name in known else tuple(part.strip() for part in name.split(" + "))


def _rules(scenario: Scenario) -> tuple[str, ...]:
    """All behaviours, the one that most organisations of the scenario have first."""
    used = [str(type(group.behaviour).model_fields["kind"].default) for group in scenario.organisations.values()]
    first = max(dict.fromkeys(used), key=used.count)
    return (first, *(kind for kind in Behaviour.every() if kind != first))


def told(found: Comparison, name: str, against: str) -> list[str]:
    """All that is said of one world; against `today` it is held against its own year before the policy alone."""
    if against == TODAY:
        return before_told(found, name)
    lines = effects_told(found, name) + onset_told(found, name) + worth_told(found, name)
    return [*lines, *displacement_told(found, name), "", *before_told(found, name)]


def _wrong(
    scenario: Scenario,
    called: str,
    known: Mapping[str, Any],
    late: Sequence[str],
    mixes: Mapping[str, Sequence[str]],
    other: str | None,
    until: Sequence[str],
    rank: str,
) -> str:
    """What cannot be done of what is asked; nothing where all can."""
    unknown = [name for found in mixes.values() for name in found if name not in known]
    if unknown or not mixes:
        return f"{called} has no policy {_unknown(unknown, known, late)}"
    if other is not None and len(mixes) < 2:
        return f"nothing is left to hold against {harmless(other)}; give another --policy, or leave --against out."
    if rank not in GOALS:
        return f"worlds cannot be ranked by {harmless(rank)}; give one of {', '.join(GOALS)}."
    if why := absent(rank, scenario):
        return f"{why}; rank by another total."
    try:
        for text in until:
            Wanted.read(text, scenario)
    except ValueError as refused:
        return str(refused)
    return ""


def _unknown(unknown: Sequence[str], known: Mapping[str, Any], late: Sequence[str]) -> str:
    """Names that no policy has, with the one that comes near and with all that there are."""
    absent = ", ".join(map(harmless, unknown)) or "to compare"
    near = nearest(unknown[0], [*known, *late]) if unknown and unknown[0] not in late else None
    hint = f"did you mean {near}?" if near else f"its policies: {', '.join(known) or 'none'}."
    out = f" These are {left_out(late)}; give more days." if late else ""
    return f"{absent}; {hint}{out}"


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
        "ranking": found.ranking(rank).rename_axis("world").reset_index().assign(by=rank),
    }
    for name, table in files.items():
        put(out / f"{name}.csv", table.to_csv(index=False).encode())


def write_rankings(again: Rankings, out: Path) -> None:
    """The rankings under other rules and values as CSV files."""
    for name, table in again.tables().items():
        put(out / f"{name}.csv", table.to_csv().encode())


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
    effects, apart = ({name: _as_json(found.effects(name, these)) for name in others} for these in (found.main, APART))
    return {
        "against": found.names[0],
        "replicates": found.replicates,
        "effects": effects,
        "apart": apart,
        "since_before": {name: _as_json(found.since_before(name)) for name in others},
        "worth": {name: {each.per: _plain_all(each._asdict(), "per") for each in found.worth(name)} for name in others},
        "displacement": {name: {flow: _moved(found, name, flow) for flow in FLOWS} for name in others},
        "ranking": {"by": rank, "worlds": _rows(found.ranking(rank))},
    }


def _again(again: Rankings) -> dict[str, Any]:
    """Rankings under other rules and values, for JSON; nothing where none was asked for."""
    facts: dict[str, Any] = {}
    if again.by_rule:
        facts["rules"] = _rows(again.rules())
    if len(again.by_future):
        facts["futures"] = _rows(again.futures())
        facts["futures_that_do_not_count"] = len(again.by_future) - len(again.known)
    return facts


def _rows(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """The rows of a table by its index."""
    return {str(name): {str(column): _plain(value) for column, value in row.items()} for name, row in table.iterrows()}


def _as_json(effects: Sequence[Effect]) -> dict[str, dict[str, Any]]:
    return {e.measure: {f: _plain(getattr(e, f)) for f in Effect.__slots__[1:]} for e in effects}


def _plain_all(values: dict[str, Any], but: str) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items() if name != but}


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201
