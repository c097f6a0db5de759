"""The page of a comparison opens alone, says how sure it is, and can be made again from the folder."""

import re
import shutil
from dataclasses import replace

import numpy as np
import pytest

import sim
from sim.cli import main
from sim.policies.policy import Policy
from sim.report.flips import flips
from sim.report.page import report_command
from sim.report.paired import draw
from sim.report.sections import LIMITS
from sim.report.words import NONE
from sim.report.worlds import MAPS_SAY, READING, build, ranked_by
from sim.report.worlds_tables import _numbers, before_tables, effect_tables
from sim.scenario.resolved import scenario_hash
from sim.study import parts
from sim.study.compare import Asked, compare, opened
from sim.study.compared import effects_told
from sim.study.sealed import ResultsError
from sim.study.totals import PEOPLE
from sim.terms import purpose
from tests.report.test_page import HOSTILE, Reader, words


@pytest.fixture(scope="module")
def text(study):
    return sim.page(study)


def test_the_page_is_one_file_that_loads_nothing(text):
    page = Reader(text)
    assert not page.tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "audio", "video"}
    names = [value for _, name, value in page.attributes if name == "id"]
    assert len(names) == len(set(names))
    for tag, name, value in page.attributes:
        assert not name.startswith("on"), (tag, name)
        if name in ("href", "src"):
            assert value.startswith("#"), (tag, value)
            assert value[1:] in names


def test_the_page_says_what_was_compared_and_how_to_read_it(study, text):
    told = words(text)
    for sentence in (study.scenarios[0].question, MAPS_SAY, *READING, *LIMITS):
        assert re.sub(r"\s+", " ", sentence) in told
    for name, scenario in zip(study.names, study.scenarios, strict=True):
        assert name in told
        assert scenario_hash(scenario) in told
    assert "3 pairs of runs" in told
    assert "nan" not in re.findall(r"[a-z]+", told.lower())


def test_where_people_cross_their_totals_are_compared_too(study):
    """What the policies of such a world are for; no other comparison has a row of them."""
    world = sim.load("two_coasts_people", days=40).without_policies()
    returned = world.with_policy("turn_backs", zones=["near_waters", "far_waters"], start="2025-01-10")
    crossed = compare(world, returned, replicates=2)
    (table,) = effect_tables(crossed)
    assert [row[0] for row in table.rows][-1] == "People lost at sea"
    assert list(crossed.table().index[-len(PEOPLE) :]) == list(PEOPLE)
    assert any(line.split()[0] == "people_lost" for line in effects_told(crossed, crossed.names[1]))
    assert "people who set out" in [tick.get_text() for tick in draw(crossed, "effects")[1].get_yticklabels()]
    assert not set(PEOPLE) & set(study.table().index)


def test_a_change_of_a_share_too_small_to_be_told_has_no_sign(study):
    (effect,) = study.effects("patrols", ["interception_share"])
    tiny = replace(effect, difference=-1e-4, low=-2e-4, high=2e-4)
    assert _numbers(tiny)[2:] == ("0.0\u00a0points", "0.0\u00a0points to 0.0\u00a0points")


def test_the_page_tells_the_effects(study, text):
    effect = study.effects("patrols", ["seized_kg"])[0]
    assert f"{effect.baseline:,.0f}" in words(text)
    share = 100 * effect.difference / effect.baseline
    assert f"{share:+.1f} %".replace("-", "−") in words(text)


def test_nothing_is_ranked_by_the_chance_to_pass(text):
    told = words(text).lower()
    for word in ("evasion", "evade", "undetected", "least controlled", "success rate", "safest", "easiest"):
        assert word not in told


def test_names_are_inert():
    plain = sim.load("two_coasts", days=12).without_policies()
    other = plain.with_policy("joint_patrols", zones=["middle_sea"], start="2025-01-03")
    hostile = " ".join((HOSTILE[0], HOSTILE[3], HOSTILE[7]))
    page = Reader(build(compare(plain, other, names=["none", hostile], replicates=2)))
    assert not page.tags & {"script", "img", "b"}
    assert page.texts.count(hostile) >= 2


def test_a_kept_comparison_can_be_opened_and_its_page_made_again(study, kept, text, tmp_path, capsys):
    again = opened(kept)
    assert again.names == study.names
    assert again.scenarios == study.scenarios
    for name in ("runs", "flows", "periods"):
        assert getattr(again, name).equals(getattr(study, name))
    assert report_command(kept, None, False, False) == 0
    assert capsys.readouterr().out == f"{kept / 'comparison.html'}\n"
    assert (kept / "comparison.html").read_text() == text
    assert str(kept) not in text


def test_a_folder_without_a_replicate_or_with_another_world_gives_one_line(kept, tmp_path, capsys):
    empty = tmp_path / "empty"
    shutil.copytree(kept, empty, ignore=shutil.ignore_patterns("000*"))
    with pytest.raises(ResultsError, match="holds no replicate"):
        opened(empty)
    changed = tmp_path / "changed"
    shutil.copytree(kept, changed)
    world = changed / "worlds" / "01.yaml"
    world.write_text(world.read_text().replace("seed: 1", "seed: 2"))
    assert report_command(changed, None, False, False) == 1
    assert re.fullmatch(r"chokepoint: .*01\.yaml: is not the world that was compared; .*\n", capsys.readouterr().err)


