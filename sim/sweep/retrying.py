"""Trying again: tasks that failed are forgotten, so that they are lived anew; all others stay."""

from __future__ import annotations

from sim.study.folder import sync
from sim.study.sealed import told
from sim.sweep import part
from sim.sweep.plan import FAILED, Plan


def forget_failures(plan: Plan) -> None:
    """Forget which tasks failed; raises ResultsError."""
    folder = plan.folder / FAILED
    with told(folder):
        for place in sorted(folder.glob("*.json")):
            if part.part_file(plan.folder, int(place.stem)).exists():  # its journal may be back after a power failure
                part.journal_file(plan.folder, int(place.stem)).unlink(missing_ok=True)
            place.unlink()
        sync(folder)
