"""What the literature expects of control at small docks and warehouses: it finds, and what can goes elsewhere."""

from datetime import timedelta
from typing import NamedTuple

import pytest

from sim.kernels.loads import DELIVERED, SEIZED
from sim.scenario.scenario import Scenario
from sim.study.run import live
from tests.field.coasts import coasts
from tests.field.pairs import SURE, told

pytestmark = pytest.mark.slow

PAIRS = 30
START, FELT, DAYS = 15, 45, 75
"""Days on which control begins, from which on it is looked at, and on which the run ends."""
FEW = ("organisations.coastal.count=2",)
BARN = (
    "geography.warehouses.barn={name: Barn, country: XB, side: destination, lat: 43.25, lon: -18.5}",
    "geography.docks.coast_1.lat=43.5",
)
"""A second warehouse, by way of which goes what lands at the second coast."""


class Run(NamedTuple):
    """What is kept of the loads that were sent from the day on which control is looked at, kg."""

    treated: float
    """Sent by way of a site that one of the two policies controls."""
    others: float
    """Sent by way of the other one of its kind."""
    found: float
    """Seized at the site, of all loads of the run."""
    delivered: float
    early: float
    """Sent before anybody controls anything."""


def lived(plan: Scenario, replicate: int, checkpoint: str, site: str) -> Run:
    model = live(plan, replicate=replicate, mode="thinned")
    loads, legs = model.cargo.rows, model.passage.legs
    row = model.ledger.places.index(site)
    past = ((legs["destination"][loads["legs"]] == row) & (loads["legs"] >= 0)).any(axis=1)
    late, kg = loads["planned"] >= FELT, loads["grams"] / 1000
    found = (loads["outcome"] == SEIZED) & (loads["checkpoint"] == model.ledger.checkpoints.index(checkpoint))
    chosen = (late & past, late & ~past, found, late & (loads["outcome"] == DELIVERED), loads["planned"] < START)
    return Run(*(float(kg[those].sum()) for those in chosen))


def pairs_of(plan: Scenario, kind: str, sort: str, site: str, **fields) -> list[tuple[Run, Run]]:
    """Worlds with the same luck: as it is, and with a site under control."""
    controlled = plan.with_policy(kind, start=plan.start + timedelta(days=START), **{f"{sort}s": [site]}, **fields)
    return [
        tuple(lived(each, number, f"{sort} {site}", site) for each in (plan, controlled)) for number in range(PAIRS)
    ]


@pytest.fixture(scope="module")
def docks() -> list[tuple[Run, Run]]:
    """Three like coasts where loads land, one of them visited so that a third of its loads would be found."""
    return pairs_of(
        coasts(3, 0.1, DAYS, settings=FEW), "dock_control", "dock", "coast_0", visits=180, registered=0.8, found=0.5
    )


@pytest.fixture(scope="module")
def warehouses() -> list[tuple[Run, Run]]:
    """Two like coasts with a warehouse behind each, one of which is visited likewise."""
    plan = coasts(2, 0.1, DAYS, settings=(*FEW, *BARN))
    return pairs_of(plan, "warehouse_control", "warehouse", "barn", visits=40, found=0.5)


def change(pairs, name: str):
    return told([getattr(controlled, name) - getattr(usual, name) for usual, controlled in pairs])


@pytest.fixture(params=["docks", "warehouses"])
def pairs(request) -> list[tuple[Run, Run]]:
    return request.getfixturevalue(request.param)


def test_until_it_begins_the_worlds_are_the_same(pairs):
    assert all(usual.early == controlled.early for usual, controlled in pairs)
    assert all(usual.found == 0.0 for usual, _ in pairs)


def test_control_of_a_site_finds_loads_there_and_less_is_sent_that_way(pairs):
    """Seizures rise where control is tightened, and traffickers leave the place as they learn of it (Magliocca et al.
    2019, of interdiction and the nodes of Central America)."""
    finds, less = change(pairs, "found"), change(pairs, "treated")
    assert finds.above < SURE, finds
    assert less.below < SURE, less


def test_flow_moves_to_like_sites_nearby_so_that_less_is_gained_than_the_site_loses(pairs):
    """The balloon effect (Windle and Farrell 2012): displacement is partial, and the total falls by less than what
    the treated place loses."""
    more = change(pairs, "others")
    assert more.above < SURE, more
    kept = told([(c.treated - u.treated) - (c.delivered - u.delivered) for u, c in pairs])
    assert kept.below < SURE, kept
