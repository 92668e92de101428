"""Addresses that a wider entry of the same list holds."""

import pytest

from rules.catalog import Catalog
from tests.rules.findings import said, tried


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("a.com", "b.a.com"),
        ("a.com", "=a.com"),
        ("a.com", "a.com/x"),
        ("a.com/x", "b.a.com/x/y?v=1"),
        ("'*.a.com'", "b.a.com"),
        ("'*.a.com'", "'*.b.a.com'"),
        ("1.0.0.0/8", "1.1.0.0/16"),
        ("1.0.0.0/8", "1.1.1.1"),
        ("bunch", "z.com/x"),
    ],
)
@pytest.mark.parametrize(
    "place", ["never", "everyone:\n  allow", "everyone:\n  block", "profiles:\n unknown:\n  block"]
)
def test_what_a_wider_entry_says_already_is_told(
    place: str, wide: str, narrow: str, catalog: Catalog
) -> None:
    text = f"groups: {{bunch: [z.com]}}\n{place}:\n    - {wide}\n    - {narrow}\n"
    (only,) = said(text, catalog)
    line = text[: text.index(f"- {narrow}")].count("\n") + 1
    assert only.startswith(f"{line}: {narrow.strip(chr(39))} changes nothing: ")
    assert only.endswith(f" in line {line + 1} says it already")
    assert len(tried(text, catalog)) == 1


def test_what_may_be_open_at_night_is_named_once(catalog: Catalog) -> None:
    text = (
        "anytime: [a.com, b.a.com]\n"
        "profiles: {unknown: {time: {windows: {every_day: [20:00-21:00]}}}}\n"
    )
    assert said(text, catalog) == ["1: b.a.com changes nothing: a.com in line 3 says it already"]


@pytest.mark.parametrize(
    ("block", "allow"),
    [
        # Without the narrower entry the allow between the two would win.
        ("a.com, a.com/x", "=a.com"),
        ("a.com, c.b.a.com", "b.a.com"),
        ("a.com, b.a.com/x", "c.b.a.com"),
        ("a.com, a.com/x/y", "a.com/x"),
        ("1.0.0.0/8, 1.1.1.0/24", "1.1.0.0/16"),
    ],
)
def test_an_exception_from_an_exception_is_meant(block: str, allow: str, catalog: Catalog) -> None:
    text = f"everyone:\n  block: [{block}]\n  allow: [{allow}]\n"
    assert said(text, catalog) == []
    later = f"{{site: {allow}, from: 2027-01-01}}"  # no request of today would show it
    assert said(text.replace(f"allow: [{allow}]", f"allow: [{later}]"), catalog) == []


@pytest.mark.parametrize("allow", ["a.com/x", "b.com", "'*.com'", "=b.a.com"])
def test_what_is_no_exception_from_both_does_not_matter(allow: str, catalog: Catalog) -> None:
    text = f"everyone:\n  block: [a.com, b.a.com]\n  allow: [{allow}]\n"
    assert len(said(text, catalog)) == 1


@pytest.mark.parametrize(
    "entries",
    [
        "a.com/x, a.com",  # the wider one second: the narrower is told all the same
        "{site: a.com, until: 2027-01-01}, b.a.com",
        "'*.a.com', a.com",
        "=a.com, b.a.com",
        "a.com, /a/, youtube, youtube.com",
        "bunch",
        "1.1.1.1, '2606:4700::/32'",
    ],
)
def test_what_says_more_is_meant(entries: str, catalog: Catalog) -> None:
    text = f"groups: {{bunch: [z.com, y.z.com]}}\nnever: [{entries}]\n"
    told = ["2: a.com/x changes nothing: a.com in line 4 says it already"]
    assert said(text, catalog) == (told if entries.startswith("a.com/x") else [])
