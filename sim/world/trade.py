"""Legal trade as a scenario names it: who ships how much of what to whom."""

from __future__ import annotations

from pydantic import Field

from sim.quantity import (
    ASSUMED,
    Boxes,
    Exponent,
    Exporters,
    Factor,
    NonNegative,
    Points,
    PositiveNumber,
    Probability,
    Quantity,
    Response,
    Share,
    Swing,
    TeuPerBox,
)
from sim.terms import Label, Name, Noun


class CargoClass(Noun):
    """A class of legal cargo."""

    name: Label
    reefer: bool = False
    """Whether it travels in refrigerated containers."""
    nii_factor: PositiveNumber = Quantity(1.0, "1", 0.4, 1.2, ASSUMED)
    """Factor on the chance that a scan finds something in it: dense and cluttered cargo hides more."""
    false_alarm_factor: PositiveNumber = Quantity(1.0, "1", 0.3, 3.0, ASSUMED)
    """Factor on the false-alarm rate of a scan."""
    known_risk: Points = Quantity(0.0, "logit", -1.0, 2.0, ASSUMED)
    """What officers think of it at the start, in log-odds."""


class Gravity(Noun):
    """How trade spreads over pairs of ports before it is fitted to each port's throughput.

    The seed of the fit is (out * in)^size / distance^distance_decay, after Tinbergen (1962), the days in port counted
    as distance; iterative proportional fitting (Deming and Stephan 1940) then meets every port's published figure.
    """

    size: Exponent = Quantity(1.0, "1", 0.7, 1.2, ASSUMED)
    """Exponent of the product of what one port ships and the other receives."""
    distance_decay: Exponent = Quantity(0.6, "1", 0.2, 1.2, ASSUMED)
    """Exponent of distance: lower than in country trade because all lanes here are long."""
    loaded_share: Share = Quantity(0.78, "share", 0.7, 0.85, ASSUMED)
    """Share of handled containers that are full."""
    teu_per_box: TeuPerBox = Quantity(1.65, "1", 1.5, 1.8, ASSUMED)
    """TEU in an average container."""
    rest_of_world: NonNegative = Quantity(1.0, "1", 0.3, 3.0, ASSUMED)
    """Trade with ports that are not modelled before the fit, against the trade of all ports in play together; 0 leaves
    the rest of the world out, and then the ports must be able to serve each other."""
    least_boxes: Boxes | None = None
    """Loaded containers a year from which two ports have a lane; with fewer they trade by way of others. Every pair
    with a sea distance has one when not given."""
    partners: int = Field(default=8, ge=1, le=10_000)
    """Largest partners of each port, in either direction, with which it has a lane all the same."""
    cost_elasticity: Response = Quantity(2.5, "1", 2.0, 3.5, "limao99")
    """By how much per cent a port's legal trade falls where its use costs one per cent more."""
    domestic: bool = True
    """Whether ports of one country have lanes to each other; such lanes cross no border."""
    region_boxes: dict[str, Boxes] = Field(default_factory=dict)
    """Loaded containers a year between groups of ports, as `FROM>TO`: names of roles, regions, countries or ports;
    pins the modelled lanes against each port's trade with the rest of the world."""


class Shippers(Noun):
    """The exporters of a port, by size."""

    per_port: Exporters = Quantity(300, "count", 50, 1000, ASSUMED)
    """Exporters in the pool of one port; at most 4,000."""
    zipf: PositiveNumber = Quantity(1.0, "1", 0.7, 1.3, ASSUMED)
    """Volume of the exporter of rank r is proportional to r^-zipf."""
    certified_share: Share = Quantity(0.3, "share", 0.1, 0.6, ASSUMED)
    """Share of the volume of a port that certified (AEO) exporters ship; they are the largest ones."""
    new_share: Share = Quantity(0.04, "share", 0.01, 0.1, ASSUMED)
    """Share of the volume that exporters without history ship; they are the smallest ones."""


class Evidence(Noun):
    """What documents show: how often a clean container looks odd, and what officers make of it at the start.

    Each of the three anomalies is a standard normal z for a clean container, moved up by the concealment's shift for a
    contaminated one, and seen in four steps: none (z < 1), slight (< 2), clear (< 3), glaring.
    """

    step_points: tuple[Points, Points, Points] = (
        Quantity(0.7, "logit", 0.2, 1.5, ASSUMED),
        Quantity(1.6, "logit", 0.6, 3.0, ASSUMED),
        Quantity(2.8, "logit", 1.0, 4.5, ASSUMED),
    )
    """Log-odds that officers give to a slight, a clear and a glaring anomaly at the start."""
    tip_clean: Probability = Quantity(0.0002, "probability", 0.00005, 0.001, ASSUMED)
    """Chance that a state's own sources name a clean container. Officers give to a tip, at the start, the logarithm of
    how much likelier a contaminated one is named."""
    shipper_points: tuple[Points, Points, Points, Points] = (
        Quantity(-1.0, "logit", -2.0, 0.0, ASSUMED),
        Quantity(-0.3, "logit", -1.0, 0.3, ASSUMED),
        Quantity(0.2, "logit", -0.3, 1.0, ASSUMED),
        Quantity(1.2, "logit", 0.5, 2.5, ASSUMED),
    )
    """Log-odds that officers give to certified, established, occasional and new shippers at the start."""
    integration: PositiveNumber = Quantity(1.5, "1", 1.0, 2.5, ASSUMED)
    """Factor on how far manifest and routing are moved up in a contaminated container of which both ends' declarations
    are held against each other (policy `integrated_manifests`)."""
    judgement_noise: Points = Quantity(0.4, "logit", 0.1, 1.0, ASSUMED)
    """Standard deviation of what differs from one assessor to the next."""


class Trade(Noun):
    """All legal container trade of the scenario."""

    cargo_classes: dict[Name, CargoClass] = Field(min_length=1, max_length=16)
    mixes: dict[Name, dict[Name, Share]] = Field(min_length=1)
    """Cargo mix of the exports of each region, as shares that add up to 1; `rest_of_world` for all other imports."""
    gravity: Gravity = Field(default_factory=Gravity)
    extortion: dict[Name, Share] = Field(default_factory=dict)
    """Bribes that officials extort from legal shippers, as a share of the cost of shipping, by port, country or region;
    a port's own entry outranks its country's, which outranks its region's. Trade goes to the cleaner ports of the
    region instead (at two ports bribes were paid on 53 % and 36 % of shipments, up to 14 % of the cost: Sequeira and
    Djankov 2008, 2010)."""
    shippers: Shippers = Field(default_factory=Shippers)
    evidence: Evidence = Field(default_factory=Evidence)
    weekday: tuple[Factor, Factor, Factor, Factor, Factor, Factor, Factor] = (
        Quantity(1.0, "1", 0.9, 1.1, ASSUMED),
        Quantity(1.05, "1", 0.9, 1.2, ASSUMED),
        Quantity(1.05, "1", 0.9, 1.2, ASSUMED),
        Quantity(1.05, "1", 0.9, 1.2, ASSUMED),
        Quantity(1.05, "1", 0.9, 1.2, ASSUMED),
        Quantity(0.95, "1", 0.8, 1.1, ASSUMED),
        Quantity(0.85, "1", 0.6, 1.0, ASSUMED),
    )
    """Departures by day of the week, Monday first, against the mean."""
    season: Swing = Quantity(0.08, "1", 0.0, 0.2, ASSUMED)
    """Amplitude of the yearly swing of departures, highest at the end of October."""
