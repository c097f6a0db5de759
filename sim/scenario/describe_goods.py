"""What moves in a scenario, in plain words: goods, how they are made, hidden and sold, and the trade around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.actors.traits import Organisations
from sim.quantity import Quantity
from sim.scenario.phrases import amount, counted, figure, percent, several, usd
from sim.scenario.scenario import Scenario
from sim.world.commodity import Commodity, Drug, Firearms, Good, People
from sim.world.making import Finishing, Precursors
from sim.world.trade import CargoClass
from sim.world.users import Users


def what_moves(scenario: Scenario) -> Iterator[str]:
    """Sentences on the goods, and on the legal trade that they hide in."""
    for name, commodity in scenario.commodities.items():
        yield from _told(scenario, commodity)
        if len(scenario.commodities) > 1:
            yield _between(scenario, name)
        if isinstance(commodity, Good) and len(scenario.markets_of(name)) > 1:
            yield _onward(commodity)
        if not commodity.ways_to_hide:
            continue
        yield f"It is hidden in {counted(len(commodity.ways_to_hide), 'way')}:"
        for hiding in commodity.ways_to_hide.values():
            yield (
                f"  - {hiding.name}: {_SHIPPERS[hiding.shipper]}, "
                f"{'with' if hiding.crew else 'without'} crews at the ports."
            )
    linked = [group.name for group in scenario.organisations.values() if len(_goods_of(scenario, group)) > 1]
    if linked:
        yield f"More than one of these flows is moved by {several(linked)}, with the same crews, capital and knowledge."
    trade, who = scenario.trade, "It hides" if len(scenario.commodities) == 1 else "Goods hide"
    yield f"{who} in legal trade of {counted(len(trade.cargo_classes), 'cargo class', 'cargo classes')}:"
    for region, mix in trade.mixes.items():
        origin = "Imports from elsewhere" if region == "rest_of_world" else f"Exports of {region}"
        yield f"  - {origin}: {_mix(mix, trade.cargo_classes)}."


_SHIPPERS = {"front": "a front company ships it", "honest": "in an honest shipper's container"}


def _told(scenario: Scenario, commodity: Commodity) -> Iterator[str]:
    """What is said of a commodity, by its kind."""
    if isinstance(commodity, Drug):
        yield _commodity(commodity)
        yield _making(commodity)
        if commodity.precursors is not None:
            gates = several(scenario.ports()[name].name for name in scenario.precursor_gateways())
            yield _precursors(commodity.precursors, gates)
        if commodity.finishing is not None:
            yield _finishing(commodity.finishing)
        yield _retail(commodity)
        yield _users(commodity.users)
    elif isinstance(commodity, Firearms):
        yield _firearms(commodity)
    elif isinstance(commodity, People):
        yield _people(commodity, scenario)


def _between(scenario: Scenario, name: str) -> str:
    areas = several(area.name for area in scenario.areas_of(name).values())
    markets = several(market.name for market in scenario.markets_of(name).values())
    said = "They want to get" if isinstance(scenario.commodities[name], People) else "It goes"
    return f"{said} from {areas} to {markets}."


def _onward(good: Good) -> str:
    if not good.onward_speed:
        return "Its markets do not sell on to each other."
    return (
        f"Its markets sell on to each other: where twice as much is expected in {amount(good.onward_days, 'day')}, "
        f"carriage taken off, {percent(good.onward_speed)} of the stock goes there in a day, and less in proportion."
    )


def _goods_of(scenario: Scenario, group: Organisations) -> set[str]:
    areas = scenario.geography.production_areas
    return {scenario.commodity_at(areas[name]) for name in group.areas}


def _firearms(commodity: Firearms) -> str:
    known = commodity.diverted_by_year
    last = max(known)
    return (
        f"{commodity.name}: {figure(known[last])} t are diverted for this trade in {last}. Markets ask for "
        f"{figure(commodity.demand)} t a year at {usd(commodity.market_price)} a kilogram, "
        f"{usd(commodity.source_price)} at the source. A scan sees {figure(commodity.kg_half)} kg with half of its "
        "greatest chance."
    )


def _people(people: People, scenario: Scenario) -> str:
    known = people.waiting_by_year
    last = max(known)
    zones = scenario.waters.values()
    returned = sorted({percent(zone.returns) for zone in zones})
    return (
        f"{people.name}: {figure(known[last])} persons come to wait for a passage in {last}, as long as they take "
        f"their chance to arrive to be {percent(people.chance)}; the wish to travel follows what is heard of "
        f"others, with {amount(people.news_days, 'day')} and an elasticity of {figure(people.wish_elasticity)}. "
        f"A passage costs a person {usd(people.fee)}, {percent(people.paid_before)} of it before departure. "
        f"Who is in distress is rescued by whoever finds them; of the boats brought in at sea {several(returned)} "
        "are returned where no policy says otherwise. Persons are no contraband: they are counted as arrived, "
        "brought to safety, returned or lost at sea."
    )


def _commodity(commodity: Drug) -> str:
    made = commodity.production_by_year
    first, last = min(made), max(made)
    since = f", after {figure(made[first])} t in {first}" if first != last else ""
    return (
        f"{commodity.name}: {figure(made[last])} t of pure product are made in the world in {last}{since}; "
        f"{percent(commodity.trade_share)} of it is for this trade. Markets ask for {figure(commodity.demand)} t "
        f"a year at {usd(commodity.market_price)} a kilogram, {usd(commodity.source_price)} at the source."
    )


def _making(commodity: Drug) -> str:
    labs = commodity.laboratories
    needs = "they need precursors" if commodity.precursors is not None else "they never lack chemicals"
    return (
        f"It is made in {counted(labs.count, 'laboratory', 'laboratories')}, each raided "
        f"{amount(labs.raids_per_year, 'time')} a year and open again after {amount(labs.reopen_days, 'day')}; {needs}."
    )


def _precursors(needed: Precursors, gates: str) -> str:
    return (
        f"{needed.name}: {figure(needed.kg_per_kg)} kg for a kilogram of product, diverted from legal trade and "
        f"declared as other goods, by way of {gates}. Brokers of the areas like to hold "
        f"{amount(needed.precursor_days, 'day')} of them, and offer {usd(needed.offer)} a kilogram, more in a shortage."
    )


def _finishing(later: Finishing) -> str:
    return (
        f"{later.name}: a part travels in this form, {usd(later.saved)} a kilogram cheaper at the source, and becomes "
        f"product in {counted(later.count, 'laboratory', 'laboratories')} at the markets, each of which finishes "
        f"{figure(later.kg_per_day)} kg a day for {usd(later.chemicals)} a kilogram, more when much waits; "
        f"{percent(later.residue)} of the weight is gone then. Each is raided {amount(later.raids_per_year, 'time')} a "
        f"year and open again after {amount(later.reopen_days, 'day')}."
    )


def _retail(commodity: Drug) -> str:
    retail = commodity.retail
    share = {"mixed": f", {percent(retail.proportional)} of it in proportion"}.get(retail.pass_through, "")
    return (
        f"By the gram a pure kilogram costs {usd(retail.price)}, sold at a purity of {percent(retail.purity)}, down "
        f"to {percent(retail.least_purity)} when stocks are short; changes at wholesale reach it by "
        f"{retail.pass_through} pass-through{share}."
    )


def _users(users: Users) -> str:
    return (
        f"Dependent users consume {percent(users.dependent_share)} of it. Treatment lowers their use with a half-life "
        f"of {amount(users.treated_days, 'day')}, and it comes back with one of {figure(users.relapse_days)}; what "
        f"education prevents comes with one of {figure(users.educated_days)}, and goes with one of "
        f"{figure(users.forgotten_days)}. Nothing adds to either where no policy does."
    )


def _mix(mix: Mapping[str, Quantity], classes: Mapping[str, CargoClass]) -> str:
    ordered = sorted(mix.items(), key=lambda entry: (-entry[1], entry[0]))
    return several(f"{classes[name].name.lower()} {percent(share)}" for name, share in ordered)
