"""`chokepoint portfolio`: which mixes of policies none other beats under a budget, in words, tables and a figure."""

from __future__ import annotations

import io
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.report.style import styled
from sim.report.words import NONE, money, things
from sim.study.extras import MissingExtra, workbench
from sim.study.intervals import LEVEL
from sim.study.parts import put
from sim.study.portfolio import COST, USUAL, Portfolio, Robust, impossible, portfolio
from sim.study.run import ImpossibleWorld, bar, compile_once
from sim.study.sealed import ResultsError
from sim.study.search import at_most
from sim.study.spreading import suited
from sim.world.ledger import BooksDoNotBalance

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario
    from sim.terms import ControlMode

MOST_NAMED = 6
"""Numbers that no future draws, as a message lists them."""


def portfolio_command(
    scenario: Scenario,
    budget_usd: float,
    goals: Sequence[str],
    steps: int,
    count: int,
    nominal: bool,
    robust: Robust,
    evaluations: int,
    mode: ControlMode,
    jobs: int | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """`chokepoint portfolio`: search, tell the front, write its tables and figure; returns the exit code."""
    asked = tuple(goals) or USUAL
    try:
        workbench()
    except MissingExtra as missing:
        _say(f"chokepoint: {missing}")
        return 1
    if wrong := impossible(scenario, budget_usd, asked):
        _say(f"chokepoint: {wrong}")
        return 2
    if not quiet:
        many = (steps + 1) ** len(scenario.policies)
        some = things(len(scenario.policies), "policy", "policies")
        _say(f"{some} in {things(steps, 'step')}: {many:,} mixes can be asked for, each to be lived in {count} futures")
    compile_once(mode, quiet=quiet)
    try:
        most = at_most(evaluations, len(scenario.policies), steps) * count
        with bar(most, "worlds at most", shown=not quiet) as progress:
            found = portfolio(
                scenario, budget_usd=budget_usd, goals=asked, steps=steps, futures=count, nominal=nominal,
                robust=robust, evaluations=evaluations, mode=mode, folder=out, progress=progress,
                jobs=jobs or suited(most * scenario.days),
            )  # fmt: skip
        if out is not None:
            write(found, out)
    except ValueError as refused:
        _say(f"chokepoint: {refused}")
        return 2
    except (ImpossibleWorld, BooksDoNotBalance, ResultsError) as refused:
        _say(f"chokepoint: {refused}")
        return 1
    print(json.dumps(facts(found)) if as_json else "\n".join(told(found)))  # noqa: T201
    if out is not None and not quiet:
        _say(f"tables and figure in {out}")
    return 0


def told(found: Portfolio) -> list[str]:
    """The front as a table in words, and what has to be known to read it."""
    from sim.report.front import letters

    judged = "their mean" if found.robust == "mean" else "the worst of them"
    are = "is" if len(found.front) == 1 else "are"
    lines = [
        f"{len(found.front)} of {len(found.mixes)} mixes that were lived {are} within {money(found.budget_usd)} and "
        f"beaten by none, judged by {judged} over {len(found.futures)} futures"
    ]
    shown = [goal for goal in found.goals if goal != COST]
    head = "".join(f"{goal:>24}{'change':>12}   {f'{LEVEL:.0%} interval':22}{'worst':>12}" for goal in shown)
    lines.append(f"    {'cost, USD':>15}{head}{'front in':>10}   mix")
    for letter, (number, row) in zip(letters(len(found.front)), found.front.iterrows(), strict=True):
        cells = "".join(
            f"{_number(row[f'{goal}_mean']):>24}{_number(row[f'{goal}_change']):>12}   "
            f"{_number(row[f'{goal}_change_low']) + ' to ' + _number(row[f'{goal}_change_high']):22}"
            f"{_number(row[f'{goal}_worst']):>12}"
            for goal in shown
        )
        share = f"{row['front_in']}/{len(found.futures)}"
        lines.append(
            f"  {letter:2}{row[f'{COST}_mean']:>15,.0f}{cells}{share:>10}   {mix_told(found, int(str(number)))}"
        )
    lines.append("  change: against doing nothing, in the same futures. front in: futures in which none other beats it")
    for goal in found.goals:
        if unknown := len(found.futures) - found.counting(goal):
            lines.append(
                f"  {goal}: {unknown} of {len(found.futures)} futures do not count, as doing nothing has none there"
            )
    return lines + futures_told(found)


def mix_told(found: Portfolio, number: int) -> str:
    """A mix in words: what is done, and how much of it."""
    parts = [
        name if share == 1.0 else f"{share:.3g} of {name}"
        for name, share in found.extents(number).items()
        if share > 0.0
    ]
    return ", ".join(parts) or "nothing"


def futures_told(found: Portfolio) -> list[str]:
    """What futures differ in, and what kept its value."""
    drawn = [future for future in found.futures if future.overrides]
    if not drawn:
        return ["  Futures differ by luck alone: every number has the value of the scenario."]
    lines = [f"  Futures differ in luck and in {len(drawn[0].overrides)} assumed numbers, drawn over their ranges."]
    if kept := left_out(found):
        more = f" and {len(kept) - MOST_NAMED} more" if len(kept) > MOST_NAMED else ""
        lines.append(
            f"  These keep their value, as others would contradict them: {', '.join(kept[:MOST_NAMED])}{more}."
        )
    again = [why for future in found.futures for why in future.refused]
    if again:
        lines.append(f"  {len(again)} draws were no world that could be, and were drawn anew; the first: {again[0]}")
    return lines


def left_out(found: Portfolio) -> list[str]:
    """Paths of numbers that kept their value in some future."""
    return list(dict.fromkeys(path for future in found.futures for path in future.left_out))


def write(found: Portfolio, out: Path) -> None:
    """Tables as CSV and the figure, each written beside its place and renamed."""
    from sim.report.front import front

    values = "\n".join(f"{each.number},{setting}" for each in found.futures for setting in each.overrides)
    files = {
        "mixes.csv": found.mixes.to_csv().encode(),
        "front.csv": found.front.to_csv().encode(),
        "runs.csv": found.runs.to_csv(index=False).encode(),
        "futures.csv": f"future,setting\n{values}\n".encode(),
        "front.svg": _svg(front(found)[0]),
    }
    for name, content in files.items():
        put(out / name, content)


def facts(found: Portfolio) -> dict[str, Any]:
    """All of a portfolio, for JSON."""
    columns = [name for name in found.mixes.columns if name not in found.policies]
    return {
        "budget_usd": found.budget_usd,
        "goals": list(found.goals),
        "robust": found.robust,
        "seed": found.seed,
        "futures": [
            {
                "number": each.number,
                "settings": list(each.overrides),
                "left_out": list(each.left_out),
                "refused": list(each.refused),
            }
            for each in found.futures
        ],
        "counting": {goal: found.counting(goal) for goal in found.goals},
        "mixes": [
            {
                "extents": found.extents(int(str(number))),
                **{name: _plain(row[name]) for name in columns},
            }
            for number, row in found.mixes.iterrows()
        ],
    }


def _svg(fig: Any) -> bytes:
    import matplotlib as mpl

    sink = io.BytesIO()
    with styled(), mpl.rc_context({"svg.hashsalt": "front"}):
        fig.savefig(sink, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    return sink.getvalue()


def _plain(value: Any) -> Any:
    plain = value.item() if hasattr(value, "item") else value
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain


def _number(value: float) -> str:
    if math.isnan(value):
        return NONE
    return f"{value:,.4g}" if abs(value) < 100 else f"{value:,.0f}"


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201
