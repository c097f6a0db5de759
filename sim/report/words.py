"""Numbers and dates as people write them in a report."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date

from sim.scenario.scenario import Scenario

SPACE = "\u00a0"
"""Keeps a number and its unit on one line."""
NONE = "–"
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
KG_PER_TONNE = 1000.0


def number(value: float) -> str:
    """A number to about three places, with commas: `12,346`, `12.3`, `0.0457`; a dash for none."""
    if math.isnan(value):
        return NONE
    if value == round(value) or abs(value) >= 1000:
        return _minus(f"{value:,.0f}")
    if abs(value) >= 10:
        return _minus(f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}")
    return _minus(f"{value:.3g}" if abs(value) >= 1e-4 else f"{value:.9f}".rstrip("0").rstrip(".") or "0")


def count(value: float) -> str:
    """A count of things, millions in words."""
    return _minus(f"{_tenths(value / 1e6)}{SPACE}million" if abs(value) >= 1e6 else f"{value:,.0f}")


def things(amount: int, one: str, many: str = "") -> str:
    """A number of things: `1 market`, `2 markets`."""
    return f"{amount:,} {one if amount == 1 else many or f'{one}s'}"


def mass(kg: float) -> str:
    """Kilograms below a tonne, tonnes above; a dash for none."""
    if math.isnan(kg):
        return NONE
    if abs(kg) < KG_PER_TONNE:
        return _minus(f"{_tenths(kg)}{SPACE}kg" if abs(kg) < 10 else f"{kg:.0f}{SPACE}kg")
    tonnes = kg / KG_PER_TONNE
    return _minus(f"{_tenths(tonnes)}{SPACE}t")


def percent(share: float) -> str:
    """A share as a percentage."""
    value = 100.0 * share
    return (
        _minus(f"{value:.0f}" if abs(value) >= 10 else f"{value:.1f}" if abs(value) >= 0.1 else f"{value:.2g}")
        + f"{SPACE}%"
    )


def money(usd: float) -> str:
    """An amount in US dollars, millions and billions in words."""
    for unit, word in ((1e9, "billion"), (1e6, "million")):
        if abs(usd) >= unit:
            return f"USD{SPACE}{_minus(_tenths(usd / unit))}{SPACE}{word}"
    return f"USD{SPACE}{_minus(f'{usd:,.0f}')}"


def day(when: date) -> str:
    """A date: `1 March 2024`."""
    return f"{when.day}{SPACE}{MONTHS[when.month - 1]}{SPACE}{when.year}"


def month(when: date) -> str:
    """A month: `March 2024`."""
    return f"{MONTHS[when.month - 1]}{SPACE}{when.year}"


def change(value: float, told: str) -> str:
    """A difference with its sign in front, where it is one."""
    return f"+{told}" if value > 0 else told


def several(words: Iterable[str]) -> str:
    """A list in a sentence: `a, b and c`."""
    *first, last = list(words) or [NONE]
    return f"{', '.join(first)} and {last}" if first else last


def shortened(text: str, most: int = 28) -> str:
    """A text cut to a length that a figure has room for."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def apart(one: Scenario, other: Scenario) -> list[str]:
    """The parts in which two scenarios differ beyond their texts and their policies."""
    alike = ("policies", "policies_from", "title", "question")
    parts = (name for name in type(one).model_fields if name not in alike)
    return [name.replace("_", " ") for name in parts if getattr(one, name) != getattr(other, name)]


def place_names(scenario: Scenario) -> dict[str, str]:
    """What people call each place, by key; remarks in brackets are left out where the rest is still unique."""
    geography = scenario.geography
    groups: tuple[Mapping[str, object], ...] = (
        scenario.ports(), geography.production_areas, geography.warehouses, geography.docks, geography.markets,
        scenario.waters,
    )  # fmt: skip
    full = {key: str(getattr(place, "name", key)) for group in groups for key, place in group.items()}
    short = {key: re.sub(r"\s+\([^()]*\)$", "", name) or name for key, name in full.items()}
    seen = list(short.values())
    return {key: name if seen.count(name) == 1 else full[key] for key, name in short.items()}


def _tenths(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:,.1f}"


def _minus(text: str) -> str:
    return text.replace("-", "−")
