"""Intelligence: evidence adds up by Bayes' rule, fades, is kept for a while, and tells controls and patrols of it."""

import math

import numpy as np
import pytest

from sim.actors.intelligence import KIND_NAMES, KNOWN_TO_CASES, SOURCE_NAMES, posterior
from sim.kernels.boxes import POINTS
from sim.kernels.briefing import name_boxes
from sim.kernels.items import ITEM, Told, raised
from sim.kernels.loads import STEP
from sim.kernels.signals import witness
from sim.model import SmugglingModel
from tests.promises.worlds import BUSY, lived, world

QUIET = ("intelligence.seizure.chance=0", "intelligence.patrol.chance=0", "intelligence.coast=0")
XA, XB, XC = range(3)
"""States of the two coasts."""


def knowing(*settings: str) -> SmugglingModel:
    """A world in which states know only what they are told here."""
    return SmugglingModel(world(*QUIET, "customs.imports.tip=0", "customs.exports.tip=0", *settings))


def a_week(model: SmugglingModel) -> None:
    """Analysts at every control look at what there is."""
    model.intelligence.brief(np.arange(model.checkpoints.n_ports))


def extra(model: SmugglingModel) -> dict[tuple[str, str], int]:
    """Points that analysts give, by control and piece of evidence, where they are not 0."""
    points = model.intelligence.points - model.staff.points
    names = model.clearance.evidence.names()
    return {(model.checkpoints.names[c], names[f]): int(points[c, f]) for c, f in zip(*np.nonzero(points), strict=True)}


def lane(model: SmugglingModel, origin: str, destination: str) -> int:
    groups = model.clearance.evidence.groups
    return groups.index(origin) * len(groups) + groups.index(destination)


# Bayes -------------------------------------------------------------------------------------------------------------


def test_evidence_leaves_the_probability_that_bayes_says():
    """Prior 1e-4 and a likelihood ratio of 50: .004976; with an independent signal of 20 from a partner: .090917."""
    model = knowing()
    model.intelligence.learned("organisation", 3, XB, "investigation", 50.0)
    alone = model.intelligence.about_organisation(3, XB)
    assert posterior(1e-4, alone) == pytest.approx(0.004976, abs=5e-7)

    model.intelligence.learned("organisation", 3, XB, "tracing", 20.0)
    both = model.intelligence.about_organisation(3, XB)
    assert posterior(1e-4, both) == pytest.approx(0.090917, abs=5e-7)


def test_what_one_kind_of_source_says_twice_is_one_signal():
    model = knowing()
    for quality in (5.0, 9.0, 2.0):
        model.intelligence.learned("organisation", 1, XA, "investigation", quality, key=str(quality))
    assert model.intelligence.about_organisation(1, XA) == pytest.approx(math.log(9.0))
    assert model.intelligence.about_organisation(1, XB) == 0.0
    assert model.intelligence.about_organisation(2, XA) == 0.0


def test_evidence_fades_and_is_deleted():
    model = knowing("intelligence.half_life_days=60", "intelligence.kept_days=100")
    model.intelligence.learned("organisation", 1, XA, "investigation", 16.0)
    for day, worth in ((0, 4.0), (60, 2.0), (90, 4.0 * 2**-1.5), (99, 4.0 * 2 ** (-99 / 60)), (100, 0.0)):
        model.day = day
        assert model.intelligence.about_organisation(1, XA) == pytest.approx(worth * math.log(2.0))


def test_odds_are_raised_as_bayes_says():
    assert raised(0.1, math.log(9.0)) == pytest.approx(0.5)
    assert raised(0.1, 0.0) == 0.1
    assert (raised(0.0, 3.0), raised(1.0, 3.0)) == (0.0, 1.0)


