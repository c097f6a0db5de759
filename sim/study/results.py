"""Results: what a run left in its folder, as tables, totals and books."""

from __future__ import annotations

import io
import json
import statistics
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyarrow.parquet as pq

from sim.scenario.load import load
from sim.study.sealed import ResultsError as ResultsError
from sim.study.sealed import shown
from sim.study.tables import TABLES, Column, TableName
from sim.study.totals import HEADLINES, KPIS
from sim.study.verify import KPIS as KPIS_FILE
from sim.study.verify import MANIFEST, OWN, SCENARIO, read_list, read_manifest, read_stable, replicates
from sim.world.ledger import ACCOUNTS
from sim.world.making import PRECURSORS

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.scenario import Scenario

FLOWS = tuple(f"{word}_g" for word in ("produced", "dispatched", "seized", "lost", "delivered", "consumed"))
"""Columns of the daily table that are grams per day, one for each event of the books."""
_HELD = {"stock_g": "stock_g", "in_transit_g": "transit_g", "market_stock_g": "market_g"}
"""Columns of the daily table that are stocks, and the accounts of the books that they must equal."""
_FLOWS = {column: column.removesuffix("_g") for column in FLOWS}
_OF_PRECURSORS = {
    "precursors_diverted_g": "produced",
    "precursors_seized_g": "seized",
    "precursor_stock_g": "market_g",
}
"""Columns of the daily table that speak of precursors, and the events or accounts that they must equal."""
_SOURCES = ("production", "opening")
_ENDS = ("stock", "transit", "seized", "lost", "delivered", "safety")


