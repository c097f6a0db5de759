"""What every test stands on: no screen, no test data left behind, the same examples on every machine."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

os.environ["MPLBACKEND"] = "Agg"

# Examples are drawn alike everywhere and never timed: a slow machine is not a broken promise.
settings.register_profile("chokepoint", derandomize=True, deadline=None, database=None)
settings.load_profile("chokepoint")

LONG = frozenset(
    f"test_{name}.py"
    for name in (
        "adaptive_response", "backlog", "couriers", "deterrence", "displacement", "house_rules", "notebooks",
        "random_worlds", "readme", "relations", "seizures",
    )
)  # fmt: skip
"""Files of the longest tests."""


def pytest_collection_modifyitems(items):
    """The longest come first, so that no process is left with one when the others have nothing more to do."""
    items.sort(key=lambda item: item.path.name not in LONG)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder that holds pyproject.toml, scenarios and the package."""
    return Path(__file__).parent.parent
