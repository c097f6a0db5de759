"""Collecting while a sweep goes on: what is told is what stands in the tables."""

import json

import pyarrow.parquet as pq

from sim.cli import main
from sim.sweep import collecting
from sim.sweep.chunk import live
from sim.sweep.journal import journal
from sim.sweep.part import journal_file
from sim.sweep.sweep import Sweep


def collected(plan, capsys):
    """Exit code, what was told, and how many rows were written."""
    capsys.readouterr()
    code = main(["collect", str(plan.folder), "--json"])
    return code, json.loads(capsys.readouterr().out), len(pq.read_table(plan.folder / "results.parquet"))


def test_runs_that_end_while_tables_are_written_count_as_missing(plan, capsys, monkeypatch):
    swept = plan()
    for chunk in range(5):
        live(swept.folder, chunk)
    digest = Sweep.open(swept.folder).digest
    put = collecting.put

    def put_late(path, content):
        live(swept.folder, 5)  # the last chunk becomes whole
        put(path, content)

    with monkeypatch.context() as patch:
        patch.setattr("sim.sweep.collecting.put", put_late)
        code, told, rows = collected(swept, capsys)
    assert (code, told["done"], told["missing"], rows, told["digest"]) == (1, 5, 1, 5, digest)
    code, told, rows = collected(swept, capsys)
    assert (code, told["done"], told["missing"], rows, told["digest"] == digest) == (0, 6, 0, 6, False)


def test_runs_that_stand_in_a_journal_alone_count_as_missing(plan, capsys):
    swept = plan()
    with journal(journal_file(swept.folder, 0)) as written:
        written.append({"task": swept.tasks(0)[0].id, "outcomes": {}})
    code, told, rows = collected(swept, capsys)
    assert (code, told["done"], told["missing"], rows) == (1, 0, 6, 0)
