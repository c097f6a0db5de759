"""Loading: what a scenario extends, what the command line sets, and what is told of mistakes."""

import json
import os
import pickle
import re
from datetime import date
from typing import Literal

import pytest

from sim.policies.policy import Policy
from sim.quantity import Quantity, Share
from sim.scenario.load import InvalidScenario, load, resolved, scenario_hash
from sim.scenario.scenario import Scenario
from sim.scenario.shipped import find, policies, shipped
from sim.terms import Noun

TWO_COASTS = "two_coasts"


def text_of(name: str) -> str:
    return find(name).read_text(encoding="utf-8")


def written(folder, text: str, name: str = "mine.yaml"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def complaints(*arguments, **options) -> list[str]:
    with pytest.raises(InvalidScenario) as refused:
        load(*arguments, **options)
    return str(refused.value).splitlines()


def complaint(*arguments, **options) -> str:
    (only,) = complaints(*arguments, **options)
    return only


def place(text: str, words: str) -> str:
    """Line and column of words in a text."""
    at = text.index(words)
    return f"{text.count(chr(10), 0, at) + 1}:{at - (text.rfind(chr(10), 0, at) + 1) + 1}"


# Loading and telling mistakes


@pytest.mark.parametrize("name", sorted(shipped()))
def test_shipped_scenarios_are_valid_by_bare_name_and_by_path(name):
    assert load(name) == load(shipped()[name])


def test_a_scenario_loads_from_json_too(tmp_path):
    scenario = load(TWO_COASTS)
    path = written(tmp_path, json.dumps(scenario.model_dump(mode="json"), indent="\t"), "mine.json")
    assert load(path).geography == scenario.geography


def test_a_mistake_names_file_line_column_path_value_and_what_is_allowed(tmp_path):
    text = text_of(TWO_COASTS).replace("imports: { scan_share: 0.03,", "imports: { scan_share: -3,")
    path = written(tmp_path, text)
    said = "customs.posts.nordhaven.imports.scan_share: -3 is below 0. Give a share, 0 to 1."
    assert complaint(path) == f"{path}:{place(text, '-3,')}  {said}"


def test_all_mistakes_are_told_at_once_sorted_by_place(tmp_path):
    text = (
        text_of(TWO_COASTS)
        .replace("days: 365", "days: 0")
        .replace("imports: { scan_share: 0.02 }", "imports: { scan_shre: 0.02 }")
        .replace("areas: [highlands] }", "areas: [highland] }")
        .replace("ports: [nordhaven] }", "ports: [nordhavn] }")
        .replace("fruit: 0.5", "fruit: 0.4")
    )
    path = written(tmp_path, text)
    assert [line.split("  ")[1] for line in complaints(path)] == [
        "days: 0 is below 1. Give a whole number, 1 to 36525.",
        "trade.mixes.SOUTH: the shares add up to 0.9. Make them add up to 1.",
        "customs.imports.scan_shre: is not known here, did you mean scan_share?",
        "organisations.coastal.areas.0: highland is not a production area, did you mean highlands?",
        "policies.0.ports.0: nordhavn is not a port, region or country of the ports in play, did you mean nordhaven?",
    ]


def test_a_policy_is_checked_whatever_is_wrong_with_others(tmp_path):
    text = """
extends: two_coasts
title: Wrong in many ways
policies:
  - { kind: port_capacity, ports: [westmol], start: 2025-02-01 }
  - { kind: port_capcity, ports: [westmole], start: 2025-02-01 }
  - { kind: port_capacity, ports: [westmole], start: 2025-02-31 }
  - { kind: port_capacity, ports: [westmole], start: 2035-02-01, name: Late }
  - { kind: port_capacity, ports: [nordhaven], start: 2025-03-01, name: Late }
"""
    assert [line.split("  ")[1].partition(",")[0] for line in complaints(written(tmp_path, text))] == [
        "policies.0.ports.0: westmol is not a port",
        "policies.1.kind: port_capcity is not known",
        "policies.2.start: 2025-02-31 is no date. Give a date as YYYY-MM-DD.",
        "policies.3.start: 2035-02-01 is after the last day",
        "policies.4.name: Late is the name of policies.3 too. Give each its own.",
    ]


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("start: 2025-01-01", "start: 2025-02-30", "start: 2025-02-30 is no date. Give a date as YYYY-MM-DD."),
        ("start: 2025-01-01", 'start: "1735689600"', "start: 1735689600 is no date."),
        ("start: 2025-01-01", "start: 2025-01-01T00:00:00", "start: 2025-01-01T00:00:00 is no date."),
        ("days: 365", "days: '365'", "days: 365 does not fit here. Give a whole number"),
        ("days: 365", "days: true", "days: true does not fit here."),
        ("days: 365", "days: 365.0", "days: 365 does not fit here."),
        ("title: Two coasts", "title: 12", "title: 12 does not fit here. Give a line of text"),
        ("title: Two coasts", "title:", "title: is empty. Give a line of text"),
        ("title: Two coasts", f"title: {'x' * 200}", f"title: {'x' * 57}... has 200 characters."),
        ("title: Two coasts\n", "", "title: is missing. Give a line of text"),
        ("reefer: true", "reefer: yes", "trade.cargo_classes.fruit.reefer: yes does not fit here. Give true or false."),
        ("role: origin, lat: -14.0", "role: origins, lat: -14.0",
         "geography.ports.costa_alta.role: origins is not known, did"),
        ("lat: -14.0,", "", "geography.ports.costa_alta.lat: is missing. Give a number, -90 to 90."),
        ("name: Middle sea, area_nm2: 250000, patrol_units: 4", "", "waters.middle_sea: lacks name, area_nm2."),
        ("country: XA, region", "country: Xa, region", "geography.ports.costa_alta.country: Xa does not fit here."),
        ("middle_sea: {", "middle sea: {", "waters.middle sea: middle sea does not fit as a key."),
        ("{ 2025: 150 }", "{ year: 150 }", "commodities.cocaine.production_by_year.year: is no whole number."),
        ("{ 2025: 150 }", "{ 2025: 150, 99999: 3 }",
         "commodities.cocaine.production_by_year.99999: 99999 is above 2200."),
        ("{ 2025: 150 }", "{ 2025: 150, 2025: 3 }", "commodities.cocaine.production_by_year.2025: is given twice"),
        ("coastal: {", "7: {", "organisations.7: is a number. Give a name as key."),
        ("range: [25, 60]", "range: [50, 60]",
         "commodities.cocaine.demand: the range 50 to 60 does not hold 45."),
        ("value: 45, range", "value: 45, unit: kg, range",
         "commodities.cocaine.demand: the unit is kg, this is measured in t/year."),
        ("{ value: 45, range: [25, 60] }", "{ range: [25, 60] }", "commodities.cocaine.demand.value: is missing."),
        ("range: [25, 60]", "range: [25, 60], source: Assumed",
         "commodities.cocaine.demand: the source 'Assumed' is none. Write assumed."),
        ("{ value: 45, range: [25, 60] }", "lots",
         "commodities.cocaine.demand: lots does not fit here. Give a number of t/year"),
        ("kind: joint_patrols", "kind: joint_patrol",
         "policies.1.kind: joint_patrol is not known, did you mean joint_patrols?"),
        ("kind: joint_patrols, ", "", "policies.1.kind: is missing. Known kinds are "),
        ("zones: [middle_sea], units: 2", "zone: [middle_sea], units: 2",
         "policies.1.zone: is not known here, did you mean zones?"),
    ],
)  # fmt: skip
def test_one_mistake_is_one_line_that_says_what_to_write(tmp_path, was, becomes, said):
    text = text_of(TWO_COASTS)
    assert was in text
    line = complaint(written(tmp_path, text.replace(was, becomes, 1)))
    assert line.split("  ", 1)[1].startswith(said)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("days='60'", "days: 60 does not fit here. Give a whole number, 1 to 36525, without quotes."),
        ("days=6e1", "days: 60 does not fit here. Give a whole number, 1 to 36525, without a point or an exponent."),
        ("days=60.5", "days: 60.5 does not fit here. Give a whole number, 1 to 36525."),
        ("customs.imports.scan_share='0.1'",
         "customs.imports.scan_share: 0.1 does not fit here. Give a share, 0 to 1, without quotes."),
        ("customs.imports.scan_share={value: 0.1, range: 0.05-0.2}",
         "customs.imports.scan_share.range: 0.05-0.2 does not fit here. Give a list of 2, each a share, 0 to 1."),
        ("customs.imports.scan_share={value: 0.1, range: [0.05]}",
         "customs.imports.scan_share.range: has 1 entry. Give a list of 2, each a share, 0 to 1."),
        ("customs.imports.scan_share={value: 0.1, range: [0.05, lots]}",
         "customs.imports.scan_share.range.1: lots does not fit here. Give a share, 0 to 1."),
        ("trade.cargo_classes.fruit.reefer='true'",
         "trade.cargo_classes.fruit.reefer: true does not fit here. Give true or false, without quotes."),
        ("title=2025", "title: 2025 does not fit here. Give a line of text, 120 characters at most, in quotes."),
    ],
)  # fmt: skip
def test_where_only_the_spelling_does_not_fit_it_is_told_how_to_spell(setting, said):
    with pytest.raises(InvalidScenario) as refused:
        load(TWO_COASTS, overrides=[setting])
    (mistake,) = refused.value.mistakes
    assert f"{mistake.path}: {mistake.text}" == said


