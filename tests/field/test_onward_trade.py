"""What trade between markets does to their prices."""

from functools import cache

import numpy as np
import pytest

from sim.scenario.load import load
from sim.study.run import born
from tests.field.pairs import SURE, told

pytestmark = pytest.mark.slow

PAIRS, DAYS, SETTLED = 12, 700, 200


@cache
def prices(speed: float) -> tuple[np.ndarray, ...]:
    """USD[day, market] of the flagship once the first loads have arrived, by replicate."""
    scenario = load("latam_europe", overrides=[f"commodities.cocaine.onward_speed={speed}"], days=DAYS)
    return tuple(_lived(scenario, number) for number in range(PAIRS))


def _lived(scenario, replicate: int) -> np.ndarray:
    model, days = born(scenario, replicate=replicate, mode="thinned"), []
    while model.day < DAYS:
        model.step()
        days.append([book.price for book in model.chains.markets.values()])
    return np.array(days[SETTLED:])


def apart(each: np.ndarray) -> float:
    """The dearest market over the cheapest, in the mean over days."""
    return float((each.max(axis=1) / each.min(axis=1)).mean())


def swings(each: np.ndarray) -> float:
    """Standard deviation of the logarithm of a market's price, in the mean over markets."""
    return float(np.log(each).std(axis=0).mean())


def test_prices_come_to_differ_by_no_more_than_it_costs_to_bring_goods_across():
    """Spatial price equilibrium (Samuelson 1952; Takayama and Judge 1971). The longest haul between the flagship's
    markets costs some 4,000 USD a kilogram, an eighth of the price; what has just arrived comes on top."""
    together = [apart(each) for each in prices(0.2)]
    alone = [apart(each) for each in prices(0.0)]
    assert told([1.3 - each for each in together]).above < SURE, told(together)
    assert told([b - a for a, b in zip(together, alone, strict=True)]).above < SURE, told(alone)


def test_markets_alone_run_in_circles_and_together_do_not():
    """A cobweb: whoever supplies by today's price, and delivers weeks later, overshoots (Ezekiel 1938)."""
    together, alone = ([swings(each) for each in prices(speed)] for speed in (0.2, 0.0))
    assert told([b - 2.0 * a for a, b in zip(together, alone, strict=True)]).above < SURE, (told(together), told(alone))
