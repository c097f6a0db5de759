"""The exchange: who passes on what to whom today, by agreements, by the forum, and by what policies add to both."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.actors.state import StateActor
from sim.kernels.items import AGREEMENT, CONSIGNMENT, FORUM
from sim.kernels.signals import CHANNELS, Links
from sim.terms import DAYS_PER_YEAR
from sim.world.columns import Records
from sim.world.links import SUBJECTS, Chances, no_links, pairs_of, widened
from sim.world.sources import Subject

if TYPE_CHECKING:
    import networkx as nx

    from sim.model import SmugglingModel
    from sim.world.levers import Controls

CHANNEL_NAMES = ("agreement", "forum")
LEVERS = ("sharing", "sharing_days", "membership", "delay_factor")
"""What of the controls links between states follow."""


class _Terms(NamedTuple):
    """An agreement of the scenario: who with whom, and from when to when."""

    pairs: NDArray[np.bool_]
    kinds: tuple[Subject, ...]
    chance: float
    days: float
    start: date
    end: date


class Exchange:
    """Links between S states, laid anew when an agreement, the forum or a lever changes."""

    def __init__(self, model: SmugglingModel) -> None:
        self.model, self.plan = model, model.plan.cooperation
        self.forum, states = self.plan.forum, model.states
        self.states = [StateActor(model, row, self.forum) for row in range(len(states))]
        self._agreements = [
            _Terms(
                pairs_of(states, terms), terms.shares, 1.0 if terms.binding else float(terms.probability),
                float(terms.days), terms.start or date.min, terms.end or date.max,
            )
            for terms in self.plan.agreements.values()
        ]  # fmt: skip
        self._joining = self._join_dates()
        self._candidates = states.rows(self.forum.candidates)
        self._between = max(1, round(DAYS_PER_YEAR / float(self.forum.meetings_per_year)))
        self._met = 0
        self._dates = self._days_of_change()
        self._in_force: Controls | None = None
        self.training = np.ones(len(model.clearance.posts))
        """float64[C]: factor of the forum's training on what analysts at a control see."""
        self.links = Links(*self._no_links(), np.bool_(self.plan.onward), states.keys)
        self._named = float(model.plan.trade.evidence.tip_clean)

    def _no_links(self) -> tuple[Chances, Chances, NDArray[np.bool_]]:
        chances, _ = no_links(len(self.states))
        goods = len(self.model.ledger.commodities)
        return (
            np.stack([chances] * CHANNELS),
            np.zeros((CHANNELS, len(self.states), len(self.states))),
            np.ones((CHANNELS, goods), np.bool_),
        )

    def _join_dates(self) -> list[tuple[int, date]]:
        """Rows of the states that join on a date of the scenario; the earliest counts."""
        found: dict[int, date] = {}
        for name, when in self.forum.members.items():
            for row in self.model.states.rows([name]):
                found[row] = min(when, found.get(row, when))
        return sorted(found.items())

    def _days_of_change(self) -> set[int]:
        """Days of the run on which an agreement begins or has ended, somebody joins, or the forum's scope widens."""
        known = [terms.start for terms in self._agreements] + [when for _, when in self._joining]
        known += [terms.end + timedelta(days=1) for terms in self._agreements if terms.end < date.max]
        known += [self.founded, *(wider.start for wider in self.forum.widening)]
        start = self.model.plan.start
        return {(when - start).days for when in known if when > start}

    @property
    def founded(self) -> date:
        """First day of the forum."""
        return self.forum.founded or date.min

    @property
    def members(self) -> list[StateActor]:
        """States that take part in the forum today."""
        return [state for state in self.states if state.member]

    # ------------------------------------------------------------------ the day

    def turn(self, controls: Controls) -> None:
        """Agreements and levers of today; and states meet, when it is time."""
        day, changed = self.model.day, False
        if controls is not self._in_force:
            changed = not controls.alike(self._in_force, LEVERS)
            self._in_force = controls
        if changed or day in self._dates:
            self._enrol(controls)
            changed = True
        if day > 0 and day % self._between == 0 and self.model.today >= self.founded:
            self._meet()
            changed = True
        if changed:
            self._lay_links(controls)

    def _enrol(self, controls: Controls) -> None:
        """Who joins by date or by a policy does so."""
        if self.model.today < self.founded:
            return
        for row, when in self._joining:
            if when <= self.model.today:
                self.states[row].join()
        for state, extent in zip(self.states, controls.membership.tolist(), strict=True):
            state.led_in(extent)

    def _meet(self) -> None:
        """Members weigh what they had of the forum; others consider whether to join."""
        members, day, items = self.members, self.model.day, self.model.intelligence.rows
        items = items[bisect_left(items["signal"], self._met - self.model.intelligence.kept) :]
        by_forum = items[items["channel"] == FORUM]
        for state in members:
            state.meet(*self._had(by_forum, state.row), max(1, day - max(self._met, state.joined)))
        if members:
            benefit = sum(state.benefit for state in members) / len(members)
            for row in self._candidates:
                self.states[row].considers(benefit, day // self._between)
        self._met = day

    def _had(self, items: Records, row: int) -> tuple[int, int]:
        """Finds of a state since the last meeting that were due to the forum alone, and items of its own that others
        got; items: what was passed on by the forum."""
        finds = (items["owner"] == row) & items["alone"] & (items["hit"] >= self._met)
        given = (items["origin"] == row) & (items["signal"] >= self._met)
        return len(np.unique(items["subject"][finds])), len(np.unique(items["root"][given]))

    # ------------------------------------------------------------------ links

    def _lay_links(self, controls: Controls) -> None:
        """Chances and delays as they are from today."""
        states, today = len(self.states), self.model.today
        links = controls.sharing, controls.sharing_days
        for terms in self._agreements:
            if terms.start <= today <= terms.end:
                links = widened(links, terms.pairs, terms.kinds, terms.chance, terms.days)
        if self.plan.pooled:
            links = widened(links, ~np.eye(states, dtype=np.bool_), SUBJECTS, 1.0, 0.0)
        forum, goods = self._by_forum(today)
        chance, days, commodities = self._no_links()
        slower = np.maximum(controls.delay_factor[:, None], controls.delay_factor[None, :])
        for way, (likely, delay) in ((AGREEMENT, links), (FORUM, forum)):
            chance[way] = likely
            days[way] = np.where(np.isfinite(delay), delay, 0.0) * slower
        commodities[FORUM] = goods
        self.links = Links(chance, days, commodities, np.bool_(self.plan.onward), self.model.states.keys)
        self._train()
        self._name_clean_boxes(controls)

    def _by_forum(self, today: date) -> tuple[tuple[Chances, Chances], NDArray[np.bool_]]:
        """What members pass on to each other, and of which contraband they speak."""
        terms, links = self.forum, no_links(len(self.states))
        wider = [more for more in terms.widening if more.start <= today]
        kinds = dict.fromkeys([*terms.shares, *(kind for more in wider for kind in more.shares)])
        spoken_of = {name for more in wider for name in more.commodities} | set(terms.commodities or ())
        known = self.model.ledger.commodities
        goods = np.array([terms.commodities is None or name in spoken_of for name in known], np.bool_)
        level = np.array([state.part for state in self.states])
        joined = np.array([state.extent > 0.0 for state in self.states])
        pairs = joined[:, None] & joined[None, :] & ~np.eye(len(joined), dtype=np.bool_)
        returned = 1.0 - float(terms.reciprocity) * (1.0 - level)
        chance = float(terms.compliance) * level[:, None] * returned[None, :]
        if terms.binding:
            chance = np.broadcast_to(level[:, None], pairs.shape)
        chances, days = links
        for kind in kinds:
            chances[SUBJECTS.index(kind)] = np.where(pairs, chance, 0.0)
        days[pairs] = float(terms.days) * float(terms.interoperability)
        return (chances, days), goods

    def _train(self) -> None:
        """What analysts at members' controls have learned from others."""
        gain = float(self.forum.training) - 1.0
        level = np.array([state.part for state in self.states])
        self.training = 1.0 + gain * level[self.model.states.of_checkpoint[: len(self.training)]]

    def _name_clean_boxes(self, controls: Controls) -> None:
        """What partners tell is mistaken as often as what own sources say: of the clean boxes that come from a state
        which shares with that of the control, as many more are named as it passes on."""
        clearance, of_port = self.model.clearance, [self.model.states.of_site[name] for name in self.model.ports]
        shared = self.links.chance[:, CONSIGNMENT].max(axis=0)
        shared = np.pad(shared, ((0, 1), (0, 0)))  # the rest of the world tells nothing
        far = np.array([*of_port, len(self.states)])[clearance.far]
        boxes, here = clearance.boxes, np.repeat(np.arange(len(clearance.posts)), np.diff(clearance.first))
        more = boxes.rate * shared[far, self.model.states.of_checkpoint[here]]
        flow = np.bincount(here, boxes.rate, len(clearance.posts))
        factor = 1.0 + np.bincount(here, more, len(clearance.posts)) / np.where(flow > 0.0, flow, 1.0)
        named = np.rint(np.minimum(self._named * factor, 1.0) * 65536.0).astype(np.int32)
        if not np.array_equal(named, clearance.named):
            clearance.named = named

    # ------------------------------------------------------------------ asking

    def graph(self, kinds: Iterable[Subject] = SUBJECTS) -> nx.MultiDiGraph:
        """Who passes on what to whom today, as a graph of states: an edge for each channel, with the highest chance
        over some kinds of items, the mean days, and the kinds."""
        import networkx as nx

        found, codes = nx.MultiDiGraph(), self.model.states.codes
        for row, code in enumerate(codes):
            found.add_node(code, role=self.model.states.role[row], level=self.states[row].part)
        rows = [SUBJECTS.index(kind) for kind in kinds]
        for way, name in enumerate(CHANNEL_NAMES):
            chances = self.links.chance[way][rows]
            for one, other in np.argwhere(chances.max(axis=0) > 0.0).tolist():
                shared = tuple(SUBJECTS[row] for row in rows if self.links.chance[way, row, one, other] > 0.0)
                days = float(self.links.days[way, one, other])
                found.add_edge(
                    codes[one], codes[other], key=name, chance=float(chances[:, one, other].max()), days=days,
                    shares=shared,
                )  # fmt: skip
        return found
