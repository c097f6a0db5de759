"""`chokepoint compare`: what a comparison says, in words, tables and files."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.study.compare import FLOWS, MAIN, SIDES, By, Comparison, Effect, Flow, compare
from sim.study.displacement import LEVEL, MonthsToDisplacement
from sim.study.run import ImpossibleWorld, compile_once
from sim.study.totals import APART
from sim.world.ledger import BooksDoNotBalance

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.scenario import Scenario
    from sim.terms import ControlMode

IN_WORDS: dict[By, str] = {
    "departure": "sent, by departure",
    "arrival": "sent, by arrival",
    "mode": "sent, by mode",
    "zone": "sent, by sea zone",
}
MOST_NAMED = 3
"""Treated places that a sentence names."""
MOST_PLACES = 8
"""Places that a table of displacement shows; what the others changed by is told together."""


def compare_command(
    scenario: Scenario,
    called: str,
    policies: Sequence[str],
    against: str | None,
    replicates: int,
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
    asked = list(policies) or [name for name in known if name != against]
    unknown = [name for name in (*asked, *([against] if against else [])) if name not in known]
    if unknown or not asked:
        listed = ", ".join(known) or "none"
        _say(f"chokepoint: {called} has no policy {', '.join(unknown) or 'to compare'}; its policies: {listed}.")
        return 2
    worlds = [scenario.without_policies() if against is None else scenario.replaced(policies=(known[against],))]
    worlds += [scenario.replaced(policies=(known[name],)) for name in asked]
    names = [against or "no policy", *asked]
    if not quiet:
        _say(f"{len(worlds)} worlds, {replicates} replicates each, with the same luck")
    compile_once(mode, quiet=quiet)
    try:
        found = compare(*worlds, names=names, replicates=replicates, mode=mode, threads=threads)
    except (ImpossibleWorld, BooksDoNotBalance) as refused:
        _say(f"chokepoint: {refused}")
        return 1
    if out is not None:
        write(found, out)
    if as_json:
        effects, apart = (
            {name: _as_json(found.effects(name, measures)) for name in asked} for measures in (MAIN, APART)
        )
        displaced = {name: {flow: _moved(found, name, flow) for flow in FLOWS} for name in asked}
        facts = {"against": names[0], "replicates": replicates, "effects": effects, "apart": apart}
        print(json.dumps({**facts, "displacement": displaced}))  # noqa: T201
        return 0
    for name in asked:
        print(f"{name} against {names[0]}, {replicates} pairs, {LEVEL:.0%} intervals")  # noqa: T201
        print(_told(found.effects(name)))  # noqa: T201
        print("  apart from these\n" + _lines(found.effects(name, APART)))  # noqa: T201
        print("\n".join(displacement_told(found, name)))  # noqa: T201
    return 0


def write(found: Comparison, out: Path) -> None:
    """The tables of a comparison as CSV files in a folder: runs, flows, displacement."""
    import pandas as pd

    out.mkdir(parents=True, exist_ok=True)
    found.runs.to_csv(out / "runs.csv", index=False)
    found.flows.to_csv(out / "flows.csv", index=False)
    parts = [
        table.rename_axis("place").reset_index().assign(world=name, flow=flow, by=side)
        for name in found.names[1:]
        for flow in FLOWS
        for side in SIDES
        if len(table := found.displacement(name, side, flow))
    ]
    columns = ["world", "flow", "by", "place", "baseline_kg", "change_kg", "low", "high"]
    pd.concat([pd.DataFrame(columns=columns), *parts])[columns].to_csv(out / "displacement.csv", index=False)


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


def displacement_told(found: Comparison, name: str) -> list[str]:
    """Where loads went instead: lines of a table for each side of the way, and a sentence."""
    lines = []
    for side in SIDES:
        table = found.displacement(name, side)
        if len(table):
            lines += _side_told(side, table)
    return [*lines, f"  {sentence(found, name)}"]


def _side_told(side: By, table: pd.DataFrame) -> list[str]:
    shown, others = table.head(MOST_PLACES), table.iloc[MOST_PLACES:]
    lines = [f"  {IN_WORDS[side]:26}{'without, kg':>16}{'change, kg':>16}   interval"]
    for place, base, change, low, high in shown.itertuples():
        lines.append(f"  {place:26}{base:>16,.0f}{change:>16,.0f}   {low:,.0f} to {high:,.0f}")
    if len(others):
        base, change = others["baseline_kg"].sum(), others["change_kg"].sum()
        lines.append(f"  {f'{len(others)} others':26}{base:>16,.0f}{change:>16,.0f}")
    return lines


def sentence(found: Comparison, name: str) -> str:
    """Displacement in plain words."""
    treated = found.treated[name]
    if not treated.places:
        return "Displacement: the worlds differ in no policy that names a place, so no way is the treated one."
    more = len(treated.places) - MOST_NAMED
    where = ", ".join(treated.places[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    told = (_ratio_told(found, name, "sent", "is sent"), _ratio_told(found, name, "delivered", "arrives"))
    return f"Displacement from {where}: {'; '.join(told)}. {_when(found, name)}"


def _ratio_told(found: Comparison, name: str, flow: Flow, does: str) -> str:
    ratio = found.displacement_ratio(name, flow)
    if ratio is None or math.isnan(ratio.low):
        return f"what {does} that way does not fall beyond doubt"
    gain, low, high = (f"{100 * value:,.0f}" for value in (ratio.ratio, ratio.low, ratio.high))
    return f"for 100 kg less that {does} that way {gain} kg ({low} to {high}) more {does} by others"


def _when(found: Comparison, name: str) -> str:
    months = found.months_to_displacement(name)
    if months is None or months.months is None:
        return "What is sent by others has not risen for good."
    since = found.treated[name].since
    return f"Half of the rise of what is sent by others is there in month {months.months}{_range(months)} from {since}."


def _range(months: MonthsToDisplacement) -> str:
    low, high = (str(end) if end is not None else "never" for end in (months.low, months.high))
    return f" ({low} to {high})"


def _as_json(effects: Sequence[Effect]) -> dict[str, dict[str, Any]]:
    return {e.measure: {f: _plain(getattr(e, f)) for f in Effect.__slots__[1:]} for e in effects}


def _told(effects: Sequence[Effect]) -> str:
    return f"  {'':26}{'without':>16}{'with':>16}{'difference':>16}   interval\n{_lines(effects)}"


def _lines(effects: Sequence[Effect]) -> str:
    lines = []
    for effect in effects:
        numbers = [
            f"{value:>16,.4g}" if abs(value) < 100 else f"{value:>16,.0f}"
            for value in (effect.baseline, effect.other, effect.difference)
        ]
        ends = [f"{value:,.4g}" if abs(value) < 100 else f"{value:,.0f}" for value in (effect.low, effect.high)]
        lines.append(f"  {effect.measure:26}{''.join(numbers)}   {ends[0]} to {ends[1]}")
    return "\n".join(lines)


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201
