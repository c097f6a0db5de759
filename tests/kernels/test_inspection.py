"""A day of control: the compiled kernel against the same day told slowly, and against common sense."""

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numba
import numpy as np
import pytest

from sim.kernels.boxes import (
    ALARMED,
    ALARMS,
    ARRIVED,
    BLIND,
    BLOCK,
    CERTAINTY,
    CHANCE,
    CHOSEN,
    COUNTED,
    EVEN,
    FALSE_ALARMS,
    FOUND,
    HIGH_RISK,
    HITS,
    MISSED,
    OPENED,
    RELEASED,
    SCANNED,
    alias_table,
)
from sim.kernels.protocols import ONLY_HIGH, SKIP_LOT, TIERS
from sim.kernels.queueing import overnight, queue_day
from sim.kernels.words import nth_key
from tests.kernels import reference_inspection as plain
from tests.kernels.small_days import (
    CLASSES,
    COLUMN,
    KEY,
    NO_TIP,
    QUEUE_KEY,
    WIDTH,
    SmallDay,
    blank,
    by_place,
    clear,
    copied,
    digest,
    lived,
    read_only,
    some_day,
    taken,
)

DAYS = range(100 if numba.config.DISABLE_JIT else 200)
TALLY = {
    "arrived": ARRIVED,
    "high risk": HIGH_RISK,
    "chosen": CHOSEN,
    "blind": BLIND,
    "alarms": ALARMS,
    "false alarms": FALSE_ALARMS,
    "opened": OPENED,
    "hits": HITS,
}


def compared(seed: int) -> SmallDay:
    """A day to be lived by both; in one of ten, lanes have more boxes than are made at a time."""
    return some_day(seed, most=3 * BLOCK if seed % 10 == 9 else 12)


def told_plainly(day: SmallDay, c: int) -> plain.Told:
    clean = day.scanners.clean.tolist()
    return plain.told(c, day.day, day.today, day.boxes, day.rules, day.dirty, KEY, clean)


def every(day: SmallDay, lever: str, value) -> SmallDay:
    """The day with one rule the same at every control."""
    now = getattr(day.rules, lever)
    values = np.full_like(now, value)
    day.rules = day.rules._replace(**{lever: read_only(values) if lever == "screened" else values})
    return day


@pytest.mark.parametrize("seed", DAYS)
def test_the_compiled_day_is_the_plain_day_box_for_box(seed):
    day = compared(seed)
    day.rules = day.rules._replace(most=np.array([1 << 40, seed % 23, seed % 7])[: day.controls])  # caps on scans
    for c in range(day.controls):
        out, scanners = blank(day), copied(day.scanners)
        scratch = clear(day, c, c + 1, out, scanners)
        told = told_plainly(day, c)

        assert out.tally[c].tolist() == [told.tally[name] for name in sorted(TALLY, key=TALLY.get)]
        assert taken(scratch, out, c, len(told.boxes)) == [box.taken for box in told.boxes]
        assert not scratch.taken.any(), "the marks were left"
        alarmed = scratch.at[scratch.alarmed[: told.tally["alarms"]]]
        assert sorted(alarmed.tolist()) == [i for i, box in enumerate(told.boxes) if box.alarm]
        opened = alarmed[scratch.keep[: len(alarmed)] == 1]
        assert sorted(opened.tolist()) == [i for i, box in enumerate(told.boxes) if box.opened]
        loads = range(day.dirty.first[c], day.dirty.first[c + 1])
        assert {d: int(out.fate[d]) for d in loads} == told.fate
        assert out.hits[c].tolist() == [told.hits[column] for column in range(WIDTH)]
        assert out.expected[c].tolist() == [told.expected[column] for column in range(WIDTH)]
        counted = [[told.counted[what, column] for column in range(WIDTH)] for what in range(COUNTED)]
        assert out.counted[:, c].tolist() == counted
        clean = day.scanners.clean.tolist()
        if day.rules.scheme[c] == SKIP_LOT:
            plain.remember([told.boxes[i] for i in scratch.at[: told.tally["chosen"]].tolist()], clean)
        assert scanners.clean.tolist() == clean


