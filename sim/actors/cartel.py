"""Cartels: organisations that buy, choose a way by what they believe, and learn from what they lose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from sim.actors.actor import Actor
from sim.actors.behaviours.behaviour import Choice, Month, Seen
from sim.actors.cells import Cells
from sim.actors.core import Core
from sim.actors.traits import Organisations
from sim.kernels.choosing import DRAWN, RULE, Habits
from sim.kernels.draws import entity_key
from sim.kernels.planning import SCOUTING, TERMS, Chances, Means, look_around, plan_week
from sim.kernels.prospects import LOT, Records
from sim.kernels.sending import BOUGHT, SENDER
from sim.terms import CENTS_PER_USD, DAYS_PER_WEEK, DAYS_PER_YEAR, GRAMS_PER_KG
from sim.world.passage import Encounter

if TYPE_CHECKING:
    from sim.model import SmugglingModel
    from sim.world.commodity import Commodity

Ending = Literal["insolvent", "dismantled"]
"""Why an organisation is no more: its money was gone, or it was ended by force."""

LOTS_KG = (20.0, 50.0, 100.0, 200.0, 400.0, 800.0, 1600.0, 3200.0, 6400.0)
"""Loads that are compared when a lot is planned; the actual load varies around the planned one."""
WEEKS_PER_MONTH = 4
"""After how many weeks it looks back on them."""
REFERENCE_KG = 100.0
"""The load that beliefs about a checkpoint speak of."""


class Cartel(Actor):
    """A trafficking organisation: capital, cells, beliefs, and a way of choosing."""

    def __init__(
        self, model: SmugglingModel, name: str, number: int, seat: int, traits: Organisations, share: float
    ) -> None:
        """Number: among all that there ever were; seat: its row among those that there can be at a time; share: its
        size against an organisation of the first day with the same luck."""
        super().__init__(model, f"organisation {name}")
        self.name = name
        self.number, self.seat, self.traits = number, seat, traits
        self.size = share * model.draws.lognormal("size", self.key, 0, 0, 0.0, float(traits.size_spread))
        self.capital_cents = round(float(traits.capital_usd) * self.size * CENTS_PER_USD)
        self.starting_cents = self.capital_cents
        self.earned_cents = self.spent_cents = self.sent_g = self.seized_g = 0
        """Since it began: brought home for deliveries, spent on all it does, sent on its way, and seized; the last two
        in grams of the main commodity that were worth as much at the start."""
        self.core = Core(traits.core)
        self.ended: Ending | None = None
        """Why there is no such organisation any more."""
        self._solvent_on = self._led_from = model.day
        self.ways = model.ways_of(traits)
        self.first_cell = model.cargo.ways[number].first
        """Row of its first cell among all cells."""
        here = slice(self.first_cell, self.first_cell + len(self.ways.places))
        self.cells = Cells(model, number, traits, self.ways, model.all_cells[here])
        self.goods = tuple(model.commodity_at[area] for area in traits.areas)
        """What it buys in each of its areas, by name."""
        self.sender, self.bought = self._in_the_books()
        self.means, self.habits = self._means(), self._habits()
        self._choices: list[Choice | None] = [None] * len(self.goods)
        self.weeks = 0
        self._looked_back = (0, 0)
        """What it had sent and lost when it last looked back, grams."""
        self._least_cents = self._cost_of_least()

    def _in_the_books(self) -> tuple[Records, Records]:
        """SENDER[1] and BOUGHT[areas]: what loads of its know of it."""
        books, goods = self.model.ledger, self.model.goods
        modes = [books.modes.index(mode) for mode in ("container", "small_craft")]
        bought = [
            (books.commodities.index(name), books.places.index(area), goods[name].unit == "persons")
            for name, area in zip(self.goods, self.traits.areas, strict=True)
        ]
        return np.array([(self.key, self.number, self.first_cell, modes)], SENDER), np.array(bought, BOUGHT)

    def _means(self) -> Means:
        """What it has to choose from, and how it weighs."""
        model, ways = self.model, self.ways
        gates = [ways.departures, ways.arrivals, ways.hubs]
        purposes = [*(f"scouting of {kind}" for kind in SCOUTING), "beyond the share", "belief", "load"]
        return Means(
            facts=ways.facts,
            crews=ways.crews,
            there=ways.there[model.routes.situation].copy(),
            gates=np.array([ways.row[site] for kind in gates for site in kind], np.int64),
            gate_keys=np.array([entity_key(f"gateway {site}") for kind in gates for site in kind], np.uint64),
            trade=self._trade(),
            kinds=np.cumsum([0, *map(len, gates)]).astype(np.int64),
            lots=self._loads(),
            methods=model.methods,
            terms=self._terms(),
            checkpoints=model.beliefs.keys,
            purposes=np.array([model.draws.key(purpose) for purpose in purposes], np.uint64),
        )

    def _trade(self) -> NDArray[np.float64]:
        """What its gateways ship, by kind, containers a day; 0 of those that no way leads by now."""
        ways, routes = self.ways, self.model.routes
        gates = (*ways.departures, *ways.arrivals, *ways.hubs)
        used = np.isin([ways.row[site] for site in gates], ways.crews[ways.there[routes.situation]])
        return np.where(used, routes.trade_of(gates), 0.0)

    def follow_routes(self) -> None:
        """The route graph has changed: look for ways anew. Cells and beliefs stay."""
        self.means.there[:] = self.ways.there[self.model.routes.situation]
        self.means.trade[:] = self._trade()

    def _habits(self) -> Habits:
        """How it chooses, before it has settled how."""
        model, beliefs = self.model, self.model.beliefs
        purposes = ("choice", "willingness")
        rule = np.zeros(len(self.goods), RULE)
        rule["information"] = self.traits.beliefs.information
        return Habits(
            rule=rule,
            in_use=np.zeros(len(self.ways.facts), np.bool_),
            premium=np.ones(len(beliefs.keys)),
            keys=self.ways.keys,
            start=beliefs.start[self.seat],
            purposes=np.array([model.draws.key(purpose) for purpose in purposes], np.uint64),
        )

    def _loads(self) -> Records:
        """LOT[areas, Q]: the loads that are compared, and what it believes that their size does to the risk."""
        model, matters = self.model, float(self.traits.beliefs.load_matters)
        lots = np.zeros((len(self.goods), len(LOTS_KG)), LOT)
        for row, name in enumerate(self.goods):
            visible = np.array([model.chains.visibility(name, kg) for kg in LOTS_KG])
            shows = 1.0 - matters + matters * visible / model.chains.visibility(name, REFERENCE_KG)
            lots["kg"][row], lots["shows"][row] = LOTS_KG, shows
        return lots

    def _terms(self) -> Records:
        """TERMS[areas]: how it weighs and what it may."""
        traits, listed = self.traits, self.model.goods
        goods = [listed[name] for name in self.goods]
        terms = np.zeros(len(goods), TERMS)
        terms["penalty"], terms["aversion"] = traits.loss_penalty, traits.risk_aversion
        terms["comfort_usd"] = [float(traits.comfort) * good.starting_price for good in goods]
        terms["per_unit"] = [good.per_unit for good in goods]
        terms["commodity"] = [list(listed).index(name) for name in self.goods]
        terms["lot_spread"], terms["least_lot_kg"] = traits.lot_spread, traits.least_lot
        terms["largest_lot_kg"] = traits.largest_lot
        terms["setup_cents"] = round(float(traits.cells.setup_usd) * CENTS_PER_USD)
        terms["setup_jobs"], terms["setup_days"] = traits.cells.setup_jobs, int(traits.cells.setup_days)
        terms["span"], terms["scouted"] = traits.span, traits.scouted
        return terms

    def _cost_of_least(self) -> int:
        """What the smallest load costs the cheapest way at the starting price, cents."""
        facts, methods, listed = self.means.facts[:, None], self.means.methods, self.model.goods
        by = methods[facts["small_craft"].astype(np.int64), np.arange(methods.shape[1])]
        source = np.array([listed[name].starting_cost for name in self.goods])[facts["area"]]
        carriage = source + facts["usd_per_kg"] + by["usd_per_kg"] + facts["nm"] * by["usd_per_kg_nm"]
        usd = carriage * self.means.terms["least_lot_kg"][facts["area"]] + facts["usd_fixed"] + by["usd"]
        admitted = (facts["admits"] >> np.arange(methods.shape[1])) & 1 == 1
        return round(min(usd[admitted].tolist(), default=0.0) * CENTS_PER_USD)

    def settle(self, gateways: int, partners: int) -> None:
        """Open cells at so many gateways of the origin side and of the destination side, drawn by their trade."""
        means, cells = self.means, self.cells
        for kind, count in enumerate((gateways, partners)):
            here = slice(*means.kinds[kind : kind + 2])
            gates, names, trade, known = means.gates[here], means.gate_keys[here], means.trade[here], cells.held.copy()
            key = self.model.draws.key(f"first cells at {SCOUTING[kind]}")
            look_around(key, self.key, self.model.day, gates, names, trade, count, known, trade.copy())
            for row in (known & ~cells.held).nonzero()[0].tolist():
                cells.open(row)

    # ------------------------------------------------------------------ a week

    def plan(self) -> None:
        """Once a week: keep the cells manned, then buy and send what is worth sending."""
        if self._has_had_enough():
            self._end("insolvent")
            return
        if not self.decides_today:
            return
        self._keep_up()
        self.core.recover(self.model.draws, self.key, self.model.day)
        self._share_profit()
        self.model.beliefs.fade(self.seat)
        self.cells.keep()
        self._settle_how_to_choose()
        if self.model.day >= self._led_from and self.core.works(self.model.draws, self.key, self.model.day):
            self._send()

    def _settle_how_to_choose(self) -> None:
        """Ask its behaviour for the week's rule of choice; every four weeks the past four are looked back on."""
        model, month = self.model, None
        if self.weeks and self.weeks % WEEKS_PER_MONTH == 0:
            sent, seized = self._looked_back
            month = Month((self.sent_g - sent) / GRAMS_PER_KG, (self.seized_g - seized) / GRAMS_PER_KG)
            self._looked_back = self.sent_g, self.seized_g
        used = int(np.count_nonzero(self.habits.in_use))
        for row, good in enumerate(self.goods):
            price = model.goods[good].starting_price
            choice = self.traits.behaviour.choose(Seen(self.weeks, model.chains.price_of(good), price, used, month))
            if choice != self._choices[row]:
                for name, value in choice._asdict().items():
                    self.habits.rule[name][row] = DRAWN.index(value) if name == "draws" else value
                self._choices[row] = choice
        self.weeks += 1

    @property
    def is_broke(self) -> bool:
        """Whether it has no money for a load, and none to come."""
        return not (self.capital_cents >= self._least_cents or self._waits_for_something())

    def _has_had_enough(self) -> bool:
        """Whether it has had no money for a load, and none to come, for as long as its patience lasts."""
        day = self.model.day
        if not self.is_broke:
            self._solvent_on = day
            return False
        return day - self._solvent_on >= max(1, int(self.traits.life.patience_days))

    def _waits_for_something(self) -> bool:
        """Whether any money or load of its is under way."""
        return self.model.cargo.any_of(self.number) or self.model.finance.owes(self.number)

    def _keep_up(self) -> None:
        """A week's cost of being there."""
        upkeep = round(self.starting_cents * float(self.traits.life.upkeep_per_year) * DAYS_PER_WEEK / DAYS_PER_YEAR)
        self.capital_cents -= upkeep
        self.spent_cents += upkeep

    def _share_profit(self) -> None:
        """Owners take out some of what is above the starting capital; of that, they leave a little in to grow by."""
        beyond = self.capital_cents - self.starting_cents
        if beyond <= 0:
            return
        profit = round(beyond * float(self.traits.payout))
        kept = round(profit * float(self.traits.life.growth))
        self.capital_cents -= profit - kept
        self.size *= 1.0 + kept / self.starting_cents if self.starting_cents else 1.0
        self.starting_cents += kept

    def _send(self) -> None:
        """Plan the week's lots, give up the cells that make room for others, buy, and send the loads on their way."""
        model, desk, ways, before = self.model, self.model.desk, self.ways, self.capital_cents
        sent, gone, self.capital_cents = plan_week(
            self.means, self.habits, self._chances(), self.cells.table, model.beliefs.counts[self.seat], self.key,
            model.day, self.capital_cents, desk,
        )  # fmt: skip
        self.spent_cents += before - self.capital_cents
        self.cells.leave_behind(desk.left_behind[:gone].tolist())
        if not sent:
            return
        orders = desk.orders[:sent]
        for row, grams in zip(ways.facts["area"][orders["way"]].tolist(), orders["grams"].tolist(), strict=True):
            area = self.traits.areas[row]
            model.chains.source_of[area].take(area, grams)
            self.sent_g += model.chains.worth_g(self.goods[row], grams)
        model.dispatch(self, orders)

    def _chances(self) -> Chances:
        """What the week brings: prices, and the stores that it buys from."""
        model, areas = self.model, self.traits.areas
        part = float(self.traits.buying) * self.size
        return Chances(
            prices=model.chains.prices,
            stock=np.array([model.chains.source_of[area].on_offer(area) for area in areas], np.int64),
            offered=np.array([model.chains.offered[area] for area in areas], np.int64),
            share=np.array([part / model.buyers_size(area) for area in areas]),
            source_usd=np.array([model.chains.source_of[area].source_usd(area) for area in areas]),
        )

    # ------------------------------------------------------------------ on the way

    @property
    def least_hands(self) -> int:
        """With fewer couriers no crew of its goes to work: one may be missing, unless it is the only one."""
        return max(1, self.cells.crew - 1)

    def pay_crew(self, cell: int) -> None:
        """A crew, by the row of its cell among all cells, has done a job for it and is paid; after a split it may be
        another's."""
        at_work = self.model.underworld.holder(cell)
        pay = round(at_work.cells.pay(cell - at_work.first_cell) * CENTS_PER_USD)
        self.capital_cents -= pay
        self.spent_cents += pay

    def bribe(self, cents: int) -> int:
        """Inspectors in its pay are paid; returns what that costs."""
        self.capital_cents -= cents
        self.spent_cents += cents
        return cents

    # ------------------------------------------------------------------ what comes back

    def paid(self, usd: float, good: Commodity, market: str) -> None:
        """A market pays for a delivery, and a broker takes the money to bring it home. Where there is no organisation
        any more nobody is paid."""
        if not self.ended:
            self.model.finance.send(self, market, usd, good)

    def receive(self, cents: int) -> None:
        """Money has come home."""
        self.capital_cents += cents
        self.earned_cents += cents

    def lose_money(self, cents: int) -> None:
        """Capital is confiscated."""
        self.capital_cents -= cents

    def learn(self, met: Encounter, case: int = -1) -> None:
        """A load of its own was seized or passed: where crew had a hand in what was seized, it may be arrested."""
        if not met.seized:
            return
        load, good = met.consignment, met.consignment.commodity
        self.seized_g += self.model.chains.worth_g(good, load.grams)
        if load.crewed and not self.ended:
            self.cells.raided(met.site, float(self.model.goods[good].arrests_per_seizure), case)

    # ------------------------------------------------------------------ how it ends

    def lose_leader(self) -> None:
        """Its leader is gone: it may fall apart, and buys nothing until another leads."""
        model, life = self.model, self.traits.life
        self._led_from = model.day + int(life.succession_days)
        model.underworld.disrupted()
        if model.draws.uniform("succession", self.key, model.day) < float(life.split_on_loss):
            model.underworld.split(self)

    def hand_over(self, child: Cartel, share: float) -> None:
        """Give part of capital and size to an organisation that splits off, cells by luck, and all that it believes."""
        model = self.model
        given, target = round(max(0, self.capital_cents) * share), round(self.starting_cents * share)
        child.capital_cents, child.starting_cents, child.size = given, target, self.size * share
        self.capital_cents -= given
        self.starting_cents -= target
        self.size -= child.size
        model.beliefs.counts[child.seat] = model.beliefs.counts[self.seat]
        model.finance.hand_over(self.seat, child.seat)
        child.habits.in_use[:], child.habits.premium[:] = self.habits.in_use, self.habits.premium
        keys = model.underworld.ground.keys[model.underworld.ground.place[self.first_cell :]]
        for row in self.cells.held.nonzero()[0].tolist():
            if model.draws.uniform("cell of a split", self.key ^ keys[row], model.day) < share:
                child.cells.take(self.cells, row)
                mine = self.first_cell + row
                model.cargo.redirect(mine, mine + 1, child.first_cell + row)

    def dismantle(self, reason: Ending = "dismantled") -> None:
        """It is ended by force; what it has under way goes on, and nobody is paid for it."""
        self.model.underworld.disrupted()
        self._end(reason)

    def _end(self, reason: Ending) -> None:
        """Its people leave and its cells are closed; it keeps its number and its name."""
        self.ended = reason
        self.cells.close()
        self.model.underworld.vacate(self)
        self.model.integrity.let_go(self.number)
        self.remove()
