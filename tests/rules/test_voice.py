"""Lists, days, dates and lines as they stand in a sentence."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from rules.catalog import Catalog
from rules.policy import Language, Policy, Weekday
from rules.voice import Voice, line_words, name_words, stretches

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
POLICY = Policy(file="family.yaml", revision="0", timezone=ZONE.key, lines={"a": 3, "b": 1})
ENGLISH, VIETNAMESE = (
    Voice(policy=POLICY, catalog=Catalog(), language=language) for language in Language
)


@pytest.mark.parametrize(
    ("words", "english", "vietnamese"),
    [
        (["a"], "a", "a"),
        (["a", "b"], "a and b", "a và b"),
        (["a", "b", "c"], "a, b and c", "a, b và c"),
        (["a", "b (c, d and e)"], "a and b (c, d and e)", "a và b (c, d and e)"),
    ],
)
def test_words_are_joined_as_people_join_them(
    words: list[str], english: str, vietnamese: str
) -> None:
    assert ENGLISH.joined(words) == english
    assert VIETNAMESE.joined(words) == vietnamese


def test_words_that_look_like_two_are_held_apart() -> None:
    assert ENGLISH.joined(["drugs", "films and videos"]) == "drugs; films and videos"
    assert ENGLISH.joined(["a", "rum, gin"]) == "a; rum, gin"
    assert VIETNAMESE.joined(["quảng cáo", "phim và video"]) == "quảng cáo; phim và video"
    assert ENGLISH.joined(["sand", "candy.example"]) == "sand and candy.example"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("", "no day of the week"),
        ("mon", "Monday"),
        ("sat sun", "Saturday and Sunday"),
        ("mon tue wed", "Monday to Wednesday"),
        ("sun mon tue wed thu", "Sunday to Thursday"),
        ("mon wed fri sat sun", "Wednesday and Friday to Monday"),
        ("mon tue wed thu fri sat sun", "every day"),
    ],
)
def test_days_that_follow_each_other_are_a_run(days: str, said: str) -> None:
    assert ENGLISH.days(Weekday[day.upper()] for day in days.split()) == said


def test_dates_and_moments_are_told_by_the_family_s_clock() -> None:
    assert ENGLISH.date(date(2026, 12, 1)) == "1 December 2026"
    assert ENGLISH.date(date(2026, 12, 1), has_year=False) == "1 December"
    assert VIETNAMESE.date(date(2026, 12, 1)) == "ngày 1 tháng 12 năm 2026"
    moment = datetime(2026, 12, 1, 17, tzinfo=ZONE).astimezone(ZoneInfo("UTC"))
    assert ENGLISH.moment(moment) == "17:00 on 1 December 2026"
    assert VIETNAMESE.moment(moment) == "17:00 ngày 1 tháng 12 năm 2026"


def test_a_name_is_read_without_its_underscores() -> None:
    assert name_words("school_night") == "school night"


def test_a_sentence_has_its_lines_in_order_and_each_once() -> None:
    assert ENGLISH.lines("a", "b", "c") == [3, 1]
    assert ENGLISH.says("rest.allow", [3, 1, 3]).lines == (1, 3)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((), ""),
        ((31,), "line 31"),
        ((3, 5), "lines 3, 5"),
        ((3, 7, 8, 9, 11), "lines 3, 7-9, 11"),
    ],
)
def test_lines_that_follow_each_other_are_one_stretch(lines: tuple[int, ...], said: str) -> None:
    assert line_words(lines, language=Language.ENGLISH) == said


def test_lines_are_named_in_vietnamese() -> None:
    assert line_words((3,), language=Language.VIETNAMESE) == "dòng 3"
    assert line_words((3, 4), language=Language.VIETNAMESE) == "các dòng 3-4"
    assert stretches((3, 4)) == ((3, 4),)
