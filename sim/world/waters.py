"""Sea zones and the search that patrols make in them."""

from __future__ import annotations

from sim.quantity import ASSUMED, Count, Hours, Knots, NauticalMiles, Probability, Quantity, SquareNauticalMiles
from sim.terms import Label, Noun


class SeaZone(Noun):
    """A stretch of sea that small craft cross and patrols search at random (Koopman 1946)."""

    name: Label
    area_nm2: SquareNauticalMiles
    """Area searched, square nautical miles."""
    hours_in_zone: Hours = Quantity(72, "hours", 12, 240, ASSUMED)
    """Time that a crossing spends in the zone."""
    patrol_units: Count = Quantity(2, "count", 0, 10, ASSUMED)
    """Units on patrol on an average day."""
    sweep_width_nm: NauticalMiles = Quantity(20, "nm", 5, 40, ASSUMED)
    """Width within which a unit sees a craft."""
    patrol_knots: Knots = Quantity(15, "knots", 10, 25, ASSUMED)
    """Speed of a unit while it searches."""
    boarding: Probability = Quantity(0.26, "probability", 0.2, 0.5, "kelly14")
    """Chance that a craft that was detected is also stopped: 74 % of suspected movements could not be interdicted."""
