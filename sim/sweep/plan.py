"""The plan of a sweep in its folder: tasks in columns, cut into chunks, and what of them has been lived."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq

from sim.scenario.load import InvalidScenario, Value, load
from sim.scenario.resolved import POLICIES, scenario_hash
from sim.study.sealed import ResultsError, read_sealed, sha256, shown, told
from sim.sweep.journal import hold
from sim.sweep.parquet import check_sealed, seal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario.scenario import Scenario

FORMAT, FORMAT_VERSION = "chokepoint sweep", 1
PASSPORT, DESIGN, SCENARIO, LOCK = "sweep.json", "design.parquet", "scenario.yaml", "sweep.lock"
PARTS, FAILED, JOURNAL, TIMES = "parts", "failed", "journal", "times"
OWN = ("task", "point", "policies", "replicate", "chunk")
"""Columns of the design beside those of the parameters."""


class Task(NamedTuple):
    """One run of a sweep."""

    id: str
    """Its content address: 32 hexadecimal digits that follow from the world, the values, the luck and what is kept."""
    point: int
    policies: str
    """The name of the set of policies."""
    replicate: int
    values: dict[str, Value | None]
    """Values of the point, by path; None where it is as the scenario has it."""


@dataclass(frozen=True)
class Plan:
    """A sweep as it was planned in a folder."""

    folder: Path
    passport: dict[str, Any]
    design: pq.ParquetFile

    @classmethod
    def open(cls, folder: str | Path) -> Plan:
        """The plan in a folder; raises ResultsError where there is none, or one that was changed."""
        place = Path(folder)
        with told(place):
            if not place.is_dir():
                raise ResultsError(f"{shown(place)}: {'no folder, but a file' if place.exists() else 'no such folder'}")
            if not (place / PASSPORT).exists():
                raise ResultsError(f"{shown(place)}: not the folder of a sweep, it has no {PASSPORT}")
        passport = read_sealed(place / PASSPORT)
        if (passport.get("format"), passport.get("format_version")) != (FORMAT, FORMAT_VERSION):
            raise ResultsError(f"{shown(place)}: holds a sweep of another format than this version reads")
        design = check_sealed(place / DESIGN)
        if seal(design) != passport["design"]:
            raise ResultsError(f"{shown(place / DESIGN)}: is not the design of this sweep")
        return cls(place, passport, design)

    @property
    def chunks(self) -> int:
        """How many chunks there are, numbered from 0."""
        return len(self.starts) - 1

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """ROW[chunk + 1]: the first task of each chunk, and the number of all."""
        chunk = self.column("chunk")
        return np.concatenate([np.flatnonzero(np.diff(chunk, prepend=-1)), [len(chunk)]])

    @property
    def parameters(self) -> tuple[str, ...]:
        """Paths of what varies."""
        return tuple(name for name in self.design.schema_arrow.names if name not in OWN)

    @cached_property
    def ids(self) -> NDArray[Any]:
        """ID[task]: all tasks."""
        return self.column("task")

    def column(self, name: str) -> NDArray[Any]:
        """VALUE[task]: one column of the design; texts as bytes or objects."""
        column = self.design.read([name], use_threads=False).column(0)
        if name == "task":
            return np.array([text.encode() for text in column.to_pylist()], "S32")
        found: NDArray[Any] = column.to_numpy()
        return found

    def tasks(self, chunk: int) -> list[Task]:
        """The tasks of a chunk."""
        if not 0 <= chunk < self.chunks:
            raise ResultsError(f"{shown(self.folder)}: has no chunk {chunk}; there are 0 to {self.chunks - 1}")
        return list(self._rows(int(self.starts[chunk]), int(self.starts[chunk + 1])))

    def find(self, task: str) -> tuple[int, Task]:
        """A task by its id or the beginning of it, with its chunk; raises ResultsError."""
        met = np.flatnonzero(np.char.startswith(self.ids, task.encode("ascii", "replace")))
        if len(met) != 1:
            several = f"{len(met)} tasks begin" if len(met) else "no task begins"
            raise ResultsError(f"{shown(self.folder)}: {several} with {task[:40]!r}")
        row = int(met[0])
        return int(np.searchsorted(self.starts, row, "right")) - 1, next(self._rows(row, row + 1))

    def missing(self) -> list[int]:
        """The chunks that are not whole: without a part, or with one that was changed since it was written."""
        from sim.sweep.part import whole

        return [chunk for chunk in range(self.chunks) if not whole(self, chunk)]

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario that varies; raises ResultsError where it is no longer the one that was planned with."""
        place = self.folder / SCENARIO
        for name, digest in self.passport["files"].items():  # before anything in them is run
            with told(self.folder / name):
                if name in (SCENARIO, POLICIES) and sha256((self.folder / name).read_bytes()) != digest:
                    raise ResultsError(f"{shown(self.folder / name)}: changed since it was written")
        try:
            found = load(place)
        except InvalidScenario as wrong:
            raise ResultsError(f"{shown(place)}: is no scenario any more: {wrong.mistakes[0]}") from None
        if scenario_hash(found) != self.passport["scenario_hash"]:
            raise ResultsError(f"{shown(place)}: is another scenario to this version than to the one that planned it")
        return found

    def _rows(self, first: int, last: int) -> Iterator[Task]:
        """Tasks from one row up to another."""
        begins = 0
        for group in range(self.design.num_row_groups):
            ends = begins + self.design.metadata.row_group(group).num_rows
            if begins < last and first < ends:
                table = self.design.read_row_group(group, use_threads=False)
                table = table.slice(max(first - begins, 0), min(last, ends) - max(first, begins))
                columns = [table.column(name).to_pylist() for name in OWN[:4]]
                values = [table.column(name).to_pylist() for name in self.parameters]
                for row, (task, point, policies, replicate) in enumerate(zip(*columns, strict=True)):
                    here = {path: each[row] for path, each in zip(self.parameters, values, strict=True)}
                    yield Task(task, point, policies, replicate, here)
            begins = ends


def settings(task: Task) -> list[str]:
    """The values of a task as `--set` takes them."""
    return [f"{path}={json.dumps(value)}" for path, value in task.values.items() if value is not None]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only one who plans, or collects, in the folder of a sweep: wait until nobody else does."""
    with told(folder):
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        hold(handle, wait=True)
        yield
    finally:
        os.close(handle)
