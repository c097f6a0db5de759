"""Passage: how consignments get from leg to leg, past every control on their way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.kernels.boxes import Contaminated
from sim.kernels.carrying import LUCK, carry
from sim.kernels.draws import Draws
from sim.kernels.loads import DELIVERED, NOWHERE, OWNER, SITE, STEP, TERMS
from sim.kernels.roll import present
from sim.kernels.search import Sea
from sim.world.checkpoints import Checkpoints
from sim.world.clearance import Clearance, Cleared
from sim.world.columns import Records, Table
from sim.world.consignment import Cargo, Consignment
from sim.world.ledger import Ledger

NO_FATES = np.zeros(0, np.int8)


class Owner(Protocol):
    """What passage needs to know of the organisation behind a load."""

    weekday: int

    @property
    def least_hands(self) -> int:
        """Without how many couriers no crew of its goes to work."""

    def pay_crew(self, cell: int) -> None:
        """The crew of one of its cells, by its row among all cells, has done a job."""


class Encounter(NamedTuple):
    """A load met a control: what its owner, and in part everybody else, can learn from."""

    consignment: Consignment
    row: int
    """Row of the checkpoint; -1 on the road."""
    site: str
    seized: bool


class Presented(NamedTuple):
    """Loads at port controls today, in the order of the controls, and at each in the order of their numbers."""

    control: NDArray[np.int64]
    """int64[D]: rows of the controls."""
    load: NDArray[np.int64]
    """int64[D]: numbers of the loads."""


class Passage:
    """Moves the cargo of a run a day at a time; the order within a day is the order of consignment numbers."""

    def __init__(
        self,
        draws: Draws,
        cargo: Cargo,
        ledger: Ledger,
        clearance: Clearance,
        checkpoints: Checkpoints,
        legs: Records,
        cells: Records,
        owners: Sequence[Owner],
        hub_days: int,
        hold_days: int,
        deliver: Callable[[str, int], None],
        people_end: Callable[[int, int], None],
    ) -> None:
        """legs: LEG[.] of the network; cells: CELL[.] of all organisations.

        hub_days: that a load spends at a hub between two lanes; hold_days: after which a load that no crew took out of
        its port is lost; deliver: called with the market and the number of a load that is there; people_end: with the
        number of people's journey that came to another end, and the event that was.
        """
        self.cargo, self.ledger, self.clearance, self.owners = cargo, ledger, clearance, owners
        self.legs, self._cells, self._deliver, self._people_end = legs, cells, deliver, people_end
        self._luck = np.array([draws.key(purpose) for purpose in LUCK], np.uint64)
        self._owners = Table(OWNER)
        waters = len(ledger.places) - (checkpoints.first_site - checkpoints.n_ports)  # the last of the places
        self._terms = np.array(
            [(hub_days, hold_days, checkpoints.n_ports, checkpoints.first_site, waters)], TERMS
        )  # fmt: skip
        self.sites = np.zeros(len(checkpoints) - checkpoints.first_site, SITE)
        """SITE[.]: how the sites are controlled today."""
        self._controls = checkpoints.n_ports
        self._sea: Sea
        self.reads = np.ones((0, checkpoints.n_ports))
        """float64[N, C]: share of an organisation's boxes that those who read scans at a control look at honestly."""
        self.steps = Table(STEP)
        """STEP: what loads did today."""
        self.presented = Presented(np.zeros(0, np.int64), np.zeros(0, np.int64))
        self.boxes = self._contaminated()

    def join(self, owner: Owner) -> None:
        """There is one more organisation, the last of the owners."""
        self._owners.append(owner.weekday, owner.least_hands)
        self.reads = np.vstack([self.reads, np.ones((1, self._controls))])

    def move(self, day: int, sea: Sea) -> None:
        """Everything with something to do today takes its next step; loads that reach a port control are presented to
        it."""
        self.steps.clear()
        self._sea = sea
        self._carry(day, self.cargo.due(day), NO_FATES)
        self.boxes = self._contaminated()

    def settle(self, day: int, cleared: Cleared) -> None:
        """What the controls did to the loads presented to them today."""
        order = np.argsort(self.presented.load)
        self._carry(day, self.presented.load[order], cleared.fates[order])

    def _carry(self, day: int, numbers: NDArray[np.int64], fates: NDArray[np.int8]) -> None:
        """Some loads take their next step; crews are paid, and markets get what is delivered."""
        if not len(numbers):
            return
        steps, events = self.steps.room(len(numbers)), self.ledger.table.room(len(numbers))
        ended = carry(
            day, numbers, fates, self.cargo.rows, self.legs, self._sea, self._cells, self._owners.rows, self._terms,
            self.sites, self._luck, *self.clearance.sailing(day), steps, events,
        )  # fmt: skip
        self.steps.add(len(numbers))
        self.ledger.table.add(ended)
        owners, cells = self.cargo.rows["organisation"], steps["cell"]
        for at in (cells >= 0).nonzero()[0].tolist():
            self.owners[owners[numbers[at]]].pay_crew(int(cells[at]))
        for _, event, _, load, _, place, _, _ in events[:ended].tolist():
            if event == DELIVERED:
                self._deliver(self.ledger.places[place], load)
            elif self.cargo.rows["people"][load]:
                self._people_end(load, event)

    def _contaminated(self) -> Contaminated:
        """The containers that were presented today, as the controls take them."""
        most, first = len(self.steps), np.empty(self._controls + 2, np.int32)
        control, load = np.empty(most, np.int64), np.empty(most, np.int64)
        place, concealment = np.empty(most, np.int32), np.empty(most, np.int32)
        word, shows = np.empty(most, np.uint64), np.empty(most)
        count = present(
            self.steps.rows, self.cargo.rows, self.reads, first, control, load, place, word, concealment, shows
        )
        self.presented = Presented(control[:count], load[:count])
        nothing = np.full(count, -1, np.int32)  # nobody has spoken of them yet
        return Contaminated(first[:-1], place[:count], word[:count], concealment[:count], shows[:count], nothing)

    @property
    def encounters(self) -> list[Encounter]:
        """The meetings of the day in words, in the order in which they happened."""
        return self._told(self.steps.rows["met"] != NOWHERE)

    @property
    def seizures(self) -> list[Encounter]:
        """Those that ended in a seizure."""
        return self._told(self.steps.rows["seized"])

    def _told(self, which: NDArray[np.bool_]) -> list[Encounter]:
        steps, places, at = self.steps.rows, self.ledger.places, which.nonzero()[0]
        columns = (steps[field][at].tolist() for field in ("load", "met", "site", "seized"))
        return [
            Encounter(Consignment(self.cargo, load), row, places[site], seized)
            for load, row, site, seized in zip(*columns, strict=True)
        ]
