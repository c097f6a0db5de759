"""Proceedings: seizures and arrests become cases, cases have consequences for those accused and for organisations."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.actors.court import Court, Prosecution
from sim.actors.networks import Networks
from sim.kernels.docket import (
    ACQUITTED,
    CASE,
    COLD,
    CONVICTED,
    CORRUPTION,
    COURTS,
    ENTRY,
    FIND,
    INVESTIGATION,
    JUDGED,
    LUCK,
    MONEY,
    NAMED,
    NEVER,
    ORGANISATION,
    PROSECUTION,
    RELEASED,
    SEARCHED,
    STAGES,
    TRIAL,
    UNSEEN,
    advance,
)  # fmt: skip
from sim.kernels.draws import child_key
from sim.kernels.filing import file_case, file_finds
from sim.terms import DAYS_PER_WEEK, DAYS_PER_YEAR
from sim.world.columns import Table
from sim.world.levers import OF_COURTS

if TYPE_CHECKING:
    from sim.actors.community import Community
    from sim.actors.courier import Courier
    from sim.model import SmugglingModel
    from sim.world.levers import Controls

LOOKS_EVERY = 28
"""Days between two looks of prosecutors and courts at what waits."""


class Judgment(NamedTuple):
    """A final judgment."""

    case: int
    organisation: int
    """Number of the organisation, -1 for none."""
    convicted: bool


class Accused(NamedTuple):
    """A courier accused in a case."""

    community: Community
    person: int
    """The person's key."""
    arrested: int
    remanded: bool