def test_what_a_state_makes_of_its_items_is_what_they_are_worth():
    """Item by item, over a time in which many were told late, and many more were deleted than are kept."""
    terms = "{states: [XA, XB, XC], probability: 1, days: 9, shares: [modus, organisation]}"
    model = lived(f"cooperation={{agreements: {{one: {terms}}}}}", "intelligence.kept_days=30",
                  "intelligence.seizure.chance=1", "organisations.coastal.count=6", *BUSY, days=300)  # fmt: skip
    items, day = model.intelligence.rows, model.day
    items = items[(items["signal"] > day - 30) & (items["known"] <= day) & (items["kind"] != 5)]
    assert 40 < len(items) < len(model.intelligence.rows) / 3

    worth = items["quality"] * np.power(2.0, -(day - items["signal"]) / float(model.plan.intelligence.half_life_days))
    strongest: dict[tuple[int, ...], dict[tuple[int, bool], float]] = {}
    for item, log_odds in zip(items, worth.tolist(), strict=True):
        streams = strongest.setdefault((int(item["kind"]), int(item["subject"]), int(item["owner"])), {})
        stream = int(item["source"]), bool(item["channel"] >= 0)
        streams[stream] = max(streams.get(stream, 0.0), log_odds)
    for (kind, subject, state), streams in strongest.items():
        assert model.intelligence.about(KIND_NAMES[kind], subject, state) == pytest.approx(sum(streams.values()))

    model.intelligence._draw_picture()
    leads = np.zeros_like(model.intelligence.leads)
    for (kind, subject, state), streams in strongest.items():
        if kind == KIND_NAMES.index("organisation"):
            cases = {(SOURCE_NAMES.index(source), False) for source in KNOWN_TO_CASES}
            leads[state, subject] = sum(streams[stream] for stream in streams.keys() - cases)
    assert model.intelligence.leads == pytest.approx(leads)


# What controls make of it ------------------------------------------------------------------------------------------


def test_a_lane_scores_higher_where_it_is_known_of():
    """At imports boxes from where it comes, at exports those bound for where it goes, of the state that knows."""
    model = knowing()
    model.intelligence.learned("lane", lane(model, "XA", "XB"), XB, "seizure", 5.0)
    a_week(model)
    assert extra(model) == {("nordhaven import", "far end XA"): round(math.log(5.0) * POINTS)}

    model.intelligence.learned("lane", lane(model, "XA", "XB"), XA, "seizure", 5.0)
    a_week(model)
    found = extra(model)
    assert found.pop(("nordhaven import", "far end XA")) > 0
    assert set(found) == {("costa_alta export", "far end XB"), ("puerto_sereno export", "far end XB")}


def test_a_kind_of_shipper_and_a_concealment_score_higher_where_they_are_known_of():
    model = knowing()
    model.intelligence.learned("shipper", 3, XC, "seizure", 3.0)
    hidings = list(model._hidings)
    model.intelligence.learned("modus", hidings.index("rip_on"), XC, "seizure", 3.0)
    model.intelligence.learned("modus", hidings.index("structure"), XC, "seizure", 3.0)  # shows nothing in documents
    a_week(model)
    points = round(math.log(3.0) * POINTS)
    assert extra(model) == {
        ("westmole import", f): points for f in ("shipper new", "seal anomaly clear", "seal anomaly glaring")
    }


def test_evidence_of_many_items_never_weighs_more_than_the_strongest():
    model = knowing()
    for source in ("seizure", "investigation", "tracing", "patrol"):
        model.intelligence.learned("shipper", 3, XC, source, 300.0)
    a_week(model)
    assert set(extra(model).values()) == {16 * POINTS}


