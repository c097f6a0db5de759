"""Extras: libraries that not everybody needs, imported when they are, with one line that says how to install them."""

from __future__ import annotations

import importlib
import warnings
from typing import Any


class MissingExtra(ImportError):
    """A library that not everybody needs is not installed; the message says how to install it."""


def extra(name: str, library: str, *modules: str) -> Any:
    """Import modules of a library that comes with an extra; returns the first one.

    name: of the extra, as in `chokepoint[analysis]`. library: as people call it. Raises MissingExtra.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what it could do besides
            first, *_ = [importlib.import_module(module) for module in modules]
    except ImportError as absent:
        text = f"this needs {library}, which is not installed; pip install 'chokepoint[{name}]'"
        raise MissingExtra(text) from absent
    return first


def workbench() -> Any:
    """The EMA Workbench, and Platypus with it; raises MissingExtra."""
    return extra("analysis", "the EMA Workbench", "ema_workbench", "ema_workbench.em_framework.optimization")


def salib(module: str) -> Any:
    """A module of SALib, as `sample.sobol`; raises MissingExtra."""
    return extra("analysis", "SALib", f"SALib.{module}")


def pyabc() -> Any:
    """pyABC; raises MissingExtra."""
    return extra("analysis", "pyABC", "pyabc")


def xarray() -> Any:
    """xarray; raises MissingExtra."""
    return extra("readers", "xarray", "xarray")


def distributed() -> Any:
    """Dask's scheduler and workers, and what they need for jobs and certificates of their own; raises MissingExtra."""
    return extra("cluster", "Dask", "distributed", "dask_jobqueue", "cryptography")
