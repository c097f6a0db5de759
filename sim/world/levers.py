"""The levers that governments can move: one array each, one entry a checkpoint, sea zone or community, all frozen."""

from __future__ import annotations

import copy
import functools
import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from numpy.typing import NDArray

from sim.terms import Direction
from sim.world.checkpoints import Checkpoints, SiteKind
from sim.world.communities import Audience, Communities
from sim.world.controls import ControlPost, Customs, Protocol
from sim.world.links import no_links, pairs_of, widened
from sim.world.money import Tracing
from sim.world.oversight import Limit
from sim.world.states import States

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sim.world.cooperation import Sharing
    from sim.world.justice import Justice
    from sim.world.site import Community, Port
    from sim.world.states import States
    from sim.world.waters import SeaZone

Levers = NDArray[np.float64]
PROTOCOLS: tuple[Protocol, ...] = get_args(Protocol)
NAMES = ("checkpoints", "communities", "areas", "markets", "states")
"""Fields of the controls that say what the entries of the levers stand for."""
OF_COURTS = (
    "investigators", "prosecutors", "court_slots", "appeal_slots", "training", "laboratory_per_week",
    "laboratory_days", "evidence_loss", "assistance_days", "assistance_answer", "testimony",
)  # fmt: skip
"""Levers that start where the justice of each state stands."""


