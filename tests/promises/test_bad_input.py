"""Every bad input gets one good line: file, line, column, what is wrong; no traceback, nothing run, nothing written."""

import contextlib
import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.cli import main
from sim.policies.policy import Policy
from sim.scenario.load import InvalidScenario, load
from sim.scenario.reader import read
from sim.scenario.shapes import known_keys, shape_of
from sim.scenario.shipped import shipped

PLACE = re.compile(r"\A[^\n:]+:[1-9]\d*:[1-9]\d*  \S")


def shows(text: str) -> bool:
    """Whether a text is safe to print: nothing in it that a terminal would obey."""
    return all(letter.isprintable() or letter == "\n" for letter in text)


class Damage(NamedTuple):
    """One way to spoil a scenario."""

    kind: str
    data: bytes
    says: str = ""


VALUES = {
    "a text": ("soon", "does not fit here. Give a whole number, 1 to 36525."),
    "a quoted number": ("'30'", "30 does not fit here."),
    "a list": ("[30]", "a list does not fit here."),
    "a mapping": ("{a: 1}", "a mapping does not fit here."),
    "a truth value": ("true", "true does not fit here."),
    "nothing": ("", "days: is empty."),
    "a fraction": ("30.5", "30.5 does not fit here."),
    "zero": ("0", "0 is below 1."),
    "a negative number": ("-3", "-3 is below 1."),
    "a huge number": ("9" * 30, "is above 36525."),
    "a number of 5000 digits": ("9" * 5000, "is a number of 5000 characters."),
    "not a number": (".nan", "is not a finite number."),
    "infinity": ("-.inf", "is not a finite number."),
    "an overflow": ("1e400", "is too large for a number."),
    "a leading zero": ("0365", "starts with a zero."),
    "a time": ("12:30", "12:30 does not fit here."),
    "a tag": ("!!int 30", "the tag tag:yaml.org,2002:int is not allowed."),
    "a dangerous tag": ("!!python/object/apply:os.system ['id']", "is not allowed."),
    "an anchor": ("&a 30", "anchors, aliases and merge keys"),
    "an alias": ("*a", "anchors, aliases and merge keys"),
    "an open bracket": ("[30", "is not valid YAML"),
    "an open quote": ("'30", "is not valid YAML"),
    "a reserved letter": ("@30", "is not valid YAML"),
    "a second colon": ("30: 40", "is not valid YAML: mapping values are not allowed here."),
    "deep nesting": ("[" * 100_000, "is nested deeper than 40 levels."),
    "an escape for a control character": (r'"\e[2J"', "holds the invisible character U+001B."),
    "half a character": (r'"\udc80"', "is not valid YAML: found half a character"),
    "no character": (r'"\U00110000"', "is not valid YAML"),
}

DATES = {
    "a day that is none": "2024-02-30",
    "a month that is none": "2024-13-01",
    "a date with a time": "2024-01-01T00:00:00",
    "a date as seconds": "'1704067200'",
    "a date without dashes": "20240101",
    "a date in words": "yesterday",
    "a date too far off": "9999-12-31",
}

