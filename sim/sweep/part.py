"""Parts: what became of the tasks of a chunk, as a table that can be believed, and beside it those that failed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from sim.study.folder import beside
from sim.study.parts import put
from sim.study.sealed import ResultsError, canonical, read_sealed, sealed, sha256, told
from sim.study.totals import KPIS
from sim.sweep.parquet import about, check_sealed, write_sealed
from sim.sweep.plan import FAILED, JOURNAL, PARTS, TIMES, Plan

if TYPE_CHECKING:
    import pyarrow.parquet as pq

MONTHS = "months"
"""The column with the first days of the months of the series."""
MONTHLY = "monthly."
"""How columns of series are called, before the name of the measure."""
_KINDS = {column.name: pa.int64() if column.kind == "int64" else pa.float64() for column in KPIS}


class Kept(NamedTuple):
    """What is known of a chunk: outcomes of tasks that were lived, and how others failed, by id."""

    outcomes: dict[str, dict[str, Any]]
    failed: dict[str, dict[str, Any]]

    def has(self, task: str) -> bool:
        """Whether it is known what became of a task."""
        return task in self.outcomes or task in self.failed


def part_file(folder: Path, chunk: int) -> Path:
    """Where the outcomes of a chunk stand."""
    return folder / PARTS / f"{chunk:06d}.parquet"


def failed_file(folder: Path, chunk: int) -> Path:
    """Where it stands which tasks of a chunk failed, and how."""
    return folder / FAILED / f"{chunk:06d}.json"


def journal_file(folder: Path, chunk: int) -> Path:
    """Where tasks of a chunk are kept until all are done."""
    return folder / JOURNAL / f"{chunk:06d}"


def times_file(folder: Path, chunk: int) -> Path:
    """Where it stands when tasks were begun, and how long they took."""
    return folder / TIMES / f"{chunk:06d}.csv"


def make_room(folder: Path) -> None:
    """Make the folders that a sweep keeps its runs in, where they are not there."""
    with told(folder):
        for name in (PARTS, FAILED, JOURNAL, TIMES):
            (folder / name).mkdir(exist_ok=True)


def damaged(plan: Plan) -> list[int]:
    """The chunks whose files are there, and cannot be believed: they count as not lived."""
    return [chunk for chunk in chunks_in(plan, PARTS, ".parquet") if not whole(plan, chunk)]


def chunks_in(plan: Plan, kind: str, ending: str = "") -> list[int]:
    """The chunks that have a file in one of the folders of a sweep; whatever else lies there is passed over, and an
    empty folder may have been lost in copying."""
    if not (plan.folder / kind).exists():
        return []
    with told(plan.folder / kind):
        names = [name.removesuffix(ending) for name in os.listdir(plan.folder / kind) if name.endswith(ending)]
    return sorted(int(name) for name in names if name.isdecimal() and int(name) < plan.chunks)


def schema(plan: Plan) -> pa.Schema:
    """The columns of a part: the task, its outcomes, and its series as lists, month by month."""
    outcomes = [pa.field(name, _KINDS[name]) for name in plan.passport["outcomes"]]
    series = [pa.field(f"{MONTHLY}{name}", pa.list_(pa.float64())) for name in plan.passport["series"]]
    months = [pa.field(MONTHS, pa.list_(pa.date32()))] if series else []
    return pa.schema([pa.field("task", pa.string(), nullable=False), *outcomes, *months, *series])


def whole(plan: Plan, chunk: int) -> bool:
    """Whether a chunk is done: every task of it is in its part, or among those that failed."""
    try:
        rows = opened(plan, chunk)
    except ResultsError:
        return False
    many = int(plan.starts[chunk + 1] - plan.starts[chunk])
    return rows is not None and rows.metadata.num_rows + len(failures(plan, chunk)) == many


def opened(plan: Plan, chunk: int) -> pq.ParquetFile | None:
    """The part of a chunk; None where there is none. Raises ResultsError where it was changed since it was written, or
    is another's."""
    place = part_file(plan.folder, chunk)
    if not place.exists():
        return None
    found = check_sealed(place)
    if about(found) != _about(plan, chunk):
        raise ResultsError(f"{place}: is the part of another chunk or sweep")
    return found


