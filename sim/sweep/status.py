"""How far a sweep is: what is done, under way, failed and missing, how fast it goes, and how long it will take."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from typing import Any

from sim.sweep import part
from sim.sweep.journal import count
from sim.sweep.plan import JOURNAL, PARTS, Plan

_LOOKED_BACK_S = 600.0
"""Over how long the rate is taken."""


@dataclass(frozen=True, slots=True)
class Status:
    """Tasks and chunks of a sweep, counted."""

    tasks: int
    done: int
    """Lived or failed."""
    failed: int
    chunks: int
    chunks_done: int
    chunks_begun: int

    @property
    def missing(self) -> int:
        """Tasks that are still to be lived."""
        return self.tasks - self.done

    def as_mapping(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {**asdict(self), "missing": self.missing}


def status(plan: Plan, *, without: Collection[int] = ()) -> Status:
    """How far a sweep is, by the files that are there; they are counted, not checked.

    without: chunks that count as not lived, since their files cannot be believed.
    """
    sizes = plan.starts[1:] - plan.starts[:-1]
    done = [chunk for chunk in part.chunks_in(plan, PARTS, ".parquet") if chunk not in without]
    begun = set(part.chunks_in(plan, JOURNAL)).difference(done)
    failed = sum(len(part.failures(plan, chunk)) for chunk in done)
    noted = sum(count(part.journal_file(plan.folder, chunk)) for chunk in begun)
    lived = int(sum(sizes[chunk] for chunk in done)) + noted
    return Status(len(plan.ids), lived, failed, plan.chunks, len(done), len(begun))


@dataclass(slots=True)
class Rate:
    """How fast something goes, from when how much was done."""

    met: deque[tuple[float, int]] = field(default_factory=deque)

    def note(self, done: int) -> None:
        """So much is done by now."""
        now = time.monotonic()
        self.met.append((now, done))
        while now - self.met[0][0] > _LOOKED_BACK_S:
            self.met.popleft()

    @property
    def per_second(self) -> float | None:
        """None as long as nothing has happened."""
        (begin, before), (end, after) = self.met[0], self.met[-1]
        return (after - before) / (end - begin) if end > begin and after > before else None


def told(found: Status, rate: float | None = None) -> str:
    """How far it is, in a line."""
    line = f"{found.done:,} of {found.tasks:,} runs done"
    if found.failed:
        line += f", {found.failed:,} of them failed"
    line += f"; {found.chunks_done:,} of {found.chunks:,} chunks whole"
    if found.chunks_begun:
        line += f", {found.chunks_begun:,} begun"
    if rate:
        line += f"; {rate:,.3g} runs a second, {lasting(found.missing / rate)} left"
    return line


def lasting(seconds: float) -> str:
    """A span of time: `45 s`, `12 min`, `3 h 05 min`."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"
