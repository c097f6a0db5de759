"""Random valid scenarios: a small world laid out at random, and every number of its nouns moved about.

The layout (who is where, which names refer to which) is drawn here. Everything else is found by walking the fields of
the nouns, whatever they are: a quantity is drawn from its range, set to an end of it or to the bound beyond which it
makes no sense, a choice among words is drawn, a whole number moves within its bounds. A field that is added to a
noun, or a noun that is added to the scenario with a default, is so moved too without a word here; so is a new kind of
policy. Each draw has an address, so that a field more leaves all other draws alone.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from sim.model import SmugglingModel
from sim.policies.policy import Policy
from sim.quantity import Measure, Quantity
from sim.registry import Registered
from sim.scenario.resolved import DIFFERING
from sim.scenario.scenario import Scenario
from sim.terms import Noun
from sim.world.controls import Protocol
from sim.world.disruption import Disruption
from sim.world.distances import canals_of, sea_distances
from sim.world.lanes import lanes_of

MOVED = 0.15
"""Share of the fields that are moved."""
OF_POLICIES = 0.4
"""The same of policies, of which a world has few."""
LAID_OUT = frozenset(("start", "days", "seed", "kind", "end", "country", "region", "role", "side", "protocol"))
"""Fields that the layout sets, or that others refer to."""
FAR = 100.0
"""Bounds so many times beyond a range are not drawn, nor such a fraction of its low end but 0."""
WHOLE = 20
"""Whole numbers are moved up to so many times their value."""
TRIES = 20
DIFFERENCES = frozenset(at for _, at in DIFFERING)
"""Fields that hold what differs at single places."""


@functools.lru_cache(512)
def random_world(seed: int) -> Scenario:
    """A valid scenario of 20 to 120 days, small enough to live in some tens of milliseconds.

    Numbers that contradict each other (no port can carry the trade) are drawn again.
    """
    for attempt in range(TRIES):
        try:
            plan = _drawn(f"{seed}/{attempt}")
            lanes_of(plan.ports(), sea_distances(plan.geography, plan.transport), plan.trade, plan.transport)
            if plan.commodities["cocaine"].precursors:
                SmugglingModel(plan)  # it may be that no road leads from where they arrive to where they are needed
        except ValueError:
            continue
        return plan
    raise AssertionError(f"no valid world comes of seed {seed}")


def policy_kinds() -> list[str]:
    """The package's own kinds of policy; tests and notebooks define others."""
    return [kind for kind, noun in Policy.every().items() if noun.__module__.startswith("sim.policies")]


def _drawn(address: str) -> Scenario:
    luck = Luck(address)
    plan = Scenario.model_validate(_by_name(_layout(luck)))
    moved = moved_about(plan, luck, "")
    assert isinstance(moved, Scenario)
    drawn = [a_policy(plan, luck, number) for number in range(luck.at("policies").choice((0, 1, 1, 2, 2, 3)))]
    disrupted = [_disruption(plan, luck, number) for number in range(luck.at("disruptions").choice((0, 0, 0, 1, 1, 2)))]
    whole = {**_given(moved), "policies": tuple(policy for policy in drawn if policy), "disruptions": tuple(disrupted)}
    return Scenario.model_validate_json(Scenario.model_validate(whole).model_dump_json(exclude_unset=True))


class Luck:
    """Luck by address: what is asked for at one place says nothing of what comes at another."""

    def __init__(self, seed: str) -> None:
        self.seed = seed

    def at(self, address: str) -> Random:
        return Random(f"{self.seed}/{address}")

    def some(self, address: str, names: list[str], least: int = 1) -> list[str]:
        luck = self.at(address)
        return sorted(luck.sample(names, luck.randint(min(least, len(names)), len(names))))

    def shares(self, address: str, names: list[str]) -> dict[str, float]:
        """Shares that add up to 1; some of them 0."""
        luck = self.at(address)
        parts = [luck.choice((0, 1, 1, 2, 5)) for _ in names]
        parts[0] += not any(parts)
        return {name: part / sum(parts) for name, part in zip(names, parts, strict=True)}


