"""Ways between places: the modes of transport and what they cost in money and days."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.quantity import (
    ASSUMED,
    BoxesPerDay,
    Days,
    Km,
    KmPerDay,
    Knots,
    Measure,
    NauticalMiles,
    Persons,
    PerThousandKm,
    PerThousandNm,
    PortDays,
    PositiveBoxes,
    PositiveKg,
    PositiveNumber,
    Probability,
    Quantity,
    Usd,
    UsdPerKgKm,
    UsdPerKgNm,
)
from sim.terms import Country, Name, Noun

Stay = Annotated[Quantity, Measure("days", ge=0.0, le=365.0)]


class Road(Noun):
    """Carriage overland between areas, warehouses, ports, docks and markets; to islands it stands for ferries and
    coasters."""

    reach_km: Km = Quantity(3200, "km", 2000, 4500, ASSUMED)
    """The longest single haul."""
    detour: PositiveNumber = Quantity(1.4, "1", 1.2, 1.7, ASSUMED)
    """Road distance over great-circle distance."""
    km_per_day: KmPerDay = Quantity(400, "km/day", 200, 700, ASSUMED)
    """How far a load gets in a day, stops and waiting included."""
    usd_per_kg_1000km: UsdPerKgKm = Quantity(1500, "USD/kg/1000 km", 300, 4460, ASSUMED)
    """What it costs an organisation to move a kilogram: handling, protection, every hand on the way (a Central
    American model has 4,460, source narcolog)."""
    islands: tuple[Country, ...] = ()
    """Island countries: loads go there by ferry, but none comes back, for it would cross a border twice."""
    origin_seizure: PerThousandKm = Quantity(0.09, "per 1000 km", 0.03, 0.25, ASSUMED)
    """Rate of seizure on the roads of the origin side: the share seized over x thousand km is 1 - exp(-rate x).
    Colombia alone seized 489 t in 2019 (source emcdda22), a quarter of what the world made."""
    destination_seizure: PerThousandKm = Quantity(0.03, "per 1000 km", 0.005, 0.08, ASSUMED)
    """The same on the destination side."""


class Liner(Noun):
    """Container ships on long-haul services, hired by legal trade."""

    knots: Knots = Quantity(16, "knots", 13, 19, ASSUMED)
    """Sailing speed; Guayaquil to Antwerp, 5,672 nm, then takes 15 days at sea and 17 with calls (source msc14)."""
    port_days: PortDays = Quantity(2, "days", 1, 5, ASSUMED)
    """Calls and handling between closing of the export gate and arrival at the import gate."""
    least_boxes_per_year: PositiveBoxes = Quantity(52, "containers/year", 12, 260, ASSUMED)
    """Lanes with fewer containers a year carry no contraband: too few sailings to hide in."""
    loss: Probability = Quantity(0.01, "probability", 0.0, 0.03, ASSUMED)
    """Share of consignments in containers that are lost: not recovered, stolen, or spoilt."""


class Feeder(Liner):
    """Short services between a hub and other ports."""

    knots: Knots = Quantity(13, "knots", 11, 16, ASSUMED)
    """Sailing speed of feeder ships."""
    reach_nm: NauticalMiles = Quantity(1600, "nm", 800, 2500, ASSUMED)
    """Lanes shorter than this are feeder lanes."""


class Craft(Noun):
    """A kind of small craft, as abstract numbers: how fast, how large, how dear, how easily seen. As it stands, fishing
    vessels and coasters.

    No kind carries more detail than that. One with a reach of 0 plays no part.
    """

    knots: Knots = Quantity(9, "knots", 6, 12, ASSUMED)
    """Mean speed of a crossing."""
    usd_per_kg_1000nm: UsdPerKgNm = Quantity(300, "USD/kg/1000 nm", 100, 900, ASSUMED)
    """What the crossing costs with the load and the distance."""
    craft_usd: Usd = Quantity(500_000, "USD", 200_000, 2_000_000, ASSUMED)
    """Cost of the craft and its crossing that does not grow with the load."""
    capacity_kg: PositiveKg = Quantity(3300, "kg", 1200, 9000, "maoc")
    """The largest load of one crossing."""
    reach_nm: NauticalMiles = Quantity(6000, "nm", 3000, 9000, ASSUMED)
    """The longest crossing that it makes."""
    visibility: PositiveNumber = Quantity(1.0, "1", 0.8, 1.2, ASSUMED)
    """Factor on the width within which a patrol unit sees it."""
    loss: Probability = Quantity(0.04, "probability", 0.0, 0.15, ASSUMED)
    """Share of crossings that founder or jettison."""


class Boat(Noun):
    """A kind of craft that people cross the sea in, as abstract numbers."""

    knots: Knots = Quantity(7, "knots", 4, 20, ASSUMED)
    """Mean speed of a crossing."""
    boat_usd: Usd = Quantity(30_000, "USD", 3_000, 150_000, ASSUMED)
    """What it costs with its fuel; it is not used twice."""
    persons: Persons = Quantity(80, "persons", 15, 400, ASSUMED)
    """How many are put aboard at most."""
    reach_nm: NauticalMiles = Quantity(1200, "nm", 50, 2500, ASSUMED)
    """The longest crossing that it makes."""
    visibility: PositiveNumber = Quantity(0.8, "1", 0.3, 1.2, ASSUMED)
    """Factor on the width within which a patrol unit sees it."""
    distress: PerThousandNm = Quantity(0.4, "per 1000 nm", 0.05, 3.0, ASSUMED)
    """Rate at which it comes into distress: over x thousand nautical miles with the chance 1 - exp(-rate x)."""
    calls: Probability = Quantity(0.4, "probability", 0.0, 0.9, ASSUMED)
    """Chance that a call for help tells patrols where to look for it."""
    fatal: Probability = Quantity(0.3, "probability", 0.05, 0.8, ASSUMED)
    """Chance that those aboard a boat in distress are lost at sea if nobody rescues them; else it drifts on."""

    def as_craft(self) -> Craft:
        """What it is for those who plan a crossing, with persons in place of kilograms."""
        return Craft(
            knots=self.knots, craft_usd=self.boat_usd, reach_nm=self.reach_nm, visibility=self.visibility,
            usd_per_kg_1000nm=Quantity(0.0, "USD/kg/1000 nm"), capacity_kg=Quantity(float(self.persons), "kg"),
            loss=Quantity(0.0, "probability"),
        )  # fmt: skip


class Yacht(Craft):
    """Sailing yachts: slow, small, and not remarkable."""

    knots: Knots = Quantity(6, "knots", 4, 8, ASSUMED)
    craft_usd: Usd = Quantity(200_000, "USD", 80_000, 500_000, ASSUMED)
    capacity_kg: PositiveKg = Quantity(1000, "kg", 400, 1300, "maoc")
    visibility: PositiveNumber = Quantity(0.8, "1", 0.5, 1.0, ASSUMED)


class GoFast(Craft):
    """Go-fast craft: little time at sea, and no reach across an ocean."""

    knots: Knots = Quantity(25, "knots", 15, 40, ASSUMED)
    craft_usd: Usd = Quantity(300_000, "USD", 100_000, 600_000, ASSUMED)
    capacity_kg: PositiveKg = Quantity(1500, "kg", 500, 3000, ASSUMED)
    reach_nm: NauticalMiles = Quantity(1500, "nm", 500, 2500, ASSUMED)
    visibility: PositiveNumber = Quantity(0.6, "1", 0.3, 0.9, ASSUMED)
    loss: Probability = Quantity(0.06, "probability", 0.0, 0.2, ASSUMED)


class SemiSubmersible(Craft):
    """Semi-submersible craft: hard to see, dear, and often lost."""

    knots: Knots = Quantity(7, "knots", 5, 10, ASSUMED)
    craft_usd: Usd = Quantity(1_500_000, "USD", 1_000_000, 2_000_000, "upglob")
    capacity_kg: PositiveKg = Quantity(5000, "kg", 1700, 9000, "guard26")
    reach_nm: NauticalMiles = Quantity(5000, "nm", 2000, 7000, ASSUMED)
    visibility: PositiveNumber = Quantity(0.3, "1", 0.1, 0.6, ASSUMED)
    loss: Probability = Quantity(0.1, "probability", 0.02, 0.3, ASSUMED)


class SmallCraft(Noun):
    """Craft between small docks, of a few kinds."""

    fishing_vessel: Craft = Field(default_factory=Craft)
    sailing_yacht: Yacht = Field(default_factory=Yacht)
    go_fast: GoFast = Field(default_factory=GoFast)
    semi_submersible: SemiSubmersible = Field(default_factory=SemiSubmersible)
    boats: dict[Name, Boat] = Field(default_factory=dict, max_length=8)
    """Kinds of craft that people cross the sea in, and nothing else does."""
    known: BoxesPerDay = Quantity(1500, "containers/day", 100, 4000, ASSUMED)
    """How well organisations know a coast when they look for gateways: as well as a port with so many containers a
    day."""
    detour: PositiveNumber = Quantity(1.15, "1", 1.05, 1.4, ASSUMED)
    """Distance sailed over great-circle distance."""

    @property
    def kinds(self) -> dict[str, Craft]:
        """All kinds by name, those that carry goods first."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        carriers = {name: value for name, value in values.items() if isinstance(value, Craft)}
        return carriers | {name: boat.as_craft() for name, boat in self.boats.items()}


