"""Contraband: what is made, what it is worth, how it is hidden, how it shows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, SerializeAsAny, ValidationInfo

from sim.quantity import (
    ASSUMED,
    Days,
    Elasticity,
    Exponent,
    Growth,
    Kg,
    NonNegative,
    Number,
    PartBefore,
    Period,
    Persons,
    PersonsPerYear,
    PositiveNumber,
    PositiveUsd,
    PositiveUsdPerKg,
    PriceStep,
    Probability,
    Purity,
    Quantity,
    Response,
    Share,
    TonnesPerYear,
    Usd,
    UsdPerKg,
)
from sim.registry import Registered
from sim.terms import GRAMS_PER_KG, Label, Name, Noun, Year
from sim.world.making import Finishing, Laboratories, Leaf, Precursors
from sim.world.users import Users
from sim.world.waters import DaysOut

INTERMEDIATE = "intermediate"
"""Key of the form in which contraband travels that is finished at its destination, beside the concealments of the
scenario."""
MISDECLARED = "misdeclared"
"""Key of the way in which precursors travel, beside the concealments of the scenario."""
Unit = Literal["kg", "persons"]
COUNTED: dict[Unit, str] = {"kg": "g", "persons": "persons"}
"""What the books count in, by unit."""
PassThrough = Literal["additive", "multiplicative", "mixed"]


class Concealment(Noun):
    """A class of hiding, as an abstract pair: how visible to documents, how visible to scanners.

    No class carries more detail than that: it is a set of shifts of published-literature quantities.
    """

    name: Label
    manifest_shift: Number = Quantity(0.0, "1", 0.0, 3.0, ASSUMED)
    """How far the manifest's anomaly moves up, in standard deviations of clean containers."""
    routing_shift: Number = Quantity(0.0, "1", 0.0, 3.0, ASSUMED)
    """The same for the routing."""
    seal_shift: Number = Quantity(0.0, "1", 0.0, 3.0, ASSUMED)
    """The same for the seal."""
    shipper: Literal["front", "honest"] = "honest"
    """front: a complicit or invented shipper, new in the books; honest: somebody else's container."""
    visibility: PositiveNumber = Quantity(1.0, "1", 0.1, 1.5, ASSUMED)
    """Factor on the chance that a scan raises an alarm."""
    largest_kg: Kg = Quantity(15000, "kg", 5000, 25000, ASSUMED)
    """The largest load that it takes."""
    crew: bool = True
    """Whether people are needed at both ports to put the load in and take it out."""
    fixed_usd: Usd = Quantity(30000, "USD", 5000, 150000, ASSUMED)
    """Cost of one consignment beside crews: the front's paperwork, the box, the fitting."""


class Retail(Noun):
    """From a wholesaler's stock to the consumer: what is added to the price, and what is taken from the purity."""

    price: UsdPerKg = Quantity(91000, "USD/kg", 60000, 130000, "dk25")
    """Price of a pure kilogram sold by the gram, at the start: France 2024, 58 EUR a gram of 70 % purity."""
    purity: Purity = Quantity(0.7, "share", 0.55, 0.8, "ndm_aanbod")
    """Purity sold while wholesalers hold the stock they like to (Netherlands: 0.67 in 2017, 0.74 in 2022)."""
    least_purity: Purity = Quantity(0.3, "share", 0.15, 0.5, ASSUMED)
    """The lowest purity that can still be sold (methamphetamine in the United States in 1995: 0.2, source dobkin09)."""
    stretch: NonNegative = Quantity(0.25, "1", 0.0, 0.6, ASSUMED)
    """How purity answers a short stock: elasticity to the stock over the stock that wholesalers like to hold."""
    purity_speed: Share = Quantity(0.1, "share", 0.02, 0.5, ASSUMED)
    """Share of the way to the purity that the stock calls for that it moves in a day."""
    pass_through: PassThrough = "multiplicative"  # noqa: S105
    """How a change of the wholesale price reaches consumers: additive, by as much; multiplicative, in proportion;
    mixed, by `proportional`. Ratios between levels that stay constant speak for the second (Caulkins 1994)."""
    proportional: Share = Quantity(0.5, "share", 0.0, 1.0, ASSUMED)
    """Under mixed pass-through, the part of a change that is passed on in proportion."""


