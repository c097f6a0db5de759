"""Running: a scenario lived through from its first day to its last, and written down."""

from __future__ import annotations

import gc
import importlib
import json
import os
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.kernels.compiling import compiled_before, prepare
from sim.policies.policy import NoControls
from sim.scenario.own_policies import where_it_failed
from sim.scenario.resolved import resolved, scenario_hash
from sim.study import folder as folders
from sim.study.results import Results, ResultsError
from sim.study.spreading import Progress, spread, tick
from sim.world.ledger import BooksDoNotBalance

if TYPE_CHECKING:
    from sim.model import SmugglingModel
    from sim.scenario.scenario import Scenario
    from sim.terms import ControlMode


MOST_SETTLED = 60_000
"""Objects that may come to stay before it is looked which of them are needed: some large worlds, or many small ones."""
TOO_LARGE = "a number of the scenario is too large to be reckoned with"
_settled = 0
"""Objects that were needed when it was last looked."""
_come = 0
"""Objects that have come to stay since then, those counted that are gone again."""


class ImpossibleWorld(Exception):
    """Figures of a scenario contradict each other; the message says which, in one line."""


class PolicyFails(ImpossibleWorld):
    """A policy of the scenario's own fails when it is to move its levers; the message says in which line."""


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
    return lived_out(born(scenario, replicate=replicate, mode=mode, threads=threads), progress)


def born(scenario: Scenario, *, replicate: int = 0, mode: ControlMode = "micro", threads: int = 1) -> SmugglingModel:
    """A world on its first morning; raises `ImpossibleWorld`."""
    from sim.model import SmugglingModel

    try:
        model = SmugglingModel(scenario, replicate=replicate, mode=mode, threads=threads)
    except ValueError as contradiction:
        raise ImpossibleWorld(str(contradiction)) from contradiction
    except OverflowError as beyond:
        raise ImpossibleWorld(f"{TOO_LARGE}: {beyond}") from beyond
    settle()
    return model


def until(model: SmugglingModel, day: date, progress: Progress | None = None) -> SmugglingModel:
    """Live a world on up to the morning of a calendar day, or to its end where that comes first.

    Raises `PolicyFails`, and `ImpossibleWorld` for numbers that grow beyond all bounds.
    """
    days = min((day - model.plan.start).days, model.plan.days)
    try:
        while model.day < days:
            model.step()
            if progress is not None:
                progress(model.day)
    except NoControls as wrong:
        raise PolicyFails(f"on {model.today} {wrong}") from wrong
    except Exception as wrong:
        if model.plan.policies_from is not None and (told := where_it_failed(wrong)):
            raise PolicyFails(f"on {model.today} {told}") from wrong
        if isinstance(wrong, OverflowError):
            raise ImpossibleWorld(f"on {model.today} {TOO_LARGE}: {wrong}") from wrong
        raise
    return model


def lived_out(model: SmugglingModel, progress: Progress | None = None) -> SmugglingModel:
    """Live a world on to the end of its last day."""
    return until(model, model.plan.end + timedelta(days=1), progress)


def settle() -> None:
    """Let the collector leave alone what is there to stay; now and then, free the worlds that nobody needs."""
    global _settled, _come
    if not _settled:  # beside the first world there is nothing but what was loaded for all of them
        gc.freeze()
        _settled = gc.get_freeze_count()
        return
    _come += len(gc.get_objects())
    gc.freeze()
    if _come > MOST_SETTLED:  # only then are all of them counted, which takes longer than a small world
        _come = gc.get_freeze_count() - _settled
    if _come > MOST_SETTLED:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        _settled, _come = gc.get_freeze_count(), 0


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
        policies_text=scenario.policies_from.text if scenario.policies_from is not None else None,
        manifest=passport,
        kpis=measures.totals(model),
        tables=measures.tables(model),
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
        for _ in spread(_one_replicate, tasks, threads, progress):
            pass
    return Results.open(place)


def _one_replicate(task: tuple[Scenario, Path, int, ControlMode]) -> None:
    scenario, folder, number, mode = task
    started = time.time()
    write(live(scenario, replicate=number, mode=mode, progress=_tick_a_day), folder, started=started, force=False)


def _tick_a_day(_: int) -> None:
    tick()


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
    whole: bool,
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
        with bar(scenario.days * replicates, "days", shown=not quiet) as progress:
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
        print(found.summary(whole=whole))  # noqa: T201
        _say(f"{scenario.days * replicates / wall:,.0f} simulated days a second; results in {place}")
        if not whole:
            _say(f"all {len(found.kpis)} totals: kpis.json there, or --all")
        _say(f"next: chokepoint report {shlex.quote(str(place))}")
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
def bar(total: int, unit: str, *, shown: bool) -> Iterator[Progress | None]:
    """A progress bar on a terminal, nothing elsewhere; unit: what is counted."""
    if not shown or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("living"), BarColumn(), MofNCompleteColumn(), TextColumn(unit), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as drawn:
        task = drawn.add_task(unit, total=total)
        yield lambda done: drawn.update(task, completed=done)
