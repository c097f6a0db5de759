"""What the literature expects of people who cross the sea irregularly, and of states that patrol it."""

from datetime import timedelta

import numpy as np
import pytest

from sim.scenario.load import load
from sim.scenario.scenario import Scenario
from sim.study import measures
from sim.study.run import live
from tests.field.pairs import SURE, told

pytestmark = pytest.mark.slow

PAIRS, DAYS, SOON, SINCE = 30, 84, 42, 28
"""Replicates; days of runs in which news must travel, and of others; day from which boats are returned."""
PORTS = ("costa_alta", "puerto_sereno", "nordhaven", "westmole")
QUIET = (
    "commodities.cocaine.trade_share=0", "transport.sea_distances=[]", "policies=[]",
    *(f"geography.ports.{port}.teu_thousand=0" for port in PORTS),
)  # fmt: skip
"""Nobody but people crosses, so that a season takes a moment."""
BOATS = ("wooden_boat", "inflatable")
FEW = (
    "organisations.coastal.count=1",
    "organisations.inland.count=1",
    "commodities.crossing.news_days=21",
    *(f"transport.small_craft.boats.{boat}.{unsafe}" for boat in BOATS for unsafe in ("distress=3", "fatal=0.6")),
    "organisations.coastal.life={most: 3}",
    "organisations.inland.life={most: 2}",
    "organisations.facilitators.life={most: 4}",
)
ZONES = ("near_waters", "far_waters")
PATROLLED = tuple(f"waters.{zone}.patrol_units=12" for zone in ZONES)


def crossing(*settings: str, days: int = SOON) -> Scenario:
    return load("two_coasts_people", days=days, overrides=(*QUIET, *FEW, *settings))


def lived(plan: Scenario) -> list[dict[str, np.ndarray]]:
    """What became of people day by day, of each replicate."""
    return [
        {name: np.asarray(column) for name, column in measures.tables(model)["people"].items()}
        for model in (live(plan, replicate=number, mode="thinned") for number in range(PAIRS))
    ]


@pytest.fixture(scope="module")
def usual() -> list[dict[str, np.ndarray]]:
    return lived(crossing())


@pytest.fixture(scope="module")
def patrolled() -> list[dict[str, np.ndarray]]:
    return lived(crossing(*PATROLLED, days=DAYS))


def share(found: dict[str, np.ndarray], *words: str) -> float:
    """Of those who set out soon."""
    return float(sum(found[word][:SOON].sum() for word in words) / found["departed"][:SOON].sum())


def changed(usual, other, asked) -> np.ndarray:
    return np.array([asked(then) - asked(now) for now, then in zip(usual, other, strict=True)])


def test_more_patrols_bring_more_people_in_and_fewer_are_lost(usual, patrolled):
    """Ships that are near find those in distress (search and rescue is a duty of whoever is there), and intercept."""
    saved = told(changed(usual, patrolled, lambda found: share(found, "intercepted", "rescued")))
    lost = told(changed(usual, patrolled, lambda found: share(found, "lost")))
    assert saved.above < SURE, saved
    assert lost.below < SURE, lost


def test_returns_at_sea_lower_departures_with_a_lag(patrolled):
    """Where those who are brought in are returned, news of it travels, and fewer set out: after December 2013 one boat
    reached Australia within a year, by returns at sea (APH FlagPost; ABC log). Nobody knows on the first day."""
    plan, before = crossing(*PATROLLED, days=DAYS), patrolled
    start = plan.start + timedelta(days=SINCE)
    after = lived(plan.with_policy("turn_backs", zones=list(ZONES), share=1, start=start))
    for now, then in zip(before, after, strict=True):
        assert (now["departed"][:SINCE] == then["departed"][:SINCE]).all()
    at_once, later = slice(SINCE, SINCE + 14), slice(DAYS - 28, DAYS)
    fall = changed(before, after, lambda found: float(found["departed"][later].mean()))
    first = changed(before, after, lambda found: float(found["departed"][at_once].mean()))
    assert told(fall).below < SURE, told(fall)
    assert told(fall - first).below < SURE, told(fall - first)
    chance = told(changed(before, after, lambda found: float(found["chance_to_arrive"][-1])))
    assert chance.below < SURE, chance


def test_early_detection_at_the_coast_keeps_people_off_the_sea(usual):
    """Departures that are stopped on the beach are days at sea that nobody spends, and boats that do not founder."""
    start = crossing().start
    watched = lived(crossing().with_policy("border_integrity", docks=["long_beach"], stopped=0.4, start=start))
    at_sea = told(changed(usual, watched, lambda found: float(found["person_days_at_sea"].sum())))
    assert at_sea.below < SURE, at_sea
