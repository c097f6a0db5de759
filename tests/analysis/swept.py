"""Sweeps whose runs were never lived: what came out is a known function of where the parameters stood."""

import math

from sim.sweep import part
from sim.sweep.asked import read_sweep
from sim.sweep.planning import planned
from sim.sweep.sweep import Sweep

ISHIGAMI = """\
title: Ishigami
scenario: two_coasts
days: 2
design: {design}
points: {points}
parameters:
  customs.imports.random_share: {{ low: 0.0, high: 0.2 }}
  customs.imports.scan_share: {{ low: 0.01, high: 0.11 }}
  customs.imports.sensitivity: {{ low: 0.4, high: 0.9 }}
replicates: {replicates}
outcomes: [seized_kg, delivered_kg]
"""
RANGES = ((0.0, 0.2), (0.01, 0.11), (0.4, 0.9))


def angles(values):
    """The three parameters as angles from -π to π."""
    pairs = zip(values, RANGES, strict=True)
    return [math.pi * (2 * (value - low) / (high - low) - 1) for value, (low, high) in pairs]


def ishigami(values):
    """sin x1 + 7 sin² x2 + 0.1 x3⁴ sin x1."""
    one, two, three = angles(values)
    return math.sin(one) + 7 * math.sin(two) ** 2 + 0.1 * three**4 * math.sin(one)


def swept(folder, text, outcome, lost=()):
    """A sweep in its folder, with `outcome(values, replicate, point)` as what each run came to; None: it failed."""
    (folder / "sweep.yaml").write_text(text, encoding="utf-8")
    plan = planned(read_sweep(folder / "sweep.yaml"), folder / "swept")
    for chunk in range(plan.chunks):
        tasks = plan.tasks(chunk)
        found, failed = {}, {}
        for task in tasks:
            if task.point in lost:
                failed[task.id] = {"task": task.id, "message": "lost"}
            else:
                value = outcome([*task.values.values()], task.replicate, task.point)
                found[task.id] = {"seized_kg": value, "delivered_kg": 1.0}
        part.keep(plan, chunk, [task.id for task in tasks], part.Kept(found, failed))
    return Sweep.open(plan.folder)
