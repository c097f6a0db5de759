"""What every test stands on: no screen, no test data left behind, the same examples on every machine."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

os.environ["MPLBACKEND"] = "Agg"

# Examples are drawn alike everywhere and never timed: a slow machine is not a broken promise.
settings.register_profile("chokepoint", derandomize=True, deadline=None, database=None)
settings.load_profile("chokepoint")


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder that holds pyproject.toml, scenarios and the package."""
    return Path(__file__).parent.parent
