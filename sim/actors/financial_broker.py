"""Financial brokers: they bring proceeds home for a fee, and are dearer, or gone, once they are found out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.actors.actor import Actor
from sim.kernels.docket import CLOSED, CONVICTED
from sim.kernels.draws import child_key
from sim.kernels.tracing import FROZEN, HOME, move
from sim.terms import CENTS_PER_USD, DAYS_PER_WEEK
from sim.world.purse import MoneyBooks

if TYPE_CHECKING:
    from sim.actors.cartel import Cartel
    from sim.model import SmugglingModel
    from sim.world.commodity import Commodity
    from sim.world.levers import Controls
    from sim.world.money import FinancialBrokers


class FinancialBroker(Actor):
    """One who brings money home: a fee, a delay, and how much he can have under way."""

    def __init__(self, model: SmugglingModel, seat: int, follows: int, terms: FinancialBrokers) -> None:
        """Seat: his place among those that there are at a time; follows: how many had it before."""
        super().__init__(model, f"financial broker {seat + 1}.{follows + 1}")
        self.seat, self.follows, self.terms = seat, follows, terms
        self.usual = model.draws.lognormal("fee of a broker", self.key, 0, 0, 0.0, float(terms.fee_spread))
        """His fee when he was never found out, in fees of the goods."""
        self.delay = model.draws.lognormal("delay of a broker", self.key, 0, 0, 0.0, float(terms.delay_spread))
        """Days that he takes, in those of the goods."""
        self.raised = 1.0
        """Factor on his fee for having been found out."""
        self.exposed = 0
        """Transfers of his that were traced."""
        self.under_way_cents = 0
        self.since = model.day
        """Day from which he works; whoever had the seat before took what set out earlier."""
        self.back_on = -1
        """Day from which his successor works, once he has closed."""

    @property
    def fee(self) -> float:
        """His fee now, in fees of the goods."""
        return self.usual * self.raised

    def expose(self) -> None:
        """A transfer of his was traced: he asks for more, or closes, unless he has."""
        model, terms = self.model, self.terms
        self.exposed += 1
        self.raised *= 1.0 + float(terms.dearer)
        closes = model.draws.uniform("broker closes", self.key, model.day, self.exposed) < float(terms.closes)
        if closes and self.back_on < 0:
            self.back_on = model.day + int(terms.successor_days)

    def calm(self) -> None:
        """Once a week some of what being found out did to his fee is gone."""
        self.raised = 1.0 + (self.raised - 1.0) * (1.0 - float(self.terms.calms))


class Finance:
    """All brokers of a run, what organisations think of them, the transfers, and the units that trace these."""

    def __init__(self, model: SmugglingModel, seats: int) -> None:
        """Seats: how many organisations there can be at a time."""
        self.model, money = model, model.plan.money
        self.terms, self.books = money.brokers, MoneyBooks()
        self.brokers = [FinancialBroker(model, seat, 0, self.terms) for seat in range(int(self.terms.count))]
        self.exposed = self.closed = 0
        """Transfers that brokers were found out by, and brokers who closed, since the first day."""
        prior = float(self.terms.believed) * float(self.terms.strength)
        self._prior = np.array([prior, float(self.terms.strength) - prior])
        self.felt = np.tile(self._prior, (seats, len(self.brokers), 1))
        """float64[seats, brokers, 2]: transfers lost to tracing, and brought home, as organisations count them."""
        self._attention = float(self.terms.attention)
        self._room = round(float(self.terms.capacity_usd) * CENTS_PER_USD)
        self._luck, self._traced, self._taken = model.draws.key("tracing"), float(money.traced), float(money.taken)
        self._looks = np.array([float(each.looks_per_day) for each in model.states.each(money.tracing, money.at)])
        self._agreed = np.eye(len(model.states), dtype=np.bool_)
        for one, other in money.agreements:
            a, b = model.states.row(one), model.states.row(other)
            self._agreed[a, b] = self._agreed[b, a] = True
        self._in_force: Controls | None = None
        self._passing, self._ended = np.zeros(len(model.states), np.int64), np.zeros(64, np.int64)
        self._counted_on = -1
        self._counted: dict[int, int] = {}
        """The number of the last transfer of the day `_counted_on`, from 0, by organisation."""

    # ------------------------------------------------------------------ what organisations see

    def mean_fee(self) -> float:
        """What the brokers at work ask in the mean, in fees of the goods."""
        at_work = [broker.fee for broker in self.brokers if broker.back_on < 0]
        return math.fsum(at_work) / len(at_work) if at_work else 1.0

    def owes(self, organisation: int) -> bool:
        """Whether money of an organisation is under way."""
        books = self.books
        return bool((books.rows["organisation"][books.under_way[: books.moving]] == organisation).any())

    def choose(self, seat: int, key: np.uint64, fee: float, cents: int, draw: int) -> FinancialBroker:
        """A broker by logit over what is expected to be lost with each; those who have room, if any has."""
        open_now = [broker for broker in self.brokers if broker.back_on < 0] or self.brokers
        able = [broker for broker in open_now if broker.under_way_cents + cents <= self._room] or open_now
        lost, home = self.felt[seat, :, 0].tolist(), self.felt[seat, :, 1].tolist()
        costs = [fee * broker.fee + lost[broker.seat] / (lost[broker.seat] + home[broker.seat]) for broker in able]
        least, weights = min(costs), []
        for cost in costs:
            weights.append(math.exp(-self._attention * (cost - least)))
        left = self.model.draws.uniform("broker", key, self.model.day, draw) * math.fsum(weights)
        for broker, weight in zip(able, weights, strict=True):
            left -= weight
            if left < 0.0:
                return broker
        return able[-1]

    def send(self, owner: Cartel, market: str, usd: float, good: Commodity) -> None:
        """An organisation has money at a market: a broker takes it, and brings it home."""
        model, day, cents = self.model, self.model.day, round(usd * CENTS_PER_USD)
        if cents <= 0:
            return
        nth = self._count(owner.number)
        broker = self.choose(owner.seat, owner.key, float(good.broker_fee), cents, nth)
        kept = min(cents, round(cents * min(1.0, float(good.broker_fee) * broker.fee)))
        due = day + max(1, round(int(good.payment_days) * broker.delay))
        states = model.states.of_site
        home = states[owner.traits.areas[0]]
        key = child_key(child_key(owner.key, day), nth)
        self.books.send((key, day, due, owner.number, broker.seat, cents, kept, states[market], home))
        broker.under_way_cents += cents

    def _count(self, organisation: int) -> int:
        """The how manieth of an organisation's transfers of today the next one is, from 0: its luck is addressed by
        that, and does not hang on what others send."""
        if self._counted_on != self.model.day:
            self._counted_on, self._counted = self.model.day, {}
        nth = self._counted[organisation] = self._counted.get(organisation, -1) + 1
        return nth

    # ------------------------------------------------------------------ a day

    def move(self, controls: Controls) -> None:
        """A day of all money under way: what is due is at home, some of the rest is traced and frozen at once."""
        books, day = self.books, self.model.day
        books.open_day()
        self._judgments()
        self._week(day)
        if controls is not self._in_force:
            self._in_force = controls
            self._look, self._link = self._looks * controls.tracing_units, self._links(controls.tracing_abroad)
        if not books.moving:
            return
        if len(self._ended) < books.moving:
            self._ended = np.zeros(2 * books.moving, np.int64)
        books.moving, ended = move(
            day, books.rows, books.under_way, books.moving, self._look, self._link, self._traced, self._luck,
            self._passing, self._ended,
        )  # fmt: skip
        for row in self._ended[:ended].tolist():
            self._settle(row)

    def _links(self, abroad: np.ndarray) -> np.ndarray:
        """float64[S, S]: share of its rate that a unit keeps where the other end lies in another state."""
        return np.where(self._agreed, 1.0, np.minimum(abroad[:, None], abroad[None, :]))

    def _settle(self, row: int) -> None:
        """What became of a transfer is booked, paid out, and learned from."""
        model, rows = self.model, self.books.rows
        seat, organisation, cents = (int(rows[name][row]) for name in ("broker", "organisation", "cents"))
        self.books.settle(row)
        broker, owner = self.brokers[seat], model.cartels[organisation]
        frozen = int(rows["status"][row] == FROZEN)
        if rows["day"][row] >= broker.since:  # else it was with one who has closed, of whom nobody thinks any more
            broker.under_way_cents -= cents
            self.felt[:, seat, 1 - frozen] += float(self.terms.rumour)
            if not owner.ended:
                self.felt[owner.seat, seat, 1 - frozen] += 1.0 - float(self.terms.rumour)
            if frozen:
                broker.expose()
        if frozen:
            self.exposed += 1
            model.intelligence.learned(
                "organisation", organisation, int(rows["state"][row]), "tracing", key=f"{int(rows['key'][row]):x}"
            )
            self._open_case(row)
        elif rows["status"][row] == HOME and not owner.ended:
            owner.receive(cents - int(rows["fee"][row]))

    def _open_case(self, row: int) -> None:
        """A case about what was frozen, in the state that traced it."""
        rows = self.books.rows
        names = ("organisation", "state", "market", "home")
        organisation, state, market, home = (int(rows[name][row]) for name in names)
        rows["case"][row] = self.model.justice.money(organisation, state, market + home - state, rows["key"][row])

    def _judgments(self) -> None:
        """Whatever was frozen in a case that is closed is confiscated or given back; who led an organisation and was
        convicted for good loses a share of its capital."""
        model, day, cases = self.model, self.model.day, self.model.justice.cases
        for row in list(self.books.frozen) if day % DAYS_PER_WEEK == 0 else ():
            case = self.books.rows["case"][row]
            if cases["stage"][case] == CLOSED:
                given_back = self.books.judge(row, day, confiscated=bool(cases["outcome"][case] == CONVICTED))
                owner = model.cartels[int(self.books.rows["organisation"][row])]
                if not owner.ended:
                    owner.receive(given_back)
        for judgment in model.justice.judged_today:  # of yesterday: courts are heard after money has moved
            if judgment.convicted and cases["leaders"][judgment.case] and judgment.organisation >= 0:
                owner = model.cartels[judgment.organisation]
                taken = 0 if owner.ended else round(max(0, owner.capital_cents) * self._taken)
                owner.lose_money(taken)
                self.books.take(taken)

    def _week(self, day: int) -> None:
        """Brokers calm down, others take the places of those who have closed; experience fades."""
        weekday = day % DAYS_PER_WEEK
        for seat, broker in enumerate(self.brokers):
            if 0 <= broker.back_on <= day:
                self.closed += 1
                broker.remove()
                self.brokers[seat] = FinancialBroker(self.model, seat, broker.follows + 1, self.terms)
                self.felt[:, seat] = self._prior
            elif broker.raised > 1.0 and broker.weekday == weekday:
                broker.calm()
        if weekday == 0:
            self.felt *= float(self.terms.memory)
            self.felt += (1.0 - float(self.terms.memory)) * self._prior

    def forget(self, seat: int) -> None:
        """Another organisation takes a seat: it thinks of brokers what is thought at first."""
        self.felt[seat] = self._prior

    def hand_over(self, seat: int, to: int) -> None:
        """Who splits off thinks of brokers what the organisation thinks."""
        self.felt[to] = self.felt[seat]
