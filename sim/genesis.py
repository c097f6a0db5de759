"""Genesis: how a scenario becomes a world, and what that world can be asked."""

from __future__ import annotations

import math
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from sim.actors.beliefs import Beliefs
from sim.actors.cartel import Cartel
from sim.actors.community import Community
from sim.actors.customs_officer import CustomsOfficer
from sim.actors.exchange import Exchange
from sim.actors.financial_broker import Finance
from sim.actors.fleet import Fleet
from sim.actors.integrity import Integrity
from sim.actors.intelligence import Intelligence
from sim.actors.outlook import Outlook, Toll
from sim.actors.port_inspector import PortInspector
from sim.actors.proceedings import Proceedings
from sim.actors.staff import Staff
from sim.actors.supply_broker import Brokers
from sim.actors.traits import Organisations
from sim.actors.underworld import Underworld, seats_of
from sim.kernels.draws import Draws
from sim.kernels.loads import LOST, STOPPED_ASHORE, WENT_BACK
from sim.kernels.planning import Desk
from sim.kernels.prospects import CELL
from sim.terms import ControlMode
from sim.world.chain import Chains
from sim.world.checkpoints import Checkpoints
from sim.world.chronicle import Chronicle
from sim.world.clearance import Clearance
from sim.world.commodity import MISDECLARED, Commodity, Drug, hidden, precursors_of
from sim.world.communities import Communities
from sim.world.consignment import Cargo, legs_for_loads
from sim.world.distances import sea_distances
from sim.world.finishing import laboratories_at_markets, raids_at_markets
from sim.world.inbound import inbound_ways
from sim.world.lanes import lanes_of
from sim.world.ledger import Ledger
from sim.world.levers import controls_of, posts_of
from sim.world.making import PRECURSORS
from sim.world.methods import methods_of
from sim.world.network import MODES, network_of
from sim.world.passage import Passage
from sim.world.restraint import Restraint
from sim.world.routes import Routes
from sim.world.sites import Sites
from sim.world.states import States
from sim.world.treatment import Treatment
from sim.world.turning import turn_legs
from sim.world.ways import Admitted, WayTable

if TYPE_CHECKING:
    import networkx as nx

    from sim.model import SmugglingModel
    from sim.scenario.scenario import Scenario


def route_network(scenario: Scenario) -> nx.MultiDiGraph:
    """The route graph of a scenario, without the rest of its world."""
    ports = scenario.ports()
    lanes = lanes_of(ports, sea_distances(scenario.geography, scenario.transport), scenario.trade, scenario.transport)
    checkpoints = checkpoints_of(scenario)
    return network_of(scenario.geography, ports, lanes, checkpoints, scenario.transport).graph()


def checkpoints_of(scenario: Scenario) -> Checkpoints:
    """The checkpoints of a scenario."""
    geography = scenario.geography
    return Checkpoints.of(
        scenario.ports(), scenario.waters, scenario.inward_gateways(), scenario.outward_gateways(), geography.docks,
        geography.warehouses,
    )  # fmt: skip


