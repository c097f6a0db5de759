"""A number that remembers its unit, its plausible range and where it comes from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

ASSUMED = "assumed"
"""The source of a number that nothing published gives: a parameter to sweep, never a fact."""


class Quantity(float):
    """A float with a unit, a range to sweep, and a source (a key of the source list, or *assumed*).

    Arithmetic gives plain floats: a result is no longer the sourced number.
    """

    __slots__ = ("high", "low", "source", "unit")
    unit: str
    low: float | None
    high: float | None
    source: str

    def __new__(
        cls, value: float, unit: str, low: float | None = None, high: float | None = None, source: str = ASSUMED
    ) -> Self:
        """Make a quantity; raises ValueError when the range does not hold the value."""
        number = super().__new__(cls, value)
        if (low is None) != (high is None) or (low is not None and high is not None and not low <= value <= high):
            raise ValueError(f"the range {low}..{high} does not hold {value}")
        number.unit, number.source = unit, source
        number.low, number.high = (float(low), float(high)) if low is not None and high is not None else (None, None)
        return number

    def __getnewargs__(self) -> tuple[float, str, float | None, float | None, str]:  # type: ignore[override]
        """Copying keeps the memory."""
        return float(self), self.unit, self.low, self.high, self.source

    @property
    def assumed(self) -> bool:
        """True when nothing published gives this number."""
        return self.source == ASSUMED

    def told(self) -> str:
        """The quantity in words: value, unit, range, source."""
        text = f"{float(self):,.10g}" if self.unit == "1" else f"{float(self):,.10g} {self.unit}"
        if self.low is not None and self.high is not None:
            text += f" ({self.low:,.10g} to {self.high:,.10g})"
        return f"{text}, {self.source}"

    def as_mapping(self) -> dict[str, Any]:
        """The quantity as it stands in YAML."""
        plain: dict[str, Any] = {"value": float(self), "unit": self.unit}
        if self.low is not None:
            plain["range"] = [self.low, self.high]
        return plain | {"source": self.source}


class _Written(BaseModel):
    """How a quantity is written out in a scenario."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, defer_build=True)
    value: float = Field(strict=True)
    unit: str | None = None
    range: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None
    source: Annotated[str, Field(min_length=1, max_length=200)] = ASSUMED


