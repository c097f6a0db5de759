"""What the page on clusters tells people to use is there, and says what it is said to."""

import os
import re
import shutil
import subprocess

import pytest
from typer.main import get_command

from sim.cli import app

COPIES = {"Dockerfile": r"^COPY (.+) \S+$", "chokepoint.def": r"^ +(\S+) /build/"}
"""How recipes say what they take from the checkout."""


def test_every_option_that_the_page_names_is_one_of_the_command(checkout):
    page = (checkout / "docs" / "clusters.md").read_text(encoding="utf-8")
    known = {option for parameter in get_command(app).commands["sweep"].params for option in parameter.opts}

    named = {option for code in re.findall(r"`(--[^`]+)`", page) for option in re.findall(r"--[a-z-]+", code)}

    assert {"--slurm", "--dask", "--shard", "--limit", "--array", "--sbatch"} <= named
    assert named - known == {"--time", "--mem", "--qos", "--constraint"}, "those of sbatch itself"


@pytest.mark.parametrize(("recipe", "copies"), COPIES.items())
def test_recipes_of_containers_copy_what_the_checkout_has(checkout, recipe, copies):
    text = (checkout / "docs" / "clusters" / recipe).read_text(encoding="utf-8")
    copied = {name for line in re.findall(copies, text, flags=re.MULTILINE) for name in line.split()}

    assert {"requirements.txt", "pyproject.toml", "README.md", "LICENSE", "sim", "scenarios"} == copied
    assert all((checkout / name).exists() for name in copied)
    assert "--require-hashes --only-binary :all: -r requirements.txt" in text


def test_a_task_of_the_array_for_pbs_lives_its_share(checkout, tmp_path):
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("this machine has no bash")
    (tmp_path / "chokepoint").write_text('#!/bin/sh\necho "$@" "$NUMBA_NUM_THREADS"\n')
    (tmp_path / "chokepoint").chmod(0o755)
    given = {"SWEEP": "my", "SHARES": "40", "PBS_ARRAY_INDEX": "7", "PBS_O_WORKDIR": str(tmp_path)}
    environment = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", **given}

    done = subprocess.run([bash, checkout / "docs/clusters/pbs.sh"], env=environment, capture_output=True, text=True)

    assert done.stdout == "sweep my.yaml -o my --jobs 1 --shard 7/40 --quiet 1\n"
