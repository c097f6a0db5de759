"""Common luck: worlds that differ in a policy meet the same luck wherever that policy does not reach."""

import functools
import itertools
from datetime import timedelta

import numpy as np
import pytest

from sim.kernels.boxes import ARRIVED
from sim.model import SmugglingModel
from sim.policies.policy import Policy
from sim.scenario.scenario import Scenario
from sim.study.run import live
from tests.promises.worlds import before, lived, tables, world

FREE = {"capital_usd": 0, "running_usd_per_year": 0}
POLICIES = {
    "high_risk_screening": {"ports": ["nordhaven"]},
    "port_capacity": {"ports": ["nordhaven"], "scans": 4, "examinations": 4, "skill": 1.3},
    "joint_patrols": {"zones": ["middle_sea"], "units": 40},
    "border_integrity": {"docks": ["mangrove_coast"], "stopped": 0.5},
    "turn_backs": {"zones": ["middle_sea"], "share": 1},
    "prevention": {"communities": ["NORTH", "rocky_coast"], "stigma": 1.0},
    "livelihoods": {"communities": ["NORTH", "rocky_coast"], "reach": 0.8, "gain": 0.5},
    "integrity": {"ports": ["nordhaven", "SOUTH"], "audits": 8, "threshold": 3},
    "precursor_control": {"ports": ["costa_alta"], "share": 0.9},
    "asset_tracing": {"states": ["destination"], "units": 30, "abroad": 1},
    "oversight": {"ports": ["nordhaven", "SOUTH"], "most_opened": 0.0002},
    "court_capacity": {"states": ["XA", "destination"], "factor": 3},
    "academy": {"states": ["origin"], "training": 0.5},
    "forensic_laboratories": {"states": ["NORTH"], "turnaround": 0.2},
    "mutual_legal_assistance": {"states": ["XB"], "delay": 0.2},
    "witness_protection": {"states": ["origin", "destination"], "cooperation": 0.4},
    "intelligence_sharing": {"states": ["XA", "XB", "XC"], "probability": 0.9, "days": 1},
    "forum": {"states": ["XA", "XB", "XC"]},
    "interoperable_systems": {"states": ["XA", "XB", "XC"], "factor": 0.1},
    "finishing_raids": {"markets": ["lowlands", "uplands"], "per_year": 6},
    "laboratory_raids": {"areas": ["highlands"], "per_year": 20},
    "demand_reduction": {"markets": ["lowlands"], "reach": 0.5, "education": 1},
    "detection_technology": {"ports": ["nordhaven", "SOUTH"], "sensitivity": 0.8},
    "standard_procedures": {"ports": ["NORTH"], "found": 0.3, "threshold": 2},
    "integrated_manifests": {"ports": ["NORTH"], "partners": ["SOUTH"], "coverage": 1},
    "operator_compliance": {"ports": ["NORTH"], "trust": 1.5, "audited": 0.5, "posing": 0.6},
    "dock_control": {"docks": ["mangrove_coast", "rocky_coast"], "visits": 365},
    "warehouse_control": {"warehouses": ["valley_depot", "canal_depot"], "visits": 52},
}
PEOPLE = (
    "commodities.crossing={kind: people, name: People, waiting_by_year: {2025: 12000}}",
    "geography.production_areas.town={name: Town, country: XA, lat: -15.2, lon: -19, share: 1, commodity: crossing}",
    "geography.markets.city={name: City, country: XB, lat: 44, lon: -22, demand_share: 1, commodity: crossing}",
    "transport.small_craft.boats={boat: {reach_nm: 9000}}", "organisations.coastal.areas=[highlands, town]",
)  # fmt: skip
NEEDS = {"precursor_control": ("commodities.cocaine.precursors={lot_kg: 500}",), "turn_backs": PEOPLE,
         "finishing_raids": ("commodities.cocaine.finishing={}",)}  # fmt: skip
