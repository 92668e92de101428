"""The first page."""

from datetime import timedelta

from sqlalchemy import Engine

from rules.decision import Reason
from rules.policy import Action, LogLevel
from store import decisions, facts
from store.settings import Settings
from tests.admin.family import NOW, RULES, Parent, grant, log, record, work


def test_a_fresh_house_shows_how_to_set_up_a_device(parent: Parent) -> None:
    page = parent.get("/").text
    assert "No device has gone through Porchlight yet" in page
    assert "curl -x http://localhost:8080" in page
    assert "It has not been started yet." in page


def test_a_working_filter_is_said_with_since_when(parent: Parent, sqlite_engine: Engine) -> None:
    work(sqlite_engine)
    page = parent.get("/").text
    assert "Porchlight is working" in page
    assert "today at 15:58" in page


def test_a_broken_file_is_said_with_its_line(
    parent: Parent, sqlite_engine: Engine, settings: Settings
) -> None:
    work(sqlite_engine)
    settings.rules_path.write_text(RULES.replace("default: block", "default: maybe"))
    page = parent.get("/").text
    assert 'href="/rules#line-13"' in page
    assert "the last good rules stay" in page.lower()
    assert "Porchlight is working" not in page
    assert "Younger child" in page or "No device" in page


def test_a_vanished_file_is_said(parent: Parent, settings: Settings) -> None:
    settings.rules_path.unlink()
    answer = parent.get("/")
    assert answer.status_code == 200
    assert "rule file has a mistake" in answer.text
    assert "the file cannot be read: No such file or directory" in answer.text


def test_a_file_that_is_no_text_is_said_in_the_page_s_language(
    parent: Parent, settings: Settings
) -> None:
    parent.client.set_cookie("porchlight_language", "vi")
    settings.rules_path.write_bytes(b"porchlight: 1\n\xff")
    page = parent.get("/").text
    assert "family.yaml:2" in page
    assert "tệp không phải văn bản UTF-8" in page


def test_a_mistake_that_the_page_has_found_itself_is_not_told_in_the_filter_s_words_too(
    parent: Parent, sqlite_engine: Engine, settings: Settings
) -> None:
    work(sqlite_engine, problem="family.yaml:13: maybe is odd")
    assert "maybe is odd" in parent.get("/").text
    settings.rules_path.write_text(RULES.replace("default: block", "default: maybe"))
    page = parent.get("/").text
    assert "maybe is odd" not in page
    assert "maybe is not one of allow, block" in page


def test_lost_lines_are_said(parent: Parent, sqlite_engine: Engine) -> None:
    work(sqlite_engine, dropped=1)
    assert "1 line of the log was lost" in parent.get("/").text


def test_the_day_s_numbers_are_by_profile_and_reason(parent: Parent, sqlite_engine: Engine) -> None:
    log(
        sqlite_engine,
        record(id="A"),
        record(id="B"),
        record(id="C", action=Action.ALLOW, profile="teen"),
        record(id="D", at=NOW - timedelta(hours=17)),  # 23:00 of yesterday at home
    )
    page = parent.get("/").text
    assert "<td>0</td><td>2</td>" in page
    assert "<td>1</td><td>0</td>" in page
    assert (
        'reason=default&amp;action=block&amp;since=today">No rule names it</a></th><td>2</td>'
        in page
    )


def test_who_is_only_counted_is_counted(
    parent: Parent, sqlite_engine: Engine, settings: Settings
) -> None:
    text = RULES.replace("    name: Teen\n", f"    name: Teen\n    log: {LogLevel.COUNTS.value}\n")
    settings.rules_path.write_text(text)
    today = NOW.date()
    decisions.count(sqlite_engine, today, "teen", Action.BLOCK, Reason.SITE, 7)
    decisions.count(sqlite_engine, today, "younger", Action.BLOCK, Reason.SITE, 9)
    page = parent.get("/").text
    assert "<td>0</td><td>7</td>" in page
    assert "<td>9</td>" not in page


def test_live_answers_can_be_ended(parent: Parent, sqlite_engine: Engine) -> None:
    log(sqlite_engine, record())
    facts.add_grant(sqlite_engine, grant(id="g1", site="mit.edu", profile="younger"))
    facts.add_grant(sqlite_engine, grant(id="g2", site=None, profile=None, action=Action.BLOCK))
    page = parent.get("/").text
    assert "mit.edu is open for Younger child" in page
    assert "the internet is closed for everyone" in page
    parent.post("/grants/g1/end", back="/")
    page = parent.get("/").text
    assert "Done. The rules decide again." in page
    assert "mit.edu is open for Younger child" not in page
