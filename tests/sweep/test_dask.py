"""Dask's workers live a sweep as those of the local pool do, also when one of them dies in the middle."""

import os
import shutil
import signal
import sys
import threading
import time
from collections import defaultdict
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from multiprocessing import current_process

import dask
import pytest

from sim.cli import main
from sim.study.sealed import ResultsError
from sim.sweep.chunk import live
from sim.sweep.dask import attempt, executor, through
from sim.sweep.journal import holder, journal
from sim.sweep.part import journal_file, times_file
from sim.sweep.plan import JOURNAL
from sim.sweep.pool import MOST_TRIES
from sim.sweep.sweep import Sweep

SHORT = """\
title: Short
scenario: two_coasts
days: 30
parameters:
  customs.imports.scan_share: [0.01, 0.03, 0.05, 0.1]
replicates: 3
"""


SHARE = "customs.imports.scan_share"


def at_work(plan):
    """Processes that live chunks of a plan at this moment."""
    found = set()
    for place in (plan.folder / JOURNAL).iterdir():
        word = holder(place).split()[1]
        found |= {int(word)} if word.isdecimal() else set()
    return found


def test_a_worker_that_is_killed_changes_nothing(plan):
    """One of two real workers is killed while it lives a chunk; the results are those of this process alone."""
    alone, swept = plan(SHORT, "alone"), plan(SHORT, "swept")
    for chunk in range(alone.chunks):
        live(alone.folder, chunk)
    killed = []

    def kill_one():
        while not killed:
            for process in at_work(swept):
                os.kill(process, signal.SIGKILL)
                killed.append(process)
                break
            time.sleep(0.005)

    with executor("local", 2) as pool:
        watcher = threading.Thread(target=kill_one, daemon=True)
        watcher.start()
        through(pool, swept, swept.missing())
    watcher.join(10)

    assert killed
    assert killed[0] != os.getpid()
    assert not swept.missing()
    assert Sweep(swept).digest == Sweep(alone).digest
    assert Sweep(swept).failed().empty


def test_workers_that_share_a_process_come_to_the_same(plan):
    """As those of a Dask worker with several threads do."""
    alone, swept = plan(SHORT, "alone"), plan(SHORT, "swept")
    for chunk in range(alone.chunks):
        live(alone.folder, chunk)
    with ThreadPoolExecutor(4) as pool:
        through(pool, swept, swept.missing())
    assert not swept.missing()
    assert Sweep(swept).digest == Sweep(alone).digest


DEADLY = """\
import os
from typing import Literal

from sim.policies.policy import Policy


class Deadly(Policy):
    kind: Literal["deadly"] = "deadly"

    def apply(self, controls, strength):
        os.kill(os.getpid(), 9)
"""


def test_a_run_that_kills_its_workers_is_set_aside_and_the_others_go_on(plan, tmp_path):
    (tmp_path / "deadly.py").write_text(DEADLY)
    (tmp_path / "world.yaml").write_text(
        "extends: two_coasts\ndays: 20\npolicies_from: deadly.py\npolicies:\n"
        "  - { kind: deadly, name: Deadly, start: 2025-01-05 }\n"
    )
    swept = plan("title: Deadly\nscenario: world.yaml\npolicies: [none, Deadly]\nreplicates: 2\n")
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}), executor("local", 1) as pool:
        through(pool, swept, swept.missing())

    found = Sweep(swept)
    assert found.failed()["kind"].tolist() == ["KillsItsWorker"] * 2
    assert found.failed()["policies"].tolist() == ["Deadly"] * 2
    assert found.table()["policies"].tolist() == ["none"] * 2


class KilledWorker(Exception):
    """What Dask says of a task that was with workers that died."""


