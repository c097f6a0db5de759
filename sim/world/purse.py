"""The books of money: every cent of proceeds is under way, at home, a broker's, frozen, or confiscated, every day."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.kernels.tracing import CONFISCATED, HOME, MOVING, RELEASED, TRANSFER
from sim.world.columns import Records, Table
from sim.world.ledger import BooksDoNotBalance

Purse = Literal["earned", "home", "fees", "moving", "frozen", "confiscated", "seized"]


class MoneyBooks:
    """Transfers as rows, and accounts in whole cents that are moved with each of them."""

    def __init__(self) -> None:
        self.table = Table(TRANSFER)
        self._under_way, self.moving = np.zeros(64, np.int64), 0
        """Rows of the transfers under way, in order, and how many."""
        self.accounts: dict[Purse, int] = dict.fromkeys(
            ("earned", "home", "fees", "moving", "frozen", "confiscated", "seized"), 0
        )
        """earned = home + fees + moving + frozen + confiscated. Seized is capital that was taken from organisations,
        which is no part of that."""
        self.today: dict[Purse, int] = dict(self.accounts)
        """The same, of the day alone."""
        self.frozen: dict[int, None] = {}
        """Rows of what is frozen, in the order in which it was."""

    @property
    def rows(self) -> Records:
        """TRANSFER[n]"""
        return self.table.rows

    @property
    def under_way(self) -> NDArray[np.int64]:
        """Rows of transfers under way, with room behind them."""
        return self._under_way

    def open_day(self) -> None:
        """Turn the page."""
        self.today = dict.fromkeys(self.accounts, 0)

    def _add(self, account: Purse, cents: int) -> None:
        self.accounts[account] += cents
        self.today[account] += cents

    def send(self, transfer: tuple[int | np.uint64, ...]) -> None:
        """A transfer sets out: the fields of TRANSFER up to `home`."""
        row = len(self.table)
        self.table.append(*transfer, MOVING, -1, -1, -1, -1)
        if self.moving == len(self._under_way):
            self._under_way = np.resize(self._under_way, 2 * self.moving)
        self._under_way[self.moving] = row
        self.moving += 1
        self._add("earned", int(transfer[5]))
        self._add("moving", int(transfer[5]))

    def settle(self, row: int) -> None:
        """Book what became of a transfer that was under way."""
        rows = self.rows
        cents, fee = int(rows["cents"][row]), int(rows["fee"][row])
        self._add("moving", -cents)
        if rows["status"][row] == HOME:
            self._add("home", cents - fee)
            self._add("fees", fee)
        else:
            self._add("frozen", cents)
            self.frozen[row] = None

    def judge(self, row: int, day: int, confiscated: bool) -> int:
        """What was frozen is confiscated, or given back without interest; returns the cents given back."""
        found, cents = self.rows[row], int(self.rows["cents"][row])
        self._add("frozen", -cents)
        self._add("confiscated" if confiscated else "home", cents)
        found["status"], found["settled"] = CONFISCATED if confiscated else RELEASED, day
        del self.frozen[row]
        return 0 if confiscated else cents

    def take(self, cents: int) -> None:
        """Capital is taken from an organisation: no part of what is earned, since it was at home."""
        self._add("seized", cents)

    def close(self, day: int) -> None:
        """Check the accounts against each other and against the transfers; raises BooksDoNotBalance, saying where."""
        held, rows = self.accounts, self.rows
        moving = int(rows["cents"][self._under_way[: self.moving]].sum())
        frozen = int(rows["cents"][list(self.frozen)].sum()) if self.frozen else 0
        parts = held["home"] + held["fees"] + held["moving"] + held["frozen"] + held["confiscated"]
        checks = (
            ("earned = home + fees + moving + frozen + confiscated", held["earned"], parts),
            ("moving = what transfers under way hold", held["moving"], moving),
            ("frozen = what frozen transfers hold", held["frozen"], frozen),
        )
        for said, left, right in checks:
            if left != right:
                raise BooksDoNotBalance(f"day {day}, money: {said} fails: {left} cents against {right} cents")
        negative = [name for name, cents in held.items() if cents < 0]
        if negative:
            raise BooksDoNotBalance(f"day {day}, money: {', '.join(negative)} below zero")
