"""Users: who consumes a drug, how much of it treatment and education prevent, and how slowly that comes and goes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from sim.quantity import ASSUMED, Period, Quantity, Share
from sim.terms import Noun


class Users(Noun):
    """What treatment and education can do about the demand for a drug, as far as it is not a policy's to say."""

    dependent_share: Share = Quantity(0.7, "share", 0.5, 0.85, "rand94")
    """Share of what is consumed that dependent users consume (heavy users, the United States about 1990: more than two
    thirds)."""
    treated_days: Period = Quantity(30, "days", 7, 120, ASSUMED)
    """Half-life with which use falls once places in treatment are there."""
    relapse_days: Period = Quantity(120, "days", 30, 720, ASSUMED)
    """Half-life with which it comes back once they are gone: most of those treated use again (about 13 % leave heavy
    use for good, source rand94)."""
    educated_days: Period = Quantity(1800, "days", 720, 3600, ASSUMED)
    """Half-life with which education lowers use: those who were taught must first grow into the years of use."""
    forgotten_days: Period = Quantity(2500, "days", 1000, 3600, ASSUMED)
    """Half-life with which what it prevented is gone once it has ended: those who were taught grow out of these years
    too."""


@dataclass(slots=True)
class Prevented:
    """What is prevented at one market today. Both shares follow levers, up and down by half-lives of their own."""

    users: Users
    treated: float = 0.0
    """Share of the use of dependent users."""
    educated: float = 0.0
    """Share of all use."""
    _steps: tuple[float, ...] = field(init=False)

    def __post_init__(self) -> None:
        each = self.users
        times = each.treated_days, each.relapse_days, each.educated_days, each.forgotten_days
        self._steps = tuple(1.0 - math.pow(0.5, 1.0 / float(days)) for days in times)

    def follow(self, treated: float, educated: float) -> None:
        """A day passes: both move towards where the levers stand."""
        up, down, slowly_up, slowly_down = self._steps
        gap, slow_gap = treated - self.treated, educated - self.educated
        self.treated += gap * (up if gap > 0.0 else down)
        self.educated += slow_gap * (slowly_up if slow_gap > 0.0 else slowly_down)

    @property
    def left(self) -> float:
        """Factor on demand: (1 - dependent share * treated) * (1 - educated)."""
        return (1.0 - float(self.users.dependent_share) * self.treated) * (1.0 - self.educated)
