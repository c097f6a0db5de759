"""Small random days at a few controls, for the compiled kernel and the plain one to live through."""

import hashlib
from dataclasses import dataclass

import numpy as np

from sim.kernels.boxes import (
    BLIND,
    CERTAINTY,
    CHANCE,
    CHOSEN,
    EVEN,
    POINTS,
    Boxes,
    Contaminated,
    Day,
    Rules,
    Scanners,
    Scratch,
    alias_table,
)
from sim.kernels.draws import entity_key
from sim.kernels.inspection import clear_day
from sim.kernels.queueing import service_times
from sim.kernels.samplers import normal_quantile

GROUPS, CLASSES, CONCEALMENTS = 3, 4, 2
COLUMN = np.cumsum([0, GROUPS, CLASSES, 4, 4, 4, 4]).astype(np.int32)
WIDTH = int(COLUMN[-1]) + 2
NO_TIP = WIDTH - 2
SERVERS = 4
VARIATIONS = (0.0, 0.5, 1.0)
KEY, QUEUE_KEY = entity_key("choice of boxes"), entity_key("scanner queue")


@dataclass
class SmallDay:
    """All that `clear_day` is given, but for the space it works in."""

    day: int
    today: np.ndarray
    boxes: Boxes
    rules: Rules
    dirty: Contaminated
    scanners: Scanners

    @property
    def controls(self) -> int:
        return len(self.boxes.first) - 1


def read_only(values) -> np.ndarray:
    """As the levers are: nobody may write to them."""
    values = np.asarray(values, np.float64)
    values.flags.writeable = False
    return values


def some_day(seed: int, *, controls: int = 3, most: int = 12, **fixed) -> SmallDay:
    """A random day; equal scores, empty lanes and capacities of none or too many are common. `fixed` replaces rules."""
    rng = np.random.default_rng(seed)
    lanes = int(rng.integers(1, 8))
    pools = [rng.permutation(lanes)[: rng.integers(0, lanes + 1)] for _ in range(controls)]
    first = np.cumsum([0, *map(len, pools)]).astype(np.int32)
    pool = np.concatenate(pools).astype(np.int32)
    counts = rng.integers(0, most, len(pool)) * (rng.random(len(pool)) < 0.8)
    day = int(rng.integers(60, 400))
    own, look = alias_table(some_chances(rng))
    anomaly = np.sort(np.minimum(rng.geometric(0.7, (3 * CONCEALMENTS, 4096)) - 1, 3).astype(np.uint8))
    boxes = Boxes(
        first=first,
        entity=np.zeros(len(pool), np.uint64),  # the boxes of the day are given
        rate=np.zeros(len(pool)),
        lag=rng.integers(0, 40, len(pool)).astype(np.int32),
        group=rng.integers(0, GROUPS, len(pool)).astype(np.int32),
        key=rng.integers(0, 2**64, lanes, np.uint64)[pool],
        mix=rng.integers(0, 2, lanes).astype(np.int32)[pool],
        cargo=rng.integers(0, CLASSES, 2 * 1024).astype(np.uint8),
        own=own,
        look=look,
        history=np.sort(rng.integers(0, 4, 4096).astype(np.uint8)),
        anomaly=anomaly,
        front=np.array([1, 0], np.uint8),
        noise=some_noise(int(rng.choice([0, 5]))),
        salt=np.array([entity_key(f"control {c}") for c in range(controls)], np.uint64),
        column=COLUMN[:7],
        expected=(CERTAINTY / (1.0 + np.exp(-(np.arange(2 * EVEN) - EVEN) / POINTS))).astype(np.int32),
        matched=np.maximum(anomaly, anomaly[:, ::-1]),
    )
    return SmallDay(
        day=day,
        today=upto(first, counts),
        boxes=boxes,
        rules=some_rules(rng, controls, len(pool), most * lanes)._replace(**fixed),
        dirty=some_contraband(rng, controls, first),
        scanners=some_scanners(rng, controls, len(pool)),
    )


def upto(first, counts) -> np.ndarray:
    """Boxes of each control from its first lane up to and with each of its lanes, of the boxes by lane."""
    sums = np.concatenate([[0], np.cumsum(counts)])
    return (sums[1:] - np.repeat(sums[first[:-1]], np.diff(first))).astype(np.int32)


def by_place(day: SmallDay) -> np.ndarray:
    """Boxes by lane."""
    begins = np.isin(np.arange(len(day.today)), day.boxes.first)
    return np.where(begins, day.today, np.diff(day.today, prepend=0))


def some_chances(rng) -> np.ndarray:
    """Chances of looks: a few common ones, many rare ones, and some that never occur."""
    chances = rng.random(256) ** 12 * (rng.random(256) < 0.6)
    return chances / chances.sum()


def some_scanners(rng, controls: int, places: int) -> Scanners:
    """Lanes with some work left, a guess at the cut that may be anywhere, and some who were clean for a while."""
    return Scanners(
        times=np.array([service_times(variation) for variation in VARIATIONS]),
        free_at=rng.random((controls, SERVERS)) * 3.0,
        lanes=np.full(controls, SERVERS, np.int32),
        near=rng.choice([-40_000, -60, 0, 50, 40_000], controls).astype(np.int32),
        clean=rng.integers(0, 12, 4 * places).astype(np.int32),
    )


