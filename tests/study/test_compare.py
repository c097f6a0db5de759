"""Comparisons: what differs between worlds with the same luck."""

import json
import math
import subprocess
import sys
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import sim
from sim.cli import main
from sim.study.compare import STAGES, Wanted, compare, stages
from sim.study.compared import ranking_told
from sim.study.comparison import Comparison
from sim.study.displacement import Treated
from sim.study.onset import Onset
from sim.study.periods import COLUMNS, MEASURES
from sim.study.sealed import ResultsError

DAYS, START = 420, date(2025, 12, 20)


def worlds(days: int = DAYS):
    plain = sim.load("two_coasts", days=days).without_policies()
    screened = plain.with_policy("high_risk_screening", name="screened", ports=["nordhaven"], start=START)
    return plain, screened, plain.with_policy("joint_patrols", name="patrols", zones=["middle_sea"], start=START)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return tmp_path_factory.mktemp("kept") / "study"


@pytest.fixture(scope="module")
def study(kept) -> Comparison:
    return compare(*worlds(), replicates=3, folder=kept)


def test_recruits_prevented_are_those_of_the_first_world_who_are_not_in_the_other():
    """Differences of 10, 20 and 30: mean 20, and 4.303 standard errors of 10 / sqrt(3) either way."""
    recruited = {"no policy": [100, 110, 120], "prevention": [90, 90, 90]}
    runs = pd.DataFrame(
        {"world": world, "replicate": number, "couriers_recruited": count}
        for world, counts in recruited.items()
        for number, count in enumerate(counts)
    )
    found = Comparison(tuple(recruited), runs, pd.DataFrame(), pd.DataFrame(), {}).recruits_prevented()
    assert found.measure == "recruits_prevented"
    assert (found.baseline, found.other, found.difference) == (110, 90, 20)
    assert found.low == pytest.approx(20 - 4.3027 * 10 / 3**0.5, abs=1e-3)
    assert found.high == pytest.approx(20 + 4.3027 * 10 / 3**0.5, abs=1e-3)


def test_periods_are_months_parted_where_policies_start_and_add_up_to_the_run(study):
    one = study.periods[(study.periods["world"] == "screened") & (study.periods["replicate"] == 1)]
    firsts = one["first"].dt.date.tolist()
    assert firsts == sorted(firsts)
    assert firsts[0] == study.first == date(2025, 1, 1)
    assert {START, date(2025, 12, 1), date(2026, 1, 1)} <= set(firsts)
    assert one["days"].sum() == DAYS
    seized = study.runs.query("world == 'screened' and replicate == 1")["seized_kg"].item()
    assert one["seized_g"].sum() / 1000 == pytest.approx(seized)
    assert study.last == sim.load("two_coasts", days=DAYS).end


def test_before_and_after_are_years_of_the_same_world(study):
    """353 days before the policy, 67 after; the first world, over the same days, has no cost in either."""
    found = {each.measure: each for each in study.since_before("screened")}
    assert set(found) == set(MEASURES)
    rows = study.periods.query("world == 'screened'")
    before = rows[rows["first"] < np.datetime64(START)].groupby("replicate")[["seized_g", "days"]].sum()
    assert before["days"].tolist() == [353] * 3
    assert found["seized_kg"].baseline == pytest.approx((before["seized_g"] / 1000 / 353 * 365.25).mean())
    assert found["policy_cost_usd"].baseline == 0.0 < found["policy_cost_usd"].other
    unchanged = {each.measure: each for each in study.drift("screened")}
    assert unchanged["policy_cost_usd"].difference == 0.0
    assert unchanged["seized_kg"].baseline == found["seized_kg"].baseline, "nothing differs before the start"


def test_months_to_effect_ask_for_what_adds_up(study):
    assert study.months_to_effect("seized_kg", "patrols") is not None
    with pytest.raises(ValueError, match="no sum"):
        study.months_to_effect("interception_share", "patrols")


