"""Sea search: Koopman's random search formula, who is on patrol, and which craft are boarded."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.kernels.draws import entity_key
from sim.kernels.items import told_nothing
from sim.kernels.search import CRAFT, UNIT, ZONE, Sea, detection, muster

SOME = st.floats(0.01, 1e3)


def found(width=20.0, speed=15.0, hours=24.0, units=1.0, area=40_000.0):
    return detection(width * speed * hours * units, area)


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


# Who is on patrol --------------------------------------------------------------------------------------------------


def unit(number: int = 0, **columns) -> np.ndarray:
    """A unit that sweeps 300 square miles an hour in zone 0, always at sea unless told otherwise."""
    known = {"key": entity_key(f"unit {number}"), "sweep": 300.0, "hours": 20.0, "days_out": 1, "cycle": 1, "duty": 1.0}
    record = np.zeros(1, UNIT)
    for name, value in (known | {"boardings": 2} | columns).items():
        record[name] = value
    return record


def mustered(*units: np.ndarray, day: int = 100) -> tuple[Sea, np.ndarray]:
    fleet = np.concatenate(units)
    tally, luck, hours = np.full((2, 7), 7), np.zeros(8, np.uint64), np.full(2, 7.0)
    sea = Sea(np.zeros(1, CRAFT), np.zeros(2, ZONE), fleet, tally, luck, told_nothing(2, 1, 0))
    muster(day, entity_key("on duty"), sea, hours)
    assert (tally == 0).all()
    return sea, hours


def test_what_units_sweep_adds_up_by_zone():
    sea, hours = mustered(unit(), unit(1, sweep=200.0), unit(2, zone=1))
    assert sea.zones["sweep"].tolist() == [500.0, 300.0]
    assert hours.tolist() == [40.0, 20.0]
    assert sea.units["left"].tolist() == [2, 2, 2]


def test_a_unit_is_at_sea_for_part_of_its_cycle():
    """Fourteen days at sea and seven in port, from the day of the cycle on which the run found it."""
    one = unit(days_out=14, cycle=21, phase=12)
    at_sea = [mustered(one, day=day)[1][0] > 0 for day in range(42)]
    assert at_sea == ([True] * 2 + [False] * 7 + [True] * 12) * 2


def test_a_unit_that_escorts_a_craft_neither_searches_nor_boards():
    away = unit(free=101)
    assert mustered(away, day=100)[0].zones["sweep"][0] == 0.0
    assert mustered(away, day=100)[0].units["left"][0] == 0
    assert mustered(away, day=101)[0].zones["sweep"][0] == 300.0


def test_part_of_a_unit_is_there_on_as_large_a_part_of_the_days():
    days = [mustered(unit(duty=0.3), day=day)[1][0] > 0 for day in range(400)]
    assert abs(sum(days) - 120) < 6 * math.sqrt(400 * 0.3 * 0.7)
    more = [mustered(unit(duty=0.6), day=day)[1][0] > 0 for day in range(400)]
    assert all(there for there, before in zip(more, days, strict=True) if before)
    assert mustered(unit(duty=0.0))[1][0] == 0.0
