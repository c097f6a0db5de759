"""Parquet files that can be believed: each holds the SHA-256 of all its own bytes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from sim.study.sealed import ResultsError, shown, told

_KEY = b"chokepoint.seal"
_MARK = _KEY + b"\x18\x40"
"""The key of the digest among the file's own words, and how Parquet announces a text of 64 bytes after it."""
_BLANK = b"0" * 64
_END, _BLOCK = 1 << 20, 1 << 20
"""Bytes at the end of a file among which its own words stand; bytes that are read at a time."""


def write_sealed(path: Path, schema: pa.Schema, batches: Iterable[pa.Table], about: dict[str, str]) -> str:
    """Write tables one after another into one file, a row group each, and seal it; returns the seal. The path must not
    exist.

    about: words that are kept beside the columns.
    """
    how = {"compression": "zstd", "compression_level": 1, "store_schema": False}
    with path.open("xb") as file, pq.ParquetWriter(file, schema, **how) as writer:
        for table in batches:
            writer.write_table(table)
        writer.add_key_value_metadata({**about, _KEY.decode(): _BLANK.decode()})
    with path.open("r+b") as written:
        at = _place(written)
        digest = _digest(written, at)
        written.seek(at)
        written.write(digest)
        written.flush()
        os.fsync(written.fileno())
    return digest.decode()


def check_sealed(path: Path) -> pq.ParquetFile:
    """A sealed file, open to be read; raises ResultsError when it is missing or not what was written."""
    with told(path):
        if path.is_symlink() or not path.is_file():
            raise ResultsError(f"{shown(path)}: no such file")
        with path.open("rb") as file:
            at = _place(file)
            file.seek(max(at, 0))
            if at >= 0 and file.read(64) == _digest(file, at):
                return pq.ParquetFile(path, memory_map=True)
    raise ResultsError(f"{shown(path)}: changed since it was written")


def seal(file: pq.ParquetFile) -> str:
    """The seal of a file that has been checked."""
    return str((file.metadata.metadata or {})[_KEY].decode())


def about(file: pq.ParquetFile) -> dict[str, str]:
    """The words that are kept in a file beside its columns."""
    found: dict[bytes, bytes] = file.metadata.metadata or {}
    return {key.decode(): value.decode() for key, value in found.items() if key != _KEY}


def _place(file: BinaryIO) -> int:
    """Where the digest stands in a file; -1 where there is none."""
    size = file.seek(0, os.SEEK_END)
    first = max(0, size - _END)
    file.seek(first)
    found = file.read().rfind(_MARK)
    return first + found + len(_MARK) if found >= 0 else -1


def _digest(file: BinaryIO, at: int) -> bytes:
    """The digest of a file in which zeros stand for the digest."""
    digest = hashlib.sha256()
    file.seek(0)
    left = at
    while left:
        block = file.read(min(left, _BLOCK))
        digest.update(block)
        left -= len(block)
    digest.update(_BLANK)
    file.seek(at + len(_BLANK))
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest().encode()
