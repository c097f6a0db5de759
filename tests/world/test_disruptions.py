"""Disruptions: what sails, what is a candidate and what loads do when the route graph changes."""

from datetime import date, timedelta

import numpy as np
import pytest

from sim.model import SmugglingModel
from sim.scenario.describe import describe
from sim.scenario.load import load
from sim.scenario.mistakes import InvalidScenario
from sim.study.run import live
from sim.world.disruption import Disruption, Timeline
from tests.promises.recomputed import wrong_with
from tests.promises.worlds import BUSY, before, tables, world

START = date(2025, 1, 1)
ROUND = (
    "transport.sea_distances=[{origin: costa_alta, destination: nordhaven, nm: 3650, canals: [narrows], "
    "nm_around: 5000}]"
)


def shut(first: int = 30, last: int | None = 59, **given) -> Disruption:
    dates = {"start": START + timedelta(days=first)} | ({} if last is None else {"end": START + timedelta(days=last)})
    return Disruption(name="shut", **(dates | given))


def disrupted(*disruptions: Disruption, settings=(), days: int = 120):
    return world(*settings, days=days).replaced(disruptions=disruptions)


def under_way_at(model: SmugglingModel, day: int) -> None:
    while model.day < day:
        model.step()


# Timeline ------------------------------------------------------------------------------------------------------------


def test_a_situation_is_what_is_in_force_together():
    """Two that overlap make three situations beside the usual one, which comes back under its old number."""
    one, other = shut(10, 19, places=["a"]), shut(15, 29, places=["b"])
    found = Timeline.of([one, other], START)
    assert found.situations == ((), (one,), (one, other), (other,))
    assert list(zip(found.begins, found.which, strict=True)) == [(0, 0), (10, 1), (15, 2), (20, 3), (30, 0)]
    assert [found.on(day) for day in (-5, 0, 9, 10, 14, 15, 19, 20, 29, 30, 500)] == [0, 0, 0, 1, 1, 2, 2, 3, 3, 0, 0]
    assert found.within(15) == (0, 1)
    assert found.within(16) == (0, 1, 2)


def test_what_opens_on_a_day_is_closed_until_then():
    opens = Disruption(name="not built yet", end=START + timedelta(days=9), places=["a"])
    found = Timeline.of([opens], START)
    assert [found.on(day) for day in (-5, 0, 9, 10)] == [1, 1, 1, 0]


def test_what_lasts_to_the_end_of_the_calendar_stays():
    found = Timeline.of([shut(10, places=["a"], end=date.max)], START)
    assert [found.on(day) for day in (0, 9, 10, 500)] == [0, 0, 1, 1]


# Trade ---------------------------------------------------------------------------------------------------------------


def traffic(*disruptions: Disruption, settings=()):
    return SmugglingModel(disrupted(*disruptions, settings=settings)).routes.traffic


def boxes(found, situation: int) -> dict[str, float]:
    """By name of the lane; of lanes that sail two ways in different situations, the one that sails."""
    sums: dict[str, float] = {}
    for name, count in zip(found.lanes.names, found.boxes[situation].tolist(), strict=True):
        sums[name] = sums.get(name, 0.0) + count
    return sums


def test_a_closed_port_loses_its_trade_to_the_ports_of_its_region():
    """70 % of what each partner shipped to the closed port goes to the only other one of the region, the rest nowhere;
    nothing else changes."""
    found = traffic(shut(places=["nordhaven"]))
    usual, closed = boxes(found, 0), boxes(found, 1)
    for partner in ("costa_alta", "puerto_sereno", "REST"):
        assert closed[f"{partner}>nordhaven"] == 0.0
        moved = 0.7 * usual[f"{partner}>nordhaven"]
        assert closed[f"{partner}>westmole"] == pytest.approx(usual[f"{partner}>westmole"] + moved)
    assert closed["westmole>REST"] == pytest.approx(usual["westmole>REST"] + 0.7 * usual["nordhaven>REST"])
    assert closed["costa_alta>REST"] == usual["costa_alta>REST"]


def test_a_slowed_port_keeps_a_share_and_takes_longer():
    found = traffic(shut(places=["nordhaven"], keeps=0.4, delay_days=5))
    usual, slowed = boxes(found, 0), boxes(found, 1)
    assert slowed["costa_alta>nordhaven"] == pytest.approx(0.4 * usual["costa_alta>nordhaven"])
    base = found.lanes.lane_of("costa_alta", "nordhaven")
    longer = found.row[1, base]
    assert longer != base
    assert found.lanes.transit_days[longer] == found.lanes.transit_days[base] + 5
    assert found.boxes[1, base] == found.boxes[0, longer] == 0.0


