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


@pytest.mark.parametrize(("name", "terms", "times"), [
    ("laboratory_raids", "laboratories", (16, "sixteen times as often")),
    ("finishing_raids", "finishing", (13, "thirteen times as often")),
])  # fmt: skip
def test_a_question_on_raids_says_how_much_oftener_they_come(name, terms, times):
    scenario = sim.load(f"policies/{name}")
    (policy,), there = scenario.policies, getattr(scenario.commodities["cocaine"], terms).raids_per_year
    assert (1 + policy.per_year / there, times[1] in scenario.question) == (pytest.approx(times[0]), True)


def test_a_question_names_whom_the_policy_reaches_and_nobody_else():
    coasts = sim.load("policies/livelihoods")
    reached = {coasts.geography.docks[name].country for name in coasts.policies[0].communities}
    countries = {"CO": "Colombia", "VE": "Venezuela", "BR": "Brazil", "EC": "Ecuador", "SR": "Suriname"}
    assert {code for code, name in countries.items() if name in coasts.question} == reached
    assert "port workers in northern Europe" in " ".join(sim.load("policies/prevention").question.split())
    assert "customs" not in sim.load("policies/academy").question, "an academy trains investigators alone"


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
