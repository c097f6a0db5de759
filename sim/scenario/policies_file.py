"""The file of policies that a scenario names: found beside it, read, and put in its place as text."""

from __future__ import annotations

from pathlib import Path

from sim.scenario.extends import POLICIES_FROM, Gathered, read_bytes, reason
from sim.scenario.mistakes import Mistake, Place, harmless, mistake_at, shown
from sim.scenario.nodes import Mapping, Node, Scalar, node_of
from sim.scenario.own_policies import OwnPolicies, Unusable

MOST_BYTES = 1_000_000
"""Bytes of a file of policies."""


def with_policies(found: Gathered) -> tuple[Mapping, OwnPolicies | None, list[Mistake]]:
    """A scenario's nodes with its file of policies as text, that file, and all mistakes so far.

    The file is imported here. Where it cannot be, policies are left out: which of them are wrong cannot be said.
    """
    root, written = found.root, found.root.items.get(POLICIES_FROM)
    if written is None:
        return root, None, found.mistakes
    if isinstance(written, Scalar) and written.value is None:
        return _without(root, POLICIES_FROM), None, found.mistakes
    try:
        own = _own(written, found.beside)
    except _Refused as refused:
        return _without(root, POLICIES_FROM, "policies"), None, [*found.mistakes, refused.mistake]
    items = {**root.items, POLICIES_FROM: node_of(own.model_dump(), written.place)}
    return Mapping(root.place, items, root.keys), own, found.mistakes


class _Refused(Exception):
    def __init__(self, mistake: Mistake) -> None:
        self.mistake = mistake


def _without(root: Mapping, *names: str) -> Mapping:
    return Mapping(root.place, {name: node for name, node in root.items.items() if name not in names}, root.keys)


def _own(written: Node, folder: Path) -> OwnPolicies:
    """The file of policies in a folder. Raises _Refused."""
    name = written.value if isinstance(written, Scalar) else None
    if not isinstance(name, str) or not name.endswith(".py") or any(sign in name for sign in "/\\:\0"):
        what = shown(name) if isinstance(name, str) else "what stands there"
        text = f"{what} is no name of a file of Python. Give one that lies beside this file, as in my_policies.py."
        raise _refused(written, text)
    path = folder / name
    file = harmless(str(path), most=240)
    try:
        data = read_bytes(path, MOST_BYTES + 1)
    except (OSError, ValueError) as wrong:
        text = f"{file} cannot be read: {reason(wrong)}. Give a file that lies beside this one."
        raise _refused(written, text) from None
    if len(data) > MOST_BYTES:
        raise _refused(written, f"{file} is longer than {MOST_BYTES:,} bytes. Give a shorter one.")
    try:
        own = OwnPolicies(text=data.decode("utf-8-sig"))
        own.classes  # noqa: B018
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        raise _Refused(mistake_at(Place(file, line, 1), (), "is not UTF-8. Save the file in that encoding.")) from None
    except Unusable as wrong:
        raise _Refused(mistake_at(Place(file, wrong.line, wrong.column), (), wrong.text)) from None
    return own


def _refused(written: Node, text: str) -> _Refused:
    return _Refused(mistake_at(written.place, (POLICIES_FROM,), text))
