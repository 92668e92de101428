"""Entries that have ended, stand twice, or say the opposite of each other."""

import pytest

from rules.catalog import Catalog
from tests.rules.findings import said, tried


def test_an_entry_that_has_ended_is_told(catalog: Catalog) -> None:
    text = "never:\n  - {site: a.com, until: 2026-12-24}\n  - {site: b.com, until: 2026-12-25}\n"
    assert said(text, catalog) == ["2: a.com has ended on 2026-12-24"]
    assert tried(text, catalog) == ["https://a.com/ unknown Fri 12:00"]


def test_a_name_or_a_group_that_has_ended_is_shown_by_one_of_its_sites(catalog: Catalog) -> None:
    text = "groups:\n  bunch: [z.com, /ads/]\nnever:\n  - {site: bunch, until: 2026-12-01 08:00}\n"
    assert said(text, catalog) == ["4: bunch has ended on 2026-12-01 08:00"]
    assert tried(text, catalog) == ["https://z.com/ unknown Fri 12:00"]
    assert tried(text.replace("bunch,", "games,"), catalog) == [
        "https://minecraft.net/ unknown Fri 12:00"
    ]


def test_what_ended_inside_a_group_is_told_there(catalog: Catalog) -> None:
    text = "groups:\n  bunch:\n    - {site: z.com, until: 2026-12-01}\nnever: [bunch, z.com]\n"
    assert said(text, catalog) == ["3: z.com has ended on 2026-12-01"]


def test_an_expression_that_has_ended_is_told_without_a_request(catalog: Catalog) -> None:
    text = "never:\n  - {site: /ads/, until: 2026-12-24}\n"
    assert said(text, catalog) == ["2: /ads/ has ended on 2026-12-24"]
    assert tried(text, catalog) == []


def test_an_entry_that_stands_twice_is_told_at_the_second(catalog: Catalog) -> None:
    text = "never:\n  - a.com\n  - b.com\n  - A.com/\n"
    assert said(text, catalog) == ["4: A.com/ stands in this list already, in line 4"]


def test_what_stands_twice_in_a_group_is_told_where_the_group_is_asked(catalog: Catalog) -> None:
    text = "groups:\n  bunch: [z.com, z.com]\n"
    assert said(text, catalog) == []
    assert said(text + "never: [bunch]\n", catalog) == [
        "2: z.com stands in this list already, in line 4"
    ]


def test_an_entry_that_outlasts_its_twin_is_no_double(catalog: Catalog) -> None:
    text = "never:\n  - {site: a.com, until: 2027-01-01}\n  - {site: a.com, from: 2027-01-01}\n"
    assert said(text, catalog) == []


@pytest.mark.parametrize(
    ("allow", "block"),
    [
        ("a.com", "A.com"),
        ("games", "games"),
        ("1.0.0.0/8", "1.0.0.0/8"),
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


def test_a_contradiction_is_shown_when_both_count_and_the_window_is_open(catalog: Catalog) -> None:
    text = (
        "profiles:\n  unknown:\n    allow: [{site: games, from: 2026-12-28}]\n    block: [games]\n"
        "    time: {windows: {every_day: [07:00-08:00]}}\n"
    )
    assert said(text, catalog) == ["3: games is allowed here and blocked in line 6"]
    assert tried(text, catalog) == ["https://minecraft.net/ unknown Mon 07:00"]


def test_of_several_blocks_the_one_is_named_that_counts_with_the_allow(catalog: Catalog) -> None:
    text = (
        "everyone:\n  allow: [{site: a.com, until: 2027-01-01}]\n  block:\n"
        "    - {site: a.com, from: 2027-02-01}\n    - a.com\n"
    )
    assert said(text, catalog) == ["2: a.com is allowed here and blocked in line 7"]


def test_a_contradiction_that_is_over_before_the_window_opens_is_not_told(catalog: Catalog) -> None:
    text = (
        "profiles:\n  unknown:\n    allow: [{site: games, until: 2026-12-25 13:00}]\n"
        "    block: [games]\n    time: {windows: {every_day: [HOURS]}}\n"
    )
    assert said(text.replace("HOURS", "17:00-20:00"), catalog) == []
    assert len(said(text.replace("HOURS", "10:00-20:00"), catalog)) == 1


def test_a_contradiction_that_a_more_exact_entry_settles_is_shown_beside_it(
    catalog: Catalog,
) -> None:
    text = "everyone:\n  allow: [a.com, =a.com]\n  block: [a.com]\n"
    assert said(text, catalog) == ["2: a.com is allowed here and blocked in line 5"]
    assert tried(text, catalog) == ["https://www.a.com/ unknown Fri 12:00"]


def test_a_contradiction_that_never_comes_up_is_not_told(catalog: Catalog) -> None:
    # Every profile has an answer of its own before the family's is asked for.
    text = "everyone:\n  allow: [a.com]\n  block: [a.com]\nprofiles: {unknown: {allow: [a.com]}}\n"
    assert said(text, catalog) == []