def some_noise(spread: int) -> np.ndarray:
    return np.array([round(normal_quantile((step + 0.5) / 256) * spread) for step in range(256)], np.int16)


def some_rules(rng, controls: int, places: int, flow: int) -> Rules:
    points = rng.integers(-2, 5, (controls, WIDTH)) * int(rng.choice([7, 16]))

    def capacity() -> np.ndarray:
        return rng.choice([0, 1, 2, 5, flow // 3, 2 * flow], controls).astype(np.int64)

    return Rules(
        points=points.astype(np.int16),
        base=rng.integers(-140, 0, controls).astype(np.int32),
        flagged=(rng.random(places) < rng.choice([0.0, 0.4])).astype(np.uint8),
        chosen=capacity(),
        blind=capacity(),
        most=np.full(controls, 1 << 40),
        scheme=rng.integers(0, 4, controls).astype(np.uint8),
        high=rng.integers(-20, 95, controls).astype(np.int32),
        middle=rng.integers(-40, 60, controls).astype(np.int32),
        called=(rng.choice([0.0, 0.2, 0.7, 1.0], (controls, 4)) * CHANCE).astype(np.int32),
        clearance=rng.integers(1, 5, controls).astype(np.int32),
        screened=read_only(rng.choice([0.0, 0.0, 0.3, 0.75, 1.0], controls)),
        alarm_clean=(rng.choice([0.0, 0.03, 0.5, 1.0], (controls, CLASSES)) * CHANCE).astype(np.int32),
        alarm_full=rng.random(controls),
        alarm_cargo=rng.random(CLASSES) * 1.5,
        opened=capacity(),
        finds=(rng.choice([0.0, 0.5, 0.95, 1.0], controls) * CHANCE).astype(np.int32),
        tip=rng.choice([0, 13, 3000], controls).astype(np.int32),
        servers=rng.integers(1, SERVERS + 1, controls).astype(np.int32),
        scan_hours=rng.random(controls) * 2.0,
        service=rng.integers(0, len(VARIATIONS), controls).astype(np.int32),
        open_hours=rng.choice([8.0, 16.0, 24.0], controls),
        integrated=rng.choice([0, 20_000, 65_536], controls).astype(np.int32),
        reports=rng.choice([0, 30_000], controls).astype(np.int32),
        posing=rng.choice([0, 30_000], controls).astype(np.int32),
    )


def some_contraband(rng, controls: int, first) -> Contaminated:
    """Loads in boxes of their own; none at a control without lanes."""
    loads = rng.integers(0, 6, controls) * (np.diff(first) > 0)
    count = int(loads.sum())
    return Contaminated(
        first=np.cumsum([0, *loads]).astype(np.int32),
        place=rng.integers(0, np.repeat(np.diff(first), loads)).astype(np.int32),
        word=rng.integers(0, 2**64, count, np.uint64),
        concealment=rng.integers(0, CONCEALMENTS, count).astype(np.int32),
        shows=rng.choice([0.0, 0.4, 1.0, 1.6], count),
        tip=rng.choice([-1, -1, 0, 17], count).astype(np.int32),
    )


def largest(day: SmallDay) -> int:
    """The most boxes of a control."""
    ends, loads = np.append(day.today, 0)[day.boxes.first[1:] - 1], np.diff(day.dirty.first)
    return int((np.where(np.diff(day.boxes.first) > 0, ends, 0) + loads).max(initial=0))


def blank(day: SmallDay) -> Day:
    return Day.blank(day.controls, WIDTH, len(day.dirty.place))


def copied(scanners: Scanners) -> Scanners:
    """The same scanners, to be lived with from here."""
    return Scanners(*(values.copy() for values in scanners))


def lived(day: SmallDay, *ranges: tuple[int, int]) -> tuple[Day, np.ndarray]:
    """The day by the compiled kernel, in the given ranges of controls; returns what it leaves, and the queues."""
    out, scanners = blank(day), copied(day.scanners)
    for first, last in ranges or [(0, day.controls)]:
        clear(day, first, last, out, scanners)
    return out, scanners.free_at


def clear(day: SmallDay, first: int, last: int, out: Day, scanners: Scanners | None = None) -> Scratch:
    scratch = Scratch.of(largest(day))
    clear_day(
        np.arange(first, last), day.day, day.today, day.boxes, day.rules, day.dirty, scanners or copied(day.scanners),
        KEY, QUEUE_KEY, scratch, out,
    )  # fmt: skip
    return scratch


def taken(scratch: Scratch, out: Day, c: int, n: int) -> list[str]:
    """How each of the n boxes of control c, the last that was cleared, came to be scanned."""
    how, scans = [""] * n, int(out.tally[c, CHOSEN])
    for t, i in enumerate(scratch.at[:scans].tolist()):
        how[i] = "by score" if t < scans - out.tally[c, BLIND] else "blindly"
    return how


def digest(seeds: range) -> str:
    """SHA-256 over all that some days leave behind."""
    found = hashlib.sha256()
    for seed in seeds:
        out, free_at = lived(some_day(seed))
        for values in (*out, free_at):
            found.update(values.tobytes())
    return found.hexdigest()
