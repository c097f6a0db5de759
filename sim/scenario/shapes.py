"""What the nouns allow at a place of a scenario, read from their own fields: the type, its bounds, how to say them."""

from __future__ import annotations

import types
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import annotated_types
from pydantic import StringConstraints
from pydantic.fields import FieldInfo

from sim.quantity import Measure
from sim.registry import Registered
from sim.scenario.mistakes import shown
from sim.terms import Country, Label, Locode, Name, Noun, Prose


class Shape(NamedTuple):
    """The type that stands at a place, without its wrappings, and what is asked of it beside."""

    type: Any
    asked: tuple[Any, ...] = ()

    @property
    def measure(self) -> Measure | None:
        """What it measures, if it is a quantity."""
        return next((ask for ask in self.asked if isinstance(ask, Measure)), None)

    @property
    def noun(self) -> type[Noun] | None:
        """The noun it is, if it is one."""
        return self.type if isinstance(self.type, type) and issubclass(self.type, Noun) else None

    @property
    def choices(self) -> tuple[Any, ...]:
        """All values it can take, if they are counted."""
        return get_args(self.type) if get_origin(self.type) is Literal else ()

    @property
    def whole_keys(self) -> bool:
        """Whether it is a mapping with whole numbers as keys."""
        return get_origin(self.type) is dict and shape_of(get_args(self.type)[0]).type is int

    @property
    def entries(self) -> int | None:
        """How many entries it has, if it is a list of so many."""
        items = get_args(self.type) if get_origin(self.type) is tuple else ()
        return len(items) if items and items[-1] is not Ellipsis else None


NOTHING = Shape(object)
"""What is asked where no noun says anything."""


def shape_of(annotation: Any, asked: Iterable[Any] = ()) -> Shape:
    """The shape that an annotation describes."""
    found = tuple(asked)
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *more = get_args(annotation)
            found += tuple(more)
        elif get_origin(annotation) in (Union, types.UnionType):
            annotation = next(one for one in get_args(annotation) if one is not types.NoneType)
        else:
            return Shape(annotation, found)


def shape_of_field(field: FieldInfo) -> Shape:
    """The shape of a field of a noun."""
    return shape_of(field.annotation, field.metadata)


def noun_at(shape: Shape, given: Any) -> type[Noun] | None:
    """The noun that `given` should be: of several kinds the one that it names."""
    noun: type[Noun] | None = shape.noun
    if noun is not None and issubclass(noun, Registered) and isinstance(given, dict):
        found: type[Noun] = noun.every().get(str(given.get("kind", noun.usual)), noun)
        return found
    return noun


def inside(shape: Shape, key: str | int, given: Any) -> Shape:
    """The shape of what stands under a key or a number of `given`, plain data that should have this shape."""
    if shape.measure is not None:
        end: Any = Annotated[float, shape.measure]
        return shape_of({"value": end, "range": tuple[end, end]}.get(str(key), str))
    noun = noun_at(shape, given)
    if noun is not None:
        field = noun.model_fields.get(str(key))
        return shape_of_field(field) if field is not None else NOTHING
    arguments = get_args(shape.type)
    if get_origin(shape.type) is dict:
        return shape_of(arguments[0] if key == "[key]" else arguments[1])
    if get_origin(shape.type) is tuple and arguments:
        many = arguments[-1] is Ellipsis
        position = 0 if many or not isinstance(key, int) or key >= len(arguments) else key
        return shape_of(arguments[position])
    return NOTHING


def default_of(shape: Shape, key: str, given: Any) -> Any:
    """What holds under a key of a noun when nothing is given; None where there is no default."""
    noun = noun_at(shape, given)
    field = noun.model_fields.get(key) if noun is not None else None
    if field is None or field.is_required():
        return None
    return field.get_default(call_default_factory=True, validated_data={})


def lawful(shape: Shape, given: Any) -> float | str | None:
    """A number that may stand there, as near as may be to what is given, or a text for people; None for names."""
    measure = shape.measure
    if measure is not None:
        low, high = measure.ge, measure.le
    elif shape.type in (int, float):
        low, high = _bound(shape, "ge"), _bound(shape, "le")
    else:
        return "?" if shape.type is str and is_for_people(shape) else None
    if isinstance(given, (int, float)) and high is not None and given > high:
        return high
    return low if low is not None else high


