"""Intelligence: what each state knows of lanes, shippers, methods, coasts, organisations and loads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sim.kernels.boxes import LEVELS, Contaminated
from sim.kernels.briefing import Signs, brief, credit, name_boxes, picture
from sim.kernels.draws import child_key, entity_key
from sim.kernels.items import ITEM, OWN, SOURCES, Told, empty_files, evidence
from sim.kernels.signals import LUCK, TERMS_OF_ITEMS, Places, Tips, gather, pass_on, tidy, witness
from sim.terms import DAYS_PER_WEEK
from sim.world.columns import Records, Table
from sim.world.commodity import hidden
from sim.world.passage import Presented
from sim.world.sources import Subject

if TYPE_CHECKING:
    from sim.model import SmugglingModel

Source = Literal["seizure", "courier", "investigation", "tracing", "patrol", "own_sources"]
KNOWN_TO_CASES: tuple[Source, ...] = ("courier", "investigation")
"""What a state's own sources of these kinds say of an organisation is in its cases already, and is no lead beside them;
what partners say is."""
KIND_NAMES: tuple[Subject, ...] = get_args(Subject)
SOURCE_NAMES: tuple[Source, ...] = get_args(Source)
MOST_BORN = 12
"""Items that arise of one load at most: of each leg two."""
MOST_QUALITY = 403.0
"""Likelihood ratio that counts of one item: exp(6), the most that any piece of evidence can weigh."""


def posterior(prior: float, log_odds: float) -> float:
    """Bayes' rule: the probability that evidence leaves of a prior one. log_odds: of independent items, added up."""
    odds = prior / (1.0 - prior) * math.exp(log_odds)
    return odds / (1.0 + odds)


