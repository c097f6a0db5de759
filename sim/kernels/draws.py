"""Addressed randomness: every draw is a pure function of (seed, purpose, entity, day, k).

No generator is shared and none has a state, so order, threads and added processes cannot change a draw, and the
same person, box or ship meets the same luck under every policy. The bits are Philox4x32-10 (Salmon, Moraes, Dror
and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"). The address of a draw:

    key (64 bits)         first 8 bytes of BLAKE2b over seed, replicate and purpose
    counter word 0        k in the low 24 bits; in the high 8 the attempt, which only rejection samplers move
    counter word 1        day
    counter words 2, 3    the entity's 64-bit key

`Draws` is the face for Python. The compiled functions take `key` and `entity` as np.uint64, `day` and `k` as int64
(0 <= k < 2**24) and parameters as float64; a draw with impossible parameters is nan, or -1 where it is an integer.
"""

import functools
import hashlib
import math
from dataclasses import dataclass, field
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.kernels.compiling import jit, jit_inline

type Keys = NDArray[np.uint64]
type Floats = NDArray[np.float64]
type Integers = NDArray[np.int64]
type Entity = str | int | np.uint64

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""2**64 divided by the golden ratio, made odd: the step between neighbouring words (Steele, Lea and Flood 2014)."""

_LOW32, _1, _11, _32 = np.uint64(0xFFFFFFFF), np.uint64(1), np.uint64(11), np.uint64(32)
_LEFT, _RIGHT, _STEP0, _STEP1 = map(np.uint64, (0xD2511F53, 0xCD9E8D57, 0x9E3779B9, 0xBB67AE85))  # Philox's own
_LOG_FACTORIALS = np.array([math.log(math.factorial(n)) for n in range(16)])
_LARGEST_MEAN = 1e12  # beyond it the acceptance tests lose their digits
_0, _128 = cast("tuple[int, int]", (np.int64(0), np.int64(128)))  # a bare 0 has a type of its own: compiled again
_ATTEMPTS = 127  # half of the 8-bit attempt; the chance to need them all is below 1e-100

# Wichura (1988), Applied Statistics 37(3), algorithm AS 241 (PPND16): numerators and denominators of three ratios.
_CENTRE = np.array((
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
     13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.3871328727963666080),
    (5226.4952788528545610, 28729.085735721942674, 39307.895800092710610, 21213.794301586595867,
     5394.1960214247511077, 687.18700749205790830, 42.313330701600911252, 1.0),
))  # fmt: skip
_SHOULDER = np.array((
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258,
     3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
     6.89767334985100004550e-1, 1.67638483018380384940, 2.05319162663775882187, 1.0),
))  # fmt: skip
_TAIL = np.array((
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
     2.96560571828504891230e-1, 1.78482653991729133580, 5.46378491116411436990, 6.65790464350110377720),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
     1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0),
))  # fmt: skip


# Bits ------------------------------------------------------------------------------------------------------------


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
def _words(
    key: np.uint64, entity: np.uint64, day: int, k: int, attempt: int
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """The four 32-bit words at an address."""
    c0, c1 = np.uint64((k & 0xFFFFFF) | (attempt << 24)), np.uint64(day & 0xFFFFFFFF)
    return philox4x32(c0, c1, entity & _LOW32, entity >> _32, key & _LOW32, key >> _32)


@jit_inline
def _fraction(low: np.uint64, high: np.uint64) -> float:
    """64 bits as an odd multiple of 2**-53: never 0, never 1, and 1 - u is as likely as u (Random123, u01fixedpt)."""
    return float(np.int64((((high << _32) | low) >> _11) | _1)) * 2.0**-53


@jit
def uniform(key: np.uint64, entity: np.uint64, day: int, k: int) -> float:
    """Uniform on the open interval (0, 1)."""
    low, high, _, _ = _words(key, entity, day, k, _0)
    return _fraction(low, high)


@jit
def _pair(key: np.uint64, entity: np.uint64, day: int, k: int, attempt: int) -> tuple[float, float]:
    """Two uniforms for one attempt of a rejection sampler; the first of attempt 0 is `uniform`."""
    low, high, low2, high2 = _words(key, entity, day, k, attempt)
    return _fraction(low, high), _fraction(low2, high2)


# Samplers --------------------------------------------------------------------------------------------------------


@jit
def _ratio(x: float, polynomials: Floats) -> float:
    """The quotient of two polynomials of degree 7, given by rows of coefficients, highest power first."""
    above, below = 0.0, 0.0
    for i in range(8):
        above, below = above * x + polynomials[0, i], below * x + polynomials[1, i]
    return float(above / below)


@jit
def normal_quantile(p: float) -> float:
    """The standard normal quantile of 0 < p < 1, to about 1 part in 10**16 (Wichura 1988, AS 241)."""
    q = p - 0.5
    if abs(q) <= 0.425:
        return q * _ratio(0.180625 - q * q, _CENTRE)
    r = math.sqrt(-math.log(min(p, 1.0 - p)))
    x = _ratio(r - 1.6, _SHOULDER) if r <= 5.0 else _ratio(r - 5.0, _TAIL)
    return x if q > 0.0 else -x


@jit
def normal(key: np.uint64, entity: np.uint64, day: int, k: int) -> float:
    """Standard normal, by inversion: it rises with `uniform` of the same address."""
    return normal_quantile(uniform(key, entity, day, k))


@jit
def lognormal(key: np.uint64, entity: np.uint64, day: int, k: int, mu: float, sigma: float) -> float:
    """Lognormal; `mu` and `sigma` are mean and standard deviation of the logarithm, so the median is exp(mu)."""
    return math.exp(mu + sigma * normal(key, entity, day, k))


@jit
def exponential(key: np.uint64, entity: np.uint64, day: int, k: int, mean: float) -> float:
    """Exponential with the given mean, in the unit of the mean; it rises with `uniform`."""
    return -mean * math.log(1.0 - uniform(key, entity, day, k))


@jit
def log_factorial(n: int) -> float:
    """ln n! for n >= 0: exact below 16, then Stirling's series to 1/n**7, which errs by less than 1e-13."""
    if n < 16:
        return float(_LOG_FACTORIALS[n])
    x = float(n)
    y = 1.0 / (x * x)
    series = (1.0 / 12.0 - y * (1.0 / 360.0 - y * (1.0 / 1260.0 - y / 1680.0))) / x
    return (x + 0.5) * math.log(x) - x + 0.91893853320467274178 + series


