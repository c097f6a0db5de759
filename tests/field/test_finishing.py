"""What the literature expects of laboratories on the destination side, and of raids on them."""

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
RAIDS, FELT, DAYS = 40, 80, 150
"""Days on which raids begin, from which on they are looked at, and on which the run ends."""
WORLD = (
    "geography.docks={}",
    "waters={}",
    "commodities.cocaine.concealments={rip_on: {name: Behind the doors of an honest box, seal_shift: 1.5}}",
    "commodities.cocaine.finishing={count: 8, kg_per_day: 20, visibility: 0.15}",
    "customs.imports.scan_share=0.2",
    "customs.posts={}",
)
"""Ports alone, well controlled, and one other concealment: a good part travels as an intermediate."""


class Run(NamedTuple):
    """What is kept of a run."""

    intermediate_kg: float
    """Sent from the day on which raids are looked at."""
    product_kg: float
    price: float
    """At wholesale, mean of the days from then on."""
    asked: float
    """What laboratories ask for a kilogram, in the same way."""
    early: float
    """Price while there were no raids yet."""


def lived(plan: Scenario, replicate: int) -> Run:
    model = live(plan, replicate=replicate, mode="thinned")
    loads, daily = model.cargo.rows, model.chronicle.daily
    late, later = loads["planned"] >= FELT, loads["concealment"] == 1
    sent = [float(loads["grams"][late & form].sum()) / 1000 for form in (later, ~later)]
    price, asked = (np.array(daily[name]) for name in ("price_usd_per_kg", "finishing_usd_per_kg"))
    return Run(*sent, float(price[FELT:].mean()), float(asked[FELT:].mean()), float(price[:RAIDS].mean()))


@pytest.fixture(scope="module")
def pairs() -> list[tuple[Run, Run]]:
    """Worlds with the same luck: as it is, and with twelve more raids a year on every laboratory."""
    plan = world(*WORLD, days=DAYS)
    start = plan.start + timedelta(days=RAIDS)
    raided = plan.with_policy("finishing_raids", markets=["lowlands", "uplands"], start=start, per_year=12)
    return [(lived(plan, number), lived(raided, number)) for number in range(PAIRS)]


def change(pairs, name: str):
    return told([getattr(raided, name) - getattr(usual, name) for usual, raided in pairs])


def test_until_the_raids_the_worlds_are_the_same(pairs):
    assert all(usual.early == raided.early for usual, raided in pairs)


def test_raids_at_the_destination_move_flow_back_to_the_finished_form(pairs):
    """Less goes as intermediate, more as product: what a form costs more is what is used less of it. In the
    Netherlands and Spain laboratories came with base and paste in carrier materials, as product in containers was
    found more often (EMCDDA and Europol, EU drug markets: cocaine, 2022); the other way is the same substitution."""
    less, more = change(pairs, "intermediate_kg"), change(pairs, "product_kg")
    assert less.below < SURE, less
    assert more.above < SURE, more


def test_raids_at_the_destination_raise_the_wholesale_price_there(pairs):
    """What raids take and hold up is missing at the market, and the other form runs risks that the intermediate did
    not: interdiction works through price (Caulkins, Crawford and Reuter 1993)."""
    dearer = change(pairs, "price")
    assert dearer.above < SURE, dearer


def test_fewer_laboratories_ask_for_more(pairs):
    """Capacity is short where laboratories are shut, and what they ask follows the backlog."""
    asked = change(pairs, "asked")
    assert asked.above < SURE, asked
