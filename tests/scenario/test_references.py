"""What the parts of a scenario say of each other."""

import pytest

from sim.scenario.load import InvalidScenario, load
from sim.scenario.shipped import shipped

LANES = "transport.sea_distances"
HERE = "name: A place, country: XB, lat: 44, lon: -20"


def complaint(*settings: str) -> str:
    with pytest.raises(InvalidScenario) as refused:
        load("two_coasts", overrides=settings)
    (only,) = refused.value.mistakes
    return f"{only.path}: {only.text}"


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("organisations.coastal.areas=[lowlands]", "organisations.coastal.areas.0: lowlands is not a production area"),
        ("organisations.coastal.life.most=2", "organisations.coastal.life.most: 2 is below `count`, 3."),
        ("organisations.inland.markets=[lowland]",
         "organisations.inland.markets.0: lowland is not a market, did you mean lowlands?"),
        ("geography.docks.rocky_coast.zones=[high_sea]",
         "geography.docks.rocky_coast.zones.0: high_sea is not a sea zone"),
        ("trade.mixes.SOUTH={fish: 1}", "trade.mixes.SOUTH.fish: fish is not a cargo class"),
        ("trade.mixes.SOUTH={fruit: 0.9}", "trade.mixes.SOUTH: the shares add up to 0.9. Make them add up to 1."),
        ("geography.ports.costa_alta.region=EAST",
         "trade.mixes.EAST: is missing: what do the exports of costa_alta hold?"),
        ("trade.mixes={SOUTH: {fruit: 1}}",
         "trade.mixes.rest_of_world: is missing: what do imports from elsewhere hold?"),
        (f"geography.docks.nordhaven={{{HERE}, side: destination, zones: [middle_sea]}}",
         "geography.docks.nordhaven: nordhaven is the name of a port too. Give each its own."),
        (f"geography.docks.canal_depot={{{HERE}, side: destination, zones: [middle_sea]}}",
         "geography.docks.canal_depot: canal_depot is the name of a warehouse too."),
        (f"geography.markets.highlands={{{HERE}, demand_share: 0}}",
         "geography.markets.highlands: highlands is the name of a production area too."),
        (f"geography.warehouses.westmole={{{HERE}, side: destination}}",
         "geography.warehouses.westmole: westmole is the name of a port too."),
        (f"geography.production_areas.costa_alta={{{HERE}, share: 0}}",
         "geography.production_areas.costa_alta: costa_alta is the name of a port too."),
        ("waters.rocky_coast={name: N, area_nm2: 1000}", "waters.rocky_coast: rocky_coast is the name of a dock too."),
        ("geography.markets.uplands.demand_share=0.4", "geography.markets: the shares add up to 1.1."),
        ("geography.production_areas.highlands.share=0.5", "geography.production_areas: the shares add up to 0.5."),
        ("geography.markets.uplands.commodity=tea", "geography.markets.uplands.commodity: tea is not a commodity"),
        ("geography.markets.uplands.side=origin", "commodities.cocaine: cocaine leaves one side of the ocean"),
        ("commodities.arms={kind: firearms, name: A, diverted_by_year: {2025: 1}, concealments: {box: {name: Box}}}",
         "geography.production_areas: none is for cocaine. Give at least one."),
        ("customs.posts.nordhavn={}",
         "customs.posts.nordhavn: nordhavn is not a port, region or country of the ports, did you"),
        ("customs.imports.flagged_origins=[SUD]",
         "customs.imports.flagged_origins.0: SUD is not a port, region or country"),
        ("customs.posts.XC={exports: {flagged_origins: [NRTH]}}",
         "customs.posts.XC.exports.flagged_origins.0: NRTH is not a port"),
        ("customs.known_origins={XQ: 1}", "customs.known_origins.XQ: XQ is not a port, region or country"),
        ("policies.0.ports=[middle_sea]",
         "policies.0.ports.0: middle_sea is not a port, region or country of the ports in play"),
        ("policies.1.zones=[nordhaven]", "policies.1.zones.0: nordhaven is not a sea zone"),
        ("policies.1={kind: prevention, start: 2025-02-01, communities: [rocky_cost]}",
         "policies.1.communities.0: rocky_cost is not a port, coast, region or country whose people could be asked"),
        ("policies.0={kind: integrated_manifests, start: 2025-02-01, ports: [XB], partners: [origin]}",
         "policies.0.partners.0: origin is not a port, region or country of the ports in play"),
        ("policies.0={kind: intelligence_sharing, start: 2025-02-01, states: [XB], partners: [costa_alta]}",
         "policies.0.partners.0: costa_alta is not a state, role or region in play"),
        ("policies.0.start=2026-01-01", "policies.0.start: 2026-01-01 is after the last day, 2025-12-31."),
        ("policies.1={kind: joint_patrols, start: 2024-01-01, end: 2024-12-31, zones: [middle_sea]}",
         "policies.1.end: 2024-12-31 is"),
        ("disruptions=[{name: a, start: 2026-01-01, places: [nordhaven]}]",
         "disruptions.0.start: 2026-01-01 is after the last day, 2025-12-31. Start it earlier, or give more days."),
        ("disruptions=[{name: a, end: 2024-12-31, places: [nordhaven]}]",
         "disruptions.0.end: 2024-12-31 is before the first day, 2025-01-01. End it later."),
        ("cooperation.agreements={pact: {states: [XA, XB], start: 2026-01-01}}",
         "cooperation.agreements.pact.start: 2026-01-01 is after the last day"),
        ("cooperation.agreements={pact: {states: [XA, XB], end: 2024-12-31}}",
         "cooperation.agreements.pact.end: 2024-12-31 is before the first day"),
        ("cooperation.forum={members: {XA: 2026-01-01}}",
         "cooperation.forum.members.XA: 2026-01-01 is after the last day, 2025-12-31. Let it join earlier"),
        ("cooperation.forum={widening: [{start: 2026-01-01, shares: [coast]}]}",
         "cooperation.forum.widening.0.start: 2026-01-01 is after the last day"),
        ("cooperation.forum={founded: 2026-01-01, members: {XA: 2020-01-01}}",
         "cooperation.forum.founded: 2026-01-01 is after the last day, 2025-12-31. Found it earlier"),
        ("policies.1.name=Screening at Nordhaven",
         "policies.1.name: Screening at Nordhaven is the name of policies.0 too."),
        ("policies.1.name=none", "policies.1.name: none stands for the world without any policy. Give the"),
        ("policies.1.name=no policy", "policies.1.name: no policy stands for the world without any policy."),
        ("policies.1.name=today", "policies.1.name: today stands for the year before a policy."),
        ("policies.1.name=as written", "policies.1.name: as written stands for all policies of a scenario."),
        ("policies.1.name=best", "policies.1.name: best stands for the best of several worlds."),
        ("geography.roles={EAST: origin}",
         "geography.roles.EAST: EAST is not a port, region or country of the dataset, there is none."),
        ("geography.only=[BEANR]", "geography.only.0: BEANR is not a port of the dataset, there is none."),
        ("geography.warehouses.canal_depot.side=origin", "geography.warehouses: none stands on the destination side."),
        (f"{LANES}.0.origin=costa_alto", f"{LANES}.0.origin: costa_alto is not a port, did you mean costa_alta?"),
        (f"{LANES}.0.destination=costa_alta", f"{LANES}.0.destination: costa_alta is the origin too."),
        (f"{LANES}.1.destination=nordhaven", f"{LANES}.1: the distance from costa_alta to nordhaven is given twice."),
        ("trade.gravity.region_boxes={SOUTH: 5}", "trade.gravity.region_boxes.SOUTH: SOUTH is no pair. Give FROM>TO"),
        ("trade.gravity.region_boxes={SOUTH>NORD: 5}",
         "trade.gravity.region_boxes.SOUTH>NORD: NORD is not a region or role"),
    ],
)  # fmt: skip
def test_a_contradiction_is_told_where_it_stands(setting, said):
    assert complaint(setting).startswith(said)


