"""A few controls, each many times over with luck of its own: what one mode does to them, to hold against the other."""

from dataclasses import dataclass

import numpy as np

from sim.kernels.boxes import (
    CERTAINTY,
    CHANCE,
    COUNTED,
    EVEN,
    POINTS,
    TALLIES,
    Boxes,
    Contaminated,
    Day,
    Rules,
    Sailings,
    Scanners,
    Scratch,
    alias_table,
)
from sim.kernels.flow import Working
from sim.kernels.inspection import clear_day
from sim.kernels.samplers import normal_quantile
from sim.kernels.scoring import arrivals
from sim.kernels.streams import blank
from sim.kernels.thinned import thin_day
from sim.world.lanes import anomaly_chances, anomaly_levels

CONTROLS, LANES, LAGS, GROUPS, CLASSES, MIXES = 12, 6, 4, 3, 4, 2
COLUMN = np.cumsum([0, GROUPS, CLASSES, 4, 4, 4, 4]).astype(np.int32)
WIDTH = int(COLUMN[-1]) + 2
DAY = 9


@dataclass(frozen=True)
class Case:
    """What the controls have in common."""

    boxes: float
    """Clean boxes of a mean control."""
    scanned: float
    """Share that is scanned by score."""
    blind: float
    """Share that is scanned blindly."""
    hands: float
    """Boxes that can be opened, as a share of those scanned."""
    loads: int
    """Contaminated boxes at each control."""
    step: int = 1
    """Points of evidence are multiples of this: large ones make ties."""
    shift: float = 0.0
    """By how much odder the manifests are of which thinned mode is told: 0 but where a difference is to be found."""


