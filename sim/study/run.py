"""Running: a scenario lived through from its first day to its last, and written down."""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.kernels.compiling import compiled_before, prepare
from sim.scenario.resolved import resolved, scenario_hash
from sim.study import folder as folders
from sim.study.results import Results, ResultsError
from sim.world.ledger import BooksDoNotBalance

if TYPE_CHECKING:
    from sim.model import SmugglingModel
    from sim.scenario.scenario import Scenario
    from sim.terms import ControlMode

Progress = Callable[[int], None]
"""Told after every day how many days have been lived through."""


class ImpossibleWorld(Exception):
    """Figures of a scenario contradict each other; the message says which, in one line."""


def live(
    scenario: Scenario,
    *,
    replicate: int = 0,
    mode: ControlMode = "micro",
    threads: int = 1,
    progress: Progress | None = None,
) -> SmugglingModel:
    """Live a scenario through; returns the model at the end of its last day.

    Raises `ImpossibleWorld` when the scenario's figures contradict each other (trade that no port can carry, a way past
    too many zones), and `BooksDoNotBalance` when a gram is missing anywhere.
    """
    from sim.model import SmugglingModel

    try:
        model = SmugglingModel(scenario, replicate=replicate, mode=mode, threads=threads)
    except ValueError as contradiction:
        raise ImpossibleWorld(str(contradiction)) from contradiction
    gc.freeze()  # the world stays: the collector need not look at it again and again
    while model.day < scenario.days:
        model.step()
        if progress is not None:
            progress(model.day)
    return model


def write(model: SmugglingModel, folder: Path, *, started: float, force: bool) -> Results:
    """Write a run that has been lived through into its folder, and open it."""
    from sim.study import measures

    scenario = model.plan
    passport = folders.passport(
        title=scenario.title,
        seed=scenario.seed,
        replicate=model.replicate,
        mode=model.mode,
        days=scenario.days,
        scenario_hash=scenario_hash(scenario),
    )
    folders.write_run(
        folder,
        scenario_text=resolved(scenario),
        manifest=passport,
        tables=measures.tables(model),
        kpis=measures.totals(model),
        run_info=_volatile(started, model.threads),
        force=force,
    )
    return Results.open(folder)


def run(
    scenario: Scenario,
    out: str | Path,
    *,
    replicates: int = 1,
    mode: ControlMode = "micro",
    threads: int = 1,
    force: bool = False,
    progress: Progress | None = None,
) -> Results:
    """Run a scenario and write its results into a folder; several replicates go into folders of their own within it.

    Replicate r is the same world with luck of its own, whatever the number of replicates. Raises ResultsError when the
    folder cannot be written, before anything is computed.
    """
    place = Path(out)
    folders.may_write(place, force=force)
    started = time.time()
    if replicates == 1:
        return write(live(scenario, mode=mode, threads=threads, progress=progress), place, started=started, force=force)
    with folders.several(place, force=force) as partial:
        tasks = [
            (scenario, partial / f"{folders.REPLICATES}{number:03d}", number, mode) for number in range(replicates)
        ]
        for done, _ in enumerate(spread(_one_replicate, tasks, threads), start=1):
            if progress is not None:
                progress(done * scenario.days)
    return Results.open(place)


def _one_replicate(task: tuple[Scenario, Path, int, ControlMode]) -> None:
    scenario, folder, number, mode = task
    started = time.time()
    write(live(scenario, replicate=number, mode=mode), folder, started=started, force=False)


def spread[T, R](work: Callable[[T], R], tasks: Sequence[T], workers: int) -> Iterator[R]:
    """Do tasks in their order, here or in processes of their own; results come in the order of the tasks."""
    if min(workers, len(tasks)) <= 1:
        yield from map(work, tasks)
        return
    with ProcessPoolExecutor(min(workers, len(tasks)), mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, tasks)


def _volatile(started: float, threads: int) -> dict[str, Any]:
    """Everything about a run that differs from one time to the next."""
    import platform
    import resource

    ended = time.time()
    return {
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
        "ended": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ended)),
        "wall_seconds": round(ended - started, 3),
        "threads": threads,
        "peak_memory_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "platform": platform.platform(),
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
    }


def run_command(
    scenario: Scenario,
    place: Path,
    replicates: int,
    mode: ControlMode,
    threads: int,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """`chokepoint run`: run, say what came out, and name the next command; returns the exit code.

    The seconds that are told are those of building the world, living the days and writing the results. Reading the
    scenario and importing libraries are over when they begin.
    """
    try:
        folders.may_write(place, force=force)
        compile_once(mode, quiet=quiet)
        importlib.import_module("sim.model")  # and with it all libraries that a run needs
        began = time.perf_counter()
        with _bar(scenario.days * replicates, shown=not quiet) as progress:
            found = run(
                scenario, place, replicates=replicates, mode=mode, threads=threads, force=force, progress=progress
            )
        wall = time.perf_counter() - began
    except (ResultsError, ImpossibleWorld, BooksDoNotBalance) as refused:
        _say(f"chokepoint: {refused}")
        return 1
    if as_json:
        digests = [one.manifest["digest"] for one in found.replicates]
        facts = {"wall_s": round(wall, 3), "digest": digests[0] if replicates == 1 else digests, "folder": str(place)}
        print(json.dumps({**found.kpis, **facts}))  # noqa: T201
    elif not quiet:
        print(found.summary())  # noqa: T201
        _say(f"{scenario.days * replicates / wall:,.0f} simulated days a second; results in {place}")
        _say(f"next: chokepoint report {place}")
    return 0


def compile_once(mode: ControlMode, *, quiet: bool) -> None:
    """Compile the kernels if no earlier run has, and say so."""
    if not compiled_before(mode):
        if not quiet:
            _say("compiling the kernels: this happens once, and takes some seconds")
        prepare(mode)


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201


@contextmanager
def _bar(days: int, *, shown: bool) -> Iterator[Progress | None]:
    """A progress bar on a terminal, nothing elsewhere."""
    if not shown or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("living"), BarColumn(), MofNCompleteColumn(), TextColumn("days"), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("days", total=days)
        yield lambda done: bar.update(task, completed=done)