def test_months_to_effect_count_the_days_in_force_of_the_first_month_in_full():
    """A tonne a day, and from 20 January on 700 kg, at once and for good."""
    edges = [date(2025, 1, 1), START.replace(year=2025, month=1), *(date(2025, month, 1) for month in range(2, 8))]
    columns = dict.fromkeys(COLUMNS, 0)
    rows = [
        {
            **columns, "world": world, "replicate": replicate, "first": pd.Timestamp(first),
            "days": (after - first).days,
            "delivered_g": (700_000 if world == "less" and first > edges[0] else 1_000_000) * (after - first).days,
        }
        for world in ("none", "less") for replicate in range(3) for first, after in pairwise(edges)
    ]  # fmt: skip
    months = pd.Categorical(["2025-01"], [f"2025-{month:02d}" for month in range(1, 7)])
    found = Comparison(
        ("none", "less"), pd.DataFrame(rows)[["world", "replicate"]], pd.DataFrame({"month": months}),
        pd.DataFrame(rows), {"less": Treated((), edges[1], date(2025, 6, 30))},
    )  # fmt: skip
    assert found.months_to_effect("delivered_kg") == Onset(1, 1, 1)


def test_worlds_are_ranked_with_their_chances(study):
    table = study.ranking("delivered_kg")
    assert sorted(table.index) == sorted(study.names)
    assert table["mean"].is_monotonic_increasing
    assert table["chance_best"].sum() == pytest.approx(1.0)
    assert study.ranking("seized_kg")["mean"].is_monotonic_decreasing
    with pytest.raises(ValueError, match="say whether less or more"):
        study.ranking("boxes_scanned")
    assert math.isnan(study.better().loc["screened", "screened"])


def test_a_comparison_goes_on_where_it_was_broken_off_and_adds_replicates(study, kept):
    marks = {part.name: part.stat().st_mtime_ns for part in (kept / "parts").iterdir()}
    assert sorted(marks) == ["0000", "0001", "0002"]
    longer = compare(*worlds(), replicates=4, folder=kept)
    assert {part.name: part.stat().st_mtime_ns for part in (kept / "parts").iterdir() if part.name in marks} == marks
    first = longer.runs[longer.runs["replicate"] < 3].reset_index(drop=True)
    assert first.equals(study.runs)
    again = compare(*worlds(), replicates=4)
    for name in ("runs", "flows", "periods"):
        assert getattr(longer, name).equals(getattr(again, name))