class Commodity(Registered, Noun):
    """What is smuggled, of any kind: a drug where a scenario says no more."""

    usual: ClassVar[str] = "drug"
    unit: ClassVar[Unit] = "kg"
    """What its amounts are told in."""
    per_unit: ClassVar[int] = GRAMS_PER_KG
    """What the books count it in, by the unit."""

    name: Label
    modes: tuple[Literal["container", "small_craft"], ...] = Field(default=("container", "small_craft"), min_length=1)
    """How it can cross the sea."""
    carriage: NonNegative = Quantity(1.0, "1", 0.01, 2.0, ASSUMED)
    """What carriage of a unit costs on roads and small craft, against the kilogram of which `transport` speaks."""
    broker_fee: Share = Quantity(0.08, "share", 0.04, 0.15, ASSUMED)
    """Fee of the broker who brings the proceeds home."""
    payment_days: Days = Quantity(14, "days", 3, 60, ASSUMED)
    """Days from delivery to the money."""
    arrests_per_seizure: Probability = Quantity(0.35, "probability", 0.1, 0.8, ASSUMED)
    """Chance that a crew member involved at the place of a seizure is arrested (of crews of three, one a seizure; at
    Rotterdam 281 were arrested for taking loads out in 2020, when 151 were found, source crs21, and 266 in 2024, when
    189 were, source bon25: but not all of them with a load)."""

    @property
    @abstractmethod
    def starting_price(self) -> float:
        """What a unit brings at a market at the start, USD."""

    @property
    @abstractmethod
    def starting_cost(self) -> float:
        """What a unit costs where it comes from at the start, USD."""

    @property
    def ways_to_hide(self) -> dict[str, Concealment]:
        """How its loads are hidden in containers, by name."""
        return {}

    @property
    def shown(self) -> tuple[float, float]:
        """Load at which a scan raises an alarm with half of its greatest chance, and the shape of the rise."""
        return 0.0, 1.0


class Good(Commodity):
    """A commodity that is bought at a source, hidden, and sold at wholesale."""

    source_price: UsdPerKg = Quantity(2000, "USD/kg", 1000, 3000, "univ23")
    """Price at the production area at the start."""
    source_response: Response = Quantity(0.5, "1", 0.0, 1.5, ASSUMED)
    """How that price answers scarcity: elasticity to what is usually on offer there over what is."""
    source_speed: Share = Quantity(0.05, "share", 0.01, 0.3, ASSUMED)
    """Share of the way to the price that the stock calls for that it moves in a day."""
    supply_elasticity: Response = Quantity(0.3, "1", 0.0, 1.0, ASSUMED)
    """How what is made answers what is paid at the source, in the long run."""
    market_price: PositiveUsdPerKg = Quantity(33000, "USD/kg", 25000, 38000, "rijn22")
    """Wholesale price at the market at the start: 30,000 EUR a kilogram."""
    demand: TonnesPerYear = Quantity(330, "t/year", 120, 500, ASSUMED)
    """Demand of all markets at the start and at that price, gross weight (one estimate of what Europe consumed in 2018
    is 120 t, source waterkant19)."""
    demand_growth: Growth = Quantity(0.08, "per year", 0.02, 0.15, ASSUMED)
    """Growth of demand at constant price."""
    elasticity: Elasticity = Quantity(-0.7, "1", -2.5, -0.28, "nap01")
    """Elasticity of demand to the price that consumers pay."""
    stock_days: Period = Quantity(45, "days", 15, 120, ASSUMED)
    """Days of demand that traders like to hold; a lower stock raises the price."""
    pipeline_days: Days = Quantity(50, "days", 20, 80, ASSUMED)
    """Days of demand that are already on their way to the markets on the first day, and arrive evenly over as many
    days."""
    opening_stock_days: Days = Quantity(35, "days", 0, 90, ASSUMED)
    """Days of production that lie in the areas on the first day; booked as produced on that day. It is also what they
    like to hold."""
    price_speed: PriceStep = Quantity(0.01, "1", 0.002, 0.05, ASSUMED)
    """Share of the relative gap between wanted and actual stock by which the price moves in a day."""
    onward_speed: Share = Quantity(0.2, "share", 0.05, 0.5, ASSUMED)
    """Share of its stock that a market sends on in a day to another where twice as much is expected after carriage by
    road; less in proportion where it is less."""
    onward_days: Days = Quantity(30, "days", 10, 60, ASSUMED)
    """How far traders look ahead there: they expect prices to go on as today's stocks move them."""
    kg_half: Kg = Quantity(60, "kg", 10, 200, ASSUMED)
    """Load at which a scan raises an alarm with half of its greatest chance."""
    shape: Exponent = Quantity(0.6, "1", 0.3, 1.5, ASSUMED)
    """Shape of the rise of that chance with the load."""
    concealments: dict[Name, Concealment] = Field(min_length=1, max_length=32)
    """Ways to hide it in a container; where two commodities name one alike, it is the same, and what organisations
    learn of it in one trade counts in the other."""

    @property
    def starting_price(self) -> float:
        """The wholesale price at the start, USD a kilogram."""
        return float(self.market_price)

    @property
    def starting_cost(self) -> float:
        """The price at the source at the start, USD a kilogram."""
        return float(self.source_price)

    @property
    def ways_to_hide(self) -> dict[str, Concealment]:
        """Its concealments."""
        return self.concealments

    @property
    def shown(self) -> tuple[float, float]:
        """`kg_half` and `shape`."""
        return float(self.kg_half), float(self.shape)


