"""Commands start with the libraries that they need: those that only read or write a plan without the simulation's and
the plotting libraries, a run without those of spaces, tables, graphs and figures."""

import json
import subprocess
import sys

import pytest

SCENARIO = "scenarios/latam_europe.yaml"
HEAVY = {"matplotlib", "mesa", "numba"}
NOT_FOR_A_RUN = {
    "matplotlib",
    "networkx",
    "pandas.core",
    "pyarrow.compute",
    "rich",
    "scipy.linalg",
    "scipy.spatial",
    "tqdm",
    "mesa.space",
}

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
    json.dump({"code": code or 0, "modules": sorted(sys.modules)}, file)
"""


def loaded_by(words, checkout, folder):
    """Names of the modules that a command had loaded when it was done, with success."""
    seen = folder / "seen.json"
    done = subprocess.run(
        [sys.executable, "-c", WATCH, seen, *words], cwd=checkout, capture_output=True, text=True, check=False
    )
    assert seen.exists(), done.stderr
    found = json.loads(seen.read_text())
    assert found["code"] == 0, done.stderr
    return set(found["modules"])


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
    assert not HEAVY & loaded_by(words, checkout, tmp_path)


def test_a_run_starts_without_what_it_does_not_need(checkout, tmp_path):
    loaded = loaded_by(["run", "two_coasts", "--days", "3", "-o", f"{tmp_path}/run"], checkout, tmp_path)
    assert {"mesa", "numba", "pyarrow"} <= loaded
    assert not NOT_FOR_A_RUN & loaded


def test_a_comparison_starts_without_what_it_does_not_need(checkout, tmp_path):
    loaded = loaded_by(["compare", "two_coasts", "--days", "100", "--replicates", "2", "-q"], checkout, tmp_path)
    assert {"mesa", "numba", "pandas.core", "scipy.special"} <= loaded
    assert not {"matplotlib", "networkx", "scipy.stats", "mesa.space"} & loaded


@pytest.mark.parametrize(
    "lines",
    [
        "import sim.model, mesa; assert issubclass(sim.model.SmugglingModel, mesa.Model); "
        "print(mesa.space.MultiGrid, mesa.discrete_space.Network, mesa.experimental.devs); "
        "assert issubclass(sim.model.SmugglingModel, mesa.Model)",
        "import sim.model; import pandas.testing; import pandas; print(pandas.DataFrame({'a': [1]})); "
        "from mesa import DataCollector, batch_run; import mesa.experimental.devs",
        "import mesa, sim.model; print(mesa.space)",
        "import sys, sim.actors.actor; assert 'mesa.space' not in sys.modules; import mesa; print(mesa.space)",
    ],
)
def test_what_waits_of_mesa_is_there_when_asked_for(checkout, lines):
    done = subprocess.run([sys.executable, "-c", lines], cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_mesa_does_not_have_is_missed_as_ever(checkout):
    done = subprocess.run(
        [sys.executable, "-c", "import sim.model, mesa; mesa.nothing"], cwd=checkout, capture_output=True, text=True
    )
    assert "module 'mesa' has no attribute 'nothing'" in done.stderr


# Stopped by the user at the moment at which the command line begins to be loaded.
STOPPED = """
import sys
class Impatient:
    def find_spec(self, name, *_):
        if name == "sim.cli":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Impatient())
from sim.__main__ import main
sys.exit(main())
"""


def test_who_stops_a_command_that_is_still_being_loaded_sees_no_traceback(checkout):
    done = subprocess.run([sys.executable, "-c", STOPPED], cwd=checkout, capture_output=True, text=True)

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
