"""Living a chunk: each of its tasks once, whoever asks for it and however often."""

from __future__ import annotations

import functools
import os
import shlex
import time
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.scenario.load import InvalidScenario, with_values
from sim.study.run import ImpossibleWorld
from sim.study.run import live as lived_through
from sim.study.sealed import told
from sim.sweep import part
from sim.sweep.journal import Journal, Record, journal
from sim.sweep.plan import PASSPORT, Plan, Task

if TYPE_CHECKING:
    from sim.model import SmugglingModel
    from sim.scenario.scenario import Scenario

Told = Callable[[str, str], None]
"""Told when a task begins and when it has ended, by its id."""
BEGUN, ENDED = "begun", "ended"
MOST_TOLD, MOST_TRACED = 2_000, 10_000
"""Characters of a message, and of a traceback, that are kept."""
_WORTH_SHARING_DAYS = 60
"""Days that worlds have to have in common for it to be worth copying one."""


def live(folder: str | Path, chunk: int, say: Told | None = None) -> None:
    """Live what is missing of a chunk, and write its part; nothing where that is there and whole.

    A task that fails is kept as such, with what is needed to see it fail again. Raises Held where another process lives
    this chunk, and ResultsError where the folder cannot be read or written.
    """
    plan = _opened(os.path.abspath(folder))
    part.make_room(plan.folder)
    if part.whole(plan, chunk):
        return
    tasks = plan.tasks(chunk)
    with journal(part.journal_file(plan.folder, chunk)) as written:
        if not part.whole(plan, chunk):
            part.tidy(plan, chunk)
            found = _known(plan, chunk, tasks, written)
            left = [task for task in tasks if not found.has(task.id)]
            for record in _records(plan, chunk, left, Path(folder), say):
                written.append(record)
                _note(found, record)
                if say is not None:
                    say(ENDED, record["task"])
            part.keep(plan, chunk, [task.id for task in tasks], found)
        written.remove()


def give_up(folder: Path, chunk: int, task: str, kind: str, message: str, limit_s: float | None = None) -> None:
    """Set a task aside that cannot be lived: it kills whoever tries, or takes longer than a limit; nothing where it is
    known what became of it. Raises Held, ResultsError."""
    plan = _opened(os.path.abspath(folder))
    tasks = plan.tasks(chunk)
    which = next(each for each in tasks if each.id == task)
    with journal(part.journal_file(plan.folder, chunk)) as written:
        if part.whole(plan, chunk):
            written.remove()
        elif not _known(plan, chunk, tasks, written).has(task):
            written.append({"task": task, "failed": _failure(which, folder, kind, message, "", limit_s)})


def outcomes_of(plan: Plan, task: Task) -> dict[str, Any]:
    """Live one task by itself; raises what it fails with."""
    return _outcomes(plan, lived_through(_arm(plan, _at(plan, task), task), **_luck(plan, task)))


def _opened(folder: str) -> Plan:
    """The plan in a folder, read once in each process, and again where another one has come into its place."""
    try:
        passport = Path(folder, PASSPORT).read_bytes()
    except OSError:
        return Plan.open(folder)  # which says what is wrong
    return _plan_of(passport, folder)


@functools.lru_cache(2)
def _plan_of(_passport: bytes, folder: str) -> Plan:
    return Plan.open(folder)


def _known(plan: Plan, chunk: int, tasks: Sequence[Task], written: Journal) -> part.Kept:
    """What of a chunk has been lived already, in its files and its journal."""
    found = part.kept(plan, chunk)
    for record in written.records:
        _note(found, record)
    ids = {task.id for task in tasks}
    return part.Kept(*({task: each for task, each in kind.items() if task in ids} for kind in found))


def _note(found: part.Kept, record: Record) -> None:
    if "failed" in record:
        found.failed[record["task"]] = record["failed"]
    else:
        found.outcomes[record["task"]] = record["outcomes"]


def _records(plan: Plan, chunk: int, tasks: Sequence[Task], folder: Path, say: Told | None) -> Iterator[Record]:
    """What becomes of tasks, each as soon as it is known. The scenario of a point is made once."""
    with _times(part.times_file(plan.folder, chunk), say) as times:
        yield from _at_points(plan, tasks, folder, times)


def _at_points(plan: Plan, tasks: Sequence[Task], folder: Path, times: _Times) -> Iterator[Record]:
    for _, at_point in groupby(tasks, key=lambda task: task.point):
        here = list(at_point)
        try:
            scenario = _at(plan, here[0])
        except InvalidScenario as wrong:
            for task in here:
                times.begin(task.id)
                yield _failed(task, folder, "InvalidScenario", wrong)
                times.end(task.id)
            continue
        for _, same_luck in groupby(here, key=lambda task: task.replicate):
            yield from _with_same_luck(plan, scenario, list(same_luck), folder, times)


