"""The base of every game: what is played in a round, and what it is known to come to."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar, Literal, NamedTuple

from sim.registry import Registered
from sim.terms import Noun


class Round(NamedTuple):
    """What is played in one round: actions of the inspector, ways of the smuggler, checkpoints on these."""

    actions: tuple[str, ...]
    ways: tuple[str, ...]
    stops: tuple[tuple[float, ...], ...]
    """By action and checkpoint: chance that a load is stopped there."""
    passes: tuple[tuple[int, ...], ...]
    """By way: the checkpoints on it, in their order."""
    through: tuple[float, ...]
    """By way: payoff to the smuggler when the load comes through."""
    stopped: tuple[float, ...]
    """By way: the same when it is stopped."""
    harm: tuple[float, ...]
    """By way: what a load that comes through costs the inspector."""
    find: float
    """What a load stopped is worth to the inspector."""
    costs: tuple[float, ...]
    """By action: what it costs the inspector."""

    def chance(self, action: int, way: int) -> float:
        """Chance that a load on a way is stopped by an action."""
        survives = 1.0
        for checkpoint in self.passes[way]:
            survives *= 1.0 - self.stops[action][checkpoint]
        return 1.0 - survives


class Measure(NamedTuple):
    """Something that play comes to, and the value it is known to have where both sides learn well."""

    name: str
    known: float | None
    of: Literal["actions", "ways", "inspector", "smuggler"]
    """Whether it is made of shares of the rounds, by action or way, or is the average payoff of a side."""
    weights: tuple[float, ...] = ()
    """What the shares are multiplied with before they are added up."""


class Game(Registered, Noun):
    """A game between an inspector and a smuggler, of which theory knows what it comes to."""

    home: ClassVar[str] = "sim.games"

    @abstractmethod
    def measures(self) -> tuple[Measure, ...]:
        """What is measured, with the known values; they are computed here, and nothing that learns reads them."""

    @abstractmethod
    def round(self) -> Round:
        """What is played in a round."""

    @abstractmethod
    def told(self) -> Iterator[str]:
        """What is played, in sentences."""


def only(number: int, of: int) -> tuple[float, ...]:
    """Weights that pick one share out of so many."""
    return tuple(float(place == number) for place in range(of))
