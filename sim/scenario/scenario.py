"""The scenario: everything a run needs to know, as one frozen and validated value."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, SerializeAsAny, ValidationInfo, model_validator

from sim.actors.traits import Organisations, Rivalry
from sim.policies.policy import Policy
from sim.scenario.references import check_references
from sim.terms import Country, Label, Name, Noun, Prose
from sim.world.atlas import ports_of
from sim.world.commodity import Commodity
from sim.world.controls import Customs
from sim.world.disruption import Disruption
from sim.world.making import gateways_of
from sim.world.route import Transport
from sim.world.site import Geography, Port
from sim.world.states import State
from sim.world.trade import Trade
from sim.world.waters import SeaZone


def _any_policy(given: Any, info: ValidationInfo) -> Policy:
    return Policy.read(given, written=info.mode == "json")


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
    commodities: dict[Name, Commodity] = Field(min_length=1, max_length=1)
    customs: Customs = Field(default_factory=Customs)
    organisations: dict[Name, Organisations] = Field(min_length=1)
    rivalry: Rivalry = Field(default_factory=Rivalry)
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
        (commodity,) = self.commodities.values()
        return gateways_of(commodity.precursors, self.geography.production_areas, self.ports())

    def without_policies(self) -> Scenario:
        """The same world with no policy at all."""
        return self.model_copy(update={"policies": ()})

    def with_policy(self, kind: str, **fields: Any) -> Scenario:
        """The same world with one policy more; raises ValidationError when the policy does not fit."""
        return self.replaced(policies=(*self.policies, Policy.read({"kind": kind, **fields})))

    def replaced(self, **fields: Any) -> Scenario:
        """The same world with whole fields replaced, checked again."""
        return Scenario.model_validate({**{name: getattr(self, name) for name in type(self).model_fields}, **fields})
