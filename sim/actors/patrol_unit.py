"""Patrol units: ships with boarding teams, each with a base, sent for a week at a time where most was found."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.actors.actor import Actor
from sim.world.waters import Patrol

if TYPE_CHECKING:
    from sim.model import SmugglingModel


class PatrolUnit(Actor):
    """A unit of one state, or of several together, that serves one sea zone or several; `Fleet` says where it is today.

    Once a week it is sent to one of its zones: by what was found there of late, and in part evenly, so that no zone is
    given up for good.
    """

    def __init__(
        self, model: SmugglingModel, name: str, traits: Patrol, base_nm: Sequence[float], *, home: int, joint: bool
    ) -> None:
        """base_nm: distance from its base to the middle of each zone; home: row of the zone that it belongs to."""
        super().__init__(model, name)
        self.traits, self.base_nm, self.home, self.joint = traits, base_nm, home, joint
        self.serves: tuple[int, ...] = (home,)
        self.zone = -1
        """Row of the zone that it searches this week; -1 before it was sent anywhere."""
        self.finds = [0.0] * len(base_nm)
        """What it knows of craft detected in each zone, the older the less."""
        self._heard = [0] * len(base_nm)

    def hours(self, zone: int) -> float:
        """Hours that it searches in a zone on a day at sea, its way there and back spread over all of them."""
        way = 2.0 * self.base_nm[zone] / (float(self.traits.knots) * float(self.traits.days_at_sea))
        return max(0.0, float(self.traits.hours_per_day) - way)

    def shares(self) -> list[float]:
        """Share of its weeks for each of the zones that it serves."""
        even, found = 1.0 / len(self.serves), math.fsum(self.finds[zone] for zone in self.serves)
        spread = float(self.traits.spread) if found else 1.0
        return [spread * even + (1.0 - spread) * self.finds[zone] / (found or 1.0) for zone in self.serves]

    def listen(self, detected: Sequence[int]) -> None:
        """From now on it has news of all zones; detected: by zone, since the first day."""
        self._heard = list(detected)

    def hear(self, detected: Sequence[int]) -> None:
        """A week's news of all zones; detected: by zone, since the first day."""
        for zone, before in enumerate(self._heard):
            self.finds[zone] = self.finds[zone] * float(self.traits.memory) + (detected[zone] - before)
        self._heard = list(detected)

    def go(self) -> None:
        """Take the zone for the week to come."""
        if len(self.serves) > 1:
            self.zone = self.serves[self.model.draws.choice("patrol", self.key, self.model.day, 0, self.shares())]
        else:
            self.zone = self.serves[0]
