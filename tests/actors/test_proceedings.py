"""Proceedings: what becomes of seizures and arrests, of people in custody, and of organisations."""

from datetime import timedelta

import numpy as np
import pytest

from sim.actors.courier import Courier
from sim.actors.court import Court, Prosecution
from sim.kernels.docket import (
    ACQUITTED,
    CONVICTED,
    FIND,
    LAPSED,
    MONEY,
    NEVER,
    ORGANISATION,
    PROSECUTION,
    TRIAL,
    UNSEEN,
)
from sim.model import SmugglingModel
from sim.scenario.load import load
from sim.study import measures
from sim.study.casebook import judged_on
from sim.study.run import live
from tests.promises.worlds import BUSY, NO_POLICIES, lived, world

SWIFT = tuple(
    f"justice.courts.{setting}"
    for setting in ("investigation_days=20", "prosecution_days=10", "trial_days=20", "appeal_days=20",
                    "cross_border=0", "laboratory_days=5")
)  # fmt: skip
"""Courts that come to an end within a run."""
MANY_ARRESTS = "commodities.cocaine.arrests_per_seizure=1"


@pytest.fixture(scope="module")
def model() -> SmugglingModel:
    return lived(*SWIFT, MANY_ARRESTS, days=300, mode="thinned")


def test_every_seizure_has_a_case_of_its_own_and_an_outcome_in_it(model):
    loads, cases = model.cargo.rows, model.justice.cases
    finds = cases[cases["kind"] == FIND]
    seized = loads[loads["outcome"] == 2]
    assert sorted(finds["key"].tolist()) == sorted(seized["key"].tolist())
    assert finds["grams"].sum() == seized["grams"].sum()
    assert len(finds) > 20


def test_cases_stand_in_the_state_of_the_control_that_made_the_find(model):
    by_key = {int(load["key"]): load for load in model.cargo.rows}
    for case in model.justice.cases:
        if case["kind"] == FIND:
            load = by_key[int(case["key"])]
            if load["checkpoint"] >= 0:
                assert case["state"] == model.states.of_checkpoint[load["checkpoint"]]
            else:
                assert case["state"] == model.states.of_site[model.ledger.places[load["place"]]]


def test_precursors_ask_no_state_for_help_and_are_no_contraband_in_totals():
    """They come from the rest of the world, of which no state is; half of the cases are taken to be convictions."""
    settings = ("justice.courts.cross_border=1", "customs.precursors.scan_share=0.5", "customs.precursors.tip=0.9")
    model = live(load("two_coasts_precursors", overrides=(NO_POLICIES, *settings), days=150), mode="thinned")
    cases = model.justice.cases
    chemicals = cases["commodity"] == model.ledger.commodities.index("precursors")
    assert chemicals.sum() > 3
    assert (cases["abroad"][chemicals] == -1).all()
    assert (cases["abroad"][~chemicals & (cases["kind"] == FIND)] >= 0).any()
    cases["outcome"] = np.where(np.arange(len(cases)) % 2, CONVICTED, ACQUITTED)
    grams, convicted = cases["grams"], (cases["outcome"] == CONVICTED) & ~chemicals
    share = grams[convicted].sum() / grams[~chemicals].sum()
    assert measures.totals(model)["convicted_seizure_share"] == pytest.approx(share)


def finds(plan) -> np.ndarray:
    """Cases about finds at the end of a world."""
    cases = live(plan, mode="thinned").justice.cases
    return cases[cases["kind"] == FIND]


