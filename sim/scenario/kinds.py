"""The kinds of policies that a scenario can name, with what each field takes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sim.policies.policy import Policy
from sim.quantity import Quantity
from sim.scenario.mistakes import shown
from sim.scenario.own_policies import OwnPolicies, known
from sim.scenario.shapes import shape_of_field, wanted
from sim.terms import purpose


@dataclass(frozen=True, slots=True)
class PolicyField:
    """A field of a policy: what to give, what holds when nothing is given, and what it means."""

    name: str
    wanted: str
    required: bool
    default: Any
    meaning: str

    def __str__(self) -> str:
        given = "required" if self.required else f"{_told(self.default)} when not given"
        return f"{self.name}: {self.wanted}; {given}.{' ' if self.meaning else ''}{self.meaning}"


@dataclass(frozen=True, slots=True)
class PolicyKind:
    """A kind of policy, with its fields in the order in which they are best written."""

    name: str
    purpose: str
    fields: tuple[PolicyField, ...]

    def as_mapping(self) -> dict[str, Any]:
        """The kind as plain data."""
        data = asdict(self)
        for field in data["fields"]:
            field["default"] = _plain(field["default"])
        return data


def policy_kinds(own: OwnPolicies | None = None) -> list[PolicyKind]:
    """All kinds, those of the package's own files included and those of a scenario's, by name."""
    with known(own):
        return [_kind(name, policy) for name, policy in Policy.every().items()]


def _kind(name: str, policy: type[Policy]) -> PolicyKind:
    meanings, own = policy.meanings(), [key for key in policy.model_fields if key not in Policy.model_fields]
    fields = []
    for key in (*(key for key in own if key != "kind"), *Policy.model_fields):
        field = policy.model_fields[key]
        required = field.is_required()
        default = None if required else field.get_default(call_default_factory=True, validated_data={})
        fields.append(PolicyField(key, wanted(shape_of_field(field)), required, default, meanings.get(key, "")))
    return PolicyKind(name, purpose(policy), tuple(fields))


def _told(default: Any) -> str:
    if isinstance(default, Quantity):
        return default.told()
    return ", ".join(map(str, default)) or "none" if isinstance(default, tuple) else shown(default)


def _plain(default: Any) -> Any:
    if isinstance(default, Quantity):
        return default.as_mapping()
    return [_plain(item) for item in default] if isinstance(default, tuple) else default
