"""Supply brokers: they see to it that the laboratories of an area do not run out of precursors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

import numpy as np

from sim.actors.actor import Actor
from sim.actors.beliefs import Beliefs
from sim.actors.traits import Beliefs as Traits
from sim.kernels.draws import child_key
from sim.kernels.loads import UNDER_WAY
from sim.kernels.prospects import Records
from sim.terms import DAYS_PER_WEEK, GRAMS_PER_KG
from sim.world.commodity import hidden, precursors_of
from sim.world.consignment import Ways
from sim.world.levers import Controls
from sim.world.making import PRECURSORS, Precursors

if TYPE_CHECKING:
    from sim.model import SmugglingModel
    from sim.world.supply import Supply

_LEAST = 0.1  # share that it expects to arrive at least: nobody orders more than ten times what is missing


class SupplyBroker(Actor):
    """Orders precursors for one area: up to a target, in lots, by the gateway that looks cheapest, risk included."""

    def __init__(self, model: SmugglingModel, area: str, number: int, terms: Precursors) -> None:
        """Number: its own among all owners of loads, below zero."""
        super().__init__(model, f"supply broker {area}")
        self.area, self.number, self.terms = area, number, terms
        table = model.inbound.table
        self.ways = np.flatnonzero(table.facts["area"] == table.areas.index(area))
        """Rows of the inbound ways to its area, one a gateway."""
        facts = table.facts[self.ways]
        self.controls: list[int] = facts["checkpoints"][:, 0].tolist()
        """Rows of the import controls at the gateways."""
        self._usd: list[float] = facts["usd_per_kg"].tolist()
        self._kept: list[float] = (1.0 - facts["known_loss"]).tolist()
        self._lanes = model.inbound.network.legs.lane[table.legs[self.ways, 0]]
        self.follow_routes()
        self.target_days = float(terms.precursor_days) + min(table.routes[way].days for way in self.ways.tolist())
        """Days of use that it likes to have in store and under way."""
        self.credit_g = [0.0] * len(self.ways)
        """What could be diverted by each gateway and was not ordered yet."""
        self._coming: list[int] = []  # numbers of its loads that may be under way

    def follow_routes(self) -> None:
        """Share out what can be diverted by what the lanes into the gateways carry now."""
        routes = self.model.routes
        boxes = routes.traffic.boxes[routes.situation, routes.traffic.row[routes.situation, self._lanes]]
        total = float(boxes.sum())
        self._part: list[float] = (boxes / total if total > 0.0 else boxes).tolist()

    @property
    def _supply(self) -> Supply:
        return cast("Supply", self.model.chains.source_of[self.area])

    def open_store(self) -> None:
        """What is there before the first day: what the area likes to hold, and what would be under way."""
        held = int(self.use_g() * self.target_days)
        self._supply.precursor_g[self.area] += held
        self.model.ledger.book(0, "opening", PRECURSORS, held, place=self.area)

    def store(self, grams: int) -> None:
        """A load is there."""
        self._supply.precursor_g[self.area] += grams

    def use_g(self) -> float:
        """Precursors that a day's leaf of the area takes, grams."""
        return self._supply.leaf_of(self.area, self.model.today) * self.terms.kg_per_kg

    def order(self, controls: Controls, beliefs: Beliefs, row: int) -> None:
        """A week's orders: what is missing; and a better offer if it could not be had.

        beliefs: of all brokers; row: its own in them.
        """
        beliefs.fade(row)
        lot, held = max(1, int(self.terms.lot_kg * GRAMS_PER_KG)), self._supply.precursor_g[self.area]
        self._divert(controls, lot)
        arrives, ranked = self._by_cost(beliefs, row)
        wanted = missing = (self.use_g() * self.target_days - held) / arrives - self._under_way()
        sent = 0
        for way in ranked:
            while missing >= lot and self.credit_g[way] >= lot:
                self.credit_g[way] -= lot
                missing -= lot
                self._send(int(self.ways[way]), lot, sent)
                sent += 1
        self._offer(missing / wanted if missing >= lot else 0.0)

    def _under_way(self) -> int:
        loads = self.model.cargo.rows
        self._coming = [load for load in self._coming if loads["outcome"][load] == UNDER_WAY]
        return sum(int(loads["grams"][load]) for load in self._coming)

    def _divert(self, controls: Controls, lot: int) -> None:
        """What can be diverted in a week: spare * use * (offer / starting offer)^elasticity, shared out by the trade of
        the gateways, less what regulation stops. What is left over waits, up to two weeks' worth or a lot."""
        terms, offer = self.terms, self._supply.offer[self.area]
        pull = math.pow(offer / terms.offer, terms.elasticity) if terms.offer else 1.0
        week = self.use_g() * DAYS_PER_WEEK * terms.spare * pull
        stopped = controls.diversion_stopped
        for way, control in enumerate(self.controls):
            more = week * self._part[way] * (1.0 - float(stopped[control]))
            self.credit_g[way] = min(self.credit_g[way] + more, max(float(lot), 2.0 * more))

    def _by_cost(self, beliefs: Beliefs, row: int) -> tuple[float, list[int]]:
        """What it expects to arrive of a load by the best way, and the ways that are open today by what a kilogram that
        arrives costs, the risk of each gateway drawn from its beliefs."""
        offer, losses, passages = self._supply.offer[self.area], beliefs.losses, beliefs.passages
        usd, arrives = [], []
        for way, control in enumerate(self.controls):
            counts = float(losses[row, control, -1]), float(passages[row, control, -1])
            entity = beliefs.keys[control, -1] ^ self.key
            sure = 0.0 in counts
            risk = (
                counts[0] / sum(counts) if sure else self.model.draws.beta("belief", entity, self.model.day, 0, *counts)
            )
            arrives.append(max(_LEAST, (1.0 - risk) * self._kept[way]))
            usd.append((offer + self._usd[way]) / arrives[-1])
        ranked = sorted(range(len(usd)), key=usd.__getitem__)
        sail = [way for way in ranked if self._part[way] > 0.0]
        return arrives[(sail or ranked)[0]], sail

    def _offer(self, short: float) -> None:
        """Raise the offer by the share of what was wanted that could not be had, or come down towards the first."""
        offers, step = self._supply.offer, float(self.terms.raise_on_shortage)
        if short > 0.0:
            most = max(float(self.terms.offer), self._supply.most_offered(self.area))
            offers[self.area] = min(most, offers[self.area] * (1.0 + step * short))
        else:
            offers[self.area] = max(float(self.terms.offer), offers[self.area] / (1.0 + step))

    def _send(self, way: int, grams: int, nth: int) -> None:
        """Have a lot diverted, and put it on its way; nth: which of its lots of today, from 0. Its luck is addressed by
        that, and does not hang on what has become of others."""
        model, legs = self.model, self.model.inbound.table.legs
        number = model.cargo.add(
            key=child_key(child_key(self.key, model.day), nth),
            grams=grams,
            shows=float(self.terms.visibility),
            commodity=model.ledger.commodities.index(PRECURSORS),
            organisation=self.number,
            way=way,
            concealment=model.misdeclared,
            day=model.day,
            due=model.day,
            crewed=False,
        )
        self._coming.append(number)
        leaves = model.inbound.network.leg(int(legs[way, 0])).origin
        for event in ("produced", "dispatched"):
            model.ledger.book(model.day, event, PRECURSORS, grams, place=leaves, load=number, mode="container")