@jit
def poisson(key: np.uint64, entity: np.uint64, day: int, k: int, mean: float) -> int:
    """Poisson count; -1 if the mean is not within 0..1e12.

    By inversion below a mean of 10, so that the count never falls when the mean rises; above, exactly by
    transformed rejection (Hoermann 1993, algorithm PTRS).
    """
    if not 0.0 <= mean <= _LARGEST_MEAN:
        return -1
    if mean < 10.0:
        u, count, term = uniform(key, entity, day, k), 0, math.exp(-mean)
        cumulative = term
        while u >= cumulative and term > 1e-17:
            count += 1
            term *= mean / count
            cumulative += term
        return count
    b = 0.931 + 2.53 * math.sqrt(mean)
    a = -0.059 + 0.02483 * b
    log_mean, log_scale = math.log(mean), math.log(1.1239 + 1.1328 / (b - 3.4))
    for attempt in range(_ATTEMPTS):
        u, v = _pair(key, entity, day, k, attempt)
        u -= 0.5
        edge = 0.5 - abs(u)
        if edge < 0.013 and v > edge:
            continue
        count = math.floor((2.0 * a / edge + b) * u + mean + 0.43)
        if edge >= 0.07 and v <= 0.9277 - 3.6224 / (b - 2.0):
            return count
        if count < 0:
            continue
        if math.log(v) + log_scale - math.log(a / (edge * edge) + b) <= count * log_mean - mean - log_factorial(count):
            return count
    return math.floor(mean)


@jit
def _gamma(key: np.uint64, entity: np.uint64, day: int, k: int, first: int, shape: float) -> float:
    """Gamma of shape >= 1, from the attempts `first`..`first` + 126 of the address (Marsaglia and Tsang 2000)."""
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    for attempt in range(first, first + _ATTEMPTS):
        u, v = _pair(key, entity, day, k, attempt)
        x = normal_quantile(u)
        cube = (1.0 + c * x) * (1.0 + c * x) * (1.0 + c * x)  # ** is another function with and without Numba
        if cube <= 0.0:
            continue
        if v < 1.0 - 0.0331 * (x * x) * (x * x) or math.log(v) < 0.5 * x * x + d * (1.0 - cube + math.log(cube)):
            return d * cube
    return d


