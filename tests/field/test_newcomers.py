"""Keeping newcomers out takes less pressure than removing who is there."""

from functools import cache
from typing import NamedTuple

import numpy as np
import pytest

from sim.actors.cartel import Cartel
from sim.model import SmugglingModel
from tests.field.pairs import SURE, told
from tests.promises.worlds import world

pytestmark = pytest.mark.slow

PAIRS, ENTER, DAYS, LAST = 30, 7, 215, 60
PLAIN = (
    *(f"organisations.{group}.{setting}" for group in ("coastal", "inland")
      for setting in ("largest_lot=150", "capital_usd=6000000", "life.patience_days=45", "life.upkeep_per_year=2",
                      "life.entry_per_year=0", "life.split_per_year=0")),
    "commodities.cocaine.price_speed=0.00000001",
)  # fmt: skip
"""Organisations that have to earn their living, and a price that does not pay for their losses."""
LIGHT, HEAVY = 0.5, 1.5
"""Seizures on the roads to the markets, which no choice of way avoids."""


class Left(NamedTuple):
    """Shares of organisations that send anything in the last two months."""

    established: float
    newcomers: float


@cache
def left(pressure: float) -> tuple[Left, ...]:
    """Of those of the first day, and of as many who entered after a week, by replicate."""
    return tuple(lived(pressure, number) for number in range(PAIRS))


def lived(pressure: float, replicate: int) -> Left:
    scenario = world(*PLAIN, f"transport.road.destination_seizure={pressure}", days=DAYS)
    model = SmugglingModel(scenario, replicate=replicate, mode="thinned")
    established, newcomers = list(model.cartels), []
    while model.day < DAYS:
        if model.day == ENTER:
            newcomers = [entrant(model, cartel) for cartel in established]
        model.step()
    loads = model.cargo.rows
    sent = set(loads["organisation"][loads["planned"] >= DAYS - LAST].tolist())
    return Left(*(float(np.mean([cartel.number in sent for cartel in group])) for group in (established, newcomers)))


def entrant(model: SmugglingModel, like: Cartel) -> Cartel:
    """Somebody enters the group of another organisation, as the model lets them: small, with a cell on either side, and
    with what is rumoured."""
    underworld = model.underworld
    group = underworld.seats[like.seat].group
    others = [other.seat for other in underworld.present]
    newcomer = underworld._admit(underworld._free(group)[0], share=float(like.traits.life.entrant_share))
    model.beliefs.hear_say(newcomer.seat, others)
    newcomer.settle(1, 1)
    return newcomer


def apart(established_under: float, newcomers_under: float) -> list[float]:
    """By how much more of the one than of the other go on."""
    pairs = zip(left(established_under), left(newcomers_under), strict=True)
    return [there.established - here.newcomers for there, here in pairs]


def test_the_same_losses_keep_newcomers_out_and_leave_most_of_those_who_are_there():
    """Established organisations withstand what newcomers do not (van Elteren, Vasconcelos and Lees 2024, Scientific
    Reports 14:17678)."""
    for pressure in (LIGHT, HEAVY):
        assert told(apart(pressure, pressure)).above < SURE, told(apart(pressure, pressure))


def test_three_times_the_losses_remove_fewer_than_they_keep_out():
    """Removal takes more than three times the pressure of prevention."""
    assert told(apart(HEAVY, LIGHT)).above < SURE, told(apart(HEAVY, LIGHT))
