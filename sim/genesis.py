"""Genesis: how a scenario becomes a world, and what that world can be asked."""

from __future__ import annotations

import math
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.actors.beliefs import Beliefs
from sim.actors.cartel import Cartel
from sim.actors.community import Community
from sim.actors.courier import Courier
from sim.actors.customs_officer import CustomsOfficer
from sim.actors.fleet import Fleet
from sim.actors.integrity import Integrity
from sim.actors.outlook import Outlook, Toll
from sim.actors.port_inspector import PortInspector
from sim.actors.staff import Staff
from sim.actors.supply_broker import Brokers
from sim.actors.traits import Organisations
from sim.actors.underworld import Underworld, seats_of
from sim.kernels.boxes import Rules
from sim.kernels.draws import Draws, child_key
from sim.kernels.planning import Desk, mean_offer
from sim.kernels.prospects import CELL
from sim.terms import CENTS_PER_USD, DAYS_PER_YEAR, GRAMS_PER_KG, ControlMode
from sim.world.candidates import Rows, passages_of
from sim.world.checkpoints import Checkpoints
from sim.world.chronicle import Chronicle, Day
from sim.world.clearance import Clearance, Cleared
from sim.world.communities import Communities
from sim.world.consignment import Cargo, legs_for_loads
from sim.world.distances import sea_distances
from sim.world.inbound import inbound_ways
from sim.world.lanes import lanes_of
from sim.world.ledger import Ledger
from sim.world.levers import Controls, controls_of, posts_of
from sim.world.making import PRECURSORS
from sim.world.market import Book
from sim.world.methods import methods_of
from sim.world.network import MODES, network_of
from sim.world.passage import Passage
from sim.world.supply import Supply
from sim.world.ways import WayTable

if TYPE_CHECKING:
    import networkx as nx

    from sim.model import SmugglingModel
    from sim.scenario.scenario import Scenario


def route_network(scenario: Scenario) -> nx.MultiDiGraph:
    """The route graph of a scenario, without the rest of its world."""
    ports = scenario.ports()
    lanes = lanes_of(ports, sea_distances(scenario.geography, scenario.transport), scenario.trade, scenario.transport)
    checkpoints = Checkpoints.of(ports, scenario.waters, scenario.precursor_gateways())
    return network_of(scenario.geography, ports, lanes, checkpoints, scenario.transport).graph()


