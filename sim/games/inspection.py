"""The one-shot inspection game: to inspect costs, to be caught costs more, and neither side can do without chance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from sim.games.game import Game, Measure, Round, only
from sim.quantity import ASSUMED, NonNegative, PositiveNumber, Probability, Quantity


class Inspection(Game):
    """One load that may be sent, one inspection that may be made (Avenhaus, von Stengel and Zamir 2002)."""

    kind: Literal["inspection"] = "inspection"
    gain: PositiveNumber
    """What a load that comes through brings the smuggler."""
    loss: NonNegative
    """What being caught costs the smuggler."""
    outlay: NonNegative = Quantity(0.0, "1", 0.0, 0.0, ASSUMED)
    """What sending costs the smuggler, whatever comes of it."""
    detection: Probability
    """Chance that an inspection finds the load."""
    cost: NonNegative
    """What an inspection costs the inspector."""
    find: PositiveNumber
    """What a find is worth to the inspector."""

    def deterring(self) -> float:
        """The rate of inspection from which sending does not pay: (gain - outlay) / (detection (gain + loss)).

        Above 1 no inspection deters (Haphuriwat, Bier and Willis 2011); infinite where nothing is detected.
        """
        edge, bite = self.gain - self.outlay, self.detection * (self.gain + self.loss)
        if edge <= 0.0:
            return 0.0
        return edge / bite if bite > 0.0 else float("inf")

    def equilibrium(self) -> tuple[float, float]:
        """The rates of inspection and of sending from which no side would depart: p* = b / (d (b + c)), q* = k / (d v).

        At p* the smuggler does not mind whether he sends, at q* the inspector whether she inspects. Where p* is beyond
        1 the smuggler always sends, and where an inspection of every load would not pay there is none.
        """
        pays = self.detection * self.find > self.cost
        rate = self.deterring()
        if rate <= 0.0:
            return 0.0, 0.0
        if not pays or rate >= 1.0:
            return float(pays), 1.0
        return rate, self.cost / (self.detection * self.find)

    def measures(self) -> tuple[Measure, ...]:
        """Both rates."""
        inspects, sends = self.equilibrium()
        return (
            Measure("Rounds with an inspection", inspects, "actions", only(0, 2)),
            Measure("Rounds in which a load is sent", sends, "ways", only(0, 2)),
        )

    def round(self) -> Round:
        """To inspect or not; to send or not."""
        return Round(
            actions=("inspect", "wait"),
            ways=("send", "refrain"),
            stops=((float(self.detection),), (0.0,)),
            passes=((0,), ()),
            through=(self.gain - self.outlay, 0.0),
            stopped=(-self.loss - self.outlay, 0.0),
            harm=(0.0, 0.0),
            find=float(self.find),
            costs=(float(self.cost), 0.0),
        )

    def told(self) -> Iterator[str]:
        """Who wins what, and where deterrence begins."""
        yield (
            f"In each round a smuggler sends a load or refrains, and an inspector inspects or waits. A load that comes "
            f"through brings {self.gain:g}, being caught costs {self.loss:g}, sending costs {self.outlay:g}. An "
            f"inspection costs {self.cost:g} and finds the load with probability {self.detection:g}; a find is worth "
            f"{self.find:g}."
        )
        rate = self.deterring()
        if rate > 1.0:
            yield "Sending pays even when every load is inspected: no rate of inspection deters."
        else:
            yield f"Sending does not pay where at least {rate:.6g} of the rounds have an inspection."
