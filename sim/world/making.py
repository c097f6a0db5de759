"""How contraband is made, as a scenario names it: fields of leaf, laboratories, and the precursors that they need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from sim.quantity import (
    ASSUMED,
    Days,
    FastKgPerDay,
    Hazard,
    KgPerKg,
    LotKg,
    Number,
    Period,
    PerThousandKm,
    PositiveKg,
    PositiveNumber,
    Quantity,
    Response,
    Share,
    Usd,
    UsdPerKg,
    UsdPerKgKm,
)
from sim.terms import Label, Name, Noun

if TYPE_CHECKING:
    from sim.world.site import Port, ProductionArea


PRECURSORS = "precursors"
"""Key of what laboratories need, in the books beside the commodities of the scenario: it is *produced* where it is
diverted from legal trade, on its way at once, *delivered* to a production area, and *consumed* in making product."""


class Leaf(Noun):
    """How those who grow leaf answer what they get for it."""

    planting_days: Days = Quantity(700, "days", 350, 1100, ASSUMED)
    """Time constant with which fields are planted when leaf pays better: a new bush bears after one or two years."""
    abandonment_days: Days = Quantity(500, "days", 180, 900, ASSUMED)
    """Time constant with which fields are left when leaf pays worse. In Peru two thirds of the fields were left within
    four years of the fall of 1995 (source ida00)."""
    return_days: Days = Quantity(180, "days", 60, 365, ASSUMED)
    """Time constant with which fields that were left, and are not overgrown yet, are taken up again."""
    overgrown_days: Days = Quantity(1100, "days", 365, 2000, ASSUMED)
    """Time constant with which fields that were left are overgrown, and would have to be planted anew."""
    contract_days: Days = Quantity(60, "days", 14, 180, ASSUMED)
    """Time constant with which what growers get follows the share of their leaf that laboratories take."""


class Laboratories(Noun):
    """Laboratories of the production areas, and what becomes of those that are raided."""

    count: int = Field(default=160, ge=1, le=5000)
    """Laboratories of all areas together, placed by the shares of the areas."""
    spare: PositiveNumber = Quantity(1.4, "1", 1.1, 3.0, ASSUMED)
    """What all of them can make while none is closed, over what the fields of the year give at the starting price."""
    raids_per_year: Hazard = Quantity(0.4, "per year", 0.1, 2.0, ASSUMED)
    """Raids that a laboratory at work suffers in a year, where no policy adds any."""
    reopen_days: Days = Quantity(30, "days", 7, 180, ASSUMED)
    """Days from a raid until the laboratory works again, in an area drawn by the shares of the areas."""


class Precursors(Noun):
    """Chemicals without which nothing is made, diverted from legal trade: all of them as one good.

    They come in containers from abroad that are declared as other goods, pass import control at a port of the origin
    side, and go to the production areas by road.
    """

    name: Label = "Precursors"
    kg_per_kg: KgPerKg = Quantity(1.0, "1", 0.1, 5.0, ASSUMED)
    """Kilograms that it takes to make one kilogram of product, at export purity."""
    gateways: tuple[Name, ...] = ()
    """Ports where they arrive; none named: the largest port of each producing country that exports are controlled at,
    or where none has one, the largest of all such ports."""
    precursor_days: Days = Quantity(30, "days", 10, 120, ASSUMED)
    """Days of use that an area likes to hold, beside what is under way."""
    lot_kg: LotKg = Quantity(2000, "kg", 500, 15000, ASSUMED)
    """What is ordered at a time, and travels in one container."""
    offer: UsdPerKg = Quantity(10, "USD/kg", 3, 40, ASSUMED)
    """What a broker pays for a kilogram abroad, at the start and when there is no shortage."""
    raise_on_shortage: Share = Quantity(0.1, "share", 0.02, 0.3, ASSUMED)
    """By how much the offer rises after a week in which nothing of what is wanted can be had; less in proportion."""
    spare: PositiveNumber = Quantity(2.0, "1", 1.2, 6.0, ASSUMED)
    """What can be diverted at the starting offer, over what is used."""
    elasticity: Response = Quantity(1.0, "1", 0.3, 3.0, ASSUMED)
    """How what can be diverted answers the offer: new channels open when more is paid."""
    dearest: Share = Quantity(0.3, "share", 0.1, 0.6, ASSUMED)
    """Largest share of the product's price at the source that is paid for them."""
    voyage_days: Days = Quantity(30, "days", 15, 50, ASSUMED)
    """Days from an order to arrival at the port, when the container comes from the rest of the world."""
    road_seizure: PerThousandKm = Quantity(0.03, "per 1000 km", 0.005, 0.1, ASSUMED)
    """Rate of seizure on the roads to the areas: the share seized over x thousand km is 1 - exp(-rate x)."""
    usd_per_kg_1000km: UsdPerKgKm = Quantity(2, "USD/kg/1000 km", 0.2, 10, ASSUMED)
    """What their carriage over land costs."""
    manifest_shift: Number = Quantity(0.6, "1", 0.2, 1.2, ASSUMED)
    """How far their declaration moves the manifest's anomaly up, in standard deviations of clean containers."""
    routing_shift: Number = Quantity(0.2, "1", 0.0, 0.6, ASSUMED)
    """The same for the routing."""
    visibility: PositiveNumber = Quantity(0.3, "1", 0.1, 0.8, ASSUMED)
    """Factor on the chance that a scan raises an alarm, whatever the load: they fill a container like other goods."""


