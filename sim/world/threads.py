"""Threads that share out the day's work, each on processors of its own."""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache

AWAKE_S = 0.005
"""Seconds that the caller stays awake for the others to come to an end."""


class Crew:
    """As many threads as there are shares of the work; the caller takes the first share.

    Woken threads are often put on the processor of the one that woke them, and it takes the system longer than a day's
    work to spread them. So each helper is kept away from the caller's processor, and from the other helpers' where
    there are enough; where a system does not say or allow this, the threads go where it puts them.
    """

    def __init__(self, shares: int) -> None:
        self._shares = shares
        self._pools = [ThreadPoolExecutor(1) for _ in range(shares - 1)]
        self._threads = [pool.submit(threading.get_native_id).result() for pool in self._pools]
        self._callers = -1

    def do(self, work: Callable[[int], None]) -> None:
        """Do all shares of the work, and return when they are done; work: called with the number of each share."""
        if not self._pools:
            work(0)
            return
        self._spread()
        waiting = [pool.submit(work, share) for share, pool in enumerate(self._pools, start=1)]
        try:
            work(0)
        finally:
            _await(waiting)  # nobody is left at work behind an error
        for share in waiting:
            share.result()

    def _spread(self) -> None:
        """Give each helper processors of its own, none of them the caller's."""
        here = processor()
        if here == self._callers or here < 0:
            return
        self._callers = here
        free = sorted(os.sched_getaffinity(0) - {here})
        for number, thread in enumerate(self._threads):
            if own := free[number :: len(self._threads)]:
                os.sched_setaffinity(thread, own)


def _await(waiting: Sequence[Future[None]]) -> None:
    """Return when all have come to an end: awake for a while, because it can take long to be woken, then asleep."""
    asleep_from = time.perf_counter() + AWAKE_S
    while time.perf_counter() < asleep_from and not all(share.done() for share in waiting):
        time.sleep(0.0)
    wait(waiting)


def processor() -> int:
    """The processor that the calling thread runs on, -1 where that cannot be known or chosen."""
    current = _current()
    return -1 if current is None else current()


@cache
def _current() -> Callable[[], int] | None:
    if not hasattr(os, "sched_setaffinity"):
        return None
    found: Callable[[], int] | None = getattr(ctypes.CDLL(None), "sched_getcpu", None)
    return found
