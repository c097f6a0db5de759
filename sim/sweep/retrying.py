"""Trying again: tasks that failed are forgotten, so that they are lived anew; all others stay."""

from __future__ import annotations

from contextlib import suppress

from sim.study.folder import sync
from sim.study.sealed import told
from sim.sweep import part
from sim.sweep.journal import Held, journal
from sim.sweep.plan import FAILED, JOURNAL, Plan


def forget_failures(plan: Plan) -> None:
    """Forget which tasks failed, but for those of chunks that somebody lives at this moment; raises ResultsError."""
    for chunk in {*part.chunks_in(plan, FAILED, ".json"), *part.chunks_in(plan, JOURNAL)}:
        with suppress(Held):
            _forget(plan, chunk)
    with told(plan.folder / FAILED):
        sync(plan.folder / FAILED)


def _forget(plan: Plan, chunk: int) -> None:
    """Forget them in the journal of a chunk, which may be back after a power failure, and in its files."""
    place = part.failed_file(plan.folder, chunk)
    with journal(part.journal_file(plan.folder, chunk)) as written:
        written.forget_failed()
        with told(place):
            place.unlink(missing_ok=True)
