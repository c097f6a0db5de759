"""The staff of all controls in columns: what officers have learned, and who reads scans, how well and how tired."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.kernels.boxes import POINTS
from sim.kernels.draws import Draws
from sim.kernels.targeting import STRONGEST, lead, look
from sim.terms import DAYS_PER_WEEK
from sim.world.clearance import Lessons

if TYPE_CHECKING:
    from sim.actors.customs_officer import CustomsOfficer
    from sim.world.controls import Customs

LEAST_SKILL, MOST_SKILL = 0.5, 1.3


class Staff:
    """The officers of C controls with their I inspectors, as columns; F pieces of evidence.

    Officers and inspectors are agents, one each, and see here what is theirs; whose day of the week it is, is worked
    here for all of them in one go.
    """

    def __init__(
        self, draws: Draws, customs: Customs, officers: Sequence[CustomsOfficer], believed: NDArray[np.float64]
    ) -> None:
        """Believed: float64[C, F], what officers know at the start, log-odds; officers in the order of their rows."""
        self._draws, learning, shifts = draws, customs.learning, customs.inspectors
        self._rate, self._prior_hits, self._memory = map(float, (learning.rate, learning.prior_hits, learning.memory))
        self._share, self._tiring = float(shifts.on_shift), float(shifts.scans_when_tired)
        self._shift_weeks, self._loss = max(1, int(shifts.shift_weeks)), float(shifts.fatigue_loss)
        self._spread = float(shifts.skill_spread)
        weekday = np.array([officer.weekday for officer in officers], np.int64)
        self._due = [np.flatnonzero(weekday == day) for day in range(DAYS_PER_WEEK)]
        self._learn_from_the_start(believed)
        self._hire(officers)

    def _learn_from_the_start(self, believed: NDArray[np.float64]) -> None:
        self.start = np.clip(believed, -STRONGEST, STRONGEST)
        """float64[C, F]: weights at the start, log-odds."""
        self.weights = self.start.copy()
        self.points = np.rint(self.weights * POINTS).astype(np.int16)
        """int16[C, F]: the weights as boxes are scored by them."""
        self.week = Lessons(
            np.zeros(believed.shape, np.int64), np.zeros(believed.shape, np.int64), np.zeros(len(believed), np.int64)
        )
        """What the inspections of the week taught; controls add to it, and it is set back as an officer learns."""
        self.hits, self.expected, self.scans = self.week

    def _hire(self, officers: Sequence[CustomsOfficer]) -> None:
        people = [inspector for officer in officers for inspector in officer.inspectors]
        self.keys = np.array([inspector.key for inspector in people], np.uint64)
        """uint64[I]: addresses of their luck."""
        self.first = np.array([0, *accumulate(len(officer.inspectors) for officer in officers)], np.int64)
        """int64[C + 1]: inspectors of control c stand at first[c] to first[c + 1]."""
        self.skill = np.array([self._skilled(inspector.key) for inspector in people])
        """float64[I]: factor on the chance that a scan raises an alarm."""
        self.fatigue, self.on_shift = np.zeros(len(people)), np.ones(len(people), np.bool_)
        self._trained, self._new = np.zeros(len(people), np.int64), np.zeros(len(people), np.bool_)
        self.even = np.zeros(len(officers))
        """float64[C]: share of what sets skills apart from 1, and of what fatigue costs, that procedures take away."""
        self.even.flags.writeable = False
        self.sight = np.ones(len(officers))
        """float64[C]: the same factor for a control, with those on its roster and their fatigue."""
        rows = np.arange(len(officers))
        look(rows, self.first, self.skill, self.on_shift, self.fatigue, self._loss, self.even, self.sight)

    def _skilled(self, key: np.uint64) -> float:
        """Skill of the inspector with an address."""
        return min(max(1.0 + self._spread * self._draws.normal("skill", key, 0), LEAST_SKILL), MOST_SKILL)

    def due(self, day: int) -> NDArray[np.int64]:
        """Controls whose officer's day of the week it is."""
        return self._due[day % DAYS_PER_WEEK]

    def replace(self, inspector: int, key: np.uint64, trained: int) -> None:
        """Somebody else takes the place of an inspector, and reads scans from the day on which he is trained."""
        self.keys[inspector], self.skill[inspector], self.fatigue[inspector] = key, self._skilled(key), 0.0
        self.on_shift[inspector], self._trained[inspector] = False, trained

    def lead(self, day: int) -> None:
        """Officers whose day of the week it is learn from their week's inspections, and set the roster."""
        rows, turn = self.due(day), day // DAYS_PER_WEEK // self._shift_weeks
        np.greater(self._trained, day, out=self._new)
        lead(
            rows, self.hits, self.expected, self.start, self.weights, self.points,
            self._rate, self._prior_hits, self._memory,
            self.first, self.scans, self.keys, self._draws.key("roster"), turn, self._share, self._tiring,
            self._new, self.on_shift, self.fatigue, self.skill, self._loss, self.even, self.sight,
        )  # fmt: skip

    def sees(self, inspector: int) -> float:
        """Factor on the chance that a scan which the inspector reads raises an alarm: skill less what fatigue costs."""
        skill, even = self.skill[inspector], self.even[np.searchsorted(self.first, inspector, "right") - 1]
        return float((skill + even * (1.0 - skill)) * (1.0 - self._loss * (1.0 - even) * self.fatigue[inspector]))
