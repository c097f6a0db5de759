"""Communities: the people around one gateway who could be asked to work for traffickers, and what they would ask."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from sim.actors.actor import Actor
from sim.kernels.docket import UNSEEN
from sim.kernels.draws import child_keys
from sim.terms import DAYS_PER_WEEK

if TYPE_CHECKING:
    from sim.actors.courier import Courier
    from sim.actors.outlook import Outlook, Toll
    from sim.model import SmugglingModel
    from sim.world.site import Community as Traits

TOGETHER = 32
"""People of whom a community is asked to know at a time."""


class Person(NamedTuple):
    """Somebody who could be asked."""

    key: int
    worth: float
    """The year's wage for which they would work, over the legal wage of the community: lognormal of median 1."""
    patience: float
    """How long they stay, against the mean of all: exponential."""


class Community(Actor):
    """The people around one gateway: what they ask, how risky they think the work is, who works, and who is away."""

    def __init__(
        self, model: SmugglingModel, row: int, site: str, traits: Traits, outlook: Outlook, toll: Toll
    ) -> None:
        """Row: its row in the outlook; toll: what the work has cost on its side of the ocean."""
        super().__init__(model, f"community {site}")
        self.row, self.site = row, site
        self.people = int(outlook.people[row])
        self.outlook, self.toll = outlook, toll
        self.job_share, self.spread = float(traits.job_share), float(traits.reservation_spread)
        self.fear_weight = float(traits.risk_weight) * float(traits.sentence_years)
        self.risk_memory = float(traits.risk_memory)
        self.with_record = 1.0 - float(traits.record_loss)
        """Legal wage of those with a record, as a share of that of others."""
        self.asked = 0
        self.at_work: dict[int, Courier] = {}
        """Those who work for traffickers now, by their keys."""
        self.records: dict[int, int] = {}
        """How often those were arrested who ever were, by their keys."""
        self.custody: dict[int, dict[int, int]] = {}
        """From which day on those are free who ever were in custody or convicted, by case."""
        self._people: list[Person] = []
        self._feared, self._since = 0.0, 0

    # ------------------------------------------------------------------ what people think

    @property
    def seen_risk(self) -> float:
        """Share of those who work for traffickers here that the arrests around them let people expect to be arrested in
        a year; it fades."""
        if not self._feared:
            return 0.0
        return self._feared * math.pow(self.risk_memory, (self.model.day - self._since) / DAYS_PER_WEEK)

    @seen_risk.setter
    def seen_risk(self, share: float) -> None:
        self._feared, self._since = share, self.model.day

    @property
    def perceived_risk(self) -> float:
        """The share that people believe to be arrested in a year: what they saw and what is true, by awareness."""
        aware = float(self.outlook.awareness[self.row])
        return (1.0 - aware) * self.seen_risk + (aware * self.toll.risk(self.model.day) if aware else 0.0)

    @property
    def asking(self) -> float:
        """What a job must pay, over a year's wage for which a person would work.

        job_share * (1 + risk weight * perceived risk * sentence) + stigma: fear raises the price of the job, stigma is
        to be made up for beside it.
        """
        return self.job_share * (1.0 + self.fear_weight * self.perceived_risk) + float(self.outlook.stigma[self.row])

    # ------------------------------------------------------------------ who is asked

    @property
    def working(self) -> int:
        """How many work for traffickers now."""
        return len(self.at_work)

    def ask(self, pay_usd: float) -> Person | None:
        """Ask the next person to do jobs at this pay; returns the person when they accept."""
        return self.ask_up_to(self.worth(pay_usd))

    def worth(self, pay_usd: float) -> float:
        """Up to which worth people accept a pay, pay >= asking * worth * legal wage: all, where nothing is asked."""
        asked = self.asking * float(self.outlook.legal_wage[self.row])
        return pay_usd / asked if asked > 0.0 else math.inf

    def ask_up_to(self, worth: float) -> Person | None:
        """Ask the next person, who accepts when their worth, a little lower with a record, is not above this one.

        Those who are working, and those who are in custody, cannot be asked.
        """
        if self.working >= self.people:
            return None
        number = self.asked % self.people
        self.asked += 1
        while number >= len(self._people):
            self._get_to_know()
        person = self._people[number]
        if person.key in self.at_work or self.in_custody(person.key):
            return None
        if person.worth * (self.with_record if person.key in self.records else 1.0) <= worth:
            return person
        self.model.chronicle.refused += 1
        return None

    def _get_to_know(self) -> None:
        """Get to know some people more."""
        keys, draws = child_keys(self.key, len(self._people), TOGETHER), self.model.draws
        worth = draws.lognormals("reservation wage", keys, 0, 0, 0.0, self.spread)
        patience = (-math.log(luck) for luck in draws.uniforms("quit", keys, 0).tolist())
        self._people += map(Person, keys.tolist(), worth.tolist(), patience)

    # ------------------------------------------------------------------ who comes and goes

    def take_on(self, courier: Courier) -> None:
        """Somebody starts to work for traffickers."""
        self.at_work[courier.person.key] = courier
        self.outlook.working[self.row] += 1
        self.toll.note(self.model.day, working=1)

    def let_go(self, person: Person, *, arrested: bool) -> None:
        """Somebody stops, of their own accord or under arrest; who was arrested has a record."""
        del self.at_work[person.key]
        self.outlook.working[self.row] -= 1
        self.toll.note(self.model.day, working=-1, arrests=int(arrested))
        if arrested:
            self.records[person.key] = self.records.get(person.key, 0) + 1
            self.see_arrest()

    def see_arrest(self) -> None:
        """An arrest is seen: the risk that people see rises by one among those who work here."""
        self.seen_risk += (1.0 - self.seen_risk) / (self.working + 10.0)

    # ------------------------------------------------------------------ custody

    def in_custody(self, person: int) -> bool:
        """Whether somebody, by the key, is in custody or serves a sentence in any case."""
        cases = self.custody.get(person)
        return cases is not None and max(cases.values()) > self.model.day

    def hold(self, person: int, case: int) -> None:
        """Somebody is kept in custody until their case says otherwise."""
        self.custody.setdefault(person, {})[case] = UNSEEN

    def release(self, person: int, case: int, day: int) -> None:
        """Somebody goes free in a case, unless another one keeps them."""
        if case in self.custody.get(person, ()):
            self.custody[person][case] = day

    def serve(self, person: int, case: int, until: int) -> None:
        """Somebody is convicted in a case and away until a day; of two sentences, in one case or in two, the one that
        lasts longer counts."""
        away = self.custody.setdefault(person, {})
        away[case] = max(until, away[case]) if away.get(case, UNSEEN) != UNSEEN else until
