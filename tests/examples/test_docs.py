"""The pages say what is so: the table of parameters, the floor plan, every link, the modelled day."""

import ast
import importlib.util
import re
import tomllib

import pytest

from sim.actors.behaviours.behaviour import Behaviour
from sim.policies.policy import Policy

PAGES = [
    "README.md",
    "docs/clusters.md",
    "sim/README.md",
    "sim/data/README.md",
    "docs/calibrated.md",
    "docs/calibration.md",
    "docs/games.md",
    "docs/model.md",
    "docs/own_policies.md",
    "docs/parameters.md",
    "docs/second_setting.md",
    "docs/sweeps.md",
    "docs/sensitivity.md",
    "docs/validation.md",
]


def script(checkout, name):
    """A script of the docs folder, as a module."""
    spec = importlib.util.spec_from_file_location(name, checkout / "docs" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def said_first(path):
    """What a module says of itself first: the opening paragraph of its docstring, as one line."""
    told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(told.partition("\n\n")[0].split())


def floors(checkout):
    """The names of the floors from the top, as the contract for imports has them."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))
    layers = next(
        contract["layers"] for contract in project["tool"]["importlinter"]["contracts"] if "layers" in contract
    )
    return ["__init__", *re.findall(r"\w+", " ".join(layers))]


def furnished(folder, indent):
    """A folder with its modules, and the folders in it."""
    lines, inner = (
        [f"{indent}├── {folder.name + '/':<{23 - len(indent)}} {said_first(folder / '__init__.py')}"],
        f"{indent}│   ",
    )
    for room in sorted(folder.iterdir()):
        if (room / "__init__.py").exists():
            lines += furnished(room, inner)
        elif room.suffix == ".py" and room.stem != "__init__":
            lines.append(f"{inner}├── {room.name:<{23 - len(inner)}} {said_first(room)}")
    return lines


def floor_plan(checkout):
    """The package as a tree from the top floor down, one module a line, with what it says of itself first."""
    home, lines = checkout / "sim", ["sim/"]
    for floor in floors(checkout):
        if (home / f"{floor}.py").exists():
            lines.append(f"├── {floor + '.py':<23} {said_first(home / f'{floor}.py')}")
        elif (home / floor).is_dir():
            lines += furnished(home / floor, "")
    return "\n".join(lines)


def test_every_number_of_a_scenario_is_in_the_table_of_parameters(checkout):
    written = (checkout / "docs" / "parameters.md").read_text(encoding="utf-8")

    assert written == script(checkout, "make_parameters").text(), (
        "renew it: python docs/make_parameters.py > docs/parameters.md"
    )


def test_the_floor_plan_says_what_every_module_says_of_itself(checkout):
    page = (checkout / "sim" / "README.md").read_text(encoding="utf-8")
    plan = floor_plan(checkout)

    assert plan in page, f"sim/README.md shows another house; the plan is now\n{plan}"


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(checkout, page):
    path = checkout / page
    text = path.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    headings = {heading(line) for line in text.splitlines() if line.startswith("#")}

    broken = [
        target
        for target in targets
        if not target.startswith(("https://", "#")) and not (path.parent / target.partition("#")[0]).exists()
    ]
    adrift = [target for target in targets if target.startswith("#") and target[1:] not in headings]
    assert not broken + adrift


def heading(line):
    """The anchor that a heading gets."""
    words = re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower())
    return words.replace(" ", "-")


def test_the_page_on_the_model_lists_the_day_in_its_order(checkout):
    """The phases of the table in section 3 are called in that order by the model's step."""
    step = (checkout / "sim" / "model.py").read_text(encoding="utf-8").partition("def step")[2]
    page = (checkout / "docs" / "model.md").read_text(encoding="utf-8")
    phases = re.findall(r"^\| \d+ [\w ]+ \| `([\w.]+)` \|", page, flags=re.MULTILINE)
    calls = {"Cartel.plan": '[Cartel].do("plan")'}

    places = [step.find(calls.get(phase, f"self.{phase}(")) for phase in phases]

    assert len(phases) == 16
    assert -1 not in places
    assert places == sorted(places)


def test_the_page_on_the_model_says_what_every_policy_and_behaviour_does(checkout):
    page = (checkout / "docs/model.md").read_text(encoding="utf-8")
    for family in (Policy, Behaviour):
        for kind in family.every():
            assert f"\n| `{kind}` |" in page, f"{kind} has no row in docs/model.md"


def test_validation_can_be_made_from_any_run_of_the_flagship(checkout, tmp_path):
    import sim

    make = script(checkout, "make_validation")

    page = make.text(sim.run(sim.load(make.FLAGSHIP, days=3), tmp_path / "run"))

    written = (checkout / "docs" / "validation.md").read_text(encoding="utf-8")
    headings = [line for line in page.splitlines() if line.startswith("#")]
    assert headings == [line for line in written.splitlines() if line.startswith("#")]
    assert "the run covers no whole year" in page


def test_validation_tells_of_the_fitted_flagship_what_its_own_page_tells(checkout):
    make, docs = script(checkout, "make_validation"), checkout / "docs"
    page, fit = ((docs / name).read_text(encoding="utf-8") for name in ("validation.md", "calibrated.md"))

    assert make.calibrated(fit) in page
    assert make.refitted(page, fit) == page
    old, new = (f"| seized union | European Union | 2023 | {tonnes} |" for tonnes in (419, 77))
    assert old in fit
    assert make.refitted(page, fit.replace(old, new)) == page.replace(old, new)
    assert [make.calibrated(fit).count(words) for words in ("\n### ", "Their median distance")] == [2, 1]
