"""Strict YAML 1.2 and JSON: text into nodes that remember their place, within limits, before anything is believed."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from sim.scenario.mistakes import InvalidScenario, Mistake, Place, harmless, mistake_at, shown
from sim.scenario.nodes import Key, Mapping, Node, Scalar, Sequence

MAX_BYTES = 2 * 1024 * 1024
"""Size of a scenario, all the files that it extends included. Reading that much takes about a second."""
MAX_NODES = 100_000
"""Values, keys, lists and mappings in it."""
MAX_DEPTH = 40
"""Lists and mappings inside each other."""
MAX_DIGITS = 40
"""Characters of a number."""


@dataclass(slots=True)
class Budget:
    """What may still be read; shared by all the files of a scenario."""

    bytes: int = MAX_BYTES
    nodes: int = MAX_NODES


def read(data: bytes, file: str, budget: Budget | None = None) -> tuple[Node, list[Mistake]]:
    """Nodes of a text, and the mistakes beside which it could be read to the end; raises InvalidScenario otherwise."""
    budget = budget if budget is not None else Budget()
    if len(data) > budget.bytes:
        _refuse(
            Place(file, 1, 1),
            f"is larger than {MAX_BYTES // 1024**2} MiB, the most that a scenario may have with all it extends.",
        )
    budget.bytes -= len(data)
    text = _text(data, file)
    if file.endswith(".json"):
        text = text.replace("\t", " ")  # between values JSON allows tabs, YAML does not; inside texts neither does
        text = _HALVES.sub(_whole_character, text)
    composer = _Composer(file, budget)
    return composer.document(text), composer.mistakes


_HALVES = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


def _whole_character(halves: re.Match[str]) -> str:
    """A character beyond U+FFFF as YAML writes it, for the two halves (surrogates) that JSON writes."""
    high, low = int(halves[2], 16), int(halves[3], 16)
    return f"{halves[1]}\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08X}"


_UNSEEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
"""Characters that no text of a scenario holds: controls, separators, marks that turn the direction of writing."""


def _text(data: bytes, file: str) -> str:
    for mark, name in ((codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16")):
        if data.startswith(mark):
            _refuse(Place(file, 1, 1), f"is {name} text. Save it as UTF-8.")
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        before = data[: wrong.start].decode("utf-8")
        _refuse(_end_of(before, file), f"byte 0x{data[wrong.start]:02x} is not UTF-8 text. Save the file as UTF-8.")
    unseen = _UNSEEN.search(text)
    if unseen is not None:
        place = _end_of(text[: unseen.start()], file)
        _refuse(place, f"the invisible character U+{ord(unseen.group()):04X} is not allowed. Take it out.")
    return text


def _end_of(text: str, file: str) -> Place:
    """The place of the character that follows the text."""
    return Place(file, text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1)


def _refuse(place: Place, text: str) -> NoReturn:
    raise InvalidScenario([mistake_at(place, (), text)])


_DIRECTIVE = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*%")
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_ENDLESS = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")


class _WrongValue(ValueError):
    """A value that the text spells in a way that is not accepted."""


def _resolved(text: str) -> str | int | float | bool | None:
    """What a plain word stands for in the core schema of YAML 1.2; raises _WrongValue for a number that is none."""
    if text in _NULL:
        return None
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if _ENDLESS.fullmatch(text):
        raise _WrongValue(f"{text} is not a finite number. Give a finite one.")
    whole = _WHOLE.fullmatch(text)
    if whole is None and _DECIMAL.fullmatch(text) is None:
        return text
    if len(text) > MAX_DIGITS:
        raise _WrongValue(f"{shown(text)} is a number of {len(text)} characters. Give {MAX_DIGITS} at most.")
    if _LEADING_ZERO.fullmatch(text):
        raise _WrongValue(
            f"{text} starts with a zero. Give the number without it, or put it in quotes if it is a text."
        )
    if whole is not None:
        return int(text, 0)
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise _WrongValue(f"{text} is too large for a number. Give a finite one.")
    return number


def _quoted(text: str) -> str:
    unseen = _UNSEEN.search(text)
    if unseen is not None:
        raise _WrongValue(f"holds the invisible character U+{ord(unseen.group()):04X}. Take it out.")
    return text


_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where it is there. Only its events are used: what a word stands for is decided here, as YAML 1.2 has it."""


