"""What is measured from outside: whole commands in processes of their own, their time and their peak memory."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.peers import SMALL, peers
from benchmarks.timing import summary

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = {"flagship": "scenarios/latam_europe.yaml", "world": "scenarios/world_trade.yaml"}
LIGHT = ("--version", "--help", "list", "policies", "schema", "validate", "describe", "new")
MIB = 2**20 if sys.platform == "darwin" else 2**10
"""What the system counts peak memory in, in parts of a mebibyte."""


LAUNCH = """
import os, subprocess, sys, time
start = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
child.returncode = os.waitstatus_to_exitcode(status)
print(time.perf_counter() - start, usage.ru_maxrss)
sys.exit(child.returncode)
"""
"""A small process between: on Linux the peak of a child is at least what its parent held when it was started."""


def run(*words: str, **environment: str) -> tuple[float, float]:
    """Seconds and peak mebibytes of `python` with these words. Raises CalledProcessError if it fails."""
    command, around = [sys.executable, "-S", "-c", LAUNCH, sys.executable, *words], {**os.environ, **environment}
    told = subprocess.run(command, cwd=ROOT, env=around, capture_output=True, text=True, check=True).stdout
    seconds, peak = told.split()
    return float(seconds), float(peak) / MIB


LIVES = {
    "flagship, micro, 1 thread": (SCENARIOS["flagship"], 1826, []),
    "flagship, thinned, 1 thread": (SCENARIOS["flagship"], 1826, ["--mode", "thinned"]),
    "world, micro, 1 thread": (SCENARIOS["world"], 365, []),
    "world, micro, 2 threads": (SCENARIOS["world"], 365, ["--threads", "2"]),
    "world, thinned, 1 thread": (SCENARIOS["world"], 365, ["--mode", "thinned"]),
}
"""Runs that are timed: the scenario, its days, and what else the command is told."""


def simulations(rounds: int, most: int) -> dict[str, Any]:
    """Simulated days a second of the shipped scenarios: the whole command, and without its start and first day.

    most: days of a run.
    """
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, (scenario, whole, told) in LIVES.items():
            days = min(whole, most)
            lives: dict[int, list[tuple[float, float]]] = {1: [], days: []}
            for turn in range(rounds + 1):  # round 0 fills caches
                print(f"The {name}, round {turn} of {rounds} ...", flush=True)
                for length in lives if turn else [1]:
                    words = ["run", scenario, "--days", str(length), *told, "-q", "--force", "-o", folder + "/out"]
                    life = run("-m", "sim", *words)
                    if turn:
                        lives[length].append(life)
            short, long = ([seconds for seconds, _ in lives[length]] for length in (1, days))
            found[name] = {
                "days": days,
                "days a second, whole command": summary([days / seconds for seconds in long]),
                "days a second, after the first": summary(
                    [(days - 1) / (b - a) for a, b in zip(short, long, strict=True)]
                ),
                "seconds of one day, whole command": summary(short),
                "peak MiB": max(peak for _, peak in lives[days]),
            }
    return found


def memory(quick: bool) -> dict[str, dict[str, float]]:
    """Peak memory of a process that clears one day, by peer."""
    found = {}
    for name, kind in peers().items():
        if quick and name in ("c2", "kernel2", "mesa-arrays"):
            continue
        most = 100_000 if quick and name == "mesa" else 1_000_000
        print(f"Memory: {kind.name} ...", flush=True)
        found[kind.name] = {f"{n} boxes": run("-m", "benchmarks.peers", name, str(n))[1] for n in (SMALL, most)}
    return found


COMPILE = "import sys; from sim.kernels.compiling import prepare; prepare(sys.argv[1])"


def compilations(rounds: int) -> dict[str, Any]:
    """Seconds that the first run on a machine spends on compiling, by mode, each time into an empty folder."""
    found: dict[str, list[float]] = {"micro": [], "thinned": []}
    for turn in range(rounds):
        for mode, seconds in found.items():
            print(f"Compiling for {mode} mode, round {turn + 1} of {rounds} ...", flush=True)
            with tempfile.TemporaryDirectory() as folder:
                seconds.append(run("-c", COMPILE, mode, NUMBA_CACHE_DIR=folder)[0])
    return {mode: summary(seconds) for mode, seconds in found.items()}


def cold_starts(rounds: int) -> dict[str, Any]:
    """Milliseconds of each command that does not simulate, in fresh processes, in turn."""
    scenario = SCENARIOS["flagship"]
    found: dict[str, list[float]] = {command: [] for command in LIGHT}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(rounds + 1):
            for command in LIGHT:
                words = {"validate": [scenario], "describe": [scenario], "new": [f"{folder}/{turn}.yaml"]}
                seconds, _ = run("-m", "sim", command, *words.get(command, []))
                if turn:
                    found[command].append(seconds * 1000)
    return {command: summary(values) for command, values in found.items()}
