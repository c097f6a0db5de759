"""`chokepoint sweep`, `chunk`, `status` and `collect`: what they do, say, and leave with."""

from __future__ import annotations

import json
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from sim.kernels.compiling import cores
from sim.study.extras import MissingExtra
from sim.study.run import bar, compile_once
from sim.study.sealed import ResultsError
from sim.sweep.array_job import Wishes
from sim.sweep.asked import Asked, read_sweep
from sim.sweep.cluster_command import Rehearsal, by_dask, slurm_command, unfit
from sim.sweep.costs import piloted
from sim.sweep.designs import TooLarge
from sim.sweep.driving import Shard, Stopped, drive
from sim.sweep.part import damaged, part_file
from sim.sweep.plan import PASSPORT, Plan
from sim.sweep.planning import foreseen, planned
from sim.sweep.retrying import forget_failures
from sim.sweep.status import Rate, lasting, status, told
from sim.sweep.sweep import Sweep

DONE, FAILED, USAGE = 0, 1, 2
_WATCH_S = 5.0


def sweep_command(
    name: str,
    out: Path | None,
    jobs: int | None,
    shard: str | None,
    limit_s: float | None,
    retry: bool,
    plan_only: bool,
    dry_run: bool,
    by_slurm: bool,
    dask: str | None,
    wishes: Wishes,
    as_json: bool,
    quiet: bool,
) -> int:
    """`chokepoint sweep`: plan, or take up, and live what is missing; returns the exit code."""
    folder = out or Path("runs") / Path(name).stem
    given = {"-j": jobs, "--shard": shard, "--limit": limit_s, "--dask": dask}
    given |= {"--partition": wishes.partition, "--account": wishes.account}
    resume = _again("sweep", name, "-o", folder, *_options(given), *(f"--sbatch={line}" for line in wishes.lines))
    try:
        part = Shard.read(shard) if shard is not None else Shard()
        if (wrong := unfit(by_slurm, dask, wishes)) is not None:
            raise ValueError(wrong)
        asked = read_sweep(name)
        if dry_run:
            if by_slurm:
                return _rehearsed(asked, folder, part, wishes, limit_s, quiet)
            return _foreseen(asked, jobs or cores(), as_json)
        plan = planned(asked, folder)
        if retry:
            forget_failures(plan, part.chunks(plan))
        if not quiet:
            _say(_counted(plan))
        if plan_only:
            return _planned(plan, as_json, quiet)
        if by_slurm:
            return slurm_command(plan, folder, part.chunks(plan), wishes, limit_s, None, as_json, quiet)
        driver = partial(by_dask, dask, wishes, limit_s) if dask is not None else partial(drive, limit_s=limit_s)
        return _driven(plan, part.chunks(plan), jobs or cores(), driver, resume, FAILED, as_json, quiet)
    except ValueError as wrong:
        if type(wrong) not in (ValueError, TooLarge):
            raise
        _say(f"chokepoint: {wrong}")
        return USAGE
    except (ResultsError, MissingExtra) as refused:
        _say(f"chokepoint: {refused}")
        return FAILED


def chunk_command(
    folder: Path, numbers: Sequence[int], task: str | None, limit_s: float | None, as_json: bool, quiet: bool
) -> int:
    """`chokepoint chunk`: live some chunks of a sweep, or one task by itself; returns the exit code.

    A run that is set aside does not fail the chunk: what batch systems call would take all that hangs on it down.
    """
    try:
        plan = Plan.open(folder)
        if bool(numbers) == (task is not None):
            _say("chokepoint: give numbers of chunks, or --task with that of a run")
            return USAGE
        if task is not None:
            return _one_task(plan, task, limit_s)
        chunks = sorted(set(numbers))
        for number in chunks:
            plan.tasks(number)  # refused now where there is no such chunk
        resume = _again("chunk", folder, *chunks, *_options({"--limit": limit_s}))
        return _driven(plan, chunks, 1, partial(drive, limit_s=limit_s), resume, DONE, as_json, quiet)
    except ResultsError as refused:
        _say(f"chokepoint: {refused}")
        return FAILED


def status_command(folder: Path, watch: bool, as_json: bool) -> int:
    """`chokepoint status`: how far a sweep is; returns the exit code."""
    try:
        plan = Plan.open(folder)
        rate = Rate()
        while True:
            found = status(plan)
            rate.note(found.done)
            print(json.dumps(found.as_mapping()) if as_json else told(found, rate.per_second), flush=True)  # noqa: T201
            if not watch or not found.missing:
                return DONE
            time.sleep(_WATCH_S)
    except ResultsError as refused:
        _say(f"chokepoint: {refused}")
        return FAILED


def collect_command(folder: Path, as_json: bool, quiet: bool) -> int:
    """`chokepoint collect`: all results of a sweep as one table; returns the exit code, 1 if some are missing."""
    from sim.sweep.collecting import collect

    try:
        sweep = Sweep.open(folder)
        changed = damaged(sweep.plan)
        counted = status(sweep.plan, without=changed)
        files, done, failed = collect(sweep)
        found, digest = replace(counted, done=done, failed=failed), sweep.digest
    except ResultsError as refused:
        _say(f"chokepoint: {refused}")
        return FAILED
    for chunk in changed:
        _say(f"chokepoint: {part_file(folder, chunk)} was changed; the next `sweep` lives its runs again")
    if as_json:
        print(json.dumps({**found.as_mapping(), "digest": digest, "files": files}))  # noqa: T201
    else:
        if not quiet:
            _say(told(found))
            _say(f"wrote {', '.join(files)} into {folder}")
        print(digest)  # noqa: T201
    return FAILED if found.missing else DONE