def test_cases_that_are_opened_on_the_first_day_of_a_policy_or_of_a_run_begin_by_what_holds_on_it():
    """An academy takes away half of what evidence lacks, 0.6."""
    plan = world(*BUSY, "justice.courts.cross_border=0", days=60)
    first = next(day for day in finds(plan)["opened"].tolist() if day > 10)
    taught = plan.with_policy("academy", states=["origin", "transit", "destination"], training=0.5,
                              start=plan.start + timedelta(days=first))  # fmt: skip
    cases = finds(taught)
    assert (cases["opened"] == first).any()
    assert cases["material"] == pytest.approx(np.where(cases["opened"] >= first, 0.7, 0.4))

    model = SmugglingModel(plan)
    case = model.justice.official(0, next(iter(model.ports)), np.uint64(5))
    assert model.justice.cases["material"][case] == pytest.approx(0.4)


def test_everybody_who_was_arrested_is_accused_in_a_case(model):
    cases = model.justice.cases
    crews = cases[cases["kind"] != MONEY]  # a case about money is against whoever moved it
    assert crews["couriers"].sum() == sum(model.chronicle.daily["arrested"]) > 30


def test_cases_go_through_their_stages_in_order(model):
    cases = model.justice.cases
    for stage in range(5):
        come, begun = cases["entered"][:, stage], cases["started"][:, stage]
        assert (begun[begun != NEVER] >= come[begun != NEVER]).all()
        if stage:
            before = cases["started"][:, stage - 1]
            assert (before[come != NEVER] != NEVER).all()
            assert (before[come != NEVER] < come[come != NEVER]).all()
    closed = cases["closed"] != NEVER
    assert closed.sum() > 10
    assert (cases["closed"][closed] >= cases["entered"].max(axis=1)[closed]).all()


def test_the_monthly_table_of_queues_adds_up_to_the_cases(model):
    tables = measures.tables(model)
    queues, cases = tables["justice"], model.justice.cases
    stages = np.asarray(queues["stage"])
    for number, stage in enumerate(("response", "investigation", "prosecution", "trial", "appeal")):
        here = stages == stage
        assert queues["entered"][here].sum() == (cases["entered"][:, number] != NEVER).sum()
        gone = (cases["entered"][:, number] != NEVER) & (
            (cases["entered"][:, number + 1 :] != NEVER).any(axis=1) | (cases["closed"] != NEVER)
        )
        assert queues["left"][here].sum() == gone.sum()
    last = np.asarray(queues["month"]) == np.asarray(queues["month"])[-1]
    waiting = (cases["stage"] == TRIAL) & (cases["started"][:, TRIAL] == NEVER)
    assert queues["waiting"][last & (stages == "trial")].sum() == waiting.sum()


def test_totals_are_what_the_table_of_cases_says(model):
    cases, totals = measures.tables(model)["cases"], measures.totals(model)
    outcome = np.asarray(cases["outcome"])
    accused = cases["couriers"] + cases["officers"] + cases["leaders"] > 0
    closed = cases["closed_day"] >= 0
    assert totals["final_convictions"] == (outcome == "convicted").sum() > 3
    days = cases["closed_day"] - cases["opened_day"]
    old, soon = accused & (cases["opened_day"] <= 150), closed & (days <= 150)
    assert totals["final_conviction_share"] == (old & soon & (outcome == "convicted")).sum() / old.sum() > 0
    judged = old & soon & ((outcome == "convicted") | (outcome == "acquitted"))
    assert totals["judgment_days_mean"] == days[judged].mean()
    assert totals["cases_open"] == (~closed).sum()


def test_no_more_mass_is_judged_than_was_seized(model):
    """Every seizure figure has its final figure beside it."""
    assert 0.0 < measures.totals(model)["convicted_seizure_share"] < 1.0


def test_a_case_names_nobody_of_whom_it_does_not_know(model):
    told, cases = measures.tables(model)["cases"], model.justice.cases
    assert [bool(name) for name in told["organisation"]] == (cases["named"] & (cases["organisation"] >= 0)).tolist()


ONE_SLOT = tuple(
    f"justice.courts.{setting}"
    for setting in ("court_slots=1", "trial_days=60", "limit_days=30", "charged=1", "plea=0", "plea_pressed=0",
                    "weak=0", "weak_pressed=0")
)  # fmt: skip
"""Everybody comes before a court that takes one case at a time, and waits there for a month at most."""


