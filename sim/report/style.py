"""How figures look: one style, one palette that colour-blind readers can tell apart, and clean SVG."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, cast

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from numpy.typing import ArrayLike

INK = "#1f2a33"
QUIET = "#5c6a75"
RULE = "#d5dbe0"
PAPER = "#ffffff"
LAND = "#e9e6df"
SHORE = "#cfcabf"
DELIVERED = "#c8553d"
SEIZED = "#14557b"
SEIZED_EXPORT = "#6fa8c9"
SEIZED_SEA = "#1b8a7a"
SEIZED_COASTWARD = "#d9b44a"
SEIZED_INLAND = "#8d7aa8"
LOST = "#a3a9ae"
UNDER_WAY = "#e2cf9a"
ALL = "#3b4a55"
MORE, LESS = DELIVERED, SEIZED
"""Palette: tells apart under deuteranopia, protanopia and tritanopia by lightness as well as by hue."""

MARKS = (
    (SEIZED, "o"), (DELIVERED, "s"), (SEIZED_SEA, "^"), (SEIZED_COASTWARD, "D"), (SEIZED_INLAND, "v"),
    (SEIZED_EXPORT, "P"), (ALL, "X"), ("#7a3b5d", "p"),
)  # fmt: skip
"""Colours and shapes of worlds that are compared: each differs from the next in hue, lightness and shape."""

DASHED, DOTTED = (0, (4, 2)), (0, (1, 2))
"""Lines that mark a date or a threshold, and another one beside it."""

WIDTH = 7.0
"""Width of every figure, inches: the text column of an A4 page."""

STYLE: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 8.5,
    "text.color": INK,
    "text.parse_math": False,
    "axes.labelcolor": QUIET,
    "axes.labelsize": 8.5,
    "axes.edgecolor": RULE,
    "axes.facecolor": PAPER,
    "axes.titlelocation": "left",
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlepad": 10,
    "axes.titlecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.unicode_minus": True,
    "axes.formatter.use_mathtext": False,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "lines.linewidth": 1.6,
    "lines.solid_capstyle": "round",
    "patch.linewidth": 0.0,
    "figure.facecolor": PAPER,
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "savefig.dpi": 160,
    "svg.fonttype": "none",
    "svg.image_inline": True,
}

Drawing = tuple[Figure, Axes]
_ONE_LINE = 4  # entries of a legend that fit beside each other


@contextmanager
def styled() -> Iterator[None]:
    """Draw in our style; a letter that the font of the layout lacks is no matter, browsers have others."""
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def drawn[F: Callable[..., Drawing]](figure: F) -> F:
    """Make a function that draws results draw in our style."""

    @wraps(figure)
    def in_style(*args: Any, **more: Any) -> Drawing:
        with styled():
            return figure(*args, **more)

    return cast("F", in_style)


def canvas(height: float, width: float = WIDTH) -> Drawing:
    """An empty figure with one set of axes, without any window."""
    fig = Figure(figsize=(width, height))
    FigureCanvasAgg(fig)
    return fig, fig.add_subplot()


def entitle(fig: Figure, title: str, legend: Sequence[Artist] = (), columns: int | None = None) -> None:
    """A title at the left edge and a legend below it, in one line if it fits, or in `columns`."""
    bold = {"size": STYLE["axes.titlesize"], "weight": "bold"}
    if not legend:
        fig.suptitle(title, x=0.006, ha="left", fontproperties=FontProperties(**bold))
        return
    fitting = len(legend) if len(legend) <= _ONE_LINE else 3
    box = fig.legend(
        handles=list(legend), loc="outside upper left", ncols=columns or fitting, title=title,
        title_fontproperties=bold, alignment="left", handlelength=1.4, columnspacing=1.6, borderpad=0.0,
        borderaxespad=0.45,
    )  # fmt: skip
    box.get_title().set_horizontalalignment("left")


def mark(number: int) -> tuple[str, str]:
    """Colour and shape of the world of a number, from 0; beyond `MARKS`, colours come again with other shapes."""
    colour, _ = MARKS[number % len(MARKS)]
    _, shape = MARKS[(number + number // len(MARKS)) % len(MARKS)]
    return colour, shape


def horizontal(ax: Axes) -> None:
    """Axes for lying bars: grid across them only."""
    ax.grid(visible=False, axis="y")
    ax.spines["bottom"].set_visible(False)
    ax.spines["left"].set_visible(True)


def upright(ax: Axes) -> None:
    """Axes for standing bars and lines: grid across them only."""
    ax.grid(visible=False, axis="x")


def dates(ax: Axes, first: float, last: float, most: int = 9) -> None:
    """An axis of days from one to another, with at most so many marks."""
    locator = AutoDateLocator(minticks=min(4, most - 2), maxticks=most)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    ax.set_xlim(first, last)


def by_period(ax: Axes, middle: ArrayLike, values: ArrayLike, *, color: str, label: str) -> None:
    """A line from period to period with a dot at each, so that a single period is seen too."""
    ax.plot(middle, values, color=color, linewidth=1.4, marker="o", markersize=2.6, label=label)


def beside(ax: Axes, x: float, y: float, told: str, *, right: bool = True) -> None:
    """A text to the right (or left) of a point, a little off it."""
    ax.annotate(
        told,
        (x, y),
        xytext=(4 if right else -4, 0),
        textcoords="offset points",
        va="center",
        ha="left" if right else "right",
    )


def compact(value: float, _: float | None = None) -> str:
    """A number at an axis, in few letters: `12,000`, `3 m`, `0.05`."""
    for size, letter in ((1e9, " bn"), (1e6, " m"), (1e3, "")):
        if abs(value) >= size:
            return (f"{value / size:.3g}{letter}" if letter else f"{value:,.0f}").replace("-", "−")
    return f"{value:.4g}".replace("-", "−")


def svg(fig: Figure, name: str) -> str:
    """The figure as an SVG element to stand in a page: the same bytes every time, names apart from other figures'.

    name: letters and dashes; every id of the element begins with it. Hundredths of a point are precise enough.
    """
    sink = io.BytesIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with styled(), mpl.rc_context({"svg.hashsalt": name}):
        fig.savefig(sink, format="svg", metadata=nothing)
    text = sink.getvalue().decode()
    text = text[text.index("<svg") :].strip()
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, count=1, flags=re.DOTALL)
    text = re.sub(r'^<svg [^>]*?viewBox="([^"]*)"[^>]*>', rf'<svg class="{name}" viewBox="\1">', text, count=1)

    def apart(tag: re.Match[str]) -> str:
        shorter = re.sub(r"(\d\.\d\d)\d+", r"\1", tag[0].replace("xlink:href", "href"))
        return re.sub(r'(\bid="|url\(#|\bhref="#)', rf"\g<1>{name}-", shorter)

    return re.sub(r"<[^<>]*>", apart, text)


def png(fig: Figure, dpi: int = 160) -> bytes:
    """The figure as a PNG image without a date."""
    sink = io.BytesIO()
    with styled():
        fig.savefig(sink, format="png", dpi=dpi, metadata={"Software": None})
    return sink.getvalue()
