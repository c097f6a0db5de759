"""Behaviours in scenarios: named by kind alone or with numbers, told back, and refused with a way out."""

from typing import Literal

import pytest

import sim
from sim.actors.behaviours.behaviour import Behaviour, Choice
from sim.actors.behaviours.logit import Logit
from sim.quantity import Quantity, Share
from sim.scenario.describe import describe, quantities
from sim.scenario.load import InvalidScenario, load, resolved, scenario_hash


def written(tmp_path, coastal: str, below: str = "two_coasts", name: str = "a.yaml"):
    path = tmp_path / name
    path.write_text(f"extends: {below}\norganisations: {{coastal: {coastal}}}\n")
    return path


def behaviour_of(scenario):
    return scenario.organisations["coastal"].behaviour


def complaint(*arguments, **options) -> str:
    with pytest.raises(InvalidScenario) as refused:
        load(*arguments, **options)
    return str(refused.value)


def test_a_bare_name_is_the_kind_with_all_its_defaults(tmp_path):
    named = load(written(tmp_path, "{behaviour: logit}"))
    spelt = load(written(tmp_path, "{behaviour: {kind: logit}}"))
    assert behaviour_of(named) == behaviour_of(spelt) == Logit()
    assert scenario_hash(named) == scenario_hash(spelt)


def test_numbers_of_a_behaviour_are_quantities_with_a_source(tmp_path):
    path = written(
        tmp_path, '{behaviour: {kind: logit, temperature: {value: 0.2, range: [0.1, 0.4], source: "a study"}}}'
    )
    found = behaviour_of(load(path)).temperature
    assert (found, found.unit, found.low, found.high, found.source) == (0.2, "share", 0.1, 0.4, "a study")
    assert "organisations.coastal.behaviour.temperature" in [entry.path for entry in quantities(load(path))]


@pytest.mark.parametrize("kind", sorted(Behaviour.every()))
def test_a_resolved_scenario_loads_back_to_the_same_behaviour(tmp_path, kind):
    scenario = load("two_coasts", overrides=(f"organisations.coastal.behaviour={kind}",))
    path = tmp_path / "whole.yaml"
    path.write_text(resolved(scenario))
    assert load(path) == scenario


def test_one_number_can_be_set_whether_the_kind_was_named_alone_or_not_at_all(tmp_path):
    setting = "organisations.coastal.behaviour.temperature=0.3"
    assert behaviour_of(load(written(tmp_path, "{behaviour: logit}"), overrides=(setting,))).temperature == 0.3
    kind = "organisations.coastal.behaviour={kind: logit, outside: 0.1}"
    found = behaviour_of(load("two_coasts", overrides=(kind, setting)))
    assert (found.temperature, found.outside) == (0.3, 0.1)
    assert "temperature: is not known here" in complaint("two_coasts", overrides=(setting,))


def test_an_extending_scenario_keeps_the_numbers_of_the_same_kind_and_none_of_another(tmp_path):
    written(tmp_path, "{behaviour: {kind: logit, temperature: 0.3}}", name="below.yaml")
    same = load(written(tmp_path, "{behaviour: {kind: logit, outside: 0.1}}", "below.yaml"))
    assert (behaviour_of(same).temperature, behaviour_of(same).outside) == (0.3, 0.1)
    other = load(written(tmp_path, "{behaviour: {kind: deterrence, threshold: 0.2}}", "below.yaml"))
    assert behaviour_of(other).threshold == 0.2


@pytest.mark.parametrize(
    ("coastal", "told"),
    [
        ("{behaviour: logitt}", "behaviour: logitt is not known, did you mean logit? Known kinds are deterrence, "),
        ("{behaviour: {kind: salienc}}", "behaviour.kind: salienc is not known, did you mean salience?"),
        ("{behaviour: {threshold: 0.1}}", "behaviour.kind: is missing. Known kinds are deterrence, expected_profit"),
        ("{behaviour: 3}", "behaviour: is neither a kind nor a mapping with one. Known kinds are deterrence"),
        ("{behaviour: {kind: logit, temperatur: 1}}", "temperatur: is not known here, did you mean temperature?"),
        ("{behaviour: {kind: logit, temperature: 0}}", "temperature: 0 is below 1e-06. Give a share, 1e-06 to 100."),
        ("{beliefs: {information: 2}}", "beliefs.information: 2 is above 1. Give a share, 0 to 1."),
    ],
)
def test_what_is_no_behaviour_is_told_with_its_place_and_the_way_out(tmp_path, coastal, told):
    assert told in complaint(written(tmp_path, coastal))


def test_a_slip_of_the_hand_is_answered_with_the_right_kind(tmp_path):
    for kind in Behaviour.every():
        assert f"did you mean {kind}?" in complaint(written(tmp_path, f"{{behaviour: {kind[:-2]}{kind[-1]}}}"))


def test_the_description_tells_how_each_group_chooses_and_with_which_numbers():
    page = " ".join(describe(load("two_coasts", overrides=("organisations.inland.behaviour=deterrence",))).split())
    assert "Coastal groups: 3 organisations" in page
    assert "choose by expected profit, and start" in page
    assert "choose by deterrence (threshold 0.13 and steepness 1), and start" in page


def test_a_behaviour_made_in_a_notebook_can_be_named_in_a_file(tmp_path):
    class Timid(Behaviour):
        """Sends a share of what pays."""

        kind: Literal["timid"] = "timid"
        willing: Share = Quantity(0.5, "share", 0.1, 0.9)
        """How much of it."""

        def choose(self, seen):
            return Choice(threshold=1e-9 + float(self.willing), steepness=0.0 if seen.week else 1.0)

    try:
        scenario = load(written(tmp_path, "{behaviour: {kind: timid, willing: 0.9}}"), days=20)
        assert behaviour_of(scenario).willing == 0.9
        assert "choose by timid (willing 0.9)" in " ".join(sim.describe(scenario).split())
        assert "willing: 0.9 does not fit here" in complaint(
            written(tmp_path, "{behaviour: {kind: timid, willing: '0.9'}}")
        )
        sim.run(scenario, tmp_path / "run")
    finally:
        del Behaviour.kinds["timid"]
