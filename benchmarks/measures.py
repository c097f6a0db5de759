"""What is measured in this one process: peers, a year of the world, and how cost grows."""

from typing import Any

import numpy as np

from benchmarks.kernel import Kernel
from benchmarks.peers import peers
from benchmarks.timing import days_in_alternation, in_alternation, summary
from benchmarks.workload import World

WORLD = (900, 548_000)
"""Controls of the world's ports, and boxes that they clear in a day: 200 million in a year."""
YEAR = 365


def sizes(quick: bool, full: bool) -> list[tuple[int, int, list[str]]]:
    """Days to compare peers on: controls, boxes and who takes part."""
    everybody = list(peers())
    agents_too = everybody if not quick else [name for name in everybody if name != "mesa"]
    days = [(100, 10_000, everybody), (100, 100_000, everybody), (100, 1_000_000, agents_too)]
    days.append((*WORLD, agents_too))
    arrays = [name for name in everybody if name != "mesa"]
    return days if quick else [*days, (100, 10_000_000, arrays if full else arrays[:4])]


def compare_peers(rounds: int, quick: bool, full: bool) -> list[dict[str, Any]]:
    """Each peer on days of several sizes."""
    found = []
    for controls, boxes, names in sizes(quick, full):
        print(f"Peers: {boxes:,} boxes at {controls} controls ...", flush=True)
        world = World(controls, boxes)
        kinds = peers()
        made = [kinds[name](world) for name in names]
        found.append({"controls": controls, "boxes": boxes, "peers": in_alternation(world, made, rounds)})
    return found


def year(rounds: int) -> dict[str, Any]:
    """A year of world trade by the kernel with one and two threads and by C, alternating day by day."""
    world, kinds = World(*WORLD), peers()
    made = [kinds[name](world) for name in ("kernel", "kernel2", "c", "c2") if name in kinds]
    for _ in days_in_alternation(world, made, range(3)):  # warm up
        pass
    totals, boxes = [], 0
    for turn in range(rounds):
        print(f"A year of world trade, round {turn + 1} of {rounds} ...", flush=True)
        days = list(days_in_alternation(world, made, range(YEAR)))
        boxes = sum(count for _, count, _ in days)
        totals.append([sum(column) for column in zip(*(seconds for _, _, seconds in days), strict=True)])
    kernel, pair, *of_c = zip(*totals, strict=True)
    found = {
        "boxes": boxes,
        "seconds": {peer.name: summary(column) for peer, column in zip(made, zip(*totals, strict=True), strict=True)},
        "two threads against one": summary([a / b for a, b in zip(kernel, pair, strict=True)]),
    }
    if of_c:
        found["kernel against C"] = summary([c / k for c, k in zip(of_c[0], kernel, strict=True)])
        found["two threads of C against one"] = summary([a / b for a, b in zip(*of_c, strict=True)])
    return found


def scaling(rounds: int, quick: bool, full: bool) -> dict[str, Any]:
    """Seconds by boxes a day and by days, and the power of each that fits best: 1 is linear."""
    by_boxes: dict[int, list[float]] = {}
    worlds = {n: World(100, n) for n in (10**4, 10**5, 10**6, 10**7, *([10**8] if full else []))}
    for n, world in worlds.items():
        print(f"Scaling: {n:,} boxes ...", flush=True)
        kernel, repeats = Kernel(world), max(1, 10**6 // n)
        timed = [list(days_in_alternation(world, [kernel], range(60, 60 + repeats))) for _ in range(rounds + 1)]
        by_boxes[n] = [sum(day[2][0] for day in days) / sum(day[1] for day in days) * n for days in timed[1:]]
    small, kernel = worlds[10**4], Kernel(worlds[10**4])
    by_days = {
        n: [
            sum(day[2][0] for day in days_in_alternation(small, [kernel], range(n)))
            for _ in range(max(1, min(rounds, 2000 // n)))
        ]
        for n in (1, 10, 100, 1000, *([] if quick else [10_000]))
    }
    return {"boxes": _grown(by_boxes), "days, 10,000 boxes each": _grown(by_days)}


def _grown(seconds: dict[int, list[float]]) -> dict[str, Any]:
    medians = [float(np.median(found)) for found in seconds.values()]
    power = float(np.polyfit(np.log10(list(seconds)), np.log10(medians), 1)[0])
    return {"power": power, "seconds": dict(zip(map(str, seconds), medians, strict=True))}
