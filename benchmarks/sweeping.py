"""What a run of a sweep costs beside the run: `python -m benchmarks.sweeping [RUNS A CHUNK] [CHUNKS]`.

Each chunk is lived by the sweep and, in turns before it or after it, by a bare loop over the same runs, in one process.
Told is the median over chunks of the difference, in milliseconds a run, of the wall and of the processor.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sim.scenario.load import with_values
from sim.study.measures import totals
from sim.study.run import live as live_run
from sim.sweep import planning
from sim.sweep.asked import read_sweep
from sim.sweep.chunk import live
from sim.sweep.plan import Plan

SWEEP = """\
title: Short runs
scenario: two_coasts
days: 1
design: latin_hypercube
points: {points}
parameters:
  customs.imports.scan_share: {{ low: 0.01, high: 0.1 }}
replicates: 25
"""


def bare(plan: Plan, chunk: int) -> None:
    """The runs of a chunk, and nothing kept of them; the scenario of a point is made once."""
    point, scenario = -1, plan.scenario
    for task in plan.tasks(chunk):
        if task.point != point:
            point = task.point
            scenario = with_values(
                plan.scenario, {path: each for path, each in task.values.items() if each is not None}
            )
        totals(live_run(scenario, replicate=task.replicate, mode="thinned"))


def timed(work: Callable[[], None]) -> tuple[float, float]:
    """Milliseconds of the wall and of the processor."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - processor)


def main(size: int = 50, chunks: int = 16) -> None:
    """Plan a sweep in a folder of its own, live it, and print what it cost."""
    points = -(-size * chunks // 25)
    planning.LEAST_CHUNKS = points * 25 // size
    with tempfile.TemporaryDirectory(dir=".") as folder:  # on a disk; /tmp may be in memory
        file = Path(folder) / "sweep.yaml"
        file.write_text(SWEEP.format(points=points), encoding="utf-8")
        plan = planning.planned(read_sweep(file), Path(folder) / "swept")
        live(plan.folder, plan.chunks - 1)  # once, so that all is loaded
        found = []
        for chunk in range(plan.chunks - 1):
            runs = len(plan.tasks(chunk))
            turns = [lambda at=chunk: bare(plan, at), lambda at=chunk: live(plan.folder, at)]
            took = {turn: timed(turns[turn]) for turn in ((0, 1) if chunk % 2 else (1, 0))}
            found.append([(swept - alone) / runs for alone, swept in zip(took[0], took[1], strict=True)])
    wall, processor = (statistics.median(column) for column in zip(*found, strict=True))
    print(f"{len(found)} chunks of {size}: {wall:.1f} ms a run, of which {processor:.1f} ms of the processor")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
