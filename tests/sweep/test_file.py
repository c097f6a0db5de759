# ruff: noqa: E501
"""Sweep files: what is wrong with one is told at its place, all at once; the schema says the same."""

import json

import jsonschema
import numpy as np
import pytest

from sim.cli import main
from sim.scenario.load import InvalidScenario, load
from sim.scenario.nodes import plain
from sim.scenario.reader import read
from sim.scenario.shipped import sweeps
from sim.study.measures import totals
from sim.study.run import live
from sim.study.totals import KPIS, PEOPLE
from sim.sweep.asked import read_sweep
from sim.sweep.designs import points_of
from sim.sweep.schema import schema, schema_text
from tests.sweep.conftest import TINY

HEAD = "title: T\nscenario: two_coasts\n"


def complaints(path):
    with pytest.raises(InvalidScenario) as refused:
        read_sweep(path)
    return str(refused.value).replace(path, "FILE").splitlines()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title: T\n", "FILE:1:1  scenario: is missing. Give a text."),
        (f"{HEAD}extends: other.yaml\n", "FILE:3:1  extends: is not known here. Known are"),
        ("title: T\nscenario: two_coast\n", "FILE:2:11  scenario: two_coast is neither a file here nor a shipped scenario, did you mean two_coasts?"),
        ("title: T\nscenario: ../other.yaml\n", "FILE:2:11  scenario: ../other.yaml leads out of the folder of this file."),
        (f"{HEAD}replicates: 0\n", "FILE:3:13  replicates: 0 is below 1. Give a whole number, 1 to 1000000."),
        (f"{HEAD}desing: sobol\n", "FILE:3:1  desing: is not known here, did you mean design?"),
        (f"{HEAD}design: sobl\n", "FILE:3:9  design: sobl is not known, did you mean sobol? Give one of grid, "),
        (f"{HEAD}design: sobol\nparameters: {{ customs.imports.sensitivity: range }}\n", "FILE:3:9  design: sobol needs points."),
        (f"{HEAD}design: morris\npoints: 4\n", "FILE:3:9  design: morris has nothing to vary."),
        (f"{HEAD}points: 4\n", "FILE:3:9  points: grid has as many points as its parameters make. Leave it out."),
        (f"{HEAD}levels: 4\n", "FILE:3:9  levels: only morris takes it. Leave it out."),
        (f"{HEAD}design: morris\npoints: 4\nevery: assumed\nlevels: 3\n", "FILE:6:9  levels: 3 is odd"),
        (f"{HEAD}include: [customs.*]\n", "FILE:3:10  include: chooses among the numbers that `every` names."),
        (f"{HEAD}every: assumed\n", "FILE:3:8  every: would make a grid of too many points."),
        (
            f"{HEAD}design: morris\npoints: 4\nevery: assumed\nexclude: [customs.*, custom.*]\n",
            "FILE:6:22  exclude.1: custom.* matches no number that varies.",
        ),
        (f"{HEAD}policies: [none, Joint patrol]\n", "FILE:3:18  policies.1: the scenario has no policy Joint patrol, did you mean Joint patrols?"),
        (f"{HEAD}policies: [Joint patrols, Joint patrols + Joint patrols]\n", "FILE:3:27  policies.1: is the same as Joint patrols. Keep one."),
        (f"{HEAD}days: 10\npolicies: [Joint patrols]\n", "Those that start after the last day are left out."),
        (f"{HEAD}outcomes: [delivered]\n", "FILE:3:12  outcomes.0: delivered is none of the totals of a run, did you mean delivered_kg?"),
        (f"{HEAD}outcomes: [seized_kg, people_lost]\n", "FILE:3:23  outcomes.1: people_lost is told of people, and none cross the sea in this scenario."),
        (f"{HEAD}series: [seized_kg, seized_kg]\n", "FILE:3:21  series.1: is given twice. Keep one."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_place(write, text, told):
    assert any(told in line for line in complaints(write(text))), complaints(write(text))


def test_a_policy_that_is_not_there_is_the_only_mistake(write):
    (told,) = complaints(write(f"{HEAD}policies: [nosuch, none]\n"))
    assert "has no policy nosuch" in told


def test_names_are_looked_at_whatever_is_wrong_with_the_form(write):
    text = """
scenario: two_coasts
design: gridd
replicates: 0
parameters:
  customs.imports.scan_shar: { low: 0.01, high: 0.1 }
  customs.imports.scan_share: [0.01, 7.0]
  customs.imports.randm_share: range
  customs.imports.tip: { low: 0.01, high: 0.1, stps: 3 }
outcomes: [seized_k, delivered_kg]
"""
    assert [line.partition("  ")[2].partition(",")[0] for line in complaints(write(text))] == [
        "title: is missing. Give a line of text",
        "design: gridd is not known",
        "replicates: 0 is below 1. Give a whole number",
        "customs.imports.scan_shar: is not known here",
        "customs.imports.scan_share: 7 is above 1. Give a share",
        "parameters.customs.imports.randm_share: is no number of the scenario",
        "parameters.customs.imports.tip.stps: is not known here",
        "outcomes.0: seized_k is none of the totals of a run",
    ]
    nowhere = "scenario: nowhere\ndesign: gridd\nparameters: { days: [1] }\n"
    assert any("nowhere is neither a file here nor a shipped scenario" in line for line in complaints(write(nowhere)))


@pytest.mark.parametrize(
    ("path", "given", "told"),
    [
        ("customs.imports.scan_shar", "[0.1]", "4:31  customs.imports.scan_shar: is not known here, did you mean scan_share?"),
        ("customs.imports.scan_share", "[0.1, 1.5]", "4:37  customs.imports.scan_share: 1.5 is above 1. Give a share, 0 to 1."),
        ("customs.imports.scan_share", "[0.1, often]", "4:31  parameters.customs.imports.scan_share: mixes numbers with texts"),
        ("customs.imports.scan_share", "[0.1, 0.1]", "has a value twice. Give each once."),
        ("customs.imports.scan_share", "[[0.1]]", "has a value that is no number, no text"),
        ("customs.imports.scan_share", "{ low: 0.1, high: 0.05, steps: 3 }", "low, 0.1, is not below high, 0.05."),
        ("customs.imports.scan_share", "{ low: 0.1, high: 0.2 }", "lacks steps. Give how many values a grid takes"),
        ("customs.imports.scan_share", "{ values: [0.1], low: 0 }", "has values and a range. Give one of them."),
        ("customs.imports.scan_share", "{ low: 0.1, heigh: 0.2 }", "heigh: is not known here, did you mean high?"),
        ("customs.imports.scan_shar", "range", "is no number of the scenario, did you mean customs.imports.scan_share?"),
        ("policies.7.start", "['2025-01-05']", "4:22  policies.7: 7 is no item of the list. Give a number, 0 to 1."),
        ("policies.0.start", "['2025-01-05', soon]", "soon is no date. Give a date as YYYY-MM-DD."),
        ("organisations.coastal.behaviour", "[logit, lodgit]", "lodgit is not known, did you mean logit?"),
        ("organisations.coastal.count", "[1, 2.5, 4]", "4:36  organisations.coastal.count: 2.5 does not fit here. Give a whole number, 1 to 500."),
        ("title", "{ low: 0, high: 1, steps: 2 }", "title: 0 does not fit here. Give a line of text"),
    ],
)  # fmt: skip
def test_values_that_do_not_fit_are_told_at_theirs(write, path, given, told):
    found = complaints(write(f"{HEAD}parameters:\n  {path}: {given}\n"))
    assert any(told in line for line in found), found


def test_a_path_to_an_item_of_a_list_means_the_same_with_fewer_days(write):
    policies = "".join(
        f"  - {{ kind: joint_patrols, name: {name}, start: 2025-0{month}-01, zones: [middle_sea], units: 2 }}\n"
        for name, month in (("First", 1), ("Late", 7), ("Early", 2), ("Second", 2))
    )
    write(f"extends: two_coasts\npolicies:\n{policies}", "world.yaml")
    varied = "parameters:\n  policies.0.units: [1, 2]\n  policies.2.units: [1, 2]\n"
    (told,) = complaints(write(f"title: T\nscenario: world.yaml\ndays: 60\n{varied}"))
    assert told.startswith("FILE:6:21  parameters.policies.2.units: is of another item with 60 days")
    for days in ("", "days: 200\n"):
        assert len(read_sweep(write(f"title: T\nscenario: world.yaml\n{days}{varied}")).parameters) == 2


@pytest.mark.parametrize("name", ["two_coasts", "two_coasts_people"])
def test_every_total_that_a_sweep_may_ask_for_is_one_of_its_runs(write, name):
    found = totals(live(load(name, days=1), mode="thinned"))
    outcomes = ", ".join(
        column.name for column in KPIS if name != "two_coasts" or not column.name.startswith("people_")
    )
    assert set(read_sweep(write(f"title: T\nscenario: {name}\noutcomes: [{outcomes}]\n")).outcomes) == set(found)


def test_a_sweep_of_people_keeps_what_became_of_them_where_nothing_is_asked_for(write):
    without, people = (
        read_sweep(write(f"title: T\nscenario: {name}\n")) for name in ("two_coasts", "two_coasts_people")
    )
    assert people.outcomes == without.outcomes + PEOPLE
    assert "people_lost" in people.outcomes


def test_all_mistakes_are_told_at_once_and_the_command_leaves_with_3(write, capsys, tmp_path):
    file = write(f"{HEAD}outcomes: [delivered]\nseries: [seized]\nparameters:\n  customs.imports.scan_share: [2]\n")
    assert main(["sweep", file, "-o", str(tmp_path / "out")]) == 3
    assert len(capsys.readouterr().err.splitlines()) == 3
    assert not (tmp_path / "out").exists()
    assert main(["validate", file]) == 3


def test_a_sweep_is_told_from_a_world(write, capsys):
    assert main(["validate", write()]) == 0
    assert capsys.readouterr().out.endswith("valid, Tiny\n")
    with pytest.raises(InvalidScenario, match="makes this a sweep"):
        load(write())


@pytest.mark.parametrize("name", sorted(sweeps()))
def test_shipped_sweeps_are_valid_by_the_reader_and_by_the_schema(name):
    read_sweep(name)
    jsonschema.validate(plain(read(sweeps()[name].read_bytes(), name)[0]), schema())


def test_the_shipped_schema_is_the_one_that_is_printed(checkout, capsys):
    assert (checkout / "scenarios" / "sweep.schema.json").read_text(encoding="utf-8") == schema_text()
    assert main(["schema", "--sweep"]) == 0
    assert json.loads(capsys.readouterr().out) == schema()


def points(write, text):
    return points_of(read_sweep(write(f"{HEAD}{text}")))


def test_a_grid_has_all_combinations_the_last_changing_first(write):
    found = points(write, TINY.partition("days: 3\n")[2])
    assert found.number == 6
    assert found.columns["customs.imports.random_share"].tolist() == [0.0, 0.0, 0.0, 0.2, 0.2, 0.2]
    assert found.columns["customs.imports.scan_share"].tolist() == [0.01, 0.05, 0.1] * 2


@pytest.mark.parametrize("given", ["{ low: 1, high: 4, steps: 4 }", "[1, 2.0, 3, 4]"])
def test_whole_numbers_are_laid_as_such(write, given):
    found = points(write, f"parameters:\n  organisations.coastal.count: {given}\n")
    assert found.columns["organisations.coastal.count"].dtype == np.int64
    assert found.columns["organisations.coastal.count"].tolist() == [1, 2, 3, 4]


def test_true_and_false_are_no_numbers(write):
    found = points(write, "parameters:\n  commodities.cocaine.concealments.rip_on.crew: [true, false]\n")
    assert found.columns["commodities.cocaine.concealments.rip_on.crew"].tolist() == [True, False]


def test_a_range_of_whole_numbers_is_told_to_be_listed(write):
    text = "design: latin_hypercube\npoints: 4\nparameters:\n  organisations.coastal.count: { low: 1, high: 4 }\n"
    (told,) = complaints(write(HEAD + text))
    assert told.startswith("FILE:6:32  organisations.coastal.count: takes whole numbers, and of a range any are drawn.")
    assert points(write, text.replace("{ low: 1, high: 4 }", "[1, 4]")).number == 4


def test_a_latin_hypercube_meets_every_part_of_a_range_once_and_every_text_as_often(write):
    found = points(write, "design: latin_hypercube\npoints: 8\nparameters:\n  customs.imports.sensitivity: { low: 0, high: 0.8 }\n"
                   "  organisations.coastal.behaviour: [logit, salience]\n")  # fmt: skip
    assert sorted((found.columns["customs.imports.sensitivity"] / 0.1).astype(int).tolist()) == list(range(8))
    assert sorted(found.columns["organisations.coastal.behaviour"].tolist()) == ["logit"] * 4 + ["salience"] * 4
    assert found.ranges == {"customs.imports.sensitivity": [0.0, 0.8]}


def test_one_at_a_time_begins_with_the_scenario_as_it_is(write):
    found = points(write, "design: one_at_a_time\nparameters:\n  customs.imports.sensitivity: { low: 0, high: 1 }\n"
                   "  organisations.coastal.behaviour: [logit, salience]\n")  # fmt: skip
    now = float(load("two_coasts").customs.imports.sensitivity)
    assert found.columns["customs.imports.sensitivity"].tolist() == [now, 0.0, 1.0, now, now]
    assert found.columns["organisations.coastal.behaviour"].tolist() == [None, None, None, "logit", "salience"]


@pytest.mark.parametrize(("design", "many"), [("sobol", 8 * 4), ("morris", 8 * 3)])
def test_designs_of_salib_are_its_samples(write, design, many):
    pytest.importorskip("SALib")
    found = points(write, f"design: {design}\npoints: 8\nseed: 3\nparameters:\n"
                   "  customs.imports.sensitivity: { low: 0.2, high: 0.8 }\n  customs.imports.random_share: range\n")  # fmt: skip
    assert found.number == many == len(found.columns["customs.imports.sensitivity"])
    assert np.ptp(found.columns["customs.imports.sensitivity"]) <= 0.6 + 1e-12
    assert list(found.ranges) == ["customs.imports.random_share", "customs.imports.sensitivity"]


def test_numbers_that_would_contradict_each_other_keep_their_values(write):
    found = points_of(read_sweep(write("title: T\nscenario: latam_europe\ndesign: latin_hypercube\npoints: 4\n"
                                       "every: assumed\ninclude: [geography.*]\n")))  # fmt: skip
    assert "geography.production_areas.vraem.share" in found.left_out
    assert not set(found.left_out) & set(found.columns)
