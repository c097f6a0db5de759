"""Timing in alternation: every timed call is checked against the kernel's day, box for box where boxes are listed."""

import os
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.kernel import Kernel
from benchmarks.workload import Chosen, Morning, Peer, World
from sim.kernels.boxes import Day

AT_LEAST = 0.1
"""Seconds of one timing: short calls are repeated within it."""
SLOW = 5.0
"""Seconds of a call from which it is made in the first round only."""


class Differs(AssertionError):
    """A peer did other work than the kernel: it gets no figure."""


def unlike(day: Day, other: Day) -> list[str]:
    """In what two days differ, apart from the queues, which nobody keeps here."""
    return [field for field in Day._fields[:-1] if not np.array_equal(getattr(day, field), getattr(other, field))]


class Reference:
    """The kernel's day, for others to be held against."""

    def __init__(self, world: World, morning: Morning) -> None:
        kernel = Kernel(world)
        self.out = world.blank(morning)
        kernel.clear(morning, self.out)
        self.listed = kernel.chosen(morning)

    def check(self, name: str, out: Day, chosen: Chosen | None) -> None:
        """Raises Differs unless tallies, lessons, fates and, where given, the chosen boxes are the kernel's."""
        wrong = [
            field for field in Day._fields[:-1] if not np.array_equal(getattr(out, field), getattr(self.out, field))
        ]
        if chosen is not None and not all(map(np.array_equal, chosen, self.listed)):
            wrong.append("boxes chosen")
        if wrong:
            raise Differs(f"{name} differs from the kernel in {', '.join(wrong)}")


def summary(values: Sequence[float]) -> dict[str, Any]:
    """Median, extremes and number of some figures."""
    return {
        "median": statistics.median(values),
        "least": min(values),
        "most": max(values),
        "rounds": len(values),
    }


def in_alternation(world: World, peers: Iterable[Peer], rounds: int) -> dict[str, dict[str, Any]]:
    """Millions of boxes a second of each peer, and how many times faster the kernel is, round by round.

    peers: the kernel first. A peer that differs from the kernel is left out, with a line that says so. Round 0 warms
    up, looks at the boxes chosen, and tells how often to repeat; a slow peer has no other.
    """
    running, repeats = {peer.name: peer for peer in peers}, dict[str, int]()
    kernel, times = next(iter(running)), {name: list[tuple[int, float]]() for name in running}
    for turn in range(rounds + 1):
        morning = world.morning(60 + turn)
        boxes, reference = world.boxes_on(morning), Reference(world, morning)
        for name, peer in list(running.items()):
            try:
                seconds = _timed(peer, morning, reference, repeats.get(name))
            except Differs as reason:
                print(f"  {reason}: no figure")
                del running[name], times[name]
                continue
            repeats.setdefault(name, int(AT_LEAST / seconds) + 1)
            slow = seconds > SLOW
            if turn > 0 or slow:
                times[name].append((turn, seconds / boxes))
            if slow:
                del running[name]
    of_kernel = dict(times[kernel])
    typical = statistics.median(of_kernel.values())
    return {
        name: {
            "rate": summary([1e-6 / each for _, each in found]),
            "times slower": summary([each / of_kernel.get(turn, typical) for turn, each in found]),
        }
        for name, found in times.items()
    }


def _timed(peer: Peer, morning: Morning, reference: Reference, repeats: int | None) -> float:
    """Seconds that a peer takes for the day; the first time (no number of repeats) with a look at the boxes chosen."""
    outs = [peer.world.blank(morning) for _ in range(repeats or 1)]
    start = time.perf_counter()
    for out in outs:
        chosen = peer.clear(morning, out)
    seconds = (time.perf_counter() - start) / len(outs)
    if repeats is None and chosen is None:
        chosen = peer.chosen(morning)
    for out in outs:
        reference.check(peer.name, out, chosen)
    return seconds


def days_in_alternation(
    world: World, peers: Sequence[Peer], days: Iterable[int]
) -> Iterator[tuple[int, int, list[float]]]:
    """Clear the same days by each peer in turn; yields day, boxes and seconds. The one that begins moves on daily.

    Raises Differs where two peers of one mode leave different days.
    """
    for day in days:
        morning = world.morning(day)
        seconds, firsts = [0.0] * len(peers), dict[str, Day]()
        for turn in range(len(peers)):
            at = (day + turn) % len(peers)
            out = world.blank(morning)
            start = time.perf_counter()
            peers[at].clear(morning, out)
            seconds[at] = time.perf_counter() - start
            if unlike(out, firsts.setdefault(peers[at].mode, out)):
                raise Differs(f"{peers[at].name} differs from the others on day {day}")
        yield day, world.boxes_on(morning), seconds


@contextmanager
def noise(found: dict[str, Any]) -> Iterator[None]:
    """Note what share of the processor others used meanwhile: figures taken on a busy machine say little."""

    def ours_and_all() -> tuple[float, float]:
        used, spent = os.times(), Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
        idle = float(spent[3]) + float(spent[4])
        busy = sum(map(float, spent)) - idle
        return sum(used[:4]), busy / os.sysconf("SC_CLK_TCK")

    before = None
    with suppress(OSError, ValueError):
        before = (*ours_and_all(), time.perf_counter())
    yield
    if before:
        ours, everybody = ours_and_all()
        seconds = (time.perf_counter() - before[2]) * (os.cpu_count() or 1)
        found["share used by others"] = round(max(0.0, (everybody - before[1] - ours + before[0]) / seconds), 3)
