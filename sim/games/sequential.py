"""The sequential inspection game of Dresher: fewer inspections than periods, and one act at a time of one's choice."""

from __future__ import annotations

from collections.abc import Iterator
from math import comb
from typing import Literal, Self

from pydantic import Field, model_validator

from sim.games.game import Game, Measure, Round, only


class Sequential(Game):
    """In every period the inspector may spend an inspection and the smuggler may act, once (Dresher 1962).

    The inspector wins 1 when the act is inspected and loses 1 when it is not; without an act nobody wins. Both know how
    many periods and inspections are left (von Stengel 2016, Mathematics of Operations Research 41(3)).
    """

    kind: Literal["sequential"] = "sequential"
    periods: int = Field(ge=2, le=60)
    """Periods, in each of which the smuggler may act."""
    inspections: int = Field(ge=1, le=59)
    """Inspections that the inspector can make in all of them."""

    @model_validator(mode="after")
    def _fewer_inspections_than_periods(self) -> Self:
        if self.inspections >= self.periods:
            raise ValueError(f"has {self.inspections} inspections for {self.periods} periods. Give fewer than periods")
        return self

    def measures(self) -> tuple[Measure, ...]:
        """The value, and the rates in the first period that make the other side indifferent."""
        n, m = self.periods, self.inspections
        spent, kept = value(n - 1, m - 1), value(n - 1, m)
        odds = 2.0 + kept - spent
        return (
            Measure("Value to the inspector", value(n, m), "inspector"),
            Measure("Inspections in the first period", (1.0 + kept) / odds, "actions", only(0, 2)),
            Measure("Acts in the first period", (kept - spent) / odds, "ways", only(0, 2)),
        )

    def round(self) -> Round:
        """One period by itself; the worth of going on is learned by those who play."""
        return Round(
            actions=("inspect", "wait"),
            ways=("act", "refrain"),
            stops=((1.0,), (0.0,)),
            passes=((0,), ()),
            through=(1.0, 0.0),
            stopped=(-1.0, 0.0),
            harm=(1.0, 0.0),
            find=1.0,
            costs=(0.0, 0.0),
        )

    def told(self) -> Iterator[str]:
        """The rules in short."""
        yield (
            f"There are {self.periods} periods, and inspections in {self.inspections} of them. The smuggler may act, "
            "once in all. An act in a period with an inspection is caught, and the inspector wins 1; another one costs "
            "her 1; without any act nobody wins. Both see what happened. In every round each state of the game, "
            "periods to go and inspections left, is played once by learners of its own, who take it that the next one "
            "is worth what it brought so far."
        )


def value(periods: int, inspections: int) -> float:
    """The value to the inspector, -C(n - 1, m) / sum of C(n, i) for i up to m (Dresher 1962).

    It is -1 with no inspection, and 0 with one for every period.
    """
    if inspections >= periods:
        return 0.0
    return -comb(periods - 1, inspections) / sum(comb(periods, i) for i in range(inspections + 1))