def test_values_are_shown_short_and_harmless(tmp_path):
    text = text_of(TWO_COASTS).replace(
        "region: SOUTH, role: origin, lat: -14.0", f"region: {'é' * 200}, role: origin, lat: -14.0"
    )
    line = complaint(written(tmp_path, text))
    assert f"{'é' * 57}... does not fit here." in line


def test_a_mistake_can_be_read_field_by_field_and_survives_another_process():
    with pytest.raises(InvalidScenario) as refused:
        load(TWO_COASTS, overrides=["days=0"])
    copy = pickle.loads(pickle.dumps(refused.value))
    (mistake,) = copy.mistakes
    assert (mistake.file, mistake.line, mistake.path) == ("--set days=0", 0, "days")


def test_a_file_that_is_wrong_all_over_is_told_without_end(tmp_path):
    lines = complaints(written(tmp_path, "".join(f"key{number}: 1\n" for number in range(5000))))
    assert len(lines) == 201
    assert lines[-1].startswith("and ")


@pytest.mark.parametrize("path", ["missing.yaml", ".", "x" * 5000, "nul\0byte", "no/such/folder/x.yaml"])
def test_a_file_that_cannot_be_read_is_told_in_a_line(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    assert "cannot be read: " in complaint(path)


def test_a_pipe_is_not_waited_for(tmp_path):
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    assert "cannot be read: is no regular file." in complaint(pipe)


# Values set from outside


def test_settings_replace_values_and_add_what_has_a_default():
    scenario = load(
        TWO_COASTS, overrides=["customs.imports.scan_share=0.1", "organisations.inland.cells.crew=4", "days=300"]
    )
    assert scenario.customs.imports.scan_share == 0.1
    assert scenario.organisations["inland"].cells.crew == 4
    assert scenario.days == 300


def test_a_number_set_keeps_the_unit_and_drops_range_and_source():
    scenario = load(TWO_COASTS, overrides=["commodities.cocaine.demand=50"])
    demand = scenario.commodities["cocaine"].demand
    assert (float(demand), demand.unit, demand.low, demand.source) == (50.0, "t/year", None, "assumed")


def test_settings_take_lists_mappings_and_items_of_lists():
    sets = ["policies.1.units={value: 3, range: [2, 4]}", "policies.0.ports=[XC]", "policies.0.ports.0=nordhaven"]
    first, second = load(TWO_COASTS, overrides=sets).policies
    assert first.places() == ("nordhaven",)
    assert second.units.as_mapping() == {"value": 3.0, "unit": "count", "range": [2.0, 4.0], "source": "assumed"}


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("customs.imports.scan_share=7", "customs.imports.scan_share: 7 is above 1. Give a share, 0 to 1."),
        ("customs.imports.scan_shre=0.1", "customs.imports.scan_shre: is not known here, did you mean scan_share?"),
        ("policies.5.units=1", "policies.5: 5 is no item of the list. Give a number, 0 to 1."),
        ("policies.x.units=1", "policies.x: x is no item of the list."),
        ("title.x=1", "title.x: title is a single value. Set it whole."),
        ("days", "is no setting. Give path=value, as in seed=7."),
        ("=3", "is no setting."),
        ("a..b=3", "is no setting."),
        ("days=[", "days: is not valid YAML"),
        ("days=&x 3", "days: anchors, aliases and merge keys"),
        ("days=!!int 3", "days: the tag"),
        ("days=.nan", "days: .nan is not a finite number."),
        ("days=", "days: is empty. Give a whole number, 1 to 36525."),
        ("extends=x.yaml", "extends: can only be given in the file."),
    ],
)
def test_a_wrong_setting_is_told_where_it_was_given(setting, said):
    assert complaint(TWO_COASTS, overrides=[setting]).startswith(f"--set {setting}  {said}")


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("trade.gravity.distance_decay=90", "90 is above 10."),
        ("trade.gravity.size=11", "11 is above 10."),
        ("trade.weekday.5=1e8", "100000000 is above 100. Give a number, 0 to 100."),
        ("trade.weekday.5=-1", "-1 is below 0. Give a number, 0 to 100."),
        ("organisations.coastal.partners=1e20", "1e+20 is above 10000."),
        ("organisations.coastal.gateways=1e20", "1e+20 is above 10000."),
        ("customs.posts.nordhaven.imports.analysts=1e7", "10000000 is above 10000."),
        ("transport.liner.port_days=1e9", "1000000000 is above 366."),
        ("trade.shippers.per_port=4001", "4001 is above 4000."),
        ("trade.season=1.1", "1.1 is above 1."),
        ("commodities.cocaine.source_response=1e9", "1000000000 is above 10."),
        ("commodities.cocaine.elasticity=-11", "-11 is below -10."),
        ("commodities.cocaine.demand_growth=1e9", "1000000000 is above 2."),
        ("commodities.cocaine.price_speed=1", "1 is above 0.5."),
        ("organisations.coastal.cells.crew=1e9", "1000000000 is above 1000."),
        ("geography.ports.nordhaven.teu_thousand=1e9", "1000000000 is above 1000000."),
        ("customs.imports.service_cv=1.1", "1.1 is above 1. Give a number, 0 to 1."),
        ("customs.exports.service_cv=-0.1", "-0.1 is below 0."),
        ("customs.imports.scans_per_hour=1e-308", "1e-308 is below 0.001."),
        ("customs.exports.examination_hours=1e308", "1e+308 is above 8784."),
        ("customs.imports.clearance_number=1e30", "1e+30 is above 1000000. Give a count, 0 to 1000000."),
        ("justice.courts.appeal_slots=1e308", "1e+308 is above 1000000."),
        ("justice.courts.court_slots=1e19", "1e+19 is above 1000000."),
        ("justice.courts.remand_days=1e308", "1e+308 is above 36525. Give a number of days, 0 to 36525."),
        ("organisations.coastal.capital_usd=1e18", "1e+18 is above 1000000000000."),
        ("organisations.coastal.size_spread=1e6", "1000000 is above 3."),
        ("organisations.coastal.life.upkeep_per_year=1e15", "1e+15 is above 1000000."),
        ("commodities.cocaine.market_price=1e-308", "1e-308 is below 0.001."),
        ("commodities.cocaine.shape=1000", "1000 is above 10."),
        ("commodities.cocaine.demand=1e15", "1e+15 is above 1000000."),
        ("trade.gravity.teu_per_box=1e-6", "1e-06 is below 0.5."),
    ],
)
def test_a_number_that_no_world_could_hold_is_refused(setting, said):
    path = setting.partition("=")[0]
    assert complaint(TWO_COASTS, overrides=[setting]).startswith(f"--set {setting}  {path}: {said}")


