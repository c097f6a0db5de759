"""What is expected of courts under load, and of what seizures come to in the end."""

from functools import cache
from typing import NamedTuple

import numpy as np

from sim.kernels.docket import (
    ACQUITTED,
    CASE,
    CLOSED,
    CONVICTED,
    COURTS,
    ENTRY,
    LAPSED,
    LUCK,
    NEVER,
    RESPONSE,
    UNSEEN,
    advance,
)
from sim.kernels.draws import Draws, child_keys
from tests.field.pairs import SURE, Told, told

PAIRS, YEARS, FEW, MANY = 30, 4, 30, 60
"""Cases a year with suspects: what the courts can bear, and twice as many."""


class Came(NamedTuple):
    """What the cases of some years came to."""

    days: float
    """From the opening to a final judgment, mean."""
    share: float
    """Of all cases, those that ended in a final conviction; none is left open."""
    lapsed: int


@cache
def court(a_year: int, slots: int, limit_days: int = 730, half_life: float = 720.0) -> tuple[Came, ...]:
    """A court with so many slots of eight months, by replicate. The cases of a year are the same ones in every world,
    and those that come on top have luck of their own."""
    return tuple(_lived(a_year, slots, limit_days, half_life, number) for number in range(PAIRS))


def _lived(a_year: int, slots: int, limit_days: int, half_life: float, replicate: int) -> Came:
    draws, until = Draws(1, replicate), round(365.25 * YEARS)
    keys = child_keys("suspects", 0, a_year * YEARS)
    days = np.floor(draws.uniforms("opened", keys, 0) * until).astype(np.int64)
    order = np.argsort(days, kind="stable")
    cases = np.zeros(len(keys), CASE)
    cases["key"], cases["organisation"], cases["couriers"] = keys[order], -1, 1
    cases["material"], cases["spoken"] = 0.35, 0.25
    cases["held"] = cases["closed"] = NEVER
    cases["entered"] = cases["started"] = NEVER
    cases["opened"] = cases["entered"][:, RESPONSE] = days[order]
    system = np.zeros(1, COURTS)
    given = {
        "slots": [99, 99, 99, slots, 99], "days": [2.0, 90.0, 60.0, 240.0, 200.0], "spread": 0.6, "charged": 0.8,
        "convicted": 0.85, "upheld": 0.9, "plea": 0.2, "appeals": 0.4, "testimony": 1.0, "half_life": half_life,
        "remand_days": UNSEEN, "limit_days": limit_days, "effort": 1.0,
    }  # fmt: skip
    for name, value in given.items():
        system[name][0] = value
    return _judged(cases, system, draws, 4 * until)


def _judged(cases: np.ndarray, system: np.ndarray, draws: Draws, until: int) -> Came:
    total, count, begun, opened = len(cases), 0, 0, cases["opened"].tolist()
    diary = np.zeros(total, ENTRY)
    unclosed, moved, waiting = np.zeros(total, np.int64), np.zeros((3 * total, 2), np.int64), np.zeros(total, np.int64)
    free, chosen, luck = np.zeros(5, np.int64), np.zeros(5, np.int64), np.array([draws.key(name) for name in LUCK])
    for day in range(until):
        while begun < total and opened[begun] == day:
            unclosed[count] = begun
            count, begun = count + 1, begun + 1
        count, _ = advance(day, cases, diary, unclosed, count, system, luck, free, chosen, waiting, moved)
    final = cases[(cases["outcome"] == CONVICTED) | (cases["outcome"] == ACQUITTED)]
    assert (cases["stage"] == CLOSED).all()
    return Came(
        float((final["closed"] - final["opened"]).mean()),
        float((cases["outcome"] == CONVICTED).mean()),
        int((cases["outcome"] == LAPSED).sum()),
    )


def change(what: str, here: tuple[Came, ...], there: tuple[Came, ...]) -> Told:
    """Change from one world to another, over pairs with the same luck."""
    return told([getattr(b, what) - getattr(a, what) for a, b in zip(here, there, strict=True)])


def test_more_arrests_without_courts_take_longer_and_convict_a_smaller_share():
    """More arrests without court capacity lengthen the time to judgment and lower the share of final convictions:
    cases queue, those that queue for too long lapse, and witnesses forget.

    Twice the cases, each with a courier accused, before ten slots that can bear the first half of them.
    """
    plain, more = court(FEW, 10), court(MANY, 10)
    longer, share, lapsed = (change(what, plain, more) for what in Came._fields)
    assert longer.above < SURE, longer
    assert share.below < SURE, share
    assert lapsed.above < SURE, lapsed


def test_court_capacity_undoes_it():
    """Twice the slots for twice the cases: sooner and with more convictions than without, and as before."""
    plain, more, courts = court(FEW, 10), court(MANY, 10), court(MANY, 20)
    for what, better in (("days", "below"), ("share", "above")):
        assert getattr(change(what, more, courts), better) < SURE, change(what, more, courts)
        left, lost = abs(change(what, plain, courts).mean), abs(change(what, plain, more).mean)
        assert left < lost / 2, (what, left, lost)


def test_load_alone_costs_no_convictions():
    """Where nothing lapses and nobody forgets, twice the cases take longer and convict as large a share: time limits
    and witnesses are how load costs convictions, and nothing else is."""
    slow = {"limit_days": UNSEEN, "half_life": 1e12}
    plain, more = court(FEW, 10, **slow), court(MANY, 10, **slow)
    assert change("days", plain, more).above < SURE
    share = change("share", plain, more)
    assert share.below > SURE, share