@pytest.mark.parametrize("settings", [(), ONE_SLOT])
def test_the_judgments_of_a_day_are_told_on_that_day(settings):
    """What lapses while it waits for a court has none."""
    model = SmugglingModel(world(*SWIFT, MANY_ARRESTS, *settings, days=200), mode="thinned")
    told = []
    for _ in range(200):
        model.step()
        told += model.justice.judged_today
    cases = model.justice.cases
    lapsed = (cases["outcome"] == LAPSED) & (cases["entered"][:, TRIAL] != NEVER)
    assert lapsed.any() == bool(settings)
    final = (cases["outcome"] == CONVICTED) | ((cases["outcome"] == ACQUITTED) & (judged_on(cases) != NEVER))
    assert sorted(judgment.case for judgment in told) == final.nonzero()[0].tolist() != []
    assert all(judgment.convicted == (cases["outcome"][judgment.case] == CONVICTED) for judgment in told)


# ---------------------------------------------------------------------- laboratories

SLOW = ("justice.courts.laboratory_per_week=0.2", "justice.courts.laboratory_days=5", "justice.courts.cross_border=0")


def reported(plan, days: int) -> list[tuple[int, int]]:
    """Days on which finds in the state of destination were made, and on which there are reports of them, as it stands
    after some days."""
    model = SmugglingModel(plan, mode="thinned")
    for _ in range(days):
        model.step()
    cases = model.justice.cases
    ours = cases[(cases["kind"] == FIND) & (cases["state"] == model.states.row("XB"))]
    return list(zip(ours["opened"].tolist(), ours["report"].tolist(), strict=True))


def test_a_laboratory_takes_finds_in_turn_and_no_more_in_a_week_than_it_can():
    reports = reported(world(*BUSY, *SLOW, days=120), 120)
    begun = [report - 5 for _, report in reports if report != UNSEEN]
    assert begun == list(range(reports[0][0], 120, 35))[: len(begun)]
    assert 3 == len(begun) < len(reports) / 2


def test_a_laboratory_that_can_do_more_works_off_what_waits_and_no_faster_once_it_cannot():
    """One report in five weeks until day 59, four a week until day 80, then one in five weeks again."""
    plan = world(*BUSY, *SLOW, days=120).with_policy(
        "forensic_laboratories", states=["XB"], capacity=20, turnaround=1, start="2025-03-01", end="2025-03-21"
    )
    begun = [report - 5 for _, report in reported(plan, 120) if report != UNSEEN]
    assert 9 <= sum(59 <= day < 80 for day in begun) <= 13
    assert sum(day < 59 for day in begun) == 2
    assert sum(day >= 80 for day in begun) <= 2


def test_a_laboratory_that_can_do_nothing_reports_on_nothing():
    reports = reported(world(*BUSY, "justice.courts.laboratory_per_week=0", days=60), 60)
    assert len(reports) > 3
    assert {report for _, report in reports} == {UNSEEN}


# ---------------------------------------------------------------------- custody


def a_courier(model: SmugglingModel):
    """Somebody at work, with the cell that they work in."""
    for cartel in model.cartels:
        for row, crew in enumerate(cartel.cells.crews):
            if len(crew) > 1:
                return cartel.cells, row, crew[0]
    raise AssertionError("nobody is at work")


def arrested(*settings: str):
    """A courier who has been arrested, in a case of which only luck will decide."""
    model = SmugglingModel(world(*SWIFT, "justice.courts.remand=1", "geography.communities.cooperation=0", *settings))
    cells, row, courier = a_courier(model)
    case = model.justice.official(cells.organisation, courier.community.site, np.uint64(5))
    cells._arrest(row, [courier], "arrest", 1.0, case)
    return model, courier, case


def until_closed(model: SmugglingModel, case: int) -> None:
    while model.justice.cases["closed"][case] == NEVER:
        model.day += 1
        model.justice.hear()


