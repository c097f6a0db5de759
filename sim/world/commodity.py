"""Contraband: what is made, what it is worth, how it is hidden, how it shows."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.quantity import (
    ASSUMED,
    Days,
    Kg,
    Number,
    PerYear,
    PositiveNumber,
    PositiveShare,
    PositiveUsdPerKg,
    Probability,
    Quantity,
    Share,
    TonnesPerYear,
    Usd,
    UsdPerKg,
)
from sim.terms import Label, Name, Noun
from sim.world.making import Laboratories, Leaf, Precursors

MISDECLARED = "misdeclared"
"""Key of the way in which precursors travel, beside the concealments of the scenario."""
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
    purity: PositiveShare = Quantity(0.7, "share", 0.55, 0.8, "ndm_aanbod")
    """Purity sold while wholesalers hold the stock they like to (Netherlands: 0.67 in 2017, 0.74 in 2022)."""
    least_purity: PositiveShare = Quantity(0.3, "share", 0.15, 0.5, ASSUMED)
    """The lowest purity that can still be sold (methamphetamine in the United States in 1995: 0.2, source dobkin09)."""
    stretch: Number = Quantity(0.25, "1", 0.0, 0.6, ASSUMED)
    """How purity answers a short stock: elasticity to the stock over the stock that wholesalers like to hold."""
    purity_speed: Share = Quantity(0.1, "share", 0.02, 0.5, ASSUMED)
    """Share of the way to the purity that the stock calls for that it moves in a day."""
    pass_through: PassThrough = "multiplicative"  # noqa: S105
    """How a change of the wholesale price reaches consumers: additive, by as much; multiplicative, in proportion;
    mixed, by `proportional`. Ratios between levels that stay constant speak for the second (Caulkins 1994)."""
    proportional: Share = Quantity(0.5, "share", 0.0, 1.0, ASSUMED)
    """Under mixed pass-through, the part of a change that is passed on in proportion."""


class Commodity(Noun):
    """A kind of contraband with its value chain."""

    name: Label
    production_by_year: dict[int, TonnesPerYear] = Field(min_length=1)
    """World production, tonnes of pure product, by calendar year; years without a value take the nearest one given."""
    trade_share: Share = Quantity(0.3, "share", 0.2, 0.4, ASSUMED)
    """Share of world production that is made for this trade at the reference price."""
    purity: PositiveShare = Quantity(0.85, "share", 0.8, 0.9, "edmr19")
    """Purity at export: gross weight is pure weight over this."""
    supply_elasticity: Number = Quantity(0.3, "1", 0.0, 1.0, ASSUMED)
    """How the fields in use answer what growers get, in the long run."""
    leaf: Leaf = Field(default_factory=Leaf)
    laboratories: Laboratories = Field(default_factory=Laboratories)
    precursors: Precursors | None = None
    """None: what laboratories need is never short."""
    source_price: UsdPerKg = Quantity(2000, "USD/kg", 1000, 3000, "univ23")
    """Price at the production area at the start."""
    source_response: Number = Quantity(0.5, "1", 0.0, 1.5, ASSUMED)
    """How that price answers scarcity: elasticity to what is usually on offer there over what is."""
    source_speed: Share = Quantity(0.05, "share", 0.01, 0.3, ASSUMED)
    """Share of the way to the price that the stock calls for that it moves in a day."""
    market_price: PositiveUsdPerKg = Quantity(33000, "USD/kg", 25000, 38000, "rijn22")
    """Wholesale price at the market at the start: 30,000 EUR a kilogram."""
    demand: TonnesPerYear = Quantity(330, "t/year", 150, 500, ASSUMED)
    """Demand of all markets at the start and at that price, gross weight."""
    demand_growth: PerYear = Quantity(0.08, "per year", 0.02, 0.15, ASSUMED)
    """Growth of demand at constant price."""
    elasticity: Number = Quantity(-0.7, "1", -2.5, -0.28, "nap01")
    """Elasticity of demand to the retail price of a pure gram."""
    stock_days: Days = Quantity(45, "days", 15, 120, ASSUMED)
    """Days of demand that traders like to hold; a lower stock raises the price."""
    pipeline_days: Days = Quantity(50, "days", 20, 80, ASSUMED)
    """Days of demand that are already on their way to the markets on the first day, and arrive evenly over as many
    days."""
    opening_stock_days: Days = Quantity(35, "days", 0, 90, ASSUMED)
    """Days of production that lie in the areas on the first day; booked as produced on that day. It is also what they
    like to hold."""
    price_speed: PositiveNumber = Quantity(0.01, "1", 0.002, 0.05, ASSUMED)
    """Share of the relative gap between wanted and actual stock by which the price moves in a day."""
    retail: Retail = Field(default_factory=Retail)
    broker_fee: Share = Quantity(0.08, "share", 0.04, 0.15, ASSUMED)
    """Fee of the broker who brings the proceeds home."""
    payment_days: Days = Quantity(14, "days", 3, 60, ASSUMED)
    """Days from delivery to the money."""
    kg_half: Kg = Quantity(60, "kg", 10, 200, ASSUMED)
    """Load at which a scan raises an alarm with half of its greatest chance."""
    shape: PositiveNumber = Quantity(0.6, "1", 0.3, 1.5, ASSUMED)
    """Shape of the rise of that chance with the load."""
    arrests_per_seizure: Probability = Quantity(0.35, "probability", 0.1, 0.8, ASSUMED)
    """Chance that a crew member involved at the place of a seizure is arrested."""
    concealments: dict[Name, Concealment] = Field(min_length=1, max_length=32)

    def hidden(self) -> dict[str, Concealment]:
        """How its loads are hidden, and last those of its precursors, if there are any."""
        needed = self.precursors
        if needed is None:
            return dict(self.concealments)
        declared = Concealment(
            name=needed.name, manifest_shift=needed.manifest_shift, routing_shift=needed.routing_shift, shipper="front",
            visibility=needed.visibility, crew=False,
        )  # fmt: skip
        return {**self.concealments, MISDECLARED: declared}
