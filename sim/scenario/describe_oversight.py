"""Oversight and money in plain words: what inspection may not exceed, and who brings money home and traces it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.scenario.phrases import amount, figure, percent, several, usd

if TYPE_CHECKING:
    from sim.world.money import Money, Tracing
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
    period = f", counted over {amount(limit.period_days, 'day')}"
    return several(given) + period if given else "no cap on how many containers are scanned or opened"


def money_told(money: Money) -> Iterator[str]:
    """Who brings proceeds home, and who traces them."""
    terms = money.brokers
    yield (
        f"{figure(terms.count)} financial brokers bring proceeds home, each with fee and days of his own, and have "
        f"{usd(terms.capacity_usd)} under way at most. Who is found out asks {percent(terms.dearer)} more, or closes "
        f"with probability {figure(terms.closes)}."
    )
    yield f"Money is traced, where nothing else is said, by {_tracing(money.tracing)}."
    for place, tracing in money.at.items():
        yield f"  - {place}: {_tracing(tracing)}."
    for one, other in money.agreements:
        yield f"  - {one} and {other} answer each other's questions as their own."
    yield (
        f"A look shows what a transfer is with probability {figure(money.traced)}; it is then frozen, and confiscated "
        f"or given back as the case about it ends, which begins with evidence of quality {figure(money.evidence)}. "
        f"{percent(money.taken)} of an organisation's capital is confiscated when its leader is convicted for good."
    )


def _tracing(tracing: Tracing) -> str:
    return (
        f"{amount(tracing.units, 'unit')} a state, each of which looks into "
        f"{amount(tracing.looks_per_day, 'transfer')} a day and keeps {percent(tracing.abroad)} "
        "of its rate across a border"
    )
