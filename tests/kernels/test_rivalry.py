"""Contests for places: shares by strength, for whom there is no room, and who may lose a cell."""

import numpy as np
import pytest

from sim.kernels.prospects import CELL
from sim.kernels.rivalry import Ground, Parties, contest

LUCK = np.uint64(7)


def crews(*hands: int) -> np.ndarray:
    """One cell a party, at one place, which was crowded before."""
    cells = np.zeros(len(hands), CELL)
    cells["held"], cells["hands"], cells["crowded"] = True, hands, 0.9
    return cells


def held(cells, *sizes: float, room: float = 1.5, exponent: float = 1.0, push_out: float = 0.0, places=None, day=0):
    """A week's contest among parties of some sizes: cells lost, places contested, crowding, and who lost."""
    count = len(sizes)
    place = np.zeros(count, np.int64) if places is None else np.array(places)
    ground = Ground.of(np.full(place.max() + 1, room), np.arange(place.max() + 1, dtype=np.uint64), place,
                       np.arange(count))  # fmt: skip
    keys = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    lost, contests, crowding = contest(
        cells, ground, Parties(np.array(sizes), np.full(count, 3.0), keys), exponent, push_out, LUCK, day
    )
    return lost, contests, crowding, ground.lost[:lost].tolist()


@pytest.mark.parametrize(
    ("exponent", "crowded"),
    [
        (0.0, [0.25, 0.25]),  # even: 0.75 crews each
        (1.0, [0.0, 0.5]),  # two thirds are a whole crew, one third is half of one
        (2.0, [0.0, 0.7]),  # four fifths are more than it has, one fifth is 0.3 crews
    ],
)
def test_a_crowded_place_is_shared_by_strength(exponent, crowded):
    cells = crews(3, 3)
    assert held(cells, 2.0, 1.0, exponent=exponent) == (0, 1, 0.25, [])
    assert cells["crowded"].tolist() == pytest.approx(crowded)


def test_strength_is_size_times_the_crews_that_are_there():
    """One of size 2 with half a crew is as strong as one of size 1 with a whole one."""
    cells = crews(3, 6)
    held(cells, 2.0, 1.0, room=2.0)
    assert cells["crowded"].tolist() == pytest.approx([0.0, 0.5])  # a whole crew of one, a whole crew of two


def test_where_there_is_room_nobody_is_in_the_way():
    cells = crews(3, 3)
    assert held(cells, 2.0, 1.0, room=2.0, push_out=1.0) == (0, 0, 0.0, [])
    assert cells["crowded"].tolist() == [0.0, 0.0]


def test_a_place_is_contested_only_by_crews_of_more_than_one_that_are_there():
    for cells in (crews(30), crews(30, 0)):
        assert held(cells, *[1.0] * len(cells), push_out=1.0)[:2] == (0, 0)
    given_up = crews(30, 3)
    given_up["held"] = True, False
    assert held(given_up, 1.0, 1.0, push_out=1.0)[:2] == (0, 0)
    assert held(crews(30, 30), 1.0, 1.0, push_out=1.0, places=[0, 1])[:2] == (0, 0)


def test_the_weaker_lose_their_cells_as_often_as_crowding_and_strength_say():
    """Two crews where there is room for one and a half: a quarter too many; the weaker has a third of the strength."""
    days, lost = 20_000, 0
    for day in range(days):
        count, _, _, who = held(crews(3, 3), 2.0, 1.0, push_out=0.9, day=day)
        assert who in ([], [1])  # never the strongest
        lost += count
    chance = 0.9 * 0.25 * (2.0 / 3.0)
    assert lost / days == pytest.approx(chance, abs=4.0 * np.sqrt(chance / days))
