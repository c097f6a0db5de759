"""A sweep of a few short runs, and what tests do with one."""

import pytest

from sim.sweep.asked import read_sweep
from sim.sweep.planning import planned
from tests.sweep.started import Starter

TINY = """\
title: Tiny
scenario: two_coasts
days: 3
parameters:
  customs.imports.scan_share: [0.01, 0.05, 0.1]
  customs.imports.random_share: { low: 0.0, high: 0.2, steps: 2 }
series: [seized_kg]
"""


@pytest.fixture
def write(tmp_path):
    """Write a sweep file, and say where it is."""

    def to_file(text=TINY, name="tiny.yaml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return to_file


@pytest.fixture
def plan(tmp_path, write):
    """Plan a sweep in a folder of that name."""

    def plan_of(text=TINY, folder="swept"):
        return planned(read_sweep(write(text)), tmp_path / folder)

    return plan_of


@pytest.fixture(scope="session")
def starter(tmp_path_factory):
    """Starts commands at once."""
    found = Starter(tmp_path_factory.mktemp("talk"))
    yield found
    found.end()
