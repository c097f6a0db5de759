"""The base of every behaviour: what an organisation sees, and the rule of choice that follows from it this week."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Annotated, ClassVar, Literal, NamedTuple

from sim.quantity import Measure, Quantity
from sim.registry import Registered
from sim.terms import Noun

PriceShare = Annotated[Quantity, Measure("share", ge=-100.0, le=100.0)]
PositivePriceShare = Annotated[Quantity, Measure("share", ge=1e-6, le=100.0)]


class Month(NamedTuple):
    """What four weeks came to."""

    sent_kg: float
    seized_kg: float


class Seen(NamedTuple):
    """What an organisation sees when its week begins and it settles how to choose."""

    week: int
    """Weeks since its first, 0 in that."""
    price_usd: float
    """Mean price of the markets, USD a kilogram."""
    starting_price_usd: float
    """The same on the first day of the run."""
    ways: int
    """Ways that it has in use, as long as it chooses among these alone."""
    month: Month | None
    """The past four weeks, when four weeks are over; else nothing."""


class Choice(NamedTuple):
    """A rule of choice, with its numbers: as it stands, expected profit. `docs/model.md` 7.8.1 has what they do."""

    draws: Literal["best", "logit", "shares"] = "best"
    """How one way and concealment is taken: the most valued, by logit, or in proportion to its value."""
    sampled: bool = True
    """Whether each lot draws its risks from beliefs; else the means of beliefs count."""
    temperature_usd: float = 1.0
    """Scale of the luck of a logit, USD a kilogram."""
    outside_usd: float = -math.inf
    """Utility of not sending, for a logit, USD a kilogram; as it stands there is no such option."""
    attention: float = 1.0
    """Weight of what stands out less, against what stands out more."""
    dull_usd: float = 1.0
    """Payoff near which differences are hardly seen, USD a kilogram."""
    threshold: float = math.inf
    """Perceived chance of loss up to which every lot is sent."""
    steepness: float = 1.0
    """Power by which the chance to send falls beyond."""
    premium_step: float = 0.0
    """How far premiums on cost move this week towards what perceived risk asks for."""
    premium_from: float = 1.0
    """Perceived risk of a checkpoint at which its premium begins."""
    premium_most: float = 1.0
    """The highest premium; 1: there is none."""
    bounded: bool = False
    """Whether it chooses among the ways in use alone."""
    more: int = 0
    """Ways that it takes into use this week."""
    fewer: int = 0
    """Ways that it gives up this week."""


class Behaviour(Registered, Noun):
    """A way of choosing: a pure function of what an organisation sees."""

    home: ClassVar[str] = "sim.actors.behaviours"
    bare: ClassVar[bool] = True

    @property
    def called(self) -> str:
        """Its kind."""
        return str(type(self).model_fields["kind"].default)

    @abstractmethod
    def choose(self, seen: Seen) -> Choice:
        """The rule of choice of a week."""
