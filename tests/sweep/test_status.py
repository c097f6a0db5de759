"""How far a sweep is, told by the files that are there."""

import pytest

from sim.sweep.chunk import live
from sim.sweep.journal import journal
from sim.sweep.part import journal_file
from sim.sweep.status import Status, status


@pytest.mark.parametrize("left", ["journal/.nfs000000000123", "journal/000099", "parts/._000002.parquet"])
def test_files_that_systems_leave_behind_are_passed_over(plan, left):
    swept = plan()
    live(swept.folder, 1)
    with journal(journal_file(swept.folder, 3)) as written:
        written.append({"task": swept.tasks(3)[0].id, "outcomes": {}})
    (swept.folder / left).write_bytes(b"")
    assert status(swept) == Status(tasks=6, done=2, failed=0, chunks=6, chunks_done=1, chunks_begun=1)
