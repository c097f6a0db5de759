"""The `jit` decorator of every kernel, and the folder where machine code waits for the next run.

Numba's own cache notices a change in the file that defines a kernel, but not in another file whose functions
were compiled into it: old machine code would go on running. Here the name of the cache folder holds the package
version and a hash of every kernel source, so each state of the code has its own folder. The place and the time of the
sources are in the hash because Numba asks for both: a folder then has all that an installation needs, or is not there,
and can be copied to the nodes of a cluster as it is.

Run `python -m sim.kernels.compiling` to compile everything ahead of the first run.
"""

import contextlib
import functools
import hashlib
import importlib
import itertools
import os
import pkgutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TextIO, cast

import numpy as np

MANY = 3
"""Processors from which on it is faster to compile twice what two large kernels have in common."""
BY_LINE = "-"
"""What asks for modules line by line."""
APART = "import sys; sys.path.append({!r}); from sim.kernels.compiling import main; main([{!r}])"
"""What a process does that compiles for others: these very sources, whatever the folder that it is started in has."""
_SOURCES = Path(__file__).resolve().parent
_DECORATING = threading.Lock()
_WARNED: list[str] = []


def jit[F: Callable[..., Any]](function: F) -> F:
    """Compile `function` on its first call, without fast maths, and keep the machine code for later runs.

    The compiled function releases the GIL and divides as NumPy does (`1.0 / 0.0` is infinite). Under
    NUMBA_DISABLE_JIT=1 the plain Python function is returned, with NumPy's overflow warnings off, because
    integer arithmetic modulo 2^64 is meant to wrap.
    """
    return _compiled(function)


def jit_inline[F: Callable[..., Any]](function: F) -> F:
    """As `jit`, and built into each caller: for small functions in loops that should handle several items at once."""
    return _compiled(function, forceinline=True)


def jit_bare[F: Callable[..., Any]](function: F) -> F:
    """As `jit`, for functions that make no array: none is counted as in use, which in short loops costs more than the
    work itself (two atomic instructions for every array of every tuple handed on)."""
    return _compiled(function, _nrt=False)


def jit_part[F: Callable[..., Any]](function: F) -> F:
    """As `jit_bare`, for functions that only compiled ones call: they become machine code as a part of these, and have
    no door for Python."""
    return _part(function)


def jit_built_in[F: Callable[..., Any]](function: F) -> F:
    """As `jit_part`, and built into each caller: to hand on the arrays of a few tuples, word by word, takes longer than
    what a small function does with them."""
    return _part(function, forceinline=True)


def jit_step[F: Callable[..., Any]](function: F) -> F:
    """As `jit_built_in`, for large steps that one function calls in one place: their Python becomes part of it before
    anything is compiled. Machine code in machine code in machine code would be improved anew at every floor."""
    return _part(function, inline="always")


