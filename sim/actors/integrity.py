"""Integrity: which inspectors are in whose pay, what that costs, and what audits find."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.actors.port_inspector import PortInspector
from sim.kernels.corruption import BRIBERY, INSPECTOR, LUCK, audit, leave_traces, tempt, turn_away

if TYPE_CHECKING:
    from sim.actors.customs_officer import CustomsOfficer
    from sim.model import SmugglingModel
    from sim.world.levers import Controls


class Integrity:
    """Bribes and audits at all controls: inspectors as rows, N organisations, C controls."""

    def __init__(self, model: SmugglingModel) -> None:
        self.model, terms = model, model.plan.customs.corruption
        people = model.plan.geography.communities
        self.terms = np.zeros(1, BRIBERY)
        self.terms["approach"], self.terms["most"] = terms.approach, int(terms.most_insiders)
        self.terms["threats"], self.terms["yields"] = terms.threats, terms.yields
        self.terms["fear"] = float(people.risk_weight) * float(people.sentence_years)
        self.terms["memory"], self.terms["trace"] = people.risk_memory, terms.trace
        self._training, self._arrests = int(terms.retraining_days), float(terms.arrests)
        self._luck = np.array([model.draws.key(purpose) for purpose in LUCK], np.uint64)
        self._officers: list[CustomsOfficer] = list(model.officers)
        self._hire(float(terms.spread), float(terms.offer_wages))
        self._meet()

    def _hire(self, spread: float, offer_wages: float) -> None:
        """Who works at the controls, and what they would take; nobody is in anybody's pay."""
        model, staff, marks = self.model, self.model.staff, self.model.checkpoints
        around = [model.communities[marks.place[row]].row for row in range(marks.n_ports)]
        wages = model.base_controls.legal_wage[around]
        self.offers = offer_wages * wages
        """float64[C]: what an inspector is offered, USD a year."""
        self._median = wages * np.array([float(post.integrity_wages) for post in model.clearance.posts])
        self._spread, self._control = spread, np.repeat(np.arange(marks.n_ports), np.diff(staff.first))
        self.inspectors = np.zeros(len(staff.keys), INSPECTOR)
        """INSPECTOR[I]"""
        self.inspectors["principal"] = -1
        drawn = model.draws.lognormals("integrity", staff.keys, 0, 0, 0.0, spread)
        self.inspectors["threshold_usd"] = self._median[self._control] * drawn
        self.perceived = np.array([1.0 - math.exp(-rate) for rate in model.base_controls.audits_per_year.tolist()])
        """float64[C]: chance of being found in a year, as the people there believe."""
        self._found = np.zeros(len(staff.keys), np.int64)

    def _meet(self) -> None:
        """Which organisations can come to which controls: where they have cells."""
        model, marks = self.model, self.model.checkpoints
        rows = {name: [marks.find(name, "export"), marks.find(name, "import")] for name in model.ports}
        posts = [rows.get(site, [-1, -1]) for seat in model.underworld.seats for site in seat.table.places]
        self._posts = np.array(posts, np.int64).reshape(-1, 2)
        self.bribed_cents = self.dismissed = self.passed_g = self.bought = 0
        """Of the day: bribes paid, inspectors dismissed, grams that passed a control where their owner has somebody on
        the roster; and inspectors in somebody's pay."""

    def tempt(self, controls: Controls) -> None:
        """Organisations whose day of the week it is pay their inspectors and approach others."""
        model, day = self.model, self.model.day
        payers = [cartel for cartel in model.underworld.present if cartel.decides_today]
        self.bribed_cents = 0
        if payers:
            purse = np.array([cartel.capital_cents for cartel in payers])
            spans = [(cartel.first_cell, cartel.first_cell + len(cartel.ways.places)) for cartel in payers]
            tempt(
                day, np.array([cartel.number for cartel in payers]), np.array([cartel.key for cartel in payers]),
                model.all_cells, np.array(spans), self._posts, model.staff.first,
                model.clearance.boxes.salt, self.inspectors, self.offers, controls.integrity, self.perceived,
                self.terms, self._luck, purse,
            )  # fmt: skip
            for cartel, left in zip(payers, purse.tolist(), strict=True):
                self.bribed_cents += cartel.bribe(cartel.capital_cents - left)
        self.bought = turn_away(model.staff.first, self.inspectors, model.staff.on_shift, model.passage.reads)

    def let_go(self, number: int) -> None:
        """Those whom an organisation had that is no more are in nobody's pay. Number: its own, as loads know it."""
        principals = self.inspectors["principal"]
        principals[principals == number] = -1

    def audit(self, controls: Controls) -> None:
        """What was let through leaves traces; once a week audits look at a control, and who is found is dismissed."""
        model, staff, shown = self.model, self.model.staff, self.model.passage.presented
        self.dismissed = self.passed_g = 0
        if self.bought and len(shown.load):
            self.passed_g = leave_traces(
                shown.control, shown.load, model.cargo.rows, staff.first, self.inspectors, staff.on_shift,
                model.passage.reads,
            )  # fmt: skip
        rows = staff.due(model.day)
        if len(rows):
            self.dismissed = audit(
                model.day, rows, staff.first, self.inspectors, staff.keys, controls.audits_per_year, self.perceived,
                self.terms, self._luck, self._found,
            )  # fmt: skip
            for inspector in self._found[: self.dismissed].tolist():
                self._dismiss(inspector)

    def _dismiss(self, inspector: int) -> None:
        """Whoever was found goes; his principal's crew there may be arrested, and a successor has to be trained."""
        model, row = self.model, int(self._control[inspector])
        found, start = self.inspectors[inspector], model.day + self._training
        principal, site = model.cartels[int(found["principal"])], model.checkpoints.place[row]
        case = model.justice.official(principal.number, site, np.uint64(model.staff.keys[inspector]))
        principal.cells.raided(site, self._arrests, case, "arrest after an audit")
        officer, number = self._officers[row], inspector - int(model.staff.first[row])
        officer.inspectors[number].remove()
        successor = PortInspector(model, row, number, hired=model.day)
        officer.inspectors[number] = successor
        model.staff.replace(inspector, successor.key, start)
        drawn = model.draws.lognormal("integrity", successor.key, 0, 0, 0.0, self._spread)
        found["principal"], found["pressed"], found["trained"] = -1, False, start
        found["threshold_usd"] = self._median[row] * drawn
