"""Files that can be believed: JSON with one way to write it, that holds its own digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from sim.scenario.mistakes import harmless

_LONGEST_JSON = 1_000_000_000
"""Bytes that are read at most: far more than is ever written."""
_MOST_SHOWN = 240  # characters of a path in a message


class ResultsError(Exception):
    """A run folder that cannot be written, read or believed; the message is one line for people."""


def digest(digests: Mapping[str, str]) -> str:
    """The digest of a run: SHA-256 over lines `sha256  path`, sorted by path, as `sha256sum` prints them."""
    return sha256("".join(f"{digests[path]}  {path}\n" for path in sorted(digests)).encode())


def canonical(content: Mapping[str, Any]) -> bytes:
    """JSON with one way to write it: sorted keys, two spaces, shortest floats, UTF-8, one newline at the end."""
    text = json.dumps(content, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False, default=_plain)
    return f"{text}\n".encode()


def sealed(content: Mapping[str, Any]) -> bytes:
    """Canonical JSON that holds its own digest, `seal`, taken over all the rest of it."""
    return canonical({**content, "seal": sha256(canonical(content))})


def read_sealed(path: Path) -> dict[str, Any]:
    """What a sealed file says; raises ResultsError when it is missing or not what was written."""
    with told(path):
        if path.is_symlink() or path.stat().st_size > _LONGEST_JSON:
            raise ResultsError(f"{shown(path)}: not a file that a run wrote")
        raw = path.read_bytes()
    try:
        content = json.loads(raw)
        seal = content.pop("seal")
        whole = isinstance(seal, str) and sealed(content) == raw and sha256(canonical(content)) == seal
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        whole = False
    if not whole:
        raise ResultsError(f"{shown(path)}: changed since it was written")
    found: dict[str, Any] = content
    return found


def sha256(content: bytes) -> str:
    """The SHA-256 of bytes, as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def shown(path: Path) -> str:
    """A path for a message: as it was given, its end if it is long, and nothing that a terminal would obey."""
    text = str(path)
    return harmless(text if len(text) <= _MOST_SHOWN else f"...{text[-_MOST_SHOWN:]}", most=2 * _MOST_SHOWN)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what the file system refuses into one line."""
    try:
        yield
    except OSError as problem:
        raise ResultsError(f"{shown(path)}: {problem.strerror or problem}") from problem


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no place in JSON")
