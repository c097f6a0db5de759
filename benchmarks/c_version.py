"""The same loop in C, compiled on the spot for this very processor, called through ctypes."""

import ctypes
import functools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.workload import CLASSES, KEY, WIDTH, ByRange, Morning, World
from sim.kernels.boxes import Day, Scratch

SOURCE = Path(__file__).with_suffix(".c")
FLAGS = ("-O3", "-march=native", "-fopenmp-simd", "-std=gnu11", "-shared", "-fPIC")


def compiler() -> str | None:
    """The C compiler of this machine: $CC, cc, gcc or clang, whichever is there first."""
    return next(filter(None, map(shutil.which, (os.environ.get("CC", "cc"), "gcc", "clang"))), None)


@functools.cache
def _library() -> ctypes.CDLL:
    program = compiler()
    if program is None:
        raise RuntimeError("this machine has no C compiler")
    with tempfile.TemporaryDirectory() as folder:  # a loaded library outlives its file
        made = Path(folder, "c_version.so")
        subprocess.run([program, *FLAGS, str(SOURCE), "-o", str(made), "-lm"], check=True)
        return ctypes.CDLL(str(made))


def _struct(values: Any) -> ctypes.Array[ctypes.c_int64]:
    """A named tuple as the C struct of the same fields: 8 bytes each, an address or a number.

    Raises RuntimeError when the struct has another number of fields.
    """
    kind = ("Boxes", "Rules", "Contaminated", "Scratch", "Day").index(type(values).__name__)
    if _library().fields_of(ctypes.c_int64(kind)) != len(values):
        raise RuntimeError(f"{type(values).__name__} has {len(values)} fields here, but not in {SOURCE.name}")
    fields = [value.ctypes.data if isinstance(value, np.ndarray) else int(value) for value in values]
    return (ctypes.c_int64 * len(fields))(*fields)


class CVersion(ByRange):
    """Plain C, as `c_version.c` has it."""

    name = "C, 1 thread"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.function = _library().clear_controls
        self.function.restype = None
        self.scratch = Scratch.of(world.largest())
        self.near = np.zeros(world.controls, np.int32)
        self.boxes, self.space = _struct(world.boxes), _struct(self.scratch)

    def clear_range(self, first: int, last: int, morning: Morning, out: Day) -> None:
        number, address = ctypes.c_int64, ctypes.c_void_p
        self.function(
            number(first), number(last), number(morning.day), address(morning.today.ctypes.data), self.boxes,
            _struct(morning.rules), _struct(morning.dirty), address(self.near.ctypes.data), ctypes.c_uint64(int(KEY)),
            self.space, _struct(out), number(WIDTH), number(CLASSES),
        )  # fmt: skip

    def last_chosen(self, count: int) -> NDArray[np.int32]:
        return self.scratch.at[:count]