def test_who_is_arrested_is_away_until_the_case_is_dropped():
    model, courier, case = arrested("justice.courts.charged=0")
    assert courier.community.in_custody(courier.person.key)
    until_closed(model, case)
    assert 3 < model.justice.cases["closed"][case] < 200
    assert not courier.community.in_custody(courier.person.key)


def test_who_is_convicted_serves_a_sentence_from_the_arrest_on():
    model, courier, case = arrested("justice.courts.charged=1", "justice.courts.convicted=1", "justice.courts.upheld=1",
                                    "justice.courts.weak=0", "justice.courts.weak_pressed=0")  # fmt: skip
    until_closed(model, case)
    assert model.justice.cases["outcome"][case] == CONVICTED
    until = courier.community.custody[courier.person.key][case]
    drawn = model.draws.exponential("sentence", np.uint64(courier.person.key), 0, 0, 3.0 * 365.25)
    assert until == max(int(judged_on(model.justice.cases)[case]), round(drawn))


def test_custody_ends_at_its_limit_and_a_later_case_keeps_who_is_held_in_it():
    model, courier, case = arrested("justice.courts.remand_days=30", "justice.courts.prosecution_days=900")
    community, person = courier.community, courier.person.key
    for _ in range(30):
        model.day += 1
        model.justice.hear()
    assert not community.in_custody(person)
    community.hold(person, case + 100)
    community.release(person, case, model.day)
    assert community.in_custody(person)


def test_who_is_arrested_after_custody_has_reached_its_limit_in_a_case_is_not_kept_and_serves_from_the_judgment_on():
    model, _, case = arrested("justice.courts.remand_days=10", "justice.courts.investigation_days=60",
                              "justice.courts.charged=1", "justice.courts.plea=1", "justice.courts.weak=0",
                              "justice.courts.weak_pressed=0")  # fmt: skip
    for _ in range(12):
        model.day += 1
        model.justice.hear()
    cells, row, later = a_courier(model)
    community, person, arrest = later.community, later.person.key, model.day
    cells._arrest(row, [later], "arrest", 1.0, case)
    assert not community.in_custody(person)
    until_closed(model, case)
    assert model.justice.cases["outcome"][case] == CONVICTED
    drawn = model.draws.exponential("sentence", np.uint64(person), arrest, 0, 3.0 * 365.25)
    assert community.custody[person][case] == round(model.day + drawn)


def test_a_leader_who_is_reached_after_custody_has_reached_its_limit_in_a_case_stays_until_he_is_convicted():
    model = SmugglingModel(world(*SURE, "justice.networks.arrests=0", "organisations.coastal.life.split_on_loss=0"))
    case = model.justice.against(0, model.justice.state_at(a_courier(model)[2].community.site))
    model.justice.cases["freed"][case] = True
    model.justice.networks.take_down(case)
    assert [blow.what for blow in model.justice.networks.blows] == ["uncovered"]
    model.justice.networks.leader_judged(case)
    assert [blow.what for blow in model.justice.networks.blows] == ["uncovered", "leader"]


def test_a_sentence_is_served_whatever_becomes_of_a_later_case():
    model, courier, case = arrested()
    community, person, day = courier.community, courier.person.key, model.day
    community.hold(person, case + 1)
    community.serve(person, case, day + 1000)
    community.release(person, case + 1, day)
    assert community.in_custody(person)
    community.release(person, case, day)
    assert not community.in_custody(person)


def test_who_is_convicted_while_at_work_leaves_the_crew():
    model, courier, case = arrested("justice.courts.remand=0", "justice.courts.charged=1", "justice.courts.convicted=1",
                                    "justice.courts.weak=0", "justice.courts.weak_pressed=0")  # fmt: skip
    community = courier.community
    assert not community.in_custody(courier.person.key)
    cells = model.cartels[courier.organisation].cells
    again = Courier(model, community, courier.person, courier.organisation)
    row = cells.ways.row[community.site]
    cells.crews[row].append(again)
    cells.table["hands"][row] += 1
    hands = cells.at_work
    until_closed(model, case)
    assert again not in cells.crews[row]
    assert cells.at_work == hands - 1
    assert again.gone


