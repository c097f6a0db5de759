"""What the literature expects of organisations that earn, lose, and are taken out."""

import numpy as np
import pytest

from sim.model import SmugglingModel
from sim.study.run import live
from tests.field.pairs import SURE, told
from tests.promises.worlds import world

pytestmark = pytest.mark.slow

PAIRS = 30
DAYS, REMOVED = 290, 100
MANY_LOADS = "organisations.coastal.largest_lot=150", "organisations.inland.largest_lot=150"
"""No organisation can buy a week's product in one load."""
SMALL = (
    "organisations.coastal.capital_usd=3000000", "organisations.inland.capital_usd=3000000",
    "organisations.coastal.life.patience_days=45", "organisations.inland.life.patience_days=45",
    "organisations.coastal.life.upkeep_per_year=2", "organisations.inland.life.upkeep_per_year=2",
    "organisations.coastal.life.entry_per_year=1", "organisations.inland.life.entry_per_year=1",
    "commodities.cocaine.price_speed=0.00000001",
)  # fmt: skip
"""Organisations that have to earn their living, a trade that many would like to enter, and a price that stays."""


def lived(*settings: str, days: int = 215) -> list[SmugglingModel]:
    return [live(world(*settings, days=days), replicate=number, mode="thinned") for number in range(PAIRS)]


def total(model: SmugglingModel, column: str) -> int:
    return sum(model.chronicle.daily[column])


@pytest.fixture(scope="module")
def plain() -> list[SmugglingModel]:
    return lived(*SMALL)


def test_profit_attracts_entrants(plain):
    """Where the market pays twice as much, more organisations enter.

    The price of a drug pays for the risks of those who bring it; what raises it draws others in (Caulkins, Crawford and
    Reuter 1993, Mathematical and Computer Modelling 17(2)).
    """
    dear = lived(*SMALL, "commodities.cocaine.market_price=70000")
    more = told([total(there, "entrants") - total(here, "entrants") for here, there in zip(plain, dear, strict=True)])
    assert more.above < SURE, more


def test_losses_push_organisations_out(plain):
    """Losses that no choice of way avoids, on the roads to the markets: more organisations give up and fewer enter, so
    that fewer are left (as above). The price stays: it would rise, and pay for the losses of those who are left.
    """
    worse = lived(*SMALL, "transport.road.destination_seizure=1.5")
    pairs = list(zip(plain, worse, strict=True))
    gone = told([ruined(there) - ruined(here) for here, there in pairs])
    entered = told([total(there, "entrants") - total(here, "entrants") for here, there in pairs])
    left = told([len(there.underworld.present) - len(here.underworld.present) for here, there in pairs])
    assert gone.above < SURE, gone
    assert entered.below < SURE, entered
    assert left.below < SURE, left


def ruined(model: SmugglingModel) -> int:
    """How many of the first day have given up."""
    return sum(cartel.ended == "insolvent" for cartel in model.cartels[:5])


# ---------------------------------------------------------------------- the largest is taken out


def without_the_largest(replicate: int) -> tuple[SmugglingModel, int]:
    """A world in which the largest organisation is dismantled one day, and the number of that organisation."""
    model = SmugglingModel(world(*MANY_LOADS, days=DAYS), replicate=replicate, mode="thinned")
    largest = max(model.cartels, key=lambda cartel: cartel.size).number
    while model.day < DAYS:
        if model.day == REMOVED:
            model.cartels[largest].dismantle()
        model.step()
    return model, largest


@pytest.fixture(scope="module")
def pairs() -> list[tuple[SmugglingModel, SmugglingModel, int]]:
    """Worlds with the same luck: with the largest organisation to the end, and without it from one day on."""
    return [(with_it, *without_the_largest(number)) for number, with_it in enumerate(lived(*MANY_LOADS, days=DAYS))]


def sent_kg(model: SmugglingModel, first: int, last: int, *, but: int = -1) -> float:
    """What all, or all but one, sent from one day to another."""
    loads = model.cargo.rows
    counted = (loads["planned"] >= first) & (loads["planned"] < last) & (loads["organisation"] != but)
    return float(loads["grams"][counted].sum()) / 1000


def test_others_and_entrants_take_over_what_a_large_organisation_leaves(pairs):
    """At first less is sent than would have been; within months the others send more than they would have, and most of
    the gap is closed.

    Adaptive response: a market finds others who serve it (Caulkins, Crawford and Reuter 1993). Attacks on networks were
    followed by recovery, at times stronger than before (Duijn, Kashirin and Sloot 2014, Scientific Reports 4:4238).
    """
    soon, late = (REMOVED, REMOVED + 60), (DAYS - 100, DAYS)
    gaps = {span: [sent_kg(less, *span) - sent_kg(full, *span) for full, less, _ in pairs] for span in (soon, late)}
    others = told([sent_kg(less, *late, but=gone) - sent_kg(full, *late, but=gone) for full, less, gone in pairs])
    share = [np.mean(gaps[span]) / np.mean([sent_kg(full, *span) for full, _, _ in pairs]) for span in (soon, late)]
    assert told(gaps[soon]).below < SURE, told(gaps[soon])
    assert others.above < SURE, others
    assert abs(share[1]) < abs(share[0]) / 2, share


def test_violence_rises_when_an_organisation_is_taken_out_and_falls_back(pairs):
    """Removing leaders was followed by more violence for months, not for good (Calderón, Robles, Díaz-Cayeros and
    Magaloni 2015, Journal of Conflict Resolution 59(8)).
    """

    def mean(model: SmugglingModel, first: int, last: int) -> float:
        return float(np.mean(model.chronicle.daily["violence"][first:last]))

    soon, late = (
        [mean(less, *span) - mean(full, *span) for full, less, _ in pairs]
        for span in ((REMOVED, REMOVED + 60), (DAYS - 40, DAYS))
    )
    assert told(soon).above < SURE, told(soon)
    assert told([before - after for before, after in zip(soon, late, strict=True)]).above < SURE