def _driven(
    plan: Plan,
    chunks: Sequence[int],
    jobs: int,
    driver: Callable[..., None],
    resume: str,
    set_aside: int,
    as_json: bool,
    quiet: bool,
) -> int:
    """Live chunks by a driver, and say what came of it.

    set_aside: the exit code where runs were set aside, which is said even to those who asked for quiet.
    """
    compile_once(plan.passport["mode"], quiet=quiet)
    before = status(plan)
    try:
        with bar(before.tasks, "runs", shown=not quiet) as progress:
            done = before.done

            def one_more() -> None:
                nonlocal done
                done += 1
                if progress is not None:
                    progress(done)

            driver(plan, jobs=jobs, chunks=chunks, say=one_more)
    except Stopped as stopped:
        _say(f"stopped; {told(status(plan))}. Go on with: {resume}")
        return 128 + stopped.number
    except ResultsError as refused:
        _say(f"chokepoint: {refused}. What has been lived is kept. Go on with: {resume}")
        return FAILED
    found = status(plan)
    failures = [each for chunk in chunks for each in _failures(plan, chunk)]
    if as_json:
        print(json.dumps({**found.as_mapping(), "folder": str(plan.folder)}))  # noqa: T201
    elif not quiet:
        _say(told(found))
    if failures:
        why = failures[0]["message"].strip() or failures[0]["kind"]
        _say(f"{len(failures):,} failed; the first: {why.splitlines()[0][:200]}")
        _say(f"see it fail again: {failures[0]['command']}")
    if not found.missing and not quiet and not as_json:
        _say(f"next: {_again('collect', plan.folder)}")
    return set_aside if failures else DONE


def _again(*words: object) -> str:
    """A command, as one types it."""
    return shlex.join(["chokepoint", *map(str, words)])


def _options(given: Mapping[str, object]) -> list[object]:
    """Options that were given, as words of a command."""
    return [word for option, value in given.items() if value is not None for word in (option, value)]


def _failures(plan: Plan, chunk: int) -> list[dict[str, str]]:
    from sim.sweep.part import failures

    return failures(plan, chunk)


def _one_task(plan: Plan, task: str, limit_s: float | None) -> int:
    """Live one task by itself, in this process, and print what it came to; what it fails with is told in full. One that
    takes longer than a limit is lived to its end, and fails."""
    import traceback

    from sim.scenario.load import InvalidScenario
    from sim.study.run import ImpossibleWorld
    from sim.sweep.chunk import outcomes_of

    _, found = plan.find(task)
    compile_once(plan.passport["mode"], quiet=True)
    since = time.monotonic()
    try:
        print(json.dumps(outcomes_of(plan, found)))  # noqa: T201
    except (InvalidScenario, ImpossibleWorld) as wrong:
        _say(f"chokepoint: {type(wrong).__name__}: {wrong}")
        return FAILED
    except Exception:  # whatever it fails with is what one wants to see
        _say(traceback.format_exc().rstrip())
        return FAILED
    seconds = time.monotonic() - since
    if limit_s is not None and seconds > limit_s:
        _say(f"chokepoint: took {seconds:.3g} s, longer than {limit_s:g} s")
        return FAILED
    return DONE


def _counted(plan: Plan) -> str:
    found = plan.passport
    line = f"{found['tasks']:,} runs in {plan.chunks:,} chunks: {found['points']:,} points of "
    line += f"{len(plan.parameters):,} parameters"
    if len(found["policies"]) > 1:
        line += f", {len(found['policies'])} sets of policies"
    if found["asked"]["replicates"] > 1:
        line += f", {found['asked']['replicates']:,} replicates"
    if found["left_out"]:
        line += f"; {len(found['left_out'])} assumed numbers keep their values, as others would contradict them"
    if found["asked"]["design"] == "sobol" and (base := found["asked"]["points"]) & (base - 1):
        line += f"; a base sample of {base:,} is less even than one of a power of 2"
    return line


def _foreseen(asked: Asked, jobs: int, as_json: bool) -> int:
    """What a sweep would be, without anything being written."""
    facts = foreseen(asked, jobs)
    if as_json:
        print(json.dumps(facts))  # noqa: T201
    else:
        print(  # noqa: T201
            f"{asked.file.title}: {facts['tasks']:,} runs ({facts['points']:,} points of {facts['parameters']:,} "
            f"parameters) in {facts['chunks']:,} chunks; about {lasting(facts['seconds'])} with {jobs} at work, "
            f"{facts['disk_mib']:,.3g} MiB on disk"
        )
    return DONE


def _rehearsed(asked: Asked, folder: Path, part: Shard, wishes: Wishes, limit_s: float | None, quiet: bool) -> int:
    """The script that would be submitted, with what it asks for by a first few runs; where none is known of in the
    folder yet, the sweep is planned and begun in a place that is removed again."""
    disk_mib = foreseen(asked, 1)["disk_mib"]
    with tempfile.TemporaryDirectory() as place:
        aside = Path(place, "sweep")
        plan = planned(asked, folder if (folder / PASSPORT).exists() else aside)
        trial = plan if piloted(plan) is not None else planned(asked, aside)
        rehearsal = Rehearsal(trial, disk_mib)
        return slurm_command(plan, folder, part.chunks(plan), wishes, limit_s, rehearsal, False, quiet)


def _planned(plan: Plan, as_json: bool, quiet: bool) -> int:
    if as_json:
        print(json.dumps({"folder": str(plan.folder), "chunks": plan.chunks, "tasks": plan.passport["tasks"]}))  # noqa: T201
    elif not quiet:
        _say(f"next: {_again('chunk', plan.folder, 0)}, and so on to {plan.chunks - 1}, wherever you like")
    return DONE


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201