class Proceedings:
    """All cases of all states, S of them, in the order in which they were opened."""

    def __init__(self, model: SmugglingModel) -> None:
        self.model, terms = model, model.plan.justice
        self.each = model.states.each(terms.courts, terms.at)
        self.courts = np.zeros(len(self.each), COURTS)
        """COURTS[S]: as they work now."""
        self._table, self._diary = Table(CASE), Table(ENTRY)
        self._unclosed, self._open = np.zeros(64, np.int64), 0
        self._samples: list[deque[int]] = [deque() for _ in self.each]
        """Finds of which no laboratory has begun a report, by state, in turn."""
        self._accused: dict[int, list[Accused]] = {}
        self.judged_today: list[Judgment] = []
        """Final judgments of the day."""
        self._luck = np.array([model.draws.key(purpose) for purpose in LUCK], np.uint64)
        self._in_force: Controls | None = None
        self._set_up(float(terms.networks.effort))
        self.follow(model.base_controls)
        self.networks = Networks(model, self)
        self.offices = [
            (Prosecution(model, row, traits, self.courts), Court(model, row, traits, self.courts))
            for row, traits in enumerate(self.each)
        ]

    def _set_up(self, effort: float) -> None:
        """What no lever moves."""
        states, places = self.model.states, self.model.ledger.places
        self._at = np.array([states.of_site.get(place, -1) for place in places], np.int64)
        kinds = [self.model.goods.get(name) for name in self.model.ledger.commodities]
        self._weighed = np.array([kind is None or kind.unit == "kg" for kind in kinds])
        self._speed = np.ones((len(states), len(states)))
        for treaty in self.model.plan.justice.treaties:
            one, other = (states.row(code) for code in treaty.states)
            self._speed[one, other] = self._speed[other, one] = float(treaty.speed)
        fixed = {
            "spread": "spread", "charged": "charged", "convicted": "convicted", "upheld": "upheld", "plea": "plea",
            "least": "weak", "appeals": "appeals", "half_life": "witness_half_life", "attribution": "attribution",
            "foreign": "foreign", "cross_border": "cross_border",
        }  # fmt: skip
        days = {"remand_days": "remand_days", "limit_days": "limit_days", "cold_days": "cold_days",
                "patience": "assistance_patience"}  # fmt: skip
        for row, traits in enumerate(self.each):
            court = self.courts[row]
            court["days"] = [float(getattr(traits, f"{stage}_days")) for stage in STAGES]
            for name, field in fixed.items():
                court[name] = float(getattr(traits, field))
            for name, field in days.items():
                court[name] = int(getattr(traits, field))
            court["effort"] = effort
            court["slots"][0] = int(traits.duty_teams)

    def follow(self, controls: Controls) -> None:
        """Levers have changed: what they move holds for the cases that are opened from now on, too."""
        if not controls.alike(self._in_force, OF_COURTS):
            self._obey(controls)
        self._in_force = controls

    def _obey(self, controls: Controls) -> None:
        """Set what levers move."""
        courts = self.courts
        for stage, lever in enumerate(("investigators", "prosecutors", "court_slots", "appeal_slots"), 1):
            courts["slots"][:, stage] = np.floor(getattr(controls, lever) + 0.5)
        courts["lost"], courts["testimony"] = controls.evidence_loss, controls.testimony
        self._set_pace(controls.laboratory_per_week)
        courts["report_days"] = controls.laboratory_days
        courts["answers"], courts["assistance_days"] = controls.assistance_answer, controls.assistance_days
        for name, field in (("evidence", "evidence"), ("identified", "identified")):
            missing = np.array([1.0 - float(getattr(traits, field)) for traits in self.each])
            courts[name] = 1.0 - missing * (1.0 - controls.training)
        courts["papers"] = 1.0 - (1.0 - float(self.model.plan.money.evidence)) * (1.0 - controls.training)

    def _set_pace(self, per_week: np.ndarray) -> None:
        """Laboratories report on more or fewer finds in a week: the day of the next one comes nearer or moves away."""
        courts, day = self.courts, float(self.model.day)
        left, other = np.maximum(courts["next"] - day, 0.0), courts["per_week"] != per_week
        longer = np.divide(courts["per_week"], per_week, out=np.ones(len(courts)), where=per_week > 0.0)
        courts["next"] = np.where(other, day + left * longer, courts["next"])
        courts["per_week"] = per_week

    # ------------------------------------------------------------------ asking

    @property
    def cases(self) -> np.ndarray:
        """CASE[n]"""
        return self._table.rows

    def state_at(self, site: str) -> int:
        """Row of the state in which a place lies."""
        return int(self.model.states.of_site[site])

    def waits(self) -> list[float]:
        """Expected wait for a court by state, days: what waits for trial, over slots, times the mean time in one."""
        rows = self.cases[self._unclosed[: self._open]]
        waiting = (rows["stage"] == TRIAL) & (rows["started"][:, TRIAL] == NEVER)
        queued = np.bincount(rows["state"][waiting], minlength=len(self.courts))
        days = queued * self.courts["days"][:, TRIAL] / np.maximum(self.courts["slots"][:, TRIAL], 1)
        return days.tolist()  # type: ignore[no-any-return]

    # ------------------------------------------------------------------ how cases begin

    def open_finds(self) -> int:
        """A case for each load that was seized today, in the order in which they were; returns the number of the
        first."""
        model, first = self.model, len(self._table)
        steps = model.passage.steps.rows
        found = int(np.count_nonzero(steps["seized"]))
        if found:
            file_finds(
                model.day, steps, model.cargo.rows, model.passage.legs, self._weighed, self._at,
                model.states.of_checkpoint, self.courts, self._speed, self._luck, self._table.room(found),
            )  # fmt: skip
            self._take_in(found)
            news = self.cases[first:]
            for case in (first + (news["report"] == UNSEEN).nonzero()[0]).tolist():
                self._samples[self.cases["state"][case]].append(case)
        return first

    def investigated(self, organisation: int, state: int) -> bool:
        """Whether there is a case against an organisation in a state that is still investigated."""
        ours = self.networks.file.get((organisation, state), -1)
        return ours >= 0 and self.cases["stage"][ours] <= INVESTIGATION and not self.cases["outcome"][ours]

    def against(self, organisation: int, state: int, *, abroad: int = -1) -> int:
        """The case against an organisation in a state that is still investigated; a new one where there is none."""
        if self.investigated(organisation, state):
            return self.networks.file[organisation, state]
        key = child_key(self.model.cartels[organisation].key ^ self.model.states.keys[state], self.model.day)
        opened = self._file(ORGANISATION, key, organisation, state, abroad)
        self.networks.file[organisation, state] = opened
        return opened

    def official(self, organisation: int, site: str, key: np.uint64) -> int:
        """A case against an official in the pay of an organisation."""
        opened = self._file(CORRUPTION, key, organisation, self.state_at(site), -1)
        self.cases["officers"][opened] = 1
        return opened

    def money(self, organisation: int, state: int, abroad: int, key: np.uint64) -> int:
        """A case about money that a state has frozen, against whoever moved it; abroad: state of its other end."""
        opened = self._file(MONEY, key, organisation, state, abroad)
        self.cases["couriers"][opened] = 1
        return opened

    def _file(self, kind: int, key: np.uint64, organisation: int, state: int, abroad: int) -> int:
        case = self._table.room(1)
        case["key"], case["kind"], case["organisation"], case["state"] = key, kind, organisation, state
        case["abroad"], case["commodity"], case["place"] = state if abroad < 0 else abroad, -1, -1
        file_case(self.model.day, case, self.courts, self._speed, self._luck)
        self._take_in(1)
        return len(self._table) - 1

    def _take_in(self, count: int) -> None:
        first = len(self._table)
        self._table.add(count)
        self._diary.room(count)
        self._diary.add(count)
        if self._open + count > len(self._unclosed):
            self._unclosed = np.resize(self._unclosed, 2 * (self._open + count))
        self._unclosed[self._open : self._open + count] = np.arange(first, first + count)
        self._open += count

    # ------------------------------------------------------------------ who is accused

    def accuse(self, case: int, courier: Courier) -> None:
        """A courier was arrested: accused in a case, and kept in custody or not."""
        model, cases, community = self.model, self.cases, courier.community
        cases["couriers"][case] += 1
        remanded = self.remands(case, courier.key)
        if remanded:
            community.hold(courier.person.key, case)
            if cases["held"][case] == NEVER:
                cases["held"][case] = model.day
                self._diary.rows["until"][case] = model.day
        self._accused.setdefault(case, []).append(Accused(community, courier.person.key, model.day, remanded))

    def remands(self, case: int, key: np.uint64) -> bool:
        """Whether somebody who is arrested in a case today is kept in custody; nobody is any more once custody before
        trial has reached its limit in it. Key: address of their luck."""
        drawn = self.model.draws.uniform("remand", key, self.model.day)
        return drawn < float(self.each[int(self.cases["state"][case])].remand) and not self.cases["freed"][case]

    def told(self, case: int, organisation: int) -> None:
        """Somebody accused in a case has said what they know, of their organisation too; what is said in the case
        against it counts there alone."""
        cases = self.cases
        state = int(cases["state"][case])
        cases["spoken"][case] = 1.0 - (1.0 - cases["spoken"][case]) * (1.0 - float(self.each[state].statement))
        cases["named"][case] = True
        if not (self.investigated(organisation, state) and self.networks.file[organisation, state] == case):
            self.networks.note(organisation, state, 1.0)

    # ------------------------------------------------------------------ a day

    def hear(self) -> None:
        """A day of all cases: they go on as far as there are slots, and what is decided is carried out."""
        day = self.model.day
        if self.judged_today:
            self.judged_today = []
        if day % LOOKS_EVERY == 0:
            for (prosecution, court), wait in zip(self.offices, self.waits(), strict=True):
                prosecution.decide(wait)
                court.decide(wait)
            self.networks.follow_leads()
        self._examine()
        if not self._open:
            return
        queues = np.zeros((2, len(self.courts) * len(STAGES)), np.int64)
        waiting, moved = np.empty(self._open, np.int64), np.empty((3 * self._open, 2), np.int64)
        self._open, lines = advance(
            day, self.cases, self._diary.rows, self._unclosed, self._open, self.courts, self._luck, queues[0],
            queues[1], waiting, moved,
        )  # fmt: skip
        for case, happened in moved[:lines].tolist():
            self._carry_out(case, happened)

    def _examine(self) -> None:
        """Laboratories begin reports on the finds that wait, in turn, as many as they can take today."""
        day, reports = self.model.day, self.cases["report"]
        for waiting, court in zip(self._samples, self.courts, strict=True):
            if not waiting or not court["per_week"]:
                continue
            begins = max(float(court["next"]), float(day))
            while waiting and begins < day + 1:
                reports[waiting.popleft()] = min(math.ceil(begins + court["report_days"]), UNSEEN)
                begins += DAYS_PER_WEEK / court["per_week"]
            court["next"] = begins

    def _carry_out(self, case: int, happened: int) -> None:
        """What happened to a case, carried out."""
        if happened == NAMED:
            cases = self.cases
            self.networks.note(int(cases["organisation"][case]), int(cases["state"][case]), self.networks.named)
        elif happened == SEARCHED:
            self._search(case)
        elif happened == JUDGED:
            self._sentence(case)
            self.networks.leader_judged(case)
        elif happened == RELEASED:
            self._free(self._accused.get(case, ()), case)
        else:
            self._end(case)

    def _search(self, case: int) -> None:
        """An investigation that knows whom to look for comes to its end: whoever is found is accused, and a case
        without anybody goes cold."""
        if self.cases["kind"][case] == FIND:
            self.networks.identify(case)
        else:
            self.networks.take_down(case)
        day, cases = self.model.day, self.cases
        organisation, state = int(cases["organisation"][case]), int(cases["state"][case])
        if cases["couriers"][case] + cases["officers"][case] + cases["leaders"][case] > 0:
            cases["stage"][case] = PROSECUTION
            cases["entered"][case, PROSECUTION] = day
            if cases["named"][case] and organisation >= 0:
                self.model.intelligence.learned(
                    "organisation", organisation, state, "investigation", key=f"{int(cases['key'][case]):x}"
                )
        else:
            cold = int(self.courts["cold_days"][state])
            cases["outcome"][case], cases["due"][case] = COLD, max(day + 1, int(cases["opened"][case]) + cold)

    def _sentence(self, case: int) -> None:
        """Convicted at first instance: they serve from the arrest on if they were kept, from now on if not."""
        model, day, cases = self.model, self.model.day, self.cases
        mean = float(self.each[cases["state"][case]].served_years) * DAYS_PER_YEAR
        for at, person, arrested, remanded in self._accused.get(case, ()):
            kept = remanded and not cases["freed"][case]
            days = model.draws.exponential("sentence", np.uint64(person), arrested, 0, mean)
            courier = at.at_work.get(person)
            if courier is not None:
                model.cartels[courier.organisation].cells.lose_hand(courier)
            at.serve(person, case, max(day, round((arrested if kept else day) + days)))

    def _end(self, case: int) -> None:
        """A case is closed: who is not convicted goes free."""
        cases, accused = self.cases, self._accused.pop(case, ())
        convicted = bool(cases["outcome"][case] == CONVICTED)
        if not convicted:
            self._free(accused, case)
        if convicted or cases["outcome"][case] == ACQUITTED:
            self.judged_today.append(Judgment(case, int(cases["organisation"][case]), convicted))
        self.networks.closed(case)

    def _free(self, accused: Iterable[Accused], case: int) -> None:
        for at, person, _, _ in accused:
            at.release(person, case, self.model.day)
