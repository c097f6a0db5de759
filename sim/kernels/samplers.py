"""Samplers: from the words at an address to the distributions that the model draws from.

All are compiled. `key` and `entity` are np.uint64, `day` and `k` int64 (0 <= k < 2**24), parameters float64; a draw
with impossible parameters is nan, or -1 where it is an integer.
"""

import math
from typing import cast

import numpy as np

from sim.kernels.compiling import jit, jit_inline, jit_part
from sim.kernels.words import (
    Floats,
    Integers,
    Keys,
    block_fraction,
    fraction,
    mix64,
    nth_key,
    uniform,
    unit,
    words_at,
)

_LOW32, _32 = np.uint64(0xFFFFFFFF), np.uint64(32)
_LOG_FACTORIALS = np.array([math.log(math.factorial(n)) for n in range(16)])
_MOST_STEPS = 80  # the chance of more, at a mean of 16, is below 1e-27
_INVERSE = 1.0 / np.arange(1.0, _MOST_STEPS + 1.0)  # a division takes as long as all the rest of a step
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


@jit_inline
def poisson_of(word: np.uint64, mean: float) -> int:
    """Poisson count by the luck of a word; -1 if the mean is not within 0..1e12.

    By inversion below a mean of 16, so that the count never falls when the mean rises; above, exactly by
    transformed rejection (Hoermann 1993, algorithm PTRS).
    """
    if not 0.0 <= mean <= _LARGEST_MEAN:
        return -1
    if mean < 16.0:
        u = unit(word)
        if u < 1.0 - mean:  # below exp(-mean)
            return 0
        count, term = 0, math.exp(-mean)
        cumulative = term
        while u >= cumulative and count < _MOST_STEPS:
            term *= mean * _INVERSE[np.uint64(count)]
            count += 1
            cumulative += term
        return count
    b = 0.931 + 2.53 * math.sqrt(mean)
    a = -0.059 + 0.02483 * b
    for attempt in range(_ATTEMPTS):
        u, v = block_fraction(word, 2 * attempt) - 0.5, block_fraction(word, 2 * attempt + 1)
        edge = 0.5 - abs(u)
        if edge < 0.013 and v > edge:
            continue
        count = math.floor((2.0 * a / edge + b) * u + mean + 0.43)
        if edge >= 0.07 and v <= 0.9277 - 3.6224 / (b - 2.0):
            return count
        if count < 0:
            continue
        height = math.log(v) + math.log(1.1239 + 1.1328 / (b - 3.4)) - math.log(a / (edge * edge) + b)
        if height <= count * math.log(mean) - mean - log_factorial(count):
            return count
    return math.floor(mean)


@jit
def binomial_of(word: np.uint64, n: int, p: float) -> int:
    """Binomial count of n >= 0 trials by the luck of a word; p beyond 0 or 1 counts as 0 or 1.

    By inversion where less than 10 are likely, from the rarer side; above, exactly by transformed rejection (Hoermann
    1993, algorithm BTRS).
    """
    rare = min(p, 1.0 - p)
    if n == 0 or rare <= 0.0:
        return 0 if p < 0.5 else n
    mean, count = n * rare, 0
    if mean < 10.0:
        u = unit(word)
        if u >= 1.0 - mean:  # else none, whose chance (1 - rare)**n is not less
            odds, term = rare / (1.0 - rare), math.exp(n * math.log1p(-rare))
            cumulative = term
            while u >= cumulative and count < n and term > 1e-17:
                count += 1
                term *= odds * (n - count + 1) / count
                cumulative += term
        return count if p <= 0.5 else n - count
    spread = math.sqrt(mean * (1.0 - rare))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * rare
    centre, mode, odds = mean + 0.5, math.floor((n + 1) * rare), math.log(rare / (1.0 - rare))
    at_mode = log_factorial(mode) + log_factorial(n - mode)
    for attempt in range(_ATTEMPTS):
        u, v = block_fraction(word, 2 * attempt) - 0.5, block_fraction(word, 2 * attempt + 1)
        edge = 0.5 - abs(u)
        count = math.floor((2.0 * a / edge + b) * u + centre)
        if count < 0 or count > n:
            continue
        if edge >= 0.07 and v <= 0.92 - 4.2 / b:
            break
        height = math.log(v * (2.83 + 5.1 / b) * spread / (a / (edge * edge) + b))
        if height <= at_mode - log_factorial(count) - log_factorial(n - count) + (count - mode) * odds:
            break
    return count if p <= 0.5 else n - count