def _by_name(entries: Any) -> Any:
    """The same in the order in which a file is read: by name, whatever the order in which it was written."""
    return {name: _by_name(entries[name]) for name in sorted(entries)} if isinstance(entries, dict) else entries


# Layout ------------------------------------------------------------------------------------------------------------


def _layout(luck: Luck) -> dict[str, Any]:
    """The names of a world, and what refers to what."""
    size = luck.at("sizes")
    origins, hubs, harbours = size.randint(1, 3), size.choice((0, 0, 1)), size.randint(1, 3)
    roles = {f"a{n}": "origin" for n in range(origins)} | {f"h{n}": "transit" for n in range(hubs)}
    roles |= {f"p{n}": "destination" for n in range(harbours)}
    ports = {name: _port(luck, name, role) for name, role in roles.items()}
    areas = [f"area{n}" for n in range(size.randint(1, 3))]
    markets = [f"market{n}" for n in range(size.randint(1, 3))]
    zones = [f"zone{n}" for n in range(size.randint(0, 3))]
    docks = [f"dock{n}" for n in range(size.choice((0, 1, 2, 3, 4)) if zones else 0)]
    cargo = [f"cargo{n}" for n in range(size.randint(1, 3))]
    hidden = [f"way{n}" for n in range(size.randint(1, 3))]
    groups = [f"group{n}" for n in range(size.randint(1, 3))]
    area_shares, market_shares = luck.shares("areas", areas), luck.shares("markets", markets)
    back = _the_other_way(luck)
    people = _people(luck) if docks else NOTHING
    others = [*back["production_areas"], *people["production_areas"]]
    regions = sorted({port["region"] for port in ports.values()})
    known = sorted({*ports, *regions, *(port["country"] for port in ports.values())})
    return {
        "title": "A random world",
        "question": "Does it hold together?",
        "start": f"{size.randint(2020, 2028)}-{size.randint(1, 12):02}-{size.randint(1, 28):02}",
        "days": size.randint(20, 120),
        "seed": size.randint(0, 2**63 - 1),
        "geography": {
            "ports": ports,
            "production_areas": {name: _place(luck, name, "south") | {"share": area_shares[name]} for name in areas}
            | back["production_areas"]
            | people["production_areas"],
            "warehouses": {
                f"store{n}": _place(luck, f"store{n}", "south" if side == "origin" else "north") | {"side": side}
                for n, side in enumerate(("origin", "destination", *size.sample(("origin", "destination"), 1)))
            },
            "docks": {name: _dock(luck, name, zones) for name in docks},
            "markets": {name: _place(luck, name, "north") | {"demand_share": market_shares[name]} for name in markets}
            | back["markets"]
            | people["markets"],
        },
        "waters": {name: {"name": name, "area_nm2": luck.at(name).choice((1000.0, 250000.0))} for name in zones},
        "transport": {
            "sea_distances": _distances(luck, roles, both=bool(back["commodities"])),
            "small_craft": {"boats": {"wooden_boat": {"reach_nm": 9000}, "inflatable": {"reach_nm": 9000}}},
        },
        "trade": {
            "cargo_classes": {name: {"name": name, "reefer": luck.at(name).random() < 0.5} for name in cargo},
            "mixes": {name: luck.shares(f"mix {name}", cargo) for name in sorted((*regions, "rest_of_world"))},
            "gravity": {"rest_of_world": luck.at("rest of world").choice((0.3, 1.0, 3.0))},
        },
        "commodities": {
            "cocaine": {
                "name": "Cocaine",
                "production_by_year": {luck.at("y").randint(2020, 2028): luck.at("t").choice((0, 1, 30, *[150] * 5))},
                "demand": luck.at("demand").choice((0, 1, *[45] * 6)),
                "concealments": {name: {"name": name} for name in hidden},
                "precursors": luck.at("precursors").choice((None, None, {})),
                "finishing": luck.at("finishing").choice((None, None, {})),
            }
        }
        | back["commodities"]
        | people["commodities"],
        "customs": {
            "imports": _post(luck, "imports", known),
            "exports": _post(luck, "exports", known),
            "posts": {name: {"imports": _post(luck, name, known)} for name in luck.some("posts", known, 0)[:2]},
            "known_origins": dict.fromkeys(luck.some("known", known, 0)[:2], 0.5),
        },
        "oversight": {**_limit(luck, "oversight"), "at": {"destination": _limit(luck, "oversight at destinations")}},
        "organisations": {
            name: {
                "name": name,
                "count": luck.at(name).choice((1, 1, 2, 4)),
                "areas": luck.some(f"{name} areas", areas) + luck.some(f"{name} others", others, 0),
                "markets": luck.at(f"{name} sells").choice((None, luck.some(f"{name} markets", markets)))
                if not back["commodities"] and not people["commodities"]
                else None,
                "capital_usd": luck.at(f"{name} capital").choice((0, 1e5, *[1.5e8] * 6)),
                "candidate_routes": luck.at(f"{name} routes").choice((4, 40, 400)),
            }
            for name in groups
        },
    }  # fmt: skip


