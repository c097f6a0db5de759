"""Array jobs: the scripts with which Slurm lives chunks of a sweep and collects them, as text; nothing is run here."""

from __future__ import annotations

import itertools
import math
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.sweep.pool import ONE_THREAD

SHORTEST_MINUTES = 10
START_MINUTES = 5
"""Added to the time of the work: starting, and compiling the kernels where a node has another processor."""
SLACK = 2.0
"""Time that is asked for, over that which was measured: nodes may be slower, and busy."""
LEAST_MIB, MEMORY_SLACK = 500, 1.25
COLLECT_MIB, COLLECT_MINUTES = 1000, 30
CHUNKS = "chunks.txt"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked of Slurm beside the work: None is left to the cluster."""

    partition: str | None = None
    account: str | None = None
    at_once: int | None = None
    """Array tasks that may run at a time."""
    most: int | None = None
    """Array tasks that may wait and run at a time."""
    lines: tuple[str, ...] = ()
    """Further options of sbatch, such as `--qos=long` or `--time=2:00:00`; they come last, and have the last word."""

    def directives(self) -> list[str]:
        """The options as sbatch reads them."""
        named = {"partition": self.partition, "account": self.account}
        return [f"--{name}={value}" for name, value in named.items() if value is not None] + list(self.lines)


@dataclass(frozen=True, slots=True)
class ArrayJob:
    """One submission: chunks of a sweep dealt to the tasks of an array."""

    sweep: Path
    """Folder of the sweep, absolute."""
    place: Path
    """Folder of the submission, in that of the sweep."""
    shares: tuple[tuple[int, ...], ...]
    """Chunks of each array task."""
    minutes: int
    """Time to ask for, for the longest of them."""
    memory_mib: int
    wishes: Wishes
    python: str
    """The interpreter that lives the chunks."""
    kernels: Path | None = None
    """Compiled kernels to copy to each node."""
    limit_s: float | None = None
    """The longest that one run may take."""

    def name(self) -> str:
        """What squeue shows."""
        return job_name(self.sweep)

    def list_of_chunks(self) -> str:
        """One line an array task: the chunks that it lives."""
        return "".join(f"{' '.join(map(str, share))}\n" for share in self.shares)

    def script(self) -> str:
        """The script of the array."""
        last, at_once = len(self.shares) - 1, self.wishes.at_once
        head = [
            f"--job-name={self.name()}",
            f"--array=0-{last}" + (f"%{at_once}" if at_once is not None else ""),
            "--ntasks=1",
            "--cpus-per-task=1",
            f"--mem={self.memory_mib}M",
            f"--time={clock(self.minutes)}",
            "--requeue",
            "--open-mode=append",
            f"--output={pattern(self.place)}/%a.log",
            *self.wishes.directives(),
        ]
        chunks = shlex.quote(str(self.place / CHUNKS))
        body = [
            f"# Lives chunks of the sweep in {self.sweep}: line n of {CHUNKS}, from 0, has those of array task n.",
            "# A chunk that is there already is left alone, so any of this can be run again.",
            *one_thread(),
            *(kernels_on_the_node(self.kernels) if self.kernels is not None else ()),
            f'chunks=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" {chunks})',
            f"exec {self._command('chunk')} $chunks --quiet" + (f" --limit {self.limit_s:g}" if self.limit_s else ""),
        ]
        return script(head, body)

    def collecting(self) -> str:
        """The script of the job that comes after it."""
        head = [
            f"--job-name={self.name()}-collect",
            "--ntasks=1",
            f"--mem={max(self.memory_mib, COLLECT_MIB)}M",
            f"--time={clock(COLLECT_MINUTES)}",
            f"--output={pattern(self.place)}/collect.log",
            *self.wishes.directives(),
        ]
        return script(head, [*one_thread(), f"exec {self._command('collect')}"])

    def _command(self, verb: str) -> str:
        return f"{shlex.quote(self.python)} -P -m sim {verb} {shlex.quote(str(self.sweep))}"


def job_name(sweep: Path) -> str:
    """A name that squeue can show: that of the sweep's folder, without what would break a column."""
    return f"chokepoint-{re.sub(r'[^A-Za-z0-9_.-]+', '-', sweep.name)[:40]}"


def minutes_for(seconds: float) -> int:
    """Minutes to ask for, for work that takes so long here, in steps of five."""
    return max(SHORTEST_MINUTES, 5 * math.ceil((SLACK * seconds / 60 + START_MINUTES) / 5))


def memory_for(peak_mib: float) -> int:
    """Mebibytes to ask for, for what takes so much at its height, in steps of 100."""
    return max(LEAST_MIB, 100 * math.ceil(MEMORY_SLACK * peak_mib / 100))


def dealt(chunks: Sequence[int], most: int) -> tuple[tuple[int, ...], ...]:
    """Chunks in at most so many shares of neighbours, as equal as can be."""
    shares = min(len(chunks), most)
    cuts = [len(chunks) * share // shares for share in range(shares + 1)] if shares else [0]
    return tuple(tuple(chunks[start:end]) for start, end in itertools.pairwise(cuts))


def script(directives: Sequence[str], body: Sequence[str]) -> str:
    """A script for sbatch."""
    return "\n".join(["#!/bin/bash", *(f"#SBATCH {line}" for line in directives), "", *body, ""])


def clock(minutes: int) -> str:
    """Minutes as Slurm writes them: hours, minutes and seconds."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}:00"


def pattern(folder: Path) -> str:
    """A folder in the name of an output file, where a per cent sign would stand for something else."""
    return f'"{str(folder).replace("%", "%%")}"'


def one_thread() -> list[str]:
    """One process, one thread: results do not depend on it, but neighbours on the node would feel more."""
    return [f"export {' '.join(f'{name}=1' for name in ONE_THREAD)}"]


def kernels_on_the_node(kernels: Path) -> list[str]:
    """Copy compiled kernels to the node's own disk, once a node, and use them from there."""
    return [
        "# Compiled kernels come to the node's own disk, once a node: many nodes that compile into one shared folder",
        "# would wait for each other. A folder there that belongs to somebody else is not used.",
        "own=${SLURM_TMPDIR:-${TMPDIR:-/tmp}}/chokepoint-$UID",
        'mkdir -m 700 "$own" 2>/dev/null',
        'if [ -O "$own" ] && [ ! -L "$own" ]; then',
        f'  there="$own"/{shlex.quote(kernels.name)}',
        '  if [ ! -e "$there" ] && copy=$(mktemp -d "$own/copy.XXXXXX"); then',
        f'    cp -r {shlex.quote(str(kernels))}/. "$copy" && mv -T "$copy" "$there" 2>/dev/null || rm -rf "$copy"',
        "  fi",
        '  if [ -e "$there" ]; then export NUMBA_CACHE_DIR="$own"; fi',
        "fi",
    ]
