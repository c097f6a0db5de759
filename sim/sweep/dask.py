"""Dask: chunks go to the workers of a Dask cluster: on this machine, in jobs of Slurm, or wherever a scheduler runs."""

from __future__ import annotations

import logging
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import current_process
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.study.extras import distributed
from sim.study.sealed import ResultsError
from sim.sweep.chunk import give_up, live
from sim.sweep.costs import unfinished, written
from sim.sweep.journal import Held
from sim.sweep.pool import MOST_TRIES, Pool

if TYPE_CHECKING:
    from sim.sweep.array_job import ArrayJob
    from sim.sweep.plan import Plan

HERE, SLURM = "local", "slurm"
"""Addresses that stand for workers of our own: processes of this machine, or jobs."""
RETRIES = 2
"""How often Dask itself tries a chunk again that fails."""
MOST_AHEAD = 1000
"""Chunks that are handed over before others are done."""
WORKER_MIB = 300
"""What a worker of Dask takes beside the work."""
LEAST_MINUTES = 60
"""Time that is asked for a worker in a job, which lives many chunks."""
_LOOK_S, _WAIT_S = 0.5, 1.0
_NO_PAGES: dict[str, list[str]] = {f"distributed.{who}.http.routes": [] for who in ("scheduler", "worker", "nanny")}
_NO_DASHBOARD = {"dashboard": False}
_WAIT_WITH_SCHEDULER = {"distributed.scheduler.worker-saturation": 1.0}
"""What waits with a worker is suspected too when that dies; where chunks are many, they wait with the scheduler."""
_LEAVE_TO_PARENT = {"distributed.worker.preload": ["import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"]}
"""Workers of this machine hear Ctrl-C too; whoever started them decides."""
MAY_START = "DASK_DISTRIBUTED__WORKER__DAEMON=False"
"""What lets a worker start a process, in its environment; and in the configuration of this one."""
_MAY_START = {"distributed.worker.daemon": False}


@contextmanager
def executor(address: str, workers: int, job: ArrayJob | None = None) -> Iterator[Executor]:
    """Dask's workers as an executor; those that are our own go when it is left.

    address: `local`, `slurm`, or that of a scheduler that somebody has started, as in `tcp://10.0.0.7:8786`.
    job: what a worker in a job of Slurm asks for. Nobody else can reach a scheduler of our own: it has certificates
    that live as long as it does. Raises MissingExtra, and OSError where nobody answers at the address.
    """
    found = distributed()
    import dask

    with ExitStack() as stack:
        stack.enter_context(dask.config.set(_NO_PAGES | _WAIT_WITH_SCHEDULER))
        if address == HERE:
            cluster = stack.enter_context(_here(found, workers))
        elif address == SLURM and job is not None:
            cluster = stack.enter_context(_in_jobs(found, workers, job))
        else:
            cluster = address
        client = stack.enter_context(found.Client(cluster))
        yield client.get_executor(pure=False, retries=RETRIES)


@contextmanager
def _here(found: Any, workers: int) -> Iterator[Any]:
    """Processes of this machine, on its loopback device."""
    import dask

    with (
        dask.config.set(_LEAVE_TO_PARENT | _MAY_START),
        found.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            security=True,
            dashboard_address="127.0.0.1:0",
            scheduler_kwargs=_NO_DASHBOARD,
            silence_logs=logging.CRITICAL,
        ) as cluster,
    ):
        yield cluster


