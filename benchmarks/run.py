"""Measure everything, print it, and keep it: results.json, peers.png and the table in README.md."""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from benchmarks import machine, measures, page, processes
from benchmarks.peers import missing
from benchmarks.timing import noise

HERE = Path(__file__).resolve().parent
QUICKLY = HERE.parent / "runs" / "bench"


def measured(quick: bool, full: bool) -> dict[str, Any]:
    """All results as one value that JSON can hold."""
    rounds = 2 if quick else 5
    found: dict[str, Any] = {"machine": machine.kind(), "mode": "quick" if quick else "full" if full else "usual"}
    found["missing"] = missing()
    start = time.perf_counter()
    with noise(found):
        found["peers"] = measures.compare_peers(rounds, quick, full)
        found["year"] = measures.year(1 if quick else 5)
        found["scaling"] = measures.scaling(rounds, quick, full)
    found["simulations"] = processes.simulations(1 if quick else 3, 60 if quick else 3_000)
    found["memory"] = processes.memory(quick)
    found["compilation"] = processes.compilations(1 if quick else 3)
    found["cold start"] = processes.cold_starts(2 if quick else 9)
    found["minutes"] = round((time.perf_counter() - start) / 60, 1)
    return found


def main() -> None:
    """The command `python -m benchmarks`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two minutes, fewer rounds; kept in runs/bench")
    parser.add_argument("--full", action="store_true", help="up to 100 million boxes a day as well (needs 4 GB)")
    parser.add_argument("--out", type=Path, help="folder for results, picture and page")
    given = parser.parse_args()
    folder = given.out or (QUICKLY if given.quick else HERE)
    folder.mkdir(parents=True, exist_ok=True)
    found = measured(given.quick, given.full)
    (folder / "results.json").write_text(json.dumps(found, indent=1) + "\n")
    page.draw(found, folder / "peers.png")
    (folder / "README.md").write_text(page.write(found))
    print(page.write(found))


if __name__ == "__main__":
    main()
