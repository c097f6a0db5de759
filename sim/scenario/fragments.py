"""What can still be said of a scenario of which some parts are ill formed."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Collection, Iterable
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from sim.scenario.references import check_references
from sim.scenario.scenario import Scenario
from sim.scenario.shapes import inside, noun_at, shape_of


def contradictions(
    data: dict[str, Any], errors: Iterable[ErrorDetails], spoilt: Collection[str] = ()
) -> list[ErrorDetails]:
    """What the well-formed parts of a scenario say wrongly of each other, so that all is told at once.

    A part counts as well formed when it is so without its unknown keys and without the numbers that have a default, a
    policy by itself; `spoilt` names paths of which another mistake is known already.
    """
    trimmed = copy.deepcopy(data)
    for error in errors:
        _take_out(trimmed, error)
    ill = {path.partition(".")[0] for path in spoilt}
    numbers = {path.split(".")[1] for path in spoilt if path.startswith("policies.")}
    parts: dict[str, Any] = {}
    for name, field in Scenario.model_fields.items():
        if name in trimmed:
            asked: Any = Annotated[field.annotation, field]
            part: TypeAdapter[Any] = TypeAdapter(asked)
            if name == "policies" and isinstance(trimmed[name], list):
                parts[name] = _each(part, trimmed[name], numbers)
            elif name not in ill:
                with contextlib.suppress(ValidationError):
                    parts[name] = part.validate_json(json.dumps(trimmed[name]), strict=True)
        elif name not in ill and not field.is_required():
            parts[name] = field.get_default(call_default_factory=True, validated_data={})
    try:
        check_references(Scenario.model_construct(**parts), sound=parts)
    except ValidationError as wrong:
        return wrong.errors(include_url=False, include_input=False)
    return []


def _each(whole: TypeAdapter[Any], items: list[Any], ill: Collection[str]) -> tuple[Any, ...]:
    """The items of a list one by one; None in the place of those that are ill formed. Ill: numbers of such, as text."""
    found: list[Any] = []
    for number, item in enumerate(items):
        try:
            (value,) = (None,) if str(number) in ill else whole.validate_json(json.dumps([item]), strict=True)
        except ValidationError:
            value = None
        found.append(value)
    return tuple(found)


def _take_out(data: dict[str, Any], error: ErrorDetails) -> None:
    """Take what an error speaks of out of the data, if it is an unknown key or a number that has a default."""
    *above, last = error["loc"] or (None,)
    holder: Any = data
    shape = shape_of(Scenario)
    for key in above:
        shape, holder = inside(shape, key, holder), _item(holder, key)
    if not isinstance(holder, dict) or shape.noun is None or not isinstance(last, str):
        return
    noun = noun_at(shape, holder)
    field = noun.model_fields.get(last) if noun is not None else None
    if field is None or (not field.is_required() and inside(shape, last, holder).measure is not None):
        holder.pop(last, None)


def _item(holder: Any, key: str | int) -> Any:
    if isinstance(holder, dict):
        return holder.get(str(key))
    return holder[key] if isinstance(holder, list) and isinstance(key, int) and key < len(holder) else None