NOTHING: dict[str, dict[str, Any]] = {"production_areas": {}, "markets": {}, "commodities": {}}


def _people(luck: Luck) -> dict[str, dict[str, Any]]:
    """Every third world with docks has people who cross the sea beside; else nothing."""
    if luck.at("people").random() > 0.4:
        return NOTHING
    crossing = {"kind": "people", "name": "People", "waiting_by_year": {2024: luck.at("waiting").choice((500, 20000))}}
    town = _place(luck, "town", "south") | {"share": 1, "commodity": "crossing"}
    city = _place(luck, "city", "north") | {"demand_share": 1, "commodity": "crossing"}
    return {"production_areas": {"town": town}, "markets": {"city": city}, "commodities": {"crossing": crossing}}


def _the_other_way(luck: Luck) -> dict[str, dict[str, Any]]:
    """Every third world has firearms that go from north to south beside; else nothing."""
    if luck.at("back").random() > 0.33:
        return NOTHING
    firearms = {"kind": "firearms", "name": "Firearms", "diverted_by_year": {2024: luck.at("arms").choice((1, 30))}}
    firearms["concealments"] = {"machinery": {"name": "In machinery", "crew": luck.at("arms crew").random() < 0.5}}
    yard = _place(luck, "yard", "north") | {"share": 1, "commodity": "firearms", "side": "destination"}
    towns = _place(luck, "towns", "south") | {"demand_share": 1, "commodity": "firearms", "side": "origin"}
    return {"production_areas": {"yard": yard}, "markets": {"towns": towns}, "commodities": {"firearms": firearms}}


def _place(luck: Luck, name: str, side: Literal["south", "north"]) -> dict[str, Any]:
    at = luck.at(f"place {name}")
    lat = at.uniform(-18, -13) if side == "south" else at.uniform(42, 47)
    return {
        "name": name,
        "country": "XA" if side == "south" else at.choice(("XB", "XC")),
        "lat": lat,
        "lon": at.uniform(-25, -15),
    }


def _port(luck: Luck, name: str, role: str) -> dict[str, Any]:
    place = _place(luck, name, "south" if role == "origin" else "north")
    region = {"origin": "SOUTH", "transit": "MID", "destination": "NORTH"}[role]
    return place | {
        "region": region,
        "role": role,
        "teu_thousand": luck.at(f"trade {name}").choice((0, *[60] * 3, *[200] * 3)),
    }


