"""A contest: a game, how both sides learn, and for how long; what a file of the games folder holds."""

from __future__ import annotations

import math
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, SerializeAsAny, ValidationInfo, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from sim.games.game import Game, Measure, Round, only
from sim.games.learners import Believes, Commits, Learner, Weights
from sim.games.sequential import Sequential
from sim.quantity import ASSUMED, Quantity, Share
from sim.registry import nearest
from sim.terms import Label, Noun, Prose

_TOLERANCE = 1e-6
"""How far shares may miss 1."""


def _any_game(given: Any, info: ValidationInfo) -> Game:
    return Game.read(given, written=info.mode == "json")


def _any_learner(given: Any, info: ValidationInfo) -> Learner:
    return Learner.read(given, written=info.mode == "json")


AnyLearner = Annotated[SerializeAsAny[Learner], BeforeValidator(_any_learner)]


class Contest(Noun):
    """A game of inspection that both sides play round after round, each learning as it goes."""

    title: Label
    question: Prose
    """What is to be seen, in a sentence."""
    seed: int = Field(default=1, ge=0, lt=2**63)
    """The root of all luck: same seed, same bytes."""
    rounds: int = Field(default=50_000, ge=100, le=10_000_000)
    """Rounds that are played."""
    set_aside: Share = Quantity(0.5, "share", 0.1, 0.9, ASSUMED)
    """Share of the rounds, the first ones, that do not count: learning starts from nothing."""
    replicates: int = Field(default=40, ge=2, le=10_000)
    """How often all of it is played, each time with luck of its own."""
    game: Annotated[SerializeAsAny[Game], BeforeValidator(_any_game)]
    inspector: AnyLearner = Field(default_factory=Weights)
    smuggler: AnyLearner = Field(default_factory=Weights)

    @model_validator(mode="after")
    def _sides_fit_the_game(self) -> Self:
        found = [*self._misplaced(), *self._commitments()]
        if found:
            raise ValidationError.from_exception_data("Contest", found)
        return self

    def _misplaced(self) -> list[InitErrorDetails]:
        """Rules that cannot play this side of this game."""
        found = []
        if self.inspector.smuggler_only:
            found.append(_wrong(("inspector", "kind"), "only a smuggler can learn by this rule. Give another one."))
        if isinstance(self.game, Sequential):
            for side in ("inspector", "smuggler"):
                if isinstance(getattr(self, side), (Commits, Believes)):
                    found.append(_wrong((side, "kind"), "cannot play a sequential game. Give another rule."))
        elif isinstance(self.smuggler, Commits):
            found.append(_wrong(("smuggler", "kind"), "only an inspector can commit herself. Give another rule."))
        return found

    def _commitments(self) -> list[InitErrorDetails]:
        """Shares of actions that do not exist, or that do not add up."""
        found = []
        if isinstance(self.inspector, Commits) and not isinstance(self.game, Sequential):
            actions = self.game.round().actions
            for name in self.inspector.shares:
                if name not in actions:
                    near = nearest(name, actions)
                    hint = f"did you mean {near}?" if near else f"known are {', '.join(actions[:8])}."
                    found.append(_wrong(("inspector", "shares", name, "[key]"), f"{name} is not an action, {hint}"))
            total = math.fsum(self.inspector.shares.values())
            if abs(total - 1.0) > _TOLERANCE:
                text = f"the shares add up to {total:.6g}. Make them add up to 1."
                found.append(_wrong(("inspector", "shares"), text))
        return found

    @property
    def counted(self) -> int:
        """Rounds that count."""
        return self.rounds - min(self.rounds - 1, int(self.rounds * self.set_aside))

    def replaced(self, **fields: Any) -> Contest:
        """The same contest with whole fields replaced, checked again."""
        return Contest.model_validate({**{name: getattr(self, name) for name in type(self).model_fields}, **fields})

    def commitment(self) -> tuple[float, ...]:
        """The chances of the inspector's actions, where she commits herself to some; else none."""
        if not isinstance(self.inspector, Commits):
            return ()
        return tuple(float(self.inspector.shares.get(name, 0.0)) for name in self.game.round().actions)

    def measures(self) -> tuple[Measure, ...]:
        """What is measured. Against a commitment the known value is the answer to it; where a side that learns does not
        look for its best, there is none."""
        chances = self.commitment()
        if chances:
            return answers(self.game.round(), chances, _precision(self.smuggler))
        solved = self.inspector.solves and self.smuggler.solves and _precision(self.smuggler) is None
        return tuple(measure if solved else measure._replace(known=None) for measure in self.game.measures())


def answers(stage: Round, chances: tuple[float, ...], precision: float | None) -> tuple[Measure, ...]:
    """How often each way is taken against an inspector who takes her actions with the given chances.

    With a precision by a quantal response (logit) to the expected payoffs, else always the best way; where several are
    best nothing is known.
    """
    worth = [_expected(stage, chances, way) for way in range(len(stage.ways))]
    if precision is not None:
        odds = [math.exp(precision * (value - max(worth))) for value in worth]
        known: list[float | None] = [one / math.fsum(odds) for one in odds]
    else:
        alone = sum(math.isclose(value, max(worth), abs_tol=1e-12) for value in worth) == 1
        known = [float(value == max(worth)) if alone else None for value in worth]
    return tuple(
        Measure(f"Smuggler chooses {name}", known[way], "ways", only(way, len(worth)))
        for way, name in enumerate(stage.ways)
    )


def _expected(stage: Round, chances: tuple[float, ...], way: int) -> float:
    """What a way brings on average."""
    stopped = math.fsum(share * stage.chance(action, way) for action, share in enumerate(chances))
    return (1.0 - stopped) * stage.through[way] + stopped * stage.stopped[way]


def _precision(learner: Learner) -> float | None:
    given = getattr(learner, "precision", None)
    return float(given) if given is not None else None


def _wrong(place: tuple[str, ...], text: str) -> InitErrorDetails:
    error = PydanticCustomError("reference_wrong", "{text}", {"text": text})
    return InitErrorDetails(type=error, loc=place, input=None)