def test_who_was_arrested_twice_in_one_case_serves_the_longer_sentence():
    """Arrested again on the first day whose sentence is a shorter one."""
    model, courier, case = arrested("justice.courts.remand=0", "justice.courts.charged=1", "justice.courts.plea=1",
                                    "justice.courts.weak=0", "justice.courts.weak_pressed=0")  # fmt: skip
    community, key = courier.community, np.uint64(courier.person.key)
    first, *later = (model.draws.exponential("sentence", key, day, 0, 3.0 * 365.25) for day in range(10))
    model.day = 1 + next(n for n, days in enumerate(later) if days < first)
    again = Courier(model, community, courier.person, courier.organisation)
    cells = model.cartels[courier.organisation].cells
    row = cells.ways.row[community.site]
    cells.crews[row].append(again)
    cells.table["hands"][row] += 1
    cells._arrest(row, [again], "arrest", 1.0, case)
    until_closed(model, case)
    assert community.custody[courier.person.key][case] == round(model.day + first)


# ---------------------------------------------------------------------- those who decide


def test_prosecutors_drop_more_and_bargain_more_as_the_wait_grows():
    """Half way at the wait at which courts begin to choose."""
    model = SmugglingModel(world(days=1))
    office = next(iter(model.agents_by_type[Prosecution]))
    traits, court = office.traits, model.justice.courts
    for wait, way in ((0.0, 0.0), (float(traits.triage_days), 0.5), (1e12, 1.0)):
        office.decide(wait)
        low, high = float(traits.plea), float(traits.plea_pressed)
        assert court["plea"][office.row] == pytest.approx(low + way * (high - low))
        low, high = float(traits.weak), float(traits.weak_pressed)
        assert court["least"][office.row] == pytest.approx(low + way * (high - low))


def test_courts_take_up_grave_cases_first_when_they_are_far_behind():
    model = SmugglingModel(world(days=1))
    office = next(iter(model.agents_by_type[Court]))
    for wait, grave in ((0.0, 0), (179.0, 0), (181.0, 1), (10.0, 0)):
        office.decide(wait)
        assert model.justice.courts["by_severity"][office.row, TRIAL] == grave


# ---------------------------------------------------------------------- organisations


def test_statements_open_a_case_against_an_organisation_and_the_next_ones_join_it():
    model = SmugglingModel(world(days=30))
    networks, number = model.justice.networks, model.cartels[0].number
    networks.note(number, 0, 1.0)
    assert len(model.justice.cases) == 0
    networks.note(number, 0, 1.0)
    assert model.justice.cases["kind"].tolist() == [ORGANISATION]
    spoken = model.justice.cases["spoken"][0]
    assert spoken == pytest.approx(1 - 0.75**2)
    networks.note(number, 0, 2.0)
    assert len(model.justice.cases) == 1
    assert model.justice.cases["spoken"][0] == pytest.approx(1 - 0.75**4)
    networks.note(number, 1, 2.0)
    assert model.justice.cases["state"].tolist() == [0, 1]


def test_what_is_said_in_the_case_against_an_organisation_counts_in_it_once():
    model = SmugglingModel(world(days=30))
    justice, number = model.justice, model.cartels[0].number
    case = justice.against(number, 0)
    for said in range(1, 5):
        justice.told(case, number)
        assert justice.cases["spoken"][case] == pytest.approx(1 - 0.75**said)
    assert len(justice.cases) == 1


