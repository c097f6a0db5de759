"""The folder of a run: written beside and renamed when whole, and checked byte by byte afterwards."""

from __future__ import annotations

import io
import os
import platform
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from sim.scenario.resolved import POLICIES
from sim.study.arrow import as_table
from sim.study.sealed import ResultsError, canonical, digest, sealed, sha256, shown, told
from sim.study.tables import TABLE_NAMES, TABLES, TableName
from sim.study.verify import (
    FORMAT,
    FORMAT_VERSION,
    KPIS,
    LIST,
    LIST_FORMAT,
    MANIFEST,
    PASSPORT,
    REPLICATES,
    REPORT,
    RUN_INFO,
    SCENARIO,
    foreign,
    foreign_around,
    read_manifest,
    replicates,
    verify,
)

__all__ = [
    "REPLICATES",
    "REPORT",
    "ResultsError",
    "may_write",
    "passport",
    "several",
    "verify",
    "write_play",
    "write_run",
]

PLAYED, _FIRST = "replicates.csv", b"replicate,"
"""The table of a game that was played, and how it begins."""
VERSIONED = ("numpy", "numba", "mesa", "networkx", "pyarrow")


def passport(*, title: str, seed: int, replicate: int, mode: str, days: int, scenario_hash: str) -> dict[str, Any]:
    """What a manifest says beside the digests: what was run, with which luck, on which versions."""
    return {
        "title": title,
        "seed": seed,
        "replicate": replicate,
        "mode": mode,
        "days": days,
        "scenario_hash": scenario_hash,
        "version": version("chokepoint"),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in VERSIONED},
    }


def may_write(folder: Path, *, force: bool) -> None:
    """Refuse now what `write_run` would refuse after the work; touches nothing. Raises ResultsError."""
    with told(folder):
        if os.path.lexists(folder):
            _may_replace(folder, force)
        place = Path(os.path.abspath(folder))
        around = next(parent for parent in place.parents if parent.exists())
        if not around.is_dir():
            raise ResultsError(f"{shown(folder)}: {around.name} is a file, not a folder")
        if not os.access(around, os.W_OK | os.X_OK):
            raise ResultsError(f"{shown(folder)}: no permission to write there")
        with suppress(FileNotFoundError):
            os.lstat(around / beside(place, "partial"))  # says so when the name is too long


def write_run(
    folder: Path,
    *,
    scenario_text: str,
    policies_text: str | None = None,
    manifest: Mapping[str, Any],
    tables: Mapping[str, Mapping[str, Any]],
    kpis: Mapping[str, Any],
    run_info: Mapping[str, Any],
    force: bool,
) -> str:
    """Write a whole run folder, or none, and return its digest.

    policies_text: the file of policies of the scenario's own, if it has one. manifest: at least what `PASSPORT` lists
    (see `passport`). tables: all of `TABLE_NAMES`, column by column (see `as_table`). run_info: every fact that differs
    from one run of the same thing to the next. force: replace a run that stands there. Raises ResultsError, and
    TableMismatch for a table that does not fit its schema.
    """
    may_write(folder, force=force)
    absent = [word for word in PASSPORT if word not in manifest]
    if absent or set(tables) != set(TABLE_NAMES):
        raise ValueError(f"manifest lacks {absent}; tables are {sorted(tables)}, not {sorted(TABLE_NAMES)}")
    mark = {word: manifest[word] for word in ("title", "version", "seed", "replicate", "scenario_hash")}
    place = Path(os.path.abspath(folder))
    partial = place.parent / beside(place, "partial")
    with told(folder):
        place.parent.mkdir(parents=True, exist_ok=True)
        partial.mkdir()
        try:
            files = {SCENARIO: scenario_text.encode(), KPIS: canonical(kpis)}
            if policies_text is not None:
                files[POLICIES] = policies_text.encode()
            files |= {f"{name}.parquet": _parquet(name, tables[name], mark) for name in TABLE_NAMES}
            digests = {name: sha256(files[name]) for name in files}
            files[MANIFEST] = sealed(
                {
                    **manifest,
                    "format": FORMAT,
                    "format_version": FORMAT_VERSION,
                    "files": digests,
                    "digest": digest(digests),
                }
            )
            files[RUN_INFO] = sealed(run_info)
            for name, content in files.items():
                write(partial / name, content)
            sync(partial)
            _put_in_place(partial, place, force)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return digest(digests)


