"""Justice: what a scenario says of investigators, prosecutors, laboratories and courts, and of how states help."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.quantity import (
    ASSUMED,
    Count,
    Days,
    Hazard,
    NonNegative,
    PerWeek,
    Probability,
    Quantity,
    Share,
    Spread,
    Times,
    Years,
)
from sim.terms import Country, Name, Noun

Stage = Literal["response", "investigation", "prosecution", "trial", "appeal"]
Outcome = Literal["open", "cold", "dropped", "lapsed", "acquitted", "convicted"]


class Courts(Noun):
    """The criminal justice of a state, as far as it deals with this trade. A slot takes one case at a time."""

    duty_teams: Count = Quantity(10, "count", 3, 40, ASSUMED)
    """Slots of the first response: who secures a scene, questions, and reports."""
    investigators: Count = Quantity(60, "count", 10, 200, ASSUMED)
    """Slots of investigation: teams, times the cases that each works on at a time."""
    prosecutors: Count = Quantity(20, "count", 5, 80, ASSUMED)
    """Slots of prosecution: decide whether to charge, and prepare the trial."""
    court_slots: Count = Quantity(25, "count", 5, 100, ASSUMED)
    """Slots of trial: cases that courts of first instance have under way side by side."""
    appeal_slots: Count = Quantity(15, "count", 3, 60, ASSUMED)
    """The same on appeal, further instances included."""
    response_days: Days = Quantity(2, "days", 1, 10, ASSUMED)
    """Mean time that a first response takes once a team is free."""
    investigation_days: Days = Quantity(90, "days", 30, 365, ASSUMED)
    """Mean time that an investigation takes once it has begun."""
    prosecution_days: Days = Quantity(60, "days", 14, 180, ASSUMED)
    """Mean time that a prosecutor takes with a case."""
    trial_days: Days = Quantity(210, "days", 60, 900, ASSUMED)
    """Mean time that a court takes with a case of first instance: what is published holds the wait for it too."""
    appeal_days: Days = Quantity(240, "days", 60, 900, ASSUMED)
    """The same on appeal."""
    spread: Spread = Quantity(0.6, "1", 0.2, 1.2, ASSUMED)
    """Log standard deviation of all these times (France: from 2 days to 43 months, source viepub18)."""
    identified: Probability = Quantity(0.1, "probability", 0.02, 0.4, ASSUMED)
    """Chance that an investigation of a find without suspects leads to one of those who handled the load there."""
    attribution: Probability = Quantity(0.3, "probability", 0.05, 0.7, ASSUMED)
    """Chance that an investigation tells whose load it was, when nobody talks."""
    charged: Probability = Quantity(0.8, "probability", 0.5, 0.95, ASSUMED)
    """Chance that a case with evidence of middling quality is charged; others are dropped."""
    plea: Probability = Quantity(0.2, "probability", 0.0, 0.6, ASSUMED)
    """Share of the charged who plead guilty while courts are not behind."""
    plea_pressed: Probability = Quantity(0.4, "probability", 0.0, 0.8, ASSUMED)
    """The share towards which that moves as the wait for a court grows: prosecutors offer more."""
    weak: Share = Quantity(0.1, "share", 0.0, 0.3, ASSUMED)
    """Quality of evidence below which prosecutors drop a case while courts are not behind."""
    weak_pressed: Share = Quantity(0.3, "share", 0.1, 0.6, ASSUMED)
    """The quality towards which that moves as the wait grows."""
    convicted: Probability = Quantity(0.85, "probability", 0.6, 0.95, ASSUMED)
    """Chance that a trial with evidence of middling quality ends in a conviction."""
    appeals: Probability = Quantity(0.4, "probability", 0.1, 0.8, ASSUMED)
    """Share of convictions after trial that are appealed."""
    upheld: Probability = Quantity(0.9, "probability", 0.6, 0.98, ASSUMED)
    """Chance that such a conviction is upheld with evidence of middling quality."""
    evidence: Share = Quantity(0.4, "share", 0.2, 0.6, ASSUMED)
    """Quality of the evidence that a find itself gives, between 0 and 1; a half is middling."""
    statement: Share = Quantity(0.25, "share", 0.1, 0.5, ASSUMED)
    """What one person who talks adds: share of what is missing to certainty."""
    testimony: Probability = Quantity(0.6, "probability", 0.2, 0.9, ASSUMED)
    """Chance that those who talked say it again at the trial."""
    witness_half_life: Days = Quantity(720, "days", 180, 2000, ASSUMED)
    """Days after which what witnesses have to say is worth half."""
    evidence_loss: Probability = Quantity(0.1, "probability", 0.02, 0.4, ASSUMED)
    """Chance that the material evidence of a case is lost or not admitted for want of care."""
    training: Share = Quantity(0.0, "share", 0.0, 0.5, ASSUMED)
    """What training of investigators adds to evidence, and to finding suspects: share of what is missing."""
    laboratory_per_week: PerWeek = Quantity(30, "per week", 2, 200, ASSUMED)
    """Seizures that the forensic laboratory can report on in a week."""
    laboratory_days: Days = Quantity(30, "days", 5, 180, ASSUMED)
    """Days that a report takes once it is begun; no trial starts without it."""
    cross_border: Probability = Quantity(0.4, "probability", 0.1, 0.9, ASSUMED)
    """Share of cases that need evidence from another state."""
    foreign: Share = Quantity(0.4, "share", 0.1, 0.8, ASSUMED)
    """Share of its evidence that such a case lacks when no answer comes."""
    assistance_days: Days = Quantity(180, "days", 30, 720, ASSUMED)
    """Mean time in which this state answers a request for mutual legal assistance."""
    assistance_answer: Probability = Quantity(0.6, "probability", 0.1, 0.95, ASSUMED)
    """Chance that it answers at all."""
    assistance_patience: Days = Quantity(365, "days", 60, 720, ASSUMED)
    """Days that a case here waits for the answer of another state."""
    remand: Probability = Quantity(0.7, "probability", 0.2, 0.95, ASSUMED)
    """Share of those arrested who are kept in custody."""
    remand_days: Days = Quantity(540, "days", 90, 1460, ASSUMED)
    """Days in custody after which they are released unless a court has judged them."""
    limit_days: Days = Quantity(1095, "days", 365, 3650, ASSUMED)
    """Days from the end of the investigation after which a case that is not judged lapses: a trial must come within
    reasonable time."""
    cold_days: Days = Quantity(365, "days", 90, 1095, ASSUMED)
    """Days after which a case without suspects is closed."""
    served_years: Years = Quantity(3.0, "years", 1.0, 8.0, ASSUMED)
    """Mean time that a convicted courier serves."""
    triage_days: Days = Quantity(180, "days", 0, 720, ASSUMED)
    """Expected wait for a court beyond which it takes up grave cases first and no longer those that came first, and at
    which prosecutors are half way to what they do under pressure."""


class Networks(Noun):
    """How cases against organisations arise, and what they take to disrupt or dismantle one."""

    opens: NonNegative = Quantity(2.0, "1", 1.0, 6.0, ASSUMED)
    """Statements about an organisation in one state that open a case against it there."""
    named: Share = Quantity(0.25, "share", 0.0, 1.0, ASSUMED)
    """What an investigation of a find counts that tells whose load it was, in statements."""
    lead: NonNegative = Quantity(3.0, "1", 1.5, 10.0, ASSUMED)
    """Evidence that intelligence holds about an organisation, beside what couriers said in that state, that counts as
    one statement: log-odds; 0 lets none count."""
    insight: Share = Quantity(0.3, "share", 0.0, 1.0, ASSUMED)
    """Share of that evidence by which the odds rise that such an investigation uncovers the organisation."""
    effort: Times = Quantity(2.0, "1", 1.0, 4.0, ASSUMED)
    """How much longer such a case is investigated than a find."""
    uncovers: Probability = Quantity(0.5, "probability", 0.2, 0.8, ASSUMED)
    """Chance that such an investigation, with evidence of middling quality, uncovers the organisation."""
    leader: Probability = Quantity(0.15, "probability", 0.02, 0.5, ASSUMED)
    """Chance that it then reaches its leader."""
    core: Probability = Quantity(0.01, "probability", 0.0, 0.1, ASSUMED)
    """Chance that it reaches each of its core, who are arrested and accused: they keep away from crews and loads."""
    arrests: Probability = Quantity(0.4, "probability", 0.1, 0.8, ASSUMED)
    """Chance that each courier of its cells in that state is arrested."""
    dismantled: Share = Quantity(0.5, "share", 0.2, 0.9, ASSUMED)
    """Share of its couriers at work whose arrest at one blow ends an organisation; half of it when it has lost its
    leader to justice within a year, and half again when it has no money for a load and none to come."""
    memory: Hazard = Quantity(0.5, "per year", 0.1, 2.0, ASSUMED)
    """Rate at which what is known of an organisation goes out of date."""


class Treaty(Noun):
    """An agreement of two states on mutual legal assistance."""

    states: tuple[Country, Country]
    """Its parties, by their codes."""
    speed: Share = Quantity(0.5, "share", 0.2, 1.0, ASSUMED)
    """Factor on the time that an answer takes between them."""


class Justice(Noun):
    """What becomes of seizures and arrests: cases, and the time that they take."""

    courts: Courts = Field(default_factory=Courts)
    """What holds in every state where nothing else is said."""
    at: dict[Name, Courts] = Field(default_factory=dict)
    """What differs by role, trade region or state, field by field; a state's own entry outranks its region's, which
    outranks its role's."""
    networks: Networks = Field(default_factory=Networks)
    treaties: tuple[Treaty, ...] = ()
    """Bilateral agreements on mutual legal assistance."""
