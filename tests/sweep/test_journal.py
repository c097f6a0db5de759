"""Journals: written record by record, brought to the disk together, and believed as far as they are whole."""

import errno
import os
import threading
import time

import pytest

from sim.study.sealed import ResultsError
from sim.sweep.journal import journal

RECORDS = [{"task": f"{number:032x}", "outcomes": {"seized_kg": float(number)}} for number in range(50)]


@pytest.fixture
def synced(monkeypatch):
    """How many bytes of a file each sync brought to the disk, and an event that is set by each."""
    found, came = [], threading.Event()

    def sync(handle):
        found.append(os.fstat(handle).st_size)
        came.set()

    monkeypatch.setattr("sim.sweep.journal.os.fsync", sync)
    monkeypatch.setattr("sim.sweep.journal.SYNC_S", 0.2)
    return found, came


def test_records_are_written_at_once_and_synced_together(tmp_path, synced):
    sizes, came = synced
    place = tmp_path / "000000"
    with journal(place) as written:
        for record in RECORDS[:30]:
            written.append(record)
        assert place.read_bytes().count(b'"task"') == 30
        assert sizes == []
        time.sleep(0.2)
        written.append(RECORDS[30])
        assert came.wait(5.0)
        assert sizes == [place.stat().st_size]
        written.append(RECORDS[31])
    assert sizes == [sizes[0], place.stat().st_size], "what was still waiting is synced at the end"


def test_a_journal_that_has_served_is_not_synced(tmp_path, synced):
    sizes, _ = synced
    with journal(tmp_path / "000000") as written:
        written.append(RECORDS[0])
        written.remove()
    assert (sizes, list(tmp_path.iterdir())) == ([], [])


def test_a_disk_that_refuses_is_told_to_whoever_writes_next(tmp_path, monkeypatch):
    def refuse(_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    def lives_a_chunk():
        with journal(tmp_path / "000000") as written:
            for record in RECORDS:
                written.append(record)
                written._behind.join()
                lived.append(record)

    lived = []
    monkeypatch.setattr("sim.sweep.journal.os.fsync", refuse)
    monkeypatch.setattr("sim.sweep.journal.SYNC_S", 0.0)
    with pytest.raises(ResultsError, match="000000: Input/output error"):
        lives_a_chunk()
    assert lived == RECORDS[:1]


@pytest.mark.parametrize("cut", [1, 40, 100])
def test_what_a_power_failure_left_of_a_journal_is_read_up_to_where_it_is_whole(tmp_path, cut):
    """Its end is missing, or blocks of it were never written."""
    with journal(tmp_path / "000000") as written:
        for record in RECORDS[:10]:
            written.append(record)
    whole = (tmp_path / "000000").read_bytes()
    torn, holed = tmp_path / "000001", tmp_path / "000002"
    torn.write_bytes(whole[:-cut])
    holed.write_bytes(whole[: -cut - 200] + bytes(200) + whole[-cut:])
    for place in (torn, holed):
        with journal(place) as written:
            known = list(written.records)
            written.append(RECORDS[20])
        assert known == RECORDS[: len(known)]
        assert 5 < len(known) < 10
        with journal(place) as written:
            assert written.records == [*known, RECORDS[20]]
