"""The work that every peer does: days of control at made-up ports, in the kernel's own types.

Ports differ in size as real ones do (log-normal), boxes come from many lanes, 4 % of them are scanned, an eighth of
these picked blindly, and hands are there to open one in a thousand. No lane is flagged and nobody asks which boxes are
high risk. The queue before the scanners is left out: every peer, the kernel too, is timed without it.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels.boxes import CERTAINTY, CHANCE, CHOSEN, EVEN, POINTS, Boxes, Contaminated, Day, Rules, alias_table
from sim.kernels.draws import entity_key
from sim.kernels.samplers import normal_quantile
from sim.world.lanes import anomaly_levels, chances_of_clean_looks

SCANNED, BLIND_SHARE, OPENED = 0.04, 0.125, 0.001
NAMED = 0.1
"""Chance that intelligence names a contaminated box."""
SPREAD = 1.5
"""Standard deviation of the logarithm of the ports' sizes."""
WEEK = 7
"""The timetable of the lanes comes again after so many days; the boxes on them never do."""
GROUPS, MIXES, CLASSES, CONCEALMENTS = 30, 6, 8, 3
COLUMN = np.cumsum([0, GROUPS, CLASSES, 4, 4, 4, 4]).astype(np.int32)
WIDTH = int(COLUMN[-1]) + 2
KEY = entity_key("choice of boxes")


class Morning(NamedTuple):
    """All that a peer is given for one day, but for the boxes, which stay the same."""

    day: int
    today: NDArray[np.int32]
    """By place: boxes of its control up to and with its lane."""
    rules: Rules
    dirty: Contaminated


