"""Checking a run folder: whether it is one, and whether every byte is still the one that was written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.scenario.resolved import POLICIES
from sim.study.sealed import ResultsError, digest, read_sealed, sha256, shown, told
from sim.study.tables import TABLE_NAMES

FORMAT = "chokepoint run"
FORMAT_VERSION = 2
MANIFEST, RUN_INFO, SCENARIO, KPIS, REPORT = (
    "manifest.json",
    "run-info.json",
    "scenario.yaml",
    "kpis.json",
    "report.html",
)
STABLE = (SCENARIO, KPIS, *(f"{name}.parquet" for name in TABLE_NAMES))
"""The files whose bytes follow from scenario, seed, replicate and version alone; the manifest holds their digests."""
OWN = (POLICIES,)
"""Such files that are there only where a scenario has policies of its own."""
ADDED = (REPORT,)
"""Files that other commands add to a run; no digest covers them."""
REPLICATES = "replicate-"
LIST, LIST_FORMAT = "replicates.json", "chokepoint replicates"
PASSPORT = ("days", "mode", "replicate", "scenario_hash", "seed", "title", "version", "versions")
"""What a manifest must say beside the digests."""

_OTHERS = {
    "sweep.json": "a sweep, see `chokepoint status` and `chokepoint sensitivity`",
    "comparison.json": "a comparison, see `chokepoint report`",
    "portfolio.json": "a portfolio, see its front.svg and front.csv",
    "posterior.yaml": "a calibration, see its fit.md",
}
"""Files by which one knows what other commands wrote, with where to look instead."""


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run folder; raises ResultsError when there is none or it cannot be believed."""
    with told(folder):
        if not folder.is_dir():
            raise ResultsError(f"{shown(folder)}: {'no folder, but a file' if folder.exists() else 'no such folder'}")
        if not (folder / MANIFEST).exists():
            raise ResultsError(f"{shown(folder)}: not the folder of a run, it has no {MANIFEST}{_instead(folder)}")
    found = read_sealed(folder / MANIFEST)
    if found.get("format") != FORMAT:
        raise ResultsError(f"{shown(folder)}: its {MANIFEST} is not that of a run")
    if found.get("format_version") != FORMAT_VERSION:
        raise ResultsError(
            f"{shown(folder)}: written in format {found.get('format_version')}, this version reads {FORMAT_VERSION}"
        )
    files = found.get("files")
    if (
        not isinstance(files, dict)
        or set(files) - set(OWN) != set(STABLE)
        or digest(files) != found.get("digest")
        or not all(word in found for word in PASSPORT)
    ):
        raise ResultsError(f"{shown(folder)}: its {MANIFEST} contradicts itself")
    return found


def _instead(folder: Path) -> str:
    """What a folder holds instead of a run, where another command wrote it."""
    return next((f"; it is that of {what}" for file, what in _OTHERS.items() if (folder / file).exists()), "")


def read_stable(folder: Path, name: str, manifest: Mapping[str, Any]) -> bytes:
    """The bytes of a stable file, exactly as written; raises ResultsError when they are not."""
    path = folder / name
    if path.is_symlink() or not path.is_file():
        raise ResultsError(f"{shown(path)}: missing")
    with told(path):
        content = path.read_bytes()
    if sha256(content) != manifest["files"][name]:
        raise ResultsError(f"{shown(path)}: changed since it was written")
    return content


def replicates(folder: Path) -> list[Path]:
    """The folders of the replicates of a replicated run, in order; none for a single run."""
    found = [path for path in folder.glob(f"{REPLICATES}*") if path.name[len(REPLICATES) :].isdecimal()]
    return sorted(found, key=lambda path: int(path.name[len(REPLICATES) :]))


def read_list(folder: Path) -> dict[str, str]:
    """Name and digest of every replicate that was written into a folder; raises ResultsError when that is not known."""
    listed = read_sealed(folder / LIST)
    runs = listed.get("runs")
    if listed.get("format") != LIST_FORMAT or not isinstance(runs, dict) or listed.get("digest") != digest(runs):
        raise ResultsError(f"{shown(folder / LIST)}: not the list of a replicated run")
    return runs


def verify(folder: Path) -> list[str]:
    """What is wrong with a run folder, or a folder of replicates: files missing, changed or added; empty when whole."""
    if (folder / MANIFEST).exists() or not ((folder / LIST).exists() or replicates(folder)):
        return _verify_one(folder)
    problems, listed = [], {}
    try:
        listed = read_list(folder)
    except ResultsError as problem:
        problems.append(str(problem))
    for name in sorted({*listed, *(run.name for run in replicates(folder))}):
        found = _verify_one(folder / name)
        if not found and read_manifest(folder / name)["digest"] != listed.get(name):
            found = [f"{shown(folder / name)}: not the replicate that was written there"]
        problems += found
    return problems + [f"{shown(path)}: no part of the run" for path in foreign_around(folder)]


def _verify_one(folder: Path) -> list[str]:
    try:
        manifest = read_manifest(folder)
    except ResultsError as problem:
        return [str(problem)]
    problems = []
    for name in sorted(manifest["files"], key=[*STABLE, *OWN].index):
        try:
            read_stable(folder, name, manifest)
        except ResultsError as problem:
            problems.append(str(problem))
    try:
        read_sealed(folder / RUN_INFO)
    except ResultsError as problem:
        problems.append(str(problem))
    return problems + [f"{shown(path)}: no part of the run" for path in foreign(folder, manifest)]


def foreign(folder: Path, manifest: Mapping[str, Any]) -> list[Path]:
    """What the run of this manifest did not put into its folder."""
    known = (MANIFEST, RUN_INFO, *manifest["files"], *ADDED)
    return sorted(path for path in folder.iterdir() if path.name not in known)


def foreign_around(folder: Path) -> list[Path]:
    """What no replicated run puts beside its replicates."""
    runs = replicates(folder)
    return sorted(path for path in folder.iterdir() if path not in runs and path.name not in (LIST, *ADDED))
