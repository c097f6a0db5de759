"""Every policy moves its own levers at its own places, from its first day to its last, and nothing else."""

from datetime import date, timedelta

import numpy as np
import pytest

from sim.model import SmugglingModel
from sim.policies.policy import Policy
from sim.study.run import live
from sim.world.levers import Controls
from tests.promises.worlds import tables, world

START = date(2025, 3, 1)
CHEMISTRY = "commodities.cocaine.precursors={}", "commodities.cocaine.finishing={}"

EXAMPLES = {
    "high_risk_screening": {"ports": ["nordhaven"], "share": 0.8},
    "port_capacity": {"ports": ["nordhaven"], "scans": 3, "examinations": 2, "skill": 1.2},
    "joint_patrols": {"zones": ["middle_sea"], "units": 5, "from_national": 2, "cue": 0.2},
    "border_integrity": {"docks": ["mangrove_coast"], "stopped": 0.2},
    "turn_backs": {"zones": ["middle_sea"], "share": 0.7},
    "prevention": {"communities": ["nordhaven"], "reach": 0.5, "stigma": 0.4, "awareness": 0.6},
    "livelihoods": {"communities": ["nordhaven"], "reach": 0.5, "gain": 0.4},
    "precursor_control": {"ports": ["costa_alta"], "share": 0.8},
    "integrity": {"ports": ["nordhaven"], "audits": 4, "threshold": 2},
    "oversight": {"ports": ["nordhaven"], "most_opened": 0.0004, "most_scanned": 0.01},
    "intelligence_sharing": {"states": ["XA"], "partners": ["XC"], "probability": 0.5, "days": 3, "shares": ["lane"]},
    "forum": {"states": ["XC"]},
    "interoperable_systems": {"states": ["XC"], "factor": 0.25},
    "court_capacity": {"states": ["XC"], "factor": 2},
    "academy": {"states": ["XC"], "factor": 1.5, "training": 0.3},
    "forensic_laboratories": {"states": ["XC"], "capacity": 3, "turnaround": 0.5, "handling": 0.2},
    "mutual_legal_assistance": {"states": ["XC"], "delay": 0.5, "answers": 0.5},
    "witness_protection": {"states": ["XC"], "cooperation": 0.1, "testimony": 0.5},
    "finishing_raids": {"markets": ["uplands"], "per_year": 3},
    "laboratory_raids": {"areas": ["highlands"], "per_year": 3},
    "asset_tracing": {"states": ["XC"], "units": 6, "abroad": 0.7},
    "dock_control": {"docks": ["rocky_coast"], "registered": 0.5, "visits": 52, "found": 0.5},
    "warehouse_control": {"warehouses": ["valley_depot"], "visits": 12, "found": 0.5},
    "demand_reduction": {
        "markets": ["uplands"],
        "reach": 0.2,
        "effect": 0.5,
        "education": 0.6,
        "education_effect": 0.1,
    },
    "detection_technology": {
        "ports": ["nordhaven"],
        "sensitivity": 0.4,
        "penetration": 0.3,
        "false_alarms": 0.5,
        "scan_time": 0.25,
    },
    "standard_procedures": {"ports": ["nordhaven"], "found": 0.2, "evenness": 0.4, "threshold": 1.5},
    "integrated_manifests": {"ports": ["nordhaven"], "coverage": 0.7},
    "operator_compliance": {"ports": ["nordhaven"], "trust": 0.5, "audited": 0.75, "reports": 0.2, "posing": 0.4},
}
MOVES = {
    "high_risk_screening": {"screened_share": 0.8},
    "port_capacity": {"scans_per_day": 3, "examinations_per_day": 2, "analyst_skill": 1.2},
    "joint_patrols": {"patrol_units": 2, "joint_units": 7, "cue": 0.3},  # of the four that are there two, and five
    "border_integrity": {"coast_watch": 0.2},
    "turn_backs": {"returns": 0.7},
    "prevention": {"stigma": 0.7, "awareness": 0.5},  # half a year and a fifth that are there, and what reaches half
    "livelihoods": {"legal_wage": 1.2},
    "precursor_control": {"diversion_stopped": 0.8},
    "integrity": {"audits_per_year": 4, "integrity": 2},
    "oversight": {"boxes_per_opening": 2500, "boxes_per_scan": 100},
    "intelligence_sharing": {"sharing": 0.5, "sharing_days": 3},
    "forum": {"membership": 1},
    "interoperable_systems": {"delay_factor": 0.25},
    "court_capacity": {"prosecutors": 2, "court_slots": 2, "appeal_slots": 2},
    "academy": {"investigators": 1.5, "training": 0.3},
    "forensic_laboratories": {"laboratory_per_week": 3, "laboratory_days": 0.5, "evidence_loss": 0.2},
    "mutual_legal_assistance": {"assistance_days": 0.5, "assistance_answer": 0.8},  # 0.6, and half of what is missing
    "asset_tracing": {"tracing_units": 10, "tracing_abroad": 0.7},  # of the units four that are there
    "witness_protection": {"protection": 0.1, "testimony": 0.8},  # 0.6, and half of what is missing
    "demand_reduction": {"treated": 0.1, "educated": 0.06},
    "dock_control": {"site_visits": 13},
    "warehouse_control": {"site_visits": 6},
    "finishing_raids": {"finishing_raids": 3.5},  # half a raid a year that is there
    "laboratory_raids": {"raids_per_year": 3.4},  # two fifths of one that are there
    "detection_technology": {  # of the 0.15 that a scan misses 0.06 are seen
        "sensitivity": 0.91,
        "penetration": 0.3,
        "false_alarm": 0.5,
        "scan_time": 0.25,
    },
    "standard_procedures": {"crew_found": 0.2, "evenness": 0.4, "integrity": 1.5},
    "integrated_manifests": {"integrated_data": 0.7},
    "operator_compliance": {"certified_trust": 0.5, "operator_reports": 0.15, "posing_fronts": 0.1},
}
"""Levers, with what stands at the places named when the policy works in full: outright, or for capacities and skill as
a factor on what stood there."""
FACTORS = (
    "scans_per_day", "examinations_per_day", "analyst_skill", "legal_wage", "audits_per_year", "integrity",
    "prosecutors", "court_slots", "appeal_slots", "investigators", "laboratory_per_week", "laboratory_days",
    "evidence_loss", "assistance_days", "false_alarm",
)  # fmt: skip
KINDS = sorted(Policy.every())