def nouns(of: type[Noun]) -> set[type[Noun]]:
    return {of}.union(*(nouns(noun) for noun in of.__subclasses__()))


def test_every_number_has_bounds():
    """Whatever a scenario or game can hold: what overflows is told at its field, not somewhere in a run."""
    unbounded = [
        f"{noun.__name__}.{name}"
        for noun in nouns(Noun)
        if noun.__module__.startswith("sim.")
        for name, field in noun.model_fields.items()
        for measure in re.findall(r"Measure\([^()]*\)", f"{field.annotation} {field.metadata}")
        if "le=None" in measure or ("ge=None" in measure and "gt=None" in measure)
    ]
    assert not unbounded


def test_seed_and_days_outrank_the_file():
    scenario = load(TWO_COASTS, seed=7, days=400)
    assert (scenario.seed, scenario.days, len(scenario.policies)) == (7, 400, 2)


def test_fewer_days_leave_out_the_policies_that_would_start_after_them():
    assert [policy.name for policy in load(TWO_COASTS, days=100).policies] == ["Screening at Nordhaven"]
    assert load(TWO_COASTS, days=90).policies == ()


def test_fewer_days_leave_out_all_that_would_start_after_them_and_say_what_it_is(tmp_path):
    path = written(
        tmp_path,
        "extends: two_coasts\npolicies: []\n"
        "disruptions:\n"
        "- {name: Strike, start: 2025-02-01, places: [nordhaven]}\n"
        "- {name: Ice, end: 2025-01-05, places: [XB]}\n"
        "cooperation:\n  agreements: {pact: {states: [XA, XB], start: 2025-03-01}}\n"
        "  forum: {members: {XA: 2020-01-01, XB: 2025-04-01}, widening: [{start: 2025-05-01, shares: [coast]}]}\n",
    )
    late = []
    scenario = load(path, days=30, late=late.extend)
    assert late == ["Strike", "agreement pact", "XB in Forum", "widening of Forum"]
    assert [each.name for each in scenario.disruptions] == ["Ice"]
    assert (scenario.cooperation.agreements, list(scenario.cooperation.forum.members)) == ({}, ["XA"])
    assert load(path, days=200) == load(path, overrides=["days=200"])