class World:
    """Everything there is, built from a scenario; the model adds what happens."""

    day: int

    def __init__(self, scenario: Scenario, *, replicate: int, mode: ControlMode, threads: int) -> None:
        self.plan, self.mode, self.threads = scenario, mode, threads
        self.day, self.replicate = 0, replicate
        self.draws = Draws(scenario.seed, replicate)
        self.goods = scenario.goods()
        self.commodity_name, self.commodity = next(iter(self.goods.items()))
        """The main commodity: the one of which tables speak that name none."""
        self.commodity_at = scenario.commodity_by_place()
        """What comes from each area, and is sold at each market, by name."""
        self._lay_out_places()
        self._staff_controls()
        self._set_up_trade()
        self._gather_people()

    # ------------------------------------------------------------------ building

    def _lay_out_places(self) -> None:
        scenario, geography = self.plan, self.plan.geography
        self.ports = scenario.ports()
        distances = sea_distances(geography, scenario.transport)
        lanes = lanes_of(self.ports, distances, scenario.trade, scenario.transport)
        self.checkpoints = checkpoints_of(scenario)
        self.states = States.of(scenario.states, geography, self.ports, scenario.waters, self.checkpoints)
        self.routes = Routes(
            geography, self.ports, lanes, self.checkpoints, scenario.transport, scenario.disruptions, scenario.start,
            scenario.days,
        )  # fmt: skip
        self.lanes, self.network = self.routes.traffic.lanes, self.routes.network
        self.inbound = inbound_ways(
            self.network, self.lanes, self.checkpoints, scenario.transport, precursors_of(self.goods),
            tuple(scenario.areas_of(scenario.precursors_for())), scenario.precursor_gateways(),
        )  # fmt: skip

    def _staff_controls(self) -> None:
        scenario = self.plan
        posts = posts_of(scenario.customs, self.checkpoints, self.ports)
        concealments = hidden(self.goods)
        self.clearance = Clearance(
            self.draws, self.ports, self.routes.traffic, self.routes.timeline, scenario.trade, self.checkpoints, posts,
            scenario.customs, concealments, scenario.start, scenario.days, self.mode, self.threads,
        )  # fmt: skip
        self.treatment = Treatment(self.clearance)
        flow = self.clearance.flow
        made = {name: self.goods[self.commodity_at[name]] for name in scenario.geography.production_areas}
        raids = {
            name: float(good.laboratories.raids_per_year) if isinstance(good, Drug) else 0.0
            for name, good in made.items()
        }
        people = scenario.geography.communities
        around = Communities.of(self.ports, scenario.geography.docks, people)
        limits = self.states.each(scenario.oversight, scenario.oversight.at)
        limits = [limits[state] for state in self.states.of_checkpoint[: len(posts)].tolist()]
        self.restraint = Restraint(limits, scenario.days)
        tracing = self.states.each(scenario.money.tracing, scenario.money.at)
        self.base_controls = controls_of(
            posts, self.checkpoints, flow, scenario.waters, around, people, raids, self.states, scenario.justice,
            limits, raids_at_markets(self.goods, self.commodity_at, scenario.geography.markets), tracing,
        )  # fmt: skip
        self._strengths: tuple[float, ...] = (0.0,) * len(scenario.policies)
        self.in_force = self.base_controls
        """The controls of today, or of yesterday while the day has not yet begun."""
        self.officers = [self._officer(row, int(post.analysts)) for row, post in enumerate(posts)]
        kinds = self.checkpoints.kind[: len(posts)]
        weights = {kind: self.clearance.starting_weights(kinds.index(kind)) for kind in dict.fromkeys(kinds)}
        believed = [weights[kind].copy() for kind in kinds]  # officers of one direction start alike, but for tips
        for row, known in enumerate(believed):
            known[-1] = self.clearance.tip_weight(row)
        self.staff = Staff(
            self.draws, scenario.customs, self.officers,
            np.array(believed).reshape(len(posts), self.clearance.evidence.width),
        )  # fmt: skip

    def _officer(self, row: int, inspectors: int) -> CustomsOfficer:
        return CustomsOfficer(self.me, row, [PortInspector(self.me, row, number) for number in range(inspectors)])

    def _set_up_trade(self) -> None:
        scenario = self.plan
        self.ledger = Ledger(
            (*self.goods, *([PRECURSORS] if precursors_of(self.goods) else [])),
            (*self.inbound.network.names, *scenario.waters),
            self.checkpoints.names,
            (*MODES, "container"),
        )
        self.chains = Chains(self.goods, self.commodity_at, scenario.geography, scenario.transport.road, self.draws)
        self.supply, self.markets = self.chains.sources[self.commodity_name], self.chains.markets
        """Where the main commodity comes from, and all markets."""
        self.chronicle = Chronicle(
            scenario.days, self.clearance.per_hour, self.clearance.examination_hours, len(scenario.waters),
            len(self.ledger.commodities),
        )  # fmt: skip
        hidings = {name: way for name, way in hidden(self.goods).items() if name != MISDECLARED}
        self.misdeclared = len(hidings)
        """Row of the way in which precursors travel, behind the concealments."""
        self.methods = methods_of(hidings, scenario.transport.small_craft)
        """METHOD[2, M]: concealments and kinds of small craft."""
        self.finishing = laboratories_at_markets(
            self.goods, self.commodity_at, scenario.geography.markets, self.draws, self.methods, list(hidings)
        )
        self._hidings = hidings
        self._hiding_shows = [float(hiding.visibility) for hiding in hidings.values()]
        every = hidden(self.goods)
        self._won_back = np.array([max(1.0 / float(hiding.visibility) - 1.0, 0.0) for hiding in every.values()])
        """float64[H]: by how much a load shows more where what hides it takes nothing from the chance of an alarm."""

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
            tuple(self._hidings),
            tuple(self.plan.transport.small_craft.kinds),
            first_site=self.checkpoints.first_site,
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
            self._people_end,
        )  # fmt: skip
        self.sites = Sites(self.checkpoints, self.routes.network, self.passage, self.plan.transport.ashore, tables)
        turn_legs(self.passage.legs, self.routes, self.inbound)
        bases = {**self.ports, **geography.docks, **geography.warehouses}
        self.fleet = Fleet(self.me, self.plan.waters, bases)
        self.justice = Proceedings(self.me)
        self.finance = Finance(self.me, len(seats))
        self.underworld = Underworld(self.me, seats)
        self._buyers = {area: self._size_now(area) for area in geography.production_areas}
        self.integrity = Integrity(self.me)
        self.exchange = Exchange(self.me)
        self.intelligence = Intelligence(self.me)

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
        """Mean price of the main commodity."""
        return self.chains.price_of(self.commodity_name)

    def is_origin(self, site: str) -> bool:
        """Whether a gateway lies on the origin side, or on the way."""
        return bool(self.network.sites[site]["side"] != "destination")

    def buyers_size(self, area: str) -> float:
        """Summed size of the organisations that buy in an area, or of those of the first day if that is more."""
        return max(self._buyers[area], self._size_now(area))

    def _size_now(self, area: str) -> float:
        return math.fsum(member.size for member in self.underworld.present if area in member.traits.areas)

    def ways_of(self, traits: Organisations) -> WayTable:
        """The ways between the areas and the markets of a group."""
        geography = self.plan.geography
        markets = traits.markets or tuple(geography.markets)
        admitted = {area: self._admitted(self.goods[self.commodity_at[area]]) for area in traits.areas}
        pairs = [pair for pair in product(traits.areas, markets) if self._same_goods(*pair)]
        return self.routes.ways_of(traits.areas, pairs, traits.candidate_routes, admitted)

    def _same_goods(self, area: str, market: str) -> bool:
        return self.commodity_at[area] == self.commodity_at[market]

    def _admitted(self, good: Commodity) -> Admitted:
        hidings = sum(1 << row for row, name in enumerate(self._hidings) if name in good.ways_to_hide)
        people, crafts = good.unit == "persons", self.plan.transport.small_craft
        kinds = sum(1 << row for row, name in enumerate(crafts.kinds) if (name in crafts.boats) == people)
        return Admitted(hidings, kinds, float(good.carriage), good.modes, people)

    def _people_end(self, number: int, event: int) -> None:
        """People were intercepted, rescued or lost; or they went back, or were stopped, before they had put to sea, of
        which there is no news. Who is returned waits again where they came from; for others brought in the network is
        paid as if they had arrived."""
        load = self.cargo[number]
        row, name = self.cargo.rows[number], load.commodity
        brought_in, returned, good = event != LOST, bool(row["returned"]), self.goods[name]
        if event in (WENT_BACK, STOPPED_ASHORE):
            self.chains.come_back(load.route.area, load.grams)
            return
        if returned:
            self.ledger.book(self.day, "returned", name, load.grams, place=load.route.area, load=number)
            self.chains.come_back(load.route.area, load.grams)
        elif brought_in:
            market = load.route.market
            self.cartels[load.organisation].paid(load.grams * self.markets[market].price, good, market)
        self.chains.heard(name, load.grams, arrived=brought_in and not returned)

    def _deliver(self, market: str, number: int) -> None:
        load = self.cargo.rows[number]
        owner, grams = int(load["organisation"]), int(load["grams"])
        if owner < 0:
            self.brokers.deliver(market, grams)
        elif self.finishing is None or not self.finishing.takes(load, self.cargo.ways_of(owner).table.facts):
            self.sell(market, owner, grams)
        else:
            self.finishing.receive(market, number, load)

    def sell(self, market: str, owner: int, grams: int) -> None:
        """Goods have come into the stock of a market; their owner is owed the price of the day."""
        book, good = self.markets[market], self.goods[self.commodity_at[market]]
        book.stock_g += grams
        self.cartels[owner].paid(grams / good.per_unit * book.price, good, market)
        self.chains.heard(self.commodity_at[market], grams, arrived=True)
