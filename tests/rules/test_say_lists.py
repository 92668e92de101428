"""Lists and corrections in words."""

import pytest

from rules.catalog import Catalog
from rules.policy import Language
from rules.policy_text import parse
from rules.say_lists import lists
from rules.voice import Voice

HEAD = "porchlight: 1\ntimezone: UTC\n"
PUBLISHED = "https://example.org/list.txt"


def said(text: str, catalog: Catalog, language: Language = Language.ENGLISH) -> list[str]:
    policy = parse(HEAD + text, file="f", catalog=catalog)
    found = lists(Voice(policy=policy, catalog=catalog, language=language))
    return [one.text for one in found]


def test_a_list_tells_what_it_names_and_where_it_comes_from(catalog: Catalog) -> None:
    text = f"lists:\n  grandma: {{url: {PUBLISHED}, category: games, every: 12h}}\n"
    assert said(text, catalog) == [
        (
            "What the list “grandma” names is counted among: games pages. "
            f"It is fetched from {PUBLISHED} every 12 hours."
        )
    ]
    assert said(text, catalog, Language.VIETNAMESE) == [
        (
            "Những gì danh sách “grandma” nêu được tính vào: trang games. "
            f"Tải về từ {PUBLISHED} 12 giờ một lần."
        )
    ]


def test_a_file_without_a_category_counts_where_it_is_named(catalog: Catalog) -> None:
    assert said("lists:\n  ours: {file: our own.txt}\n", catalog) == [
        "The list “ours” counts only where a rule names it. It is the file our own.txt of this house."
    ]


def test_a_list_that_is_off_is_not_told(catalog: Catalog) -> None:
    assert said("lists:\n  ours: {file: ours.txt, is: off}\n", catalog) == []


@pytest.mark.parametrize(
    ("every", "words"),
    [("1h", "hour"), ("25h", "25 hours"), ("24h", "day"), ("1d", "day"), ("30d", "30 days")],
)
def test_how_often_it_is_fetched_is_said_as_people_say_it(
    every: str, words: str, catalog: Catalog
) -> None:
    text = f"lists:\n  a: {{url: {PUBLISHED}, every: {every}}}\n"
    assert said(text, catalog)[0].endswith(f" every {words}.")


def test_a_correction_tells_what_a_site_is_not(catalog: Catalog) -> None:
    text = "corrections:\n  a.example: {not: [games, adult], note: for school}\n"
    assert said(text, catalog) == [
        (
            "Whatever a list says, a.example, with all below it, is not counted among: "
            "adult pages and games pages. A parent wrote: “for school”"
        )
    ]
