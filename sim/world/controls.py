"""What a state brings to its borders, as a scenario names it: scanners, staff, protocols."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.quantity import (
    ASSUMED,
    Count,
    Days,
    Hazard,
    Hours,
    HoursOfDay,
    NonNegative,
    PerDay,
    PerHour,
    Points,
    PositiveNumber,
    PositiveShare,
    Probability,
    Quantity,
    RareProbability,
    Share,
    SmallCount,
    Spread,
    Swing,
)
from sim.terms import Direction, Name, Noun

Protocol = Literal["random", "threshold", "top_capacity", "flagged_lanes", "skip_lot", "risk_tiers"]


class ControlPost(Noun):
    """Control of one direction of a port's traffic."""

    protocol: Protocol = "top_capacity"
    """random: blindly; threshold: all at or above the high-risk score, as far as capacity goes; top_capacity: the
    highest scores, as many as capacity allows; flagged_lanes: every container of the flagged origins first, then the
    highest scores; skip_lot: a share of the containers of each lane and kind of shipper that falls as they are found
    clean and rises after a find; risk_tiers: a share of each of three tiers of risk, the highest tier first."""
    flagged_origins: tuple[Name, ...] = ()
    """Names of ports, regions or countries whose containers are flagged (exports: of the destinations)."""
    scan_share: Share = Quantity(0.02, "share", 0.005, 0.05, "europol23")
    """Scanning capacity as a share of the port's mean flow in this direction."""
    scans_per_day: PerDay | None = None
    """Scanning capacity outright; takes the place of the share."""
    scans_per_hour: PerHour = Quantity(20, "per hour", 7.5, 150, "onb09")
    """Containers one scanner lane serves in an hour; the number of lanes follows."""
    open_hours: HoursOfDay = Quantity(16, "hours", 8, 24, ASSUMED)
    """Hours a day that scanners work."""
    utilisation: PositiveShare = Quantity(0.85, "share", 0.6, 0.95, ASSUMED)
    """Share of a lane's time that is planned."""
    service_cv: Swing = Quantity(0.5, "1", 0.0, 1.0, ASSUMED)
    """Coefficient of variation of the time of a scan."""
    random_share: Share = Quantity(0.05, "share", 0.0, 0.2, ASSUMED)
    """Share of the scanning capacity spent blindly: the officers' only unbiased evidence."""
    high_risk: Points = Quantity(2.0, "logit", 0.0, 4.0, ASSUMED)
    """How far above the port's median score of the day a container counts as high risk, in log-odds."""
    middle_risk: Points = Quantity(1.0, "logit", 0.0, 3.0, ASSUMED)
    """The same for the middle tier of `risk_tiers`."""
    tier_shares: tuple[Share, Share, Share] = (
        Quantity(1.0, "share", 0.5, 1.0, ASSUMED),
        Quantity(0.05, "share", 0.01, 0.3, ASSUMED),
        Quantity(0.005, "share", 0.0, 0.05, ASSUMED),
    )
    """Share of the high, the middle and the low tier that `risk_tiers` calls up, as far as capacity goes."""
    skip_shares: tuple[Share, Share, Share, Share] = (
        Quantity(1.0, "share", 0.5, 1.0, ASSUMED),
        Quantity(0.5, "share", 0.2, 0.5, ASSUMED),
        Quantity(0.2, "share", 0.1, 0.33, ASSUMED),
        Quantity(0.1, "share", 0.02, 0.2, ASSUMED),
    )
    """Share that `skip_lot` calls up, as far as capacity goes: at first, and after once, twice and three times the
    clearance number of clean inspections in a row."""
    clearance_number: Count = Quantity(20, "count", 5, 100, ASSUMED)
    """Clean inspections in a row of one lane and kind of shipper after which `skip_lot` calls up fewer; a find begins
    the count anew."""
    sensitivity: Probability = Quantity(0.85, "probability", 0.4, 0.95, ASSUMED)
    """Chance that a scan of a very large load raises an alarm, with an average analyst (field mean over loads guessed
    at 0.6)."""
    false_alarm: Probability = Quantity(0.03, "probability", 0.005, 0.1, ASSUMED)
    """Chance that a scan of a clean container raises an alarm."""
    tip: Probability = Quantity(0.1, "probability", 0.02, 0.3, ASSUMED)
    """Chance that the state's own sources name a contaminated container, on the day on which the load is sent. A named
    container that is chosen is opened whatever the scan says."""
    examination_share: Share = Quantity(0.005, "share", 0.001, 0.02, "pbs")
    """Capacity to open containers as a share of the port's mean flow."""
    examinations_per_day: PerDay | None = None
    """The same outright."""
    examination_sensitivity: Probability = Quantity(0.95, "probability", 0.85, 0.99, ASSUMED)
    """Chance that opening a container finds what is there."""
    examination_hours: Hours = Quantity(60, "hours", 24, 144, "flexport")
    """Delay of a container that is opened (X-ray examination: 1 to 3 days; tail-gate: 2 to 6 days)."""
    analysts: SmallCount = Quantity(4, "count", 1, 40, ASSUMED)
    """Port inspectors who read scans, modelled one by one."""
    integrity_wages: PositiveNumber = Quantity(12.0, "1", 4.0, 40.0, ASSUMED)
    """Bribe a year that half of the inspectors would take if there were nothing to fear, in years of the legal wage."""
    audits_per_year: Hazard = Quantity(0.15, "per year", 0.02, 0.6, ASSUMED)
    """How often a year internal audit finds an inspector who is in somebody's pay and leaves no traces."""


