"""The books: every gram moves from one account to another, as an event, and the books balance every day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.kernels.loads import EVENT, NOWHERE
from sim.kernels.roll import add_up
from sim.world.columns import Table, Words

Account = Literal[
    "production", "stock", "transit", "seized", "lost", "delivered", "opening", "market", "consumed", "safety",
    "residue", "raided",
]  # fmt: skip
Event = Literal[
    "produced", "dispatched", "seized", "lost", "delivered", "opening", "consumed", "intercepted", "rescued",
    "returned", "refined", "raided", "went_back", "stopped_ashore",
]  # fmt: skip

ACCOUNTS: tuple[Account, ...] = (
    "production", "stock", "transit", "seized", "lost", "delivered", "opening", "market", "consumed", "safety",
    "residue", "raided",
)  # fmt: skip
"""production and opening are sources (negative); delivered counts what ever reached a market, of which `market` is in
stock, product and what is still to be finished; what finishing takes off its weight is residue. Nobody seizes people:
who is intercepted or rescued is in `safety`, unless returned to where people wait, in stock, as are
those who went back because nobody took them to sea, and those who were stopped before they put to sea.

The identities of every day: -production = stock + transit + seized + lost + delivered + safety, and delivered -
opening = market + consumed + residue + raided, opening being what markets held or awaited before the first day.
"""

MOVES: dict[Event, tuple[Account, Account]] = {
    "produced": ("production", "stock"),
    "dispatched": ("stock", "transit"),
    "seized": ("transit", "seized"),
    "lost": ("transit", "lost"),
    "delivered": ("transit", "delivered"),
    "opening": ("opening", "market"),
    "consumed": ("market", "consumed"),
    "intercepted": ("transit", "safety"),
    "rescued": ("transit", "safety"),
    "returned": ("safety", "stock"),
    "refined": ("market", "residue"),
    "raided": ("market", "raided"),
    "went_back": ("transit", "stock"),
    "stopped_ashore": ("transit", "stock"),
}
"""From which account each event takes and to which it gives, in the order of `sim.kernels.loads`."""

EVENTS: tuple[Event, ...] = tuple(MOVES)
STOPPINGS: tuple[Event, ...] = ("seized", "intercepted", "rescued")
"""Events by which a state stops what is under way."""
SOURCES: tuple[Account, ...] = ("production", "opening")
"""Accounts that goods only leave: they stand below zero."""


class BooksDoNotBalance(Exception):
    """The sum over all accounts of a commodity is not what it must be."""


class Ledger:
    """Integer grams by commodity and account, and the event table they are added up from."""

    def __init__(
        self,
        commodities: Sequence[str],
        places: Sequence[str],
        checkpoints: Sequence[str] = (),
        modes: Sequence[str] = (),
    ) -> None:
        """The names that lines of the books speak of; a load is a number of the cargo."""
        self.commodities, self.places = tuple(commodities), tuple(places)
        self.checkpoints, self.modes = (*checkpoints, "port", "", "road"), (*modes, "")
        self.amounts = np.zeros((len(self.commodities), len(ACCOUNTS)), np.int64)
        """int64[commodities, accounts]: grams as far as they were added up."""
        self.flows = np.zeros((len(self.commodities), len(EVENTS)), np.int64)
        """int64[commodities, events]: grams that moved on the last day that was added up."""
        self.table = Table(EVENT)
        self._added = 0
        self._kind = {name: row for row, name in enumerate(self.commodities)}
        self._event = {name: row for row, name in enumerate(EVENTS)}
        self._place = {name: row for row, name in enumerate(self.places)}
        self._mode = {name: row for row, name in enumerate(self.modes)}
        self._moves = _moves()

    def book(
        self, day: int, event: Event, commodity: str, grams: int, *, place: str, load: int = -1, mode: str = ""
    ) -> None:
        """Book that `grams` moved at a place, from the account that the event takes from to the one it gives to."""
        if grams > 0:
            where = self._place[place], NOWHERE, self._mode[mode]
            self.table.append(day, self._event[event], self._kind[commodity], load, grams, *where)

    @property
    def balance(self) -> dict[str, dict[Account, int]]:
        """The accounts by name, as far as they were added up."""
        return {name: dict(zip(ACCOUNTS, held, strict=True)) for name, held in self._each(self.amounts)}

    @property
    def today(self) -> dict[str, dict[Event, int]]:
        """What moved on the last day that was added up, by name."""
        return {name: dict(zip(EVENTS, moved, strict=True)) for name, moved in self._each(self.flows)}

    def _each(self, grams: NDArray[np.int64]) -> zip[tuple[str, list[int]]]:
        return zip(self.commodities, grams.tolist(), strict=True)

    def add_up(self) -> None:
        """Bring what was booked since the last time to the accounts; what moved then is no longer of today."""
        self.flows[:] = 0
        add_up(self.table.rows[self._added :], self._moves, self.amounts, self.flows)
        self._added = len(self.table)

    def close(self, day: int, in_transit: Mapping[str, int], in_stock: Mapping[str, int]) -> None:
        """Add up the day, and check the books against each other and against the goods themselves.

        in_transit, in_stock: grams by commodity, counted on the consignments and in the stores, not from the books.
        Raises BooksDoNotBalance, saying where.
        """
        self.add_up()
        for commodity, accounts in self._each(self.amounts):
            production, stock, transit, seized, lost, delivered, opening, market, consumed, safety, *taken = accounts
            held, sold = stock + transit + seized + lost + delivered + safety, market + consumed + sum(taken)
            checks = (
                ("produced = stock + transit + seized + lost + delivered + safety", -production, held),
                ("delivered + opening = market + consumed + residue + raided", delivered - opening, sold),
                ("transit = what the consignments hold", transit, in_transit[commodity]),
                ("stock = what the stores hold", stock, in_stock[commodity]),
            )
            for said, left, right in checks:
                if left != right:
                    raise BooksDoNotBalance(f"day {day}, {commodity}: {said} fails: {left} g against {right} g")
            named = zip(ACCOUNTS, accounts, strict=True)
            negative = [name for name, grams in named if grams < 0 and name not in SOURCES]
            if negative:
                raise BooksDoNotBalance(f"day {day}, {commodity}: {', '.join(negative)} below zero")

    def columns(self) -> dict[str, Any]:
        """The event table, column by column: numbers as arrays, names as `Words`."""
        lines = self.table.rows
        event = lines["event"]
        return {
            "day": lines["day"],
            "event": Words(event, EVENTS),
            "commodity": Words(lines["commodity"], self.commodities),
            "consignment": lines["load"],
            "from_account": Words(event, [source for source, _ in MOVES.values()]),
            "to_account": Words(event, [target for _, target in MOVES.values()]),
            "grams": lines["grams"],
            "place": Words(lines["place"], self.places),
            "checkpoint": Words(lines["checkpoint"], self.checkpoints),
            "mode": Words(lines["mode"], self.modes),
        }


def _moves() -> NDArray[np.int64]:
    """int64[events, accounts]: -1 where an event takes from an account, 1 where it gives to it; what is delivered is
    at the market too."""
    moves = np.zeros((len(EVENTS), len(ACCOUNTS)), np.int64)
    for row, (source, target) in enumerate(MOVES.values()):
        moves[row, ACCOUNTS.index(source)], moves[row, ACCOUNTS.index(target)] = -1, 1
    moves[EVENTS.index("delivered"), ACCOUNTS.index("market")] = 1
    return moves