def _dock(luck: Luck, name: str, zones: list[str]) -> dict[str, Any]:
    side: Literal["origin", "destination"] = luck.at(f"side {name}").choice(("origin", "destination"))
    crossed = luck.some(f"zones {name}", zones)[:2]
    return _place(luck, name, "south" if side == "origin" else "north") | {"side": side, "zones": crossed}


def _distances(luck: Luck, roles: dict[str, str], *, both: bool) -> list[dict[str, Any]]:
    """Distances of most pairs that lead from south to north, or of both ways."""
    order = ("origin", "transit", "destination")
    pairs = [(a, b) for a in roles for b in roles if order.index(roles[a]) < order.index(roles[b])]
    kept = [pair for pair in pairs if luck.at(f"lane {pair}").random() < 0.85] or pairs[:1]
    kept += [(b, a) for a, b in kept] if both else []
    return [
        {"origin": a, "destination": b, "nm": luck.at(f"nm {a} {b}").uniform(300, 4500)}
        | luck.at(f"canal {a} {b}").choice(({}, {"canals": ["narrows"]}, {"canals": ["narrows"], "nm_around": 6000.0}))
        for a, b in kept
    ]


def _post(luck: Luck, address: str, places: list[str]) -> dict[str, Any]:
    at = luck.at(f"post {address}")
    found: dict[str, Any] = {"protocol": at.choice(get_args(Protocol))}
    if at.random() < 0.5:
        found["flagged_origins"] = luck.some(f"flagged {address}", places)[:2]
    for capacity in ("scans_per_day", "examinations_per_day"):
        if at.random() < 0.3:
            found[capacity] = at.choice((0, 0.3, 2, 1e6))
    return found


def _disruption(plan: Scenario, luck: Luck, number: int) -> BaseModel:
    """A change of the route graph about the run: of some places, a line, a canal, or more of these."""
    at, geography = luck.at(f"disruption {number}"), plan.geography
    ports = _names_for("ports", plan)
    sites = sorted({*ports, *geography.docks, *geography.warehouses})
    first = at.randint(-5, plan.days - 1)
    given: dict[str, Any] = {
        "name": f"disruption {number}",
        "start": at.choice((None, plan.start + timedelta(days=first))),
        "end": plan.start + timedelta(days=max(0, first + at.randint(0, 60))),
        "keeps": at.choice((0.0, 0.0, 0.5)),
    }
    if given["start"] and at.random() < 0.3:
        given["end"] = None
    canals = canals_of(geography, plan.transport)
    choices = {
        "places": tuple(luck.some(f"disrupted {number}", sites)[:2]),
        "lines": (f"{at.choice(ports)}>{at.choice(ports)}",),
        "canals": tuple(canals),
    }
    kinds = at.sample(sorted(choices), at.randint(1, 3))
    chosen = {kind: choices[kind] for kind in kinds if choices[kind]} or {"lines": choices["lines"]}
    return moved_about(Disruption.model_validate({**given, **chosen}), luck, f"disruption {number}")


def _limit(luck: Luck, address: str) -> dict[str, Any]:
    at = luck.at(address)
    found = {name: at.choice((None, None, 0.0003, 0.003, 0.05)) for name in ("most_opened", "most_scanned")}
    return {name: most for name, most in found.items() if most} | {"period_days": at.choice((7, 30))}


# Policies ----------------------------------------------------------------------------------------------------------


def a_policy(plan: Scenario, luck: Luck, number: int) -> Policy | None:
    """A policy of any kind that starts, and may end, about the run; None where there is nothing for it to act on."""
    at = luck.at(f"policy {number}")
    return policy_of(at.choice(policy_kinds()), plan, luck, number)


