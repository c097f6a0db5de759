"""Sweeps that are killed, stopped, crowded or cramped go on where they were, to the same bytes."""

import os
import random
import signal
import subprocess
import sys
from datetime import date

import pytest

from sim.sweep.asked import read_sweep
from sim.sweep.chunk import live
from sim.sweep.plan import Plan
from sim.sweep.planning import planned
from sim.sweep.sweep import Sweep
from tests.sweep.conftest import TINY
from tests.sweep.marks import check
from tests.sweep.started import until

KILLED = TINY.replace("days: 3", "days: 1\nreplicates: 4")
"""24 runs."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The digest of a sweep that nothing happens to."""
    folder = tmp_path_factory.mktemp("undisturbed")
    (folder / "tiny.yaml").write_text(KILLED)
    swept = planned(read_sweep(folder / "tiny.yaml"), folder / "swept")
    for chunk in range(swept.chunks):
        live(swept.folder, chunk)
    return Sweep.open(swept.folder).digest


def killed_often(starter, file, folder, kills, seed):
    """Start a sweep and kill all its processes, so many times, then let it end."""
    luck = random.Random(seed)
    for _ in range(kills):
        command = starter.start("sweep", file, "-o", folder, "-j", 2)
        until(lambda: False, luck.uniform(0, 0.4))
        command.kill()
        command.wait()
    code, said = starter.run("sweep", file, "-o", folder, "-j", 2)
    assert code == 0, said


def test_a_sweep_that_is_killed_again_and_again_ends_as_if_it_had_not_been(starter, write, tmp_path, undisturbed):
    folder = tmp_path / "killed"
    killed_often(starter, write(KILLED), folder, kills=20, seed=20261126)
    check(folder, kills=20)
    assert Sweep.open(folder).digest == undisturbed


@pytest.mark.parametrize(
    "left", ["design.parquet.partial", "scenario.yaml.partial-0a1b2c3d", "sweep.json.partial-0a1b2c3d"]
)
def test_what_a_killed_planning_left_half_written_is_gone_afterwards(write, tmp_path, undisturbed, left):
    folder = tmp_path / "left"
    folder.mkdir()
    for name in ("sweep.lock", left):
        (folder / name).write_bytes(b"half")
    swept = planned(read_sweep(write(KILLED)), folder)
    assert not list(folder.glob("*.partial*"))
    for chunk in range(swept.chunks):
        live(folder, chunk)
    assert Sweep.open(folder).digest == undisturbed


@pytest.mark.soak
def test_300_kills(starter, write, tmp_path, undisturbed):
    for number in range(30):
        folder = tmp_path / f"killed{number}"
        killed_often(starter, write(KILLED), folder, kills=10, seed=date.today().toordinal() * 100 + number)
        check(folder, kills=10)
        assert Sweep.open(folder).digest == undisturbed


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["interrupt", "end"])
def test_who_stops_a_sweep_is_told_how_to_go_on(starter, write, tmp_path, number, code):
    file, folder = write(KILLED), tmp_path / "stopped"
    command = starter.start("sweep", file, "-o", folder, "-j", 2)
    assert until(lambda: len(list((folder / "parts").glob("*"))) >= 2)
    command.kill(number)
    assert command.wait() == code
    assert until(lambda: not command.others(), 2.0)
    (line,) = [line for line in command.said().splitlines() if line.startswith("stopped")]
    assert f"Go on with: chokepoint sweep {file} -o {folder} -j 2" in line
    assert "Traceback" not in command.said()


def test_who_stops_chunks_is_told_how_to_go_on_with_the_same_limit(starter, write, tmp_path):
    file, folder = write(KILLED.replace("days: 1", "days: 300")), tmp_path / "stopped"
    assert starter.run("sweep", file, "-o", folder, "--plan-only")[0] == 0
    command = starter.start("chunk", folder, "1", "0", "1", "--limit", "50")
    assert until(lambda: list((folder / "times").iterdir()))
    command.kill(signal.SIGTERM)
    assert command.wait() == 143
    assert f"Go on with: chokepoint chunk {folder} 0 1 --limit 50.0\n" in command.said()


