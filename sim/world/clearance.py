"""Clearance: legal boxes stream through every control, contraband hides among them, and the kernel decides."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels.boxes import (
    CERTAINTY,
    CHANCE,
    CHOSEN,
    COUNTED,
    EVEN,
    HIGH_RISK,
    LEVELS,
    POINTS,
    Boxes,
    Contaminated,
    Day,
    Rules,
    Sailings,
    Scanners,
    alias_table,
)
from sim.kernels.draws import Draws, child_key, entity_key
from sim.kernels.protocols import BY_SCORE, ONLY_HIGH, SKIP_LOT, TIERS
from sim.kernels.queueing import service_times
from sim.kernels.samplers import normal_quantile, pair_keys
from sim.kernels.targeting import STRONGEST
from sim.terms import DAYS_PER_YEAR, ControlMode
from sim.world.checkpoints import Checkpoints
from sim.world.commodity import Concealment
from sim.world.controls import ControlPost, Customs, Protocol
from sim.world.departures import Departures
from sim.world.disruption import Timeline
from sim.world.evidence import Evidence
from sim.world.inspections import Inspections, Keys, Micro, Thinned
from sim.world.lanes import CERTIFIED, REST, anomalies_of, cargo_tables, chances_of_clean_looks
from sim.world.levers import PROTOCOLS, Controls
from sim.world.site import Port
from sim.world.trade import Trade
from sim.world.traffic import Traffic

MOST_LANES = 256
"""Scanner lanes that one control can have."""
DAYS_BEFORE = 1 << 16
"""Added to days in the address of a draw, which knows none below zero: boxes at sea on the first day left before it."""
STRONGEST_JUDGEMENT = 16 * POINTS
"""An assessor's judgement weighs no more than this, in points: all that a box can score then fits 16 bits."""
HIGH_RISK_MEMORY = 0.98
"""Share of the running mean of high-risk boxes that is kept from one day to the next (scanners are planned on it)."""

UNLIMITED = 1 << 40
"""Scans a day where there is no cap."""

SCHEMES: dict[Protocol, int] = {
    "random": BY_SCORE,
    "threshold": ONLY_HIGH,
    "top_capacity": BY_SCORE,
    "flagged_lanes": BY_SCORE,
    "skip_lot": SKIP_LOT,
    "risk_tiers": TIERS,
}
"""What a protocol is in the kernel."""
_times = functools.lru_cache(64)(service_times)
"""Worked out once: they take a third of the time in which a small world is built."""


def _parts(chances: Sequence[float]) -> list[int]:
    """Chances as the kernel counts them."""
    return [round(float(chance) * CHANCE) for chance in chances]


def _in_words(chances: NDArray[np.float64]) -> NDArray[np.int32]:
    """Chances as the kernel holds them against 16 bits of a word."""
    return np.rint(chances * 65536).astype(np.int32)


class Lessons(NamedTuple):
    """What inspections teach, by control, for as long as somebody gathers it; days are added to it."""

    hits: NDArray[np.int64]
    """int64[C, F]: finds by evidence."""
    expected: NDArray[np.int64]
    """int64[C, F]: finds that the officers' scores expected, in 1 / CERTAINTY."""
    scans: NDArray[np.int64]
    """int64[C]: scans made."""


@dataclass(slots=True)
class Cleared:
    """One day of control: tallies by control, and the fate of each contaminated box."""

    tally: NDArray[np.int64]
    wait_hours: NDArray[np.float64]
    fates: NDArray[np.int8]
    """int8[D], in the order in which they were presented."""


class _Standing(NamedTuple):
    """The part of the rules that stays as long as the controls do."""

    controls: Controls
    rules: Rules
    rates: NDArray[np.float64]
    """float64[3, C]: scans by score, blind scans and examinations a day."""
    trust: NDArray[np.int16] | None
    """int16[C, F]: points that policies take off evidence, if any do."""