def failures(plan: Plan, chunk: int) -> list[dict[str, Any]]:
    """The tasks of a chunk that failed; those of a file that was changed count as not lived."""
    place = failed_file(plan.folder, chunk)
    if not place.exists():
        return []
    try:
        found = read_sealed(place)
    except ResultsError:
        return []
    return list(found["tasks"]) if found["about"] == _about(plan, chunk) else []


def kept(plan: Plan, chunk: int) -> Kept:
    """What the files of a chunk say; what cannot be believed is not there."""
    outcomes: dict[str, dict[str, Any]] = {}
    try:
        if (rows := opened(plan, chunk)) is not None:
            outcomes = {row.pop("task"): plain(row) for row in rows.read(use_threads=False).to_pylist()}
    except ResultsError:
        pass
    return Kept(outcomes, {each["task"]: each for each in failures(plan, chunk)})


def keep(plan: Plan, chunk: int, tasks: Sequence[str], found: Kept) -> None:
    """Write what became of all tasks of a chunk: first those that failed, then the part, which makes it whole. A task
    that was lived did not fail, whatever else is known of it.

    The part is on the disk before it has its name. The name may come there later, but no later than that its journal is
    gone: file systems that keep a log bring names there in the order in which they were changed.
    """
    lost = [found.failed[task] for task in tasks if task in found.failed and task not in found.outcomes]
    lived = [{"task": task, **_as_row(found.outcomes[task])} for task in tasks if task in found.outcomes]
    place, bad = part_file(plan.folder, chunk), failed_file(plan.folder, chunk)
    with told(place):
        if lost:
            put(bad, sealed({"about": _about(plan, chunk), "tasks": lost}))
        else:
            bad.unlink(missing_ok=True)
        partial = place.parent / beside(place, "partial")
        try:
            table = pa.Table.from_pylist(lived, schema=schema(plan))
            write_sealed(partial, table.schema, [table], _about(plan, chunk))
            partial.replace(place)
        finally:
            partial.unlink(missing_ok=True)


def tidy(plan: Plan, chunk: int) -> None:
    """Remove what a process that was killed left half written of a chunk."""
    for place in (file(plan.folder, chunk) for file in (part_file, failed_file, journal_file)):
        with told(place.parent):
            for name in os.listdir(place.parent):
                if name.startswith(f"{place.name}.partial-"):
                    (place.parent / name).unlink(missing_ok=True)


def forget_journals(plan: Plan) -> None:
    """Remove journals that have served: those of chunks that are whole, whose writer was stopped before it could."""
    for chunk in chunks_in(plan, JOURNAL):
        if whole(plan, chunk):
            with told(plan.folder / JOURNAL):
                journal_file(plan.folder, chunk).unlink(missing_ok=True)


def fitting(name: str, value: float | None) -> float | int | None:
    """A total as its column holds it."""
    if value is None or value != value:
        return None
    return int(value) if _KINDS[name] == pa.int64() else float(value)


def record_digest(outcomes: Mapping[str, Any]) -> str:
    """The digest of what a task came to."""
    return sha256(canonical(outcomes))


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row as it stands in a journal: dates as text."""
    months = row.get(MONTHS)
    return row if months is None else {**row, MONTHS: [month.isoformat() for month in months]}


def _as_row(outcomes: dict[str, Any]) -> dict[str, Any]:
    months = outcomes.get(MONTHS)
    return outcomes if months is None else {**outcomes, MONTHS: [date.fromisoformat(month) for month in months]}


def _about(plan: Plan, chunk: int) -> dict[str, str]:
    return {"design": plan.passport["design"], "chunk": str(chunk)}
