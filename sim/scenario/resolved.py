"""The whole scenario written out, every default included: text that loads back to the same value, and its hash."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from sim.scenario.own_policies import known
from sim.scenario.shapes import Shape, in_order, inside, shape_of

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

POLICIES = "policies.py"
"""Name of the file that policies of the scenario's own come from, wherever a scenario is written out."""
DIFFERING = (("customs", "posts"), ("justice", "at"), ("money", "at"), ("oversight", "at"))
"""Parts of a scenario with a field that holds what differs at single places."""


def resolved(scenario: Scenario, policies: str = POLICIES) -> str:
    """The scenario as YAML with every value that is in force; equal scenarios give equal text.

    Fields stand in the order of their nouns, names of one's own in alphabetical order, policies as they act. Policies
    of the scenario's own come from the file that `policies` names, which has to lie beside the text when that is read.
    """
    data = whole(scenario)
    if scenario.policies_from is not None:
        data["policies_from"] = policies
    with known(scenario.policies_from):
        return "\n".join(_block(data, shape_of(type(scenario)), "")) + "\n"


def scenario_hash(scenario: Scenario) -> str:
    """SHA-256 of all values in force as hexadecimal digits; file names, order of keys and layout do not matter.

    The text of a file of policies is one of the values.
    """
    text = json.dumps(whole(scenario), sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def whole(scenario: Scenario) -> dict[str, Any]:
    """All values in force as plain data."""
    found: dict[str, Any] = scenario.model_dump(mode="json")
    if scenario.policies_from is None:
        del found["policies_from"]
    # At single places only what is given counts: a default written out would take the place of the general value.
    for part, at in DIFFERING:
        given = getattr(scenario, part).model_dump(mode="json", exclude_unset=True)
        found[part][at] = given.get(at, {})
    return found


def _block(data: dict[str, Any], shape: Shape, indent: str) -> list[str]:
    lines = []
    for key in in_order(data, shape):
        value, under = data[key], inside(shape, key, data)
        name = key if shape.whole_keys else _word(key)
        if isinstance(value, dict) and value and under.measure is None:
            lines += [f"{indent}{name}:", *_block(value, under, f"{indent}  ")]
        elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
            lines += [f"{indent}{name}:", *_items(value, under, f"{indent}  ")]
        else:
            lines.append(f"{indent}{name}: {_flow(value)}")
    return lines


def _items(values: list[Any], shape: Shape, indent: str) -> list[str]:
    lines = []
    for number, value in enumerate(values):
        under = inside(shape, number, value)
        if isinstance(value, dict) and under.measure is None:
            first, *rest = _block(value, under, f"{indent}  ")
            lines += [f"{indent}- {first.lstrip()}", *rest]
        else:
            lines.append(f"{indent}- {_flow(value)}")
    return lines


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_word(key)}: {_flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return _word(value) if isinstance(value, str) else json.dumps(value)


_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[ /][A-Za-z0-9_]+)*|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_TEXT = frozenset(("null", "true", "false"))


def _word(text: str) -> str:
    """A text as a YAML scalar, in quotes where it could be taken for something else."""
    if _PLAIN.fullmatch(text) and text.lower() not in _NO_TEXT:
        return text
    return json.dumps(text, ensure_ascii=False)
