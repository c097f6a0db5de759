"""Customs officers learn from what was inspected; inspectors are people, who tire."""

import math
from itertools import pairwise

import numpy as np
import pytest

from sim.actors.customs_officer import CustomsOfficer
from sim.actors.port_inspector import PortInspector
from sim.actors.staff import LEAST_SKILL, MOST_SKILL
from sim.kernels.boxes import CERTAINTY, CHOSEN, POINTS
from sim.kernels.targeting import STRONGEST
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


def week(officer: CustomsOfficer, hits: dict[str, int] | None = None, expected: int = 0, scans: int = 0) -> None:
    """A week at the control: finds by evidence, what the weights expected of it, scans; then the officer's day."""
    model, staff = officer.model, officer.model.staff
    for name, found in (hits or {}).items():
        staff.hits[officer.row, column(officer, name)] += found
        staff.expected[officer.row, column(officer, name)] += expected * CERTAINTY
    staff.scans[officer.row] += scans
    model.day = model.day - model.day % DAYS_PER_WEEK + DAYS_PER_WEEK + officer.weekday
    staff.lead(model.day)


def test_more_finds_than_expected_raise_the_weight_of_the_evidence_and_fewer_lower_it():
    officer = officer_of("customs.learning.rate=0.3", "customs.learning.prior_hits=3", "customs.learning.memory=1")
    at, start = column(officer, CARGO), officer.start.copy()
    week(officer, {CARGO: 2}, expected=1)
    assert officer.weights[at] - start[at] == pytest.approx(0.3 * (2 - 1) / (1 + 3))
    others = np.delete(np.arange(len(start)), at)
    assert np.array_equal(officer.weights[others], start[others])
    week(officer, {CARGO: 0}, expected=7)
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
    staff, at = officer.model.staff, column(officer, CARGO)
    changed = []
    for day in range(21):
        staff.hits[officer.row, at] += 1
        before = officer.weights[at]
        staff.lead(day)
        changed += [day % DAYS_PER_WEEK] if officer.weights[at] != before else []
    assert changed == [officer.weekday] * 3


def test_no_evidence_ever_weighs_more_than_the_strongest():
    """Neither what is believed at the start nor what is learned: beyond, points would not fit their numbers."""
    known = "customs.known_origins={{SOUTH: {0}, rest_of_world: -{0}}}"
    officer = officer_of(known.format(16), "trade.evidence.tip_clean=0", "trade.cargo_classes.fruit.known_risk=-16")
    assert np.abs(officer.start).max() == STRONGEST
    for _ in range(200):
        week(officer, {CARGO: 40})
    assert np.abs(officer.weights).max() <= STRONGEST
    assert np.abs(officer.model.staff.points[officer.row].astype(int)).max() <= STRONGEST * POINTS


def test_the_points_of_a_control_are_its_officers_weights():
    officer = officer_of()
    week(officer, {CARGO: 3})
    assert officer.model.staff.points[officer.row].tolist() == np.rint(officer.weights * POINTS).tolist()


def test_officers_start_with_what_the_scenario_says_they_know():
    officer = officer_of(
        "customs.known_origins={SOUTH: 1.5, XB: -0.5, rest_of_world: 0.25}",
        "trade.cargo_classes.fruit.known_risk=0.75",
        "trade.evidence.tip_clean=0.01",
    )
    told = {name: officer.start[column(officer, name)] for name in officer.model.clearance.evidence.names()}
    assert told["far end XA"] == 1.5  # a country of the south
    assert told["far end XB"] == -0.5
    assert told["far end rest_of_world"] == 0.25
    assert (told[CARGO], told["tip"], told["no tip"]) == (0.75, math.log(0.1 / 0.01), 0.0)
    assert told["seal anomaly none"] == 0.0 < told["seal anomaly slight"] < told["seal anomaly glaring"]
    assert told["shipper certified"] < told["shipper new"]


def test_officers_come_to_suspect_what_they_find():
    """A single way of hiding, behind the doors: seals come to weigh more than manifests, which show nothing."""
    hiding = "commodities.cocaine.concealments={rip_on: {name: Behind the doors, seal_shift: 2.5}}"
    many = ("customs.imports.scan_share=0.3", "customs.exports.scan_share=0.3", "customs.posts={}",
            "customs.imports.tip=0", "customs.exports.tip=0")  # fmt: skip
    model = lived(hiding, *many, days=420)
    names = model.clearance.evidence.names()
    gain = np.mean([officer.weights - officer.start for officer in model.agents_by_type[CustomsOfficer]], axis=0)
    learned = dict(zip(names, gain.tolist(), strict=True))
    assert learned["seal anomaly glaring"] > 0.1
    assert learned["seal anomaly glaring"] > learned["manifest anomaly glaring"]


# People at the screens -----------------------------------------------------------------------------------------------


MANY = ("customs.imports.analysts=400", "customs.posts={}")


def weeks_work(officer: CustomsOfficer, scans: int) -> list[PortInspector]:
    """The inspectors of an officer after a week in which each of them read so many scans a day."""
    everybody = len([each for each in officer.inspectors if each.on_shift]) or len(officer.inspectors)
    week(officer, scans=scans * DAYS_PER_WEEK * everybody)
    return officer.inspectors