@pytest.fixture(scope="module")
def controls() -> Controls:
    return SmugglingModel(world(*CHEMISTRY)).base_controls


def policy(kind: str, **fields) -> Policy:
    return Policy.read({"kind": kind, "start": START, **EXAMPLES[kind], **fields})


def moved(before: Controls, after: Controls) -> dict[str, list[int]]:
    """Rows that differ, by lever."""
    gaps = {name: np.flatnonzero(getattr(before, name) != getattr(after, name)).tolist() for name in Controls.levers()}
    return {name: rows for name, rows in gaps.items() if rows}


def place(kind: str, controls: Controls) -> int | list[int]:
    """The row of the example's only place, or those of its two directions between states."""
    if kind == "intelligence_sharing":
        return [2, 6]
    if "states" in EXAMPLES[kind]:
        return controls.states.row("XC")
    if "communities" in EXAMPLES[kind]:
        return controls.communities.sites.index("nordhaven")
    sites = controls.checkpoints
    for sort in ("dock", "warehouse"):
        if kind == f"{sort}_control":
            return sites.row(EXAMPLES[kind][f"{sort}s"][0], sort) - sites.first_site
    if "docks" in EXAMPLES[kind]:
        return controls.communities.sites.index("mangrove_coast")
    if "markets" in EXAMPLES[kind]:
        return controls.markets.index("uplands")
    if "areas" in EXAMPLES[kind]:
        return controls.areas.index("highlands")
    return 0 if "zones" in EXAMPLES[kind] else controls.checkpoints.find(EXAMPLES[kind]["ports"][0], "import")


def test_every_kind_has_an_example_here():
    assert KINDS == sorted(EXAMPLES) == sorted(MOVES), "a new kind says here which levers it moves"


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_in_full_puts_its_levers_where_it_says_and_leaves_all_others(controls, kind):
    after, row = policy(kind).apply(controls, 1.0), place(kind, controls)
    assert moved(controls, after) == {lever: [row] if isinstance(row, int) else row for lever in MOVES[kind]}
    for lever, value in MOVES[kind].items():
        stood = getattr(controls, lever).flat[row] if lever in FACTORS else 1.0
        assert getattr(after, lever).flat[row] == pytest.approx(value * stood)


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_without_strength_moves_nothing(controls, kind):
    assert policy(kind).apply(controls, 0.0).same_as(controls)


