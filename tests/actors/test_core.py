"""The core of an organisation: who is missing from it, what is done without them, and who takes their places."""

import math

import numpy as np
import pytest

from sim.actors.core import Core
from sim.actors.traits import Core as Terms
from sim.kernels.draws import Draws, entity_key
from sim.model import SmugglingModel
from tests.promises.worlds import world

KEY = entity_key("organisation")


def core(**values: float) -> Core:
    return Core(Terms.model_validate(values))


def test_each_who_is_missing_takes_the_same_share_of_what_is_left_of_the_work():
    whole = core(people=6, stand_in=0.25)
    assert (whole.work, whole.left) == (1.0, 6)
    whole.lose(2)
    assert (whole.work, whole.left) == (0.0625, 4)
    whole.lose(9)
    assert whole.left == 0


def test_an_organisation_works_in_that_share_of_weeks():
    short = core(people=6, stand_in=0.25)
    short.lose(1)
    weeks = [short.works(Draws(1, number), KEY, day) for number in range(40) for day in range(100)]
    assert np.mean(weeks) == pytest.approx(0.25, abs=4 * math.sqrt(0.25 * 0.75 / len(weeks)))


@pytest.mark.parametrize("missing", [1, 3])
def test_places_fill_the_slower_the_fewer_are_left_to_vouch_for_anybody(missing):
    """In a week with the chance 1 - exp(-7 / 90 * left / all)."""
    filled, tried = 0, 3000
    for number in range(tried):
        short = core(people=4, vetting_days=90)
        short.lose(missing)
        short.recover(Draws(1, number), KEY, 7)
        filled += missing - short.missing
    chance = 1 - math.exp(-7 / 90 * (4 - missing) / 4)
    spread = math.sqrt(chance * (1 - chance) / (missing * tried))
    assert filled / (missing * tried) == pytest.approx(chance, abs=4 * spread)


def test_nobody_vouches_for_anybody_where_nobody_is_left():
    gone = core(people=3, vetting_days=14)
    gone.lose(3)
    for day in range(0, 7000, 7):
        gone.recover(Draws(1, 0), KEY, day)
    assert gone.left == 0


def test_an_organisation_that_lost_somebody_of_its_core_sends_less():
    """With nobody to stand in, nothing leaves in two weeks."""
    settings = tuple(
        f"organisations.{group}.core={{stand_in: 0, vetting_days: 3650}}" for group in ("coastal", "inland")
    )
    model = SmugglingModel(world(*settings, days=60), mode="thinned")
    for cartel in model.cartels:
        cartel.core.lose(1)
    while model.day < 14:
        model.step()
    assert not model.cargo.rows["grams"].sum()
