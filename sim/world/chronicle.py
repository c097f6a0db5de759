"""The chronicle of a run: what is written down of every day, and of every control on every day."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.kernels.boxes import CHOSEN, OPENED, TALLIES
from sim.world.clearance import Cleared

DAILY = (
    "produced_g", "dispatched_g", "seized_g", "lost_g", "delivered_g", "consumed_g", "stock_g", "in_transit_g",
    "market_stock_g", "price_usd_per_kg", "boxes_arrived", "boxes_scanned", "boxes_examined", "false_alarms", "hits",
    "delay_box_hours", "couriers", "recruited", "arrested", "organisations", "capital_cents", "policy_cost_cents",
)  # fmt: skip


@dataclass(slots=True)
class Chronicle:
    """Columns of the daily table, and arrays by day and control."""

    days: int
    controls: int
    daily: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in DAILY})
    tally: NDArray[np.int32] = field(init=False)
    delay_hours: NDArray[np.float64] = field(init=False)
    met: list[tuple[int, int, int, bool]] = field(default_factory=list)
    """Contaminated boxes at controls: day, row, grams, whether seized."""
    recruited: int = 0
    arrested: int = 0

    def __post_init__(self) -> None:
        self.tally = np.zeros((self.days, self.controls, TALLIES), np.int32)
        self.delay_hours = np.zeros((self.days, self.controls))

    def open_day(self) -> None:
        """Start counting people anew."""
        self.recruited = self.arrested = 0

    def controlled(
        self, day: int, cleared: Cleared, per_hour: NDArray[np.float64], examination_hours: NDArray[np.float64]
    ) -> tuple[list[int], float]:
        """Write down a day of control; returns the tallies of all controls together, and their delay in box hours.

        per_hour: float64[C], boxes that one lane scans in an hour; examination_hours: float64[C], to open one.
        """
        self.tally[day] = cleared.tally
        scanning, opening = cleared.tally[:, CHOSEN] / per_hour, cleared.tally[:, OPENED] * examination_hours
        delay = np.add(cleared.wait_hours + scanning, opening, out=self.delay_hours[day])
        return cleared.tally.sum(axis=0).tolist(), math.fsum(delay.tolist())

    def presented(self, day: int, row: int, grams: int, seized: bool) -> None:
        """Write down one contaminated box at a control."""
        self.met.append((day, row, grams, seized))

    @property
    def contaminated(self) -> NDArray[np.int64]:
        """Contaminated boxes by day and control."""
        return self._by_control([1] * len(self.met))

    @property
    def contraband_g(self) -> NDArray[np.int64]:
        """Grams in them, by day and control."""
        return self._by_control([grams for _, _, grams, _ in self.met])

    @property
    def seized_g(self) -> NDArray[np.int64]:
        """Grams seized, by day and control."""
        return self._by_control([grams * seized for _, _, grams, seized in self.met])

    def _by_control(self, values: list[int]) -> NDArray[np.int64]:
        found = np.zeros((self.days, self.controls), np.int64)
        where = [day for day, *_ in self.met], [row for _, row, *_ in self.met]
        np.add.at(found, where, values)
        return found

    def close(self, values: Mapping[str, float]) -> None:
        """Write down the day: a value for every column of the daily table."""
        for name, value in values.items():
            self.daily[name].append(value)