@pytest.mark.parametrize("kind", KINDS)
def test_half_the_strength_moves_half_as_far(controls, kind):
    row = place(kind, controls)
    half, whole = (policy(kind).apply(controls, strength) for strength in (0.5, 1.0))
    for lever in MOVES[kind]:
        if lever == "sharing_days":
            continue  # of what is passed on: no shorter for being done more
        stood, there, full = (getattr(each, lever).flat[row] for each in (controls, half, whole))
        assert there - stood == pytest.approx((full - stood) / 2)


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_is_a_function_that_leaves_what_it_was_given_alone(controls, kind):
    before = {name: getattr(controls, name).copy() for name in Controls.levers()}
    first, second = (policy(kind).apply(controls, 1.0) for _ in range(2))
    assert first.same_as(second)
    assert all(np.array_equal(getattr(controls, name), values) for name, values in before.items())


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_counts_from_its_first_day_to_its_last(kind):
    found = policy(kind, end=date(2025, 3, 10))
    strengths = [found.strength(START + timedelta(days=day)) for day in range(-2, 12)]
    assert strengths == [0.0] * 2 + [1.0] * 10 + [0.0] * 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_that_phases_in_rises_evenly_and_stays(kind):
    found = policy(kind, ramp_days=9)
    strengths = [found.strength(START + timedelta(days=day)) for day in range(-1, 12)]
    assert strengths == pytest.approx([0.0, *(step / 10 for step in range(1, 11)), 1.0, 1.0])


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_ends_no_sooner_than_it_starts(kind):
    with pytest.raises(ValueError, match="before it starts"):
        policy(kind, end=date(2025, 2, 28))


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_names_the_places_that_it_speaks_of(kind):
    named = ("ports", "zones", "communities", "docks", "warehouses", "markets", "areas", "states", "partners")
    assert policy(kind).places() == tuple(place for name in named for place in EXAMPLES[kind].get(name, ()))


@pytest.mark.parametrize("kind", KINDS)
def test_in_a_run_levers_stand_as_the_calendar_says(kind):
    model = SmugglingModel(
        world(*CHEMISTRY, days=60).with_policy(kind, start=date(2025, 1, 11), end=date(2025, 1, 20), **EXAMPLES[kind])
    )
    stood = []
    for day in range(30):
        model.day = day
        stood.append(not model.controls_in_force().same_as(model.base_controls))
    assert stood == [False] * 10 + [True] * 10 + [False] * 10


@pytest.mark.parametrize("kind", KINDS)
def test_after_its_last_day_a_policy_leaves_the_world_to_itself(kind):
    """Nothing of it stays but what was learned: the levers stand as before."""
    plan = world(*CHEMISTRY, days=40).with_policy(kind, start=date(2025, 1, 5), end=date(2025, 1, 12), **EXAMPLES[kind])
    model = live(plan)
    assert model.controls_in_force().same_as(model.base_controls)


def test_policies_act_in_the_order_in_which_they_stand(controls):
    """Twice the scanners, then twice again: four times; and a policy sees what those before it did."""
    twice = policy("port_capacity", scans=2)
    row = place("port_capacity", controls)
    after = twice.apply(twice.apply(controls, 1.0), 1.0)
    assert after.scans_per_day[row] == pytest.approx(4 * controls.scans_per_day[row])


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_costs_its_capital_once_and_its_running_cost_by_the_day(kind):
    cost = {"capital_usd": 1_000_000, "running_usd_per_year": 365_250}
    plan = world(*CHEMISTRY, days=30).with_policy(
        kind, start=date(2025, 1, 11), end=date(2025, 1, 20), **EXAMPLES[kind], **cost
    )
    found = live(plan).chronicle.daily["policy_cost_cents"]
    assert found == [0] * 10 + [100_100_000] + [100_000] * 9 + [0] * 10


def test_a_policy_already_in_force_costs_its_capital_on_the_first_day():
    cost = {"capital_usd": 5_000, "running_usd_per_year": 0}
    plan = world(*CHEMISTRY, days=5).with_policy(
        "joint_patrols", start=date(2024, 6, 1), **EXAMPLES["joint_patrols"], **cost
    )
    assert live(plan).chronicle.daily["policy_cost_cents"] == [500_000, 0, 0, 0, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_works_to_its_extent(kind):
    found = policy(kind, ramp_days=1, extent=0.5)
    strengths = [found.strength(START + timedelta(days=day)) for day in range(-1, 3)]
    assert strengths == [0.0, 0.25, 0.5, 0.5]


def test_half_of_a_policy_costs_half_once():
    """The ramp does not lower what it costs, and the extent does so once."""
    cost = {"capital_usd": 1_000_000, "running_usd_per_year": 365_250, "ramp_days": 5, "extent": 0.5}
    plan = world(days=12).with_policy("joint_patrols", start=date(2025, 1, 11), zones=["middle_sea"], **cost)
    assert live(plan).chronicle.daily["policy_cost_cents"] == [0] * 10 + [50_050_000, 50_000]


def test_none_of_every_policy_is_no_policy():
    plan = none = world(*CHEMISTRY, days=40)
    for kind in KINDS:
        none = none.with_policy(kind, start=date(2025, 1, 5), **{**EXAMPLES[kind], "extent": 0})
    assert tables(live(none)) == tables(live(plan))