def on_duty(scans: int, *settings: str) -> list[PortInspector]:
    staff = weeks_work(officer_of(*MANY, "customs.inspectors.skill_spread=0", *settings), scans)
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
    officer = officer_of(*MANY)
    for _ in range(3):
        staff = weeks_work(officer, 500)
        assert {inspector.fatigue > 0 for inspector in staff if inspector.on_shift} == {True}
        assert {inspector.fatigue for inspector in staff if not inspector.on_shift} == {0.0}


def test_a_week_without_scans_tires_nobody():
    assert {inspector.fatigue for inspector in on_duty(0, "customs.inspectors.scans_when_tired=0")} == {0.0}


def test_the_roster_changes_after_its_weeks_and_holds_the_share_that_the_scenario_names():
    officer = officer_of(*MANY, "customs.inspectors.shift_weeks=3", "customs.inspectors.on_shift=0.25")
    rosters = []
    for number in range(7):
        officer.model.staff.lead(number * DAYS_PER_WEEK + officer.weekday)
        rosters.append([inspector.on_shift for inspector in officer.inspectors])
    assert rosters[0] == rosters[1] == rosters[2] != rosters[3] == rosters[4] == rosters[5] != rosters[6]
    assert abs(sum(rosters[0]) - 100) < 6 * (400 * 0.25 * 0.75) ** 0.5


def test_skills_differ_around_one_and_stay_human():
    skills = [inspector.skill for inspector in officer_of(*MANY, "customs.inspectors.skill_spread=0.3").inspectors]
    assert LEAST_SKILL <= min(skills) < max(skills) <= MOST_SKILL
    assert abs(np.median(skills) - 1.0) < 0.1
    assert {each.skill for each in officer_of("customs.inspectors.skill_spread=0").inspectors} == {1.0}


def test_only_those_whose_day_of_the_week_it_is_lead():
    model = SmugglingModel(world())
    officers = model.agents_by_type[CustomsOfficer]
    at = column(next(iter(officers)), CARGO)
    for day in range(DAYS_PER_WEEK):
        model.staff.hits[:, at] = 1
        before = model.staff.weights[:, at].copy()
        model.staff.lead(day)
        changed = np.flatnonzero(model.staff.weights[:, at] != before)
        assert changed.tolist() == [officer.row for officer in officers if officer.weekday == day]


def test_every_inspector_has_a_place_of_its_own_in_the_columns():
    model = SmugglingModel(world())
    people = [inspector for officer in model.agents_by_type[CustomsOfficer] for inspector in officer.inspectors]
    model.staff.fatigue[:] = np.arange(len(people))
    assert [inspector.fatigue for inspector in people] == list(range(len(people)))
    assert {inspector.row for inspector in people} <= set(range(model.checkpoints.n_ports))


def test_a_control_sees_as_well_as_those_on_duty_there():
    officer = officer_of()
    model, staff = officer.model, officer.inspectors
    week(officer, scans=2000)
    duty = [inspector for inspector in staff if inspector.on_shift] or staff
    assert model.staff.sight[officer.row] == pytest.approx(sum(inspector.sees for inspector in duty) / len(duty))
    rules = model.rules(model.controls_in_force())
    post = model.clearance.posts[officer.row]
    assert rules.alarm_full[officer.row].max() <= float(post.sensitivity) * model.staff.sight[officer.row] + 1e-12


def test_a_control_without_analysts_goes_on():
    """Nobody reads its scans one by one, so that it sees as an average analyst does."""
    model = lived("customs.imports.analysts=0", "customs.exports.analysts=0", "customs.posts={}", days=15)
    assert set(model.staff.sight) == {1.0}


def test_the_days_of_a_week_add_up_until_the_officer_learns():
    model = SmugglingModel(world(days=40))
    scans = np.zeros(len(model.staff.scans), np.int64)
    officers = sorted(model.agents_by_type[CustomsOfficer], key=lambda officer: officer.row)
    while model.day < 40:
        model.step()
        scans += model.chronicle.tally[model.day - 1, :, CHOSEN]
        scans[[officer.row for officer in officers if officer.weekday == (model.day - 1) % 7]] = 0
        assert np.array_equal(model.staff.scans, scans)
    assert scans.any()


def test_scanner_lanes_follow_the_high_risk_containers_from_the_day_after_screening_starts():
    plan = world("customs.imports.high_risk=0.5", days=20).with_policy(
        "high_risk_screening", start="2025-01-11", ports=["nordhaven"], share=1
    )
    model = SmugglingModel(plan)
    clearance, high, lanes = model.clearance, [], []
    row = clearance.checkpoints.row("nordhaven", "import")
    while model.day < 20:
        model.step()
        high.append(clearance.high_risk_mean[row])
        rules = clearance.rules(model.in_force, np.zeros((0, 0), np.int16), np.ones(len(clearance.posts)), model.day)
        lanes.append(int(rules.servers[row]))
    assert np.isnan(high[:10]).all()
    assert lanes[10:] == [math.ceil(mean / clearance.scans_per_lane[row]) for mean in high[10:]]
    assert min(lanes[10:]) > max(lanes[:10])
    assert np.ptp(high[10:]) < 0.2 * max(high[10:])
