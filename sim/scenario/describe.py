"""A scenario told back in plain words: what is asked, where, who, what moves, what is done, and every number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from sim.actors.behaviours.behaviour import Behaviour
from sim.policies.policy import Policy
from sim.quantity import Quantity
from sim.scenario.describe_cooperation import known_and_shared
from sim.scenario.describe_disruptions import disrupted
from sim.scenario.describe_goods import what_moves
from sim.scenario.describe_justice import justice
from sim.scenario.describe_oversight import money_told, oversight_told
from sim.scenario.numbers import Assumption, Entry, assumptions, quantities
from sim.scenario.phrases import amount, counted, day_of, figure, named, percent, several, usd
from sim.scenario.scenario import Scenario
from sim.terms import purpose
from sim.world.atlas import sources
from sim.world.commodity import Drug, People
from sim.world.controls import ControlPost, Protocol
from sim.world.site import Port, Site
from sim.world.waters import SeaZone

if TYPE_CHECKING:
    from sim.games.contest import Contest

__all__ = ["Assumption", "Entry", "assumptions", "describe", "quantities"]

WIDTH = 100


def describe(scenario: Scenario | Contest, width: int = WIDTH) -> str:
    """The scenario, or the game, as a page of text, its sentences broken at a width."""
    if isinstance(scenario, Scenario):
        return _page(scenario.title, _sections(scenario), width)
    from sim.scenario.describe_game import sections

    return _page(scenario.title, sections(scenario), width)


def _sections(scenario: Scenario) -> Iterable[tuple[str, Iterable[str]]]:
    return (
        ("The question", [scenario.question]),
        ("Where and when", _setting(scenario)),
        ("Who", _who(scenario)),
        ("What moves", what_moves(scenario)),
        ("What is done about it", _controls(scenario)),
        ("Justice", justice(scenario)),
        ("Policies", _policies(scenario)),
        ("Every number in force", _numbers(scenario)),
        ("What is assumed", _assumed(scenario)),
    )


def _page(title: str, sections: Iterable[tuple[str, Iterable[str]]], width: int) -> str:
    lines = [title, "=" * len(title)]
    for heading, sentences in sections:
        lines += ["", heading, "-" * len(heading)]
        for sentence in sentences:
            lines += _wrapped(sentence, width)
    return "\n".join(lines) + "\n"


def _wrapped(sentence: str, width: int) -> list[str]:
    """A sentence in lines; what starts with blanks hangs from where its text begins."""
    indent = " " * (len(sentence) - len(sentence.lstrip(" ")))
    hanging = f"{indent}  " if indent else ""
    rest, width = indent + " ".join(sentence.split()), max(width, 40)
    lines = []
    while len(rest) > width:
        text = len(rest) - len(rest.lstrip(" "))
        end = rest.rfind(" ", text, width + 1)
        if end < 0:
            end = rest.find(" ", text)  # a word longer than a line has one to itself
        if end < 0:
            break
        lines.append(rest[:end])
        rest = hanging + rest[end + 1 :]
    return [*lines, rest.rstrip()]


def _setting(scenario: Scenario) -> Iterator[str]:
    geography, ports = scenario.geography, scenario.ports()
    last = f" to {day_of(scenario.end)}, {scenario.days:,} days" if scenario.days > 1 else ", one day"
    yield f"From {day_of(scenario.start)}{last}. The root of all luck is seed {scenario.seed}."
    for role, said in (
        ("origin", "Containers leave, under export control, from"),
        ("transit", "They are controlled in both directions at"),
        ("destination", "They arrive, under import control, at"),
    ):
        group = {name: port for name, port in ports.items() if port.role == role}
        if group:
            yield f"{said} {counted(len(group), 'port')}: {_throughput(group)}."
    if scenario.outward_gateways():
        yield "As goods go the other way too, all of these ports control both exports and imports."
    for commodity, good in scenario.goods().items():
        told = "The product is made in" if isinstance(good, Drug) else f"{good.name} come from"
        told = f"{good.name} wait for a passage in" if isinstance(good, People) else told
        yield f"{told} {_with_shares(scenario.areas_of(commodity), 'share')}."
    for side, said in (("origin", "put together in"), ("destination", "stored after arrival in")):
        houses = [house.name for house in geography.warehouses.values() if house.side == side]
        yield f"Loads are {said} {counted(len(houses), 'warehouse')}: {several(houses)}."
    if geography.docks:
        coasts = counted(len(geography.docks), "stretch", "stretches")
        yield f"Small craft use {coasts} of coast: {named(geography.docks)}."
        boats = scenario.transport.small_craft.boats
        for key, kind in scenario.transport.small_craft.kinds.items():
            yield (
                f"  - {key.replace('_', ' ')}: {figure(kind.knots)} knots, up to {figure(kind.capacity_kg)} "
                f"{'persons' if key in boats else 'kg'}, {figure(kind.reach_nm)} nm at most, "
                f"{usd(kind.craft_usd)} each."
            )
    ashore = scenario.transport.ashore
    yield (
        f"A load lies {amount(ashore.warehouse_days, 'day')} in a warehouse"
        + (f", and {figure(ashore.dock_days)} at a coast beside waiting for a crew" if geography.docks else "")
        + ". Where no policy says so nobody looks for it there."
    )
    yield from _seas(scenario)
    for commodity, good in scenario.goods().items():
        told = "Consumers are supplied in" if good.unit == "kg" else f"{good.name} want to get to"
        yield f"{told} {_with_shares(scenario.markets_of(commodity), 'demand_share')}."
    yield from disrupted(scenario)


def _seas(scenario: Scenario) -> Iterator[str]:
    if scenario.waters:
        yield "Patrols search the sea:"
    for zone in scenario.waters.values():
        yield (
            f"  - {zone.name}, {figure(zone.area_nm2)} square nautical miles: {several(_units(zone))}. National "
            f"sources lead to {percent(zone.cue)} of the crossings. Units of a single state may board "
            f"{percent(zone.national_rights)} of the craft."
        )


def _units(zone: SeaZone) -> Iterator[str]:
    if not zone.patrols:
        yield f"{figure(zone.patrol_units)} patrol units, based {figure(zone.base_nm)} nm away"
    for group in zone.patrols:
        base = f"based at {group.base}" if group.base else f"based {figure(zone.base_nm)} nm away"
        beside = f", also in {several(group.zones)}" if group.zones else ""
        yield f"{counted(group.units, 'joint unit' if group.joint else 'unit')} of {group.name} {base}{beside}"


def _throughput(ports: Mapping[str, Port]) -> str:
    total = sum(port.teu_thousand for port in ports.values()) / 1000
    largest = sorted(ports.values(), key=lambda port: (-port.teu_thousand, port.name))
    return f"{several(port.name for port in largest)}; {total:,.3g} million TEU a year in all"


def _with_shares(sites: Mapping[str, Site], share: str) -> str:
    largest = sorted(sites.values(), key=lambda site: (-getattr(site, share), site.name))
    return several(f"{site.name} ({percent(getattr(site, share))})" for site in largest)


def _places(number: float) -> str:
    return counted(round(number), "place of departure", "places of departure")


def _who(scenario: Scenario) -> Iterator[str]:
    geography = scenario.geography
    lives: dict[str, list[str]] = {}
    for group in scenario.organisations.values():
        areas = named(geography.production_areas, group.areas)
        markets = named(geography.markets, group.markets) if group.markets else "every market"
        many = counted(group.count, "organisation")
        trade = f"They buy in {areas}, sell in {markets}"
        start = f"{figure(group.gateways)} origin and {figure(group.partners)} destination ports"
        moved = {scenario.commodity_at(geography.production_areas[name]) for name in group.areas}
        if all(isinstance(scenario.commodities[name], People) for name in moved):
            trade, start = f"They take people across the sea from {areas}", f"crews at {_places(group.gateways)}"
        yield (
            f"{group.name}: {many} with about {usd(group.capital_usd)} of capital each. "
            f"{trade}, choose by {_behaviour(group.behaviour)}, and start with {start}. {group.most} at most "
            "at a time."
        )
        life = group.life
        told = (
            f"at a comfortable margin {figure(life.entry_per_year)} a year enter "
            f"for each of the first; who has no money for a load for {amount(life.patience_days, 'day')} "
            f"gives up; beyond {amount(life.split_size, 'time')} the middling size they may fall apart. Each has a "
            f"core of {figure(group.core.people)}; without one of them it works in {percent(group.core.stand_in)} of "
            f"weeks, for {amount(group.core.vetting_days, 'day')} or more."
        )
        lives.setdefault(told, []).append(group.name)
    for told, groups in lives.items():
        yield told[0].upper() + told[1:] if len(lives) == 1 else f"Of {several(groups, len(groups))}, {told}"
    rivalry = scenario.rivalry
    yield (
        f"A port has room for {figure(rivalry.crews_per_million_teu)} of their crews by the million TEU, a coast for "
        f"{figure(rivalry.crews_per_coast)}; where there are more, organisations contest the place."
    )
    yield "Customs officers, port inspectors and the people around ports and coasts are modelled one by one."
    people = geography.communities
    yield (
        f"Around ports and coasts a job for traffickers must pay {percent(people.job_share)} of a year's wage, more "
        f"where arrests are expected, and {percent(people.stigma)} beside it for what others think. Who is "
        f"arrested cooperates with investigators with probability {figure(people.cooperation)}."
    )


def _behaviour(behaviour: Behaviour) -> str:
    numbers = [
        f"{_lever(name, getattr(behaviour, name))}"
        for name in type(behaviour).model_fields
        if name != "kind" and getattr(behaviour, name) is not None
    ]
    told = f" ({several(numbers, most=len(numbers))})" if numbers else ""
    return behaviour.called.replace("_", " ") + told


_PROTOCOLS: dict[Protocol, str] = {
    "random": "picked blindly",
    "threshold": "those at or above the high-risk score, as far as capacity goes",
    "top_capacity": "the highest risk scores first",
    "flagged_lanes": "all from flagged places first, then the highest risk scores",
    "skip_lot": "fewer of those whose like have long been clean, all again after a find",
    "risk_tiers": "a share of each of three tiers of risk, the highest tier first",
}


def _controls(scenario: Scenario) -> Iterator[str]:
    customs, ports = scenario.customs, scenario.ports()
    for side, post in (("Imports", customs.imports), ("Exports", customs.exports)):
        yield f"{side}, where nothing else is said: {_post(post)}."
    if scenario.precursor_gateways():
        yield f"Imports of origin ports where precursors arrive: {_post(customs.precursors)}."
    for place, entry in customs.posts.items():
        name = ports[place].name if place in ports else place
        for side, change in (("imports", entry.imports), ("exports", entry.exports)):
            if change is not None and change.model_fields_set:
                yield f"  - {name}, {side}: {_changes(change)}."
    yield from _corruption(scenario)
    yield from oversight_told(scenario.oversight)
    yield from known_and_shared(scenario)
    yield from money_told(scenario.money)


def _corruption(scenario: Scenario) -> Iterator[str]:
    bribes, imports, exports = scenario.customs.corruption, scenario.customs.imports, scenario.customs.exports
    if bribes.approach and bribes.most_insiders:
        asked = [
            f"{figure(post.integrity_wages)} years' wages at {side}"
            for side, post in (("import", imports), ("export", exports))
        ]
        yield (
            f"Organisations approach port inspectors where they have cells, and offer {figure(bribes.offer_wages)} "
            f"years' legal wages a year. Where nothing else is said, half of them would take {several(asked)} for "
            f"a year if there were nothing to fear; audits find each who does {figure(imports.audits_per_year)} times "
            f"a year at import, and {figure(exports.audits_per_year)} times at export."
        )
    else:
        yield "No organisation approaches port inspectors."
    for name, share in scenario.trade.extortion.items():
        yield f"Officials at {name} extort {percent(share)} of the cost of shipping from legal shippers."


def _post(post: ControlPost) -> str:
    scans, opened = f"{percent(post.scan_share)} of the containers", f"{percent(post.examination_share)} of them"
    if post.scans_per_day is not None:
        scans = f"{figure(post.scans_per_day)} containers a day"
    if post.examinations_per_day is not None:
        opened = f"{figure(post.examinations_per_day)} a day"
    return (
        f"{scans} can be scanned, {_PROTOCOLS[post.protocol]}, {percent(post.random_share)} of the scans at random; "
        f"{opened} can be opened. A scan sees a very large load with probability {figure(post.sensitivity)} and "
        f"raises a false alarm with probability {figure(post.false_alarm)}"
    )


def _changes(change: ControlPost) -> str:
    given = [name for name in type(change).model_fields if name in change.model_fields_set]
    return several((_lever(name, getattr(change, name)) for name in given), most=len(given))


_BARE = ("1", "count", "share", "probability")
"""Units that go without saying."""


def _lever(name: str, value: object) -> str:
    """What a field is called and its value; the unit where neither it nor the name tells."""
    told = name.replace("_", " ")
    if isinstance(value, Quantity):
        bare = value.unit in _BARE or told.endswith(value.unit)
        return f"{told} {figure(value)}" if bare else f"{told} {figure(value)} {value.unit}"
    if isinstance(value, bool):
        return f"{told}: {'yes' if value else 'no'}"
    return f"{told} {several(map(str, value), most=len(value)) if isinstance(value, tuple) else value}"


def _policies(scenario: Scenario) -> Iterator[str]:
    if not scenario.policies:
        yield "None: governments change nothing over these days."
    for number, policy in enumerate(scenario.policies, 1):
        yield f"  {number}. {_policy(policy)}"
    if scenario.policies_from is not None:
        yield f"Kinds that the scenario's own file of policies defines: {', '.join(scenario.policies_from.kinds)}."


_TOLD_APART = frozenset(("kind", "name", "start", "end", "ramp_days", "extent", "capital_usd", "running_usd_per_year"))


def _policy(policy: Policy) -> str:
    kind = str(getattr(policy, "kind", type(policy).__name__)).replace("_", " ")
    until = f"until {day_of(policy.end)}" if policy.end is not None else "for good"
    ramp = f", in full after {amount(policy.ramp_days, 'day')}" if policy.ramp_days else ""
    levers = "; ".join(
        f"{_lever(name, getattr(policy, name))}"
        for name in type(policy).model_fields
        if name not in _TOLD_APART and getattr(policy, name) is not None
    )
    does = purpose(type(policy))
    return (
        f"{policy.name or kind.capitalize()} ({kind}), from {day_of(policy.start)} {until}{ramp}. {does} "
        f"Here: {levers}. It costs {usd(policy.capital_usd)} to set up and {usd(policy.running_usd_per_year)} a year"
        + (f"; {float(policy.extent):.3g} of it is done and paid for." if policy.extent < 1.0 else ".")
    )


def _numbers(scenario: Scenario) -> Iterator[str]:
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in quantities(scenario):
        groups[entry.path.rpartition(".")[0]].append(entry)
    for group, entries in groups.items():
        yield group
        for entry in entries:
            yield f"  {entry.path.rpartition('.')[2]} = {entry.quantity.told()}. {entry.label}"
    titles, used = sources(), sorted({entry.quantity.source for entries in groups.values() for entry in entries})
    yield "sources"
    for key in used:
        if key in titles:
            yield f"  {key}: {titles[key].title}; {titles[key].where}; {titles[key].date}"


def _assumed(scenario: Scenario) -> Iterator[str]:
    every, assumed = quantities(scenario), assumptions(scenario)
    swept = sum(number.low is not None for number in assumed)
    yield (
        f"{len(assumed)} of {len(every)} numbers are assumed: nothing published gives them. "
        f"{swept} of these have a range, over which a sweep can vary them."
    )
    groups: dict[str, list[str]] = defaultdict(list)
    for number in assumed:
        group, _, name = number.path.rpartition(".")
        groups[group].append(name)
    for group, names in groups.items():
        yield f"  {group}: {', '.join(names)}"
