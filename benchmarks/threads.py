"""Peers in two threads: controls are dealt out, and threads kept to processors, as `sim.world.inspections` does it."""

from benchmarks.c_version import CVersion
from benchmarks.kernel import Kernel
from benchmarks.workload import ByRange, Chosen, Morning, Peer, World
from sim.kernels.boxes import Day
from sim.world.inspections import shares_of
from sim.world.threads import Crew

THREADS = 2


class InThreads(Peer):
    """A peer once in each thread, with about as many boxes each."""

    kind: type[ByRange]

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.shares = [(int(rows[0]), int(rows[-1]) + 1) for rows in shares_of(world.boxes, THREADS)]
        self.peers = [self.kind(world) for _ in self.shares]
        self.crew = Crew(len(self.shares))

    def clear(self, morning: Morning, out: Day) -> None:
        self.crew.do(lambda share: self.peers[share].clear_range(*self.shares[share], morning, out))

    def chosen(self, morning: Morning) -> Chosen:
        return self.peers[0].chosen(morning)


class KernelInThreads(InThreads):
    """The kernel, which lets go of Python while it runs."""

    name = "Chokepoint, 2 threads"
    kind = Kernel


class CInThreads(InThreads):
    """C likewise: what two threads can gain on this machine."""

    name = "C, 2 threads"
    kind = CVersion
