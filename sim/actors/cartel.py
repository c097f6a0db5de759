"""Cartels: organisations that buy, choose a way by what they believe, and learn from what they lose."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.actors.actor import Actor
from sim.actors.courier import Community, Courier
from sim.actors.traits import Organisations
from sim.kernels.prospects import Means, Ways, best_way
from sim.terms import CENTS_PER_USD, DAYS_PER_WEEK, GRAMS_PER_KG
from sim.world.consignment import Consignment
from sim.world.passage import Encounter
from sim.world.ways import Route

if TYPE_CHECKING:
    from sim.model import SmugglingModel

LOTS_KG = (20.0, 50.0, 100.0, 200.0, 400.0, 800.0, 1600.0, 3200.0, 6400.0)
"""Loads that are compared when a lot is planned; the actual load varies around the planned one."""
REFERENCE_KG = 100.0
"""The load that beliefs about a checkpoint speak of."""
MOST_LOTS = 40
"""Lots that one organisation plans in a week."""


@dataclass(slots=True)
class Cell:
    """An organisation's crew at one place."""

    community: Community
    offer_usd: float
    ready: int
    """Day from which it can hire."""
    used: int
    """Day on which a load was last planned through it."""
    crew: list[Courier] = field(default_factory=list)
    rested: float = 1.0
    """Jobs that its crews can do now."""
    waiting: int = 0
    """Loads planned through here that have not passed yet."""


@dataclass(frozen=True, slots=True)
class Prospects:
    """Ways that an organisation considers in a week."""

    rows: NDArray[np.int64]
    """Rows of its table of ways."""
    ways: Ways
    wanted: NDArray[np.bool_]
    """bool[C]: checkpoints on any of them."""