def test_a_forum_that_is_founded_after_fewer_days_has_nobody_in_it(tmp_path):
    path = written(
        tmp_path, "extends: two_coasts\npolicies: []\ncooperation: {forum: {founded: 2025-06-01, candidates: [XA]}}\n"
    )
    late = []
    forum = load(path, days=30, late=late.extend).cooperation.forum
    assert (late, forum.founded, forum.candidates) == (["Forum"], date(2025, 6, 1), ())


@pytest.mark.parametrize("options", [{"days": 0}, {"days": 10**12}, {"seed": -1}, {"seed": 2**63}])
def test_seed_and_days_have_limits(options):
    ((name, number),) = options.items()
    assert complaint(TWO_COASTS, **options).startswith(f"--{name} {number}  {name}: {number} is ")


def test_a_wrong_number_hides_no_mistake_elsewhere(tmp_path):
    path = written(
        tmp_path,
        "extends: two_coasts\n"
        "days: 0\n"
        "geography: {docks: {rocky_coast: {zones: [middle_se], lat: 99}}}\n"
        "waters: {middle_sea: {area_nm2: -4, patrols: [{base: xx, units: 1}]}}\n"
        "organisations: {coastal: {areas: [highland], count: 0}}\n"
        "policies: [{kind: high_risk_screening, ports: [nordhavn], start: 2025-03-01, share: 3}]\n",
    )
    assert [line.split("  ")[1].split(": ")[0] for line in complaints(path)] == [
        "days", "geography.docks.rocky_coast.zones.0", "geography.docks.rocky_coast.lat",
        "waters.middle_sea.area_nm2", "waters.middle_sea.patrols.0.name", "waters.middle_sea.patrols.0.base",
        "organisations.coastal.areas.0", "organisations.coastal.count", "policies.0.ports.0", "policies.0.share",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "setting",
    [
        "geography.markets.uplands.demand_share=7", "trade.mixes.SOUTH.fruit=-1", "organisations.coastal.life.most=0",
        "geography.production_areas.highlands.share=-1", "days=0",
    ],
)  # fmt: skip
def test_what_follows_from_a_wrong_number_is_not_told_with_it(setting):
    assert complaint(TWO_COASTS, overrides=[setting]).startswith(f"--set {setting}  ")


