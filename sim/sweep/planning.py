"""Planning: the tasks of a sweep laid out in columns, cut into chunks, and written into its folder."""

from __future__ import annotations

import hashlib
import json
import platform
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from sim.scenario.resolved import POLICIES, resolved, scenario_hash
from sim.study.branches import days_lived
from sim.study.folder import VERSIONED, sync, version
from sim.study.parts import put
from sim.study.rankings import restricted
from sim.study.sealed import ResultsError, canonical, read_sealed, sealed, sha256, shown, told
from sim.study.verify import RUN_INFO
from sim.sweep.asked import Asked
from sim.sweep.chunk import worth_sharing
from sim.sweep.designs import Columns, Points, TooLarge, points_of
from sim.sweep.parquet import write_sealed
from sim.sweep.part import forget_journals, make_room
from sim.sweep.plan import (
    DESIGN,
    FORMAT,
    FORMAT_VERSION,
    LOCK,
    OWN,
    PASSPORT,
    SCENARIO,
    Plan,
    alone,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario.scenario import Scenario
    from sim.terms import ControlMode

AS_GIVEN = "sweep.yaml"
MOST_TASKS = 10_000_000
CHUNK_SECONDS, LEAST_CHUNKS = 60.0, 64
"""How long a chunk is to take, and into how many a sweep is cut at least, so that many workers share it evenly."""
_ROWS = 4096
"""Tasks that are written, and read, at a time."""


def planned(asked: Asked, folder: str | Path) -> Plan:
    """The plan of a sweep in its folder, which is made where it is not there, and taken up where it is.

    Raises ResultsError where the folder holds another sweep or anything else, or cannot be written; TooLarge; and
    MissingExtra where the design is SALib's and that is not there.
    """
    place = Path(folder)
    wanted = _passport(asked)
    if _there(place, wanted):
        make_room(place)
        plan = Plan.open(place)
        forget_journals(plan)
        return plan
    points = _fitting(asked)
    _may_plan(place)
    with alone(place):
        if not _there(place, wanted):
            _write(place, asked, wanted, points)
    return Plan.open(place)


def seconds_of(scenario: Scenario, mode: ControlMode, worlds: int = 1, days: int | None = None) -> float:
    """About how long worlds of a scenario take on one core, from what was measured on worlds of 4, 109 and 867 ports.

    days: that are lived of all of them together, if these are not all days of the scenario.
    """
    ports = len(scenario.ports())
    a_day = (1.3e-3 + 1.8e-5 * ports) * (1.3 if mode == "micro" else 1.0)
    return worlds * (0.05 + 1e-3 * ports) + (worlds * scenario.days if days is None else days) * a_day


def _passport(asked: Asked) -> dict[str, Any]:
    """What makes it this sweep and no other."""
    file = asked.file
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "version": version("chokepoint"),
        "title": file.title,
        "scenario_hash": scenario_hash(asked.scenario),
        "mode": file.mode,
        "days": asked.scenario.days,
        "policies": {name: None if those is None else list(those) for name, those in asked.arms.items()},
        "outcomes": list(asked.outcomes),
        "series": list(file.series),
        "asked": file.model_dump(mode="json"),
    }


def _there(folder: Path, wanted: dict[str, Any]) -> bool:
    """Whether the folder holds this sweep; raises ResultsError where it holds another one."""
    if not (folder / PASSPORT).exists():
        return False
    kept = read_sealed(folder / PASSPORT)
    differ = sorted(word for word in wanted if wanted[word] != kept.get(word))
    if not differ:
        return True
    if differ == ["version"]:
        text = f"was planned by version {kept.get('version')}; go on with that one, or choose another folder"
    else:
        text = f"holds another sweep ({', '.join(differ)} differ); choose another folder, or remove this one"
    raise ResultsError(f"{shown(folder)}: {text}")


def _may_plan(folder: Path) -> None:
    """Refuse a folder with anything in it that no broken-off planning left."""
    with told(folder):
        if folder.exists() and not folder.is_dir():
            raise ResultsError(f"{shown(folder)}: is a file, not a folder")
        if folder.exists() and any(folder.iterdir()) and not (folder / LOCK).exists():
            raise ResultsError(f"{shown(folder)}: exists, and is no sweep; choose another folder")
        folder.mkdir(parents=True, exist_ok=True)


def _fitting(asked: Asked) -> Points:
    """The points of a sweep; raises TooLarge where they make more runs than a sweep may have."""
    points = points_of(asked)
    tasks = points.number * len(asked.arms) * asked.file.replicates
    if tasks > MOST_TASKS:
        raise TooLarge(f"{tasks:,} runs are more than a sweep may have ({MOST_TASKS:,})")
    return points


def _write(folder: Path, asked: Asked, passport: dict[str, Any], points: Points) -> None:
    """Write a plan; its passport comes last."""
    count, columns, ranges, left_out = points
    tasks = count * len(asked.arms) * asked.file.replicates
    chunk = _chunks(asked, count)
    with told(folder):
        for half in folder.glob("*.partial*"):
            half.unlink()
        partial = folder / f"{DESIGN}.partial"
        schema = _schema(columns)
        try:
            digest = write_sealed(partial, schema, _tables(asked, count, columns, chunk, passport, schema), {})
            partial.replace(folder / DESIGN)
        finally:
            partial.unlink(missing_ok=True)
        own = asked.scenario.policies_from
        files = {AS_GIVEN: asked.text, SCENARIO: resolved(asked.scenario).encode()}
        if own is not None:
            files[POLICIES] = own.text.encode()
        for name, content in {**files, RUN_INFO: sealed(_volatile())}.items():
            put(folder / name, content)
        make_room(folder)
        sync(folder)
        facts: dict[str, Any] = {
            "design": digest,
            "tasks": tasks,
            "points": count,
            "ranges": ranges,
            "left_out": list(left_out),
        }
        facts["files"] = {name: sha256(content) for name, content in files.items()}
        put(folder / PASSPORT, sealed({**passport, **facts}))