LINES = {  # put before the line of `days`
    "an unknown key": ("dais: 3", "dais: is not known here, did you mean days?"),
    "a hostile key": ('"../../etc/passwd": 3', "is not known here."),
    "a key of control characters": (r'"\e[31m": 3', "holds the invisible character U+001B."),
    "a number as key": ("2019: 3", "2019: is a number. Give a name as key."),
    "a truth value as key": ("true: 3", "true: is no text, so it cannot be a key."),
    "an empty key": ("~: 3", "~: is no text, so it cannot be a key."),
    "a list as key": ("[a]: 3", "a list or mapping cannot be a key."),
    "a merge key": ("<<: {seed: 3}", "anchors, aliases and merge keys"),
    "an alias bomb": (
        "a: &a [x, x, x]\n" + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh",
        "bcdefghi", strict=True)),
        "anchors, aliases and merge keys",
    ),
    "a key given twice": ("days: 3", "days: is given twice"),
    "a second document": ("---", "starts a second document."),
    "an end in the middle": ("...", "is not valid YAML: something stands after the end of the scenario."),
    "a tab": ("\tdays: 3", "is not valid YAML"),
    "a lost bracket": ("}", "is not valid YAML"),
    "too much of it": ("many: [" + "1," * 120_000 + "1]", "comes after 100000 values"),
    "a line without end": (f"long: {'x' * 2_200_000}", "is larger than 2 MiB"),
    "a way out of the folder": ("extends: ../../../etc/passwd", "leads out of the scenario's folder."),
    "a file that is not there": ("extends: nowhere.yaml", "cannot be read: no such file or directory."),
    "itself": ("extends: damaged.yaml", "extends itself in the end."),
    "a null byte": ("x: \0", "the invisible character U+0000 is not allowed."),
    "a control character": ("x: \x1b[31m", "the invisible character U+001B is not allowed."),
    "a turned direction of writing": ("x: \u202e", "the invisible character U+202E is not allowed."),
    "a hidden line end": ("x: \u2028", "the invisible character U+2028 is not allowed."),
}  # fmt: skip

WORDS = {  # a word of the scenario, what stands there instead, what is said
    "a key misspelt": (r"\bcountry: ", "contry: ", "did you mean country?"),
    "a required key left out": (r"\blat: -?[\d.]+, ", "", "lat: is missing. Give a number, -90 to 90."),
    "a latitude beyond the pole": (r"\blat: -?[\d.]+", "lat: 91", "is above 90. Give a number, -90 to 90."),
    "a small country": (r"\bcountry: [A-Z]{2}", "country: no",
        "no does not fit here. Give a country's two capital letters"),
    "an unknown side": (r"\bside: origin", "side: orign", "orign is not known, did you mean origin?"),
    "an unknown zone": (r"\bzones: \[", "zones: [x", "is not a sea zone, did you mean"),
    "an unknown area": (r"\bareas: \[", "areas: [x", "is not a production area, did you mean"),
    "an area that is no list": (r"\bareas: \[(\w+)\]", r"areas: \1", "does not fit here. Give a list of 1 or more"),
    "an unknown cargo class": (r"\brest_of_world: \{ ?", "rest_of_world: { xyz: 0, ", "xyz is not a cargo class"),
    "shares that miss one": (r"\brest_of_world: \{ ?\w+: ", "rest_of_world: { general: 0.9} #",
        "the shares add up to 0.9."),
    "a share above one": (r"\bscan_share: (\{ ?value: )?[\d.]+", r"scan_share: \g<1>7",
        "7 is above 1. Give a share, 0 to 1."),
    "a share in percent": (r"\bscan_share: (\{ ?value: )?[\d.]+", r"scan_share: \g<1>2%", "2% does not fit here."),
    "an unknown place under control": (r"\n  posts:", "\n  posts:\n    NOWHERE: {}",
        "NOWHERE is not a port, region or country"),
    "no organisations": (r"\bcount: \d+", "count: 0", "0 is below 1. Give a whole number, 1 to 500."),
    "half an organisation": (r"\bcount: \d+", "count: 1.5", "1.5 does not fit here."),
    "a section that is no mapping": (r"\ntrade:", "\nwaters2:\ntrade:",
        "waters2: is not known here, did you mean waters?"),
    "a section misnamed": (r"\ncommodities:\n", "\ncommodity:\n", "did you mean commodities?"),
    "a colon lost": (r"\ncommodities:\n", "\ncommodities\n", "is not valid YAML"),
    "a dash too many": (r"\nwaters:\n", "\nwaters:\n- x\n", "is not valid YAML"),
    "a year in words": (r"(\bproduction_by_year:(?: \{|\s+)) ?(\d{4})", r"\1 first",
        "is no whole number. Give one as key."),
}  # fmt: skip


