"""Patrol units: where they are sent, how long they search, and what they can board on a day with many craft."""

import numpy as np
import pytest

from sim.actors.patrol_unit import PatrolUnit
from sim.kernels.search import BOARDED, CROSSED, DETECTED, STOPPED
from sim.model import SmugglingModel
from tests.promises.worlds import lived, world
from tests.world.test_passage import Journey

TWO_SEAS = "waters.far_sea={name: Far sea, area_nm2: 250000, lat: -20, lon: -19, patrol_units: 0}"
FAR, MIDDLE = 0, 1
"""Rows of the two, the one that is set first."""
NAVY = "{{name: Navy, units: {units}, base: costa_alta, zones: [far_sea], joint: {joint}}}"


def navy(units: int = 2, *, joint: bool = False) -> tuple[str, ...]:
    """Two seas, and units that serve both from a port."""
    group = NAVY.format(units=units, joint=str(joint).lower())
    return TWO_SEAS, f"waters.middle_sea.patrols=[{group}]", "waters.middle_sea.lat=-10", "waters.middle_sea.lon=-19"


def units_of(*settings: str, days: int = 30) -> tuple[SmugglingModel, list[PatrolUnit]]:
    model = SmugglingModel(world(*settings, days=days))
    model.step()
    return model, model.fleet.units


def test_a_zone_with_a_number_has_so_many_units_of_its_own_kind():
    _, units = units_of("waters.middle_sea.patrol_units=3", "waters.middle_sea.unit.knots=20")
    assert [unit.name for unit in units] == [f"patrol {number} of middle_sea" for number in (1, 2, 3)]
    assert {float(unit.traits.knots) for unit in units} == {20.0}
    assert {unit.zone for unit in units} == {0}
    assert not any(unit.joint for unit in units)


def test_hours_of_search_are_those_at_sea_less_the_way_there_and_back():
    """200 nm at 15 knots, twice in 14 days at sea: 26.7 hours, 1.9 a day of 20."""
    _, (unit, *_) = units_of()
    assert unit.hours(0) == pytest.approx(20 - 2 * 200 / 15 / 14)
    _, (far, *_) = units_of("waters.middle_sea.base_nm=3000")
    assert far.hours(0) == 0.0


def test_a_base_with_a_name_is_as_far_away_as_the_globe_has_it():
    """Costa Alta lies 6 degrees of latitude from the middle of one sea and 4 from that of the other."""
    _, (unit, *_) = units_of(*navy())
    assert unit.base_nm == pytest.approx([360, 240], rel=0.002)


def test_a_base_needs_seas_that_have_a_place():
    with pytest.raises(ValueError, match=r"Give lat and lon of that zone"):
        world("waters.middle_sea.patrols=[{name: Navy, base: costa_alta}]")
    with pytest.raises(ValueError, match=r"costa_alto is not a port, dock or warehouse, did you mean costa_alta\?"):
        world("waters.middle_sea.patrols=[{name: Navy, base: costa_alto}]")
    with pytest.raises(ValueError, match=r"middle_see is not a sea zone, did you mean middle_sea\?"):
        world("waters.middle_sea.patrols=[{name: Navy, zones: [middle_see]}]")


# A week ------------------------------------------------------------------------------------------------------------


def test_who_has_found_nothing_serves_all_zones_alike():
    _, (unit, *_) = units_of(*navy())
    assert (unit.home, unit.serves) == (MIDDLE, (FAR, MIDDLE))
    assert unit.shares() == [0.5, 0.5]


def test_weeks_go_where_most_was_found_and_some_everywhere():
    """Nine finds in one sea and one in the other: 0.3 / 2 + 0.7 * 0.9 and 0.3 / 2 + 0.7 * 0.1."""
    _, (unit, *_) = units_of(*navy())
    unit.hear([9, 1])
    assert unit.shares() == pytest.approx([0.78, 0.22])
    unit.hear([9, 1])  # no news: what is old counts less, and its shares stay
    assert unit.finds == pytest.approx([9 * 0.95, 0.95])
    unit.hear([9, 21])
    assert unit.finds == pytest.approx([9 * 0.95**2, 0.95**2 + 20])
    assert unit.shares()[1] > 0.5


