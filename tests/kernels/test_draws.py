"""Addresses and bits: the same place gives the same luck, on every machine, and no two places share theirs."""

import hashlib
import json
import os
import pickle
import runpy
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.kernels import samplers
from sim.kernels.draws import Draws, child_key, entity_key
from sim.kernels.words import GOLDEN, box_word, fraction, mix64, nth_key, philox4x32, uniform, words_at

HERE = Path(__file__).parent
WORD32 = st.integers(0, 2**32 - 1)
INTERPRETED = bool(numba.config.DISABLE_JIT)


def philox_in_plain_python(counter, key):
    """Salmon et al. (2011), section 3.3, with integers of any size."""
    (c0, c1, c2, c3), (k0, k1) = counter, key
    for r in range(10):
        left, right = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        a, b = (k0 + r * 0x9E3779B9) % 2**32, (k1 + r * 0xBB67AE85) % 2**32
        c0, c1, c2, c3 = right // 2**32 ^ c1 ^ a, right % 2**32, left // 2**32 ^ c3 ^ b, left % 2**32
    return c0, c1, c2, c3


def blake(text):
    return int.from_bytes(hashlib.blake2b(text.encode()).digest()[:8], "little")


def compiled(counter, key):
    return tuple(int(word) for word in philox4x32(*map(np.uint64, (*counter, *key))))


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ],
)
def test_philox_gives_its_published_answers(counter, key, answer):
    # Random123, tests/kat_vectors, "philox4x32 10".
    words = [[int(word, 16) for word in text.split()] for text in (counter, key, answer)]
    assert compiled(words[0], words[1]) == tuple(words[2])


@given(st.tuples(WORD32, WORD32, WORD32, WORD32), st.tuples(WORD32, WORD32))
def test_philox_agrees_with_plain_python(counter, key):
    assert compiled(counter, key) == philox_in_plain_python(counter, key)


