"""What becomes of seizures and arrests, in plain words: slots and times of justice, where they differ, and networks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.scenario.phrases import amount, figure, percent, several

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario
    from sim.world.justice import Courts


def justice(scenario: Scenario) -> Iterator[str]:
    """Sentences on justice."""
    terms = scenario.justice
    usual, networks = terms.courts, terms.networks
    yield (
        "Each seizure opens a case in the state where it is made. Where nothing else is said a state "
        f"has slots for {figure(usual.duty_teams)} first responses, {figure(usual.investigators)} investigations, "
        f"{figure(usual.prosecutors)} prosecutions, {figure(usual.court_slots)} trials and "
        f"{figure(usual.appeal_slots)} appeals side by side; in a slot these take {_times(usual)} on average. "
        "Cases wait for a slot."
    )
    yield (
        f"A laboratory reports on {figure(usual.laboratory_per_week)} finds a week, {figure(usual.laboratory_days)} "
        f"days after it has begun; {percent(usual.cross_border)} of the cases need help from abroad, which is given in "
        f"{percent(usual.assistance_answer)} of them, after {amount(usual.assistance_days, 'day')} on average."
    )
    yield (
        f"With evidence of middling quality {percent(usual.charged)} are charged and {percent(usual.convicted)} of "
        f"the trials end in a conviction, {percent(usual.appeals)} of these are appealed and {percent(usual.upheld)} "
        f"upheld; {percent(usual.plea)} of the charged plead guilty, up to {percent(usual.plea_pressed)} as courts "
        "fall behind. "
        f"What witnesses say loses half of its worth in {amount(usual.witness_half_life, 'day')}, and a case "
        f"lapses that is not judged {amount(usual.limit_days, 'day')} after its investigation."
    )
    yield (
        f"{percent(usual.remand)} of those arrested are kept in custody, for {amount(usual.remand_days, 'day')} at "
        f"most before a judgment; the convicted serve {figure(usual.served_years)} years on average."
    )
    for name, change in terms.at.items():
        if change.model_fields_set:
            given = [field for field in type(change).model_fields if field in change.model_fields_set]
            told = (f"{field.replace('_', ' ')} {figure(getattr(change, field))}" for field in given)
            yield f"  - {name}: {several(told, most=len(given))}."
    yield (
        f"{figure(networks.opens)} statements about an organisation open a case against it, and so does intelligence "
        f"(log-odds of {figure(networks.lead)} count as a statement); the case uncovers it with "
        f"probability {figure(networks.uncovers)} on evidence of middling quality and then reaches its leader with "
        f"probability {figure(networks.leader)} and each of its core with {figure(networks.core)}."
    )
    for treaty in terms.treaties:
        yield f"{' and '.join(treaty.states)} answer each other in {percent(treaty.speed)} of the usual time."


def _times(courts: Courts) -> str:
    days = (
        courts.response_days, courts.investigation_days, courts.prosecution_days, courts.trial_days, courts.appeal_days,
    )  # fmt: skip
    return several(map(figure, days), most=len(days)) + " days"
