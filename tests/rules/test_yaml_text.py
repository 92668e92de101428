"""A narrow part of YAML 1.2, with places."""

import pytest

from rules.yaml_faults import YamlError
from rules.yaml_text import Mapping, Scalar, Sequence, compose, plain


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", 1), ("-7", -7), ("0", 0), ("1.5", 1.5), ("1e3", 1000.0),
        ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
        ("0123", "0123"), ("0x10", "0x10"), ("0o7", "0o7"), ("1_000", "1_000"), (".5", ".5"),
        ("21:00", "21:00"), ("no", "no"), ("yes", "yes"), ("on", "on"), ("Off", "Off"), ("y", "y"),
        ("2026-12-01", "2026-12-01"), ("=example.com", "=example.com"), ("2001:db8::1", "2001:db8::1"),
        (".inf", ".inf"), (".nan", ".nan"), ("'1'", "1"), ('"null"', "null"), ("'no'", "no"),
    ],
)  # fmt: skip
def test_a_plain_scalar_is_read_by_the_core_schema(written: str, value: object) -> None:
    found = plain(compose(f"a: {written}\n"))["a"]
    assert found == value
    assert type(found) is type(value)


def test_a_place_reaches_from_the_first_character_to_behind_the_last() -> None:
    text = "\ufeffa: # why\n  - x   # é\n  - {b: 'c d'}\nlast: |\n  tế\n"
    root = compose(text)
    items = root.pairs["a"].value
    assert isinstance(items, Sequence)
    first, second = items.items
    assert text[first.span.start : first.span.end] == "x"
    assert text[second.span.start : second.span.end] == "{b: 'c d'}"
    assert text[items.span.start : items.span.end].endswith("'c d'}")
    assert (second.span.line, second.span.column) == (3, 5)
    assert isinstance(second, Mapping)
    assert (items.is_flow, second.is_flow) == (False, True)


def test_an_empty_value_stands_behind_its_colon() -> None:
    value = compose("a:   # nothing\nb: 1\n").pairs["a"].value
    assert isinstance(value, Scalar)
    assert (value.value, value.span.start, value.span.end) == (None, 2, 2)


def test_of_several_faults_all_are_told() -> None:
    with pytest.raises(YamlError) as refusal:
        compose("a: 1\na: 2\nb: *c\n1: x\n")
    assert [fault.line for fault in refusal.value.faults] == [2, 3, 4]
