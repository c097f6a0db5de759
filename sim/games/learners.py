"""How a side of a game learns: by a commitment, by what would have paid, or by beliefs about what is met."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from sim.quantity import ASSUMED, PositiveNumber, Probability, Quantity, Share
from sim.registry import Registered
from sim.terms import Name, Noun


class Learner(Registered, Noun):
    """A rule by which one side of a game chooses, round after round."""

    home: ClassVar[str] = "sim.games"
    smuggler_only: ClassVar[bool] = False
    solves: ClassVar[bool] = True
    """Whether play against another such rule comes to the known value as rounds go on."""


class Commits(Learner):
    """Takes its actions with fixed chances, whatever the other does (a leader in the sense of Stackelberg)."""

    kind: Literal["commits"] = "commits"
    solves: ClassVar[bool] = False
    shares: dict[Name, Share] = Field(min_length=1)
    """Share of the rounds in which each action is taken; they add up to 1, and what is not named is not taken."""


class FictitiousPlay(Learner):
    """Takes what would have paid best against all that the other did so far (Brown 1951)."""

    kind: Literal["fictitious_play"] = "fictitious_play"


class RegretMatching(Learner):
    """Takes actions in proportion to what they would have brought beyond what was earned (Hart and Mas-Colell 2000)."""

    kind: Literal["regret_matching"] = "regret_matching"


class LogitResponse(Learner):
    """Takes better actions more often, by a logit in what they would have brought on average (McKelvey and Palfrey
    1995)."""

    kind: Literal["quantal_response"] = "quantal_response"
    solves: ClassVar[bool] = False
    precision: PositiveNumber = Quantity(1.0, "1", 0.2, 5.0, ASSUMED)
    """How sharply differences of payoff tell, per unit of payoff."""


class Weights(Learner):
    """Weighs actions by the exponential of what they would have brought, and what lately paid counts beyond that
    (Freund and Schapire 1999; optimistic as in Rakhlin and Sridharan 2013)."""

    kind: Literal["weights"] = "weights"
    step: PositiveNumber = Quantity(0.2, "1", 0.05, 0.5, ASSUMED)
    """Weight of a round, per span of the payoffs."""
    recent: PositiveNumber = Quantity(30.0, "1", 5.0, 200.0, ASSUMED)
    """Rounds for which it is taken that things go on as they did of late, and over which that is averaged."""


class Believes(Learner):
    """Believes in a chance of being stopped at each checkpoint, as the model's organisations do: Beta counts of losses
    and passages that fade, Thompson sampling, the best expected payoff."""

    kind: Literal["beliefs"] = "beliefs"
    smuggler_only: ClassVar[bool] = True
    prior_weight: PositiveNumber = Quantity(2.0, "1", 1.0, 20.0, ASSUMED)
    """Strength of the starting belief, in passages."""
    prior_risk: Probability = Quantity(0.12, "probability", 0.05, 0.3, ASSUMED)
    """Starting belief about the risk at a checkpoint."""
    memory: Share = Quantity(1.0, "share", 0.95, 1.0, ASSUMED)
    """Share of the evidence that is kept from one round to the next."""
    rumour: Share = Quantity(1.0, "share", 0.0, 1.0, ASSUMED)
    """Weight of what happens where one did not pass against what one met oneself."""
    precision: PositiveNumber | None = None
    """Where given, ways are taken by a logit of this precision in what they are believed to bring on average."""