def test_where_both_ends_are_closed_nothing_is_left():
    found = traffic(shut(places=["nordhaven", "costa_alta"]))
    assert boxes(found, 1)["costa_alta>nordhaven"] == 0.0
    assert boxes(found, 1)["puerto_sereno>westmole"] > boxes(found, 0)["puerto_sereno>westmole"]
    assert found.boxes[1].sum() < found.boxes[0].sum()


def test_a_line_is_closed_without_its_ports():
    found = traffic(shut(lines=["costa_alta > NORTH"]))
    usual, closed = boxes(found, 0), boxes(found, 1)
    assert closed["costa_alta>nordhaven"] == closed["costa_alta>westmole"] == 0.0  # nobody else there to take it up
    assert {name for name in usual if usual[name] != closed[name]} == {"costa_alta>nordhaven", "costa_alta>westmole"}


def test_round_a_closed_canal_ships_sail_the_longer_way_where_one_is_known():
    found = traffic(shut(canals=["narrows"]), settings=[ROUND])
    base = found.lanes.lane_of("costa_alta", "nordhaven")
    longer = found.row[1, base]
    assert (found.lanes.nm[base], found.lanes.nm[longer]) == (3650, 5000)
    assert found.lanes.transit_days[longer] == np.ceil(5000 / (24 * 16) + 2)
    assert found.boxes[1, longer] == found.boxes[0, base]
    nowhere = traffic(shut(canals=["narrows"]), settings=[ROUND.replace(", nm_around: 5000", "")])
    assert boxes(nowhere, 1)["costa_alta>nordhaven"] == 0.0


def test_the_panama_canal_has_ways_round_in_the_shipped_distances():
    closed = Disruption(name="drought", start=date(2019, 1, 1), canals=["panama"])
    found = SmugglingModel(load("latam_europe", days=1).replaced(disruptions=[closed])).routes.traffic
    base = found.lanes.lane_of("ECGYE", "BEANR")
    assert found.lanes.nm[found.row[1, base]] == 10789
    direct = found.lanes.lane_of("BRSSZ", "BEANR")
    assert found.row[1, direct] == direct


@pytest.mark.parametrize("mode", ["micro", "thinned"])
def test_ships_that_left_before_arrive_and_none_after(mode):
    """Lanes to the closed port take 11 and 12 days: what left on the day before still comes, and then nothing."""
    model = live(disrupted(shut(30, 59, places=["nordhaven"]), days=90), mode=mode)
    arrived = model.chronicle.tally[:, model.checkpoints.row("nordhaven", "import"), 0]
    days = [int(model.lanes.transit_days[model.lanes.lane_of(port, "nordhaven")])
            for port in ("costa_alta", "puerto_sereno")]  # fmt: skip
    assert all(arrived[:30] > 1000)
    assert all(arrived[30 : 30 + min(days)] > 0)
    assert all(arrived[30 : 30 + min(days)] < 1000)  # none from elsewhere
    assert not any(arrived[30 + max(days) : 60])
    assert all(arrived[60:] > 1000)


# Candidates ----------------------------------------------------------------------------------------------------------


def ways_open(model: SmugglingModel) -> set[tuple[str, str]]:
    """Gateways of the ways that there are now for one of the organisations."""
    cartel = model.cartels[0]
    routes = [cartel.ways.routes[row] for row in np.flatnonzero(cartel.means.there).tolist()]
    return {(route.departure, route.arrival) for route in routes}


def test_ways_that_were_no_candidates_open_when_the_cheaper_ones_close():
    """With room for four of the five ways, that from the smaller port to the smaller port is none of them, until
    the larger port of arrival closes."""
    settings = ("organisations.coastal.candidate_routes=4", "organisations.coastal.markets=[lowlands]")
    model = SmugglingModel(disrupted(shut(5, 14, places=["nordhaven"]), settings=settings, days=30))
    found = {}
    for day in (5, 6, 15, 16):
        under_way_at(model, day)
        found[day] = ways_open(model)
    by_craft = ("mangrove_coast", "rocky_coast")
    usual = {("costa_alta", "nordhaven"), ("puerto_sereno", "nordhaven"), ("costa_alta", "westmole"), by_craft}
    closed = {("costa_alta", "westmole"), ("puerto_sereno", "westmole"), by_craft}
    assert found == {5: usual, 6: closed, 15: closed, 16: usual}


def test_until_the_graph_changes_the_world_is_the_same():
    plan = disrupted(shut(30, 59, places=["nordhaven"]), shut(40, None, places=["mangrove_coast"]), days=45)
    usual, changed = (live(each, mode="thinned") for each in (plan.replaced(disruptions=()), plan))
    assert before(tables(usual), 30) == before(tables(changed), 30)
    assert tables(usual) != tables(changed)


