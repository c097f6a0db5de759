"""The pieces of a page: sections of sentences, cards, pictures and tables, put into a template that trusts no text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

from sim.report.style import svg

GENERATOR = "chokepoint"


class Card(NamedTuple):
    """One figure that counts, large."""

    label: str
    value: str
    more: str = ""
    warm: bool = False


class Item(NamedTuple):
    """One of a few things that a section lists: a mark, a name, what it is, and its facts."""

    mark: str
    name: str
    told: str
    facts: Sequence[str]


class Picture(NamedTuple):
    """A figure in the page, the sentences below it, and what it is for those who cannot see it."""

    svg: Markup
    told: Sequence[str]
    alt: str


class Named(NamedTuple):
    """A cell with a second, smaller line below."""

    text: str
    under: str


class Table(NamedTuple):
    """A table of texts; the first `left` columns are words, the others numbers."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str | Named]]
    left: int = 1
    folded: bool = False
    small: bool = False


@dataclass(frozen=True)
class Section:
    """A part of the page with its heading; what is empty is left out."""

    key: str
    title: str
    told: Sequence[str] = ()
    note: Sequence[str] = ()
    cards: Sequence[Card] = ()
    items: Sequence[Item] = ()
    pictures: Sequence[Picture] = ()
    points: Sequence[str] = ()
    commands: str = ""
    tables: Sequence[Table] = ()


def picture(fig: Figure, name: str, told: Sequence[str]) -> Picture:
    """A drawn figure as a piece of a page."""
    title = fig.get_suptitle() or (fig.legends[0].get_title().get_text() if fig.legends else name)
    # Matplotlib escapes every text that it writes into SVG, so this is markup of ours alone.
    return Picture(Markup(svg(fig, name.replace("_", "-"))), told, f"{title}. {' '.join(told)}")  # noqa: S704


def page(template: str, **shown: Any) -> str:
    """A page from a template; every text is escaped, a name that is not given is an error."""
    return _templates().get_template(template).render(generator=GENERATOR, **shown)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
