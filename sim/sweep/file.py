"""The file of a sweep: what varies in a scenario and how, under which policies, and what is kept of every run."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from sim.terms import ControlMode, Label, Noun, Prose

Design = Literal["grid", "latin_hypercube", "sobol", "morris", "one_at_a_time"]
Path = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\s]+$")]
"""Where a value stands in a scenario, as `--set` takes it: keys with dots between them."""
Word = Annotated[str, StringConstraints(min_length=1, max_length=300)]

NONE = "none"
"""The world without any policy."""
AS_WRITTEN = "as written"
"""The world with the policies that the scenario has."""


class Varied(Noun):
    """How one value varies: over values that are listed, or from a low to a high one. With nothing given it varies
    over the range that the scenario itself gives."""

    values: Annotated[tuple[Any, ...], Field(max_length=10_000)] = ()
    """Numbers, texts, or true and false. A list alone stands for this too."""
    low: float | None = None
    high: float | None = None
    steps: int | None = Field(default=None, ge=2, le=10_000)
    """Into how many equally distant values a grid cuts it, low and high among them."""


class SweepFile(Noun):
    """Many runs of one scenario, each with values of its own, under one or several sets of policies."""

    title: Label
    question: Prose | None = None
    """What the sweep is to answer, in a sentence."""
    scenario: Word
    """The scenario that varies: a file in the folder of this one or below, or a shipped scenario by name."""
    days: int | None = Field(default=None, ge=1, le=36525)
    """Another number of days than the scenario's. What would start later is left out."""
    mode: ControlMode = "thinned"
    """How controls of ports are lived: clean containers in aggregate, or every one by itself."""
    design: Design = "grid"
    """How points are laid: all combinations of values, a Latin hypercube, the samples that Sobol indices or Morris'
    elementary effects are computed from, or each value low and high by itself beside the scenario as it is."""
    points: int | None = Field(default=None, ge=1, le=10_000_000)
    """How many: of a Latin hypercube the points, for Sobol the base sample (a power of 2 is best), for Morris the
    trajectories."""
    second_order: bool = False
    """Whether points for Sobol also serve second-order indices, which takes almost twice as many."""
    levels: int = Field(default=4, ge=2, le=100)
    """Levels of Morris' grid, an even number."""
    seed: int = Field(default=1, ge=0, lt=2**32)
    """The root of the design. The luck of the runs comes from the scenario's own seed."""
    replicates: int = Field(default=1, ge=1, le=1_000_000)
    """Runs of each point with luck of their own; replicate r has the same luck at all points."""
    parameters: dict[Path, Varied] = Field(default_factory=dict)
    """What varies, by path."""
    every: Literal["assumed", "ranged"] | None = None
    """Also vary every assumed number that has a range, or every number that has one, over its range."""
    include: tuple[Word, ...] = ()
    """Of these only paths that match one of these patterns, as in `customs.*`; all where none is given."""
    exclude: tuple[Word, ...] = ()
    """And none that matches one of these."""
    policies: tuple[Label, ...] = ()
    """Under which policies every point is lived: `none`, the name of one, or several joined by ` + `. As the scenario
    has them where nothing is given."""
    outcomes: tuple[Word, ...] = ()
    """Totals that are kept of every run; the main ones where nothing is given."""
    series: tuple[Word, ...] = ()
    """Measures that are also kept month by month."""
