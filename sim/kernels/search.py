"""Sea search: how likely patrols are to find a craft that crosses a zone (Koopman 1946)."""

import math

import numpy as np

from sim.kernels.compiling import jit
from sim.kernels.words import Floats


@jit
def detection(sweep_width_nm: Floats, speed_kn: Floats, hours: Floats, units: Floats, area_nm2: Floats) -> Floats:
    """Probability of detection by random search, 1 - exp(-W v t n / A): float64[zones].

    All arguments are float64[zones]: sweep width W in nautical miles, patrol speed v in knots, hours t that the craft
    is in the zone, units n on patrol (a fraction is a unit on duty part of the time), area A in square nautical miles.
    Independent units add their exponents. Source: Koopman (1946), Search and Screening, OEG Report 56.

    Nothing is checked but the lengths (ValueError): a zone without an area has nothing to search, so the caller must
    give A > 0; A = 0 yields 1 where there is any effort and nan where there is none.
    """
    zones = area_nm2.size
    if sweep_width_nm.size != zones or speed_kn.size != zones or hours.size != zones or units.size != zones:
        raise ValueError("each zone needs its own width, speed, hours, units and area")
    found = np.empty(zones)
    for zone in range(zones):
        effort = sweep_width_nm[zone] * speed_kn[zone] * hours[zone] * units[zone]
        found[zone] = -math.expm1(-effort / area_nm2[zone])
    return found


def warm() -> None:
    """Compile for the types that are used."""
    one = np.ones(1)
    detection(one, one, one, one, one)
