"""Indices of a sweep: right where they are known, with intervals, and with what is luck told apart."""

import json
import math
import sys

import numpy as np
import pytest

from sim.analysis.sensitivity import NoIndices, Studied, sensitivity, share_of_luck
from sim.analysis.sensitivity_command import lines
from sim.cli import main
from sim.report.leverage import clouds, tornado
from sim.sweep.asked import read_sweep
from sim.sweep.planning import planned
from tests.analysis.swept import ISHIGAMI, angles, ishigami, swept

A, B = 7.0, 0.1
VARIANCE = A**2 / 8 + B * math.pi**4 / 5 + B**2 * math.pi**8 / 18 + 0.5
FIRST = ((1 + B * math.pi**4 / 5) ** 2 / 2 / VARIANCE, A**2 / 8 / VARIANCE, 0.0)
THIRD = B**2 * math.pi**8 * (1 / 18 - 1 / 50) / VARIANCE
TOTAL = (FIRST[0] + THIRD, FIRST[1], THIRD)
"""Sobol's indices of Ishigami's function (Ishigami and Homma 1990)."""
ONE_AT_A_TIME = ISHIGAMI.replace("points: {points}\n", "")


def noise(replicate, point):
    """Plus and minus something that averages out over two replicates and differs from point to point."""
    return (1 if replicate else -1) * (0.5 if point % 2 else -0.5)


@pytest.fixture(scope="module")
def sobol(tmp_path_factory):
    text = ISHIGAMI.format(design="sobol", points=256, replicates=1)
    return swept(tmp_path_factory.mktemp("sobol"), text, lambda values, *_: ishigami(values))


def test_sobol_indices_of_a_known_function_lie_in_their_intervals(sobol):
    found = sensitivity(sobol, "seized_kg")
    rows = found.table.set_index("parameter")

    for name, first, total in zip(sobol.parameters, FIRST, TOTAL, strict=True):
        assert rows.loc[name, "S1_low"] <= first <= rows.loc[name, "S1_high"]
        assert rows.loc[name, "ST_low"] <= total <= rows.loc[name, "ST_high"]
        assert rows.loc[name, "ST_high"] - rows.loc[name, "ST_low"] < 0.35
    assert found.ranked == sobol.parameters
    assert (found.points, found.left_out) == (256 * 5, 0)


def test_second_order_indices_find_the_two_that_act_together(tmp_path, capsys):
    """Of Ishigami's function the first and the third number interact, and no others."""
    text = ISHIGAMI.format(design="sobol", points=256, replicates=1) + "second_order: true\n"
    sweep = swept(tmp_path, text, lambda values, *_: ishigami(values))
    first, second, third = sweep.parameters

    found = sensitivity(sweep, "seized_kg")
    pairs = found.pairs.set_index(["parameter", "other"])

    assert next(iter(pairs.index)) == (first, third)
    assert pairs.loc[(first, third), "S2_low"] > 0.0
    for pair, known in (((first, third), THIRD), ((first, second), 0.0), ((second, third), 0.0)):
        assert pairs.loc[pair, "S2_low"] <= known <= pairs.loc[pair, "S2_high"]
        assert pairs.loc[pair, "S2_high"] - pairs.loc[pair, "S2_low"] < 0.6
    assert (found.points, found.left_out) == (256 * 8, 0)
    rows = found.table.set_index("parameter")
    assert rows.loc[third, "ST_low"] <= THIRD <= rows.loc[third, "ST_high"]

    assert main(["sensitivity", str(sweep.plan.folder), "--json", "-q"]) == 0
    told = json.loads(capsys.readouterr().out)[0]["pairs"]
    assert [(row["parameter"], row["other"]) for row in told] == list(pairs.index)
    assert (sweep.plan.folder / "sensitivity" / "seized_kg-pairs.csv").read_text().count("\n") == 4
    assert any(line.startswith(f"  {first} with {third}") for line in lines(found))


