"""The security game: several targets of different value, and fewer patrols than targets."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import comb, fsum
from typing import Literal, Self

from pydantic import Field, model_validator

from sim.games.game import Game, Measure, Round, only
from sim.quantity import PositiveNumber
from sim.terms import Name

MOST_ACTIONS = 500
"""Ways to spread patrols over targets that can be told apart in play."""


class Coverage(Game):
    """The smuggler chooses one coast to land on, the inspector those to cover; what lands is the inspector's loss.

    A zero-sum security game (Kiekintveld et al. 2009): to commit oneself first (Stackelberg) or to choose at the same
    time comes to the same.
    """

    kind: Literal["coverage"] = "coverage"
    targets: dict[Name, PositiveNumber] = Field(min_length=2, max_length=40)
    """What a landing is worth, by coast."""
    patrols: int = Field(ge=1, le=39)
    """Coasts that can be covered at a time."""

    @model_validator(mode="after")
    def _some_stay_open(self) -> Self:
        if self.patrols >= len(self.targets):
            raise ValueError(f"has {self.patrols} patrols for {len(self.targets)} targets. Give fewer than targets")
        if comb(len(self.targets), self.patrols) > MOST_ACTIONS:
            raise ValueError(f"has more than {MOST_ACTIONS} ways to spread the patrols. Give fewer targets or patrols")
        return self

    def value(self) -> float:
        """What a landing brings on average: the largest of (k - m) / sum of 1 / U over the k most valuable targets.

        m: patrols. On the k targets the smuggler lands in proportion to 1 / U, the inspector leaves v / U uncovered.
        """
        return self._attacked()[1]

    def _attacked(self) -> tuple[int, float]:
        """How many targets are worth landing on, and the value."""
        ordered = sorted((float(worth) for worth in self.targets.values()), reverse=True)
        values = [
            (max(0, k - self.patrols)) / fsum(1.0 / worth for worth in ordered[:k]) for k in range(1, len(ordered) + 1)
        ]
        value = max(values)
        return values.index(value) + 1, value

    def measures(self) -> tuple[Measure, ...]:
        """The value, and how often each target is covered; how often it is landed on."""
        count, value = self._attacked()
        names, worth = tuple(self.targets), [float(worth) for worth in self.targets.values()]
        attacked = sorted(range(len(worth)), key=lambda place: -worth[place])[:count]
        whole = fsum(1.0 / worth[place] for place in attacked)
        actions = self._actions()
        covered = [
            Measure(
                f"Rounds with {name} covered",
                max(0.0, 1.0 - value / worth[place]),
                "actions",
                tuple(float(place in action) for action in actions),
            )
            for place, name in enumerate(names)
        ]
        landed = [
            Measure(
                f"Landings at {name}",
                1.0 / worth[place] / whole if place in attacked else 0.0,
                "ways",
                only(place, len(names)),
            )
            for place, name in enumerate(names)
        ]
        return (Measure("Value of a landing", value, "smuggler"), *covered, *landed)

    def _actions(self) -> list[tuple[int, ...]]:
        return list(combinations(range(len(self.targets)), self.patrols))

    def round(self) -> Round:
        """Targets to cover, one to land on."""
        names, worth = tuple(self.targets), tuple(float(worth) for worth in self.targets.values())
        return Round(
            actions=tuple("_".join(names[place] for place in action) for action in self._actions()),
            ways=names,
            stops=tuple(tuple(float(place in action) for place in range(len(names))) for action in self._actions()),
            passes=tuple((place,) for place in range(len(names))),
            through=worth,
            stopped=(0.0,) * len(names),
            harm=worth,
            find=0.0,
            costs=(0.0,) * comb(len(names), self.patrols),
        )

    def told(self) -> Iterator[str]:
        """What is at stake."""
        stakes = ", ".join(f"{name} {float(worth):g}" for name, worth in self.targets.items())
        yield (
            f"In each round the smuggler lands at one target, and the inspector covers {self.patrols} of them. A "
            f"landing that is covered brings nothing; another one brings him, and costs her, what the target is worth: "
            f"{stakes}."
        )
