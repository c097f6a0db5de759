"""Places: ports, production areas, transit warehouses, small docks and markets."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.quantity import (
    ASSUMED,
    Count,
    Days,
    Hazard,
    Probability,
    Quantity,
    Share,
    Spread,
    TeuThousand,
    UsdPerYear,
    Years,
)
from sim.terms import Country, Label, Name, Noun, Role

Dataset = Literal["latin_america_europe", "world"]


class Site(Noun):
    """A place of the route graph, in degrees north and east."""

    name: Label
    """The name that people use."""
    country: Country
    """ISO code of the jurisdiction it lies in."""
    lat: float = Field(ge=-90, le=90)
    """Latitude, degrees north."""
    lon: float = Field(ge=-180, le=180)
    """Longitude, degrees east."""


class Port(Site):
    """A container port with its legal trade."""

    region: Name
    """The trade region it belongs to: ports of one region share a cargo mix."""
    role: Role
    """origin: exports are controlled; destination: imports are; transit: both."""
    teu_thousand: TeuThousand
    """Containers handled a year, loading and unloading both counted."""


class ProductionArea(Site):
    """Where a commodity comes from: where laboratories turn leaf into product, or goods are diverted."""

    share: Share
    """Its share of what is made of its commodity for this trade."""
    commodity: Name | None = None
    """What comes from it; when not given, the commodity that no area names."""
    side: Literal["origin", "destination"] = "origin"
    """On which side of the ocean it lies: what comes from the destination side goes the other way."""


class Warehouse(Site):
    """A transit warehouse: where loads are put together, or stored after arrival."""

    side: Literal["origin", "destination"]
    """On which side of the ocean it stands."""


class Dock(Site):
    """A stretch of coast with small docks and fishing harbours, as one place."""

    side: Literal["origin", "destination"]
    """On which side of the ocean it lies."""
    zones: tuple[Name, ...] = Field(min_length=1)
    """The sea zones that a small craft crosses between here and the open ocean, nearest first."""
    craft: tuple[Name, ...] | None = None
    """Kinds of small craft that can use it; all when not given."""


class Market(Site):
    """A region of consumers supplied at wholesale."""

    demand_share: Share
    """Its share of the demand for its commodity at the start."""
    commodity: Name | None = None
    """What is sold at it; when not given, the commodity that no area names."""
    side: Literal["origin", "destination"] = "destination"
    """On which side of the ocean it lies: the other one than the areas of its commodity."""


class Community(Noun):
    """People around ports and docks from whom couriers come."""

    at_risk_per_million_teu: Count = Quantity(300, "count", 50, 1500, ASSUMED)
    """People around a port who could be asked to work for traffickers, by the million TEU that it handles in a year."""
    at_risk_per_coast: Count = Quantity(300, "count", 50, 2000, ASSUMED)
    """The same along a coast with small docks; no port has fewer than a tenth of it."""
    legal_wage_origin: UsdPerYear = Quantity(5400, "USD/year", 5100, 5520, ASSUMED)
    """Legal pay around origin and transit sites (Ecuador's basic wage, 450 USD a month, from memory)."""
    legal_wage_destination: UsdPerYear = Quantity(65000, "USD/year", 49000, 86000, ASSUMED)
    """Legal pay of a docker around destination sites (60,000 EUR guessed for Antwerp and Rotterdam; stevedores in Spain
    had 67,797 EUR in 2017, source ares)."""
    reservation_spread: Spread = Quantity(0.6, "1", 0.3, 1.0, ASSUMED)
    """Standard deviation of the logarithm of reservation wages around the legal wage."""
    job_share: Share = Quantity(0.2, "share", 0.05, 0.6, ASSUMED)
    """What a person asks for one job when nobody around was ever arrested, as a share of a year's reservation wage."""
    sentence_years: Years = Quantity(6.0, "years", 4.0, 8.0, "rtl22")
    """Sentence that an arrested port worker can expect."""
    risk_weight: Hazard = Quantity(0.5, "per year", 0.1, 2.0, ASSUMED)
    """How much one year of expected sentence raises the pay that a person asks, as a share of that pay."""
    risk_memory: Share = Quantity(0.9, "share", 0.7, 0.98, ASSUMED)
    """Share of the risk that arrests made people see that is kept from one week to the next."""
    awareness: Share = Quantity(0.2, "share", 0.0, 0.6, ASSUMED)
    """Weight of the true risk of arrest in what people believe, the rest being what they saw around them."""
    stigma: Years = Quantity(0.5, "years", 0.1, 1.5, ASSUMED)
    """What a person asks for a job beyond that to make up for what others will think, in years of the own reservation
    wage (a port worker at Guayaquil says that he was offered 7,000 USD and later 50,000, source julian)."""
    norms: Share = Quantity(0.5, "share", 0.0, 1.0, ASSUMED)
    """Share of the stigma that would be gone where everybody who could be asked works for traffickers."""
    norms_days: Days = Quantity(365, "days", 90, 1500, ASSUMED)
    """Half-life with which norms follow how many work for traffickers."""
    takes_hold_days: Days = Quantity(180, "days", 60, 540, ASSUMED)
    """Half-life with which prevention and livelihoods take hold."""
    fades_days: Days = Quantity(540, "days", 180, 2000, ASSUMED)
    """Half-life with which they fade once they have ended."""
    record_loss: Share = Quantity(0.1, "share", 0.0, 0.3, ASSUMED)
    """Share of the legal wage that those lose who have a record."""
    cooperation: Probability = Quantity(0.1, "probability", 0.02, 0.4, ASSUMED)
    """Chance that an arrested courier cooperates with investigators."""
    exposed_days: Days = Quantity(56, "days", 14, 180, ASSUMED)
    """Days over which investigators follow up what such a courier said of the rest of the crew."""
    exposed_arrests: Probability = Quantity(0.05, "probability", 0.0, 0.3, ASSUMED)
    """Chance in a week that each of the rest is arrested on it."""


class Geography(Noun):
    """All places of a scenario: a shipped set of ports, further ports of one's own, and the sites around them."""

    dataset: Dataset | None = None
    """A shipped set of real ports, with sea distances."""
    only: tuple[Name, ...] | None = None
    """Ports of the dataset to keep; all when not given."""
    roles: dict[Name, Role] = Field(default_factory=dict)
    """Roles that ports of the dataset play in this scenario, by region, country or port; a port's own entry outranks
    its country's, which outranks its region's. Others keep what the dataset says (`world`: destination)."""
    ports: dict[Name, Port] = Field(default_factory=dict)
    """Further ports, or replacements for ports of the dataset."""
    production_areas: dict[Name, ProductionArea] = Field(min_length=1)
    warehouses: dict[Name, Warehouse] = Field(min_length=2)
    docks: dict[Name, Dock] = Field(default_factory=dict)
    markets: dict[Name, Market] = Field(min_length=1)
    communities: Community = Field(default_factory=Community)
    """The people around the sites."""