def test_units_are_sent_in_proportion_to_their_shares_once_a_week():
    model, units = units_of(*navy(units=40), days=400)
    for unit in units:
        unit.finds = [0.0, 8.0]
    sent = []
    for day in range(7, 7 * 20):
        before = [unit.zone for unit in units]
        model.day = day
        model.fleet.put_to_sea(day, model.base_controls, model.intelligence.told)
        moved = [unit for unit, zone in zip(units, before, strict=True) if unit.zone != zone]
        assert all(unit.decides_today for unit in moved)
        sent += [unit.zone for unit in units if unit.decides_today]
    count = 40 * 19
    assert len(sent) == count
    assert abs(sum(sent) - 0.85 * count) < 6 * (count * 0.85 * 0.15) ** 0.5


def test_where_everything_is_found_in_one_sea_units_come_to_search_it_most():
    """No craft comes to the far sea; the nearer one keeps what the floor does not spread."""
    model = lived(*navy(units=12), "waters.middle_sea.area_nm2=20000", days=360, mode="thinned")
    hours = model.chronicle.patrol_hours
    share = hours[-90:, MIDDLE].sum() / hours[-90:].sum()
    assert share > 0.75
    assert (hours[-90:, FAR] > 0).any()


# What states change ------------------------------------------------------------------------------------------------


def test_joint_units_of_a_policy_serve_all_its_zones_and_stand_down_with_it():
    plan = world(TWO_SEAS, days=60).with_policy(
        "joint_patrols", start="2025-01-11", end="2025-02-10", zones=["middle_sea", "far_sea"], units=3
    )
    model, at_sea = SmugglingModel(plan), []
    for _ in range(60):
        model.step()
        at_sea.append(
            sum(unit.joint and row["left"] > 0 for unit, row in zip(model.fleet.units, model.fleet.rows, strict=True))
        )
    joint = [unit for unit in model.fleet.units if unit.joint]
    assert len(joint) == 6
    assert {unit.serves for unit in joint} == {(0, 1)}
    assert max(at_sea[:10]) == max(at_sea[41:]) == 0
    assert min(at_sea[10:41]) > 0


def test_joint_units_that_a_scenario_lists_keep_to_their_zones_whatever_a_policy_adds():
    """A coast guard for one sea alone stays there beside a group for both, and beside units that a policy brings."""
    guard, fleet = "{name: Guard, units: 2, joint: true}", "{name: Navy, joint: true, zones: [far_sea]}"
    plan = world(TWO_SEAS, f"waters.middle_sea.patrols=[{guard}, {fleet}]", days=30).with_policy(
        "joint_patrols", start="2025-01-11", zones=["middle_sea", "far_sea"], units=1
    )
    model = SmugglingModel(plan)
    for _ in range(30):
        model.step()
    served = {unit.name: unit.serves for unit in model.fleet.units}
    assert served == {
        "joint patrol 1 of middle_sea": (MIDDLE,),
        "joint patrol 2 of middle_sea": (MIDDLE,),
        "joint patrol 3 of middle_sea": (FAR, MIDDLE),
        "joint patrol 4 of middle_sea": (FAR, MIDDLE),
        "joint patrol 1 of far_sea": (FAR, MIDDLE),
    }


