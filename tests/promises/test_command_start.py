"""Commands that only read or write a plan start without the simulation's and the plotting libraries."""

import json
import subprocess
import sys

import pytest

SCENARIO = "scenarios/latam_europe.yaml"
HEAVY = {"matplotlib", "mesa", "numba"}

# Runs one command in its own interpreter, then writes down what was imported on the way.
WATCH = """
import json, sys
seen, *sys.argv[1:] = sys.argv[1:]
sys.argv[0] = "chokepoint"
from sim.cli import main
try:
    code = main()
except SystemExit as leaving:
    code = leaving.code
with open(seen, "w") as file:
    json.dump({"code": code or 0, "modules": sorted({name.partition(".")[0] for name in sys.modules})}, file)
"""


@pytest.mark.parametrize(
    "command",
    [
        ["--help"],
        ["--version"],
        ["validate", SCENARIO],
        ["schema"],
        ["describe", SCENARIO],
        ["new", "{folder}/mine.yaml"],
    ],
    ids=lambda command: command[0],
)
def test_a_command_that_does_not_simulate_starts_light(checkout, tmp_path, command):
    words = [word.format(folder=tmp_path) for word in command]
    seen = tmp_path / "seen.json"

    done = subprocess.run(
        [sys.executable, "-c", WATCH, seen, *words], cwd=checkout, capture_output=True, text=True, check=False
    )

    assert seen.exists(), done.stderr
    found = json.loads(seen.read_text())
    assert found["code"] == 0, done.stderr
    assert not HEAVY & set(found["modules"])
