"""The exchange: who tells whom what, how soon, once only; and how far states take part in a forum."""

import math
from datetime import date

import numpy as np
import pytest

from sim.actors.state import willingness
from sim.kernels.items import AGREEMENT, FORUM, OWN
from sim.model import SmugglingModel
from sim.study.run import live
from sim.world.links import SUBJECTS
from tests.promises.worlds import lived, tables, world

XA, XB, XC = range(3)
ALL = "[lane, shipper, modus, coast, organisation, consignment]"
BUSY = ("customs.imports.tip=0.3", "customs.exports.tip=0.3", "organisations.coastal.count=6")


def agreed(terms: str, more: str = "") -> str:
    return f"cooperation={{agreements: {{one: {{{terms}}}{more}}}}}"


def started(*settings: str) -> SmugglingModel:
    """A world on its first day, the links of which are laid."""
    model = SmugglingModel(world(*settings))
    model.exchange.turn(model.in_force)
    return model


def held(model: SmugglingModel) -> list[tuple[int, int, int]]:
    """Owner, channel and day of every item."""
    return [tuple(row) for row in model.intelligence.rows[["owner", "channel", "known"]].tolist()]


def chances(model: SmugglingModel, kind: str, channel: int = AGREEMENT) -> list[list[float]]:
    return model.exchange.links.chance[channel, SUBJECTS.index(kind)].tolist()


# Exactly -----------------------------------------------------------------------------------------------------------


def test_a_forum_without_members_is_no_forum():
    """Whatever its terms; byte for byte."""
    terms = "cooperation.forum={compliance: 1, days: 0, training: 2, meetings_per_year: 52}"
    assert tables(lived(*BUSY, terms, days=150)) == tables(lived(*BUSY, days=150))


def test_certain_instant_and_complete_sharing_of_all_with_all_is_a_pool():
    """Byte for byte, by agreement or by pooling."""
    terms = agreed(f"states: [XA, XB, XC], probability: 1, days: 0, shares: {ALL}")
    one, other = lived(*BUSY, terms, days=150), lived(*BUSY, "cooperation.pooled=true", days=150)
    assert tables(one) == tables(other)
    assert np.array_equal(one.intelligence.rows, other.intelligence.rows)
    assert not np.array_equal(one.intelligence.rows["owner"], one.intelligence.rows["origin"])


def test_what_all_know_at_once_each_state_knows_once():
    items = lived(*BUSY, "cooperation.pooled=true", days=100).intelligence.rows
    roots, copies = np.unique(items["root"], return_counts=True)
    assert len(roots) > 20
    assert set(copies.tolist()) == {3}
    assert len(np.unique(items["root"] * 3 + items["owner"])) == len(items)
    assert (items["known"] == items["signal"]).all()


def test_more_sharing_takes_nothing_from_anybody():
    """Draws are addressed by item, receiver and sender: with a higher chance all is passed on that was before."""

    def known(probability):
        model = started(agreed(f"states: [XA, XB, XC], probability: {probability}, days: 0, shares: {ALL}"))
        for number in range(200):
            model.intelligence.learned("organisation", number, number % 3, "investigation")
        items = model.intelligence.rows
        return set(zip(items["subject"].tolist(), items["owner"].tolist(), strict=True))

    few, many = known(0.3), known(0.6)
    assert few < many
    assert abs(len(few) - 200 - 120) < 5 * math.sqrt(400 * 0.3 * 0.7)
    assert abs(len(many) - 200 - 240) < 5 * math.sqrt(400 * 0.6 * 0.4)


# Agreements --------------------------------------------------------------------------------------------------------


def test_states_share_what_privacy_rules_let_pass_and_with_partners_alone():
    model = started(agreed("states: [XA], partners: [XC], probability: 1, days: 0, shares: [lane]"))
    for kind in ("lane", "organisation"):
        model.intelligence.learned(kind, 1, XA, "investigation")
    model.intelligence.learned("lane", 2, XC, "investigation")
    model.intelligence.learned("lane", 3, XB, "investigation")
    assert held(model) == [
        (XA, OWN, 0),
        (XC, AGREEMENT, 0),
        (XA, OWN, 0),
        (XC, OWN, 0),
        (XA, AGREEMENT, 0),
        (XB, OWN, 0),
    ]


