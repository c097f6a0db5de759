"""What loads do in a day: the compiled kernel against the same day told slowly; and who hears of it.

Journeys as a whole are told in tests/world/test_passage.py.
"""

from collections import Counter
from functools import cache
from typing import NamedTuple

import numba
import numpy as np
import pytest

from sim.kernels.boxes import ALARMED, FOUND, MISSED, RELEASED, SCANNED
from sim.kernels.loads import CONSUMED, LOAD, LOST, NOWHERE, SEIZED, STEP, UNDER_WAY
from sim.kernels.roll import add_up, look_over, present
from sim.kernels.rumour import hear
from tests.kernels import reference_carrying as plain
from tests.kernels.small_loads import (
    COMMODITIES,
    CONTROLS,
    METHODS,
    ORGANISATIONS,
    PORTS,
    ZONES,
    SmallWorld,
    some_world,
)

WORLDS = range(60 if numba.config.DISABLE_JIT else 200)
FATES = (RELEASED, SCANNED, ALARMED, MISSED, FOUND)
ACCOUNTS = 5
HAPPENS = {
    "arrived by road", "seized on the road",
    "nobody left to board it", "no cell any more",
    "no crew to board", "crew needs rest", "crew worked off its jobs", "too few hands", "no sailing",
    "crew found in the port",
    "put into a container by a crew", "put into a container without a crew", "leaves uncontrolled",
    "put to sea by a crew", "put to sea without a crew",
    "presented to export control", "found by export control", "sails",
    "presented to import control", "found by import control", "past import control", "container lost",
    "through a zone", "stopped in its first zone", "stopped in a later zone",
    "across no zones", "across some zones", "across six zones", "craft lost",
    "taken ashore by a crew", "taken ashore without a crew",
    "held until crews rest", "held to the last day", "held too long",
    "found in its warehouse", "passes a warehouse that is visited",
    "found before it puts to sea", "leaves a dock that is visited",
    "found where it landed", "passes a dock that is visited",
    "off by road", "changes ship", "comes to the sea", "delivered", "delivered after six legs", "a crew stands down",
}  # fmt: skip


class Half(NamedTuple):
    """One moment of a day, before the controls or after them, as the kernel left it and as it was told plainly."""

    numbers: np.ndarray
    fates: np.ndarray
    steps: np.ndarray
    events: np.ndarray
    told: tuple[list[plain.Step], list]
    world: SmallWorld
    plainly: plain.Told


def said(steps: np.ndarray, told: list[plain.Step]) -> list[dict]:
    """Of each step what the plain one says too."""
    kept = [{name for name, value in vars(step).items() if value is not None} for step in told]
    return [
        {name: value for name, value in vars(step).items() if name in names}
        for step, names in zip(plain.plainly(steps), kept, strict=True)
    ]


def expected(told: list[plain.Step]) -> list[dict]:
    """The same of the plain ones, without the words."""
    return [{k: v for k, v in vars(step).items() if v is not None and k != "words"} for step in told]


def halves(seed: int, *, days: int = 3):
    """The halves of a few days, each told when both versions have lived through it."""
    world, rng = some_world(seed), np.random.default_rng(seed)
    told = plain.Told(world)
    for day in range(world.day, world.day + days):
        numbers = np.flatnonzero((world.loads["outcome"] == UNDER_WAY) & (world.loads["due"] == day))
        none = np.zeros(0, np.int8)
        half = Half(numbers, none, *world.carry(day, numbers, none), told.move(day, numbers.tolist()), world, told)
        yield half
        numbers = half.steps["load"][half.steps["control"] != NOWHERE]
        if len(numbers):
            fates = rng.choice(FATES, len(numbers)).astype(np.int8)
            yield Half(numbers, fates, *world.carry(day, numbers, fates), told.settle(numbers, fates), world, told)


@cache
def lived() -> list[Half]:
    """All halves of all worlds; their worlds have lived on."""
    return [half for seed in WORLDS for half in halves(seed)]


@pytest.mark.parametrize("seed", WORLDS)
def test_the_compiled_day_is_the_plain_day_load_for_load(seed):
    for half in halves(seed):
        steps, events = half.told
        assert plain.plainly(half.world.loads) == half.plainly.loads
        assert plain.plainly(half.world.cells) == half.plainly.cells
        assert plain.plainly(half.world.sea.units) == half.plainly.units
        assert half.world.sea.tally.tolist() == half.plainly.tally
        assert plain.plainly(half.events) == events
        assert said(half.steps, steps) == expected(steps)


def test_the_days_compared_hold_all_that_can_happen():
    words = Counter(word for half in lived() for step in half.told[0] for word in step.words)
    fates = {int(fate) for half in lived() for fate in half.fates}

    assert set(words) == HAPPENS, words
    assert fates == set(FATES)
    assert min(words.values()) >= 5, words
    at_sea = sum((told.passed_by for told in {id(half.plainly): half.plainly for half in lived()}.values()), Counter())
    assert set(at_sea) == {"no unit is free", "no unit may board", "a national unit boards", "a joint unit boards"}
    assert min(at_sea.values()) >= 5, at_sea


def test_a_compiled_look_over_all_loads_finds_what_a_plain_one_does():
    for seed in WORLDS:
        world, rng = some_world(seed), np.random.default_rng(seed)
        numbers = np.flatnonzero(rng.random(len(world.loads)) < 0.8)
        left, due, held = plain.looked_over(plain.plainly(world.loads), numbers.tolist(), world.day)
        space, grams = np.full(len(numbers), -7), np.full(COMMODITIES, -7)
        assert look_over(world.loads, numbers, world.day, space, grams) == (len(left), len(due))
        assert numbers[: len(left)].tolist() == left
        assert space[: len(due)].tolist() == due
        assert grams.tolist() == [held[commodity] for commodity in range(COMMODITIES)]