"""What a world must have for a policy to act on."""
PLACEBOS = {
    "screening of nothing": ("high_risk_screening", {"ports": ["nordhaven"], "share": 0}),
    "a port with as much as before": ("port_capacity", {"ports": ["NORTH"], "scans": 1, "examinations": 1, "skill": 1}),
    "a patrol without units": ("joint_patrols", {"zones": ["middle_sea"], "units": 0}),
    "a coast that nobody watches": ("border_integrity", {"docks": ["mangrove_coast"], "stopped": 0, "cue": 0}),
    "returns where nobody is returned": ("turn_backs", {"zones": ["middle_sea"], "share": 0.05}),
    "prevention that says nothing": ("prevention", {"communities": ["NORTH"], "stigma": 0, "awareness": 0}),
    "prevention that nobody hears": ("prevention", {"communities": ["NORTH"], "reach": 0}),
    "fishermen in a port": ("prevention", {"communities": ["nordhaven"], "audience": "fishing_communities"}),
    "livelihoods that pay no more": ("livelihoods", {"communities": ["rocky_coast"], "gain": 0}),
    "audits as often as before": ("integrity", {"ports": ["NORTH"], "audits": 1, "threshold": 1}),
    "no unit more, and no answer": ("asset_tracing", {"states": ["XB"], "units": 0, "abroad": 0}),
    "caps that nothing reaches": ("oversight", {"ports": ["NORTH"], "most_opened": 1, "most_scanned": 1}),
    "diversion that nobody stops": ("precursor_control", {"ports": ["costa_alta"], "share": 0}),
    "courts as large as before": ("court_capacity", {"states": ["XA"], "factor": 1}),
    "an academy that teaches nothing": ("academy", {"states": ["XA"], "factor": 1, "training": 0}),
    "help that comes as before": ("mutual_legal_assistance", {"states": ["XB"], "delay": 1, "answers": 0}),
    "protection of nobody": ("witness_protection", {"states": ["XA"], "cooperation": 0, "testimony": 0}),
    "states that share nothing": ("intelligence_sharing", {"states": ["XA", "XB"], "probability": 0}),
    "a forum of one": ("forum", {"states": ["XA"]}),
    "systems as slow as before": ("interoperable_systems", {"states": ["XA", "XB"], "factor": 1}),
    "no raid more": ("finishing_raids", {"markets": ["lowlands"], "per_year": 0}),
    "no raid more at the source": ("laboratory_raids", {"areas": ["highlands"], "per_year": 0}),
    "treatment of nobody": ("demand_reduction", {"markets": ["lowlands"], "reach": 0, "education": 0}),
    "scanners as good as before": (
        "detection_technology",
        {"ports": ["NORTH"], "sensitivity": 0, "penetration": 0, "false_alarms": 1, "scan_time": 1},
    ),
    "procedures that change nothing": (
        "standard_procedures",
        {"ports": ["NORTH"], "found": 0, "evenness": 0, "threshold": 1},
    ),
    "manifests of nobody": ("integrated_manifests", {"ports": ["NORTH"], "partners": ["SOUTH"], "coverage": 0}),
    "operators who are as they were": (
        "operator_compliance",
        {"ports": ["NORTH"], "trust": 0, "audited": 1, "reports": 0},
    ),
    "docks that nobody visits": ("dock_control", {"docks": ["rocky_coast"], "visits": 0}),
    "audits that find nothing": ("warehouse_control", {"warehouses": ["valley_depot"], "found": 0}),
    "control where there is none": ("port_capacity", {"ports": ["costa_alta"], "direction": "import", "scans": 4}),
}


def governed(plan: Scenario, kind: str, from_day: int = 0, **fields) -> Scenario:
    return plan.with_policy(kind, start=plan.start + timedelta(days=from_day), **{**FREE, **fields})


@functools.cache
def left_alone(*needs: str) -> SmugglingModel:
    return lived(*needs, days=110)


@pytest.fixture
def ungoverned() -> SmugglingModel:
    return left_alone()


def pair(kind: str, from_day: int = 0, **fields) -> tuple[SmugglingModel, SmugglingModel]:
    """A world with a policy, and the same without."""
    needs = NEEDS.get(kind, ())
    return live(governed(world(*needs, days=110), kind, from_day, **fields)), left_alone(*needs)