def test_slots_are_whole_and_nearest_to_what_a_lever_asks_for():
    model = SmugglingModel(world("justice.courts.court_slots=3", days=30))
    slots = []
    for factor in (1.1, 1.2, 1.4):
        model.justice.follow(model.base_controls.at_states("court_slots", ["origin"], lambda now, by=factor: now * by))
        slots.append(int(model.justice.courts["slots"][:, TRIAL].max()))
    assert slots == [3, 4, 4]


def test_what_is_known_goes_out_of_date():
    model = SmugglingModel(world("justice.networks.memory=0.5", days=30))
    networks = model.justice.networks
    networks.note(0, 0, 1.5)
    model.day = 730
    assert networks.known(0, 0) == pytest.approx(1.5 * np.exp(-0.5 * 730 / 365.25))


SURE = ("justice.networks.uncovers=1", "justice.networks.leader=1", "justice.courts.remand=1",
        "justice.networks.dismantled=1", "justice.networks.core=0", "geography.communities.cooperation=0")  # fmt: skip


def struck(*settings: str) -> SmugglingModel:
    """An organisation whose investigation has come to its end."""
    model = SmugglingModel(world(*SURE, *settings))
    case = model.justice.against(0, model.justice.state_at(a_courier(model)[2].community.site))
    model.justice.networks.take_down(case)
    return model


def test_a_leader_in_custody_is_lost_at_once():
    model = struck("justice.networks.arrests=0", "organisations.coastal.life.split_on_loss=0")
    assert [blow.what for blow in model.justice.networks.blows] == ["uncovered", "leader"]
    assert model.cartels[0]._led_from == model.day + 30


def test_cells_that_lose_everybody_are_lost():
    model = struck("justice.networks.arrests=1", "justice.networks.leader=0")
    assert [blow.what for blow in model.justice.networks.blows] == ["uncovered", "cells"]
    state = model.justice.cases["state"][0]
    cells = model.cartels[0].cells
    assert not any(
        cells.held[row] and model.justice.state_at(site) == state for row, site in enumerate(cells.ways.places)
    )


def test_a_blow_that_takes_enough_ends_an_organisation():
    model = struck("justice.networks.arrests=1", "justice.networks.dismantled=0.01")
    assert model.cartels[0].ended == "dismantled"
    assert model.justice.networks.count("dismantled") == 1


def test_a_leader_who_is_lost_may_leave_two_organisations():
    model = struck("justice.networks.arrests=0", "organisations.coastal.life.split_on_loss=1")
    assert model.justice.networks.count("split") == 1
    assert len(model.underworld.present) == 6


def test_core_members_who_are_reached_are_lost_and_accused():
    model = struck("justice.networks.arrests=0", "justice.networks.leader=0", "justice.networks.core=0.5")
    uncovered, lost = model.justice.networks.blows
    assert (uncovered.what, lost.what, lost.organisation) == ("uncovered", "core", 0)
    assert 0 < lost.size == model.cartels[0].core.missing == model.justice.cases["couriers"][0] < 8
    assert model.justice.networks.count("core") == 1


def test_an_organisation_of_whose_core_nobody_is_left_is_no_more():
    model = struck("justice.networks.arrests=0", "justice.networks.leader=0", "justice.networks.core=1")
    assert model.cartels[0].ended == "dismantled"


def test_nobody_is_arrested_for_an_organisation_that_is_not_uncovered():
    model = struck("justice.networks.uncovers=0", "justice.networks.arrests=1")
    assert model.justice.networks.blows == []
    assert model.chronicle.arrested == 0


# ---------------------------------------------------------------------- states


def test_what_is_said_of_a_role_a_region_or_a_state_holds_there_alone():
    model = live(world("justice.at={destination: {trial_days: 400}, XB: {trial_days: 500, plea: 0.9}}", days=1))
    days = {code: float(each.trial_days) for code, each in zip(model.states.codes, model.justice.each, strict=True)}
    assert days == {"XA": 210.0, "XB": 500.0, "XC": 400.0}
    assert [float(each.plea) for each in model.justice.each] == [0.2, 0.9, 0.2]