@pytest.mark.parametrize("role", ["origin", "destination"])
def test_goods_need_somewhere_to_leave_from_and_to_arrive_at(role):
    ports = ["costa_alta", "puerto_sereno"] if role == "origin" else ["nordhaven", "westmole"]
    sets = [f"geography.ports.{port}.role=transit" for port in ports] + ["trade.mixes.NORTH={general: 1}"]
    assert complaint(*sets) == f"geography.ports: no port in play has the role {role}. Give at least one."


def test_the_same_unknown_name_is_told_once():
    assert complaint("organisations.coastal.areas=[x]", "organisations.inland.areas=[x]").startswith("organisations.")


@pytest.mark.parametrize(
    "setting",
    [
        "policies.0.ports=[XB]", "policies.0.ports=[NORTH, westmole]",
        "customs.posts.SOUTH={exports: {random_share: 0.1}}",
        "customs.imports.flagged_origins=[XA, SOUTH, costa_alta]", "customs.known_origins={XA: 1, rest_of_world: 0}",
        "trade.gravity.region_boxes={SOUTH>NORTH: 1000, origin>nordhaven: 10}", "trade.mixes.OTHER={general: 1}",
        "policies.1={kind: livelihoods, start: 2025-02-01, communities: [rocky_coast, XC, SOUTH, nordhaven]}",
        "policies.1={kind: integrated_manifests, start: 2025-02-01, ports: [nordhaven], partners: [costa_alta, XA]}",
        "policies.1.start=2025-12-31", "policies.1.start=2020-01-01",
        "disruptions=[{name: a, start: 2025-12-31, places: [XB]}, {name: b, end: 2025-01-01, places: [SOUTH]}]",
        "cooperation.forum={founded: 1999-01-01, members: {XA: 2025-12-31}, widening: [{start: 2002-01-01}]}",
    ],
)  # fmt: skip
def test_places_can_be_named_by_port_region_or_country(setting):
    load("two_coasts", overrides=[setting])