@given(
    seed=st.integers(0, 2**70), replicate=st.integers(0, 10**6), purpose=st.text(), name=st.text(),
    day=st.integers(-400, 10**5), k=st.integers(0, 2**24 - 1),
)  # fmt: skip
def test_an_address_is_laid_out_as_documented(seed, replicate, purpose, name, day, k):
    key, entity = blake(f"{seed}/{replicate}/{purpose}"), blake(name)
    counter = k, day % 2**32, entity % 2**32, entity // 2**32
    low, high, _, _ = philox_in_plain_python(counter, (key % 2**32, key // 2**32))
    by_hand = ((high * 2**32 + low) // 2**11 | 1) / 2**53
    assert Draws(seed, replicate).uniform(purpose, name, day, k) == by_hand


def test_every_draw_is_as_it_always_was():
    """A failure means that every published result changes: that needs a new version and a word in the changelog."""
    known = runpy.run_path(str(HERE / "known_draws.py"))["known_draws"]()
    assert known == json.loads((HERE / "known_draws.json").read_text())


@pytest.mark.parametrize(
    "machine",
    [
        pytest.param({"NUMBA_DISABLE_JIT": "1", "PYTHONHASHSEED": "1"}, id="nothing compiled"),
        pytest.param({"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "PYTHONHASHSEED": "2"}, id="plain CPU"),
    ],
)
def test_other_machines_draw_the_same_to_the_last_bit(machine, checkout):
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "0", "PYTHONPATH": str(checkout), **machine}
    command = [sys.executable, "-W", "error", str(HERE / "known_draws.py")]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(told.stdout) == json.loads((HERE / "known_draws.json").read_text())


def test_a_uniform_is_never_0_and_never_1():
    words = np.uint64(0), np.uint64(2**32 - 1)
    assert fraction(words[0], words[0]) == 2.0**-53
    assert fraction(words[1], words[1]) == 1.0 - 2.0**-53


def test_order_does_not_matter():
    draws = Draws(1)
    forward = [draws.normal("mood", "officer", day) for day in range(50)]
    backward = [draws.normal("mood", "officer", day) for day in reversed(range(50))]
    assert forward == backward[::-1]


def test_seed_replicate_purpose_entity_day_and_k_each_change_the_luck():
    here = Draws(1, 2).uniform("scan", "port", 3, 4)
    elsewhere = [
        Draws(2, 2).uniform("scan", "port", 3, 4), Draws(1, 3).uniform("scan", "port", 3, 4),
        Draws(1, 2).uniform("search", "port", 3, 4), Draws(1, 2).uniform("scan", "dock", 3, 4),
        Draws(1, 2).uniform("scan", "port", 4, 4), Draws(1, 2).uniform("scan", "port", 3, 5),
    ]  # fmt: skip
    assert len({here, *elsewhere}) == 7


@pytest.mark.parametrize("varied", ["seed", "replicate", "purpose", "entity", "child", "day", "k", "attempt"])
def test_neighbours_have_nothing_in_common(varied, many, expect_mean):
    """A failure means that a parameter of the address leaks: neighbours would share their fate."""
    n = many // 20
    steps = range(n + 1)
    values = {
        "seed": lambda: [Draws(i).uniform("a", "b", 0) for i in steps],
        "replicate": lambda: [Draws(0, i).uniform("a", "b", 0) for i in steps],
        "purpose": lambda: [Draws(0).uniform(f"{i}", "b", 0) for i in steps],
        "entity": lambda: Draws(0).uniforms("a", np.arange(n + 1, dtype=np.uint64), 0),
        "child": lambda: [Draws(0).uniform("a", child_key("b", i), 0) for i in steps],
        "day": lambda: [Draws(0).uniform("a", "b", i) for i in steps],
        "k": lambda: [Draws(0).uniform("a", "b", 0, i) for i in steps],
        "attempt": lambda: [
            (word + 0.5) / 2**32
            for i in range(n // 200 + 1) for attempt in range(50)
            for word in words_at(np.uint64(i), np.uint64(5), 0, 0, attempt)
        ],
    }[varied]()  # fmt: skip
    u = np.asarray(values) - 0.5
    expect_mean(u, 0.0)
    expect_mean(u * u, 1 / 12)
    expect_mean(u[1:] * u[:-1], 0.0)
    cells = np.histogram2d(u[1:], u[:-1], bins=8, range=[(-0.5, 0.5)] * 2)[0]
    expected = (u.size - 1) / 64
    chi_square = ((cells - expected) ** 2 / expected).sum()
    assert chi_square < 63 + 6 * np.sqrt(2 * 63) + 12


def test_splitmix_gives_its_published_answers():
    # The first outputs for the seed 1234567, as on Rosetta Code, "Pseudo-random numbers/Splitmix64".
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    assert [int(box_word(np.uint64(1234567), j)) for j in range(4)] == published
    assert int(mix64(np.uint64(1234567) + GOLDEN)) == published[0]


def test_every_bit_of_a_box_is_fair_and_strange_to_its_neighbours(many):
    """A failure means that boxes of one lane, day or neighbouring lanes share features that they should not."""
    key = Draws(3).key("boxes")
    walks = {
        "box": lambda i: box_word(np.uint64(nth_key(np.uint64(nth_key(key, 7)), 30)), i),
        "day": lambda i: box_word(np.uint64(nth_key(np.uint64(nth_key(key, 7)), i)), 11),
        "lane": lambda i: box_word(np.uint64(nth_key(np.uint64(nth_key(key, i)), 30)), 11),
    }
    for walk in walks.values():
        words = np.array([int(walk(i)) for i in range(many // 20)], np.uint64)
        bits = np.unpackbits(words.view(np.uint8).reshape(-1, 8), axis=1)
        bound = 3 * np.sqrt(len(words))  # 6 standard deviations of a fair coin
        assert np.all(abs(bits.sum(axis=0, dtype=int) - len(words) / 2) < bound)
        flips = bits[1:] ^ bits[:-1]
        assert np.all(abs(flips.sum(axis=0, dtype=int) - len(flips) / 2) < bound)


def test_no_two_members_and_no_two_blocks_share_a_key(many):
    keys = {int(child_key("a community", i)) for i in range(many // 10)}
    keys |= {
        int(nth_key(np.uint64(nth_key(np.uint64(5), lane)), day)) for lane in range(many // 1000) for day in range(100)
    }
    assert len(keys) == many // 10 + many // 1000 * 100


def test_a_name_its_key_and_its_number_are_the_same_entity():
    draws, key = Draws(9), entity_key("Rotterdam")
    assert draws.uniform("x", "Rotterdam", 1) == draws.uniform("x", key, 1) == draws.uniform("x", int(key), 1)
    assert int(child_key("Rotterdam", 3)) == int(nth_key(key, 3))
    assert isinstance(child_key("Rotterdam", 3), np.uint64)


def test_a_copy_in_another_process_draws_the_same():
    draws = Draws(4, 2)
    draws.uniform("x", "y", 0)
    copy = pickle.loads(pickle.dumps(draws))
    assert copy == draws
    assert copy.gamma("z", "y", 5, 0, shape=2.0) == draws.gamma("z", "y", 5, 0, shape=2.0)


@pytest.mark.skipif(INTERPRETED, reason="nothing is compiled")
def test_whatever_numbers_python_passes_each_draw_is_compiled_once():
    draws, names = Draws(0), ("lognormal", "poisson", "choice", "integer", "poissons")
    frozen = np.full(3, 2.0)
    frozen.flags.writeable = False
    kernels = [uniform, nth_key, *(getattr(samplers, name) for name in names)]

    def drawn(entity, day):
        draws.uniform("a", entity, day, np.uint8(1)), draws.lognormal("a", entity, day, 0, 1, np.float32(2))
        draws.poisson("a", entity, day, 0, 3), draws.choice("a", entity, day, 0, [1, 2])
        draws.integer("a", entity, day, 0, np.int16(6)), draws.normal("a", entity, day)
        draws.poissons("a", np.arange(6, dtype=np.uint64)[::2], day, frozen), child_key(entity, day)
        return [len(kernel.signatures) for kernel in kernels]

    once = drawn("port", 1)  # and whatever kernels that call them have had compiled before
    for entity in ("port", 5, 2**63 + 5, np.uint64(7), np.int32(8)):
        for day in (1, np.int64(2), np.int32(3), True):
            assert drawn(entity, day) == once
