"""Chances of sums of independent evidence, step by step, and the same steps taken back for what boxes teach.

Points are counted from the highest down: entry b stands for b points below the highest sum.
"""

from sim.kernels.boxes import F32, I64, U64
from sim.kernels.compiling import jit_bare, jit_part


@jit_part
def highest(points):  # type: ignore[no-untyped-def]
    """The highest of some points."""
    most = I64(points[0])
    for point in points:
        most = max(most, I64(point))
    return most


@jit_part
def spread_of(points):  # type: ignore[no-untyped-def]
    """How far apart the highest and the lowest of some points are."""
    least = I64(points[0])
    for point in points:
        least = min(least, I64(point))
    return highest(points) - least


@jit_bare
def add(target, down, scale, source, n):  # type: ignore[no-untyped-def]
    """target[down + j] += scale * source[j], j < n: all float32."""
    down = U64(down)
    if scale != 0.0:
        for j in range(U64(n)):
            target[down + j] += scale * source[j]


@jit_part
def write(target, source, n):  # type: ignore[no-untyped-def]
    """target[j] = source[j], j < n."""
    for j in range(U64(n)):
        target[j] = source[j]


@jit_part
def add_family(before, n, points, chances, after):  # type: ignore[no-untyped-def]
    """Chances of sums: after[n + spread] of before[n] and an evidence of some points and chances; returns how many."""
    most, size = highest(points), n + spread_of(points)
    after[:size] = 0.0
    for i in range(len(points)):
        add(after, most - points[i], chances[i], before, n)
    return size


@jit_bare
def dot(chances, n, worth, down, lanes):  # type: ignore[no-untyped-def]
    """Sum of chances[j] * worth[down + j], j < n, all float32.

    lanes: float32[a power of two], working space: as many sums side by side, which a processor takes together.
    """
    width, first, n, at = U64(len(lanes)), U64(0), U64(n), U64(down)
    lanes[:] = F32(0.0)
    while first < n:
        for lane in range(min(width, n - first)):
            lanes[lane] += chances[first + lane] * worth[at + lane]
        first, at = first + width, at + width
    half = width >> U64(1)
    while half > U64(0):
        for lane in range(half):
            lanes[lane] += lanes[lane + half]
        half >>= U64(1)
    return lanes[0]


@jit_part
def take_family(known, n, points, chances, worth, before, lesson, lanes):  # type: ignore[no-untyped-def]
    """What each level of an evidence teaches, into lesson; and what boxes teach by the points of all that is left,
    into before[n].

    known: float32[n], chances of these points; worth: by all points together; lanes: working space.
    """
    most = highest(points)
    before[:n] = 0.0
    for i in range(len(points)):
        down, chance = most - points[i], chances[i]
        lesson[i] = chance * dot(known, n, worth, down, lanes)
        add(before, 0, chance, worth[down:], n)
