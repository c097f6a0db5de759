"""Same input, same bytes: whatever the threads, the hash seed, the company of other replicates, or what ran before."""

import json
import os
import subprocess
import sys

import pytest

from sim.model import SmugglingModel
from sim.scenario.load import load
from sim.study.run import live, run
from tests.promises.worlds import lived, tables, world

DAYS = 45

# Runs a world in an interpreter of its own and prints its digest.
ALONE = """
import sys
from tests.promises.worlds import world
from sim.study.run import run
print(run(world(days=int(sys.argv[2])), sys.argv[1], threads=int(sys.argv[3])).manifest["digest"])
"""


@pytest.fixture(scope="module")
def digest(tmp_path_factory) -> str:
    """Of the run that all others are held against."""
    return run(world(days=DAYS), tmp_path_factory.mktemp("runs") / "first").manifest["digest"]


def test_running_again_gives_the_same_bytes(digest, tmp_path):
    live(world("customs.imports.scan_share=0.3", days=20), replicate=3)  # another world in between leaves no trace
    assert run(world(days=DAYS), tmp_path / "again").manifest["digest"] == digest


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_threads_do_not_matter(digest, tmp_path, threads):
    assert run(world(days=DAYS), tmp_path / "run", threads=threads).manifest["digest"] == digest


def test_another_interpreter_with_another_hash_seed_gives_the_same_bytes(checkout, digest, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(tmp_path / "run"), str(DAYS), "2"],
        cwd=checkout, env={**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": ".", "TZ": "Asia/Kathmandu"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == digest, done.stderr


def test_a_replicate_is_the_same_whatever_the_number_of_replicates(digest, tmp_path):
    few = [one.manifest["digest"] for one in run(world(days=DAYS), tmp_path / "few", replicates=2).replicates]
    many = [one.manifest["digest"] for one in run(world(days=DAYS), tmp_path / "many", replicates=4).replicates]
    assert many[:2] == few
    assert few[0] == digest
    assert len(set(many)) == 4


def test_a_scenario_told_back_and_read_again_runs_the_same(digest, tmp_path):
    first = run(world(days=DAYS), tmp_path / "first")
    again = load(tmp_path / "first" / "scenario.yaml")
    assert run(again, tmp_path / "again").manifest["digest"] == first.manifest["digest"] == digest


def test_the_bytes_of_a_run_hold_no_time_and_no_place(tmp_path):
    """All that differs from one run to the next stands in one file of its own."""
    place = tmp_path / "a folder with a name of its own"
    run(world(days=5), place)
    volatile = {"run-info.json"}
    for file in place.iterdir():
        if file.name not in volatile:
            content = file.read_bytes()
            for word in (str(tmp_path), os.uname().nodename, str(os.getpid())):
                assert len(word) < 4 or word.encode() not in content, f"{word} stands in {file.name}"
    assert json.loads((place / "run-info.json").read_text())


def test_a_model_stepped_by_hand_lives_the_same_days(digest):
    model = SmugglingModel(world(days=DAYS))
    for _ in range(DAYS):
        model.step()
    assert tables(model) == tables(lived(days=DAYS))


def test_two_worlds_lived_in_turns_do_not_disturb_each_other():
    one, other = SmugglingModel(world(days=30)), SmugglingModel(world("customs.imports.scan_share=0.2", days=30))
    for _ in range(30):
        one.step()
        other.step()
    assert tables(one) == tables(lived(days=30))
    assert tables(other) == tables(lived("customs.imports.scan_share=0.2", days=30))
