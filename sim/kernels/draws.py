"""Addressed randomness: every draw is a pure function of (seed, purpose, entity, day, k).

No generator is shared and none has a state, so order, threads and added processes cannot change a draw, and the
same person, box or ship meets the same luck under every policy. `Draws` is the face for Python of the words in
`sim.kernels.words` and the samplers in `sim.kernels.samplers`.
"""

import functools
import hashlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.kernels import samplers
from sim.kernels.samplers import nth_keys, pair_keys
from sim.kernels.words import Floats, Integers, Keys, nth_key, uniform

type Entity = str | int | np.uint64


def _hashed(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode()).digest()[:8], "little"))


@functools.lru_cache(maxsize=1 << 20)
def entity_key(name: str) -> np.uint64:
    """The 64-bit key of a name: first 8 bytes, little endian, of its BLAKE2b.

    What lies between two named ends, as a lane does, has a key made of theirs: `samplers.pair_keys`.
    """
    return _hashed(name)


def child_key(entity: Entity, index: int) -> np.uint64:
    """The key of the numbered member `index` >= 0 of an entity, for example one courier of a community.

    Inside a kernel it is `nth_key`: Numba hands a uint64 back to Python as an int, so here it is made one again.
    """
    return np.uint64(nth_key(_key_of(entity), int(index)))


def child_keys(entity: Entity, first: int, count: int) -> Keys:
    """`child_key` of `count` members from number `first` on: uint64[count]."""
    return nth_keys(_key_of(entity), int(first), int(count))


def _key_of(entity: Entity) -> np.uint64:
    if type(entity) is np.uint64:
        return entity
    return entity_key(entity) if isinstance(entity, str) else np.uint64(entity)


def _array[S: (np.float64, np.uint64)](values: ArrayLike, kind: type[S]) -> NDArray[S]:
    """The one kind of array the kernels are compiled for: contiguous and writable."""
    array = np.ascontiguousarray(values, kind)
    return array if array.flags.writeable else array.copy()


def _possible[N: (int, float)](drawn: N, *parameters: float) -> N:
    if drawn >= 0:
        return drawn
    raise ValueError(f"no distribution has the parameters {', '.join(map(str, parameters))}")


@dataclass(frozen=True, slots=True)
class Draws:
    """All luck of one replicate. `entity` is a name, or a key from `entity_key` or `child_key`.

    Each method is the function of the same name above, with the words of a purpose in place of its key. Parameters
    that no distribution can have raise ValueError.
    """

    seed: int
    replicate: int = 0
    _keys: dict[str, np.uint64] = field(default_factory=dict, init=False, repr=False, compare=False)

    def key(self, purpose: str) -> np.uint64:
        """The 64-bit key of a purpose, to hand to a kernel."""
        key = self._keys.get(purpose)
        if key is None:
            key = self._keys[purpose] = _hashed(f"{int(self.seed)}/{int(self.replicate)}/{purpose}")
        return key

    def uniform(self, purpose: str, entity: Entity, day: int, k: int = 0) -> float:
        """Uniform on the open interval (0, 1)."""
        return uniform(self.key(purpose), _key_of(entity), int(day), int(k))

    def normal(self, purpose: str, entity: Entity, day: int, k: int = 0) -> float:
        """Standard normal."""
        return samplers.normal(self.key(purpose), _key_of(entity), int(day), int(k))

    def lognormal(self, purpose: str, entity: Entity, day: int, k: int, mu: float, sigma: float) -> float:
        """Lognormal of median exp(mu)."""
        return samplers.lognormal(self.key(purpose), _key_of(entity), int(day), int(k), float(mu), float(sigma))

    def exponential(self, purpose: str, entity: Entity, day: int, k: int, mean: float) -> float:
        """Exponential."""
        return samplers.exponential(self.key(purpose), _key_of(entity), int(day), int(k), float(mean))

    def poisson(self, purpose: str, entity: Entity, day: int, k: int, mean: float) -> int:
        """Poisson count."""
        return _possible(samplers.poisson(self.key(purpose), _key_of(entity), int(day), int(k), float(mean)), mean)

    def gamma(self, purpose: str, entity: Entity, day: int, k: int, shape: float) -> float:
        """Gamma of scale 1."""
        return _possible(samplers.gamma(self.key(purpose), _key_of(entity), int(day), int(k), float(shape)), shape)

    def beta(self, purpose: str, entity: Entity, day: int, k: int, a: float, b: float) -> float:
        """Beta(a, b)."""
        return _possible(samplers.beta(self.key(purpose), _key_of(entity), int(day), int(k), float(a), float(b)), a, b)

    def choice(self, purpose: str, entity: Entity, day: int, k: int, weights: ArrayLike) -> int:
        """An index in proportion to `weights`; as the function, -1 where there is nothing to choose."""
        return samplers.choice(self.key(purpose), _key_of(entity), int(day), int(k), _array(weights, np.float64))

    def integer(self, purpose: str, entity: Entity, day: int, k: int, n: int) -> int:
        """One of 0..n-1."""
        return _possible(samplers.integer(self.key(purpose), _key_of(entity), int(day), int(k), int(n)), n)

    def uniforms(self, purpose: str, entities: Keys, day: int, k: int = 0) -> Floats:
        """`uniform` of each entity key."""
        return samplers.uniforms(self.key(purpose), _array(entities, np.uint64), int(day), int(k))

    def lognormals(self, purpose: str, entities: Keys, day: int, k: int, mu: float, sigma: float) -> Floats:
        """`lognormal` of each entity key."""
        keys = _array(entities, np.uint64)
        return samplers.lognormals(self.key(purpose), keys, int(day), int(k), float(mu), float(sigma))

    def poissons(self, purpose: str, entities: Keys, day: int, means: ArrayLike) -> Integers:
        """`poisson` of each entity key, at k = 0."""
        return samplers.poissons(self.key(purpose), _array(entities, np.uint64), int(day), _array(means, np.float64))


def warm() -> None:
    """Compile each function for the types that a run uses."""
    draws, where, keys = Draws(0), ("", 0, 0, 0), np.zeros(1, np.uint64)
    draws.uniform(*where), draws.normal(*where), draws.lognormal(*where, 0.0, 1.0)
    draws.uniforms("", keys, 0), child_key(0, 0), child_keys(0, 0, 1), pair_keys(keys, keys)
    draws.lognormals("", keys, 0, 0, 0.0, 1.0)
    draws.poisson(*where, 1.0), draws.beta(*where, 1.0, 1.0), draws.choice(*where, np.ones(1))
