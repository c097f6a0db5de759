"""What a scenario says of those who decide; everything else about them is memory."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SerializeAsAny, ValidationInfo

from sim.actors.behaviours.behaviour import Behaviour
from sim.actors.behaviours.expected_profit import ExpectedProfit
from sim.quantity import (
    ASSUMED,
    Count,
    Crew,
    Days,
    Hazard,
    Kg,
    NonNegative,
    Number,
    Period,
    PositiveCount,
    PositiveNumber,
    PositivePerWeek,
    Probability,
    Quantity,
    Share,
    SmallCount,
    Spread,
    Usd,
)
from sim.terms import Label, Name, Noun


class Cells(Noun):
    """Crews at ports and docks: how they are found, kept and paid."""

    crew: Crew = Quantity(3, "count", 2, 8, ASSUMED)
    """Couriers in a crew."""
    jobs_per_week: PositivePerWeek = Quantity(2.0, "per week", 0.5, 5, ASSUMED)
    """Consignments that one crew can handle in a week."""
    crossings_per_week: PositivePerWeek = Quantity(0.25, "per week", 0.05, 1, ASSUMED)
    """The same for crossings from or to small docks, which keep a crew for weeks."""
    setup_usd: Usd = Quantity(600000, "USD", 100000, 2000000, ASSUMED)
    """Cost of opening a cell at a new place: contacts, insiders, deposits (an insider package costs 100,000 to 300,000
    EUR, source tradewinds23, an extraction crew asks a deposit of 100,000 EUR, source rijn22)."""
    setup_days: Days = Quantity(45, "days", 10, 180, ASSUMED)
    """Days until a new cell can do its first job."""
    setup_jobs: PositiveNumber = Quantity(5, "1", 2, 20, ASSUMED)
    """Jobs over which that cost is spread when ways are compared."""
    largest_crews: Count = Quantity(4, "count", 1, 10, ASSUMED)
    """Crews that one cell can grow to when it has more work than hands."""
    origin_pay_usd: Usd = Quantity(30000, "USD", 7000, 50000, "julian")
    """First offer for a crew's job at an origin port (offers to a Guayaquil worker: 7,000, later 50,000)."""
    destination_pay_usd: Usd = Quantity(250000, "USD", 100000, 300000, "tradewinds23")
    """First offer for a crew's job at a destination port, insiders included (hundreds of thousands of euros)."""
    raise_on_refusal: Share = Quantity(0.1, "share", 0.02, 0.3, ASSUMED)
    """By how much the offer rises after a week in which nobody who was asked joined."""
    offer_memory: Share = Quantity(0.98, "share", 0.9, 1.0, ASSUMED)
    """Share of what the offer is above the first one that is kept from one week to the next."""
    asked_per_week: Count = Quantity(6, "count", 1, 20, ASSUMED)
    """People that a cell asks in a week when it is short of crew."""
    quits_per_year: Hazard = Quantity(0.3, "per year", 0.1, 1.0, ASSUMED)
    """Rate at which couriers leave of their own accord."""


class Beliefs(Noun):
    """How an organisation learns what is risky."""

    prior_weight: PositiveNumber = Quantity(20, "1", 4, 100, ASSUMED)
    """Strength of the starting belief about a checkpoint, in passages."""
    prior_risk: Probability = Quantity(0.12, "probability", 0.05, 0.3, ASSUMED)
    """Starting belief about the risk of a port control (customs' own estimates at Antwerp: 10 to 20 %, source
    tvoost21)."""
    prior_risk_sea: Probability = Quantity(0.03, "probability", 0.01, 0.15, ASSUMED)
    """Starting belief about the risk of crossing a sea zone."""
    weekly_memory: Share = Quantity(0.985, "share", 0.95, 1.0, ASSUMED)
    """Share of the evidence that is kept from one week to the next."""
    load_matters: Share = Quantity(0.3, "share", 0.0, 1.0, ASSUMED)
    """Share of the risk at a port control that organisations believe to follow how well a scan shows the load; the
    rest, tips and documents, they take to be the same for any load."""
    rumour: Share = Quantity(0.1, "share", 0.0, 0.5, ASSUMED)
    """Weight of another organisation's loss or passage against one's own."""
    information: Share = Quantity(1.0, "share", 0.0, 1.0, ASSUMED)
    """Quality of information: share of what was learned of a risk that counts when choosing, the rest being the
    starting belief; 0 never reacts."""