def test_what_is_presented_stands_at_each_control_in_the_order_of_its_loads():
    together = 0
    for half in lived():
        if len(half.fates):
            continue
        n, loads = len(half.steps), half.world.loads
        first = np.full(CONTROLS + 2, -7, np.int32)
        control, number = np.full(n, -7), np.full(n, -7)
        place, concealment = np.full(n, -7, np.int32), np.full(n, -7, np.int32)
        word, shows = np.zeros(n, np.uint64), np.full(n, -7.0)
        reads = 1.0 - np.arange(200.0).reshape(-1, CONTROLS) / 300.0
        count = present(half.steps, loads, reads, first, control, number, place, word, concealment, shows)
        told = [plain.lined_up(half.told[0], row) for row in range(CONTROLS)]
        line = [step for steps in told for step in steps]
        together += max(map(len, told)) > 1

        assert count == len(line)
        assert first[: CONTROLS + 1].tolist() == [0, *np.cumsum([len(steps) for steps in told])]
        assert control[:count].tolist() == [step.control for step in line]
        assert number[:count].tolist() == [step.load for step in line]
        assert place[:count].tolist() == [step.pool for step in line]
        assert word[:count].tolist() == [step.word for step in line]
        assert concealment[:count].tolist() == [half.plainly.loads[step.load].concealment for step in line]
        owners = [half.plainly.loads[step.load] for step in line]
        read = [reads[load.organisation, step.control] for load, step in zip(owners, line, strict=True)]
        assert shows[:count].tolist() == [load.shows * part for load, part in zip(owners, read, strict=True)]
    assert together > 5


def test_everybody_hears_of_the_same_meetings_as_when_they_are_told_plainly():
    rng = np.random.default_rng(1)
    counts, rumour = rng.random((ORGANISATIONS, 2, CONTROLS + ZONES + PORTS, METHODS)), np.array([0.1, 0.3])
    known, everybody = counts.tolist(), np.array([range(ORGANISATIONS)] * 2)
    for half in lived():
        hear(counts, rumour, everybody, False, CONTROLS + ZONES, half.steps, half.world.loads)
        plain.heard(known, rumour.tolist(), CONTROLS + ZONES, half.told[0], half.plainly.loads)
        assert counts.tolist() == known


def test_the_books_add_up_as_when_each_line_is_added_by_itself():
    rng = np.random.default_rng(1)
    moves = rng.integers(-1, 2, (CONSUMED + 1, ACCOUNTS))
    amounts, flows = rng.integers(0, 10**6, (COMMODITIES, ACCOUNTS)), np.zeros((COMMODITIES, CONSUMED + 1), np.int64)
    told = amounts.tolist(), flows.tolist()
    for half in lived():
        add_up(half.events, moves, amounts, flows)
        plain.added_up(half.told[1], moves.tolist(), *told)
        assert (amounts.tolist(), flows.tolist()) == told
    assert (flows[:, [SEIZED, LOST]] > 0).all()


def test_who_meets_a_checkpoint_counts_it_in_full_and_others_as_rumour():
    counts, rumour = np.zeros((3, 2, 4, 2)), np.array([0.1, 0.2, 0.4])
    loads, steps = np.zeros(4, LOAD), np.zeros(4, STEP)
    loads["organisation"], loads["concealment"] = [0, 1, 2, 2], [1, 1, 1, 0]
    steps["load"], steps["met"], steps["seized"] = [0, 1, 2, 3], [2, 2, -1, 0], [1, 0, 1, 1]
    hear(counts, rumour, np.array([[0, 1, 2], [0, 1, 2]]), False, 4, steps, loads)
    assert counts[:, 0, 2, 1].tolist() == [1.0, 0.2, 0.4]  # what was seized is a loss
    assert counts[:, 1, 2, 1].tolist() == [0.1, 1.0, 0.4]  # what was not is a passage
    assert counts[:, 0, 0, 0].tolist() == [0.1, 0.2, 1.0]
    assert counts.sum() == pytest.approx(1.6 + 1.5 + 1.3)  # and on the road there is no checkpoint


def test_what_happens_at_a_site_is_said_of_all_ways_to_hide():
    counts = np.zeros((2, 2, 4, 2))
    loads, steps = np.zeros(2, LOAD), np.zeros(2, STEP)
    steps["load"], steps["met"], steps["seized"] = [0, 1], [2, 3], [1, 0]
    hear(counts, np.array([0.1, 0.2]), np.array([[0, 1], [0, 1]]), False, 3, steps, loads)
    assert counts[:, 0, 2].tolist() == [[1.0, 0.0], [0.2, 0.0]]  # at a zone of the way that was chosen
    assert counts[:, 1, 3].tolist() == [[1.0, 1.0], [0.2, 0.2]]


def test_supply_brokers_hear_nothing_of_the_loads_of_organisations():
    counts, rumour = np.zeros((2, 2, 4, 2)), np.array([0.1, 0.2])
    loads, steps = np.zeros(3, LOAD), np.zeros(3, STEP)
    loads["organisation"], loads["concealment"] = [-1, -2, 0], [1, 1, 7]
    steps["load"], steps["met"], steps["seized"] = [0, 1, 2], [2, 2, 2], [1, 0, 1]
    hear(counts, rumour, np.array([[0, 1], [-1, -2]]), True, 4, steps, loads)
    assert counts[:, 0, 2, 1].tolist() == [1.0, 0.2]
    assert counts[:, 1, 2, 1].tolist() == [0.1, 1.0]
    assert counts.sum() == pytest.approx(2.3)
