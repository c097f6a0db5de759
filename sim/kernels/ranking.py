"""Ranking by counting: the n-th highest of some values without sorting them, what comes before it, and the first."""

from __future__ import annotations

from sim.kernels.boxes import I32, I64, U64
from sim.kernels.compiling import jit_part
from sim.kernels.words import mix64


@jit_part
def first_least(values):  # type: ignore[no-untyped-def]
    """Where the least of one or more values stands; the first of equals.

    What NumPy has for this, SciPy's linear algebra is loaded with, whenever machine code that asks for it is.
    """
    least = I64(0)
    for i in range(1, len(values)):
        if values[i] < values[least]:
            least = I64(i)
    return least


@jit_part
def count_from(values, n, least):  # type: ignore[no-untyped-def]
    """How many of the first n values are at least `least`."""
    above = I32(0)
    for i in range(U64(n)):
        above = I32(above + (values[i] >= least))  # 32 bits, so that many fit a register
    return I64(above)


@jit_part
def nth_highest(values, n, nth):  # type: ignore[no-untyped-def]
    """The value of rank `nth` (1 is the highest) among the first n, by halving the range."""
    low, high = values[0], values[0]
    for i in range(U64(n)):
        low, high = min(low, values[i]), max(high, values[i])
    low, high = I64(low), I64(high)
    while low < high:
        middle = (low + high + 1) >> 1
        if count_from(values, n, I32(middle)) >= nth:
            low = middle
        else:
            high = middle - 1
    return low


@jit_part
def keep_highest(values, words, n, wanted, block, luck, keep):  # type: ignore[no-untyped-def]
    """Mark the `wanted` highest of n values, 1 to n, in keep uint8[n]; among equals draws decide.

    words: uint64[n], the boxes; block: uint64, key of the control's draws today; luck: int32[n], working space.
    """
    cut = nth_highest(values, n, wanted)
    equals = U64(0)
    for t in range(U64(n)):
        if values[t] == cut:
            luck[equals] = I32(mix64(words[t] ^ block) >> U64(34))
            equals += U64(1)
    ties = wanted - count_from(values, n, I32(cut + 1))
    line = nth_highest(luck, I64(equals), ties)
    spare = ties - count_from(luck, I64(equals), I32(line + 1))
    equals = U64(0)
    for t in range(U64(n)):
        kept = values[t] > cut
        if values[t] == cut:
            kept = luck[equals] > line
            if luck[equals] == line and spare > 0:
                kept, spare = True, spare - 1
            equals += U64(1)
        keep[t] = kept
