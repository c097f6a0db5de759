"""Which peers there are on this machine; as a program, one day of one peer, for the memory that it takes."""

import sys

from benchmarks.c_version import CVersion, compiler
from benchmarks.kernel import Kernel
from benchmarks.mesa_version import MesaAgents, MesaArrays
from benchmarks.numpy_version import NumPyByPort
from benchmarks.threads import CInThreads, KernelInThreads
from benchmarks.workload import Peer, World

try:
    from benchmarks.polars_version import PolarsVersion
except ModuleNotFoundError:
    PolarsVersion = None

SMALL = 10_000
"""Boxes of the day that a process clears to say what it weighs without boxes."""


def peers() -> dict[str, type[Peer]]:
    """Those that can run here, the kernel first, by a short name."""
    found: dict[str, type[Peer]] = {"kernel": Kernel, "kernel2": KernelInThreads}
    if compiler():
        found |= {"c": CVersion, "c2": CInThreads}
    found |= {"numpy": NumPyByPort, "mesa-arrays": MesaArrays, "mesa": MesaAgents}
    if PolarsVersion is not None:
        found["polars"] = PolarsVersion
    return found


def missing() -> list[str]:
    """Peers that cannot run here, each with the reason."""
    lines = [] if compiler() else ["C: this machine has no C compiler (cc, gcc or clang)."]
    return lines if PolarsVersion is not None else [*lines, "Polars: not installed (pip install polars)."]


if __name__ == "__main__":
    chosen, boxes = sys.argv[1], int(sys.argv[2])
    world = World(100, boxes)
    today = world.morning(60)
    peers()[chosen](world).clear(today, world.blank(today))