@dataclass(frozen=True, slots=True)
class Measure:
    """What a field measures: its unit and the bounds beyond which a value makes no sense."""

    unit: str
    ge: float | None = None
    le: float | None = None
    gt: float | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A bare number, a mapping with value, unit, range and source, or a quantity made in Python."""

        def read(given: Any, written: core_schema.ValidatorFunctionWrapHandler) -> Quantity:
            if isinstance(given, Quantity):
                self._check(given.unit, given, given.low, given.high)
                return given
            if isinstance(given, Mapping):
                spec: _Written = written(given)
                low, high = spec.range if spec.range is not None else (None, None)
                self._check(spec.unit or self.unit, spec.value, low, high)
                if low is not None and high is not None and not low <= spec.value <= high:
                    raise PydanticCustomError(
                        "quantity_range",
                        "the range {low} to {high} does not hold {value}",
                        {"low": f"{low:.15g}", "high": f"{high:.15g}", "value": f"{spec.value:.15g}"},
                    )
                if spec.source != ASSUMED and spec.source.strip().lower() == ASSUMED:
                    told = {"given": repr(spec.source), "known": ASSUMED}
                    raise PydanticCustomError("quantity_source", "the source {given} is none. Write {known}", told)
                return Quantity(spec.value, self.unit, low, high, spec.source)
            if isinstance(given, (int, float)) and not isinstance(given, bool):
                number = _finite(given)
                self._check(self.unit, number)
                return Quantity(number, self.unit)
            raise PydanticCustomError(
                "quantity_type", "give a number, or a mapping with value, unit, range and source", {}
            )

        return core_schema.no_info_wrap_validator_function(
            read,
            handler.generate_schema(_Written),
            serialization=core_schema.plain_serializer_function_ser_schema(_as_mapping, when_used="always"),
        )

    def _check(self, unit: str, *numbers: float | None) -> None:
        """Refuse another unit, and numbers beyond the bounds."""
        if unit != self.unit:
            raise PydanticCustomError(
                "quantity_unit",
                "the unit is {given}, this is measured in {unit}",
                {"given": unit, "unit": self.unit},
            )
        for number in numbers:
            if number is None:
                continue
            if not math.isfinite(number):
                raise PydanticCustomError("finite_number", "{given} is not a finite number", {"given": str(number)})
            if self.ge is not None and number < self.ge:
                raise PydanticCustomError(
                    "greater_than_equal", "{given} is below {ge}", {"given": number, "ge": self.ge, "unit": self.unit}
                )
            if self.gt is not None and number <= self.gt:
                raise PydanticCustomError(
                    "greater_than", "{given} is not above {gt}", {"given": number, "gt": self.gt, "unit": self.unit}
                )
            if self.le is not None and number > self.le:
                raise PydanticCustomError(
                    "less_than_equal", "{given} is above {le}", {"given": number, "le": self.le, "unit": self.unit}
                )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """A number, or the written-out mapping."""
        number: JsonSchemaValue = {"type": "number"}
        for word, bound in (("minimum", self.ge), ("maximum", self.le), ("exclusiveMinimum", self.gt)):
            if bound is not None:
                number[word] = bound
        written = {
            "type": "object",
            "additionalProperties": False,
            "required": ["value"],
            "properties": {
                "value": number,
                "unit": {"const": self.unit},
                "range": {"type": "array", "items": number, "minItems": 2, "maxItems": 2},
                "source": {"type": "string", "minLength": 1, "maxLength": 200},
            },
        }
        return {"anyOf": [number, written], "x-unit": self.unit}


def _finite(given: float) -> float:
    try:
        return float(given)
    except OverflowError:
        raise PydanticCustomError("finite_number", "{given} is not a finite number", {"given": "so large"}) from None


def _as_mapping(value: Any) -> Any:
    return value.as_mapping() if isinstance(value, Quantity) else value


# Wide bounds leave room for any world; what lies beyond them would make a run overflow, or hang, far from its field.
Share = Annotated[Quantity, Measure("share", ge=0.0, le=1.0)]
PositiveShare = Annotated[Quantity, Measure("share", ge=1e-6, le=1.0)]
Purity = Annotated[Quantity, Measure("share", ge=0.01, le=1.0)]
Probability = Annotated[Quantity, Measure("probability", ge=0.0, le=1.0)]
RareProbability = Annotated[Quantity, Measure("probability", gt=0.0, le=0.5)]
Count = Annotated[Quantity, Measure("count", ge=0.0, le=1e6)]
SmallCount = Annotated[Quantity, Measure("count", ge=0.0, le=10_000.0)]
Exporters = Annotated[Quantity, Measure("count", ge=0.0, le=4000.0)]
Crew = Annotated[Quantity, Measure("count", ge=1.0, le=1000.0)]
PositiveCount = Annotated[Quantity, Measure("count", ge=1.0, le=1e6)]
Days = Annotated[Quantity, Measure("days", ge=0.0, le=36_525.0)]
PortDays = Annotated[Quantity, Measure("days", ge=0.0, le=366.0)]
Period = Annotated[Quantity, Measure("days", ge=1.0, le=3660.0)]
Years = Annotated[Quantity, Measure("years", ge=0.0, le=100.0)]
Hours = Annotated[Quantity, Measure("hours", ge=0.0, le=8784.0)]
HoursOfDay = Annotated[Quantity, Measure("hours", ge=0.01, le=24.0)]
Kg = Annotated[Quantity, Measure("kg", ge=0.0, le=1e9)]
LotKg = Annotated[Quantity, Measure("kg", ge=1.0, le=1e9)]
PositiveKg = Annotated[Quantity, Measure("kg", ge=0.001, le=1e9)]
KgPerDay = Annotated[Quantity, Measure("kg/day", ge=0.0, le=1e9)]
FastKgPerDay = Annotated[Quantity, Measure("kg/day", ge=0.1, le=1e9)]
Usd = Annotated[Quantity, Measure("USD", ge=0.0, le=1e12)]
UsdPerYear = Annotated[Quantity, Measure("USD/year", ge=0.0, le=1e9)]
UsdPerKg = Annotated[Quantity, Measure("USD/kg", ge=0.0, le=1e9)]
PositiveUsdPerKg = Annotated[Quantity, Measure("USD/kg", ge=0.001, le=1e9)]
KgPerKg = Annotated[Quantity, Measure("1", ge=0.01, le=100.0)]
UsdPerKgKm = Annotated[Quantity, Measure("USD/kg/1000 km", ge=0.0, le=1e9)]
UsdPerKgNm = Annotated[Quantity, Measure("USD/kg/1000 nm", ge=0.0, le=1e9)]
PerDay = Annotated[Quantity, Measure("per day", ge=0.0, le=1e9)]
PerWeek = Annotated[Quantity, Measure("per week", ge=0.0, le=1e6)]
PositivePerWeek = Annotated[Quantity, Measure("per week", ge=1e-6, le=1e6)]
PerYear = Annotated[Quantity, Measure("per year", ge=-1e6, le=1e6)]
Growth = Annotated[Quantity, Measure("per year", ge=-2.0, le=2.0)]
Hazard = Annotated[Quantity, Measure("per year", ge=0.0, le=1e6)]
PerThousandKm = Annotated[Quantity, Measure("per 1000 km", ge=0.0, le=1e9)]
PerHour = Annotated[Quantity, Measure("per hour", ge=0.001, le=1e6)]
Points = Annotated[Quantity, Measure("logit", ge=-16.0, le=16.0)]
Number = Annotated[Quantity, Measure("1", ge=-1e6, le=1e6)]
NonNegative = Annotated[Quantity, Measure("1", ge=0.0, le=1e6)]
Factor = Annotated[Quantity, Measure("1", ge=0.0, le=100.0)]
Spread = Annotated[Quantity, Measure("1", ge=0.0, le=3.0)]
Times = Annotated[Quantity, Measure("1", ge=1.0, le=100.0)]
Swing = Annotated[Quantity, Measure("1", ge=0.0, le=1.0)]
PriceStep = Annotated[Quantity, Measure("1", gt=0.0, le=0.5)]
Elasticity = Annotated[Quantity, Measure("1", ge=-10.0, le=0.0)]
Response = Annotated[Quantity, Measure("1", ge=0.0, le=10.0)]
Exponent = Annotated[Quantity, Measure("1", gt=0.0, le=10.0)]
PositiveNumber = Annotated[Quantity, Measure("1", ge=1e-6, le=1e6)]
Knots = Annotated[Quantity, Measure("knots", ge=0.1, le=1000.0)]
KmPerDay = Annotated[Quantity, Measure("km/day", ge=1.0, le=1e5)]
Km = Annotated[Quantity, Measure("km", ge=0.0, le=1e6)]
NauticalMiles = Annotated[Quantity, Measure("nm", ge=0.0, le=1e6)]
SquareNauticalMiles = Annotated[Quantity, Measure("nm2", ge=0.001, le=1e9)]
TeuPerBox = Annotated[Quantity, Measure("1", ge=0.5, le=5.0)]
TeuThousand = Annotated[Quantity, Measure("thousand TEU/year", ge=0.0, le=1e6)]
PersonsPerYear = Annotated[Quantity, Measure("persons/year", ge=0.0, le=1e9)]
PositiveUsd = Annotated[Quantity, Measure("USD", ge=1.0, le=1e9)]
PartBefore = Annotated[Quantity, Measure("share", ge=0.0, le=0.9)]
Persons = Annotated[Quantity, Measure("persons", ge=1.0, le=1e6)]
PerThousandNm = Annotated[Quantity, Measure("per 1000 nm", ge=0.0, le=1e9)]
TonnesPerYear = Annotated[Quantity, Measure("t/year", ge=0.0, le=1e6)]
Boxes = Annotated[Quantity, Measure("containers/year", ge=0.0, le=1e9)]
PositiveBoxes = Annotated[Quantity, Measure("containers/year", ge=0.001, le=1e9)]
BoxesPerDay = Annotated[Quantity, Measure("containers/day", ge=0.001, le=1e9)]
