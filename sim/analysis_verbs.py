"""The verbs of analysis: fit numbers of a scenario to what is published, and ask a sweep which numbers matter."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Annotated

import typer

from sim.command import AsJson, Brief, Quiet

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


def sensitivity(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a sweep.")],
    outcomes: Annotated[
        list[str] | None, typer.Option("--outcome", metavar="TOTAL", help="Of these totals; of all that are kept.")
    ] = None,
    policies: Annotated[
        str | None, typer.Option(metavar="NAME", help="Under these policies of the sweep; under its first.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="Folder for tables and figures; in the sweep's.")
    ] = None,
    as_json: AsJson = False,
    quiet: Brief = False,
) -> int:
    """Tell which parameters of a sweep decide what comes out, with intervals, and draw it."""
    gc.enable()
    from sim.analysis.sensitivity_command import sensitivity_command

    return sensitivity_command(folder, outcomes or [], policies, out, as_json, quiet)


def discover(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a sweep.")],
    where: Annotated[
        str, typer.Option(metavar="TOTAL<VALUE", help="What runs should be like, as in 'delivered_kg<25%'.")
    ],
    policies: Annotated[
        str | None, typer.Option(metavar="NAME", help="Under these policies of the sweep; under its first.")
    ] = None,
    density: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of runs in a box that are like that.")] = 0.8,
    boxes: Annotated[int, typer.Option(min=1, max=20, help="Boxes at most.")] = 1,
    as_json: AsJson = False,
) -> int:
    """Find the ranges of a sweep's parameters in which runs come out as asked (PRIM)."""
    gc.enable()
    from sim.analysis.discovery_command import discovery_command

    return discovery_command(folder, where, policies, density, boxes, as_json)
