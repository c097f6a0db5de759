"""States: which are in play, the part that each plays, and what holds where."""

import pytest
from pydantic import ValidationError

from sim.genesis import World
from sim.scenario.load import load
from sim.study.run import live
from sim.terms import Noun
from sim.world.states import State


class Court(Noun):
    slots: int = 3
    days: int = 100


@pytest.fixture(scope="module")
def world() -> World:
    return live(load("two_coasts", days=1))


def test_every_place_and_control_belongs_to_the_state_that_it_names(world):
    states, ports = world.states, world.ports
    assert [states.codes[states.of_site[name]] for name in ports] == [port.country for port in ports.values()]
    at_ports = range(world.checkpoints.n_ports)
    rows = [states.codes[states.of_checkpoint[row]] for row in at_ports]
    assert rows == list(world.checkpoints.country[: len(at_ports)])


def test_finds_at_sea_are_answered_for_by_the_first_coast_unless_the_zone_says_otherwise():
    plain = load("two_coasts", days=1)
    dock = next(iter(plain.geography.docks.values()))
    assert live(plain).states.of_site[dock.zones[0]] == live(plain).states.row(dock.country)
    other = next(iter(plain.geography.markets.values())).country
    waters = {name: zone.model_copy(update={"state": other}) for name, zone in plain.waters.items()}
    states = live(plain.replaced(waters=waters)).states
    assert {states.of_site[zone] for zone in waters} == {states.row(other)}


def test_roles_follow_from_places_unless_said(world):
    states, geography = world.states, world.plan.geography
    for area in geography.production_areas:
        assert states.role[states.of_site[area]] in ("origin", "transit")
    code = states.codes[0]
    declared = live(world.plan.replaced(states={code: State(name="Here", role="transit"), "XQ": State()})).states
    assert (declared.names[0], declared.role[0]) == ("Here", "transit")
    assert declared.codes[-1] == "XQ"
    assert declared.role[-1] == "transit"


def test_a_state_takes_what_is_usual_but_for_what_its_role_region_or_code_sets(world):
    states = world.states
    first = states.codes[0]
    found = states.each(Court(), {states.role[0]: Court(slots=5, days=50), first: Court(slots=9)})
    assert (found[0].slots, found[0].days) == (9, 50)
    others = [court for row, court in enumerate(found) if states.role[row] != states.role[0]]
    assert all((court.slots, court.days) == (3, 100) for court in others)


def test_names_of_states_are_checked():
    plain = load("two_coasts", days=1)
    waters = {name: zone.model_copy(update={"state": "QQ"}) for name, zone in plain.waters.items()}
    with pytest.raises(ValidationError, match="QQ"):
        plain.replaced(waters=waters)
