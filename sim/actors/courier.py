"""Couriers, and the communities that they come from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.actors.actor import Actor
from sim.kernels.draws import child_keys
from sim.terms import DAYS_PER_WEEK
from sim.world.site import Community as Traits

if TYPE_CHECKING:
    from sim.model import SmugglingModel

TOGETHER = 32
"""People of whom a community is asked to know at a time."""


class Person(NamedTuple):
    """Somebody who could be asked."""

    key: int
    wage_usd: float
    """What they could earn legally in a year."""
    patience: float
    """How long they stay, against the mean of all: exponential."""


class Community(Actor):
    """The people around one gateway: what they could earn legally, and how risky they think the work is."""

    def __init__(self, model: SmugglingModel, site: str, people: int, traits: Traits, wage_usd: float) -> None:
        super().__init__(model, f"community {site}")
        self.site, self.people, self.legal_wage_usd = site, people, wage_usd
        self.job_share, self.spread = float(traits.job_share), float(traits.reservation_spread)
        self.risk_weight, self.sentence_years = float(traits.risk_weight), float(traits.sentence_years)
        self.risk_memory = float(traits.risk_memory)
        self.asked = 0
        self.at_work: set[int] = set()
        """Keys of those who work for traffickers now."""
        self._people: list[Person] = []
        self._feared, self._since = 0.0, 0

    @property
    def perceived_risk(self) -> float:
        """Share of those who work for traffickers here that people believe to be arrested in a year; it fades."""
        if not self._feared:
            return 0.0
        return self._feared * math.pow(self.risk_memory, (self.model.day - self._since) / DAYS_PER_WEEK)

    @perceived_risk.setter
    def perceived_risk(self, share: float) -> None:
        self._feared, self._since = share, self.model.day

    @property
    def working(self) -> int:
        """How many work for traffickers now."""
        return len(self.at_work)

    def ask(self, pay_usd: float) -> Person | None:
        """Ask the next person to do jobs at this pay; returns the person when they accept.

        A person accepts when pay >= reservation * (1 + risk weight * perceived risk * sentence), the reservation being
        a share of a year's wage, lognormal around the legal wage of the community. Those who are working cannot be
        asked.
        """
        if self.working >= self.people:
            return None
        number = self.asked % self.people
        self.asked += 1
        while number >= len(self._people):
            self._get_to_know()
        person = self._people[number]
        if person.key in self.at_work:
            return None
        fear = self.risk_weight * self.perceived_risk * self.sentence_years
        return person if pay_usd >= self.job_share * person.wage_usd * (1.0 + fear) else None

    def _get_to_know(self) -> None:
        """Get to know some people more."""
        keys, draws = child_keys(self.key, len(self._people), TOGETHER), self.model.draws
        wages = self.legal_wage_usd * draws.lognormals("reservation wage", keys, 0, 0, 0.0, self.spread)
        patience = (-math.log(luck) for luck in draws.uniforms("quit", keys, 0).tolist())
        self._people += map(Person, keys.tolist(), wages.tolist(), patience)

    def see_arrest(self) -> None:
        """An arrest is seen: perceived risk rises by one among those who work here."""
        self.perceived_risk += (1.0 - self.perceived_risk) / (self.working + 10.0)


class Courier(Actor):
    """A person who moves loads for an organisation at one place: recruited, paid by the job, arrested, or gone."""

    def __init__(self, model: SmugglingModel, community: Community, person: Person, organisation: int) -> None:
        super().__init__(model, f"courier {community.site} {person.key}", np.uint64(person.key))
        self.community, self.person, self.organisation = community, person, organisation
        self.recruited = model.day
        self.gone = False
        self.earned_usd = 0.0
        self.jobs = 0
        community.at_work.add(person.key)
        model.chronicle.recruited += 1

    def work(self, pay_usd: float) -> None:
        """Do a job and be paid."""
        self.jobs += 1
        self.earned_usd += pay_usd

    def leave(self, *, arrested: bool) -> None:
        """Stop: of one's own accord, or under arrest."""
        self.gone = True
        self.community.at_work.remove(self.person.key)
        if arrested:
            self.community.see_arrest()
            self.model.chronicle.arrested += 1
        self.remove()