def test_the_days_compared_hold_all_that_can_happen():
    fates, seen = set(), Counter()
    for seed in DAYS:
        day = compared(seed)
        for c in range(day.controls):
            told = told_plainly(day, c)
            ranks = [box.rank for box in told.boxes]
            by_score, rest = ([box for box in told.boxes if (box.taken == "by score") == one] for one in (True, False))
            cut = min((box.rank for box in by_score), default=None)
            at_cut = [[box for box in group if box.rank == cut] for group in (by_score, rest)]
            opened, left = ([box for box in told.boxes if box.alarm and box.opened == one] for one in (True, False))
            fates |= set(told.fate.values())
            wanted, near = int(day.rules.chosen[c]), int(day.scanners.near[c])
            counts = by_place(day)[day.boxes.first[c] : day.boxes.first[c + 1]]
            seen["equals at the cut"] += all(at_cut)
            seen["contraband and clean boxes equal at the cut"] += (
                all(at_cut) and len({box.contents is None for group in at_cut for box in group}) == 2
            )
            seen["equals, of which not all are opened"] += bool(
                opened and left and min(box.score for box in opened) == max(box.score for box in left)
            )
            seen["more wanted than there are"] += bool(ranks and told.tally["chosen"] == len(ranks) < wanted)
            seen["nobody wanted"] += bool(ranks and told.tally["chosen"] == 0)
            seen["no lanes"] += len(counts) == 0
            seen["an empty lane"] += bool((counts == 0).any())
            seen["a lane of more than a block"] += bool((counts > BLOCK).any())
            seen["a lane of less than a block"] += bool(((counts > 0) & (counts < BLOCK)).any())
            seen["a full lane after an empty one"] += any(a == 0 < b for a, b in pairwise(counts.tolist()))
            seen["only empty lanes"] += bool(len(counts)) and counts.sum() == 0
            seen["a flagged lane"] += any(box.flagged and box.taken == "by score" for box in told.boxes)
            seen["screened beyond capacity"] += len(by_score) > wanted
            seen["fewer high-risk boxes than capacity"] += (
                day.rules.scheme[c] == ONLY_HIGH and 0 < len(by_score) < wanted
            )
            for scheme, name in ((TIERS, "tiers"), (SKIP_LOT, "skip lot")):
                here = day.rules.scheme[c] == scheme and bool(by_score)
                seen[f"{name}: fewer than capacity"] += here and len(by_score) < min(wanted, len(ranks))
                seen[f"{name}: as many as capacity"] += here and len(by_score) == wanted
                seen[f"{name}: passed over"] += here and max((box.rank for box in rest), default=-99) > cut
            seen["near far too high"] += bool(by_score) and near > max(ranks)
            seen["near far too low"] += bool(by_score) and near < min(ranks) - 1000
            seen["near between"] += bool(by_score) and min(ranks) < near < max(ranks)

    assert min(seen.values()) > 0, seen
    assert fates == {RELEASED, SCANNED, ALARMED, MISSED, FOUND}


