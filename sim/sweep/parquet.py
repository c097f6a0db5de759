"""Parquet files that can be believed: each holds the SHA-256 of all its own bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.study.sealed import ResultsError, shown, told

_KEY = b"chokepoint.seal"
_MARK = _KEY + b"\x18\x40"
"""The key of the digest among the file's own words, and how Parquet announces a text of 64 bytes after it."""
_BLANK = b"0" * 64


def write_sealed(path: Path, schema: pa.Schema, batches: Iterable[pa.Table], about: dict[str, str]) -> None:
    """Write tables one after another into one file, a row group each, and seal it. The path must not exist.

    about: words that are kept beside the columns.
    """
    import os

    with path.open("xb") as file:
        with pq.ParquetWriter(file, schema, compression="zstd", compression_level=1, store_schema=False) as writer:
            for table in batches:
                writer.write_table(table)
            writer.add_key_value_metadata({**about, _KEY.decode(): _BLANK.decode()})
        file.flush()
    with path.open("r+b") as file:
        content = memoryview(file.read())
        at = _place(content)
        digest = hashlib.sha256(content).hexdigest().encode()
        file.seek(at)
        file.write(digest)
        file.flush()
        os.fsync(file.fileno())


def check_sealed(path: Path) -> pq.ParquetFile:
    """A sealed file, open to be read; raises ResultsError when it is missing or not what was written."""
    with told(path):
        if path.is_symlink() or not path.is_file():
            raise ResultsError(f"{shown(path)}: no such file")
        content = bytearray(path.read_bytes())
    try:
        at = _place(memoryview(content))
        digest = bytes(content[at : at + 64])
        content[at : at + 64] = _BLANK
        whole = hashlib.sha256(content).hexdigest().encode() == digest
        content[at : at + 64] = digest
        if whole:
            return pq.ParquetFile(pa.BufferReader(bytes(content)))
    except (ValueError, OSError):
        pass
    raise ResultsError(f"{shown(path)}: changed since it was written")


def about(file: pq.ParquetFile) -> dict[str, str]:
    """The words that are kept in a file beside its columns."""
    found: dict[bytes, bytes] = file.metadata.metadata or {}
    return {key.decode(): value.decode() for key, value in found.items() if key != _KEY}


def _place(content: memoryview) -> int:
    """Where the digest stands in a file; raises ValueError where there is none."""
    end = bytes(content[-min(len(content), 1 << 20) :])
    at = end.rfind(_MARK)
    if at < 0:
        raise ValueError("no seal")
    return len(content) - len(end) + at + len(_MARK)


def whole_table(file: pq.ParquetFile) -> Any:
    """All of a file as one table."""
    return file.read(use_threads=False)
