"""The verbs of analysis: fit numbers of a scenario to what is published, and ask a sweep which numbers matter."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Annotated

import typer

from sim.command import Quiet

Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes; what comes out does not depend on them.")]


def calibrate(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A calibration file, or the name of a shipped one.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder in which every run is kept.")],
    jobs: Jobs = 1,
    quiet: Quiet = False,
) -> int:
    """Fit numbers of a scenario to published figures, without a likelihood; goes on where it was broken off."""
    gc.enable()
    from sim.analysis.calibrate_command import calibrate_command

    return calibrate_command(file, out, jobs, quiet)