def test_a_folder_holds_one_comparison(study, kept, tmp_path):
    with pytest.raises(ResultsError, match=r"holds another comparison \(scenarios differ\)"):
        compare(*worlds(DAYS - 1), replicates=1, folder=kept)
    with pytest.raises(ResultsError, match=r"\(mode differ\)"):
        compare(*worlds(), replicates=1, folder=kept, mode="micro")
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ResultsError, match="is no comparison"):
        compare(*worlds(), replicates=1, folder=tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


def test_a_replicate_that_was_changed_or_lost_a_table_is_not_believed(tmp_path):
    plain = sim.load("two_coasts", days=2).without_policies()
    screened = plain.with_policy("port_capacity", ports=["nordhaven"], start=plain.start)
    compare(plain, screened, replicates=1, folder=tmp_path / "study")
    part = tmp_path / "study" / "parts" / "0000" / "runs.parquet"
    part.write_bytes(part.read_bytes()[:-1] + b"x")
    with pytest.raises(ResultsError, match=r"runs\.parquet changed"):
        compare(plain, screened, replicates=1, folder=tmp_path / "study")
    part.unlink()
    with pytest.raises(ResultsError, match=r"runs\.parquet: No such file"):
        compare(plain, screened, replicates=1, folder=tmp_path / "study")
    (part.parent / "part.json").unlink()
    with pytest.raises(ResultsError, match=r"part\.json: No such file"):
        compare(plain, screened, replicates=1, folder=tmp_path / "study")


def test_results_do_not_depend_on_how_many_processes_work():
    plain = sim.load("two_coasts", days=25).without_policies()
    more = plain.with_policy("port_capacity", ports=["nordhaven"], start="2025-01-15")
    counted = []
    one, two = (compare(plain, more, replicates=3, jobs=n, progress=counted.append) for n in (1, 2))
    assert one.runs.equals(two.runs)
    assert one.flows.equals(two.flows)
    assert one.periods.equals(two.periods)
    assert max(counted) == 6


def test_a_comparison_stops_when_intervals_are_narrow_enough(tmp_path):
    plain = sim.load("two_coasts", days=12).without_policies()
    more = plain.with_policy("high_risk_screening", ports=["nordhaven"], start="2025-01-03")
    asked = {"replicates": 12, "folder": tmp_path / "study"}
    assert compare(plain, more, **asked, until=["boxes_scanned=900%"]).replicates == STAGES[0]
    both = ["boxes_scanned=900%", "boxes_scanned=0.000001"]
    assert compare(plain, more, **asked, until=both).replicates == 12
    assert stages(12) == [10, 12]
    assert stages(10) == [10]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("delivred_kg=5", "did you mean delivered_kg"),
        ("people_lost=5%", "told of people, and none cross the sea in this scenario; give another total"),
        ("delivered_kg", "give a half-width above 0"),
        ("delivered_kg=-5%", "give a half-width above 0"),
        ("delivered_kg=1e3", "give a half-width above 0"),
    ],
)
def test_what_cannot_be_waited_for_is_refused_with_a_way_out(asked, why):
    with pytest.raises(ValueError, match=why):
        Wanted.read(asked, sim.load("two_coasts", days=2))
    assert main(["compare", "two_coasts", "--until", asked, "--quiet"]) == 2


@pytest.mark.parametrize(
    ("change", "more", "why"),
    [
        ({"seed": 2}, {}, "worlds of seed 1 and 2 do not meet the same luck; give all of them the same seed"),
        ({"days": 4}, {}, "worlds of days 3 and 4"),
        ({"start": date(2025, 1, 2)}, {}, "worlds of start 2025-01-01 and 2025-01-02"),
        ({}, {"names": ["one", "one"]}, "give each of the 2 worlds a name of its own"),
        ({}, {"names": ["one"]}, "give each of the 2 worlds a name of its own"),
        ({}, {"replicates": 0}, "0 replicates are none"),
    ],
)
def test_worlds_that_share_no_luck_or_cannot_be_told_apart_are_not_compared(change, more, why):
    plain = sim.load("two_coasts", days=3).without_policies()
    with pytest.raises(ValueError, match=why):
        compare(plain, plain.replaced(**change), **{"replicates": 1, **more})


def test_worlds_without_names_are_called_by_their_policies_and_told_apart():
    plain = sim.load("two_coasts", days=2).without_policies()
    called = ["Screening (hard)", "Screening", "A (2)", "A", "A", "A"]
    others = [plain.with_policy("port_capacity", name=name, ports=["nordhaven"], start=plain.start) for name in called]
    names = compare(plain, *others, replicates=1).names
    assert names == ("no policy", "Screening (hard)", "Screening", "A (2)", "A", "A (3)", "A (4)")