# Extending another scenario


def test_an_extending_scenario_lays_its_entries_over_the_other(tmp_path):
    written(tmp_path, text_of(TWO_COASTS), "base.yaml")
    child = written(
        tmp_path,
        "extends: base.yaml\ntitle: Child\npolicies: []\ncustoms: {imports: {random_share: 0.2}}\n"
        "commodities: {cocaine: {demand: 40}}\n"
        "organisations: {new: {name: New, count: 1, areas: [highlands]}}\n",
        "child.yaml",
    )
    base, scenario = load(tmp_path / "base.yaml"), load(child)
    assert scenario.title == "Child"
    assert (scenario.customs.imports.random_share, scenario.customs.imports.scan_share) == (0.2, 0.02)
    assert sorted(scenario.organisations) == ["coastal", "inland", "new"]
    assert scenario.policies == ()
    assert scenario.geography == base.geography


def test_a_quantity_is_replaced_whole(tmp_path):
    written(tmp_path, text_of(TWO_COASTS), "base.yaml")
    child = written(tmp_path, "extends: base.yaml\ncommodities: {cocaine: {demand: {value: 99, source: x}}}\n")
    demand = load(child).commodities["cocaine"].demand
    assert (float(demand), demand.low, demand.source) == (99.0, None, "x")
    partial = written(
        tmp_path, "extends: base.yaml\ncommodities: {cocaine: {demand: {range: [1, 2]}}}\n", "partial.yaml"
    )
    assert "commodities.cocaine.demand.value: is missing." in complaint(partial)