class Scheduler(Executor):
    """Loses each chunk some times before it is lived, and begins none that it loses."""

    def __init__(self, losses):
        self.losses = defaultdict(lambda: losses)

    def submit(self, call, folder, chunk, limit_s):
        future = Future()
        if self.losses[chunk]:
            self.losses[chunk] -= 1
            future.set_exception(KilledWorker())
        else:
            future.set_result(call(folder, chunk, limit_s))
        return future


def test_a_chunk_that_only_waited_where_another_killed_is_lived(plan, monkeypatch):
    """In an earlier attempt, one of its runs was begun and broken off; that is held against nobody."""
    monkeypatch.setattr("sim.sweep.dask._WAIT_S", 0.0)
    swept = plan()
    for chunk in swept.missing():
        times_file(swept.folder, chunk).write_text(f"{swept.tasks(chunk)[0].id},begun,\n")
    through(Scheduler(losses=MOST_TRIES - 1), swept, swept.missing())
    assert not swept.missing()
    assert Sweep(swept).failed().empty


def test_chunks_that_others_live_are_waited_for_in_peace(plan):
    swept, turns = plan(), []
    with ThreadPoolExecutor(1) as pool, ExitStack() as others:
        others.enter_context(journal(journal_file(swept.folder, 0)))

        def say():
            turns.append(1)
            if len(turns) == 3:
                others.close()

        through(pool, swept, [0], say)
    assert swept.missing() == [1, 2, 3, 4, 5]
    assert len(turns) < 100


def test_workers_that_stay_live_the_sweep_that_has_come_into_the_place_of_another(plan):
    with ThreadPoolExecutor(1) as pool:
        for shares in ("0.1, 0.2", "0.3, 0.4"):
            swept = plan(f"title: T\nscenario: two_coasts\ndays: 1\nparameters: {{ {SHARE}: [{shares}] }}\n")
            through(pool, swept, swept.missing())
            assert (swept.missing(), Sweep.open(swept.folder).table()[SHARE].tolist()) == (
                [],
                [float(share) for share in shares.split(", ")],
            )
            shutil.rmtree(swept.folder)


def test_workers_that_end_before_they_begin_anything_are_told(plan, monkeypatch):
    monkeypatch.setattr("sim.sweep.dask._WAIT_S", 0.0)
    swept = plan()
    with pytest.raises(ResultsError, match="chunk 0: workers end before they begin anything"):
        through(Scheduler(losses=MOST_TRIES), swept, [0])


def test_a_run_that_takes_too_long_is_ended_and_one_that_does_not_is_lived(plan):
    long, short = (plan(f"title: A run\nscenario: two_coasts\ndays: {days}\n", f"of{days}") for days in (9_000, 2))
    with executor("local", 1) as pool:
        through(pool, long, [0], limit_s=0.01)
        through(pool, short, [0], limit_s=600.0)

    assert Sweep(long).failed()["kind"].tolist() == ["TakesTooLong"]
    assert (len(Sweep(short).table()), len(Sweep(short).failed())) == (1, 0)


def test_workers_that_may_start_no_process_are_told_how_they_may(plan, monkeypatch):
    monkeypatch.setitem(current_process()._config, "daemon", True)
    with pytest.raises(ResultsError, match="Start them with DASK_DISTRIBUTED__WORKER__DAEMON=False"):
        attempt(str(plan(SHORT).folder), 0, 60.0)


def test_the_command_names_what_has_to_be_installed(write, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)

    assert main(["sweep", write(), "-o", str(tmp_path / "swept"), "--dask", "local"]) == 1

    assert "chokepoint: this needs Dask, which is not installed; pip install 'chokepoint[cluster]'" in (
        capsys.readouterr().err
    )


def test_where_nobody_answers_that_is_said(write, tmp_path, capsys):
    with dask.config.set({"distributed.comm.timeouts.connect": "0.5s"}):
        assert main(["sweep", write(), "-o", str(tmp_path / "swept"), "--dask", "tcp://127.0.0.1:9"]) == 1

    assert "Dask at tcp://127.0.0.1:9: " in capsys.readouterr().err
