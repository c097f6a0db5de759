"""Couriers: people who move loads for an organisation at one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.actors.actor import Actor
from sim.actors.community import Community, Person

if TYPE_CHECKING:
    from sim.model import SmugglingModel


class Courier(Actor):
    """A person who moves loads for an organisation at one place: recruited, paid by the job, arrested, or gone."""

    def __init__(self, model: SmugglingModel, community: Community, person: Person, organisation: int) -> None:
        super().__init__(model, f"courier {community.site} {person.key}", np.uint64(person.key))
        self.community, self.person, self.organisation = community, person, organisation
        self.recruited = model.day
        self.record = community.records.get(person.key, 0)
        """How often they had been arrested before."""
        self.gone = False
        self.earned_usd = 0.0
        self.jobs = 0
        community.take_on(self)
        model.chronicle.recruited += 1

    def work(self, pay_usd: float) -> None:
        """Do a job and be paid."""
        self.jobs += 1
        self.earned_usd += pay_usd

    def leave(self, *, arrested: bool) -> None:
        """Stop: of one's own accord, or under arrest."""
        self.gone = True
        self.community.let_go(self.person, arrested=arrested)
        self.model.chronicle.arrested += arrested
        self.remove()

    def cooperates(self) -> bool:
        """Whether they cooperate with investigators, now that they were arrested; whoever does is written down."""
        model, community = self.model, self.community
        chance = float(model.in_force.cooperation[community.row])
        chance += float(model.in_force.protection[model.justice.state_at(community.site)])
        if model.draws.uniform("cooperation", self.key, model.day) >= chance:
            return False
        model.chronicle.statements.append(model.day, self.organisation, community.row, self.key)
        return True
