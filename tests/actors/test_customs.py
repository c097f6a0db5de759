"""Customs officers learn from what was inspected; inspectors are people, who tire."""

from itertools import pairwise

import numpy as np
import pytest

from sim.actors.customs_officer import STRONGEST, CustomsOfficer
from sim.actors.port_inspector import PortInspector
from sim.kernels.inspection import CERTAINTY, POINTS
from sim.model import SmugglingModel
from sim.terms import DAYS_PER_WEEK
from tests.promises.worlds import lived, world

CARGO = "cargo fruit"


def officer_of(*settings: str) -> CustomsOfficer:
    """The officer of an import control."""
    model = SmugglingModel(world(*settings))
    return next(o for o in model.agents_by_type[CustomsOfficer] if model.checkpoints.kind[o.row] == "import")


def column(officer: CustomsOfficer, name: str) -> int:
    return officer.model.clearance.evidence.names().index(name)


def week(
    officer: CustomsOfficer, hits: dict[str, float] | None = None, expected: float = 0.0, scans: float = 0
) -> None:
    """A week at the control: finds by evidence, what the weights expected of it, scans; then the officer's day."""
    model = officer.model
    for name, found in (hits or {}).items():
        model._week_hits[officer.row, column(officer, name)] += found
        model._week_expected[officer.row, column(officer, name)] += expected * CERTAINTY
    model._week_scans[officer.row] += scans
    model.day = model.day - model.day % DAYS_PER_WEEK + DAYS_PER_WEEK + officer.weekday
    officer.lead()


def test_more_finds_than_expected_raise_the_weight_of_the_evidence_and_fewer_lower_it():
    officer = officer_of("customs.learning.rate=0.3", "customs.learning.prior_hits=3", "customs.learning.memory=1")
    at, start = column(officer, CARGO), officer.start.copy()
    week(officer, {CARGO: 2}, expected=1.0)
    assert officer.weights[at] - start[at] == pytest.approx(0.3 * (2 - 1) / (1 + 3))
    others = np.delete(np.arange(len(start)), at)
    assert np.array_equal(officer.weights[others], start[others])
    week(officer, {CARGO: 0}, expected=7.0)
    assert officer.weights[at] < start[at]


def test_a_quiet_week_teaches_nothing():
    officer = officer_of()
    week(officer, scans=500)
    assert np.array_equal(officer.weights, officer.start)


def test_what_was_learned_drifts_back_to_the_starting_weight_when_nothing_confirms_it():
    officer = officer_of("customs.learning.memory=0.9")
    at = column(officer, CARGO)
    week(officer, {CARGO: 5})
    learned = [officer.weights[at] - officer.start[at]]
    for _ in range(3):
        week(officer)
        learned.append(officer.weights[at] - officer.start[at])
    assert learned[0] > 0.2
    assert [later / earlier for earlier, later in pairwise(learned)] == pytest.approx([0.9] * 3)


def test_an_officer_learns_once_a_week():
    officer = officer_of()
    model, at = officer.model, column(officer, CARGO)
    changed = []
    for day in range(21):
        model.day = day
        model._week_hits[officer.row, at] += 1
        before = officer.weights[at]
        officer.lead()
        changed += [day % DAYS_PER_WEEK] if officer.weights[at] != before else []
    assert changed == [officer.weekday] * 3


def test_no_evidence_ever_weighs_more_than_the_strongest():
    """Neither what is believed at the start nor what is learned: beyond, points would not fit their numbers."""
    known = "customs.known_origins={{SOUTH: {0}, rest_of_world: -{0}}}"
    officer = officer_of(known.format(16), "trade.evidence.tip_points=16", "trade.cargo_classes.fruit.known_risk=-16")
    assert np.abs(officer.start).max() == STRONGEST
    for _ in range(200):
        week(officer, {CARGO: 40})
    assert np.abs(officer.weights).max() <= STRONGEST
    assert np.abs(officer.model.points[officer.row].astype(int)).max() <= STRONGEST * POINTS


def test_the_points_of_a_control_are_its_officers_weights():
    officer = officer_of()
    week(officer, {CARGO: 3})
    assert officer.model.points[officer.row].tolist() == np.rint(officer.weights * POINTS).tolist()


def test_officers_start_with_what_the_scenario_says_they_know():
    officer = officer_of(
        "customs.known_origins={SOUTH: 1.5, XB: -0.5, rest_of_world: 0.25}",
        "trade.cargo_classes.fruit.known_risk=0.75",
        "trade.evidence.tip_points=4",
    )
    told = {name: officer.start[column(officer, name)] for name in officer.model.clearance.evidence.names()}
    assert told["far end XA"] == 1.5  # a country of the south
    assert told["far end XB"] == -0.5
    assert told["far end rest_of_world"] == 0.25
    assert (told[CARGO], told["tip"], told["no tip"]) == (0.75, 4.0, 0.0)
    assert told["seal anomaly none"] == 0.0 < told["seal anomaly slight"] < told["seal anomaly glaring"]
    assert told["shipper certified"] < told["shipper new"]


