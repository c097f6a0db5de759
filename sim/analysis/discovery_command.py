"""`chokepoint discover`: ranges of parameters in which the runs of a sweep come out as asked, in words."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.analysis.discovery import Box, Discovery, NotFound, discover
from sim.study.extras import MissingExtra
from sim.study.sealed import ResultsError
from sim.sweep.part import damaged
from sim.sweep.status import status
from sim.sweep.sweep import Sweep

OFTEN = 0.05
"""Chance above which a limit may well be nothing but luck."""


def discovery_command(folder: Path, where: str, policies: str | None, density: float, boxes: int, as_json: bool) -> int:
    """`chokepoint discover`: tell the boxes; returns the exit code."""
    try:
        sweep = Sweep.open(folder)
        found = discover(sweep, where, policies=policies, density=density, boxes=boxes)
        ahead = status(sweep.plan, without=damaged(sweep.plan)).missing
    except NotFound as refused:
        _say(f"chokepoint: {refused}")
        return 2
    except (ResultsError, MissingExtra) as refused:
        _say(f"chokepoint: {refused}")
        return 1
    if ahead:
        _say(f"{ahead:,} runs of the sweep are not lived yet; what is told is of the others")
    print(json.dumps(facts(found)) if as_json else "\n".join(lines(found, where)))  # noqa: T201
    return 0


def lines(found: Discovery, where: str) -> Iterator[str]:
    """The boxes in words."""
    yield f"{where} holds for {found.share:.1%} of {found.runs:,} runs"
    if found.without:
        yield f"{found.without:,} of them have no {found.condition.outcome}: it holds for none of these"
    for number, box in enumerate(found.boxes, 1):
        yield (
            f"box {number}: it holds for {box.density:.1%} of the {box.mass * found.runs:,.0f} runs in it, "
            f"{box.coverage:.1%} of all for which it does"
        )
        for _, row in box.limits.iterrows():
            yield f"  {_range(row)}"
        if not len(box.limits):
            yield "  no parameter makes a difference"
    if found.points < found.runs:
        yield "Which limits may be luck is not told: several replicates of one point are no independent runs."


def _range(row: Any) -> str:
    """One restricted parameter."""
    chances = [chance for chance in (row["chance_low"], row["chance_high"]) if not math.isnan(chance)]
    doubt = "; may be luck" if chances and max(chances) > OFTEN else ""
    low, high = row["low"], row["high"]
    if not isinstance(low, (int, float)):
        return f"{row['parameter']} one of {', '.join(sorted(map(str, low)))}{doubt}"
    return f"{row['parameter']} from {low:.4g} to {high:.4g}{doubt}"


def facts(found: Discovery) -> dict[str, Any]:
    """All of it, for JSON."""
    return {
        "points": found.points,
        "runs": found.runs,
        "without": found.without,
        "share": found.share,
        "boxes": [_facts(box) for box in found.boxes],
    }


def _facts(box: Box) -> dict[str, Any]:
    rows = [{str(name): _plain(value) for name, value in row.items()} for row in box.limits.to_dict("records")]
    return {"coverage": box.coverage, "density": box.density, "mass": box.mass, "limits": rows}


def _plain(value: Any) -> Any:
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    plain = value.item() if hasattr(value, "item") else value
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201
