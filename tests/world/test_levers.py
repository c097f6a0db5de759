"""Levers: what governments can move stands in frozen arrays, and moves only where it is asked to."""

import numpy as np
import pytest

from sim.world.checkpoints import Checkpoints
from sim.world.communities import Communities
from sim.world.controls import ControlPost, Customs, Post
from sim.world.justice import Justice
from sim.world.levers import PROTOCOLS, Controls, controls_of, posts_of
from sim.world.site import Community, Dock, Geography, Port
from sim.world.states import States
from sim.world.waters import SeaZone


def port(country: str, region: str, role: str) -> Port:
    return Port(name="A port", country=country, lat=0, lon=0, region=region, role=role, teu_thousand=100)


PORTS = {
    "ECGYE": port("EC", "PACIFIC", "origin"),
    "PABLB": port("PA", "PACIFIC", "transit"),
    "BEANR": port("BE", "NORTH", "destination"),
    "NLRTM": port("NL", "NORTH", "destination"),
}
WATERS = {
    name: SeaZone.model_validate({"name": name, "area_nm2": 4e5, "patrol_units": units})
    for name, units in (("caribbean", 3), ("azores", 1))
}
CHECKPOINTS = Checkpoints.of(PORTS, WATERS)  # ECGYE export, PABLB export, PABLB import, BEANR import, NLRTM import
PEOPLE = Community()
DOCKS = {
    "esmeraldas": Dock(name="A coast", country="EC", lat=0, lon=0, side="origin", zones=("caribbean",)),
    "galicia": Dock(name="A coast", country="ES", lat=0, lon=0, side="destination", zones=("azores",)),
}
COMMUNITIES = Communities.of(PORTS, DOCKS, PEOPLE)  # ECGYE, PABLB, BEANR, NLRTM, esmeraldas, galicia
STATES = States(
    ("EC", "PA", "BE"),
    ("EC", "PA", "BE"),
    ("origin", "transit", "destination"),
    {},
    np.zeros(0, np.int64),
    {"NORTH": (2,)},
    np.zeros(3, np.uint64),
)
FLOW = np.array([100.0, 200.0, 400.0, 1000.0, 3000.0])


GEOGRAPHY = Geography.model_construct(production_areas={}, warehouses={}, docks=DOCKS, markets={})
STATES = States.of({}, GEOGRAPHY, PORTS, WATERS, CHECKPOINTS)


def controls(**customs) -> Controls:
    posts = posts_of(Customs.model_validate(customs), CHECKPOINTS, PORTS)
    return controls_of(
        posts, CHECKPOINTS, FLOW, WATERS, COMMUNITIES, PEOPLE, {"hills": 0.4, "valley": 0.4}, STATES, Justice()
    )


def moved(one: Controls, other: Controls) -> dict[str, list[int]]:
    """Rows that differ, by lever."""
    rows = {name: np.flatnonzero(getattr(one, name) != getattr(other, name)).tolist() for name in Controls.levers()}
    return {name: found for name, found in rows.items() if found}


def test_capacities_given_as_shares_are_shares_of_the_ports_flow():
    found = controls(imports={"scan_share": 0.1, "examination_share": 0.01}, exports={"scan_share": 0.2})
    assert found.scans_per_day == pytest.approx([20, 40, 40, 100, 300])
    assert found.examinations_per_day[2:] == pytest.approx([4, 10, 30])


def test_a_capacity_given_outright_takes_the_place_of_the_share():
    found = controls(imports={"scan_share": 0.1, "scans_per_day": 7, "examinations_per_day": 0})
    assert found.scans_per_day[2:].tolist() == [7, 7, 7]
    assert found.examinations_per_day[2:].tolist() == [0, 0, 0]


def test_every_lever_stands_where_the_post_puts_it():
    post = ControlPost.model_validate(
        {"protocol": "threshold", "random_share": 0.11, "high_risk": 1.5, "sensitivity": 0.7, "false_alarm": 0.02,
         "examination_sensitivity": 0.9}
    )  # fmt: skip
    found = controls(imports=post, exports=post)
    assert {PROTOCOLS[int(row)] for row in found.protocol} == {"threshold"}
    for name in ("random_share", "high_risk", "sensitivity", "false_alarm", "examination_sensitivity"):
        assert set(getattr(found, name)) == {float(getattr(post, name))}
    assert set(found.analyst_skill) == {1.0}
    assert set(found.screened_share) == {0.0}
    assert found.patrol_units.tolist() == [3.0, 1.0]
    assert found.joint_units.tolist() == [0.0, 0.0]
    assert (found.cue.tolist(), found.boarding.tolist()) == ([0.1, 0.1], [0.26, 0.26])


def test_a_ports_own_entry_outranks_its_countrys_and_that_its_regions():
    customs = {
        "imports": {"sensitivity": 0.1, "false_alarm": 0.01},
        "posts": {
            "NORTH": {"imports": {"sensitivity": 0.2, "random_share": 0.2}},
            "BE": {"imports": {"sensitivity": 0.3}},
            "BEANR": {"imports": {"sensitivity": 0.4}},
        },
    }
    found = controls(**customs)
    assert found.sensitivity[2:].tolist() == [0.1, 0.4, 0.2]
    assert found.random_share[2:].tolist() == [0.05, 0.2, 0.2]
    assert found.false_alarm[2:].tolist() == [0.01, 0.01, 0.01]
    del customs["posts"]["BEANR"]
    assert controls(**customs).sensitivity[3] == 0.3


