"""The words of a search, and whether an entry means them. What follows from it is told in tests/cases/what.yaml."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.address import AddressError
from rules.catalog import Catalog
from rules.hosts import parse_url
from rules.search import LONGEST_SEARCH, is_said_in, parse_search, search_terms, words_of


@pytest.mark.parametrize(
    ("address", "terms"),
    [
        ("https://www.google.com/search?q=a+b%20c", "a b c"),
        ("https://google.com.vn/search/?hl=vi&q=x", "x"),
        ("https://news.google.de/search?q=%63%C3%A1", "cá"),
        ("https://google.com/complete/search?client=x&q=half+a+wo", "half a wo"),
        ("https://google.com/search?q=one&as_q=two", "one two"),
        ("https://google.com/search?Q=x", "x"),
        ("https://html.duckduckgo.com/html/?q=x", "x"),
        ("https://google.com/search?q=%FF", "\N{REPLACEMENT CHARACTER}"),
        ("https://google.com/search?q=+", None),
        ("https://google.com/search", None),
        ("https://google.com/searches?q=x", None),
        ("https://google.com/?q=x", None),
        ("https://google/search?q=x", None),
        ("https://notgoogle.com/search?q=x", None),
        ("https://google.com.evil.example/search?q=x", None),
        ("https://example.com/search?q=x", None),
    ],
)
def test_what_was_typed_is_read_from_an_engines_address(
    address: str, terms: str | None, catalog: Catalog
) -> None:
    assert search_terms(parse_url(address), catalog.search_engines) == terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bath BOMB", "bath bomb"),
        ("\uff42\uff4f\uff4d\uff42", "bomb"),
        ("bo\N{SOFT HYPHEN}m\N{ZERO WIDTH SPACE}b", "bomb"),
        ("“how-to”_make, (a): bomb!?", "how to make a bomb"),
        ("c\u01a1\u0300 ba\u0323c", "cờ bạc"),
        ("hoà thuỷ", "hòa thủy"),
        ("STRASSE", "straße"),
        ("b\N{COMBINING LOW LINE}o\N{COMBINING LONG STROKE OVERLAY}mb", "bomb"),
        ("bo\N{COMBINING GRAPHEME JOINER}m\N{VARIATION SELECTOR-16}b", "bomb"),
        ("bo\N{LEFT-TO-RIGHT ISOLATE}m\N{TAG SPACE}b", "bomb"),
        ("cờ\N{COMBINING LOW LINE} bạc", "cờ bạc"),
    ],
)
def test_the_same_words_typed_in_another_way_are_the_same(one: str, other: str) -> None:
    assert words_of(one) == words_of(other)


def test_other_words_stay_other_words() -> None:
    assert words_of("cờ") != words_of("cợ")
    assert words_of("ca") != words_of("că") != words_of("câ")
    assert words_of("đa") != words_of("da")
    assert len(words_of("色情网站")) == 4


@pytest.mark.parametrize(
    ("wanted", "searched", "is_said"),
    [
        ("bath bomb", "a bath bomb recipe", True),
        ("bath bomb", "bomb bath", False),
        ("bath bomb", "bath salt bomb", False),
        ("bomb", "bombs", False),
        ("bomb", "", False),
        ("色情", "看色情网站", True),
        ("co bac", "cờ bạc", True),
        ("co bac", "co bac", True),
        ("cờ bạc", "co bac", False),
        ("cờ bạc", "cỏ bạc", False),
        ("danh bai", "đánh bài", True),
        ("đanh bai", "danh bai", False),
        ("cafe", "café", True),
    ],
)
def test_all_words_stand_together_and_no_accent_means_any(
    wanted: str, searched: str, *, is_said: bool
) -> None:
    assert is_said_in(words_of(wanted), words_of(searched)) is is_said


@given(st.text(max_size=60))
def test_an_entry_means_at_least_itself(text: str) -> None:
    try:
        words = parse_search(text).words
    except AddressError:
        assert words_of(text) == ()
        return
    assert is_said_in(words, words_of(f"a {text} z"))


def test_nobody_types_so_much() -> None:
    assert parse_search("x" * LONGEST_SEARCH).words
    with pytest.raises(AddressError):
        parse_search("x" * (LONGEST_SEARCH + 1))