def test_treaties_shorten_what_states_wait_for_each_other():
    plain, bound = (
        lived(MANY_ARRESTS, "justice.courts.cross_border=1", "justice.courts.assistance_answer=1", *more, days=200,
              mode="thinned")
        for more in ((), ("justice.treaties=[{states: [XA, XB], speed: 0.5}]",))
    )  # fmt: skip
    waits = []
    for model in (plain, bound):
        cases = model.justice.cases
        pair = (cases["state"] == 0) & (cases["abroad"] == 1) | (cases["state"] == 1) & (cases["abroad"] == 0)
        waits.append((cases["answer"] - cases["opened"])[pair & (cases["kind"] == FIND)])
    assert waits[1].mean() < 0.7 * waits[0].mean()


def test_half_as_much_ends_an_organisation_without_money():
    """A fifth of its couriers ends one that has lost all of its capital, and not one that has some."""
    for money, ended in ((None, None), (0, "dismantled")):
        model = SmugglingModel(world("justice.networks.dismantled=0.4"))
        cartel = model.cartels[0]
        if money is not None:
            cartel.capital_cents = money
        assert cartel.is_broke == (money == 0)
        if model.justice.networks._is_enough(0, 2, 10):
            cartel.dismantle()
        assert cartel.ended == ended


def with_intelligence(log_odds: float, *settings: str) -> SmugglingModel:
    """A world in which the first state has evidence about the first organisation from tracing."""
    model = SmugglingModel(world("justice.networks.lead=3", *settings))
    model.intelligence.learned("organisation", 0, 0, "tracing", np.exp(log_odds))
    model.intelligence.gather()
    return model


def test_intelligence_about_an_organisation_opens_a_case_against_it():
    """Log-odds of 6 count as two statements, which are enough; of 5 they are not, unless somebody has talked."""
    for log_odds, statements, opened in ((5.9, 0.0, 0), (5.9, 0.5, 1), (5.9, 1.0, 1)):
        model = with_intelligence(log_odds)
        model.justice.networks.follow_leads()
        if statements:
            model.justice.networks.note(0, 0, statements)
        assert len(model.justice.cases) == opened
    model.justice.networks.follow_leads()
    assert len(model.justice.cases) == 1


@pytest.mark.parametrize("named", [True, False])
def test_an_investigation_that_accuses_teaches_the_state_whose_people_they_are(named):
    model = SmugglingModel(world("intelligence.investigation=9", "justice.networks.uncovers=0.0001"))
    case = model.justice.against(0, 1)
    model.justice.cases["named"][case], model.justice.cases["couriers"][case] = named, 1
    model.justice._search(case)
    assert model.justice.cases["stage"][case] == PROSECUTION
    assert model.intelligence.about_organisation(0, 1) == pytest.approx(np.log(9.0) * named)


@pytest.mark.parametrize("source", ["courier", "investigation"])
def test_what_a_state_has_from_its_own_cases_counts_once(source):
    """It is in these; what a partner tells of it is intelligence."""
    model = SmugglingModel(world())
    model.intelligence.learned("organisation", 0, 0, source, np.exp(4.0))
    model.intelligence.gather()
    assert model.intelligence.about_organisation(0, 0) == pytest.approx(4.0)
    assert model.intelligence.leads[0, 0] == 0.0
    assert with_intelligence(4.0).intelligence.leads[0, 0] == pytest.approx(4.0)


def test_intelligence_raises_the_odds_that_an_organisation_is_uncovered():
    """On evidence that gives a chance of almost nothing, overwhelming intelligence is as good as certain."""
    for log_odds, uncovered in ((0.1, 0), (6.0, 1)):
        model = with_intelligence(log_odds, "justice.networks.uncovers=0.0001", "justice.networks.insight=1")
        model.intelligence.leads *= 5.0
        case = model.justice.against(0, 0)
        model.justice.networks.take_down(case)
        assert model.justice.networks.count("uncovered") == uncovered
