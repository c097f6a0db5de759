"""Sites: where loads lie ashore, who finds them there, and who hears of it."""

import math

import numpy as np
import pytest

from sim.kernels.loads import INTERCEPTED, STOPPED_ASHORE
from sim.model import SmugglingModel
from sim.scenario.describe import describe
from sim.scenario.mistakes import InvalidScenario
from sim.study.run import live
from tests.promises.test_common_luck import PEOPLE
from tests.promises.worlds import lived, tables, world

SAFE = (
    "transport.road={origin_seizure: 0, destination_seizure: 0}", "waters.middle_sea.patrol_units=0",
    "commodities.cocaine.modes=[small_craft]", "intelligence={coast: 0, seizure: {chance: 1}}",
)  # fmt: skip
"""Craft alone, which nobody looks for at sea or on the road."""
ALWAYS = {"visits": 10_000, "found": 1.0}


def controlled(kind: str, *places: str, days: int = 120, settings=SAFE, **fields) -> SmugglingModel:
    plan = world(*settings, days=days)
    named = {"dock_control": "docks", "warehouse_control": "warehouses"}[kind]
    registered = {"registered": 1.0} if kind == "dock_control" else {}
    given = {**ALWAYS, **registered, **fields}
    return live(plan.with_policy(kind, start=plan.start, **{named: places}, **given), mode="thinned")


def seized_at(model: SmugglingModel) -> set[tuple[str, str]]:
    return {(load.checkpoint, load.place) for load in model.cargo.all if load.outcome == "seized"}


@pytest.fixture(scope="module")
def model() -> SmugglingModel:
    return SmugglingModel(world())


def test_sites_are_the_last_checkpoints_coasts_before_warehouses(model):
    marks = model.checkpoints
    assert marks.names[marks.first_site - 1 :] == (
        "zone middle_sea", "dock mangrove_coast", "dock rocky_coast", "warehouse canal_depot", "warehouse valley_depot",
    )  # fmt: skip
    assert marks.row("valley_depot", "warehouse") == len(marks) - 1
    assert [model.states.codes[row] for row in model.states.of_checkpoint[marks.first_site :]] == [
        "XA",
        "XC",
        "XB",
        "XA",
    ]


def test_a_craft_passes_both_its_coasts_and_whatever_goes_by_road_its_warehouses(model):
    legs, names, first = model.passage.legs, model.inbound.network.names, model.checkpoints.first_site
    for leg in legs:
        ends = [model.checkpoints.names[first + row] if row >= 0 else "" for row in leg["site"].tolist()]
        start, end = names[leg["origin"]], names[leg["destination"]]
        if leg["small_craft"]:
            assert ends == [f"dock {start}", f"dock {end}"]
        else:
            assert ends == ["", f"warehouse {end}" if leg["road"] and end.endswith("depot") else ""]


def test_organisations_weigh_no_site_before_somebody_controls_it(model):
    fresh = SmugglingModel(world())
    (facts,) = {id(seat.table): seat.table.facts for seat in fresh.underworld.seats if seat.group == "coastal"}.values()
    assert (facts["sites"] == -1).all()
    assert not fresh.sites.controlled.any()
    visits = np.array([0.0, 3.0, 1.0, 0.0])
    fresh.sites.follow(visits)
    rows = [fresh.checkpoints.row("rocky_coast", "dock"), fresh.checkpoints.row("canal_depot", "warehouse")]
    by_craft = facts["sites"][facts["small_craft"]]
    assert {tuple(row) for row in by_craft.tolist()} == {(*rows, -1, -1)}
    assert {tuple(row) for row in facts["sites"][~facts["small_craft"]].tolist()} == {(rows[1], -1, -1, -1)}
    fresh.sites.follow(0.0 * visits)
    assert fresh.sites.controlled.tolist() == [False, True, True, False], "who has heard of a control does not forget"


def test_nobody_expects_a_find_where_there_was_none(model):
    first = model.checkpoints.first_site
    assert (model.beliefs.start[:, 0, first:] == 0.0).all()
    assert (model.beliefs.start[:, 1, first:] > 0.0).all()
    assert (model.beliefs.start[:, 0, :first] > 0.0).all()


def test_what_is_visited_all_the_time_finds_everything_that_leaves_a_coast():
    found = controlled("dock_control", "mangrove_coast")
    assert seized_at(found) == {("dock mangrove_coast", "mangrove_coast")}
    assert not any(load.outcome == "delivered" for load in found.cargo.all)


def test_a_coast_that_is_controlled_where_loads_land_finds_them_there():
    assert seized_at(controlled("dock_control", "rocky_coast")) == {("dock rocky_coast", "rocky_coast")}


@pytest.mark.parametrize("house", ["valley_depot", "canal_depot"])
def test_what_lies_in_a_warehouse_is_found_there(house):
    assert seized_at(controlled("warehouse_control", house)) == {(f"warehouse {house}", house)}


