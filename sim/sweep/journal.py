"""The journal of a chunk: every task that has been lived, written down at once, and soon on the disk."""

from __future__ import annotations

import importlib
import json
import os
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sim.study.parts import put
from sim.study.sealed import ResultsError, sha256, told

Record = dict[str, Any]
"""What became of a task: its id, and its outcomes or how it failed."""
SYNC_S = 1.0
"""How many seconds of tasks may wait together for the disk: no kill loses them meanwhile, but a power failure would."""


class Held(ResultsError):
    """Somebody else lives this chunk."""


class Journal:
    """An open journal, held by this process alone. Records are written one by one, and brought to the disk together."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path, self._handle = path, handle
        self._synced, self._waiting = time.monotonic(), False
        self._behind = threading.Thread()
        """Brings records to the disk while the next task is lived."""
        self._refused: OSError | None = None
        self.records = _whole_records(handle)

    def append(self, record: Record) -> None:
        """Write a record; raises ResultsError where there is no room, or the disk refused an earlier one."""
        with told(self.path):
            self._heed()
            _write(self._handle, _line(record))
        self.records.append(record)
        self._waiting = True
        if time.monotonic() - self._synced >= SYNC_S and not self._behind.is_alive():
            self._synced, self._waiting = time.monotonic(), False
            self._behind = threading.Thread(target=self._sync, daemon=True)
            self._behind.start()

    def remove(self) -> None:
        """It has served: what it holds stands in the chunk's part."""
        self._waiting = False
        with told(self.path):
            self.path.unlink(missing_ok=True)

    def take_back(self, outcomes: Mapping[str, dict[str, Any]]) -> None:
        """Write down what tasks came to whose part is about to go, by id; it is on the disk when this returns."""
        known = {record["task"] for record in self.records if "outcomes" in record}
        for task, each in outcomes.items():
            if task not in known:
                self.append({"task": task, "outcomes": each})
        self._waiting = False
        self._sync()
        with told(self.path):
            self._heed()

    def forget_failed(self) -> None:
        """Write it anew without the tasks that failed, and remove it where none are left; then it takes no more."""
        lived = [record for record in self.records if "failed" not in record]
        if not lived:
            self.remove()
        elif len(lived) < len(self.records):
            put(self.path, b"".join(map(_line, lived)))

    def close(self) -> None:
        """Bring what waits to the disk, and let others hold it; raises ResultsError where the disk refuses."""
        if self._behind.is_alive():
            self._behind.join()
        if self._waiting:
            self._sync()
        os.close(self._handle)
        with told(self.path):
            self._heed()

    def _sync(self) -> None:
        try:
            os.fsync(self._handle)
        except OSError as refused:
            self._refused = refused

    def _heed(self) -> None:
        if self._refused is not None:
            raise self._refused


@contextmanager
def journal(path: Path) -> Iterator[Journal]:
    """The journal at a path, made where there is none; raises Held, ResultsError."""
    with told(path):
        handle = _held(path)
        try:
            found = Journal(path, handle)
        except OSError:
            os.close(handle)
            raise
    try:
        yield found
    finally:
        found.close()


def hold(handle: int, *, wait: bool = False) -> bool:
    """Hold an open file alone, until it is closed or this process ends; False where another one holds it.

    Where the system or the file system has no such locks, everybody holds it: work may then be done twice, with the
    same result.
    """
    try:
        fcntl: Any = importlib.import_module("fcntl")
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return True
    return True


def holder(path: Path) -> str:
    """Who holds a journal, or held it last: `process 123 on a host`."""
    try:
        known = [_read(line) for line in path.read_bytes().splitlines() if b'"pid":' in line]
    except OSError:
        known = []
    who = next((each for each in reversed(known) if each is not None), None)
    return f"process {who['pid']} on {who['host']}" if who is not None else "another process"


def count(path: Path) -> int:
    """How many tasks stand in a journal."""
    try:
        return path.read_bytes().count(b' {"task":')
    except OSError:
        return 0


def _held(path: Path) -> int:
    """The handle of a journal that is ours alone. Raises Held."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        if not hold(handle):
            os.close(handle)
            raise Held(f"chunk {int(path.name)} is being lived by {holder(path)}")
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), os.stat(path)):
                return handle
        os.close(handle)  # whoever held it removed it in the meantime


def _whole_records(handle: int) -> list[Record]:
    """The records of a journal up to the first that is not whole; what comes after it is cut off."""
    with os.fdopen(os.dup(handle), "rb") as file:
        file.seek(0)
        content = file.read()
    records, at = [], 0
    for line in content.splitlines(keepends=True):
        record = _read(line.removesuffix(b"\n")) if line.endswith(b"\n") else None
        if record is None:
            break
        records.append(record)
        at += len(line)
    os.ftruncate(handle, at)
    os.lseek(handle, at, os.SEEK_SET)
    _write(handle, _line({"pid": os.getpid(), "host": socket.gethostname()}))
    return [record for record in records if "task" in record]


def _write(handle: int, line: bytes) -> None:
    while line:
        line = line[os.write(handle, line) :]


def _line(record: Record) -> bytes:
    text = json.dumps(record, separators=(",", ":"), ensure_ascii=True).encode()
    return sha256(text)[:16].encode() + b" " + text + b"\n"


def _read(line: bytes) -> Record | None:
    """A record, or nothing where it is not what was written."""
    digest, _, text = line.partition(b" ")
    if sha256(text)[:16].encode() != digest:
        return None
    found: Record = json.loads(text)
    return found
