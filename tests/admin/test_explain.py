"""Why?"""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from rules.decision import Reason
from rules.passages import LASTS, new_passage
from rules.policy import Action
from store import passages
from store.settings import Settings
from tests.admin.family import NOW, RULES, Clock, Parent, log, record


def test_a_line_of_the_log_is_told_as_it_was_decided(parent: Parent, sqlite_engine: Engine) -> None:
    log(sqlite_engine, record(until=NOW + timedelta(hours=4)))
    page = parent.get("/activity/7Q2MZK4T9BXD").text
    assert "Why was this blocked?" in page
    assert "7Q2MZK4T9BXD" in page
    assert "24 Nov 2026, 16:00:00" in page
    assert "family.yaml:13" in page
    assert "today at 20:00" in page


def test_the_questions_are_numbered_and_one_decides(parent: Parent, sqlite_engine: Engine) -> None:
    log(sqlite_engine, record())
    page = parent.get("/activity/7Q2MZK4T9BXD").text
    assert '<ol class="questions">' in page
    assert page.count("This decides") == 1
    assert "Who asks? Younger child" in page
    assert "What would change it" in page
    assert "Allow scratch.mit.edu for Younger child: line 14 of the rules." in page


def test_what_changed_since_is_seen(
    parent: Parent, sqlite_engine: Engine, settings: Settings
) -> None:
    log(sqlite_engine, record())
    settings.rules_path.write_text(RULES.replace("wikipedia.org", "scratch.mit.edu"))
    page = parent.get("/activity/7Q2MZK4T9BXD").text
    assert page.count('class="badge blocked"') == 1
    assert page.count('class="badge allowed"') == 1


def test_what_passed_unopened_says_by_whose_leave_and_until_when(
    parent: Parent, sqlite_engine: Engine, clock: Clock
) -> None:
    allowed = {"action": Action.ALLOW, "profile": "teen", "device": "phone"}
    log(sqlite_engine, record("api.shopee.vn", seal="passage", **allowed))
    leave = new_passage("phone", "shopee.vn", by="Lan", moment=NOW)
    passages.give(sqlite_engine, [leave])
    page = parent.get("/activity/7Q2MZK4T9BXD").text
    assert "Passes unopened: Lan let it through on this device." in page
    assert "That ends on 1 December at 16:00." in page
    clock.wind(LASTS)
    assert "Passed unopened:" in parent.get("/activity/7Q2MZK4T9BXD").text


def test_what_is_never_opened_says_what_it_is(parent: Parent, sqlite_engine: Engine) -> None:
    log(sqlite_engine, record("momo.vn", seal="bank"))
    page = parent.get("/activity/7Q2MZK4T9BXD").text
    assert "Never opened: this is a bank or a payment service." in page
    log(sqlite_engine, record("other.example", id="7Q2MZK4T9BXE"))
    assert "<dt>How deep</dt>" not in parent.get("/activity/7Q2MZK4T9BXE").text


def test_a_line_that_is_gone_says_so(parent: Parent) -> None:
    answer = parent.get("/activity/AAAAAAAAAAAA")
    assert answer.status_code == 404
    assert "no longer in the log" in answer.text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("address=scratch.mit.edu&profile=younger", "the profile blocks the rest"),
        ("address=http://wikipedia.org/wiki&profile=younger", "allowed by “wikipedia.org”"),
        ("address=wikipedia.org&profile=younger&at=2026-11-24T21:00", "outside the hours"),
        ("address=pornhub.com&profile=teen", "never open"),
        ("address=tiktok.com&profile=teen", "blocked by “tiktok.com”"),
    ],
)
def test_any_address_can_be_tried(parent: Parent, query: str, words: str) -> None:
    assert words in parent.get(f"/explain?{query}").text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("address=not+an+address&profile=younger", "not an address"),
        ("address=a.example&profile=nobody", "not in the rules any more"),
        ("address=a.example&profile=younger&at=yesterday", "cannot be read"),
        ("address=a.example&profile=younger&at=2026-11-24T21:00Z", "cannot be read"),
    ],
)
def test_what_is_wrong_with_a_question_is_said(parent: Parent, query: str, words: str) -> None:
    answer = parent.get(f"/explain?{query}")
    assert answer.status_code == 200
    assert words in answer.text


def test_the_empty_form_asks_nothing(parent: Parent) -> None:
    assert "What the rules say now" not in parent.get("/explain").text


def test_another_hour_has_no_buttons(parent: Parent) -> None:
    now = parent.get("/explain?address=scratch.mit.edu&profile=younger").text
    later = parent.get("/explain?address=scratch.mit.edu&profile=younger&at=2026-11-25T10:00").text
    assert 'name="answer"' in now
    assert 'name="answer"' not in later
    assert "tomorrow at 10:00" in later


def test_hostile_addresses_are_text(parent: Parent, sqlite_engine: Engine) -> None:
    page = parent.get('/explain?address="><script>alert(1)</script>&profile=younger').text
    assert "<script" not in page
    log(sqlite_engine, record("<script>", reason=Reason.SITE, entry="<script>"))
    assert "<script" not in parent.get("/activity/7Q2MZK4T9BXD").text


def test_what_is_changed_on_the_way_is_told_with_its_line(
    parent: Parent, settings: Settings
) -> None:
    settings.rules_path.write_text(
        RULES.replace("    name: Teen\n", "    name: Teen\n    search: {safe: strict}\n")
    )
    page = parent.get("/explain?address=www.google.com.vn/search?q=cat&profile=teen").text
    assert "Safe search is on: the search engine leaves out what is meant for grown-ups" in page
    assert "family.yaml:21</a>" in page
    other = parent.get("/explain?address=wikipedia.org&profile=teen").text
    assert "Safe search" not in other