@dataclass(slots=True)
class _Composer:
    """Builds nodes from parser events; nothing is ever constructed but text, numbers, booleans, lists and mappings."""

    file: str
    budget: Budget
    mistakes: list[Mistake] = field(default_factory=list)
    path: list[str | int] = field(default_factory=list)
    events: Iterator[Any] = field(default_factory=lambda: iter(()))

    def document(self, text: str) -> Node:
        """The one document of the text."""
        directive = _DIRECTIVE.match(text)
        if directive is not None:
            _refuse(_end_of(directive.group()[:-1], self.file), "is a % directive. Take it out.")
        self.events = yaml.parse(text, Loader=_PARSER)
        try:
            return self._only_document()
        except yaml.YAMLError as wrong:
            mark, end = getattr(wrong, "problem_mark", None), _end_of(text.rstrip("\n"), self.file)
            place = Place(self.file, mark.line + 1, mark.column + 1) if mark is not None else Place(self.file, 1, 1)
            place = min(place, end)  # what is missing at the end is missing after the last word
            if mark is not None and text[mark.index : mark.index + 1] == "\t":
                _refuse(place, "is not valid YAML: a tab stands where only spaces may. Indent with spaces.")
            problem = _in_words(str(getattr(wrong, "problem", None) or "this is no text"))
            _refuse(place, f"is not valid YAML: {problem}. {_remedy(problem)}")

    def _only_document(self) -> Node:
        root: Node | None = None
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                if root is not None:
                    _refuse(self._place(event), "starts a second document. Keep one document to a file.")
                root = self._node(next(self.events), depth=1)
        if root is None or (isinstance(root, Scalar) and root.value is None and not root.refused):
            _refuse(
                Place(self.file, 1, 1),
                "is empty. Write a scenario; `chokepoint new NAME.yaml` makes one to start from.",
            )
        return root

    def _place(self, event: Any) -> Place:
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _refuse(self, place: Place, text: str) -> NoReturn:
        raise InvalidScenario([mistake_at(place, self.path, text)])

    def _node(self, event: Any, depth: int, key: Key | None = None) -> Node:
        place = self._place(event)
        self.budget.nodes -= 1
        if self.budget.nodes < 0:
            self._refuse(
                place, f"comes after {MAX_NODES} values, the most that a scenario may have with all it extends."
            )
        if depth > MAX_DEPTH:
            self._refuse(place, f"is nested deeper than {MAX_DEPTH} levels.")
        if isinstance(event, AliasEvent) or event.anchor is not None:
            self._refuse(place, _NO_ALIAS)
        if event.tag is not None:
            self._refuse(place, f"the tag {shown(event.tag)} is not allowed. Take it out.")
        if isinstance(event, ScalarEvent):
            return self._scalar(event, place)
        if key is not None and not event.flow_style:
            place = key.place  # a block belongs to the key above it
        return self._mapping(place, depth) if isinstance(event, MappingStartEvent) else self._sequence(place, depth)

    def _scalar(self, event: Any, place: Place) -> Scalar:
        try:
            return Scalar(place, _resolved(event.value) if not event.style else _quoted(event.value))
        except _WrongValue as wrong:
            self.mistakes.append(mistake_at(place, self.path, str(wrong)))
            return Scalar(place, None, refused=True)

    def _sequence(self, place: Place, depth: int) -> Sequence:
        items: list[Node] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            self.path.append(len(items))
            items.append(self._node(event, depth + 1))
            self.path.pop()
        return Sequence(place, items)

    def _mapping(self, place: Place, depth: int) -> Mapping:
        items: dict[str, Node] = {}
        keys: dict[str, Key] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            self.path.append(getattr(event, "value", "a key"))
            name, key = self._key(event, depth)
            if name in keys:
                wrong = f"is given twice, first in line {keys[name].place.line}. Keep one."
                self.mistakes.append(mistake_at(key.place, self.path, wrong))
            value = self._node(next(self.events), depth + 1, key)
            self.path.pop()
            if name not in keys:
                items[name], keys[name] = value, key
        return Mapping(place, items, keys)

    def _key(self, event: Any, depth: int) -> tuple[str, Key]:
        node = self._node(event, depth + 1)
        if not isinstance(node, Scalar):
            self._refuse(self._place(event), "a list or mapping cannot be a key. Give a text.")
        if node.value == "<<" and not event.style:
            self._refuse(node.place, _NO_ALIAS)
        if isinstance(node.value, str):
            return node.value, Key(node.place)
        if isinstance(node.value, int) and not isinstance(node.value, bool):
            return str(node.value), Key(node.place, number=True)
        if not node.refused:
            self.mistakes.append(
                mistake_at(node.place, self.path, "is no text, so it cannot be a key. Put it in quotes.")
            )
        return str(event.value), Key(node.place)


_NO_ALIAS = "anchors, aliases and merge keys (&, *, <<) are not allowed. Write the values out, or use `extends`."


_TOKENS = {
    "did not find expected <document start>": "something stands after the end of the scenario",
    "did not find expected": "expected",
    "<stream end>": "the end of the file",
    "<block end>": "the end of the block",
    "found unexpected end of stream": "the file ends inside a text",
    "invalid Unicode character escape code": "half a character (a lone surrogate) or one that does not exist",
    "in this context": "here",
}
"""The parser's words, and ours."""


def _in_words(problem: str) -> str:
    for token, words in _TOKENS.items():
        problem = problem.replace(token, words)
    return harmless(" ".join(problem.split()), 160)


def _remedy(problem: str) -> str:
    if "mapping values are not allowed" in problem:
        return "Check the indentation; a text that holds `: ` needs quotes."
    return "Check indentation, quotes and brackets, here and in the line above."
