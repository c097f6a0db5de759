"""Portfolios: the mixes of policies that none other beats under a budget."""

import itertools
import json
import sys

import numpy as np
import pytest

import sim
from sim.cli import main
from sim.report.portfolio_command import facts, told, write
from sim.study.futures import nominal
from sim.study.mixes import Mixes, Store, mixed, passport
from sim.study.portfolio import judged, on_front, portfolio, result, unbeaten
from sim.study.sealed import ResultsError
from sim.study.search import GENERATION, at_most, corners

BUDGET = 2_500_000
GOALS = ("delivered_kg", "policy_cost_usd")
SETTINGS = (
    "policies=["
    "{kind: high_risk_screening, name: screening, start: 2025-01-11, ports: [nordhaven], share: 0.9,"
    " capital_usd: 1500000, running_usd_per_year: 1000000},"
    "{kind: joint_patrols, name: patrols, start: 2025-01-11, zones: [middle_sea], units: 8,"
    " capital_usd: 1000000, running_usd_per_year: 1000000},"
    "{kind: border_integrity, name: watch, start: 2025-01-11, docks: [mangrove_coast],"
    " capital_usd: 800000, running_usd_per_year: 1000000}]",
)


def plan(days: int = 60):
    return sim.load("two_coasts", days=days, sets=SETTINGS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("mixes") / "kept"


@pytest.fixture(scope="module")
def truth(folder):
    """All 27 mixes in two futures that differ by luck."""
    world, futures = plan(), nominal(plan(), 2)
    known = Mixes(futures, 2, "thinned", store=Store.open(folder, passport(world, futures, 2, "thinned")))
    known.live(itertools.product(range(3), repeat=3))
    return result(world, known, BUDGET, GOALS, "mean", world.seed)


def searched(folder, **more):
    return portfolio(plan(), **{"budget_usd": BUDGET, "futures": 2, "nominal": True, "folder": folder, **more})


def extents(found, of=None):
    table = found.mixes if of is None else of
    return [tuple(found.extents(int(number)).values()) for number in table.index]


def test_the_front_that_is_found_is_that_of_all_mixes(truth, folder):
    found = searched(folder, evaluations=200)
    assert len(truth.mixes) == 27
    assert 2 <= len(truth.front) < 27
    assert extents(found, found.front) == extents(truth, truth.front)


def test_the_front_is_that_of_pairwise_comparison_within_the_budget(truth):
    table = truth.mixes
    kg, usd = table["delivered_kg_mean"], table["policy_cost_usd_mean"]
    within = [number for number in table.index if usd[number] <= BUDGET]
    assert 0 < len(within) < 27
    for number in table.index:
        beaten = any(
            kg[other] <= kg[number]
            and usd[other] <= usd[number]
            and (kg[other], usd[other]) != (kg[number], usd[number])
            for other in within
        )
        assert table["front"][number] == (number in within and not beaten)


def test_costs_are_in_proportion_to_extents_and_changes_are_paired(truth):
    row = {mix: truth.mixes.loc[number] for number, mix in zip(truth.mixes.index, extents(truth), strict=True)}
    whole = row[1.0, 0.0, 0.0]["policy_cost_usd_mean"]
    assert whole == pytest.approx(1_500_000 + 50 * 1_000_000 / 365.25)
    assert row[0.5, 0.0, 0.0]["policy_cost_usd_mean"] == pytest.approx(whole / 2, abs=1)
    kg = {
        number: truth.runs.query("mix == @number")["delivered_kg"].to_numpy()
        for number in (0, extents(truth).index((1.0, 1.0, 1.0)))
    }
    nothing, everything = kg.values()
    assert row[1.0, 1.0, 1.0]["delivered_kg_change"] == pytest.approx(np.mean(everything - nothing))
    assert row[1.0, 1.0, 1.0]["delivered_kg_worst"] == everything.max()


def test_a_mix_is_the_scenario_with_so_much_of_each_policy():
    found = mixed(plan(), (2, 0, 1), 2)
    assert [(policy.called, policy.extent) for policy in found.policies] == [("screening", 1.0), ("watch", 0.5)]
    assert mixed(plan(), (2, 2, 2), 2) == plan()


def test_a_search_goes_on_where_it_was_broken_off(truth, folder, tmp_path):
    """Parts that are gone are lived again, and come to the same."""
    gone = sorted((folder / "parts" / "0001").iterdir())[3:6]
    kept = [part.read_bytes() for part in gone]
    for part in gone:
        part.unlink()
    found = searched(folder, evaluations=200)
    assert extents(found, found.front) == extents(truth, truth.front)
    known = Mixes(nominal(plan(), 2), 2, "thinned", store=Store(folder))
    known.live(itertools.product(range(3), repeat=3))
    assert [part.read_bytes() for part in gone] == kept
    with pytest.raises(ResultsError, match="holds another portfolio"):
        searched(folder, steps=3)
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(ResultsError, match="is no portfolio"):
        searched(tmp_path)


def test_the_same_search_finds_the_same_with_any_number_of_processes():
    one, two = (
        portfolio(plan(days=30), budget_usd=BUDGET, futures=2, evaluations=8, population=8, jobs=jobs)
        for jobs in (1, 2)
    )
    assert one.mixes.equals(two.mixes)
    assert one.runs.equals(two.runs)
    assert len({future.scenario.customs.imports.scan_share for future in one.futures}) == 1  # given without a range
    assert len({float(future.scenario.commodities["cocaine"].demand) for future in one.futures}) == 2


def test_a_budget_for_nothing_buys_nothing(folder, truth):
    found = searched(folder, budget_usd=1.0)
    assert extents(found, found.front) == [(0.0, 0.0, 0.0)]


def test_what_none_other_beats():
    values = np.array([[1.0, 5.0], [2.0, 4.0], [2.0, 5.0], [1.0, 5.0], [9.0, 1.0]])
    assert unbeaten(values) == [True, True, False, True, True]
    cost = np.array([1.0, 9.0, 1.0, 1.0, 1.0])
    assert on_front(values, cost, 5.0).tolist() == [True, False, False, True, True]


def test_mixes_are_judged_by_the_mean_or_the_worst_and_what_is_unknown_is_worse_than_all():
    values = np.array([1.0, np.nan, 5.0])
    assert judged(values[::2], "delivered_kg", "mean") == 3.0
    assert judged(values[::2], "delivered_kg", "worst") == 5.0
    assert judged(values[::2], "seized_kg", "worst") == 1.0
    for robust in ("mean", "worst"):
        assert judged(values, "delivered_kg", robust) == np.inf
        assert judged(values, "seized_kg", robust) == -np.inf
        assert judged(values[:0], "delivered_kg", robust) == np.inf


def made_up(*days):
    """Mixes of one policy, nothing to all of it, with so many days to a judgment in four futures, for 1 USD a step."""
    world = plan().model_copy(update={"policies": plan().policies[:1]})
    known = Mixes(nominal(world, 4), 2, "thinned")
    for step, row in enumerate(days):
        known.known[step,] = tuple({"judgment_days_median": each, "policy_cost_usd": 1.0 * step} for each in row)
    return result(world, known, BUDGET, ("judgment_days_median", "policy_cost_usd"), "mean", 1)


def test_a_mix_that_makes_a_statistic_disappear_is_not_the_best_in_it(tmp_path):
    """By the two futures in which the second still has a judgment it would be the quickest."""
    found = made_up((500.0, 500.0, 2000.0, np.nan), (490.0, 490.0, np.nan, np.nan), (480.0, 480.0, 1500.0, 9000.0))
    assert extents(found, found.front) == [(0.0,), (1.0,)]
    assert found.mixes["judgment_days_median_mean"].tolist() == pytest.approx([1000.0, np.nan, 820.0], nan_ok=True)
    assert found.mixes["judgment_days_median_change"].tolist() == pytest.approx([0.0, np.nan, -180.0], nan_ok=True)
    assert found.mixes["judgment_days_median_worst"].tolist() == pytest.approx([2000.0, np.nan, 1500.0], nan_ok=True)
    assert found.counting("judgment_days_median") == 3
    assert "judgment_days_median: 1 of 4 futures do not count" in "\n".join(told(found))
    assert json.loads(json.dumps(facts(found), allow_nan=False))["counting"]["judgment_days_median"] == 3
    write(found, tmp_path)


def test_a_goal_that_is_nowhere_known_parts_no_mixes(tmp_path):
    found = made_up(*[[np.nan] * 4] * 3)
    assert extents(found, found.front) == [(0.0,)]
    assert found.counting("judgment_days_median") == 0
    write(found, tmp_path)


def test_the_first_mixes_are_nothing_everything_and_each_policy_alone():
    assert corners(2, 3) == [(0, 0), (3, 3), (3, 0), (0, 3)]


def test_whole_generations_are_asked_for_and_it_is_known_how_many_worlds_that_is_at_most():
    told = []
    found = portfolio(plan(days=15), budget_usd=BUDGET, nominal=True, futures=2, evaluations=4, progress=told.append)
    assert 4 < len(found.mixes) <= at_most(4, 3, 2) == GENERATION + 3
    assert max(told) == 2 * len(found.mixes)
    assert at_most(200, 3, 2) == 27, "there are no more"
    assert at_most(21, 19, 2) == 2 * GENERATION + 1, "one policy more than a generation has alone"


def test_the_front_is_told_in_words_tables_and_a_figure(truth, tmp_path):
    write(truth, tmp_path)
    assert (tmp_path / "front.svg").read_text().startswith("<?xml")
    assert len((tmp_path / "mixes.csv").read_text().splitlines()) == 28
    text = "\n".join(told(truth))
    assert f"{len(truth.front)} of 27 mixes" in text
    assert "nothing" in text
    assert "luck alone" in text


WRONG = {
    "no policies to mix": ["--set", "policies=[]", "--budget", "5"],
    "buys nothing": ["--budget", "0"],
    "is no goal; did you mean delivered_kg": ["--budget", "5", "--goal", "delivered"],
    "none cross the sea in this scenario. Leave it out of the goals": ["--budget", "5", "--goal", "people_lost"],
    "give each goal once": ["--budget", "5", "--goal", "seized_kg", "--goal", "seized_kg"],
    "Missing option '--budget'": [],
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_searched_is_told_with_a_way_out(wrong, capsys):
    assert main(["portfolio", "two_coasts", *WRONG[wrong]]) == 2
    assert wrong in capsys.readouterr().err


NO_SEARCH = {
    "mixes cannot be judged by median; give one of mean, worst": {"robust": "median"},
    "steps of 0 are none; give at least 1": {"steps": 0},
    "futures of 0 are none; give at least 1": {"futures": 0},
    "evaluations of 0 are none; give at least 1": {"evaluations": 0},
}


@pytest.mark.parametrize("wrong", NO_SEARCH)
def test_what_is_no_way_to_search_is_refused_in_a_notebook_too(wrong):
    with pytest.raises(ValueError, match=wrong):
        sim.portfolio(plan(20), **{"budget_usd": BUDGET, "nominal": True, "futures": 2, **NO_SEARCH[wrong]})


def test_a_missing_optimiser_is_told_with_how_to_install_it(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ema_workbench", None)
    assert main(["portfolio", "two_coasts", "--budget", "5"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["portfolio", "two_coasts", "--budget", "5"]) == 1
    assert "pip install 'chokepoint[analysis]'" in capsys.readouterr().err


def test_the_command_tells_all_in_json(capsys):
    short = ["--days", "20", "--set", SETTINGS[0], "--futures", "2", "--nominal", "--evaluations", "4"]
    assert main(["portfolio", "two_coasts", "--budget", "5000000", *short, "--json", "--quiet"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["budget_usd"] == 5_000_000
    assert {"screening": 0.0, "patrols": 0.0, "watch": 0.0} in [mix["extents"] for mix in found["mixes"]]
    assert any(mix["front"] for mix in found["mixes"])
