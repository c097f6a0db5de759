"""The JSON Schema that editors use says what the loader does."""

import json

import jsonschema
import pytest

from sim.actors.behaviours.behaviour import Behaviour
from sim.games.game import Game
from sim.games.learners import Learner
from sim.policies.policy import Policy
from sim.scenario.load import load, resolved
from sim.scenario.nodes import plain
from sim.scenario.reader import read
from sim.scenario.schema import schema, schema_text
from sim.scenario.shipped import shipped
from sim.world.commodity import Commodity

CHECK = jsonschema.Draft202012Validator(schema())


def data_of(name: str):
    return plain(read(shipped()[name].read_bytes(), name)[0])


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("name", sorted(shipped()))
def test_shipped_scenarios_fit_and_name_their_schema(name):
    assert not [error.message for error in CHECK.iter_errors(data_of(name))]
    assert (
        shipped()[name].read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=scenario.schema.json\n")
    )


def test_resolved_scenarios_fit():
    data = plain(read(resolved(load("two_coasts")).encode(), "resolved")[0])
    assert not [error.message for error in CHECK.iter_errors(data)]


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("days",), 0), (("days",), "30"), (("title",), ""), (("ends",), "2025-01-01"),
        (("customs", "imports", "scan_share"), 7), (("customs", "imports", "scan_shre"), 0.1),
        (("customs", "imports", "scan_share"), {"value": 0.1, "unit": "kg"}), (("policies", 0, "kind"),
         "wishful_thinking"),
        (("organisations", "coastal", "behaviour"), "logitt"),
        (("organisations", "coastal", "behaviour"), {"kind": "logit", "threshold": 0.1}),
        (("policies", 0, "ports"), []), (("policies", 1, "zone"), []), (("geography", "ports", "nordhaven", "lat"), 95),
    ],
)  # fmt: skip
def test_what_the_loader_refuses_the_schema_refuses(keys, value):
    data = data_of("two_coasts")
    holder = data
    for key in keys[:-1]:
        holder = holder[key]
    holder[keys[-1]] = value
    assert list(CHECK.iter_errors(data))


def test_an_extending_scenario_may_leave_out_what_the_other_gives():
    assert not list(CHECK.iter_errors({"extends": "two_coasts", "title": "Mine"}))
    assert list(CHECK.iter_errors({"extends": "two_coasts", "titel": "Mine"}))
    assert list(CHECK.iter_errors({"title": "Mine"}))


def test_every_kind_of_policy_behaviour_game_and_learner_is_told_apart_by_its_name():
    kinds = {
        value["properties"]["kind"]["const"]
        for value in schema()["$defs"].values()
        if "kind" in value.get("properties", {})
    }
    assert kinds == {*Policy.every(), *Behaviour.every(), *Game.every(), *Learner.every(), *Commodity.every()}


def test_fields_carry_the_words_below_them():
    post = schema()["$defs"]["ControlPost"]["properties"]
    assert post["analysts"]["description"] == "Port inspectors who read scans, modelled one by one."


def test_the_file_beside_the_scenarios_is_the_printed_one(checkout):
    kept = (checkout / "scenarios" / "scenario.schema.json").read_text(encoding="utf-8")
    assert kept == schema_text(), "run `chokepoint schema --force -o scenarios/scenario.schema.json`"
    json.loads(kept)
