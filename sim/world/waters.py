"""Sea zones, and the patrol units that states send to search them."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import Field

from sim.quantity import (
    ASSUMED,
    Days,
    Knots,
    Measure,
    NauticalMiles,
    Probability,
    Quantity,
    Share,
    SquareNauticalMiles,
)
from sim.terms import Country, Label, Name, Noun

Units = Annotated[Quantity, Measure("count", ge=0.0, le=500.0)]
Times = Annotated[Quantity, Measure("count", ge=0.0, le=24.0)]
DaysOut = Annotated[Quantity, Measure("days", ge=1.0, le=3650.0)]
Part = Annotated[Quantity, Measure("share", ge=1e-6, le=1.0)]


class Point(NamedTuple):
    """A place on the globe, in degrees."""

    lat: float
    lon: float


class Patrol(Noun):
    """What a patrol unit is like: a ship with its boarding team, and the aircraft that it works with."""

    knots: Knots = Quantity(15, "knots", 10, 25, ASSUMED)
    """Speed while it searches, and on its way to the zone and back."""
    sweep_width_nm: NauticalMiles = Quantity(20, "nm", 5, 40, ASSUMED)
    """Width within which it sees a craft of visibility 1."""
    hours_per_day: Annotated[Quantity, Measure("hours", ge=0.0, le=24.0)] = Quantity(20, "hours", 12, 24, ASSUMED)
    """Hours of a day at sea in which it can search, its way to the zone and back not yet taken off."""
    days_at_sea: DaysOut = Quantity(14, "days", 5, 40, ASSUMED)
    """Days from leaving its base until it is back."""
    days_in_port: Days = Quantity(7, "days", 3, 30, ASSUMED)
    """Days of maintenance and rest before it leaves again."""
    boardings_per_day: Times = Quantity(1, "count", 0, 3, ASSUMED)
    """Craft that it can board in a day, in whole numbers."""
    escort_days: Days = Quantity(3, "days", 1, 7, ASSUMED)
    """Days after a seizure in which it brings craft and crew ashore, and neither searches nor boards."""
    spread: Share = Quantity(0.3, "share", 0.1, 1.0, ASSUMED)
    """Share of its weeks that is spread evenly over the zones that it serves, whatever was found there."""
    memory: Share = Quantity(0.95, "share", 0.8, 0.99, ASSUMED)
    """Share of what was found that still counts a week later."""


class PatrolGroup(Patrol):
    """Some patrol units with a base and zones of their own."""

    name: Label
    units: int = Field(default=1, ge=1, le=500)
    """How many there are."""
    base: Name | None = None
    """Port, dock or warehouse that they leave from; as far away as the zone says when not given."""
    zones: tuple[Name, ...] = ()
    """Zones that they serve beside the one under which they stand."""
    joint: bool = False
    """Whether they sail for several states together, which may board any craft; else for one."""


class SeaZone(Noun):
    """A stretch of sea that small craft cross and patrols search at random (Koopman 1946)."""

    name: Label
    area_nm2: SquareNauticalMiles
    """Area searched, square nautical miles."""
    lat: float | None = Field(default=None, ge=-90, le=90)
    """Latitude of its middle, degrees north: needed where units have a base with a name."""
    lon: float | None = Field(default=None, ge=-180, le=180)
    """Longitude of its middle, degrees east."""
    state: Country | None = None
    """State that answers for what is found there; that of the first dock from which craft cross it when not given."""
    crossing_nm: NauticalMiles = Quantity(650, "nm", 100, 2000, ASSUMED)
    """Distance that a craft sails within the zone."""
    patrol_units: Units = Quantity(4, "count", 0, 20, ASSUMED)
    """Units that serve it, in port or at sea, where `patrols` lists none."""
    unit: Patrol = Field(default_factory=Patrol)
    """What these are like, and any that policies add."""
    base_nm: NauticalMiles = Quantity(200, "nm", 50, 600, ASSUMED)
    """How far from their base its middle is, for units whose base has no name."""
    patrols: tuple[PatrolGroup, ...] = ()
    """Groups of units, in place of a number of them."""
    cue: Probability = Quantity(0.1, "probability", 0.0, 0.4, ASSUMED)
    """Chance that national sources tell where to look for a crossing of which nobody has been told."""
    cued_area: Part = Quantity(0.2, "share", 0.05, 0.5, ASSUMED)
    """Share of the area that is left to search for such a crossing."""
    national_rights: Share = Quantity(0.8, "share", 0.3, 1.0, ASSUMED)
    """Share of the craft that units of a single state may board: for the others they lack the consent of a flag or
    coastal state, which joint units bring with them."""
    boarding: Probability = Quantity(0.26, "probability", 0.2, 0.5, "kelly14")
    """Chance that a craft that is to be boarded is stopped: 74 % of suspected movements could not be interdicted."""

    returns: Share = Quantity(0.1, "share", 0.0, 1.0, ASSUMED)
    """Share of the boats with people, intercepted or rescued here, of which those aboard are returned to where they
    came from; the others are brought to safety in the state that they wanted to reach."""

    @property
    def middle(self) -> Point | None:
        """Where its middle is, if the scenario says so."""
        return Point(self.lat, self.lon) if self.lat is not None and self.lon is not None else None

    def units(self, *, joint: bool) -> float:
        """How many units belong to it that sail for one state, or for several together."""
        if self.patrols:
            return float(sum(group.units for group in self.patrols if group.joint == joint))
        return 0.0 if joint else float(self.patrol_units)
