"""Reading a calibration: its file checked against the scenario that it speaks of and against what is published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.analysis.calibration import Calibration, Prior, Target
from sim.analysis.held import FIGURES, Held, Run, whole_years
from sim.quantity import Quantity
from sim.registry import nearest
from sim.scenario.extends import gather, named_file
from sim.scenario.findings import some
from sim.scenario.load import checked, load, must_be, with_values
from sim.scenario.mistakes import InvalidScenario, Mistake, Place, mistake_at, shown
from sim.scenario.nodes import Mapping, Node, Sequence
from sim.scenario.numbers import quantities
from sim.scenario.shapes import shape_of
from sim.scenario.shipped import find, policies, shipped
from sim.study.totals import KPIS

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


_SHAPE = shape_of(Calibration)


@dataclass(frozen=True, slots=True)
class Fitted:
    """One number that is fitted: where it stands, and what is believed of it before."""

    name: str
    """As the file names it; with `*` it stands in several places."""
    paths: tuple[str, ...]
    prior: Prior
    quantity: Quantity
    """As the scenario has it."""
    low: float
    high: float

    def at(self, share: float) -> float:
        """The value below which a share of the prior lies."""
        return self.prior.at(share, float(self.quantity), self.low, self.high)


@dataclass(frozen=True, slots=True)
class Figured:
    """One published figure that is fitted, with the key under which runs are asked for it."""

    key: str
    published: float
    uncertainty: float


@dataclass(frozen=True, slots=True)
class Problem:
    """A calibration with the scenario that it speaks of, and all that follows from the two."""

    plan: Calibration
    scenario: Scenario
    fitted: tuple[Fitted, ...]
    targets: tuple[Figured, ...]
    extended: Scenario
    """The same scenario with all its days, and all that begins in them: what a posterior extends."""
    shipped: bool
    """Whether the scenario is one that comes with the package, as it stands there."""

    def values(self, shares: Iterable[float]) -> dict[str, float]:
        """Values by path, from a share of each prior in the order of `fitted`."""
        pairs = list(zip(self.fitted, shares, strict=True))
        return {path: each.at(share) for each, share in pairs for path in each.paths}


def key_of(figure: str, held: Held) -> str:
    """What one figure is called: what it is, where, and when."""
    return f"{figure} {held.place} {held.year}"


def read_calibration(path: str | Path) -> Problem:
    """A calibration file, or the shipped one of that name; raises InvalidScenario with every mistake and its place."""
    file = find(path)
    root, wrong, _ = gather(file, _SHAPE)
    must_be(root, "calibration")
    plan = checked(root, wrong, Calibration)
    known = {**shipped(), **policies()}
    place = named_file(root.items["scenario"], file, known, "scenario")
    base = _set(plan, place, _under(root, "settings"))
    mistakes: list[Mistake] = []
    fitted = list(_fitted(plan, base, _under(root, "quantities"), mistakes))
    targets = list(_targets(plan, base, _under(root, "targets"), mistakes))
    if mistakes:
        raise InvalidScenario(mistakes)
    as_shipped = not plan.settings and place == known.get(plan.scenario)
    extended = base if plan.days is None else load(place, overrides=plan.settings)
    return Problem(plan, base, tuple(fitted), tuple(targets), extended, as_shipped)


def _set(plan: Calibration, place: Path, node: Node) -> Scenario:
    """The scenario with its settings; a setting that cannot be is told where it stands."""
    try:
        return load(place, overrides=plan.settings, days=plan.days)
    except InvalidScenario as ill:
        mistakes: list[Mistake] = []
        for number, setting in enumerate(plan.settings):
            at = _under(node, number).place
            mistakes += [mistake_at(at, ("settings", number), text) for text in _refused(place, setting, plan.days)]
        raise InvalidScenario(mistakes or ill.mistakes) from None


def _refused(place: Path, setting: str, days: int | None) -> Iterator[str]:
    """What is wrong with a setting by itself, where something is that is not wrong without it."""
    try:
        load(place, overrides=(setting,), days=days)
    except InvalidScenario as ill:
        for each in ill.mistakes:
            if not each.line:
                yield f"{each.path}: {each.text}" if each.path else each.text


def _under(node: Node, key: str | int) -> Node:
    """What stands under a key, or the node itself where the file leaves it out."""
    if isinstance(node, Mapping):
        return node.items.get(str(key), node)
    return node.items[int(key)] if isinstance(node, Sequence) and int(key) < len(node.items) else node


def _fitted(plan: Calibration, base: Scenario, node: Node, mistakes: list[Mistake]) -> Iterator[Fitted]:
    known = {entry.path: entry.quantity for entry in quantities(base)}
    taken: dict[str, str] = {}
    for name, prior in plan.quantities.items():
        place = node.keys[name].place if isinstance(node, Mapping) and name in node.keys else node.place
        paths = [path for path in known if _matches(path, name)]
        twice = next((path for path in paths if path in taken), None)
        units = list(dict.fromkeys(known[path].unit for path in paths))
        ranges = {(known[path].low, known[path].high) for path in paths}
        if not paths:
            near = nearest(name, known)
            hint = f"did you mean {near}?" if near else "`chokepoint describe` lists what there is."
            _note(mistakes, place, name, f"is no number of {shown(plan.scenario)}, {hint}")
        elif len(units) > 1:
            _note(mistakes, place, name, f"are numbers in {some(units)}, and take one value. Name those of one unit.")
        elif prior.range is None and len(ranges) > 1:
            text = "are numbers whose ranges in the scenario differ. Give one for all: range: [lowest, highest]."
            _note(mistakes, place, name, text)
        elif prior.kind == "triangular" and len({float(known[path]) for path in paths}) > 1:
            text = "are numbers whose values in the scenario differ, and a triangle has one top. Give another kind."
            _note(mistakes, place, name, text)
        elif twice is not None:
            _note(mistakes, place, name, f"{twice} is fitted by {taken[twice]} already.")
        else:
            taken |= dict.fromkeys(paths, name)
            found = _with_range(name, tuple(paths), prior, known[paths[0]], base)
            if isinstance(found, str):
                _note(mistakes, place, name, found)
            else:
                yield found


def _with_range(name: str, paths: tuple[str, ...], prior: Prior, quantity: Quantity, base: Scenario) -> Fitted | str:
    """The number with its range, or what is wrong with it."""
    if prior.range is not None:
        low, high = prior.range
    elif quantity.low is not None and quantity.high is not None:
        low, high = quantity.low, quantity.high
    else:
        return "has no range in the scenario. Give one: range: [lowest, highest]."
    if not low < high:
        return f"the range {low:g} to {high:g} leaves nothing to fit. Give the lower end first."
    if prior.kind == "loguniform" and low <= 0.0:
        return f"a range from {low:g} has no logarithm. Give a lower end above 0, or another kind."
    if prior.kind == "triangular" and not low <= quantity <= high:
        return f"the range {low:g} to {high:g} does not hold {float(quantity):g}, the value of the scenario."
    for end in (low, high):
        try:
            with_values(base, dict.fromkeys(paths, end))
        except InvalidScenario as wrong:
            first = wrong.mistakes[0]
            return f"cannot be {end:g}: {first.path}: {first.text}"
    return Fitted(name, paths, prior, quantity, low, high)


def _matches(path: str, pattern: str) -> bool:
    """Whether a path is meant: each `*` stands for one key."""
    keys, wanted = path.split("."), pattern.split(".")
    return len(keys) == len(wanted) and all(want in ("*", key) for key, want in zip(keys, wanted, strict=True))


def _targets(plan: Calibration, base: Scenario, node: Node, mistakes: list[Mistake]) -> Iterator[Figured]:
    nothing = Run.of_nothing(base)
    there = {figure: tell(nothing) for figure, tell in FIGURES.items()}
    years = [year for year in whole_years(base) if year <= plan.fitted_until]
    for number, target in enumerate(plan.targets):
        here = _under(node, number)
        if target.figure == "total":
            if target.years:
                text = "a total is of the whole run and has no years. Leave them out."
                _note(mistakes, _under(here, "years").place, f"targets.{number}.years", text)
            yield from _total(target, here, number, mistakes)
            continue
        rows = [row for row in there[target.figure] if row.place == target.place]
        if not rows:
            places = list(dict.fromkeys(row.place for row in there[target.figure]))
            known = f"there are figures for {some(places)}." if places else "there is none for this scenario."
            text = f"{shown(target.place)} has no published {target.figure} in the years that are lived; {known}"
            _note(mistakes, _under(here, "place").place, f"targets.{number}.place", text)
            continue
        published = [row.year for row in rows]
        for year in target.years:
            if year > plan.fitted_until:
                text = f"{year} is held out: fitted_until is {plan.fitted_until}."
                _note(mistakes, _under(here, "years").place, f"targets.{number}.years", text)
            elif year not in published:
                text = f"{year} has no published figure, or is not lived; there are {some([*map(str, published)])}."
                _note(mistakes, _under(here, "years").place, f"targets.{number}.years", text)
        chosen = [row for row in rows if row.year in (target.years or years)]
        if not chosen:
            text = f"has no published figure up to {plan.fitted_until}. Leave it out: later ones are compared anyway."
            _note(mistakes, _under(here, "place").place, f"targets.{number}.place", text)
        for row in chosen:
            yield Figured(key_of(target.figure, row), row.published, float(target.uncertainty))


def _total(target: Target, node: Node, number: int, mistakes: list[Mistake]) -> Iterator[Figured]:
    names = [column.name for column in KPIS]
    if target.place in names:
        yield Figured(f"total {target.place}", target.value or 0.0, float(target.uncertainty))
        return
    near = nearest(target.place, names)
    hint = f"did you mean {near}?" if near else f"known are {some(names)}."
    _note(mistakes, _under(node, "place").place, f"targets.{number}.place", f"is no total of a run, {hint}")


def _note(mistakes: list[Mistake], place: Place, path: str, text: str) -> None:
    mistakes.append(mistake_at(place, path.split(".") if "targets" in path else ("quantities", path), text))