class Ashore(Noun):
    """How long loads lie at sites ashore, where a visit could find them."""

    dock_days: Stay = Quantity(2, "days", 0.5, 10, ASSUMED)
    """Days for which a load is handled at a coast with small docks, beside those for which it waits for a crew."""
    warehouse_days: Stay = Quantity(7, "days", 1, 30, ASSUMED)
    """Days for which a load is kept in a transit warehouse; those of the road to it hold them already."""


class SeaDistance(Noun):
    """A sea distance between two ports that no dataset gives."""

    origin: Name
    destination: Name
    nm: float = Field(gt=0, le=30000)
    canals: tuple[Name, ...] = ()
    """Canals and straits on the way, by names of one's own, which disruptions can speak of."""
    nm_around: float | None = Field(default=None, gt=0, le=30000)
    """Distance while one of them is closed; none: nobody sails then."""


class Transport(Noun):
    """The four modes."""

    road: Road = Field(default_factory=Road)
    liner: Liner = Field(default_factory=Liner)
    feeder: Feeder = Field(default_factory=Feeder)
    small_craft: SmallCraft = Field(default_factory=SmallCraft)
    hold_days: Days = Quantity(45, "days", 14, 90, ASSUMED)
    """A load that no crew has taken ashore so many days after its arrival is lost: the container or craft is gone."""
    hub_days: Days = Quantity(7, "days", 2, 21, ASSUMED)
    """Days that a load spends at a hub between two lanes."""
    ashore: Ashore = Field(default_factory=Ashore)
    sea_distances: tuple[SeaDistance, ...] = ()
    """Distances between ports of one's own; pairs without a distance have no lane."""
