"""Columns: words that repeat as codes and names, and records one after another in an array that grows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Records = NDArray[np.void]


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A column of words that repeat: the row among `names` of each. NumPy takes it for an array of the words."""

    codes: NDArray[np.integer[Any]]
    """Those below zero count from the end of the names."""
    names: Sequence[str]

    @classmethod
    def of(cls, words: Sequence[str]) -> Words:
        """Words one by one."""
        names = dict.fromkeys(words)
        row = dict(zip(names, range(len(names)), strict=True))
        return cls(np.fromiter(map(row.__getitem__, words), np.int32, len(words)), tuple(names))

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[str]:
        return map(self.names.__getitem__, self.codes.tolist())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.asarray(np.array(self.names, dtype)[self.codes])


class Table:
    """Records one after another, in an array that doubles when it is full."""

    def __init__(self, kind: np.dtype[np.void]) -> None:
        self._space: Records = np.zeros(64, kind)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def rows(self) -> Records:
        """The records that there are."""
        return self._space[: self._count]

    @property
    def space(self) -> Records:
        """The records that there are, with all the space after them."""
        return self._space

    def room(self, count: int) -> Records:
        """Space for so many more, after the last, blank if the table never began anew; they are there once they were
        added."""
        if self._count + count > len(self._space):
            grown = np.zeros(2 * (self._count + count), self._space.dtype)
            grown[: self._count] = self.rows
            self._space = grown
        return self._space[self._count : self._count + count]

    def reach(self, count: int) -> Records:
        """The records that there are, with space for so many more after them."""
        self.room(count)
        return self._space[: self._count + count]

    def add(self, count: int) -> None:
        """The first so many of the space after the last were filled."""
        self._count += count

    def append(self, *record: Any) -> None:
        """Add one, field by field."""
        if self._count == len(self._space):
            self.room(1)
        self._space[self._count] = record
        self._count += 1

    def clear(self) -> None:
        """Begin anew."""
        self._count = 0
