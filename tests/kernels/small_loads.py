"""Small worlds with loads in the midst of their ways, for the compiled kernel and the plain one to live through."""

from dataclasses import dataclass

import numpy as np

from sim.kernels.carrying import LUCK, carry
from sim.kernels.draws import entity_key
from sim.kernels.items import told_nothing
from sim.kernels.loads import EVENT, LEG, LOAD, MOST_LEGS, OWNER, SITE, STEP, TERMS, UNDER_WAY
from sim.kernels.prospects import CELL, MOST_CHECKPOINTS, MOST_CREWS
from sim.kernels.search import COUNTS, CRAFT, SEA_LUCK, UNIT, ZONE, Sea

PORTS, ZONES, PLACES = 4, 6, 9
ORGANISATIONS, COMMODITIES, METHODS = 2, 2, 2
CONTROLS = 2 * PORTS
"""First the export controls of the ports, then their import controls; after these the zones, then a site a port."""
KEYS = np.array([entity_key(purpose) for purpose in LUCK], np.uint64)


@dataclass
class SmallWorld:
    """All that `carry` is given, but for what it is asked about and what it fills."""

    day: int
    loads: np.ndarray
    legs: np.ndarray
    sea: Sea
    cells: np.ndarray
    owners: np.ndarray
    terms: np.ndarray
    sites: np.ndarray
    luck: np.ndarray
    lanes: np.ndarray
    boxes: np.ndarray
    sailing: float

    def carry(self, day: int, numbers: np.ndarray, fates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Steps and lines of the books, in space in which something else stood before."""
        steps, events = np.empty(len(numbers), STEP), np.empty(len(numbers), EVENT)
        for space in (steps, events):
            space.view(np.uint8)[:] = 0xA5
        ended = carry(
            day, numbers, fates, self.loads, self.legs, self.sea, self.cells, self.owners, self.terms, self.sites,
            self.luck, self.lanes, self.boxes, self.sailing, steps, events,
        )  # fmt: skip
        return steps, events[:ended]


def some_world(seed: int, *, loads: int = 24) -> SmallWorld:
    """A few roads, lanes and crossings, and loads anywhere on ways made of them."""
    rng = np.random.default_rng(seed)
    legs, lanes = np.array([_leg(rng, row) for row in range(12)], LEG), np.arange(12)
    cells = np.zeros(ORGANISATIONS * PORTS, CELL)
    cells["held"] = rng.random(len(cells)) < 0.9
    cells["rested"] = rng.choice([0.0, 0.75, 1.0, 1.0, 2.5, 4.0], len(cells))
    cells["hands"], cells["waiting"] = rng.integers(0, 4, len(cells)), rng.integers(0, 30, len(cells))
    weekdays, hands = rng.integers(0, 7, ORGANISATIONS), rng.integers(1, 3, ORGANISATIONS)
    terms = np.array([(rng.integers(1, 5), rng.integers(2, 20), CONTROLS, CONTROLS + ZONES, PLACES - ZONES)], TERMS)
    day = int(rng.integers(50, 500))
    return SmallWorld(
        day=day,
        loads=np.array([_load(rng, day, legs, int(terms["hold_days"][0])) for _ in range(loads)], LOAD),
        legs=legs,
        sea=_sea(rng, day),
        cells=cells,
        owners=np.array(list(zip(weekdays, hands, strict=True)), OWNER),
        terms=terms,
        sites=np.array(list(zip(rng.choice([0.0, 0.05, 0.3], PORTS), rng.uniform(0, 4, PORTS), strict=True)), SITE),
        luck=KEYS,
        lanes=rng.integers(0, 2**64, len(lanes), np.uint64),
        boxes=rng.choice([0.0, 0.3, 2.0, 60.0], len(lanes)),
        sailing=float(rng.uniform(0.5, 1.5)),
    )


def _sea(rng, day) -> Sea:
    """Zones swept by anything between nobody and a crowd, and too few units for all that is detected."""
    crafts = [(rng.uniform(2, 30), rng.choice([0.3, 1.0]), rng.choice([0.0, 0.4]), False, 0.0, 0.0, 0.0)
              for _ in range(METHODS)]  # fmt: skip
    zones = [
        (1e5, rng.choice([1e3, 1e5]), 500.0, rng.choice([0.0, 0.5, 1.0]), rng.choice([0.0, 0.5]),
         rng.choice([0.3, 0.8]), 0.0, rng.choice([0.0, 300.0, 20_000.0]))
        for _ in range(ZONES)
    ]  # fmt: skip
    units = [
        (0, rng.integers(ZONES), 300.0, 20.0, 14, 21, 0, 1.0, rng.random() < 0.4, 1, rng.choice([0, 3]), day,
         rng.choice([0, 1, 2]))
        for _ in range(8)
    ]  # fmt: skip
    luck = np.array([entity_key(purpose) for purpose in SEA_LUCK], np.uint64)
    tally = np.zeros((ZONES, COUNTS), np.int64)
    return Sea(
        np.array(crafts, CRAFT),
        np.array(zones, ZONE),
        np.array(units, UNIT),
        tally,
        luck,
        told_nothing(ZONES, METHODS, 0),
    )


def _leg(rng, row) -> tuple:
    """A road, a lane or a crossing, by its row in turn."""
    origin, destination = rng.choice(PORTS, 2, replace=False)
    passed, pool, kind = [-1] * MOST_CHECKPOINTS, (-1, -1), row % 3
    if kind == 1:
        exports = -1 if row % 12 == 4 else origin  # one lane leaves a port where nobody controls exports
        passed[:2], pool = (exports, PORTS + destination), tuple(rng.integers(0, 9, 2))
    elif kind == 2:
        met = rng.permutation(ZONES)[: rng.choice([0, 1, 2, 3, ZONES])]
        passed[: len(met)] = met + CONTROLS
    days, lane = rng.integers(1, 10), row if kind == 1 else -1
    crew_found = rng.choice([0.0, 0.0, 0.3], 2) * (np.array(passed[:2]) >= 0)  # by whoever controls there
    site = (origin if kind == 2 else -1, destination if kind == 2 or row == 3 else -1)  # one road leads to a warehouse
    return (
        kind == 0, kind == 2, kind, origin, destination, days, lane, passed, pool, rng.choice([0.0, 0.4]),
        rng.choice([0.0, 0.4]), rng.uniform(10, 3000), False, 0.0, crew_found, site,
    )  # fmt: skip


def _load(rng, day, legs, hold_days) -> tuple:
    """A load on one of its legs; a way leads over land, once or twice over the sea, and over land again."""
    before, sea, after = rng.integers(0, 3), rng.integers(1, 3), rng.integers(0, 3)
    roads = np.flatnonzero(legs["road"])
    way = [*rng.choice(roads, before), *rng.choice(np.flatnonzero(~legs["road"]), sea), *rng.choice(roads, after)]
    organisation = rng.integers(ORGANISATIONS)
    crews = [-1] * MOST_CREWS
    if rng.random() < 0.6:
        crews[: 2 * sea] = organisation * PORTS + rng.integers(0, PORTS, 2 * sea)
    at = int(rng.integers(len(way)))
    leg, crossed = legs[way[at]], min(max(at - before, 0), sea)  # those that are behind it
    departed, landed, zone = -1, crossed > 0 and leg["road"], 0
    came = day - rng.integers(0, hold_days + 1)
    if not leg["road"] and rng.random() < 0.7:
        landed = rng.random() < 0.4
        departed = day - leg["days"] - (rng.integers(0, hold_days + 1) if landed else 0)
        zones = np.count_nonzero(leg["checkpoints"] >= 0)
        if leg["small_craft"]:
            zone = zones if landed else rng.integers(0, zones + 1)
    served = 2 * crossed + (departed >= 0 and not leg["road"]) if crews[0] >= 0 else 0
    outcome = UNDER_WAY if rng.random() < 0.9 else rng.integers(2, 5)
    return (
        rng.integers(0, 2**64, dtype=np.uint64), rng.integers(1, 10**6), rng.uniform(0.1, 2.0),
        rng.integers(COMMODITIES), organisation, 0, way + [-1] * (MOST_LEGS - len(way)), crews,
        rng.integers(METHODS), 0, day + rng.choice([-1, 0, 0, 0, 0, 1, 2, 9]), at, served, came, departed, landed, zone,
        outcome, -1, -1, -2, False, False,
    )  # fmt: skip
