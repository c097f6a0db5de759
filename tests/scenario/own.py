"""A file of policies as people would write one, and scenarios that name it."""

from pathlib import Path

POLICIES = '''\
from typing import Literal

from sim.policies.policy import Policy
from sim.quantity import ASSUMED, Quantity, Share
from sim.terms import Name


class HarbourWatch(Policy):
    """Somebody looks at boxes that nobody expects to be looked at."""

    kind: Literal["harbour_watch"] = "harbour_watch"
    ports: tuple[Name, ...]
    share: Share = Quantity(0.2, "share", 0.05, 0.5, ASSUMED)
    """Share of the scans that are picked blindly."""

    def places(self):
        return self.ports

    def apply(self, controls, strength):
        return controls.at_least("random_share", self.ports, "import", float(self.share) * strength)
'''
SCENARIO = """\
extends: two_coasts
policies_from: my_policies.py
policies:
  - { kind: harbour_watch, ports: [nordhaven], start: 2025-01-04 }
"""


def put(folder: Path, policies: str | None = POLICIES, scenario: str = SCENARIO, name: str = "mine.yaml") -> Path:
    """A scenario with its file of policies, in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if policies is not None:
        (folder / "my_policies.py").write_text(policies, encoding="utf-8")
    path = folder / name
    path.write_text(scenario, encoding="utf-8")
    return path