def test_without_a_compiler_every_bit_is_the_same(checkout):
    words = "from tests.kernels.small_days import digest; print(digest(range(6)))"
    plainly = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": "."}
    done = subprocess.run(
        [sys.executable, "-c", words], cwd=checkout, env=plainly, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == digest(range(6))


@pytest.mark.parametrize("ranges", [1, 2, 3, 8])
def test_it_does_not_matter_who_works_which_controls(ranges):
    day = some_day(11, controls=8)
    cuts = np.linspace(0, 8, ranges + 1).astype(int).tolist()

    whole, queues = lived(day)
    parts, queues_too = lived(day, *pairwise(cuts))

    assert [values.tobytes() for values in parts] == [values.tobytes() for values in whole]
    assert queues_too.tobytes() == queues.tobytes()


def test_where_the_search_for_the_cut_begins_changes_nothing():
    for seed in range(30):
        left = []
        for near in (-50_000, -50, 0, 60, 50_000):
            day = some_day(seed)
            day.scanners = day.scanners._replace(near=np.full(day.controls, near, np.int32))
            left.append([values.tobytes() for values in lived(day)[0]])
        assert left == left[:1] * 5


def test_what_is_inside_changes_no_choice():
    """Heavier or lighter, better or worse hidden from scanners: the same boxes are taken."""
    for seed in range(40):
        day, other = some_day(seed), some_day(seed)
        other.dirty = other.dirty._replace(shows=1.6 - day.dirty.shows)
        for c in range(day.controls):
            chosen = []
            for world in (day, other):
                out = blank(world)
                scratch = clear(world, c, c + 1, out)
                n = int(out.tally[c, ARRIVED])
                chosen.append((taken(scratch, out, c, n), out.tally[c, : BLIND + 1].tolist()))
            assert chosen[0] == chosen[1]


def one_box_a_lane(lanes: int, *, controls: tuple[str, ...], dirty: bool = False, **fixed) -> SmallDay:
    """The same boxes at controls of different names, one a lane, all scanned; every box seen is expected to be a hit.

    Either all of them are clean, or all are contaminated.
    """
    day = some_day(3, controls=len(controls))
    rng = np.random.default_rng(5)
    keys, words = rng.integers(0, 2**64, (2, lanes), np.uint64)
    every_lane = np.tile(np.arange(lanes, dtype=np.int32), len(controls))
    first = np.arange(len(controls) + 1, dtype=np.int32) * lanes
    day.boxes = day.boxes._replace(
        first=first,
        entity=np.zeros(len(every_lane), np.uint64),
        rate=np.zeros(len(every_lane)),
        lag=np.zeros(len(every_lane), np.int32),
        group=np.zeros(len(every_lane), np.int32),
        key=keys[every_lane],
        mix=np.zeros(len(every_lane), np.int32),
        salt=np.array([plain.mix64(len(name) * 7919 + ord(name[0])) for name in controls], np.uint64),
        expected=np.ones(2 * EVEN, np.int32),
    )
    day.day, loads = 100, len(every_lane) if dirty else 0
    day.today = np.zeros_like(every_lane) if dirty else every_lane + np.int32(1)
    day.rules = day.rules._replace(flagged=np.zeros(len(every_lane), np.uint8))
    plainly = {"chosen": lanes, "blind": 0, "scheme": 0, "screened": 0.0, "opened": 0, "alarm_clean": 0, "tip": 0,
               "integrated": 0, "reports": 0, "posing": 0}  # fmt: skip
    day.rules = day.rules._replace(alarm_cargo=np.ones(CLASSES))
    for lever, value in (plainly | fixed).items():
        every(day, lever, value)
    day.dirty = day.dirty._replace(
        first=first if dirty else np.zeros_like(first),
        place=every_lane[:loads],
        word=words[every_lane][:loads],
        concealment=np.zeros(loads, np.int32),
        shows=np.ones(loads),
        tip=np.full(loads, -1, np.int32),
    )
    return day


def single(lane: int, day: SmallDay) -> SmallDay:
    """Nothing but the box of one lane."""
    here = day.dirty.place == lane
    day.today = (day.today > lane).astype(np.int32)
    day.dirty = day.dirty._replace(
        first=np.searchsorted(np.flatnonzero(here), day.dirty.first).astype(np.int32),
        **{name: getattr(day.dirty, name)[here] for name in ("place", "word", "concealment", "shows", "tip")},
    )
    return day


@pytest.mark.parametrize("dirty", [False, True], ids=["clean", "contaminated"])
def test_export_and_import_control_see_the_same_container(dirty):
    """The same documents wherever it is looked at: one box a lane shows all its evidence in what officers learn."""
    kinds = set()
    for lane in range(25):
        day = single(lane, one_box_a_lane(25, controls=("export", "import"), dirty=dirty, alarm_full=0.0))
        out, _ = lived(day)

        assert out.expected[0].sum() == 7  # one piece of evidence of each family
        assert out.expected[0].tolist() == out.expected[1].tolist()
        kinds.add(out.expected[0].tobytes())
    assert len(kinds) > 10


def test_each_control_has_its_own_luck_with_a_container():
    day = one_box_a_lane(2000, controls=("export", "import"), dirty=True, alarm_full=0.5)
    out, _ = lived(day)

    alarms = (out.fate == ALARMED).reshape(2, -1)
    assert abs(np.corrcoef(alarms)[0, 1]) < 6 / np.sqrt(2000)
    assert np.abs(alarms.mean(axis=1) - 0.5).max() < 6 * np.sqrt(0.25 / 2000)


def test_alarms_and_finds_come_at_their_rates():
    lanes = 4000
    day = one_box_a_lane(lanes, controls=("a",), dirty=True, alarm_full=0.6, opened=lanes, finds=0.8 * CHANCE)
    out, _ = lived(day)
    clean, _ = lived(one_box_a_lane(lanes, controls=("a",), alarm_clean=0.03 * CHANCE, opened=lanes))

    assert abs((out.fate == SCANNED).mean() - 0.4) < 6 * np.sqrt(0.24 / lanes)
    assert abs((out.fate == FOUND).mean() - 0.48) < 6 * np.sqrt(0.25 / lanes)
    assert abs(clean.tally[0, FALSE_ALARMS] / lanes - 0.03) < 6 * np.sqrt(0.03 / lanes)


def test_a_better_scanner_never_finds_less():
    """With hands for every alarm, all that a scanner finds a better one finds too, box for box."""
    for seed in range(40):
        day, better = some_day(seed), some_day(seed)
        better.rules = better.rules._replace(alarm_full=np.minimum(day.rules.alarm_full * 1.3 + 0.05, 1.0))
        found = [lived(every(world, "opened", 10_000))[0].fate == FOUND for world in (day, better)]
        assert (found[0] <= found[1]).all()


def test_certain_scanners_and_hands_find_everything():
    for seed in range(40):
        day = some_day(seed)
        day.dirty = day.dirty._replace(shows=np.ones_like(day.dirty.shows))
        certain = {"chosen": 10_000, "scheme": 0, "alarm_full": 1.0, "opened": 10_000, "finds": CHANCE}
        for lever, value in certain.items():
            every(day, lever, value)
        day.rules = day.rules._replace(alarm_cargo=np.ones(CLASSES))
        assert (lived(day)[0].fate == FOUND).all()


@pytest.mark.parametrize(
    ("lever", "column"), [("chosen", CHOSEN), ("opened", OPENED), ("finds", HITS), ("blind", BLIND)]
)  # fmt: skip
def test_what_there_is_none_of_is_not_done(lever, column):
    for seed in range(40):
        day = every(some_day(seed), lever, 0)
        if lever == "chosen":
            every(every(day, "blind", 0), "screened", 0.0)
        assert lived(day)[0].tally[:, column].sum() == 0


def test_no_capacity_is_ever_exceeded():
    for seed in range(100):
        day = every(some_day(seed), "screened", 0.0)
        tally = lived(day)[0].tally
        assert (tally[:, CHOSEN] - tally[:, BLIND] <= day.rules.chosen).all()
        assert (tally[:, BLIND] <= day.rules.blind).all()
        assert (tally[:, OPENED] <= day.rules.opened).all()
        assert (tally[:, CHOSEN] <= tally[:, ARRIVED]).all()
        assert (tally[:, OPENED] <= tally[:, ALARMS]).all()


def test_screening_all_high_risk_boxes_leaves_none_unscanned():
    for seed in range(60):
        day = every(every(every(some_day(seed), "screened", 1.0), "chosen", 0), "blind", 0)
        tally = lived(day)[0].tally
        assert (tally[:, CHOSEN] == tally[:, HIGH_RISK]).all()


def test_a_flagged_lane_goes_before_everything_else():
    for seed in range(60):
        day = every(every(every(some_day(seed), "scheme", 0), "screened", 0.0), "blind", 0)
        for c in range(day.controls):
            place, after = day.boxes.first[c], day.boxes.first[c + 1]
            if place == after:
                continue
            loads = day.dirty.place[day.dirty.first[c] : day.dirty.first[c + 1]]
            day.rules.flagged[place:after] = 0
            day.rules.flagged[place] = 1
            clean, flagged = int(day.today[after - 1]), int(day.today[place])
            day.rules.chosen[c] = flagged + (loads == 0).sum()
            out = blank(day)
            scratch = clear(day, c, c + 1, out)
            first = [True] * flagged + [False] * (clean - flagged) + (loads == 0).tolist()
            assert taken(scratch, out, c, clean + len(loads)) == ["by score" if one else "" for one in first]


def test_blind_picks_are_blind():
    """Over many days every box is picked as often as any other, whatever it scores."""
    picked, drawn = np.zeros(20), 4000
    day = one_box_a_lane(20, controls=("a",), chosen=0, blind=3)
    for number in range(drawn):
        day.day, out = number, blank(day)
        scratch = clear(day, 0, 1, out)
        picked += [how == "blindly" for how in taken(scratch, out, 0, 20)]
    assert picked.sum() == 3 * drawn
    assert np.abs(picked / drawn - 0.15).max() < 6 * np.sqrt(0.15 * 0.85 / drawn)


def test_waiting_is_that_of_as_many_scans_in_a_queue():
    for seed in range(40):
        day = some_day(seed)
        out, free_at = lived(day)
        for c in range(day.controls):
            hours, wait = day.scanners.free_at[c].copy(), 0.0
            scans = int(out.tally[c, CHOSEN])
            if scans:
                rules = [getattr(day.rules, name)[c] for name in ("open_hours", "scan_hours", "servers")]
                times, block = day.scanners.times[day.rules.service[c]], nth_key(QUEUE_KEY ^ day.boxes.salt[c], day.day)
                wait = queue_day(scans, *rules, times, hours, np.uint64(block), np.zeros(scans + 1))[0]
            overnight(hours, 24.0)
            assert out.wait_hours[c] == wait
            assert free_at[c].tolist() == hours.tolist()


def test_what_officers_learn_is_counted_at_the_odds_of_the_score():
    """A box that scores even odds is expected to be a hit half the time."""
    day = one_box_a_lane(50, controls=("a",), points=0, base=0)
    even = np.zeros(2 * EVEN, np.int32)
    even[EVEN] = CERTAINTY // 2
    day.boxes = day.boxes._replace(expected=even, noise=np.zeros(256, np.int16))

    out, _ = lived(day)

    for start, end in zip(COLUMN, [*COLUMN[1:], WIDTH], strict=True):
        assert out.expected[0, start:end].sum() == 50 * (CERTAINTY // 2)


def test_boxes_that_look_alike_score_alike():
    """Loads that show nothing and of which nobody spoke are chosen as the next boxes of their lane would be."""
    plainest = np.zeros(256)
    plainest[0] = 1.0
    own, look = alias_table(plainest)
    for seed in range(40):
        day = some_day(seed)
        boxes = day.boxes = day.boxes._replace(
            own=own,
            look=look,
            history=np.zeros_like(day.boxes.history),
            anomaly=np.zeros_like(day.boxes.anomaly),
            front=np.zeros_like(day.boxes.front),
            matched=np.zeros_like(day.boxes.matched),
        )
        day.rules.reports[:] = 0
        day.rules.points[:, NO_TIP] = 15
        day.rules.tip[:], day.dirty.tip[:] = 0, -1
        for c in range(day.controls):
            last, loads = int(boxes.first[c + 1]) - 1, day.dirty.first[c + 1] - day.dirty.first[c]
            if loads == 0:
                continue
            rows = slice(day.dirty.first[c], day.dirty.first[c + 1])
            key = plain.mix64((int(boxes.key[last]) + (day.day - int(boxes.lag[last])) * plain.GOLDEN) % plain.WORD)
            leaving = int(by_place(day)[last])
            words = [plain.mix64((key + (leaving + 1 + k) * plain.GOLDEN) % plain.WORD) for k in range(loads)]
            day.dirty.place[rows], day.dirty.word[rows] = last - boxes.first[c], words
            clean = replace(day, today=day.today.copy(), dirty=day.dirty._replace(first=np.zeros_like(day.dirty.first)))
            clean.today[last] += loads
            chosen = []
            for world in (day, clean):
                out = blank(world)
                scratch = clear(world, c, c + 1, out)
                chosen.append(taken(scratch, out, c, int(day.today[last] + loads)))
            assert chosen[0] == chosen[1]


def test_cargo_classes_have_alarm_chances_of_their_own():
    day = one_box_a_lane(3000, controls=("a",))
    day.rules.alarm_clean[0] = [0, CHANCE, 0, 0]
    tally = lived(day)[0].tally[0]
    assert CLASSES == 4
    assert abs(tally[FALSE_ALARMS] / 3000 - 0.25) < 6 * np.sqrt(0.1875 / 3000)