def policy_of(kind: str, plan: Scenario, luck: Luck, number: int) -> Policy | None:
    """The same of one kind: lists of names are filled with places of the sort that the field is called by."""
    at, noun = luck.at(f"policy {number} {kind}"), Policy.every()[kind]
    start = at.randint(-30, plan.days - 1)
    given: dict[str, Any] = {"kind": kind, "name": f"policy {number}", "start": plan.start + timedelta(days=start)}
    if at.random() < 0.4:
        given["end"] = max(plan.start, given["start"]) + timedelta(days=at.randint(0, 60))
    given["ramp_days"] = at.choice((0, 0, 10, 90))
    for name, field in noun.model_fields.items():
        if field.is_required() and name not in given:
            names = _names_for(name, plan)
            if not names:
                return None
            chosen = luck.some(f"{kind} {number} {name}", names)[:3]
            given[name] = tuple(chosen) if get_origin(field.annotation) is tuple else chosen[0]
    try:
        policy = Policy.read(given)
    except ValidationError:
        return None
    moved = moved_about(policy, luck, f"{kind} {number}", OF_POLICIES)
    assert isinstance(moved, Policy)
    return moved


def _names_for(field: str, plan: Scenario) -> list[str]:
    """Names of the sort that a field of a policy is called by; of ports, regions and countries for any other."""
    geography, ports = plan.geography, plan.ports()
    sorts: dict[str, Any] = {
        "zones": plan.waters, "docks": geography.docks, "warehouses": geography.warehouses,
        "markets": geography.markets, "areas": geography.production_areas, "organisations": plan.organisations,
        "commodities": plan.commodities, "states": [*sorted({port.country for port in ports.values()}), "origin"],
    }  # fmt: skip
    anywhere = {name for key, port in ports.items() for name in (key, port.region, port.country)}
    return sorted(sorts.get(field, anywhere))


# Numbers -----------------------------------------------------------------------------------------------------------


def moved_about(noun: BaseModel, luck: Luck, path: str, share: float = MOVED) -> BaseModel:
    """The noun, and all nouns in it, with some of their fields moved; a move that the noun refuses is taken back."""
    changed: dict[str, Any] = {}
    for name, field in type(noun).model_fields.items():
        if name in LAID_OUT:
            continue
        value, here = getattr(noun, name), f"{path}.{name}"
        moved = _moved(value, field, luck, here, share)
        if moved is not value:
            changed[name] = moved
    for keep in (tuple(changed), *((name,) for name in changed)) if changed else ():
        try:
            noun = type(noun).model_validate({**_given(noun), **{name: changed[name] for name in keep}})
        except ValidationError:
            continue
        if len(keep) == len(changed):
            break
    return noun


def _given(noun: BaseModel) -> dict[str, Any]:
    return {name: getattr(noun, name) for name in type(noun).model_fields if name in noun.model_fields_set}


def _moved(value: Any, field: FieldInfo, luck: Luck, path: str, share: float) -> Any:
    """The value, or another in its place; the very same where nothing moves."""
    if isinstance(value, Noun):
        return _of_any_kind(value, luck, path)
    if isinstance(value, dict) and value and all(isinstance(item, Noun) for item in value.values()):
        found = {key: moved_about(item, luck, f"{path}.{key}") for key, item in value.items()}
        return value if all(found[key] is value[key] for key in value) else found
    if isinstance(value, tuple) and value and all(isinstance(item, Quantity) for item in value):
        measures = [_measure(argument) for argument in get_args(field.annotation)]
        return tuple(
            _quantity(item, measure, luck, f"{path}.{n}")
            for n, (item, measure) in enumerate(zip(value, (*measures, *[None] * len(value)), strict=False))
        )
    at = luck.at(path)
    if at.random() > share:
        return value
    if isinstance(value, Quantity):
        return _quantity(value, next((m for m in field.metadata if isinstance(m, Measure)), None), luck, path)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        least = max((int(m.ge) for m in field.metadata if getattr(m, "ge", None) is not None), default=0)
        most = min((int(m.le) for m in field.metadata if getattr(m, "le", None) is not None), default=value + 1)
        low, high = least, max(least, min(most, WHOLE * (value + 1)))
        return at.choice((low, at.randint(low, high), value + 1))
    words = _words(field.annotation)
    return at.choice(words) if isinstance(value, str) and value in words else value


