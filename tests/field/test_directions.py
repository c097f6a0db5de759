"""Every policy on the state's side does what it is for: each from the first day on, in worlds with the same luck."""

from functools import cache

import pytest

from sim.scenario.scenario import Scenario
from sim.study import measures
from sim.study.branches import lived
from tests.field.pairs import SURE, told
from tests.promises.worlds import BUSY, world

pytestmark = pytest.mark.slow

PAIRS = 30
AT_THE_BORDER, IN_COURT = 120, 200
"""Days."""
CORRUPT = (
    *BUSY,
    "customs.corruption.approach=0.2", "customs.corruption.most_insiders=4",
    *(f"customs.{side}.{what}" for side in ("imports", "exports")
      for what in ("audits_per_year=0.5", "integrity_wages=1")),
)  # fmt: skip
"""Inspectors who are often approached, and rarely audited."""
SWIFT = (
    *(
        f"justice.courts.{setting}"
        for setting in ("investigation_days=15", "prosecution_days=10", "trial_days=20", "appeal_days=10",
                        "laboratory_days=5", "limit_days=90", "court_slots=1", "laboratory_per_week=1")
    ),
    "commodities.cocaine.arrests_per_seizure=1", "transport.road.destination_seizure=0.5",
)  # fmt: skip
"""Swift proceedings, so that months see their end, before few courts and laboratories; arrests after every find."""
LONG_TRIALS = (*SWIFT, "justice.courts.trial_days=45", "justice.courts.cross_border=0")
"""The same where nothing is awaited from abroad and trials are long, so that courts are what cases wait for."""
EVERYWHERE = ["XA", "XB", "XC"]
PORTS = ["costa_alta", "puerto_sereno", "nordhaven", "westmole"]
SHARED = ("intelligence_sharing", {"states": EVERYWHERE, "probability": 1, "days": 20})

BORDER = {
    "high_risk_screening": [("high_risk_screening", {"ports": ["nordhaven", "westmole"]})],
    "integrity": [("integrity", {"ports": PORTS, "audits": 10, "threshold": 3})],
    "oversight": [("oversight", {"ports": ["nordhaven"], "most_opened": 0.0004})],
    "intelligence_sharing": [SHARED],
    "interoperable_systems": [SHARED, ("interoperable_systems", {"states": EVERYWHERE, "factor": 0.1})],
    "forum": [("forum", {"states": EVERYWHERE})],
}
BENCHES = {"court_capacity": [("court_capacity", {"states": EVERYWHERE, "factor": 4})]}
COURTS = {
    "academy": [("academy", {"states": EVERYWHERE, "factor": 2, "training": 0.5})],
    "forensic_laboratories": [
        ("forensic_laboratories", {"states": EVERYWHERE, "capacity": 5, "turnaround": 0.2, "handling": 0.1})
    ],
    "mutual_legal_assistance": [("mutual_legal_assistance", {"states": EVERYWHERE, "delay": 0.1, "answers": 0.9})],
    "witness_protection": [("witness_protection", {"states": EVERYWHERE, "cooperation": 0.5, "testimony": 0.9})],
    "asset_tracing": [("asset_tracing", {"states": EVERYWHERE})],
}


@cache
def totals(group: str) -> dict[str, list[dict[str, float | None]]]:
    """Totals by world and replicate: the world without a policy, which is called `none`, and one for each."""
    policies, settings, days = {
        "border": (BORDER, CORRUPT, AT_THE_BORDER),
        "court": (COURTS, SWIFT, IN_COURT),
        "bench": (BENCHES, LONG_TRIALS, IN_COURT),
    }[group]
    plain = world(*settings, days=days)
    worlds = {"none": plain, **{name: under(plain, asked) for name, asked in policies.items()}}
    names, found = list(worlds), {name: [] for name in worlds}
    for replicate in range(PAIRS):
        for number, model in lived(list(worlds.values()), replicate=replicate, mode="thinned"):
            found[names[number]].append(measures.totals(model))
    return found


def under(plain: Scenario, asked: list[tuple[str, dict]]) -> Scenario:
    for kind, fields in asked:
        plain = plain.with_policy(kind, **fields, start=plain.start)
    return plain


def change(group: str, policy: str, total: str, against: str = "none") -> list[float]:
    found = totals(group)
    return [other[total] - base[total] for base, other in zip(found[against], found[policy], strict=True)]


@pytest.mark.parametrize(
    ("policy", "total"),
    [
        ("high_risk_screening", "seized_at_destination_kg"),
        ("intelligence_sharing", "finds_due_to_sharing"),
        ("forum", "items_received"),
    ],
)
def test_at_the_border_more_is_found_and_known(policy, total):
    """Scanning all that documents call high risk finds more (Belgium's programme, `belga_scan`); finds that only
    partners' knowledge made possible (Park et al. 2022, of knowledge shared between customs); a voluntary forum passes
    on what its members know."""
    found = told(change("border", policy, total))
    assert found.above < SURE, found


def test_integrity_leaves_fewer_inspectors_in_the_pay_of_organisations():
    """Audits at a known rate cut what officials take (Olken 2007, Monitoring corruption: by eight points of 28)."""
    found = told(change("border", "integrity", "corrupted_inspectors_mean"))
    assert found.below < SURE, found


def test_oversight_opens_less_and_finds_less():
    """A cap that binds spares legal boxes and costs finds: the price of proportion."""
    opened, seized = (told(change("border", "oversight", total)) for total in ("boxes_examined", "seized_kg"))
    assert opened.below < SURE, opened
    assert seized.below < SURE, seized


def test_systems_that_understand_each_other_are_faster():
    """A signal reaches the partner sooner than by the same agreement without them."""
    days = told(change("border", "interoperable_systems", "days_to_partner_mean", against="intelligence_sharing"))
    assert days.below < SURE, days


@pytest.mark.parametrize(
    ("policy", "total"),
    [
        ("academy", "final_convictions"),
        ("forensic_laboratories", "final_convictions"),
        ("mutual_legal_assistance", "final_convictions"),
        ("witness_protection", "couriers_cooperated"),
        ("witness_protection", "final_convictions"),
        ("asset_tracing", "money_frozen_usd"),
    ],
)
def test_in_court_more_comes_to_an_end(policy, total):
    """Evidence, answers from abroad and witnesses each raise a factor of the chain from a find to a final judgment: a
    product. More units freeze more of the proceeds (of which Europol 2016 found 2.2 % frozen as things were)."""
    found = told(change("court", policy, total))
    assert found.above < SURE, found


def test_more_courts_bring_more_cases_to_an_end_where_cases_wait_for_courts():
    """More slots shorten queues in which cases lapse (Kiefer and Wolfowitz 1955)."""
    found = told(change("bench", "court_capacity", "final_convictions"))
    assert found.above < SURE, found