class InboundPost(ControlPost):
    """Import control on the origin side, where precursors come in among legal chemicals and other goods."""

    scan_share: Share = Quantity(0.01, "share", 0.002, 0.03, ASSUMED)
    """Scanning capacity as a share of the port's mean flow, where no capacity is given outright."""
    tip: Probability = Quantity(0.03, "probability", 0.005, 0.1, ASSUMED)
    """Chance that the state's own sources name a container with precursors."""


class Post(Noun):
    """What differs at one port, or at all ports of a region or country: only the fields that are given count."""

    imports: ControlPost | None = None
    exports: ControlPost | None = None


class Learning(Noun):
    """How customs officers learn from what they inspected."""

    base_rate: RareProbability = Quantity(0.0002, "probability", 0.00002, 0.002, ASSUMED)
    """Share of contaminated containers that officers expect among those without any evidence."""
    rate: PositiveNumber = Quantity(0.3, "1", 0.0001, 1.0, ASSUMED)
    """Step of the weekly update of the targeting weights."""
    prior_hits: PositiveNumber = Quantity(3.0, "1", 0.5, 50, ASSUMED)
    """Strength of what an officer already believes, in hits."""
    memory: Share = Quantity(0.995, "share", 0.95, 1.0, ASSUMED)
    """Share of a learned weight that is kept from one week to the next; the rest returns to the starting weight."""


class Inspectors(Noun):
    """The people at the scanners' screens."""

    skill_spread: NonNegative = Quantity(0.12, "1", 0.0, 0.3, ASSUMED)
    """Standard deviation of skill around 1: a factor on the chance that a scan raises an alarm."""
    fatigue_loss: Share = Quantity(0.15, "share", 0.0, 0.4, ASSUMED)
    """Share of that chance lost by a fully tired analyst."""
    scans_when_tired: PerDay = Quantity(120, "per day", 60, 300, ASSUMED)
    """Scans per analyst and day at which fatigue is half of its greatest."""
    shift_weeks: Count = Quantity(2, "count", 1, 8, ASSUMED)
    """Weeks between changes of the roster."""
    on_shift: Share = Quantity(0.5, "share", 0.2, 1.0, ASSUMED)
    """Share of a port's analysts who are on the roster."""


class Corruption(Noun):
    """Bribes to port inspectors: who is approached, who accepts, and what happens to those who are found."""

    offer_wages: PositiveNumber = Quantity(3.0, "1", 1.0, 6.0, ASSUMED)
    """What an inspector is offered for a year, in years of the legal wage at the place (an insider at Rotterdam or
    Antwerp: 100,000 to 300,000 EUR, source tradewinds23; an official's pay rises by up to 600 %, source sequeira10)."""
    approach: Probability = Quantity(0.05, "probability", 0.0, 0.2, ASSUMED)
    """Chance that an organisation approaches one inspector of a control in a week, where it has a cell."""
    most_insiders: Count = Quantity(2, "count", 0, 4, ASSUMED)
    """Inspectors of one control whom an organisation has in its pay at most."""
    spread: Spread = Quantity(0.8, "1", 0.4, 1.2, ASSUMED)
    """Log standard deviation of the bribes that inspectors would take."""
    threats: Probability = Quantity(0.1, "probability", 0.0, 0.5, ASSUMED)
    """Chance that an approach comes with a threat."""
    yields: Share = Quantity(0.5, "share", 0.2, 1.0, ASSUMED)
    """What a threat leaves of the bribe that is asked."""
    trace: NonNegative = Quantity(0.5, "1", 0.0, 2.0, ASSUMED)
    """How much each load of his principal that passed under his eyes in a week raises the rate at which the week's
    audit finds an inspector, in shares of that rate."""
    arrests: Probability = Quantity(0.35, "probability", 0.0, 0.8, ASSUMED)
    """Chance that a courier of his principal's cell at the port is arrested when an inspector is found."""
    retraining_days: Days = Quantity(120, "days", 30, 360, ASSUMED)
    """Days until the successor of a dismissed inspector reads scans."""


class Customs(Noun):
    """Border control of all ports: what holds everywhere, and what differs from place to place."""

    imports: ControlPost = Field(default_factory=ControlPost)
    """Import control at destination and transit ports."""
    exports: ControlPost = Field(default_factory=ControlPost)
    """Export control at origin and transit ports."""
    precursors: InboundPost = Field(default_factory=InboundPost)
    """Import control at origin ports where precursors arrive; other origin ports control no imports."""
    posts: dict[Name, Post] = Field(default_factory=dict)
    """What differs at single ports, regions or countries, field by field; a port's own entry outranks its country's,
    which outranks its region's."""
    known_origins: dict[Name, Points] = Field(default_factory=dict)
    """What import officers think of origins at the start, in log-odds, by country, region or `rest_of_world`; a
    country's own entry outranks its region's."""
    known_destinations: dict[Name, Points] = Field(default_factory=dict)
    """What export officers think of destinations at the start."""
    learning: Learning = Field(default_factory=Learning)
    inspectors: Inspectors = Field(default_factory=Inspectors)
    corruption: Corruption = Field(default_factory=Corruption)

    def post(self, direction: Direction, *places: str, inbound: bool = False) -> ControlPost:
        """The control post in force at a port, given its names from the widest (region) to the narrowest (its own).

        inbound: whether it is there for precursors alone.
        """
        found: ControlPost = self.precursors if inbound else getattr(self, _SIDE[direction])
        for place in places:
            entry = self.posts.get(place)
            change: ControlPost | None = getattr(entry, _SIDE[direction]) if entry is not None else None
            if change is not None:
                found = found.model_copy(update={field: getattr(change, field) for field in change.model_fields_set})
        return found


_SIDE: dict[Direction, str] = {"import": "imports", "export": "exports"}