def _row_sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums of rows of four, in a fixed order."""
    return values[:, 0] + values[:, 1] + values[:, 2] + values[:, 3]


class Cartel(Actor):
    """A trafficking organisation: capital, cells, beliefs, and a way of choosing."""

    def __init__(self, model: SmugglingModel, name: str, number: int, traits: Organisations) -> None:
        super().__init__(model, f"organisation {name}")
        self.name = name
        self.number, self.traits = number, traits
        self.size = model.draws.lognormal("size", self.key, 0, 0, 0.0, float(traits.size_spread))
        self.capital_cents = round(float(traits.capital_usd) * self.size * CENTS_PER_USD)
        self.starting_cents = self.capital_cents
        self.owed_cents: dict[int, int] = {}
        self.cells: dict[str, Cell] = {}
        self.ways = model.ways_of(traits)
        visible = [model.visibility(kg) for kg in LOTS_KG]
        matters = float(traits.beliefs.load_matters)
        shows = 1.0 - matters + matters * np.array(visible) / model.visibility(REFERENCE_KG)
        self.lots = np.array(LOTS_KG)
        self._means = Means(
            lots=self.lots,
            shows=shows,
            method_usd=model.method_usd,
            method_kg=model.method_kg,
            crewed=model.method_crewed,
            penalty=float(traits.loss_penalty),
            aversion=float(traits.risk_aversion),
            capital=0.0,
        )
        self._first_offers = np.array([*map(self._first_offer, self.ways.places), 0.0])
        self._settle_in()

    def _settle_in(self) -> None:
        """Open the cells that exist on the first day, at gateways drawn by their trade."""
        for gates, count in ((self.ways.departures, self.traits.gateways), (self.ways.arrivals, self.traits.partners)):
            for site in self._drawn("first cells", gates, int(count)):
                cell = self._open(site, self.model.day)
                for _ in range(int(self.traits.cells.crew)):
                    self._hire(cell)

    def _drawn(self, purpose: str, gates: tuple[str, ...], count: int) -> list[str]:
        """Some gateways without a cell, drawn without putting back, by their trade."""
        found: list[str] = []
        weights = self.model.trade_of(gates)
        for at, gate in enumerate(gates):
            if gate in self.cells:
                weights[at] = 0.0
        for pick in range(count):
            at = self.model.draws.choice(f"{purpose} {len(gates)}", self.key, self.model.day, pick, weights)
            if at < 0:
                break
            weights[at] = 0.0
            found.append(gates[at])
        return found

    # ------------------------------------------------------------------ a week

    def plan(self) -> None:
        """Once a week: collect money, keep the cells manned, then buy and send what is worth sending."""
        self._collect()
        if not self.decides_today:
            return
        beyond = self.capital_cents - self.starting_cents
        if beyond > 0:
            self.capital_cents -= round(beyond * float(self.traits.payout))
        self.model.beliefs.fade(self.number)
        self._keep_cells()
        self._send()

    def _collect(self) -> None:
        self.capital_cents += self.owed_cents.pop(self.model.day, 0)

    def _keep_cells(self) -> None:
        """People leave, others are asked; a place where everybody refuses gets a better offer next week."""
        day, terms = self.model.day, self.traits.cells
        for site, cell in self.cells.items():
            rate = self._jobs_per_week(site) * len(cell.crew) / int(terms.crew)
            cell.rested = min(cell.rested + rate, max(1.0, 2.0 * rate))
            for courier in list(cell.crew):
                if (
                    self.model.draws.uniform("quit", courier.key, day)
                    < float(terms.quits_per_year) * DAYS_PER_WEEK / 365.25
                ):
                    self._dismiss(cell, courier, arrested=False)
            if day < cell.ready:
                continue
            crews = max(1, math.ceil(cell.waiting / (2.0 * self._jobs_per_week(site))))
            wanted = int(terms.crew) * min(crews, int(terms.largest_crews))
            asked = 0
            while len(cell.crew) < wanted and asked < int(terms.asked_per_week):
                asked += 1
                self._hire(cell)
            if asked == int(terms.asked_per_week) and not cell.crew:
                cell.offer_usd *= 1.0 + float(terms.raise_on_refusal)

    def _send(self) -> None:
        """Plan lots, each by its own Thompson sample, until the week's share of the producers' stock is spoken for."""
        model = self.model
        rows = self._considered()
        for number, area in enumerate(self.traits.areas):
            prospects = self._prospects(rows[self.ways.area[rows] == number])
            share = float(self.traits.buying) * self.size / model.buyers_size(area)
            left = model.supply.stock_g[area] / GRAMS_PER_KG * share
            for draw in range(number * MOST_LOTS, (number + 1) * MOST_LOTS):
                choice = self._choose(prospects, draw)
                if choice is None:
                    break
                way, method, lot, worth = choice
                if draw == number * MOST_LOTS:
                    left *= min(2.0, worth / (float(self.traits.comfort) * float(model.commodity.market_price)))
                spread = float(self.traits.lot_spread)
                kg = self.lots[lot] * model.draws.lognormal("load", self.key, model.day, draw, 0.0, spread)
                most = self.ways.largest_kg[way] if self.ways.small_craft[way] else model.method_kg[method]
                kg = min(max(kg, float(self.traits.least_lot)), float(self.traits.largest_lot), most)
                if kg > left and draw > number * MOST_LOTS:
                    break
                self._commit(self.ways.routes[way], way, method, kg, area, draw)
                left -= kg

    def _considered(self) -> NDArray[np.int64]:
        """Ways through its own cells, and through a few other gateways that it looks at this week."""
        strange = (
            *self._drawn("scouting", self.ways.departures, self.traits.scouted),
            *self._drawn("scouting", self.ways.arrivals, self.traits.scouted),
        )
        return self.ways.through({*self.cells, *strange})

    def _prospects(self, rows: NDArray[np.int64]) -> Prospects:
        """What is known of some ways this week: everything but the risks, which each lot samples anew."""
        model, table, terms = self.model, self.ways, self.traits.cells
        crews = table.crews[rows]
        opening = float(terms.setup_usd) / float(terms.setup_jobs)
        missing = np.full(len(table.places) + 1, opening)
        pay = self._first_offers.copy()
        missing[-1] = 0.0
        for site, cell in self.cells.items():
            missing[table.row[site]], pay[table.row[site]] = 0.0, cell.offer_usd
        prices = np.array([book.price for book in model.markets.values()]) * (1.0 - float(model.commodity.broker_fee))
        passed = table.checkpoints[rows]
        wanted = np.zeros(len(model.beliefs.names), np.bool_)
        wanted[passed[passed >= 0]] = True
        return Prospects(
            rows,
            Ways(
                checkpoints=passed,
                small_craft=table.small_craft[rows],
                usd_per_kg=table.usd_per_kg[rows] + float(model.commodity.source_price),
                usd_fixed=table.usd_fixed[rows] + _row_sums(missing[crews]),
                usd_crews=_row_sums(pay[crews]),
                known_loss=table.known_loss[rows],
                price=prices[table.market[rows]],
                largest_kg=table.largest_kg[rows],
            ),
            wanted,
        )

    def _choose(self, prospects: Prospects, draw: int) -> tuple[int, int, int, float] | None:
        """The best way, concealment and lot by sampled beliefs; None when nothing is worth sending."""
        model = self.model
        room = np.ones(len(self.ways.places) + 1, np.bool_)
        for site, cell in self.cells.items():
            room[self.ways.row[site]] = cell.waiting < self._most_waiting(site)
        means = self._means._replace(capital=max(self.capital_cents, 1) / CENTS_PER_USD)
        risk = model.beliefs.sample(model.draws, self.number, self.key, model.day, draw, prospects.wanted)
        open_ways = room[self.ways.crews[prospects.rows]].all(axis=1)
        at, method, lot, worth = best_way(prospects.ways, means, risk, open_ways)
        if at < 0 or worth <= 0.0:
            return None
        return int(prospects.rows[at]), int(method), int(lot), float(worth)

    def _jobs_per_week(self, site: str) -> float:
        terms = self.traits.cells
        return float(terms.jobs_per_week if site in self.model.ports else terms.crossings_per_week)

    def _most_waiting(self, site: str) -> float:
        """Loads that may wait for the crews of a place before no more are planned through it: two weeks' work."""
        return max(1.0, self._jobs_per_week(site) * float(self.traits.cells.largest_crews) * 2.0)

    def _first_offer(self, site: str) -> float:
        terms = self.traits.cells
        return float(terms.origin_pay_usd if self.model.is_origin(site) else terms.destination_pay_usd)

    def _commit(self, route: Route, way: int, method: int, kg: float, area: str, draw: int) -> None:
        """Buy, pay what is due in advance, open cells that are missing, and send the load on its way."""
        model = self.model
        per_kg = float(model.commodity.source_price) + route.usd_per_kg
        advance = float(self.ways.usd_fixed[way]) + float(model.method_usd[method]) * (not self.ways.small_craft[way])
        affordable = (self.capital_cents / CENTS_PER_USD - advance) / per_kg
        grams = model.supply.take(area, int(min(kg, affordable) * GRAMS_PER_KG))
        if grams < float(self.traits.least_lot) * GRAMS_PER_KG:
            model.supply.stock_g[area] += grams
            return
        self.capital_cents -= round((advance + per_kg * grams / GRAMS_PER_KG) * CENTS_PER_USD)
        crewed = bool(self.ways.small_craft[way] or model.method_crewed[method])
        for site in self.ways.sites[way]:
            if site not in self.cells:
                self._expand(site)
            self.cells[site].used = model.day
            self.cells[site].waiting += crewed
        model.dispatch(self, route, method, crewed, grams, draw)

    # ------------------------------------------------------------------ cells

    def _open(self, site: str, ready: int) -> Cell:
        cell = self.cells[site] = Cell(
            self.model.communities[site], self._first_offer(site), ready, used=self.model.day
        )
        return cell

    def _expand(self, site: str) -> None:
        """Open a cell at a new place; beyond its span the organisation gives up those that have been idle longest."""
        idle = [name for name, cell in self.cells.items() if cell.waiting == 0 and cell.used < self.model.day]
        idle.sort(key=lambda name: (self.cells[name].used, name), reverse=True)
        while idle and len(self.cells) >= self.traits.span:
            given_up = self.cells.pop(idle.pop())
            for courier in list(given_up.crew):
                self._dismiss(given_up, courier, arrested=False)
        self._open(site, self.model.day + int(self.traits.cells.setup_days))
        self.capital_cents -= round(float(self.traits.cells.setup_usd) * CENTS_PER_USD)

    def _hire(self, cell: Cell) -> None:
        person = cell.community.ask(cell.offer_usd / float(self.traits.cells.crew))
        if person is not None:
            cell.crew.append(Courier(self.model, cell.community, person, self.number, self.model.day))

    def _dismiss(self, cell: Cell, courier: Courier, *, arrested: bool) -> None:
        cell.crew.remove(courier)
        courier.leave(arrested=arrested)

    def crew_ready(self, site: str, day: int) -> bool:
        """Whether a crew at the site can do one more job today; if so, it does it and is paid."""
        cell, needed = self.cells[site], int(self.traits.cells.crew)
        if cell.rested < 1.0 or len(cell.crew) < needed - 1:
            return False
        cell.rested -= 1.0
        cell.waiting -= 1
        self.capital_cents -= round(cell.offer_usd * CENTS_PER_USD)
        hands = cell.crew[:needed]
        for courier in hands:
            courier.work(cell.offer_usd / len(hands))
        return True

    # ------------------------------------------------------------------ what comes back

    def paid(self, load: Consignment, usd: float) -> None:
        """The market owes for a delivery; the broker brings the money after some days, less his fee."""
        good = self.model.commodity
        due = self.model.day + max(1, int(good.payment_days))
        self.owed_cents[due] = self.owed_cents.get(due, 0) + round(usd * (1.0 - float(good.broker_fee)) * CENTS_PER_USD)

    def learn(self, met: Encounter) -> None:
        """A load of its own met a control: the place is passed, or crew may be arrested there."""
        cell = self.cells.get(met.site)
        if cell is None or not (met.seized and met.consignment.crewed):
            return
        for courier in list(cell.crew):
            chance = float(self.model.commodity.arrests_per_seizure)
            if self.model.draws.uniform("arrest", courier.key, self.model.day) < chance:
                self._dismiss(cell, courier, arrested=True)
        if not cell.crew:
            cell.ready = self.model.day + int(self.traits.arrest_delay)

    def stand_down(self, sites: Iterable[str]) -> None:
        """A load will not come: the crews on its way have one thing less to wait for."""
        for site in sites:
            self.cells[site].waiting -= 1