@dataclass(frozen=True, slots=True, eq=False)
class Controls:
    """Every lever in force on a day. Arrays are read-only: a policy makes new ones.

    One entry for each port control (row order of `Checkpoints`), from `patrol_units` on for what their text says.
    """

    checkpoints: Checkpoints
    communities: Communities
    areas: tuple[str, ...]
    """Production areas, in the order of the entries that are theirs."""
    markets: tuple[str, ...]
    """Markets, in the same way."""
    protocol: Levers
    """Row of `PROTOCOLS`."""
    scans_per_day: Levers
    examinations_per_day: Levers
    random_share: Levers
    screened_share: Levers
    """Share of high-risk containers that is scanned whatever the capacity."""
    high_risk: Levers
    """How far above the median score of the day a container counts as high risk, log-odds."""
    sensitivity: Levers
    false_alarm: Levers
    examination_sensitivity: Levers
    analyst_skill: Levers
    """Factor on the chance that an analyst sees a load."""
    diversion_stopped: Levers
    """Share of the diversion of precursors through a port that is stopped where they are traded."""
    audits_per_year: Levers
    """How often a year audits find a corrupted inspector who leaves no traces."""
    integrity: Levers
    """Factor on the bribe that an inspector asks."""
    patrol_units: Levers
    """Units of single states, by the sea zone that they belong to; a fraction is a unit on duty on part of the days."""
    joint_units: Levers
    """Units that sail for several states together, in the same way; where there are any, all serve all these zones."""
    cue: Levers
    """Chance that national sources tell where to look for a crossing, by sea zone."""
    boarding: Levers
    """Chance that a craft that is to be boarded is stopped, by sea zone."""
    returns: Levers
    """Share of the boats with people that are intercepted or rescued whose people are returned, by sea zone."""
    coast_watch: Levers
    """Chance that a craft is stopped before it puts to sea, by community."""
    stigma: Levers
    """Where the stigma of working for traffickers moves in time, years of the reservation wage, by community."""
    awareness: Levers
    """Where the weight of the true risk of arrest in what people believe moves in time, by community."""
    legal_wage: Levers
    """Where the legal wage moves in time, USD a year, by community."""
    cooperation: Levers
    """Chance that an arrested courier cooperates with investigators, by community."""
    raids_per_year: Levers
    """Raids that a laboratory at work suffers in a year, by production area."""
    boxes_per_opening: Levers
    """Containers that must have come for each one that may be opened, by port control; up to 1: no cap."""
    boxes_per_scan: Levers
    """The same for each one that may be scanned."""
    states: States
    sharing: Levers
    """Chance that policies have a state pass an item on to another: kind of item, sender, receiver."""
    sharing_days: Levers
    """Mean days that this takes, by sender and receiver; infinite where nothing is passed on."""
    membership: Levers
    """How far policies have a state take part in the forum, by state."""
    delay_factor: Levers
    """Factor of interoperable systems on delays, by state."""
    investigators: Levers
    """Cases that are investigated side by side, by state; so for the next three."""
    prosecutors: Levers
    court_slots: Levers
    appeal_slots: Levers
    training: Levers
    """What training adds to evidence and to finding suspects, share of what is missing, by state."""
    laboratory_per_week: Levers
    """Seizures that forensic laboratories can report on, by state."""
    laboratory_days: Levers
    """Days that a report takes, by state."""
    evidence_loss: Levers
    """Chance that material evidence is lost or not admitted, by state."""
    assistance_days: Levers
    """Mean time in which requests for mutual legal assistance are answered, by the state that is asked."""
    assistance_answer: Levers
    """Chance that they are answered at all, by the state that is asked."""
    testimony: Levers
    """Chance that those who talked testify, by state."""
    protection: Levers
    """What protection adds to the chance that an arrested courier cooperates, by state."""
    finishing_raids: Levers
    """The same of laboratories that finish what arrives, by market."""
    tracing_units: Levers
    """Units that trace proceeds, by state."""
    tracing_abroad: Levers
    """Share of their rate that is left where a transfer begins or ends in another state, by state."""
    treated: Levers
    """Share of the use of dependent users that treatment prevents in the end, by market."""
    educated: Levers
    """Share of all use that education prevents in the end, by market."""
    penetration: Levers
    """Share of what a way to hide takes from the chance of an alarm that scanners win back, by port control."""
    scan_time: Levers
    """Factor on the time of a scan, by port control."""
    integrated_data: Levers
    """Share of the containers of which declarations of both ends are held against each other, by port control."""
    certified_trust: Levers
    """Log-odds that containers of certified shippers are given less, by port control."""
    operator_reports: Levers
    """Chance that a certified shipper notices what others hid in his container, and tells, by port control."""
    posing_fronts: Levers
    """Chance that a front's container passes for one of a certified shipper, by port control."""
    evenness: Levers
    """Share of what sets inspectors' skills apart, and of what fatigue costs, that procedures take away, by port
    control."""
    crew_found: Levers
    """Chance that a crew is found at work with a load, by port control."""
    site_visits: Levers
    """Visits a year that would find a load that is there, by site: a coast with small docks or a warehouse."""

    def __post_init__(self) -> None:
        for name in self.levers():
            getattr(self, name).flags.writeable = False

    @classmethod
    @functools.cache
    def levers(cls) -> tuple[str, ...]:
        """Names of all levers."""
        return tuple(field.name for field in fields(cls) if field.name not in NAMES)

    def rows(self, places: Iterable[str], direction: Direction) -> list[int]:
        """Rows of the controls that the names of ports, regions or countries stand for."""
        return sorted({row for place in places for row in self.checkpoints.rows_of(place, direction)})

    def _with(self, **levers: Levers) -> Controls:
        """The same with some levers elsewhere."""
        moved = copy.copy(self)
        for name, values in levers.items():
            values.flags.writeable = False
            object.__setattr__(moved, name, values)
        return moved

    def _moved(self, lever: str, rows: list[int], moved: Any) -> Controls:
        values = getattr(self, lever).copy()
        values[rows] = moved(values[rows])
        return self._with(**{lever: values})

    def scaled(self, lever: str, places: Iterable[str], direction: Direction, factor: float) -> Controls:
        """A lever multiplied at the named places."""
        return self._moved(lever, self.rows(places, direction), lambda now: now * factor)

    def at_least(self, lever: str, places: Iterable[str], direction: Direction, least: float) -> Controls:
        """A lever raised to a value at the named places where it is lower."""
        return self._moved(lever, self.rows(places, direction), lambda now: np.maximum(now, least))

    def more(self, lever: str, places: Iterable[str], direction: Direction, by: float) -> Controls:
        """A lever raised at the named places."""
        return self._moved(lever, self.rows(places, direction), lambda now: now + by)

    def towards(self, lever: str, places: Iterable[str], direction: Direction, to: float, part: float) -> Controls:
        """A lever moved a part of the way to a value at the named places."""
        return self._moved(lever, self.rows(places, direction), lambda now: now + (to - now) * part)

    def joining(self, zones: Iterable[str], units: float) -> Controls:
        """Units of single states in the named zones, as far as there are so many, made joint ones."""
        rows = [self.checkpoints.row(zone) - self.checkpoints.n_ports for zone in zones]
        moved = np.zeros(len(self.patrol_units))
        moved[rows] = np.minimum(self.patrol_units[rows], units)
        return self._with(patrol_units=self.patrol_units - moved, joint_units=self.joint_units + moved)

    def in_zones(self, lever: str, zones: Iterable[str], more: float) -> Controls:
        """A lever at sea raised in the named zones."""
        rows = [self.checkpoints.row(zone) - self.checkpoints.n_ports for zone in zones]
        return self._moved(lever, rows, lambda now: now + more)

    def in_zones_towards(self, lever: str, zones: Iterable[str], to: float, part: float) -> Controls:
        """A lever at sea raised by a part of the way to a value, in the named zones where it is lower."""
        rows = [self.checkpoints.row(zone) - self.checkpoints.n_ports for zone in zones]
        return self._moved(lever, rows, lambda now: now + np.maximum(0.0, to - now) * part)

    def raised_among(
        self, lever: str, places: Iterable[str], audience: Audience, by: float, most: float = math.inf
    ) -> Controls:
        """A lever of communities raised where an audience lives at the named places, to `most` at the highest."""
        rows = self.communities.rows(places, audience)
        return self._moved(lever, rows, lambda now: np.minimum(now + by, np.maximum(now, most)))

    def scaled_among(self, lever: str, places: Iterable[str], audience: Audience, factor: float) -> Controls:
        """A lever of communities multiplied where an audience lives at the named places."""
        return self._moved(lever, self.communities.rows(places, audience), lambda now: now * factor)

    def with_raids(self, areas: Iterable[str], per_year: float) -> Controls:
        """Raids on laboratories added in the named areas."""
        return self._moved("raids_per_year", [self.areas.index(area) for area in areas], lambda now: now + per_year)

    def sharing_by(self, terms: Sharing, strength: float) -> Controls:
        """Links between states as an agreement has them, which works with a strength: so much of the chance, and a
        delay that is longer in the same proportion."""
        chance = strength if terms.binding else float(terms.probability) * strength
        longer = float(terms.days) / strength if strength > 0.0 else np.inf
        links = self.sharing, self.sharing_days
        chances, days = widened(links, pairs_of(self.states, terms), terms.shares, chance, longer)
        return self._with(sharing=chances, sharing_days=days)

    def at_states(self, lever: str, names: Iterable[str], moved: Callable[[float], float]) -> Controls:
        """A lever by state moved where the names of states, roles or trade regions stand for."""
        values = getattr(self, lever).copy()
        for row in self.states.rows(names):
            values[row] = moved(float(values[row]))
        return self._with(**{lever: values})

    def with_finishing_raids(self, markets: Iterable[str], per_year: float) -> Controls:
        """Raids on laboratories that finish what arrives added at the named markets."""
        rows = [self.markets.index(market) for market in markets]
        return self._moved("finishing_raids", rows, lambda now: now + per_year)

    def at_markets(self, lever: str, markets: Iterable[str], more: float) -> Controls:
        """A share of demand that is prevented raised at the named markets, to 1 at the highest."""
        rows = [self.markets.index(market) for market in markets]
        return self._moved(lever, rows, lambda now: np.minimum(now + more, 1.0))

    def at_sites(self, kind: SiteKind, sites: Iterable[str], more: float) -> Controls:
        """Visits added at the named sites of a kind."""
        rows = [self.checkpoints.row(site, kind) - self.checkpoints.first_site for site in sites]
        return self._moved("site_visits", rows, lambda now: now + more)

    def same_as(self, other: Controls) -> bool:
        """Whether every lever stands where it stands in `other`."""
        return self.alike(other, self.levers())

    def alike(self, other: Controls | None, levers: Iterable[str]) -> bool:
        """Whether some levers stand where they stand in `other`: what follows from them alone need not be done anew."""
        if other is None:
            return False
        pairs = ((getattr(self, name), getattr(other, name)) for name in levers)
        return all(mine is theirs or np.array_equal(mine, theirs) for mine, theirs in pairs)


