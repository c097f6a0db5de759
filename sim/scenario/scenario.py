"""The scenario: everything a run needs to know, as one frozen and validated value."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, SerializeAsAny, ValidationInfo, model_validator

from sim.actors.traits import Organisations, Rivalry
from sim.policies.policy import Policy
from sim.scenario.own_policies import OwnPolicies, known, where_it_failed
from sim.scenario.references import check_references
from sim.terms import Country, Label, Name, Noun, Prose
from sim.world.atlas import ports_of
from sim.world.commodity import AnyCommodity, Commodity, People, precursors_of
from sim.world.controls import Customs
from sim.world.cooperation import Cooperation
from sim.world.disruption import Disruption
from sim.world.justice import Justice
from sim.world.making import gateways_of
from sim.world.money import Money
from sim.world.oversight import Oversight
from sim.world.route import Transport
from sim.world.site import Geography, Market, Port, ProductionArea
from sim.world.sources import Sources
from sim.world.states import State
from sim.world.trade import Trade
from sim.world.waters import SeaZone


def _any_policy(given: Any, info: ValidationInfo) -> Policy:
    try:
        return Policy.read(given, written=info.mode == "json")
    except Exception as wrong:
        if not isinstance(wrong, ValueError) and (told := where_it_failed(wrong)):
            raise ValueError(f"{told}. Correct it there, or leave the policy out") from wrong
        raise


class Scenario(Noun):
    """A world, the people in it, and what governments change, over a span of days."""

    title: Label
    question: Prose
    """What the run is to answer, in a sentence."""
    start: date = Field(ge=date(1900, 1, 1), le=date(2200, 1, 1))
    """The first day."""
    days: int = Field(ge=1, le=36525)
    """How many days are lived through."""
    seed: int = Field(default=1, ge=0, lt=2**63)
    """The root of all luck: same seed, same bytes."""
    geography: Geography
    waters: dict[Name, SeaZone] = Field(default_factory=dict)
    states: dict[Country, State] = Field(default_factory=dict)
    """What is special about single states; all states in which there are places are in play."""
    transport: Transport = Field(default_factory=Transport)
    disruptions: tuple[Disruption, ...] = ()
    """Dated changes of the route graph."""
    trade: Trade
    commodities: dict[Name, AnyCommodity] = Field(min_length=1, max_length=8)
    """What is smuggled. The main one, of which tables and figures speak that name none, is that which no area names."""
    customs: Customs = Field(default_factory=Customs)
    oversight: Oversight = Field(default_factory=Oversight)
    intelligence: Sources = Field(default_factory=Sources)
    cooperation: Cooperation = Field(default_factory=Cooperation)
    money: Money = Field(default_factory=Money)
    organisations: dict[Name, Organisations] = Field(min_length=1)
    rivalry: Rivalry = Field(default_factory=Rivalry)
    justice: Justice = Field(default_factory=Justice)
    policies_from: OwnPolicies | None = None
    """The file of Python, beside this one, that defines policies of the scenario's own. It stands before them, so that
    it comes first wherever a scenario is unpickled."""
    policies: tuple[Annotated[SerializeAsAny[Policy], BeforeValidator(_any_policy)], ...] = ()

    @model_validator(mode="after")
    def _names_what_there_is(self) -> Self:
        check_references(self)
        return self

    @property
    def end(self) -> date:
        """The last day."""
        return self.start + timedelta(days=self.days - 1)

    def ports(self) -> dict[str, Port]:
        """All ports in play, the dataset's first, in a fixed order."""
        return ports_of(self.geography)

    def precursor_gateways(self) -> tuple[str, ...]:
        """Ports where precursors arrive, in port order; none where precursors are not modelled."""
        return gateways_of(precursors_of(self.commodities), self.areas_of(self.precursors_for()), self.ports())

    def precursors_for(self) -> str:
        """Name of the commodity that precursors are needed for; the first where they are not modelled."""
        needing = [name for name, good in self.commodities.items() if precursors_of({name: good})]
        return [*needing, *self.commodities][0]

    def inward_gateways(self) -> tuple[str, ...]:
        """Origin ports that control imports, in port order: where precursors arrive, and all of them where a commodity
        goes from the destination side to the origin side."""
        gates, ports, back = self.precursor_gateways(), self.ports(), self._goes_back()
        return tuple(name for name, port in ports.items() if name in gates or (back and port.role == "origin"))

    def outward_gateways(self) -> tuple[str, ...]:
        """Destination ports that control exports, in port order: all where a commodity goes from there to the
        origin side."""
        ports = self.ports() if self._goes_back() else {}
        return tuple(name for name, port in ports.items() if port.role == "destination")

    def _goes_back(self) -> bool:
        """Whether a commodity goes from the destination side to the origin side."""
        return any(area.side == "destination" for area in self.geography.production_areas.values())

    def commodity_at(self, place: ProductionArea | Market) -> str:
        """Name of the commodity that comes from an area or is sold at a market."""
        return place.commodity or self.main_commodity

    @property
    def main_commodity(self) -> str:
        """Name of the commodity that no area names; where all are named the first by name that is no people."""
        named = {area.commodity for area in self.geography.production_areas.values()}
        goods = (name for name, each in sorted(self.commodities.items()) if not isinstance(each, People))
        return next((name for name in self.commodities if name not in named), next(goods, min(self.commodities)))

    @property
    def has_people(self) -> bool:
        """Whether people cross the sea in it."""
        return any(isinstance(each, People) for each in self.commodities.values())

    def goods(self) -> dict[str, Commodity]:
        """All commodities, the main one first, the others in the order of their names."""
        main = self.main_commodity
        return {main: self.commodities[main], **dict(sorted(self.commodities.items()))}

    def commodity_by_place(self) -> dict[str, str]:
        """The same by name, areas before markets."""
        areas = {name: self.commodity_at(area) for name, area in self.geography.production_areas.items()}
        return areas | {name: self.commodity_at(market) for name, market in self.geography.markets.items()}

    def areas_of(self, commodity: str) -> dict[str, ProductionArea]:
        """Where a commodity comes from."""
        areas = self.geography.production_areas.items()
        return {name: area for name, area in areas if self.commodity_at(area) == commodity}

    def markets_of(self, commodity: str) -> dict[str, Market]:
        """Where a commodity is sold."""
        markets = self.geography.markets.items()
        return {name: market for name, market in markets if self.commodity_at(market) == commodity}

    def without_policies(self) -> Scenario:
        """The same world with no policy at all."""
        return self.model_copy(update={"policies": ()})

    def with_policy(self, kind: str, **fields: Any) -> Scenario:
        """The same world with one policy more; raises ValidationError when the policy does not fit."""
        with known(self.policies_from):
            return self.replaced(policies=(*self.policies, Policy.read({"kind": kind, **fields})))

    def replaced(self, **fields: Any) -> Scenario:
        """The same world with whole fields replaced, checked again."""
        return Scenario.model_validate({**{name: getattr(self, name) for name in type(self).model_fields}, **fields})
