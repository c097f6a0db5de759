"""Cooperation as a scenario names it: agreements to share intelligence, and a forum that states take part in."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from sim.quantity import ASSUMED, Measure, Probability, Quantity, Share, Usd
from sim.terms import Label, Name, Noun
from sim.world.sources import Subject

DelayDays = Annotated[Quantity, Measure("days", ge=0.0, le=3650.0)]
Factor = Annotated[Quantity, Measure("1", ge=0.0, le=1.0)]
Meetings = Annotated[Quantity, Measure("count", ge=1.0, le=52.0)]
Spread = Annotated[Quantity, Measure("USD", ge=1.0, le=1e12)]
Skill = Annotated[Quantity, Measure("1", ge=1.0, le=2.0)]

SHARED: tuple[Subject, ...] = ("lane", "shipper", "modus", "coast", "consignment")
"""What may be passed on when nothing else is said: all but names of organisations, which are personal data."""


class Sharing(Noun):
    """On what terms states pass on what they know: a part of agreements, and of policies for them."""

    states: tuple[Name, ...] = Field(min_length=1)
    """States by their codes, their roles or their trade regions."""
    partners: tuple[Name, ...] = ()
    """With whom they share, both ways; among each other when not given."""
    probability: Probability = Quantity(0.4, "probability", 0.1, 0.8, ASSUMED)
    """Chance that a state passes an item on to one partner."""
    days: DelayDays = Quantity(10, "days", 1, 60, ASSUMED)
    """Mean days from knowing something to the partner's knowing it."""
    shares: tuple[Subject, ...] = SHARED
    """What privacy rules let pass."""
    binding: bool = False
    """Whether states are bound: they then pass on everything of these kinds."""


class Agreement(Sharing):
    """Some states share intelligence, two by two."""

    start: date | None = None
    """First day on which it holds; from before the first day of the run when not given."""
    end: date | None = None
    """Last day on which it holds."""

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Agreement:
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError(f"ends on {self.end}, before it starts on {self.start}")
        return self


class Widening(Noun):
    """From a date, a forum speaks of more."""

    start: date
    shares: tuple[Subject, ...] = ()
    """Kinds of items that are shared from then on as well."""
    commodities: tuple[Name, ...] = ()
    """Contraband that is spoken of from then on as well."""


class Forum(Noun):
    """A voluntary forum of states: it binds nobody, members pass on what they choose to, states join as they see fit.

    At each meeting every member weighs what it had from the forum against what it gave, and takes part the more the
    more it gained: level = 1 / (1 + exp(-benefit / spread)), a quantal response (McKelvey and Palfrey 1995).
    """

    name: Label = "Forum"
    founded: date | None = None
    """First day of the forum; before the first day of the run when not given."""
    members: dict[Name, date] = Field(default_factory=dict)
    """States (by code, role or region) and the days on which they join."""
    candidates: tuple[Name, ...] = ()
    """States that join when they expect to gain by it, from what members had of it."""
    compliance: Probability = Quantity(0.6, "probability", 0.2, 0.9, ASSUMED)
    """Chance that a member which takes part in full passes an item on to one other such member."""
    binding: bool = False
    """Whether members are bound, for comparison: they then pass on everything within the scope."""
    days: DelayDays = Quantity(7, "days", 0.5, 45, ASSUMED)
    """Mean days from knowing something to another member's knowing it."""
    interoperability: Factor = Quantity(1.0, "1", 0.1, 1.0, ASSUMED)
    """Factor of common systems on that delay."""
    shares: tuple[Subject, ...] = SHARED
    """Kinds of items that are shared from the start."""
    commodities: tuple[Name, ...] | None = None
    """Contraband that is spoken of from the start; all when not given."""
    widening: tuple[Widening, ...] = ()
    meetings_per_year: Meetings = Quantity(2, "count", 1, 4, ASSUMED)
    """How often states meet, and decide how far they take part."""
    first_level: Share = Quantity(0.5, "share", 0.2, 1.0, ASSUMED)
    """How far a state takes part when it joins."""
    reciprocity: Share = Quantity(0.5, "share", 0.0, 1.0, ASSUMED)
    """Share of what is passed on that is kept back from who takes part at level 0."""
    find_usd: Usd = Quantity(1_000_000, "USD", 100_000, 5_000_000, ASSUMED)
    """What a find that was due to the forum alone is worth to a state."""
    capacity_usd: Usd = Quantity(200_000, "USD", 0, 1_000_000, ASSUMED)
    """What a year of training and exchange of practice is worth to a member that takes part in full."""
    item_usd: Usd = Quantity(10_000, "USD", 0, 100_000, ASSUMED)
    """What it costs to prepare an item for others."""
    fee_usd: Usd = Quantity(100_000, "USD", 0, 1_000_000, ASSUMED)
    """What a year of membership costs."""
    spread_usd: Spread = Quantity(1_000_000, "USD", 100_000, 10_000_000, ASSUMED)
    """Benefit a year that makes a state e times as likely to share as to keep back."""
    memory: Share = Quantity(0.7, "share", 0.3, 0.95, ASSUMED)
    """Share of the benefit felt so far that still counts at the next meeting."""
    training: Skill = Quantity(1.05, "1", 1.0, 1.2, ASSUMED)
    """Factor on what analysts see at the controls of a member that takes part in full."""


class Cooperation(Noun):
    """How states share intelligence. Without any of it, each keeps what it knows."""

    agreements: dict[Name, Agreement] = Field(default_factory=dict)
    forum: Forum = Field(default_factory=Forum)
    onward: bool = False
    """Whether states pass on what they were told; else only what arose with them, as third-party rules have it."""
    pooled: bool = False
    """For comparison: everything that any state knows, all know at once."""
