"""Trying again: tasks that failed are forgotten, so that they are lived anew; all others stay."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from sim.study.folder import sync
from sim.study.sealed import told
from sim.sweep import part
from sim.sweep.journal import Held, journal
from sim.sweep.plan import FAILED, JOURNAL, PARTS, Plan


def forget_failures(plan: Plan, chunks: Iterable[int]) -> None:
    """Forget which tasks of some chunks failed, but for chunks that somebody lives at this moment; raises
    ResultsError."""
    met = {*part.chunks_in(plan, FAILED, ".json"), *part.chunks_in(plan, JOURNAL)}
    for chunk in met.intersection(chunks):
        with suppress(Held):
            _forget(plan, chunk)
    for name in (FAILED, PARTS):
        with told(plan.folder / name):
            sync(plan.folder / name)


def _forget(plan: Plan, chunk: int) -> None:
    """Forget them in the files of a chunk, and in its journal, which may be back after a power failure. A chunk that
    was whole is one that was begun again: what was lived of it goes back into the journal."""
    bad, rows = part.failed_file(plan.folder, chunk), part.part_file(plan.folder, chunk)
    with journal(part.journal_file(plan.folder, chunk)) as written:
        if bad.exists():
            written.take_back(part.kept(plan, chunk).outcomes)
            with told(bad):
                bad.unlink(missing_ok=True)
                rows.unlink(missing_ok=True)
        written.forget_failed()