class World:
    """Everything there is, built from a scenario; the model adds what happens."""

    day: int

    def __init__(self, scenario: Scenario, *, replicate: int, mode: ControlMode, threads: int) -> None:
        self.plan, self.mode, self.threads = scenario, mode, threads
        self.day, self.replicate = 0, replicate
        self.draws = Draws(scenario.seed, replicate)
        self.commodity_name, self.commodity = next(iter(scenario.commodities.items()))
        self._lay_out_places()
        self._staff_controls()
        self._set_up_trade()
        self._gather_people()

    # ------------------------------------------------------------------ building

    def _lay_out_places(self) -> None:
        scenario, geography = self.plan, self.plan.geography
        self.ports = scenario.ports()
        distances = sea_distances(geography, scenario.transport)
        self.lanes = lanes_of(self.ports, distances, scenario.trade, scenario.transport)
        self.checkpoints = Checkpoints.of(self.ports, scenario.waters, scenario.precursor_gateways())
        self._trade = (
            dict.fromkeys(geography.docks, float(scenario.transport.small_craft.known)) | self.lanes.boxes_by_port()
        )
        self._trade_of: dict[tuple[str, ...], NDArray[np.float64]] = {}
        self.network = network_of(geography, self.ports, self.lanes, self.checkpoints, scenario.transport)
        self.inbound = inbound_ways(
            self.network, self.lanes, self.checkpoints, scenario.transport, self.commodity.precursors,
            tuple(geography.production_areas), scenario.precursor_gateways(),
        )  # fmt: skip
        self._passages = passages_of(self.network)
        self._candidates: dict[tuple[str, str, int], Rows] = {}
        self._tables: dict[tuple[tuple[str, ...], tuple[str, ...], int], WayTable] = {}

    def _staff_controls(self) -> None:
        scenario = self.plan
        posts = posts_of(scenario.customs, self.checkpoints, self.ports)
        concealments = self.commodity.hidden()
        self.clearance = Clearance(
            self.draws, self.ports, self.lanes, scenario.trade, self.checkpoints, posts, scenario.customs, concealments,
            scenario.start, scenario.days, self.mode, self.threads,
        )  # fmt: skip
        flow = self.clearance.boxes_per_day()
        raids = dict.fromkeys(scenario.geography.production_areas, float(self.commodity.laboratories.raids_per_year))
        people = scenario.geography.communities
        around = Communities.of(self.ports, scenario.geography.docks, people)
        self.base_controls = controls_of(posts, self.checkpoints, flow, scenario.waters, around, people, raids)
        self._strengths: tuple[float, ...] = (0.0,) * len(scenario.policies)
        self.in_force = self.base_controls
        """The controls of today, or of yesterday while the day has not yet begun."""
        self.officers = [self._officer(row, int(post.analysts)) for row, post in enumerate(posts)]
        kinds = self.checkpoints.kind[: len(posts)]
        weights = {kind: self.clearance.starting_weights(kinds.index(kind)) for kind in dict.fromkeys(kinds)}
        believed = [weights[kind] for kind in kinds]  # officers of one direction start alike
        self.staff = Staff(
            self.draws, scenario.customs, self.officers,
            np.array(believed).reshape(len(posts), self.clearance.evidence.width),
        )  # fmt: skip

    def _officer(self, row: int, inspectors: int) -> CustomsOfficer:
        return CustomsOfficer(self.me, row, [PortInspector(self.me, row, number) for number in range(inspectors)])

    def _set_up_trade(self) -> None:
        scenario, name = self.plan, self.commodity_name
        self.ledger = Ledger(
            (*scenario.commodities, *([PRECURSORS] if self.commodity.precursors else [])),
            (*self.inbound.network.names, *scenario.waters),
            self.checkpoints.names,
            (*MODES, "container"),
        )
        self.supply = Supply(name, self.commodity, dict(scenario.geography.production_areas), self.draws)
        self.markets = {
            key: Book(self.commodity, float(at.demand_share)) for key, at in scenario.geography.markets.items()
        }
        self.prices = self._prices()
        self.chronicle = Chronicle(
            scenario.days, self.clearance.per_hour, self.clearance.examination_hours, len(scenario.waters)
        )
        hidings, kinds = self.commodity.concealments, scenario.transport.small_craft.kinds
        self.methods = methods_of(hidings, kinds)
        """METHOD[2, M]: concealments and kinds of small craft."""
        self._hiding_shows = [float(hiding.visibility) for hiding in hidings.values()]
        self._shown = float(self.commodity.kg_half), float(self.commodity.shape)

    def _gather_people(self) -> None:
        geography = self.plan.geography
        people, around = geography.communities, self.base_controls.communities
        self.outlook = Outlook(self.base_controls, people)
        tolls = {side: Toll() for side in (True, False)}
        self.communities = {
            site: Community(self.me, row, site, people, self.outlook, tolls[bool(around.origin[row])])
            for row, site in enumerate(around.sites)
        }
        groups = self.plan.organisations
        seats = seats_of(groups, {key: self.ways_of(group) for key, group in groups.items()})
        self.beliefs = Beliefs(
            [seat.traits.beliefs for seat in seats],
            self.checkpoints.names,
            self.checkpoints.n_ports,
            self.methods.shape[1],
        )
        tables = [seat.table for seat in seats]
        self.all_cells = np.zeros(seats[-1].end + 1, CELL)
        """CELL: the cells of all seats, one after another, and one where there is never anybody."""
        self.cargo = Cargo(self.ledger, nobody=seats[-1].end)
        self.brokers = Brokers(self.me)
        self.desk = Desk.of(
            table=max((len(table.routes) for table in tables), default=0),
            places=max((len(table.places) for table in tables), default=0),
            gates=max((len(table.departures + table.arrivals + table.hubs) for table in tables), default=0),
            areas=max((len(table.areas) for table in tables), default=0),
            believed=(len(self.checkpoints.names), self.methods.shape[1]),
        )
        self.cartels: list[Cartel] = []
        """All organisations that there ever were, by their numbers."""
        self.passage = Passage(
            self.draws, self.cargo, self.ledger, self.clearance, self.checkpoints,
            legs_for_loads(self.inbound.network, self.clearance.pools), self.all_cells, self.cartels,
            max(1, round(self.plan.transport.hub_days)), round(self.plan.transport.hold_days), self._deliver,
        )  # fmt: skip
        bases = {**self.ports, **geography.docks, **geography.warehouses}
        self.fleet = Fleet(self.me, self.plan.waters, bases)
        self.underworld = Underworld(self.me, seats)
        self._buyers = {area: self._size_now(area) for area in geography.production_areas}
        self.integrity = Integrity(self.me)

    @property
    def me(self) -> SmugglingModel:
        """This world as the model that its agents belong to."""
        return self  # type: ignore[return-value]

    # ------------------------------------------------------------------ asking

    @property
    def today(self) -> date:
        """The calendar day."""
        return self.plan.start + timedelta(days=self.day)

    @property
    def price(self) -> float:
        """Mean price over markets, weighted by their demand at the start, USD a kilogram."""
        return self._mean_of_markets([book.price for book in self.markets.values()])

    def _mean_of_markets(self, values: list[float]) -> float:
        shares = (book.demand_share for book in self.markets.values())
        return math.fsum(value * share for value, share in zip(values, shares, strict=True))

    def is_origin(self, site: str) -> bool:
        """Whether a gateway lies on the origin side, or on the way."""
        return bool(self.network.sites[site]["side"] != "destination")

    def trade_of(self, gateways: tuple[str, ...]) -> NDArray[np.float64]:
        """How much gateways ship on modelled lanes, containers a day; coasts count as the ports they are known like."""
        if gateways not in self._trade_of:
            self._trade_of[gateways] = np.array([self._trade[gateway] for gateway in gateways])
        return self._trade_of[gateways].copy()

    def visibility(self, kg: float) -> float:
        """Chance that a scan shows a load, against the chance for a very large one: 1 - 2^-((kg / kg_half)^shape)."""
        half, shape = self._shown
        return 1.0 - math.pow(2.0, -math.pow(kg / half, shape)) if half else 1.0

    def buyers_size(self, area: str) -> float:
        """Summed size of the organisations that buy in an area, or of those of the first day if that is more."""
        return max(self._buyers[area], self._size_now(area))

    def _size_now(self, area: str) -> float:
        return math.fsum(member.size for member in self.underworld.present if area in member.traits.areas)

    def ways_of(self, traits: Organisations) -> WayTable:
        """The ways between the areas and the markets of a group."""
        geography = self.plan.geography
        markets = traits.markets or tuple(geography.markets)
        address = (traits.areas, markets, traits.candidate_routes)
        if address not in self._tables:
            pairs = list(product(traits.areas, markets))
            ways = {(area, market): self._ways_between(area, market, traits.candidate_routes) for area, market in pairs}
            hidings = len(self.commodity.concealments)
            self._tables[address] = WayTable.of(self.network, ways, traits.areas, tuple(geography.markets), hidings)
        return self._tables[address]

    def _ways_between(self, area: str, market: str, most: int) -> Rows:
        if (area, market, most) not in self._candidates:
            self._candidates[area, market, most] = self._passages.candidates(area, market, most)
        return self._candidates[area, market, most]

    # ------------------------------------------------------------------ the day's parts

    def open_day(self) -> None:
        """Turn the page in the books."""
        self.chronicle.open_day()

    def controls_in_force(self) -> Controls:
        """What the states bring, then each policy in turn."""
        today = self.today
        strengths = tuple(policy.strength(today) for policy in self.plan.policies)
        if strengths != self._strengths:
            controls = self.base_controls
            for policy, strength in zip(self.plan.policies, strengths, strict=True):
                if strength > 0.0:
                    controls = policy.apply(controls, strength)
            self._strengths, self.in_force = strengths, controls
        return self.in_force

    def rules(self, controls: Controls) -> Rules:
        """The controls with today's officers and inspectors behind them."""
        return self.clearance.rules(controls, self.staff.points, self.staff.sight, self.day)

    def dispatch(self, owner: Cartel, way: int, method: int, grams: int, draw: int, *, crewed: bool) -> None:
        """Send a load on one of its owner's ways; crewed: whether its people are needed for it."""
        facts = owner.ways.facts[way]
        area, boxed = int(facts["area"]), not facts["small_craft"]
        number = self.cargo.add(
            key=child_key(owner.key, self.day * 1024 + draw * 16 + area),
            grams=grams,
            shows=self.visibility(grams / GRAMS_PER_KG) * self._hiding_shows[method] if boxed else 0.0,
            commodity=self.ledger.commodities.index(self.commodity_name),
            organisation=owner.number,
            way=way,
            concealment=method,
            day=self.day,
            due=self.day + int(self.passage.legs["days"][owner.ways.legs[way, 0]]),
            crewed=crewed,
        )
        self.ledger.book(
            self.day, "dispatched", self.commodity_name, grams,
            place=owner.ways.areas[area], load=number, mode="container" if boxed else "small_craft",
        )  # fmt: skip

    def _deliver(self, market: str, owner: int, grams: int) -> None:
        if owner < 0:
            self.supply.precursor_g[market] += grams
            return
        book = self.markets[market]
        book.stock_g += grams
        self.cartels[owner].paid(grams / GRAMS_PER_KG * book.price)

    def _prices(self) -> NDArray[np.float64]:
        """What an organisation gets at each market, the broker's fee taken off, USD a kilogram: float64[markets]."""
        return np.array([book.price for book in self.markets.values()]) * (1.0 - float(self.commodity.broker_fee))

    def markets_clear(self) -> None:
        """Each market sells its day's demand and moves its price."""
        day, commodity = self.day, self.commodity_name
        for name, book in self.markets.items():
            opening = book.opening_g(day)
            book.stock_g += opening
            self.ledger.book(day, "opening", commodity, opening, place=name)
            self.ledger.book(day, "consumed", commodity, book.clear(day), place=name)
        self.prices = self._prices()

    def learn_from(self, passage: Passage) -> None:
        """Organisations learn from the day's encounters, their own in full, others' by rumour; communities follow."""
        self.beliefs.learn(passage.steps.rows, self.cargo.rows)
        self.brokers.learn(passage.steps.rows, self.cargo.rows)
        for seizure in passage.seizures:
            number = seizure.consignment.organisation
            if number >= 0:
                self.cartels[number].learn(seizure)
        self.outlook.follow(self.day, self.in_force)

    def record(self, cleared: Cleared) -> None:
        """Close the books of the day and write it down."""
        day, name = self.day, self.commodity_name
        self.chronicle.presented(day, self.passage.presented, self.cargo.rows)
        self.ledger.close(day, self.cargo.grams_under_way(), {PRECURSORS: 0, name: sum(self.supply.stock_g.values())})
        flows, balance = self.ledger.today[name], self.ledger.balance[name]
        members = self.underworld.present
        written = Day(
            produced_g=flows["produced"],
            dispatched_g=flows["dispatched"],
            seized_g=flows["seized"],
            lost_g=flows["lost"],
            delivered_g=flows["delivered"],
            consumed_g=flows["consumed"],
            stock_g=balance["stock"],
            in_transit_g=balance["transit"],
            market_stock_g=balance["market"],
            price_usd_per_kg=self.price,
            retail_usd_per_kg=self._mean_of_markets([book.retail for book in self.markets.values()]),
            retail_purity=self._mean_of_markets([book.purity for book in self.markets.values()]),
            source_usd_per_kg=self.supply.mean_source_usd,
            leaf_g=self.supply.leaf_g,
            laboratories=int(self.supply.laboratories.at_work.sum()),
            **self._precursors_today(),
            couriers=len(self.me.agents_by_type.get(Courier, ())),
            recruited=self.chronicle.recruited,
            arrested=self.chronicle.arrested,
            refused=self.chronicle.refused,
            cooperated=self.chronicle.cooperated,
            replaced=self.chronicle.replaced,
            replacement_days=self.chronicle.replacement_days,
            offer_usd_per_job=mean_offer(self.all_cells, self.underworld.spans),
            organisations=len(members),
            entrants=self.chronicle.entrants,
            exits=self.chronicle.exits,
            splits=self.chronicle.splits,
            contests=self.chronicle.contests,
            violence=self.underworld.violence.index,
            capital_cents=sum(member.capital_cents for member in members),
            policy_cost_cents=self._policy_cost_cents(),
            corrupted=self.integrity.bought,
            dismissed=self.integrity.dismissed,
            bribes_cents=self.integrity.bribed_cents,
            passed_corrupted_g=self.integrity.passed_g,
        )
        self.chronicle.close(day, written, cleared)
        self.chronicle.at_sea(day, self.fleet.tally, self.fleet.hours)

    def _precursors_today(self) -> dict[str, int]:
        """What the daily table says of precursors."""
        if self.commodity.precursors is None:
            return {"precursors_diverted_g": 0, "precursors_seized_g": 0, "precursor_stock_g": 0}
        flows, balance = self.ledger.today[PRECURSORS], self.ledger.balance[PRECURSORS]
        return {
            "precursors_diverted_g": flows["produced"],
            "precursors_seized_g": flows["seized"],
            "precursor_stock_g": balance["market"],
        }

    def _policy_cost_cents(self) -> int:
        """What the policies in force cost today: the capital on their first day, then a day's share of the running
        cost."""
        cost = 0.0
        for policy, strength in zip(self.plan.policies, self._strengths, strict=True):
            if strength > 0.0:
                cost += float(policy.running_usd_per_year) / DAYS_PER_YEAR
                first = self.day == 0 or policy.start == self.today
                cost += float(policy.capital_usd) if first else 0.0
        return round(cost * CENTS_PER_USD)
