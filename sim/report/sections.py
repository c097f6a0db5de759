"""The sections of a run's page: what was asked, what came out, what is assumed, and how to run it again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sim.policies.policy import Policy
from sim.report import cooperation, crossings, evaluation, inspection, telling, views
from sim.report import money as money_pages
from sim.report.courts import justice_told
from sim.report.figures import draw
from sim.report.pieces import Card, Item, Named, Section, Table, picture
from sim.report.published import prices_told, wholesale_prices
from sim.report.words import NONE, SPACE, count, day, mass, money, number, percent, several, things
from sim.scenario.describe import assumptions
from sim.scenario.describe_disruptions import CHANGES, each_disruption
from sim.study.results import Results, figure, told
from sim.study.tables import Column
from sim.study.totals import APART
from sim.study.verify import REPLICATES, SCENARIO
from sim.terms import purpose
from sim.world.commodity import People

if TYPE_CHECKING:
    import pandas as pd

ONE_RUN = (
    "This is one run, and one run is one draw of luck. It shows what the model does, not what a policy achieves.",
    "To judge a policy, run the scenario with and without it many times and read the paired differences: "
    "chokepoint compare does that and gives the uncertainty.",
)
_IN_WORDS: dict[str, Callable[[float], str]] = {"share": percent, "hours": telling.delay}
"""Units that are told in another way than by putting the unit behind the number."""
_BARE = ("1", "count", "share", "probability")
"""Units that a reader needs not see."""
MOST_ROWS = 30
"""Rows from which on a table has to be asked for; in print all are there."""
_OF_ONE = {"people": "person", "persons": "person"} | {
    f"{one}s": one
    for one in ("day", "container", "consignment", "organisation", "item", "load", "state", "case", "transfer")
}
"""Units of which there is one."""
LIMITS = (
    "It does not forecast. Traffickers are a set of probabilities, costs and learning rules from published work; "
    "no real organisation, person or route is meant.",
    "Seizures are a result of control, not a measure of flow. What the model delivers cannot be checked against any "
    "count, because nobody counts it.",
    "Nothing here gives the chance of passing a control at a real port. Capacities of real ports are public figures or "
    "assumed, and places must not be ranked by them.",
    "A difference between two spans of one run has many causes, chance among them.",
    "Where a number is assumed, the answer holds as far as the assumption does: sweep it before you rely on it.",
    "Only what is modelled can change: other crime, other goods, elections and wars are outside.",
)


def sections(results: Results, compared: pd.DataFrame | None = None) -> list[Section]:
    """All sections in their order; of replicates, totals over all and figures of the first.

    compared: the runs of a comparison of the same policies, for the section on evaluation.
    """
    run = results.replicates[0]
    return [
        asked(run),
        _answer(results),
        *_pictures(run),
        inspection.section(run, draw(run, "opened_by_group")),
        cooperation.section(run, draw(run, "cooperation_network")),
        money_pages.section(run, draw(run, "money")),
        _seas(run),
        *_flows(run),
        *crossings.section(run),
        _people(run),
        _organisations(run),
        _justice(run),
        _violence(run),
        evaluation.section(results, compared),
        _assumed(run),
        _limits(),
        _provenance(results),
    ]


def asked(run: Results) -> Section:
    """What moves, by whom and where, and what governments do about it."""
    scenario = run.scenario
    geography = scenario.geography
    called = views.names(run)
    people = {name: each.name for name, each in scenario.commodities.items() if isinstance(each, People)}
    goods = several(each.name for name, each in scenario.commodities.items() if name not in people)
    groups = sum(group.count for group in scenario.organisations.values())
    items = [
        Item(
            f"P{place}",
            policy.name or policy_kind(policy).capitalize(),
            policy_does(policy),
            policy_facts(policy, called),
        )
        for place, policy in enumerate(scenario.policies, start=1)
    ]
    areas, markets = (
        things(sum(scenario.commodity_at(place) not in people for place in places.values()), word)
        for places, word in ((geography.production_areas, "production area"), (geography.markets, "market"))
    )
    ports, coasts = things(len(scenario.ports()), "port"), things(len(geography.docks), "coast")
    by = f"{things(groups, 'organisation')} through {ports} and {coasts} with small docks"
    told = [
        f"{goods} from {areas} to {markets}, moved by {by}.",
        *([f"{several(people.values())}: persons, who are no goods and are counted apart."] if people else []),
        "Figures mark the start of each policy with P and its number."
        if items
        else "No policy is in force: this is the world as it is assumed to be.",
        *([" ".join((CHANGES, *each_disruption(scenario)))] if scenario.disruptions else []),
    ]
    return Section("asked", "What was asked", told=told, items=items)


def policy_facts(policy: Policy, called: Mapping[str, str]) -> list[str]:
    """Where, when and at what cost a policy works, as the scenario gives it."""
    until = f" until {day(policy.end)}" if policy.end else ""
    facts = [f"at {several(called.get(name, name) for name in policy.places())}"] if policy.places() else []
    facts.append(
        f"from {day(policy.start)}{until}"
        + (f", in full after {things(policy.ramp_days, 'day')}" if policy.ramp_days else "")
    )
    costs = [(policy.capital_usd, "to set up"), (policy.running_usd_per_year, "a year")]
    done = [f"{percent(policy.extent)} of it is done and paid for"] if policy.extent < 1.0 else []
    return facts + [f"{money(usd)} {what}" for usd, what in costs if usd] + done


def _answer(results: Results) -> Section:
    many = len(results.replicates) > 1
    head = ("total", *(("mean", "lowest", "highest") if many else ("value",)))
    rows = [(column.meaning, *_totals(results, column)) for column in told(results.kpis) if column.name not in APART]
    note = ONE_RUN
    if many:
        note = (
            f"These are {len(results.replicates)} runs of one scenario that differ by luck alone. Totals are means "
            "over them; figures and tables further down are those of the first.",
            ONE_RUN[1],
        )
    table = Table("All totals of the run", head, rows, folded=len(rows) > MOST_ROWS)
    return Section("answer", "The answer in figures", note=note, cards=list(_cards(results.kpis)), tables=[table])


def _cards(kpis: Mapping[str, Any]) -> Iterable[Card]:
    """The totals that count, large."""
    get = kpis.get
    sent, boxes, hits = get("dispatched_kg"), get("boxes_arrived"), get("hits")

    def card(label: str, value: str, more: str, warm: bool = False) -> Card:
        return Card(label, value.replace(SPACE, " "), more, warm)

    of_sent = "of what was dispatched"
    yield card(
        "delivered to markets", _of(get("delivered_kg"), mass), _share(get("delivered_kg"), sent, of_sent), warm=True
    )
    yield card("seized", _of(get("seized_kg"), mass), _of(get("interception_share"), percent, "of what came to an end"))
    yield card("lost on the way", _of(get("lost_kg"), mass), _share(get("lost_kg"), sent, of_sent))
    yield card("wholesale price", _of(get("price_usd_per_kg_mean"), money), "a kilogram, mean over the run")
    scanned = _of(get("boxes_scanned"), count, f"of {_of(boxes, count)}")
    yield card("containers scanned", _share(get("boxes_scanned"), boxes, ""), scanned)
    per_hit = get("false_alarms", 0) / hits if hits else None
    yield card("false alarms for each hit", _of(per_hit, number), f"{_of(hits, count)} hits")
    yield card("delay of a container", _of(get("delay_hours_mean"), telling.delay), "mean over all controlled")
    yield card("cost of the policies", _of(get("policy_cost_usd"), money), "within the run")


def _pictures(run: Results) -> Iterable[Section]:
    for key, title, tell, tables in (
        ("map", "Where loads went", telling.map_told, []),
        ("flow", "Flow over time", telling.flow_told, []),
        ("funnel", "From dispatch to market", telling.funnel_told, []),
        ("seizures_by_port", "Seizures by place", telling.seizures_told, _seizure_table(run)),
        ("displacement", "Displacement between gateways", telling.displacement_told, _gateway_table(run)),
        ("seizure_sizes", "Sizes of seizures", telling.sizes_told, []),
        ("price", "Price", telling.price_told, []),
        ("legal_trade", "Legal trade and proportionality", telling.trade_told, _trade_table(run)),
    ):
        points = wholesale_prices(run) if key == "price" else []
        more = {"published": points} if points else {}
        shown = picture(draw(run, key, **more)[0], key, [*tell(run), *prices_told(points)])
        yield Section(key.replace("_", "-"), title, pictures=[shown], tables=tables)


def _seas(run: Results) -> Section:
    """What patrols did in every sea zone, over the whole run."""
    called, found = views.names(run), views.seas(run)
    people = ("people intercepted", "people rescued") if len(run.people) else ()
    rows = [
        (called.get(row.zone, row.zone), count(row.crossings), count(row.detected), count(row.boarded),
         count(row.seized), mass(row.seized_kg), *map(count, (row.intercepted, row.rescued)[: len(people)]),
         number(row.hours_a_day))
        for row in found.itertuples()
    ]  # fmt: skip
    head = (
        "sea zone", "craft that came", "detected", "boarded", "seized", "seized, mass", *people, "patrol hours a day",
    )  # fmt: skip
    table = [Table("All sea zones", head, rows, small=True)] if rows else []
    return Section("seas", "Small craft and patrols", told=telling.seas_told(run), tables=table)


def _flows(run: Results) -> Iterable[Section]:
    """What became of every commodity, where there are several; people in words of their own."""
    goods = run.scenario.goods()
    if len(goods) == 1:
        return
    table = run.by_commodity
    sums = table.groupby(table["commodity"].astype("str"))[["dispatched", "delivered", "stopped", "lost"]].sum()
    rows = [
        (good.name, *(f"{count(amount / good.per_unit)} {good.unit}" for amount in sums.loc[name].tolist()))
        for name, good in goods.items()
    ]
    head = ("flow", "sent, or departed", "delivered, or arrived", "seized, or brought in", "lost on the way")
    told = ["The same ports, patrols and coasts control all of these flows, and some organisations may move several."]
    yield Section("flows", "All flows", told=told, tables=[Table("What became of each", head, rows, small=True)])


def _people(run: Results) -> Section:
    return Section("people", "People", told=telling.people_told(run))


def _organisations(run: Results) -> Section:
    return Section("organisations", "Organisations", told=telling.organisations_told(run))


def _justice(run: Results) -> Section:
    """What became of cases."""
    shown = picture(draw(run, "justice")[0], "justice", justice_told(run))
    return Section("justice", "Justice", pictures=[shown])


def _violence(run: Results) -> Section:
    """Apart from what the run is asked about."""
    return Section("violence", "Violence, apart from the other outcomes", told=telling.violence_told(run))


def _assumed(run: Results) -> Section:
    found = assumptions(run.scenario)
    alike: dict[tuple[str, str, str], list[str]] = {}
    for item in found:
        value = f"{number(item.value)} {'' if item.unit in _BARE else item.unit}".strip()
        ends = f"{number(item.low)} to {number(item.high)}" if item.low is not None and item.high is not None else NONE
        alike.setdefault((item.label, value, ends), []).append(item.path)
    rows = [(Named(label, ", ".join(paths)), value, ends) for (label, value, ends), paths in alike.items()]
    told = [
        f"{things(len(found), 'number')} of the scenario {'is' if len(found) == 1 else 'are'} assumed: nothing "
        "published gives them. "
        "Each is a value to sweep, over its range. Numbers with a source stand in scenario.yaml."
    ]
    table = Table(
        "Assumed numbers: what they are, and below where they stand in the scenario; those that are alike share a row",
        ("number", "value", "range"),
        rows,
        folded=len(rows) > MOST_ROWS,
        small=True,
    )
    return Section("assumptions", "Assumptions", told=told, tables=[table] if rows else [])


def _limits() -> Section:
    return Section("limits", "What the model cannot say", points=LIMITS)


def _provenance(results: Results) -> Section:
    runs, manifest = results.replicates, results.replicates[0].manifest
    which = ", ".join(str(run.manifest["replicate"]) for run in runs)
    rows = [
        ("scenario", manifest["title"]),
        ("SHA-256 of the scenario", manifest["scenario_hash"]),
        ("seed and replicate" if len(runs) == 1 else "seed, and replicates", f"{manifest['seed']}, {which}"),
        ("mode of control", manifest["mode"]),
        ("Chokepoint", manifest["version"]),
        *((name, version) for name, version in sorted(manifest["versions"].items())),
    ]
    if len(runs) == 1:
        rows += [(f"SHA-256 of {name}", digest) for name, digest in sorted(manifest["files"].items())]
    rows += [(f"digest of {_whose(run, results)}", run.manifest["digest"]) for run in runs]
    told = [
        "The same scenario, seed and version give the same bytes. Run it again in the folder of the results. "
        f"The digest below must then stand in the manifest.json of {'each replicate' if len(runs) > 1 else 'the run'}:",
    ]
    table = Table("What was run, and on what", ("", ""), rows, left=2, small=True)
    return Section("provenance", "Provenance", told=told, commands=_again(results), tables=[table])


def _whose(run: Results, results: Results) -> str:
    return "the run" if run is results else f"replicate {run.manifest['replicate']}"


def _again(results: Results) -> str:
    """The commands that make the results again, in their folder.

    A replicate is made by making all up to it, each with the luck of its number.
    """
    run, last = results.replicates[0], results.replicates[-1].manifest["replicate"]
    scenario = SCENARIO if run is results else f"{run.folder.name}/{SCENARIO}"
    many = f" --replicates {last + 1}" if last else ""
    made = f"again/{REPLICATES}{last:03d}" if last and run is results else "again"
    luck = f"--seed {run.manifest['seed']} --mode {run.manifest['mode']}{many}"
    return f"chokepoint run {scenario} {luck} --out again\nchokepoint verify {made}"


def _seizure_table(run: Results) -> list[Table]:
    found = views.seized_by_place(run)
    called = views.names(run)
    rows = [
        (called.get(str(place), str(place)), *(mass(kg) if kg else NONE for kg in row), mass(row.sum()))
        for place, row in found.iterrows()
    ]
    head = ("place", *views.WHERE.values(), "together")
    return [Table("All places with seizures", head, rows, folded=True)] if rows else []


def _gateway_table(run: Results) -> list[Table]:
    found = views.displacement(run)
    if found is None or found.table.empty:
        return []
    called = views.names(run)
    rows = [
        (called.get(str(place), str(place)), mass(row["before_kg"]), mass(row["after_kg"]))
        for place, row in found.table.sort_index().iterrows()
    ]
    return [
        Table("All gateways, kilograms sent towards them a month", ("gateway", "before", "after"), rows, folded=True)
    ]


def _trade_table(run: Results) -> list[Table]:
    called = views.names(run)
    rows = [
        (
            called.get(row.port, row.port), row.direction, count(row.boxes_arrived), percent(row.scanned_share),
            percent(row.examined_share), count(row.false_alarms), count(row.hits), telling.delay(row.delay_hours),
        )
        for row in views.legal_trade(run).itertuples()
    ]  # fmt: skip
    head = ("port", "control", "containers", "scanned", "opened", "false alarms", "hits", "mean delay")
    return [Table("All ports", head, rows, left=2, folded=True, small=True)] if rows else []


def _totals(results: Results, column: Column) -> list[str]:
    values = [run.kpis.get(column.name) for run in results.replicates]
    known = [value for value in values if value is not None] or [None]
    shown = [results.kpis[column.name]] + ([min(known), max(known)] if len(values) > 1 else [])
    return [_total(value, column.unit) for value in shown]


def _total(value: Any, unit: str) -> str:
    if value is None:
        return NONE
    if unit in _IN_WORDS:
        return _IN_WORDS[unit](value)
    if value == 1 and unit in _OF_ONE:
        return f"1 {_OF_ONE[unit]}"
    return f"{figure(value)} {'' if unit in _BARE else unit}".strip()


def _of(value: Any, write: Any, more: str = "") -> str:
    return NONE if value is None else f"{write(value)} {more}".strip()


def _share(part: Any, whole: Any, more: str) -> str:
    return NONE if part is None or not whole else f"{percent(part / whole)} {more}".strip()


def policy_kind(policy: Policy) -> str:
    """What kind of policy it is, in words."""
    return str(getattr(policy, "kind", "policy")).replace("_", " ")


def policy_does(policy: Policy) -> str:
    """What a policy does, as its class says first."""
    return purpose(type(policy)) or policy_kind(policy)
