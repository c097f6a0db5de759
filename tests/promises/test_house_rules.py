"""The house rules: style, types, floors, and a set-up that is pinned, hashed and says what it lacks."""

import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

LOCKS = ["requirements.txt", "requirements-dev.txt"]


def run_tool(checkout: Path, name: str, *arguments: str) -> None:
    """Run a tool of this environment over the checkout; what it complains of becomes the test's message."""
    program = shutil.which(name, path=sysconfig.get_path("scripts"))
    assert program, f"{name} is not installed beside {sys.executable}; make setup installs it"
    done = subprocess.run([program, *arguments], cwd=checkout, capture_output=True, text=True)
    if done.returncode:
        pytest.fail(f"{name} {' '.join(arguments)}\n{done.stdout}{done.stderr}", pytrace=False)


def pins(lock: Path) -> dict[str, tuple[Version, int]]:
    """Version and number of hashes by package name."""
    found = {}
    for entry in re.split(r"\n(?=\w)", lock.read_text()):
        requirement, *hashes = entry.split("--hash=sha256:")
        name, version = re.match(r"([\w.-]+)==([\w.]+)", requirement).groups()
        found[canonicalize_name(name)] = Version(version), len(hashes)
    return found


def test_style_holds(checkout):
    run_tool(checkout, "ruff", "check", ".")


def test_code_is_formatted(checkout):
    run_tool(checkout, "ruff", "format", "--check", "--diff", ".")


def test_types_hold(checkout):
    run_tool(checkout, "mypy")


def test_imports_point_down(checkout):
    run_tool(checkout, "lint-imports")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes(checkout, lock):
    assert not [name for name, (_, hashes) in pins(checkout / lock).items() if hashes == 0]


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_files_name_no_place(checkout, lock):
    assert not re.findall(
        r"^.*(?:://|file:|--index-url|--find-links|-e ).*$", (checkout / lock).read_text(), re.MULTILINE
    )


def test_lock_files_agree(checkout):
    run, work = (pins(checkout / lock) for lock in LOCKS)
    assert run.items() <= work.items()


def test_lock_files_hold_what_the_project_asks_for(checkout):
    project = tomllib.loads((checkout / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"]
    asked = {
        "requirements.txt": project["project"]["dependencies"] + project["dependency-groups"]["build"],
        "requirements-dev.txt": [
            line for extra in ("dev", "bench", "viz", "analysis", "readers", "cluster") for line in extras[extra]
        ],
    }
    for lock, lines in asked.items():
        pinned = pins(checkout / lock)
        for requirement in map(Requirement, lines):
            version, _ = pinned[canonicalize_name(requirement.name)]
            assert version in requirement.specifier, f"{lock} pins {requirement.name} {version}: make lock renews it"


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ("echo '3.11.2 is too old' >&2; exit 1", "3.11.2 is too old"),
        ("echo 'shim: python3.13: command not found' >&2; exit 127", "command not found"),
    ],
)
def test_a_machine_without_a_fitting_python_is_told_what_is_missing(checkout, tmp_path, says, told):
    make = shutil.which("make")
    if make is None:
        pytest.skip("this machine has no make")
    shutil.copy(checkout / "Makefile", tmp_path)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("python3.13", "python3"):
        (programs / name).write_text(f"#!/bin/sh\n{says}\n")
        (programs / name).chmod(0o755)
    (programs / "sh").symlink_to("/bin/sh")
    environment = {"PATH": str(programs), "HOME": str(tmp_path)}

    done = subprocess.run([make, ".venv/made"], cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert done.returncode != 0
    assert "needs Python 3.12 or newer" in done.stderr
    assert f"{programs / 'python3'}: " in done.stderr
    assert told in done.stderr
    assert not (tmp_path / ".venv").exists()
