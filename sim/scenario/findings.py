"""What is found wrong in what the parts of a scenario say of each other, each at its place."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from pydantic_core import InitErrorDetails, PydanticCustomError

from sim.registry import nearest
from sim.scenario.mistakes import shown

TOLERANCE = 1e-6
"""How far shares may miss 1."""
MOST_KNOWN = 8
"""Known names that a message lists."""
CONTRADICTION = "reference_wrong"
"""The type of every error that is found here."""
KEY = "[key]"
"""Ends a location that speaks of a key, not of the value under it."""

Location = tuple[str | int, ...]


@dataclass(slots=True)
class Findings:
    """Contradictions found; one that appears in several places is kept at the first."""

    errors: dict[Location | tuple[str, str], InitErrorDetails] = field(default_factory=dict)

    def add(self, place: Location, text: str, value: object = None, about: tuple[str, str] | None = None) -> None:
        """Note what is wrong at a place; `about` tells apart what is wrong, if not by its place."""
        wrong = PydanticCustomError(CONTRADICTION, "{text}", {"text": text})
        self.errors.setdefault(about or place, InitErrorDetails(type=wrong, loc=place, input=value))

    def unknown(self, place: Location, name: str, known: Collection[str], what: str) -> None:
        """Note a name that is not among the known ones."""
        if name in known:
            return
        near = nearest(name, known)
        hint = f"did you mean {near}?" if near else f"known are {some(known)}." if known else "there is none."
        self.add(place, f"{shown(name)} is not {what}, {hint}", name, (what, name))

    def not_one(self, place: Location, shares: Iterable[float], whose: str = "") -> None:
        """Note shares that do not add up to 1."""
        total = math.fsum(shares)
        if abs(total - 1.0) > TOLERANCE:
            told = f"the shares{f' for {whose}' if whose else ''} add up to {total:.6g}. Make them add up to 1."
            self.add(place, told, total, (str(place[-1]), whose) if whose else None)


def numbered[T](items: Iterable[T | None]) -> Iterator[tuple[int, T]]:
    """The items of a list with their numbers, without those that are ill formed, in whose place None stands."""
    return ((number, item) for number, item in enumerate(items) if item is not None)


def some(names: Collection[str]) -> str:
    """The first of some names, and how many more there are."""
    listed = list(names)
    more = len(listed) - MOST_KNOWN
    return ", ".join(listed[:MOST_KNOWN]) + (f" and {more} more" if more > 0 else "")