class Clearance:
    """All port controls with their pools of lanes, their scanners and their staff of the day."""

    def __init__(
        self,
        draws: Draws,
        ports: Mapping[str, Port],
        traffic: Traffic,
        timeline: Timeline,
        trade: Trade,
        checkpoints: Checkpoints,
        posts: Sequence[ControlPost],
        customs: Customs,
        concealments: Mapping[str, Concealment],
        start: date,
        days: int,
        mode: ControlMode,
        threads: int = 1,
    ) -> None:
        self.draws, self.trade, self.checkpoints = draws, trade, checkpoints
        self.lanes = lanes = traffic.lanes
        self.posts, self.customs = list(posts), customs
        self.region_of = {port.country: port.region for port in reversed(list(ports.values()))}
        countries = sorted({port.country for port in ports.values()})
        self.evidence = Evidence((*countries, "rest_of_world"), tuple(trade.cargo_classes))
        ends = np.array(
            [entity_key(f"lane end {name}") for name in (*lanes.ports, REST)], np.uint64
        )  # -1 reads the last
        self.lane_entity = pair_keys(ends[lanes.origin], ends[lanes.destination])
        self._pools(ports)
        self._tables(concealments)
        self._post_constants(ports)
        self.sailings = self._timetable(start, days)
        self._standing: _Standing | None = None
        self.high_risk_mean = np.full(checkpoints.n_ports, np.nan)
        """float64[C]: running mean of a day's high-risk containers; nothing where no rule has asked for them yet."""
        self.counted = np.zeros((COUNTED, checkpoints.n_ports, self.evidence.width))
        """float64[4, C, F]: what was done since the first day to boxes, by far end and by shipper."""
        self.flow = self.boxes_per_day()
        keys = Keys(draws.key("choice of boxes"), draws.key("scanner queue"))
        shared = self.boxes, self.sailings, self.scanners, keys, max(1, threads)
        self.inspections: Inspections = (
            Micro(*shared) if mode == "micro" else Thinned(*shared, len(trade.cargo_classes), self.evidence.width)
        )
        self.turns = 0
        """How often other boxes than before have come to any control."""
        self.departures = Departures(traffic, timeline, self.boxes, self.pool)

    def _pools(self, ports: Mapping[str, Port]) -> None:
        """The lanes of each control, one control after the other, each control's in the order of their rows."""
        lanes, controls = self.lanes, self.checkpoints.n_ports
        into = np.array([kind == "import" for kind in self.checkpoints.kind[:controls]], np.intp)
        ends = lanes.origin, lanes.destination
        sorted_by = [np.argsort(end, kind="stable") for end in ends]
        begins = [
            np.searchsorted(end, np.arange(len(ports) + 1), sorter=by) for end, by in zip(ends, sorted_by, strict=True)
        ]
        pools = [
            sorted_by[way][slice(*begins[way][port : port + 2])]
            for way, port in zip(into.tolist(), self.checkpoints.port[:controls].tolist(), strict=True)
        ]
        self.pool = np.concatenate([*pools, np.zeros(0, np.int32)]).astype(np.int32)
        self.first = np.cumsum([0, *map(len, pools)]).astype(np.int32)
        way = np.repeat(into, np.diff(self.first))
        self.far = np.where(way, lanes.origin[self.pool], lanes.destination[self.pool])
        """int32[P]: row of the port at the lane's far end, -1 for the rest of the world."""
        self.lag = np.where(way, lanes.transit_days[self.pool], 0).astype(np.int32)
        group_of = {name: row for row, name in enumerate(self.evidence.groups)}
        countries = [*(port.country for port in ports.values()), "rest_of_world"]  # -1 reads the last
        self.group = np.array([group_of[name] for name in countries], np.int32)[self.far]
        self.pools = np.full((len(lanes), 2), -1, np.int32)
        """int32[L, 2]: where a lane stands in the pool of its export and of its import control; -1 for none."""
        self.pools[self.pool, way] = np.arange(len(self.pool)) - np.repeat(self.first[:-1], np.diff(self.first))

    def _tables(self, concealments: Mapping[str, Concealment]) -> None:
        cargo = cargo_tables(self.trade)
        anomaly = anomalies_of(concealments.values())
        matched = anomalies_of(concealments.values(), declared=float(self.trade.evidence.integration))
        own, look = alias_table(chances_of_clean_looks(cargo.history_of_quantile))
        spread = float(self.trade.evidence.judgement_noise) * POINTS
        judged = [round(normal_quantile((step + 0.5) / 256) * spread) for step in range(256)]
        noise = [max(-STRONGEST_JUDGEMENT, min(STRONGEST_JUDGEMENT, points)) for points in judged]
        odds = [round(CERTAINTY / (1.0 + math.exp(-(step - EVEN) / POINTS))) for step in range(2 * EVEN)]
        self.boxes = Boxes(
            first=self.first,
            entity=self.lane_entity[self.pool],
            rate=self.lanes.boxes_per_day[self.pool],
            lag=self.lag,
            group=self.group,
            key=(self.lane_entity ^ self.draws.key("boxes"))[self.pool],
            mix=self.lanes.mix.astype(np.int32)[self.pool],
            cargo=cargo.class_of_quantile.ravel(),
            own=own,
            look=look,
            history=cargo.history_of_quantile,
            anomaly=anomaly,
            front=np.array([kind.shipper == "front" for kind in concealments.values()], np.uint8),
            noise=np.array(noise, np.int16),
            salt=np.array(
                [entity_key(f"control {name}") for name in self.checkpoints.names[: self.checkpoints.n_ports]],
                np.uint64,
            ),
            column=self.evidence.column,
            expected=np.array(odds, np.int32),
            matched=matched,
        )

    def _post_constants(self, ports: Mapping[str, Port]) -> None:
        self.flagged = np.zeros(len(self.pool), np.uint8)
        for row, post in enumerate(self.posts):
            if post.protocol == "flagged_lanes":
                flagged, here = set(post.flagged_origins), slice(*self.first[row : row + 2])
                known = [bool({name, port.region, port.country} & flagged) for name, port in ports.items()]
                self.flagged[here] = np.array([*known, False])[self.far[here]]  # -1 reads the last
        variations = sorted({float(post.service_cv) for post in self.posts})
        self.service = np.array([variations.index(float(post.service_cv)) for post in self.posts], np.int32)
        self.scanners = Scanners(
            times=np.array([_times(variation) for variation in variations]),
            free_at=np.zeros((self.checkpoints.n_ports, MOST_LANES)),
            lanes=np.zeros(self.checkpoints.n_ports, np.int32),
            near=np.zeros(self.checkpoints.n_ports, np.int32),
            clean=np.zeros(len(self.pool) * LEVELS, np.int32),
        )
        self.middle = np.array([int(post.middle_risk * POINTS) for post in self.posts], np.int32)
        self.clearance_number = np.array([max(1, int(post.clearance_number)) for post in self.posts], np.int32)
        self.by_tier = np.array([_parts((*post.tier_shares, 0.0)) for post in self.posts], np.int32).reshape(-1, LEVELS)
        self.by_step = np.array([_parts(post.skip_shares) for post in self.posts], np.int32).reshape(-1, LEVELS)
        """int32[C, 4]: chances to be called up, by tier of risk and by step of compliance."""
        self.open_hours = np.array([float(post.open_hours) for post in self.posts])
        self.per_hour = np.array([float(post.scans_per_hour) for post in self.posts])
        self.utilisation = np.array([float(post.utilisation) for post in self.posts])
        self.scans_per_lane = self.per_hour * self.open_hours * self.utilisation
        self.examination_hours = np.array([float(post.examination_hours) for post in self.posts])
        self.nii_factor = np.array([float(kind.nii_factor) for kind in self.trade.cargo_classes.values()])
        self.alarm_factor = np.array([float(kind.false_alarm_factor) for kind in self.trade.cargo_classes.values()])
        self.tip = np.array([round(float(post.tip) * 65536) for post in self.posts], np.int32)
        """int32[C]: chance that the state's own sources name a contaminated box, parts of 2**16."""
        self.named = np.full(len(self.posts), round(float(self.trade.evidence.tip_clean) * 65536), np.int32)
        """int32[C]: chance that a clean box is named."""
        rate = float(self.customs.learning.base_rate)
        self.base = np.full(self.checkpoints.n_ports, round(math.log(rate / (1 - rate)) * POINTS), np.int32)

    def boxes_per_day(self) -> NDArray[np.float64]:
        """Mean flow of each control, float64[C]."""
        rate = self.boxes.rate
        return np.array([float(rate[a:b].sum()) for a, b in itertools.pairwise(self.first.tolist())])

    def starting_weights(self, row: int) -> NDArray[np.float64]:
        """What the officer of a control believes at the start: log-odds by column of evidence, float64[F]."""
        trade, evidence = self.trade.evidence, self.evidence
        known = (
            self.customs.known_origins if self.checkpoints.kind[row] == "import" else self.customs.known_destinations
        )
        groups = [float(known.get(name, known.get(self.region_of.get(name, ""), 0.0))) for name in evidence.groups]
        cargo = [float(kind.known_risk) for kind in self.trade.cargo_classes.values()]
        steps = [0.0, *(float(points) for points in trade.step_points)]
        shippers = [float(points) for points in trade.shipper_points]
        return np.array([*groups, *cargo, *shippers, *steps, *steps, *steps, 0.0, self.tip_weight(row)])

    def tip_weight(self, row: int) -> float:
        """Log-odds of a tip at a control: how much likelier a contaminated box is named there than a clean one."""
        false = float(self.trade.evidence.tip_clean)
        true = max(float(self.posts[row].tip), false)
        return min(math.log(true / false), STRONGEST) if false > 0.0 else STRONGEST * (true > 0.0)

    def _timetable(self, start: date, days: int) -> Sailings:
        """How many boxes leave on a day, against the mean: the weekday's factor times the season's."""
        before = int(self.lanes.transit_days.max(initial=1))
        key, departures, factor = self.draws.key("arrivals"), range(-before, days), []
        for day in departures:
            peak = (start.timetuple().tm_yday + day - 304) / DAYS_PER_YEAR
            season = 1.0 + float(self.trade.season) * math.cos(2.0 * math.pi * peak)
            factor.append(float(self.trade.weekday[(start.weekday() + day) % 7]) * season)
        keys = [child_key(key, day + DAYS_BEFORE) for day in departures]
        return Sailings(np.int64(before), np.array(keys, np.uint64), np.array(factor))

    def follow_trade(self, day: int) -> None:
        """Come to the containers of a day."""
        changed = self.departures.follow(day)
        if len(changed):
            self.turns += 1
            self.inspections.follow_trade(changed)

    def sailing(self, day: int) -> tuple[NDArray[np.uint64], NDArray[np.float64], float]:
        """What decides whether a container leaves on a lane today: what lanes are addressed by, uint64[lanes], how many
        leave on a mean day, float64[lanes], and today's factor on it."""
        return self.lane_entity, self.departures.today, float(self.sailings.factor[day + self.sailings.before])

    def rules(self, controls: Controls, points: NDArray[np.int16], skill: NDArray[np.float64], day: int) -> Rules:
        """The controls of a day as the kernel takes them.

        points: int16[C, F] of the officers; skill: float64[C] of the inspectors on shift. Capacities that are not
        whole are spread over the days.
        """
        if self._standing is None or self._standing.controls is not controls:
            self._standing = self._stand(controls)
        standing = self._standing
        whole = np.floor(standing.rates * (day + 1)) - np.floor(standing.rates * day)
        chosen, blind, opened = whole.astype(np.int64)
        screened = controls.screened_share * np.nan_to_num(self.high_risk_mean)
        planned = np.maximum(standing.rates[0] + standing.rates[1], screened)
        servers = np.ceil(planned / self.scans_per_lane)
        return standing.rules._replace(
            points=points if standing.trust is None else points - standing.trust,
            chosen=chosen,
            blind=blind,
            opened=opened,
            tip=self.named,
            alarm_full=standing.rules.alarm_full * skill,
            servers=np.minimum(np.maximum(servers, 1), MOST_LANES).astype(np.int32),
        )

    def _stand(self, controls: Controls) -> _Standing:
        """What of a day's rules stays as long as the controls do."""
        protocol = controls.protocol.astype(np.int64)
        blind_only = protocol == PROTOCOLS.index("random")
        capped = np.where(controls.boxes_per_scan > 1.0, self.flow / np.maximum(controls.boxes_per_scan, 1.0), np.inf)
        scans = np.minimum(controls.scans_per_day, capped)
        blind = scans * np.where(blind_only, 1.0, controls.random_share)
        nothing = np.zeros(0, np.int64)
        rules = Rules(
            points=np.zeros((0, 0), np.int16),
            base=self.base,
            flagged=self.flagged,
            chosen=nothing,
            blind=nothing,
            most=np.full(self.checkpoints.n_ports, UNLIMITED),
            scheme=np.array([SCHEMES[PROTOCOLS[row]] for row in protocol.tolist()], np.uint8),
            high=(controls.high_risk * POINTS).astype(np.int32),
            middle=self.middle,
            called=np.where((protocol == PROTOCOLS.index("skip_lot"))[:, None], self.by_step, self.by_tier),
            clearance=self.clearance_number,
            screened=controls.screened_share,
            alarm_clean=np.minimum(np.outer(controls.false_alarm, self.alarm_factor) * CHANCE, CHANCE).astype(np.int32),
            alarm_full=controls.sensitivity * controls.analyst_skill,
            alarm_cargo=self.nii_factor,
            opened=nothing,
            finds=(controls.examination_sensitivity * CHANCE).astype(np.int32),
            tip=self.named,
            servers=np.zeros(0, np.int32),
            scan_hours=controls.scan_time / self.per_hour,
            service=self.service,
            open_hours=self.open_hours,
            integrated=_in_words(controls.integrated_data),
            reports=_in_words(controls.operator_reports),
            posing=_in_words(controls.posing_fronts),
        )
        rates = np.array([scans - blind, blind, controls.examinations_per_day])
        return _Standing(controls, rules, rates, self._trust(controls.certified_trust))

    def _trust(self, log_odds: NDArray[np.float64]) -> NDArray[np.int16] | None:
        """Points that containers of certified shippers are given less: int16[C, F], if any are."""
        if not log_odds.any():
            return None
        trust = np.zeros((len(log_odds), self.evidence.width), np.int16)
        trust[:, self.evidence.column[2] + CERTIFIED] = np.rint(log_odds * POINTS)
        return trust

    def _count_high_risk(self, today: NDArray[np.int64], rules: Rules) -> None:
        """Follow the high-risk containers of a day at the controls where a rule asks for them."""
        asked, before = (rules.scheme > 0) | (rules.screened > 0.0), self.high_risk_mean
        before[asked & np.isnan(before)] = today[asked & np.isnan(before)]
        before[asked] += (1.0 - HIGH_RISK_MEMORY) * (today[asked] - before[asked])

    def clear(self, day: int, dirty: Contaminated, rules: Rules, lessons: Lessons) -> Cleared:
        """One day at all controls; what it teaches is added to the lessons."""
        out = Day.of(lessons.hits, lessons.expected, self.counted, len(dirty.word))
        scans = self._standing.rates[:2] if self._standing else np.zeros((2, self.checkpoints.n_ports))
        self.inspections.live(day, rules, scans, dirty, out)
        self._count_high_risk(out.tally[:, HIGH_RISK], rules)
        lessons.scans[:] += out.tally[:, CHOSEN]
        return Cleared(out.tally, out.wait_hours, out.fate)
