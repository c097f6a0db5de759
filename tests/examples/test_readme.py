"""What the READMEs tell readers to type works, as it stands there."""

import json
import os
import re
import subprocess
import sys

import pytest

from sim.study.tables import TABLE_NAMES
from sim.study.totals import HEADLINES, KPIS
from tests.regression.renew import BASELINE, with_totals

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN = ("bash", "python", "yaml")
"""Languages of the blocks that are carried out; `console` and `text` only show something."""


def blocks(checkout, page):
    return BLOCK.findall((checkout / page).read_text(encoding="utf-8"))


@pytest.fixture
def reader(checkout, tmp_path, monkeypatch):
    """An empty folder, and a shell in which the command is there."""
    programs = tmp_path / "bin"
    programs.mkdir()
    command = programs / "chokepoint"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sim "$@"\n')
    command.chmod(0o755)
    home = tmp_path / "reader"
    home.mkdir()
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(checkout))
    monkeypatch.chdir(home)
    return home


def do(language, text):
    """Carry out a block; what names a file in its first line, as every YAML block must, is written into that."""
    name = re.match(r"# (\S+\.(?:yaml|py))\n", text)
    if language == "yaml" or name:
        assert name, f"no file name in the first line of\n{text}"
        with open(name[1], "w", encoding="utf-8") as file:
            file.write(text)
        return
    start = ["sh", "-e", "-c"] if language == "bash" else [sys.executable, "-W", "error", "-"]
    given = {"args": [*start, text]} if language == "bash" else {"args": start, "input": text}
    done = subprocess.run(**given, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("page", ["README.md", "sim/README.md", "docs/own_policies.md", "docs/sweeps.md"])
def test_every_block_that_can_be_typed_works(checkout, reader, page):
    found = [(language, text) for language, text in blocks(checkout, page) if language in RUN]

    assert found
    for language, text in found:
        do(language, text)


def test_every_command_is_told_with_an_example(checkout):
    from sim.cli import app

    verbs = {command.name for command in app.registered_commands}
    page = (checkout / "README.md").read_text(encoding="utf-8")
    examples = "\n".join(text for language, text in blocks(checkout, "README.md") if language == "bash")

    assert verbs == set(re.findall(r"^\| `chokepoint (\w+)` \|", page, flags=re.MULTILINE))
    assert verbs == set(re.findall(r"^chokepoint (\w+)", examples, flags=re.MULTILINE))


def test_the_summary_shown_has_the_lines_that_a_run_prints(checkout):
    page = (checkout / "README.md").read_text(encoding="utf-8")
    shown = next(text for _, text in blocks(checkout, "README.md") if "$ chokepoint run two_coasts" in text)
    meanings = {column.meaning: column.unit for column in KPIS}

    lines = [re.split(r"\s{2,}", line.strip()) for line in shown.splitlines() if line.startswith("  ")]

    assert "Six of its totals" in page
    assert len(lines) == 6
    assert {line for line in shown.splitlines()[1:] if not line.startswith("  ")} <= HEADLINES.keys()
    assert all(meanings.get(meaning) == unit for meaning, _, unit in lines)


def test_the_totals_shown_are_those_of_the_baseline(checkout):
    """`make baseline` renews both."""
    page = (checkout / "README.md").read_text(encoding="utf-8")
    totals = json.loads(BASELINE.read_text())["two_coasts"]["totals"]

    assert with_totals(page, totals) == page
    assert with_totals(page, totals | {"seized_kg": 4.0}) != page


def test_every_table_of_a_run_is_in_the_list_of_its_files(checkout):
    page = (checkout / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"`(\w+)\.parquet`", page[page.index("## The folder of a run") :])

    assert sorted(listed) == sorted(TABLE_NAMES)


def test_the_number_of_ports_is_that_of_the_flagship(checkout):
    import sim

    page = (checkout / "README.md").read_text(encoding="utf-8")

    assert f"on {len(sim.load('latam_europe').ports())} real ports" in page


def test_commands_that_are_said_to_answer_in_json_do(checkout, reader, capsys):
    from sim.cli import main

    page = (checkout / "README.md").read_text(encoding="utf-8")
    said = re.search(r"^(`run`.*?) answer in JSON", page, flags=re.MULTILINE)[1]
    tail = {"run": ["two_coasts", "--days", "2"], "compare": ["two_coasts", "--days", "91", "--replicates", "2"]}

    for verb in re.findall(r"`(\w+)`", said):
        arguments = tail.get(verb, ["two_coasts"] if verb in ("validate", "describe") else [])
        code = main([verb, *arguments, "--json"])
        told = capsys.readouterr()
        assert code == 0, told.err
        json.loads(told.out)
