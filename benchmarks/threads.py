"""Peers in two threads: controls are dealt out as `sim.world.clearance` does; all meet at the end of each day."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from benchmarks.c_version import CVersion
from benchmarks.kernel import Kernel
from benchmarks.workload import ByRange, Chosen, Morning, Peer, World
from sim.kernels.boxes import Day

THREADS = 2


class InThreads(Peer):
    """A peer once in each thread, with about as many boxes each."""

    kind: type[ByRange]

    def __init__(self, world: World) -> None:
        super().__init__(world)
        flow = np.concatenate([[0.0], np.cumsum(world.flow)])
        cuts = [int(np.searchsorted(flow, flow[-1] * part / THREADS)) for part in range(THREADS)]
        self.shares = list(itertools.pairwise([*cuts, world.controls]))
        self.peers = [self.kind(world) for _ in self.shares]
        self.pool = ThreadPoolExecutor(THREADS)

    def clear(self, morning: Morning, out: Day) -> None:
        def clear(peer: ByRange, share: tuple[int, int]) -> None:
            peer.clear_range(*share, morning, out)

        for _ in self.pool.map(clear, self.peers, self.shares):
            pass

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
