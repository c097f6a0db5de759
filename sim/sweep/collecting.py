"""Collecting: all results of a sweep as one table, for any program that reads Parquet or CSV."""

from __future__ import annotations

import io

from sim.study.parts import put
from sim.study.sealed import sealed, sha256, told
from sim.sweep.sweep import Sweep

RESULTS, SERIES, FAILED = "results", "series", "failed.csv"
COLLECTED = "collected.json"
"""The digest of each table that was written, sealed."""


def collect(sweep: Sweep) -> list[str]:
    """Write the tables of a sweep into its folder, beside its parts; returns the names of the files. Raises
    ResultsError."""
    tables = {RESULTS: sweep.table()}
    if sweep.plan.passport["series"]:
        tables[SERIES] = sweep.monthly()
    files: dict[str, bytes] = {}
    for name, table in tables.items():
        sink = io.BytesIO()
        table.to_parquet(sink, engine="pyarrow", compression="zstd", index=False)
        files |= {f"{name}.parquet": sink.getvalue(), f"{name}.csv": table.to_csv(index=False).encode()}
    failed = sweep.failed()
    place = sweep.plan.folder / FAILED
    if len(failed):
        files[FAILED] = failed.drop(columns="traceback").to_csv(index=False).encode()
    else:
        with told(place):
            place.unlink(missing_ok=True)
    seal = sweep.plan.folder / COLLECTED
    with told(seal):
        seal.unlink(missing_ok=True)
    for name, content in files.items():
        put(sweep.plan.folder / name, content)
    put(seal, sealed({"files": {name: sha256(content) for name, content in files.items()}}))
    return list(files)
