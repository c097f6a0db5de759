"""Every shipped scenario is valid, can be told back, and lives through ten days with its books in order."""

import pytest

import sim
from sim.scenario.shipped import shipped

SCENARIOS = sorted(shipped())


def test_there_are_scenarios_to_look_at():
    assert {"latam_europe", "two_coasts"} <= set(SCENARIOS)


@pytest.mark.parametrize("name", SCENARIOS)
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
