"""Spreading work over processes: results come in the order of the tasks, and whoever waits is told how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from sim.kernels.compiling import cores

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

Progress = Callable[[int], None]
"""Told from time to time how much is done, in what tasks `tick` by."""
_HEARTBEAT_S = 0.3
WORTH_DAYS = 20_000
"""Simulated days below which further processes take longer to start than they save."""

_counter: Synchronized[int] | None = None
"""Where this process counts what it has done, if anybody wants to know."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Processes that stay for several spreads, one after the other."""

    pool: ProcessPoolExecutor
    counter: Any


def suited(days: int) -> int:
    """Processes for so many simulated days, where nobody says how many."""
    return cores() if days >= WORTH_DAYS else 1


@contextmanager
def crew(workers: int) -> Iterator[Crew | None]:
    """Processes for several spreads; none for a single worker, who works here."""
    if workers <= 1:
        yield None
        return
    context = get_context("spawn")
    counter = context.Value("q", 0)
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_count_in, initargs=(counter,)) as pool:
        yield Crew(pool, counter)


def spread[T, R](
    work: Callable[[T], R],
    tasks: Sequence[T],
    workers: int,
    progress: Progress | None = None,
    crew: Crew | None = None,
) -> Iterator[R]:
    """Do tasks in their order, here or in processes of their own; results come in the order of the tasks.

    crew: whose processes do it. What it has counted before is in what `progress` is told.
    """
    if crew is not None:
        yield from _handed_out(crew, work, tasks, progress)
        return
    context = get_context("spawn")
    counter = context.Value("q", 0) if progress is not None else None
    if min(workers, len(tasks)) <= 1:
        _count_in(counter)
        for task in tasks:
            yield work(task)
            _tell(progress, counter)
        return
    with ProcessPoolExecutor(
        min(workers, len(tasks)), mp_context=context, initializer=_count_in, initargs=(counter,)
    ) as pool:
        yield from _handed_out(Crew(pool, counter), work, tasks, progress)


def _handed_out[T, R](crew: Crew, work: Callable[[T], R], tasks: Sequence[T], progress: Progress | None) -> Iterator[R]:
    """Results in the order of the tasks; those not begun when nobody wants more are never done."""
    ahead = [crew.pool.submit(work, task) for task in tasks]
    try:
        for future in ahead:
            yield _awaited(future, progress, crew.counter)
    finally:
        for future in ahead:
            future.cancel()


def tick(done: int = 1) -> None:
    """Count what a task has done, for those who wait for all of them."""
    if _counter is not None:
        with _counter.get_lock():
            _counter.value += done


def _count_in(counter: Any) -> None:
    global _counter
    _counter = counter


def _awaited[R](future: Future[R], progress: Progress | None, counter: Any) -> R:
    while progress is not None and not wait([future], _HEARTBEAT_S).done:
        _tell(progress, counter)
    found = future.result()
    _tell(progress, counter)
    return found


def _tell(progress: Progress | None, counter: Any) -> None:
    if progress is not None:
        progress(counter.value)
