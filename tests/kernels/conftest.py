"""What the tests of compiled arithmetic share: how many draws to look at, and when a mean is off."""

import math
from collections.abc import Callable

import numba
import numpy as np
import pytest
from numpy.typing import ArrayLike


@pytest.fixture(scope="session")
def many() -> int:
    """Draws per test: many where they are compiled, few where Python draws them."""
    return 2_000 if numba.config.DISABLE_JIT else 200_000


@pytest.fixture(scope="session")
def expect_mean() -> Callable[[ArrayLike, float], None]:
    """Fails when the mean of independent values is 6 standard errors off: 2 in 10**9 by bad luck."""

    def check(values: ArrayLike, mean: float) -> None:
        sample = np.asarray(values, float)
        error = sample.std(ddof=1) / math.sqrt(sample.size)
        assert abs(sample.mean() - mean) <= 6 * error, f"{sample.mean()} for {mean}, standard error {error}"

    return check