def is_for_people(shape: Shape) -> bool:
    """Whether it is a text that says anything, not a name."""
    constraints = [ask for ask in shape.asked if isinstance(ask, StringConstraints)]
    return any(get_args(kind)[1] in constraints for kind in (Label, Prose))


def known_keys(shape: Shape, given: Any) -> tuple[str, ...]:
    """Keys that a mapping of this shape may have; none when any may stand there."""
    if shape.measure is not None:
        return ("value", "unit", "range", "source")
    noun = noun_at(shape, given)
    return tuple(noun.model_fields) if noun is not None else ()


def in_order(keys: Iterable[str], shape: Shape) -> list[str]:
    """Keys as they stand in a noun, those of one's own in alphabetical order, years by number."""
    if shape.noun is not None or shape.measure is not None:
        return list(keys)
    return sorted(keys, key=lambda key: (len(key) if key.isdecimal() else 0, key))


_WORDS: dict[Any, str] = {
    bool: "true or false",
    date: "a date as YYYY-MM-DD",
}
_TEXTS: tuple[tuple[Any, str], ...] = (
    (Country, "a country's two capital letters, as in NO"),
    (Locode, "a UN/LOCODE, as in BEANR"),
    (Name, "a name of letters, digits and underscores that starts with a letter, at most 60"),
    (Label, "a line of text, 120 characters at most"),
    (Prose, "a text, 2000 characters at most"),
)


def wanted(shape: Shape) -> str:
    """What to give there, in words: `a share, 0 to 1`."""
    measure = shape.measure
    if measure is not None:
        return _number(_measured(measure.unit), measure.ge, measure.le, measure.gt)
    if shape.choices:
        return f"one of {', '.join(str(choice) for choice in shape.choices)}"
    if shape.type in (int, float):
        name = "a whole number" if shape.type is int else "a number"
        return _number(name, _bound(shape, "ge"), _bound(shape, "le"), _bound(shape, "gt"), _bound(shape, "lt"))
    if shape.type is str:
        constraints = [ask for ask in shape.asked if isinstance(ask, StringConstraints)]
        return next((words for kind, words in _TEXTS if get_args(kind)[1] in constraints), "a text")
    if shape.noun is not None:
        return f"a mapping with {_some(known_keys(shape, None))}"
    if get_origin(shape.type) is dict:
        return f"a mapping, and under each key {wanted(inside(shape, '', None))}"
    if get_origin(shape.type) is tuple:
        return _list_of(shape)
    return _WORDS.get(shape.type, "another value")


def _list_of(shape: Shape) -> str:
    each = wanted(inside(shape, 0, None))
    if shape.entries is not None:
        return f"a list of {shape.entries}, each {each}"
    least = max((ask.min_length for ask in shape.asked if isinstance(ask, annotated_types.MinLen)), default=0)
    return f"a list of {f'{least} or more, ' if least else ''}each {each}"


def _measured(unit: str) -> str:
    if unit == "1":
        return "a number"
    return f"a {unit}" if unit in ("share", "probability", "count") else f"a number of {unit}"


def _number(name: str, ge: Any, le: Any, gt: Any = None, lt: Any = None) -> str:
    if ge is not None and le is not None:
        return f"{name}, {shown(ge)} to {shown(le)}"
    words = {"at least": ge, "at most": le, "above": gt, "below": lt}
    if ge is not None and lt is None:
        return f"{name}, {shown(ge)} or more"
    told = [f"{word} {shown(bound)}" for word, bound in words.items() if bound is not None]
    return f"{name}, {' and '.join(told)}" if told else name


def _bound(shape: Shape, word: str) -> Any:
    return next((getattr(ask, word) for ask in shape.asked if hasattr(ask, word)), None)


def _some(names: tuple[str, ...], most: int = 6) -> str:
    return ", ".join(names[:most]) + (" and others" if len(names) > most else "")