def test_a_named_box_counts_as_a_tip_and_more_where_others_name_it_too():
    """The strongest item is the tip that officers weigh; the log-odds of those from other states are added, and not
    what sources of one state say twice."""
    model = knowing()
    intelligence = model.intelligence
    intelligence._heads = np.full(8, -1)
    said = ((5, 50.0, XB), (5, 50.0, XB), (5, 8.0, XB), (5, 20.0, XA), (5, 20.0, XA), (5, 3.0, XC), (6, 50.0, XB))
    for number, (load, quality, origin) in enumerate(said):
        intelligence.learned("consignment", load, XB, "own_sources", quality, key=str(number))
        intelligence.rows["origin"][number] = origin
    imports = model.checkpoints.row("nordhaven", "import")
    elsewhere = model.checkpoints.row("westmole", "import")
    tip = np.zeros(4, np.int32)
    where, loads = np.array([imports, imports, imports, elsewhere]), np.array([4, 5, 6, 5])
    name_boxes(model.day, where, loads, intelligence.told, intelligence.places.state, tip)
    assert tip.tolist() == [-1, round(math.log(20.0 * 3.0) * POINTS), 0, -1]


def test_own_sources_name_the_loads_that_a_control_will_see():
    """As many of them as the scenario says, from the day on which they are sent, to the state of the control alone."""
    model = lived(*QUIET, "customs.imports.tip=1", "customs.exports.tip=0", days=60)
    items, loads = model.intelligence.rows, model.cargo.rows
    items = items[items["source"] == SOURCE_NAMES.index("own_sources")]
    legs = model.passage.legs[loads["legs"]]
    boxed = ((legs["lane"] >= 0) & (loads["legs"] >= 0)).any(axis=1)
    assert sorted(items["subject"].tolist()) == np.flatnonzero(boxed).tolist()
    assert (items["signal"] == loads["planned"][items["subject"]]).all()
    assert set(items["owner"].tolist()) <= {XB, XC}
    assert {KIND_NAMES[kind] for kind in items["kind"].tolist()} == {"consignment"}


# At sea ------------------------------------------------------------------------------------------------------------


def craft_found(model: SmugglingModel) -> float:
    crossed, detected = model.chronicle.patrolled[:, 0, :2].sum(axis=0)
    return detected / crossed


def test_who_knows_of_a_craft_knows_where_to_look_for_it():
    """The coast from which craft leave is that of another state; only where its units search is anything gained."""
    at_sea = ("waters.middle_sea.cue=0", "waters.middle_sea.cued_area=0.000001", "organisations.coastal.count=12",
              "intelligence.seizure.chance=0", "intelligence.patrol.chance=0", "intelligence.coast=1")  # fmt: skip
    here, elsewhere = (lived(*at_sea, f"waters.middle_sea.state={state}", days=150) for state in ("XA", "XB"))
    assert craft_found(elsewhere) < 0.9
    assert craft_found(here) > 0.95


def test_coasts_and_kinds_of_craft_raise_the_chance_of_a_cue():
    model = knowing("waters.middle_sea.state=XC")
    model.intelligence.learned("coast", 0, XC, "patrol", 4.0)
    model.intelligence.learned("modus", len(model._hidings) + 2, XC, "seizure", 3.0)
    model.intelligence.learned("modus", len(model._hidings) + 1, XA, "seizure", 3.0)
    model.intelligence._draw_picture()
    told: Told = model.intelligence.told
    coast, both = math.log(4.0), math.log(4.0) + math.log(3.0)
    assert told.evidence[0].tolist() == pytest.approx([coast, coast, both, coast])


# Where it comes from -----------------------------------------------------------------------------------------------


def test_seizures_teach_what_was_there_or_are_mistaken_as_often_as_their_quality_says():
    """A likelihood ratio of 3: a quarter of what is said is wrong."""
    model = lived("intelligence.seizure.chance=1", "intelligence.patrol.chance=1", "intelligence.seizure.quality=3",
                  "intelligence.patrol.quality=3", "customs.imports.scan_share=0.4", "customs.exports.scan_share=0.4",
                  "organisations.coastal.count=10", "customs.posts={}", *BUSY, days=250)  # fmt: skip
    items = model.intelligence.rows
    said = items[np.isin(items["source"], [0, 4]) & (items["kind"] == KIND_NAMES.index("organisation"))]
    seized = sum(load.outcome == "seized" and load.checkpoint != "road" for load in model.cargo.all)
    assert len(said) == seized > 60
    right = np.array([load.organisation for load in model.cargo.all if load.outcome == "seized"])
    assert sorted(said["subject"][said["genuine"]].tolist())[0] in right
    wrong = 1.0 - said["genuine"].mean()
    assert abs(wrong - 0.25) < 4 * math.sqrt(0.25 * 0.75 / len(said))