def test_what_differs_at_one_port_in_one_direction_leaves_the_other_alone():
    only_exports = Post(exports=ControlPost.model_validate({"sensitivity": 0.5}))
    assert moved(controls(), controls(posts={"PABLB": only_exports})) == {"sensitivity": [1]}


@pytest.mark.parametrize(
    ("places", "direction", "rows"),
    [
        (["BEANR"], "import", [3]),
        (["NORTH"], "import", [3, 4]),
        (["PACIFIC"], "import", [2]),
        (["PACIFIC"], "export", [0, 1]),
        (["PA"], "export", [1]),
        (["NL", "BE", "NORTH", "BEANR"], "import", [3, 4]),
        (["ECGYE"], "import", []),
        (["NORTH"], "export", []),
    ],
)
def test_ports_regions_and_countries_stand_for_their_controls_once(places, direction, rows):
    assert controls().rows(places, direction) == rows
    assert moved(controls(), controls().scaled("scans_per_day", places, direction, 2.0)) == (
        {"scans_per_day": rows} if rows else {}
    )


def test_scaling_multiplies_and_raising_never_lowers():
    doubled = controls().scaled("scans_per_day", ["NORTH"], "import", 2.0)
    assert doubled.scans_per_day[3:].tolist() == (2.0 * controls().scans_per_day[3:]).tolist()
    raised = controls(posts={"BEANR": {"imports": {"sensitivity": 0.4}}}).at_least(
        "sensitivity", ["NORTH"], "import", 0.6
    )
    assert raised.sensitivity[3:].tolist() == [0.6, 0.85]


def test_patrols_are_added_in_the_zones_named():
    assert controls().in_zones("patrol_units", ["azores"], 2.5).patrol_units.tolist() == [3.0, 3.5]
    assert moved(controls(), controls().in_zones("cue", ["azores", "caribbean"], 0.1)) == {"cue": [0, 1]}


def test_no_more_units_join_than_there_are():
    found = controls().joining(["azores", "caribbean"], 2.0)
    assert (found.patrol_units.tolist(), found.joint_units.tolist()) == ([1.0, 0.0], [2.0, 1.0])


def test_groups_of_units_take_the_place_of_a_number():
    zone = {"name": "Azores", "area_nm2": 4e5, "patrol_units": 9, "patrols": [
        {"name": "Navy", "units": 2}, {"name": "Centre", "joint": True}, {"name": "Police"}]}  # fmt: skip
    waters = {"azores": SeaZone.model_validate(zone)}
    found = controls_of(
        posts_of(Customs(), CHECKPOINTS, PORTS), CHECKPOINTS, FLOW, waters, COMMUNITIES, PEOPLE, {}, STATES, Justice()
    )
    assert (found.patrol_units.tolist(), found.joint_units.tolist()) == ([3.0], [1.0])


def test_levers_are_frozen_also_after_a_move():
    for found in (controls(), controls().scaled("scans_per_day", ["NORTH"], "import", 2.0)):
        for name in Controls.levers():
            with pytest.raises(ValueError, match="read-only"):
                getattr(found, name)[0] = 1.0


def test_a_move_leaves_the_controls_it_came_from_alone():
    before = controls()
    before.scaled("scans_per_day", ["NORTH"], "import", 2.0)
    before.in_zones("patrol_units", ["azores"], 1)
    assert before.same_as(controls())


def test_controls_are_the_same_when_every_lever_is():
    assert controls().same_as(controls().scaled("sensitivity", ["NORTH"], "import", 1.0))
    assert not controls().same_as(controls().in_zones("patrol_units", ["azores"], 1))


def test_every_community_stands_where_the_scenario_puts_it():
    found = controls()
    assert found.communities.sites == (*PORTS, *DOCKS)
    assert found.communities.people.tolist() == [30, 30, 30, 30, 300, 300]  # 300 a million TEU, a tenth of a coast's
    assert found.legal_wage.tolist() == [5400, 5400, 65000, 65000, 5400, 65000]
    for name in ("stigma", "awareness", "cooperation"):
        assert set(getattr(found, name)) == {float(getattr(PEOPLE, name))}


@pytest.mark.parametrize(
    ("places", "audience", "rows"),
    [
        (["EC"], "youth", [0, 4]),
        (["EC"], "port_workers", [0]),
        (["EC"], "fishing_communities", [4]),
        (["NORTH", "galicia"], "youth", [2, 3, 5]),
        (["NORTH"], "fishing_communities", []),
        (["ES", "BEANR"], "port_workers", [2]),
    ],
)
def test_an_audience_lives_around_ports_or_along_coasts_or_at_both(places, audience, rows):
    assert COMMUNITIES.rows(places, audience) == rows
    moved_to = controls().raised_among("stigma", places, audience, 0.25)
    assert moved(controls(), moved_to) == ({"stigma": rows} if rows else {})


def test_awareness_is_raised_no_further_than_to_the_truth():
    assert controls().raised_among("awareness", ["EC"], "youth", 5.0, most=1.0).awareness[0] == 1.0
    known = controls().raised_among("awareness", ["EC"], "youth", 5.0)  # by hand, beyond
    assert known.raised_among("awareness", ["EC"], "youth", 0.0, most=1.0).same_as(known)
