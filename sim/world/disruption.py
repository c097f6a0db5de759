"""Disruptions: dated changes of the route graph, as a scenario names them, and which of them are in force on a day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from pydantic import model_validator

from sim.quantity import ASSUMED, Days, Quantity, Share
from sim.terms import Label, Name, Noun


class Disruption(Noun):
    """Places, sailing lines or canals that are closed, or slowed, from one day to another; or that open on a day, when
    it ends without having begun."""

    name: Label
    start: date | None = None
    """First day; none: it has been so before the first day of the run."""
    end: date | None = None
    """Last day; none: for good."""
    places: tuple[Name, ...] = ()
    """Ports, docks and warehouses; a region or a country stands for its ports."""
    lines: tuple[Label, ...] = ()
    """Sailing lines as `FROM>TO`, each end a port or the region or country of ports."""
    canals: tuple[Name, ...] = ()
    """Canals and straits: `panama` in the dataset of Latin America and Europe, or as own sea distances name them. While
    one is closed ships sail round, where a distance is known."""
    keeps: Share = Quantity(0.0, "share", 0.0, 0.9, ASSUMED)
    """Share of the legal containers that it leaves where they are; what keeps none is closed, to contraband too. Docks
    and warehouses are closed, or not touched."""
    taken_up: Share = Quantity(0.7, "share", 0.3, 1.0, ASSUMED)
    """Share of the other containers that further ports of the region take up; the rest do not sail."""
    delay_days: Days = Quantity(0, "days", 0, 21, ASSUMED)
    """Days by which a voyage takes longer."""

    @model_validator(mode="after")
    def _is_a_change(self) -> Self:
        if not (self.places or self.lines or self.canals):
            raise ValueError("names nothing that is disrupted. Give places, lines or canals")
        if self.start is None and self.end is None:
            raise ValueError("is neither dated by a start nor by an end. Give one of them")
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError(f"ends on {self.end}, before it starts on {self.start}")
        return self

    @property
    def closes(self) -> bool:
        """Whether nothing gets through."""
        return float(self.keeps) == 0.0

    def on(self, day: date) -> bool:
        """Whether it is in force."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Which disruptions are in force when. A *situation* is a set of them that are in force together; situation 0 is
    that none is."""

    situations: tuple[tuple[Disruption, ...], ...]
    begins: tuple[int, ...]
    """Days on which another situation begins, the first day of the run first; days before it count as it does."""
    which: tuple[int, ...]
    """Situation from each of these days on."""

    @classmethod
    def of(cls, disruptions: Sequence[Disruption], start: date) -> Self:
        """From a first day on, without an end."""
        turns = [start, *(each.start for each in disruptions if each.start)]
        turns += [each.end + timedelta(days=1) for each in disruptions if each.end and each.end < date.max]
        rows: dict[tuple[int, ...], int] = {(): 0}
        begins: list[int] = []
        which: list[int] = []
        for day in sorted({turn for turn in turns if turn >= start}):
            here = tuple(row for row, each in enumerate(disruptions) if each.on(day))
            situation = rows.setdefault(here, len(rows))
            if not which or which[-1] != situation:
                begins.append((day - start).days)
                which.append(situation)
        return cls(tuple(tuple(disruptions[row] for row in here) for here in rows), tuple(begins), tuple(which))

    def on(self, day: int) -> int:
        """The situation of a day."""
        return self.which[max(0, bisect_right(self.begins, day) - 1)]

    def within(self, days: int) -> tuple[int, ...]:
        """The situations of a run of so many days, in their order, and that without disruptions."""
        met = {which for begin, which in zip(self.begins, self.which, strict=True) if begin < days}
        return tuple(sorted(met | {0}))
