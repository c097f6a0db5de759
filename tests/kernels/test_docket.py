"""The docket: cases wait for slots, go from stage to stage, and end by the evidence that there is."""

import math

import numpy as np
import pytest

from sim.kernels.docket import (
    ACQUITTED,
    CASE,
    CLOSED,
    COLD,
    CONVICTED,
    COURTS,
    DROPPED,
    ENDED,
    ENTRY,
    INVESTIGATION,
    JUDGED,
    LAPSED,
    LUCK,
    NAMED,
    NEVER,
    PROSECUTION,
    RELEASED,
    RESPONSE,
    SEARCHED,
    TRIAL,
    UNSEEN,
    advance,
    quality_of,
    stage_chance,
)
from sim.kernels.draws import Draws, child_keys
from sim.kernels.queueing import serve


def courts(**fields) -> np.ndarray:
    """One state in which everything takes a day, nothing is lost, and everybody is convicted."""
    found = np.zeros(1, COURTS)
    given = {
        "slots": [1000] * 5, "days": [1.0] * 5, "charged": 1.0, "convicted": 1.0, "upheld": 1.0, "testimony": 1.0,
        "half_life": 1e9, "remand_days": UNSEEN, "limit_days": UNSEEN, "cold_days": 1000, "effort": 1.0,
    }  # fmt: skip
    for name, value in {**given, **fields}.items():
        found[name][0] = value
    return found


def opened(days, **fields) -> np.ndarray:
    """Cases opened on some days, with one courier accused in each and evidence of middling quality."""
    cases = np.zeros(len(days), CASE)
    cases["key"] = child_keys("a court", 0, len(days))
    cases["organisation"], cases["couriers"], cases["material"] = -1, 1, 0.5
    cases["held"] = cases["closed"] = NEVER
    cases["entered"] = cases["started"] = NEVER
    cases["opened"] = cases["entered"][:, RESPONSE] = days
    for name, value in fields.items():
        cases[name] = value
    return cases


def lived(
    cases: np.ndarray, system: np.ndarray, until: int, seed: int = 1, looks: bool = False
) -> list[tuple[int, int, int]]:
    """Days of a court; returns what happened, as day, case and event. Looks: at every case on every day."""
    count, total, told = 0, len(cases), []
    diary = np.zeros(total, ENTRY)
    unclosed, moved = np.zeros(total, np.int64), np.zeros((3 * total, 2), np.int64)
    free, chosen, waiting = np.zeros(5, np.int64), np.zeros(5, np.int64), np.zeros(total, np.int64)
    luck = np.array([Draws(seed).key(purpose) for purpose in LUCK])
    days, begun = cases["opened"].tolist(), 0
    for day in range(until):
        while begun < total and days[begun] == day:
            unclosed[count] = begun
            count, begun = count + 1, begun + 1
        if looks:
            diary["until"] = 0
        count, lines = advance(day, cases, diary, unclosed, count, system, luck, free, chosen, waiting, moved)
        told += [(day, *line) for line in moved[:lines].tolist()]
    return told


def test_the_first_come_are_served_as_by_any_other_queue_to_the_day():
    """Whole days in, whole days of service: the recursion of Kiefer and Wolfowitz (1955)."""
    rng = np.random.default_rng(5)
    days = np.sort(rng.integers(0, 600, 400))
    cases = opened(days)
    lived(cases, courts(slots=[4, 0, 0, 0, 0], days=[5.5] + [1.0] * 4, spread=0.6), 2000)
    waits = cases["started"][:, RESPONSE] - days
    service = cases["entered"][:, INVESTIGATION] - cases["started"][:, RESPONSE]
    expected = np.zeros(len(days))
    serve(days.astype(float), service.astype(float), np.zeros(4), expected)
    assert waits.tolist() == expected.tolist()
    assert waits.mean() > 3


def test_grave_cases_are_taken_up_first_where_the_court_says_so():
    """One slot, a day each, by hand. First come: 0, 1, 2, 3, 4. By severity: 0 has the slot, then the leader (3), then
    the official (2), then the larger of two finds (4), then the smaller (1)."""
    orders = []
    for by_severity in (0, 1):
        cases = opened([0, 1, 1, 1, 1], grams=[9, 100, 1, 1, 200])
        cases["officers"][2], cases["leaders"][3] = 1, 1
        system = courts(slots=[1, 0, 0, 0, 0], days=[2.0] + [1.0] * 4, by_severity=[by_severity] + [0] * 4)
        lived(cases, system, 20)
        orders.append(np.argsort(cases["started"][:, RESPONSE]).tolist())
        assert sorted(cases["started"][:, RESPONSE].tolist()) == [0, 2, 4, 6, 8]
    assert orders == [[0, 1, 2, 3, 4], [0, 3, 2, 4, 1]]


def test_the_pipeline_multiplies_its_stages():
    """Of a hundred, .6 of .5 of .7 of .8 = .168 come to the end when the evidence is middling."""
    chances = [stage_chance(p, 0.5) for p in (0.6, 0.5, 0.7, 0.8)]
    assert math.prod(chances) == pytest.approx(0.168, abs=1e-15)