def damages(text: str) -> Iterator[Damage]:
    """Ways to spoil a valid scenario, each of which leaves it with one mistake."""
    days = re.search(r"(?m)^days: .*$", text)
    start = re.search(r"(?m)^start: .*$", text)
    title = re.search(r"(?m)^title: .*$", text)
    assert days is not None
    assert start is not None
    assert title is not None

    def instead(of: re.Match[str], line: str) -> bytes:
        return (text[: of.start()] + line + text[of.end() :]).encode()

    yield Damage("an empty file", b"", "is empty.")
    yield Damage("nothing but remarks", b"# to be done\n", "is empty.")
    yield Damage("a word", b"scenario\n", "is no scenario")
    yield Damage("a list instead of a scenario", b"- 1\n- 2\n", "is no scenario")
    yield Damage("an empty mapping", b"{}\n", "lacks title, question, start, days, ")
    yield Damage("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "byte 0x89 is not UTF-8 text.")
    yield Damage("UTF-16", text.encode("utf-16"), "is UTF-16 text.")
    yield Damage(
        "Latin-1", instead(title, "title: Caf\u00e9").replace(b"\xc3\xa9", b"\xe9"), "byte 0xe9 is not UTF-8 text."
    )
    yield Damage(
        "a lone surrogate", text.encode().replace(b"title: ", b"title: \xed\xa0\x80", 1), "byte 0xed is not UTF-8 text."
    )
    yield Damage("a stray byte order mark", instead(title, "title: \ufeffx"), "the invisible character U+FEFF")
    yield Damage("a directive", b"%YAML 1.1\n---\n" + text.encode(), "is a % directive.")
    yield Damage("cut off in a bracket", text[: text.rindex("{") + 4].encode(), "is not valid YAML")
    yield Damage("a file too large", text.encode() + b"#" * 2_200_000, "is larger than 2 MiB")
    for name, (value, says) in VALUES.items():
        yield Damage(f"days: {name}", instead(days, f"days: {value}"), says)
    for name, value in DATES.items():
        yield Damage(f"start: {name}", instead(start, f"start: {value}"), "start: ")
    for name, (line, says) in LINES.items():
        yield Damage(f"a line: {name}", instead(days, f"{line}\n{days.group()}"), says)
    for required in (title, days, start):
        key = required.group().split(":")[0]
        yield Damage(f"{key} left out", instead(required, ""), f"{key}: is missing.")
    yield Damage("title: too long", instead(title, f"title: {'x' * 121}"), "has 121 characters.")
    yield Damage("seed: below zero", re.sub(r"(?m)^seed: \d+", "seed: -1", text).encode(), "seed: -1 is below 0.")
    for name, (word, other, says) in WORDS.items():
        spots = [spot for spot in re.finditer(word, text) if "#" not in text[: spot.start() + 1].rpartition("\n")[2]]
        assert spots, name
        at = spots[0]
        yield Damage(name, instead(at, at.expand(other)), says)


WHOLE = {name: shipped()[name].read_text(encoding="utf-8") for name in ("two_coasts", "latam_europe")}
"""Shipped scenarios that extend no other."""


def spoilt_scenarios() -> list:
    """Every damage of the small scenario, every sixth one of the flagship."""
    cases = []
    for name, text in WHOLE.items():
        found = list(damages(text))[:: 1 if name == "two_coasts" else 6]
        cases += [pytest.param(damage, id=f"{name}: {damage.kind}") for damage in found]
    return cases


def test_there_are_enough_ways_to_be_wrong():
    for text in WHOLE.values():
        assert len({damage.kind for damage in damages(text)}) > 90


@pytest.mark.parametrize("damage", spoilt_scenarios())
def test_one_damage_is_one_line_for_every_verb_that_reads(capsys, tmp_path, monkeypatch, damage):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "damaged.yaml").write_bytes(damage.data)
    told = set()
    for arguments in (["validate", "damaged.yaml"], ["run", "damaged.yaml", "-o", "results"]):
        code = main(arguments)
        out, talk = capsys.readouterr()
        told.add(talk)
        assert code == 3, talk
        assert out == ""
        assert talk.count("\n") == 1, talk
        assert PLACE.match(talk), talk
        assert talk.startswith("damaged.yaml:"), talk
        assert shows(talk), ascii(talk)
        assert len(talk) < 700
        assert damage.says in talk
    assert len(told) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["damaged.yaml"], "nothing is written"