@jit_part
def gamma_of(word: np.uint64, first: int, shape: float) -> float:
    """Gamma of shape >= 1, from the attempts `first`..`first` + 126 of a word (Marsaglia and Tsang 2000)."""
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    for attempt in range(first, first + _ATTEMPTS):
        x, v = normal_quantile(block_fraction(word, 2 * attempt)), block_fraction(word, 2 * attempt + 1)
        cube = (1.0 + c * x) * (1.0 + c * x) * (1.0 + c * x)  # ** is another function with and without Numba
        if cube <= 0.0:
            continue
        if v < 1.0 - 0.0331 * (x * x) * (x * x) or math.log(v) < 0.5 * x * x + d * (1.0 - cube + math.log(cube)):
            return d * cube
    return d


@jit_part
def _log_boost(word: np.uint64, first: int, shape: float) -> float:
    """ln U**(1/shape): what brings a gamma of shape + 1 down to a shape below 1. Uses attempt `first` + 127."""
    return math.log(block_fraction(word, 2 * (first + _ATTEMPTS))) / shape if shape < 1.0 else 0.0


@jit_inline
def word_at(key: np.uint64, entity: np.uint64, day: int, k: int) -> np.uint64:
    """The word at an address for draws that take many or few: a block of its own, of SplitMix64 and not of Philox."""
    return mix64(entity ^ nth_key(nth_key(key, day), k))


@jit
def poisson(key: np.uint64, entity: np.uint64, day: int, k: int, mean: float) -> int:
    """Poisson count; -1 if the mean is not within 0..1e12."""
    return poisson_of(word_at(key, entity, day, k), mean)


@jit
def gamma(key: np.uint64, entity: np.uint64, day: int, k: int, shape: float) -> float:
    """Gamma of the given shape and scale 1; nan unless the shape is above 0."""
    if not shape > 0.0:
        return math.nan
    word = word_at(key, entity, day, k)
    if shape >= 1.0:
        return gamma_of(word, _0, shape)
    return gamma_of(word, _0, shape + 1.0) * math.exp(_log_boost(word, _0, shape))


@jit_part
def beta_of(word: np.uint64, a: float, b: float) -> float:
    """Beta(a, b) by the luck of a word, from two gammas; a, b > 0. Far below a = 0.01 it may round to 0 or 1."""
    x = gamma_of(word, _0, a if a >= 1.0 else a + 1.0)
    y = gamma_of(word, _128, b if b >= 1.0 else b + 1.0)
    if a >= 1.0 and b >= 1.0:
        return x / (x + y)
    gap = math.log(y / x) + _log_boost(word, _128, b) - _log_boost(word, _0, a)
    return 1.0 / (1.0 + math.exp(gap)) if gap < 700.0 else 0.0


@jit
def beta(key: np.uint64, entity: np.uint64, day: int, k: int, a: float, b: float) -> float:
    """Beta(a, b) on 0..1; nan unless both are above 0."""
    return beta_of(word_at(key, entity, day, k), a, b) if a > 0.0 and b > 0.0 else math.nan


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
        product = words_at(key, entity, day, k, attempt)[1] * np.uint64(n)
        if product & _LOW32 >= surplus:
            break
    return int(np.int64(product >> _32))


@jit
def nth_keys(key: np.uint64, first: int, count: int) -> Keys:
    """`nth_key` of `count` members from number `first` on: uint64[count]."""
    keys = np.empty(count, np.uint64)
    for i in range(count):
        keys[i] = nth_key(key, first + i)
    return keys


@jit
def pair_keys(first: Keys, second: Keys) -> Keys:
    """Keys of ordered pairs by the keys of both: mix64(mix64(first) ^ second), uint64[pairs]."""
    keys = np.empty(first.size, np.uint64)
    for i in range(first.size):
        keys[i] = mix64(mix64(first[i]) ^ second[i])
    return keys


@jit
def uniforms(key: np.uint64, entities: Keys, day: int, k: int) -> Floats:
    """`uniform` of each entity: float64[entities]."""
    drawn = np.empty(entities.size)
    for i in range(entities.size):
        low, high, _, _ = words_at(key, entities[i], day, k, _0)
        drawn[i] = fraction(low, high)
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
    drawn, block = np.empty(entities.size, np.int64), nth_key(nth_key(key, day), _0)
    for i in range(entities.size):
        drawn[i] = poisson_of(mix64(entities[i] ^ block), means[i])
    return drawn
