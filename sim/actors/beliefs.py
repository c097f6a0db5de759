"""What organisations believe about checkpoints: Beta counts of losses and passages that fade with time."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.actors.traits import Beliefs as Traits
from sim.kernels.draws import entity_key
from sim.kernels.prospects import Records
from sim.kernels.rumour import hear


@dataclass(slots=True)
class Beliefs:
    """Beta(losses, passages) for every organisation, checkpoint and concealment, kept apart from what is true.

    Evidence fades exponentially towards the starting belief; one's own experience counts in full, that of others at the
    discount of rumour (Thompson 1933; forgetting as in Raj and Kalyani 2017).
    """

    traits: list[Traits]
    """One entry an organisation."""
    names: tuple[str, ...]
    """The checkpoints."""
    n_ports: int
    """How many of them are controls of ports; sea zones follow, and then sites."""
    concealments: tuple[str, ...]
    """Ways to hide a load in a container."""
    craft: tuple[str, ...] = ()
    """Kinds of small craft."""
    brokers: bool = False
    """Whether they are supply brokers', who hear of each other's loads alone; so do organisations."""
    first_site: int | None = None
    """Row of the first site, where nobody expects a control before something was found; none: there is no site."""
    counts: NDArray[np.float64] = field(init=False)
    """float64[N, 2, C, M]: losses and passages."""
    losses: NDArray[np.float64] = field(init=False)
    """float64[N, C, M], in `counts`"""
    passages: NDArray[np.float64] = field(init=False)
    start: NDArray[np.float64] = field(init=False)
    """float64[N, 2, C, M]: those of the starting beliefs."""
    memory: NDArray[np.float64] = field(init=False)
    """float64[N]: share of the evidence that is kept for a week."""
    pull: NDArray[np.float64] = field(init=False)
    """float64[N, 2, C, M]: what the starting belief adds in a week."""
    rumour: NDArray[np.float64] = field(init=False)
    present: NDArray[np.int64] = field(init=False)
    """int64[2, K]: rows of those who are there, and the numbers that loads know them by; all, by their rows, at
    first."""
    keys: NDArray[np.uint64] = field(init=False)
    """uint64[C, M]: what a checkpoint is addressed by for those who pass it with each method, whatever their rows; 0
    where nobody does."""

    def __post_init__(self) -> None:
        rows = np.arange(len(self.names))
        self.first_site = len(rows) if self.first_site is None else self.first_site
        self.keys = self._keys(self.first_site)
        shape = (len(self.traits), 2, *self.keys.shape)
        weight = np.array([float(t.prior_weight) for t in self.traits])[:, None]
        port = np.array([float(t.prior_risk) for t in self.traits])[:, None]
        sea = np.array([float(t.prior_risk_sea) for t in self.traits])[:, None]
        risk = np.where(rows < self.n_ports, port, np.where(rows < self.first_site, sea, 0.0))
        start = np.stack([weight * risk, weight * (1.0 - risk)], axis=1)[..., None]
        self.start = np.broadcast_to(start, shape).copy()
        self.counts = self.start.copy()
        self.present = np.stack([np.arange(shape[0]), np.arange(shape[0])])
        self.losses, self.passages = self.counts[:, 0], self.counts[:, 1]
        self.memory = np.array([float(t.weekly_memory) for t in self.traits])
        self.pull = np.broadcast_to((1.0 - self.memory)[:, None, None, None] * start, shape).copy()
        self.rumour = np.array([float(t.rumour) for t in self.traits])

    def _keys(self, first_site: int) -> NDArray[np.uint64]:
        """Containers pass ports, craft cross zones; what is kept at a site is known by no method."""
        found = np.zeros((len(self.names), max(len(self.concealments), len(self.craft))), np.uint64)
        for row, name in enumerate(self.names):
            at_port = self.concealments if row < self.n_ports else self.craft
            for m, method in enumerate(at_port if row < first_site else ("",)):
                found[row, m] = entity_key(f"belief about {name} {method}")
        return found

    def learn(self, steps: Records, loads: Records) -> None:
        """Everybody hears of the day's meetings of loads with checkpoints; their owners know. Steps: STEP[n]; loads:
        LOAD[.]."""
        hear(self.counts, self.rumour, self.present, self.brokers, self.first_site, steps, loads)

    def hear_say(self, organisation: int, others: list[int]) -> None:
        """Begin with the starting belief, and the mean of what others have learned at the discount of rumour."""
        mine = self.counts[organisation]
        mine[:] = self.start[organisation]
        for other in others:
            mine += self.rumour[organisation] / len(others) * (self.counts[other] - self.start[other])

    def fade(self, organisation: int) -> None:
        """A week passes: evidence fades towards the starting belief."""
        mine = self.counts[organisation]
        mine *= self.memory[organisation]
        mine += self.pull[organisation]