class Intelligence:
    """All items of a run: who holds what. S states, C port controls, Z sea zones, F pieces of evidence."""

    def __init__(self, model: SmugglingModel) -> None:
        self.model, plan = model, model.plan.intelligence
        self.table = Table(ITEM)
        self._luck = np.array([model.draws.key(purpose) for purpose in LUCK], np.uint64)
        self.kept, half_life = round(plan.kept_days), float(plan.half_life_days)
        self._fade = np.array([math.pow(2.0, -age / half_life) for age in range(self.kept)])
        ratios = (plan.seizure.quality, plan.courier, plan.investigation, plan.tracing, plan.patrol.quality, 1.0)
        self.quality = [math.log(min(float(ratio), MOST_QUALITY)) for ratio in ratios]
        """Of what arises from each kind of source, log-odds."""
        self.terms = np.zeros(1, TERMS_OF_ITEMS)
        self.terms["coast"], self.terms["coast_quality"] = plan.coast, math.log(MOST_QUALITY)
        self.terms["chance"] = (plan.seizure.chance, 0.0, 0.0, 0.0, plan.patrol.chance, 0.0)
        self.terms["quality"], self.terms["kept_days"] = self.quality, self.kept
        self.terms["insight"], self.terms["hidings"] = plan.insight, model.misdeclared
        self.places, self.tips, self.signs = places_of(model), tips_of(model), signs_of(model)
        self.points = model.staff.points.copy()
        """int16[C, F]: what officers give to evidence, with what analysts make of the items that their state holds."""
        self._desk = np.zeros((self.points.shape[1], 2 * SOURCES))
        zones, kinds, states = len(model.plan.waters), len(model.plan.transport.small_craft.kinds), len(model.states)
        self.searchers = _searchers(model)
        self._evidence, self._at_sea = np.zeros((zones, kinds)), np.zeros((zones, kinds, 2 * SOURCES))
        self._of_cases = np.zeros(2 * SOURCES, np.bool_)
        self._of_cases[[SOURCE_NAMES.index(source) for source in KNOWN_TO_CASES]] = True
        self._about = np.zeros((states, 0))
        self.leads = np.zeros((states, 0))
        """float64[S, N]: evidence of the week about organisations, beside what the state's own cases hold
        (`KNOWN_TO_CASES`); N: as many as there were by then."""
        self._heads = np.full(64, -1)
        self._files, self._free = empty_files(states, 64, self._fade), 64  # so many items have room in every file
        self._working = np.zeros((3, states), np.int64), np.zeros(states, np.bool_)
        self._streams = np.zeros(2 * SOURCES)
        self._told = self._tell()
        self._sent = self._heard = 0

    # ------------------------------------------------------------------ the day

    def gather(self) -> None:
        """What states learn of the loads that were sent today; once a week, the picture of the sea and of
        organisations is drawn anew."""
        model, sent = self.model, len(self.model.cargo)
        if len(self._heads) < sent:
            self._heads = np.append(self._heads, np.full(sent + 64, -1))
        if model.day % DAYS_PER_WEEK == 0:
            self._draw_picture()
        new = sent - self._sent
        if new:
            self._born(
                gather(
                    model.day, self._sent, len(self.table), model.cargo.rows, model.passage.legs, self.places,
                    self.tips, self._about, self.terms, self._luck, self.table.room(MOST_BORN * new),
                )
            )  # fmt: skip
        self._sent = sent

    def name(self, presented: Presented, boxes: Contaminated) -> Contaminated:
        """The contaminated boxes of today, with what intelligence says of each."""
        if len(boxes.tip):
            name_boxes(self.model.day, presented.control, presented.load, self.told, self.places.state, boxes.tip)
        return boxes

    def learn(self) -> None:
        """What states learn from today's seizures and statements; analysts whose week it is say what it means."""
        model, steps = self.model, self.model.passage.steps.rows
        if steps["seized"].any():
            loads, legs = model.cargo.rows, model.passage.legs
            credit(model.day, steps, loads, legs, self._files, self.told, self.places, self.terms)
            room = self.table.room(4 * len(steps))
            self._born(
                witness(
                    model.day, len(self.table), steps, loads, legs, self.places,
                    np.array([cartel.key for cartel in model.cartels], np.uint64), self.terms, self._luck, room,
                )
            )  # fmt: skip
        self._hear()
        self.brief(model.staff.due(model.day))

    def _hear(self) -> None:
        """What couriers who cooperate say of their organisation."""
        statements = self.model.chronicle.statements.rows[self._heard :]
        self._heard += len(statements)
        for day, organisation, site, courier in statements.tolist():
            state = self.model.states.of_site[self.model.base_controls.communities.sites[site]]
            key = child_key(np.uint64(courier), day)
            self._add("organisation", organisation, state, "courier", self.quality[1], key)

    def brief(self, rows: NDArray[np.int64]) -> None:
        """Analysts at some controls read anew what their state holds."""
        given = self.model.staff.points
        brief(self.model.day, rows, self._files, self.signs, self._desk, given, self.points)

    def _draw_picture(self) -> None:
        shape = len(self._about), len(self.model.cartels)
        self._about, self.leads = np.zeros(shape), np.zeros(shape)
        picture(
            self.model.day, self._files, self.told, self.places, self.terms, self._of_cases, self._at_sea,
            np.zeros((shape[1], 2 * SOURCES)), self._about, self.leads,
        )  # fmt: skip

    # ------------------------------------------------------------------ items

    def learned(
        self, kind: Subject, subject: int, state: int, source: Source, quality: float | None = None, key: str = ""
    ) -> None:
        """A state, by its row, learns something today.

        quality: likelihood ratio, that of the source when not given; key: tells apart what is learned of one subject on
        one day.
        """
        ratio = self.quality[SOURCE_NAMES.index(source)] if quality is None else math.log(quality)
        address = child_key(entity_key(f"{source} {kind} {key}"), subject) ^ self.model.states.keys[state]
        self._add(kind, subject, state, source, ratio, child_key(address, self.model.day))

    def _add(self, kind: Subject, subject: int, state: int, source: Source, quality: float, key: np.uint64) -> None:
        number, day, row = KIND_NAMES.index(kind), self.model.day, len(self.table)
        self.table.room(1)[0] = (
            key, quality, subject, day, day, day + self.kept, -1, -1, row, -1,
            number, SOURCE_NAMES.index(source), OWN, -1, state, state, True, False,
        )  # fmt: skip
        self._born(1)

    def _born(self, count: int) -> None:
        """So many items stand after the last: they are passed on at once to whoever gets them."""
        if not count:
            return
        first = len(self.table)
        self.table.add(count)
        self._make_room(count)
        space = self.table.reach(count * len(self._about))
        (when, via, channel), done = self._working
        then = pass_on(
            space, first, count, self.model.exchange.links, self._luck, when, via, channel, done, self._heads,
            self._files.rows, self._files.used,
        )  # fmt: skip
        self.table.add(then - len(self.table))

    def _make_room(self, count: int) -> None:
        """Every file has room for so many more items."""
        if count > self._free:
            used, space = tidy(self.model.day, self._files), self._files.rows.shape[2]
            if 2 * (used + count) > space:
                files, space = self._files, 4 * (used + count)
                self._files = empty_files(len(files.used), space, self._fade)
                self._files.rows[:, :, : files.rows.shape[2]], self._files.used[:] = files.rows, files.used
            self._free = space - used
        self._free -= count

    @property
    def rows(self) -> Records:
        """ITEM[n]: all items that there ever were, one row for each state that holds one."""
        return self.table.rows

    @property
    def told(self) -> Told:
        """What those who search are told."""
        told = self._told
        if told.items is not self.table.space or told.heads is not self._heads:
            self._told = self._tell()
        return self._told

    def _tell(self) -> Told:
        """What they are told, where it lies now."""
        return Told(self.table.space, self._heads, self.searchers, self._evidence)

    def about(self, kind: Subject, subject: int, state: int) -> float:
        """Evidence that a state holds about a subject, no load, today, log-odds."""
        number = KIND_NAMES.index(kind)
        return float(evidence(self.model.day, self._files, number, subject, state, self._streams))

    def about_organisation(self, number: int, state: int) -> float:
        """Weight of the evidence that a state, by its row, holds about an organisation today, log-odds."""
        return self.about("organisation", number, state)