def posts_of(customs: Customs, checkpoints: Checkpoints, ports: Mapping[str, Port]) -> list[ControlPost]:
    """The control post of every port control, row by row."""
    posts = []
    for row in range(checkpoints.n_ports):
        name = checkpoints.place[row]
        direction: Direction = "import" if checkpoints.kind[row] == "import" else "export"
        inbound = direction == "import" and ports[name].role == "origin"
        posts.append(customs.post(direction, ports[name].region, ports[name].country, name, inbound=inbound))
    return posts


def controls_of(
    posts: list[ControlPost],
    checkpoints: Checkpoints,
    boxes_per_day: Levers,
    waters: Mapping[str, SeaZone],
    communities: Communities,
    people: Community,
    raids: Mapping[str, float],
    states: States,
    justice: Justice,
    limits: Sequence[Limit] = (),
    finishing_raids: Mapping[str, float] | None = None,
    tracing: Sequence[Tracing] = (),
) -> Controls:
    """The controls without any policy.

    boxes_per_day: float64[C], mean flow of each port control, on which capacities given as shares are taken; raids: on
    a laboratory in a year, by production area; limits: on inspection, by port control, or none at all;
    finishing_raids: on a laboratory that finishes what arrives, by market, or none at all;
    tracing: of money, by state, as by default if not given.
    """

    def each(field: str) -> Levers:
        return np.array([float(getattr(post, field)) for post in posts])

    def outright(field: str, share: str) -> Levers:
        given = [getattr(post, field) for post in posts]
        return np.array(
            [float(value) if value is not None else float(getattr(post, share)) * flow
             for value, post, flow in zip(given, posts, boxes_per_day.tolist(), strict=True)]
        )  # fmt: skip

    count, courts = len(posts), states.each(justice.courts, justice.at)
    return Controls(
        checkpoints=checkpoints,
        communities=communities,
        areas=tuple(raids),
        markets=tuple(finishing_raids or ()),
        protocol=np.array([float(PROTOCOLS.index(post.protocol)) for post in posts]),
        scans_per_day=outright("scans_per_day", "scan_share"),
        examinations_per_day=outright("examinations_per_day", "examination_share"),
        random_share=each("random_share"),
        screened_share=np.zeros(count),
        high_risk=each("high_risk"),
        sensitivity=each("sensitivity"),
        false_alarm=each("false_alarm"),
        examination_sensitivity=each("examination_sensitivity"),
        analyst_skill=np.ones(count),
        diversion_stopped=np.zeros(count),
        audits_per_year=each("audits_per_year"),
        integrity=np.ones(count),
        patrol_units=np.array([zone.units(joint=False) for zone in waters.values()]),
        joint_units=np.array([zone.units(joint=True) for zone in waters.values()]),
        cue=np.array([float(zone.cue) for zone in waters.values()]),
        boarding=np.array([float(zone.boarding) for zone in waters.values()]),
        returns=np.array([float(zone.returns) for zone in waters.values()]),
        coast_watch=np.zeros(len(communities)),
        stigma=np.full(len(communities), float(people.stigma)),
        awareness=np.full(len(communities), float(people.awareness)),
        legal_wage=communities.legal_wage.copy(),
        cooperation=np.full(len(communities), float(people.cooperation)),
        raids_per_year=np.array(list(raids.values())),
        boxes_per_opening=np.array([limit.boxes_per_opening for limit in limits or [Limit()] * count]),
        boxes_per_scan=np.array([limit.boxes_per_scan for limit in limits or [Limit()] * count]),
        states=states,
        sharing=no_links(len(states))[0],
        sharing_days=no_links(len(states))[1],
        membership=np.zeros(len(states)),
        delay_factor=np.ones(len(states)),
        finishing_raids=np.array(list((finishing_raids or {}).values())),
        protection=np.zeros(len(states)),
        tracing_units=np.array([float(each.units) for each in tracing or [Tracing()] * len(states)]),
        tracing_abroad=np.array([float(each.abroad) for each in tracing or [Tracing()] * len(states)]),
        treated=np.zeros(len(finishing_raids or {})),
        educated=np.zeros(len(finishing_raids or {})),
        penetration=np.zeros(count),
        scan_time=np.ones(count),
        integrated_data=np.zeros(count),
        certified_trust=np.zeros(count),
        operator_reports=np.zeros(count),
        posing_fronts=np.zeros(count),
        evenness=np.zeros(count),
        crew_found=np.zeros(count),
        site_visits=np.zeros(len(checkpoints) - checkpoints.first_site),
        **{lever: np.array([float(getattr(court, lever)) for court in courts]) for lever in OF_COURTS},
    )
