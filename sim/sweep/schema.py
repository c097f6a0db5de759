"""The JSON Schema of a sweep file, for editors that complete and check while one types."""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from sim.scenario.schema import Told
from sim.study.periods import MEASURES
from sim.study.totals import KPIS
from sim.sweep.file import SweepFile


def schema() -> dict[str, Any]:
    """The schema of sweep files."""
    _, found = models_json_schema([(SweepFile, "validation")], schema_generator=Told)
    definitions = found["$defs"]
    file, varied = definitions.pop("SweepFile"), definitions.pop("Varied")
    properties = file["properties"]
    values = varied["properties"]["values"] | {"items": {"type": ["number", "string", "boolean"]}}
    values.pop("default", None)
    varied["properties"]["values"] = values
    named = properties["parameters"]["patternProperties"]
    named |= {key: {"anyOf": [values, {"const": "range"}, varied]} for key in named}
    properties["outcomes"]["items"] = {"enum": [column.name for column in KPIS]}
    properties["series"]["items"] = {"enum": list(MEASURES)}
    return {"$schema": GenerateJsonSchema.schema_dialect, **file, "title": "Chokepoint sweep"}


def schema_text() -> str:
    """The schema as text, the same on every machine."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"
