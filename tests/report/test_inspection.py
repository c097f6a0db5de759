"""The public report on inspection, and what an evaluator needs: by hand, and on made-up runs."""

import math
from types import SimpleNamespace

import pandas as pd
import pytest
from scipy import stats

import sim
from sim.report import evaluation, inspection, money
from sim.report.page import build
from sim.report.words import number
from sim.study.compare import Asked
from sim.study.results import ResultsError
from tests.report import made_up
from tests.report.test_page import words


def test_intervals_of_rates_are_those_of_poisson_counts():
    for events in (1, 7, 200):
        low, high = stats.chi2.ppf(0.025, 2 * events) / 2, stats.chi2.ppf(0.975, 2 * events + 2) / 2
        found = inspection.rate(events, 1000.0)
        assert found == pytest.approx((events, low, high), rel=0.005, abs=0.1)
    assert inspection.rate(0, 1000.0)[:2] == (0.0, 0.0)


def test_groups_of_the_made_up_run_are_added_up(results):
    found = inspection.by_group(results, "origin")
    assert found["opened"].to_dict() == {"rest_of_world": 60, "EC": 120}
    assert inspection.spread(results, "origin")["ratio"].value == pytest.approx(2 * 0.6 / 0.4)
    assert math.isinf(inspection.spread(results, "origin")["gini"].high)  # two months are too few


def test_cards_of_the_public_report_count_the_containers_that_it_speaks_of(tmp_path):
    """A find is no opening of a legal container, so that openings in all are more than those of legal ones."""
    run = sim.run(sim.load("two_coasts", days=60), tmp_path / "run")
    section = inspection.section(run, inspection.opened_by_group(run))
    cards = {card.label: card for card in section.cards}
    assert cards["opened by hand"].value == number(run.kpis["opened_per_1000"])
    assert cards["false alarms"].value == number(run.kpis["false_alarms_per_1000"])
    finds, searched = run.kpis["hits"], run.kpis["boxes_examined"]
    assert cards["finds per 100 opened"].value == number(100.0 * finds / searched)
    assert cards["finds per 100 opened"].more == f"{finds} finds in all {searched} opened"
    assert run.oversight["opened"].sum() / 2 < searched
    told = float(cards["containers scanned"].more.split(" ")[0].replace(",", ""))
    assert told < run.kpis["boxes_scanned"]


def test_rules_of_single_states_are_told_by_what_they_change(results):
    caps = "oversight={most_opened: 0.01, period_days: 90, at: {XB: {most_scanned: 0.05}, XC: {most_opened: null}}}"
    run = SimpleNamespace(scenario=sim.load("two_coasts", sets=[caps]), oversight=results.oversight)
    told = inspection.told(run)[1].replace("\u00a0", " ")
    assert told.startswith(
        "By rule at most 1.0 % of the containers of 90 days may be opened; "
        "5.0 % of the containers may be scanned in XB. No cap holds on those opened in XC."
    )


def test_a_public_report_of_no_container_has_no_cards(calm, tmp_path):
    made = made_up.tables(40, policies=False)
    made["oversight"] = {name: [] for name in made["oversight"]}
    run = made_up.run(tmp_path / "run", days=40, policies=False, tables=made)
    assert not inspection.section(run, inspection.opened_by_group(calm)).cards


def test_the_least_detectable_difference_is_found_in_eight_of_ten():
    base, other = [0.0] * 16, [1.0, -1.0] * 8
    deviation = math.sqrt(16 / 15)
    found = evaluation.detectable(base, other)
    assert found == pytest.approx((stats.t.ppf(0.975, 15) + stats.t.ppf(0.8, 15)) * deviation / 4)
    assert evaluation.detectable(base[:2], other[:2]) is None
    assert evaluation.detectable(base, [1.0] * 16) is None


def kept_beside(folder, scenario, *others):
    """A folder of a comparison of a scenario without its policies and of others, six replicates of each."""
    names = ("no policy", *(f"patrols {number}" for number, _ in enumerate(others, start=1)))
    Asked((scenario.without_policies(), *others), names, "thinned").store(folder)
    rows = [
        {"world": world, "replicate": number, "seized_kg": 100.0 + number + 7 * place * (number % 3)}
        for place, world in enumerate(names)
        for number in range(6)
    ]
    pd.DataFrame(rows).to_csv(folder / "runs.csv", index=False)
    return folder


def test_a_comparison_gives_baselines_and_detectable_effects(results, tmp_path):
    with pytest.raises(ResultsError, match=r"runs\.csv"):
        build(results, tmp_path)
    told = words(build(results, kept_beside(tmp_path / "study", results.scenario, results.scenario)))
    assert "baseline: no policy detectable: patrols 1" in told
    assert "6 pairs of runs" in told


def test_a_comparison_of_another_scenario_is_refused_with_both_named(results, tmp_path):
    other = results.scenario.replaced(days=300, title="Screening in the South", policies=())
    study = kept_beside(tmp_path / "study", other, other)
    with pytest.raises(ResultsError, match=r"they differ in days; compare the policies of the run, ") as refused:
        build(results, study)
    said = str(refused.value)
    assert said.startswith(f"{study}: is a comparison of “Screening in the South”, and {results.folder} a run of “")
    assert f"chokepoint compare {results.folder / 'scenario.yaml'} --out DIR" in said


def test_a_comparison_of_the_same_scenario_may_have_other_policies_and_other_luck(results, tmp_path):
    other = results.scenario.replaced(seed=99, title="Another title")
    assert len(evaluation.comparison(kept_beside(tmp_path / "study", other, other), results)) == 12


def test_totals_of_a_run_with_policies_are_no_baseline(results, calm):
    heads = [evaluation.section(run, None).tables[0].head[-1] for run in (results, calm)]
    assert heads == ["this run, with its policies", "baseline: this run"]
    assert "no baseline without the policies" in " ".join(evaluation.section(results, None).told)


@pytest.mark.parametrize("run", ["results", "calm", "idle"])
def test_every_run_has_a_public_report_and_a_page_for_evaluators(run, page_of):
    told = words(page_of(run))
    assert "Inspection of legal trade: the public report" in told
    assert "For an independent evaluation" in told
    assert "nan" not in told.lower().split()


@pytest.mark.parametrize("run", ["results", "idle"])
def test_every_run_tells_of_money(run, page_of):
    told = words(page_of(run))
    assert "Nothing was paid for any delivery." in told
    assert "Proceeds frozen, confiscated and given back" in told


PAID = {"proceeds_usd": 1e6, "brokers_exposed": 0, "brokers_closed": 0}


@pytest.mark.parametrize(("name", "published"), [("latam_europe", 1), ("two_coasts", 0), ("world_trade", 0)])
def test_shares_that_are_published_for_europe_are_told_of_runs_to_europe_alone(name, published):
    run = SimpleNamespace(kpis=PAID, scenario=sim.load(name))
    told = " ".join(money.told(run))
    assert told.count("2.2\u00a0% frozen and 1.1\u00a0% confiscated (Europol 2016)") == published
    assert told.count("Europol") == published
