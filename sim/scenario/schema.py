"""The JSON Schema of a scenario, for editors that complete and check while one types."""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from sim.actors.behaviours.behaviour import Behaviour
from sim.games.contest import Contest
from sim.games.game import Game
from sim.games.learners import Learner
from sim.policies.policy import Policy
from sim.quantity import Quantity
from sim.registry import Registered
from sim.scenario.scenario import Scenario
from sim.terms import Noun
from sim.world.commodity import Commodity

_EXTENDS = {
    "type": "string",
    "description": "A scenario file in this folder or below, or a shipped scenario by name, that this one builds on: "
    "mappings are merged key by key, lists and quantities are replaced whole.",
}

_POLICIES_FROM = {
    "type": "string",
    "pattern": r"^[^/\\:]+\.py$",
    "description": "A file of Python beside this one that defines policies of the scenario's own. It is run whenever "
    "the scenario is read.",
}

_QUANTITY = "x-quantity"
"""Stands for `$ref` until all is told: pydantic resolves references to its own definitions only."""


class Told(GenerateJsonSchema):
    """Adds to every noun what its fields mean, and that what has kinds must say its own; defines each quantity once."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._quantities: dict[str, Any] = {}

    def generate_inner(self, schema: Any) -> JsonSchemaValue:
        """A kind of quantity by its name, all else in full."""
        told = super().generate_inner(schema)
        if "x-unit" not in told:
            return told
        name = _name_of(told)
        self._quantities[name] = told
        return {_QUANTITY: f"#/$defs/{name}"}

    def generate_definitions(self, inputs: Any) -> tuple[Any, Any]:
        """The definitions of the nouns and those of the quantities in them."""
        of_noun, definitions = super().generate_definitions(inputs)
        return of_noun, {**definitions, **self.sort(self._quantities)}

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """A noun's schema with the words that stand below its fields."""
        told = super().model_schema(schema)
        noun = schema["cls"]
        if issubclass(noun, Noun):
            for name, meaning in noun.meanings().items():
                if name in told.get("properties", {}):
                    told["properties"][name]["description"] = meaning
        if issubclass(noun, Registered) and not noun.is_usual():
            told["required"] = ["kind", *told.get("required", ())]
        return told

    def field_title_should_be_set(self, schema: Any) -> bool:
        """The name of a field is title enough."""
        return False

    def encode_default(self, dft: Any) -> Any:
        """Defaults as they would stand in a file."""
        if isinstance(dft, Quantity):
            return dft.as_mapping()
        return [self.encode_default(item) for item in dft] if isinstance(dft, tuple) else super().encode_default(dft)


def schema() -> dict[str, Any]:
    """The schema of scenario files: every noun, every kind of what has kinds, quantities as numbers or written out.

    A file that extends another may leave out what the other gives; of such a file only the top-level keys are checked.
    """
    families: tuple[type[Policy] | type[Behaviour] | type[Commodity], ...] = (Policy, Behaviour, Commodity)
    kinds = {family: family.every() for family in families}
    nouns: list[type[Noun]] = [Scenario, *(noun for members in kinds.values() for noun in members.values())]
    of_noun, found = models_json_schema([(noun, "validation") for noun in nouns], schema_generator=Told)
    definitions = found["$defs"]
    one_of = {
        family: {
            "oneOf": [of_noun[noun, "validation"] for noun in members.values()],
            "discriminator": {"propertyName": "kind"},
        }
        for family, members in kinds.items()
    }
    for family in families:
        definitions.pop(family.__name__, None)
    properties, chosen = definitions["Scenario"]["properties"], definitions["Organisations"]["properties"]["behaviour"]
    definitions.pop("OwnPolicies")
    properties["policies_from"] = _POLICIES_FROM
    properties["policies"].pop("items")
    definitions["Scenario"] |= {
        "if": {"required": ["policies_from"]},
        "then": {"properties": {"policies": {"items": {"type": "object", "required": ["kind", "start"]}}}},
        "else": {"properties": {"policies": {"items": one_of[Policy]}}},
    }
    named = properties["commodities"]["patternProperties"]
    named |= {key: {"oneOf": one_of[Commodity]["oneOf"]} for key in named}
    by_name = {"enum": list(kinds[Behaviour])}
    chosen.pop("$ref", None)
    chosen |= {"default": "expected_profit", "anyOf": [by_name, one_of[Behaviour]]}
    of_game, definitions = _games(definitions)
    words = {name: {"description": told["description"]} for name, told in properties.items() if "description" in told}
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "title": "Chokepoint scenario",
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {
            "properties": {"extends": _EXTENDS, **dict.fromkeys((*properties, *of_game), True), **words},
            "additionalProperties": False,
        },
        "else": {
            "if": {"required": ["game"]},
            "then": {"$ref": "#/$defs/Contest"},
            "else": {"$ref": "#/$defs/Scenario"},
        },
        "$defs": _linked(dict(sorted(definitions.items()))),
    }


def _games(definitions: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a game file may hold at the top, and the definitions with those of games and learners."""
    games, learners = Game.every(), Learner.every()
    nouns: list[type[Noun]] = [Contest, *games.values(), *learners.values()]
    of_noun, found = models_json_schema([(noun, "validation") for noun in nouns], schema_generator=Told)
    more = {name: told for name, told in found["$defs"].items() if name not in ("Game", "Learner")}
    properties = more["Contest"]["properties"]
    for field, kinds in (("game", games), ("inspector", learners), ("smuggler", learners)):
        one_of = [of_noun[kind, "validation"] for kind in kinds.values()]
        properties[field] = {"oneOf": one_of, "discriminator": {"propertyName": "kind"}}
    return properties, {**definitions, **more}


def schema_text() -> str:
    """The schema as text, the same on every machine."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def _linked(part: Any) -> Any:
    """The schema with the names of quantities as references."""
    if isinstance(part, list):
        return [_linked(item) for item in part]
    if not isinstance(part, dict):
        return part
    return {"$ref" if key == _QUANTITY else key: _linked(item) for key, item in part.items()}


def _name_of(kind: dict[str, Any]) -> str:
    number, unit = kind["anyOf"][0], kind["x-unit"].replace("/", " per ").replace(" ", "_")
    bounds = "".join(f"_{word}_{number[key]:g}" for key, word in _BOUNDS.items() if key in number)
    return f"quantity_{unit}{bounds}"


_BOUNDS = {"minimum": "from", "maximum": "to", "exclusiveMinimum": "above"}
