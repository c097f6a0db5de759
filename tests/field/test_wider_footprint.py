"""What the literature expects of more interdiction everywhere: flows spread over more ways, and seizures get smaller.

On the flagship, since it takes many ways to tell.
"""

from typing import NamedTuple

import numpy as np
import pytest

from sim.kernels.loads import SEIZED
from sim.scenario.load import load
from sim.scenario.scenario import Scenario
from sim.study.run import live
from tests.field.pairs import SURE, Told, told

pytestmark = pytest.mark.slow

PAIRS, DAYS, AWARE = 20, 240, 60


class Run(NamedTuple):
    """What a run came to."""

    ways: int
    """Pairs of gateways that loads were sent by once organisations had time to notice."""
    seized_t: float
    kg_a_seizure: float
    delivered_t: float


def lived(plan: Scenario, replicate: int) -> Run:
    model = live(plan, replicate=replicate, mode="thinned")
    loads, columns = model.cargo.rows, model.cargo.columns(model.passage.legs)
    late, ways = loads["planned"] >= AWARE, [list(columns[end]) for end in ("departure", "arrival")]
    used = {way for way, counts in zip(zip(*ways, strict=True), late.tolist(), strict=True) if counts}
    seized = loads["grams"][loads["outcome"] == SEIZED]
    delivered = float(np.sum(model.chronicle.daily["delivered_g"])) / 1e6
    return Run(len(used), float(seized.sum()) / 1e6, float(seized.mean()) / 1e3, delivered)


@pytest.fixture(scope="module")
def pairs() -> list[tuple[Run, Run]]:
    """Worlds with the same luck: as they are, and with three times the scans and hands at all ports of Europe."""
    plan = load("latam_europe", days=DAYS).replaced(policies=())
    everywhere = ["EU_NORTH", "EU_SOUTH", "EU_MED", "UK_IE"]
    more = plan.with_policy("port_capacity", ports=everywhere, start=plan.start, scans=3, examinations=3, skill=1)
    return [(lived(plan, number), lived(more, number)) for number in range(PAIRS)]


def change(pairs: list[tuple[Run, Run]], what: str) -> Told:
    return told([getattr(more, what) - getattr(usual, what) for usual, more in pairs])


def test_more_interdiction_spreads_flows_over_more_ways(pairs):
    """Spread is a consequence of interdiction (Magliocca et al. 2019, PNAS 116(16)): with more assets the footprint of
    trafficking gets wider (Magliocca et al. 2024, IISE Transactions 56(3), 282-295)."""
    wider = change(pairs, "ways")
    assert wider.above < SURE, wider


def test_more_is_seized_and_a_seizure_is_worth_less(pairs):
    """With more assets the volume that is seized rises and the value of a shipment that is seized falls (Magliocca et
    al. 2024): loads are made smaller where more is lost. Less arrives for all that, by a fifth: that volumes delivered
    stay what they are, as in the model of Central America of 2019 (from memory), is not found here."""
    more, smaller, less = (change(pairs, what) for what in ("seized_t", "kg_a_seizure", "delivered_t"))
    assert more.above < SURE, more
    assert smaller.below < SURE, smaller
    assert less.below < SURE, less
