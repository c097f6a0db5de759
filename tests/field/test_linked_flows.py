"""What is to be expected of flows that the same organisations move: what strikes one is felt in the other."""

import numpy as np
import pytest

from sim.model import SmugglingModel
from tests.field.coasts import coasts, lived
from tests.field.pairs import SURE, told

pytestmark = pytest.mark.slow

PAIRS, DAYS = 30, 75
BACK = (
    "geography.production_areas.yards={name: Yards, country: XB, lat: 43, lon: -17.5, share: 1, commodity: arms, "
    "side: destination}",
    "geography.markets.south={name: South, country: XA, lat: 33, lon: -16.5, demand_share: 1, commodity: arms, "
    "side: origin}",
    "commodities.arms={kind: firearms, name: Arms, diverted_by_year: {2025: 20}, demand: 20, arrests_per_seizure: 0, "
    "opening_stock_days: 3652, price_speed: 0.000001, concealments: {boxed: {name: Boxed}}}",
    "organisations.coastal.areas=[hills, yards]",
    "organisations.yards={name: Those of the yards, count: 3, areas: [yards], partners: 20, scouted: 20, span: 30, "
    "risk_aversion: 0, buying: 0.005, comfort: 0.2, largest_lot: 50, lot_spread: 0.2, "
    "cells: {setup_usd: 0, setup_days: 0}}",
)
"""Arms come back over the same coasts: coastal groups move both, those of the yards arms alone."""


def sent_kg(model: SmugglingModel, group: str, good: str) -> float:
    """What organisations of a group sent of a commodity."""
    loads = model.cargo.rows
    own = [member.traits is model.plan.organisations[group] for member in model.cartels]
    of_good = loads["commodity"] == model.ledger.commodities.index(good)
    return float(loads["grams"][np.array(own)[loads["organisation"]] & of_good].sum()) / 1000


def pairs(count: int, capital_usd: int, arrests: float, *more: str) -> list[tuple[SmugglingModel, SmugglingModel]]:
    """Worlds with the same luck: as they are, and with a close watch on the beach that goods leave from, and arms do
    not."""
    capital = tuple(f"organisations.{group}.capital_usd={capital_usd}" for group in ("coastal", "yards"))
    plan = coasts(2, 0.05, DAYS, settings=(*BACK, *capital, f"commodities.goods.arrests_per_seizure={arrests}", *more))
    watched = plan.with_policy("border_integrity", docks=["beach"], stopped=0.7, cue=0, start=plan.start)
    return [(lived(plan, number), lived(watched, number)) for number in range(count)]


def changes(found: list[tuple[SmugglingModel, SmugglingModel]], group: str, good: str) -> list[float]:
    return [sent_kg(then, group, good) - sent_kg(now, group, good) for now, then in found]


@pytest.fixture(scope="module")
def linked() -> list[tuple[SmugglingModel, SmugglingModel]]:
    """Two million US dollars each, so that what is lost is missed."""
    return pairs(PAIRS, 2_000_000, 0.5)


def test_who_is_struck_in_one_trade_sends_less_of_the_other(linked):
    """Groups that move several commodities do it with the same money and crews, so that losses in one cut what can be
    bought of the other. No published figure says by how much; the sign is what is tested."""
    struck = told(changes(linked, "coastal", "goods"))
    assert struck.below < SURE, struck
    other = told(changes(linked, "coastal", "arms"))
    assert other.below < SURE, other


def test_who_has_the_other_trade_alone_does_not_send_less(linked):
    """What they could send, they still can: the difference to those with two trades is the link."""
    alone, both = changes(linked, "yards", "arms"), changes(linked, "coastal", "arms")
    assert told(alone).high > 0.0, told(alone)
    before = [[sent_kg(now, group, "arms") for now, _ in linked] for group in ("coastal", "yards")]
    share = [np.array(part) / np.mean(was) for part, was in zip((both, alone), before, strict=True)]
    assert told(share[0] - share[1]).below < SURE, told(share[0] - share[1])


def test_without_want_of_money_or_hands_nothing_links_the_trades():
    """The two flows meet in capital, in crews that have work for two weeks at most, in brokers, whose fees rise when
    one of them is found out, and in what is believed of a coast; here there is no want of the first two, nobody looks
    into transfers, and nobody heeds what he learns."""
    hands = tuple(f"organisations.{group}.cells.crossings_per_week=500" for group in ("coastal", "yards"))
    free = pairs(5, 1_000_000_000, 0.0, "money.traced=0", "organisations.coastal.beliefs.information=0", *hands)
    assert sum(sent_kg(now, "coastal", "arms") for now, _ in free) > 0.0
    assert changes(free, "coastal", "arms") == [0.0] * 5
