"""What the runs of a sweep cost: time by those that were lived, memory by a first few that are lived to see."""

from __future__ import annotations

import gc
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from sim.study.parts import put
from sim.study.run import MOST_SETTLED
from sim.study.sealed import ResultsError, canonical, told
from sim.sweep.chunk import BEGUN, ENDED, live
from sim.sweep.part import times_file
from sim.sweep.plan import TIMES, Plan

PILOT = "pilot.json"
PILOT_RUNS, PILOT_S = 3, 15.0
"""After how many runs, or how long, a pilot has seen enough."""
MOST_HELD = 12
"""Worlds that a process may hold at most before it gives them back."""
_LINE = re.compile(rf"(\w+),({BEGUN}|{ENDED}),([0-9]+\.[0-9]+)?", re.ASCII)
_PILOT = "import sys; from sim.sweep.costs import pilot; pilot(sys.argv[1], map(int, sys.argv[2:]))"


class Cost(NamedTuple):
    """What runs take."""

    mean_s: float
    slowest_s: float
    peak_mib: float
    """Memory at its height, of a process that lives runs one after another and of the one that watches it."""

    def seconds(self, tasks: int) -> float:
        """How long so many of them take at most, one after another: the mean of those met so far, and a slow one."""
        return self.mean_s * tasks + self.slowest_s


class Height(NamedTuple):
    """Memory of a process at its height until now, and objects in it that have come to stay."""

    mib: float
    objects: int


class Enough(Exception):
    """A pilot has seen what it was to see."""


def piloted(plan: Plan) -> float | None:
    """How many MiB a few runs of a sweep were seen to take; None where that is not known, or can no longer be read."""
    with suppress(OSError, ValueError, LookupError, TypeError):
        return float(json.loads((plan.folder / TIMES / PILOT).read_bytes())["peak_mib"])
    return None


def cost(plan: Plan, chunks: Iterable[int], trial: Plan) -> Cost:
    """What runs of a sweep take. Raises ResultsError.

    trial: the plan in whose folder a few runs of the first of these chunks are lived now to see it, if that was not
    done before: the same, where they count, or that of the same sweep elsewhere.
    """
    peak_mib = piloted(trial)
    if peak_mib is None:
        peak_mib = _piloted(trial.folder, list(chunks)[:PILOT_RUNS])
        put(trial.folder / TIMES / PILOT, canonical({"peak_mib": peak_mib}))
    seconds = durations(plan) or durations(trial)
    return Cost(sum(seconds) / max(len(seconds), 1), max(seconds, default=0.0), peak_mib)


def durations(plan: Plan) -> list[float]:
    """Seconds of every run that was lived."""
    files = sorted((plan.folder / TIMES).glob("*.csv"))
    return [float(seconds) for place in files for _, word, seconds in _lines(place) if word == ENDED]


def unfinished(plan: Plan, chunk: int, since: int = 0) -> str | None:
    """The task of a chunk that was begun last, if it did not end.

    since: how many bytes were written down of the chunk before, of which none tells.
    """
    lines = _lines(times_file(plan.folder, chunk), since)
    return lines[-1][0] if lines and lines[-1][1] == BEGUN else None


def written(plan: Plan, chunk: int) -> int:
    """How many bytes have been written down of when tasks of a chunk were begun and ended."""
    place = times_file(plan.folder, chunk)
    with told(place):
        return place.stat().st_size if place.exists() else 0


def pilot(folder: str, chunks: Iterable[int]) -> None:
    """Live a few runs, and print how much memory this process would come to take."""
    started, seen = time.monotonic(), [Height(peak_mib(), gc.get_freeze_count())]

    def say(word: str, _: str) -> None:
        if word == ENDED:
            seen.append(Height(peak_mib(), gc.get_freeze_count()))
            if len(seen) > PILOT_RUNS or time.monotonic() - started > PILOT_S:
                raise Enough

    with suppress(Enough):
        for chunk in chunks:
            live(folder, chunk, say)
    sys.stdout.write(f"{expected_mib(seen):.1f}\n")


def expected_mib(seen: Sequence[Height]) -> float:
    """Memory of a process that goes on living runs, by what it was before the first and after each of a few.

    A world is given back only when some objects more have come to stay (`sim.study.run.settle`): until then, each adds
    as much as the last one did. After a single run all that it took counts as what it adds.
    """
    if len(seen) < 3:
        return seen[-1].mib + MOST_HELD * (seen[-1].mib - seen[0].mib)
    first, last, more = seen[1], seen[-1], len(seen) - 2
    objects = max((last.objects - first.objects) / more, MOST_SETTLED / MOST_HELD)
    return max(last.mib, first.mib + (last.mib - first.mib) / more * MOST_SETTLED / objects)


def peak_mib() -> float:
    """The memory of this process at its height; getrusage would tell that of the one that started it, where it was
    larger."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
    except (OSError, StopIteration):
        import resource

        size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return size / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _piloted(folder: Path, chunks: Sequence[int]) -> float:
    command = [sys.executable, "-P", "-c", _PILOT, str(folder.resolve()), *map(str, chunks)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise ResultsError(f"a first run, to see what it takes, failed: {last}")
    return float(done.stdout) + peak_mib()


def _lines(place: Path, since: int = 0) -> list[tuple[str, ...]]:
    """What was written down of begun and ended tasks, after so many bytes; a line that is not as it was written is left
    out: no result depends on it."""
    if not place.exists():
        return []
    with told(place):
        text = place.read_bytes()[since:].decode("ascii", "replace")
    lines = [met.groups("") for line in text.splitlines() if (met := _LINE.fullmatch(line)) is not None]
    return [line for line in lines if line[1] != ENDED or line[2]]
