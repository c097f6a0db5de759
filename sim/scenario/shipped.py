"""Where scenarios lie: a path, or the bare name of one that comes with the package."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

_HERE = Path(__file__).resolve().parent.parent
_FOLDERS = (_HERE / "_scenarios", _HERE.parent / "scenarios")
"""Inside an installed package, and beside the package in a checkout."""


def shipped() -> dict[str, Path]:
    """The scenarios that come with the package, by bare name."""
    return _in("")


def policies() -> dict[str, Path]:
    """The scenarios that put one question about one policy, by name: `policies/` and the bare name."""
    return _in("policies/")


def games() -> dict[str, Path]:
    """The games that come with the package, by name: `games/` and the bare name."""
    return _in("games/")


def sweeps() -> dict[str, Path]:
    """The sweeps that come with the package, by name: `sweeps/` and the bare name."""
    return _in("sweeps/")


def calibrations() -> dict[str, Path]:
    """The calibrations that come with the package, by name: `calibrations/` and the bare name."""
    return _in("calibrations/")


def everything() -> dict[str, Path]:
    """All of these, by name."""
    return {**shipped(), **policies(), **games(), **sweeps(), **calibrations()}


def _in(below: str) -> dict[str, Path]:
    """The files of a folder below that of the scenarios, by what they are called."""
    folder = next((folder / below for folder in _FOLDERS if folder.is_dir()), None)
    return {f"{below}{path.stem}": path for path in sorted(folder.glob("*.yaml"))} if folder is not None else {}


def find(scenario: str | Path) -> Path:
    """The file that is meant: the path itself, or the shipped scenario, game, sweep or calibration of that name where
    there is no such file; a folder of that name, of results perhaps, is none."""
    path, name = Path(scenario), str(scenario)
    if path.parent.as_posix() in (".", "games", "policies", "sweeps", "calibrations") and not is_there(path):
        return everything().get(name, path)
    return path


def is_there(path: Path) -> bool:
    """Whether there is anything of that name that could be a file."""
    return os.path.exists(path) and not os.path.isdir(path)


class Listing(NamedTuple):
    """What a list of scenarios says of one."""

    name: str
    title: str
    question: str


def titles() -> list[Listing]:
    """The shipped scenarios, games, sweeps and calibrations with their titles and questions, unchecked."""
    from sim.scenario.nodes import plain
    from sim.scenario.reader import read

    found = []
    for name, path in everything().items():
        data = plain(read(path.read_bytes(), path.name)[0])
        found.append(Listing(name, *(" ".join(str(data.get(word, "")).split()) for word in ("title", "question"))))
    return found
