"""The parts of a day: what the model calls in its order, beside what those do who decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.actors.cartel import Cartel
from sim.actors.courier import Courier
from sim.genesis import World
from sim.kernels.boxes import Contaminated, Rules
from sim.kernels.planning import mean_offer
from sim.kernels.sending import set_out
from sim.terms import CENTS_PER_USD, DAYS_PER_YEAR, GRAMS_PER_KG
from sim.world.chronicle import Day
from sim.world.clearance import Cleared
from sim.world.columns import Records
from sim.world.levers import Controls
from sim.world.making import PRECURSORS
from sim.world.passage import Passage
from sim.world.turning import turn_legs, turn_loads

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


GUARD = ("evenness", "coast_watch", "crew_found")
"""What of the controls bears on crews, on inspectors beside them, and on craft that put to sea."""


class DaysParts(World):
    """A world with what happens in it, part by part; the model says in which order."""

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
                    controls = policy.moved(controls, strength)
            if not controls.alike(self.in_force, GUARD):
                self._stand_guard(controls)
            self._strengths, self.in_force = strengths, controls
            self.sites.follow(controls.site_visits)
            self.justice.follow(controls)
        return self.in_force

    def follow_policies(self, scenario: Scenario) -> None:
        """From today on the policies are those of another scenario, of which none has had any effect yet that those of
        this one had not."""
        self.plan, self._strengths = scenario, ()

    def _stand_guard(self, controls: Controls) -> None:
        """What procedures in ports mean for crews and inspectors there, and the watch at a coast for craft that put to
        sea."""
        self.staff.even = controls.evenness
        legs, places = self.passage.legs, self.ledger.places
        row = {site: number for number, site in enumerate(controls.communities.sites)}
        origins = legs["origin"].tolist()
        for leg in np.flatnonzero(legs["small_craft"]).tolist():
            legs["watch"][leg] = controls.coast_watch[row[places[origins[leg]]]]
        ends = legs["checkpoints"][:, :2]
        controlled = (ends >= 0) & (legs["lane"] >= 0)[:, None]
        legs["crew_found"] = np.where(controlled, controls.crew_found[np.where(controlled, ends, 0)], 0.0)

    def follow_routes(self) -> None:
        """Where the route graph changes today, legal trade, loads and those who plan with it follow."""
        self.clearance.follow_trade(self.day)
        if self.routes.follow(self.day):
            turn_legs(self.passage.legs, self.routes, self.inbound)
            self._stand_guard(self.in_force)
            turn_loads(self.day, self.cargo, self.passage.legs, self.all_cells, self.routes, self._people_end)
            self.brokers.follow_routes()
            for member in self.underworld.present:
                member.follow_routes()

    def produce(self, controls: Controls) -> None:
        """What is smuggled comes into being, in the areas of each commodity."""
        self.chains.produce(self.day, self.today, controls.raids_per_year, self.ledger)

    def rules(self, controls: Controls) -> Rules:
        """The controls with today's officers, analysts and inspectors behind them, within the caps of oversight."""
        sight = self.staff.sight * self.exchange.training
        rules = self.clearance.rules(controls, self.intelligence.points, sight, self.day)
        return self.restraint.within(rules, controls, self.day, self.chronicle.tally)

    def seen(self, boxes: Contaminated, controls: Controls) -> Contaminated:
        """The contaminated boxes of today, with what scanners win back of what hides their loads."""
        if not len(boxes.shows) or not controls.penetration.any():
            return boxes
        reach = np.repeat(controls.penetration, np.diff(boxes.first))
        return boxes._replace(shows=boxes.shows * (1.0 + reach * self._won_back[boxes.concealment]))

    def dispatch(self, owner: Cartel, orders: Records) -> None:
        """Send loads on their owner's ways. orders: ORDER[n]."""
        count, ways = len(orders), owner.ways
        loads, lines = self.cargo.table.room(count), self.ledger.table.room(count)
        set_out(
            self.day, len(self.cargo), orders, self._shown(owner, orders), owner.sender, owner.bought, ways.facts,
            ways.legs, ways.crews, self.passage.legs, loads, lines,
        )  # fmt: skip
        self.cargo.table.add(count)
        self.ledger.table.add(count)

    def _shown(self, owner: Cartel, orders: Records) -> NDArray[np.float64]:
        """Factor on the chance that a scan raises an alarm, of each load: of its size and of the concealment; 0 of what
        goes by small craft."""
        ways, goods, hidings = owner.ways.facts, owner.goods, self._hiding_shows
        return np.array(
            [
                0.0
                if ways["small_craft"][way]
                else self.chains.visibility(goods[ways["area"][way]], grams / GRAMS_PER_KG) * hidings[hiding]
                for way, hiding, grams, _, _ in orders.tolist()
            ]
        )

    def finish(self, controls: Controls) -> None:
        """Laboratories at the markets make product of what came to be finished, and some are raided."""
        if self.finishing is None:
            return
        rows = [controls.markets.index(market) for market in self.finishing.waiting]
        done, taken = self.finishing.live(self.day, controls.finishing_raids[rows], self.ledger)
        for each in taken:
            self.cartels[each.owner].seized_g += self.chains.worth_g(self.finishing.name, each.grams)
        for made in done:
            self.sell(made.market, made.owner, made.grams)

    def markets_clear(self) -> None:
        """Each market sells its day's demand and moves its price."""
        self.chains.fee = self.finance.mean_fee()
        self.chains.follow(self.day, self.in_force.treated, self.in_force.educated)
        self.chains.clear(self.day, self.ledger)

    def learn_from(self, passage: Passage) -> None:
        """Organisations learn from the day's encounters, their own in full, others' by rumour; communities follow."""
        self.beliefs.learn(passage.steps.rows, self.cargo.rows)
        self.brokers.learn(passage.steps.rows, self.cargo.rows)
        first = self.justice.open_finds()
        for case, seizure in enumerate(passage.seizures, first):
            number = seizure.consignment.organisation
            if number >= 0:
                self.cartels[number].learn(seizure, case)
        self.outlook.follow(self.day, self.in_force)

    def record(self, cleared: Cleared) -> None:
        """Close the books of the day and write it down."""
        day, name = self.day, self.commodity_name
        self.chronicle.presented(day, self.passage.presented, self.cargo.rows)
        self.sites.note(day, self.passage.steps.rows)
        self.ledger.close(day, self.cargo.grams_under_way(), {PRECURSORS: 0, **self.chains.stored()})
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
            retail_usd_per_kg=self.chains.mean(name, lambda book: book.retail),
            retail_purity=self.chains.mean(name, lambda book: book.purity),
            source_usd_per_kg=self.supply.mean_source_usd,
            leaf_g=self.supply.leaf_g,
            laboratories=self.supply.at_work,
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
            **self._finished_today(),
            prevented_g=self.chains.prevented_g(name),
            sent_on_g=self.chains.sent_on_g[name],
        )
        self.finance.books.close(day)
        self.treatment.note(self.today, last=day + 1 == self.plan.days)
        self.chronicle.close(day, written, cleared, self.in_force.scan_time)
        if self.chains.waiting:
            self.chronicle.people_at_sea[day] = self.cargo.people_at_sea()
        for source in self.chains.waiting:
            row = self.ledger.commodities.index(source.name)
            self.chronicle.left_again[day, row] = source.left_again
            self.chronicle.chance_to_arrive[day, row] = source.chance
        self.chronicle.booked(day, self.ledger, [self.chains.price_of(key) for key in self.goods])
        self.chronicle.at_sea(day, self.fleet.tally, self.fleet.hours)

    def _precursors_today(self) -> dict[str, int]:
        """What the daily table says of precursors."""
        if PRECURSORS not in self.ledger.commodities:
            return {"precursors_diverted_g": 0, "precursors_seized_g": 0, "precursor_stock_g": 0}
        flows, balance = self.ledger.today[PRECURSORS], self.ledger.balance[PRECURSORS]
        return {
            "precursors_diverted_g": flows["produced"],
            "precursors_seized_g": flows["seized"],
            "precursor_stock_g": balance["market"],
        }

    def _finished_today(self) -> dict[str, Any]:
        """What the daily table says of finishing."""
        later = self.finishing
        if later is None:
            return {"unfinished_g": 0, "finished_g": 0, "raided_g": 0, "finishing_usd_per_kg": 0.0}
        return {
            "unfinished_g": later.waiting_g,
            "finished_g": later.finished_g,
            "raided_g": later.raided_g,
            "finishing_usd_per_kg": later.asked_usd,
        }

    def _policy_cost_cents(self) -> int:
        """What the policies in force cost today, to their extent: the capital on their first day, then a day's share of
        the running cost, from the first day of the ramp on."""
        cost = 0.0
        for policy, strength in zip(self.plan.policies, self._strengths, strict=True):
            if strength > 0.0:
                first = self.day == 0 or policy.start == self.today
                whole = float(policy.running_usd_per_year) / DAYS_PER_YEAR
                whole += float(policy.capital_usd) if first else 0.0
                cost += float(policy.extent) * whole
        return round(cost * CENTS_PER_USD)