def test_the_chance_follows_visits_and_the_days_that_a_load_is_kept():
    """A visit a fortnight that finds one load in two, for ten days: 1 - exp(-10 * 26 / 365.25 / 2)."""
    kept = (*SAFE, "transport.ashore={warehouse_days: 10}", "organisations.coastal.beliefs.information=0")
    found = controlled("warehouse_control", "valley_depot", days=700, settings=kept, visits=26, found=0.5)
    lines = found.sites.there.rows
    chance = 1 - math.exp(-10 * 26 / 365.25 / 2)
    assert len(lines) > 150
    assert abs(lines["found"].mean() - chance) <= 4 * math.sqrt(chance * (1 - chance) / len(lines))


def test_levers_and_days_of_handling_are_what_a_day_goes_by_and_a_load_has_come_before_it_leaves():
    plan = world(*SAFE, days=30)
    model = SmugglingModel(plan.with_policy("dock_control", docks=["mangrove_coast"], start=plan.start, visits=12))
    while not (model.cargo.rows["came"] > 0).any():
        model.step()
    at_sea = model.cargo.rows[model.cargo.rows["departed"] >= 0]
    assert (at_sea["came"] <= at_sea["departed"]).all()
    assert (model.passage.sites["kept"] == [2, 2, 7, 7]).all()
    assert model.passage.sites["finds"].tolist() == pytest.approx([12 * 0.6 * 0.4 / 365.25, 0, 0, 0])


def test_a_find_opens_a_case_in_the_state_of_the_site_and_crews_there_may_be_arrested():
    found = controlled("dock_control", "rocky_coast", settings=(*SAFE, "commodities.cocaine.arrests_per_seizure=1"))
    finds = found.justice.cases[found.justice.cases["kind"] == 0]
    assert len(finds) == sum(load.outcome == "seized" for load in found.cargo.all) > 0
    assert {found.states.codes[state] for state in finds["state"].tolist()} == {"XC"}
    assert {found.ledger.places[place] for place in finds["place"].tolist()} == {"rocky_coast"}
    assert sum(found.chronicle.daily["arrested"]) > 0


def test_a_find_in_a_warehouse_teaches_whose_it_was_and_nothing_of_how_it_was_to_cross_the_sea():
    found = controlled("warehouse_control", "valley_depot")
    kinds = {int(item["kind"]) for item in found.intelligence.rows if item["source"] == 0}
    assert kinds == {4}  # organisations
    coast = controlled("dock_control", "rocky_coast")
    assert {int(item["kind"]) for item in coast.intelligence.rows if item["source"] == 0} == {2, 3, 4}


def test_owners_learn_in_full_and_others_by_rumour_whatever_the_craft():
    found = controlled("dock_control", "rocky_coast", days=60)
    row = found.checkpoints.row("rocky_coast", "dock")
    losses = found.beliefs.losses[:, row]
    assert (losses.max(axis=0) > 0).all()
    assert (losses == losses[:, :1]).all()


def test_people_who_are_found_before_they_cross_go_back_and_those_who_have_crossed_are_brought_in():
    ours = ("waters.middle_sea.patrol_units=0", *PEOPLE)
    back = controlled("dock_control", "mangrove_coast", settings=ours)
    people = back.cargo.rows[back.cargo.rows["people"]]
    ended = people[people["outcome"] == STOPPED_ASHORE]
    assert len(ended) > 0
    assert not (people["outcome"] == INTERCEPTED).any()
    there = controlled("dock_control", "rocky_coast", settings=ours)
    row = there.checkpoints.row("rocky_coast", "dock")
    people = there.cargo.rows[there.cargo.rows["people"]]
    ended = people[(people["outcome"] == INTERCEPTED) & (people["checkpoint"] == row)]
    assert len(ended) > 0
    assert not ended["returned"].any()
    coastal = there.beliefs.counts[:, :, row]
    assert coastal[:, 1].max() > there.beliefs.start[:, 1, row].max()  # who is brought in has arrived, for the network


def test_the_table_of_sites_says_what_lay_where_and_what_was_found():
    found = controlled("warehouse_control", "canal_depot", visits=40)
    table = tables(found)["sites"]
    seized = [load for load in found.cargo.all if load.outcome == "seized"]
    assert set(table["checkpoint"]) == {"warehouse canal_depot"}
    assert set(table["state"]) == {"XB"}
    assert sum(table["found"]) == len(seized) > 0
    assert sum(table["found_g"]) == sum(load.grams for load in seized)
    assert sum(table["loads"]) > sum(table["found"])
    assert tables(lived(days=30))["sites"]["month"] == []


def test_describe_tells_how_long_loads_lie_ashore():
    text = describe(world("transport.ashore={warehouse_days: 9}"), 1000)
    assert "A load lies 9 days in a warehouse, and 2 at a coast beside waiting for a crew." in text


@pytest.mark.parametrize(("kind", "field"), [("dock_control", "docks"), ("warehouse_control", "warehouses")])
def test_a_site_that_there_is_not_is_told_with_those_that_there_are(kind, field):
    with pytest.raises(InvalidScenario, match="policies"):
        world(f"policies=[{{kind: {kind}, start: 2025-02-01, {field}: [nowhere]}}]")
