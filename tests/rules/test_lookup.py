"""What lists say of a host, with what is said against them; never other than what the engine obeys."""

from dataclasses import replace

import pytest

from rules.acceptance import recall
from rules.catalog import Catalog
from rules.compile import Ruleset
from rules.lookup import look_up
from tests.rules.test_listings import HEAD, LISTS, MISTAKE, OFFER, table_of

TABLE = table_of(
    filth=["filth.example", "teaches.example", "pornhub.com", "mine.example"],
    bets=["filth.example"],
    plain=["www.filth.example", "blogs.example/one", "blogs.example/two"],
    off=["filth.example", "off.example/page"],
)
CORRECTIONS = """\
corrections:
  mine.example: {not: [adult], note: ours}
  www.filth.example: {not: [plain]}
  pornhub.com: {not: [adult]}
"""


@pytest.fixture
def ruleset(catalog: Catalog) -> Ruleset:
    known = replace(catalog, offers={"bets": OFFER}, mistakes={"teaches.example": MISTAKE})
    return recall(HEAD + LISTS + CORRECTIONS, file="family.yaml", catalog=known, table=TABLE)


def said(ruleset: Ruleset, host: str) -> list[tuple[str | None, str, tuple[str, ...], str]]:
    return [
        (
            one.source,
            one.listed,
            one.topics,
            "ours" if one.mistake else "family" if one.correction else "",
        )
        for one in look_up(ruleset, host)
    ]


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("nothing.example", []),
        (
            "www.filth.example",
            [
                ("filth", "filth.example", ("adult", "filth"), ""),
                ("bets", "filth.example", ("games", "bets"), ""),
                ("plain", "www.filth.example", ("plain",), "family"),
            ],
        ),
        ("teaches.example", [("filth", "teaches.example", ("adult", "filth"), "ours")]),
        ("a.mine.example", [("filth", "mine.example", ("adult", "filth"), "family")]),
        (
            "pornhub.com",
            [
                (None, "pornhub.com", ("adult",), "family"),
                ("filth", "pornhub.com", ("adult", "filth"), "family"),
            ],
        ),
        (
            "zalo.me",
            [(None, "zalo.me", ("social",), ""), (None, "zalo.me", ("zalo",), "")],
        ),
    ],
)
def test_every_list_that_names_a_host_is_found_with_what_contradicts_it(
    ruleset: Ruleset, host: str, found: list[tuple[str | None, str, tuple[str, ...], str]]
) -> None:
    assert said(ruleset, host) == found


@pytest.mark.parametrize(
    "host", ["www.filth.example", "teaches.example", "a.mine.example", "pornhub.com", "zalo.me"]
)
def test_what_is_shown_as_obeyed_is_what_the_engine_obeys(ruleset: Ruleset, host: str) -> None:
    shown = {
        (one.source, topic)
        for one in look_up(ruleset, host)
        if one.is_obeyed and not one.is_pages
        for topic in one.topics
    }
    obeyed = {(one.source, one.topic) for one in ruleset.listings.said_of(host).topics}
    assert shown == obeyed


def test_the_words_of_a_correction_come_along(ruleset: Ruleset) -> None:
    (finding,) = look_up(ruleset, "mine.example")
    assert finding.correction
    assert finding.correction.note == "ours"


def test_single_pages_are_found_at_their_host_only(ruleset: Ruleset) -> None:
    (finding,) = look_up(ruleset, "blogs.example")
    assert (finding.source, finding.topics, finding.is_pages) == ("plain", ("plain",), True)
    assert look_up(ruleset, "www.blogs.example") == ()
    assert look_up(ruleset, "off.example") == ()
