"""Sources of intelligence as a scenario names them: what they teach, how good that is, and how long it is kept."""

from __future__ import annotations

from typing import Annotated, Literal

from sim.quantity import ASSUMED, Measure, Probability, Quantity, Share
from sim.terms import Noun

Subject = Literal["lane", "shipper", "modus", "coast", "organisation", "consignment"]
"""What an item of intelligence can speak of; modus: a concealment or a kind of craft."""
Ratio = Annotated[Quantity, Measure("1", ge=1.0, le=1e6)]
KeptDays = Annotated[Quantity, Measure("days", ge=1.0, le=36525.0)]


class Finding(Noun):
    """What is learned from something that was stopped."""

    chance: Probability = Quantity(0.3, "probability", 0.05, 0.8, ASSUMED)
    """Chance that it teaches one thing: the lane; the kind of shipper, or the coast; the concealment or kind of craft;
    the organisation behind it. Each is drawn by itself."""
    quality: Ratio = Quantity(3.0, "1", 1.5, 10.0, ASSUMED)
    """Likelihood ratio of what it teaches: how much likelier it is said when it is true than when it is not."""


class Sources(Noun):
    """How states come to know of what moves, beside what documents and scans show.

    An item of intelligence speaks of a lane, a kind of shipper, a concealment or kind of craft, a coast, an
    organisation, or a single load. Its quality is a likelihood ratio, whose logarithm is added to the log-odds of what
    it speaks of. Of what seizures teach the share quality / (1 + quality) is right; what couriers, investigations and
    the tracing of money say is never wrong.
    """

    seizure: Finding = Finding()
    """What a seizure at a port control teaches."""
    patrol: Finding = Finding()
    """What a craft that was stopped at sea teaches."""
    courier: Ratio = Quantity(20.0, "1", 5.0, 100.0, ASSUMED)
    """Likelihood ratio of what a courier who cooperates says of his organisation."""
    investigation: Ratio = Quantity(10.0, "1", 3.0, 50.0, ASSUMED)
    """Likelihood ratio of what an investigation finds."""
    tracing: Ratio = Quantity(8.0, "1", 2.0, 30.0, ASSUMED)
    """Likelihood ratio of what the tracing of money finds."""
    coast: Probability = Quantity(0.03, "probability", 0.0, 0.1, ASSUMED)
    """Chance that a state learns of a craft that leaves its coast. Whoever searches a zone and knows of a load there
    knows where to look for it."""
    half_life_days: KeptDays = Quantity(60, "days", 14, 180, ASSUMED)
    """Days after which an item is worth half as much, in log-odds."""
    kept_days: KeptDays = Quantity(180, "days", 60, 365, ASSUMED)
    """Days after which an item is deleted."""
    insight: Share = Quantity(0.3, "share", 0.0, 1.0, ASSUMED)
    """Share of the evidence that a state holds about an organisation by which the odds rise that its sources name a
    load of that organisation."""