class Drug(Good):
    """A drug: leaf is grown, product is made of it in laboratories, and it is cut and sold by the gram."""

    kind: Literal["drug"] = "drug"
    production_by_year: dict[Year, TonnesPerYear] = Field(min_length=1)
    """World production, tonnes of pure product, by calendar year; years without a value take the nearest one given."""
    trade_share: Share = Quantity(0.3, "share", 0.2, 0.4, ASSUMED)
    """Share of world production that is made for this trade at the reference price."""
    purity: Purity = Quantity(0.85, "share", 0.8, 0.9, "edmr19")
    """Purity at export: gross weight is pure weight over this."""
    leaf: Leaf = Field(default_factory=Leaf)
    laboratories: Laboratories = Field(default_factory=Laboratories)
    precursors: Precursors | None = None
    """None: what laboratories need is never short."""
    finishing: Finishing | None = None
    """None: all of it travels as product."""
    retail: Retail = Field(default_factory=Retail)
    users: Users = Field(default_factory=Users)

    @property
    def ways_to_hide(self) -> dict[str, Concealment]:
        """Its concealments, and last what is finished later, if there is such."""
        later = self.finishing
        if later is None:
            return self.concealments
        bound = Concealment(
            name=later.name, manifest_shift=later.manifest_shift, routing_shift=later.routing_shift, shipper="front",
            visibility=later.visibility, largest_kg=later.largest_kg, crew=False, fixed_usd=later.fixed_usd,
        )  # fmt: skip
        return {**self.concealments, INTERMEDIATE: bound}


class Firearms(Good):
    """Firearms and their parts: diverted from a stock that is there, and sold on as they are."""

    kind: Literal["firearms"] = "firearms"
    diverted_by_year: dict[Year, TonnesPerYear] = Field(min_length=1)
    """What is diverted for this trade at the starting price, tonnes, by calendar year; years without a value take the
    nearest one given."""
    source_price: UsdPerKg = Quantity(150, "USD/kg", 50, 500, ASSUMED)
    """Price where they are diverted, at the start: a rifle of 4 kg for 600."""
    market_price: PositiveUsdPerKg = Quantity(600, "USD/kg", 250, 1500, ASSUMED)
    """Wholesale price at the market at the start."""
    demand: TonnesPerYear = Quantity(20, "t/year", 1, 200, ASSUMED)
    """Demand of all markets at the start and at that price."""
    demand_growth: Growth = Quantity(0.0, "per year", -0.05, 0.1, ASSUMED)
    """Growth of demand at constant price."""
    carriage: NonNegative = Quantity(0.05, "1", 0.01, 0.3, ASSUMED)
    """What carriage of a kilogram costs on roads and small craft, against that of which `transport` speaks: protection
    follows what a load is worth."""
    kg_half: Kg = Quantity(15, "kg", 5, 60, ASSUMED)
    """Load at which a scan raises an alarm with half of its greatest chance: scanners see metal well."""
    shape: Exponent = Quantity(0.8, "1", 0.3, 1.5, ASSUMED)
    """Shape of the rise of that chance with the load."""


