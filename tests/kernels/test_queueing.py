"""Queues: the recursion against queueing theory, against an event-by-event simulation, and against common sense."""

import heapq
import math
from collections import deque

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.kernels.draws import Draws, entity_key, exponential
from sim.kernels.queueing import overnight, queue_day, serve, service_time

DRAWS = Draws(1955)
PORT = entity_key("a port")
SIXTY_FOURTHS = st.integers(0, 640).map(lambda n: n / 64)  # exact in binary: adding them in any order is exact too
GAPS_AND_SERVICES = st.lists(st.tuples(SIXTY_FOURTHS, SIXTY_FOURTHS), min_size=1, max_size=40)
TIMES = st.floats(0, 10, allow_subnormal=False)


def waits_of(arrivals, services, servers, free_at=None):
    free = np.zeros(servers) if free_at is None else np.array(free_at)
    waits = np.empty(len(arrivals))
    total = serve(np.array(arrivals, float), np.array(services, float), free, waits)
    return waits, total, free


def event_by_event(arrivals, services, servers):
    """The same queue told as a story: who comes, who is done, who is next. Shares nothing with the kernel."""
    events = [(time, 1, customer) for customer, time in enumerate(arrivals)]
    heapq.heapify(events)
    idle, line, waits = servers, deque(), [0.0] * len(arrivals)
    while events:
        now, kind, customer = heapq.heappop(events)
        if kind == 1:
            line.append(customer)
        else:
            idle += 1
        while idle and line:
            served = line.popleft()
            idle -= 1
            waits[served] = now - arrivals[served]
            heapq.heappush(events, (now + services[served], 0, served))
    return waits


@given(st.lists(st.tuples(TIMES, TIMES), min_size=1, max_size=40), st.integers(1, 5))
def test_it_agrees_with_a_simulation_event_by_event_to_the_last_bit(gaps_and_services, servers):
    gaps, services = zip(*gaps_and_services, strict=True)
    arrivals = np.cumsum(gaps).tolist()
    assert waits_of(arrivals, services, servers)[0].tolist() == event_by_event(arrivals, services, servers)


THEORY = [  # variation, servers, load, share that waits, mean wait in service times
    (1.0, 1, 0.8, 0.8, 4.0),
    (1.0, 2, 0.8, 0.711111, 1.777778),
    (1.0, 3, 0.8, 0.647191, 1.078652),
    (1.0, 4, 0.9, 0.787753, 1.969383),
    (1.0, 8, 0.9, 0.701533, 0.876916),
    (0.0, 1, 0.5, 0.5, 0.5),
    (0.0, 1, 0.8, 0.8, 2.0),
    (0.0, 1, 0.9, 0.9, 4.5),
    (0.0, 2, 0.8, 0.701898, 0.903284),
    (0.0, 3, 0.8, 0.632542, 0.553900),
    (0.0, 4, 0.9, 0.775437, 0.999966),
    (0.0, 8, 0.9, 0.681911, 0.449973),
    (0.5, 1, 0.8, 0.8, 0.8 / 0.2 * (1 + 0.5**2) / 2),  # Pollaczek and Khinchine
    (2.0, 1, 0.5, 0.5, 0.5 / 0.5 * (1 + 2.0**2) / 2),
]


@numba.njit
def service_times(n, key, entity, variation):
    times = np.empty(n)
    for k in range(n):
        times[k] = service_time(key, entity, k >> 24, k, 1.0, variation)
    return times


