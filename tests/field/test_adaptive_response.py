"""What the literature expects of prices under interdiction."""

import numpy as np
import pytest

from sim.scenario.scenario import Scenario
from sim.study.run import live
from tests.field.pairs import SURE, told
from tests.promises.worlds import world

PAIRS = 30
DAYS = 120
AWARE = 40
PLENTY = (
    "commodities.cocaine.production_by_year={2025: 300}",
    "organisations.coastal.largest_lot=150",
    "organisations.inland.largest_lot=150",
    "organisations.coastal.buying=0.07",
    "organisations.inland.buying=0.07",
)
"""Producers hold more than is bought, and loads are small: what is sent is what pays, not what there is."""
INTERDICTION = ("customs.imports.scan_share=0.3", "customs.imports.examination_share=0.1", "customs.posts={}")
FROZEN = "commodities.cocaine.price_speed=0.000000001"


@pytest.fixture(scope="module")
def found() -> np.ndarray:
    """Kilograms dispatched and mean wholesale price, float64[2, PAIRS, 2, 2]: by measure, pair, whether prices answer,
    and whether there is interdiction."""

    def lived(plan: Scenario, number: int) -> tuple[float, float]:
        daily = live(plan, replicate=number, mode="thinned").chronicle.daily
        return sum(daily["dispatched_g"][AWARE:]) / 1000, float(np.mean(daily["price_usd_per_kg"][AWARE:]))

    plans = [world(*PLENTY, *price, *control, days=DAYS) for price in ((FROZEN,), ()) for control in ((), INTERDICTION)]
    worlds = [[lived(plan, number) for plan in plans] for number in range(PAIRS)]
    return np.moveaxis(np.array(worlds).reshape(PAIRS, 2, 2, 2), -1, 0)


def test_interdiction_raises_the_price_and_the_price_pays_for_more_dispatch(found):
    """What interdiction takes makes what is left dearer, and dearer goods are worth sending more of.

    Caulkins, Crawford and Reuter (1993): smugglers' costs and prices rise with interdiction, and they ship more to
    deliver what is asked for, so that seizures overstate what is kept from the market. The price of a frozen world
    cannot answer; there, interdiction brings dispatch down or leaves it where it was.
    """
    sent, price = found
    dearer = told(price[:, 1, 1] - price[:, 1, 0])
    assert dearer.above < SURE, dearer
    more = told(sent[:, 1, 1] - sent[:, 1, 0])
    assert more.above < SURE, more
    paid_for = told((sent[:, 1, 1] - sent[:, 1, 0]) - (sent[:, 0, 1] - sent[:, 0, 0]))
    assert paid_for.above < SURE, paid_for
