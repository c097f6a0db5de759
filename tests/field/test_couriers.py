"""What the literature expects of prevention, livelihoods and arrests among those who carry loads.

All on a world of two coasts where pay is near what people ask for, and many come and go.
"""

from datetime import timedelta

import numpy as np
import pytest

from sim.scenario.scenario import Scenario
from sim.study.run import live
from tests.field.pairs import SURE, Told, told
from tests.promises.worlds import BUSY, world

PAIRS = 30
ON, OFF, DAYS = 30, 120, 180
"""Days on which the programmes begin and end, and on which the run ends."""
EVERYWHERE = ["NORTH", "SOUTH", "XA", "XC"]
NEAR = (
    *BUSY,
    *(
        f"organisations.{group}.cells.{setting}"
        for group in ("coastal", "inland")
        for setting in ("origin_pay_usd=13000", "destination_pay_usd=150000", "quits_per_year=3")
    ),
    "geography.communities.risk_weight=1",
    "geography.communities.takes_hold_days=60",
)

Runs = dict[str, np.ndarray]
"""Columns of the daily table, each float64[pairs, days]."""


def lived_through(plan: Scenario) -> Runs:
    models = [live(plan, replicate=number, mode="thinned") for number in range(PAIRS)]
    return {
        column: np.array([m.chronicle.daily[column] for m in models], float) for column in models[0].chronicle.daily
    }


def during(**more) -> dict:
    start = world(days=1).start
    return {"start": start + timedelta(days=ON), "end": start + timedelta(days=OFF - 1), **more}


@pytest.fixture(scope="module")
def without() -> Runs:
    return lived_through(world(*NEAR, days=DAYS))


@pytest.fixture(scope="module")
def prevention() -> Runs:
    said = during(communities=EVERYWHERE, reach=0.9, stigma=1.5)
    return lived_through(world(*NEAR, days=DAYS).with_policy("prevention", **said))


@pytest.fixture(scope="module")
def enforcement() -> Runs:
    ports = during(ports=["NORTH"], scans=10, examinations=20, skill=1.3)
    plan = world(*NEAR, days=DAYS).with_policy("port_capacity", **ports)
    return lived_through(plan.with_policy("joint_patrols", **during(zones=["middle_sea"], units=12)))


def change(column: str, runs: Runs, without: Runs, first: int, last: int) -> np.ndarray:
    """Paired change of the daily mean from one day to before another: float64[pairs]."""
    return (runs[column][:, first:last] - without[column][:, first:last]).mean(axis=1)


def told_change(column: str, runs: Runs, without: Runs, first: int, last: int) -> Told:
    return told(change(column, runs, without, first, last))


def test_prevention_acts_slowly_and_lasts(without, prevention):
    """Fewer work as couriers; the loss grows to the end of the programme, and is there when it has long ended.

    Prevention lowers membership through recruitment (Calderoni et al. 2021, Journal of Quantitative Criminology;
    Prieto-Curiel, Campedelli and Hope 2023, Science 381).
    """
    early = change("couriers", prevention, without, ON, ON + 30)
    late = change("couriers", prevention, without, OFF - 30, OFF)
    after = told_change("couriers", prevention, without, OFF + 40, DAYS)
    assert told(late).below < SURE
    assert told(late - early).below < SURE, told(late - early)
    assert abs(early.mean()) < 0.25 * abs(late.mean())
    assert after.below < SURE, after
    assert told_change("recruited", prevention, without, ON, OFF).below < SURE


def test_enforcement_acts_at_once_and_is_gone_soon_after_its_end(without, enforcement):
    """Less is delivered in the first month already; once it has ended, as much comes through as without it."""
    early = told_change("delivered_g", enforcement, without, ON, ON + 30)
    effect = change("delivered_g", enforcement, without, ON, OFF)
    after = change("delivered_g", enforcement, without, OFF + 40, DAYS)
    assert early.below < SURE, early
    assert told_change("arrested", enforcement, without, ON, ON + 30).above < SURE
    assert told(effect).below < SURE
    assert told(after - effect).above < SURE
    assert after.mean() > 0.25 * effect.mean()


def test_arrests_are_made_good_by_recruits(without, enforcement):
    """Those arrested are replaced: more are recruited, as many work, and more who are asked refuse.

    Adaptive response: interdiction raises what smuggling costs before it lowers what is smuggled (Caulkins, Crawford
    and Reuter 1993, Mathematical and Computer Modelling 17(2)). That offers rise is not sure at 30 or 40 pairs, where
    people in custody come back when their case is over.
    """
    arrests = change("arrested", enforcement, without, ON, OFF)
    recruits = told_change("recruited", enforcement, without, ON, OFF)
    working = told_change("couriers", enforcement, without, ON, OFF)
    assert told(arrests).above < SURE
    assert recruits.above < SURE, recruits
    assert working.low > -0.03 * without["couriers"][:, ON:OFF].mean(), working
    assert told_change("replaced", enforcement, without, ON, OFF).above < SURE
    assert told_change("refused", enforcement, without, ON, OFF).above < SURE


def test_livelihoods_lower_recruitment_where_wages_bind(without):
    """Legal pay that is better keeps people out where the offer is near what they ask, until offers have followed.

    Becker (1968), Journal of Political Economy 76(2): the supply of offences falls when legal earnings rise.
    """
    paid = {"communities": EVERYWHERE, "reach": 0.8, "gain": 1.0, "start": without_policies().start}
    better = lived_through(without_policies().with_policy("livelihoods", **paid))
    assert told_change("recruited", better, without, 0, OFF).below < SURE
    assert told_change("couriers", better, without, OFF - 30, OFF).below < SURE
    assert told_change("offer_usd_per_job", better, without, 0, OFF).above < SURE


def without_policies() -> Scenario:
    return world(*NEAR, days=OFF)


def test_livelihoods_change_nothing_where_pay_is_far_above_what_anybody_asks():
    rich = [f"organisations.{group}.cells.{side}_pay_usd=50000000" for group in ("coastal", "inland")
            for side in ("origin", "destination")]  # fmt: skip
    plan = world(*rich, days=60)
    better = plan.with_policy("livelihoods", communities=EVERYWHERE, start=plan.start, reach=0.8, gain=1.0)
    recruits = [live(each, mode="thinned").chronicle.daily["recruited"] for each in (plan, better)]
    assert recruits[0] == recruits[1]
    assert sum(recruits[0]) > 0
