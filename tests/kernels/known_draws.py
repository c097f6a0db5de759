"""Draws at fixed addresses, as text that shows every bit. Run it to print what known_draws.json holds.

That file changes only together with the results of every study, so with the version and its changelog.
"""

import json
import sys

import numpy as np

from sim.kernels.draws import Draws, child_key, entity_key
from sim.kernels.queueing import queue_day, service_times
from sim.kernels.words import box_word, nth_key

PLACES = [("Antwerp", 0), ("Antwerp", 1), ("Guayaquil", 0), ("Santos", 365), ("a small dock", 3650), ("船", -1)]


def known_draws() -> dict[str, list[str]]:
    """Each sampler's draws, floats in hexadecimal."""
    draws, keys = Draws(20240101, replicate=7), np.array([entity_key(name) for name, _ in PLACES])
    ones, key = np.ones(6), draws.key("known")
    address = [("known", name, day, k) for k, (name, day) in enumerate(PLACES)]
    blocks = [
        np.uint64(nth_key(np.uint64(nth_key(key, lane)), day))
        for lane, day in ((0, 0), (0, 1), (1, 0), (900, 365), (1, -1))
    ]
    found = {
        "key": [draws.key(purpose) for purpose in ("", "known", "arrivals", "risk of a cartel", "naïve")],
        "entity_key": keys,
        "child_key": [child_key(name, index) for index, (name, _) in enumerate(PLACES)],
        "uniform": [draws.uniform(*where) for where in address],
        "uniform, last k": [draws.uniform("known", name, day, (1 << 24) - 1) for name, day in PLACES],
        "normal": [draws.normal(*where) for where in address],
        "lognormal": [draws.lognormal(*where, 0.5 * i, 0.25 * i) for i, where in enumerate(address)],
        "exponential": [draws.exponential(*where, 10.0**i) for i, where in enumerate(address)],
        "poisson": [draws.poisson(*where, mean) for mean in (0.3, 9.99, 10.0, 123.4, 1e7) for where in address],
        "gamma": [draws.gamma(*where, shape) for shape in (0.05, 0.7, 1.0, 3.5, 1e4) for where in address],
        "beta": [draws.beta(*where, a, b) for a, b in ((1, 1), (0.2, 0.3), (2, 37.5), (0.5, 90)) for where in address],
        "choice": [draws.choice(*where, [0.0, 1.0, 2.5, 0.0, 7.0, 3.0]) for where in address],
        "integer": [draws.integer(*where, n) for n in (2, 10, 3_000_000_000) for where in address],
        "uniforms": draws.uniforms("known", keys, 12, 3),
        "poissons": draws.poissons("known", keys, 12, 8.0 * ones),
        "box_word": [np.uint64(box_word(block, j)) for block in blocks for j in (0, 1, 499_999)],
        "queue_day": [
            x
            for cv in (0.0, 1.0, 0.5)
            for x in queue_day(
                40, 12.0, 2.5, 3, service_times(cv), np.zeros(3), np.uint64(nth_key(key, 12)), np.zeros(41)
            )
        ],
    }
    return {name: [_text(value) for value in values] for name, values in found.items()}


def _text(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else float(value).hex()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(known_draws(), indent=1) + "\n")