@jit
def _log_boost(key: np.uint64, entity: np.uint64, day: int, k: int, first: int, shape: float) -> float:
    """ln U**(1/shape): what brings a gamma of shape + 1 down to a shape below 1. Uses attempt `first` + 127."""
    return math.log(_pair(key, entity, day, k, first + _ATTEMPTS)[0]) / shape if shape < 1.0 else 0.0


@jit
def gamma(key: np.uint64, entity: np.uint64, day: int, k: int, shape: float) -> float:
    """Gamma of the given shape and scale 1; nan unless the shape is above 0."""
    if not shape > 0.0:
        return math.nan
    if shape >= 1.0:
        return _gamma(key, entity, day, k, _0, shape)
    return _gamma(key, entity, day, k, _0, shape + 1.0) * math.exp(_log_boost(key, entity, day, k, _0, shape))


@jit
def beta(key: np.uint64, entity: np.uint64, day: int, k: int, a: float, b: float) -> float:
    """Beta(a, b) on 0..1, from two gammas; nan unless both are above 0. Far below a = 0.01 it may round to 0 or 1."""
    if not (a > 0.0 and b > 0.0):
        return math.nan
    x = _gamma(key, entity, day, k, _0, a if a >= 1.0 else a + 1.0)
    y = _gamma(key, entity, day, k, _128, b if b >= 1.0 else b + 1.0)
    if a >= 1.0 and b >= 1.0:
        return x / (x + y)
    gap = math.log(y / x) + _log_boost(key, entity, day, k, _128, b) - _log_boost(key, entity, day, k, _0, a)
    return 1.0 / (1.0 + math.exp(gap)) if gap < 700.0 else 0.0


@jit
def choice(key: np.uint64, entity: np.uint64, day: int, k: int, weights: Floats) -> int:
    """An index drawn in proportion to `weights`; -1 if they are all 0, or one is negative or not a number."""
    total = 0.0
    for i in range(weights.size):
        if not weights[i] >= 0.0:
            return -1
        total += weights[i]
    if not 0.0 < total < math.inf:
        return -1
    mark, cumulative = uniform(key, entity, day, k) * total, 0.0
    for i in range(weights.size):
        cumulative += weights[i]
        if mark < cumulative:
            return i
    return -1


@jit
def integer(key: np.uint64, entity: np.uint64, day: int, k: int, n: int) -> int:
    """One of 0..n-1, each exactly as likely (Lemire 2019); -1 unless 1 <= n <= 2**32."""
    if n < 1 or n > 1 << 32:
        return -1
    product, surplus = np.uint64(0), np.uint64((1 << 32) % n)
    for attempt in range(_ATTEMPTS):
        product = _words(key, entity, day, k, attempt)[1] * np.uint64(n)
        if product & _LOW32 >= surplus:
            break
    return int(np.int64(product >> _32))


# Many at once: element i is, to the last bit, what the function above gives for it ---------------------------------


@jit
def uniforms(key: np.uint64, entities: Keys, day: int, k: int) -> Floats:
    """`uniform` of each entity: float64[entities]."""
    drawn = np.empty(entities.size)
    for i in range(entities.size):
        low, high, _, _ = _words(key, entities[i], day, k, _0)
        drawn[i] = _fraction(low, high)
    return drawn


@jit
def lognormals(key: np.uint64, entities: Keys, day: int, k: int, mu: float, sigma: float) -> Floats:
    """`lognormal` of each entity: float64[entities]."""
    drawn = np.empty(entities.size)
    for i in range(entities.size):
        drawn[i] = lognormal(key, entities[i], day, k, mu, sigma)
    return drawn


@jit
def poissons(key: np.uint64, entities: Keys, day: int, means: Floats) -> Integers:
    """`poisson` of each entity with its own mean, at k = 0: int64[entities]."""
    if means.size != entities.size:
        raise ValueError("as many means as entities are needed")
    drawn = np.empty(entities.size, np.int64)
    for i in range(entities.size):
        drawn[i] = poisson(key, entities[i], day, _0, means[i])
    return drawn


@jit
def betas(key: np.uint64, entity: np.uint64, day: int, k0: int, a: Floats, b: Floats) -> Floats:
    """One entity's `beta` for each pair of `a` and `b`, the i-th at k0 + i: float64[a]."""
    if a.size != b.size:
        raise ValueError("as many a as b are needed")
    drawn = np.empty(a.size)
    for i in range(a.size):
        drawn[i] = beta(key, entity, day, k0 + i, a[i], b[i])
    return drawn


# Keys --------------------------------------------------------------------------------------------------------------


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


