"""A parent's answers."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from rules.facts import Grant
from rules.policy import Action
from store import audit, facts, policies
from store.settings import Settings
from tests.admin.family import NOW, RULES, Clock, Parent, grant, log, record

SCRATCH = {
    "address": "https://scratch.mit.edu/",
    "profile": "younger",
    "action": "allow",
    "site": "mit.edu",
    "back": "/activity",
}


def only(engine: Engine, moment: datetime = NOW) -> Grant:
    (found,) = facts.live_grants(engine, moment)
    return found


@pytest.mark.parametrize(
    ("answer", "profile", "ends", "words"),
    [
        (
            "30m:younger",
            "younger",
            NOW + timedelta(minutes=30),
            "Allowed mit.edu for Younger child. It ends today at 16:30.",
        ),
        (
            "30m:",
            None,
            NOW + timedelta(minutes=30),
            "Allowed mit.edu for everyone. It ends today at 16:30.",
        ),
        (
            "tonight:younger",
            "younger",
            datetime(2026, 11, 24, 17, 0, tzinfo=UTC),
            "It ends at midnight.",
        ),
    ],
)
def test_an_answer_for_a_while_is_a_grant(
    parent: Parent,
    sqlite_engine: Engine,
    *,
    answer: str,
    profile: str | None,
    ends: datetime,
    words: str,
) -> None:
    page = parent.see("/answer", answer=answer, **SCRATCH).text
    assert words in page
    found = only(sqlite_engine)
    assert (found.site, found.profile, found.ends, found.by) == ("mit.edu", profile, ends, "Lan")
    assert audit.read(sqlite_engine, 1)[0].what == "grant"


def test_only_the_host_can_be_meant(parent: Parent, sqlite_engine: Engine) -> None:
    parent.post("/answer", answer="30m:younger", **SCRATCH | {"site": "scratch.mit.edu"})
    assert only(sqlite_engine).site == "scratch.mit.edu"


def test_an_allowed_site_can_be_paused(parent: Parent, sqlite_engine: Engine) -> None:
    pause = {
        "address": "https://example.com/",
        "profile": "teen",
        "action": "block",
        "site": "example.com",
    }
    page = parent.see("/answer", answer="30m:teen", back="/activity", **pause).text
    assert "Blocked example.com for Teen." in page
    assert only(sqlite_engine).action is Action.BLOCK


def test_the_second_click_gives_no_second_grant(
    parent: Parent, sqlite_engine: Engine, clock: Clock
) -> None:
    parent.post("/answer", answer="30m:younger", **SCRATCH)
    clock.wind(timedelta(seconds=2))
    page = parent.see("/answer", answer="30m:younger", **SCRATCH).text
    assert "Allowed mit.edu for Younger child." in page
    only(sqlite_engine, clock())


def test_undo_ends_the_grant(parent: Parent, sqlite_engine: Engine) -> None:
    page = parent.see("/answer", answer="30m:younger", **SCRATCH).text
    undo = f"/grants/{only(sqlite_engine).id}/end"
    assert f'action="{undo}"' in page
    parent.post(undo, back="/activity")
    assert facts.live_grants(sqlite_engine, NOW) == ()
    page = parent.see(undo, back="/activity").text
    assert "That was over already." in page


def test_always_is_a_line_of_the_rules_and_keeps_the_comments(
    parent: Parent, settings: Settings, sqlite_engine: Engine
) -> None:
    page = parent.see("/answer", answer="always:younger", **SCRATCH).text
    assert "It is now a line of the rules." in page
    text = settings.rules_path.read_text()
    assert "- mit.edu" in text
    assert "# for school" in text
    newest = policies.newest(sqlite_engine)
    assert newest
    assert (newest.text, newest.who, newest.why) == (
        text,
        "Lan",
        "Allowed mit.edu for Younger child.",
    )


def test_always_for_everyone_is_a_line_of_everyone(parent: Parent, settings: Settings) -> None:
    parent.post("/answer", answer="always:", **SCRATCH)
    assert "everyone:" in settings.rules_path.read_text()


def test_undo_of_always_brings_the_old_text_back(
    parent: Parent, settings: Settings, sqlite_engine: Engine
) -> None:
    page = parent.see("/answer", answer="always:younger", **SCRATCH).text
    newer, older = policies.history(sqlite_engine, 2)
    undo = f"/rules/history/{older.revision}/restore"
    assert f'action="{undo}"' in page
    parent.post(undo, base=newer.revision)
    assert settings.rules_path.read_text() == RULES
    assert audit.read(sqlite_engine, 1)[0].what == "undo"


def test_always_said_twice_is_one_line(parent: Parent, settings: Settings) -> None:
    parent.post("/answer", answer="always:younger", **SCRATCH)
    parent.post("/answer", answer="always:younger", **SCRATCH)
    assert settings.rules_path.read_text().count("mit.edu") == 1


def test_what_is_never_open_is_said_and_nothing_is_done(
    parent: Parent, settings: Settings, sqlite_engine: Engine
) -> None:
    never = SCRATCH | {"address": "https://pornhub.com/", "site": "pornhub.com"}
    for span in ("30m", "tonight", "always"):
        page = parent.see("/answer", answer=f"{span}:younger", **never).text
        assert "This will not open it: never open" in page
    assert facts.live_grants(sqlite_engine, NOW) == ()
    assert settings.rules_path.read_text() == RULES


def test_always_without_time_today_is_written_and_says_that_it_waits(
    parent: Parent, settings: Settings
) -> None:
    text = RULES.replace("    time:\n", "    time:\n      budgets: {everything: 0m}\n", 1)
    settings.rules_path.write_text(text)
    page = parent.see("/answer", answer="always:younger", **SCRATCH).text
    assert "It counts once this is over: no time left today for “everything”" in page
    assert "mit.edu" in settings.rules_path.read_text()


def test_always_outside_the_hours_is_written_and_says_that_it_waits(
    parent: Parent, clock: Clock, settings: Settings
) -> None:
    clock.wind(timedelta(hours=5))  # 21:00
    page = parent.see("/answer", answer="always:younger", **SCRATCH).text
    assert "It counts once this is over: outside the hours" in page
    assert "- mit.edu" in settings.rules_path.read_text()


def test_a_pause_that_holds_is_named(parent: Parent, sqlite_engine: Engine) -> None:
    facts.add_grant(sqlite_engine, grant(action=Action.BLOCK))
    page = parent.see("/answer", answer="30m:younger", **SCRATCH).text
    assert "This will not open it: closed by a parent" in page


def test_a_broken_file_takes_no_line(parent: Parent, settings: Settings) -> None:
    settings.rules_path.write_text("profiles: [")
    page = parent.see("/answer", answer="always:younger", **SCRATCH).text
    assert "Mend it first" in page
    assert settings.rules_path.read_text() == "profiles: ["


@pytest.mark.parametrize(
    "change",
    [
        {"answer": "for-ever:younger"},
        {"answer": "30m:teen"},
        {"answer": ""},
        {"action": "explode"},
        {"profile": "nobody"},
        {"site": "edu"},
        {"site": "example.com"},
        {"address": "javascript:alert(1)"},
        {"address": ""},
    ],
)
def test_a_form_that_these_pages_never_made_does_nothing(
    parent: Parent, sqlite_engine: Engine, change: dict[str, str]
) -> None:
    form = {"answer": "30m:younger"} | SCRATCH | change
    assert parent.post("/answer", **form).status_code == 400
    assert facts.live_grants(sqlite_engine, NOW) == ()


def test_the_answer_leads_back_to_these_pages_only(parent: Parent) -> None:
    form = SCRATCH | {"back": "//evil.example"}
    assert parent.post("/answer", answer="30m:younger", **form).location == "/"


def test_the_buttons_on_the_page_do_what_they_say(parent: Parent, sqlite_engine: Engine) -> None:
    log(sqlite_engine, record())
    page = parent.get("/activity").text
    for name, value in SCRATCH.items():
        assert f'name="{name}" value="{value}"' in page
    assert 'value="tonight:younger"' in page


def test_an_answer_that_breaks_an_expectation_is_not_written_and_says_which(
    parent: Parent, settings: Settings
) -> None:
    expecting = RULES + "expect:\n  - {who: younger, url: scratch.mit.edu, is: blocked}\n"
    settings.rules_path.write_text(expecting)
    page = parent.see("/answer", answer="always:younger", **SCRATCH).text
    assert (
        "With this the rules would be refused: https://scratch.mit.edu/ should be blocked" in page
    )
    assert settings.rules_path.read_text() == expecting