@contextmanager
def _in_jobs(found: Any, workers: int, job: ArrayJob) -> Iterator[Any]:
    """Workers in jobs of Slurm, one each; a job that ends before the work does is followed by another."""
    from dask_jobqueue.slurm import SLURMCluster

    from sim.sweep.array_job import clock, kernels_on_the_node, one_thread

    logs = job.sweep / "dask"
    with (
        tempfile.TemporaryDirectory(prefix=".dask-", dir=job.sweep) as private,
        SLURMCluster(
            queue=job.wishes.partition,
            account=job.wishes.account,
            cores=1,
            processes=1,
            memory=f"{job.memory_mib + WORKER_MIB}MiB",
            walltime=clock(max(job.minutes, LEAST_MINUTES)),
            job_name=job.name(),
            python=job.python,
            job_extra_directives=list(job.wishes.lines),
            job_script_prologue=[
                *one_thread(),
                f"export {MAY_START}",
                *(kernels_on_the_node(job.kernels) if job.kernels is not None else ()),
            ],
            log_directory=str(logs),
            security=found.Security.temporary(),
            shared_temp_directory=private,
            scheduler_options={**_NO_DASHBOARD, "dashboard_address": ":0"},
            silence_logs=logging.CRITICAL,
        ) as cluster,
    ):
        cluster.adapt(minimum=workers, maximum=workers)
        yield cluster


def through(
    pool: Executor,
    plan: Plan,
    chunks: Iterable[int],
    say: Callable[[], None] = lambda: None,
    limit_s: float | None = None,
) -> None:
    """Live chunks through an executor: Dask's, or any other whose workers see the sweep's folder.

    say: told from time to time. limit_s: the longest that a task may take. A task that takes longer, or takes its
    workers down, is set aside, and the rest of its chunk goes on. Raises ResultsError where chunks cannot be lived at
    all.
    """
    ahead: dict[Future[bool], tuple[int, int]] = {}
    later: list[tuple[float, int]] = []
    idle: Counter[int] = Counter()
    left = iter(chunks)
    while True:
        while len(ahead) < MOST_AHEAD and (chunk := _next(left, later)) is not None:
            since = written(plan, chunk)
            ahead[pool.submit(attempt, str(plan.folder.resolve()), chunk, limit_s)] = chunk, since
        if not (ahead or later):
            return
        if not ahead:
            time.sleep(_LOOK_S)  # others live all that is left
        for future in wait(ahead, _LOOK_S, FIRST_COMPLETED).done:
            chunk, since = ahead.pop(future)
            if (wrong := future.exception()) is not None:
                _killed(plan, chunk, since, wrong, idle)
            elif future.result():
                idle.clear()
                continue
            later.append((time.monotonic() + _WAIT_S, chunk))
        say()


def attempt(folder: str, chunk: int, limit_s: float | None = None) -> bool:
    """Live a chunk, wherever this runs; whether it is done, or held by somebody else. With a limit it is lived by a
    process of its own, which is watched task by task."""
    try:
        if limit_s is not None:
            _watched(folder, chunk, limit_s)
            return True
        live(folder, chunk)
    except Held:
        return False
    return True


def _watched(folder: str, chunk: int, limit_s: float) -> None:
    if current_process().daemon:
        raise ResultsError(f"a limit needs workers that may start a process. Start them with {MAY_START}")
    Pool(Path(folder), 1, limit_s).live([chunk])


def _next(left: Iterator[int], later: list[tuple[float, int]]) -> int | None:
    """The next chunk to hand over: one that has waited for long enough, or one that nobody has had."""
    if later and later[0][0] <= time.monotonic():
        return later.pop(0)[1]
    return next(left, None)


def _killed(plan: Plan, chunk: int, since: int, wrong: BaseException, idle: Counter[int]) -> None:
    """Set the task aside that took all workers down that tried it. A chunk of which nothing was begun only waited where
    another killed, and is tried again. Raises ResultsError where it was something else.

    since: how much was written down of the chunk before. idle: how often chunks came back so since anything came of
    one.
    """
    if type(wrong).__name__ != "KilledWorker":
        raise ResultsError(f"chunk {chunk}: {type(wrong).__name__}: {wrong}") from wrong
    task = unfinished(plan, chunk, since)
    if task is None:
        idle[chunk] += 1
        if idle[chunk] >= MOST_TRIES:
            raise ResultsError(f"chunk {chunk}: workers end before they begin anything: {wrong}") from wrong
        return
    idle.clear()
    with suppress(Held):
        give_up(plan.folder, chunk, task, "KillsItsWorker", "every worker that lived it ended before it did")
