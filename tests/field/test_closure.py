"""What the literature expects when a port closes for a while."""

from datetime import date

import numpy as np
import pytest

from sim.scenario.load import load
from sim.study.displacement import displacement_ratio, treated_between
from sim.study.flows import Flows, flows_by_month
from sim.study.run import live
from tests.field.pairs import SURE, told
from tests.promises.worlds import BUSY, MANY_HANDS

pytestmark = pytest.mark.slow

PAIRS = 60
CLOSED, OPEN_AGAIN = slice(1, 4), slice(5, 7)
"""Months in which the largest port is closed, and those from one month after it has opened again."""
SHUT = "nordhaven"


@pytest.fixture(scope="module")
def pairs() -> list[tuple[Flows, Flows]]:
    """Months of worlds with the same luck: as it is, and with the largest port closed for a quarter."""
    shut = load("two_coasts_closure", overrides=(*BUSY, *MANY_HANDS, "start=2025-03-01"), days=214)
    usual = shut.replaced(disruptions=())
    treated = treated_between(usual, shut)
    assert treated.places == (SHUT,)
    assert treated.since == date(2025, 4, 1)
    return [
        tuple(
            flows_by_month(live(plan, replicate=number, mode="thinned"), {SHUT: treated.places})
            for plan in (usual, shut)
        )
        for number in range(PAIRS)
    ]


def kg(flows: Flows, by: str, name: str | None, months: slice) -> float:
    """What was sent in some months, by one name of a side or by all together."""
    names, grams = flows.by["sent", by]
    part = grams[months] if name is None else grams[months, names.index(name)]
    return float(part.sum()) / 1000


def change(pairs, name: str | None, months: slice, by: str = "arrival") -> np.ndarray:
    return np.array([kg(closed, by, name, months) - kg(usual, by, name, months) for usual, closed in pairs])


@pytest.mark.parametrize("other", ["westmole", "rocky_coast"])
def test_a_closed_port_loses_its_flow_to_other_gateways(pairs, other):
    """While it is closed nothing is sent by it, and more by another port and by small docks: the graph offers what is
    left, and organisations adapt to it as to enforcement (Magliocca et al. 2019, PNAS 116(16))."""
    assert all(kg(closed, "arrival", SHUT, CLOSED) == 0.0 for _, closed in pairs)
    assert all(kg(usual, "arrival", SHUT, CLOSED) > 0.0 for usual, _ in pairs)
    gained = told(change(pairs, other, CLOSED))
    assert gained.above < SURE, gained


def test_most_of_what_it_loses_goes_elsewhere_at_once(pairs):
    """Flow that is cut off for reasons other than risk is displaced almost in full: what may pass by the remaining
    ways is limited by crews, not by fear; partial is what enforcement leaves (Windle and Farrell 2012).
    """
    lost = -change(pairs, SHUT, CLOSED)
    gained = change(pairs, None, CLOSED) + lost
    found = displacement_ratio(lost, gained, (SHUT,))
    assert 0.9 < found.low < found.high < 1.1, found


def test_it_gets_its_flow_back_when_it_opens_again(pairs):
    """A month after it has opened, as much is sent by it as if it had never closed, to within a fifth; beliefs and
    cells were kept. The network is resilient to the outage, as trafficking networks are to the loss of a node
    (Duijn, Kashirin and Sloot 2014)."""
    usual = np.array([kg(flows, "arrival", SHUT, OPEN_AGAIN) for flows, _ in pairs])
    back = told(change(pairs, SHUT, OPEN_AGAIN) / usual.mean())
    assert -0.2 < back.low < back.high, back
