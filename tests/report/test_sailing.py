"""Sailing lines keep to the sea: from port to port along the network, straight where small craft can."""

import numpy as np
import pytest
from matplotlib.path import Path

from sim.report.maps import great_circle, over_land
from sim.report.sailing import FINE, sailing_line, simplified
from sim.world import atlas
from sim.world.site import Geography, Port

PORTS = atlas.ports_of(Geography.model_construct(dataset="world", only=None, roles={}, ports={}))


def inland(line):
    """Share of the way between the ends of a line that leads over land, an eighth at each end aside."""
    steps = 1 + (10 * np.hypot(*np.diff(line, axis=0).T)).astype(int)
    points = np.vstack([np.linspace(a, b, n) for a, b, n in zip(line[:-1], line[1:], steps, strict=True)])
    points = points[len(points) // 8 : -len(points) // 8]
    return np.any([Path(ring).contains_points(points) for ring in atlas.land()], axis=0).mean()


@pytest.mark.parametrize(
    ("origin", "destination"),
    [("ECGYE", "BEANR"), ("THBKK", "AUSYD"), ("BRSSZ", "ITGOA"), ("INMAA", "GRPIR")],
)
def test_a_line_leads_from_port_to_port_by_sea(origin, destination):
    start, end = PORTS[origin], PORTS[destination]
    line = sailing_line(start, end)
    assert line[0].tolist() == [start.lon, start.lat]
    assert line[-1].tolist() == [end.lon, end.lat]
    straight = great_circle((start.lon, start.lat), (end.lon, end.lat))
    assert inland(line) < 0.2 * inland(straight)
    assert np.allclose(sailing_line(end, start)[::-1], line, atol=3 * FINE)


def test_a_river_port_is_reached_by_its_river():
    line = sailing_line(PORTS["PYASU"], PORTS["BEANR"])
    south = line[np.abs(line[:, 0] + 60.0) < 3.0]
    assert south[:, 1].min() < -33.0, "past Rosario, and not across Brazil"


def test_a_line_over_the_antimeridian_takes_the_short_way():
    line = sailing_line(PORTS["CNSHA"], PORTS["USLAX"])
    assert (np.abs(np.diff(line[:, 0])) > 300.0).sum() == 1


def test_there_is_none_from_far_inland_or_within_one_place():
    desert = Port.model_construct(lat=24.0, lon=10.0)
    assert sailing_line(desert, PORTS["BEANR"]) is None
    assert sailing_line(PORTS["BEANR"], desert) is None
    assert sailing_line(PORTS["BEANR"], PORTS["BEANR"]) is None


def test_a_simplified_line_stays_near():
    rng = np.random.default_rng(1)
    wiggly = np.column_stack([np.linspace(0.0, 30.0, 400), np.cumsum(rng.normal(0.0, 0.1, 400))])
    plain = simplified(wiggly)
    assert 2 < len(plain) < 200
    assert plain[0].tolist() == wiggly[0].tolist()
    assert plain[-1].tolist() == wiggly[-1].tolist()
    off = np.abs(np.interp(wiggly[:, 0], plain[:, 0], plain[:, 1]) - wiggly[:, 1])
    assert off.max() < 3 * FINE
    assert simplified(np.array([[0.0, 0.0], [1.0, 0.05], [2.0, 0.0]])).tolist() == [[0.0, 0.0], [2.0, 0.0]]


def test_small_craft_see_land_between():
    assert over_land(great_circle((100.5, 13.5), (98.0, 8.0)))  # across the Kra isthmus
    assert not over_land(great_circle((-75.0, 11.5), (-72.0, 18.0)))  # the Caribbean
