"""Mistakes in a scenario as values: file, line, column, path, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

MOST_SHOWN = 60
"""Characters of an input value that a message shows."""
MOST_KEYS = 12
"""Keys of a path that a message shows; no noun of the model lies deeper."""
MOST_TOLD = 200
"""Mistakes that are listed one by one."""


class Place(NamedTuple):
    """Where something stands: a file (or an option of the command line), line and column, both from 1."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Mistake(NamedTuple):
    """One thing that is wrong with a scenario; as text it is one line."""

    file: str
    line: int
    column: int
    path: str
    text: str

    def __str__(self) -> str:
        place = str(Place(self.file, self.line, self.column))
        return f"{place}  {self.path}: {self.text}" if self.path else f"{place}  {self.text}"

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.file, self.line, self.column)


class InvalidScenario(ValueError):
    """A scenario that cannot be run, with all its mistakes, sorted by place."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes: tuple[Mistake, ...] = _sorted_once(mistakes)
        super().__init__(self.mistakes)

    def __str__(self) -> str:
        lines = [str(mistake) for mistake in self.mistakes[:MOST_TOLD]]
        if len(self.mistakes) > MOST_TOLD:
            lines.append(f"and {len(self.mistakes) - MOST_TOLD} more mistakes")
        return "\n".join(lines)


def _sorted_once(mistakes: Iterable[Mistake]) -> tuple[Mistake, ...]:
    """By place; of several mistakes at one place and path the first one told is kept."""
    kept: dict[tuple[Place, str], Mistake] = {}
    for mistake in mistakes:
        kept.setdefault((mistake.place, mistake.path), mistake)
    return tuple(sorted(kept.values()))


def mistake_at(place: Place, path: Iterable[str | int], text: str) -> Mistake:
    """A mistake at a place; `path` leads from the top of the scenario to it, key by key."""
    keys = [harmless(str(key)) or "''" for key in path]
    told = keys if len(keys) <= MOST_KEYS else [*keys[:MOST_KEYS], "..."]
    return Mistake(*place, path=".".join(told), text=text)


def shown(value: Any) -> str:
    """A value as a message shows it: one line, at most 60 characters, nothing that a terminal would obey."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    return harmless(str(value)) if str(value) else "an empty text"


def harmless(text: str, most: int = MOST_SHOWN) -> str:
    """A text cut to a length, with everything that is not printable written out as an escape."""
    cut = text if len(text) <= most else f"{text[: most - 3]}..."
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in cut)