_SETTINGS = {"fastmath": False, "nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}


def _part[F: Callable[..., Any]](function: F, **options: bool | str) -> F:
    numba: Any = importlib.import_module("numba")
    if numba.config.DISABLE_JIT:
        return np.errstate(all="ignore")(function)
    settings = {**_SETTINGS, "_nrt": False, "no_cpython_wrapper": True, **options}
    return cast(F, numba.njit(pipeline_class=_pipeline_of_parts(), **settings)(function))


@functools.cache
def _pipeline_of_parts() -> Any:
    """How Numba compiles a part: up to the point where it would optimise it and make machine code of it.

    Numba does both for every function, and again for each one that calls it, level by level. Here parts wait as they
    were written for the kernel that they are built into, and are optimised once, together. A Numba that is built
    otherwise goes its own way.
    """
    compiler: Any = importlib.import_module("numba.core.compiler")
    library: Any = importlib.import_module("numba.core.codegen").JITCodeLibrary
    if not all(hasattr(library, f"_{step}") for step in ("optimize_final_module", "finalize_final_module")):
        return compiler.Compiler

    class Part(library):  # type: ignore[misc]
        """Code without an address: what would be kept by address is not kept."""

        def _optimize_final_module(self) -> None:
            pass

        def _finalize_final_module(self) -> None:
            self._finalized = True

        def get_pointer_to_function(self, _: str) -> int:
            self._ensure_finalized()
            return 0

        @property
        def codegen(self) -> Any:
            return self

        def set_env(self, name: str, env: Any) -> None:
            pass

    class Pipeline(compiler.Compiler):  # type: ignore[misc]
        """Numba's own, whose code becomes a part."""

        def __init__(self, typing: Any, target: Any, library: Any, *others: Any) -> None:
            super().__init__(typing, target, library or Part(target.codegen(), "part"), *others)

    return Pipeline


def _compiled[F: Callable[..., Any]](function: F, **options: bool) -> F:
    numba: Any = importlib.import_module("numba")
    if numba.config.DISABLE_JIT:
        return np.errstate(all="ignore")(function)
    decorator = functools.partial(numba.njit, **_SETTINGS, **options)
    folder = cache_folder()
    if folder is None:
        return cast(F, decorator(function))
    with _DECORATING:  # Numba reads the folder from a global when it decorates; other packages keep theirs
        before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(folder)
        try:
            return cast(F, _read_at_once(decorator(function, cache=True)))
        except RuntimeError as reason:  # no place for this function, for example when it was typed at a prompt
            _warn_once(f"{reason}; it will be compiled again in every run")
            return cast(F, decorator(function))
        finally:
            numba.config.CACHE_DIR = before


def _read_at_once(compiled: Any) -> Any:
    """Let a compiled function read its machine code without loading what Numba needs to compile.

    Numba loads all that it knows of Python and NumPy first, and for that SciPy: half a second that machine code from
    an earlier run does not need. What has to be compiled loads it then. A Numba that is built otherwise goes its own
    way.
    """
    cache: Any = getattr(compiled, "_cache", None)
    if not hasattr(cache, "_load_overload") or not hasattr(cache, "_guard_against_spurious_io_errors"):
        return compiled
    runtime = importlib.import_module("numba.core.runtime.nrt").rtsys

    def load_overload(signature: Any, target: Any) -> Any:
        runtime.initialize(target)
        with cache._guard_against_spurious_io_errors():
            return cache._load_overload(signature, target)

    cache.load_overload = load_overload
    return compiled


@functools.cache
def cache_folder() -> Path | None:
    """The private, writable folder for the machine code of these very sources, or None if there is none.

    NUMBA_CACHE_DIR comes first, else the user's cache folder; if that cannot be used, a folder of this user
    under the system's temporary folder. Whoever can write a cache entry can run code as the reader, so a
    folder that belongs to, or can be written by, somebody else is refused.
    """
    name = f"kernels-{_package_version()}-{_state_of_sources()[:20]}"
    refused = []
    for parent in _places():
        try:
            _make_private(parent / name)
        except OSError as reason:
            refused.append(f"{parent}: {reason.strerror or reason}")
            continue
        if refused:
            _warn_once(f"compiled kernels are kept in {parent}, because of {refused[0]}")
        return parent / name
    _warn_once(f"no folder to keep compiled kernels, they will be compiled again in every run ({'; '.join(refused)})")
    return None


def compiled_before(mode: str = "micro") -> bool:
    """Whether an earlier run left compiled kernels of these very sources for a mode of control. Does not load Numba."""
    folder = cache_folder()
    return folder is not None and any(folder.glob("*/thinned*.nbi" if mode == "thinned" else "*/*.nbi"))


def modules() -> list[str]:
    """Names of the kernel modules."""
    return sorted(module.name for module in pkgutil.iter_modules([str(_SOURCES)]) if module.name != "compiling")


def warm(names: Iterable[str] | None = None) -> None:
    """Import kernel modules, all of them unless some are named, and call their `warm()` where they have one."""
    for name in modules() if names is None else names:
        getattr(importlib.import_module(f"sim.kernels.{name}"), "warm", lambda: None)()


def prepare(mode: str = "thinned") -> None:
    """Compile the kernels that runs in a mode of control need, in as many processes as can work; those of `thinned` are
    all there are.

    Nothing where there is no folder to keep them.
    """
    if cache_folder() is None:
        return
    workers = cores()
    left = deque(_work(modules(), workers, thinned=mode == "thinned"))
    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(_compile_apart, left) for _ in range(min(workers, len(left)))]:
            done.result()


