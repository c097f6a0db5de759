"""What the literature expects of treatment and education: less is used, at a lower price, soon or late."""

from datetime import timedelta
from typing import NamedTuple

import numpy as np
import pytest

from sim.scenario.scenario import Scenario
from sim.study.run import live
from tests.field.pairs import SURE, told
from tests.promises.worlds import world

pytestmark = pytest.mark.slow

PAIRS = 30
START, FELT, DAYS = 15, 50, 90
"""Days on which treatment begins, from which on it is looked at, and on which the run ends."""
WORLD = "geography.docks={}", "waters={}", "customs.posts={}"
"""Ports alone."""


class Run(NamedTuple):
    """What is kept of a run, from the day on which treatment is looked at."""

    consumed_kg: float
    sent_kg: float
    price: float
    """At wholesale."""
    early_kg: float
    """Consumed while there was none yet."""


def lived(plan: Scenario, replicate: int) -> Run:
    daily = live(plan, replicate=replicate, mode="thinned").chronicle.daily
    consumed, sent, price = (np.array(daily[name]) for name in ("consumed_g", "dispatched_g", "price_usd_per_kg"))
    amounts = (float(grams.sum()) / 1000 for grams in (consumed[FELT:], sent[FELT:]))
    return Run(*amounts, float(price[FELT:].mean()), float(consumed[:START].sum()) / 1000)


@pytest.fixture(scope="module")
def pairs() -> list[tuple[Run, Run]]:
    """Worlds with the same luck: as it is, and with two fifths of the dependent users in treatment."""
    plan = world(*WORLD, days=DAYS)
    treated = plan.with_policy(
        "demand_reduction", markets=["lowlands", "uplands"], start=plan.start + timedelta(days=START), reach=0.4
    )
    return [(lived(plan, number), lived(treated, number)) for number in range(PAIRS)]


def change(pairs, name: str):
    return told([getattr(treated, name) - getattr(usual, name) for usual, treated in pairs])


def test_until_it_begins_the_worlds_are_the_same(pairs):
    assert all(usual.early_kg == treated.early_kg for usual, treated in pairs)


def test_treatment_lowers_consumption_within_months(pairs):
    """Treatment lowers use at once for those in it, and for some of them afterwards; to extend it to all heavy users
    would have cut consumption by a third (Rydell and Everingham 1994, RAND MR-331 and RB6002)."""
    less = change(pairs, "consumed_kg")
    assert less.below < SURE, less


def test_treatment_lowers_the_wholesale_price_where_interdiction_raises_it(pairs):
    """Supply programmes work through a higher price, demand programmes against it (Rydell and Everingham 1994)."""
    cheaper = change(pairs, "price")
    assert cheaper.below < SURE, cheaper
