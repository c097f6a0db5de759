"""Rankings under other rules and values: who is best there, and whether that differs."""

import json
import math

import pandas as pd
import pytest

import sim
from sim.cli import main
from sim.report.flips import flips
from sim.study import compare_command
from sim.study.compare import compare
from sim.study.compare_command import write_rankings
from sim.study.compared import futures_told, rules_told
from sim.study.effects import NoRanking
from sim.study.rankings import TABLES, Rankings, kept, rankings, restricted, under_rule

DAYS = 60
WORLDS = {"none": (), "scan": ("scan",), "both": ("scan", "sail")}


@pytest.fixture(scope="module")
def scenario():
    plan = sim.load("two_coasts", days=DAYS).without_policies()
    plan = plan.with_policy("high_risk_screening", name="scan", ports=["nordhaven"], start="2025-01-10")
    return plan.with_policy("joint_patrols", name="sail", zones=["middle_sea"], start="2025-01-10")


def test_a_world_has_the_policies_that_are_named_in_the_order_of_the_scenario(scenario):
    assert [policy.called for policy in restricted(scenario, ("sail", "scan")).policies] == ["scan", "sail"]
    assert restricted(scenario, ()).policies == ()


def test_under_a_rule_all_organisations_choose_by_it(scenario):
    assert {group.behaviour.kind for group in under_rule(scenario, "logit").organisations.values()} == {"logit"}


def test_a_ranking_under_a_rule_is_the_comparison_under_it(scenario):
    found = rankings(scenario, WORLDS, rules=("logit", "deterrence"), replicates=2)
    plan = under_rule(scenario, "logit")
    alone = compare(*(restricted(plan, names) for names in WORLDS.values()), names=list(WORLDS), replicates=2)
    assert found.by_rule["logit"].runs.equals(alone.runs)
    table = found.rules()
    assert list(table.index) == ["logit", "deterrence"]
    assert table.loc["logit", "both"] == alone.effects("both", ["delivered_kg"])[0].difference
    assert found.futures().empty


def test_futures_are_lived_once_with_values_of_their_own_and_the_same_in_all_worlds(scenario):
    one = rankings(scenario, WORLDS, "dispatched_kg", count=2)
    assert one.by_future["none"].nunique() == 2
    shares = one.futures()["best_share"]
    assert shares.sum() == pytest.approx(1.0)
    assert one.futures().loc["none", "mean_change"] == 0.0


def of(by_rule, futures=()):
    rows = pd.DataFrame(futures, columns=["none", "scan"])
    return Rankings("delivered_kg", "less", ("none", "scan"), by_rule, rows, ())


class Ranked:
    """A comparison of which only the ranking is asked."""

    replicates = 2

    def __init__(self, best, chance):
        self.best, self.chance = best, chance

    def ranking(self, measure, goal):
        return pd.DataFrame({"chance_best": [self.chance]}, index=[self.best])

    def effects(self, name, measures):
        return [type("Effect", (), {"difference": 0.0})]


def test_a_flip_is_another_best_beyond_doubt():
    rules = {"first": Ranked("scan", 0.6), "sure": Ranked("none", 0.97), "unsure": Ranked("none", 0.8)}
    assert of(rules).flips() == ["sure"]
    assert of({}).flips() == []


def test_the_best_of_futures_share_what_they_tie_in():
    table = of({}, [[10, 9], [10, 10], [10, 12], [10, 5]]).futures()
    assert table["best_share"].tolist() == [0.375, 0.625]
    assert table.loc["scan", ["mean_change", "lowest", "highest"]].tolist() == [-1.0, -5.0, 2.0]
    assert not math.isnan(table.loc["none", "lowest"])


def test_worlds_that_are_all_alike_have_no_best(tmp_path):
    again = of({"first": Ranked("none", 0.5)}, [[10, 10], [7, 7]])
    assert "  first                     all worlds alike; scan 0" in rules_told(again)
    assert any("in 2 of them all worlds come to the same" in line for line in futures_told(again))
    write_rankings(again, tmp_path)
    page = flips(tmp_path, "delivered_kg")
    assert page.told[1].endswith("all worlds come to the same: no policy changes anything there.")
    assert page.tables[0].rows[0][:3] == ["first", "all alike", "–"]
    assert page.told[0] == "Under first all worlds come to the same, so that none is the best."
    write_rankings(of({}, [[10, 10], [7, 5]]), tmp_path)
    assert "in 1 of them all worlds come to the same" in flips(tmp_path, "delivered_kg").told[1]