class Replicas:
    """The controls of a case, each so many times over; every copy has lanes and luck of its own."""

    def __init__(self, case: Case, copies: int, seed: int = 1) -> None:
        rng = np.random.default_rng(seed)
        self.case, self.copies = case, copies
        self.counted: dict[str, np.ndarray] = {}
        """Boxes by far end and shipper [what was done, copies, controls, F], by mode, over all turns."""
        n, places = CONTROLS * copies, CONTROLS * copies * LANES

        def alike(values):
            """The same for every copy of a control."""
            return np.tile(values, (copies,) + (1,) * (np.ndim(values) - 1))

        history = np.sort(rng.integers(0, 4, 4096)).astype(np.uint8)
        shares = np.bincount(history, minlength=4) / 4096
        looks = shares
        for _ in range(3):
            looks = np.multiply.outer(looks, anomaly_chances(0.0))
        own, look = alias_table(looks.ravel())
        judged = [round(normal_quantile((k + 0.5) / 256) * 0.4 * POINTS) // case.step * case.step for k in range(256)]
        size = rng.lognormal(0.0, 0.6, CONTROLS)
        rate = (size[:, None] / size.mean() * rng.dirichlet(np.ones(LANES), CONTROLS) * case.boxes).ravel()
        self.boxes = Boxes(
            first=np.arange(0, places + 1, LANES, dtype=np.int32),
            entity=rng.integers(0, 2**64, places, np.uint64),
            rate=alike(rate),
            lag=alike(rng.integers(0, LAGS, CONTROLS * LANES).astype(np.int32)),
            group=alike(rng.integers(0, GROUPS, CONTROLS * LANES).astype(np.int32)),
            key=rng.integers(0, 2**64, places, np.uint64),
            mix=alike(rng.integers(0, MIXES, CONTROLS * LANES).astype(np.int32)),
            cargo=np.sort(rng.integers(0, CLASSES, (MIXES, 1024)), axis=1).astype(np.uint8).ravel(),
            own=own,
            look=look,
            history=history,
            anomaly=np.array([anomaly_levels(shift, 4096) for shift in (0.8, 0.4, 0.0, 0.0, 0.2, 1.0)], np.uint8),
            front=np.array([1, 0], np.uint8),
            noise=np.array(judged, np.int16),
            salt=rng.integers(0, 2**64, n, np.uint64),
            column=COLUMN,
            expected=np.rint(CERTAINTY / (1.0 + np.exp(-(np.arange(2 * EVEN) - EVEN) / POINTS))).astype(np.int32),
            matched=np.array([anomaly_levels(shift, 4096) for shift in (1.6, 0.8, 0.0, 0.0, 0.4, 1.0)], np.uint8),
        )
        self.rules = self._rules(rng, rate.reshape(CONTROLS, LANES).sum(axis=1), alike)
        self._lots = rng.integers(0, 2, n * case.loads).astype(np.int32), alike(rng.random(CONTROLS * case.loads))
        self._places = alike(rng.integers(0, LANES, CONTROLS * case.loads).astype(np.int32))

    def _rules(self, rng, flow, alike) -> Rules:
        case, step = self.case, self.case.step
        steps = [np.sort(rng.uniform(-1.0, 2.8, (CONTROLS, 4)), axis=1) for _ in range(4)]
        families = [rng.uniform(-1, 1, (CONTROLS, GROUPS)), rng.uniform(-0.5, 1.5, (CONTROLS, CLASSES)), *steps]
        points = np.concatenate([*families, np.zeros((CONTROLS, 1)), np.full((CONTROLS, 1), 4.0)], axis=1) * POINTS
        whole = [np.maximum(np.round(flow * share), 0).astype(np.int64) for share in (case.scanned, case.blind)]
        hands = np.round((whole[0] + whole[1]) * case.hands).astype(np.int64)
        nothing, share = np.zeros(CONTROLS * self.copies, np.int32), np.zeros(CONTROLS * self.copies)
        unscreened = share.copy()
        unscreened.flags.writeable = False  # of the types that are compiled ahead
        return Rules(
            points=alike(np.rint(points / step).astype(np.int16) * np.int16(step)),
            base=alike(np.full(CONTROLS, -5 * POINTS, np.int32)),
            flagged=np.zeros(CONTROLS * self.copies * LANES, np.uint8),
            chosen=alike(whole[0]),
            blind=alike(whole[1]),
            most=np.full(CONTROLS * self.copies, 1 << 40),
            scheme=nothing.astype(np.uint8),
            high=nothing,
            middle=nothing,
            called=np.zeros((len(nothing), 4), np.int32),
            clearance=nothing,
            screened=unscreened,
            alarm_clean=alike((rng.uniform(0.02, 0.2, (CONTROLS, CLASSES)) * CHANCE).astype(np.int32)),
            alarm_full=alike(np.full(CONTROLS, 0.9)),
            alarm_cargo=rng.uniform(0.6, 1.1, CLASSES),
            opened=alike(hands),
            finds=alike(np.full(CONTROLS, CHANCE // 10 * 9, np.int32)),
            tip=alike(np.full(CONTROLS, 200, np.int32)),
            servers=nothing,  # no queue: it comes after, and is the same code in both modes
            scan_hours=share,
            service=nothing,
            open_hours=share,
            integrated=alike(np.full(CONTROLS, 1 << 15, np.int32)),
            reports=alike(np.full(CONTROLS, 1 << 13, np.int32)),
            posing=alike(np.full(CONTROLS, 1 << 14, np.int32)),
        )

    def lived(self, mode: str, turns: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Tallies [turns * copies, controls, 8], fates [turns * copies, controls, loads], mean lessons [controls, F].

        Every turn has boxes of its own.
        """
        case, boxes, n, loads = self.case, self.boxes, CONTROLS * self.copies, self.case.loads
        rng = np.random.default_rng(["micro", "thinned"].index(mode))
        rows = np.arange(n)
        factor = 1.0 + 0.1 * np.cos(np.arange(LAGS + DAY + 1) * 1.7)
        tables = blank(self.boxes, CLASSES, WIDTH)
        working = Working.of(tables, max(1, loads))
        tables.scans[:] = self.rules.chosen, self.rules.blind
        tables.levels[1] = anomaly_chances(case.shift)
        nobody = np.zeros(4 * len(self.boxes.lag), np.int32)
        scratch, today = Scratch.of(int(4 * case.boxes * CONTROLS) + 400), np.zeros(len(boxes.lag), np.int32)
        scanners = Scanners(np.ones((1, 4096)), np.zeros((n, 1)), np.zeros(n, np.int32), np.zeros(n, np.int32), nobody)
        tallies, fates, lessons = [], [], np.zeros((CONTROLS, WIDTH))
        self.counted[mode] = np.zeros((COUNTED, self.copies, CONTROLS, WIDTH))
        for _ in range(turns):
            out = Day.blank(n, WIDTH, n * loads)
            sailings = Sailings(np.int64(LAGS), rng.integers(0, 2**64, len(factor), np.uint64), factor)
            dirty = Contaminated(
                np.arange(0, n * loads + 1, loads) if loads else np.zeros(n + 1),
                self._places,
                rng.integers(0, 2**64, n * loads, np.uint64),
                *self._lots,
                np.where(rng.random(n * loads) < 0.1, 0, -1).astype(np.int32),
            )
            dirty = dirty._replace(first=dirty.first.astype(np.int32))
            key = rng.integers(0, 2**64, dtype=np.uint64)
            boxes = boxes._replace(key=rng.integers(0, 2**64, len(boxes.key), np.uint64))
            if mode == "micro":
                arrivals(rows, DAY, boxes, sailings, today)
                clear_day(rows, DAY, today, boxes, self.rules, dirty, scanners, key, key, scratch, out)
            else:
                thin_day(
                    rows, DAY, self.boxes, self.rules, dirty, sailings, tables, scanners, key, key, scratch, working,
                    out,
                )  # fmt: skip
            tallies.append(out.tally.reshape(self.copies, CONTROLS, TALLIES))
            fates.append(out.fate.reshape(self.copies, CONTROLS, loads))
            self.counted[mode] += out.counted.reshape(COUNTED, self.copies, CONTROLS, WIDTH)
            lessons += out.expected.reshape(self.copies, CONTROLS, WIDTH).sum(axis=0) / CERTAINTY
        return np.concatenate(tallies), np.concatenate(fates), lessons / (turns * self.copies)