def test_binding_agreements_pass_on_everything():
    model = started(agreed("states: [destination], probability: 0.1, binding: true"))
    assert chances(model, "lane") == [[0, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert chances(model, "organisation") == [[0, 0, 0]] * 3


def test_an_agreement_holds_from_its_first_day_to_its_last():
    model = SmugglingModel(
        world(agreed("states: [XB, XC], probability: 1, start: 2025-01-05, end: 2025-01-08"), days=12)
    )
    held_on = []
    while model.day < 12:
        model.step()
        held_on.append(chances(model, "lane")[XB][XC])
    assert held_on == [0.0] * 4 + [1.0] * 4 + [0.0] * 4


def test_delays_are_exponential():
    model = started(agreed(f"states: [XB, XC], probability: 1, days: 12, shares: {ALL}"))
    for number in range(2000):
        model.intelligence.learned("organisation", number, XB, "investigation")
    items = model.intelligence.rows
    waits = items["known"][items["channel"] == AGREEMENT]
    assert len(waits) == 2000
    mean = 1.0 / math.expm1(1.0 / 12.0)  # of an exponential variable in whole days begun
    assert abs(waits.mean() - mean) < 5 * 12 / math.sqrt(2000)
    assert abs(np.quantile(waits, 0.5) - 12 * math.log(2.0)) < 1.5


def test_systems_that_understand_each_other_shorten_delays_between_those_who_have_them():
    base = world(agreed("states: [XA, XB, XC], days: 12"), days=5)
    model = SmugglingModel(
        base.with_policy("interoperable_systems", start="2025-01-01", states=["XA", "XB"], factor=0.25)
    )
    model.step()
    assert model.exchange.links.days[AGREEMENT].tolist() == [[0, 3, 12], [3, 0, 12], [12, 12, 0]]


def test_only_what_arose_with_a_state_is_passed_on_unless_they_agree_otherwise():
    """By its path: XA tells XB, and XB tells XC, which XA would not tell."""
    chain = agreed(
        "states: [XA], partners: [XB], probability: 1, days: 0",
        ", two: {states: [XB], partners: [XC], probability: 1, days: 0}",
    )
    model = started(chain)
    model.intelligence.learned("lane", 1, XA, "investigation")
    assert held(model) == [(XA, OWN, 0), (XB, AGREEMENT, 0)]

    model = started(chain.replace("cooperation={", "cooperation={onward: true, "))
    model.intelligence.learned("lane", 1, XA, "investigation")
    assert held(model) == [(XA, OWN, 0), (XB, AGREEMENT, 0), (XC, AGREEMENT, 0)]
    assert model.intelligence.rows["parent"].tolist() == [-1, 0, 1]
    assert model.intelligence.rows["root"].tolist() == [0, 0, 0]


def test_what_partners_tell_counts_once_and_beside_what_is_known_already():
    """The same item by two ways is one; what partners say is independent of what own sources say."""
    both = agreed(
        "states: [XA, XB, XC], probability: 1, days: 0, shares: [organisation]",
        ", two: {states: [XA, XB], probability: 1, shares: [organisation]}",
    )
    model = started(both)
    intelligence = model.intelligence
    intelligence.learned("organisation", 0, XA, "investigation", 20.0)
    assert intelligence.about_organisation(0, XB) == pytest.approx(math.log(20.0))
    intelligence.learned("organisation", 0, XB, "investigation", 50.0)
    assert intelligence.about_organisation(0, XB) == pytest.approx(math.log(1000.0))


def test_partners_mistakes_come_with_what_they_tell():
    """A control names more clean boxes, by the share of its trade whose state shares with its own."""
    alone, shared = (
        started("trade.evidence.tip_clean=0.01"),
        started("trade.evidence.tip_clean=0.01", agreed("states: [XA, XB], probability: 0.5")),
    )
    at = alone.checkpoints.row("nordhaven", "import")
    far = alone.clearance.far[slice(*alone.clearance.first[at : at + 2])]
    rate = alone.clearance.boxes.rate[slice(*alone.clearance.first[at : at + 2])]
    share = rate[far >= 0].sum() / rate.sum()
    assert 0.0 < share < 1.0
    assert alone.clearance.named[at] == round(0.01 * 65536)
    assert shared.clearance.named[at] == round(0.01 * 65536 * (1.0 + 0.5 * share))
    elsewhere = alone.checkpoints.row("westmole", "import")
    assert shared.clearance.named[elsewhere] == alone.clearance.named[elsewhere]


# The forum ---------------------------------------------------------------------------------------------------------


def forum(**fields) -> str:
    told = ", ".join(f"{name}: {value}" for name, value in fields.items())
    return f"cooperation.forum={{{told}}}"


def test_members_join_on_their_days_and_the_scope_widens():
    model = SmugglingModel(
        world(
            forum(founded="2025-01-02", members="{XA: 2025-01-01, destination: 2025-01-04}", shares="[lane]",
                  widening="[{start: 2025-01-06, shares: [modus]}]", compliance=1, reciprocity=0, first_level=0.5),
            days=8,
        )
    )  # fmt: skip
    members, lanes, methods = [], [], []
    while model.day < 8:
        model.step()
        members.append([state.row for state in model.exchange.members])
        lanes.append(chances(model, "lane", FORUM)[XA][XC])
        methods.append(chances(model, "modus", FORUM)[XA][XC])
    assert members == [[], [XA], [XA], *[[XA, XB, XC]] * 5]
    assert lanes == [0, 0, 0, 0.5, 0.5, 0.5, 0.5, 0.5]
    assert methods == [0, 0, 0, 0, 0, 0.5, 0.5, 0.5]


def test_who_keeps_back_is_told_less():
    model = started(forum(members="{XA: 2024-01-01, XB: 2024-01-01}", compliance=0.8, reciprocity=0.5, first_level=1))
    assert chances(model, "lane", FORUM)[XA][XB] == pytest.approx(0.8)
    model.exchange.states[XB].level = 0.0
    model.exchange._lay_links(model.in_force)
    assert chances(model, "lane", FORUM)[XA][XB] == pytest.approx(0.4)
    assert chances(model, "lane", FORUM)[XB][XA] == 0.0


def test_a_state_takes_part_the_more_the_more_it_gained():
    """Half of what it felt before, half of what it saw: finds, training, less items and the fee."""
    terms = forum(members="{XA: 2024-01-01}", first_level=0.5, memory=0.5, find_usd=1000000, item_usd=10000,
                  capacity_usd=200000, fee_usd=100000, spread_usd=1000000)  # fmt: skip
    state = started(terms).exchange.states[XA]
    assert (state.level, state.benefit) == (0.5, pytest.approx(0.0))
    state.meet(finds=1, given=10, days=round(365.25))
    seen = (1e6 - 1e5) / (365 / 365.25) + 1e5 - 1e5
    assert state.benefit == pytest.approx(seen / 2)
    assert state.level == pytest.approx(willingness(seen / 2, 1e6))
    assert willingness(0.0, 1.0) == 0.5
    assert willingness(2.0, 1.0) == pytest.approx(1.0 / (1.0 + math.exp(-2.0)))


def test_states_that_are_bound_pass_on_everything_whatever_they_gain():
    model = live(world(forum(members="{XB: 2024-01-01, XC: 2024-01-01}", binding="true", find_usd=0), days=200))
    assert chances(model, "lane", FORUM)[XB][XC] == 1.0
    assert [state.level for state in model.exchange.members] == [1.0, 1.0]


def test_others_join_when_members_gain_and_stay_away_when_they_do_not():
    def joined(**fields):
        terms = forum(members="{XB: 2024-01-01, XC: 2024-01-01}", candidates="[XA]", meetings_per_year=12, **fields)
        model = live(world(terms, days=200))
        return model.exchange.states[XA].joined

    assert joined(capacity_usd=50_000_000, spread_usd=1_000_000) > 0
    assert joined(fee_usd=50_000_000, spread_usd=1_000_000, first_level=0) == -1


def test_a_policy_can_found_a_forum():
    plan = world(days=60).with_policy("forum", start="2025-02-01", states=["destination"])
    model = live(plan)
    assert [state.joined for state in model.exchange.states] == [-1, 31, 31]


def test_a_policy_makes_members_as_far_as_it_works_and_no_longer():
    """Half of it is done, from the second day of February to the third."""
    terms = forum(compliance=1, reciprocity=0, first_level=0.5, training=1.2)
    plan = world(terms, days=40).with_policy(
        "forum", start="2025-02-02", end="2025-02-03", extent=0.5, states=["destination"]
    )
    model, shared, seen = SmugglingModel(plan), [], []
    while model.day < 40:
        model.step()
        shared.append(chances(model, "lane", FORUM)[XB][XC])
        seen.append(float(model.exchange.training.max()))
    assert shared == [*[0.0] * 32, 0.25, 0.25, *[0.0] * 6]
    assert seen == pytest.approx([*[1.0] * 32, 1.05, 1.05, *[1.0] * 6])


def test_who_was_a_member_by_a_policy_alone_pays_no_fee_after_it_and_may_join_of_its_own_accord():
    terms = forum(members="{XB: 2024-01-01}", candidates="[XC]", meetings_per_year=12, fee_usd=1000000, spread_usd=1)
    plan = world(terms, days=100).with_policy("forum", start="2025-01-01", end="2025-01-10", states=["XA", "XC"])
    model = SmugglingModel(plan)
    while model.day < 100:
        model.step()
        model.exchange.states[XB].benefit = 1e9 if model.day > 50 else -1e9  # what candidates go by
        if model.day == 50:
            assert [state.row for state in model.exchange.members] == [XB]
    one, _, other = model.exchange.states
    assert (one.benefit, one.member) == (0.0, False)
    assert other.joined > 50
    assert other.extent == 1.0


def test_who_joined_on_a_day_of_its_own_stays_when_a_policy_ends():
    terms = forum(members="{destination: 2024-01-01}", compliance=1, reciprocity=0, first_level=0.5)
    plan = world(terms, days=20).with_policy(
        "forum", start="2025-01-05", end="2025-01-06", extent=0.5, states=["destination"]
    )
    assert chances(live(plan), "lane", FORUM)[XB][XC] == 0.5


def test_sharing_that_is_half_done_tells_half_as_often_and_takes_twice_as_long():
    plan = world(days=3).with_policy(
        "intelligence_sharing", start="2025-01-01", extent=0.5, states=["XA"], partners=["XB"], probability=0.6, days=5
    )
    model = live(plan)
    assert chances(model, "lane")[XA][XB] == pytest.approx(0.3)
    assert model.exchange.links.days[AGREEMENT, XA, XB] == pytest.approx(10.0)


def test_members_learn_from_each_other_how_to_look():
    model = started(forum(members="{XB: 2024-01-01}", training=1.2, first_level=0.5))
    at = [model.checkpoints.row(name, "import") for name in ("nordhaven", "westmole")]
    assert model.exchange.training[at].tolist() == pytest.approx([1.1, 1.0])


# The picture -------------------------------------------------------------------------------------------------------


def test_the_graph_of_cooperation_says_who_tells_whom():
    model = started(agreed("states: [XA], partners: [XC], probability: 0.3, days: 5, shares: [lane, coast]"))
    graph = model.exchange.graph()
    assert sorted(graph.nodes) == ["XA", "XB", "XC"]
    assert sorted((one, other) for one, other, _ in graph.edges) == [("XA", "XC"), ("XC", "XA")]
    told = graph.edges["XA", "XC", "agreement"]
    assert told == {"chance": 0.3, "days": 5.0, "shares": ("lane", "coast")}
    assert date(2025, 1, 1) == model.today
