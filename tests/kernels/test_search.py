"""Sea search: Koopman's random search formula, and what it means for patrols."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.kernels.search import detection

SOME = st.floats(0.01, 1e3)


def found(width=20.0, speed=15.0, hours=24.0, units=1.0, area=40_000.0):
    return detection(*(np.array([value]) for value in (width, speed, hours, units, area)))[0]


def test_one_patrol_for_a_day_finds_what_koopman_says():
    assert found() == pytest.approx(0.164730, abs=5e-7)


@pytest.mark.parametrize("units", [1, 2, 5, 40])
def test_independent_patrols_each_leave_what_the_others_miss(units):
    assert found(units=float(units)) == pytest.approx(1 - (1 - found()) ** units, rel=1e-12)


def test_joint_patrols_of_twice_the_fleet_in_twice_the_area_find_no_more():
    assert found(units=2.0, area=80_000.0) == found()


@given(SOME, SOME, SOME, SOME, st.floats(1.0, 1e8))
def test_detection_is_a_probability_that_grows_with_effort_and_shrinks_with_area(width, speed, hours, units, area):
    p = found(width, speed, hours, units, area)
    assert 0 < p <= 1
    assert p == pytest.approx(1 - math.exp(-width * speed * hours * units / area), rel=1e-9, abs=1e-15)
    assert found(width, speed, hours, 2 * units, area) >= p >= found(width, speed, hours, units, 2 * area)


def test_a_glimpse_of_an_ocean_is_still_counted():
    assert found(area=7.2e24) == pytest.approx(1e-21, rel=1e-12)


def test_nobody_on_patrol_finds_nobody():
    assert found(units=0.0) == 0.0


def test_zones_are_searched_each_for_itself():
    units, area = np.array([0.0, 1.0, 2.5]), np.array([1e4, 4e4, 9e5])
    same = [np.full(3, value) for value in (20.0, 15.0, 24.0)]
    assert list(detection(*same, units, area)) == [found(units=n, area=a) for n, a in zip(units, area, strict=True)]


def test_a_zone_without_an_area_is_the_callers_to_refuse():
    assert found(area=0.0) == 1.0
    assert math.isnan(found(units=0.0, area=0.0))


def test_every_zone_needs_all_its_numbers():
    with pytest.raises(ValueError, match="each zone"):
        detection(np.ones(2), np.ones(2), np.ones(2), np.ones(1), np.ones(2))
