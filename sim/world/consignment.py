"""Consignments: illicit loads on their way, moved from one stage of their route to the next."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from sim.world.network import Leg
    from sim.world.ways import Route

Outcome = Literal["under_way", "delivered", "seized", "lost"]


@dataclass(slots=True, eq=False)
class Consignment:
    """One load: what, how much, whose, which way, how hidden, and how far it has come."""

    number: int
    key: np.uint64
    commodity: str
    grams: int
    organisation: int
    route: Route
    concealment: int
    shows: float
    """Factor on the chance that a scan raises an alarm: load and concealment."""
    planned: int
    """Day on which it left the production area."""
    crewed: bool
    """Whether people of the organisation are needed for it at its gateways."""
    crews_ahead: list[str] = field(default_factory=list)
    """Places where it still has to wait for a crew, in order."""
    leg: int = 0
    """The leg of the route it is on, or about to start."""
    departed: int = -1
    """Day on which its container left, or on which its craft put to sea."""
    landed: bool = False
    """Whether it has arrived at the end of its leg, past the control there, and only needs taking ashore."""
    outcome: Outcome = "under_way"
    ended: int = -1
    place: str = ""
    checkpoint: str = ""

    now: Leg = field(init=False)
    """That leg; the last one when there is none left."""

    def __post_init__(self) -> None:
        self.now = self.route.legs[self.leg]


@dataclass(slots=True)
class Cargo:
    """All consignments of a run, and a calendar of the day on which each has its next thing to do."""

    all: list[Consignment] = field(default_factory=list)
    due: defaultdict[int, list[Consignment]] = field(default_factory=lambda: defaultdict(list))
    grams_under_way: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, consignment: Consignment, day: int) -> None:
        """Take a new consignment on its way; its first thing to do comes on `day`."""
        self.all.append(consignment)
        self.grams_under_way[consignment.commodity] += consignment.grams
        self.due[day].append(consignment)

    def again(self, consignment: Consignment, day: int) -> None:
        """Set the day of a consignment's next thing to do."""
        self.due[day].append(consignment)

    def today(self, day: int) -> list[Consignment]:
        """Consignments with something to do today, in the order of their numbers."""
        return sorted(self.due.pop(day, ()), key=attrgetter("number"))

    def end(self, consignment: Consignment, day: int, outcome: Outcome, place: str, checkpoint: str = "") -> None:
        """Close a consignment."""
        consignment.outcome, consignment.ended = outcome, day
        consignment.place, consignment.checkpoint = place, checkpoint
        self.grams_under_way[consignment.commodity] -= consignment.grams
