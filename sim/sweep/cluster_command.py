"""`chokepoint sweep --slurm` and `--dask`: what they refuse, submit, drive and say."""

from __future__ import annotations

import json
import shlex
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sim.study.extras import distributed
from sim.study.run import compile_once
from sim.study.sealed import ResultsError
from sim.sweep import slurm
from sim.sweep.array_job import ArrayJob, Wishes
from sim.sweep.costs import cost
from sim.sweep.driving import stoppable
from sim.sweep.status import lasting, status

if TYPE_CHECKING:
    from sim.sweep.plan import Plan

JOBS = "slurm"
"""The address that stands for workers of Dask in jobs of Slurm."""
_LOOK_S = 2.0


class Rehearsal(NamedTuple):
    """What it takes to tell what would be submitted, while nothing is, and the sweep's folder stays as it is."""

    trial: Plan
    """The sweep in a place of which a few runs may be lived, to see what they take."""
    disk_mib: float


def unfit(by_slurm: bool, dask: str | None, wishes: Wishes) -> str | None:
    """What does not go together of what was asked for, in a sentence; None where all does."""
    if by_slurm and dask is not None:
        return "--slurm submits jobs and leaves, --dask stays with its workers; give one of them"
    if (wishes.directives() or wishes.most is not None) and not (by_slurm or dask == JOBS):
        return "--partition, --account, --array and --sbatch belong to --slurm, or to --dask slurm"
    wrong = next((line for line in wishes.lines if not line.startswith("-") or "\n" in line), None)
    if wrong is not None:
        return f"{wrong[:80]!r} is no option of sbatch. Give one as in --sbatch=--qos=long"
    return None


def slurm_command(
    plan: Plan,
    folder: Path,
    chunks: Sequence[int],
    wishes: Wishes,
    limit_s: float | None,
    rehearsal: Rehearsal | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Submit what is missing and not in the queue; returns the exit code.

    folder: where the sweep is, or would be. rehearsal: given, nothing is submitted, but told. Raises ResultsError.
    """
    wanted = set(chunks)
    try:
        if rehearsal is None:
            slurm.needed()
        waiting = slurm.queued(folder)  # asked before parts are counted: what ends in between is not missing
        missing = [chunk for chunk in plan.missing() if chunk in wanted]
        left = [chunk for chunk in missing if chunk not in waiting]
        if not left:
            if not quiet:
                why = f"{len(missing):,} missing chunks wait or run already" if missing else "nothing is missing"
                _say(f"{why}; see chokepoint status {folder}")
            return 0
        compile_once(plan.passport["mode"], quiet=quiet)
        job, seconds = _job(plan, folder, left, wishes, limit_s, rehearsal)
        if not quiet:
            _say(_foretold(job, seconds, rehearsal))
        if rehearsal is not None:
            print(job.script(), end="")  # noqa: T201
            return 0
        done = slurm.submit(job)
    except slurm.NoSlurm as refused:
        raise ResultsError(f"Slurm: {refused}") from refused
    if as_json:
        facts = {"folder": str(folder), "array": done.array, "collect": done.collect, "chunks": len(left)}
        print(json.dumps(facts))  # noqa: T201
    elif not quiet:
        _say(f"submitted job {done.array}, and {done.collect} to collect after it; both are in {job.place}")
        watch = shlex.join(["chokepoint", "status", str(folder), "--watch"])
        _say(f"next: {watch}. The same command again submits what is still missing then")
    return 0


def by_dask(
    address: str,
    wishes: Wishes,
    limit_s: float | None,
    plan: Plan,
    *,
    jobs: int,
    chunks: Iterable[int],
    say: Callable[[], None],
) -> None:
    """Live chunks with Dask's workers, staying with them.

    limit_s: the longest that a run may take. say: told of every run that was lived. Raises Stopped, MissingExtra, and
    ResultsError where nobody answers, or chunks cannot be lived at all.
    """
    from sim.sweep.dask import executor, through

    distributed()
    wanted = set(chunks)
    left = [chunk for chunk in plan.missing() if chunk in wanted]
    if not left:
        return
    job = None
    try:
        if address == JOBS:
            job, _ = _job(plan, plan.folder, left, wishes, None)
            slurm.bring_kernels(job)
        with stoppable(), executor(address, min(jobs, len(left)), job) as pool:
            through(pool, plan, left, _Lived(plan, say).look, limit_s)
    except slurm.NoSlurm as refused:
        raise ResultsError(f"Slurm: {refused}") from refused
    except OSError as refused:
        raise ResultsError(f"Dask at {address}: {refused}") from refused


class _Lived:
    """How many runs have been lived by now, whoever did: looked up in the sweep's folder from time to time."""

    def __init__(self, plan: Plan, say: Callable[[], None]) -> None:
        self._plan, self._say, self._done, self._again = plan, say, status(plan).done, 0.0

    def look(self) -> None:
        """Tell of every run that has been lived since the last time."""
        if time.monotonic() >= self._again:
            done = status(self._plan).done
            for _ in range(self._done, done):
                self._say()
            self._done, self._again = max(done, self._done), time.monotonic() + _LOOK_S


def _job(
    plan: Plan,
    folder: Path,
    chunks: Sequence[int],
    wishes: Wishes,
    limit_s: float | None,
    rehearsal: Rehearsal | None = None,
) -> tuple[ArrayJob, float]:
    """The jobs for some chunks, and how long all of them take together, in seconds."""
    found = cost(plan, chunks, plan if rehearsal is None else rehearsal.trial)
    sizes = plan.starts[1:] - plan.starts[:-1]
    seconds = found.mean_s * int(sum(sizes[chunk] for chunk in chunks))
    return slurm.asked(plan, folder, chunks, found, wishes, limit_s), seconds


def _foretold(job: ArrayJob, seconds: float, rehearsal: Rehearsal | None) -> str:
    """What is asked of the cluster, in a line."""
    chunks = sum(map(len, job.shares))
    line = f"{chunks:,} chunks in {len(job.shares):,} tasks of an array, each with one core, {job.memory_mib:,} MiB "
    line += f"and {lasting(60 * job.minutes)}; about {lasting(seconds)} of one core in all"
    return line if rehearsal is None else f"{line}; {rehearsal.disk_mib:,.3g} MiB on disk"


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201
