"""Queues at a checkpoint: first come, first served, several servers, any arrivals and services (G/G/c).

The recursion of Kiefer and Wolfowitz (1955, "On the theory of queues with many servers") on the sorted hours at
which the servers become free: the next arrival goes to the server that is free first. It is exact, not steady state,
so a rush, a backlog or a day of overload is felt as it would be.

Hours count from the opening of the checkpoint. Servers work off what waits, through the night if need be; the caller
turns the clock back each morning with `overnight`.
"""

import numpy as np

from sim.kernels.compiling import jit
from sim.kernels.draws import Floats, exponential, gamma

_DRAWS = 1 << 23
"""Most arrivals at one checkpoint in a day: each takes two of an address's 2**24 values of k."""


@jit
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


@jit
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


@jit
def overnight(free_at: Floats, hours: float) -> None:
    """Turn the clock of `free_at` back by `hours` (24 for the next morning): who is free by then is free at 0."""
    for server in range(free_at.size):
        free_at[server] = max(free_at[server] - hours, 0.0)


@jit
def service_time(key: np.uint64, entity: np.uint64, day: int, k: int, mean: float, variation: float) -> float:
    """A service time, in the unit of `mean`. Its coefficient of variation 0 means fixed, 1 exponential, else gamma."""
    if variation == 0.0:
        return mean
    if variation == 1.0:
        return exponential(key, entity, day, k, mean)
    shape = 1.0 / (variation * variation)
    return gamma(key, entity, day, k, shape) * (mean / shape)


@jit
def queue_day(
    n: int,
    open_hours: float,
    mean_service: float,
    servers: int,
    variation: float,
    free_at: Floats,
    key: np.uint64,
    entity: np.uint64,
    day: int,
) -> tuple[float, float, float]:
    """One checkpoint's day: `n` arrivals spread evenly at random over the opening hours, each served in turn.

    `mean_service` is in hours, `variation` is its coefficient of variation (0 fixed, 1 exponential, else gamma).
    `free_at` holds a place for each server there may ever be, in hours of this day; the first `servers` places serve
    and are brought up to date, in ascending order. A server withdrawn since yesterday keeps the work it had.

    Returns the sum of all waits, the longest wait, and the server-hours of work that are left at hour 24.
    The arrivals' times are order statistics made from normalised exponential gaps (Devroye 1986, V.2), so nothing is
    sorted. Arrival i draws its gap at k = 2i and its service at k = 2i + 1: one arrival more leaves the services of
    the others as they were. Raises ValueError without a server, or above 2**23 arrivals.
    """
    if servers < 1 or servers > free_at.size:
        raise ValueError("the servers must be at least 1 and have a place each in free_at")
    if n < 0 or n >= _DRAWS:
        raise ValueError("a checkpoint takes 0 to 2**23 arrivals a day")
    _ascend(free_at, servers)
    arrivals, elapsed = np.empty(n + 1), 0.0
    for i in range(n + 1):
        elapsed += exponential(key, entity, day, 2 * i, 1.0)
        arrivals[i] = elapsed
    total, longest = 0.0, 0.0
    for i in range(n):
        service = service_time(key, entity, day, 2 * i + 1, mean_service, variation)
        wait = admit(arrivals[i] / elapsed * open_hours, service, free_at, servers)
        total += wait
        longest = max(longest, wait)
    left = 0.0
    for server in range(free_at.size):
        left += max(free_at[server] - 24.0, 0.0)
    return total, longest, left


@jit
def _ascend(hours: Floats, count: int) -> None:
    """Sort `hours[:count]`, by insertion: it is nearly always sorted, but for servers added since."""
    for i in range(1, count):
        moved, place = hours[i], i
        while place > 0 and hours[place - 1] > moved:
            hours[place] = hours[place - 1]
            place -= 1
        hours[place] = moved


def warm() -> None:
    """Compile each function for the types that are used."""
    hours, address = np.zeros(1), np.uint64(0)
    serve(hours, hours.copy(), hours.copy(), hours.copy())
    overnight(hours, 24.0)
    queue_day(1, 10.0, 0.1, 1, 1.0, hours, address, address, 0)
