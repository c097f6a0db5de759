"""Rankings under other rules and values, in the page of a comparison: whether the best stays the best."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sim.report.pieces import Section, Table
from sim.report.words import NONE, number, percent, several, things
from sim.study.rankings import SURE, TABLES, kept

if TYPE_CHECKING:
    import pandas as pd

_CHANGES = ("mean_change", "lowest", "highest")


def flips(folder: Path, by: str) -> Section | None:
    """The section, from what `compare --behaviours` and `--futures` left in a folder; None where they left nothing.

    by: the total by which worlds are ranked. Raises ResultsError where what they left was changed.
    """
    rules, each, futures = (kept(folder, name, by) for name in TABLES)
    told: list[str] = []
    tables: list[Table] = []
    if rules is not None:
        told.append(_rules_told(rules))
        tables.append(_rules_table(rules, by))
    if futures is not None and each is not None:
        told.append(_futures_told(futures, each, by))
        tables += [_futures_table(futures, by)] if len(each.dropna()) else []
    return Section("flips", "Under other rules and values", told=told, tables=tables) if told else None


def _rules_told(rules: pd.DataFrame) -> str:
    usual, first = rules["best"].iloc[0], rules.index[0]
    alike = _alike(rules.iloc[0])
    others = [
        str(rule)
        for rule, row in rules.iterrows()
        if row["chance_best"] >= SURE and not _alike(row) and (alike or row["best"] != usual)
    ]
    if alike:
        said = f"Under {first} all worlds come to the same, so that none is the best"
        return f"{said}; under {several(others)} one is, beyond doubt." if others else f"{said}."
    if others:
        return (
            f"Under {several(others)} another world than {usual} is the best beyond doubt: the ranking hangs on how "
            "organisations choose."
        )
    return f"{usual} is the best under {first}; under no other behaviour is another world the best beyond doubt."


def _futures_told(futures: pd.DataFrame, each: pd.DataFrame, by: str) -> str:
    known = each.dropna()
    count, alike, of = len(known), int((known.nunique(axis=1) == 1).sum()), by.replace("_", " ")
    if not count:
        return f"In none of {things(len(each), 'future')} have all worlds a value of {of}: there is nothing to rank by."
    where = f"In {things(count, 'future')}, in which every assumed number lies somewhere in its range,"
    if count < len(each):
        where = f"In {len(each) - count} of {len(each)} futures some world has no {of}; they do not count. {where}"
    if alike == count:
        return f"{where} all worlds come to the same: no policy changes anything there."
    best = futures["best_share"].idxmax()
    shared = f"; in {alike} of them all worlds come to the same, and share it" if alike else ""
    return f"{where} {best} is the best in {percent(futures.loc[best, 'best_share'])}{shared}."


def _rules_table(rules: pd.DataFrame, by: str) -> Table:
    worlds = _worlds(rules.columns)
    head = ["behaviour", "best", "chance", *(f"{world}: change" for world in worlds)]
    rows = [[str(rule), *_best(row), *(number(row[world]) for world in worlds)] for rule, row in rules.iterrows()]
    pairs = f"{rules['replicates'].iloc[0]} replicates of each"
    return Table(f"By {by.replace('_', ' ')}, all organisations choosing by one behaviour, {pairs}", head, rows, left=2)


def _worlds(columns: Iterable[str]) -> list[str]:
    """The worlds other than the first, of which changes against it are told."""
    return [column for column in columns if column not in ("best", "chance_best", "replicates")]


def _alike(row: pd.Series) -> bool:
    """Whether no world changes anything against the first."""
    return bool((row[_worlds(row.index)] == 0.0).all())


def _best(row: pd.Series) -> tuple[str, str]:
    """The best world and its chance to be that, where one differs from another."""
    return ("all alike", NONE) if _alike(row) else (str(row["best"]), percent(row["chance_best"]))


def _futures_table(futures: pd.DataFrame, by: str) -> Table:
    rows = [
        [str(world), percent(row["best_share"]), *(number(row[column]) for column in _CHANGES)]
        for world, row in futures.iterrows()
    ]
    head = ["world", "best in", "mean change", "lowest", "highest"]
    return Table(f"By {by.replace('_', ' ')}, over the ranges of assumed numbers", head, rows)