class Finishing(Noun):
    """An intermediate that travels chemically bound in other goods, and the laboratories on the destination side that
    make product of it.

    Organisations choose for each lot whether it goes as product or in this form, as they choose among concealments.
    """

    name: Label = "Intermediate in other goods"
    saved: UsdPerKg = Quantity(300, "USD/kg", 100, 600, ASSUMED)
    """By how much a kilogram of it is cheaper at the source than a kilogram of product; never more than that costs."""
    residue: Share = Quantity(0.03, "share", 0.0, 0.2, ASSUMED)
    """Share of its weight that is gone when it has become product: base gains an eighth of its weight as hydrochloride,
    getting it out of what carries it is assumed to lose a little more."""
    chemicals: UsdPerKg = Quantity(1000, "USD/kg", 300, 3000, ASSUMED)
    """What a laboratory asks for a kilogram when little waits there: chemicals, people, risk. Paid in advance."""
    count: int = Field(default=20, ge=1, le=5000)
    """Laboratories of all markets together, placed by the shares of the markets in demand."""
    kg_per_day: FastKgPerDay = Quantity(10, "kg/day", 2, 100, ASSUMED)
    """What one laboratory finishes in a day."""
    raids_per_year: Hazard = Quantity(0.5, "per year", 0.1, 3.0, ASSUMED)
    """Raids that a laboratory at work suffers in a year, where no policy adds any."""
    reopen_days: Days = Quantity(60, "days", 14, 240, ASSUMED)
    """Days from a raid until it works again, at a market drawn by the shares."""
    usual_days: Period = Quantity(10, "days", 3, 40, ASSUMED)
    """Days of work that may wait before laboratories ask for more."""
    raise_on_backlog: Share = Quantity(0.15, "share", 0.02, 0.4, ASSUMED)
    """By how much they ask for more after a week in which twice as much waited, less in proportion; after others they
    come down by as much."""
    dearest: Share = Quantity(0.5, "share", 0.2, 0.8, ASSUMED)
    """The most that they ask, as a share of the wholesale price at the start."""
    heard_days: Period = Quantity(90, "days", 30, 365, ASSUMED)
    """Time constant with which the rate of raids that organisations believe in follows the raids that they hear of."""
    manifest_shift: Number = Quantity(0.6, "1", 0.2, 1.5, ASSUMED)
    """How far the declaration moves the manifest's anomaly up, in standard deviations of clean containers."""
    routing_shift: Number = Quantity(0.3, "1", 0.0, 1.0, ASSUMED)
    """The same for the routing."""
    visibility: PositiveNumber = Quantity(0.4, "1", 0.1, 1.0, ASSUMED)
    """Factor on the chance that a scan raises an alarm."""
    largest_kg: PositiveKg = Quantity(1500, "kg", 500, 5000, ASSUMED)
    """The largest load of one container."""
    fixed_usd: Usd = Quantity(60000, "USD", 20000, 200000, ASSUMED)
    """Cost of one consignment: the front's paperwork, the goods that carry it, getting it into them."""


def gateways_of(
    terms: Precursors | None, areas: Mapping[str, ProductionArea], ports: Mapping[str, Port]
) -> tuple[str, ...]:
    """The ports where precursors arrive, in the order of the ports; none where precursors are not modelled."""
    if terms is None:
        return ()
    if terms.gateways:
        return tuple(name for name in ports if name in terms.gateways)
    origin = {name: port for name, port in ports.items() if port.role == "origin"}
    largest: dict[str, str] = {}
    for name, port in sorted(origin.items(), key=lambda entry: -entry[1].teu_thousand):
        largest.setdefault(port.country, name)
    makers = {area.country for area in areas.values()}
    found = {name for country, name in largest.items() if country in makers} or set(list(largest.values())[:1])
    return tuple(name for name in ports if name in found)
