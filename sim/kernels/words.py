"""The random words behind every draw: Philox at an address, SplitMix64 for blocks of boxes.

The address of a word is (seed, purpose, entity, day, k). The bits are Philox4x32-10 (Salmon, Moraes, Dror and Shaw
2011, "Parallel random numbers: as easy as 1, 2, 3"):

    key (64 bits)         first 8 bytes of BLAKE2b over seed, replicate and purpose
    counter word 0        k in the low 24 bits; in the high 8 the attempt, which only rejection samplers move
    counter word 1        day
    counter words 2, 3    the entity's 64-bit key

Where words are needed by the hundred thousand (boxes, arrivals, queues), a block of them has a key of its own and its
members are hashes of their number, at a third of the price.
"""

import numpy as np
from numpy.typing import NDArray

from sim.kernels.compiling import jit, jit_inline

type Keys = NDArray[np.uint64]
type Floats = NDArray[np.float64]
type Integers = NDArray[np.int64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""2**64 divided by the golden ratio, made odd: the step between neighbouring words (Steele, Lea and Flood 2014)."""

_LOW32, _1, _11, _32 = np.uint64(0xFFFFFFFF), np.uint64(1), np.uint64(11), np.uint64(32)
_LEFT, _RIGHT, _STEP0, _STEP1 = map(np.uint64, (0xD2511F53, 0xCD9E8D57, 0x9E3779B9, 0xBB67AE85))  # Philox's own


@jit_inline
def philox4x32(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Philox4x32-10: four 32-bit words (held in uint64) for a counter of four words and a key of two."""
    for _ in range(10):
        left, right = _LEFT * c0, _RIGHT * c2
        c0, c1, c2, c3 = (right >> _32) ^ c1 ^ k0, right & _LOW32, (left >> _32) ^ c3 ^ k1, left & _LOW32
        k0, k1 = (k0 + _STEP0) & _LOW32, (k1 + _STEP1) & _LOW32
    return c0, c1, c2, c3


@jit_inline
def words_at(
    key: np.uint64, entity: np.uint64, day: int, k: int, attempt: int
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """The four 32-bit words at an address."""
    c0, c1 = np.uint64((k & 0xFFFFFF) | (attempt << 24)), np.uint64(day & 0xFFFFFFFF)
    return philox4x32(c0, c1, entity & _LOW32, entity >> _32, key & _LOW32, key >> _32)


@jit_inline
def unit(word: np.uint64) -> float:
    """64 bits as an odd multiple of 2**-53: never 0, never 1, and 1 - u is as likely as u (Random123, u01fixedpt)."""
    return float(np.int64((word >> _11) | _1)) * 2.0**-53


@jit_inline
def fraction(low: np.uint64, high: np.uint64) -> float:
    """A uniform number from two words of 32 bits, as `unit` makes it of one of 64."""
    return unit((high << _32) | low)


@jit
def uniform(key: np.uint64, entity: np.uint64, day: int, k: int) -> float:
    """Uniform on the open interval (0, 1)."""
    low, high, _, _ = words_at(key, entity, day, k, 0)
    return fraction(low, high)


@jit_inline
def mix64(x: np.uint64) -> np.uint64:
    """The SplitMix64 finaliser: a bijection of 64-bit words that scatters neighbours (Steele, Lea and Flood 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@jit_inline
def nth_key(key: np.uint64, n: int) -> np.uint64:
    """The key of member `n` >= 0 of what `key` stands for; different members of one key never share theirs."""
    return mix64(mix64(key) + np.uint64(n + 1) * GOLDEN)


@jit_inline
def box_word(block: np.uint64, j: int) -> np.uint64:
    """The 64 random bits of member `j` of a block: SplitMix64, a third of the price of Philox."""
    return mix64(block + np.uint64(j + 1) * GOLDEN)


@jit_inline
def block_fraction(block: np.uint64, j: int) -> float:
    """Uniform on the open interval (0, 1), from the word of member `j` of a block."""
    return unit(box_word(block, j))


@jit_inline
def mix32(x: np.uint32) -> np.uint32:
    """The finaliser of MurmurHash3 (Appleby 2008): a bijection of 32-bit words that scatters neighbours."""
    x = np.uint32((x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B))
    x = np.uint32((x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35))
    return np.uint32(x ^ (x >> np.uint32(16)))
