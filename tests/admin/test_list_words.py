"""Lists in plain words."""

from datetime import timedelta

import pytest
from flask import Flask, g

from admin.list_words import age_words, fault_words, progress_words, skip_names, stays_words
from rules.list_names import Skip
from rules.policy import Language
from rules.subscription import Subscription
from store.list_copies import Problem
from store.list_faults import Fault
from store.list_progress import Progress, Step
from store.list_status import read_statuses
from store.settings import Settings
from tests.admin.family import NOW
from tests.admin.listed import keep, refuse

WEB = Subscription(key="bets", line=1, category="gambling", url="https://lists.example/bets.txt")
FILE = Subscription(key="bets", line=1, category="gambling", file="bets.txt")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("fault", Fault)
def test_every_fault_is_a_sentence(app: Flask, language: Language, fault: Fault) -> None:
    problem = Problem(fault=fault, detail="x < y", source="", at=NOW, since=NOW, tries=1)
    with app.test_request_context():
        g.language = language
        words = fault_words(problem)
    assert words[0].isupper()
    assert words.endswith(".")


def test_a_web_page_in_a_list_s_place_is_named(app: Flask) -> None:
    problem = Problem(fault=Fault.WEB_PAGE, detail="", source="", at=NOW, since=NOW, tries=1)
    with app.test_request_context():
        g.language = Language.ENGLISH
        assert fault_words(problem) == "A web page came in its place."


def test_every_reason_to_skip_has_a_name(app: Flask) -> None:
    with app.test_request_context():
        assert set(skip_names()) == set(Skip)


@pytest.mark.parametrize(
    ("step", "total", "english", "vietnamese"),
    [
        (Step.FETCH, 9_700_000, "Fetching: 3.1 of 9.7 MB…", "Đang tải: 3,1 trên 9,7 MB…"),
        (Step.FETCH, None, "Fetching: 3.1 MB so far…", "Đang tải: được 3,1 MB…"),
        (Step.READ, None, "Reading it through…", "Đang đọc qua…"),
        (Step.COMPILE, None, "Putting all lists together…", "Đang gộp các danh sách…"),
    ],
)
def test_progress_is_told(
    app: Flask, step: Step, total: int | None, *, english: str, vietnamese: str
) -> None:
    progress = Progress(
        key="bets", step=step, done_bytes=3_140_000, total_bytes=total, at=NOW, pid=1
    )
    with app.test_request_context():
        for g.language, words in (
            (Language.ENGLISH, english),
            (Language.VIETNAMESE, vietnamese),
        ):
            assert progress_words(progress) == words


def age(app: Flask, settings: Settings, subscription: Subscription) -> tuple[str, str]:
    (status,) = read_statuses(
        {"bets": subscription}, settings.lists_dir, table=None, moment=NOW + timedelta(hours=1)
    )
    with app.test_request_context():
        g.language = Language.ENGLISH
        return age_words(status, subscription), stays_words(status)


def test_the_age_is_the_hour_at_which_the_source_had_this_one(
    app: Flask, settings: Settings
) -> None:
    keep(settings, "bets", "bet.example\n")
    assert age(app, settings, WEB)[0] == "Fetched today at 16:00."
    assert age(app, settings, FILE)[0] == "Read from your file today at 16:00."


def test_an_old_list_says_when_it_was_had_last(app: Flask, settings: Settings) -> None:
    keep(settings, "bets", "bet.example\n", moment=NOW - timedelta(days=4))
    assert age(app, settings, WEB)[0] == "Last fetched on 20 November at 16:00."


def test_a_list_that_never_came_waits_or_has_no_copy(app: Flask, settings: Settings) -> None:
    settings.lists_dir.mkdir()
    assert age(app, settings, WEB)[0] == "Waiting for its first copy."
    refuse(settings, "bets", Fault.SLOW)
    assert age(app, settings, WEB) == ("", "There is no copy of it yet.")


def test_what_fails_leaves_the_last_copy_in_force(app: Flask, settings: Settings) -> None:
    keep(settings, "bets", "bet.example\n", moment=NOW - timedelta(hours=20))
    refuse(settings, "bets", Fault.SLOW)
    stays = "The copy that was fetched on 23 November at 20:00 stays in force."
    assert age(app, settings, WEB)[1] == stays
