"""Cartels: organisations that buy, choose a way by what they believe, and learn from what they lose."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.actors.actor import Actor
from sim.actors.courier import Community, Courier
from sim.actors.traits import Organisations
from sim.kernels.prospects import LOT, METHOD, Records, best_way, look_around, prospects
from sim.terms import CENTS_PER_USD, DAYS_PER_WEEK, GRAMS_PER_KG
from sim.world.consignment import Consignment
from sim.world.passage import Encounter

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
    row: int
    """Row of the place in the table of ways."""
    jobs_per_week: float
    """Jobs that one crew can do here in a week."""
    most_waiting: float
    """Loads that may wait for the crews before no more are planned through here."""
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

    @property
    def has_room(self) -> bool:
        """Whether one more load may wait here."""
        return self.waiting < self.most_waiting


class Gates(NamedTuple):
    """The gateways on one side of the ocean."""

    rows: NDArray[np.int64]
    """int64[G]: rows of their places in the table of ways."""
    trade: NDArray[np.float64]
    """float64[G]: what they ship, containers a day."""


class Prospects(NamedTuple):
    """What is known this week of some ways from an area: everything but the risks, which each lot samples anew."""

    ways: Records
    """WAY[R]"""
    wanted: NDArray[np.bool_]
    """bool[C, M]: the risks on any of them."""
    room: NDArray[np.bool_]
    """bool[places]: whether the crews there can take one more load."""


class Choice(NamedTuple):
    """What is best sent next."""

    way: int
    """Row in the table of ways."""
    method: int
    """Row of the concealment."""
    kg: float
    usd_per_kg: float
    """What it is worth."""


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
        self._crew = int(traits.cells.crew)
        self._buying = float(traits.buying)
        self._comfort_usd = float(traits.comfort) * float(model.commodity.market_price)
        self._penalty, self._aversion = float(traits.loss_penalty), float(traits.risk_aversion)
        self._least_lot, self._largest_lot = float(traits.least_lot), float(traits.largest_lot)
        self._lot_spread, self._method_kg = float(traits.lot_spread), model.method_kg.tolist()
        self._lots, self._methods = self._loads(), self._concealments()
        self._held = np.zeros(len(self.ways.places), np.bool_)  # where it has cells
        self._pay_usd = np.array([self._first_offer(site) for site in self.ways.places])
        self._setup_usd = float(traits.cells.setup_usd) / float(traits.cells.setup_jobs)
        self._quits_per_week = float(traits.cells.quits_per_year) * DAYS_PER_WEEK / 365.25
        self._departures, self._arrivals = self._gates(self.ways.departures), self._gates(self.ways.arrivals)
        self._hubs = self._gates(self.ways.hubs)
        self._settle_in()

    def _loads(self) -> Records:
        """LOT[Q]: the loads that are compared, and what it believes that their size does to the risk."""
        model, matters = self.model, float(self.traits.beliefs.load_matters)
        visible = np.array([model.visibility(kg) for kg in LOTS_KG])
        lots = np.zeros(len(LOTS_KG), LOT)
        lots["kg"], lots["shows"] = LOTS_KG, 1.0 - matters + matters * visible / model.visibility(REFERENCE_KG)
        return lots

    def _concealments(self) -> Records:
        """METHOD[M]: what each costs and takes."""
        model = self.model
        methods = np.zeros(len(model.method_usd), METHOD)
        methods["usd"], methods["largest_kg"] = model.method_usd, model.method_kg
        methods["crewed"] = model.method_crewed
        return methods

    def _gates(self, sites: tuple[str, ...]) -> Gates:
        return Gates(np.array([self.ways.row[site] for site in sites], np.int64), self.model.trade_of(sites))

    def _settle_in(self) -> None:
        """Open the cells that exist on the first day, at gateways drawn by their trade."""
        first = (
            ("departures", self._departures, self.traits.gateways),
            ("arrivals", self._arrivals, self.traits.partners),
        )
        for side, gates, count in first:
            for row in self._drawn(f"first cells at {side}", gates, self._held.copy(), int(count)):
                cell = self._open(self.ways.places[row], self.model.day)
                for _ in range(int(self.traits.cells.crew)):
                    self._hire(cell)

    def _drawn(self, purpose: str, gates: Gates, known: NDArray[np.bool_], count: int) -> NDArray[np.int64]:
        """Places of some gateways not yet known, drawn without putting back, by their trade; then they are known."""
        key = self.model.draws.key(purpose)
        return np.asarray(look_around(key, self.key, self.model.day, gates.rows, gates.trade, known, count))

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
        for cell in self.cells.values():
            rate = cell.jobs_per_week * len(cell.crew) / self._crew
            cell.rested = min(cell.rested + rate, max(1.0, 2.0 * rate))
        self._part()
        for cell in self.cells.values():
            if self.model.day >= cell.ready:
                self._man(cell)

    def _part(self) -> None:
        """Some couriers leave of their own accord."""
        couriers = [courier for cell in self.cells.values() for courier in cell.crew]
        keys = np.array([courier.key for courier in couriers], np.uint64)
        luck = self.model.draws.uniforms("quit", keys, self.model.day)
        for at in (luck < self._quits_per_week).nonzero()[0]:
            courier = couriers[at]
            self._dismiss(self.cells[courier.community.site], courier, arrested=False)

    def _man(self, cell: Cell) -> None:
        """Ask people until there are as many crews as the work needs, or the week's patience is at an end."""
        terms = self.traits.cells
        crews = max(1, math.ceil(cell.waiting / (2.0 * cell.jobs_per_week)))
        missing = self._crew * min(crews, int(terms.largest_crews)) - len(cell.crew)
        asked = 0
        while missing > 0 and asked < int(terms.asked_per_week):
            asked += 1
            missing -= self._hire(cell)
        if asked == int(terms.asked_per_week) and not cell.crew:
            cell.offer_usd *= 1.0 + float(terms.raise_on_refusal)
            self._pay_usd[cell.row] = cell.offer_usd

    def _send(self) -> None:
        """Plan lots, each by its own Thompson sample, until the week's share of the producers' stock is spoken for."""
        model, rows = self.model, self._considered()
        for number, area in enumerate(self.traits.areas):
            known = self._prospects(rows, number)
            left = model.supply.stock_g[area] / GRAMS_PER_KG * (self._buying * self.size / model.buyers_size(area))
            first = number * MOST_LOTS
            for draw in range(first, first + MOST_LOTS):
                choice = self._choose(known, draw)
                if choice is None:
                    break
                if draw == first:
                    left *= min(2.0, choice.usd_per_kg / self._comfort_usd)
                kg = self._load(choice, draw)
                if kg > left and draw > first:
                    break
                self._commit(known, choice, kg, draw)
                left -= kg

    def _considered(self) -> NDArray[np.int64]:
        """Ways through its own cells, and through a few more gateways and hubs that it looks at this week: int64[R]."""
        known = self._held.copy()
        for kind, gates in (("departures", self._departures), ("arrivals", self._arrivals), ("hubs", self._hubs)):
            self._drawn(f"scouting of {kind}", gates, known, self.traits.scouted)
        return self.ways.through(known)

    def _prospects(self, rows: NDArray[np.int64], area: int) -> Prospects:
        """What is known of those of some ways that come from an area."""
        model, table = self.model, self.ways
        wanted, room = np.zeros(model.beliefs.risk.shape, np.bool_), np.ones(len(table.places), np.bool_)
        for cell in self.cells.values():
            if not cell.has_room:
                room[cell.row] = False
        prices = np.array([book.price for book in model.markets.values()]) * (1.0 - float(model.commodity.broker_fee))
        source = float(model.commodity.source_price)
        ways = prospects(
            table.facts, rows, area, table.crews, self._held, self._setup_usd, self._pay_usd, prices, source, wanted
        )
        return Prospects(ways, wanted, room)

    def _choose(self, known: Prospects, draw: int) -> Choice | None:
        """The best way, concealment and lot by sampled beliefs; None when nothing is worth sending."""
        model = self.model
        capital = max(self.capital_cents, 1) / CENTS_PER_USD
        risk = model.beliefs.sample(model.draws, self.number, self.key, model.day, draw, known.wanted)
        way, method, lot, worth = best_way(
            known.ways, self.ways.crews, known.room, self._lots, self._methods, risk, self._penalty, self._aversion,
            capital,
        )  # fmt: skip
        return Choice(way, method, LOTS_KG[lot], worth) if worth > 0.0 else None

    def _load(self, choice: Choice, draw: int) -> float:
        """The load itself, kg: spread around the planned one, within what organisation, way and concealment take."""
        kg = choice.kg * self.model.draws.lognormal("load", self.key, self.model.day, draw, 0.0, self._lot_spread)
        small = self.ways.routes[choice.way].mode == "small_craft"
        most = self.ways.craft_kg if small else self._method_kg[choice.method]
        return min(max(kg, self._least_lot), self._largest_lot, most)

    def _jobs_per_week(self, site: str) -> float:
        terms = self.traits.cells
        return float(terms.jobs_per_week if site in self.model.ports else terms.crossings_per_week)

    def _first_offer(self, site: str) -> float:
        terms = self.traits.cells
        return float(terms.origin_pay_usd if self.model.is_origin(site) else terms.destination_pay_usd)

    def _commit(self, known: Prospects, choice: Choice, kg: float, draw: int) -> None:
        """Buy, pay what is due in advance, open cells that are missing, and send the load on its way."""
        model, route = self.model, self.ways.routes[choice.way]
        small = route.mode == "small_craft"
        per_kg = float(model.commodity.source_price) + route.usd_per_kg
        advance = route.usd_fixed + (0.0 if small else float(model.method_usd[choice.method]))
        affordable = (self.capital_cents / CENTS_PER_USD - advance) / per_kg
        grams = model.supply.take(route.area, int(min(kg, affordable) * GRAMS_PER_KG))
        if grams < self._least_lot * GRAMS_PER_KG:
            model.supply.stock_g[route.area] += grams
            return
        self.capital_cents -= round((advance + per_kg * grams / GRAMS_PER_KG) * CENTS_PER_USD)
        crewed = small or bool(model.method_crewed[choice.method])
        crews = self.ways.sites[choice.way]
        for site in crews:
            cell = self.cells.get(site) or self._expand(site)
            cell.used = model.day
            cell.waiting += crewed
            known.room[cell.row] = cell.has_room
        model.dispatch(self, route, choice.method, crews if crewed else (), grams, draw)

    # ------------------------------------------------------------------ cells

    def _open(self, site: str, ready: int) -> Cell:
        """A new cell; two weeks' work of all its crews may wait there."""
        jobs = self._jobs_per_week(site)
        cell = self.cells[site] = Cell(
            self.model.communities[site],
            self.ways.row[site],
            jobs,
            max(1.0, jobs * float(self.traits.cells.largest_crews) * 2.0),
            self._first_offer(site),
            ready,
            used=self.model.day,
        )
        self._held[cell.row] = True
        return cell

    def _expand(self, site: str) -> Cell:
        """Open a cell at a new place; beyond its span the organisation gives up those that have been idle longest."""
        idle = [name for name, cell in self.cells.items() if cell.waiting == 0 and cell.used < self.model.day]
        idle.sort(key=lambda name: (self.cells[name].used, name), reverse=True)
        while idle and len(self.cells) >= self.traits.span:
            self._give_up(idle.pop())
        self.capital_cents -= round(float(self.traits.cells.setup_usd) * CENTS_PER_USD)
        return self._open(site, self.model.day + int(self.traits.cells.setup_days))

    def _give_up(self, site: str) -> None:
        """Send a cell's crew away and forget what they were paid."""
        cell = self.cells.pop(site)
        for courier in list(cell.crew):
            self._dismiss(cell, courier, arrested=False)
        self._held[cell.row], self._pay_usd[cell.row] = False, self._first_offer(site)

    def _hire(self, cell: Cell) -> bool:
        """Ask somebody; whether they join the crew."""
        person = cell.community.ask(cell.offer_usd / self._crew)
        if person is None:
            return False
        cell.crew.append(Courier(self.model, cell.community, person, self.number, self.model.day))
        return True

    def _dismiss(self, cell: Cell, courier: Courier, *, arrested: bool) -> None:
        cell.crew.remove(courier)
        courier.leave(arrested=arrested)

    def has_crew(self, site: str) -> bool:
        """Whether a crew at the site can do one more job today."""
        cell = self.cells[site]
        return cell.rested >= 1.0 and len(cell.crew) >= self._crew - 1

    def work_at(self, site: str) -> None:
        """A crew at the site does a job and is paid; there must be one."""
        cell, needed = self.cells[site], self._crew
        cell.rested -= 1.0
        cell.waiting -= 1
        self.capital_cents -= round(cell.offer_usd * CENTS_PER_USD)
        hands = cell.crew[:needed]
        for courier in hands:
            courier.work(cell.offer_usd / len(hands))

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