def test_what_is_said_of_ports_left_out_does_no_harm():
    narrow = load("latam_europe", overrides=["geography.only=[ECGYE, COBUN, BEANR, NLRTM]"])
    assert len(narrow.ports()) == 4


def test_ways_to_hide_that_are_called_alike_are_the_same():
    with pytest.raises(InvalidScenario) as refused:
        load("two_coasts_linked", overrides=["commodities.firearms.concealments.structure.visibility=0.7"])
    (only,) = map(str, refused.value.mistakes)
    assert "firearms.concealments.structure: is not the same as commodities.cocaine.concealments.structure." in only


def test_a_group_can_sell_what_it_buys_and_buy_what_it_sells():
    for setting, said in (
        ("organisations.coastal.markets=[lowlands]", "organisations.coastal.markets: none of them is for firearms"),
        ("organisations.inland.markets=[lowlands, southern_towns]", "southern_towns is for what it does not buy."),
    ):
        with pytest.raises(InvalidScenario) as refused:
            load("two_coasts_linked", overrides=[setting])
        (only,) = map(str, refused.value.mistakes)
        assert said in only


def test_where_all_commodities_are_named_the_main_one_is_no_people(tmp_path):
    """The first by name may be people, who are never the main commodity."""
    text = shipped()["two_coasts_people"].read_text(encoding="utf-8")
    text = text.replace("two_coasts.yaml", "two_coasts").replace("commodity: crossing", "commodity: aboard")
    file = tmp_path / "named.yaml"
    file.write_text(text.replace("\n  crossing:", "\n  aboard:"), encoding="utf-8")
    at = ("production_areas.highlands", "markets.lowlands", "markets.uplands")
    named = load(file, overrides=[f"geography.{place}.commodity=cocaine" for place in at])
    assert named.main_commodity == "cocaine"
    assert list(named.goods()) == ["cocaine", "aboard"]


def test_a_world_of_people_alone_is_told_to_have_goods_too():
    people = "commodities={aboard: {kind: people, name: People, waiting_by_year: {2025: 12000}}}"
    with pytest.raises(InvalidScenario, match="Give goods beside them"):
        load("two_coasts", overrides=[people])


def test_raids_at_a_market_of_what_nobody_finishes_are_told():
    setting = "policies=[{kind: finishing_raids, start: 2025-02-01, markets: [lowlands, southern_towns]}]"
    with pytest.raises(InvalidScenario) as refused:
        load("two_coasts_linked", overrides=["commodities.cocaine.finishing={}", setting])
    (only,) = refused.value.mistakes
    assert f"{only.path}: {only.text}" == (
        "policies.0.markets.1: southern_towns is for firearms, which no laboratory finishes. Name markets of cocaine."
    )
