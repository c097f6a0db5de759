"""Policies of a scenario's own: found in the file that it names, known to it alone, refused with line and reason."""

import pickle

import jsonschema
import pytest

from sim.cli import main
from sim.policies.policy import Policy
from sim.scenario.describe import describe
from sim.scenario.kinds import policy_kinds
from sim.scenario.load import InvalidScenario, load, resolved, scenario_hash, with_values
from sim.scenario.schema import schema
from tests.scenario.own import POLICIES, SCENARIO, put

MARKED = "import pathlib\npathlib.Path(__file__ + '.ran')\nraise RuntimeError('this file was run')\n"


def complaints(path, **options) -> list[str]:
    with pytest.raises(InvalidScenario) as refused:
        load(path, **options)
    return [line.replace(f"{path.parent}/", "") for line in str(refused.value).splitlines()]


def test_a_scenario_knows_the_kinds_of_its_file(tmp_path):
    scenario = load(put(tmp_path))
    (policy,) = scenario.policies
    assert (policy.kind, policy.share, policy.ports) == ("harbour_watch", 0.2, ("nordhaven",))
    assert policy.meanings()["share"] == "Share of the scans that are picked blindly."
    assert "Somebody looks at boxes" in describe(scenario)
    assert "own file of policies defines: harbour_watch." in describe(scenario)
    assert "harbour_watch" in [kind.name for kind in policy_kinds(scenario.policies_from)]


def test_nobody_else_knows_them(tmp_path):
    load(put(tmp_path))
    assert "harbour_watch" not in Policy.every()
    other = put(tmp_path, scenario=SCENARIO.replace("policies_from: my_policies.py\n", ""), name="other.yaml")
    (told,) = complaints(other)
    assert told.startswith("other.yaml:3:13  policies.0.kind: harbour_watch is not known.")


def test_they_work_as_any_other_policy_in_a_notebook(tmp_path):
    plain = load(put(tmp_path)).without_policies()
    watched = plain.with_policy("harbour_watch", ports=["westmole"], start="2025-02-01")
    assert with_values(watched, {"policies.0.share": 0.4}).policies[0].share == 0.4
    assert load(tmp_path / "mine.yaml", overrides=["policies.0.share=0.4"]).policies[0].share == 0.4
    assert complaints(tmp_path / "mine.yaml", overrides=["policies.0.shore=0.4"]) == [
        "--set policies.0.shore=0.4  policies.0.shore: is not known here, did you mean share?"
    ]


def test_the_command_knows_them(tmp_path, capsys):
    path = str(put(tmp_path))
    assert [main([verb, path]) for verb in ("validate", "describe", "policies")] == [0, 0, 0]
    assert "harbour_watch: Somebody looks" in capsys.readouterr().out
    assert main(["policies"]) == 0
    assert "harbour_watch" not in capsys.readouterr().out


def test_the_schema_leaves_kinds_open_where_there_may_be_others():
    check = jsonschema.Draft202012Validator(schema()["$defs"]["Scenario"]["properties"]["policies_from"])
    assert [check.is_valid(name) for name in ("my_policies.py", "a/b.py", "x.txt", 3)] == [True, False, False, False]


def test_the_same_text_is_the_same_class_and_another_text_another(tmp_path):
    one, twin = load(put(tmp_path / "a")), load(put(tmp_path / "b"))
    assert one == twin
    assert type(one.policies[0]) is type(twin.policies[0])
    changed = load(put(tmp_path / "a", POLICIES.replace("0.2", "0.3")))
    assert type(changed.policies[0]) is not type(one.policies[0])
    assert (changed.policies[0].share, one.policies[0].share) == (0.3, 0.2)


def test_the_hash_is_of_the_text_and_not_of_its_name(tmp_path):
    scenario = load(put(tmp_path))
    (tmp_path / "my_policies.py").rename(tmp_path / "other.py")
    renamed = put(tmp_path, None, SCENARIO.replace("my_policies.py", "other.py"))
    assert scenario_hash(load(renamed)) == scenario_hash(scenario)
    assert scenario_hash(load(put(tmp_path, f"{POLICIES}# more\n"))) != scenario_hash(scenario)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_scenario_written_out_loads_again_beside_its_file(tmp_path, mark):
    scenario = load(put(tmp_path, mark + POLICIES.replace("\n", "\r\n")))
    again = put(tmp_path / "again", None, resolved(scenario))
    (again.parent / "policies.py").write_bytes(scenario.policies_from.text.encode())
    assert load(again) == scenario
    assert resolved(load(again)) == resolved(scenario)


