"""Calibrations: files that are checked, runs that are kept, and a posterior that scenarios extend."""

import json
import math
import shutil
import sys
from dataclasses import replace

import pandas as pd
import pytest

import sim
from sim.analysis.calibration import Calibration, Prior
from sim.analysis.calibration_file import Figured, read_calibration
from sim.analysis.candidates import Candidates, distance, luck
from sim.analysis.held import FIGURES, Run
from sim.analysis.posterior import Posterior, calibrate, weighted_quantile
from sim.analysis.posterior_files import scenario_text, told, write
from sim.analysis.ranks import ranks_of
from sim.analysis.smc import Asked, Particle
from sim.cli import main
from sim.scenario.mistakes import InvalidScenario
from sim.study.sealed import ResultsError
from tests.examples.test_docs import script
from tests.scenario import own as own_policies

TINY = """\
title: Tips on two coasts
question: How many tips would explain what was seized?
scenario: two_coasts
days: 20
quantities:
  customs.imports.tip: {}
  organisations.*.partners: {range: [2, 5]}
targets:
  - {figure: total, place: seized_kg, value: 100, source: made up}
  - {figure: total, place: delivered_kg, value: 900, source: made up, uncertainty: 0.1}
particles: 6
populations: 2
baseline: 2
predictive: 3
"""


