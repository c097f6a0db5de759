"""Commands that start at once: copies of a process that has loaded everything, each in a group of its own."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

SOURCE = """
import json, os, resource, signal, subprocess, sys
import pyarrow
import sim.study.branches, sim.study.measures
from sim.actors.behaviours.behaviour import Behaviour
from sim.cli import main
from sim.scenario.load import load
from sim.study.run import live
from sim.sweep import pool, sweep_command
pool.START = "fork"
live(load("two_coasts", days=1), mode="thinned")
Behaviour.every()  # loads those that a scenario with every default written out names
pyarrow.array([1])  # loads pandas where it has it
print("ready", flush=True)
for line in sys.stdin:
    order = json.loads(line)
    if "wait" in order:
        print(os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1]), flush=True)
        continue
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        talk = os.open(order["talk"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(talk, 1), os.dup2(talk, 2), os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        if order["most_bytes"]:  # what is said passes through another process, which has room
            passing = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=talk)
            os.dup2(passing.stdin.fileno(), 1), os.dup2(passing.stdin.fileno(), 2)
            resource.setrlimit(resource.RLIMIT_FSIZE, (order["most_bytes"],) * 2)
        sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", buffering=1, closefd=False)
        code = 99
        if order["stopped"]:
            os.kill(os.getpid(), signal.SIGSTOP)
        try:
            code = main(order["words"])
        finally:
            sys.stdout.flush(), sys.stderr.flush()
            if order["most_bytes"]:
                os.close(1), os.close(2), passing.stdin.close(), passing.wait()
            os._exit(code)
    with __import__("contextlib").suppress(OSError):
        os.setpgid(pid, pid)
    print(pid, flush=True)
"""


class Command:
    """A command that was started."""

    def __init__(self, starter, pid, talk):
        self.starter, self.pid, self.talk = starter, pid, talk

    def kill(self, number=signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def wait(self):
        """Its exit code; below 0 for the signal that killed it."""
        return int(self.starter.ask({"wait": self.pid}))

    def said(self):
        return self.talk.read_text(encoding="utf-8")

    def others(self):
        """Processes of its group that are alive, but for itself."""
        found = []
        for name in filter(str.isdecimal, os.listdir("/proc")):
            with contextlib.suppress(OSError, ValueError), open(f"/proc/{name}/stat") as file:
                state, _, group = file.read().rpartition(")")[2].split()[:3]
                if int(group) == self.pid and state not in "ZX" and int(name) != self.pid:
                    found.append(int(name))
        return found


class Starter:
    """Starts `chokepoint` with some words."""

    def __init__(self, folder):
        self.folder, self.number = folder, 0
        environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", SOURCE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        assert self.process.stdout.readline() == "ready\n"

    def ask(self, order):
        self.process.stdin.write(f"{json.dumps(order)}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()

    def start(self, *words, most_bytes=None, stopped=False):
        self.number += 1
        talk = self.folder / f"talk-{self.number}.txt"
        order = {
            "words": [str(word) for word in words],
            "talk": str(talk),
            "most_bytes": most_bytes,
            "stopped": stopped,
        }
        return Command(self, int(self.ask(order)), talk)

    def run(self, *words, **more):
        """Exit code and talk of a command."""
        command = self.start(*words, **more)
        return command.wait(), command.said()

    def end(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


def until(true, seconds=20.0):
    """Wait for something; False where it does not come about in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.005)
    return False
