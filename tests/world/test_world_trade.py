"""The lanes of the whole world: as many boxes as its ports handle, some ten thousands of lanes, always the same."""

import numpy as np
import pytest

import sim
from sim.genesis import route_network
from sim.model import SmugglingModel
from sim.world.distances import sea_distances
from sim.world.lanes import lanes_of


def world_lanes():
    scenario = sim.load("world_trade")
    distances = sea_distances(scenario.geography, scenario.transport)
    return lanes_of(scenario.ports(), distances, scenario.trade, scenario.transport)


@pytest.fixture(scope="module")
def lanes():
    return world_lanes()


def test_the_world_ships_two_hundred_million_loaded_boxes_a_year_on_some_ten_thousands_of_lanes(lanes):
    assert 30_000 < len(lanes) < 60_000
    assert 190e6 < lanes.boxes_per_day.sum() * 365.25 < 220e6


def test_every_port_ships_and_receives_what_it_handles(lanes):
    assert max(lanes.fit.export_gap.max(), lanes.fit.import_gap.max()) < 1e-9
    assert set(lanes.origin.tolist()) == set(lanes.destination.tolist()) == set(range(867))


def test_every_port_has_partners_and_no_lane_stays_within_a_country(lanes):
    for end in (lanes.origin, lanes.destination):
        assert np.bincount(end).min() >= 8
    country = [port.country for port in sim.load("world_trade").ports().values()]
    ends = zip(lanes.origin.tolist(), lanes.destination.tolist(), strict=True)
    assert not [1 for origin, destination in ends if country[origin] == country[destination]]


def test_the_route_graph_holds_the_lanes_that_contraband_can_take():
    graph = route_network(sim.load("world_trade"))
    roles = {name: data.get("role") for name, data in graph.nodes(data=True)}
    lanes = [(start, end) for start, end, mode in graph.edges(keys=True) if mode in ("liner", "feeder")]
    assert len(lanes) > 1000
    assert not [1 for start, end in lanes if roles[start] == "destination" or roles[end] == "origin"]


def test_the_lanes_of_the_world_do_not_depend_on_the_order_in_which_python_hashes(printed_under_two_hash_seeds):
    script = (
        "import hashlib; import test_world_trade as t; lanes = t.world_lanes();"
        "print(hashlib.sha256(repr(lanes.names).encode() + lanes.boxes_per_day.tobytes()).hexdigest())"
    )
    assert len(printed_under_two_hash_seeds(script)) == 1


def test_every_market_of_the_world_can_be_reached():
    model = SmugglingModel(sim.load("world_trade", days=1))
    reached = {route.market for cartel in model.cartels for route in cartel.ways.routes}
    assert reached == set(model.plan.geography.markets)
