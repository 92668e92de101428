"""What in a right policy is probably not meant."""

from datetime import UTC, datetime

import pytest

from rules.catalog import Catalog
from rules.check import warnings
from rules.policy_text import parse

HEAD = "porchlight: 1\ntimezone: UTC\n"
LATE = datetime(2026, 12, 25, 12, 0, tzinfo=UTC)


def said(text: str, catalog: Catalog, moment: datetime | None = LATE) -> list[str]:
    """The warnings on the lines below the head, the first of which is line 1."""
    policy = parse(HEAD + text, file="family.yaml", catalog=catalog)
    found = warnings(policy, catalog, moment=moment)
    assert all(problem.severity == "warning" and problem.hint for problem in found)
    return [f"{problem.line - 2}: {problem.message}" for problem in found]


def test_a_sound_file_is_passed_in_silence(catalog: Catalog) -> None:
    text = """
groups: {homework: [wikipedia.org]}
never: [adult]
anytime: [homework]
profiles:
  kid:
    devices: [tablet]
    allow: [homework, youtube]
    block: [youtube.com/shorts, games]
    time: {windows: {every_day: [07:00-12:00, 13:00-20:00]}}
devices: {tablet: {ip: 192.168.1.40}}
"""
    assert said(text, catalog) == []


def test_an_entry_that_has_ended_is_told(catalog: Catalog) -> None:
    text = "never:\n  - {site: a.com, until: 2026-12-24}\n  - {site: b.com, until: 2026-12-25}\n"
    assert said(text, catalog) == ["2: a.com has ended on 2026-12-24"]


def test_without_a_moment_nothing_has_ended(catalog: Catalog) -> None:
    assert said("never:\n  - {site: a.com, until: 2026-12-24}\n", catalog, None) == []


@pytest.mark.parametrize(
    ("allow", "block"),
    [
        ("a.com", "A.com"),
        ("games", "games"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("/ads/", "/ads/"),
        ("bunch", "a.com"),
        ("a.com", "bunch"),
        ("bunch", "bunch"),
        ("{site: a.com, until: 2027-01-01}", "{site: a.com, from: 2026-12-31}"),
    ],
)
def test_the_same_allowed_and_blocked_is_told(allow: str, block: str, catalog: Catalog) -> None:
    text = f"groups: {{bunch: [a.com]}}\neveryone:\n  allow: [{allow}]\n  block: [{block}]\n"
    (only,) = said(text, catalog)
    assert only.startswith("3: ")
    assert only.endswith("is allowed here and blocked in line 6")


@pytest.mark.parametrize(
    ("allow", "block"),
    [
        ("a.com", "a.com/x"),
        ("=a.com", "a.com"),
        ("{site: a.com, until: 2027-01-01}", "{site: a.com, from: 2027-01-02}"),
    ],
)
def test_the_more_exact_is_no_contradiction(allow: str, block: str, catalog: Catalog) -> None:
    assert said(f"everyone:\n  allow: [{allow}]\n  block: [{block}]\n", catalog) == []


def test_a_profile_may_differ_from_everyone(catalog: Catalog) -> None:
    text = "everyone: {block: [a.com]}\nprofiles: {unknown: {allow: [a.com]}}\n"
    assert said(text, catalog) == []


@pytest.mark.parametrize(
    ("never", "allow"),
    [
        ("adult", "adult"),
        ("adult", "www.pornhub.com"),
        ("adult", "pornhub.com/free"),
        ("a.com", "b.a.com/x"),
        ("a.com/x", "a.com/x/y"),
        ("'*.a.com'", "b.a.com"),
        ("=a.com", "=a.com"),
        ("10.0.0.0/8", "10.1.2.3"),
        ("bunch", "z.com"),
        ("z.com", "bunch"),
    ],
)
def test_an_allow_under_never_is_dead(never: str, allow: str, catalog: Catalog) -> None:
    text = f"groups: {{bunch: [z.com]}}\nnever: [{never}]\neveryone:\n  allow: [{allow}]\n"
    (only,) = said(text, catalog)
    assert only.startswith("4: ")
    assert "stays blocked" in only
    assert only.endswith("is under never: in line 4")


@pytest.mark.parametrize(
    ("never", "allow"),
    [
        ("a.com/x", "a.com"),
        ("a.com/x", "a.com/xy"),
        ("'*.a.com'", "a.com"),
        ("=a.com", "a.com"),
        ("=a.com", "b.a.com"),
        ("a.com/x?v=1", "a.com/x"),
        ("10.0.0.0/8", "11.0.0.0/8"),
        ("10.0.0.0/8", "'2001:db8::/32'"),
        ("adult", "games"),
        ("{site: a.com, until: 2027-01-01}", "a.com"),
    ],
)
def test_an_allow_beside_never_is_alive(never: str, allow: str, catalog: Catalog) -> None:
    assert said(f"never: [{never}]\neveryone:\n  allow: [{allow}]\n", catalog) == []


def test_a_dead_allow_is_shown_by_a_request(catalog: Catalog) -> None:
    (only,) = said("never: [adult]\neveryone: {allow: [www.pornhub.com/a]}\n", catalog)
    assert "(try https://www.pornhub.com/a)" in only


def test_an_entry_that_stands_twice_is_told_at_the_second(catalog: Catalog) -> None:
    text = "never:\n  - a.com\n  - b.com\n  - A.com/\n"
    assert said(text, catalog) == ["4: A.com/ stands in this list already, in line 4"]


def test_an_entry_that_outlasts_its_twin_is_no_double(catalog: Catalog) -> None:
    text = "never:\n  - {site: a.com, until: 2027-01-01}\n  - {site: a.com, from: 2027-01-01}\n"
    assert said(text, catalog) == []


def test_idle_names_are_told(catalog: Catalog) -> None:
    text = "profiles:\n  kid: {}\ndevices:\n  tv: {ip: 192.168.1.2}\n"
    assert said(text, catalog) == [
        "2: kid has no device, so nobody follows its rules",
        "4: tv is in no profile and follows unknown",
    ]
