"""What a sweep asks for: its file read and checked against its scenario, every mistake with its place."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path as FilePath
from typing import Any

from sim.registry import nearest
from sim.scenario.extends import layer, named_file
from sim.scenario.load import Value, checked, load, misfitting, must_be
from sim.scenario.mistakes import InvalidScenario, Mistake, mistake_at, shown
from sim.scenario.nodes import Key, Node, Scalar
from sim.scenario.nodes import Mapping as Given
from sim.scenario.nodes import Sequence as Series
from sim.scenario.numbers import quantities
from sim.scenario.reader import Budget
from sim.scenario.scenario import Scenario
from sim.scenario.shapes import shape_of
from sim.scenario.shipped import find, policies, shipped
from sim.study.compare_command import members
from sim.study.comparison import MAIN
from sim.study.futures import decided
from sim.study.periods import MEASURES
from sim.study.totals import KPIS, PEOPLE, absent
from sim.sweep.file import AS_WRITTEN, NONE, SweepFile, Varied

MOST_WRONG = 40
"""Values of one parameter that are looked at one by one."""
_SHAPE = shape_of(SweepFile)
_TOTALS = tuple(column.name for column in KPIS)
_WORDS: tuple[tuple[str, Collection[str], str], ...] = (
    ("outcomes", _TOTALS, "totals of a run"),
    ("series", MEASURES, "measures that are followed by month"),
)
_FILLS = ("latin_hypercube", "sobol", "morris", "one_at_a_time")
_NO_FRACTION = "takes whole numbers, and of a range any are drawn. Give a list of values; sobol and morris take none."
_ITEM = re.compile(r"\.\d+(\.|$)")
_NEED_POINTS = ("latin_hypercube", "sobol", "morris")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that varies: over values that are listed, or over a range."""

    path: str
    values: tuple[Value, ...] = ()
    low: float = 0.0
    high: float = 0.0
    now: Value | None = None
    """What the scenario has."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A sweep that can be planned."""

    file: SweepFile
    text: bytes
    """The file as it was given."""
    scenario: Scenario
    parameters: tuple[Parameter, ...]
    arms: dict[str, tuple[str, ...] | None]
    """Under which policies every point is lived, by name; None for those that the scenario has."""

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The totals that are kept."""
        return self.file.outcomes or (*MAIN, *(PEOPLE if self.scenario.has_people else ()))


def read_sweep(path: str | FilePath) -> Asked:
    """The sweep of a file, or the shipped one of that name; raises InvalidScenario with every mistake."""
    place = find(path)
    root, wrong = layer(place, Budget())
    must_be(root, "sweep")
    root = _written_out(root)
    try:
        file = checked(root, wrong, SweepFile)
    except InvalidScenario as ill_formed:
        raise InvalidScenario([*ill_formed.mistakes, *_named_wrongly(root, place)]) from None
    base = _base(root.items["scenario"], place)
    scenario = load(base, days=file.days)
    mistakes: list[Mistake] = []
    parameters = _parameters(file, scenario, root, mistakes)
    _same_items(file, base, scenario, root, mistakes)
    arms = _arms(file, scenario, root, mistakes)
    for key, known, what in _WORDS:
        _known_words(root, key, getattr(file, key), known, what, mistakes)
    _people_there(file, scenario, root, mistakes)
    _enough_said(file, parameters, root, mistakes)
    if mistakes:
        raise InvalidScenario(mistakes)
    return Asked(file, place.read_bytes(), scenario, tuple(parameters), arms)


def _named_wrongly(root: Given, place: FilePath) -> list[Mistake]:
    """What a file that is ill formed names wrongly beside that: totals, measures, numbers of its scenario, and values
    for these."""
    mistakes: list[Mistake] = []
    for key, known, what in _WORDS:
        listed = _scalars(root.items.get(key))
        _known_words(root, key, [str(each.value) for each in listed], known, what, mistakes)
    base, given = root.items.get("scenario"), root.items.get("parameters")
    if not (isinstance(base, Scalar) and isinstance(base.value, str) and isinstance(given, Given)):
        return mistakes
    try:
        scenario = load(_base(base, place))
    except InvalidScenario as ill:
        return mistakes + list(ill.mistakes)
    numbers = {path for path, _, _ in quantities(scenario)}
    for path, node in given.items.items():
        parts = [node.items.get(key) for key in ("values", "low", "high")] if isinstance(node, Given) else []
        tried = [each for part in parts for each in _scalars(part)]
        if tried:
            wrong = [mistake for each in tried[:MOST_WRONG] for mistake in misfitting(scenario, {path: each})]
            mistakes += {mistake.text: mistake for mistake in reversed(wrong)}.values()  # once, where it comes first
        elif path not in numbers:
            mistakes.append(mistake_at(node.place, ("parameters", path), _no_number(path, numbers)))
    return mistakes


def _scalars(node: Node | None) -> list[Scalar]:
    """A single value, or those of a list."""
    listed = node.items if isinstance(node, Series) else [node]
    return [each for each in listed if isinstance(each, Scalar)]


def _no_number(path: str, numbers: Collection[str]) -> str:
    near = nearest(path, numbers)
    hint = f"did you mean {near}?" if near else "`chokepoint describe --json` lists them."
    return f"is no number of the scenario, {hint}"


def _base(written: Node, place: FilePath) -> FilePath:
    """The file of the scenario that varies; raises InvalidScenario where there is none."""
    known = {**shipped(), **policies()}
    found = named_file(written, place, known, "scenario")
    if not found.exists():
        near = nearest(found.name, known)
        hint = f"did you mean {near}?" if near else f"these are {', '.join(shipped())} and others."
        text = f"{shown(found.name)} is neither a file here nor a shipped scenario, {hint}"
        raise InvalidScenario([mistake_at(written.place, ("scenario",), text)])
    return found


def _written_out(root: Given) -> Given:
    """The file with lists of values, and the word `range`, written out as mappings."""
    given = root.items.get("parameters")
    if not isinstance(given, Given):
        return root
    whole = {name: _as_mapping(node) for name, node in given.items.items()}
    return Given(root.place, {**root.items, "parameters": Given(given.place, whole, given.keys)}, root.keys)


def _as_mapping(node: Node) -> Node:
    if isinstance(node, Series):
        return Given(node.place, {"values": node}, {"values": Key(node.place)})
    if isinstance(node, Scalar) and node.value == "range":
        return Given(node.place, {}, {})
    return node


def _parameters(file: SweepFile, scenario: Scenario, root: Given, mistakes: list[Mistake]) -> list[Parameter]:
    """All that varies, in the order of paths as they are written, and then of the scenario's nouns."""
    numbers = {path: number for path, number, _ in quantities(scenario)}
    given = root.items.get("parameters")
    nodes = given.items if isinstance(given, Given) else {}
    found = []
    for path, varied in file.parameters.items():
        node = nodes[path]
        wrong, parameter = _one(file, path, varied, numbers)
        if wrong:
            mistakes.append(mistake_at(node.place, ("parameters", path), wrong))
        elif parameter is not None:
            found.append(parameter)
    mistakes += _misfits(scenario, found, nodes)
    named = {parameter.path for parameter in found} | set(file.parameters)
    return found + [each for each in _every(file, numbers, root, mistakes) if each.path not in named]


