from datetime import UTC, timedelta, timezone

import pytest

from rules.policy import Language
from store.list_copies import Copy, Problem
from store.list_faults import Fault
from store.list_progress import Step
from store.list_status import State, Status
from store.list_words import STATES, STEPS, WHY, number, problem_words, status_words
from tests.store.list_house import copy_of, problem_of

EN, VI = Language.ENGLISH, Language.VIETNAMESE
COPY = copy_of("bets")


def status(state: State, copy: Copy | None, problem: Problem | None = None) -> Status:
    return Status(key="bets", state=state, copy=copy, problem=problem, is_in_force=True)


@pytest.mark.parametrize("language", Language)
def test_everything_can_be_said_in_each_language(language: Language) -> None:
    assert set(WHY[language]) == set(Fault)
    assert set(STATES[language]) == set(State)
    assert set(STEPS[language]) == set(Step)


def test_both_languages_name_the_same_details() -> None:
    for fault in Fault:
        assert ("{detail}" in WHY[EN][fault]) == ("{detail}" in WHY[VI][fault])


def test_a_problem_names_its_detail() -> None:
    shrunk = problem_of(Fault.SHRUNK, "1 < 10")
    assert problem_words(shrunk, EN) == "it has lost more than half of its entries (1 < 10)"
    assert problem_words(shrunk, VI) == "danh sách mất hơn một nửa số mục (1 < 10)"


def test_a_strangers_words_steer_no_terminal_and_no_template() -> None:
    said = problem_words(problem_of(Fault.ALARM, "\x1b[2Jgoogle.com\x9b{why}\n"), EN)
    assert said == "it would block \ufffd[2Jgoogle.com\ufffd{why}\ufffd, so nobody has looked at it"


def test_a_list_that_waits_is_fresh_or_old() -> None:
    assert status_words(status(State.WAITING, None), EN) == "waits for its first copy"
    fresh = status(State.FRESH, COPY)
    assert status_words(fresh, EN, UTC) == "fresh, asked for at 2126-11-24 12:00"
    saigon = timezone(timedelta(hours=7))
    assert status_words(fresh, VI, saigon) == "còn mới, hỏi lần cuối lúc 2126-11-24 19:00"


def test_a_list_that_fails_says_whether_a_copy_stays() -> None:
    cut = problem_of(Fault.CUT)
    said = "failing since 2126-11-22 12:00: it broke off halfway"
    assert status_words(status(State.FAILING, None, cut), EN, UTC) == said
    assert (
        status_words(status(State.FAILING, COPY, cut), EN, UTC)
        == f"{said}; the copy of 2126-11-23 12:00 stays"
    )


def test_numbers_are_written_as_each_language_does() -> None:
    assert (number(1234567, EN), number(1234567, VI)) == ("1,234,567", "1.234.567")