def _seconds_of_unit(asked: Asked) -> float:
    """About how long a point takes with one luck, under all sets of policies."""
    worlds = [asked.scenario if those is None else restricted(asked.scenario, those) for those in asked.arms.values()]
    days = days_lived(worlds) if worth_sharing(worlds) else None
    return seconds_of(asked.scenario, asked.file.mode, len(worlds), days)


def _chunks(asked: Asked, count: int) -> NDArray[np.int32]:
    """CHUNK[unit]: the chunk of each point and replicate, whose sets of policies stay together."""
    units = count * asked.file.replicates
    size = max(1, min(int(CHUNK_SECONDS / _seconds_of_unit(asked)), units // LEAST_CHUNKS))
    return (np.arange(units) // size).astype(np.int32)


def _schema(columns: Columns) -> pa.Schema:
    """The columns of the design. What a parameter is, is told by all its values: at many points it may have none."""
    own = {"task": pa.string(), "policies": pa.string()}
    fields = {name: own.get(name, pa.int32()) for name in OWN}
    return pa.schema(fields | {path: pa.array(values).type for path, values in columns.items()})


def _tables(
    asked: Asked, count: int, columns: Columns, chunk: NDArray[np.int32], passport: dict[str, Any], schema: pa.Schema
) -> Iterator[pa.Table]:
    """The design, some rows at a time: points, within them replicates, within these sets of policies."""
    arms, replicates = list(asked.arms), asked.file.replicates
    whole = count * replicates * len(arms)
    ids = _ids(asked, count, columns, passport)
    for first in range(0, whole, _ROWS):
        row = np.arange(first, min(first + _ROWS, whole))
        unit, arm = row // len(arms), row % len(arms)
        point = unit // replicates
        found: dict[str, Any] = {
            "task": [next(ids) for _ in row],
            "point": point.astype(np.int32),
            "policies": [arms[number] for number in arm],
            "replicate": (unit % replicates).astype(np.int32),
            "chunk": chunk[unit],
        }
        found |= {path: values[point] for path, values in columns.items()}
        yield pa.table(found, schema=schema)


def _ids(asked: Asked, count: int, columns: Columns, passport: dict[str, Any]) -> Iterator[str]:
    """The content addresses of all tasks in their order; of tasks that are the same in all, each has its own."""
    words = ("scenario_hash", "mode", "days", "outcomes", "series", "version")
    base = hashlib.sha256(canonical({**{word: passport[word] for word in words}, "paths": list(columns)}))
    luck = [
        json.dumps([replicate, those]).encode()
        for replicate in range(asked.file.replicates)
        for those in asked.arms.values()
    ]
    met: dict[bytes, int] = {}
    for values in _in_bytes(count, columns):
        here = base.copy()
        here.update(values)
        digest = here.digest()
        met[digest] = again = met.get(digest, -1) + 1
        here.update(b"%d" % again)
        for each in luck:
            task = here.copy()
            task.update(each)
            yield task.hexdigest()[:32]


def _in_bytes(count: int, columns: Columns) -> Iterator[bytes]:
    """The values of each point, so many bytes that differ where any value does."""
    numbers = [path for path, values in columns.items() if values.dtype == np.float64]
    others = [path for path in columns if path not in numbers]
    for first in range(0, count, _ROWS):
        last = min(first + _ROWS, count)
        matrix = np.empty((last - first, len(numbers)), "<f8")
        for at, path in enumerate(numbers):
            matrix[:, at] = columns[path][first:last]
        words = zip(*(columns[path][first:last].tolist() for path in others), strict=True)
        for row in matrix:
            yield row.tobytes() + (json.dumps(next(words)).encode() if others else b"")


def _volatile() -> dict[str, Any]:
    """When and on what it was planned: of no effect on any result."""
    return {
        "planned": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in VERSIONED},
        "platform": platform.platform(),
    }


def foreseen(asked: Asked, jobs: int) -> dict[str, Any]:
    """What a sweep would be: points, tasks, chunks, about how long with so many at work, and about how large.
    Raises TooLarge and MissingExtra."""
    points = _fitting(asked)
    tasks = points.number * len(asked.arms) * asked.file.replicates
    chunks = int(_chunks(asked, points.number)[-1]) + 1
    kept = len(asked.outcomes) + len(asked.file.series) * asked.scenario.days / 30
    return {
        "tasks": tasks,
        "points": points.number,
        "parameters": len(points.columns),
        "chunks": chunks,
        "seconds": points.number * asked.file.replicates * _seconds_of_unit(asked) / min(jobs, chunks),
        "disk_mib": (tasks * (64 + 8 * (len(points.columns) + kept) + 80) + chunks * 6000) / 2**20,
    }
