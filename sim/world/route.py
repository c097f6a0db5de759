"""Ways between places: the modes of transport and what they cost in money and days."""

from __future__ import annotations

from pydantic import Field

from sim.quantity import (
    ASSUMED,
    Days,
    Km,
    KmPerDay,
    Knots,
    NauticalMiles,
    PerThousandKm,
    PositiveKg,
    PositiveNumber,
    Probability,
    Quantity,
    Usd,
    UsdPerKgKm,
    UsdPerKgNm,
)
from sim.terms import Country, Name, Noun


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
    port_days: Days = Quantity(2, "days", 1, 5, ASSUMED)
    """Calls and handling between closing of the export gate and arrival at the import gate."""
    least_boxes_per_year: PositiveNumber = Quantity(52, "1", 12, 260, ASSUMED)
    """Lanes with fewer containers a year carry no contraband: too few sailings to hide in."""
    loss: Probability = Quantity(0.01, "probability", 0.0, 0.03, ASSUMED)
    """Share of consignments in containers that are lost: not recovered, stolen, or spoilt."""


class Feeder(Liner):
    """Short services between a hub and other ports."""

    knots: Knots = Quantity(13, "knots", 11, 16, ASSUMED)
    """Sailing speed of feeder ships."""
    reach_nm: NauticalMiles = Quantity(1600, "nm", 800, 2500, ASSUMED)
    """Lanes shorter than this are feeder lanes."""


class SmallCraft(Noun):
    """Fishing boats, yachts, go-fast and semi-submersible craft between small docks."""

    knots: Knots = Quantity(9, "knots", 6, 12, ASSUMED)
    """Mean speed of a crossing."""
    usd_per_kg_1000nm: UsdPerKgNm = Quantity(300, "USD/kg/1000 nm", 100, 900, ASSUMED)
    """What the crossing costs with the load and the distance."""
    craft_usd: Usd = Quantity(500000, "USD", 200000, 2000000, ASSUMED)
    """Cost of the craft and its crossing that does not grow with the load (semi-submersibles: 1 to 2 million, source
    upglob)."""
    capacity_kg: PositiveKg = Quantity(3300, "kg", 400, 9000, "maoc")
    """The largest load of one crossing (fishing and merchant vessels: 1,200 to 9,000)."""
    known: PositiveNumber = Quantity(1500, "1", 100, 4000, ASSUMED)
    """How well organisations know a coast when they look for gateways: as well as a port with so many containers a
    day."""
    loss: Probability = Quantity(0.04, "probability", 0.0, 0.15, ASSUMED)
    """Share of crossings that founder or jettison."""
    detour: PositiveNumber = Quantity(1.15, "1", 1.05, 1.4, ASSUMED)
    """Distance sailed over great-circle distance."""


class SeaDistance(Noun):
    """A sea distance between two ports that no dataset gives."""

    origin: Name
    destination: Name
    nm: float = Field(gt=0, le=30000)


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
    sea_distances: tuple[SeaDistance, ...] = ()
    """Distances between ports of one's own; pairs without a distance have no lane."""