def _one(file: SweepFile, path: str, varied: Varied, numbers: Mapping[str, Any]) -> tuple[str, Parameter | None]:
    """A parameter, or what is wrong with it."""
    low, high, now = varied.low, varied.high, numbers.get(path)
    if varied.values:
        if low is not None or high is not None or varied.steps is not None:
            return "has values and a range. Give one of them.", None
        if file.design in ("sobol", "morris"):
            return f"has values, and {file.design} needs a range. Give low and high.", None
        return _listed(path, varied.values, now)
    if low is None and high is None and now is not None and now.low is not None:
        low, high = now.low, now.high
    if (low is None or high is None) and now is None:
        return _no_number(path, numbers), None
    if low is None or high is None:
        return "has no range in the scenario. Give low and high, or a list of values.", None
    if not low < high:
        return f"low, {shown(low)}, is not below high, {shown(high)}. Give a range with a width.", None
    if file.design != "grid":
        wrong = "has steps, which only a grid takes. Leave them out." if varied.steps is not None else ""
        return wrong, Parameter(path, (), low, high, now and float(now))
    if varied.steps is None:
        return "lacks steps. Give how many values a grid takes of the range, or list them.", None
    last = varied.steps - 1
    values = tuple((low * (last - step) + high * step) / last for step in range(varied.steps))
    return "", Parameter(path, _whole(values) if now is None else values, low, high, now and float(now))


