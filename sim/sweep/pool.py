"""Workers of a sweep on this machine: each lives one chunk after another, and is watched while it does."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Literal

from sim.study.sealed import ResultsError
from sim.sweep.chunk import give_up, live
from sim.sweep.journal import Held

MOST_TRIES = 3
"""How often a task may take its worker down before it is set aside."""
_LIVED, _HELD, _STOPPED = "lived", "held", "stopped"
START: Literal["spawn", "fork"] = "spawn"
"""How workers are started. They are processes of their own from the first; copies of this one start sooner, and are for
tests, which start many."""
_LOOK_S = 0.5
"""How often it is looked whether a task takes too long."""
_WAIT_S = 1.0
"""How long a chunk is left alone that somebody else lives."""
ONE_THREAD = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(slots=True)
class Worker:
    """A process that lives chunks, and what it is at."""

    process: BaseProcess
    orders: Connection
    chunk: int | None = None
    task: str | None = None
    since: float = 0.0


@dataclass(slots=True)
class Pool:
    """Chunks of a sweep lived by some workers. A worker that dies is replaced; a task that takes workers down, or takes
    too long, is set aside as failed."""

    folder: Path
    jobs: int
    limit_s: float | None = None
    """The longest that a task may take."""
    say: Callable[[], None] = lambda: None
    """Told when a task has ended."""
    workers: list[Worker] = field(default_factory=list)
    tries: Counter[tuple[int, str | None]] = field(default_factory=Counter)
    ahead: deque[int] = field(default_factory=deque)
    later: deque[tuple[float, int]] = field(default_factory=deque)
    """Chunks that others live, and when to look at them again."""

    def live(self, chunks: Iterable[int]) -> None:
        """Live chunks, until all of them are whole. Raises ResultsError where the folder cannot be written, or where
        workers die before they begin anything."""
        self.ahead.extend(chunks)
        try:
            while self.ahead or self.later or any(worker.chunk is not None for worker in self.workers):
                self._hand_out()
                self._listen()
        finally:
            self._end()

    def _hand_out(self) -> None:
        """Give a chunk to everybody who has none."""
        now = time.monotonic()
        while self.later and self.later[0][0] <= now:
            self.ahead.append(self.later.popleft()[1])
        idle = [worker for worker in self.workers if worker.chunk is None]
        while self.ahead and (idle or len(self.workers) < self.jobs):
            worker = idle.pop() if idle else self._hire()
            worker.chunk, worker.task = self.ahead.popleft(), None
            try:
                worker.orders.send(worker.chunk)
            except OSError:
                self._died(worker)

    def _hire(self) -> Worker:
        context: Any = get_context(START)
        here, there = context.Pipe()
        process = context.Process(target=_work, args=(str(self.folder), there), daemon=True)
        with _one_thread_each(), _interrupts_wait():
            process.start()
        there.close()
        worker = Worker(process, here)
        self.workers.append(worker)
        return worker

    def _listen(self) -> None:
        """Hear what workers say, and see who has died or takes too long."""
        by_line: dict[Any, Worker] = {}
        for worker in self.workers:
            by_line |= {worker.orders: worker, worker.process.sentinel: worker}
        for line in connection.wait(list(by_line), _LOOK_S if self.limit_s or self.later else None):
            worker = by_line[line]
            if worker in self.workers:
                self._hear(worker)
        for worker in list(self.workers):
            if self._is_over(worker):
                self._hear(worker)  # it may have ended while another was seen to
            if worker in self.workers and self._is_over(worker):
                self._too_long(worker)

    def _is_over(self, worker: Worker) -> bool:
        if self.limit_s is None or worker.task is None:
            return False
        return time.monotonic() - worker.since > self.limit_s

    def _hear(self, worker: Worker) -> None:
        try:
            while worker.orders.poll():
                self._obey(worker, *worker.orders.recv())
        except (EOFError, OSError):
            self._died(worker)

    def _obey(self, worker: Worker, word: str, what: str) -> None:
        match word:
            case "begun":
                worker.task, worker.since = what, time.monotonic()
            case "ended":
                worker.task = None
                self.say()
            case "lived":
                worker.chunk = None
            case "held":
                self.later.append((time.monotonic() + _WAIT_S, worker.chunk or 0))
                worker.chunk = None
            case _:
                raise ResultsError(what)

    def _died(self, worker: Worker) -> None:
        """A worker is gone: what it was at is tried again, and set aside after some tries."""
        worker.process.join(5)
        chunk, task, code = worker.chunk, worker.task, worker.process.exitcode
        self._dismiss(worker)
        if chunk is None:
            return
        self.tries[chunk, task] += 1
        if self.tries[chunk, task] >= MOST_TRIES:
            how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
            if task is None:
                raise ResultsError(f"workers end with {how} before they begin anything")
            text = f"its worker ended with {how}, {MOST_TRIES} times"
            self._set_aside(chunk, task, "KillsItsWorker", text)
        self.ahead.appendleft(chunk)

    def _too_long(self, worker: Worker) -> None:
        chunk, task = worker.chunk, worker.task
        worker.process.kill()
        worker.process.join(5)
        self._dismiss(worker)
        if chunk is not None and task is not None:
            self._set_aside(chunk, task, "TakesTooLong", f"took longer than {self.limit_s:g} s", self.limit_s)
            self.ahead.appendleft(chunk)

    def _set_aside(self, chunk: int, task: str, kind: str, message: str, limit_s: float | None = None) -> None:
        try:
            give_up(self.folder, chunk, task, kind, message, limit_s)
        except Held:
            return  # others try it
        self.say()

    def _dismiss(self, worker: Worker) -> None:
        worker.orders.close()
        self.workers.remove(worker)

    def _end(self) -> None:
        """Nobody is left behind. What a worker has not kept is lost: the task that it is at."""
        for worker in self.workers:
            worker.process.kill()
        for worker in self.workers:
            worker.process.join()
            worker.orders.close()
        self.workers.clear()


def _work(folder: str, orders: Connection) -> None:
    """What a worker does: it lives the chunks that it is told to live, and says so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever hired it decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    while True:
        try:
            chunk = orders.recv()
        except EOFError:
            return
        try:
            live(folder, chunk, lambda word, task: orders.send((word, task)))
        except Held as held:
            orders.send((_HELD, str(held)))
        except ResultsError as wrong:
            orders.send((_STOPPED, str(wrong)))
        else:
            orders.send((_LIVED, ""))


def _leave_with_parent() -> None:
    """End at once when whoever hired this process is gone."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let processes that start here compute in one thread: there are as many of them as are wanted."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Let an interrupt wait while a process starts, for which it waits for good: one at the keyboard goes to all."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