@pytest.fixture(scope="module")
def against(tmp_path_factory):
    """Patrols from 10 March on, held against scanning from 20 January on."""
    plain = sim.load("two_coasts", days=120).without_policies()
    screened = plain.with_policy("high_risk_screening", ports=["nordhaven"], start="2025-01-20")
    patrols = plain.with_policy("joint_patrols", zones=["middle_sea"], start="2025-03-10")
    folder = tmp_path_factory.mktemp("comparisons") / "against"
    return compare(screened, patrols, names=["screened", "patrols"], replicates=2, folder=folder), folder


def test_a_world_held_against_another_policy_is_told_by_its_own_dates(against):
    study, _ = against
    (table,) = before_tables(study)
    caption = table.caption.replace("\u00a0", " ")
    assert caption == "patrols: 52 days from 10 March 2025 against 68 days before 10 March 2025"
    cost = next(each for each in study.since_before("patrols") if each.measure == "policy_cost_usd")
    assert cost.baseline == 0.0 < cost.other
    assert "The dotted line is the day on which begins what screened has" in words(build(study))
    _, ax = draw(study, "over_time", other="patrols")
    drawn = {line.get_xdata()[0]: line.get_linestyle() for line in ax.lines if len(set(line.get_xdata())) == 1}
    assert {np.datetime64(int(when), "D").item().isoformat(): line for when, line in drawn.items()} == {
        "2025-03-10": "--", "2025-01-20": "--",
    }  # fmt: skip


def test_a_comparison_that_was_broken_off_after_one_pair_has_a_page_without_intervals(tmp_path):
    plain = sim.load("two_coasts", days=20).without_policies()
    patrols = plain.with_policy("joint_patrols", zones=["middle_sea"], start="2025-01-10")
    compare(plain, patrols, replicates=1, folder=tmp_path / "study")
    assert report_command(tmp_path / "study", None, False, True) == 0
    page = (tmp_path / "study" / "comparison.html").read_text()
    assert "change of what is sent over the run" in page
    assert not re.search(r"\bnan\b", page)


def test_replicates_of_an_earlier_version_with_other_periods_are_refused(against):
    study, folder = against
    periods = study.periods[study.periods["first"] != "2025-03-10"]
    part = parts.Store(folder).read(0)
    asked = Asked(study.scenarios, study.names, study.mode)
    with pytest.raises(ResultsError, match="replicates of screened that are kept are those of an earlier version"):
        asked.paired([part._replace(periods=periods)])


TABLES = {
    "ranking.csv": "world,mean,chance_best,best_share,by\npatrols,1.0,0.6,0.5,delivered_kg\n",
    "rules.csv": ",best,chance_best,patrols,replicates,by\nexpected_profit,patrols,0.9,-3.0,4.0,delivered_kg\n",
    "over_futures.csv": "world,best_share,mean_change,lowest,highest,futures,by\n"
    "patrols,0.5,-1.0,-3.0,,1.0,delivered_kg\n",
    "futures.csv": "future,no policy,patrols,by\n0,5.0,4.0,delivered_kg\n",
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("change", ["semicolons", "a letter", "nothing", "no row", "bytes", "words"])
def test_a_table_of_a_comparison_that_was_changed_is_named(kept, tmp_path, capsys, name, change):
    folder = tmp_path / "study"
    shutil.copytree(kept, folder, ignore=shutil.ignore_patterns("comparison.html"))
    for file, text in TABLES.items():
        (folder / file).write_text(text)
    text = TABLES[name]
    spoilt = {
        "semicolons": text.replace(",", ";").encode(), "a letter": b"x", "nothing": b"", "bytes": b"\xff\xfe",
        "no row": text.splitlines()[0].encode(), "words": re.sub(r"-?\d+\.\d", "many", text).encode(),
    }  # fmt: skip
    (folder / name).write_bytes(spoilt[change])
    assert report_command(folder, None, False, False) == 1
    told = "is not as the comparison wrote it; run the comparison again, in its folder"
    assert capsys.readouterr().err == f"chokepoint: {folder / name}: {told}\n"
    assert not list(folder.glob("comparison.html*"))


def test_an_empty_cell_in_a_table_of_a_comparison_is_a_dash(kept, tmp_path):
    for file, text in TABLES.items():
        (tmp_path / file).write_text(text)
    (table,) = [table for table in flips(tmp_path, "delivered_kg").tables if table.head[0] == "world"]
    assert table.rows[0][-1] == NONE


def test_a_comparison_is_not_held_against_another(kept, tmp_path, capsys):
    assert report_command(kept, tmp_path / "page.html", False, False, tmp_path) == 2
    assert capsys.readouterr().err == f"chokepoint: {kept}: is a comparison itself; --comparison is for pages of runs\n"
    assert not list(tmp_path.iterdir())


def test_the_command_writes_the_page_beside_its_tables(tmp_path, capsys):
    asked = [
        "compare",
        "two_coasts",
        "--policy",
        "Screening at Nordhaven",
        "--days",
        "95",
        "--replicates",
        "2",
        "--quiet",
    ]
    assert main([*asked, "--rank", "seized_kg", "--out", str(tmp_path / "study")]) == 0
    capsys.readouterr()
    first = (tmp_path / "study" / "comparison.html").read_text()
    assert ranked_by(tmp_path / "study") == "seized_kg"
    assert "by seized kg" in words(first)
    assert main(["report", str(tmp_path / "study"), "--quiet"]) == 0
    assert (tmp_path / "study" / "comparison.html").read_text() == first


def test_what_a_policy_does_is_told_to_the_end_of_its_sentence():
    for kind in Policy.every().values():
        if kind.__module__.startswith("sim.policies"):
            assert purpose(kind).endswith("."), kind
            assert "\n" not in purpose(kind)
