"""Relations between worlds hold in random ones, exactly, as they do in the world of two coasts."""

import os
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import pytest

from sim.scenario.load import resolved
from tests.promises.random_worlds import random_world
from tests.promises.relations import RELATIONS, Pointless

WORLDS = 6
LONGEST = 60
"""Days of the worlds that are tried in every run of the tests."""
SOAKED = 200
FIRST = 2_000_000
"""Seeds of the long test roll with the date, from here on."""


def sample() -> list[int]:
    """Seeds of the first worlds that are short."""
    short = (seed for seed in range(100) if random_world(seed).days <= LONGEST)
    return [seed for seed, _ in zip(short, range(WORLDS), strict=False)]


def broken(task: tuple[str, int]) -> str | None:
    """What is wrong with a relation in a world, which is written to a file; an empty text where it has no point."""
    name, seed = task
    try:
        RELATIONS[name](random_world(seed))
    except Pointless:
        return ""
    except Exception as wrong:
        path = Path.cwd() / f"world-{seed}.yaml"
        path.write_text(resolved(random_world(seed)))
        return f"{name} fails in {path}: {type(wrong).__name__}: {str(wrong)[:500]}"
    return None


@pytest.mark.parametrize("name", RELATIONS)
def test_it_holds_in_random_worlds(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = [broken((name, seed)) for seed in sample()]
    assert not any(found), "\n".join(filter(None, found))
    assert None in found, "there was no world to try it on"


@pytest.mark.soak
def test_all_hold_in_many_random_worlds():
    first = FIRST + date.today().toordinal() * SOAKED
    print(f"random worlds {first} to {first + SOAKED - 1}")
    tasks = [(name, seed) for seed in range(first, first + SOAKED) for name in RELATIONS]
    with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=get_context("spawn")) as pool:
        found = list(filter(None, pool.map(broken, tasks, chunksize=len(RELATIONS))))
    assert not found, "\n".join(found)


def test_there_are_enough_of_them():
    assert len(RELATIONS) >= 25