def _with_same_luck(
    plan: Plan, scenario: Scenario, tasks: Sequence[Task], folder: Path, times: _Times
) -> Iterator[Record]:
    """Live the sets of policies of a point and replicate; days that all have in common once, where they are many."""
    worlds = [_arm(plan, scenario, task) for task in tasks]
    done: set[str] = set()
    if worth_sharing(worlds):
        from sim.study.branches import lived, order

        ahead = [tasks[number].id for number in order(worlds)]
        try:
            times.begin(ahead[0])
            for number, model in lived(worlds, **_luck(plan, tasks[0])):
                yield {"task": tasks[number].id, "outcomes": _outcomes(plan, model)}
                done.add(tasks[number].id)
                times.end(tasks[number].id)
                if len(done) < len(ahead):
                    times.begin(ahead[len(done)])
        except Exception:  # noqa: S110  # which of them fails is found out one by one
            pass
    for task, world in zip(tasks, worlds, strict=True):
        if task.id in done:
            continue
        times.begin(task.id)
        try:
            model = lived_through(world, **_luck(plan, task))
            record: Record = {"task": task.id, "outcomes": _outcomes(plan, model)}
            del model
        except Exception as wrong:  # whatever a run fails with, the others go on
            record = _failed(task, folder, type(wrong).__name__, wrong)
        yield record
        times.end(task.id)


def worth_sharing(worlds: Sequence[Scenario]) -> bool:
    """Whether worlds of one point and luck have so many days in common that these are lived once."""
    from sim.study.branches import parting_day

    first, *others = worlds
    parting = [parting_day(first, other) or first.end for other in others]
    return any((day - first.start).days >= _WORTH_SHARING_DAYS for day in parting)


def _at(plan: Plan, task: Task) -> Scenario:
    """The scenario of a task's point, with all its policies; raises InvalidScenario."""
    values = {path: value for path, value in task.values.items() if value is not None}
    return with_values(plan.scenario, values) if values else plan.scenario


def _arm(plan: Plan, scenario: Scenario, task: Task) -> Scenario:
    policies = plan.passport["policies"][task.policies]
    return scenario if policies is None else under(scenario, policies, plan.scenario)


def under(world: Scenario, policies: Collection[str], named: Scenario) -> Scenario:
    """A world with only those of its policies that are called so in the scenario that varies, also where what they are
    called varies."""
    both = zip(world.policies, named.policies, strict=True)
    return world.replaced(policies=tuple(policy for policy, as_named in both if as_named.called in policies))


def _luck(plan: Plan, task: Task) -> dict[str, Any]:
    return {"replicate": task.replicate, "mode": plan.passport["mode"]}


def _outcomes(plan: Plan, model: SmugglingModel) -> dict[str, Any]:
    """What is kept of a run."""
    from sim.study.measures import totals

    found = totals(model)
    kept: dict[str, Any] = {name: part.fitting(name, found[name]) for name in plan.passport["outcomes"]}
    return {**kept, **_monthly(plan.passport["series"], model)} if plan.passport["series"] else kept


def _monthly(names: Sequence[str], model: SmugglingModel) -> dict[str, Any]:
    """Measures month by month, with the first day of each."""
    from sim.study.periods import MEASURES, borders, by_period

    sums = by_period(model, borders(model.plan, ()))
    found: dict[str, Any] = {part.MONTHS: sums["first"].astype(str).tolist()}
    for name in names:
        values = MEASURES[name].of(sums, sums["days"]).tolist()
        found[f"{part.MONTHLY}{name}"] = [None if value != value else float(value) for value in values]
    return found


def _failed(task: Task, folder: Path, kind: str, wrong: Exception) -> Record:
    known = isinstance(wrong, (ImpossibleWorld, InvalidScenario))
    trace = "" if known else "".join(traceback.format_exception(wrong))[-MOST_TRACED:]
    return {"task": task.id, "failed": _failure(task, folder, kind, str(wrong), trace)}


def _failure(
    task: Task, folder: Path, kind: str, message: str, trace: str, limit_s: float | None = None
) -> dict[str, Any]:
    """A task that failed, as data."""
    limit = "" if limit_s is None else f" --limit {limit_s:g}"
    return {
        "task": task.id,
        "point": task.point,
        "policies": task.policies,
        "replicate": task.replicate,
        "kind": kind,
        "message": message[:MOST_TOLD],
        "traceback": trace,
        "command": f"chokepoint chunk {shlex.quote(str(folder))} --task {task.id}{limit}",
    }


class _Times:
    """When tasks are begun, and how long they take: a line for each of both, in a file that no result depends on."""

    def __init__(self, path: Path, handle: int, say: Told | None) -> None:
        self._path, self._handle, self._say, self._since = path, handle, say, 0.0

    def begin(self, task: str) -> None:
        self._line(f"{task},{BEGUN},")
        self._since = time.perf_counter()
        if self._say is not None:
            self._say(BEGUN, task)

    def end(self, task: str) -> None:
        self._line(f"{task},{ENDED},{time.perf_counter() - self._since:.3f}")

    def _line(self, text: str) -> None:
        with told(self._path):
            os.write(self._handle, f"{text}\n".encode("ascii"))


@contextmanager
def _times(path: Path, say: Told | None) -> Iterator[_Times]:
    with told(path):
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        yield _Times(path, handle, say)
    finally:
        os.close(handle)
