"""Slurm: chunks that are missing go to it as one array of jobs, and nobody has to stay and watch.

What is done is read from the parts in the sweep's folder, and what still waits or runs from `squeue`. Accounting
(`sacct`) is not asked, as many clusters have none. So the same command can be given again at any time: it submits what
is missing and no longer in the queue.
"""

from __future__ import annotations

import getpass
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sim.kernels.compiling import cache_folder
from sim.sweep.array_job import CHUNKS, ArrayJob, Wishes, dealt, memory_for, minutes_for

if TYPE_CHECKING:
    from sim.sweep.costs import Cost
    from sim.sweep.plan import Plan

SUBMISSIONS = "slurm"
"""Folder of all that was ever submitted, in that of the sweep."""
SCRIPT, COLLECT, JOB_ID, COLLECT_ID = "job.sh", "collect.sh", "job.id", "collect.id"
USUAL_MOST = 1001
"""MaxArraySize of a Slurm whose configuration says nothing else."""
OVER = frozenset({"CG", "CD", "F", "CA", "TO", "NF", "OOM", "PR", "DL", "BF"})
"""States of jobs that will do no more work."""


class NoSlurm(Exception):
    """Slurm is not there, or refuses; the message is one line for people."""


class Submitted(NamedTuple):
    """Numbers of the array of jobs, and of the one that collects after it."""

    array: str
    collect: str


def needed() -> None:
    """Raises NoSlurm where jobs cannot be submitted."""
    _found("sbatch")


def asked(
    plan: Plan, folder: Path, chunks: Sequence[int], cost: Cost, wishes: Wishes, limit_s: float | None = None
) -> ArrayJob:
    """The submission that would live these chunks of a plan in a folder. Writes nothing."""
    sweep = folder.resolve()
    shares = dealt(chunks, min(max_array(), wishes.most or len(chunks)))
    sizes = plan.starts[1:] - plan.starts[:-1]
    largest = max(int(sum(sizes[chunk] for chunk in share)) for share in shares)
    own = cache_folder()
    return ArrayJob(
        sweep=sweep,
        place=_next(sweep / SUBMISSIONS),
        shares=shares,
        minutes=minutes_for(cost.seconds(largest)),
        memory_mib=memory_for(cost.peak_mib),
        wishes=wishes,
        python=sys.executable,
        kernels=sweep / SUBMISSIONS / own.name if own is not None else None,
        limit_s=limit_s,
    )


def submit(job: ArrayJob) -> Submitted:
    """Write a submission into the sweep's folder, and hand it to Slurm. Raises NoSlurm, and OSError."""
    bring_kernels(job)
    job.place.mkdir(parents=True)
    files = {CHUNKS: job.list_of_chunks(), SCRIPT: job.script(), COLLECT: job.collecting()}
    for name, text in files.items():
        (job.place / name).write_text(text, encoding="utf-8", newline="\n")
    array = _sbatch(job, SCRIPT, JOB_ID)
    return Submitted(array, _sbatch(job, COLLECT, COLLECT_ID, f"--dependency=afterany:{array}"))


def bring_kernels(job: ArrayJob) -> None:
    """Lay compiled kernels beside the sweep, for nodes to copy."""
    own = cache_folder()
    if own is not None and job.kernels is not None:
        shutil.copytree(own, job.kernels, dirs_exist_ok=True)


def queued(folder: Path) -> set[int]:
    """Chunks of a sweep that still wait or run in Slurm. Raises NoSlurm."""
    noted = (folder / SUBMISSIONS).glob(f"*/{JOB_ID}")
    submissions = {place.read_text(encoding="utf-8").strip(): place.parent for place in sorted(noted)}
    if not submissions:
        return set()
    found: set[int] = set()
    options = ("--noheader", "--array", f"--user={getpass.getuser()}", "--format=%F %K %t")
    for line in _ask("squeue", *options).splitlines():
        array, index, state = (*line.split(), "", "", "")[:3]
        if array in submissions and index.isdecimal() and state not in OVER:
            shares = (submissions[array] / CHUNKS).read_text(encoding="utf-8").splitlines()
            found.update(map(int, shares[int(index)].split()))
    return found


def max_array() -> int:
    """Most tasks that an array of jobs can have here, or usually has where Slurm does not answer."""
    try:
        told = re.search(r"^MaxArraySize\s*=\s*(\d+)", _ask("scontrol", "show", "config"), re.MULTILINE)
    except NoSlurm:
        return USUAL_MOST
    return int(told[1]) if told else USUAL_MOST


def _next(place: Path) -> Path:
    """The folder of the next submission."""
    numbers = [int(each.name) for each in place.glob("*") if each.name.isdecimal()]
    return place / f"{max(numbers, default=0) + 1:03d}"


def _sbatch(job: ArrayJob, script: str, noted: str, *options: str) -> str:
    """Submit a script, to run in the sweep's folder; its number is returned, and noted beside it."""
    said = _ask("sbatch", "--parsable", f"--chdir={job.sweep}", *options, str(job.place / script))
    number = said.strip().partition(";")[0]
    (job.place / noted).write_text(f"{number}\n", encoding="utf-8")
    return number


def _ask(program: str, *arguments: str) -> str:
    done = subprocess.run([_found(program), *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise NoSlurm(" ".join(done.stderr.split()) or f"{program} failed")
    return done.stdout


def _found(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise NoSlurm(f"{program} is not on this machine; give the command on a node that submits jobs, or use --shard")
    return found
