"""Prints docs/parameters.md: every number that a scenario can hold, from the nouns themselves.

python docs/make_parameters.py > docs/parameters.md
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple, get_origin

from pydantic.fields import FieldInfo

from sim.actors.behaviours.behaviour import Behaviour
from sim.games.contest import Contest
from sim.games.game import Game
from sim.games.learners import Learner
from sim.policies.policy import Policy
from sim.quantity import Quantity
from sim.registry import Registered
from sim.scenario.scenario import Scenario
from sim.scenario.shapes import Shape, inside, shape_of_field
from sim.terms import Noun
from sim.world.atlas import sources

HEADING = """\
# Parameters

Every number of a scenario, and at the end those of a [game](games.md): where it stands, what it means, its default, and
where the default comes from. The tables are read from the classes themselves by `docs/make_parameters.py`; a test holds
this page against them.

- **Path** is what a scenario file nests and what `--set PATH=VALUE` takes. `<name>` stands for a name of your own, a
  number for the place in a list (the first is 0).
- **Default** is what holds when the scenario says nothing. *required*: the scenario must say it. *none*: it may stay
  unsaid, and then another field rules or there is no such thing.
- **Range** says how far the value could be off: what a sweep samples. What may be given at all stands under **bounds**.
- **Source** is a key of the list at the end, or *assumed*: nothing published gives the value. An assumed value is a
  parameter to sweep, never a fact.
- A **setting** is a whole number or a choice, and has neither range nor source.

