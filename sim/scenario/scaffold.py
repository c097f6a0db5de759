"""A commented scenario to start from: the made-up world of two coasts, under a title of one's own."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from sim.scenario.shipped import shipped

MODEL = "two_coasts"
_NUMBERS = "# A number is written"
"""Where the part of the heading starts that holds for every scenario."""


def scaffold(path: str | Path, *, force: bool = False) -> Path:
    """Write a valid scenario with every section explained, and return its path; `.yaml` is added where no ending is.

    Raises FileExistsError unless `force`, and OSError where nothing can be written.
    """
    target = Path(path)
    if not target.suffix:
        target = target.with_name(f"{target.name}.yaml")
    text = _text(target)
    with target.open("w" if force else "x", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return target


def _text(target: Path) -> str:
    model = shipped()[MODEL].read_text(encoding="utf-8")
    heading, body = model[model.index(_NUMBERS) :].split("\n\n", 1)
    file, title = _printable(target.name), _printable(target.stem.replace("_", " ").replace("-", " ")).strip()
    title = (title[:1].upper() + title[1:])[:120] or "A scenario to start from"
    lines = body.split("\n")
    lines[0] = f"title: {json.dumps(title, ensure_ascii=False)}"
    return "\n".join((_HEADING.format(file=shlex.quote(file)) + heading, "", *lines))


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())


_HEADING = """\
# A scenario to start from: a made-up world of four ports, and policies at one of them. Change what you like, then
#   chokepoint validate {file}    lists every mistake with its line
#   chokepoint describe {file}    tells all of it back, defaults and sources included
#   chokepoint run {file}         runs it
# Editors complete and check as you type: run `chokepoint schema -o scenario.schema.json` and make this the first line:
#   yaml-language-server: $schema=scenario.schema.json
#
"""
