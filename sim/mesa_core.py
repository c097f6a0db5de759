"""The core of Mesa, its `Agent` and `Model`: whatever else Mesa would load with them waits until somebody asks for it.

`import mesa` loads spaces, batch runs and tables, and for these SciPy, NetworkX and pandas: a second that no run needs.
"""

from __future__ import annotations

import importlib
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any


class _Waiting(ModuleType):
    """A package that is not loaded before something is asked of it; from then on it is like any other."""

    def __getattr__(self, name: str) -> Any:
        spec = self.__spec__
        if self.__class__ is not _Waiting or spec is None or spec.loader is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        self.__class__ = ModuleType  # type: ignore[assignment]
        self.__path__ = spec.submodule_search_locations or []
        spec.loader.exec_module(self)
        return getattr(self, name)


def _wait(package: str, *, parts_alone: bool) -> None:
    """Let a package wait, unless it is there already.

    parts_alone: whether its modules can be loaded without the package itself; else the first of them loads it.
    """
    spec = find_spec(package) if package not in sys.modules else None
    if spec is None:
        return
    module = module_from_spec(spec)
    module.__class__ = _Waiting
    if not parts_alone:
        del module.__path__
    sys.modules[package] = module
    parent, _, name = package.rpartition(".")
    if parent:
        setattr(sys.modules[parent], name, module)


def _load() -> Any:
    """Mesa with its two classes, and with all the rest waiting unless it is loaded already."""
    if "mesa" not in sys.modules:
        _wait("pandas", parts_alone=False)
        _wait("mesa", parts_alone=True)
        _wait("mesa.experimental", parts_alone=True)
    mesa: Any = sys.modules["mesa"]
    for part, name in (("agent", "Agent"), ("model", "Model")):
        setattr(mesa, name, getattr(_from_afar(f"mesa.{part}"), name))
    return mesa


def _from_afar(module: str) -> ModuleType:
    """A module, imported in a thread of its own: Mesa reads the sources of all who called when it is loaded, and in a
    new thread hardly anybody did."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(importlib.import_module, module).result()


_mesa = _load()
Agent: Any = _mesa.Agent
"""The class `mesa.Agent`."""
Model: Any = _mesa.Model
"""The class `mesa.Model`. Whatever says `import mesa` from here on finds a Mesa that waits."""