def _of_any_kind(noun: Noun, luck: Luck, path: str) -> BaseModel:
    """A member of a family may become another of its kinds."""
    if isinstance(noun, Registered) and luck.at(path).random() < 0.5:
        kinds = [kind for kind, other in type(noun).every().items() if other.__module__.startswith("sim.")]
        with contextlib.suppress(ValidationError):
            noun = type(noun).read({"kind": luck.at(path).choice(kinds)})
    return moved_about(noun, luck, path)


def _quantity(value: Quantity, measure: Measure | None, luck: Luck, path: str) -> Quantity:
    at = luck.at(f"{path} value")
    if measure is None or at.random() > 0.9:
        return value
    if value.low is None or value.high is None:
        low, high = float(value) / 2.0, float(value) * 2.0
    else:
        low, high = value.low, value.high
    # bounds that only keep numbers from overflowing, or from being divided by, make worlds too large to live
    near, far = min(filter(None, (abs(low), abs(high))), default=0.0) / FAR, FAR * max(abs(low), abs(high))
    ends = [bound for bound in (measure.ge, measure.le) if bound is not None]
    bounds = [bound for bound in ends if not bound or near <= abs(bound) <= far] or [low, high]
    drawn = at.choice((at.uniform(low, high), at.uniform(low, high), at.choice((low, high)), at.choice(bounds)))
    return Quantity(drawn, value.unit)


def _measure(annotation: Any) -> Measure | None:
    return next((item for item in get_args(annotation) if isinstance(item, Measure)), None)


def _words(annotation: Any) -> tuple[str, ...]:
    """The words among which a field chooses; none for a field that takes any text."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if get_origin(annotation) in (Union, UnionType):
        return tuple(word for part in get_args(annotation) for word in _words(part))
    return ()


def movable(field: FieldInfo, value: Any) -> bool:
    """Whether a field is of a sort that is moved about."""
    words = _words(field.annotation)
    return isinstance(value, (Quantity, bool, int)) or (isinstance(value, str) and value in words and len(words) > 1)


def every_field(noun: BaseModel, path: str = "") -> Iterator[tuple[str, FieldInfo, Any]]:
    """All values of a scenario with their paths and fields."""
    for name, field in type(noun).model_fields.items():
        value = getattr(noun, name)
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, tuple) else ()
        if isinstance(value, BaseModel):
            yield from every_field(value, f"{path}{name}.")
        for key, item in items:
            if isinstance(item, BaseModel):
                yield from every_field(item, f"{path}{name}.{key}.")
        yield f"{path}{name}", field, value


def with_quantities(
    noun: BaseModel, change: Callable[[Quantity], Quantity | float], given_only: bool = False
) -> BaseModel:
    """The noun with every quantity in it changed, whether it was given or stood by default; unset ones stay unset, and
    so does whatever is not given of what differs at single places, where a default would outrank what holds elsewhere.
    """
    changed: dict[str, Any] = {}
    for name in noun.model_fields_set if given_only else type(noun).model_fields:
        value = getattr(noun, name)
        only = given_only or name in DIFFERENCES
        if isinstance(value, Quantity):
            changed[name] = change(value)
        elif isinstance(value, BaseModel):
            changed[name] = with_quantities(value, change, only)
        elif isinstance(value, dict) and value and all(isinstance(item, BaseModel) for item in value.values()):
            changed[name] = {key: with_quantities(item, change, only) for key, item in value.items()}
        elif isinstance(value, tuple) and value and all(isinstance(item, BaseModel) for item in value):
            changed[name] = tuple(with_quantities(item, change, only) for item in value)
    return type(noun).model_validate({**_given(noun), **changed})
