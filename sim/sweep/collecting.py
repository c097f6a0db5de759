"""Collecting: all results of a sweep as one table, for any program that reads Parquet or CSV."""

from __future__ import annotations

import io
from pathlib import Path
from typing import NamedTuple

from sim.study.parts import put
from sim.study.sealed import sealed, sha256, told
from sim.sweep.plan import alone
from sim.sweep.sweep import Sweep

RESULTS, SERIES, FAILED = "results", "series", "failed.csv"
COLLECTED = "collected.json"
"""The digest of each table that was written, sealed."""


class Collected(NamedTuple):
    """What was written."""

    files: list[str]
    """Names of the tables."""
    done: int
    """Tasks that they tell of, lived or failed. Others may have ended since the parts were read."""
    failed: int


def collect(sweep: Sweep) -> Collected:
    """Write the tables of a sweep into its folder, beside its parts. Raises ResultsError."""
    tables = {RESULTS: sweep.table()}
    if sweep.plan.passport["series"]:
        tables[SERIES] = sweep.monthly()
    files: dict[str, bytes] = {}
    for name, table in tables.items():
        sink = io.BytesIO()
        table.to_parquet(sink, engine="pyarrow", compression="zstd", index=False)
        files |= {f"{name}.parquet": sink.getvalue(), f"{name}.csv": table.to_csv(index=False).encode()}
    failed = sweep.failed()
    if len(failed):
        files[FAILED] = failed.drop(columns="traceback").to_csv(index=False).encode()
    with alone(sweep.plan.folder):
        _write(sweep.plan.folder, files)
    return Collected(list(files), len({*tables[RESULTS]["task"], *failed["task"]}), len(failed))


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """Write the tables, and last what they are known by; what somebody else left, or left half written, goes."""
    names = (*(f"{name}.{kind}" for name in (RESULTS, SERIES) for kind in ("parquet", "csv")), FAILED, COLLECTED)
    with told(folder):
        for name in names:
            for half in folder.glob(f"{name}.partial-*"):
                half.unlink()
        if FAILED not in files:
            (folder / FAILED).unlink(missing_ok=True)
        (folder / COLLECTED).unlink(missing_ok=True)
    for name, content in files.items():
        put(folder / name, content)
    put(folder / COLLECTED, sealed({"files": {name: sha256(content) for name, content in files.items()}}))
