"""What kind of machine this is, without a name of it."""

import datetime
import importlib.metadata
import os
import platform
import subprocess
from pathlib import Path

from benchmarks.c_version import FLAGS, compiler

PACKAGES = ("numpy", "numba", "mesa", "polars")


def kind() -> dict[str, str]:
    """Date, processor, system and versions."""
    found = {
        "date": datetime.date.today().isoformat(),
        "processor": f"{os.cpu_count()} × {_processor()}",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
    }
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    program = compiler()
    if program:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
        found["C compiler"] = f"{said.splitlines()[0] if said else 'unknown'}, {' '.join(FLAGS[:3])}"
    return found


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