def test_points_that_serve_no_pairs_tell_of_none(sobol):
    found = sensitivity(sobol, "seized_kg")
    assert found.pairs is None
    assert not any(" with " in line for line in lines(found))


def test_the_same_sweep_gives_the_same_intervals(sobol):
    assert sensitivity(sobol, "seized_kg").table.equals(sensitivity(sobol, "seized_kg").table)


def test_a_run_that_failed_takes_its_group_of_points_along(tmp_path):
    text = ISHIGAMI.format(design="sobol", points=64, replicates=1)
    sweep = swept(tmp_path, text, lambda values, *_: ishigami(values), lost={7, 8, 21})

    found = sensitivity(sweep, "seized_kg")

    assert (found.points, found.left_out) == (62 * 5, 10)
    assert any("10 points are left out" in line for line in lines(found))


def test_elementary_effects_of_a_plain_sum_are_its_slopes(tmp_path):
    """y = 3 x1 - 2 x2 over ranges of 2π: effects of 6π and -4π everywhere, none of the third."""
    text = ISHIGAMI.format(design="morris", points=5, replicates=1)

    found = sensitivity(
        swept(tmp_path, text, lambda values, *_: 3 * angles(values)[0] - 2 * angles(values)[1]), "seized_kg"
    )

    assert found.table["mu_star"].tolist() == pytest.approx([6 * math.pi, 4 * math.pi, 0.0])
    assert found.table["mu"].tolist() == pytest.approx([6 * math.pi, -4 * math.pi, 0.0])
    assert found.table["sigma"].tolist() == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)


def test_one_at_a_time_is_held_against_the_scenario_with_the_same_luck(tmp_path):
    text = ONE_AT_A_TIME.format(design="one_at_a_time", replicates=2)

    def outcome(values, replicate, _):
        moved = [value for value in values if value is not None]
        return 10.0 * replicate + sum(100 * (value or 0.0) for value in moved)

    found = sensitivity(swept(tmp_path, text, outcome), "seized_kg")
    row = found.table.set_index("parameter").loc["customs.imports.sensitivity"]

    assert row["low"] == pytest.approx(100 * (0.4 - row_now(found, tmp_path)), abs=1e-9)
    assert row["high"] - row["low"] == pytest.approx(50.0)
    assert row["low_low"] == pytest.approx(row["low"]) == row["low_high"]
    assert found.ranked[0] == "customs.imports.sensitivity"


LISTED = """\
title: Listed
scenario: two_coasts
days: 2
design: one_at_a_time
parameters:
  customs.imports.scan_share: [0.09, {now}, 0.2]
  customs.imports.sensitivity: { low: 0.4, high: 0.9 }
replicates: 2
outcomes: [seized_kg, delivered_kg]
"""


def of_the_first(values, replicate, _):
    """A thousand times the first parameter, and the luck of a replicate."""
    return 1000 * values[0] + replicate


def test_an_end_that_the_scenario_has_is_no_change_and_not_that_of_the_other_end(tmp_path):
    from sim.scenario.load import load

    now = float(load("two_coasts").customs.imports.scan_share)
    assert now < 0.09
    text = LISTED.replace("{now}", str(now))

    found = sensitivity(swept(tmp_path, text, of_the_first), "seized_kg")
    row = found.table.set_index("parameter").loc["customs.imports.scan_share"]

    assert row[["low_at", "low", "low_low", "low_high"]].tolist() == [now, 0.0, 0.0, 0.0]
    assert row[["high_at", "high"]].tolist() == pytest.approx([0.2, 1000 * (0.2 - now)])


