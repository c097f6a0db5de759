"""The underworld: organisations come, grow, fall apart and go, crowd each other at places, and how violent that is."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.actors.cartel import Cartel
from sim.actors.traits import Organisations
from sim.actors.violence import Violence
from sim.kernels.draws import entity_key
from sim.kernels.rivalry import Ground, Parties, contest
from sim.terms import CENTS_PER_USD, DAYS_PER_WEEK, GRAMS_PER_KG
from sim.world.consignment import Ways
from sim.world.ways import WayTable

if TYPE_CHECKING:
    from sim.model import SmugglingModel

MONTHS = 12
"""Months over which the margin of a group is taken."""
MOST_ATTRACTION = 2.0
"""How much a margin attracts at most, against the comfortable one."""


class Seat(NamedTuple):
    """Room for one organisation of a group at a time, whether one takes it or not."""

    group: str
    number: int
    """In its group, from 0."""
    traits: Organisations
    table: WayTable
    first: int
    """Row of its first cell among all cells."""

    @property
    def end(self) -> int:
        """Row behind its last cell."""
        return self.first + len(self.table.places)


def seats_of(groups: Mapping[str, Organisations], tables: Mapping[str, WayTable]) -> list[Seat]:
    """The seats of all groups, those of one group after another; tables: the ways of each."""
    seats: list[Seat] = []
    for group, traits in groups.items():
        for number in range(traits.most):
            seats.append(Seat(group, number, traits, tables[group], seats[-1].end if seats else 0))
    return seats


class Year:
    """What the organisations of a group gained and sent, month by month."""

    def __init__(self) -> None:
        self._months: deque[tuple[int, int]] = deque(maxlen=MONTHS)
        self._gained = self._sent = 0

    def close_month(self, gained_cents: int, sent_g: int) -> None:
        """A month is over: what they have gained and sent since the first day."""
        self._months.append((gained_cents - self._gained, sent_g - self._sent))
        self._gained, self._sent = gained_cents, sent_g

    @property
    def idle(self) -> bool:
        """Whether nothing was sent all year: what it would bring in nobody knows any more."""
        return len(self._months) == MONTHS and not any(sent for _, sent in self._months)

    @property
    def usd_per_kg(self) -> float:
        """What a kilogram that was sent brought in, over the year; 0 while none was sent."""
        gained, sent = (sum(month[column] for month in self._months) for column in (0, 1))
        return gained / CENTS_PER_USD / (sent / GRAMS_PER_KG) if sent else 0.0


class Underworld:
    """All organisations together: who is there, who comes and goes, and who stands in whose way."""

    def __init__(self, model: SmugglingModel, seats: list[Seat]) -> None:
        self.model, self.seats = model, seats
        self.members: dict[int, Cartel] = {}
        """Who takes which seat now, in the order in which they came."""
        self._crew = np.array([float(seat.traits.cells.crew) for seat in seats])
        self._taken = [0] * len(seats)  # how many have
        self._years = {seat.group: Year() for seat in seats}
        self.rivalry = model.plan.rivalry
        self.violence = Violence(self.rivalry, sum(group.count for group in model.plan.organisations.values()))
        self.ground = self._ground()
        for row, seat in enumerate(seats):
            if seat.number < seat.traits.count:
                self._admit(row).settle(int(seat.traits.gateways), int(seat.traits.partners))

    def _ground(self) -> Ground:
        """Places with the crews that each has room for; a port has a quarter of a coast's at least."""
        model, seats = self.model, self.seats
        site = {name: row for row, name in enumerate(model.communities)}
        coast, per_million = float(self.rivalry.crews_per_coast), float(self.rivalry.crews_per_million_teu)
        room = {
            name: max(coast / 4.0, per_million * float(port.teu_thousand) / 1000.0)
            for name, port in model.ports.items()
        }
        return Ground.of(
            room=np.array([room.get(name, coast) for name in site]),
            keys=np.array([entity_key(f"place {name}") for name in site], np.uint64),
            place=np.array([site[name] for seat in seats for name in seat.table.places], np.int64),
            seat=np.repeat(np.arange(len(seats)), [len(seat.table.places) for seat in seats]),
        )

    # ------------------------------------------------------------------ asking

    @property
    def present(self) -> list[Cartel]:
        """Those who are there, in the order in which they came."""
        return list(self.members.values())

    def holder(self, cell: int) -> Cartel:
        """Whose a cell is, by its row among all cells."""
        return self.members[int(self.ground.seat[cell])]

    # ------------------------------------------------------------------ a day

    def turn(self) -> None:
        """Violence fades. At the end of a week places are contested; on the first of a month organisations fall apart
        and others enter."""
        model = self.model
        self.violence.fade()
        if model.day % DAYS_PER_WEEK == DAYS_PER_WEEK - 1:
            self._contest()
        if model.today.day == 1 and model.day > 0:
            self._fall_apart()
            for group, year in self._years.items():
                self._enter(group, year)

    def _contest(self) -> None:
        """Where crews crowd, the weaker work less, and may lose their cells."""
        model, ground, rivalry = self.model, self.ground, self.rivalry
        lost, contests, crowding = contest(
            model.all_cells, ground, self._parties(), float(rivalry.decisiveness), float(rivalry.push_out),
            model.draws.key("contest"), model.day,
        )  # fmt: skip
        for cell in ground.lost[:lost].tolist():
            loser = self.holder(cell)
            loser.cells.lose(cell - loser.first_cell)
        model.chronicle.contests += contests
        self.violence.rise(lost + float(rivalry.contest_weight) * crowding)

    def _parties(self) -> Parties:
        size, keys = np.ones(len(self.seats)), np.zeros(len(self.seats), np.uint64)
        for row, member in self.members.items():
            size[row], keys[row] = member.size, member.key
        return Parties(size, self._crew, keys)

    # ------------------------------------------------------------------ who comes

    def _enter(self, group: str, year: Year) -> None:
        """As many enter as the group's margin attracts, so far as there are seats."""
        model, traits = self.model, self.model.plan.organisations[group]
        ever = [cartel for cartel in model.cartels if self.seats[cartel.seat].group == group]
        year.close_month(sum(c.earned_cents - c.spent_cents for c in ever), sum(c.sent_g for c in ever))
        first = model.commodity
        margin = year.usd_per_kg / (first.starting_price * GRAMS_PER_KG / first.per_unit)
        drawn = 1.0 if year.idle else attraction(margin, float(traits.comfort))
        mean = float(traits.life.entry_per_year) * traits.count / MONTHS * drawn
        for row in self._free(group)[: model.draws.poisson("entry", f"group {group}", model.day, 0, mean)]:
            others = [other.seat for other in self.present]
            entrant = self._admit(row, share=float(traits.life.entrant_share))
            model.beliefs.hear_say(row, others)
            entrant.settle(1, 1)
            model.chronicle.entrants += 1

    def _free(self, group: str) -> list[int]:
        """Seats of a group that nobody takes."""
        return [row for row, seat in enumerate(self.seats) if seat.group == group and row not in self.members]

    def _admit(self, row: int, share: float = 1.0) -> Cartel:
        """Somebody new takes a seat; after its first organisation the others are told apart by a number."""
        model, seat = self.model, self.seats[row]
        self._taken[row] += 1
        again = f".{self._taken[row]}" if self._taken[row] > 1 else ""
        model.cargo.ways.append(Ways(seat.table, seat.first))
        name = f"{seat.group} {seat.number + 1}{again}"
        newcomer = Cartel(model, name, len(model.cartels), row, seat.traits, share)
        model.cartels.append(newcomer)
        model.passage.join(newcomer)
        self.members[row] = newcomer
        model.finance.forget(row)
        self._tell()
        return newcomer

    def _tell(self) -> None:
        """Only those who are there hear of anything."""
        there = [(member.seat, member.number) for member in self.present]
        self.model.beliefs.present = np.array(there, np.int64).reshape(-1, 2).T.copy()
        held = [(self.seats[row].first, self.seats[row].end) for row in self.members]
        self.spans = np.array(held, np.int64).reshape(-1, 2)

    # ------------------------------------------------------------------ who goes

    def vacate(self, member: Cartel) -> None:
        """An organisation is no more: nobody comes for the loads that counted on its crews."""
        model, seat = self.model, self.seats[member.seat]
        model.cargo.redirect(seat.first, seat.end, model.cargo.nobody)
        del self.members[member.seat]
        self._tell()
        model.chronicle.exits += 1

    def _fall_apart(self) -> None:
        """The larger an organisation beyond a size, the likelier it falls apart within a month."""
        for member in self.present:
            life = member.traits.life
            rate = float(life.split_per_year) / MONTHS * max(0.0, member.size / float(life.split_size) - 1.0)
            if self.model.draws.uniform("falling apart", member.key, self.model.day) < -math.expm1(-rate):
                self.split(member)

    def split(self, member: Cartel) -> Cartel | None:
        """An organisation falls apart: the smaller part becomes one of its own, if its group has a seat for it."""
        model, free = self.model, self._free(self.seats[member.seat].group)
        if not free:
            return None
        child, drawn = self._admit(free[0]), model.draws.uniform("where it breaks", member.key, model.day)
        member.hand_over(child, min(drawn, 1.0 - drawn))
        model.chronicle.splits += 1
        self.disrupted()
        return child

    def disrupted(self) -> None:
        """An organisation lost its leader, fell apart, or was ended by force."""
        self.violence.rise(float(self.rivalry.disruption_weight))


def attraction(margin: float, comfort: float) -> float:
    """How much a margin attracts entrants, against the comfortable one: clip(margin / comfort, 0, 2)."""
    if margin <= 0.0:
        return 0.0
    return MOST_ATTRACTION if margin >= MOST_ATTRACTION * comfort else margin / comfort