What the shipped scenarios set differently, number by number, with sources: `chokepoint describe latam_europe`.
"""

_NAMED = re.compile(r"source (\w+)")
COLUMNS = "| path | meaning | default | unit | range | bounds | source |\n|---|---|---|---|---|---|---|"


class Row(NamedTuple):
    """One line of a table."""

    path: str
    meaning: str
    default: str
    unit: str
    range: str
    bounds: str
    source: str


class Section(NamedTuple):
    """One noun, the places of a scenario where it stands, and its numbers."""

    noun: type[Noun]
    places: list[str]
    rows: list[Row]


def text() -> str:
    """The whole page."""
    found = sections()
    numbers = [row for section in found for row in section.rows if row.source != "setting"]
    assumed = sum(row.source == "*assumed*" for row in numbers)
    with_default = sum(row.source != "" for row in numbers)
    count = f"{len(numbers)} numbers, {with_default} of them with a default; {assumed} of the defaults are assumed."
    parts = [HEADING, count, *map(_told, found), _sources(numbers)]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def sections() -> list[Section]:
    """All nouns that hold numbers, in the order of the scenario, then the kinds of behaviours, policies and games."""
    found: dict[type[Noun], Section] = {}
    _gather(Scenario, "", found)
    for behaviour in Behaviour.every().values():
        _gather(behaviour, "organisations.<name>.behaviour", found)
    for policy in Policy.every().values():
        _gather(policy, "policies.0", found)
    _gather(Contest, "", found)
    for game in Game.every().values():
        _gather(game, "game", found)
    for learner in Learner.every().values():
        _gather(learner, "smuggler" if learner.smuggler_only else "inspector", found)
    return [section for section in found.values() if section.rows]


def _gather(noun: type[Noun], place: str, found: dict[type[Noun], Section]) -> None:
    """File a noun and all that it holds under the places where they stand."""
    if noun in found:
        found[noun].places.append(place)
    else:
        found[noun] = Section(noun, [place], [])
        meanings = noun.meanings()
        for name, field in _fields(noun):
            rows = _rows(f"{place}.{name}".lstrip("."), meanings.get(name, ""), field)
            found[noun].rows.extend(rows)
    for name, field in _fields(noun):
        for path, shape in _within(f"{place}.{name}".lstrip("."), shape_of_field(field)):
            if shape.noun is not None and not issubclass(shape.noun, Registered):
                _gather(shape.noun, path, found)


def _fields(noun: type[Noun]) -> Iterator[tuple[str, FieldInfo]]:
    """The fields of a noun; those of a policy first its own, then those of every policy."""
    common = set(Policy.model_fields) if issubclass(noun, Policy) else set()
    own = [name for name in noun.model_fields if name not in common and name != "kind"]
    for name in (*own, *(name for name in noun.model_fields if name in common)):
        yield name, noun.model_fields[name]


def _within(path: str, shape: Shape) -> Iterator[tuple[str, Shape]]:
    """What stands at a path: the thing itself, or under each name of a mapping what that holds."""
    if shape.measure is None and get_origin(shape.type) is dict:
        key = "<year>" if shape.whole_keys else "<name>"
        yield from _within(f"{path}.{key}", inside(shape, key, None))
    else:
        yield path, shape


def _rows(path: str, meaning: str, field: FieldInfo) -> Iterator[Row]:
    shape = shape_of_field(field)
    default = None if field.is_required() else field.get_default(call_default_factory=True, validated_data={})
    missing = "*required*" if field.is_required() else "*none*"
    if get_origin(shape.type) is tuple and isinstance(default, tuple):
        for number, one in enumerate(default):
            yield from _row(f"{path}.{number}", meaning, inside(shape, number, None), one, missing)
        return
    for deeper, inner in _within(path, shape):
        yield from _row(deeper, meaning, inner, default, missing if deeper == path else "*required*")


def _row(path: str, meaning: str, shape: Shape, default: Any, missing: str) -> Iterator[Row]:
    told = meaning or path.rpartition(".")[2].replace("_", " ").capitalize() + "."
    measure = shape.measure
    if measure is not None:
        bounds = _bounds(measure.ge, measure.le, measure.gt)
        if isinstance(default, Quantity):
            span = f"{_number(default.low)} to {_number(default.high)}" if default.low is not None else ""
            source = "*assumed*" if default.assumed else f"`{default.source}`"
            yield Row(path, told, _number(default), measure.unit, span, bounds, source)
        else:
            yield Row(path, told, missing, measure.unit, "", bounds, "")
    elif shape.type is int or shape.choices:
        value = missing if default is None else f"{default}"
        choices = ", ".join(map(str, shape.choices))
        yield Row(path, told, value, "", "", choices or _asked(shape), "setting")


def _asked(shape: Shape) -> str:
    known = {word: getattr(ask, word) for ask in shape.asked for word in ("ge", "le", "gt", "lt") if hasattr(ask, word)}
    return _bounds(known.get("ge"), known.get("le"), known.get("gt"), known.get("lt"))


def _bounds(ge: Any, le: Any, gt: Any, lt: Any = None) -> str:
    if ge is not None and le is not None:
        return f"{_number(ge)} to {_number(le)}"
    words = {"at least": ge, "above": gt, "at most": le, "below": lt}
    return " and ".join(f"{word} {_number(bound)}" for word, bound in words.items() if bound is not None)


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"


def _told(section: Section) -> str:
    noun, places = section.noun, section.places
    family = next((each for each in (Behaviour, Policy, Game, Learner) if issubclass(noun, each)), None)
    title = f"{family.__name__} `{noun.model_fields['kind'].default}`" if family else _spoken(noun.__name__)
    purpose = " ".join((noun.__doc__ or "").split("\n\n")[0].split())
    lines = [f"## {title}", "", purpose]
    if len(places) > 1:
        others = ", ".join(f"`{place}`" for place in places[1:])
        lines += ["", f"It stands at `{places[0]}`, whose paths the table gives, and at {others}."]
    lines += ["", COLUMNS, *(_line(row) for row in section.rows)]
    return "\n".join(lines)


def _line(row: Row) -> str:
    cells = (f"`{row.path}`", *row[1:])
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _spoken(name: str) -> str:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return words.strip().capitalize()


def _sources(rows: list[Row]) -> str:
    titles = sources()
    named = {row.source.strip("`") for row in rows} | {key for row in rows for key in _NAMED.findall(row.meaning)}
    used = sorted(named & set(titles))
    lines = ["## Sources", "", "| key | title | where | date |", "|---|---|---|---|"]
    for key in used:
        cells = [cell.replace("|", "/") for cell in titles[key]]
        lines.append(f"| `{key}` | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(text())
