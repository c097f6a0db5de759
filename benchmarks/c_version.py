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


class Structs:
    """Named tuples as the C structs of the same fields: 8 bytes each, an address or a number.

    The address of an array that was there the last time is known; to ask for it takes as long as 100 boxes.
    """

    def __init__(self) -> None:
        self.before: dict[str, tuple[Any, list[int]]] = {}

    def of(self, values: Any) -> ctypes.Array[ctypes.c_int64]:
        """The struct. Raises RuntimeError when it has another number of fields."""
        name = type(values).__name__
        if name not in self.before:
            kind = ("Boxes", "Rules", "Contaminated", "Scratch", "Day").index(name)
            if _library().fields_of(ctypes.c_int64(kind)) != len(values):
                raise RuntimeError(f"{name} has {len(values)} fields here, but not in {SOURCE.name}")
            self.before[name] = (None,) * len(values), [0] * len(values)
        old, fields = self.before[name]
        fields = [at if value is was else _field(value) for value, was, at in zip(values, old, fields, strict=True)]
        self.before[name] = values, fields
        return (ctypes.c_int64 * len(fields))(*fields)


def _field(value: Any) -> int:
    return value.ctypes.data if isinstance(value, np.ndarray) else int(value)


class CVersion(ByRange):
    """Plain C, as `c_version.c` has it."""

    name = "C, 1 thread"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.function = _library().clear_controls
        self.function.restype = None
        self.scratch = Scratch.of(world.largest())
        self.near, self.controls = np.zeros(world.controls, np.int32), world.controls
        self.structs = Structs()
        self.boxes, self.space = self.structs.of(world.boxes), self.structs.of(self.scratch)

    def clear_range(self, first: int, last: int, morning: Morning, out: Day) -> None:
        number, address, struct = ctypes.c_int64, ctypes.c_void_p, self.structs.of
        self.function(
            number(first), number(last), number(morning.day), address(morning.today.ctypes.data), self.boxes,
            struct(morning.rules), struct(morning.dirty), address(self.near.ctypes.data), ctypes.c_uint64(int(KEY)),
            self.space, struct(out), number(WIDTH), number(CLASSES), number(self.controls),
        )  # fmt: skip

    def last_chosen(self, count: int) -> NDArray[np.int32]:
        return self.scratch.at[:count]