def cores() -> int:
    """Processors that may be used."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _work(there: Sequence[str], workers: int, *, thinned: bool) -> list[tuple[str, ...]]:
    """Modules that are best compiled by one process, what takes longest first."""
    both = ("inspection", "thinned") if thinned else ("inspection",)  # much of one is in the other
    first: list[tuple[str, ...]] = [both] if workers < MANY else [(name,) for name in reversed(both)]
    first += [(name,) for name in ("planning", "carrying", "briefing", "docket", "signals", "draws", "corruption")]
    work = [names for names in first if set(names) <= set(there)]
    taken = {"thinned", *itertools.chain.from_iterable(work)}
    return work + [(name,) for name in there if name not in taken]


def _compile_apart(left: deque[tuple[str, ...]]) -> None:
    """Let a process compile kernel modules, of those that are left, until none is."""
    command = [sys.executable, "-P", "-c", APART.format(str(_SOURCES.parent.parent), BY_LINE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:  # noqa: S603
        asks, says = cast("TextIO", worker.stdin), cast("TextIO", worker.stdout)
        with contextlib.suppress(IndexError):  # when none is left
            while True:
                asks.write(" ".join(left.popleft()) + "\n")
                asks.flush()
                if not says.readline():
                    break
        asks.close()
    if worker.returncode:
        raise subprocess.CalledProcessError(worker.returncode, command)


def _places() -> Iterator[Path]:
    """Parents of the cache folder, in the order in which they are tried."""
    given = os.environ.get("NUMBA_CACHE_DIR")
    with contextlib.suppress(RuntimeError):  # a user without a home folder
        yield Path(given).absolute() if given else _user_cache()
    if sys.platform == "win32":  # the temporary folder is the user's own
        yield Path(tempfile.gettempdir(), "chokepoint")
    else:
        own = Path(tempfile.gettempdir(), f"chokepoint-{os.getuid()}")
        try:
            _make_private(own)
        except OSError:
            return
        yield own


def _user_cache() -> Path:
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        given = os.environ.get("XDG_CACHE_HOME", "")
        base = given if os.path.isabs(given) else Path.home() / ".cache"  # a relative path is to be ignored
    return Path(base, "chokepoint")


def _make_private(folder: Path) -> None:
    """Make `folder` if it is missing. Raises OSError unless it is ours alone and a file can be written to it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if sys.platform != "win32":
        status = folder.lstat()
        if folder.is_symlink() or status.st_uid != os.getuid() or status.st_mode & 0o022:
            raise PermissionError(f"{folder} can be changed by another user")
    tempfile.TemporaryFile(dir=folder).close()


def _package_version() -> str:
    try:
        return version("chokepoint")
    except PackageNotFoundError:
        return "source"


def _state_of_sources() -> str:
    """SHA-256 over the places, times and contents of all kernel sources."""
    digest = hashlib.sha256()
    for path in sorted(_SOURCES.glob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path} {path.stat().st_mtime_ns} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _warn_once(line: str) -> None:
    """Say on stderr what is amiss, the first time that something is."""
    if not _WARNED:
        _WARNED.append(line)
        sys.stderr.write(f"chokepoint: {line}\n")


def main(names: Sequence[str]) -> None:
    """Compile the named kernel modules, or those that each line of the input names; without names, all of them, and say
    how long it took and where they are."""
    if names == [BY_LINE]:
        for line in sys.stdin:
            warm(line.split())
            sys.stdout.write(line)
            sys.stdout.flush()
    elif names:
        warm(names)
    else:
        start = time.perf_counter()
        prepare()
        seconds = time.perf_counter() - start
        sys.stdout.write(f"kernels ready in {seconds:.1f} s, kept in {cache_folder() or 'memory only'}\n")


if __name__ == "__main__":
    from sim.kernels.compiling import main as main_of_the_imported_module  # kernels import that one, not __main__

    main_of_the_imported_module(sys.argv[1:])
