"""The log as a page."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from admin.activity import PAGE
from rules.decision import Reason
from rules.policy import Action
from tests.admin.family import NOW, Parent, log, record

HOSTILE = '<script>alert("1")</script>'


@pytest.fixture
def busy(sqlite_engine: Engine) -> Engine:
    """A log with four lines that differ in all that can be filtered."""
    log(
        sqlite_engine,
        record("scratch.mit.edu", id="AAAAAAAAAAAA"),
        record("tiktok.com", id="BBBBBBBBBBBB", profile="teen", reason=Reason.SITE, line=20),
        record(
            "wikipedia.org",
            id="CCCCCCCCCCCC",
            action=Action.ALLOW,
            reason=Reason.SITE,
            at=NOW - timedelta(hours=2),
        ),
        record("old.example", id="DDDDDDDDDDDD", at=NOW - timedelta(days=8)),
    )
    return sqlite_engine


def test_an_empty_log_says_so(parent: Parent) -> None:
    assert "Nothing has been asked for yet." in parent.get("/activity").text


def test_a_line_says_when_who_what_and_why(parent: Parent, busy: Engine) -> None:
    page = parent.get("/activity").text
    assert ">16:00</time>" in page
    assert "Younger child" in page
    assert "scratch.mit.edu" in page
    assert "no rule speaks of it" in page
    assert '<a href="/rules#line-13">family.yaml:13</a>' in page
    assert 'href="/activity/AAAAAAAAAAAA"' in page
    assert "Monday, 16 November 2026" in page


@pytest.mark.parametrize(
    ("query", "hosts"),
    [
        ("", {"scratch.mit.edu", "tiktok.com", "wikipedia.org", "old.example"}),
        ("profile=teen", {"tiktok.com"}),
        ("action=allow", {"wikipedia.org"}),
        ("action=block", {"scratch.mit.edu", "tiktok.com", "old.example"}),
        ("reason=site", {"tiktok.com", "wikipedia.org"}),
        ("since=hour", {"scratch.mit.edu", "tiktok.com"}),
        ("since=today", {"scratch.mit.edu", "tiktok.com", "wikipedia.org"}),
        ("since=week", {"scratch.mit.edu", "tiktok.com", "wikipedia.org"}),
        ("search=MIT.edu", {"scratch.mit.edu"}),
        ("search=bbbbbbbbbbbb", {"tiktok.com"}),
        ("profile=younger&reason=site", {"wikipedia.org"}),
        (
            "action=maybe&reason=x&since=y",
            {"scratch.mit.edu", "tiktok.com", "wikipedia.org", "old.example"},
        ),
        ("search=nothing-like-it", set()),
    ],
)
def test_filters_narrow_the_log(parent: Parent, busy: Engine, query: str, hosts: set[str]) -> None:
    page = parent.get(f"/activity?{query}").text
    every = {"scratch.mit.edu", "tiktok.com", "wikipedia.org", "old.example"}
    assert {host for host in every if f">{host}</strong>" in page} == hosts
    assert ("Nothing matches." in page) is (not hosts)


@pytest.mark.parametrize(
    ("reason", "name", "why"),
    [
        (Reason.BUDGET, "No time left today", "no time left today for “video”"),
        (Reason.ASK, "Nobody has decided yet", "nobody has decided about it yet"),
    ],
)
def test_used_up_time_and_what_is_asked_for_are_told_and_filtered(
    parent: Parent, sqlite_engine: Engine, reason: Reason, name: str, why: str
) -> None:
    line = record("a.example", id="AAAAAAAAAAAA", reason=reason)
    log(sqlite_engine, replace(line, decision=replace(line.decision, entry="video")))
    log(sqlite_engine, record("b.example", id="BBBBBBBBBBBB"))
    page = parent.get(f"/activity?reason={reason.value}").text
    assert f"selected>{name}</option>" in page
    assert why in page
    assert "b.example" not in page


def test_the_filter_says_what_it_was_asked(parent: Parent, busy: Engine) -> None:
    page = parent.get("/activity?profile=teen&action=block&search=tik").text
    assert '<option value="teen" selected>' in page
    assert '<option value="block" selected>' in page
    assert 'value="tik"' in page


def test_older_lines_are_a_page_away(parent: Parent, sqlite_engine: Engine) -> None:
    log(
        sqlite_engine,
        *(
            record(f"n{n}.example", id=f"{n:012}", at=NOW - timedelta(seconds=n))
            for n in range(PAGE + 10)
        ),
    )
    first = parent.get("/activity?search=example").text
    assert "n0.example" in first
    assert "n50.example" not in first
    assert "search=example&amp;before=000000000049" in first
    second = parent.get("/activity?search=example&before=000000000049").text
    assert "n50.example" in second
    assert "n49.example" not in second
    assert "Older" not in second


def test_hostile_text_is_shown_and_never_run(parent: Parent, sqlite_engine: Engine) -> None:
    log(
        sqlite_engine,
        record(HOSTILE, path=f"/{HOSTILE}", entry=HOSTILE, reason=Reason.SITE, profile=HOSTILE),
    )
    page = parent.get("/activity").text
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "&lt;script&gt;" in parent.get(f"/activity?search={HOSTILE}&profile={HOSTILE}").text


def test_a_blocked_line_offers_to_allow_and_an_allowed_one_to_block(
    parent: Parent, busy: Engine
) -> None:
    blocked = parent.get("/activity?search=scratch").text
    assert "Allow for Younger child" in blocked
    assert "All of mit.edu" in blocked
    assert "Only scratch.mit.edu" in blocked
    allowed = parent.get("/activity?search=wikipedia").text
    assert "Block for Younger child" in allowed


def test_what_no_answer_opens_has_no_button(parent: Parent, sqlite_engine: Engine) -> None:
    never = record(
        "pornhub.com",
        reason=Reason.NEVER,
        entry="adult",
        category="adult",
        listed="pornhub.com",
        line=7,
    )
    log(sqlite_engine, never)
    page = parent.get("/activity").text
    assert "A parent&#39;s answer does not change this." in page
    assert 'name="answer"' not in page


def test_a_profile_that_left_the_rules_is_shown_by_its_key(
    parent: Parent, sqlite_engine: Engine
) -> None:
    log(sqlite_engine, record(profile="grandpa"))
    page = parent.get("/activity").text
    assert "grandpa" in page
    assert 'name="answer"' not in page


def test_an_address_that_is_none_has_no_button(parent: Parent, sqlite_engine: Engine) -> None:
    log(sqlite_engine, record("not a host", scheme="tcp"))
    page = parent.get("/activity").text
    assert "not a host" in page
    assert 'name="answer"' not in page


def test_an_ipv6_address_is_an_address(parent: Parent, sqlite_engine: Engine) -> None:
    log(sqlite_engine, record("2606:4700::1111", scheme="http", id="E"))
    assert 'value="http://[2606:4700::1111]/"' in parent.get("/activity").text
