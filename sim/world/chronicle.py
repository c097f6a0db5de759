"""The chronicle of a run: what is written down of every day, and of every control on every day."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.kernels.inspection import TALLIES
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
    contaminated: NDArray[np.int32] = field(init=False)
    contraband_g: NDArray[np.int64] = field(init=False)
    seized_g: NDArray[np.int64] = field(init=False)
    delay_hours: NDArray[np.float64] = field(init=False)
    recruited: int = 0
    arrested: int = 0

    def __post_init__(self) -> None:
        shape = (self.days, self.controls)
        self.tally = np.zeros((*shape, TALLIES), np.int32)
        self.contaminated, self.contraband_g = np.zeros(shape, np.int32), np.zeros(shape, np.int64)
        self.seized_g, self.delay_hours = np.zeros(shape, np.int64), np.zeros(shape)

    def open_day(self) -> None:
        """Start counting people anew."""
        self.recruited = self.arrested = 0

    def controlled(self, day: int, cleared: Cleared, delay_hours: NDArray[np.float64]) -> None:
        """Write down a day of control; delay_hours: float64[C], waiting, scanning and opening of legal boxes."""
        self.tally[day] = cleared.tally
        self.delay_hours[day] = delay_hours

    def presented(self, day: int, row: int, grams: int, seized: bool) -> None:
        """Write down one contaminated box at a control."""
        self.contaminated[day, row] += 1
        self.contraband_g[day, row] += grams
        self.seized_g[day, row] += grams * seized

    def close(self, **values: float) -> None:
        """Write down the day."""
        for name, value in values.items():
            self.daily[name].append(value)
