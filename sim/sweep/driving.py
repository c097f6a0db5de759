"""Driving a sweep on this machine: workers live what is missing, until all is there or somebody stops them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from sim.sweep.plan import Plan
from sim.sweep.pool import Pool

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Stopped(KeyboardInterrupt):
    """Somebody asked to stop; what has been lived is kept."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Shard(NamedTuple):
    """Every so-many-th chunk: what one of several machines lives that know nothing of each other."""

    number: int = 1
    of: int = 1

    @classmethod
    def read(cls, text: str) -> Shard:
        """`2/5`; raises ValueError."""
        number, _, of = text.partition("/")
        if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of) <= 1_000_000):
            raise ValueError(f"{text[:40]!r} is no shard. Give which of how many, as in 2/5.")
        return cls(int(number), int(of))

    def chunks(self, plan: Plan) -> list[int]:
        """Its chunks."""
        return list(range(self.number - 1, plan.chunks, self.of))


def drive(
    plan: Plan,
    *,
    jobs: int = 1,
    chunks: Iterable[int] | None = None,
    limit_s: float | None = None,
    say: Callable[[], None] = lambda: None,
) -> None:
    """Live what is missing of some chunks, or of all, in worker processes.

    limit_s: the longest that a task may take. say: told whenever a task has ended. Raises Stopped, and ResultsError
    where the folder cannot be written.
    """
    wanted = set(range(plan.chunks) if chunks is None else chunks)
    left = [chunk for chunk in plan.missing() if chunk in wanted]
    if left:
        with stoppable():
            Pool(Path(plan.folder), min(jobs, len(left)), limit_s, say).live(left)


@contextmanager
def stoppable() -> Iterator[None]:
    """Turn signals that ask to stop into `Stopped`."""

    def stop(number: int, _: FrameType | None) -> None:
        raise Stopped(number)

    here = threading.current_thread() is threading.main_thread()
    heeded = [number for number in _SIGNALS if here and signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