def test_a_policy_can_be_held_against_the_year_before_it(capsys):
    asked = ["compare", "two_coasts", "--days", "150", "--replicates", "2", "--quiet", "--policy", "Joint patrols"]
    starts = "policies.1.start=2025-04-01"
    assert main([*asked, "--set", starts, "--against", "today"]) == 0
    told = capsys.readouterr().out
    assert "90 days before 2025-04-01" in told
    assert "against no policy" not in told
    assert main([*asked, "--set", starts, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["since_before"]["Joint patrols"]["seized_kg"]["baseline"] > 0
    assert set(facts["ranking"]["worlds"]) == {"no policy", "Joint patrols"}


@pytest.mark.parametrize("asked", [[], ["--policy", "Joint patrols"]], ids=["all", "itself"])
def test_one_world_alone_is_no_comparison(capsys, asked):
    sets = ["--set", "policies=[{kind: joint_patrols, name: Joint patrols, start: 2025-01-02, zones: [middle_sea]}]"]
    assert main(["compare", "two_coasts", *sets, *asked, "--against", "Joint patrols"]) == 2
    told = "nothing is left to hold against Joint patrols; give another --policy, or leave --against out."
    assert capsys.readouterr().err == f"chokepoint: {told}\n"


def test_a_policy_that_others_are_held_against_is_not_held_against_itself(capsys):
    patrols, screening = "Joint patrols", "Screening at Nordhaven"
    sets = ("--set", "policies.0.start=2025-01-05", "--set", "policies.1.start=2025-01-05")
    asked = ["compare", "two_coasts", "--days", "40", "--replicates", "2", "--quiet", "--against", patrols, *sets]
    assert main([*asked, "--policy", patrols, "--policy", screening]) == 0
    told = capsys.readouterr().out
    assert f"{screening} against {patrols}, 2 pairs" in told
    assert f"{patrols} against" not in told


def test_worlds_are_ranked_by_totals_of_which_it_is_known_what_is_better(capsys):
    assert main(["compare", "two_coasts", "--rank", "beauty"]) == 2
    assert "delivered_kg" in capsys.readouterr().err


@pytest.mark.parametrize("asked", [["--rank", "people_lost"], ["--until", "people_lost=5%"]], ids=["rank", "until"])
def test_totals_of_people_are_refused_before_worlds_without_people_are_lived(capsys, asked):
    assert main(["compare", "two_coasts", *asked]) == 2
    told = "chokepoint: people_lost is told of people, and none cross the sea in this scenario; "
    assert capsys.readouterr().err.startswith(told)


def test_columns_of_a_ranking_stand_below_each_other_however_long_names_are():
    long = "a policy with a name that is longer than most"
    rows = [{"world": world, "replicate": r, "delivered_kg": kg + r} for world, kg in (("none", 9.0), (long, 5.0))
            for r in range(3)]  # fmt: skip
    lines = ranking_told(
        Comparison(("none", long), pd.DataFrame(rows), pd.DataFrame(), pd.DataFrame(), {}), "delivered_kg"
    )
    assert lines[2].startswith(f"  {long}")
    ends = [line.index("better") - 3 for line in lines[1:2]] + [line.rindex("%") + 1 for line in lines[3:]]
    assert len(set(ends)) == 1


def test_no_order_is_told_of_worlds_that_come_to_the_same():
    kg = {"a": 9.0, "b": 9.0, "c": 5.0}
    rows = [{"world": world, "replicate": r, "delivered_kg": kg[world] + r} for world in kg for r in range(3)]
    lines = ranking_told(
        Comparison(("a", "b", "c"), pd.DataFrame(rows), pd.DataFrame(), pd.DataFrame(), {}), "delivered_kg"
    )
    assert [line.split("   ")[-1] for line in lines[2:4]] == ["100%", "the same"]


def test_an_interrupted_comparison_says_that_it_can_be_taken_up(tmp_path):
    """As Ctrl-C ends it, some seconds after it has begun."""
    code = "import signal, sys; signal.alarm(4); signal.signal(signal.SIGALRM, signal.default_int_handler); "
    code += "from sim.cli import main; sys.exit(main(sys.argv[1:]))"
    asked = ["compare", "two_coasts", "--days", "3000", "--replicates", "90", "--jobs", "1", "-q", "--out", "kept"]
    done = subprocess.run(
        [sys.executable, "-c", code, *asked], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 130
    assert done.stderr == "interrupted; the same command goes on with what is in kept\n"


def test_policies_that_start_after_fewer_days_are_named_where_they_are_left_out(capsys):
    asked = ["compare", "two_coasts", "--days", "95", "--replicates", "2", "--json"]
    line = "left out, starting after the last day: Joint patrols"
    assert main(asked) == 0
    assert capsys.readouterr().err.splitlines()[0] == line
    assert main([*asked, "--quiet"]) == 0
    assert capsys.readouterr().err == ""