class Results:
    """One run, or the replicates of one, read from a folder when asked for.

    Tables are read on first use, and only if their bytes are still those that the run wrote. Of a replicated run,
    totals are means over replicates, and tables hold all replicates below each other with a column `replicate`.
    """

    def __init__(self, folder: Path, manifest: Mapping[str, Any], replicates: tuple[Results, ...] = ()) -> None:
        self.folder = folder
        self.manifest = manifest
        self._replicates = replicates

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """The results in a folder; raises ResultsError with one line when there are none that can be believed."""
        folder = Path(path)
        several = [] if (folder / MANIFEST).exists() else replicates(folder)
        if not several:
            return cls(folder, read_manifest(folder))
        if missing := sorted(set(read_list(folder)) - {run.name for run in several}):
            raise ResultsError(f"{shown(folder)}: {missing[0]} is missing")
        runs = tuple(cls.open(run) for run in several)
        first = runs[0].manifest
        for word in ("scenario_hash", "version"):
            odd = [run.folder.name for run in runs if run.manifest[word] != first[word]]
            if odd:
                raise ResultsError(
                    f"{shown(folder)}: {odd[0]} is of another {word.replace('_', ' ')} than {runs[0].folder.name}"
                )
        return cls(folder, {**first, "replicates": len(runs)}, runs)

    @property
    def replicates(self) -> tuple[Results, ...]:
        """The single runs: the run itself, or each replicate."""
        return self._replicates or (self,)

    @cached_property
    def kpis(self) -> dict[str, Any]:
        """Totals by name; None where a total has no meaning."""
        if self._replicates:
            each = [run.kpis for run in self._replicates]
            return {name: _mean([kpis.get(name) for kpis in each]) for name in each[0]}
        found: dict[str, Any] = json.loads(read_stable(self.folder, KPIS_FILE, self.manifest))
        return found

    @cached_property
    def scenario(self) -> Scenario:
        """The resolved scenario that was run; raises what reading a scenario raises."""
        first = self.replicates[0]
        for name in (SCENARIO, *OWN):
            if name in first.manifest["files"]:
                read_stable(first.folder, name, first.manifest)
        return load(first.folder / SCENARIO)

    @cached_property
    def daily(self) -> pd.DataFrame:
        """One row a day."""
        return self._table("daily")

    @cached_property
    def ports(self) -> pd.DataFrame:
        """One row a day and port control."""
        return self._table("ports")

    @cached_property
    def zones(self) -> pd.DataFrame:
        """One row a day and sea zone."""
        return self._table("zones")

    @cached_property
    def sites(self) -> pd.DataFrame:
        """What lay at coasts and in warehouses that were visited, by month and site."""
        return self._table("sites")

    @cached_property
    def money(self) -> pd.DataFrame:
        """What became of proceeds by month and state."""
        return self._table("money")

    @cached_property
    def oversight(self) -> pd.DataFrame:
        """What controls did to legal boxes by month, state and group."""
        return self._table("oversight")

    @cached_property
    def events(self) -> pd.DataFrame:
        """One row an event of the books."""
        return self._table("events")

    @cached_property
    def consignments(self) -> pd.DataFrame:
        """One row a consignment."""
        return self._table("consignments")

    @cached_property
    def intelligence(self) -> pd.DataFrame:
        """One row a month and state: items of intelligence that it held."""
        return self._table("intelligence")

    @cached_property
    def cooperation(self) -> pd.DataFrame:
        """One row a sender, receiver, channel and kind of item: what passed between states."""
        return self._table("cooperation")

    @cached_property
    def by_commodity(self) -> pd.DataFrame:
        """One row a day and commodity."""
        return self._table("by_commodity")

    @cached_property
    def people(self) -> pd.DataFrame:
        """One row a day, where people are in the scenario."""
        return self._table("people")

    @cached_property
    def commodity(self) -> str:
        """Key of the main commodity: the one that daily table and totals speak of."""
        return self.scenario.main_commodity

    @cached_property
    def cases(self) -> pd.DataFrame:
        """One row a criminal case."""
        return self._table("cases")

    @cached_property
    def justice(self) -> pd.DataFrame:
        """One row a month, state and stage of justice."""
        return self._table("justice")

    def _table(self, name: TableName) -> pd.DataFrame:
        import pandas as pd

        if self._replicates:
            parts = [getattr(run, name).assign(replicate=run.manifest["replicate"]) for run in self._replicates]
            words = [column.name for column in TABLES[name] if column.kind == "word"]
            return pd.concat([part.astype(dict.fromkeys(words, "str")) for part in parts], ignore_index=True)
        content = read_stable(self.folder, f"{name}.parquet", self.manifest)
        return pq.read_table(io.BytesIO(content)).to_pandas(date_as_object=False)

    def monthly(self) -> pd.DataFrame:
        """One row a calendar month: flows and counts added up, stocks at its end, prices and levels in the mean.

        The first and the last month may be cut short; `days` says how many days each one has.
        """
        rules = {column.name: _over_a_month(column) for column in TABLES["daily"][2:]} | {"days": "count"}
        daily = self.daily.assign(days=1, month=self.daily["date"].dt.to_period("M").dt.to_timestamp())
        keys = ["replicate", "month"] if self._replicates else ["month"]
        found: pd.DataFrame = daily.groupby(keys).agg(rules)
        return found

    def balance(self) -> pd.DataFrame:
        """The books, from the events alone: grams in every account by commodity and day, cumulated.

        difference_g is produced - stock - transit - seized - lost - delivered, and lowest_g the lowest balance of all
        accounts but the sources: below zero, something left that had never come. Books in order have zeros in the first
        column and nothing below zero in the second.
        """
        import pandas as pd

        keys = ["replicate", "commodity", "day"] if self._replicates else ["commodity", "day"]
        events = self.events
        both = [
            pd.DataFrame(
                {
                    **{key: events[key] for key in keys},
                    "account": events[side].astype("str"),
                    "grams": sign * events["grams"],
                }
            )
            for side, sign in (("from_account", -1), ("to_account", 1))
        ]
        moved = pd.concat(both).pivot_table(
            index=keys, columns="account", values="grams", aggfunc="sum", fill_value=0, observed=True
        )
        held = moved.reindex(columns=[*ACCOUNTS, *sorted(set(moved) - set(ACCOUNTS))], fill_value=0)
        held = held.groupby(level=keys[:-1], observed=True).cumsum()
        held["market"] += held["delivered"]  # what markets hold: what was there and came, less what was consumed
        books = held.drop(columns="production").add_suffix("_g")
        books.columns.name = None
        books.insert(0, "produced_g", -held["production"])
        books["difference_g"] = books["produced_g"] - books[[f"{name}_g" for name in _ENDS]].sum(axis=1)
        books["lowest_g"] = held.drop(columns=[*_SOURCES]).min(axis=1)
        return books.reset_index()

    def disagreements(self) -> list[str]:
        """Where books, daily table and totals do not say the same; empty when all can be recomputed from the events."""
        found = []
        for run in self.replicates:
            where = f"{run.folder.name}: " if self._replicates else ""
            books = run.balance()
            for row in books[(books["difference_g"] != 0) | (books["lowest_g"] < 0)].head(1).itertuples():
                found.append(f"{where}day {row.day}, {row.commodity}: the books do not balance")
            found += [f"{where}{problem}" for problem in (*_days_apart(run), *_totals_apart(run))]
        return found

    def summary(self, *, whole: bool = False) -> str:
        """The main totals under headings, or all of them, as text: what, how much, unit; with the range over
        replicates if there are several."""
        parts = {"": told(self.kpis)} if whole else headlines(self.kpis)
        rows = {column.name: self._told(column) for columns in parts.values() for column in columns}
        wide = [max((len(row[place]) for row in rows.values()), default=0) for place in range(3)]
        indent, gap, lines = "" if whole else "  ", "  " if wide[2] else "", []
        for heading, columns in parts.items():
            lines += [heading] if heading else []
            for column in columns:
                what, value, around, unit = rows[column.name]
                line = f"{indent}{what:<{wide[0]}}  {value:>{wide[1]}}{gap}{around:<{wide[2]}}  {unit}"
                lines.append(line.rstrip())
        return "\n".join(lines)

    def _told(self, column: Column) -> tuple[str, str, str, str]:
        """A total in words: what it is, how much, its range over replicates, its unit."""
        each = [run.kpis[column.name] for run in self.replicates if run.kpis.get(column.name) is not None]
        spread = f"({figure(min(each))} to {figure(max(each))})" if self._replicates and each else ""
        return column.meaning, figure(self.kpis[column.name]), spread, "" if column.unit == "1" else column.unit