def test_a_mapping_of_another_kind_takes_the_place_of_the_usual_kind(tmp_path):
    guns = "{kind: firearms, name: Guns, diverted_by_year: {2025: 10}, concealments: {boxes: {name: In boxes}}}"
    commodity = load(written(tmp_path, f"extends: two_coasts\ncommodities: {{cocaine: {guns}}}\n")).commodities[
        "cocaine"
    ]
    assert (commodity.kind, list(commodity.concealments), commodity.demand) == ("firearms", ["boxes"], 20)
    same = load(written(tmp_path, "extends: two_coasts\ncommodities: {cocaine: {kind: drug, name: Coke}}\n"))
    assert (same.commodities["cocaine"].name, same.commodities["cocaine"].demand) == ("Coke", 45)


def test_a_shipped_scenario_can_be_extended_by_name(tmp_path):
    child = written(tmp_path, "extends: two_coasts\ntitle: Mine\n")
    assert load(child).replaced(title="Two coasts") == load(TWO_COASTS)


def test_a_folder_called_as_a_shipped_scenario_does_not_stand_in_its_way(tmp_path, monkeypatch):
    """As `chokepoint run two_coasts --out two_coasts` leaves one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two_coasts").mkdir()
    assert load("two_coasts") == load(TWO_COASTS)
    assert load(written(tmp_path, "extends: two_coasts\ntitle: Mine\n")).title == "Mine"


def test_whatever_is_listed_as_shipped_can_be_extended(tmp_path):
    for name in policies():
        assert load(written(tmp_path, f"extends: {name}\n")) == load(name)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("two_coast", "Did you mean two_coasts?"),
        ("two_coast.yaml", "Did you mean two_coasts?"),
        ("policies/academi", "Did you mean policies/academy?"),
        ("xyzzy", "Give a file, or a name that `chokepoint list` shows."),
    ],
)
def test_what_is_extended_and_not_there_is_told_with_the_name_that_comes_near(tmp_path, given, told):
    child = written(tmp_path, f"extends: {given}\n")
    missing = f"{tmp_path / given} cannot be read: no such file or directory."
    assert complaint(child) == f"{child}:1:10  extends: {missing} {told}"


def test_a_mistake_names_the_file_in_which_it_stands(tmp_path):
    text, own = (
        text_of(TWO_COASTS).replace("days: 365", "days: 0"),
        "extends: below/z.yaml\ncustoms: {imports: {scan_share: 7}}\n",
    )
    parent, child = written(tmp_path, text, "below/z.yaml"), written(tmp_path, own, "z.yaml")
    assert [line.split(":  ")[0].split("  ")[0] for line in complaints(child)] == [
        f"{parent}:{place(text, '0' + chr(10) + 'seed')}",
        f"{child}:{place(own, '7}')}",
    ]


def test_a_chain_has_five_links_at_most(tmp_path):
    written(tmp_path, text_of(TWO_COASTS), "s0.yaml")
    for number in range(1, 7):
        written(tmp_path, f"extends: s{number - 1}.yaml\n", f"s{number}.yaml")
    assert load(tmp_path / "s5.yaml") == load(tmp_path / "s0.yaml")
    assert "s1.yaml:1:10  extends: is the 6th file extended in a row." in complaint(tmp_path / "s6.yaml")


def test_a_circle_is_refused(tmp_path):
    written(tmp_path, "extends: b.yaml\n", "a.yaml")
    written(tmp_path, "extends: a.yaml\n", "b.yaml")
    assert "extends itself in the end" in complaint(tmp_path / "a.yaml")
    assert "extends itself in the end" in complaint(written(tmp_path, "extends: self.yaml\n", "self.yaml"))


def test_limits_hold_for_all_files_of_a_chain_together(tmp_path):
    written(tmp_path, "#" * 1_500_000 + "\n" + text_of(TWO_COASTS), "base.yaml")
    child = written(tmp_path, "extends: base.yaml\n" + "#" * 800_000)
    assert "is larger than 2 MiB" in complaint(child)


def outside(folder):
    """A folder beside the scenario's, with a valid scenario in it, and links that lead there."""
    secret = written(folder, text_of(TWO_COASTS), "secret/base.yaml")
    (folder / "own").mkdir()
    (folder / "own" / "link.yaml").symlink_to(secret)
    (folder / "own" / "linked").symlink_to(secret.parent)
    (folder / "own" / "chain.yaml").symlink_to(folder / "own" / "link.yaml")
    return secret


