"""Phrases of which a scenario is told back: numbers, money, dates, and lists of names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sim.world.site import Site

MOST_NAMED = 8
"""Places that one sentence names."""


def several(words: Iterable[str], most: int = MOST_NAMED) -> str:
    """Words in a sentence: `a, b and c`."""
    every = list(words)
    if len(every) > most + 1:
        return f"{', '.join(every[:most])} and {len(every) - most} more"
    return f"{', '.join(every[:-1])} and {every[-1]}" if len(every) > 1 else "".join(every) or "none"


def figure(value: float) -> str:
    """A number as it is read: four digits, or all of a large one."""
    return f"{value:,.4g}" if abs(value) < 9999.5 else f"{value:,.0f}"


def percent(share: float) -> str:
    """A share in per cent."""
    return f"{100 * share:.3g}%"


def usd(amount: float) -> str:
    """An amount of money, in millions and billions where it is large."""
    for unit, word in ((1e9, " billion"), (1e6, " million")):
        if abs(amount) >= unit:
            return f"USD {amount / unit:,.4g}{word}"
    return f"USD {figure(amount)}"


def day_of(when: date) -> str:
    """A date in words."""
    return f"{when.day} {when:%B %Y}"


def counted(count: int, one: str, many: str = "") -> str:
    """A number of things, with the word for one or for many."""
    return f"{count} {one}" if count == 1 else f"{count} {many or one + 's'}"


def amount(value: float, one: str) -> str:
    """An amount of something that can be counted: `1 day`, `2.5 days`."""
    return f"{figure(value)} {one if value == 1 else f'{one}s'}"


def named(sites: Mapping[str, Site], keys: Iterable[str] | None = None) -> str:
    """Places by their names, in a sentence."""
    return several(sites[key].name for key in (sites if keys is None else keys))
