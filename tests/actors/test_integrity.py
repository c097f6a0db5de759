"""Inspectors take bribes, or do not; who does sees nothing of his principal's, and audits may find him."""

import math

import numpy as np
import pytest

from sim.actors.port_inspector import PortInspector
from sim.kernels.corruption import BRIBERY, INSPECTOR, LUCK, WEEKS_PER_YEAR, audit, leave_traces, tempt, turn_away
from sim.kernels.draws import Draws, entity_key
from sim.kernels.loads import LOAD, SEIZED
from sim.kernels.prospects import CELL
from sim.model import SmugglingModel
from sim.scenario.describe import describe
from sim.study.measures import totals
from tests.promises.worlds import lived, world

DRAWS = Draws(3)
KEYS = np.array([DRAWS.key(purpose) for purpose in LUCK], np.uint64)
OFFER = 1000.0 * WEEKS_PER_YEAR
"""A year's bribe that is paid in 1,000 USD a week."""
EASY = ("customs.imports.integrity_wages=0.01", "customs.exports.integrity_wages=0.01", "customs.corruption.approach=1")
UNSEEN = ("customs.imports.audits_per_year=0", "customs.exports.audits_per_year=0")


class Port:
    """One organisation with a cell at one port, whose import control has some inspectors."""

    def __init__(self, thresholds, *, held=True, **terms) -> None:
        count = len(thresholds)
        self.inspectors = np.zeros(count, INSPECTOR)
        self.inspectors["principal"], self.inspectors["threshold_usd"] = -1, thresholds
        self.terms = np.zeros(1, BRIBERY)
        for name, value in ({"approach": 1.0, "most": 9, "yields": 0.5, "memory": 0.9} | terms).items():
            self.terms[name] = value
        self.cells, self.first = np.zeros(1, CELL), np.array([0, count])
        self.cells["held"] = held
        self.keys = np.array([entity_key(f"inspector {number}") for number in range(count)], np.uint64)
        self.perceived, self.purse = np.zeros(1), np.array([10**12])

    def week(self, day: int, *, integrity: float = 1.0) -> int:
        """A week of approaches; returns cents paid."""
        before = int(self.purse[0])
        tempt(
            day, np.zeros(1, np.int64), np.array([entity_key("organisation")]), self.cells, np.array([[0, 1]]),
            np.array([[-1, 0]]), self.first, np.zeros(1, np.uint64), self.inspectors,
            np.array([OFFER]), frozen(integrity), self.perceived, self.terms, KEYS, self.purse,
        )  # fmt: skip
        return before - int(self.purse[0])

    def audited(self, day: int, rate: float) -> list[int]:
        found = np.zeros(len(self.keys), np.int64)
        count = audit(
            day, np.zeros(1, np.int64), self.first, self.inspectors, self.keys, frozen(rate), self.perceived,
            self.terms, KEYS, found,
        )  # fmt: skip
        return found[:count].tolist()

    @property
    def bought(self) -> list[int]:
        return np.flatnonzero(self.inspectors["principal"] >= 0).tolist()


def frozen(value: float) -> np.ndarray:
    lever = np.array([value])
    lever.flags.writeable = False
    return lever


def test_who_asks_no_more_than_is_offered_accepts_and_nobody_else():
    port = Port([0.5 * OFFER, 0.99 * OFFER, 1.01 * OFFER, 5 * OFFER])
    paid = [port.week(day) for day in range(0, 700, 7)]
    assert port.bought == [0, 1]
    assert paid[-1] == 2 * 100_000  # a week's bribe for each


def test_fear_of_being_found_and_integrity_programmes_raise_what_is_asked():
    """He asks threshold * integrity * (1 + fear * perceived chance): at 0.5 OFFER, up to a factor of 2."""
    for integrity, perceived, accepts in ((1.9, 0.0, True), (2.1, 0.0, False), (1.0, 0.3, True), (1.0, 0.4, False)):
        port = Port([0.5 * OFFER], fear=3.0)
        port.perceived[0] = perceived
        port.week(0, integrity=integrity)
        assert bool(port.bought) == accepts


def test_a_threat_lowers_what_is_asked_and_holds_him_to_it():
    assert Port([1.5 * OFFER], threats=1.0).week(0) == 100_000
    assert Port([1.5 * OFFER], threats=0.0).week(0) == 0
    assert Port([2.5 * OFFER], threats=1.0).week(0) == 0


def test_who_would_not_accept_any_more_withdraws_and_who_is_not_paid_is_let_go():
    port = Port([0.5 * OFFER])
    port.week(0)
    port.week(7, integrity=3.0)
    assert not port.bought
    port.week(14)
    port.purse[0] = 99_999
    assert port.week(21) == 0
    assert not port.bought


def test_an_organisation_has_no_more_inspectors_than_it_can_have_and_none_where_it_has_no_cell():
    port = Port([0.0] * 8, most=3)
    for day in range(0, 200, 7):
        port.week(day)
    assert len(port.bought) == 3
    port.cells["held"] = False
    assert port.week(210) == 0
    assert not port.bought
    assert Port([0.0], held=False).week(0) == 0


def test_a_successor_in_training_is_not_approached():
    port = Port([0.0])
    port.inspectors["trained"] = 50
    port.week(49)
    assert not port.bought
    port.week(56)
    assert port.bought == [0]