def test_who_starts_a_sweep_deaf_to_an_interrupt_ends_it_with_a_signal_to_end(write, tmp_path):
    """As a script does that starts it in the background: POSIX has an interrupt ignored there."""
    folder = tmp_path / "deaf"
    long = KILLED.replace("replicates: 4", "replicates: 60")
    words = [sys.executable, "-m", "sim", "sweep", str(write(long)), "-o", str(folder), "-j", "2", "-q"]
    deaf = subprocess.Popen(["sh", "-c", 'trap "" INT; exec "$@"', "sh", *words], start_new_session=True)
    try:
        assert until(lambda: len(list((folder / "parts").glob("*"))) >= 2)
        deaf.send_signal(signal.SIGINT)
        lived = len(list((folder / "parts").glob("*")))
        assert until(lambda: len(list((folder / "parts").glob("*"))) > lived)
        assert deaf.poll() is None
        deaf.send_signal(signal.SIGTERM)
        assert deaf.wait(20) == 143
    finally:
        deaf.kill()


def test_workers_do_not_outlive_who_hired_them(starter, write, tmp_path):
    command = starter.start("sweep", write(KILLED), "-o", tmp_path / "orphans", "-j", 1)
    assert until(command.others)
    os.kill(command.pid, signal.SIGKILL)
    command.wait()
    assert until(lambda: not command.others(), 10.0)


def test_a_worker_that_the_system_kills_is_replaced(starter, write, tmp_path, undisturbed):
    folder = tmp_path / "replaced"
    command = starter.start("sweep", write(KILLED), "-o", folder, "-j", 2)
    for _ in range(4):
        assert until(command.others)
        until(lambda: False, 0.2)
        for pid in command.others()[:1]:
            os.kill(pid, signal.SIGKILL)
    assert command.wait() == 0, command.said()
    assert Sweep.open(folder).digest == undisturbed


def test_two_sweeps_in_one_folder_share_the_work(starter, write, tmp_path, undisturbed):
    folder, file = tmp_path / "shared", write(KILLED)
    both = [starter.start("sweep", file, "-o", folder, "-j", 1) for _ in range(2)]
    assert [command.wait() for command in both] == [0, 0]
    check(folder, kills=0)
    assert Sweep.open(folder).digest == undisturbed


def test_shards_are_lived_apart_and_come_to_the_same(starter, write, tmp_path, undisturbed):
    folder, file = tmp_path / "shards", write(KILLED)
    for number in (3, 1, 2):
        assert starter.run("sweep", file, "-o", folder, "--shard", f"{number}/3", "-j", 1)[0] == 0
    assert Plan.open(folder).missing() == []
    assert Sweep.open(folder).digest == undisturbed


def test_a_disk_without_room_is_told_in_a_line_and_the_sweep_goes_on_later(starter, write, tmp_path, undisturbed):
    """There is no room for the plan, then none for a record of the journal, then none for a part."""
    file, folder = write(KILLED), tmp_path / "cramped"
    code, said = starter.run("sweep", file, "-o", folder, most_bytes=6000)
    assert (code, said.count("\n")) == (1, 1)
    assert "File too large" in said
    assert starter.run("sweep", file, "-o", folder, "--plan-only")[0] == 0
    for most_bytes in (200, 2000):
        code, said = starter.run("sweep", file, "-o", folder, "-j", 2, "-q", most_bytes=most_bytes)
        assert (code, said.count("\n")) == (1, 1)
        assert "File too large. What has been lived is kept. Go on with: chokepoint sweep" in said
    assert starter.run("sweep", file, "-o", folder, "-j", 2)[0] == 0
    check(folder, kills=2)
    assert Sweep.open(folder).digest == undisturbed


def test_a_folder_that_holds_something_else_is_refused_before_anything_is_done(starter, plan, write, tmp_path):
    other = plan(TINY.replace("days: 3", "days: 4")).folder
    file = write()
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "scenario.yaml").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for place, words in {
        other: "holds another sweep (asked, days, scenario_hash differ)",
        tmp_path / "foreign": "exists, and is no sweep",
        tmp_path / "file": "is a file, not a folder",
        tmp_path / "file" / "below": "Not a directory",
    }.items():
        code, said = starter.run("sweep", file, "-o", place)
        assert (code, said.count("\n")) == (1, 1)
        assert words in said
    assert (tmp_path / "foreign" / "scenario.yaml").read_text() == "mine"
    assert [place.name for place in (tmp_path / "foreign").iterdir()] == ["scenario.yaml"]


@pytest.mark.skipif(os.geteuid() == 0, reason="modes do not bind the superuser")
def test_a_folder_that_cannot_be_written_is_refused(starter, write, tmp_path):
    (tmp_path / "shut").mkdir(mode=0o555)
    code, said = starter.run("sweep", write(), "-o", tmp_path / "shut" / "new")
    assert (code, said.count("\n")) == (1, 1)
    assert "Permission denied" in said
