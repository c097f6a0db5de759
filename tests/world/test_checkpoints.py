"""Checkpoints stand where states control, in a fixed order."""

import numpy as np
import pytest

from sim.world.checkpoints import Checkpoints
from sim.world.site import Port
from sim.world.waters import SeaZone


def port(country: str, region: str, role: str) -> Port:
    return Port(name="A port", country=country, lat=0, lon=0, region=region, role=role, teu_thousand=100)


PORTS = {
    "ECGYE": port("EC", "PACIFIC", "origin"),
    "COBUN": port("CO", "PACIFIC", "origin"),
    "PABLB": port("PA", "PACIFIC", "transit"),
    "BEANR": port("BE", "NORTH", "destination"),
    "BEZEE": port("BE", "NORTH", "destination"),
}
WATERS = {"caribbean": SeaZone(name="Caribbean", area_nm2=400000), "azores": SeaZone(name="Azores", area_nm2=400000)}


@pytest.fixture
def checkpoints() -> Checkpoints:
    return Checkpoints.of(PORTS, WATERS)


def test_origins_control_exports_destinations_imports_and_hubs_both(checkpoints):
    assert checkpoints.names == (
        "ECGYE export",
        "COBUN export",
        "PABLB export",
        "PABLB import",
        "BEANR import",
        "BEZEE import",
        "zone caribbean",
        "zone azores",
    )
    assert len(checkpoints) == 8
    assert checkpoints.n_ports == 6


def test_columns_agree_row_by_row(checkpoints):
    assert checkpoints.kind == ("export",) * 3 + ("import",) * 3 + ("zone",) * 2
    assert checkpoints.place == ("ECGYE", "COBUN", "PABLB", "PABLB", "BEANR", "BEZEE", "caribbean", "azores")
    assert checkpoints.country == ("EC", "CO", "PA", "PA", "BE", "BE", "", "")
    np.testing.assert_array_equal(checkpoints.port, [0, 1, 2, 2, 3, 4, -1, -1])


def test_a_checkpoint_is_found_by_place_and_direction(checkpoints):
    assert checkpoints.row("PABLB", "export") == 2
    assert checkpoints.row("PABLB", "import") == 3
    assert checkpoints.row("azores") == 7
    assert checkpoints.find("ECGYE", "import") == -1
    with pytest.raises(KeyError):
        checkpoints.row("ECGYE", "import")


@pytest.mark.parametrize(
    ("place", "direction", "rows"),
    [
        ("ECGYE", "export", [0]),
        ("PACIFIC", "export", [0, 1, 2]),
        ("PACIFIC", "import", [3]),
        ("BE", "import", [4, 5]),
        ("BE", "export", []),
        ("NOWHERE", "import", []),
    ],
)
def test_a_place_is_a_port_a_region_or_a_country(checkpoints, place, direction, rows):
    assert checkpoints.rows_of(place, direction) == rows


def test_a_land_may_have_neither_ports_nor_waters():
    assert len(Checkpoints.of({}, {})) == 0


def test_where_goods_go_both_ways_every_port_controls_both(checkpoints):
    both = Checkpoints.of(PORTS, WATERS, inward=("ECGYE", "COBUN"), outward=("BEANR", "BEZEE"))
    assert both.names[:5] == ("ECGYE export", "COBUN export", "PABLB export", "BEANR export", "BEZEE export")
    assert both.names[5:10] == ("ECGYE import", "COBUN import", "PABLB import", "BEANR import", "BEZEE import")
    assert both.rows_of("BE", "export") == [3, 4]