TRAVERSALS = [
    "../secret/base.yaml", "./../secret/base.yaml", "x/../../secret/base.yaml", "..//secret/base.yaml",
    "../own/../secret/base.yaml",
    "{secret}", "//{secret}", "file://{secret}", "file:{secret}", "link.yaml", "chain.yaml", "linked/base.yaml",
    "linked/../secret/base.yaml", "..", "../", "/", "/etc/passwd", "../../../../../../etc/passwd", "/dev/zero",
    "/dev/stdin",
    "/proc/self/environ", "~/base.yaml", "~root/.bashrc", r"..\secret\base.yaml", r"C:\secret\base.yaml",
    "C:secret.yaml",
    r"\\server\share\base.yaml", "http://localhost/base.yaml", "https://localhost/base.yaml", "%2e%2e/secret/base.yaml",
    "..%2fsecret/base.yaml", "....//secret/base.yaml", "two_coasts/../secret/base.yaml", ".", "''", "' '", "[a]",
    "{{a: b}}", "3",
    "null", "true", '"../secret/base.yaml\\0.yaml"', "$HOME/base.yaml", "`id`", "$(id)",
]  # fmt: skip


@pytest.mark.parametrize("name", TRAVERSALS)
def test_what_is_extended_cannot_lead_out_of_the_folder(tmp_path, name):
    secret = outside(tmp_path)
    quoted = name.format(secret=secret)
    quoted = quoted if quoted[:1] in ("'", '"', "[", "{") or quoted in ("3", "null", "true") else f"'{quoted}'"
    child = written(tmp_path / "own", f"extends: {quoted}\n", "child.yaml")
    line = complaint(child)
    assert line.startswith(f"{child}:1:")
    assert "/secret/base.yaml:" not in line, "nothing outside was read"


# Resolved text and hash


