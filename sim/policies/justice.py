"""Justice: courts, investigators, laboratories, help between states, and protection of those who talk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.policies.policy import Policy
from sim.quantity import ASSUMED, PositiveNumber, Probability, Quantity, Share, Usd
from sim.terms import Name

if TYPE_CHECKING:
    from sim.world.levers import Controls


class OfStates(Policy):
    """A policy of states: codes, roles (origin, transit, destination) or trade regions name them."""

    states: tuple[Name, ...] = Field(min_length=1)
    """States by code, role or trade region."""

    def places(self) -> tuple[str, ...]:
        """The states that it speaks of."""
        return self.states

    def multiplied(self, controls: Controls, lever: str, factor: float, strength: float) -> Controls:
        """A lever multiplied by a factor, in full at strength 1."""
        by = 1.0 + (factor - 1.0) * strength
        return controls.at_states(lever, self.states, lambda now: now * by)

    def closer_to_one(self, controls: Controls, lever: str, share: float) -> Controls:
        """A probability or share brought closer to 1 by a share of what is missing."""

        def moved(now: float) -> float:
            return now + (1.0 - now) * share

        return controls.at_states(lever, self.states, moved)


class CourtCapacity(OfStates):
    """More prosecutors, and more courts of first instance and of appeal."""

    kind: Literal["court_capacity"] = "court_capacity"
    factor: PositiveNumber = Quantity(1.5, "1", 1.1, 3.0, ASSUMED)
    """Slots of prosecution, trial and appeal, against those before."""
    capital_usd: Usd = Quantity(5_000_000, "USD", 500_000, 50_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(15_000_000, "USD", 2_000_000, 100_000_000, ASSUMED)

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Multiply the slots."""
        for lever in ("prosecutors", "court_slots", "appeal_slots"):
            controls = self.multiplied(controls, lever, float(self.factor), strength)
        return controls


class Academy(OfStates):
    """A regional academy: more investigators, and better ones."""

    kind: Literal["academy"] = "academy"
    factor: PositiveNumber = Quantity(1.2, "1", 1.0, 2.0, ASSUMED)
    """Slots of investigation, against those before."""
    training: Share = Quantity(0.2, "share", 0.05, 0.5, ASSUMED)
    """What training adds to evidence, and to finding suspects: share of what is missing."""
    capital_usd: Usd = Quantity(10_000_000, "USD", 1_000_000, 50_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(8_000_000, "USD", 1_000_000, 40_000_000, ASSUMED)

    def apply(self, controls: Controls, strength: float) -> Controls:
        """More slots, and better evidence from new cases on."""
        controls = self.multiplied(controls, "investigators", float(self.factor), strength)
        return self.closer_to_one(controls, "training", float(self.training) * strength)


class ForensicLaboratories(OfStates):
    """Laboratories that report more and sooner, and evidence that is kept as courts want it."""

    kind: Literal["forensic_laboratories"] = "forensic_laboratories"
    capacity: PositiveNumber = Quantity(2.0, "1", 1.0, 5.0, ASSUMED)
    """Reports a week, against those before."""
    turnaround: PositiveNumber = Quantity(0.5, "1", 0.2, 1.0, ASSUMED)
    """Days that a report takes, against those before."""
    handling: PositiveNumber = Quantity(0.5, "1", 0.1, 1.0, ASSUMED)
    """Chance that material evidence is lost or not admitted, against that before."""
    capital_usd: Usd = Quantity(8_000_000, "USD", 1_000_000, 40_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(3_000_000, "USD", 500_000, 15_000_000, ASSUMED)

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Move capacity, turnaround and loss."""
        controls = self.multiplied(controls, "laboratory_per_week", float(self.capacity), strength)
        controls = self.multiplied(controls, "laboratory_days", float(self.turnaround), strength)
        return self.multiplied(controls, "evidence_loss", float(self.handling), strength)


class MutualLegalAssistance(OfStates):
    """States that answer requests for mutual legal assistance sooner and more often."""

    kind: Literal["mutual_legal_assistance"] = "mutual_legal_assistance"
    delay: PositiveNumber = Quantity(0.5, "1", 0.1, 1.0, ASSUMED)
    """Time that an answer of these states takes, against that before."""
    answers: Share = Quantity(0.5, "share", 0.1, 0.9, ASSUMED)
    """How far it closes the gap between the chance of an answer and certainty."""
    capital_usd: Usd = Quantity(1_000_000, "USD", 100_000, 10_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(2_000_000, "USD", 200_000, 10_000_000, ASSUMED)

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Shorten the delay and raise the chance."""
        controls = self.multiplied(controls, "assistance_days", float(self.delay), strength)
        return self.closer_to_one(controls, "assistance_answer", float(self.answers) * strength)


class WitnessProtection(OfStates):
    """Those who talk are protected: more of those who are arrested cooperate, and more of them testify."""

    kind: Literal["witness_protection"] = "witness_protection"
    cooperation: Probability = Quantity(0.1, "probability", 0.02, 0.4, ASSUMED)
    """What it adds to the chance that an arrested courier cooperates."""
    testimony: Share = Quantity(0.5, "share", 0.1, 0.9, ASSUMED)
    """How far it closes the gap between the chance that they testify and certainty."""
    capital_usd: Usd = Quantity(3_000_000, "USD", 500_000, 20_000_000, ASSUMED)
    """Cost of setting it up."""
    running_usd_per_year: Usd = Quantity(5_000_000, "USD", 500_000, 30_000_000, ASSUMED)

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Raise both chances."""
        by = float(self.cooperation) * strength
        controls = controls.at_states("protection", self.states, lambda now: now + by)
        return self.closer_to_one(controls, "testimony", float(self.testimony) * strength)