def told(kpis: Mapping[str, Any]) -> list[Column]:
    """The totals that a run holds, the known ones first and in their order, others after them by name."""
    known = {column.name: column for column in KPIS}
    return [column for name, column in known.items() if name in kpis] + [
        Column(name, "float64", "", name.replace("_", " ")) for name in sorted(set(kpis) - set(known))
    ]


def headlines(kpis: Mapping[str, Any]) -> dict[str, list[Column]]:
    """The main totals that a run holds, by their headings."""
    known = {column.name: column for column in KPIS}
    parts = {heading: [known[name] for name in names if name in kpis] for heading, names in HEADLINES.items()}
    return {heading: columns for heading, columns in parts.items() if columns}


def figure(value: Any) -> str:
    """A total as text: whole numbers with commas, others to three places, a dash for none."""
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if value == round(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.3g}"


def _mean(values: list[Any]) -> float | None:
    numbers = [float(value) for value in values if value is not None]
    return statistics.fmean(numbers) if numbers else None


def _over_a_month(column: Column) -> str:
    if column.unit in ("USD/kg", "USD", "share", "index"):
        return "mean"
    at_the_end = (
        "stock_g", "in_transit_g", "market_stock_g", "precursor_stock_g", "unfinished_g", "laboratories", "couriers",
        "organisations", "capital_cents", "corrupted",
    )  # fmt: skip
    return "last" if column.name in at_the_end else "sum"


def _days_apart(run: Results) -> list[str]:
    """The first day on which each column of the daily table says something else than the events."""
    daily = run.daily.set_index("day")
    books = run.balance()
    apart = []
    for good, columns in ((run.commodity, _FLOWS | _HELD), (PRECURSORS, _OF_PRECURSORS)):
        events = of_commodity(run.events, good)
        moved = events.groupby(["day", "event"], observed=True)["grams"].sum().unstack(fill_value=0)
        moved = moved.reindex(index=daily.index, fill_value=0)
        held = of_commodity(books, good).pivot_table(
            index="day", columns="commodity", values=list(_HELD.values()), aggfunc="sum", observed=True
        )
        held = held.reindex(daily.index).ffill().fillna(0).T.groupby(level=0).sum().T
        for column, source in columns.items():
            wrong = daily.index[daily[column] != (held if source in _HELD.values() else moved).get(source, 0)]
            if len(wrong):
                apart.append(f"day {wrong[0]}: {column} of the daily table is not what the events add up to")
    return apart


def of_commodity(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The rows of a table that speak of one commodity, or of precursors."""
    found: pd.DataFrame = table[table["commodity"].astype("str") == name]
    return found


def _totals_apart(run: Results) -> list[str]:
    """Totals in kilograms that are not what the events add up to."""
    grams = of_commodity(run.events, run.commodity).groupby("event", observed=True)["grams"].sum()
    apart = []
    for column in FLOWS:
        event = column.removesuffix("_g")
        total = run.kpis.get(f"{event}_kg")
        if total is not None and abs(total - int(grams.get(event, 0)) / 1000) > 5e-4:
            apart.append(f"{event}_kg of the totals is not what the events add up to")
    return apart
