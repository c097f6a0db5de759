"""What becomes of a sweep and of a run where one call of the system fails, or is the last that a process makes.

Every call by which a command changes its folder is made to fail once, and to be its last once: nothing that is kept may
be wrong, and what goes on afterwards comes to the same bytes.
"""

import re
import shutil
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from sim.study.verify import verify
from sim.sweep.sweep import Sweep
from tests.sweep.conftest import TINY
from tests.sweep.started import until

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]

FEW = TINY.replace("days: 3", "days: 1").replace("[0.01, 0.05, 0.1]", "[0.01, 0.1]")
"""Four runs."""
CHANGING = frozenset(
    {"mkdir", "openat", "write", "pwrite64", "ftruncate", "fsync", "fdatasync", "rename", "unlink", "unlinkat", "rmdir"}
)
BY_HANDLE = frozenset({"write", "pwrite64", "ftruncate", "fsync", "fdatasync"})
FAULTS = {"killed": "signal=KILL", "broken": "error=EIO", "full": "error=ENOSPC", "interrupted": "error=EINTR"}
CALL = re.compile(r"^(\d+) +(\w+)\((.*?)\)? += ")


class Traced:
    """A command whose calls are written down from its first line on, and may be made to fail."""

    def __init__(self, starter, log, words, fault=None):
        self.command = starter.start(*words, stopped=True)
        status = Path(f"/proc/{self.command.pid}/status")
        assert until(lambda: "State:\tT" in status.read_text())
        asked = ["strace", "-f", "-qq", "-y", "-s", "300", "-e", f"trace={','.join(sorted(CHANGING))}"]
        asked += ["-e", f"inject={fault}"] if fault else []
        tracer = subprocess.Popen([*asked, "-o", log, "-p", str(self.command.pid)], stderr=subprocess.PIPE, text=True)
        assert until(lambda: f"TracerPid:\t{tracer.pid}\n" in status.read_text())
        self.command.kill(signal.SIGCONT)
        self.code = self.command.wait()
        tracer.communicate(timeout=20)
        self.calls = log.read_text(errors="replace").splitlines()
        self.said = self.command.said()


def changes(calls, folder):
    """The calls that change something in a folder: name, and the how manieth of that name by its thread it is."""
    counted, found = Counter(), []
    for who, name, what in (call.groups() for call in map(CALL.match, calls) if call):
        counted[who, name] += 1
        path = re.match(r"\d+<(.*?)>", what) if name in BY_HANDLE else re.search(r'"(.*?)"', what)
        if (
            path
            and path[1].startswith(str(folder))
            and (name != "openat" or re.search("O_CREAT|O_RDWR|O_WRONLY", what))
        ):
            found.append((name, counted[who, name]))
    return found


def as_it_was(before, folder):
    for place in folder.parent.glob(f"{folder.name}*"):
        shutil.rmtree(place)
    if before.exists():
        shutil.copytree(before, folder)


def fails_everywhere(starter, tmp_path, words, folder, fault):
    """A command with a fault at each of its changes in turn, from the same folder: what it said, and its exit code."""
    before, log = tmp_path / "before", tmp_path / "log"
    shutil.rmtree(before, ignore_errors=True)
    if folder.exists():
        shutil.copytree(folder, before)
    whole = Traced(starter, log, words)
    assert whole.code == 0, whole.said
    found = changes(whole.calls, folder)
    assert len(found) > 10
    for name, number in found:
        as_it_was(before, folder)
        failed = Traced(starter, log, words, f"{name}:{FAULTS[fault]}:when={number}")
        where = f"{words[0]}, {name} {number}: {failed.code}, {failed.said}"
        injected = sum("(INJECTED)" in call for call in failed.calls)  # in a worker, and in whom it tells, too
        assert any("killed by SIGKILL" in call for call in failed.calls) if fault == "killed" else injected, where
        assert failed.code in (0, 1, -signal.SIGKILL), where
        assert "Traceback" not in failed.said, where
        assert failed.code != 1 or failed.said.count("\n") <= max(1, injected), where
        yield failed.code, where
    as_it_was(before, folder)
    assert starter.run(*words)[0] == 0


@pytest.mark.parametrize("fault", FAULTS)
def test_every_call_of_a_sweep_may_fail(starter, write, tmp_path, fault):
    file, folder = write(FEW), tmp_path / "swept"
    assert starter.run("sweep", file, "-o", tmp_path / "undisturbed", "-j", 1)[0] == 0
    undisturbed, tried = Sweep.open(tmp_path / "undisturbed").digest, 0
    for words in ("sweep", file, "-o", folder, "--plan-only"), ("chunk", folder, 0), ("collect", folder):
        if words[0] == "collect":
            assert starter.run("chunk", folder, 1, 2, 3)[0] == 0
        for _, where in fails_everywhere(starter, tmp_path, words, folder, fault):
            tried += 1
            done, said = starter.run("sweep", file, "-o", folder, "-j", 1)
            assert done == 0, f"{where}; then {said}"
            if words[0] == "collect":
                assert starter.run(*words)[0] == 0, where
            assert starter.run("verify", folder)[0] == 0, where
            assert Sweep.open(folder).digest == undisturbed, where
            assert not [*folder.rglob("*partial*"), *(folder / "journal").iterdir()], where
    print(f"{tried} calls, {fault}")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("replaced", [False, True], ids=["new", "replaced"])
def test_every_call_of_a_run_may_fail(starter, tmp_path, fault, replaced):
    """A folder of that name is whole, whatever happened; where one is replaced, the one before is never lost."""
    folder, words = tmp_path / "lived", ("run", "two_coasts", "--days", 1, "-o", tmp_path / "lived", "-q")
    if replaced:
        assert starter.run(*words, "--seed", 7)[0] == 0
        words = (*words, "--force")
    tried = 0
    for code, where in fails_everywhere(starter, tmp_path, words, folder, fault):
        tried += 1
        there = [folder] if folder.exists() else list(tmp_path.glob("lived.old-*"))
        assert code != 0 or there == [folder], where
        assert there or not replaced, where
        for place in there:
            verify(place)
        if fault != "killed":
            assert all(str(place) in where for place in tmp_path.glob("lived.*")), where
    print(f"{tried} calls, {fault}")
