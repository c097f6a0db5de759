"""What is measured in this one process: peers, a year of the world, and how cost grows."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.kernel import Kernel
from benchmarks.peers import peers
from benchmarks.thinned import Thinned, least
from benchmarks.timing import days_in_alternation, in_alternation, summary
from benchmarks.workload import Peer, World

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
    """A year of world trade by the kernel in both modes, with one and two threads, and by C, alternating day by day."""
    world, kinds = World(*WORLD), peers()
    thinned = Thinned(world)
    made = [kinds["kernel"](world), thinned, *(kinds[name](world) for name in ("kernel2", "c", "c2") if name in kinds)]
    boxes, columns = _years(world, made, rounds)
    kernel, thin, pair, *of_c = columns
    found = {
        "boxes": boxes,
        "seconds": {peer.name: summary(column) for peer, column in zip(made, columns, strict=True)},
        "seconds to lay out all tables": summary([thinned.lay_out() for _ in range(rounds)]),
        "seconds of two draws a control and day": summary([least(world, YEAR) for _ in range(rounds)]),
        "two threads against one": _against(kernel, pair),
        "thinned mode against micro mode": _against(kernel, thin),
    }
    if of_c:
        found["kernel against C"] = _against(of_c[0], kernel)
        found["two threads of C against one"] = _against(*of_c)
    return found


def _years(world: World, made: Sequence[Peer], rounds: int) -> tuple[int, list[list[float]]]:
    """Boxes of a year, and by peer the seconds that each of some rounds of it took, day by day in turn."""
    for _ in days_in_alternation(world, made, range(3)):  # warm up
        pass
    totals, boxes = [], 0
    for turn in range(rounds):
        print(f"A year of world trade, round {turn + 1} of {rounds} ...", flush=True)
        days = list(days_in_alternation(world, made, range(YEAR)))
        boxes = sum(count for _, count, _ in days)
        totals.append([sum(column) for column in zip(*(seconds for _, _, seconds in days), strict=True)])
    return boxes, [list(column) for column in zip(*totals, strict=True)]


def _against(one: Sequence[float], other: Sequence[float]) -> dict[str, Any]:
    """How many times faster the other is, round by round."""
    return summary([a / b for a, b in zip(one, other, strict=True)])


def scaling(rounds: int, quick: bool, full: bool) -> dict[str, Any]:
    """Seconds by boxes a day and by days, and the power of each that fits best: 1 is linear.

    A day costs something for each control and something for each box. Where controls stay the same, few boxes cost
    more each; where each control has as many boxes on every day that is compared, only the boxes count.
    """
    most = 10**8 if full else 10**7
    counts = [10**power for power in range(4, 9) if 10**power <= most]
    by_boxes = _by_size("100 controls", dict.fromkeys(counts, 100), rounds)
    by_controls = _by_size("10,000 boxes a control", {n: n // 10**4 for n in counts}, rounds)
    world = World(100, 10**4)
    kernel = Kernel(world)
    by_days = {
        n: [
            sum(day[2][0] for day in days_in_alternation(world, [kernel], range(n)))
            for _ in range(max(1, min(rounds, 2000 // n)))
        ]
        for n in (1, 10, 100, 1000, *([] if quick else [10_000]))
    }
    return {
        "boxes, 100 controls": _grown(by_boxes, {n: n // 100 for n in counts}),
        "boxes, 10,000 a control": _grown(by_controls, dict.fromkeys(counts, 10**4)),
        "days, 10,000 boxes each": _grown(by_days, dict.fromkeys(by_days, 100)),
    }


def _by_size(where: str, controls: dict[int, int], rounds: int) -> dict[int, list[float]]:
    """Seconds of a day by its number of boxes; controls: how many there are at each."""
    found = {}
    for n, count in controls.items():
        print(f"Scaling: {n:,} boxes, {where} ...", flush=True)
        world = World(count, n)
        kernel, repeats = Kernel(world), max(1, 10**6 // n)
        timed = [list(days_in_alternation(world, [kernel], range(60, 60 + repeats))) for _ in range(rounds + 1)]
        found[n] = [sum(day[2][0] for day in days) / sum(day[1] for day in days) * n for days in timed[1:]]
    return found


def _grown(seconds: dict[int, list[float]], a_control: dict[int, int]) -> dict[str, Any]:
    """Medians, boxes a control, and the power that fits best."""
    medians = [float(np.median(found)) for found in seconds.values()]
    power = float(np.polyfit(np.log10(list(seconds)), np.log10(medians), 1)[0])
    return {
        "power": power,
        "seconds": dict(zip(map(str, seconds), medians, strict=True)),
        "boxes a control": dict(zip(map(str, a_control), a_control.values(), strict=True)),
    }
