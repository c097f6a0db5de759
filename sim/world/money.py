"""Money as a scenario names it: the brokers who bring proceeds home, and the units that trace them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.quantity import (
    ASSUMED,
    Count,
    Measure,
    NonNegative,
    PerDay,
    PositiveNumber,
    PositiveShare,
    Probability,
    Quantity,
    Share,
    Spread,
    Usd,
)
from sim.terms import Country, Name, Noun

Many = Annotated[Quantity, Measure("count", ge=1.0, le=200.0)]
Closing = Annotated[Quantity, Measure("days", ge=1.0, le=3650.0)]


class Tracing(Noun):
    """Units of a state that trace the proceeds of crime."""

    units: Count = Quantity(4, "count", 0, 40, ASSUMED)
    """Teams of financial investigators."""
    looks_per_day: PerDay = Quantity(1.0, "per day", 0.2, 5.0, ASSUMED)
    """Transfers under way that a team looks into in a day, among all that pass its state."""
    abroad: Share = Quantity(0.3, "share", 0.05, 0.9, ASSUMED)
    """Share of its rate that is left where a transfer begins or ends in another state and nothing is agreed: questions
    go unanswered, or are answered when the money is gone. Of two states the lower counts."""


class FinancialBrokers(Noun):
    """People who bring proceeds from the markets to where organisations have their home."""

    count: Many = Quantity(8, "count", 3, 30, ASSUMED)
    """How many there are at a time."""
    fee_spread: Spread = Quantity(0.25, "1", 0.0, 0.6, ASSUMED)
    """Log standard deviation of their fees around the fee of the goods."""
    delay_spread: Spread = Quantity(0.3, "1", 0.0, 0.8, ASSUMED)
    """Log standard deviation of the days that they take around those of the goods."""
    capacity_usd: Usd = Quantity(100_000_000, "USD", 10_000_000, 1_000_000_000, ASSUMED)
    """What one has under way at a time; more goes to others, as long as one of them has room."""
    attention: NonNegative = Quantity(40.0, "1", 5.0, 200.0, ASSUMED)
    """Logit coefficient of the share of a transfer that is expected to be lost to fee and tracing."""
    dearer: Share = Quantity(0.15, "share", 0.0, 0.5, ASSUMED)
    """By how much a broker raises the fee when a transfer of his is traced."""
    calms: Share = Quantity(0.02, "share", 0.0, 0.2, ASSUMED)
    """Share of such a rise that is gone after a week."""
    closes: Probability = Quantity(0.1, "probability", 0.0, 0.5, ASSUMED)
    """Chance that he closes when a transfer of his is traced."""
    successor_days: Closing = Quantity(60, "days", 14, 360, ASSUMED)
    """Days until another takes his place."""
    believed: Probability = Quantity(0.02, "probability", 0.0, 0.1, ASSUMED)
    """Share of transfers that organisations expect to lose to tracing at first, with any broker."""
    strength: PositiveNumber = Quantity(20.0, "1", 5.0, 100.0, ASSUMED)
    """How many transfers of experience that is worth."""
    memory: PositiveShare = Quantity(0.98, "share", 0.9, 1.0, ASSUMED)
    """Share of experience that is kept from one week to the next."""
    rumour: Share = Quantity(0.1, "share", 0.0, 0.5, ASSUMED)
    """Weight of what happened to other organisations' transfers."""


class Money(Noun):
    """What happens to proceeds."""

    brokers: FinancialBrokers = Field(default_factory=FinancialBrokers)
    tracing: Tracing = Field(default_factory=Tracing)
    """What holds in every state."""
    at: dict[Name, Tracing] = Field(default_factory=dict)
    """What differs in single states, trade regions or roles of states, field by field; a state's own entry outranks its
    region's, which outranks its role's."""
    traced: Probability = Quantity(0.014, "probability", 0.0, 0.5, ASSUMED)
    """Chance that a look into a transfer shows what it is, so that it is frozen. Set so that the flagship freezes about
    the published share of proceeds (2.2 %, source europol16): a calibration of this one number."""
    evidence: Share = Quantity(0.5, "share", 0.2, 0.8, ASSUMED)
    """Quality of the evidence that a traced transfer gives, a half being middling: papers name people, as a load does
    not. Set so that about half of what the flagship freezes is confiscated (source europol16)."""
    taken: Share = Quantity(0.2, "share", 0.0, 0.6, ASSUMED)
    """Share of an organisation's capital that is found and confiscated when its leader is convicted for good."""
    agreements: tuple[tuple[Country, Country], ...] = ()
    """Pairs of states that answer each other as their own."""
