"""A week at the controls, held to the last bit against the same week told officer by officer in plain Python."""

from typing import NamedTuple

import numpy as np
import pytest

from sim.kernels.boxes import CERTAINTY, POINTS
from sim.kernels.draws import Draws, entity_key
from sim.kernels.targeting import STRONGEST, lead, learn, look, man

DRAWS = Draws(7)
ROSTER = DRAWS.key("roster")
RATE, PRIOR_HITS, MEMORY = 0.3, 3.0, 0.995
SHARE, TIRING, LOSS = 0.5, 120.0, 0.15
CONTROLS, EVIDENCE = 40, 13
EVEN = np.arange(CONTROLS) % 5 / 4.0
"""How much procedures even out: nothing at some controls, all at others."""


class Post(NamedTuple):
    """Inspectors of some controls, none at the first."""

    first: np.ndarray
    keys: np.ndarray
    skill: np.ndarray
    on_shift: np.ndarray
    fatigue: np.ndarray

    def at(self, control: int) -> range:
        return range(*self.first[control : control + 2].tolist())

    def present(self, control: int) -> list[int]:
        """Those on the roster of a control; everybody there when nobody is."""
        return [i for i in self.at(control) if self.on_shift[i]] or list(self.at(control))


def new_ones(post: Post) -> np.ndarray:
    """Every seventh inspector is still in training."""
    return np.arange(len(post.keys)) % 7 == 3


def posts() -> Post:
    luck = np.random.default_rng(1)
    first = np.cumsum([0, 0, *luck.integers(1, 41, CONTROLS - 1)])
    count = int(first[-1])
    keys = np.array([entity_key(f"inspector {number}") for number in range(count)], np.uint64)
    skill, fatigue = luck.normal(1.0, 0.12, count), luck.random(count)
    return Post(first, keys, skill, luck.random(count) < 0.4, fatigue)


def lesson() -> tuple[np.ndarray, ...]:
    luck = np.random.default_rng(2)
    shape = (CONTROLS, EVIDENCE)
    hits, expected = luck.integers(0, 9, shape), luck.integers(0, 5 * CERTAINTY, shape)
    start = luck.normal(0.0, 2.0, shape).clip(-STRONGEST, STRONGEST)
    weights = (start + luck.normal(0.0, 1.0, shape)).clip(-STRONGEST, STRONGEST)
    return hits, expected, start, weights, np.zeros(shape, np.int16)


ROWS = np.arange(1, CONTROLS, 3)


def test_weights_move_as_the_regression_says_to_the_last_bit():
    hits, expected, start, weights, points = lesson()
    due = expected[ROWS] / CERTAINTY
    told = weights[ROWS] + RATE * ((hits[ROWS] - due) / (due + PRIOR_HITS))
    told += (1.0 - MEMORY) * (start[ROWS] - told)
    told = np.minimum(np.maximum(told, -STRONGEST), STRONGEST)

    learn(ROWS, hits, expected, start, weights, points, RATE, PRIOR_HITS, MEMORY)

    assert np.array_equal(weights[ROWS], told)
    assert np.array_equal(points[ROWS], np.rint(told * POINTS).astype(np.int16))


def test_a_week_is_learned_from_once_and_only_by_those_whose_day_it_is():
    hits, expected, start, weights, points = lesson()
    others = np.delete(np.arange(CONTROLS), ROWS)
    before = [column[others].copy() for column in (hits, expected, weights, points)]

    learn(ROWS, hits, expected, start, weights, points, RATE, PRIOR_HITS, MEMORY)

    assert not hits[ROWS].any()
    assert not expected[ROWS].any()
    for column, kept in zip((hits, expected, weights, points), before, strict=True):
        assert np.array_equal(column[others], kept)


@pytest.mark.parametrize("turn", [0, 5])
def test_rosters_and_fatigue_are_each_inspectors_own_to_the_last_bit(turn):
    post, scans = posts(), np.arange(CONTROLS) * 700
    load = {row: scans[row] / 7.0 / len(post.present(row)) for row in ROWS.tolist()}
    before = post.on_shift.copy(), post.fatigue.copy()

    new = new_ones(post)

    man(ROWS, post.first, scans, post.keys, ROSTER, turn, SHARE, TIRING, new, post.on_shift, post.fatigue)

    for row in range(CONTROLS):
        for i in post.at(row):
            if row in load:
                on_shift = DRAWS.uniform("roster", post.keys[i], turn) < SHARE and not new[i]
                tired = load[row] / (load[row] + TIRING) if on_shift else 0.0
            else:
                on_shift, tired = before[0][i], before[1][i]
            assert (post.on_shift[i], post.fatigue[i]) == (on_shift, tired)
    assert np.flatnonzero(scans == 0).tolist() == sorted({0, *ROWS.tolist()})  # the next week begins


def test_a_control_sees_with_the_mean_of_its_roster_to_the_last_bit():
    post, sight = posts(), np.full(CONTROLS, 0.25)
    post.on_shift[list(post.at(1))] = False  # nobody on the roster: everybody reads

    look(np.arange(CONTROLS), post.first, post.skill, post.on_shift, post.fatigue, LOSS, EVEN, sight)

    for row in range(1, CONTROLS):
        left = 1.0 - EVEN[row]
        seen = [(1.0 + left * (post.skill[i] - 1.0)) * (1.0 - LOSS * left * post.fatigue[i]) for i in post.present(row)]
        assert sight[row] == pytest.approx(sum(seen) / len(seen), rel=1e-14)
    assert sight[0] == 0.25  # a control without inspectors


def test_the_order_of_controls_makes_no_difference():
    ways = []
    for rows in (ROWS, ROWS[::-1].copy()):
        post, lessons, sight = posts(), lesson(), np.ones(CONTROLS)
        learn(rows, *lessons, RATE, PRIOR_HITS, MEMORY)
        man(
            rows, post.first, np.arange(CONTROLS) * 70, post.keys, ROSTER, 3, SHARE, TIRING, new_ones(post),
            post.on_shift, post.fatigue,
        )  # fmt: skip
        look(rows, post.first, post.skill, post.on_shift, post.fatigue, LOSS, EVEN, sight)
        ways.append((*post, *lessons, sight))
    assert all(np.array_equal(one, other) for one, other in zip(*ways, strict=True))


def test_a_week_is_what_is_learned_then_who_is_there_then_how_well_they_see():
    ways = []
    for together in (True, False):
        post, lessons, sight, scans = posts(), lesson(), np.ones(CONTROLS), np.arange(CONTROLS) * 70
        roster = (post.first, scans, post.keys, ROSTER, 3, SHARE, TIRING, new_ones(post), post.on_shift, post.fatigue)
        if together:
            lead(ROWS, *lessons, RATE, PRIOR_HITS, MEMORY, *roster, post.skill, LOSS, EVEN, sight)
        else:
            learn(ROWS, *lessons, RATE, PRIOR_HITS, MEMORY)
            man(ROWS, *roster)
            look(ROWS, post.first, post.skill, post.on_shift, post.fatigue, LOSS, EVEN, sight)
        ways.append((*post, *lessons, sight, scans))
    assert all(np.array_equal(one, other) for one, other in zip(*ways, strict=True))