def written(folder, text=TINY, name="fit.yaml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(folder, text):
    with pytest.raises(InvalidScenario) as wrong:
        read_calibration(written(folder, text))
    return [(one.line, one.column, one.path, one.text) for one in wrong.value.mistakes]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("calibration")
    problem = read_calibration(written(folder))
    found = calibrate(problem, folder / "kept")
    write(found, folder / "kept")
    return folder / "kept", problem, found


def content(folder):
    names = ("posterior.parquet", "figures.parquet", "posterior.yaml", "fit.md")
    return {name: (folder / name).read_bytes() for name in names}


@pytest.mark.parametrize(
    ("line", "instead", "place", "text"),
    [
        (6, "  customs.imports.tipp: {}", (6, 3), "did you mean customs.imports.tip?"),
        (6, "  geography.production_areas: {}", (6, 3), "is no number of two_coasts"),
        (6, "  organisations.coastal.partners: {}", (6, 3), "organisations.coastal.partners is fitted by"),
        (6, "  customs.imports.tip: {range: [0.2, 0.1]}", (6, 3), "leaves nothing to fit"),
        (6, "  customs.imports.tip: {range: [0.1, 2]}", (6, 3), "cannot be 2: customs.imports.tip: 2 is above 1"),
        (6, "  customs.imports.tip: {kind: loguniform, range: [0, 1]}", (6, 3), "no logarithm"),
        (6, "  customs.imports.tip: {kind: even}", (6, 31), "even is not known"),
        (6, "  trade.weekday.*: {}", (6, 3), "whose ranges in the scenario differ"),
        (6, "  trade.weekday.*: {kind: triangular, range: [0.1, 2]}", (6, 3), "a triangle has one top"),
        (6, "  customs.imports.*: {range: [0.1, 0.5]}", (6, 3), "are numbers in share, per hour, hours"),
        (9, "  - {figure: total, place: seized, value: 9}", (9, 28), "did you mean seized_kg?"),
        (9, "  - {figure: total, place: seized_kg}", (9, 5), "a total needs the value"),
        (9, "  - {figure: seized_union, place: European Union, value: 9}", (9, 58), "shipped data"),
        (9, "  - {figure: seized_port, place: Antwerp}", (9, 34), "Antwerp has no published seized_port"),
        (9, "  - {figure: total, place: delivered_kg, value: 9}", (10, 28), "delivered_kg is a target already"),
        (9, "  - {figure: total, place: seized_kg, value: 9, years: [2025]}", (9, 56), "has no years"),
        (11, "particle: 6", (11, 1), "did you mean particles?"),
        (11, "floor: 0", (11, 8), "0 is not above 0"),
        (11, "keep: 0", (11, 7), "0 is not above 0"),
        (11, "particles: 6\nmost_runs: 5", (12, 12), "5 runs cannot fill a population of 6"),
        (11, "settings:\n  - customs.imports.scan_share=0.1\n  - foo", (13, 5), "no setting"),
        (11, "settings: [customs.imports.scan_share=7]", (11, 12), "customs.imports.scan_share: 7 is above 1"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(tmp_path, line, instead, place, text):
    lines = TINY.splitlines()
    lines[line - 1] = instead

    found = mistakes(tmp_path, "\n".join(lines))

    assert [one[:2] for one in found] == [place]
    assert text in found[0][3]


def test_years_that_are_held_out_or_not_lived_are_no_targets(tmp_path):
    head = TINY.partition("scenario:")[0]
    flagship = (
        "scenario: latam_europe\ndays: 2192\nquantities: {customs.imports.tip: {}}\ntargets:\n"
        "  - {figure: seized_port, place: Antwerp, years: [2018, 2023, 2024]}\n"
        "  - {figure: seized_port, place: Salvador}\n"
    )

    found = mistakes(tmp_path, head + flagship)

    assert [one[2] for one in found] == ["targets.0.years", "targets.1.place"]
    assert "2018" in found[0][3] or "2024" in found[0][3]


def test_published_figures_of_the_flagship_are_found_by_place_and_year(tmp_path):
    head = TINY.partition("scenario:")[0]
    plan = (
        "scenario: latam_europe\ndays: 2192\nquantities: {commodities.cocaine.demand: {}}\n"
        "targets: [{figure: seized_port, place: Antwerp}]\n"
    )

    found = read_calibration(written(tmp_path, head + plan))

    assert [each.key for each in found.targets] == [f"seized_port Antwerp {year}" for year in range(2019, 2024)]
    assert found.targets[0].published == 62.1
    assert (found.fitted[0].low, found.fitted[0].high) == (120, 400)


@pytest.mark.parametrize(
    ("kind", "share", "value"),
    [("uniform", 0.25, 3.0), ("loguniform", 0.5, 3.0), ("triangular", 0.25, 3.0), ("triangular", 1.0, 9.0)],
)
def test_a_prior_gives_the_value_below_which_a_share_of_it_lies(kind, share, value):
    """Triangular from 1 to 9 with its top at 3: (3 - 1)² / (8 · 2) = 1/4 lies below the top."""
    assert Prior(kind=kind).at(share, 3.0, 1.0, 9.0) == pytest.approx(value)


def test_the_distance_is_the_root_mean_square_in_units_of_uncertainty():
    targets = (Figured("a", 100.0, 0.2), Figured("b", 10.0, 0.1))

    assert distance(targets, {"a": 140.0, "b": 10.0}, "relative", 0.0) == pytest.approx(math.sqrt(2.0))
    assert distance(targets, {"a": 144.0, "b": 11.0}, "log", 0.0) == pytest.approx(math.sqrt(5 / 2))
    assert distance(targets, {"a": math.nan, "b": 10.0}, "relative", 0.0) == pytest.approx(math.sqrt(25 / 2))
    assert distance(targets, None, "log", 0.02) == math.inf


def test_no_two_candidates_share_their_luck():
    asked = [Asked(population, number, ()) for population in (-2, -1, 0, 1) for number in range(5)]

    numbers = [each for one in asked for each in luck(one, 3)]

    assert len(set(numbers)) == len(numbers) == 60


def test_two_workers_come_to_what_one_does(made, tmp_path):
    _, problem, found = made

    other = calibrate(problem, tmp_path / "kept", workers=2)

    assert other.populations == found.populations
    assert other.runs().equals(found.runs())
    assert other.beside() == found.beside()
    assert other.table().equals(found.table())


def test_it_goes_on_where_it_was_broken_off_or_damaged(made, tmp_path, monkeypatch):
    kept, problem, _ = made
    again = tmp_path / "kept"
    shutil.copytree(kept, again)
    runs = sorted((again / "runs").iterdir())
    for run in runs[1::2]:
        run.unlink()
    runs[0].write_bytes(runs[0].read_bytes()[:-9])
    lived = []
    real = sim.analysis.candidates.live
    monkeypatch.setattr("sim.analysis.candidates.live", lambda *a, **k: lived.append(1) or real(*a, **k))

    write(calibrate(problem, again), again)

    assert len(lived) == len(runs[1::2]) + 1
    assert content(again) == content(kept)


def test_a_folder_belongs_to_one_calibration(made, tmp_path):
    kept, _, _ = made
    more = read_calibration(written(tmp_path, TINY.replace("populations: 2", "populations: 3")))
    other = read_calibration(written(tmp_path, TINY.replace("value: 100", "value: 200"), "other.yaml"))

    Candidates(more, folder=kept).open()
    with pytest.raises(ResultsError, match="holds another calibration"):
        Candidates(other, folder=kept).open()


def test_a_scenario_extends_the_posterior(made, tmp_path):
    kept, _, found = made
    shutil.copy(kept / "posterior.yaml", tmp_path)
    mine = written(tmp_path, "extends: posterior.yaml\ntitle: Mine\n", "mine.yaml")

    scenario = sim.load(mine)

    tip = scenario.customs.imports.tip
    assert scenario.title == "Mine"
    assert tip.source == "calibrated to figures published for the run"
    assert tip == found.quantile(found.problem.fitted[0], 0.5)
    assert tip.low <= tip <= tip.high
    assert {float(each.partners) for each in scenario.organisations.values()} == {
        found.quantile(found.problem.fitted[1], 0.5)
    }


def test_a_posterior_of_a_changed_scenario_brings_its_base_along(made, tmp_path):
    changed = TINY.replace("days: 20", "days: 10\nsettings: [customs.imports.scan_share=0.1]")
    changed = changed.replace("particles: 6", "particles: 5").replace("populations: 2", "populations: 1")
    problem = read_calibration(written(tmp_path, changed))
    write(calibrate(problem, tmp_path / "kept"), tmp_path / "kept")

    assert float(sim.load(tmp_path / "kept" / "posterior.yaml").customs.imports.scan_share) == 0.1


IN_LISTS = """\
title: Numbers in lists
question: Which weekdays and which screening would explain it?
scenario: world.yaml
days: 10
quantities:
  trade.weekday.*: {range: [0.8, 1.2]}
  trade.evidence.step_points.1: {}
  policies.1.share: {range: [0.2, 0.8]}
targets: [{figure: total, place: seized_kg, value: 100, source: made up}]
particles: 5
populations: 1
baseline: 0
predictive: 0
"""
SCREENED = """\
extends: two_coasts
policies:
  - {kind: high_risk_screening, name: late, start: 2025-03-01, ports: [westmole], share: 0.9}
  - {kind: high_risk_screening, name: first, start: 2025-01-02, ports: [westmole], share: 0.9}
  - {kind: high_risk_screening, start: 2025-01-02, ports: [nordhaven], share: 0.9}
"""


def test_a_scenario_extends_a_posterior_of_numbers_in_lists(tmp_path):
    """A list of the scenario that is extended is replaced whole; what begins after the days that were lived stays."""
    written(tmp_path, SCREENED, "world.yaml")
    found = calibrate(read_calibration(written(tmp_path, IN_LISTS)))
    share, step, weekday = (found.quantile(each, 0.5) for each in found.problem.fitted)

    write(found, tmp_path)
    scenario, before = sim.load(tmp_path / "posterior.yaml"), sim.load(tmp_path / "world.yaml")

    assert [float(each) for each in scenario.trade.weekday] == [weekday] * 7
    steps, old = scenario.trade.evidence.step_points, before.trade.evidence.step_points
    assert [*steps] == [old[0], step, *old[2:]]
    assert scenario.policies[:2] == before.policies[:2]
    assert (scenario.policies[2].share, scenario.policies[2].ports) == (share, ("nordhaven",))
    assert scenario.policies[2].share.source == "calibrated to figures published for the run"
    assert scenario.days == before.days == 365


def test_a_fit_without_runs_of_the_scenario_as_it_stands_is_held_against_none(made):
    _, _, found = made
    alone = replace(found, baseline=())

    assert "nan" not in "\n".join([scenario_text(alone), *told(alone)])


def test_a_posterior_of_a_scenario_with_policies_of_its_own_brings_their_file_along(made, tmp_path):
    _, problem, found = made
    own = sim.load(own_policies.put(tmp_path / "own"))
    write(replace(found, problem=replace(problem, extended=own, shipped=False)), tmp_path)

    (policy,) = sim.load(tmp_path / "posterior.yaml").policies
    assert policy.kind == "harbour_watch"


def test_tables_hold_every_particle_and_what_it_came_to(made):
    kept, _, found = made
    particles, figures = pd.read_parquet(kept / "posterior.parquet"), pd.read_parquet(kept / "figures.parquet")

    assert list(particles["population"].unique()) == [0, 1]
    assert particles.groupby("population")["weight"].sum().tolist() == pytest.approx([1, 1])
    assert set(figures["number"]) == {each.number for each in found.last.particles}
    assert {"total seized_kg", "total delivered_kg"} <= set(figures["figure"])
    one = json.loads((kept / "runs" / "002-000000.json").read_text())
    assert set(one["values"]) >= {"customs.imports.tip", "organisations.coastal.partners"}


def test_the_fit_is_told_beside_what_is_published(made):
    _, _, found = made
    page = "\n".join(told(found))

    (seized, delivered) = found.beside()

    assert (seized.published, delivered.published) == (100, 900)
    assert seized.low <= seized.median <= seized.high
    assert "| total | seized_kg | – | 100 |" in page
    assert "`customs.imports.tip`" in page
    assert scenario_text(found).count("extends: two_coasts") == 1


def test_the_posterior_is_lived_anew_with_other_luck(made):
    _, problem, found = made

    assert len(found.predicted) == 3
    accepted = [found.figures[1, each.number] for each in found.last.particles]
    assert not any(each == other for each in found.predicted for other in accepted)
    seized = sorted(each["total seized_kg"] for each in found.predicted)
    assert found.beside()[0][-3:] == (seized[1], seized[0], seized[2])
    without = Posterior(problem, found.populations, found.figures, found.baseline)
    assert without.beside()[0].median in [each["total seized_kg"] for each in accepted]


def test_the_page_of_the_flagship_can_be_made_from_any_calibration(made, checkout):
    _, _, found = made

    page = script(checkout, "make_calibration").text(found)

    written = (checkout / "docs" / "calibrated.md").read_text(encoding="utf-8")
    headings = [line for line in page.splitlines() if line.startswith("#")]
    assert set(headings) <= {line for line in written.splitlines() if line.startswith("#")}
    assert "| fitted | 2 |" in page


def test_weighted_quantiles_count_weights():
    particles = [Particle(0, (), 0.5, 0.0), Particle(1, (), 0.3, 0.0), Particle(2, (), 0.2, 0.0)]

    assert [weighted_quantile(particles, [3.0, 1.0, 2.0], level) for level in (0.3, 0.5, 0.51, 1.0)] == [1, 2, 3, 3]


def test_figures_of_a_world_and_of_its_folder_are_the_same(tmp_path):
    from sim.study.run import live

    world = sim.load("two_coasts", days=40)
    results = sim.run(world, tmp_path / "run", mode="thinned")
    here, there = Run.of_model(live(world, mode="thinned")), Run.of_results(results)

    assert here.seized == there.seized != []
    assert here.price.tolist() == there.price.tolist()
    assert here.controls.equals(there.controls)
    assert list(FIGURES["seized_port"](here)) == []


def test_the_command_says_what_is_wrong_and_leaves(tmp_path, capsys):
    path = written(tmp_path, TINY.replace("tip:", "tips:"))

    assert main(["calibrate", str(path), "-o", str(tmp_path / "out")]) == 3
    assert f"{path}:6:3" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_every_number_of_a_calibration_has_a_default_but_what_is_asked():
    asked = [name for name, field in Calibration.model_fields.items() if field.is_required()]

    assert asked == ["title", "question", "scenario", "quantities", "targets"]


@pytest.mark.slow
def test_true_values_of_a_tiny_world_lie_anywhere_among_draws_of_their_posteriors(tmp_path):
    text = TINY.replace("days: 20", "days: 10").replace("  organisations.*.partners: {range: [2, 5]}\n", "")

    found = ranks_of(
        read_calibration(written(tmp_path, text)), trials=24, draws=5, seed=7, particles=10, populations=2, keep=0.4
    )

    assert found.chi_square("customs.imports.tip", 3)[1] > 0.01


def test_ranks_of_a_scenario_are_of_runs_with_luck_of_their_own(tmp_path):
    text = TINY.replace("days: 20", "days: 5").replace("  organisations.*.partners: {range: [2, 5]}\n", "")

    found = ranks_of(read_calibration(written(tmp_path, text)), trials=2, draws=5, seed=7, particles=5, populations=1)

    assert found.names == ("customs.imports.tip",)
    assert found.ranks.shape == (2, 1)
    assert ((found.ranks >= 0) & (found.ranks <= 5)).all()


def test_the_command_names_what_has_to_be_installed(capsys, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyabc", None)
    assert main(["calibrate", "calibrations/two_coasts", "-o", str(tmp_path / "out")]) == 1
    assert "pip install 'chokepoint[analysis]'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
