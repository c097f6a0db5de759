"""Jobs of Slurm as scripts: what they ask for, which chunks they live, and that the scripts do what they say."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sim.cli import main
from sim.study.run import MOST_SETTLED
from sim.sweep import slurm
from sim.sweep.array_job import ArrayJob, Wishes, dealt, job_name, kernels_on_the_node, memory_for, minutes_for
from sim.sweep.cluster_command import unfit
from sim.sweep.costs import MOST_HELD, Cost, Height, durations, expected_mib, unfinished, written
from sim.sweep.part import times_file

BASH = shutil.which("bash")
needs_bash = pytest.mark.skipif(BASH is None, reason="this machine has no bash")


def job(folder, **changes):
    """A submission of five chunks in two shares."""
    usual = ArrayJob(
        sweep=folder,
        place=folder / "slurm" / "001",
        shares=dealt([0, 1, 5, 7, 8], 2),
        minutes=90,
        memory_mib=700,
        wishes=Wishes(),
        python="/opt/my python/bin/python",
    )
    return replace(usual, **changes)


def directives(text):
    return [line.removeprefix("#SBATCH ") for line in text.splitlines() if line.startswith("#SBATCH ")]


def test_chunks_are_dealt_in_order_and_as_equally_as_can_be():
    assert dealt([3, 4, 8, 9, 10], 2) == ((3, 4), (8, 9, 10))
    assert dealt([3, 4], 10) == ((3,), (4,))
    assert [len(share) for share in dealt(range(25_000), 1001)].count(25) == 976
    assert [chunk for share in dealt(range(25_000), 1001) for chunk in share] == list(range(25_000))


def test_time_and_memory_leave_room_and_are_round():
    assert minutes_for(0.0) == 10
    assert minutes_for(1_800.0) == 65  # twice the half hour, and five to start
    assert memory_for(100.0) == 500
    assert memory_for(650.0) == 900
    assert Cost(2.0, 7.0, 300.0).seconds(10) == 27.0


def test_memory_is_foreseen_up_to_when_worlds_are_given_back():
    """Each world adds 30 MiB and 15,000 objects; they are given back after ten of them."""
    objects = MOST_SETTLED // 10
    seen = [Height(200, 0), Height(260, 100_000), Height(290, 100_000 + objects), Height(320, 100_000 + 2 * objects)]

    assert expected_mib(seen) == 260 + 10 * 30
    assert expected_mib(seen[:2]) == 260 + MOST_HELD * 60


def test_the_script_asks_for_what_was_foreseen_and_wished(tmp_path):
    wishes = Wishes("long", "customs", at_once=20, lines=("--qos=low", "--time=3:00:00"))

    found = directives(job(tmp_path / "my sweep", wishes=wishes).script())

    assert found == [
        "--job-name=chokepoint-my-sweep",
        "--array=0-1%20",
        "--ntasks=1",
        "--cpus-per-task=1",
        "--mem=700M",
        "--time=01:30:00",
        "--requeue",
        "--open-mode=append",
        f'--output="{tmp_path}/my sweep/slurm/001"/%a.log',
        "--partition=long",
        "--account=customs",
        "--qos=low",
        "--time=3:00:00",
    ]


def test_names_of_folders_break_neither_the_queue_nor_the_script(tmp_path):
    assert job_name(Path("/x/100 % of $HOME")) == "chokepoint-100-of-HOME"
    assert '100%% of"/%a.log' in job(Path("/x"), place=Path("/x/100% of")).script()


@needs_bash
def test_each_task_of_the_array_lives_its_chunks_in_one_thread(tmp_path):
    folder = tmp_path / "it's a sweep"
    told = tmp_path / "told.py"
    told.write_text("import os, sys; print(sys.argv[1:], os.environ['OMP_NUM_THREADS'])\n")
    wanted = job(folder, limit_s=60.0)
    wanted.place.mkdir(parents=True)
    (wanted.place / "chunks.txt").write_text(wanted.list_of_chunks())
    python = tmp_path / "python of mine"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{told}" "$@"\n')
    python.chmod(0o755)
    script = replace(wanted, python=str(python)).script()

    said = [
        subprocess.run(
            [BASH], input=script, env={**os.environ, "SLURM_ARRAY_TASK_ID": task}, capture_output=True, text=True
        ).stdout.strip()
        for task in ("0", "1")
    ]

    for line, chunks in zip(said, (["0", "1"], ["5", "7", "8"]), strict=True):
        assert line == f"{['-P', '-m', 'sim', 'chunk', str(folder), *chunks, '--quiet', '--limit', '60']} 1"


@needs_bash
def test_kernels_are_copied_to_the_node_once_and_not_into_what_belongs_to_others(tmp_path):
    kernels, node = tmp_path / "kernels-1", tmp_path / "node"
    kernels.mkdir()
    (kernels / "code").write_text("one")
    node.mkdir()
    script = "\n".join([*kernels_on_the_node(kernels), 'echo "$NUMBA_CACHE_DIR"'])
    environment = {"PATH": os.environ["PATH"], "SLURM_TMPDIR": str(node)}

    def run():
        return subprocess.run([BASH], input=script, env=environment, capture_output=True, text=True).stdout.strip()

    own = node / f"chokepoint-{os.getuid()}"
    assert run() == str(own)
    (own / "kernels-1" / "code").write_text("used")
    assert run() == str(own)
    assert (own / "kernels-1" / "code").read_text() == "used"
    assert [each.name for each in own.iterdir()] == ["kernels-1"]

    shutil.rmtree(own)
    own.symlink_to(tmp_path)
    assert run() == ""


@needs_bash
def test_the_script_lives_a_sweep_where_it_is_run_by_hand(plan, tmp_path, monkeypatch, checkout):
    """A folder with no compiled kernels but those that were brought along is all that the node has."""
    monkeypatch.setenv("PYTHONPATH", str(checkout))
    monkeypatch.setenv("SLURM_TMPDIR", str(tmp_path))
    swept = plan()
    wanted = slurm.asked(swept, swept.folder, [2, 3, 4], Cost(1.0, 1.0, 300.0), Wishes(most=2))
    slurm.bring_kernels(wanted)
    wanted.place.mkdir(parents=True)
    (wanted.place / "chunks.txt").write_text(wanted.list_of_chunks())

    subprocess.run([BASH], input=wanted.script(), env={**os.environ, "SLURM_ARRAY_TASK_ID": "1"}, text=True, check=True)

    assert wanted.shares == ((2,), (3, 4))
    assert set(range(swept.chunks)) - set(swept.missing()) == {3, 4}


def test_a_dry_run_shows_the_script_and_leaves_nothing_behind(write, tmp_path, capsys):
    folder = tmp_path / "would be"

    assert main(["sweep", write(), "-o", str(folder), "--slurm", "--array", "5", "--dry-run", "--account", "me"]) == 0

    said = capsys.readouterr()
    assert not folder.exists()
    assert " chunks in 5 tasks of an array, each with one core, " in said.err
    assert said.err.strip().endswith("MiB on disk")
    assert "--array=0-4" in directives(said.out)
    assert "--account=me" in directives(said.out)
    assert f" sim chunk '{folder}' $chunks" in said.out


def test_a_dry_run_changes_nothing_where_a_sweep_is_planned_already(plan, tmp_path, capsys):
    swept = plan()

    def files():
        return {place: place.read_bytes() for place in swept.folder.rglob("*") if place.is_file()}

    (swept.folder / "times" / "pilot.json").write_bytes(b'{"peak')  # as good as none
    before = files()
    assert main(["sweep", str(tmp_path / "tiny.yaml"), "-o", str(swept.folder), "--slurm", "--dry-run"]) == 0
    assert "--array=0-5" in directives(capsys.readouterr().out)
    assert files() == before


def test_where_there_is_no_slurm_that_is_said(write, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert main(["sweep", write(), "-o", str(tmp_path / "swept"), "--slurm"]) == 1
    assert "Slurm: sbatch is not on this machine" in capsys.readouterr().err
    assert slurm.queued(tmp_path / "swept") == set()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ((True, "local", Wishes()), "give one of them"),
        ((False, None, Wishes(partition="long")), "belong to --slurm"),
        ((False, "local", Wishes(most=3)), "belong to --slurm"),
        ((True, None, Wishes(lines=("qos=long",))), "'qos=long' is no option of sbatch"),
        ((True, None, Wishes(lines=("--qos=a\nrm",))), "is no option of sbatch"),
    ],
)
def test_what_does_not_go_together_is_refused(asked, told):
    assert told in unfit(*asked)


def test_what_goes_together_is_not_refused():
    wishes = Wishes("long", "customs", 4, 10, ("--qos=low",))
    assert unfit(True, None, wishes) is None
    assert unfit(False, "slurm", wishes) is None
    assert unfit(False, None, Wishes(at_once=4)) is None


def test_the_run_at_which_a_worker_ended_is_the_last_that_was_begun(plan):
    swept = plan()
    place = times_file(swept.folder, 0)
    assert unfinished(swept, 0) is None
    place.write_text("a,begun,\na,ended,0.5\nb,begun,\n")
    assert unfinished(swept, 0) == "b"
    assert unfinished(swept, 0, written(swept, 0)) is None, "it was begun before"
    place.write_bytes(b"a,begun,\na,ended,0.5\nb,begun,\n\0\0\xff,ended,1.0\nb,ended,0.b,begun,\nb,ended,0.\n")
    assert (unfinished(swept, 0), durations(swept)) == ("b", [0.5]), "the rest was damaged"
    place.write_text("a,begun,\na,ended,0.5\n")
    assert unfinished(swept, 0) is None
