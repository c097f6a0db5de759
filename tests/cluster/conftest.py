"""A real Slurm of one node, started for these tests and stopped after them; where there is none, they are skipped."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

SLURM = Path(__file__).parent / "slurm.sh"
PATIENCE_S = 600
"""How long jobs may take on a machine that others use too; what hangs is found out all the same."""
SWEEP = """\
title: A few short runs
scenario: two_coasts
days: 20
parameters:
  customs.imports.scan_share: [0.01, 0.05, 0.1]
  customs.imports.random_share: [0.0, 0.1]
replicates: 2
"""


def free_ports():
    """Two neighbouring ports that nobody listens on."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            try:
                other.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@pytest.fixture(scope="session")
def slurm(tmp_path_factory):
    """The folder of a Slurm that answers, with its `slurm.conf`."""
    places = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    absent = [name for name in ("bash", "munged", "slurmctld", "slurmd") if shutil.which(name, path=places) is None]
    if absent:
        pytest.skip(f"this machine has no {', '.join(absent)}")
    folder = tmp_path_factory.mktemp("slurm")
    environment = {**os.environ, "PORT": str(free_ports())}
    up = subprocess.run(["bash", SLURM, "up", folder], env=environment, capture_output=True, text=True, timeout=120)
    assert up.returncode == 0, f"Slurm is here and does not start: {up.stderr}"
    yield folder
    subprocess.run(["bash", SLURM, "down", folder], check=True, timeout=120)


@pytest.fixture
def chokepoint(slurm, checkout, tmp_path):
    """Run the command where jobs can be submitted, in an empty folder with a sweep file; returns what it said."""
    (tmp_path / "few.yaml").write_text(SWEEP, encoding="utf-8")
    environment = {
        **os.environ,
        "SLURM_CONF": str(slurm / "slurm.conf"),
        "PYTHONPATH": str(checkout),
        "DASK_JOBQUEUE__SLURM__INTERFACE": "lo",
    }

    def call(*words, code=0):
        command = [sys.executable, "-m", "sim", *map(str, words)]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == code, f"{words}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    return call


@pytest.fixture
def ask(slurm):
    """Ask one of Slurm's own programs."""

    def answer(*words):
        environment = {**os.environ, "SLURM_CONF": str(slurm / "slurm.conf")}
        return subprocess.run(words, env=environment, check=True, capture_output=True, text=True).stdout

    return answer


@pytest.fixture
def when(ask):
    """Wait until the queue is as it should be, as `job task state` in each of its lines."""

    def wait(fits):
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            lines = [line.split() for line in ask("squeue", "-h", "-r", "-o", "%F %K %t").splitlines()]
            if fits(lines):
                return lines
            time.sleep(0.2)
        raise AssertionError(f"still in the queue: {lines}")

    return wait
