"""What the strict reader takes from a text, what it refuses, and where it says so."""

import json

import pytest

from sim.scenario.mistakes import InvalidScenario, Place
from sim.scenario.nodes import plain
from sim.scenario.reader import MAX_BYTES, MAX_DEPTH, MAX_DIGITS, MAX_NODES, read


def values(text: str | bytes, file: str = "s.yaml"):
    node, mistakes = read(text if isinstance(text, bytes) else text.encode(), file)
    assert not mistakes, [str(mistake) for mistake in mistakes]
    return plain(node)


def complaint(text: str | bytes, file: str = "s.yaml") -> str:
    """The one line that is said of a text."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    try:
        _, mistakes = read(data, file)
    except InvalidScenario as refused:
        mistakes = refused.mistakes
    (only,) = mistakes
    assert "\n" not in str(only)
    return str(only)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("NO", "NO"), ("on", "on"), ("off", "off"), ("yes", "yes"), ("y", "y"), ("12:30", "12:30"), ("12:30:45",
         "12:30:45"),
        ("1_000", "1_000"), ("2024-01-01", "2024-01-01"), ("NaN", "NaN"), ("=", "="), ("1.2.3", "1.2.3"),
        ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
        ("1e3", 1000.0), ("1e-3", 0.001), ("+5", 5), ("-.5", -0.5), ("1.", 1.0), ("0", 0), ("0x1F", 31), ("0o17", 15),
        ("'010'", "010"), ('"true"', "true"), ("'it''s'", "it's"), (r'"\u00e9"', "é"), (r'"\U0001f600"',
         "\U0001f600"),
    ],
)  # fmt: skip
def test_words_mean_what_yaml_1_2_says_they_mean(written, read_as):
    assert values(f"a: {written}") == {"a": read_as}


def test_the_country_norway_is_no_truth_value():
    assert values("country: NO\nNO: 1") == {"country": "NO", "NO": 1}


def test_json_reads_like_yaml_tabs_included():
    assert values('{\n\t"a":\t1,\n\t"b": [true, null, "x\\/y"]\n}', "s.json") == {"a": 1, "b": [True, None, "x/y"]}


def test_json_writes_characters_in_halves():
    text = r'{"a": "\ud83d\ude00!", "b": "\\\\ud83d\\\\ude00", "c": "\\\ud83d\uDE00"}'
    assert values(text, "s.json") == json.loads(text)


def test_a_byte_order_mark_is_passed_over():
    assert values(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n") == {"a": 1, "b": 2}


def test_every_value_knows_its_place():
    node, _ = read(b"a: 1\nb:\n  c: [10, 20]\n  d:\n    e: x\n", "s.yaml")
    b = node.items["b"]
    assert node.items["a"].place == Place("s.yaml", 1, 4)
    assert b.items["c"].items[1].place == Place("s.yaml", 3, 11)
    assert b.place == Place("s.yaml", 2, 1), "a block stands at the key above it"
    assert b.items["d"].items["e"].place == Place("s.yaml", 5, 8)
    assert b.keys["d"].place == Place("s.yaml", 4, 3)


A_TAB = "is not valid YAML: a tab stands where only spaces may. Indent with spaces."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2", "s.yaml:2:1  a: is given twice, first in line 1."),
        ("a: .nan", "s.yaml:1:4  a: .nan is not a finite number."),
        ("a: -.inf", "s.yaml:1:4  a: -.inf is not a finite number."),
        ("a: 1e400", "s.yaml:1:4  a: 1e400 is too large for a number."),
        ("a: 010", "s.yaml:1:4  a: 010 starts with a zero."),
        ("true: 1", "s.yaml:1:1  true: is no text, so it cannot be a key."),
        ("~: 1", "s.yaml:1:1  ~: is no text, so it cannot be a key."),
        ("1.5: 1", "s.yaml:1:1  1.5: is no text, so it cannot be a key."),
        ("[1]: 2", "s.yaml:1:1  a key: a list or mapping cannot be a key."),
        ("a: &x 1\nb: *x", "s.yaml:1:4  a: anchors, aliases and merge keys"),
        ("b: *x", "s.yaml:1:4  b: anchors, aliases and merge keys"),
        ("a:\n  <<: {b: 1}", "s.yaml:2:3  a.<<: anchors, aliases and merge keys"),
        ("a: !!python/object/apply:os.system [ls]",
         "s.yaml:1:4  a: the tag tag:yaml.org,2002:python/object/apply:os.system"),
        ("a: !!int 3", "s.yaml:1:4  a: the tag tag:yaml.org,2002:int is not allowed."),
        ("a: ! 3", "s.yaml:1:4  a: the tag ! is not allowed."),
        ("a: 1\n---\nb: 2", "s.yaml:2:1  starts a second document."),
        ("%YAML 1.1\n---\na: 1", "s.yaml:1:1  is a % directive."),
        ("# so\n\n%TAG ! tag:x,2000:\n---\na: 1", "s.yaml:3:1  is a % directive."),
        ("", "s.yaml:1:1  is empty."),
        ("# nothing\n", "s.yaml:1:1  is empty."),
        ("null", "s.yaml:1:1  is empty."),
        ("a: 1\n\tb: 2", f"s.yaml:2:1  {A_TAB}"),
        ("a:\n\tb: 2", f"s.yaml:2:1  {A_TAB}"),
        ("\u00e9: |\n\tx", f"s.yaml:2:1  {A_TAB}"),
        ("a: b: c", "s.yaml:1:5  is not valid YAML: mapping values are not allowed here."),
        ("a: 'x", "s.yaml:1:6  is not valid YAML: the file ends inside a text"),
        ("a: [1, 2", "s.yaml:1:9  is not valid YAML"),
        ("a: @x", "s.yaml:1:4  is not valid YAML"),
        (r'a: "\U00110000"', "s.yaml:1:7  is not valid YAML"),
        (r'a: "\ud800"', "s.yaml:1:7  is not valid YAML: found half a character"),
        (r'a: "\e[31m"', "s.yaml:1:4  a: holds the invisible character U+001B."),
        (r'a: "x\0y"', "s.yaml:1:4  a: holds the invisible character U+0000."),
        ("a: x\0", "s.yaml:1:5  the invisible character U+0000 is not allowed."),
        ("a: \x1b[31m", "s.yaml:1:4  the invisible character U+001B is not allowed."),
        ("a: 1\nb: x\u2028y", "s.yaml:2:5  the invisible character U+2028 is not allowed."),
        ("a: \u202ex", "s.yaml:1:4  the invisible character U+202E is not allowed."),
        (b"a: 1\nb: \xe9t\xe9", "s.yaml:2:4  byte 0xe9 is not UTF-8 text."),
        ("a: \u00e9".encode("utf-16"), "s.yaml:1:1  is UTF-16 text."),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "s.yaml:1:1  byte 0x89 is not UTF-8 text."),
        ("a: \ud800", "s.yaml:1:4  byte 0xed is not UTF-8 text."),
    ],
)  # fmt: skip
def test_what_is_not_accepted_is_told_in_one_line_with_its_place(text, said):
    assert complaint(text).startswith(said)


@pytest.mark.parametrize(
    ("limit", "within", "beyond"),
    [
        ("size", "#" * (MAX_BYTES - 5) + "\na: 1", "#" * (MAX_BYTES - 4) + "\na: 1"),
        ("depth", "a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1), "a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH),
        ("values", "- 1\n" * (MAX_NODES - 1), "- 1\n" * MAX_NODES),
        ("digits", "a: " + "9" * MAX_DIGITS, "a: " + "9" * (MAX_DIGITS + 1)),
    ],
)
def test_limits_hold_to_the_last_one(limit, within, beyond):
    values(within)
    complaint(beyond)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000, "{" * 100_000, "- " * 100_000, "? " * 100_000, "a: " + "9" * 200_000, '"a": ' * 40_000,
        "!a " * 80_000, "&a " * 80_000, "%" * 200_000, "---\n" * 60_000, "[1," * 39 + "1", "x" * 2_200_000,
        "a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]",
    ],
    ids=lambda text: f"{text[:12]!r} x {len(text)}",
)  # fmt: skip
def test_hostile_texts_are_refused_in_one_line(text):
    complaint(text)
