"""What can still be said of a scenario of which some parts are ill formed."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Collection, Iterable
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from sim.scenario.findings import Location
from sim.scenario.references import check_references
from sim.scenario.scenario import Scenario
from sim.scenario.shapes import inside, lawful, noun_at, shape_of


def contradictions(
    data: dict[str, Any], errors: Iterable[ErrorDetails], spoilt: Collection[str] = ()
) -> list[ErrorDetails]:
    """What the well-formed parts of a scenario say wrongly of each other, so that all is told at once.

    A part counts as well formed when it is so without its unknown keys and with other numbers and texts in the place of
    those that are wrong, a policy by itself; `spoilt` names paths of which another mistake is known already.
    """
    trimmed = copy.deepcopy(data)
    mended = [place for error in errors if (place := _mended(trimmed, error)) is not None]
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
        found = wrong.errors(include_url=False, include_input=False)
        return [each for each in found if not _about(each["loc"], mended)]
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


def _mended(data: dict[str, Any], error: ErrorDetails) -> Location | None:
    """Take out what an error speaks of, if it is an unknown key; put what may stand there in its place, if that is a
    number or a text that nothing else refers to. Returns where something was put in place."""
    holder: Any = data
    shape, depth = shape_of(Scenario), 0
    for depth, key in enumerate(error["loc"], 1):
        within = inside(shape, key, holder)
        if within.measure is not None or depth == len(error["loc"]):
            break
        shape, holder = within, _item(holder, key)
    else:
        return None
    noun = noun_at(shape, holder) if isinstance(holder, dict) else None
    if noun is not None and key not in noun.model_fields:
        holder.pop(key, None)
        return None
    near = lawful(within, _item(holder, key))
    if near is None or depth == 1:  # days and start decide what is within the run
        return None
    if isinstance(holder, dict):
        holder[str(key)] = near
    elif isinstance(holder, list) and isinstance(key, int) and key < len(holder):
        holder[key] = near
    return error["loc"][:depth]


def _about(place: Location, mended: Iterable[Location]) -> bool:
    """Whether something stands above, below or at a mended place, so that it may be the mending that is spoken of."""
    return any(all(one == other for one, other in zip(place, where, strict=False)) for where in mended)


def _item(holder: Any, key: str | int) -> Any:
    if isinstance(holder, dict):
        return holder.get(str(key))
    return holder[key] if isinstance(holder, list) and isinstance(key, int) and key < len(holder) else None
