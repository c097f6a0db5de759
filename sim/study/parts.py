"""Parts of a comparison in a folder: each replicate is kept as soon as it is done, and read when the work goes on."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.study.folder import beside, sync, version, write
from sim.study.sealed import ResultsError, read_sealed, sealed, sha256, shown, told

if TYPE_CHECKING:
    import pandas as pd

FORMAT, FORMAT_VERSION = "chokepoint comparison", 1
PLAN = "comparison.json"
PARTS = "parts"
WORLDS = "worlds"
SEAL = "part.json"


class Part(NamedTuple):
    """One replicate of all worlds; tables as in `Comparison`, with grams where that has kilograms."""

    runs: pd.DataFrame
    flows: pd.DataFrame
    periods: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Store:
    """A folder with the parts of one comparison."""

    folder: Path

    @classmethod
    def open(cls, folder: Path, passport: Mapping[str, Any], worlds: Mapping[Path, bytes]) -> Store:
        """The folder of a comparison, made if it is not there, with the files of its worlds. Raises ResultsError where
        it holds another one, or what no comparison wrote."""
        claim(folder, FORMAT, PLAN, {**passport, "format_version": FORMAT_VERSION}, worlds)
        with told(folder):
            (folder / PARTS).mkdir(exist_ok=True)
        return cls(folder)

    def read(self, replicate: int) -> Part | None:
        """A replicate that is kept; None where there is none. Raises ResultsError where it is not as it was kept."""
        import pandas as pd

        place = self._place(replicate)
        if not place.is_dir():
            return None
        digests = read_sealed(place / SEAL)
        tables = []
        for name in Part._fields:
            with told(file := place / f"{name}.parquet"):
                content = file.read_bytes()
            if sha256(content) != digests[name]:
                raise ResultsError(f"{shown(place)}: {name}.parquet changed since it was written")
            tables.append(pd.read_parquet(io.BytesIO(content)))
        return Part(*tables)

    def keep(self, replicate: int, part: Part) -> None:
        """Write a replicate beside its place, and rename it when it is whole."""
        place = self._place(replicate)
        partial = place.parent / beside(place, "partial")
        files = {name: _parquet(table) for name, table in part._asdict().items()}
        with told(place):
            partial.mkdir()
            try:
                for name, content in files.items():
                    write(partial / f"{name}.parquet", content)
                write(partial / SEAL, sealed({name: sha256(content) for name, content in files.items()}))
                sync(partial)
                partial.rename(place)
                sync(place.parent)
            finally:
                shutil.rmtree(partial, ignore_errors=True)

    def _place(self, replicate: int) -> Path:
        return self.folder / PARTS / f"{replicate:04d}"


def plan(folder: Path) -> dict[str, Any]:
    """What the comparison in a folder is of; raises ResultsError where there is none, or none of this format."""
    found = read_sealed(folder / PLAN)
    if (found["format"], found["format_version"]) != (FORMAT, FORMAT_VERSION):
        raise ResultsError(f"{shown(folder)}: holds a comparison of another format than this version reads")
    return found


def world_file(folder: Path, number: int) -> Path:
    """Where a world of a comparison is written out in full; 0 is the one that the others are held against."""
    return folder / WORLDS / f"{number:02d}.yaml"


def policies_file(world: Path) -> Path:
    """Where the policies of a world's own are, beside the world; each world may have others."""
    return world.with_suffix(".py")


def _parquet(table: pd.DataFrame) -> bytes:
    sink = io.BytesIO()
    table.to_parquet(sink, engine="pyarrow", compression="zstd", index=False)
    return sink.getvalue()


def put(path: Path, content: bytes) -> None:
    """Write a file beside its place, and rename it; raises ResultsError."""
    partial = path.parent / beside(path, "partial")
    with told(path):
        try:
            write(partial, content)
            os.replace(partial, path)
            sync(path.parent)
        finally:
            partial.unlink(missing_ok=True)


def kept_table(
    file: Path, words: Collection[str] = (), numbers: Collection[str] = (), *, named: bool = False
) -> pd.DataFrame:
    """A table that a comparison wrote as CSV; raises ResultsError where it is not like that any more.

    words: columns of names; all others hold numbers, and those of `numbers` are among them. named: the first column
    names the rows.
    """
    import pandas as pd

    try:
        with told(file):
            table = pd.read_csv(file, index_col=0 if named else None)
    except ValueError:
        raise spoilt(file) from None
    others = table.drop(columns=list(words), errors="ignore")
    measured = others.select_dtypes("number")
    if not measured.size or len(measured.columns) < len(others.columns) or not {*words, *numbers} <= set(table):
        raise spoilt(file)
    return table


def spoilt(file: Path) -> ResultsError:
    """What is said of a file that is not as a comparison wrote it."""
    return ResultsError(f"{shown(file)}: is not as the comparison wrote it; run the comparison again, in its folder")


def claim(
    folder: Path, kind: str, plan: str, passport: Mapping[str, Any], files: Mapping[Path, bytes] | None = None
) -> None:
    """Make a folder for work that is kept part by part, or find it there; its passport stands in the file `plan`.

    files: what else is written into a new folder, before its passport is.
    Raises ResultsError where the folder holds other work, or what no such work wrote.
    """
    wanted = {**passport, "format": kind, "version": version("chokepoint")}
    noun = kind.removeprefix("chokepoint ")
    with told(folder):
        if (folder / plan).exists():
            if (kept := read_sealed(folder / plan)) != wanted:
                differ = ", ".join(sorted(word for word in {*wanted, *kept} if wanted.get(word) != kept.get(word)))
                raise ResultsError(
                    f"{shown(folder)}: holds another {noun} ({differ} differ); choose another folder, or "
                    "remove this one"
                )
            return
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ResultsError(f"{shown(folder)}: exists, and is no {noun}; choose another folder")
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in (files or {}).items():
            path.parent.mkdir(exist_ok=True)
            put(path, content)
        put(folder / plan, sealed(wanted))
