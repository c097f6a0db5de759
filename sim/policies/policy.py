"""The base of every policy: when it starts, how it phases in, what it costs, and the levers it moves."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field, model_validator

from sim.quantity import ASSUMED, Quantity, Share, Usd
from sim.registry import Registered
from sim.terms import Label, Noun

if TYPE_CHECKING:
    from sim.world.levers import Controls


RESERVED = {
    "none": "the world without any policy",
    "no policy": "the world without any policy",
    "today": "the year before a policy",
    "as written": "all policies of a scenario",
    "best": "the best of several worlds",
    "chance_best": "its chance to be that",
}
"""Words that mean something else where policies are named, and what; no policy can be called so."""


class NoControls(TypeError):
    """A policy gave something else than controls back; the message says which, and what."""


class Policy(Registered, Noun):
    """A dated change to named levers of the world, with a cost: a pure function of the controls in force."""

    home: ClassVar[str] = "sim.policies"

    name: Label | None = None
    """What the report calls it; its kind when not given."""
    start: date
    """First day on which it has any effect."""
    end: date | None = None
    """Last day on which it has any effect; none: it stays."""
    ramp_days: int = Field(default=0, ge=0, le=3650)
    """Days from the start until it works in full."""
    extent: Share = Quantity(1, "share", 0, 1, ASSUMED)
    """How much of the programme is done: its levers move in proportion, and so does the money. It is what is decided,
    not what is uncertain."""
    capital_usd: Usd = Quantity(0, "USD", 0, 0, ASSUMED)
    """Cost of setting all of it up."""
    running_usd_per_year: Usd = Quantity(0, "USD", 0, 0, ASSUMED)
    """Cost of a year in force of all of it."""

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"ends on {self.end}, before it starts on {self.start}")
        return self

    @model_validator(mode="after")
    def _names_places(self) -> Self:
        found: object = self.places()
        if not isinstance(found, (tuple, list, set, frozenset)) or not all(isinstance(name, str) for name in found):
            given = type(found).__name__
            raise ValueError(f"`places` gives back {given}, not the names of places. Let it give back a tuple of them")
        return self

    @property
    def called(self) -> str:
        """What reports call it: its name, or its kind."""
        return self.name or str(type(self).model_fields["kind"].default)

    def strength(self, today: date) -> float:
        """How far it works today, 0 to its extent: 0 before the start and after the end, rising over the ramp."""
        if today < self.start or (self.end is not None and today > self.end):
            return 0.0
        return float(self.extent) * min(1.0, ((today - self.start).days + 1) / (self.ramp_days + 1))

    def places(self) -> tuple[str, ...]:
        """Names of ports, regions, countries or zones that the policy speaks of, to be checked against the scenario."""
        return ()

    @abstractmethod
    def apply(self, controls: Controls, strength: float) -> Controls:
        """The controls with this policy's levers moved by `strength` (0 to 1); nothing else changes."""

    def moved(self, controls: Controls, strength: float) -> Controls:
        """What `apply` gives back. Raises NoControls where that is something else."""
        found = self.apply(controls, strength)
        if type(found) is not type(controls):
            raise NoControls(f"{self.called}: `apply` gives back {type(found).__name__}, not controls")
        return found
