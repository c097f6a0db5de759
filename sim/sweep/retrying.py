"""Trying again: tasks that failed are forgotten, so that they are lived anew; all others stay."""

from __future__ import annotations

from sim.study.folder import sync
from sim.study.sealed import told
from sim.sweep.plan import FAILED, Plan


def forget_failures(plan: Plan) -> None:
    """Forget which tasks failed; raises ResultsError."""
    folder = plan.folder / FAILED
    with told(folder):
        for place in sorted(folder.glob("*.json")):
            place.unlink()
        sync(folder)