@pytest.mark.parametrize(("kind", "start"), [*zip(POLICIES, itertools.cycle((31, 90)), strict=False)])
def test_a_policy_changes_nothing_before_its_first_day(kind, start):
    model, ungoverned = pair(kind, start, **POLICIES[kind])
    with_it, without = tables(model), tables(ungoverned)
    assert before(with_it, start) == before(without, start)
    assert not model.controls_in_force().same_as(model.base_controls)


@pytest.mark.parametrize(("kind", "fields"), PLACEBOS.values(), ids=PLACEBOS)
def test_a_policy_without_effect_changes_nothing_at_all(kind, fields):
    model, ungoverned = pair(kind, 20, **fields)
    assert tables(model) == tables(ungoverned)


def test_a_policy_that_only_costs_changes_only_the_cost(ungoverned):
    model = live(governed(world(days=110), "joint_patrols", 20, zones=["middle_sea"], units=0, capital_usd=1_000_000))
    with_it, without = tables(model), tables(ungoverned)
    assert sum(with_it["daily"].pop("policy_cost_cents")) == 100_000_000
    assert sum(without["daily"].pop("policy_cost_cents")) == 0
    assert with_it == without


@pytest.mark.parametrize("kind", POLICIES)
def test_legal_trade_is_the_same_under_every_policy(kind):
    model, ungoverned = pair(kind, **POLICIES[kind])
    legal = [at.chronicle.tally[:, :, ARRIVED] - at.chronicle.contaminated for at in (model, ungoverned)]
    assert np.array_equal(*legal)


def test_people_and_organisations_are_who_they_are_under_every_policy(ungoverned):
    """Skills, rosters and sizes belong to those who have them; a policy at one port changes no one elsewhere."""
    model = live(governed(world(days=110), "port_capacity", **POLICIES["port_capacity"]))

    def staff(at: SmugglingModel) -> list:
        return [
            (inspector.name, inspector.skill, inspector.on_shift)
            for inspector in at.agents
            if type(inspector).__name__ == "PortInspector"
        ]

    assert staff(model) == staff(ungoverned)
    first = [[cartel.size for cartel in SmugglingModel(at.plan).cartels] for at in (model, ungoverned)]
    assert first[0] == first[1]


def test_a_load_that_is_sent_in_both_worlds_meets_the_same_luck_on_the_way(ungoverned):
    """Same organisation, day, way and weight: the roads, the sea and the boxes treat it alike."""
    model = live(governed(world(days=110), "high_risk_screening", ports=["nordhaven"]))

    def sent(at: SmugglingModel) -> dict:
        return {
            (int(load.key), load.route.sites, load.grams, load.concealment): load
            for load in at.cargo.all
            if load.route.arrival != "nordhaven"
        }

    here, there = sent(model), sent(ungoverned)
    both = [(load, there[key]) for key, load in here.items() if key in there]
    same = [(a.outcome, a.ended, a.checkpoint) == (b.outcome, b.ended, b.checkpoint) for a, b in both]
    assert len(both) >= 5
    assert np.mean(same) > 0.8  # crews, and what officers have learned by then, may differ


def test_scanners_bought_for_a_port_find_nothing_less_on_their_first_day():
    """The same day, the same boxes, the same luck, more of them scanned, and hands for every alarm."""
    plan = world("organisations.coastal.count=40", "customs.posts={}", "customs.imports.scan_share=0.2", days=90)
    without = live(plan)
    busy = int(np.argmax(without.chronicle.contaminated.sum(axis=1)))
    with_it = live(governed(plan, "port_capacity", busy, ports=["NORTH"], scans=4, examinations=400))
    assert without.chronicle.contaminated[busy].sum() > 0
    assert np.array_equal(without.chronicle.contaminated[busy], with_it.chronicle.contaminated[busy])
    assert (without.chronicle.seized_g[busy] <= with_it.chronicle.seized_g[busy]).all()


def test_every_kind_of_policy_is_tried_here():
    assert set(Policy.every()) == set(POLICIES), "a new kind of policy belongs into POLICIES and PLACEBOS"