def test_units_that_a_policy_brings_know_nothing_of_what_was_found_before_them():
    """100 craft were seen in one sea; since there are units that serve both, 10 were seen in the other one."""
    plan = world(TWO_SEAS, days=60).with_policy(
        "joint_patrols", start="2025-01-11", zones=["middle_sea", "far_sea"], units=3
    )
    model = SmugglingModel(plan)
    while model.day < 10:
        model.step()
    model.fleet._detected[MIDDLE] += 100
    model.step()
    model.fleet._detected[FAR] += 10
    before = model.fleet._detected.copy()
    for _ in range(7):
        model.step()
    since = model.fleet._detected - before
    joint = [unit for unit in model.fleet.units if unit.joint]
    assert all(unit.finds[FAR] >= 10 and unit.finds[MIDDLE] <= since[MIDDLE] + 10 for unit in joint)


def test_national_units_that_join_leave_as_many_fewer():
    plan = world(days=5).with_policy(
        "joint_patrols", start="2025-01-01", zones=["middle_sea"], units=0, from_national=3
    )
    model = SmugglingModel(plan)
    model.step()
    duty = [(unit.joint, float(row["duty"])) for unit, row in zip(model.fleet.units, model.fleet.rows, strict=True)]
    assert duty == [(False, 1.0), (True, 1.0), (True, 1.0), (True, 1.0)]


def test_units_that_stand_down_search_nothing():
    assert lived("waters.middle_sea.patrol_units=0", days=20).chronicle.patrol_hours.sum() == 0.0


# A day with many craft ---------------------------------------------------------------------------------------------

ALL_SEEN = (
    "waters.middle_sea.area_nm2=1", "waters.middle_sea.unit.days_in_port=0", "waters.middle_sea.patrol_units={units}",
    "waters.middle_sea.unit.boardings_per_day={boardings}", "waters.middle_sea.unit.escort_days={escort}",
    "waters.middle_sea.boarding={boarding}", "waters.middle_sea.national_rights={rights}",
)  # fmt: skip


def met(loads: int = 5, days: int = 1, **terms) -> tuple[list[int], np.ndarray]:
    """Send so many loads across on each of some days, with patrols that see everything: which were stopped, and what
    was counted."""
    known = {"units": 1, "boardings": 1, "escort": 0, "boarding": 1, "rights": 1} | terms
    journey = Journey(*(setting.format(**known) for setting in ALL_SEEN))
    sent = []
    for _ in range(days):
        sent += [journey.send("mangrove_coast", "rocky_coast", grams=5_000) for _ in range(loads)]
        journey.model.step()
    for load in sent:
        journey.until(load)
    tally = journey.model.chronicle.patrolled.sum(axis=(0, 1))
    return [number for number, load in enumerate(sent) if load.outcome == "seized"], tally


@pytest.mark.parametrize(
    ("terms", "stopped"),
    [
        ({}, 1),
        ({"units": 3}, 3),
        ({"units": 9}, 5),
        ({"boardings": 2}, 2),
        ({"boardings": 2, "units": 2}, 4),
        ({"boardings": 2, "escort": 3}, 1),  # who escorts one craft boards no other
        ({"boardings": 0}, 0),
        ({"rights": 0, "units": 9}, 0),
    ],
)
def test_of_five_craft_that_are_seen_on_a_day_as_many_are_stopped_as_units_are_free(terms, stopped):
    caught, tally = met(**terms)
    assert len(caught) == stopped
    assert tally[[CROSSED, DETECTED, BOARDED, STOPPED]].tolist() == [5, 5, stopped, stopped]


def test_boardings_that_fail_use_up_the_day_too():
    caught, tally = met(units=3, boarding=0)
    assert (caught, tally[BOARDED]) == ([], 3)


def test_an_escort_keeps_its_unit_away_for_days():
    """One craft a day on ten days, two days of escort after each: the first, fourth, seventh and tenth are stopped."""
    caught, _ = met(loads=1, days=10, escort=2)
    assert caught == [0, 3, 6, 9]


def test_luck_and_not_the_number_of_a_load_says_which_craft_is_boarded():
    caught, _ = met(loads=5, days=12)
    place = [number % 5 for number in caught]
    assert len(caught) == 12
    assert len(set(place)) > 1
