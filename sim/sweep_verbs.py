"""The verbs of sweeps: plan one and live it, live chunks of one, say how far one is, and collect what it came to."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.command import AsJson, Out, Quiet

SweepFolder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a sweep.")]
Limit = Annotated[
    float | None,
    typer.Option(
        "--limit", min=0.001, metavar="SECONDS", help="The longest that a run may take; then it is set aside."
    ),
]

_CLUSTER: dict[str, Any] = {"rich_help_panel": "On a cluster"}


def sweep(
    file: Annotated[str, typer.Argument(metavar="SWEEP", help="A sweep file, or the name of a shipped one.")],
    out: Out = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, max=4096, help="Processes, or tasks of a cluster, at work at a time."),
    ] = None,
    shard: Annotated[
        str | None, typer.Option(metavar="I/N", help="Live every N-th chunk from the I-th on, as one of N machines.")
    ] = None,
    limit: Limit = None,
    slurm: Annotated[
        bool, typer.Option("--slurm", help="Submit an array of jobs for what is missing, and leave.", **_CLUSTER)
    ] = False,
    dask: Annotated[
        str | None,
        typer.Option(metavar="local|slurm|ADDRESS", help="Workers of Dask instead of processes.", **_CLUSTER),
    ] = None,
    partition: Annotated[str | None, typer.Option(metavar="NAME", help="Slurm's partition.", **_CLUSTER)] = None,
    account: Annotated[str | None, typer.Option(metavar="NAME", help="Slurm's account.", **_CLUSTER)] = None,
    array: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Most tasks of the array; what Slurm allows if not given.", **_CLUSTER),
    ] = None,
    sbatch: Annotated[
        list[str] | None,
        typer.Option(metavar="OPTION", help="A further option of sbatch, as in --sbatch=--qos=long.", **_CLUSTER),
    ] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Live again what failed.")] = False,
    plan_only: Annotated[bool, typer.Option("--plan-only", help="Plan, and live nothing.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say how large it would be, and write nothing.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Live a scenario many times, over values, policies and luck; what was broken off goes on where it was."""
    gc.enable()
    from sim.sweep.array_job import Wishes
    from sim.sweep.sweep_command import sweep_command

    wishes = Wishes(partition, account, jobs, array, tuple(sbatch or ()))
    return sweep_command(
        file, out, jobs, shard, limit, retry, plan_only, dry_run, slurm, dask, wishes, as_json, quiet
    )  # fmt: skip


def chunk(
    folder: SweepFolder,
    numbers: Annotated[list[int] | None, typer.Argument(metavar="NUMBER...", min=0, help="Chunks, from 0.")] = None,
    task: Annotated[
        str | None, typer.Option(metavar="ID", help="Live this one run by itself instead, and print what it comes to.")
    ] = None,
    limit: Limit = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Live chunks of a sweep that has been planned: what batch systems and other machines call."""
    gc.enable()
    from sim.sweep.sweep_command import chunk_command

    return chunk_command(folder, numbers or [], task, limit, as_json, quiet)


def status(
    folder: SweepFolder,
    watch: Annotated[bool, typer.Option("--watch", help="Again and again, with rate and time left.")] = False,
    as_json: AsJson = False,
) -> int:
    """Say how far a sweep is."""
    gc.enable()
    from sim.sweep.sweep_command import status_command

    return status_command(folder, watch, as_json)


def collect(folder: SweepFolder, as_json: AsJson = False, quiet: Quiet = False) -> int:
    """Write all results of a sweep as one table, and print their digest."""
    gc.enable()
    from sim.sweep.sweep_command import collect_command

    return collect_command(folder, as_json, quiet)
