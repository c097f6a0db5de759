"""Finishing: laboratories at the markets that make product of what travelled as an intermediate."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.kernels.draws import Draws
from sim.kernels.prospects import Records
from sim.terms import DAYS_PER_WEEK, DAYS_PER_YEAR, GRAMS_PER_KG
from sim.world.commodity import INTERMEDIATE, Commodity, Drug, finishing_of
from sim.world.laboratories import Workplaces
from sim.world.ledger import Ledger
from sim.world.making import Finishing
from sim.world.site import Market

MOST_BACKLOG = 365.0
"""Days of work that wait count up to this; so many are said to wait where no laboratory works."""


@dataclass(slots=True)
class Waiting:
    """A load in a laboratory."""

    load: int
    owner: int
    """Number of the organisation."""
    key: np.uint64
    grams: int
    left_g: int
    """What is still to be worked on."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A load that has become product."""

    market: str
    owner: int
    grams: int
    """Of product."""


class FinishingLaboratories:
    """What waits to be finished at each market, what laboratories ask for it, and what raids take of it.

    What an organisation reckons with stands in one row of METHOD: what finishing costs now, less what is saved at the
    source, and the chance that a laboratory is raided while a load is in it.
    """

    def __init__(
        self, name: str, good: Drug, terms: Finishing, shares: Mapping[str, float], draws: Draws, methods: Records,
        row: int,
    ) -> None:  # fmt: skip
        """Name: of the commodity; shares: of its markets in demand; methods: METHOD[2, M]; row: the intermediate's."""
        self.name, self.terms, self._draws, self._row = name, terms, draws, row
        self._method = methods[0, row : row + 1]
        self.laboratories = Workplaces(terms, list(shares.values()), draws, "finishing laboratories")
        self.waiting: dict[str, deque[Waiting]] = {market: deque() for market in shares}
        self.asked_usd = float(terms.chemicals)
        """What laboratories ask for a kilogram."""
        self._dearest = max(self.asked_usd, float(terms.dearest) * float(good.market_price))
        self._saved = min(float(terms.saved), float(good.source_price))
        self._heard = float(terms.raids_per_year)
        """Raids a year on a laboratory, as organisations believe."""
        self.raided_g = self.finished_g = 0
        """Taken by raids today, and product that was made today, grams."""
        self._tell()

    def takes(self, load: Records, ways: Records) -> bool:
        """Whether a load, LOAD, is to be finished; ways: WAY[.] of its owner, for by small craft all is product."""
        return bool(load["concealment"] == self._row and not ways["small_craft"][load["way"]])

    def receive(self, market: str, number: int, load: Records) -> None:
        """A load has come to the laboratories of a market."""
        grams = int(load["grams"])
        self.waiting[market].append(Waiting(number, int(load["organisation"]), np.uint64(load["key"]), grams, grams))

    @property
    def waiting_g(self) -> int:
        """All that is in laboratories, grams."""
        return sum(each.grams for queue in self.waiting.values() for each in queue)

    def live(
        self, day: int, raids_per_year: NDArray[np.float64], ledger: Ledger
    ) -> tuple[list[Finished], list[Waiting]]:
        """A day's raids and work; returns what has become product, and what raids took.

        raids_per_year: float64[its markets], on a laboratory at work. A raid on one of n laboratories of a market takes
        each load that waits there with a chance of 1 / n. The others are worked on in the order in which they came.
        """
        raided = self.laboratories.live(day, raids_per_year)
        there = self.laboratories.at_work.copy()
        for row in raided:
            there[row] += 1  # as many as there were when they came, with those that open again today
        many = int(there.sum())
        taken = [each for n, row in enumerate(raided) for each in self._raid(day, n, row, there, ledger)]
        done = [each for row, market in enumerate(self.waiting) for each in self._work(day, row, market, ledger)]
        self.raided_g, self.finished_g = sum(each.grams for each in taken), sum(each.grams for each in done)
        self._hear(len(raided), many)
        if day % DAYS_PER_WEEK == DAYS_PER_WEEK - 1:
            self._ask()
        self._tell()
        return done, taken

    def _raid(self, day: int, n: int, row: int, at_work: NDArray[np.int64], ledger: Ledger) -> list[Waiting]:
        market, chance = list(self.waiting)[row], 1.0 / max(1, int(at_work[row]))
        at_work[row] -= 1
        queue = self.waiting[market]
        taken = [each for each in queue if self._draws.uniform("raid on a load", each.key, day, n) < chance]
        for each in taken:
            queue.remove(each)
            ledger.book(day, "raided", self.name, each.grams, place=market, load=each.load)
        return taken

    def _work(self, day: int, row: int, market: str, ledger: Ledger) -> list[Finished]:
        """Work on what waits at a market as far as its laboratories can in a day."""
        queue, done = self.waiting[market], []
        hands = int(int(self.laboratories.at_work[row]) * self.terms.kg_per_day * GRAMS_PER_KG)
        while queue and hands > 0:
            first = queue[0]
            worked = min(hands, first.left_g)
            first.left_g -= worked
            hands -= worked
            if first.left_g == 0:
                queue.popleft()
                residue = int(first.grams * self.terms.residue)
                ledger.book(day, "refined", self.name, residue, place=market, load=first.load)
                done.append(Finished(market, first.owner, first.grams - residue))
        return done

    @property
    def backlog_days(self) -> float:
        """Days of work that wait at all markets together."""
        hands = int(self.laboratories.at_work.sum()) * float(self.terms.kg_per_day) * GRAMS_PER_KG
        left = sum(each.left_g for queue in self.waiting.values() for each in queue)
        return min(MOST_BACKLOG, left / hands) if hands > 0.0 else MOST_BACKLOG

    def _hear(self, raids: int, at_work: int) -> None:
        """Beliefs follow the raids of the day: x <- x + (a year's raids on each at today's rate - x) / heard_days."""
        if at_work > 0:
            self._heard += (raids / at_work * DAYS_PER_YEAR - self._heard) / self.terms.heard_days

    def _ask(self) -> None:
        """A week's change of what laboratories ask."""
        over, step = self.backlog_days / self.terms.usual_days - 1.0, float(self.terms.raise_on_backlog)
        if over > 0.0:
            self.asked_usd = min(self._dearest, self.asked_usd * (1.0 + step * min(1.0, over)))
        else:
            self.asked_usd = max(float(self.terms.chemicals), self.asked_usd / (1.0 + step))

    def _tell(self) -> None:
        days = max(1.0, self.backlog_days)
        self._method["usd_per_kg"] = self.asked_usd - self._saved
        self._method["loss"] = -math.expm1(-self._heard * days / DAYS_PER_YEAR)
        self._method["residue"] = self.terms.residue


def raids_at_markets(
    goods: Mapping[str, Commodity], at: Mapping[str, str], markets: Mapping[str, Market]
) -> dict[str, float]:
    """Raids a year on a laboratory at each market, where no policy adds any; at: the commodity of each."""
    found = finishing_of(goods)
    rates = {found[0]: float(found[1].finishing.raids_per_year)} if found and found[1].finishing else {}
    return {name: rates.get(at[name], 0.0) for name in markets}


def laboratories_at_markets(
    goods: Mapping[str, Commodity],
    at: Mapping[str, str],
    markets: Mapping[str, Market],
    draws: Draws,
    methods: Records,
    hidings: Sequence[str],
) -> FinishingLaboratories | None:
    """Those of the commodity of which a part is finished; None where there is none.

    at: the commodity of each market; methods: METHOD[2, M]; hidings: the concealments by row.
    """
    found = finishing_of(goods)
    if found is None or found[1].finishing is None:
        return None
    name, good = found
    shares = {key: float(market.demand_share) for key, market in markets.items() if at[key] == name}
    row = hidings.index(INTERMEDIATE)
    return FinishingLaboratories(name, good, found[1].finishing, shares, draws, methods, row)