def test_a_pipeline_of_many_cases_ends_as_its_stages_say():
    """Charged .6, convicted .7, all appealed, upheld .8: .336 within four standard errors."""
    count = 5_000
    cases = opened(np.zeros(count, int))
    lived(cases, courts(slots=[count] * 5, charged=0.6, convicted=0.7, appeals=1.0, upheld=0.8), 30)
    share = (cases["outcome"] == CONVICTED).mean()
    assert (cases["stage"] == CLOSED).all()
    assert abs(share - 0.336) < 4 * math.sqrt(0.336 * 0.664 / count)
    assert abs((cases["outcome"] == DROPPED).mean() - 0.4) < 4 * math.sqrt(0.24 / count)


def test_certainties_stay_certain_and_better_evidence_never_hurts():
    qualities = [quality / 20 for quality in range(21)]
    for quality in qualities:
        assert stage_chance(0.0, quality) == 0.0
        assert stage_chance(1.0, quality) == 1.0
    chances = [stage_chance(0.7, quality) for quality in qualities]
    assert chances == sorted(chances)
    assert chances[10] == pytest.approx(0.7)


def test_what_is_said_goes_stale_and_what_was_found_does_not():
    assert quality_of(0.4, 0.5, 0.0, 720.0) == pytest.approx(1 - 0.6 * 0.5)
    assert quality_of(0.4, 0.5, 720.0, 720.0) == pytest.approx(1 - 0.6 * 0.75)
    assert quality_of(0.4, 0.0, 5000.0, 720.0) == pytest.approx(0.4)


def test_who_is_looked_at_on_the_day_written_down_fares_as_if_looked_at_every_day():
    """Cases of all kinds before a court that keeps them waiting, frees, lets lapse, and waits for others."""
    rng = np.random.default_rng(3)
    days = np.sort(rng.integers(0, 400, 600))
    system = courts(slots=[2, 30, 6, 4, 3], days=[1.0, 30.0, 20.0, 40.0, 60.0], spread=0.7, by_severity=[0, 0, 1, 1, 0],
                    charged=0.8, convicted=0.7, upheld=0.6, plea=0.2, appeals=0.5, identified=0.3, attribution=0.5,
                    remand_days=80, limit_days=200, cold_days=90)  # fmt: skip
    cases = opened(days, organisation=rng.integers(-1, 3, 600), couriers=rng.integers(0, 2, 600))
    cases["held"] = np.where(rng.random(600) < 0.3, days, NEVER)
    cases["answer"], cases["report"] = days + rng.integers(0, 120, (2, 600))
    others = cases.copy()
    told = lived(cases, system, 900)
    assert told == lived(others, system, 900, looks=True)
    assert np.array_equal(cases, others)
    assert {event for _, _, event in told} == {SEARCHED, NAMED, JUDGED, ENDED, RELEASED}
    assert {LAPSED, COLD, DROPPED, ACQUITTED, CONVICTED} <= set(cases["outcome"].tolist())


def test_no_trial_starts_before_the_laboratory_has_reported():
    cases = opened([0, 0], report=[0, 50])
    lived(cases, courts(), 100)
    assert cases["started"][:, TRIAL].tolist() == [3, 50]


def test_an_investigation_waits_for_the_answer_from_abroad():
    cases = opened([0, 0], answer=[0, 40])
    lived(cases, courts(), 100)
    assert cases["entered"][:, PROSECUTION].tolist() == [2, 40]


def test_a_case_that_waits_for_too_long_lapses():
    cases = opened([0, 0])
    system = courts(slots=[9, 9, 9, 1, 9], days=[1.0, 1.0, 1.0, 200.0, 1.0], limit_days=90)
    lived(cases, system, 400)
    assert cases["outcome"].tolist() == [CONVICTED, LAPSED]
    assert cases["closed"].tolist() == [203, 92]  # in court from day 3; investigated on day 2, and 90 days later


def test_custody_ends_at_its_limit_unless_there_is_a_judgment():
    cases = opened([0, 0], held=0)
    cases["report"][1] = 90
    told = lived(cases, courts(remand_days=60), 200)
    assert [line for line in told if line[2] == RELEASED] == [(60, 1, RELEASED)]


def test_a_find_without_suspects_goes_cold_takes_no_slot_and_is_closed_in_time():
    cases = opened([0, 0, 0], couriers=0)
    told = lived(cases, courts(slots=[1, 1, 0, 0, 0], cold_days=30), 60)
    assert told == []
    assert cases["outcome"].tolist() == [COLD] * 3
    assert cases["closed"].tolist() == [30] * 3


def test_an_acquittal_ends_a_case_and_is_told_once():
    cases = opened([0])
    told = lived(cases, courts(convicted=0.0), 20)
    assert cases["outcome"].tolist() == [ACQUITTED]
    assert told == [(4, 0, ENDED)]