def test_a_bought_reader_passes_his_principals_boxes_with_the_chance_that_he_reads_them():
    first, inspectors = np.array([0, 4, 6]), np.zeros(6, INSPECTOR)
    inspectors["principal"] = [1, 0, 1, -1, 0, -1]
    reads, on_shift = np.zeros((3, 2)), np.array([True, True, True, True, False, False])
    assert turn_away(first, inspectors, on_shift, reads) == 4
    assert reads[:, 0].tolist() == [0.75, 0.5, 1.0]  # two of four readers, one, none
    assert reads[:, 1].tolist() == [0.5, 1.0, 1.0]  # nobody on the roster: both read
    on_shift[2] = False
    turn_away(first, inspectors, on_shift, reads)
    assert reads[:, 0].tolist() == pytest.approx([2 / 3, 2 / 3, 1.0])


def test_what_passes_leaves_traces_with_those_on_duty_for_its_owner():
    first, inspectors, loads = np.array([0, 3]), np.zeros(3, INSPECTOR), np.zeros(3, LOAD)
    inspectors["principal"] = [0, 0, 1]
    loads["organisation"], loads["grams"], loads["outcome"] = [0, 0, 1], [500, 70, 9], [1, SEIZED, 1]
    on_shift, reads = np.array([True, False, False]), np.array([[0.0], [1.0]])
    passed = leave_traces(np.zeros(3, np.int64), np.arange(3), loads, first, inspectors, on_shift, reads)
    assert passed == 500
    assert inspectors["traces"].tolist() == [1, 0, 0]


def test_audits_find_at_their_rate_and_more_where_loads_were_missed():
    """Chance in a week 1 - exp(-rate (1 + trace * traces) / weeks of a year)."""
    for traces, rate in ((0, 2.0), (3, 2.0), (0, 0.0)):
        port = Port([0.0] * 2000, trace=0.5)
        port.inspectors["principal"], port.inspectors["traces"] = 0, traces
        expected = 1.0 - math.exp(-rate * (1.0 + 0.5 * traces) / WEEKS_PER_YEAR)
        found = port.audited(0, rate)
        assert abs(len(found) / 2000 - expected) < 6 * math.sqrt(0.1 / 2000)
        assert not port.inspectors["traces"].any()


def test_people_come_to_expect_the_audits_in_force_and_more_after_each_dismissal():
    port = Port([0.0], memory=0.9)
    port.audited(0, 1.0)
    assert port.perceived[0] == pytest.approx(0.1 * (1 - math.exp(-1.0)))
    known = port.perceived[0]
    port.inspectors["principal"] = 0
    while not port.audited(7, 1e9):
        pass
    assert port.perceived[0] > known + 0.9 / 11


def test_inspectors_of_an_organisation_that_is_no_more_are_in_nobodys_pay():
    model = SmugglingModel(world(*EASY, *UNSEEN, days=61))
    for _ in range(60):
        model.step()
    principal = model.integrity.inspectors["principal"]
    gone = model.cartels[int(principal[principal >= 0][0])]
    gone.dismantle()
    model.step()
    assert gone.number not in principal
    assert (model.passage.reads[gone.number] == 1.0).all()


def test_worlds_without_bribes_know_none():
    totalled = totals(lived("customs.corruption.approach=0", days=120))
    assert not any(totalled[name] for name in ("corrupted_inspectors_mean", "bribes_usd", "passed_corrupted_kg"))


def test_an_inspector_found_is_replaced_by_somebody_else_who_has_to_be_trained():
    settings = (*EASY, "customs.imports.audits_per_year=1", "customs.exports.audits_per_year=1")
    model = lived(*settings, "customs.corruption.retraining_days=40", days=200)
    assert model.integrity.dismissed == model.chronicle.daily["dismissed"][-1]
    assert sum(model.chronicle.daily["dismissed"]) > 3
    assert len(model.agents_by_type[PortInspector]) == len(model.staff.keys)
    keys = [inspector.key for officer in model.officers for inspector in officer.inspectors]
    assert np.array_equal(np.array(keys, np.uint64), model.staff.keys)
    training = model.integrity.inspectors["trained"] > model.day
    assert training.any()
    assert not (model.staff.on_shift & training).any()
    assert (model.integrity.inspectors["principal"][training] == -1).all()
    assert (model.integrity.inspectors["trained"] > 0).sum() > 1


def test_bribes_are_paid_from_capital_and_nothing_is_seen_of_others_loads():
    model = lived(*EASY, *UNSEEN, days=150)
    principal, first = model.integrity.inspectors["principal"], model.staff.first
    assert sum(model.chronicle.daily["bribes_cents"]) > 0
    for row in range(model.checkpoints.n_ports):
        here = set(principal[first[row] : first[row + 1]].tolist())
        blinded = set(np.flatnonzero(model.passage.reads[:, row] < 1.0).tolist())
        assert blinded <= here


def test_bribes_change_the_luck_of_nobody_else():
    """A world where nobody accepts is the world where nobody asks."""
    proud = lived("customs.imports.integrity_wages=1e6", "customs.exports.integrity_wages=1e6", days=120)
    unasked = lived("customs.corruption.approach=0", days=120)
    assert proud.chronicle.daily == unasked.chronicle.daily


def test_describe_says_what_inspectors_are_offered_and_what_is_extorted():
    told = describe(world("trade.extortion={nordhaven: 0.14}"), width=10_000)
    assert "offer 3 years' legal wages a year" in told
    assert "Officials at nordhaven extort 14% of the cost of shipping" in told
    assert "No organisation approaches" in describe(world("customs.corruption.approach=0"), width=10_000)
    assert isinstance(SmugglingModel(world()), SmugglingModel)
