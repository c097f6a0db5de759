"""What must hold in any world holds in random ones: books, time, names, totals."""

import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from sim.kernels.boxes import ARRIVED, CHOSEN
from sim.kernels.loads import LOST, SEIZED
from sim.scenario.load import InvalidScenario, load, resolved
from sim.study.run import live
from tests.promises.random_worlds import Luck, every_field, movable, policy_kinds, policy_of, random_world
from tests.promises.recomputed import wrong_with
from tests.promises.worlds import lived

WORLDS, DRAWN = 200, 300
"""Worlds that are lived through, and those that are drawn to see what can come of it."""
SOAKED = 10_000
FIRST = 1_000_000
"""Seeds of the long test roll with the date, from here on."""


def complaints(seed: int) -> tuple[int, list[str], Counter]:
    """What is wrong with a random world, and what happened in it."""
    try:
        plan = random_world(seed)
        model = live(plan, mode="thinned" if seed % 2 else "micro")
        wrong = wrong_with(model)
        happened = Counter(load.outcome for load in model.cargo.all)
    except Exception as broken:
        return seed, [f"{type(broken).__name__}: {broken}"], Counter()
    return seed, wrong, happened


def written(seed: int, folder: Path) -> Path:
    """The scenario of a seed as a file, to be run again."""
    path = folder / f"world-{seed}.yaml"
    path.write_text(resolved(random_world(seed)))
    return path


def test_the_books_of_random_worlds_are_recomputed_from_their_events(tmp_path):
    found = [complaints(seed) for seed in range(WORLDS)]
    told = [f"{written(seed, tmp_path)}: {'; '.join(wrong[:3])}" for seed, wrong, _ in found if wrong]
    assert not told, "\n".join(told)
    happened = sum((outcomes for _, _, outcomes in found), Counter())
    assert min(happened[outcome] for outcome in ("under_way", "seized", "lost", "delivered")) >= 20, happened
    idle = sum(not outcomes for _, _, outcomes in found)
    assert 10 < idle < WORLDS / 2, "worlds in which nothing is sent are tried too, but are not the rule"


def a_gram_more(model):
    model.cargo.rows["grams"][0] += 1


def a_seizure_less(model):
    model.ledger.table.rows["event"][model.ledger.table.rows["event"] == SEIZED] = LOST


def a_day_later(model):
    model.ledger.table.rows["day"][-1] += 1


def a_scan_too_many(model):
    model.chronicle.tally[0, 0, CHOSEN] = model.chronicle.tally[0, 0, ARRIVED] + 1


def a_cent_more(model):
    model.chronicle._days["policy_cost_cents"][3] += 1


def a_price_of_nothing(model):
    model.chronicle._days["price_usd_per_kg"][3] = np.nan


@pytest.mark.parametrize(
    "crime", [a_gram_more, a_seizure_less, a_day_later, a_scan_too_many, a_cent_more, a_price_of_nothing]
)
def test_the_second_bookkeeper_finds_what_is_wrong(crime):
    model = lived(days=60, mode="thinned")
    assert wrong_with(model) == []
    crime(model)
    assert wrong_with(model)


def test_worlds_in_which_nothing_can_be_sent_whole_send_nothing():
    """No load is as small as nothing, however small the smallest load may be."""
    model = lived("organisations.coastal.least_lot=0", "commodities.cocaine.production_by_year={2025: 1}", days=60)
    assert len(model.cargo.all) > 0
    assert min(load.grams for load in model.cargo.all) > 0


@pytest.mark.parametrize(
    "setting",
    [
        "commodities.cocaine.purity=0", "commodities.cocaine.market_price=0", "customs.imports.open_hours=0",
        "customs.imports.open_hours=25", "customs.exports.utilisation=0", "customs.learning.base_rate=0",
        "customs.learning.base_rate=1", "transport.small_craft.go_fast.capacity_kg=0",
    ],
)  # fmt: skip
def test_what_would_be_divided_by_nothing_is_refused(setting):
    with pytest.raises(InvalidScenario, match=setting.partition("=")[0]):
        load("two_coasts", overrides=[setting])


@pytest.mark.soak
def test_the_books_of_ten_thousand_random_worlds_are_recomputed_from_their_events():
    first = FIRST + date.today().toordinal() * SOAKED
    print(f"random worlds {first} to {first + SOAKED - 1}")
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        found = pool.map(complaints, range(first, first + SOAKED), chunksize=50)
        told = [f"{written(seed, Path.cwd())}: {'; '.join(wrong[:3])}" for seed, wrong, _ in found if wrong]
    assert not told, "\n".join(told)


def test_random_worlds_are_the_same_on_every_machine_and_differ_from_seed_to_seed():
    plans = [random_world(seed) for seed in range(20)]
    random_world.cache_clear()
    assert [resolved(random_world(seed)) for seed in range(20)] == list(map(resolved, plans))
    assert len(set(map(resolved, plans))) == 20


@pytest.mark.parametrize("seed", range(5))
def test_a_random_world_comes_back_from_its_file(seed, tmp_path):
    assert load(written(seed, tmp_path)) == random_world(seed)


def test_random_worlds_reach_into_every_corner():
    """Sizes, protocols, policies of every kind, policies that begin and end in the middle, and every field moved."""
    plans = [random_world(seed) for seed in range(DRAWN)]
    for sizes, few, many in (
        ([len(plan.geography.ports) for plan in plans], 2, 7),
        ([len(plan.geography.docks) for plan in plans], 0, 4),
        ([len(plan.waters) for plan in plans], 0, 3),
        ([len(plan.geography.markets) for plan in plans], 1, 5),
        ([len(plan.geography.production_areas) for plan in plans], 1, 5),
        ([len(plan.commodities) for plan in plans], 1, 3),
        ([len(plan.organisations) for plan in plans], 1, 3),
        ([len(plan.commodities["cocaine"].concealments) for plan in plans], 1, 3),
        ([len(plan.policies) for plan in plans], 0, 3),
    ):
        assert (min(sizes), max(sizes)) == (few, many)
    assert {policy.kind for plan in plans for policy in plan.policies} == set(policy_kinds())
    assert any(plan.start < policy.start and policy.end and policy.end < plan.end
               for plan in plans for policy in plan.policies)  # fmt: skip
    values: dict[str, set] = {}
    for plan in plans:
        for path, field, value in every_field(plan):
            if movable(field, value):
                values.setdefault(path.rpartition(".")[2], set()).add(repr(value))
    assert not {name for name, seen in values.items() if len(seen) < 2}


@pytest.mark.parametrize("kind", policy_kinds())
def test_a_policy_of_every_kind_can_be_drawn(kind):
    plans = [random_world(seed) for seed in range(30)]
    assert any(policy_of(kind, plan, Luck(str(n)), 0) for n, plan in enumerate(plans))
