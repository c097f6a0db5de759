"""What communities think and earn, as columns: it follows the levers slowly, and the norm follows what others do."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.terms import DAYS_PER_WEEK, DAYS_PER_YEAR

if TYPE_CHECKING:
    from sim.world.levers import Controls
    from sim.world.site import Community as Traits

Column = NDArray[np.float64]


class Outlook:
    """One row a community, in the order of `Communities`."""

    def __init__(self, controls: Controls, traits: Traits) -> None:
        """Controls: the levers without any policy, where everything stands on the first day."""
        self.people = controls.communities.people
        """int64[S]: who could be asked."""
        self.working = [0] * len(self.people)
        """How many work for traffickers now, by row."""
        self.normal = np.zeros(len(self.people))
        """float64[S]: share of all who could be asked that is known to do so, with the delay of norms."""
        self.legal_wage = controls.legal_wage.copy()
        """float64[S]: USD a year."""
        self.awareness = controls.awareness.copy()
        """float64[S]: weight of the true risk in what people believe."""
        self._taught = controls.stigma.copy()
        self._norms = float(traits.norms)
        self._norms_step = _step(float(traits.norms_days))
        self._steps = _step(float(traits.takes_hold_days)), _step(float(traits.fades_days))
        """Up, and down."""
        self.stigma = self._taught.copy()
        """float64[S]: years of the own reservation wage; lower where many do the work."""

    def follow(self, day: int, controls: Controls) -> None:
        """Once a week: move towards where the levers point, faster up than down, and the norm towards what is done."""
        if day % DAYS_PER_WEEK:
            return
        for now, target in (
            (self.legal_wage, controls.legal_wage),
            (self.awareness, controls.awareness),
            (self._taught, controls.stigma),
        ):
            gap = target - now
            now += gap * np.where(gap > 0.0, *self._steps)
        self.normal += (np.array(self.working) / np.maximum(self.people, 1) - self.normal) * self._norms_step
        self.stigma = self._taught * (1.0 - self._norms * self.normal)


def _step(half_life_days: float) -> float:
    """Share of a gap that is closed in a week."""
    return 1.0 - math.pow(0.5, DAYS_PER_WEEK / half_life_days) if half_life_days > 0.0 else 1.0


class Toll:
    """What the work costs on one side of the ocean: arrests, and the years worked, both fading over a year."""

    def __init__(self) -> None:
        self._arrests, self._years, self._working, self._day = 0.0, 0.0, 0, 0

    def note(self, day: int, working: int, arrests: int = 0) -> None:
        """So many more, or fewer, work from this day on, and so many were arrested."""
        self._turn(day)
        self._working += working
        self._arrests += arrests

    def risk(self, day: int) -> float:
        """Share of couriers arrested in a year at the rate of the past year: 1 - exp(-arrests / (years worked + 1))."""
        self._turn(day)
        return 1.0 - math.exp(-self._arrests / (self._years + 1.0))

    def _turn(self, day: int) -> None:
        """Let time pass: d arrests / dt = -arrests, d years / dt = working - years, time in years."""
        if day != self._day:
            kept = math.exp((self._day - day) / DAYS_PER_YEAR)
            self._arrests *= kept
            self._years = self._working + (self._years - self._working) * kept
            self._day = day