def test_an_end_that_failed_has_no_change(tmp_path):
    """The second parameter, which changes nothing, has the points 4 and 5."""
    text = LISTED.replace("{now}", "0.1")

    found = sensitivity(swept(tmp_path, text, of_the_first, lost={1, 4}), "seized_kg")
    rows = found.table.set_index("parameter")

    assert rows.loc["customs.imports.scan_share", "low_at"] == 0.09
    assert rows["low"].isna().all()
    assert rows.loc["customs.imports.sensitivity", ["high_at", "high"]].tolist() == [0.9, 0.0]
    assert found.left_out == 2
    assert sum("–" in line for line in lines(found)) == 2
    bars = [bar.get_width() for bar in tornado(found)[1].patches if bar.get_height() == pytest.approx(0.34)]
    assert [math.isnan(width) for width in bars] == [True, True, False, False]


def row_now(found, folder):
    from sim.sweep.plan import Plan

    return float(Plan.open(folder / "swept").scenario.customs.imports.sensitivity)


def test_the_share_of_luck_is_that_of_a_two_way_analysis_of_variance():
    """Points differ by 2; what all share of a replicate's luck is none between them; the rest is ±1 a run."""
    results = np.array([[0.0, 10.0], [2.0, 12.0]])
    assert share_of_luck(results) == pytest.approx(0.0)
    results = np.array([[1.0, 9.0], [1.0, 13.0]])
    assert share_of_luck(results) == pytest.approx((4 / 1) / 2 / 2.0)
    assert math.isnan(share_of_luck(results[:, :1]))


def test_luck_is_told(tmp_path):
    text = ISHIGAMI.format(design="sobol", points=32, replicates=2)
    sweep = swept(tmp_path, text, lambda values, replicate, point: ishigami(values) + noise(replicate, point))

    found = sensitivity(sweep, "seized_kg")

    assert found.luck == pytest.approx(0.25 / VARIANCE, rel=0.25)
    assert "of the variance over points is luck" in "\n".join(lines(found))


@pytest.mark.parametrize(
    ("outcome", "policies", "told"),
    [
        ("seized", None, "has not kept seized"),
        ("seized_kg", "none", "no policies none"),
        ("delivered_kg", None, "same"),
    ],
)
def test_what_has_no_indices_says_why(sobol, outcome, policies, told):
    with pytest.raises(NoIndices, match=told):
        sensitivity(sobol, outcome, policies)


def test_a_grid_has_no_indices(tmp_path):
    text = ONE_AT_A_TIME.format(design="grid", replicates=1).replace("}", ", steps: 2 }")
    sweep = swept(tmp_path, text, lambda values, *_: ishigami(values))

    with pytest.raises(NoIndices, match="a grid has no indices"):
        sensitivity(sweep, "seized_kg")