def test_officers_come_to_suspect_what_they_find():
    """A single way of hiding, behind the doors: seals come to weigh more than manifests, which show nothing."""
    hiding = "commodities.cocaine.concealments={rip_on: {name: Behind the doors, seal_shift: 2.5}}"
    many = ("customs.imports.scan_share=0.3", "customs.exports.scan_share=0.3", "customs.posts={}",
            "customs.imports.tip=0", "customs.exports.tip=0")  # fmt: skip
    model = lived(hiding, *many, days=300)
    names = model.clearance.evidence.names()
    gain = np.mean([officer.weights - officer.start for officer in model.agents_by_type[CustomsOfficer]], axis=0)
    learned = dict(zip(names, gain.tolist(), strict=True))
    assert learned["seal anomaly glaring"] > 0.1
    assert learned["seal anomaly glaring"] > learned["manifest anomaly glaring"]


# People at the screens -----------------------------------------------------------------------------------------------


def inspectors(count: int = 400, *settings: str) -> list[PortInspector]:
    model = SmugglingModel(world(*settings))
    return [PortInspector(model, 0, number, model.plan.customs.inspectors) for number in range(count)]


def on_duty(scans: float, *settings: str) -> list[PortInspector]:
    staff = inspectors(400, "customs.inspectors.skill_spread=0", *settings)
    for inspector in staff:
        inspector.work(scans)
    return [inspector for inspector in staff if inspector.on_shift]


def test_tired_inspectors_see_less():
    seen = [on_duty(scans)[0].sees for scans in (0, 30, 120, 1000)]
    assert seen == sorted(seen, reverse=True)
    assert seen[0] == 1.0
    assert len(set(seen)) == 4


def test_fatigue_is_half_of_its_greatest_at_the_scans_that_the_scenario_names():
    settings = ("customs.inspectors.fatigue_loss=0.2", "customs.inspectors.scans_when_tired=150")
    assert on_duty(150, *settings)[0].sees == pytest.approx(0.9)
    assert on_duty(1e9, *settings)[0].sees == pytest.approx(0.8)


def test_a_week_off_the_roster_is_a_rest():
    staff = inspectors(400)
    for inspector in staff:
        inspector.work(500)
    assert {inspector.fatigue > 0 for inspector in staff if inspector.on_shift} == {True}
    assert {inspector.fatigue for inspector in staff if not inspector.on_shift} == {0.0}


def test_the_roster_changes_after_its_weeks_and_holds_the_share_that_the_scenario_names():
    staff = inspectors(400, "customs.inspectors.shift_weeks=3", "customs.inspectors.on_shift=0.25")
    rosters = []
    for number in range(7):
        staff[0].model.day = number * DAYS_PER_WEEK
        for inspector in staff:
            inspector.work(0)
        rosters.append([inspector.on_shift for inspector in staff])
    assert rosters[0] == rosters[1] == rosters[2] != rosters[3] == rosters[4] == rosters[5] != rosters[6]
    assert abs(sum(rosters[0]) - 100) < 6 * (400 * 0.25 * 0.75) ** 0.5


def test_skills_differ_around_one_and_stay_human():
    skills = [inspector.skill for inspector in inspectors(400, "customs.inspectors.skill_spread=0.3")]
    assert 0.5 <= min(skills) < max(skills) <= 1.3
    assert abs(np.median(skills) - 1.0) < 0.1
    assert {inspector.skill for inspector in inspectors(9, "customs.inspectors.skill_spread=0")} == {1.0}


def test_a_control_sees_as_well_as_those_on_duty_there():
    officer = officer_of()
    model, staff = officer.model, officer.inspectors
    week(officer, scans=2000)
    duty = [inspector for inspector in staff if inspector.on_shift] or staff
    assert model.skill[officer.row] == pytest.approx(sum(inspector.sees for inspector in duty) / len(duty))
    rules = model.rules(model.controls_in_force())
    post = model.clearance.posts[officer.row]
    assert rules.alarm_full[officer.row].max() <= float(post.sensitivity) * model.skill[officer.row] + 1e-12


def test_a_control_without_analysts_goes_on():
    """Nobody reads its scans one by one, so that it sees as an average analyst does."""
    model = lived("customs.imports.analysts=0", "customs.exports.analysts=0", "customs.posts={}", days=15)
    assert set(model.skill) == {1.0}