@pytest.mark.parametrize(("variation", "servers", "load", "waiting", "wait"), THEORY)
def test_long_queues_wait_as_theory_says(variation, servers, load, waiting, wait, many):
    """M/M/c by Erlang's formula, M/D/c by Crommelin's, others by Pollaczek and Khinchine's.

    Batch means, since neighbours in a queue wait alike. A failure for the share that waits is a fault of the
    recursion; for the wait alone, rather of the service times.
    """
    n, key, entity = 5 * many, DRAWS.key(f"{variation} {servers} {load}"), np.uint64(0)
    gaps = -np.log(DRAWS.uniforms("gaps", np.arange(n, dtype=np.uint64), servers)) / (load * servers)
    waits, total, _ = waits_of(np.cumsum(gaps), service_times(n, key, entity, variation), servers)
    assert total == pytest.approx(waits.sum())
    batches = waits[n // 10 :].reshape(50, -1)
    for means, expected in ((batches.mean(axis=1), wait), ((batches > 0).mean(axis=1), waiting)):
        error = means.std(ddof=1) / math.sqrt(50)
        assert abs(means.mean() - expected) < 6 * error, f"{means.mean()} for {expected}, standard error {error}"


@given(GAPS_AND_SERVICES, st.integers(1, 5))
def test_nobody_waits_less_than_no_time_and_the_queue_is_first_come_first_served(gaps_and_services, servers):
    gaps, services = zip(*gaps_and_services, strict=True)
    arrivals = np.cumsum(gaps)
    waits, total, free_at = waits_of(arrivals, services, servers)
    assert waits.min() >= 0
    assert np.all(np.diff(arrivals + waits) >= 0), "a later arrival was served before an earlier one"
    assert np.all(np.diff(free_at) >= 0)
    assert total == waits.sum()
    assert free_at.max() == max((arrivals + waits + services).max(), 0)


@given(GAPS_AND_SERVICES, st.integers(2, 6))
def test_one_more_lane_makes_nobody_wait_longer(gaps_and_services, servers):
    gaps, services = zip(*gaps_and_services, strict=True)
    arrivals = np.cumsum(gaps)
    assert np.all(waits_of(arrivals, services, servers)[0] <= waits_of(arrivals, services, servers - 1)[0])


@given(st.lists(GAPS_AND_SERVICES, min_size=2, max_size=3), st.integers(1, 4))
def test_a_queue_carried_overnight_is_one_queue(days, servers):
    mornings, everything = [], []
    for day, gaps_and_services in enumerate(days):
        gaps, services = zip(*gaps_and_services, strict=True)
        hours = np.minimum(np.cumsum(gaps), 23.0)
        mornings.append((hours, services))
        everything += zip(hours + 24 * day, services, strict=True)
    at_once, _, _ = waits_of(*zip(*everything, strict=True), servers)
    free_at, day_by_day = np.zeros(servers), []
    for hours, services in mornings:
        waits, _, free_at = waits_of(hours, services, servers, free_at)
        day_by_day += list(waits)
        overnight(free_at, 24.0)
    assert day_by_day == list(at_once)


def test_a_night_is_long_enough_for_a_short_queue():
    free_at = np.array([0.0, 5.0, 24.0, 30.5])
    overnight(free_at, 24.0)
    assert list(free_at) == [0.0, 0.0, 0.0, 6.5]


def test_without_a_server_nothing_can_be_served():
    with pytest.raises(ValueError, match="needs a server"):
        waits_of([1.0], [1.0], 0)
    with pytest.raises(ValueError, match="equally many"):
        serve(np.zeros(2), np.zeros(1), np.zeros(1), np.zeros(2))


@pytest.mark.parametrize(("n", "servers"), [(1, 0), (1, 3), (-1, 1), (2**23, 1)])
def test_a_day_that_cannot_be_is_refused(n, servers):
    with pytest.raises(ValueError, match=r"servers|arrivals"):
        queue_day(n, 10.0, 0.1, servers, 1.0, np.zeros(2), np.uint64(1), PORT, 0)


@pytest.mark.parametrize("variation", [0.0, 1.0, 0.5, 2.0])
def test_service_times_have_the_mean_and_spread_asked_for(variation, many, expect_mean):
    key = DRAWS.key("service")
    times = np.array([service_time(key, PORT, 0, k, 0.25, variation) for k in range(many // 4)])
    assert times.min() >= 0
    if variation == 0:
        assert set(times) == {0.25}
    else:
        expect_mean(times, 0.25)
        expect_mean((times - 0.25) ** 2, (variation * 0.25) ** 2)


def the_same_day_by_hand(n, open_hours, mean, variation, key, day):
    gaps = [exponential(key, PORT, day, 2 * i, 1.0) for i in range(n + 1)]
    elapsed = np.cumsum(gaps)  # in turn, as the kernel does; Python's own sum compensates for rounding
    arrivals = [hours / elapsed[-1] * open_hours for hours in elapsed[:n]]
    return arrivals, [service_time(key, PORT, day, 2 * i + 1, mean, variation) for i in range(n)]


@pytest.mark.parametrize("variation", [0.0, 1.0, 0.5])
@pytest.mark.parametrize("n", [0, 1, 7, 120])
def test_a_checkpoints_day_is_its_arrivals_served_in_turn(n, variation):
    key, free_at = DRAWS.key("scanner"), np.array([0.0, 0.5, 3.0, 99.0])
    arrivals, services = the_same_day_by_hand(n, 12.0, 0.6, variation, key, 4)
    waits, total, free = waits_of(arrivals, services, 3, free_at[:3])
    found = queue_day(n, 12.0, 0.6, 3, variation, free_at, key, PORT, 4)
    assert found == (total, max(waits, default=0.0), sum(max(hour - 24.0, 0.0) for hour in (*free, 99.0)))
    assert list(free_at) == [*free, 99.0], "the lane out of service was touched"


def test_arrivals_are_spread_evenly_over_the_opening_hours(many, expect_mean):
    days = many // 400
    arrivals = np.array([the_same_day_by_hand(9, 8.0, 1.0, 0.0, DRAWS.key("spread"), day)[0] for day in range(days)])
    assert np.all(np.diff(arrivals) > 0)
    assert arrivals.min() > 0
    assert arrivals.max() < 8
    for rank in range(9):  # the k-th of n uniform arrivals comes at k / (n + 1) of the day on average
        expect_mean(arrivals[:, rank], 8.0 * (rank + 1) / 10)
    expect_mean(arrivals[:, 4] ** 2, 64 * 5 * 6 / (10 * 11))


def test_one_arrival_more_leaves_the_services_of_the_others_alone():
    """Common random numbers: a policy that selects one box more must not redraw what happens to the rest."""
    key = DRAWS.key("scanner")
    assert the_same_day_by_hand(50, 8.0, 1.0, 0.5, key, 1)[1] == the_same_day_by_hand(51, 8.0, 1.0, 0.5, key, 1)[1][:50]


def test_overload_leaves_work_for_tomorrow_until_lanes_are_added():
    key, left = DRAWS.key("overload"), {}
    for lanes in (2, 4):
        free_at = np.zeros(6)
        for day in range(30):
            left[lanes] = queue_day(60, 16.0, 1.0, lanes, 1.0, free_at, key, PORT, day)[2]
            overnight(free_at, 24.0)
    assert left[2] == pytest.approx(30 * (60 - 48), rel=0.25)
    assert left[4] < 10


def test_a_lane_added_in_the_morning_takes_the_first_arrival():
    free_at = np.array([5.0, 7.0, 0.0])
    _, longest, _ = queue_day(1, 1.0, 0.5, 3, 0.0, free_at, DRAWS.key("lane"), PORT, 0)
    assert longest == 0.0
    assert list(free_at[1:]) == [5.0, 7.0]