@jit
def block_key(seed_key: np.uint64, lane: int, day: int) -> np.uint64:
    """The key of all boxes of a lane on a day, for `box_word`."""
    return nth_key(nth_key(seed_key, lane), day)


@jit_inline
def box_word(block: np.uint64, j: int) -> np.uint64:
    """The 64 random bits of box `j` of a block: SplitMix64, a third of the price of Philox."""
    return mix64(block + np.uint64(j + 1) * GOLDEN)


def _hashed(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode()).digest()[:8], "little"))


@functools.lru_cache(maxsize=1 << 20)
def entity_key(name: str) -> np.uint64:
    """The 64-bit key of a name: first 8 bytes, little endian, of its BLAKE2b."""
    return _hashed(name)


def child_key(entity: Entity, index: int) -> np.uint64:
    """The key of the numbered member `index` >= 0 of an entity, for example one courier of a community.

    Inside a kernel it is `nth_key`: Numba hands a uint64 back to Python as an int, so here it is made one again.
    """
    return np.uint64(nth_key(_key_of(entity), int(index)))


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


# The face for Python -----------------------------------------------------------------------------------------------


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
        return normal(self.key(purpose), _key_of(entity), int(day), int(k))

    def lognormal(self, purpose: str, entity: Entity, day: int, k: int, mu: float, sigma: float) -> float:
        """Lognormal of median exp(mu)."""
        return lognormal(self.key(purpose), _key_of(entity), int(day), int(k), float(mu), float(sigma))

    def exponential(self, purpose: str, entity: Entity, day: int, k: int, mean: float) -> float:
        """Exponential."""
        return exponential(self.key(purpose), _key_of(entity), int(day), int(k), float(mean))

    def poisson(self, purpose: str, entity: Entity, day: int, k: int, mean: float) -> int:
        """Poisson count."""
        return _possible(poisson(self.key(purpose), _key_of(entity), int(day), int(k), float(mean)), mean)

    def gamma(self, purpose: str, entity: Entity, day: int, k: int, shape: float) -> float:
        """Gamma of scale 1."""
        return _possible(gamma(self.key(purpose), _key_of(entity), int(day), int(k), float(shape)), shape)

    def beta(self, purpose: str, entity: Entity, day: int, k: int, a: float, b: float) -> float:
        """Beta(a, b)."""
        return _possible(beta(self.key(purpose), _key_of(entity), int(day), int(k), float(a), float(b)), a, b)

    def choice(self, purpose: str, entity: Entity, day: int, k: int, weights: ArrayLike) -> int:
        """An index in proportion to `weights`; as the function, -1 where there is nothing to choose."""
        return choice(self.key(purpose), _key_of(entity), int(day), int(k), _array(weights, np.float64))

    def integer(self, purpose: str, entity: Entity, day: int, k: int, n: int) -> int:
        """One of 0..n-1."""
        return _possible(integer(self.key(purpose), _key_of(entity), int(day), int(k), int(n)), n)

    def uniforms(self, purpose: str, entities: Keys, day: int, k: int = 0) -> Floats:
        """`uniform` of each entity key."""
        return uniforms(self.key(purpose), _array(entities, np.uint64), int(day), int(k))

    def poissons(self, purpose: str, entities: Keys, day: int, means: ArrayLike) -> Integers:
        """`poisson` of each entity key, at k = 0."""
        return poissons(self.key(purpose), _array(entities, np.uint64), int(day), _array(means, np.float64))

    def betas(self, purpose: str, entity: Entity, day: int, k0: int, a: ArrayLike, b: ArrayLike) -> Floats:
        """`beta` for each pair, the i-th at k0 + i."""
        ones, others = _array(a, np.float64), _array(b, np.float64)
        return betas(self.key(purpose), _key_of(entity), int(day), int(k0), ones, others)


def warm() -> None:
    """Compile each function for the types that are used."""
    draws, where, one, keys = Draws(0), ("", 0, 0, 0), np.ones(1), np.zeros(1, np.uint64)
    draws.uniform(*where), draws.normal(*where), draws.lognormal(*where, 0.0, 1.0), draws.exponential(*where, 1.0)
    draws.poisson(*where, 1.0), draws.gamma(*where, 1.0), draws.beta(*where, 1.0, 1.0), draws.choice(*where, one)
    draws.integer(*where, 1), draws.uniforms("", keys, 0), draws.poissons("", keys, 0, one), child_key(0, 0)
    draws.betas(*where, one, one), lognormals(keys[0], keys, 0, 0, 0.0, 1.0)