def test_the_command_tells_writes_and_draws(sobol, tmp_path, capsys):
    assert main(["sensitivity", str(sobol.plan.folder), "--outcome", "seized_kg", "-o", str(tmp_path / "told")]) == 0
    out = capsys.readouterr().out

    assert "customs.imports.scan_share" in out
    assert "One replicate a point" in out
    assert {path.name for path in (tmp_path / "told").iterdir()} == {
        "seized_kg.csv", "seized_kg-tornado.svg", "seized_kg-tornado.png", "seized_kg-clouds.svg",
        "seized_kg-clouds.png",
    }  # fmt: skip
    assert main(["sensitivity", str(sobol.plan.folder), "--json", "-q", "-o", str(tmp_path / "more")]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert [each["parameter"] for each in told["parameters"]] == sobol.parameters
    assert main(["sensitivity", str(sobol.plan.folder), "--outcome", "delivered_kg"]) == 2


def test_figures_show_what_the_table_says(sobol):
    found = sensitivity(sobol, "seized_kg")
    fig, ax = tornado(found)

    assert [label.get_text() for label in ax.get_yticklabels()] == found.ranked
    assert ax.get_lines()[1].get_xdata().tolist() == found.table["ST"].tolist()
    fig, _ = clouds(Studied.of(sobol, "seized_kg", "as written"), "seized_kg", found.ranked[:2])
    assert [len(ax.get_lines()[0].get_xdata()) for ax in fig.axes] == [1280, 1280]


def test_the_command_names_what_has_to_be_installed(sobol, capsys, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "SALib.analyze.sobol", None)
    asked = ["sensitivity", str(sobol.plan.folder), "--outcome", "seized_kg", "-o", str(tmp_path / "told")]
    assert main(asked) == 1
    assert "pip install 'chokepoint[analysis]'" in capsys.readouterr().err


@pytest.mark.parametrize(("design", "points"), [("sobol", 4), ("morris", 5)])
def test_an_outcome_that_is_the_same_everywhere_has_no_indices_whatever_its_mean_is_rounded_to(
    tmp_path, design, points
):
    text = ISHIGAMI.format(design=design, points=points, replicates=1)

    with pytest.raises(NoIndices, match="is the same at all"):
        sensitivity(swept(tmp_path, text, lambda *_: 0.1), "seized_kg")


def test_an_outcome_that_is_the_same_at_all_base_points_has_no_share_of_their_variance(tmp_path):
    """Points 1 and 8 are none of the first and last of a group of five."""
    text = ISHIGAMI.format(design="sobol", points=16, replicates=1)
    sweep = swept(tmp_path, text, lambda _, __, point: float(point in (1, 8)))

    with pytest.raises(NoIndices, match="the same at all base points"):
        sensitivity(sweep, "seized_kg")


WORDS = """\
title: Words
scenario: two_coasts
days: 2
design: one_at_a_time
parameters:
  customs.imports.protocol: [risk_tiers, random, flagged_lanes, threshold]
  customs.imports.sensitivity: { low: 0.4, high: 0.9 }
replicates: 2
outcomes: [seized_kg, delivered_kg]
"""


def of_the_word(values, replicate, _):
    """What the protocol makes of it, and the luck of a replicate."""
    return {"random": 7.0, "flagged_lanes": -3.0}.get(values[0], 0.0) + replicate


def test_of_words_those_at_which_the_outcome_is_least_and_most_are_told(tmp_path):
    """They have no order: neither need stand first or last."""
    found = sensitivity(swept(tmp_path, WORDS, of_the_word), "seized_kg")
    row = found.table.iloc[0]

    assert row[["parameter", "low_at", "high_at"]].tolist() == ["customs.imports.protocol", "flagged_lanes", "random"]
    assert row[["low", "high"]].tolist() == [-3.0, 7.0]
    assert any("customs.imports.protocol: flagged_lanes | random" in line for line in lines(found))


def test_words_that_failed_are_neither_least_nor_most(tmp_path):
    """The second word has the point 2; with all of them lost there is no change to be told."""
    some = sensitivity(swept(tmp_path, WORDS, of_the_word, lost={2}), "seized_kg").table.iloc[0]
    assert some[["low_at", "low", "high"]].tolist() == ["flagged_lanes", -3.0, 0.0]

    (tmp_path / "none").mkdir()
    changing = swept(tmp_path / "none", WORDS, lambda values, *_: values[1], lost={1, 2, 3, 4})
    row = sensitivity(changing, "seized_kg").table.set_index("parameter").loc["customs.imports.protocol"]
    assert row[["low", "high"]].isna().all()


@pytest.mark.parametrize("design", ["sobol", "one_at_a_time"])
def test_a_sweep_that_is_not_lived_yet_is_said_to_be_so(tmp_path, capsys, design):
    text = ISHIGAMI if design == "sobol" else ONE_AT_A_TIME
    (tmp_path / "sweep.yaml").write_text(text.format(design=design, points=2, replicates=1), encoding="utf-8")
    plan = planned(read_sweep(tmp_path / "sweep.yaml"), tmp_path / "swept")

    assert main(["sensitivity", str(plan.folder)]) == 2

    assert f"{plan.passport['tasks']} runs of the sweep are not lived yet" in capsys.readouterr().err
