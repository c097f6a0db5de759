"""Cells: an organisation's crews at every place where its ways need some, as columns, and the couriers in them."""

from __future__ import annotations

import heapq
import math
from collections.abc import Container, Iterable
from typing import TYPE_CHECKING

import numpy as np

from sim.actors.courier import Courier
from sim.actors.traits import Organisations
from sim.kernels.planning import keep
from sim.kernels.prospects import CELL, Records
from sim.terms import DAYS_PER_YEAR
from sim.world.ways import WayTable

if TYPE_CHECKING:
    from sim.model import SmugglingModel

FEW = 16
"""Couriers who are gone and may be remembered all the same, beside one for each at work."""


class Cells:
    """A row a place, in the order of the table of ways: what is there, if anything is, and who works there."""

    def __init__(
        self, model: SmugglingModel, organisation: int, traits: Organisations, ways: WayTable, table: Records
    ) -> None:
        """Table: CELL[places], blank, its own part of all cells that there may be."""
        terms = traits.cells
        self.model, self.organisation, self.ways = model, organisation, ways
        self.table = table
        self.crews: list[list[Courier]] = [[] for _ in ways.places]
        self.held, self._hands, self._offer = table["held"], table["hands"], table["offer_usd"]
        self._ready = table["ready"]
        self.crew, self._largest_crews = int(terms.crew), int(terms.largest_crews)
        self._patience, self._raise = int(terms.asked_per_week), 1.0 + float(terms.raise_on_refusal)
        self._arrest_delay = int(traits.arrest_delay)
        rate = float(terms.quits_per_year)
        self._stay_days = DAYS_PER_YEAR / rate if rate else math.inf
        self._leaving: list[tuple[float, int, Courier]] = []
        self._memory = float(terms.offer_memory)
        self._vacant: dict[int, list[int]] = {}
        """Days of the arrests after which nobody was hired yet, by place."""
        self._raids: dict[tuple[int, str], tuple[int, int]] = {}
        """Day of the last arrests after a seizure or an audit, and how many times there were some before on it, by
        place and purpose of their luck."""
        self._exposed: dict[int, int] = {}
        """Last day on which investigators follow up what one of the crew has said, by place."""
        people = model.plan.geography.communities
        self._exposed_days, self._exposed_arrests = int(people.exposed_days), float(people.exposed_arrests)
        self._lay_out(traits)

    def _lay_out(self, traits: Organisations) -> None:
        """Everywhere, two weeks' work of all crews that there can be may wait."""
        terms, places = traits.cells, self.ways.places
        at_port, at_coast = float(terms.jobs_per_week), float(terms.crossings_per_week)
        here, there = float(terms.origin_pay_usd), float(terms.destination_pay_usd)
        jobs = np.array([at_port if site in self.model.ports else at_coast for site in places])
        self.table["jobs_per_week"] = jobs
        self.table["most_waiting"] = np.maximum(1.0, jobs * float(terms.largest_crews) * 2.0)
        self.table["first_offer_usd"] = [here if self.model.is_origin(site) else there for site in places]
        self.table["offer_usd"] = self.table["first_offer_usd"]

    def at(self, site: str) -> Records:
        """What is at a place, as a record CELL that changes with it."""
        return self.table[self.ways.row[site]]  # type: ignore[no-any-return]

    def crew_at(self, site: str) -> list[Courier]:
        """Who works at a place."""
        return self.crews[self.ways.row[site]]

    # ------------------------------------------------------------------ a week

    def open(self, row: int) -> None:
        """A new cell with a crew, as far as people can be found, that has been there for long."""
        cell = self.table[row]
        cell["held"], cell["rested"], cell["ready"], cell["used"] = True, 1.0, self.model.day, self.model.day
        worth = self._worth(row)
        for _ in range(self.crew):
            self._hire(row, worth)

    def keep(self) -> None:
        """People leave or are arrested, the others rest, and where hands are missing people are asked."""
        self._part()
        self._follow_up()
        short = self.model.desk.short
        found = keep(self.table, self.model.day, self.crew, self._largest_crews, self._memory, short)
        wanted: dict[int, int] = dict(short[:found].tolist())
        self._forget_vacancies(wanted)
        for row, missing in wanted.items():
            self._man(row, missing)

    def _part(self) -> None:
        """Those leave who have had enough."""
        while self._leaving and self._leaving[0][0] <= self.model.day:
            _, _, courier = heapq.heappop(self._leaving)
            if not courier.gone:
                self._dismiss(self.ways.row[courier.community.site], courier, arrested=False)
        if len(self._leaving) > 2 * self.at_work + FEW:  # most of them have gone before their time
            self._leaving = [entry for entry in self._leaving if not entry[2].gone]
            heapq.heapify(self._leaving)

    def _man(self, row: int, missing: int) -> None:
        """Ask people until no hand is missing or the week's patience is at an end.

        A place where nobody who was asked has joined gets a better offer next week.
        """
        asked, joined, worth = 0, 0, self._worth(row)
        while joined < missing and asked < self._patience:
            asked += 1
            joined += self._hire(row, worth)
        if asked and not joined:
            self._offer[row] *= self._raise

    def _worth(self, row: int) -> float:
        """Up to which worth people around a place accept what is offered there."""
        return self.model.communities[self.ways.places[row]].worth(float(self._offer[row]) / self.crew)

    def _hire(self, row: int, worth: float) -> bool:
        """Ask somebody; whether they join the crew."""
        model = self.model
        community = model.communities[self.ways.places[row]]
        person = community.ask_up_to(worth)
        if person is None:
            return False
        courier = Courier(model, community, person, self.organisation)
        leaves = model.day + person.patience * self._stay_days
        heapq.heappush(self._leaving, (leaves, courier.unique_id, courier))
        self.crews[row].append(courier)
        self._hands[row] += 1
        if self._vacant.get(row):
            model.chronicle.replaced += 1
            model.chronicle.replacement_days += model.day - self._vacant[row].pop(0)
        return True

    def _forget_vacancies(self, wanted: dict[int, int]) -> None:
        """Whom a cell that could hire does not miss, it does not replace."""
        for row in tuple(self._vacant):
            if self.model.day >= self._ready[row]:
                del self._vacant[row][wanted.get(row, 0) :]
                if not self._vacant[row]:
                    del self._vacant[row]

    def _dismiss(self, row: int, courier: Courier, *, arrested: bool) -> None:
        self.crews[row].remove(courier)
        self._hands[row] -= 1
        courier.leave(arrested=arrested)

    def leave_behind(self, rows: Iterable[int]) -> None:
        """Send away the crews of cells that were given up."""
        for row in rows:
            for courier in self.crews[row]:
                courier.leave(arrested=False)
            self.crews[row].clear()
            self._vacant.pop(row, None)
            self._exposed.pop(row, None)

    def lose(self, row: int) -> None:
        """A cell is lost: its crews leave, and what waits for them finds nobody."""
        self.leave_behind([row])
        cell = self.table[row]
        cell["held"], cell["hands"], cell["rested"], cell["crowded"] = False, 0, 0.0, 0.0
        cell["offer_usd"] = cell["first_offer_usd"]

    def close(self) -> None:
        """Everybody leaves, and nothing stays behind."""
        self.leave_behind(range(len(self.crews)))
        self.table[:] = np.zeros((), CELL)

    def take(self, others: Cells, row: int) -> None:
        """Take over a cell with its crews from another organisation of the same group."""
        self.table[row] = others.table[row]
        crews, others.crews[row] = others.crews[row], []
        if row in others._vacant:
            self._vacant[row] = others._vacant.pop(row)
        if row in others._exposed:
            self._exposed[row] = others._exposed.pop(row)
        others.lose(row)
        others.table["waiting"][row] = 0
        self.crews[row] = crews
        for courier in crews:
            courier.organisation = self.organisation
        moved = [entry for entry in others._leaving if entry[2].organisation == self.organisation]
        others._leaving = [entry for entry in others._leaving if entry[2].organisation != self.organisation]
        self._leaving += moved
        heapq.heapify(self._leaving)
        heapq.heapify(others._leaving)

    # ------------------------------------------------------------------ work

    def pay(self, row: int) -> float:
        """The crew of a cell has done a job and is paid; returns its pay, USD."""
        pay, hands = float(self._offer[row]), self.crews[row][: self.crew]
        for courier in hands:
            courier.work(pay / len(hands))
        return pay

    def raided(self, site: str, chance: float, case: int = -1, purpose: str = "arrest") -> None:
        """A load was seized where its crew works, or an audit found whom it paid: each courier may be arrested, and
        accused in a case; who is left without hires later, and no sooner where a new cell is being set up. Case: that
        against the organisation there, unless there is one of the load's own; purpose: of the luck."""
        row = self.ways.row.get(site, -1)
        if row < 0 or not self.held[row]:
            return
        day, before = self._raids.get((row, purpose), (-1, 0))
        nth = before + 1 if day == self.model.day else 0
        self._raids[row, purpose] = self.model.day, nth
        self._arrest(row, self.crews[row], purpose, chance, case, nth)
        if not self.crews[row]:
            self._ready[row] = max(self._ready[row], self.model.day + self._arrest_delay)

    def identified(self, site: str, day: int, case: int) -> None:
        """Who has been at a place for longest is arrested, if it was before a day."""
        row = self.ways.row.get(site, -1)
        known = [courier for courier in self.crews[row] if courier.recruited < day] if row >= 0 else []
        self._arrest(row, known[:1], "identified", 1.0, case)
        if known and not self.crews[row]:
            self._ready[row] = self.model.day + self._arrest_delay

    def taken_down(self, states: Container[int], chance: float, case: int) -> int:
        """All crews in some states may be arrested; returns how many cells have lost all of theirs, and are lost."""
        broken = 0
        for row in self.held.nonzero()[0].tolist():
            if self.model.justice.state_at(self.ways.places[row]) in states and self.crews[row]:
                self._arrest(row, self.crews[row], "takedown", chance, case)
                if not self.crews[row]:
                    self.lose(row)
                    broken += 1
        return broken

    @property
    def at_work(self) -> int:
        """Couriers in all cells."""
        return int(self._hands.sum())

    def lose_hand(self, courier: Courier) -> None:
        """Somebody who was at liberty is convicted, and leaves the crew."""
        row = self.ways.row[courier.community.site]
        self.crews[row].remove(courier)
        self._hands[row] -= 1
        courier.leave(arrested=False)

    def _follow_up(self) -> None:
        """Where somebody has talked, those who were there by then may be arrested in any week."""
        for row, until in tuple(self._exposed.items()):
            if self.model.day > until:
                del self._exposed[row]
                continue
            known = [courier for courier in self.crews[row] if courier.recruited < until - self._exposed_days]
            self._arrest(row, known, "follow-up", self._exposed_arrests)
            if known and not self.crews[row]:
                self._ready[row] = self.model.day + self._arrest_delay

    def _arrest(
        self, row: int, crew: Iterable[Courier], purpose: str, chance: float, case: int = -1, nth: int = 0
    ) -> None:
        """Each of some couriers may be arrested and accused; who then cooperates exposes the others at the place. Nth:
        which time of the day for this purpose, from 0."""
        draws, day = self.model.draws, self.model.day
        for courier in tuple(crew):
            if draws.uniform(purpose, courier.key, day, nth) < chance:
                self._dismiss(row, courier, arrested=True)
                self._vacant.setdefault(row, []).append(day)
                justice = self.model.justice
                if case < 0:
                    case = justice.against(self.organisation, justice.state_at(self.ways.places[row]))
                justice.accuse(case, courier)
                if courier.cooperates():
                    justice.told(case, self.organisation)
                    self._exposed[row] = day + self._exposed_days