@contextmanager
def several(folder: Path, *, force: bool) -> Iterator[Path]:
    """A folder to write replicates into with `write_run`; it takes its place as a whole when all are done, or never.

    Raises ResultsError as `write_run` does.
    """
    with _taking_place(folder, force) as partial:
        yield partial
        with told(folder):
            runs = {run.name: read_manifest(run)["digest"] for run in replicates(partial)}
            listed = {"format": LIST_FORMAT, "format_version": FORMAT_VERSION, "runs": runs, "digest": digest(runs)}
            write(partial / LIST, sealed(listed))


def write_play(folder: Path, table: str, *, force: bool) -> None:
    """Write the table of a game that was played into a folder of its own, or nothing; raises ResultsError."""
    with _taking_place(folder, force) as partial, told(folder):
        write(partial / PLAYED, table.encode())


@contextmanager
def _taking_place(folder: Path, force: bool) -> Iterator[Path]:
    """A folder to write into, which takes its place as a whole when all is written, or never."""
    may_write(folder, force=force)
    place = Path(os.path.abspath(folder))
    partial = place.parent / beside(place, "partial")
    with told(folder):
        place.parent.mkdir(parents=True, exist_ok=True)
        partial.mkdir()
    try:
        yield partial
        with told(folder):
            sync(partial)
            _put_in_place(partial, place, force)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _may_replace(folder: Path, force: bool) -> None:
    if not force:
        raise ResultsError(f"{shown(folder)}: exists already; choose another folder, or replace it with --force")
    if folder.is_symlink() or not folder.is_dir():
        raise ResultsError(f"{shown(folder)}: not a folder, so not replaced")
    if not any(folder.iterdir()) or _was_played(folder):
        return
    runs = [] if (folder / MANIFEST).exists() else replicates(folder)
    others = foreign_around(folder) if runs else []
    for run in runs or [folder]:
        others += foreign(run, read_manifest(run))
    if others:
        raise ResultsError(f"{shown(folder)}: not replaced, it holds what no run wrote: {shown(others[0])}")


def _was_played(folder: Path) -> bool:
    """Whether the folder holds the table of a game, and nothing beside it."""
    (first, *others) = folder.iterdir()
    if others or first.name != PLAYED or first.is_symlink() or not first.is_file():
        return False
    with first.open("rb") as file:
        return file.read(len(_FIRST)) == _FIRST


def _put_in_place(partial: Path, folder: Path, force: bool) -> None:
    """Rename the finished folder; a run that stood there is moved away first and removed last."""
    old = None
    if os.path.lexists(folder):
        _may_replace(folder, force)
        old = folder.parent / beside(folder, "old")
        folder.rename(old)
    try:
        partial.rename(folder)
    except BaseException:
        if old is not None:
            old.rename(folder)
        raise
    sync(folder.parent)
    if old is not None:
        _remove(old, folder)


def _remove(old: Path, folder: Path) -> None:
    """Remove what stood there before; raises ResultsError that says where it lies when that is refused."""
    try:
        shutil.rmtree(old)
        sync(folder.parent)
    except OSError as problem:
        why = problem.strerror or problem
        text = f"is written and whole, but what stood there before cannot be removed from {shown(old)}: {why}"
        raise ResultsError(f"{shown(folder)}: {text}") from problem


def _parquet(name: TableName, given: Mapping[str, Any], mark: Mapping[str, Any]) -> bytes:
    table = as_table(name, given)
    table = table.replace_schema_metadata({"chokepoint": canonical({**mark, "table": name})})
    sink = io.BytesIO()
    pq.write_table(
        table,
        sink,
        version="2.6",
        compression="zstd",
        compression_level=1,
        data_page_version="1.0",
        data_page_size=1 << 20,
        row_group_size=1 << 20,
        use_dictionary=[column.name for column in TABLES[name] if column.kind == "word"],
        write_statistics=True,
        write_page_checksum=True,
    )
    return sink.getvalue()


def write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def beside(folder: Path, word: str) -> str:
    return f"{folder.name}.{word}-{secrets.token_hex(4)}"


def version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "source"
