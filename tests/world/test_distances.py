"""Sea distances are those of the dataset, unless the scenario knows better, and fit between the ports of the world."""

import numpy as np
import pytest

from sim.world.atlas import listed_distances, ports_of
from sim.world.distances import SeaDistances, sea_distances
from sim.world.network import great_circle_km
from sim.world.route import SeaDistance, Transport
from sim.world.site import Geography, Port

SOMEWHERE = {"name": "Somewhere", "country": "CO", "lat": 4.0, "lon": -75.0}
OWN_PORT = Port.model_validate({**SOMEWHERE, "region": "LATAM_PAC", "role": "origin", "teu_thousand": 100})


def geography(**fields) -> Geography:
    around = {
        "production_areas": {"area": {**SOMEWHERE, "share": 1}},
        "warehouses": {"near": {**SOMEWHERE, "side": "origin"}, "far": {**SOMEWHERE, "side": "destination"}},
        "markets": {"market": {**SOMEWHERE, "demand_share": 1}},
    }
    return Geography.model_validate({"dataset": "latin_america_europe"} | around | fields)


def pairs_of(places: Geography, transport: Transport | None = None) -> dict[tuple[str, str], float]:
    return sea_distances(places, transport or Transport()).by_pair(ports_of(places))


def test_without_a_dataset_there_are_only_the_scenarios_own():
    own = geography(dataset=None, ports={"ECGYE": OWN_PORT, "BEANR": OWN_PORT})
    assert pairs_of(own) == {}


def test_distances_are_known_among_ports_in_play_only():
    found = pairs_of(geography(only=["ECGYE", "BEANR", "MAPTM"]))
    assert list(found) == [("ECGYE", "BEANR"), ("ECGYE", "MAPTM"), ("MAPTM", "BEANR")]
    assert found["ECGYE", "BEANR"] == 5672.0


def test_a_distance_of_the_scenario_outranks_the_dataset():
    own = Transport(
        sea_distances=(
            SeaDistance(origin="ECGYE", destination="BEANR", nm=6000),
            SeaDistance(origin="BEANR", destination="ECGYE", nm=6001),
            SeaDistance(origin="BEANR", destination="NOWHERE", nm=1),
        )
    )
    found = pairs_of(geography(only=["ECGYE", "BEANR"]), own)
    assert found == {("ECGYE", "BEANR"): 6000.0, ("BEANR", "ECGYE"): 6001.0}


@pytest.fixture(scope="module")
def world() -> tuple[dict[str, Port], np.ndarray]:
    """The ports of the world, and nautical miles between them as a matrix."""
    places = geography(dataset="world")
    return ports_of(places), sea_distances(places, Transport()).nm


def test_all_ports_of_the_world_are_joined_by_the_same_way_out_and_home(world):
    nm = world[1]
    assert np.array_equal(nm, nm.T)
    assert np.count_nonzero(nm) == 867 * 866
    assert nm.max() < 16_000


def test_the_two_datasets_agree_on_the_distances_that_both_have(world):
    row = {name: number for number, name in enumerate(world[0])}
    assert not [pair for pair in listed_distances() if world[1][row[pair[0]], row[pair[1]]] != pair[2]]


def test_ships_sail_no_shorter_than_the_crow_flies(world):
    """The network begins at its nearest node, so that short ways may come out some miles short."""
    ports, nm = world
    names = list(ports)[::29]
    rows = np.arange(867)[::29]
    crow = np.array([[great_circle_km(ports[a], ports[b]) / 1.852 for b in names] for a in names])
    assert (nm[np.ix_(rows, rows)] > 0.97 * crow - 60).all()


def test_pairs_given_by_name_stand_in_port_order():
    found = SeaDistances.of({("B", "A"): 2.0, ("A", "B"): 1.0, ("A", "ELSEWHERE"): 3.0}, ["A", "B"])
    assert found.nm.tolist() == [[0.0, 1.0], [2.0, 0.0]]
