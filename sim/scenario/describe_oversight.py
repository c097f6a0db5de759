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
        if limit.model_fields_set:
            yield f"  - {place}: {several(_other_limits(limit))}."


_CAPS = {"most_opened": "opened", "most_scanned": "scanned"}


def _limit(limit: Limit) -> str:
    given = [_cap(limit, name) for name in _CAPS if getattr(limit, name) is not None]
    period = f", counted over {amount(limit.period_days, 'day')}"
    return several(given) + period if given else "no cap on how many containers are scanned or opened"


def _other_limits(limit: Limit) -> Iterator[str]:
    """What single states change."""
    for name in _CAPS:
        if name in limit.model_fields_set:
            yield _cap(limit, name)
    if "period_days" in limit.model_fields_set:
        yield f"containers counted over {amount(limit.period_days, 'day')}"


def _cap(limit: Limit, name: str) -> str:
    most, word = getattr(limit, name), _CAPS[name]
    if most is None:
        return f"no cap on how many containers are {word}"
    return f"{percent(most)} of the containers {word} at most"


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
        if tracing.model_fields_set:
            yield f"  - {place}: {several(_other_tracing(tracing))}."
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


def _other_tracing(tracing: Tracing) -> Iterator[str]:
    """What single states change."""
    told = {
        "units": f"{amount(tracing.units, 'unit')} a state",
        "looks_per_day": f"{amount(tracing.looks_per_day, 'transfer')} a day looked into by each unit",
        "abroad": f"{percent(tracing.abroad)} of its rate kept across a border",
    }
    return (words for name, words in told.items() if name in tracing.model_fields_set)
