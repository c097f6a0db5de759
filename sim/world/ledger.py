"""The books: every gram moves from one account to another, as an event, and the books balance every day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Account = Literal["production", "stock", "transit", "seized", "lost", "delivered", "opening", "market", "consumed"]
Event = Literal["produced", "dispatched", "seized", "lost", "delivered", "opening", "consumed"]

ACCOUNTS: tuple[Account, ...] = (
    "production", "stock", "transit", "seized", "lost", "delivered", "opening", "market", "consumed",
)  # fmt: skip
"""production and opening are sources (negative); delivered counts what ever reached a market, of which `market` is in
stock.

The identities of every day: -production = stock + transit + seized + lost + delivered, and delivered - opening =
market + consumed, opening being what markets held or awaited before the first day.
"""

MOVES: dict[Event, tuple[Account, Account]] = {
    "produced": ("production", "stock"),
    "dispatched": ("stock", "transit"),
    "seized": ("transit", "seized"),
    "lost": ("transit", "lost"),
    "delivered": ("transit", "delivered"),
    "opening": ("opening", "market"),
    "consumed": ("market", "consumed"),
}


SOURCES: tuple[Account, ...] = ("production", "opening")
"""Accounts that goods only leave: they stand below zero."""


type Booked = tuple[int, Event, str, int, int, str, str, str, str]
"""An event: day, what, commodity, consignment, grams, place, checkpoint, mode, organisation."""


class BooksDoNotBalance(Exception):
    """The sum over all accounts of a commodity is not what it must be."""


@dataclass(slots=True)
class Ledger:
    """Integer grams by commodity and account, and the event table they can be recomputed from."""

    commodities: tuple[str, ...]
    balance: dict[str, dict[Account, int]] = field(init=False)
    today: dict[str, dict[Event, int]] = field(init=False)
    events: list[Booked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.balance = {commodity: dict.fromkeys(ACCOUNTS, 0) for commodity in self.commodities}
        self.open_day()

    def open_day(self) -> None:
        """Start counting the flows of a new day."""
        self.today = {commodity: dict.fromkeys(MOVES, 0) for commodity in self.commodities}

    def book(
        self,
        day: int,
        event: Event,
        commodity: str,
        grams: int,
        *,
        place: str,
        consignment: int = -1,
        checkpoint: str = "",
        mode: str = "",
        organisation: str = "",
    ) -> None:
        """Move `grams` from the account that the event takes from to the one it gives to."""
        if grams <= 0:
            return
        source, target = MOVES[event]
        accounts = self.balance[commodity]
        accounts[source] -= grams
        accounts[target] += grams
        if event == "delivered":
            accounts["market"] += grams
        self.today[commodity][event] += grams
        self.events.append((day, event, commodity, consignment, grams, place, checkpoint, mode, organisation))

    def close(self, day: int, in_transit: dict[str, int], in_stock: dict[str, int]) -> dict[str, dict[Event, int]]:
        """Check the books of the day against each other and against the cargo itself; returns the day's flows.

        in_transit, in_stock: grams by commodity, counted on the consignments and in the stores, not from the books.
        Raises BooksDoNotBalance, saying where.
        """
        for commodity, accounts in self.balance.items():
            stock, transit, delivered = accounts["stock"], accounts["transit"], accounts["delivered"]
            held = stock + transit + accounts["seized"] + accounts["lost"] + delivered
            sold = accounts["market"] + accounts["consumed"]
            checks = (
                ("produced = stock + transit + seized + lost + delivered", -accounts["production"], held),
                ("delivered + opening = market + consumed", delivered - accounts["opening"], sold),
                ("transit = what the consignments hold", transit, in_transit[commodity]),
                ("stock = what the stores hold", stock, in_stock[commodity]),
            )
            for said, left, right in checks:
                if left != right:
                    raise BooksDoNotBalance(f"day {day}, {commodity}: {said} fails: {left} g against {right} g")
            negative = [name for name, grams in accounts.items() if grams < 0 and name not in SOURCES]
            if negative:
                raise BooksDoNotBalance(f"day {day}, {commodity}: {', '.join(negative)} below zero")
        return self.today

    def columns(self) -> dict[str, Sequence[int] | Sequence[str]]:
        """The event table, column by column."""
        columns = map(list, zip(*self.events, strict=True)) if self.events else ([] for _ in range(9))
        day, event, commodity, consignment, grams, *where = columns
        accounts = {
            "from_account": [MOVES[name][0] for name in event],
            "to_account": [MOVES[name][1] for name in event],
        }
        flow = {"day": day, "event": event, "commodity": commodity, "consignment": consignment}
        places = dict(zip(("place", "checkpoint", "mode", "organisation"), where, strict=True))
        return {**flow, **accounts, "grams": grams, **places}
