"""A calibration: which numbers of a scenario are fitted, to which published figures, how close, and with what luck."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from sim.quantity import ASSUMED, Measure, Quantity
from sim.terms import Label, Noun, Prose, Year

Path = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_.*]+$")]
"""Where a number of a scenario stands, as `--set` takes it; `*` for any one key, so that several take one value."""
Figure = Literal[
    "seized_union", "seized_country", "seized_port", "consignment_kg", "wholesale_price", "caught_share", "total"
]
"""What is published: tonnes seized in the European Union, in a country, at a port's control; the mean consignment
seized; the wholesale price in thousand USD a kilogram; the share of what was presented that was seized; or a total of
the whole run, of which the file itself gives the value."""
Uncertainty = Annotated[Quantity, Measure("share", gt=0.0, le=3.0)]
Some = Annotated[Quantity, Measure("share", gt=0.0, le=1.0)]


class Prior(Noun):
    """What is believed of a number before it is fitted."""

    kind: Literal["uniform", "loguniform", "triangular"] = "uniform"
    """Even over the range, even in its logarithm, or highest at the value of the scenario."""
    range: tuple[float, float] | None = None
    """Lowest and highest value; by default the range that the scenario gives."""

    def at(self, share: float, value: float, low: float, high: float) -> float:
        """The number below which a share of this belief lies; value: of the scenario, low, high: the range."""
        if self.kind == "loguniform":
            found = low * math.exp(share * math.log(high / low))
        elif self.kind == "triangular":
            below = (value - low) / (high - low)
            if share < below:
                found = low + math.sqrt(share * (high - low) * (value - low))
            else:
                found = high - math.sqrt((1.0 - share) * (high - low) * (high - value))
        else:
            found = low + share * (high - low)
        return min(max(found, low), high)


class Target(Noun):
    """Published figures of one place to which numbers are fitted."""

    figure: Figure
    place: Label
    """As in the shipped data, for example Antwerp; of a total its name, for example seized_kg."""
    years: tuple[Year, ...] = ()
    """Which years count; all up to the last one that is fitted, where none is named."""
    uncertainty: Uncertainty = Quantity(0.2, "share", 0.1, 0.5, ASSUMED)
    """How far model and figure may be apart, as a share of the figure: what a distance of one means. Published seizures
    of one place and year differ by 10 to 20 % between sources."""
    value: float | None = None
    """Of a total: what is published, in the unit of the total."""
    source: Label = ASSUMED
    """Of a total: who published it."""

    @model_validator(mode="after")
    def _a_value_for_totals_alone(self) -> Target:
        if self.figure == "total" and (self.value is None or self.value <= 0.0):
            raise _wrong("Target", "value", "a total needs the value that is published, above 0.")
        if self.figure != "total" and self.value is not None:
            raise _wrong("Target", "value", "is taken from the shipped data. Leave it out.")
        return self


class Calibration(Noun):
    """A fit of numbers of a scenario to published figures, by approximate Bayesian computation."""

    title: Label
    question: Prose
    scenario: Label
    """Whose numbers are fitted: a shipped scenario by name, or a file in the folder of this one or below."""
    settings: tuple[Label, ...] = ()
    """Values that are set in it first, as on the command line: path=value."""
    days: Annotated[int, Field(ge=1, le=36525)] | None = None
    """How many days are lived; those of the scenario by default. Years after the fitted ones are predicted."""
    quantities: dict[Path, Prior] = Field(min_length=1, max_length=40)
    """What is fitted: paths of numbers, each with what is believed of it before."""
    targets: tuple[Target, ...] = Field(min_length=1)
    fitted_until: Year = 2023
    """The last year whose figures are fitted; those of later ones are held out, and compared afterwards."""
    distance: Literal["log", "relative"] = "log"
    """Whether the distance to a figure is the difference of logarithms, or the difference as a share of the figure."""
    floor: Some = Quantity(0.02, "share", 0.001, 0.1, ASSUMED)
    """Share of a figure that is added to it and to the model's before logarithms are taken, so that nothing seized is
    far from the figure, but not infinitely far."""
    particles: int = Field(default=100, ge=5, le=100_000)
    """Sets of values that each population holds."""
    populations: int = Field(default=5, ge=1, le=100)
    """Populations at most, each within the distance that `keep` of the one before had."""
    keep: Some = Quantity(0.5, "share", 0.1, 0.9, ASSUMED)
    most_runs: int = Field(default=100_000, ge=5)
    """Sets of values that are lived at most; a population that is not full by then does not count."""
    replicates: int = Field(default=1, ge=1, le=1000)
    """Runs of each set of values, of which the mean counts."""
    baseline: int = Field(default=4, ge=0, le=1000)
    """Sets of runs of the scenario as it stands, to compare with."""
    predictive: int = Field(default=20, ge=0, le=100_000)
    """Sets of values drawn from the posterior that are lived anew, with other luck than that by which they were
    accepted: how runs come out beside what is published. With none the accepted runs are told, which fit too well."""
    seed: int = Field(default=1, ge=0, lt=2**63)
    mode: Literal["thinned", "micro"] = "thinned"

    @model_validator(mode="after")
    def _no_target_twice(self) -> Calibration:
        seen: set[tuple[str, str]] = set()
        for number, target in enumerate(self.targets):
            if (target.figure, target.place) in seen:
                raise _wrong("Calibration", ("targets", number, "place"), f"{target.place} is a target already.")
            seen.add((target.figure, target.place))
        return self

    @model_validator(mode="after")
    def _runs_for_a_population(self) -> Calibration:
        if self.most_runs < self.particles:
            text = f"{self.most_runs} runs cannot fill a population of {self.particles}. Give as many at least."
            raise _wrong("Calibration", "most_runs", text)
        return self


def _wrong(noun: str, place: str | tuple[str | int, ...], text: str) -> ValidationError:
    loc = (place,) if isinstance(place, str) else place
    error = InitErrorDetails(
        type=PydanticCustomError("reference_calibration", "{text}", {"text": text}), loc=loc, input=None
    )
    return ValidationError.from_exception_data(noun, [error])
