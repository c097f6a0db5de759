"""Policies of a scenario's own: a file of Python that it brings along, and whose classes it alone knows."""

from __future__ import annotations

import ast
import functools
import hashlib
import inspect
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import ExecutionLoader
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from types import ModuleType
from typing import Any

from sim.policies.policy import Policy
from sim.registry import APART, beside
from sim.scenario.mistakes import harmless
from sim.terms import Noun

_WAY_OUT = "Correct the file so that Python runs it by itself"


class OwnPolicies(Noun):
    """The file of policies that a scenario names, as text. Wherever one is unpickled, its classes are there before
    anything that comes after it."""

    text: str

    def __reduce__(self) -> tuple[Any, ...]:
        return _brought, (self.text,)

    @property
    def classes(self) -> tuple[type[Policy], ...]:
        """The policies in the file, by kind. Raises Unusable."""
        return _classes(self.text)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Their kinds."""
        return tuple(map(_kind, self.classes))


class Unusable(Exception):
    """A file that gives no policies, with the line and the column where that shows, and what to do."""

    def __init__(self, line: int, column: int, text: str) -> None:
        self.line, self.column, self.text = line, column, text
        super().__init__(line, column, text)


@contextmanager
def known(own: OwnPolicies | None) -> Iterator[None]:
    """Let the policies of a scenario's own be known by their kinds, as long as that scenario is read or told."""
    with beside(own.classes if own is not None else ()):
        yield


def where_it_failed(wrong: Exception) -> str | None:
    """What went wrong in a file of policies, and in which line; None where it went wrong elsewhere."""
    met = [frame for frame in traceback.extract_tb(wrong.__traceback__) if frame.filename.startswith(APART)]
    return f"line {met[-1].lineno} of the file of policies fails: {_words(wrong)}" if met else None


def _brought(text: str) -> OwnPolicies:
    """The same file, its classes in place."""
    _classes(text)
    return OwnPolicies(text=text)


@functools.cache
def _classes(text: str) -> tuple[type[Policy], ...]:
    name = f"{APART}{hashlib.sha256(text.encode()).hexdigest()}"
    taken = set(Policy.every())
    try:
        found = sorted(_defined(_imported(name, text)), key=_kind)
        if not found:
            raise Unusable(1, 1, "defines no policy. Derive a class with a kind from sim.policies.policy.Policy.")
        for number, policy in enumerate(found):
            _check(policy, text, taken | {_kind(other) for other in found[:number]})
    except Unusable:
        sys.modules.pop(name, None)
        raise
    return tuple(found)


def _imported(name: str, text: str) -> ModuleType:
    """The module of this text; the same one however often, and wherever, it is asked for. Raises Unusable."""
    loader = _Loader(name, text)
    spec = ModuleSpec(name, loader, origin=loader.file)
    spec.has_location = True
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except SyntaxError as wrong:
        line, column = (wrong.lineno or 1, wrong.offset or 1) if wrong.filename == loader.file else (1, 1)
        raise Unusable(line, max(column, 1), f"is no Python: {wrong.msg}. {_WAY_OUT}.") from None
    except (Exception, SystemExit) as wrong:
        raise Unusable(*_where(wrong, loader.file), f"fails: {_words(wrong)}. {_WAY_OUT}.") from None
    return module


def _defined(module: ModuleType) -> list[type[Policy]]:
    """The policies with a kind that stand at the top of a module, in its order."""
    return [
        found
        for name, found in vars(module).items()
        if isinstance(found, type)
        and issubclass(found, Policy)
        and (found.__module__, found.__qualname__) == (module.__name__, name)
        and _kind(found)
    ]


def _kind(policy: type[Policy]) -> str:
    field = policy.model_fields.get("kind")
    return field.default if field is not None and isinstance(field.default, str) else ""


def _check(policy: type[Policy], text: str, taken: set[str]) -> None:
    """Raises Unusable for a policy that no scenario could name, or that could not be made."""
    classes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ClassDef)]
    line = next((node.lineno for node in classes if node.name == policy.__name__), 1)
    kind, called = harmless(_kind(policy)), harmless(policy.__name__)
    if kind in taken:
        raise Unusable(line, 1, f"{called} is of the kind {kind}, which there is already. Give it a kind of its own.")
    if inspect.isabstract(policy):
        absent = ", ".join(sorted(policy.__abstractmethods__))
        raise Unusable(line, 1, f"{called} lacks {absent}. Write it, as in sim/policies/.")
    try:
        policy.model_rebuild(force=True)
    except Exception as wrong:
        raise Unusable(line, 1, f"{called} cannot be built: {_words(wrong)}. {_WAY_OUT}.") from None


def _where(wrong: BaseException, file: str) -> tuple[int, int]:
    """Line and column of a file at which something went wrong."""
    met = [frame for frame in traceback.extract_tb(wrong.__traceback__) if frame.filename == file]
    return (met[-1].lineno or 1, (met[-1].colno or 0) + 1) if met else (1, 1)


def _words(wrong: BaseException) -> str:
    """What went wrong, in one line."""
    said = str(wrong).partition("For further information visit")[0]
    told = harmless(" ".join(said.split()), most=200).rstrip(".")
    return f"{type(wrong).__name__}: {told}" if told else type(wrong).__name__


class _Loader(ExecutionLoader):
    """Makes a module of a text, and gives the text to whoever asks for its source."""

    def __init__(self, name: str, text: str) -> None:
        self.file, self.text = f"{name[: len(APART) + 12]}.py", text

    def get_filename(self, fullname: str) -> str:
        """A name for tracebacks; there is no such file."""
        return self.file

    def get_source(self, fullname: str) -> str:
        """The text."""
        return self.text
