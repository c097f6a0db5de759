"""Checking the folder of a sweep: whether every byte of its plan, parts and tables is still what was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from sim.study.sealed import ResultsError, read_sealed, sha256, shown, told
from sim.sweep import part
from sim.sweep.collecting import COLLECTED
from sim.sweep.plan import FAILED, PARTS, PASSPORT, Plan


def is_sweep_folder(folder: Path) -> bool:
    """Whether a sweep was planned in a folder."""
    return (folder / PASSPORT).exists()


def problems(folder: Path) -> list[str]:
    """What is wrong with the folder of a sweep, a line each; nothing where it is as it was written. Chunks that are
    still to be lived are not wrong."""
    try:
        plan = Plan.open(folder)
        return [*_files(plan, plan.passport["files"]), *_strangers(plan), *_chunks(plan), *_tables(plan)]
    except ResultsError as wrong:
        return [str(wrong)]


def _files(plan: Plan, digests: Mapping[str, str]) -> Iterator[str]:
    for name, digest in digests.items():
        place = plan.folder / name
        try:
            with told(place):
                if sha256(place.read_bytes()) != digest:
                    yield f"{shown(place)}: changed since it was written"
        except ResultsError as wrong:
            yield str(wrong)


def _strangers(plan: Plan) -> Iterator[str]:
    """What no chunk of this sweep wrote; an empty folder may have been lost in copying."""
    chunks = range(plan.chunks)
    known = {part.part_file(plan.folder, chunk) for chunk in chunks}
    known |= {part.failed_file(plan.folder, chunk) for chunk in chunks}
    for name in (PARTS, FAILED):
        for place in sorted((plan.folder / name).glob("*")):
            if place not in known and ".partial-" not in place.name:
                yield f"{shown(place)}: no part of the sweep"


def _tables(plan: Plan) -> Iterator[str]:
    """What was collected, if anything was; runs that were lived since then are not missed."""
    if (plan.folder / COLLECTED).exists():
        yield from _files(plan, read_sealed(plan.folder / COLLECTED)["files"])


def _chunks(plan: Plan) -> Iterator[str]:
    for chunk in range(plan.chunks):
        place, bad = part.part_file(plan.folder, chunk), part.failed_file(plan.folder, chunk)
        try:
            if bad.exists():
                read_sealed(bad)
            if part.opened(plan, chunk) is None:
                continue
        except ResultsError as wrong:
            yield str(wrong)
            continue
        found = part.kept(plan, chunk)
        if sorted([*found.outcomes, *found.failed]) != sorted(task.id for task in plan.tasks(chunk)):
            yield f"{shown(place)}: with {bad.name} it does not hold each task of its chunk once"