def _listed(path: str, values: Sequence[Any], now: Any) -> tuple[str, Parameter | None]:
    kinds = {"number" if type(value) in (int, float) else type(value).__name__ for value in values}
    if not kinds <= {"number", "str", "bool"}:
        return "has a value that is no number, no text, and neither true nor false.", None
    if len(kinds) > 1:
        return "mixes numbers with texts, or with true and false. Give values of one kind.", None
    if len(set(values)) < len(values):
        return "has a value twice. Give each once.", None
    if any(type(value) is float for value in values):
        floats = tuple(float(value) for value in values)
        values = _whole(floats) if now is None else floats
    return "", Parameter(path, tuple(values), now=None if now is None else float(now))


def _whole(values: tuple[float, ...]) -> tuple[float, ...]:
    """Whole numbers as such, if all are: what is no quantity may take no others."""
    return tuple(map(int, values)) if all(value.is_integer() for value in values) else values


def _same_items(file: SweepFile, base: FilePath, scenario: Scenario, root: Given, mistakes: list[Mistake]) -> None:
    """A number in a path means the same item of a list as in the scenario, of which fewer days may leave out some."""
    given, numbered = root.items.get("parameters"), [path for path in file.parameters if _ITEM.search(path)]
    if file.days is None or not numbered or not isinstance(given, Given):
        return
    entire = load(base)
    for path in numbered:
        here = _item(scenario, path)
        if here is not None and here != _item(entire, path):
            text = f"is of another item with {file.days} days, as one before it starts later. Name that after this one."
            mistakes.append(mistake_at(given.items[path].place, ("parameters", path), text))


def _item(scenario: Scenario, path: str) -> Any:
    """The item of a list that a path leads into; None where it leads into none."""
    here: Any = scenario
    for key in path.split("."):
        if isinstance(here, tuple):
            return here[int(key)] if key.isdecimal() and int(key) < len(here) else None
        here = here.get(key) if isinstance(here, Mapping) else getattr(here, key, None)
    return None


def _misfits(scenario: Scenario, parameters: Iterable[Parameter], nodes: Mapping[str, Node]) -> list[Mistake]:
    """Values that do not fit where they are to stand, and paths that lead nowhere."""
    tried = {each.path: _ends(each) for each in parameters}
    found: list[Mistake] = []
    for turn in range(max(map(len, tried.values()), default=0)):
        given = {path: Scalar(*_at(nodes[path], values[turn % len(values)])) for path, values in tried.items()}
        found += misfitting(scenario, given)
    wrong = {mistake.path for mistake in found}
    drawn = [each for each in parameters if not each.values and each.now is None and each.path not in wrong]
    between = {each.path: Scalar(nodes[each.path].place, _between(each)) for each in drawn}
    return found + [mistake._replace(text=_NO_FRACTION) for mistake in (misfitting(scenario, between) if drawn else ())]


def _ends(parameter: Parameter) -> list[Value]:
    """The values of a parameter that show whether all of them fit."""
    numbers = [value for value in parameter.values or (parameter.low, parameter.high) if not isinstance(value, str)]
    if not numbers:
        return list(parameter.values[:MOST_WRONG])
    fractions = [value for value in numbers if value % 1]
    tried = (min(numbers), max(numbers), *fractions[:1])
    return [int(value) if isinstance(value, float) and value.is_integer() else value for value in tried]


def _between(parameter: Parameter) -> float:
    """A number of a range as designs draw it, with a fraction."""
    return parameter.low + (parameter.high - parameter.low) / math.e


def _at(node: Node, value: Value) -> tuple[Any, Value]:
    """Where a value stands in the file, and the value."""
    inner = node.items.values() if isinstance(node, Given) else ()
    for each in inner:
        listed = each.items if isinstance(each, Series) else [each]
        for item in listed:
            if isinstance(item, Scalar) and item.value == value:
                return item.place, value
    return node.place, value


