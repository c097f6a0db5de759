"""Compiling ahead of the first run compiles all that a run needs."""

import json
import subprocess
import sys

import numba
import pytest

PARTS = {"sim.kernels.samplers.normal_quantile"}
"""Compiled on the way, for `normal`, before anybody calls them alone."""

# Counts what each kernel is compiled for, after `warm()` and again after some days of a run.
COUNT = """
import json, sys
from importlib import import_module
from pkgutil import iter_modules
from sim import kernels
from sim.kernels.compiling import warm
from sim.scenario.load import load
from sim.study.run import live

def compiled():
    modules = [import_module(f"sim.kernels.{each.name}") for each in iter_modules(kernels.__path__)]
    return {
        f"{module.__name__}.{name}": sorted(map(str, kernel.signatures))
        for module in modules for name, kernel in vars(module).items() if hasattr(kernel, "signatures")
    }

warm()
before = compiled()
live(load("two_coasts", days=20), threads=2)
print(json.dumps({name: found for name, found in compiled().items() if found != before[name]}))
"""


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_a_run_needs_nothing_that_was_not_compiled_ahead(checkout):
    done = subprocess.run([sys.executable, "-c", COUNT], cwd=checkout, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout).keys() - PARTS == set()
