"""Oversight in plain words: what inspection may not exceed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.scenario.phrases import figure, percent, several

if TYPE_CHECKING:
    from sim.world.oversight import Limit, Oversight


def oversight_told(oversight: Oversight) -> Iterator[str]:
    """The caps that hold everywhere, and what differs in single states."""
    yield f"Oversight, where nothing else is said: {_limit(oversight)}."
    for place, limit in oversight.at.items():
        yield f"  - {place}: {_limit(limit)}."


def _limit(limit: Limit) -> str:
    given = [
        f"{percent(most)} of the containers {word} at most"
        for most, word in ((limit.most_opened, "opened"), (limit.most_scanned, "scanned"))
        if most is not None
    ]
    period = f", counted over {figure(limit.period_days)} days"
    return several(given) + period if given else "no cap on how many containers are scanned or opened"
