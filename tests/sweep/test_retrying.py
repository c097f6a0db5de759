"""Trying again what failed: what was lived stays, and a chunk with runs that are to be lived again is not whole."""

import pytest

from sim.sweep.checking import problems
from sim.sweep.chunk import live
from sim.sweep.part import damaged
from sim.sweep.retrying import forget_failures
from sim.sweep.status import Status, status
from sim.sweep.sweep import Sweep
from tests.sweep.marks import marks

SHARES = """\
title: Shares
scenario: two_coasts
days: 3
parameters:
  geography.markets.lowlands.demand_share: [0.7, 0.2, 0.3, 0.4]
"""
"""Three of four points are no possible worlds."""


@pytest.fixture
def failed(plan, monkeypatch):
    """A sweep in two chunks of two runs each: one run was lived, three failed."""
    monkeypatch.setattr("sim.sweep.planning.LEAST_CHUNKS", 2)
    swept = plan(SHARES)
    for chunk in range(2):
        live(swept.folder, chunk)
    return swept


def test_runs_that_are_to_be_tried_again_are_missing_and_nothing_is_damaged(failed):
    forget_failures(failed, range(2))
    assert status(failed) == Status(tasks=4, done=1, failed=0, chunks=2, chunks_done=0, chunks_begun=1)
    assert (failed.missing(), damaged(failed), problems(failed.folder)) == ([0, 1], [], [])


def test_runs_beside_those_that_are_tried_again_are_not_lived_again(failed):
    digest, first = Sweep.open(failed.folder).digest, failed.tasks(0)[0].id
    forget_failures(failed, range(2))
    for chunk in range(2):
        live(failed.folder, chunk)
    assert status(failed) == Status(tasks=4, done=4, failed=3, chunks=2, chunks_done=2, chunks_begun=0)
    assert Sweep.open(failed.folder).digest == digest
    assert marks(failed.folder)[first] == ["begun", "ended"]


def test_shards_forget_their_own_failures_alone(failed, starter, tmp_path):
    for shard in ("1/2", "2/2"):
        code, said = starter.run(
            "sweep", tmp_path / "tiny.yaml", "-o", failed.folder, "-j", 1, "--retry", "--shard", shard
        )
        assert code == 1, said
    assert status(failed) == Status(tasks=4, done=4, failed=3, chunks=2, chunks_done=2, chunks_begun=0)
    assert failed.missing() == []
