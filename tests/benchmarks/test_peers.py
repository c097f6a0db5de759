"""Every peer of the benchmarks does the kernel's work: a figure for one that does not would say nothing."""

import numpy as np
import pytest

from benchmarks.c_version import compiler
from benchmarks.kernel import Kernel
from benchmarks.timing import Differs, Reference, in_alternation
from benchmarks.workload import World
from sim.kernels.boxes import ARRIVED, CHOSEN, FOUND, HITS, OPENED, RELEASED, SCANNED

DAYS = range(3)


def tiny() -> World:
    """Ports of very different sizes, some of which scan nothing on some day, and plenty of contraband."""
    return World(12, 4000, lanes=5, dirty=0.03, seed=3)


def of(name: str):
    if name in ("c", "c2") and compiler() is None:
        pytest.skip("the C peer is compiled on the spot, and this machine has no C compiler")
    if name == "polars":
        pytest.importorskip("polars", reason="a peer of the extra `bench`, which is not installed")
    from benchmarks.peers import peers

    return peers()[name]


@pytest.mark.parametrize("name", ["kernel2", "c", "c2", "numpy", "mesa-arrays", "mesa", "polars"])
def test_a_peer_does_what_the_kernel_does_box_for_box(name):
    world = tiny()
    peer = of(name)(world)
    for day in DAYS:
        morning, out = world.morning(day), world.blank(world.morning(day))

        chosen = peer.clear(morning, out)

        Reference(world, morning).check(name, out, peer.chosen(morning) if chosen is None else chosen)


def test_the_days_hold_what_the_comparison_is_about():
    world = tiny()
    tally, fates = np.zeros(8, np.int64), set()
    for day in DAYS:
        out = Reference(world, world.morning(day)).out
        tally += out.tally.sum(axis=0)
        fates |= set(out.fate.tolist())

    assert 0.02 < tally[CHOSEN] / tally[ARRIVED] < 0.06
    assert tally[OPENED] >= tally[HITS] > 0
    assert {RELEASED, SCANNED, FOUND} <= fates


def test_a_peer_that_does_other_work_gets_no_figure(capsys):
    class Lazy(Kernel):
        name = "lazy"

        def clear(self, morning, out):
            super().clear(morning, out)
            out.tally[0, ARRIVED] -= 1

    world = tiny()

    found = in_alternation(world, [Kernel(world), Lazy(world)], rounds=1)

    assert list(found) == [Kernel.name]
    assert "lazy differs from the kernel in tally: no figure" in capsys.readouterr().out
    with pytest.raises(Differs):
        Reference(world, world.morning(0)).check("empty", world.blank(world.morning(0)), None)


def test_a_year_of_the_world_is_as_large_as_it_says():
    world = World(900, 548_000)

    assert sum(world.boxes_on(world.morning(day)) for day in range(7)) == pytest.approx(7 * 548_000, rel=0.01)