def _every(file: SweepFile, numbers: Mapping[str, Any], root: Given, mistakes: list[Mistake]) -> list[Parameter]:
    """The numbers that vary because they have a range, but for how much of a policy is done, which is decided."""
    if file.every is None:
        for key in ("include", "exclude"):
            if key in root.items:
                text = "chooses among the numbers that `every` names. Give every: assumed, or every: ranged."
                mistakes.append(mistake_at(root.items[key].place, (key,), text))
        return []
    if file.design == "grid":
        text = "would make a grid of too many points. Give design: latin_hypercube, sobol, morris or one_at_a_time."
        mistakes.append(mistake_at(root.items["every"].place, ("every",), text))
    found = [
        Parameter(path, (), number.low, number.high, float(number))
        for path, number in numbers.items()
        if number.low is not None
        and number.low < number.high
        and not decided(path)
        and (number.assumed or file.every == "ranged")
    ]
    for key, patterns in (("include", file.include), ("exclude", file.exclude)):
        for number, pattern in enumerate(patterns):
            if not any(fnmatchcase(each.path, pattern) for each in found):
                node = root.items[key]
                place = node.items[number].place if isinstance(node, Series) else node.place
                text = f"{shown(pattern)} matches no number that varies. `chokepoint describe --json` lists them."
                mistakes.append(mistake_at(place, (key, number), text))
    within = [each for each in found if not file.include or _matches(each.path, file.include)]
    return [each for each in within if not _matches(each.path, file.exclude)]


def _matches(path: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def _arms(
    file: SweepFile, scenario: Scenario, root: Given, mistakes: list[Mistake]
) -> dict[str, tuple[str, ...] | None]:
    if not file.policies:
        return {AS_WRITTEN: None}
    known = {policy.called: policy for policy in scenario.policies}
    found: dict[str, tuple[str, ...] | None] = {}
    node = root.items["policies"]
    for number, name in enumerate(file.policies):
        named = () if name == NONE else members(name, known)
        place = node.items[number].place if isinstance(node, Series) else node.place
        at = ("policies", number)
        for each in named:
            if each not in known:
                near = nearest(each, known)
                there = f"did you mean {near}?" if near else f"its policies are {', '.join(known) or 'none'}."
                late = " Those that start after the last day are left out." if file.days is not None else ""
                mistakes.append(mistake_at(place, at, f"the scenario has no policy {shown(each)}, {there}{late}"))
        if not all(each in known for each in named):
            continue
        same = next((other for other, those in found.items() if set(those or ()) == set(named)), None)
        if same is not None:
            mistakes.append(mistake_at(place, at, f"is the same as {shown(same)}. Keep one."))
        found[name] = tuple(policy for policy in known if policy in named)
    return found


def _known_words(
    root: Given, key: str, words: Sequence[str], known: Collection[str], what: str, mistakes: list[Mistake]
) -> None:
    node = root.items.get(key)
    for number, word in enumerate(words):
        place = node.items[number].place if isinstance(node, Series) else root.place
        if word not in known:
            near = nearest(word, known)
            hint = f"did you mean {near}?" if near else f"known are {', '.join(list(known)[:12])} and others."
            mistakes.append(mistake_at(place, (key, number), f"{shown(word)} is none of the {what}, {hint}"))
        elif word in words[:number]:
            mistakes.append(mistake_at(place, (key, number), "is given twice. Keep one."))


def _people_there(file: SweepFile, scenario: Scenario, root: Given, mistakes: list[Mistake]) -> None:
    """What became of people is told of a world in which people cross the sea."""
    node = root.items.get("outcomes")
    if not isinstance(node, Series):
        return
    for number, (word, item) in enumerate(zip(file.outcomes, node.items, strict=True)):
        if word in _TOTALS and (why := absent(word, scenario)):
            mistakes.append(mistake_at(item.place, ("outcomes", number), f"{why}. Leave it out."))


def _enough_said(file: SweepFile, parameters: Sequence[Parameter], root: Given, mistakes: list[Mistake]) -> None:
    """What a design needs, and what it has no use for."""
    design = root.items["design"].place if "design" in root.items else root.place
    if file.design in _NEED_POINTS and file.points is None:
        mistakes.append(mistake_at(design, ("design",), f"{file.design} needs points. Give how many."))
    if file.design not in _NEED_POINTS and file.points is not None:
        text = f"{file.design} has as many points as its parameters make. Leave it out."
        mistakes.append(mistake_at(root.items["points"].place, ("points",), text))
    if file.design in _FILLS and not parameters and not mistakes:
        text = f"{file.design} has nothing to vary. Give parameters, or every: assumed."
        mistakes.append(mistake_at(design, ("design",), text))
    for key, wanted in (("second_order", "sobol"), ("levels", "morris")):
        if key in root.items and file.design != wanted:
            mistakes.append(mistake_at(root.items[key].place, (key,), f"only {wanted} takes it. Leave it out."))
    if file.design == "morris" and file.levels % 2:
        text = f"{file.levels} is odd, and points would not lie evenly over the ranges. Give an even number."
        mistakes.append(mistake_at(root.items["levels"].place, ("levels",), text))