def _any_behaviour(given: Any, info: ValidationInfo) -> Behaviour:
    return Behaviour.read(given, written=info.mode == "json")


class Life(Noun):
    """How the organisations of a group come, grow, split and go."""

    most: int | None = Field(default=None, ge=1, le=2000)
    """Organisations that the group can have at a time; three times as many as at the start when not given."""
    entry_per_year: Hazard = Quantity(0.05, "per year", 0.0, 0.5, ASSUMED)
    """Entrants a year, for each organisation at the start, when the group's margin is its comfort; in proportion below
    and up to twice as many above."""
    entrant_share: Share = Quantity(0.25, "share", 0.05, 1.0, ASSUMED)
    """Size of an entrant of middling size, in capital and in buying, against an organisation at the start."""
    growth: Share = Quantity(0.02, "share", 0.0, 0.1, ASSUMED)
    """Share of the profit that owners could take out which they leave in, to grow in capital and in buying."""
    upkeep_per_year: Hazard = Quantity(0.1, "per year", 0.0, 0.5, ASSUMED)
    """What it costs to keep an organisation together for a year, whatever it sends, against its starting capital."""
    patience_days: Days = Quantity(120, "days", 30, 365, ASSUMED)
    """Days without the money for a smallest load, and with none to come, after which an organisation gives up."""
    split_size: PositiveNumber = Quantity(2.0, "1", 1.0, 5.0, ASSUMED)
    """Size, against one of middling size, beyond which an organisation may fall apart."""
    split_per_year: Hazard = Quantity(0.05, "per year", 0.0, 0.5, ASSUMED)
    """Rate at which an organisation of twice that size falls apart, in proportion to what is beyond it."""
    split_on_loss: Probability = Quantity(0.3, "probability", 0.0, 0.8, ASSUMED)
    """Chance that an organisation falls apart when it loses its leader."""
    succession_days: Days = Quantity(30, "days", 7, 120, ASSUMED)
    """Days for which it buys nothing after such a loss."""


class Core(Noun):
    """Those of its people whom an organisation trusts and cannot hire, each with a task that it needs."""

    people: PositiveCount = Quantity(8, "count", 3, 12, ASSUMED)
    """How many: for buying, fronts and papers, transport, crews abroad, sales and money. With some 25 couriers that is
    the share that Manzi and Calderoni (2024) have: 5 traffickers and 5 packagers of 44 members."""
    stand_in: Share = Quantity(0.25, "share", 0.0, 0.8, ASSUMED)
    """Share of weeks in which an organisation buys and sends while one of them is missing; of these, for each further
    one."""
    vetting_days: Period = Quantity(90, "days", 14, 365, ASSUMED)
    """Mean days until somebody known and trusted takes a free place while most are there; longer as fewer are left, for
    they find and vouch for newcomers."""


class Rivalry(Noun):
    """What organisations do to each other where they work at the same place, and how violence is counted."""

    crews_per_million_teu: NonNegative = Quantity(5, "1", 1, 30, ASSUMED)
    """Crews that can work at a port side by side, by the million TEU that it handles in a year."""
    crews_per_coast: NonNegative = Quantity(8, "1", 2, 30, ASSUMED)
    """The same along a coast; no port has room for fewer than a quarter of it."""
    decisiveness: NonNegative = Quantity(1.0, "1", 0.0, 3.0, ASSUMED)
    """Exponent of strength in a contest (Tullock 1980): 0 shares a place evenly, a large one gives it to the
    strongest."""
    push_out: Probability = Quantity(0.02, "probability", 0.0, 0.2, ASSUMED)
    """Chance in a week that a place without any room left takes its cell from an organisation without strength."""
    half_life_days: Days = Quantity(90, "days", 14, 365, ASSUMED)
    """Days after which half of the violence that a dispute leads to has ceased."""
    contest_weight: NonNegative = Quantity(0.05, "1", 0.0, 0.5, ASSUMED)
    """What a week of contest at a place without any room left counts in the index of violence; a cell lost to others
    counts 1."""
    disruption_weight: NonNegative = Quantity(3.0, "1", 1.0, 10.0, ASSUMED)
    """What a lost leader, a split or the end of an organisation by force counts in it."""