def test_a_scenario_comes_out_of_a_pickle_with_its_classes(tmp_path):
    scenario = load(put(tmp_path))
    assert pickle.loads(pickle.dumps([scenario])) == [scenario]


# Which file


def test_the_file_lies_beside_the_scenario_that_names_it(tmp_path):
    put(tmp_path / "below", name="base.yaml")
    child = put(tmp_path, None, "extends: below/base.yaml\ntitle: Mine\n")
    assert load(child).policies[0].kind == "harbour_watch"


def test_only_the_file_in_force_is_run(tmp_path):
    put(tmp_path / "below", MARKED, name="base.yaml")
    own = "extends: below/base.yaml\n" + SCENARIO.partition("\n")[2]
    assert load(put(tmp_path, POLICIES, own)).policies[0].kind == "harbour_watch"
    assert load(put(tmp_path, None, "extends: below/base.yaml\npolicies_from: null\npolicies: []\n")).policies == ()
    assert load(put(tmp_path, MARKED, "extends: two_coasts\n")).title == "Two coasts"


@pytest.mark.parametrize("name", ["../x.py", "below/x.py", "/x.py", "x.txt", "3", "[x.py]", "'a:b.py'", "x.PY"])
def test_a_file_of_policies_has_a_bare_name(tmp_path, name):
    (told,) = complaints(put(tmp_path, scenario=SCENARIO.replace("my_policies.py", name)))
    assert told.startswith("mine.yaml:2:16  policies_from: ")
    assert told.endswith(" is no name of a file of Python. Give one that lies beside this file, as in my_policies.py.")


def test_it_is_named_in_a_file_and_nowhere_else(tmp_path):
    told = complaints(put(tmp_path), overrides=["policies_from=other.py"])
    assert told == ["--set policies_from=other.py  policies_from: can only be given in the file."]


@pytest.mark.parametrize("there", [None, "folder"])
def test_a_file_that_is_not_there_is_told_where_it_is_named(tmp_path, there):
    path = put(tmp_path, None)
    if there:
        (tmp_path / "my_policies.py").mkdir()
    (told,) = complaints(path)
    why = "is a directory" if there else "no such file or directory"
    assert told == (
        f"mine.yaml:2:16  policies_from: my_policies.py cannot be read: {why}. Give a file that lies beside this one."
    )


# What is in it

FIX = "Correct the file so that Python runs it by itself."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 1\ndef x(:\n", f"2:7  is no Python: invalid syntax. {FIX}"),
        ("import os\n\n  x = 1\n", f"3:2  is no Python: unexpected indent. {FIX}"),
        ("import nothing_like_it\n", f"1:1  fails: ModuleNotFoundError: No module named 'nothing_like_it'. {FIX}"),
        ("def f():\n    return 1 / 0\n\nf()\n", f"2:12  fails: ZeroDivisionError: division by zero. {FIX}"),
        ("raise SystemExit\n", f"1:1  fails: SystemExit. {FIX}"),
        ("raise ValueError('a\\x1b[31m\\nb')\n", f"1:1  fails: ValueError: a\\x1b[31m b. {FIX}"),
        ("", "1:1  defines no policy. Derive a class with a kind from sim.policies.policy.Policy."),
        (
            "from sim.policies.integrity import Integrity\n",
            "1:1  defines no policy. Derive a class with a kind from sim.policies.policy.Policy.",
        ),
        (
            POLICIES.replace("harbour_watch", "integrity"),
            "8:1  HarbourWatch is of the kind integrity, which there is already. Give it a kind of its own.",
        ),
        (
            POLICIES + "\nclass More(HarbourWatch):\n    pass\n",
            "22:1  More is of the kind harbour_watch, which there is already. Give it a kind of its own.",
        ),
        (
            POLICIES.replace("def apply", "def aply"),
            "8:1  HarbourWatch lacks apply. Write it, as in sim/policies/.",
        ),
        (
            "from __future__ import annotations\n" + POLICIES.replace("tuple[Name, ...]", "tuple[Nome, ...]"),
            "9:1  HarbourWatch cannot be built: PydanticUndefinedAnnotation: name 'Nome' is not defined. " + FIX,
        ),
        (b"x = '\xff'\n", "1:1  is not UTF-8. Save the file in that encoding."),
    ],
    ids=range(13),
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told_at_its_line(tmp_path, text, told):
    path = put(tmp_path, None)
    (tmp_path / "my_policies.py").write_bytes(text if isinstance(text, bytes) else text.encode())
    kinds = Policy.every()
    for _ in range(2):
        assert complaints(path) == [f"my_policies.py:{told}"]
    assert Policy.every() == kinds