class People(Commodity):
    """People who want to cross the sea irregularly, with the help of networks that take a fee. Persons are no
    contraband: what counts is whether they are safe."""

    unit: ClassVar[Unit] = "persons"
    per_unit: ClassVar[int] = 1

    kind: Literal["people"] = "people"
    modes: tuple[Literal["small_craft"], ...] = ("small_craft",)
    waiting_by_year: dict[Year, PersonsPerYear] = Field(min_length=1)
    """How many come to wait for a passage at the perceived chance of the start, persons a year, by calendar year; years
    without a value take the nearest one given."""
    opening_days: Days = Quantity(30, "days", 0, 120, ASSUMED)
    """Days' worth of them who wait on the first day."""
    chance: Probability = Quantity(0.9, "probability", 0.5, 1.0, ASSUMED)
    """What they take their chance to arrive to be at the start."""
    prior_persons: Persons = Quantity(500, "persons", 50, 5000, ASSUMED)
    """Weight of that belief, in journeys heard of."""
    news_days: DaysOut = Quantity(60, "days", 14, 365, ASSUMED)
    """Time constant with which news of journeys fade."""
    wish_elasticity: Response = Quantity(2.0, "1", 0.0, 6.0, ASSUMED)
    """How the wish to travel answers the perceived chance to arrive."""
    fee: PositiveUsd = Quantity(5000, "USD", 1500, 12000, ASSUMED)
    """What a person pays for a passage."""
    paid_before: PartBefore = Quantity(0.3, "share", 0.0, 0.9, ASSUMED)
    """Share of the fee that is paid before departure, whatever happens; the rest on arrival, or when a state has
    brought somebody in and does not return them."""
    cost: Usd = Quantity(400, "USD", 50, 2000, ASSUMED)
    """What a person's stay, and those who look away, cost a network before departure."""
    carriage: NonNegative = Quantity(0.3, "1", 0.05, 1.0, ASSUMED)
    """What bringing a person along a road costs, against the kilogram of which `transport` speaks."""

    @property
    def starting_price(self) -> float:
        """What a person pays on arrival, USD."""
        return float(self.fee) * (1.0 - float(self.paid_before))

    @property
    def starting_cost(self) -> float:
        """What a person costs before departure, less what is paid by then, USD."""
        return float(self.cost) - float(self.fee) * float(self.paid_before)


def commodity_of(given: Any, info: ValidationInfo) -> Commodity:
    """The commodity that `given` describes."""
    return Commodity.read(given, written=info.mode == "json")


AnyCommodity = Annotated[SerializeAsAny[Commodity], BeforeValidator(commodity_of)]


def hidden(commodities: Mapping[str, Commodity]) -> dict[str, Concealment]:
    """How loads of any commodity are hidden in containers, and last precursors, where there are any."""
    found = {name: hiding for good in commodities.values() for name, hiding in good.ways_to_hide.items()}
    needed = precursors_of(commodities)
    if needed is None:
        return found
    declared = Concealment(
        name=needed.name, manifest_shift=needed.manifest_shift, routing_shift=needed.routing_shift, shipper="front",
        visibility=needed.visibility, crew=False,
    )  # fmt: skip
    return {**found, MISDECLARED: declared}


def precursors_of(commodities: Mapping[str, Commodity]) -> Precursors | None:
    """The precursors of the one drug whose laboratories need some, if they are modelled."""
    return next((good.precursors for good in commodities.values() if isinstance(good, Drug) and good.precursors), None)


def finishing_of(commodities: Mapping[str, Commodity]) -> tuple[str, Drug] | None:
    """The one drug of which a part is finished at its markets, with its name; None where there is none."""
    return next(((key, good) for key, good in commodities.items() if isinstance(good, Drug) and good.finishing), None)
