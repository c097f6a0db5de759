"""Queues at a checkpoint: first come, first served, several servers, any arrivals and services (G/G/c).

The recursion of Kiefer and Wolfowitz (1955, "On the theory of queues with many servers") on the sorted hours at
which the servers become free: the next arrival goes to the server that is free first. It is exact, not steady state,
so a rush, a backlog or a day of overload is felt as it would be.

Hours count from the opening of the checkpoint. Servers work off what waits, through the night if need be; the caller
turns the clock back each morning with `overnight`.
"""

import math

import numpy as np

from sim.kernels.compiling import jit_bare
from sim.kernels.words import Floats, box_word

QUANTILES = 4096
"""Steps of the table of service times."""
_LOW52 = np.uint64((1 << 52) - 1)
_ONE = np.uint64(0x3FF << 52)  # the exponent of 1.0
_ROOT2 = math.sqrt(2.0)
_LN2 = math.log(2.0)


def service_times(variation: float) -> Floats:
    """Service times in units of their mean by quantile, float64[4096], for a coefficient of variation from 0 to 1.

    0 is a fixed time, 1 exponential, between them gamma. Each value is the mean of its 4096th of the distribution, so
    that the mean is exact and less than 1 part in 3,000 of the variance is lost. Raises ValueError for any other.
    """
    if not 0.0 <= variation <= 1.0:
        raise ValueError("the coefficient of variation of a service time lies between 0 and 1")
    if variation * variation < 1e-6:
        return np.ones(QUANTILES)
    shape = 1.0 / (variation * variation)
    grid = np.linspace(0.0, 1.0, 1 << 17)
    times = np.maximum(1.0 + 12.0 * variation, 40.0 * variation * variation) * grid * grid  # finer towards 0
    logs = np.log(times[1:]) * (shape - 1.0) - shape * times[1:]
    density = np.concatenate([[float(shape == 1.0)], np.exp(logs - logs.max())])
    steps = np.diff(times)
    mass = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2.0 * steps)])
    moment = density * times
    carried = np.concatenate([[0.0], np.cumsum((moment[1:] + moment[:-1]) / 2.0 * steps)])
    edges = np.linspace(0.0, mass[-1], QUANTILES + 1)
    means = np.diff(np.interp(edges, mass, carried))
    return np.asarray(means / means.mean(), np.float64)


@jit_bare
def exponentials(block: np.uint64, drawn: Floats) -> None:
    """Fill drawn[n] with exponentials of mean 1: -ln(u), u in (0, 1) from the low 52 bits of each word of the block.

    The logarithm is taken by the series of the inverse hyperbolic tangent, to 1 part in 10**12: the same bits on every
    machine, and many at a time.
    """
    bits = drawn.view(np.uint64)
    for i in range(np.uint64(drawn.size)):
        odd = ((box_word(block, i) & _LOW52) << np.uint64(1)) | np.uint64(1)
        drawn[i] = float(np.int64(odd)) * 2.0**-53
    for i in range(np.uint64(drawn.size)):
        exponent = float(np.int64(bits[i] >> np.uint64(52)) - 1022)
        bits[i] = (bits[i] & _LOW52) | _ONE
        half = drawn[i] * 0.5  # u = half * 2**exponent, half in [1/2, 1)
        low = half < 0.5 * _ROOT2
        half, exponent = half * 2.0 if low else half, exponent - 1.0 if low else exponent
        s = (half - 1.0) / (half + 1.0)
        z = s * s
        series = 1.0 + z * (1 / 3 + z * (1 / 5 + z * (1 / 7 + z * (1 / 9 + z * (1 / 11 + z * (1 / 13))))))
        drawn[i] = -(exponent * _LN2 + 2.0 * s * series)


@jit_bare
def admit(arrival_hours: float, service_hours: float, free_at: Floats, servers: int) -> float:
    """Serve one arrival, and return its wait in hours.

    `free_at[:servers]`, the ascending hours at which the servers become free, is brought up to date.
    """
    start: float = max(arrival_hours, free_at[0])
    done = start + service_hours
    place = 1
    while place < servers and free_at[place] < done:
        free_at[place - 1] = free_at[place]
        place += 1
    free_at[place - 1] = done
    return start - arrival_hours


@jit_bare
def serve(arrival_hours: Floats, service_hours: Floats, free_at: Floats, waits_out: Floats) -> float:
    """Serve arrivals in their order; the sum of their waits in hours.

    `arrival_hours[n]` ascends, `service_hours[n]` is what each needs, `free_at[servers]` holds the ascending hours
    at which the servers become free and is brought up to date, `waits_out[n]` receives the waits.
    Raises ValueError without a server, or when the arrays of arrivals differ in length.
    """
    if free_at.size < 1:
        raise ValueError("a queue needs a server")
    if service_hours.size != arrival_hours.size or waits_out.size != arrival_hours.size:
        raise ValueError("arrivals, services and waits must be equally many")
    total = 0.0
    for i in range(arrival_hours.size):
        waits_out[i] = admit(arrival_hours[i], service_hours[i], free_at, free_at.size)
        total += waits_out[i]
    return total


@jit_bare
def overnight(free_at: Floats, hours: float) -> None:
    """Turn the clock of `free_at` back by `hours` (24 for the next morning): who is free by then is free at 0."""
    for server in range(free_at.size):
        free_at[server] = max(free_at[server] - hours, 0.0)


@jit_bare
def queue_day(
    n: int,
    open_hours: float,
    mean_service: float,
    servers: int,
    times: Floats,
    free_at: Floats,
    block: np.uint64,
    gaps: Floats,
) -> tuple[float, float]:
    """One checkpoint's day: `n` arrivals spread evenly at random over the opening hours, each served in turn.

    `mean_service` is in hours, `times` of `service_times` in means. `free_at` holds a place for each server there may
    ever be, in hours of this day; the first `servers` places serve and are brought up to date, in ascending order. A
    server withdrawn since yesterday keeps the work it had. `block` is the key of the day's draws; gaps[n + 1] is
    working space.

    Returns the sum of all waits and the longest of them, in hours.
    The arrivals' times are order statistics made from normalised exponential gaps (Devroye 1986, V.2), so nothing is
    sorted. Word i of the block holds the gap before arrival i in its low 52 bits and the quantile of its service in the
    high 12: one arrival more leaves the services of the others as they were. Raises ValueError without a server.
    """
    if servers < 1 or servers > free_at.size:
        raise ValueError("the servers must be at least 1 and have a place each in free_at")
    if n < 0 or gaps.size <= n:
        raise ValueError("a checkpoint takes 0 or more arrivals a day, and one more place than these in gaps")
    _ascend(free_at, servers)
    elapsed = 0.0
    exponentials(block, gaps[: n + 1])
    for i in range(n + 1):
        elapsed += gaps[i]
    total, longest, clock = 0.0, 0.0, 0.0
    for i in range(n):
        clock += gaps[i]
        service = times[box_word(block, i) >> np.uint64(52)] * mean_service
        wait = admit(clock / elapsed * open_hours, service, free_at, servers)
        total += wait
        longest = max(longest, wait)
    return total, longest


@jit_bare
def _ascend(hours: Floats, count: int) -> None:
    """Sort `hours[:count]`, by insertion: it is nearly always sorted, but for servers added since."""
    for i in range(1, count):
        moved, place = hours[i], i
        while place > 0 and hours[place - 1] > moved:
            hours[place] = hours[place - 1]
            place -= 1
        hours[place] = moved
