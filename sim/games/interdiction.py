"""The network interdiction game: the smuggler chooses a path, the inspector an arc to watch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, model_validator

from sim.games.game import Game, Measure, Round
from sim.quantity import Probability
from sim.terms import Name, Noun

if TYPE_CHECKING:
    import networkx as nx

MOST_PATHS = 500
"""Paths that can be told apart in play."""
_MOST_STEPS = 50_000
"""Steps after which a search for paths is given up."""


class Arc(Noun):
    """A passage in one direction, where a load is found with some chance when the inspector watches it."""

    start: Name
    end: Name
    detection: Probability
    """Chance that a load on this arc is found when it is watched."""


class Interdiction(Game):
    """A load moves from source to sink on a path of the smuggler's choice, and one arc is watched (Washburn and Wood
    1995).

    The inspector wins 1 when the load is found, the smuggler when it is not.
    """

    kind: Literal["interdiction"] = "interdiction"
    source: Name
    sink: Name
    arcs: tuple[Arc, ...] = Field(min_length=1, max_length=200)

    @model_validator(mode="after")
    def _leads_from_source_to_sink(self) -> Self:
        ends = [(arc.start, arc.end) for arc in self.arcs]
        twice = next((pair for place, pair in enumerate(ends) if pair in ends[:place]), None)
        if twice is not None:
            raise ValueError(f"has two arcs from {twice[0]} to {twice[1]}. Put a place of its own on one of them")
        if self.source == self.sink:
            raise ValueError(f"starts where it ends, at {self.source}. Give source and sink different names")
        if not self.paths():
            raise ValueError(f"has no path from {self.source} to {self.sink}. Add the arcs that are missing")
        return self

    def paths(self) -> tuple[tuple[int, ...], ...]:
        """Every path on which no place is met twice, as numbers of arcs in their order; ValueError for too many."""
        leaving: dict[str, list[int]] = {}
        for number, arc in enumerate(self.arcs):
            leaving.setdefault(arc.start, []).insert(0, number)
        found: list[tuple[int, ...]] = []
        onward: list[tuple[tuple[int, ...], tuple[str, ...]]] = [((), (self.source,))]
        for _ in range(_MOST_STEPS):
            if not onward or len(found) > MOST_PATHS:
                break
            path, been = onward.pop()
            if been[-1] == self.sink:
                found.append(path)
                continue
            for number in leaving.get(been[-1], ()):
                if self.arcs[number].end not in been:
                    onward.append(((*path, number), (*been, self.arcs[number].end)))
        if onward:
            raise ValueError(f"has more than {MOST_PATHS} paths, or too many ways round. Take arcs away")
        return tuple(found)

    def value(self) -> float:
        """Chance that the load is found when both play as well as they can (Washburn and Wood 1995).

        It is 1 / the largest flow from source to sink, an arc of detection p letting 1 / p through; 0 where some path
        is never watched.
        """
        import networkx as nx  # for whom the value is wanted

        try:
            return float(1.0 / nx.maximum_flow_value(self.graph(), self.source, self.sink))
        except nx.NetworkXUnbounded:
            return 0.0

    def graph(self) -> nx.DiGraph:
        """The network; an arc that is never watched has no capacity of its own."""
        import networkx as nx

        graph: Any = nx.DiGraph()
        for arc in self.arcs:
            limit = {"capacity": 1.0 / arc.detection} if arc.detection > 0.0 else {}
            graph.add_edge(arc.start, arc.end, **limit)
        return graph

    def measures(self) -> tuple[Measure, ...]:
        """The value; strategies need not be unique."""
        return (Measure("Loads found", self.value(), "inspector"),)

    def round(self) -> Round:
        """An arc to watch, a path to take."""
        paths, count = self.paths(), len(self.arcs)
        return Round(
            actions=tuple(f"{arc.start}_{arc.end}" for arc in self.arcs),
            ways=tuple("_".join((self.source, *(self.arcs[number].end for number in path))) for path in paths),
            stops=tuple(
                tuple(float(arc.detection) if place == number else 0.0 for place in range(count))
                for number, arc in enumerate(self.arcs)
            ),
            passes=paths,
            through=(1.0,) * len(paths),
            stopped=(0.0,) * len(paths),
            harm=(0.0,) * len(paths),
            find=1.0,
            costs=(0.0,) * count,
        )

    def told(self) -> Iterator[str]:
        """The network in a sentence."""
        yield (
            f"A load moves from {self.source} to {self.sink} on one of {len(self.paths())} paths of the smuggler's "
            f"choice. The inspector watches one of {len(self.arcs)} arcs a round, and finds a load that passes it with "
            f"the arc's chance of detection. She wins 1 when it is found, he wins 1 when it is not."
        )
