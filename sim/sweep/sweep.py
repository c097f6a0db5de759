"""A sweep in its folder, as tables: what was asked of every run, and what it came to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.study.extras import xarray
from sim.study.sealed import ResultsError, digest
from sim.sweep import part
from sim.sweep.file import SweepFile
from sim.sweep.plan import OWN, Plan

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


_ROWS = 4096
"""Runs whose digests are taken at a time."""


@dataclass(frozen=True)
class Sweep:
    """A sweep that was planned in a folder, and as much of it as had been lived when its results were first read."""

    plan: Plan

    @classmethod
    def open(cls, folder: str | Path) -> Sweep:
        """The sweep in a folder; raises ResultsError where there is none, or its plan was changed."""
        return cls(Plan.open(folder))

    @property
    def file(self) -> SweepFile:
        """What was asked for."""
        return SweepFile.model_validate(self.plan.passport["asked"])

    @property
    def outcomes(self) -> list[str]:
        """The totals that are kept."""
        return list(self.plan.passport["outcomes"])

    @property
    def parameters(self) -> list[str]:
        """The paths of what varies."""
        return list(self.plan.parameters)

    @cached_property
    def results(self) -> pa.Table:
        """Design and outcomes as one Arrow table, one row a task that was lived, in the order of the design."""
        import pyarrow as pa

        parts = [each for each in self._parts() if each is not None]
        found = pa.concat_tables(parts) if parts else part.schema(self.plan).empty_table()
        at = {task: row for row, task in enumerate(found.column("task").to_pylist())}
        design = self.plan.design.read(use_threads=False)
        rows = [(row, at[task]) for row, task in enumerate(design.column("task").to_pylist()) if task in at]
        left, right = (np.array([each[side] for each in rows], np.int64) for side in (0, 1))
        table = design.take(left).drop_columns(["chunk"])
        for name, column in zip(found.column_names, found.take(right).columns, strict=True):
            if name != "task":
                table = table.append_column(name, column)
        return table

    def table(self) -> pd.DataFrame:
        """One row a task that was lived: task, point, policies, replicate, parameters, outcomes."""
        kept = [name for name in self.results.column_names if not _of_series(name)]
        return self.results.select(kept).to_pandas()

    def monthly(self) -> pd.DataFrame:
        """The series, one row a task and month: task, point, policies, replicate, month, measures."""
        series = [name for name in self.results.column_names if _of_series(name)]
        wide = self.results.select([*OWN[:4], *series]).to_pandas()
        if not series:
            return wide
        long = wide.explode(series, ignore_index=True)
        names = {name: name.removeprefix(part.MONTHLY) for name in series} | {part.MONTHS: "month"}
        return long.rename(columns=names).astype({names[name]: float for name in series if name != part.MONTHS})

    def to_xarray(self) -> Any:
        """Outcomes by point, policies and replicate, with the parameters as coordinates of the points; what was not
        lived is missing. Raises MissingExtra where xarray is not installed."""
        library = xarray()
        table = self.table()
        arms = list(self.plan.passport["policies"])
        shape = (self.plan.passport["points"], len(arms), self.file.replicates)
        at = (
            table["point"].to_numpy(),
            table["policies"].map({name: number for number, name in enumerate(arms)}).to_numpy(int),
            table["replicate"].to_numpy(),
        )
        dims = ("point", "policies", "replicate")
        values = {}
        for name in self.outcomes:
            values[name] = (dims, np.full(shape, np.nan))
            values[name][1][at] = table[name].to_numpy(float)
        coordinates: dict[str, Any] = {"policies": arms}
        first = np.arange(shape[0]) * shape[1] * shape[2]
        for path in self.parameters:
            coordinates[path] = ("point", self.plan.column(path)[first])
        return library.Dataset(values, coordinates, {"title": self.plan.passport["title"]})

    def to_ema(self) -> tuple[pd.DataFrame, dict[str, Any]]:
        """Experiments and outcomes as the EMA Workbench has them; raises MissingExtra where it is not installed."""
        from sim.sweep.workbench import handed_over

        return handed_over(self)

    def failed(self) -> pd.DataFrame:
        """One row a task that could not be lived: task, point, policies, replicate, kind, message, traceback, and the
        command that shows it fail again."""
        import pandas as pd

        columns = ["task", *OWN[1:4], "kind", "message", "traceback", "command"]
        rows = [each for chunk in range(self.plan.chunks) for each in part.failures(self.plan, chunk)]
        return pd.DataFrame(rows, columns=columns)

    def problem(self) -> dict[str, Any]:
        """What varies over ranges, as SALib names a problem; points stand in the order of its sample."""
        ranges = self.plan.passport["ranges"]
        return {"num_vars": len(ranges), "names": list(ranges), "bounds": list(ranges.values())}

    @property
    def digest(self) -> str:
        """SHA-256 over lines `digest  task` of all rows of `results`, sorted by task: the same whoever lived what, in
        whatever order."""
        kept = self.results.select(part.schema(self.plan).names)
        rows = (row for batch in kept.to_batches(_ROWS) for row in batch.to_pylist())
        return digest({row.pop("task"): part.record_digest(part.plain(row)) for row in rows})

    def _parts(self) -> Iterator[pa.Table | None]:
        """The parts that are there and can be believed."""
        for chunk in range(self.plan.chunks):
            try:
                found = part.opened(self.plan, chunk)
            except ResultsError:
                continue
            yield found.read(use_threads=False) if found is not None else None


def _of_series(name: str) -> bool:
    return name == part.MONTHS or name.startswith(part.MONTHLY)