class Organisations(Noun):
    """A group of trafficking organisations with the same traits; no real organisation is meant."""

    name: Label
    count: int = Field(ge=1, le=500)
    """How many there are."""
    areas: tuple[Name, ...] = Field(min_length=1)
    """Production areas they buy from."""
    markets: tuple[Name, ...] | None = None
    """Markets they sell to; all when not given."""
    behaviour: Annotated[SerializeAsAny[Behaviour], BeforeValidator(_any_behaviour)] = Field(
        default_factory=ExpectedProfit
    )
    """How they choose: the name of a kind, or a mapping with a kind and its numbers."""
    capital_usd: Usd = Quantity(150_000_000, "USD", 10_000_000, 1_000_000_000, ASSUMED)
    """Working capital at the start of an organisation of middling size."""
    size_spread: Spread = Quantity(0.7, "1", 0.2, 1.2, ASSUMED)
    """Log standard deviation of the sizes of organisations, in capital and in buying."""
    payout: Share = Quantity(0.06, "share", 0.01, 0.2, ASSUMED)
    """Share of the capital above the starting capital that owners take out in a week."""
    buying: Share = Quantity(0.2, "share", 0.05, 0.5, ASSUMED)
    """Share of their producers' stock that all organisations together buy in a week at the reference margin."""
    comfort: Share = Quantity(0.4, "share", 0.2, 0.8, ASSUMED)
    """Value per kilogram, as a share of the market's starting price, at which it buys its full share; in proportion
    below and up to twice the share above."""
    lot_spread: Spread = Quantity(1.1, "1", 0.5, 1.6, ASSUMED)
    """Log standard deviation of actual loads around the planned one."""
    least_lot: Kg = Quantity(5, "kg", 1, 50, ASSUMED)
    """The smallest load that it sends."""
    largest_lot: Kg = Quantity(8000, "kg", 3000, 13000, "crs24")
    """The largest load (largest seized at Rotterdam in 2023: 8,088 kg; Algeciras 2024: 13,000 kg)."""
    risk_aversion: Number = Quantity(0.5, "1", 0.0, 3.0, ASSUMED)
    """Weight of the variance of profit, relative to capital."""
    loss_penalty: Number = Quantity(0.1, "1", 0.0, 0.5, ASSUMED)
    """What a seizure costs beside the load itself, as a share of the load's value at the market."""
    partners: SmallCount = Quantity(5, "count", 2, 20, ASSUMED)
    """Destination ports at which an organisation has a cell at the start, drawn by trade volume."""
    gateways: SmallCount = Quantity(3, "count", 1, 10, ASSUMED)
    """Origin ports at which it has one."""
    candidate_routes: int = Field(default=400, ge=4, le=5000)
    """Ways from an area to a market that exist for it: the cheapest for each pair of gateways."""
    scouted: int = Field(default=2, ge=0, le=100)
    """Gateways on either side, and hubs, without a cell of its own, that it looks at in a week, by their trade."""
    span: int = Field(default=12, ge=2, le=100)
    """Cells that it can hold at a time; for a new one beyond them it gives up the one that has been idle longest."""
    life: Life = Field(default_factory=Life)
    core: Core = Field(default_factory=Core)
    cells: Cells = Field(default_factory=Cells)
    beliefs: Beliefs = Field(default_factory=Beliefs)
    arrest_delay: Days = Quantity(30, "days", 5, 120, ASSUMED)
    """Days until a cell that lost its crew is ready to hire again."""

    @property
    def most(self) -> int:
        """How many there can be at a time."""
        return self.life.most or 3 * self.count
