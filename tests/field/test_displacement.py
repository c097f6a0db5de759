"""What the literature expects when one port is hardened."""

from collections import Counter

import pytest

from sim.model import SmugglingModel
from sim.study.run import live
from tests.field.pairs import SURE, told
from tests.promises.worlds import world

PAIRS = 8
HARDENED = "nordhaven"
MANY = ("organisations.coastal.count=8", "organisations.inland.count=4")
AWARE = 60
"""Days after which organisations have had time to notice."""


@pytest.fixture(scope="module")
def pairs() -> list[tuple[SmugglingModel, SmugglingModel]]:
    """Worlds with the same luck: as it is, and with twenty times the scanners and hands at the largest port."""
    plan = world(*MANY, days=365)
    hard = plan.with_policy("port_capacity", ports=[HARDENED], start=plan.start, scans=20, examinations=20, skill=1.3)
    return [(live(plan, replicate=number), live(hard, replicate=number)) for number in range(PAIRS)]


def sent_kg(model: SmugglingModel) -> Counter:
    """Towards each gateway, once organisations may have noticed."""
    found: Counter = Counter()
    for load in model.cargo.all:
        if load.planned >= AWARE:
            found[load.route.arrival] += load.grams / 1000
    return found


def delivered_kg(model: SmugglingModel) -> Counter:
    found: Counter = Counter()
    for load in model.cargo.all:
        if load.outcome == "delivered":
            found[load.route.arrival] += load.grams / 1000
    return found


def changes(pairs, measure) -> list[tuple[float, float]]:
    """By pair: change at the hardened port, and change at all other gateways together."""
    found = []
    for without, with_it in pairs:
        before, after = measure(without), measure(with_it)
        here = after[HARDENED] - before[HARDENED]
        found.append((here, sum(after.values()) - sum(before.values()) - here))
    return found


def test_hardening_one_port_moves_flow_to_other_gateways(pairs):
    """Less is sent through the hardened port and more through the others.

    Predicted alternative routes saw a fifth more confiscations after local crackdowns in Mexico (Dell 2015, American
    Economic Review 105(6)). When Antwerp and Rotterdam tightened control in 2024, seizures in France more than doubled
    and those in Spain rose a little, though those in Hamburg fell too.
    """
    moved = changes(pairs, sent_kg)
    here, elsewhere = told([port for port, _ in moved]), told([others for _, others in moved])
    assert here.below < SURE, here
    assert elsewhere.above < SURE, elsewhere


def test_displacement_is_real_but_the_port_loses_more_than_the_market(pairs):
    """Total delivered falls, and by less than what the hardened port itself lets through less.

    Displacement of drug crime is usually partial (Windle and Farrell 2012, Substance Use and Misuse 47(8-9)).
    """
    moved = changes(pairs, delivered_kg)
    port = told([here for here, _ in moved])
    total = told([here + others for here, others in moved])
    offset = told([others for _, others in moved])
    assert port.below < SURE, port
    assert offset.above < SURE, offset  # the total falls by less than the port
    assert total.below < SURE, total  # and falls
    assert 0.2 < -offset.mean / port.mean < 1.0


def test_seizures_at_the_hardened_port_rise_per_load_that_still_comes(pairs):
    """What deters is the risk: of the loads that come to the hardened port a larger share is found."""

    def risk(model: SmugglingModel) -> float:
        row = model.checkpoints.row(HARDENED, "import")
        met = model.chronicle.contaminated[:, row].sum()
        found = sum(load.checkpoint == f"{HARDENED} import" for load in model.cargo.all)
        return found / met

    rise = told([risk(with_it) - risk(without) for without, with_it in pairs])
    assert rise.above < SURE, rise