@pytest.mark.parametrize("name", sorted(shipped()))
def test_the_resolved_text_loads_back_to_the_same_scenario(tmp_path, name):
    scenario = load(name)
    again = load(written(tmp_path, resolved(scenario)))
    assert again == scenario
    assert resolved(again) == resolved(scenario)
    assert scenario_hash(again) == scenario_hash(scenario)


def test_a_post_resolves_to_what_it_changes_and_no_more(tmp_path):
    text = text_of(TWO_COASTS).replace(
        "imports: { scan_share: 0.02 }", "imports: { scan_share: 0.02, random_share: 0.3 }"
    )
    again = load(written(tmp_path, resolved(load(written(tmp_path, text, "a.yaml"))), "b.yaml"))
    assert again.customs.post("import", "NORTH", "XB", "nordhaven").random_share == 0.3


def test_layout_order_and_file_name_do_not_change_the_hash(tmp_path):
    scenario = load(TWO_COASTS)
    turned = json.loads(json.dumps(scenario.model_dump(mode="json", exclude_unset=True)))
    turned = {
        key: dict(reversed(value.items())) if isinstance(value, dict) else value
        for key, value in reversed(turned.items())
    }
    again = load(written(tmp_path, json.dumps(turned), "other name.json"))
    assert scenario_hash(again) == scenario_hash(scenario)
    assert resolved(again) == resolved(scenario)


@pytest.mark.parametrize(
    "setting",
    ["seed=2", "title=Other", "commodities.cocaine.demand={value: 45, range: [25, 61]}", "policies.0.ramp_days=61"],
)
def test_every_value_counts_for_the_hash(setting):
    assert scenario_hash(load(TWO_COASTS, overrides=[setting])) != scenario_hash(load(TWO_COASTS))


def test_texts_that_look_like_other_things_come_back_as_texts(tmp_path):
    for title in (
        "true",
        "null",
        "12",
        "1e3",
        "~",
        "a: b",
        "# x",
        "- x",
        "'",
        '"',
        "é \U0001f600",
        " x ",
        "2024-01-01",
        "NO",
    ):
        scenario = load(TWO_COASTS, overrides=[f"title={json.dumps(title, ensure_ascii=False)}"])
        assert load(written(tmp_path, resolved(scenario))).title == title


# Scenarios made in Python


def test_a_policy_added_in_python_takes_lists_and_dates_as_text():
    scenario = (
        load(TWO_COASTS).without_policies().with_policy("port_capacity", ports=["XC"], start="2025-03-01", scans=2)
    )
    (policy,) = scenario.policies
    assert (policy.start, policy.places(), policy.scans) == (date(2025, 3, 1), ("XC",), 2.0)
    assert isinstance(policy.scans, Quantity)


def test_contradictions_are_told_in_python_with_their_location():
    with pytest.raises(ValueError, match="nowhere is not a port") as refused:
        load(TWO_COASTS).with_policy("port_capacity", ports=["nowhere"], start="2025-03-01")
    assert refused.value.errors()[0]["loc"] == ("policies", 2, "ports", 0)


def test_a_huge_number_made_in_python_is_refused_as_any_other():
    with pytest.raises(ValueError, match="not a finite number"):
        Scenario.model_validate({**load(TWO_COASTS).model_dump(), "waters": {"x": {"name": "x", "area_nm2": 10**400}}})


def test_a_policy_made_in_a_notebook_can_be_named_in_a_file(tmp_path):
    class Wishing(Policy):
        """Hoping for the best."""

        kind: Literal["wishing"] = "wishing"
        hope: Share = Quantity(0.5, "share")
        """How much of it."""

        def apply(self, controls, strength):
            return controls

    try:
        path = written(tmp_path, "extends: two_coasts\npolicies: [{kind: wishing, start: 2025-02-01, hope: 0.9}]\n")
        (policy,) = load(path).policies
        assert (policy.hope, policy.meanings()["hope"]) == (0.9, "How much of it.")
        path.write_text(path.read_text().replace("0.9", "'0.9'"))
        assert "policies.0.hope: 0.9 does not fit here. Give a share, 0 to 1, without quotes." in complaint(path)
    finally:
        del Policy.kinds["wishing"]