def test_one_organisation_more_leaves_alone_for_whom_others_are_mistaken():
    """Who is named instead is drawn evenly, by luck that hangs on names: it is who is new, or the same as before."""
    terms = "intelligence.seizure.chance=1", "intelligence.seizure.quality=1", "organisations.coastal.count=4"
    model = lived(*terms, *BUSY, days=120)
    intelligence, loads = model.intelligence, model.cargo.rows
    steps = np.zeros(len(loads), STEP)
    steps["load"], steps["seized"] = np.arange(len(loads)), True

    def named(names):
        items = np.zeros(4 * len(steps), ITEM)
        count = witness(
            0,
            0,
            steps,
            loads,
            model.passage.legs,
            intelligence.places,
            names,
            intelligence.terms,
            intelligence._luck,
            items,
        )
        said = items[:count][(items["kind"] == KIND_NAMES.index("organisation"))[:count] & ~items["genuine"][:count]]
        return dict(zip(said["key"].tolist(), names[said["subject"]].tolist(), strict=True))

    known = np.array([cartel.key for cartel in model.cartels], np.uint64)
    before, after = named(known), named(np.append(known, np.uint64(7)))
    moved = [item for item in before if after[item] != before[item]]
    assert {after[item] for item in moved} == {7}
    assert set(before.values()) == set(known.tolist())
    share, due = len(moved) / len(before), 1 / len(known)
    assert abs(share - due) < 4 * math.sqrt(due * (1 - due) / len(before))


def test_a_courier_who_cooperates_speaks_of_his_organisation():
    model = lived("geography.communities.cooperation=1", "customs.imports.scan_share=0.3", *QUIET, days=200)
    told = model.chronicle.statements.rows
    items = model.intelligence.rows
    said = items[items["source"] == 1]
    assert len(told) == len(said) > 0
    assert said["subject"].tolist() == told["organisation"].tolist()
    assert said["signal"].tolist() == told["day"].tolist()


def test_what_somebody_says_twice_is_passed_on_by_luck_of_its_own_each_time():
    """Whoever is free again may be asked, and arrested, again."""
    model = lived("geography.communities={cooperation: 1, reservation_spread: 0.1}", "justice.courts.remand=0",
                  "customs.imports.scan_share=0.1", "commodities.cocaine.arrests_per_seizure=0.9", *BUSY,
                  days=500)  # fmt: skip
    said = model.intelligence.rows[model.intelligence.rows["source"] == 1]
    assert len(set(model.chronicle.statements.rows["courier"].tolist())) < len(said)
    assert len(set(said["key"].tolist())) == len(said)


def test_what_a_state_knows_of_an_organisation_brings_tips_about_its_loads():
    """The odds of a tip rise with the evidence that its state holds."""

    def tips(*settings):
        model = SmugglingModel(world(*QUIET, "customs.imports.tip=0.2", *settings, days=120))
        while model.day < 120:
            if model.day % 7 == 0:
                for number in range(len(model.cartels)):
                    model.intelligence.learned("organisation", number, XB, "investigation", 100.0, key=str(model.day))
            model.step()
        items = model.intelligence.rows
        named = (items["kind"] == KIND_NAMES.index("consignment")) & (items["owner"] == XB)
        return int(named.sum()), len(model.cargo)

    (blind, _), (knows, _) = tips("intelligence.insight=0"), tips("intelligence.insight=1")
    assert knows > 2 * blind > 0
