"""Prints docs/calibrated.md: the flagship fitted to 2019 to 2023, and what such runs say of 2024, which was held out.

`python docs/make_calibration.py FOLDER > docs/calibrated.md` takes the folder of a calibration by
`calibrations/latam_europe`, finished or not, and goes on in it; without a finished folder that takes hours. Then
`python docs/make_validation.py --fit` takes the new tables over into docs/validation.md.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

from sim.analysis.calibration_file import read_calibration
from sim.analysis.posterior import LEVEL, Beside, Posterior, calibrate
from sim.analysis.posterior_files import told

CALIBRATION = "calibrations/latam_europe"
HEADING = """\
# The flagship, calibrated

Some assumed numbers of [latam_europe](../scenarios/latam_europe.yaml) fitted to what was published for 2019 to 2023,
and what runs of the fitted values say of 2024, which nothing was fitted to. `docs/make_calibration.py` makes this page
from the folder of [the calibration](../scenarios/calibrations/latam_europe.yaml). The method, and what it cannot say,
stand in [calibration.md](calibration.md).

The default flagship is not changed by any of this; [validation.md](validation.md) shows it as it stands. Nor is the
posterior shipped as a scenario: the fit below is a small one, of few particles. Most of the distance of the default
flagship is Antwerp: too little is seized there, and too large a share of what comes.
[calibration.md](calibration.md#why-antwerp-is-the-miss) tells which numbers make it so.

## How to read it

- *before* is the mean of runs of the scenario as it stands; *median* and interval are of runs of the posterior. A
  published figure in the interval is one that the model can make, no more: wide intervals hold much.
- Ranges were chosen before any fit, and are those of the scenario. A posterior at the end of its range says that the
  range, or the model, is wrong there.
- Predictions of 2024 assume that nothing changed but the calendar. Antwerp and Rotterdam tightened control in 2024
  ([natural_experiment.md](natural_experiment.md)); production of 2024 is not published, and stays at that of 2023.
"""


def text(found: Posterior) -> str:
    """The whole page."""
    rows = found.beside()
    told_of = list(told(found))
    first = next(at for at, line in enumerate(told_of[2:], 2) if line) + 1  # title and question
    body = "\n".join(told_of[first:])
    return f"{HEADING}\n## Summary\n\n{summary(rows)}\n{missed(rows)}\n{body}\n"


def summary(rows: list[Beside]) -> str:
    """How many published figures the runs hold, and how far their medians are from them."""
    lines = [
        f"| use | figures | in the {LEVEL:.0%} interval | within a factor of two, before | after, by the median |",
        "|---|---:|---:|---:|---:|",
    ]
    for use in ("fitted", "held out", "beside"):
        chosen = [row for row in rows if row.use == use]
        inside = sum(row.inside for row in chosen)
        counts = f"{inside} | {_near(chosen, 'before')} | {_near(chosen, 'median')}"
        lines.append(f"| {use} | {len(chosen)} | {counts} |")
    return "\n".join([*lines, ""])


def missed(rows: list[Beside]) -> str:
    """The places whose published figures lie outside the interval in half of the years or more, and by how much."""
    by_place: dict[tuple[str, str], list[Beside]] = {}
    for row in rows:
        by_place.setdefault((row.figure, row.place), []).append(row)
    found = []
    for (figure, place), those in by_place.items():
        outside = [row for row in those if not row.inside]
        if 2 * len(outside) >= len(those):
            ratio = math.exp(sum(math.log(max(row.median, 1e-9) / row.published) for row in outside) / len(outside))
            years = f"{len(outside)} of {len(those)} years"
            told_ratio = f"{ratio:.2g} times" if ratio > 0.01 else "next to nothing of"
            found.append(f"{figure.replace('_', ' ')} at {place} ({years}, {told_ratio} the published)")
    if not found:
        return "No place has its published figures outside the interval in half of its years or more.\n"
    return (
        "What no values within these ranges bring near, or luck alone does: published figures lie outside the interval "
        f"for {'; '.join(found)}.\n"
    )


def _near(rows: list[Beside], word: str) -> int:
    return sum(0.5 <= getattr(row, word) / row.published <= 2.0 for row in rows)


def main(arguments: list[str]) -> None:
    """Take up the folder that is named, and print the page."""
    folder = Path(arguments[0]) if arguments else Path("runs") / "calibrated"
    sys.stdout.write(text(calibrate(read_calibration(CALIBRATION), folder)))


if __name__ == "__main__":
    main(sys.argv[1:])