def test_futures_in_which_some_world_has_no_value_count_for_none_and_are_told(tmp_path):
    again = of({}, [[10, 9], [math.nan, 9], [12, 9], [7, math.nan]])
    table = again.futures()
    assert table["best_share"].tolist() == [0.0, 1.0]
    assert table.loc["scan"].tolist() == [1.0, -2.0, -3.0, -1.0]
    assert futures_told(again)[-1] == "  2 of 4 futures do not count: some world has no delivered_kg there"
    write_rankings(again, tmp_path)
    page = flips(tmp_path, "delivered_kg")
    assert page.told[0].startswith("In 2 of 4 futures some world has no delivered kg; they do not count. In 2 futures,")


def test_where_no_future_counts_there_is_no_ranking(tmp_path):
    again = of({}, [[10, math.nan], [math.nan, 9]])
    assert again.futures().isna().all(axis=None)
    assert futures_told(again)[-1] == "no ranking in futures: in none of 2 have all worlds a value of delivered_kg"
    write_rankings(again, tmp_path)
    page = flips(tmp_path, "delivered_kg")
    assert page.told[0].startswith("In none of 2 futures have all worlds a value of delivered kg")
    assert not page.tables


class Unranked(Ranked):
    """A comparison of which some replicate has no value of the total."""

    def ranking(self, measure, goal):
        raise NoRanking("the total to rank by has no value in some replicate")


ASKED = ["compare", "two_coasts", "--days", "95", "--replicates", "2", "--quiet"]


def test_a_rule_without_a_ranking_is_told_in_one_line_by_its_name(monkeypatch, capsys):
    monkeypatch.setattr(compare_command, "rankings", lambda *_, **__: of({"first": Unranked("scan", 0.5)}))
    for more in ([], ["--json"]):
        assert main([*ASKED, *more]) == 1
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err == "chokepoint: under first the total to rank by has no value in some replicate\n"


def test_what_has_no_value_is_null_in_json(monkeypatch, capsys):
    monkeypatch.setattr(compare_command, "rankings", lambda *_, **__: of({}, [[10, math.nan]]))
    assert main([*ASKED, "--json"]) == 0
    found = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert found["futures"]["scan"] == dict.fromkeys(("best_share", "mean_change", "lowest", "highest"))
    assert found["futures_that_do_not_count"] == 1


def test_rankings_of_an_earlier_command_are_told_by_the_total_that_they_were_made_by(tmp_path):
    write_rankings(of({"first": Ranked("scan", 0.6)}, [[10, 9], [10, 12]]), tmp_path)
    assert flips(tmp_path, "seized_kg") is None
    rules, futures = flips(tmp_path, "delivered_kg").tables
    assert rules.caption == "By delivered kg, all organisations choosing by one behaviour, 2 replicates of each"
    assert futures.rows[1] == ["scan", "50\u00a0%", "0.5", "−1", "2"]
    for table in TABLES:
        assert kept(tmp_path, table, "seized_kg") is None
        assert "by" not in kept(tmp_path, table, "delivered_kg")


def test_a_command_that_ranks_by_another_total_leaves_no_rankings_by_the_first(tmp_path, capsys):
    asked = ["compare", "two_coasts", "--days", "95", "--replicates", "2", "--quiet", "--out", str(tmp_path / "study")]
    files = [tmp_path / "study" / f"{name}.csv" for name in TABLES]
    assert main([*asked, "--futures", "2"]) == 0
    files[0].write_text("best,chance_best\n")
    assert main(asked) == 0
    assert [file.exists() for file in files] == [False, True, True]
    assert "In 2 futures" in (tmp_path / "study" / "comparison.html").read_text()
    assert main([*asked, "--rank", "seized_kg"]) == 0
    assert not any(file.exists() for file in files)
    assert "In 2 futures" not in (tmp_path / "study" / "comparison.html").read_text()


def test_the_command_ranks_mixes_under_rules_and_in_futures(tmp_path, capsys):
    asked = ["compare", "two_coasts", "--days", "95", "--replicates", "2", "--quiet", "--json", "--out"]
    mix = "Screening at Nordhaven + Joint patrols"
    starts = "policies.1.start=2025-02-01"
    more = ["--set", starts, "--policy", mix, "--behaviours", "--futures", "2"]
    assert main([*asked, str(tmp_path / "study"), *more]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert set(facts["effects"]) == {mix}
    assert next(iter(facts["rules"])) == "expected_profit"
    assert set(facts["futures"]) == {"no policy", mix}
    assert {"rules.csv", "futures.csv", "over_futures.csv"} <= {file.name for file in (tmp_path / "study").iterdir()}
    page = (tmp_path / "study" / "comparison.html").read_text()
    assert "Under other rules and values" in page
    assert "In 2 futures" in page
    assert main(["compare", "two_coasts", "--policy", "Joint patrols + Nothing"]) == 2
    assert "has no policy Nothing" in capsys.readouterr().err
