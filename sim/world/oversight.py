"""Oversight, as a scenario names it: how much of legal trade may be inspected, and over which time that is counted."""

from __future__ import annotations

from pydantic import Field

from sim.quantity import ASSUMED, Period, PositiveShare, Quantity
from sim.terms import Name, Noun


class Limit(Noun):
    """What inspection may not exceed at a control."""

    most_opened: PositiveShare | None = None
    """Share of the containers of a period that may be opened by hand; none: as many as there are hands."""
    most_scanned: PositiveShare | None = None
    """Share of the containers of a period that may be scanned; none: as many as capacity and rules ask for."""
    period_days: Period = Quantity(30, "days", 7, 365, ASSUMED)
    """Days over which containers are counted, the day itself included: the period moves on with every day."""

    @property
    def boxes_per_opening(self) -> float:
        """Containers that must have come for each one that may be opened; 0 where there is no cap."""
        return 0.0 if self.most_opened is None else 1.0 / float(self.most_opened)

    @property
    def boxes_per_scan(self) -> float:
        """The same for each one that may be scanned."""
        return 0.0 if self.most_scanned is None else 1.0 / float(self.most_scanned)


class Oversight(Limit):
    """What inspection may not exceed anywhere, and what differs from state to state."""

    at: dict[Name, Limit] = Field(default_factory=dict)
    """What differs in single states, trade regions or roles of states, field by field; a state's own entry outranks its
    region's, which outranks its role's."""
