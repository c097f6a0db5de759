"""The regression baseline: what shipped scenarios came to when it was last renewed, to the last bit.

`python tests/regression/renew.py` lives the scenarios again, says what has changed, and writes the baseline anew, and
the totals of `two_coasts` that the README shows. The commit that does so says why results change.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from sim.scenario.load import load
from sim.study import measures
from sim.study.results import figure
from sim.study.run import live
from sim.study.totals import KPIS

BASELINE = Path(__file__).parent / "baseline.json"
README = Path(__file__).parents[2] / "README.md"
RUNS = {"two_coasts": None, "latam_europe": 30}
"""Scenarios as they are shipped, and days lived through; all of them where none are given."""
DAYS_A_LINE = 10


def lived() -> dict[str, dict[str, Any]]:
    """What the scenarios come to now."""
    return {name: _outcome(name, days) for name, days in RUNS.items()}


def _outcome(name: str, days: int | None) -> dict[str, Any]:
    model = live(load(name, days=days))
    found = {
        table: {column: [_plain(value) for value in np.asarray(values).tolist()] for column, values in columns.items()}
        for table, columns in measures.tables(model).items()
    }
    by_day = [_digest(_of_day(found, day))[:8] for day in range(model.day)]
    return {
        "totals": measures.totals(model),
        "tables": {table: _digest(columns) for table, columns in found.items()},
        "days": [" ".join(by_day[at : at + DAYS_A_LINE]) for at in range(0, len(by_day), DAYS_A_LINE)],
    }


def _of_day(found: dict[str, dict[str, list]], day: int) -> list:
    """The rows of a day in the tables that are kept day by day."""
    rows = []
    for table in ("daily", "ports", "events"):
        at = [row for row, when in enumerate(found[table]["day"]) if when == day]
        rows.append({column: [values[row] for row in at] for column, values in found[table].items()})
    return rows


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, float, str)) else str(value)


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def changes(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> list[str]:
    """What differs, in words: totals with both values, tables, and the first day that is another."""
    told = [f"{name}: no longer lived through" for name in before if name not in after]
    for name, now in after.items():
        if name not in before:
            told.append(f"{name}: new")
            continue
        then = before[name]
        for total in {**then["totals"], **now["totals"]}:
            one, other = then["totals"].get(total), now["totals"].get(total)
            if one != other:
                told.append(f"{name}: {total} was {one}, is {other}{_relative(one, other)}")
        told += [
            f"{name}: table {table} differs"
            for table, mark in now["tables"].items()
            if then["tables"].get(table) != mark
        ]
        days = [" ".join(each["days"]).split() for each in (then, now)]
        first = next((day for day, (one, other) in enumerate(zip(*days, strict=False)) if one != other), None)
        if first is not None:
            told.append(f"{name}: day {first} is the first that differs")
    return told


def _relative(one: Any, other: Any) -> str:
    return f" ({(other - one) / one:+.2%})" if one and other is not None else ""


def with_totals(page: str, totals: dict[str, Any]) -> str:
    """A page whose lines of a run's totals hold these values: what, how much at the right, unit."""
    for column in KPIS:
        line = rf"^( *{re.escape(column.meaning)})  ( *\S+)(  {re.escape(column.unit)})$"
        value = figure(totals.get(column.name))
        page = re.sub(
            line, lambda found, told=value: f"{found[1]}  {told:>{len(found[2])}}{found[3]}", page, flags=re.M
        )
    return page


def main() -> None:
    """Renew the baseline and the totals in the README, and say what has changed."""
    before = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    after = lived()
    BASELINE.write_text(json.dumps(after, indent=1) + "\n")
    README.write_text(with_totals(README.read_text(encoding="utf-8"), after["two_coasts"]["totals"]), encoding="utf-8")
    print("\n".join(changes(before, after)) or "nothing has changed")


if __name__ == "__main__":
    main()
