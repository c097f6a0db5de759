"""What the tests of the world share."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def printed_under_two_hash_seeds(checkout: Path) -> Callable[[str], set[str]]:
    """Runs lines of Python, with the tests of the world to import, under two orders of hashing: what was printed."""

    def printed(script: str) -> set[str]:
        return {
            subprocess.run(
                [sys.executable, "-B", "-c", f"import sys; sys.path[:0] = ['.', 'tests/world']; {script}"],
                cwd=checkout, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
            ).stdout
            for seed in ("1", "2")
        }  # fmt: skip

    return printed
