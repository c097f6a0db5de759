"""Every shipped scenario is valid and can be told back; those that stand by themselves live through ten days with their
books in order."""

import pytest

import sim
from sim.policies.policy import Policy
from sim.scenario.shipped import policies, shipped

SCENARIOS = sorted(shipped())
POLICIES = sorted(policies())


def test_there_are_scenarios_to_look_at():
    assert {"latam_europe", "two_coasts"} <= set(SCENARIOS)


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_scenario_asks_a_question_that_is_read_within_a_minute(name):
    assert sim.load(name).title.endswith("?")
    assert len(policies()[name].read_text(encoding="utf-8").splitlines()) <= 33


def test_every_kind_of_policy_has_a_scenario_that_asks_about_it():
    kinds = {kind for kind, noun in Policy.every().items() if noun.__module__.startswith("sim.policies")}
    assert {f"policies/{kind}" for kind in kinds} <= set(POLICIES)
    for kind in kinds:
        assert kind in {policy.kind for policy in sim.load(f"policies/{kind}").policies}


@pytest.mark.parametrize("name", SCENARIOS + POLICIES)
def test_it_is_told_back_with_its_question(name):
    scenario = sim.load(name)

    told = " ".join(sim.describe(scenario).split())

    assert scenario.title in told
    assert " ".join(scenario.question.split()) in told


@pytest.mark.parametrize("name", SCENARIOS)
def test_it_lives_through_ten_days(name, tmp_path):
    results = sim.run(sim.load(name, days=10), tmp_path / "run")

    assert results.kpis["simulated_days"] == 10
    assert results.kpis["dispatched_kg"] > 0
    assert results.disagreements() == []