def _searchers(model: SmugglingModel) -> NDArray[np.bool_]:
    """bool[Z, S]: whether units of a state search a zone: of the state that answers for it, and of those where units
    that serve it have their base."""
    waters, states = model.plan.waters, model.states
    found = np.zeros((len(waters), len(states)), np.bool_)
    for row, name in enumerate(waters):
        found[row, states.of_site[name]] = True
        for home, zone in waters.items():
            for group in zone.patrols:
                if group.base is not None and name in (home, *group.zones):
                    found[row, states.of_site[group.base]] = True
    return found


def _far_ends(model: SmugglingModel) -> dict[str, int]:
    """The far ends that evidence tells apart, by name, with their numbers."""
    return {name: row for row, name in enumerate(model.clearance.evidence.groups)}


def places_of(model: SmugglingModel) -> Places:
    """What items need to know of a world."""
    states, docks, group = model.states, model.plan.geography.docks, _far_ends(model)
    coasts, kinds = {name: row for row, name in enumerate(docks)}, len(model.plan.transport.small_craft.kinds)
    ends = np.array([*(group[port.country] for port in model.ports.values()), group["rest_of_world"]])  # -1: the last
    return Places(
        controls=np.int64(model.checkpoints.n_ports),
        state=states.of_checkpoint,
        coast=np.array([coasts.get(name, -1) for name in model.inbound.network.names]),
        coast_state=np.array([states.of_site[name] for name in docks], np.int64),
        off=np.array([[name in dock.zones for dock in docks.values()] for name in model.plan.waters], np.bool_).reshape(
            len(model.plan.waters), len(docks)
        ),
        lane=ends[model.lanes.origin] * len(group) + ends[model.lanes.destination],
        front=model.clearance.boxes.front,
        lanes=model.clearance.lane_entity,
        coasts=np.array([entity_key(f"coast {name}") for name in docks], np.uint64),
        histories=np.array([entity_key(f"shipper of history {step}") for step in range(LEVELS)], np.uint64),
        methods=np.concatenate([model.methods["key"][0, : model.misdeclared], model.methods["key"][1, :kinds]]),
    )


def tips_of(model: SmugglingModel) -> Tips:
    """What own sources of states say of boxes."""
    clearance = model.clearance
    quality = np.array([clearance.tip_weight(row) for row in range(model.checkpoints.n_ports)])
    return Tips(clearance.tip, quality, clearance.boxes.salt)


def signs_of(model: SmugglingModel) -> Signs:
    """Which pieces of evidence items speak of."""
    marks, column, group = model.checkpoints, model.clearance.evidence.column, _far_ends(model)
    shifts = [
        [float(hiding.manifest_shift), float(hiding.routing_shift), float(hiding.seal_shift)]
        for hiding in list(hidden(model.goods).values())[: model.misdeclared]
    ]
    return Signs(
        state=model.states.of_checkpoint,
        here=np.array([group[country] for country in marks.country[: marks.n_ports]]),
        inbound=np.array([kind == "import" for kind in marks.kind[: marks.n_ports]]),
        groups=np.int64(len(group)),
        history=np.int64(column[2]),
        shows=np.array([column[3 + row.index(max(row))] if max(row) > 0.0 else -1 for row in shifts], np.int64),
    )
