"""`chokepoint calibrate`: numbers of a scenario fitted to what is published, told in words, tables and a scenario."""

from __future__ import annotations

import sys
from pathlib import Path

from sim.analysis.calibration_file import read_calibration
from sim.analysis.posterior import calibrate
from sim.analysis.posterior_files import told, write
from sim.study.extras import MissingExtra, pyabc
from sim.study.run import ImpossibleWorld, bar, compile_once
from sim.study.sealed import ResultsError


def calibrate_command(file: str, out: Path, workers: int, quiet: bool) -> int:
    """`chokepoint calibrate`: fit, keep every run, tell the fit; returns the exit code."""
    problem = read_calibration(file)
    try:
        pyabc()
    except MissingExtra as missing:
        _say(f"chokepoint: {missing}")
        return 1
    plan = problem.plan
    if not quiet:
        what = f"{len(problem.fitted)} numbers, {len(problem.targets)} published figures"
        _say(
            f"{what}, {plan.populations} populations of {plan.particles}, each a run of {problem.scenario.days:,} days"
        )
    compile_once(plan.mode, quiet=quiet)
    try:
        with bar(plan.particles * plan.populations, "sets of values, or more", shown=not quiet) as progress:
            found = calibrate(problem, out, workers=workers, progress=progress)
        write(found, out)
    except (ImpossibleWorld, ResultsError) as refused:
        _say(f"chokepoint: {refused}")
        return 1
    if not quiet:
        print("\n".join(told(found)))  # noqa: T201
        _say(f"next: a scenario with `extends: posterior.yaml` in {out}")
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201
