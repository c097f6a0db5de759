"""Passage: how a consignment gets from leg to leg, past every control on its way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.kernels.boxes import FOUND
from sim.kernels.draws import Draws
from sim.world.checkpoints import Checkpoints
from sim.world.clearance import Clearance, Cleared
from sim.world.consignment import Cargo, Consignment
from sim.world.ledger import Ledger
from sim.world.network import Leg


class Owner(Protocol):
    """What passage needs to know of the organisation behind a load."""

    name: str

    def has_crew(self, site: str) -> bool:
        """Whether a crew at the site can do one more job today."""

    def work_at(self, site: str) -> None:
        """A crew at the site does a job and is paid; there must be one."""

    def next_decision(self, day: int) -> int:
        """The next day on which it decides: until then no crew rests and nobody is hired."""

    def stand_down(self, sites: Iterable[str]) -> None:
        """A load will not come: the crews at these sites need not wait for it."""


class Encounter(NamedTuple):
    """A load met a control: what its owner, and in part everybody else, can learn from."""

    consignment: Consignment
    row: int
    """Row of the checkpoint; -1 on the road."""
    site: str
    seized: bool


@dataclass(slots=True)
class Passage:
    """Moves the cargo of a run a day at a time; the order within a day is the order of consignment numbers."""

    draws: Draws
    cargo: Cargo
    ledger: Ledger
    clearance: Clearance
    checkpoints: Checkpoints
    owners: Sequence[Owner]
    hub_days: int
    """Days that a load spends at a hub between two lanes."""
    hold_days: int
    """Days after which a load that no crew took out of its port is lost."""
    deliver: Callable[[Consignment], None]
    presented: list[tuple[int, Consignment]] = field(default_factory=list)
    encounters: list[Encounter] = field(default_factory=list)
    at_sea: dict[int, int] = field(default_factory=dict)
    """Next zone, by consignment number, of those crossing."""

    def move(self, day: int, zone_risk: NDArray[np.float64]) -> None:
        """Everything with something to do today takes its next step; loads that reach a port control are presented to
        it.

        zone_risk: float64[Z], chance that a crossing is stopped in each sea zone.
        """
        self.presented, self.encounters = [], []
        loads = self.cargo.today(day)
        luck = self.draws.uniforms("road", np.array([load.key for load in loads], np.uint64), day)
        for load, drawn in zip(loads, luck.tolist(), strict=True):
            leg = load.now
            if leg.mode == "road":
                if drawn < leg.seizure:
                    self._seize(load, day, -1, leg.origin)
                else:
                    self._go_on(load, day)
            elif load.departed < 0:
                self._board(load, leg, day)
            elif load.landed:
                self._recover(load, leg, day)
            elif leg.mode == "small_craft":
                self._cross(load, leg, day, zone_risk)
            else:
                self.presented.append((leg.checkpoints[-1], load))

    def _go_on(self, load: Consignment, day: int) -> None:
        """A leg is behind the load: begin the next, or hand it over when there is none left."""
        done, legs = load.now, load.route.legs
        load.leg += 1
        if load.leg == len(legs):
            self.cargo.end(load, day, "delivered", load.route.market)
            self._book(load, day, "delivered")
            self.deliver(load)
            return
        load.now = legs[load.leg]
        if load.now.mode == "road":
            self.cargo.again(load, day + load.now.days)
        else:
            load.departed, load.landed = -1, False
            self.cargo.again(load, day + (self.hub_days if done.lane >= 0 else 1))

    def _board(self, load: Consignment, leg: Leg, day: int) -> None:
        """Put the load into a container of its own that leaves today, or onto a craft, if a crew is there to do it."""
        small = leg.mode == "small_craft"
        if not self._crew_there(load, leg.origin):
            self.cargo.again(load, self.owners[load.organisation].next_decision(day))
            return
        if not (small or self.clearance.sails(leg.lane, day)):
            self.cargo.again(load, day + 1)
            return
        self._crew_works(load, leg.origin)
        load.departed = day
        if small:
            self.at_sea[load.number] = 0
            self.cargo.again(load, day + _days_to_a_zone(leg))
        else:
            self.presented.append((leg.checkpoints[0], load))

    def _crew_there(self, load: Consignment, site: str) -> bool:
        """Whether nobody is needed for the load at the site, or a crew can do it today."""
        ahead = load.crews_ahead
        return not ahead or ahead[0] != site or self.owners[load.organisation].has_crew(site)

    def _crew_works(self, load: Consignment, site: str) -> None:
        """The crew at the site does its job, if one is needed there."""
        if load.crews_ahead and load.crews_ahead[0] == site:
            self.owners[load.organisation].work_at(site)
            del load.crews_ahead[0]

    def _cross(self, load: Consignment, leg: Leg, day: int, zone_risk: NDArray[np.float64]) -> None:
        zone = self.at_sea[load.number]
        if zone < len(leg.checkpoints):
            row = leg.checkpoints[zone]
            stopped = self.draws.uniform("patrol", load.key, day, zone) < zone_risk[row - self.checkpoints.n_ports]
            self.encounters.append(Encounter(load, row, leg.origin if zone == 0 else leg.destination, stopped))
            if stopped:
                self._seize(load, day, row, self.checkpoints.place[row], met=True)
                return
            self.at_sea[load.number] = zone + 1
            self.cargo.again(load, day + _days_to_a_zone(leg))
            return
        del self.at_sea[load.number]
        if self.draws.uniform("loss", load.key, day, load.leg) < leg.loss:
            self._lose(load, day, leg.destination)
            return
        load.landed = True
        self._recover(load, leg, day)

    def settle(self, day: int, cleared: Cleared) -> None:
        """What the controls did to the loads presented to them today."""
        for (row, load), fate in zip(self.presented, cleared.fates, strict=True):
            leg, site = load.now, self.checkpoints.place[row]
            self.encounters.append(Encounter(load, row, site, fate == FOUND))
            if fate == FOUND:
                self._seize(load, day, row, site, met=True)
            elif self.checkpoints.kind[row] == "export":
                self.cargo.again(load, day + leg.days)
            elif self.draws.uniform("loss", load.key, day, load.leg) < leg.loss:
                self._lose(load, day, site)
            else:
                load.landed = True
                self._recover(load, leg, day)

    def _recover(self, load: Consignment, leg: Leg, day: int) -> None:
        """Take the load ashore, if that takes a crew and there is one; give up after `hold_days`."""
        if not self._crew_there(load, leg.destination):
            held_until = load.departed + leg.days + self.hold_days
            if day >= held_until:
                self._lose(load, day, leg.destination)
            else:
                self.cargo.again(load, min(self.owners[load.organisation].next_decision(day), held_until))
            return
        self._crew_works(load, leg.destination)
        self._go_on(load, day)

    def _seize(self, load: Consignment, day: int, row: int, place: str, *, met: bool = False) -> None:
        if not met:
            self.encounters.append(Encounter(load, row, place, True))
        self.cargo.end(load, day, "seized", place, "road" if row < 0 else self.checkpoints.names[row])
        self.owners[load.organisation].stand_down(load.crews_ahead)
        self._book(load, day, "seized")

    def _lose(self, load: Consignment, day: int, place: str) -> None:
        self.cargo.end(load, day, "lost", place)
        self.owners[load.organisation].stand_down(load.crews_ahead)
        self._book(load, day, "lost")

    def _book(self, load: Consignment, day: int, event: Literal["delivered", "seized", "lost"]) -> None:
        self.ledger.book(
            day,
            event,
            load.commodity,
            load.grams,
            place=load.place,
            consignment=load.number,
            checkpoint=load.checkpoint,
            mode=load.now.mode,
            organisation=self.owners[load.organisation].name,
        )


def _days_to_a_zone(leg: Leg) -> int:
    """Days that a craft needs to the next zone of its crossing, or from the last one ashore."""
    return max(1, leg.days // (len(leg.checkpoints) + 1))
