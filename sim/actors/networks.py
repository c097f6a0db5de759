"""Networks: what investigators know of organisations, and what cases do to them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.kernels.docket import quality_of, stage_chance
from sim.kernels.draws import child_key
from sim.kernels.items import raised
from sim.terms import DAYS_PER_YEAR

if TYPE_CHECKING:
    from sim.actors.cartel import Cartel
    from sim.actors.proceedings import Proceedings
    from sim.model import SmugglingModel


class Blow(NamedTuple):
    """Something that justice did to an organisation."""

    day: int
    organisation: int
    what: str
    """uncovered, leader, core, cells, dismantled, split."""
    size: int
    """How much of it: cells, people of its core, or one."""


class Networks:
    """The files on organisations, and the blows that they suffered."""

    def __init__(self, model: SmugglingModel, proceedings: Proceedings) -> None:
        self.model, self.proceedings = model, proceedings
        self.terms = model.plan.justice.networks
        self.named = float(self.terms.named)
        self.file: dict[tuple[int, int], int] = {}
        """The last case against an organisation in a state."""
        self._known: dict[tuple[int, int], tuple[float, int]] = {}
        """Statements about an organisation in a state, and the day as of which they are counted."""
        self._led: dict[int, bool] = {}
        """Cases in which a leader is accused; whether he was kept in custody."""
        self.blows: list[Blow] = []
        self._lost_leader: dict[int, int] = {}
        """Day on which each organisation that ever lost a leader last did."""

    # ------------------------------------------------------------------ what is known

    def known(self, organisation: int, state: int) -> float:
        """Statements about an organisation in a state, those of the past counting less."""
        count, day = self._known.get((organisation, state), (0.0, 0))
        return count * math.exp(-float(self.terms.memory) * (self.model.day - day) / DAYS_PER_YEAR)

    def note(self, organisation: int, state: int, weight: float) -> None:
        """Something more is known of an organisation; when it is enough a case against it is opened."""
        if organisation < 0 or not weight:
            return
        known = self.known(organisation, state) + weight
        if known + self._led_to(organisation, state) >= float(self.terms.opens):
            known = self._open(organisation, state, known)
        self._known[organisation, state] = known, self.model.day

    def _open(self, organisation: int, state: int, known: float) -> float:
        """The case against an organisation gets all that was said of it; returns what is left, nothing."""
        if self.model.cartels[organisation].ended:
            return known
        case = self.proceedings.against(organisation, state, abroad=self._elsewhere(organisation, state))
        spoken = 1.0 - math.pow(1.0 - float(self.proceedings.each[state].statement), known)
        cases = self.proceedings.cases
        cases["spoken"][case] = 1.0 - (1.0 - cases["spoken"][case]) * (1.0 - spoken)
        return 0.0

    def _lead(self, organisation: int, state: int) -> float:
        """Evidence of intelligence about an organisation, log-odds."""
        leads = self.model.intelligence.leads
        return float(leads[state, organisation]) if organisation < leads.shape[1] else 0.0

    def _led_to(self, organisation: int, state: int) -> float:
        """What intelligence counts, in statements."""
        lead = float(self.terms.lead)
        return self._lead(organisation, state) / lead if lead else 0.0

    def follow_leads(self) -> None:
        """Where intelligence and what was said are enough, a case is opened, unless one is investigated already."""
        lead, opens = float(self.terms.lead), float(self.terms.opens)
        if not lead:
            return
        led_to = self.model.intelligence.leads / lead
        named = led_to >= 1e-9
        for (number, state), (most, _) in self._known.items():
            if number < led_to.shape[1] and led_to[state, number] + most >= opens:
                led_to[state, number] += self.known(number, state)
        for state, number in np.argwhere(named & (led_to >= opens)).tolist():
            if not self.proceedings.investigated(number, state):
                self._known[number, state] = self._open(number, state, self.known(number, state)), self.model.day

    def _elsewhere(self, organisation: int, state: int) -> int:
        """Another state in which an organisation has a cell; the same one where there is none."""
        cells = self.model.cartels[organisation].cells
        rows = cells.held.nonzero()[0].tolist()
        others = [at for at in (self.proceedings.state_at(cells.ways.places[row]) for row in rows) if at != state]
        return others[0] if others else state

    # ------------------------------------------------------------------ what is done

    def identify(self, case: int) -> None:
        """Somebody who handled a find is known: one of the owner's crew there is arrested, if there still is one."""
        cases, model = self.proceedings.cases, self.model
        number = int(cases["organisation"][case])
        if number >= 0 and not model.cartels[number].ended:
            place, opened = model.ledger.places[cases["place"][case]], int(cases["opened"][case])
            model.cartels[number].cells.identified(place, opened, case)

    def take_down(self, case: int) -> None:
        """An organisation may be uncovered: its crews in the state are arrested, in the state that helps too, and its
        core and its leader may be reached."""
        model, terms, cases = self.model, self.terms, self.proceedings.cases
        number, state, key = int(cases["organisation"][case]), int(cases["state"][case]), np.uint64(cases["key"][case])
        cartel, age = model.cartels[number], float(model.day - cases["opened"][case])
        half_life = float(self.proceedings.courts["half_life"][state])
        quality = quality_of(float(cases["material"][case]), float(cases["spoken"][case]), age, half_life)
        chance = raised(stage_chance(float(terms.uncovers), quality), float(terms.insight) * self._lead(number, state))
        uncovered = model.draws.uniform("uncovered", key, 0) < chance
        if cartel.ended or not uncovered:
            return
        self._strike(number, "uncovered", 1)
        reach = {state, int(cases["abroad"][case])} if cases["answered"][case] else {state}
        before = cartel.cells.at_work
        broken = cartel.cells.taken_down(reach, float(terms.arrests), case)
        taken = before - cartel.cells.at_work
        if broken:
            self._strike(number, "cells", broken)
        self._arrest_core(cartel, case, key)
        if model.draws.uniform("leader", key, 0) < float(terms.leader):
            self._arrest_leader(cartel, case)
        if not cartel.core.left or self._is_enough(number, taken, before):
            self._strike(number, "dismantled", 1)
            cartel.dismantle()

    def _arrest_core(self, cartel: Cartel, case: int, key: np.uint64) -> None:
        """Each of those whom an organisation trusts may be arrested, and is accused."""
        chance, draws = float(self.terms.core), self.model.draws
        caught = sum(draws.uniform("core", key, 0, place) < chance for place in range(cartel.core.left))
        if caught:
            cartel.core.lose(caught)
            self.proceedings.cases["couriers"][case] += caught
            self._strike(cartel.number, "core", caught)

    def _arrest_leader(self, cartel: Cartel, case: int) -> None:
        cases = self.proceedings.cases
        cases["leaders"][case] = 1
        kept = self.proceedings.remands(case, child_key(np.uint64(cases["key"][case]), 0))
        self._led[case] = kept
        if kept:
            self._lose_leader(cartel)

    def leader_judged(self, case: int) -> None:
        """Convicted at first instance: a leader who was at liberty is gone now."""
        if self._led.get(case) is not False:
            return
        cartel = self.model.cartels[int(self.proceedings.cases["organisation"][case])]
        if not cartel.ended:
            self._led[case] = True
            self._lose_leader(cartel)

    def _lose_leader(self, cartel: Cartel) -> None:
        self._strike(cartel.number, "leader", 1)
        self._lost_leader[cartel.number] = self.model.day
        splits = self.model.chronicle.splits
        cartel.lose_leader()
        if self.model.chronicle.splits > splits:
            self._strike(cartel.number, "split", 1)

    def _is_enough(self, organisation: int, taken: int, of: int) -> bool:
        """Whether what one blow took of an organisation's couriers ends it."""
        led = self._lost_leader.get(organisation, -math.inf) <= self.model.day - DAYS_PER_YEAR
        share = float(self.terms.dismantled) * (1.0 if led else 0.5)
        share *= 0.5 if self.model.cartels[organisation].is_broke else 1.0
        return taken > 0 and taken >= share * of

    def closed(self, case: int) -> None:
        """A case is closed."""
        self._led.pop(case, None)

    def _strike(self, organisation: int, what: str, count: int) -> None:
        self.blows.append(Blow(self.model.day, organisation, what, count))

    def count(self, *what: str) -> int:
        """Organisations that suffered any of these at least once."""
        return len({blow.organisation for blow in self.blows if blow.what in what})
