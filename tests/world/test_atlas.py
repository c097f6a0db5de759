"""The shipped facts are complete, sourced, and light to read."""

import math
import subprocess
import sys
from typing import get_args

import pytest

from sim.quantity import ASSUMED
from sim.world import atlas
from sim.world.site import Geography, Port

SOMEWHERE = {"name": "Somewhere", "country": "CO", "lat": 4.0, "lon": -75.0}


def geography(**fields) -> Geography:
    around = {
        "production_areas": {"area": {**SOMEWHERE, "share": 1}},
        "warehouses": {"near": {**SOMEWHERE, "side": "origin"}, "far": {**SOMEWHERE, "side": "destination"}},
        "markets": {"market": {**SOMEWHERE, "demand_share": 1}},
    }
    return Geography.model_validate({"dataset": "latin_america_europe"} | around | fields)


OWN_PORT = Port.model_validate(
    {**SOMEWHERE, "name": "Own port", "region": "LATAM_PAC", "role": "origin", "teu_thousand": 100}
)


def test_the_dataset_has_origins_hubs_and_destinations():
    roles = [port.role for port in atlas.ports_of(geography()).values()]
    assert {role: roles.count(role) for role in sorted(set(roles))} == {"destination": 54, "origin": 39, "transit": 16}


def test_a_throughput_that_nobody_published_is_assumed_with_a_range_to_sweep():
    ports = atlas.ports_of(geography())
    assert ports["ECPSJ"].teu_thousand.source == ASSUMED
    assert (ports["ECPSJ"].teu_thousand.low, ports["ECPSJ"].teu_thousand.high) == pytest.approx((630, 1170))
    assert ports["NLRTM"].teu_thousand.source == "ll22"
    assert sum(port.teu_thousand.assumed for port in ports.values()) == 79


def test_every_published_throughput_names_a_listed_source():
    listed = atlas.sources()
    named = [port.teu_thousand.source for port in atlas.ports_of(geography()).values()]
    assert not [source for source in named if source not in listed and source != ASSUMED]


@pytest.mark.parametrize("table", get_args(atlas.Table))
def test_every_published_figure_names_a_listed_source(table):
    rows = atlas.published(table)
    assert rows
    assert not [row for row in rows if row["source_key"] not in atlas.sources()]


def test_every_source_has_a_title():
    assert not [key for key, source in atlas.sources().items() if not source.title]


def test_the_world_has_its_ports_with_regions_and_throughput_published_or_assumed():
    ports = atlas.ports_of(geography(dataset="world"))
    published = [port for port in ports.values() if not port.teu_thousand.assumed]
    assert (len(ports), len(published)) == (867, 88)
    assert {port.role for port in ports.values()} == {"destination"}
    assert len({port.region for port in ports.values()}) == 21
    assert {port.teu_thousand.source for port in published} <= set(atlas.sources())
    assert ports["NLRTM"].teu_thousand.source == "ll22"
    assert (ports["GBLIV"].region, ports["CNSHA"].region) == ("NORTHERN_EUROPE", "EASTERN_ASIA")
    assert math.fsum(port.teu_thousand for port in ports.values()) == pytest.approx(866_000, rel=0.01)


def test_a_scenario_says_which_ports_of_the_dataset_are_origins_hubs_and_destinations():
    roles = {"SOUTH_AMERICA": "origin", "CL": "transit", "CLSAI": "destination"}
    ports = atlas.ports_of(geography(dataset="world", roles=roles))
    assert [ports[name].role for name in ("ECGYE", "CLVAP", "CLSAI", "NLRTM")] == [
        "origin", "transit", "destination", "destination",
    ]  # fmt: skip


def test_a_table_that_is_not_shipped_is_refused_with_the_names_of_those_that_are():
    with pytest.raises(ValueError, match="flows is not shipped; the tables are arrivals"):
        atlas.published("flows")


def test_a_scenario_keeps_some_ports_replaces_one_and_adds_its_own():
    own = geography(only=["NLRTM", "BEANR", "ECGYE"], ports={"BEANR": OWN_PORT, "NEW": OWN_PORT})
    ports = atlas.ports_of(own)
    assert list(ports) == ["ECGYE", "BEANR", "NLRTM", "NEW"]
    assert ports["BEANR"] == ports["NEW"] == OWN_PORT


def test_without_a_dataset_only_the_scenarios_own_ports_exist():
    own = geography(dataset=None, ports={"ECGYE": OWN_PORT, "BEANR": OWN_PORT})
    assert list(atlas.ports_of(own)) == ["ECGYE", "BEANR"]


def test_coastlines_are_rings_on_the_globe():
    assert len(atlas.land()) == 127
    assert all(len(ring) >= 3 for ring in atlas.land())
    assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for ring in atlas.land() for lon, lat in ring)


def test_what_a_caller_does_to_the_answer_changes_no_later_answer():
    first = atlas.ports_of(geography())
    del first["BEANR"]
    atlas.sources().clear()
    assert "BEANR" in atlas.ports_of(geography())
    assert atlas.sources()


def test_the_atlas_loads_no_numerical_library(checkout):
    heavy = "import sys, sim.world.atlas; print({'numpy', 'networkx', 'numba', 'mesa'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", heavy], cwd=checkout, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
