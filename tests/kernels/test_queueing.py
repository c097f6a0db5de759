"""Queues: the recursion against queueing theory, against an event-by-event simulation, and against common sense."""

import heapq
import math
from collections import deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.kernels.draws import Draws
from sim.kernels.queueing import exponentials, overnight, queue_day, serve, service_times
from sim.kernels.words import box_word

DRAWS = Draws(1955)
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
    (0.3, 1, 0.9, 0.9, 0.9 / 0.1 * (1 + 0.3**2) / 2),
]


@pytest.mark.parametrize(("variation", "servers", "load", "waiting", "wait"), THEORY)
def test_long_queues_wait_as_theory_says(variation, servers, load, waiting, wait, many):
    """M/M/c by Erlang's formula, M/D/c by Crommelin's, others by Pollaczek and Khinchine's.

    Batch means, since neighbours in a queue wait alike. A failure for the share that waits is a fault of the
    recursion; for the wait alone, rather of the service times.
    """
    n = 5 * many
    gaps = -np.log(DRAWS.uniforms("gaps", np.arange(n, dtype=np.uint64), servers)) / (load * servers)
    quantiles = (DRAWS.uniforms("services", np.arange(n, dtype=np.uint64), servers) * 4096).astype(int)
    waits, total, _ = waits_of(np.cumsum(gaps), service_times(variation)[quantiles], servers)
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


@pytest.mark.parametrize(("n", "servers"), [(1, 0), (1, 3), (-1, 1), (9, 1)])
def test_a_day_that_cannot_be_is_refused(n, servers):
    with pytest.raises(ValueError, match=r"servers|arrivals"):
        queue_day(n, 10.0, 0.1, servers, service_times(1.0), np.zeros(2), np.uint64(1), np.zeros(9))


@pytest.mark.parametrize("variation", [0.0, 0.05, 0.3, 0.5, 0.9, 1.0])
def test_service_times_have_the_mean_and_spread_asked_for(variation):
    times = service_times(variation)
    assert times.shape == (4096,)
    assert times.min() >= 0
    assert np.all(np.diff(times) >= 0)
    assert times.mean() == pytest.approx(1.0, abs=1e-12)
    assert times.var() == pytest.approx(variation**2, rel=1 / 3000, abs=1e-12)


@pytest.mark.parametrize("variation", [1.0, 0.5])
def test_service_times_are_those_of_the_distribution(variation):
    """Exponential and Erlang: the share of times above x is known in closed form."""
    times, shape = service_times(variation), round(1 / variation**2)
    for x in (0.2, 0.7, 1.0, 2.0, 3.0):
        above = math.exp(-shape * x) * sum((shape * x) ** k / math.factorial(k) for k in range(shape))
        assert (times > x).mean() == pytest.approx(above, abs=2 / 4096)


@pytest.mark.parametrize("variation", [-0.1, 1.1, math.nan])
def test_other_spreads_are_refused(variation):
    with pytest.raises(ValueError, match="coefficient of variation"):
        service_times(variation)


def test_exponentials_are_logarithms_of_the_words(many, expect_mean):
    block, drawn = np.uint64(DRAWS.key("gaps")), np.empty(many)
    exponentials(block, drawn)
    words = [int(box_word(block, i)) % 2**52 for i in range(1000)]
    assert drawn[:1000] == pytest.approx([-math.log((2 * word + 1) / 2**53) for word in words], rel=1e-11)
    expect_mean(drawn, 1.0)
    expect_mean((drawn - 1.0) ** 2, 1.0)
    expect_mean(drawn > 3.0, math.exp(-3.0))


def the_same_day_by_hand(n, open_hours, mean, variation, block):
    gaps = np.empty(n + 1)
    exponentials(block, gaps)
    elapsed = np.cumsum(gaps)  # in turn, as the kernel does; Python's own sum compensates for rounding
    arrivals = [hours / elapsed[-1] * open_hours for hours in elapsed[:n]]
    times = service_times(variation)
    return arrivals, [times[int(box_word(block, i)) >> 52] * mean for i in range(n)]


@pytest.mark.parametrize("variation", [0.0, 1.0, 0.5])
@pytest.mark.parametrize("n", [0, 1, 7, 120])
def test_a_checkpoints_day_is_its_arrivals_served_in_turn(n, variation):
    block, free_at = DRAWS.key("scanner"), np.array([0.0, 0.5, 3.0, 99.0])
    arrivals, services = the_same_day_by_hand(n, 12.0, 0.6, variation, block)
    waits, total, free = waits_of(arrivals, services, 3, free_at[:3])
    found = queue_day(n, 12.0, 0.6, 3, service_times(variation), free_at, block, np.zeros(n + 1))
    assert found == (total, max(waits, default=0.0))
    assert list(free_at) == [*free, 99.0], "the lane out of service was touched"


def test_arrivals_are_spread_evenly_over_the_opening_hours(many, expect_mean):
    days = many // 400
    arrivals = np.array([the_same_day_by_hand(9, 8.0, 1.0, 0.0, DRAWS.key(f"spread {day}"))[0] for day in range(days)])
    assert np.all(np.diff(arrivals) > 0)
    assert arrivals.min() > 0
    assert arrivals.max() < 8
    for rank in range(9):  # the k-th of n uniform arrivals comes at k / (n + 1) of the day on average
        expect_mean(arrivals[:, rank], 8.0 * (rank + 1) / 10)
    expect_mean(arrivals[:, 4] ** 2, 64 * 5 * 6 / (10 * 11))


def test_one_arrival_more_leaves_the_services_of_the_others_alone():
    """Common random numbers: a policy that selects one box more must not redraw what happens to the rest."""
    block = DRAWS.key("scanner")
    assert the_same_day_by_hand(50, 8.0, 1.0, 0.5, block)[1] == the_same_day_by_hand(51, 8.0, 1.0, 0.5, block)[1][:50]


def test_overload_leaves_work_for_tomorrow_until_lanes_are_added():
    left = {}
    for lanes in (2, 4):
        free_at = np.zeros(6)
        for day in range(30):
            block = DRAWS.key(f"overload {day}")
            queue_day(60, 16.0, 1.0, lanes, service_times(1.0), free_at, block, np.zeros(61))
            overnight(free_at, 24.0)
        left[lanes] = free_at.sum()
    assert left[2] == pytest.approx(30 * (60 - 48), rel=0.25)
    assert left[4] < 10


def test_a_lane_added_in_the_morning_takes_the_first_arrival():
    free_at = np.array([5.0, 7.0, 0.0])
    _, longest = queue_day(1, 1.0, 0.5, 3, service_times(0.0), free_at, DRAWS.key("lane"), np.zeros(2))
    assert longest == 0.0
    assert list(free_at[1:]) == [5.0, 7.0]