LEAVE = "Correct it there, or leave the policy out."
CHECKED = POLICIES.replace("from typing", "from pydantic import model_validator\nfrom typing").replace(
    "    def places", "    @model_validator(mode='after')\n    def _checks(self):\n        {}\n\n    def places"
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (POLICIES.replace("return self.ports", "return {}['x']"),
         f"line 17 of the file of policies fails: KeyError: 'x'. {LEAVE}"),
        (CHECKED.replace("{}", "return self + 1", 1),
         "line 19 of the file of policies fails: TypeError: unsupported operand type(s) for +: 'HarbourWatch' and "
         f"'int'. {LEAVE}"),
        (CHECKED.replace("{}", "raise ValueError('has too few ports')", 1), "has too few ports."),
        (CHECKED.replace("{}", "assert not self.ports, 'has ports'", 1), "has ports."),
        *((POLICIES.replace("return self.ports", f"return {given}"),
           f"`places` gives back {name}, not the names of places. Let it give back a tuple of them.")
          for given, name in (("7", "int"), ("'nordhaven'", "str"), ("(7,)", "tuple"))),
    ],
    ids=range(7),
)  # fmt: skip
def test_a_policy_that_fails_when_it_is_checked_is_told_where_it_is_named(tmp_path, text, told):
    path = put(tmp_path, text)
    assert complaints(path) == [f"mine.yaml:4:5  policies.0: {told}"]
    assert "mine.yaml:5:7  days: 0 is below 1. Give a whole number, 1 to 36525." in complaints(
        put(tmp_path, text, SCENARIO + "days: 0\n")
    )


ANYWHERE = POLICIES.replace("ports: tuple[Name, ...]", "{}").replace("self.ports, ", "['nordhaven'], ")
"""Policies that keep the names of places in a field of another sort, or in none."""


@pytest.mark.parametrize(
    "name", ["rocky_coast", "middle_sea", "valley_depot", "uplands", "highlands", "westmole", "XC"]
)
def test_a_policy_may_keep_a_place_of_any_sort_in_a_field_of_any_name(tmp_path, name):
    text = ANYWHERE.replace("{}", "where: Name").replace("return self.ports", "return (self.where,)")
    (policy,) = load(put(tmp_path, text, SCENARIO.replace("ports: [nordhaven]", f"where: {name}"))).policies
    assert policy.places() == (name,)


@pytest.mark.parametrize(
    ("field", "places", "given", "told"),
    [
        ("where: Name", "(self.where,)", "where: rocky_cost", "4:35  policies.0.where: rocky_cost is not a place or"),
        ("ports: list[Name]", "self.ports", "ports: [nordhavn]", "4:36  policies.0.ports.0: nordhavn is not a port,"),
        ("ports: dict[Name, float]", "tuple(self.ports)", "ports: {nordhavn: 0.5}",
         "4:36  policies.0.ports.nordhavn: nordhavn is not a port,"),
        ("nothing: int = 1", "{'nordhavn'}", "nothing: 2", "4:5  policies.0: nordhavn is not a place or state of the"),
    ],
)  # fmt: skip
def test_a_slip_in_the_name_of_a_place_is_told_wherever_the_policy_keeps_it(tmp_path, field, places, given, told):
    text = ANYWHERE.replace("{}", field).replace("return self.ports", f"return {places}")
    (complaint,) = complaints(put(tmp_path, text, SCENARIO.replace("ports: [nordhaven]", given)))
    assert complaint.startswith(f"mine.yaml:{told}")
    assert "did you mean" in complaint


def test_a_file_that_was_corrected_is_read_again(tmp_path):
    path = put(tmp_path, POLICIES + "1 / 0\n")
    assert len(complaints(path)) == 1
    assert load(put(tmp_path)).policies[0].kind == "harbour_watch"


def test_what_else_is_wrong_is_told_with_it(tmp_path):
    told = complaints(put(tmp_path, "1 / 0\n", SCENARIO + "days: 0\n"))
    assert [line.partition(" ")[0] for line in told] == ["mine.yaml:5:7", "my_policies.py:1:1"]


def test_a_huge_file_is_refused(tmp_path):
    (told,) = complaints(put(tmp_path, POLICIES + "#" * 1_000_000))
    assert "my_policies.py is longer than 1,000,000 bytes." in told


def test_a_broken_file_leaves_the_command_with_code_3(tmp_path, capsys):
    assert main(["run", str(put(tmp_path, "1 / 0\n"))]) == 3
    assert "Traceback" not in capsys.readouterr().err
