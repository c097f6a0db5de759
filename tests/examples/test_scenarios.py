"""Every shipped scenario is valid and can be told back; those that stand by themselves live through ten days with their
books in order."""

import pytest

import sim
from sim.scenario.shipped import policies, shipped

SCENARIOS = sorted(shipped())
POLICIES = sorted(policies())


def test_there_are_scenarios_to_look_at():
    assert {"latam_europe", "two_coasts"} <= set(SCENARIOS)


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_scenario_asks_about_the_policy_that_it_is_called_after(name):
    scenario = sim.load(name)

    assert scenario.title.endswith("?")
    assert [f"policies/{policy.kind}" for policy in scenario.policies] == [name]
    assert len(policies()[name].read_text(encoding="utf-8").splitlines()) <= 25  # read within a minute


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