@pytest.mark.parametrize(
    "name",
    [
        "\x1b[31mred.yaml", "line\nbreak.yaml", "tab\t.yaml", "=cmd|' '!A0.yaml", "<script>.yaml", "$(id).yaml",
        "-dash.yaml", "a b.yaml",
        "%s%n.yaml", "{0}.yaml", "..yaml", "\u202eevil.yaml", "caf\u00e9.yaml", "'quoted'.yaml", '".yaml', "*.yaml",
        "~.yaml",
    ],
)  # fmt: skip
def test_a_hostile_file_name_stays_a_name(capsys, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text("extends: two_coasts\ndays: 0\n", encoding="utf-8")
    assert main(["validate", "--", name]) == 3
    out, talk = capsys.readouterr()
    assert out == ""
    assert talk.endswith(":2:7  days: 0 is below 1. Give a whole number, 1 to 36525.\n")
    assert shows(talk), ascii(talk)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def typos(word: str) -> list[str]:
    """The slips of a hurried hand: a letter left out, doubled, swapped, replaced; a capital; a plural."""
    middle = len(word) // 2
    return [
        word[:middle] + word[middle + 1 :],
        word[:middle] + word[middle] + word[middle:],
        word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :],
        word[:middle] + "x" + word[middle + 1 :],
        word.capitalize(),
        word + "s",
    ]


def test_a_slip_of_the_hand_is_answered_with_the_right_word(tmp_path):
    path, scenario = tmp_path / "a.yaml", load("two_coasts")
    asked = [(f"policies: [{{kind: {slip}}}]", kind) for kind in Policy.every() for slip in typos(kind) if slip != kind]
    for section in ("customs", "transport"):
        keys = known_keys(shape_of(type(getattr(scenario, section))), None)
        asked += [(f"{section}: {{{slip}: 1}}", key) for key in keys for slip in typos(key) if slip not in keys]
    right, asked = 0, asked[::3]
    for line, word in asked:
        path.write_text(f"extends: two_coasts\n{line}\n")
        with pytest.raises(InvalidScenario) as refused:
            load(path)
        right += f"did you mean {word}?" in str(refused.value)
    assert right >= 0.95 * len(asked), f"{right} of {len(asked)}"


TEXT = WHOLE["two_coasts"]
SHARDS = [
    "", " ", "\t", ":", ": ", "-", "- ", "{", "}", "[", "]", ",", "#", "&a", "*a", "!", "|", ">", "'", '"', "%", "@",
    "`", "?", "? ", "\\",
    "\0", "\x1b", "\x85", "\ufeff", "\ud7ff", "\U0010ffff", "---", "...", "<<: ", "~", "null", "true", ".nan", "1e999",
    "9" * 50, "\n", "\r",
    '"\\x', '"\\u12', "0x", "0o9", "2024-02-30", "extends: ",
]  # fmt: skip


@given(
    cuts=st.lists(
        st.tuples(
            st.integers(0, len(TEXT)),
            st.integers(0, 40),
            st.one_of(st.sampled_from(SHARDS), st.text(max_size=3), st.binary(max_size=3)),
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=40)
def test_whatever_is_cut_out_or_put_in_is_read_or_refused(tmp_path_factory, cuts):
    data = TEXT.encode()
    for at, length, shard in cuts:
        put = shard.encode("utf-8", "surrogatepass") if isinstance(shard, str) else shard
        data = data[:at] + put + data[at + length :]
    path = tmp_path_factory.getbasetemp() / "fuzz.yaml"
    path.write_bytes(data)
    try:
        load(path)
    except InvalidScenario as wrong:
        for line in str(wrong).splitlines():
            assert PLACE.match(line), line
            assert shows(line), ascii(line)


@given(data=st.binary(max_size=200))
@settings(max_examples=150)
def test_whatever_the_bytes_are_they_are_read_or_refused(data):
    with contextlib.suppress(InvalidScenario):
        read(data, "x.yaml")
