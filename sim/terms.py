"""The words everybody shares: the base of every noun, names, dates, modes, and the glossary."""

from __future__ import annotations

import ast
import functools
import inspect
import sys
import textwrap
from collections.abc import Sequence
from itertools import count, pairwise
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

GRAMS_PER_KG = 1000
CENTS_PER_USD = 100
DAYS_PER_YEAR = 365.25
DAYS_PER_WEEK = 7
HOURS_PER_DAY = 24
KM_PER_NM = 1.852

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,59}$")]
"""A name used as a key: letters, digits and underscores, starting with a letter, 60 characters at most."""

_UNSEEN = r"\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff"
"""Characters that cannot be seen: controls, line separators, marks that turn the direction of writing."""

Label = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=rf"^[^\x00-\x1f{_UNSEEN}]*$")]
"""A text for people: one line, 120 characters at most."""

Prose = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=rf"^[^\x00-\x08\x0b-\x1f{_UNSEEN}]*$")]
"""A text for people that may run over several lines."""

Year = Annotated[int, Field(ge=1900, le=2200)]
"""A calendar year that a world may lie in."""

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2 code of a jurisdiction."""

Locode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[A-Z2-9]{3}$")]
"""UN/LOCODE of a port: two letters of the country, three characters of the place."""

ControlMode = Literal["micro", "thinned"]
"""How port controls are lived: `micro` scores every legal container by itself, `thinned` draws the clean ones in
aggregate, with the same chances of whatever becomes of any."""

Mode = Literal["road", "liner", "feeder", "small_craft"]
Direction = Literal["export", "import"]
Role = Literal["origin", "transit", "destination"]

GLOSSARY: dict[str, str] = {
    "bill of lading": "the document that names a container's lane, day, serial number, commodity and shipper",
    "checkpoint": "a place where something illicit can be stopped: a port's export or import control, a sea zone",
    "consignment": "one illicit load on its way, owned by one organisation",
    "dwell time": "the time a container stands in port",
    "false alarm": "an inspection alarm on a container that holds nothing illicit",
    "hit": "an alarm that physical examination confirms",
    "interception share": "seized / (seized + lost + delivered)",
    "lane": "the legal container trade from one port to another",
    "non-intrusive inspection (NII)": "scanning of a closed container, by X-ray or gamma ray",
    "physical examination": "opening and searching a container by hand",
    "random share": "the part of the scanning capacity that is spent on containers picked blindly",
    "risk score": "the sum of risk points of a container's documents; 32 points are one unit of log-odds",
    "targeting": "choosing, from documents and intelligence alone, which containers to inspect",
    "TEU": "twenty-foot equivalent unit, the measure of port throughput",
}


class Noun(BaseModel):
    """Base of everything a scenario can name: frozen, and strict about unknown words."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        defer_build=True,  # the command line answers sooner when only what is used is built
        validate_default=False,
        allow_inf_nan=False,
        arbitrary_types_allowed=False,
    )

    def __deepcopy__(self, _: object = None) -> Self:
        """Itself: what never changes need not be copied."""
        return self

    @classmethod
    def meanings(cls) -> dict[str, str]:
        """What the fields mean, by name: the text below each in the source, where there is a source to read."""
        return _meanings(cls)


@functools.cache
def _meanings(noun: type[Noun]) -> dict[str, str]:
    found: dict[str, str] = {}
    for base in reversed(noun.__mro__):
        written = _written(base) if issubclass(base, Noun) and base is not Noun else None
        for line, below in pairwise(written.body if written is not None else ()):
            match line, below:
                case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(text))):
                    found[name] = " ".join(text.split())
    return found


def _written(noun: type) -> ast.ClassDef | None:
    """The class as it stands in its source; None where no source is kept."""
    try:
        return _classes(noun.__module__).get(noun.__qualname__) or _alone(noun)
    except (OSError, TypeError, SyntaxError, ValueError):
        return None


@functools.cache
def _classes(module: str) -> dict[str, ast.ClassDef]:
    """The classes at the top of a module, by name; none for what is typed in rather than filed."""
    if not getattr(sys.modules.get(module), "__file__", None):
        return {}
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def _alone(noun: type) -> ast.ClassDef | None:
    """A class defined in a notebook or inside a function."""
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(noun))).body
    return node if isinstance(node, ast.ClassDef) else None


def purpose(kind: type) -> str:
    """What a class says of itself first: the first paragraph of its documentation, as one line."""
    return " ".join((kind.__doc__ or "").split("\n\n")[0].split())


def told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """Names, made different where they are not: a second "port" is "port (2)"."""
    found: list[str] = []
    for name in names:
        numbered = (f"{name} ({number})" for number in count(2))
        found.append(name if name not in found else next(each for each in numbered if each not in {*found, *names}))
    return tuple(found)
