"""The page of a run: one file that opens offline, prints on A4, and says what it can and cannot tell."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

from sim.report.evaluation import comparison as compared_runs
from sim.report.pieces import GENERATOR, page
from sim.report.sections import sections
from sim.report.words import day, things
from sim.report.worlds import PAGE, ranked_by
from sim.report.worlds import build as build_comparison
from sim.study.compare import opened
from sim.study.comparison import Comparison
from sim.study.parts import PLAN
from sim.study.results import Results, ResultsError
from sim.study.sealed import shown
from sim.study.verify import REPORT


def build(results: Results, comparison: Path | None = None) -> str:
    """The page of a run as HTML; of replicates, totals over all and figures of the first.

    comparison: a folder that `chokepoint compare --out` wrote; raises ResultsError when it is none, or of another
    scenario.
    """
    run = results.replicates[0]
    compared = compared_runs(comparison, run) if comparison is not None else None
    scenario = run.scenario
    return page(
        "report.html",
        title=scenario.title,
        question=scenario.question,
        kicker=f"Chokepoint · report of {'one run' if results is run else f'{len(results.replicates)} runs'}",
        facts=f"{day(scenario.start)} to {day(scenario.end)} · {things(scenario.days, 'day')} · "
        f"{things(len(scenario.ports()), 'port')} · seed {results.manifest['seed']}",
        sections=sections(results, compared),
        footer=f"Made with Chokepoint {results.manifest['version']} from digest {run.manifest['digest'][:16]}…",
    )


def report_command(folder: Path, out: Path | None, force: bool, quiet: bool, comparison: Path | None = None) -> int:
    """Write the page of a run or of a comparison, into its folder unless told otherwise; returns the exit code.

    Raises InvalidScenario and OSError, which the command line puts into words.
    """
    worlds = (folder / PLAN).is_file()
    if worlds and comparison is not None:
        sys.stderr.write(f"chokepoint: {shown(folder)}: is a comparison itself; --comparison is for pages of runs\n")
        return 2
    target = out if out is not None else folder / (PAGE if worlds else REPORT)
    try:
        if out is not None and not out.parent.is_dir():
            raise ResultsError(f"{shown(out.parent)}: no such folder")
        _may_write(target, force)
        text = (
            build_comparison(opened(folder), ranked_by(folder), folder)
            if worlds
            else build(Results.open(folder), comparison)
        )
        _write(target, text)
    except ResultsError as refused:
        sys.stderr.write(f"chokepoint: {refused}\n")
        return 1
    if not quiet:
        sys.stdout.write(f"{target}\n")
    return 0


def write_comparison(study: Comparison, folder: Path, by: str) -> None:
    """Write the page of a comparison into its folder. by: the total by which worlds are ranked."""
    _write(folder / PAGE, build_comparison(study, by, folder))


def _may_write(target: Path, force: bool) -> None:
    """Refuse to write over anything that is not a page of ours, unless forced."""
    if target.is_dir():
        raise ResultsError(f"{shown(target)}: is a folder; give the name of a file")
    if (
        target.exists()
        and not force
        and f'content="{GENERATOR}"' not in target.read_bytes()[:4096].decode(errors="replace")
    ):
        raise ResultsError(
            f"{shown(target)}: exists and is not a report; choose another name, or replace it with --force"
        )


def _write(target: Path, text: str) -> None:
    """Write a file whole or not at all."""
    partial = target.with_name(f"{target.name}.partial-{secrets.token_hex(4)}")
    try:
        with partial.open("xb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