class World:
    """So many controls that clear so many boxes a day, of which a share is contaminated."""

    def __init__(self, controls: int, boxes: int, *, lanes: int = 24, dirty: float = 1e-4, seed: int = 1) -> None:
        self.controls, self.lanes, self.dirty, self.seed = controls, lanes, dirty, seed
        rng = np.random.default_rng(seed)
        size = rng.lognormal(0.0, SPREAD, controls)
        places = controls * lanes
        flow = np.repeat(size, lanes) * rng.exponential(1.0, places)
        flow *= boxes / flow.sum()
        self.flow = flow.reshape(controls, lanes).sum(axis=1)
        history = np.repeat(np.array([0, 1, 2, 3], np.uint8), (1000, 1400, 1400, 296))
        anomaly = [anomaly_levels(shift, 4096) for shift in rng.uniform(0.2, 2.0, 3 * CONCEALMENTS)]
        own, look = alias_table(chances_of_clean_looks(history))
        self.boxes = Boxes(
            first=np.arange(0, places + 1, lanes, dtype=np.int32),
            entity=np.zeros(places, np.uint64),  # how many boxes come is given, but in thinned mode
            rate=flow,
            lag=rng.integers(0, WEEK, places).astype(np.int32),
            group=rng.integers(0, GROUPS, places).astype(np.int32),
            key=rng.integers(0, 2**64, places, np.uint64),
            mix=rng.integers(0, MIXES, places).astype(np.int32),
            cargo=np.sort(rng.integers(0, CLASSES, (MIXES, 1024)), axis=1).astype(np.uint8).ravel(),
            own=own,
            look=look,
            history=history,
            anomaly=np.array(anomaly, np.uint8),
            front=np.array([1, 0, 0], np.uint8),
            noise=np.array([round(normal_quantile((step + 0.5) / 256) * POINTS / 2) for step in range(256)], np.int16),
            salt=np.array([entity_key(f"control {c}") for c in range(controls)], np.uint64),
            column=COLUMN,
            expected=np.rint(CERTAINTY / (1.0 + np.exp(-(np.arange(2 * EVEN) - EVEN) / POINTS))).astype(np.int32),
            matched=np.array(anomaly, np.uint8),
        )
        counts = rng.poisson(flow.reshape(controls, lanes), (WEEK, controls, lanes))
        self.upto = counts.cumsum(axis=2, dtype=np.int32).reshape(WEEK, places)

    @cached_property
    def rules(self) -> Rules:
        """What is in force every day; capacities are `morning`'s."""
        rng = np.random.default_rng((self.seed, 1))
        c = self.controls
        families = [rng.uniform(-1.0, 1.0, (c, GROUPS)), rng.uniform(-0.5, 1.5, (c, CLASSES))]
        families += [np.sort(rng.uniform(-0.5, 2.5, (c, 4)), axis=1) for _ in range(4)]
        points = np.concatenate([*families, np.zeros((c, 1)), np.full((c, 1), 3.0)], axis=1) * POINTS
        nothing = np.zeros(c, np.int64)
        screened = np.zeros(c)
        screened.flags.writeable = False
        return Rules(
            points=np.rint(points).astype(np.int16),
            base=np.full(c, -9 * POINTS, np.int32),
            flagged=np.zeros(len(self.boxes.lag), np.uint8),
            chosen=nothing,
            blind=nothing,
            most=np.full(c, 1 << 40),
            scheme=np.zeros(c, np.uint8),
            high=np.zeros(c, np.int32),
            middle=np.zeros(c, np.int32),
            called=np.zeros((c, 4), np.int32),
            clearance=np.ones(c, np.int32),
            screened=screened,
            alarm_clean=(rng.uniform(0.5, 1.5, (c, CLASSES)) / 32 * CHANCE).astype(np.int32),
            alarm_full=np.full(c, 13 / 16),
            alarm_cargo=rng.uniform(0.6, 1.2, CLASSES),
            opened=nothing,
            finds=np.full(c, CHANCE // 16 * 15, np.int32),
            tip=np.full(c, 13, np.int32),
            servers=np.zeros(c, np.int32),  # no queues
            scan_hours=np.full(c, 0.05),
            service=np.zeros(c, np.int32),
            open_hours=np.full(c, 24.0),
            integrated=np.zeros(c, np.int32),
            reports=np.zeros(c, np.int32),
            posing=np.zeros(c, np.int32),
        )

    def morning(self, day: int) -> Morning:
        """A day's boxes, capacities and loads. Capacities that are not whole are spread over the days."""
        today = self.upto[day % WEEK]
        rates = self.flow * np.array([[SCANNED * (1 - BLIND_SHARE)], [SCANNED * BLIND_SHARE], [OPENED]])
        chosen, blind, opened = (np.floor(rates * (day + 1)) - np.floor(rates * day)).astype(np.int64)
        rules = self.rules._replace(chosen=chosen, blind=blind, opened=opened)
        return Morning(day, today, rules, self._loads(day, today))

    def _loads(self, day: int, today: NDArray[np.int32]) -> Contaminated:
        """Contraband in boxes of their own, in proportion to those without."""
        rng = np.random.default_rng((self.seed, 2, day))
        flows = self.flows(today)
        loads = rng.poisson(self.dirty * flows)
        count = int(loads.sum())
        return Contaminated(
            first=np.cumsum([0, *loads]).astype(np.int32),
            place=rng.integers(0, self.lanes, count).astype(np.int32),
            word=rng.integers(0, 2**64, count, np.uint64),
            concealment=rng.integers(0, CONCEALMENTS, count).astype(np.int32),
            shows=rng.uniform(0.3, 1.2, count),
            tip=np.where(rng.random(count) < NAMED, 0, -1).astype(np.int32),
        )

    def flows(self, today: NDArray[np.int32]) -> NDArray[np.int64]:
        """Clean boxes of each control."""
        return today[self.lanes - 1 :: self.lanes].astype(np.int64)

    def boxes_on(self, morning: Morning) -> int:
        """All boxes of a day."""
        return int(self.flows(morning.today).sum()) + len(morning.dirty.word)

    def blank(self, morning: Morning) -> Day:
        """A day on which nothing has happened yet."""
        return Day.blank(self.controls, WIDTH, len(morning.dirty.place))

    def largest(self) -> int:
        """Room for the boxes that one control has in a day: the most clean ones, and the contaminated ones."""
        most = int(self.upto.max())
        return most + int(self.dirty * most + 10.0 * (self.dirty * most) ** 0.5) + 10


type Chosen = list[NDArray[np.int32]]
"""By control: the boxes that were scanned, in ascending order."""


class Peer:
    """One way to clear a day. Spaces that it works in are made once, and kept."""

    name = ""
    """As the table calls it."""
    mode = "micro"
    """Peers of one mode leave the same day, box for box; those of another only one with the same law."""

    def __init__(self, world: World) -> None:
        self.world = world

    def clear(self, morning: Morning, out: Day) -> Chosen | None:
        """Fill tallies, fates and what was learned of `out`; returns the chosen boxes where they are at hand."""
        raise NotImplementedError

    def chosen(self, morning: Morning) -> Chosen:
        """The boxes that this peer scans, whatever it takes to list them."""
        found = self.clear(morning, self.world.blank(morning))
        assert found is not None
        return found


class ByRange(Peer):
    """A peer that clears a range of controls, one after the other, in a working space of its own."""

    def clear_range(self, first: int, last: int, morning: Morning, out: Day) -> None:
        """Clear some of the controls."""
        raise NotImplementedError

    def last_chosen(self, count: int) -> NDArray[np.int32]:
        """The first `count` entries of the list of chosen boxes of the control cleared last."""
        raise NotImplementedError

    def clear(self, morning: Morning, out: Day) -> None:
        self.clear_range(0, self.world.controls, morning, out)

    def chosen(self, morning: Morning) -> Chosen:
        out, found = self.world.blank(morning), []
        for c in range(self.world.controls):
            self.clear_range(c, c + 1, morning, out)
            found.append(np.sort(self.last_chosen(int(out.tally[c, CHOSEN]))))
        return found