class Brokers:
    """The supply brokers of a run: one for each area where product is made; none where precursors are not modelled."""

    def __init__(self, model: SmugglingModel) -> None:
        self.model, plan = model, model.plan
        terms = precursors_of(model.goods)
        made_in = plan.areas_of(plan.precursors_for()).items()
        areas = [name for name, area in made_in if area.share > 0.0] if terms else []
        self.each = [SupplyBroker(model, area, -1 - n, terms) for n, area in enumerate(areas) if terms]
        groups = plan.organisations.values()
        believed = [next((group.beliefs for group in groups if area in group.areas), Traits()) for area in areas]
        marks = model.checkpoints
        self.beliefs = Beliefs(
            believed, marks.names, marks.n_ports, tuple(hidden(model.goods)), brokers=True, first_site=marks.first_site
        )  # fmt: skip
        """Of each, as those of the first group of organisations that buys in its area."""
        self.beliefs.present[1] = [broker.number for broker in self.each]
        self._due: list[list[tuple[int, SupplyBroker]]] = [
            [(row, broker) for row, broker in enumerate(self.each) if broker.weekday == day]
            for day in range(DAYS_PER_WEEK)
        ]
        model.cargo.inbound = Ways(model.inbound.table, 0)
        for broker in self.each:
            broker.open_store()

    def order(self, controls: Controls) -> None:
        """Those order whose day of the week it is."""
        for row, broker in self._due[self.model.day % DAYS_PER_WEEK]:
            broker.order(controls, self.beliefs, row)

    def follow_routes(self) -> None:
        """The route graph has changed."""
        for broker in self.each:
            broker.follow_routes()

    def deliver(self, area: str, grams: int) -> None:
        """Precursors are in an area."""
        next(broker for broker in self.each if broker.area == area).store(grams)

    def learn(self, steps: Records, loads: Records) -> None:
        """They learn from the day's meetings of their loads with controls."""
        if self.each:
            self.beliefs.learn(steps, loads)