def test_nothing_is_planned_through_what_is_closed():
    plan = disrupted(shut(30, 89, places=["nordhaven", "rocky_coast"]), days=120)
    model = live(plan, mode="thinned")
    ways = [(load.planned, load.route.arrival) for load in model.cargo.all]
    assert {arrival for day, arrival in ways if 30 <= day < 90} == {"westmole"}
    assert {"nordhaven", "rocky_coast"} <= {arrival for day, arrival in ways if day >= 90}
    assert not list(wrong_with(model))


def test_with_every_way_closed_nothing_is_sent_and_the_world_goes_on():
    model = live(disrupted(shut(30, None, places=["valley_depot"]), days=60), mode="thinned")
    assert all(load.planned < 30 for load in model.cargo.all)
    assert not list(wrong_with(model))


# Loads ---------------------------------------------------------------------------------------------------------------


def not_sailed(model: SmugglingModel, arrival: str) -> list:
    return [load for load in model.cargo.all
            if load.outcome == "under_way" and load.route.arrival == arrival and load.departed < 0]  # fmt: skip


def test_a_load_that_waits_for_a_closed_port_sails_when_it_opens_again():
    model = SmugglingModel(disrupted(shut(30, 59, places=["nordhaven"]), days=120), mode="thinned")
    under_way_at(model, 31)
    waiting = [load.number for load in not_sailed(model, "nordhaven")]
    assert waiting
    under_way_at(model, 60)
    assert all(model.cargo[number].departed < 0 for number in waiting if model.cargo[number].outcome == "under_way")
    under_way_at(model, 120)
    assert any(model.cargo[number].departed >= 60 for number in waiting)


def test_where_it_never_opens_a_load_is_given_up():
    model = SmugglingModel(disrupted(shut(30, None, places=["nordhaven"]), days=120), mode="thinned")
    under_way_at(model, 30)
    waiting = [(load.number, load.crews_ahead) for load in not_sailed(model, "nordhaven")]
    at_sea = [load.number for load in model.cargo.all
              if load.outcome == "under_way" and load.route.arrival == "nordhaven" and load.departed >= 0]  # fmt: skip
    assert waiting
    assert at_sea
    under_way_at(model, 31)
    assert {(model.cargo[number].outcome, model.cargo[number].ended) for number, _ in waiting} == {("lost", 30)}
    under_way_at(model, 120)
    assert any(model.cargo[number].outcome == "delivered" for number in at_sea)  # what had sailed is landed
    assert not list(wrong_with(model))
    assert (model.all_cells["waiting"][:-1] >= 0).all()


def test_a_load_takes_the_lane_round_a_closed_canal():
    settings = (ROUND, *BUSY, "geography.docks={}", "waters={}")
    model = SmugglingModel(disrupted(shut(30, 59, canals=["narrows"]), settings=settings, days=120), mode="thinned")
    under_way_at(model, 30)
    waiting = [load.number for load in not_sailed(model, "nordhaven")]
    assert waiting
    under_way_at(model, 60)
    longer = model.routes.traffic.row[1, model.lanes.lane_of("costa_alta", "nordhaven")]
    lanes = model.passage.legs["lane"][model.cargo.rows["legs"][waiting]]
    assert (lanes == longer).any(axis=1).all()
    assert any(model.cargo[number].departed >= 30 for number in waiting)


# What a scenario says ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{name: x, start: 2025-02-01, places: [nordhafen]}", "did you mean nordhaven?"),
        ("{name: x, start: 2025-02-01, lines: [costa_alta]}", "Give FROM>TO"),
        ("{name: x, start: 2025-02-01, lines: [costa_alta>nowhere]}", "not a port, region or country"),
        ("{name: x, start: 2025-02-01, canals: [suez]}", "not a canal on the way"),
        ("{name: x, start: 2025-02-01}", "names nothing that is disrupted"),
        ("{name: x, places: [nordhaven]}", "neither dated by a start nor by an end"),
        ("{name: x, places: [nordhaven], start: 2025-02-01, end: 2025-01-01}", "before it starts"),
    ],
)
def test_what_cannot_be_is_told_with_a_way_out(given, said):
    with pytest.raises(InvalidScenario, match=said.replace("?", r"\?")):
        world(f"disruptions=[{given}]")


def test_describe_tells_what_is_closed_and_when():
    told = describe(disrupted(shut(31, 58, places=["nordhaven"]), shut(0, None, places=["westmole"], keeps=0.5)), 1000)
    assert "shut, from 1 February 2025 to 28 February 2025: Nordhaven closed" in told
    assert "from 1 January 2025 on, for good: Westmole handle 50% of their containers" in told
