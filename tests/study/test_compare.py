"""Comparisons: what differs between worlds with the same luck."""

import pandas as pd
import pytest

from sim.study.compare import Comparison


def test_recruits_prevented_are_those_of_the_first_world_who_are_not_in_the_other():
    """Differences of 10, 20 and 30: mean 20, and 4.303 standard errors of 10 / sqrt(3) either way."""
    recruited = {"no policy": [100, 110, 120], "prevention": [90, 90, 90]}
    runs = pd.DataFrame(
        {"world": world, "replicate": number, "couriers_recruited": count}
        for world, counts in recruited.items()
        for number, count in enumerate(counts)
    )
    found = Comparison(tuple(recruited), runs, pd.DataFrame(), {}).recruits_prevented()
    assert found.measure == "recruits_prevented"
    assert (found.baseline, found.other, found.difference) == (110, 90, 20)
    assert found.low == pytest.approx(20 - 4.3027 * 10 / 3**0.5, abs=1e-3)
    assert found.high == pytest.approx(20 + 4.3027 * 10 / 3**0.5, abs=1e-3)
