"""Runs that cannot be lived: set aside with what is needed to see them fail again, and all others go on."""

import shlex
import signal

import pyarrow.parquet as pq
import pytest

from sim.sweep.plan import Plan
from sim.sweep.sweep import Sweep
from tests.scenario.own import POLICIES, SCENARIO, put

HARM = {
    "kill": "import os\n            os.kill(os.getpid(), 9)",
    "fail": "raise RuntimeError('the watch is on strike')",
    "wait": "import time\n            time.sleep(60)",
}
SWEEP = """\
title: Harm
scenario: mine.yaml
days: 6
parameters:
  policies.0.share: [0.1, 0.2, 0.3]
replicates: 2
"""


@pytest.fixture
def swept(starter, write, tmp_path):
    """Sweep over a policy that does harm at one of three values; what was said, and the sweep."""

    def harmed(harm, *words, code=1):
        text = POLICIES.replace(
            "        return controls.at_least",
            f"        if self.share == 0.2:\n            {HARM[harm]}\n        return controls.at_least",
        )
        put(tmp_path, text, SCENARIO)
        found, said = starter.run("sweep", write(SWEEP), "-o", tmp_path / "out", "-j", 2, *words)
        assert found == code, said
        return said, Sweep.open(tmp_path / "out")

    return harmed


def test_a_run_that_kills_its_worker_is_set_aside_and_its_command_does_it_again(swept, starter):
    said, sweep = swept("kill")
    failed = sweep.failed()
    assert set(failed["kind"]) == {"KillsItsWorker"}
    assert failed["message"].tolist() == ["its worker ended with signal 9, 3 times"] * 2
    assert sweep.table()["policies.0.share"].tolist() == [0.1, 0.1, 0.3, 0.3]
    assert Plan.open(sweep.plan.folder).missing() == []
    command = next(line for line in said.splitlines() if "see it fail again" in line).partition(": ")[2]
    assert command == failed["command"][0]
    assert starter.run(*shlex.split(command)[1:])[0] == -signal.SIGKILL


def test_a_run_that_kills_is_set_aside_and_not_those_that_it_shares_its_first_days_with(starter, write, tmp_path):
    names, ports = ("First", "Second", "Third"), ("nordhaven", "westmole", "nordhaven")
    policies = POLICIES.replace(
        "        return controls.at_least",
        f"        if self.ports == ('westmole',):\n            {HARM['kill']}\n        return controls.at_least",
    )
    each = [
        f"  - {{ kind: harbour_watch, name: {name}, ports: [{port}], start: 2025-03-0{day + 3} }}\n"
        for day, (name, port) in enumerate(zip(names, ports, strict=True))
    ]
    put(tmp_path, policies, SCENARIO.partition("  -")[0] + "".join(each))
    sweep = f"title: Harm\nscenario: mine.yaml\ndays: 66\npolicies: [none, {', '.join(names)}]\n"
    code, said = starter.run("sweep", write(sweep), "-o", tmp_path / "out", "-j", 1)
    assert code == 1, said
    found = Sweep.open(tmp_path / "out")
    assert found.failed()["policies"].tolist() == ["Second"]
    assert found.table()["policies"].tolist() == ["none", "First", "Third"]


def test_a_run_that_fails_is_set_aside_and_its_command_does_it_again(swept, starter):
    _, sweep = swept("fail")
    failed = sweep.failed()
    assert len(failed) == 2
    assert failed["message"].str.contains("the watch is on strike").all()
    code, said = starter.run(*shlex.split(failed["command"][0])[1:])
    assert (code, failed["message"][0] in said) == (1, True)
    lived = sweep.table()["task"][0]
    assert starter.run("chunk", sweep.plan.folder, "--task", lived[:8])[0] == 0


def test_a_run_that_is_set_aside_fails_neither_its_chunk_nor_what_is_collected(swept, starter, write, tmp_path):
    _, sweep = swept("fail", "--plan-only", code=0)
    folder = sweep.plan.folder
    assert starter.run("collect", folder)[0] == 1, "all runs are missing"
    code, said = starter.run("chunk", folder, *range(sweep.plan.chunks), "--quiet")
    assert (code, said.splitlines()[0].endswith("RuntimeError: the watch is on strike")) == (0, True)
    assert starter.run("collect", folder)[0] == 0
    assert len(pq.read_table(folder / "results.parquet")) == 4
    assert len((folder / "failed.csv").read_text().splitlines()) == 1 + 2
    assert starter.run("sweep", write(SWEEP), "-o", folder)[0] == 1


def test_a_run_that_takes_too_long_is_ended_and_can_be_tried_again(swept, starter, write):
    _, sweep = swept("wait", "--limit", "1")
    assert set(sweep.failed()["kind"]) == {"TakesTooLong"}
    digest = sweep.digest
    code, said = starter.run("sweep", write(SWEEP), "-o", sweep.plan.folder, "-j", 2, "--retry", "--limit", "0.5")
    assert (code, "took longer than 0.5 s" in said) == (1, True)
    assert Sweep.open(sweep.plan.folder).digest == digest


def test_a_file_of_policies_that_was_changed_is_not_run(swept, starter):
    _, sweep = swept("fail")
    (sweep.plan.folder / "policies.py").write_text("raise SystemExit('this was run')")
    code, said = starter.run("chunk", sweep.plan.folder, "--task", sweep.table()["task"][0])
    assert code == 1
    assert "policies.py: changed since it was written" in said
    assert "this was run" not in said
