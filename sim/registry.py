"""One register for all that is pluggable: a class in `policies/` or in a notebook is registered by being defined."""

from __future__ import annotations

import functools
import importlib
import json
import pkgutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

T = TypeVar("T", bound="Registered")

APART = "chokepoint_policies_"
"""How modules are called whose classes are not registered: they belong to single scenarios."""
_beside: ContextVar[tuple[type[Registered], ...]] = ContextVar("_beside", default=())
"""Such classes, where their scenario is read or told."""


class Registered(BaseModel):
    """A family of classes told apart by `kind`; every subclass that sets one can be named in a scenario."""

    kinds: ClassVar[dict[str, type[Any]]]
    home: ClassVar[str] = ""
    bare: ClassVar[bool] = False
    """Whether a kind's name alone names it, with every field at its default."""
    usual: ClassVar[str | None] = None
    """The kind that is meant where none is given; None: one must be."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """File the class under its kind, or open a register when it is the head of a family."""
        super().__pydantic_init_subclass__(**kwargs)
        field = cls.model_fields.get("kind")
        if Registered in cls.__bases__:
            cls.kinds = {}
        elif field is not None and isinstance(field.default, str) and not cls.__module__.startswith(APART):
            cls.kinds[field.default] = cls

    @classmethod
    def every(cls: type[T]) -> dict[str, type[T]]:
        """All kinds of the family by name, the package's own files included, and those that are known here alone."""
        if cls.home:
            _import_all(cls.home)
        own = {str(known.model_fields["kind"].default): known for known in _beside.get() if issubclass(known, cls)}
        return dict(sorted({**cls.kinds, **own}.items()))

    @classmethod
    def is_usual(cls) -> bool:
        """Whether it is the kind that is meant where none is given."""
        field = cls.model_fields.get("kind")
        return field is not None and cls.usual is not None and field.default == cls.usual

    @classmethod
    def read(cls: type[T], given: Any, *, written: bool = False) -> T:
        """The member that `given` describes; `written`: it stands in a file, where no text is taken for a number.

        Raises pydantic errors, with the nearest spelling for an unknown kind.
        """
        if isinstance(given, cls):
            return given
        if cls.bare and isinstance(given, str):
            if given not in cls.every():
                raise _unknown(cls, given)
            given = {"kind": given}
        if not isinstance(given, dict):
            what = "neither a kind nor a mapping with one" if cls.bare else "no mapping with a kind"
            raise PydanticCustomError(
                "no_kind", "is {what}. Known kinds are {known}.", {"what": what, "known": _listed(cls)}
            )
        kind = given.get("kind", cls.usual)
        known = cls.every()
        if not isinstance(kind, str) or kind not in known:
            wrong = InitErrorDetails(type=_unknown(cls, kind), loc=("kind",), input=given if kind is None else kind)
            raise ValidationError.from_exception_data(cls.__name__, [wrong])
        if written:
            return known[kind].model_validate_json(json.dumps(given), strict=True)
        return known[kind].model_validate(given)


@contextmanager
def beside(classes: Iterable[type[Registered]]) -> Iterator[None]:
    """Let classes be known by their kinds beside those that are registered."""
    before = _beside.set(tuple(classes))
    try:
        yield
    finally:
        _beside.reset(before)


@functools.cache
def _import_all(home: str) -> None:
    """Import the modules of a package, so that the classes in them are filed."""
    package = importlib.import_module(home)
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
        importlib.import_module(f"{home}.{module.name}")


def _listed(family: type[Registered]) -> str:
    return ", ".join(family.every())


def _unknown(family: type[Registered], kind: Any) -> PydanticCustomError:
    if kind is None:
        return PydanticCustomError("missing_kind", "is missing. Known kinds are {known}.", {"known": _listed(family)})
    near = nearest(str(kind), family.every())
    return PydanticCustomError(
        "unknown_kind",
        "{kind} is not known{near} Known kinds are {known}.",
        {"kind": str(kind)[:60], "near": f", did you mean {near}?" if near else ".", "known": _listed(family)},
    )


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is spelt most like `word`, capitals set aside; None when nothing comes near."""
    return _nearest(word, tuple(known))


@functools.lru_cache(maxsize=1024)
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    import difflib  # only wanted when something is wrong

    by_small = {name.lower(): name for name in known}
    found = difflib.get_close_matches(word[:60].lower(), by_small, n=1, cutoff=0.6)
    return by_small[found[0]] if found else None
