"""What in the family's calendar is probably not meant."""

from datetime import UTC, datetime

import pytest

from rules.catalog import Catalog
from rules.check_times import time_suspicions
from rules.compile import compile_policy
from rules.policy_text import parse
from rules.witness import Prover

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HEAD = "porchlight: 1\ntimezone: UTC\n"


def said(text: str, catalog: Catalog) -> list[str]:
    """The warnings on the lines below the head, the first of which is line 1."""
    rules = compile_policy(parse(HEAD + text, file="family.yaml", catalog=catalog), catalog)
    found = Prover(ruleset=rules, moment=NOON).prove(time_suspicions(rules, NOON))
    return [f"{problem.line - 2}: {problem.message}" for problem in found]


def windows(written: str) -> str:
    return f"profiles:\n  unknown:\n    time:\n      windows: {{{written}}}\n"


def test_anytime_without_windows_changes_nothing(catalog: Catalog) -> None:
    assert said("anytime: [games]\n", catalog) == [
        "1: anytime: changes nothing: no profile has windows"
    ]
    assert said("anytime: [games]\n" + windows("every_day: [07:00-20:00]"), catalog) == []


def test_a_day_without_a_window_is_told(catalog: Catalog) -> None:
    text = windows("school: [07:00-20:00], sat: [07:00-20:00], sun: []")
    text += "days: {school: [mon, tue, wed]}\n"
    assert said(text, catalog) == ["4: unknown has no window on thu, fri: closed all day"]


def test_a_holiday_without_a_window_is_told(catalog: Catalog) -> None:
    holiday = (
        "days: {free: [sat]}\nholidays:\n  tet: {from: 2027-02-03, to: 2027-02-12, use: free}\n"
    )
    weekdays = ", ".join(f"{day}: [07:00-20:00]" for day in "mon tue wed thu fri sat sun".split())
    assert said(holiday + windows(weekdays), catalog) == [
        "3: unknown has no window for free: closed all day during tet"
    ]
    assert said(holiday + windows("every_day: [07:00-20:00]"), catalog) == []
    over = holiday.replace("2027-", "2026-")
    assert said(over + windows(weekdays), catalog) == []
    today_closed = weekdays.replace("tue: [07:00-20:00]", "tue: []")
    assert said(over + windows(today_closed), catalog) == []


def test_windows_of_a_kind_of_day_that_never_comes_are_told(catalog: Catalog) -> None:
    text = windows("every_day: [17:00-20:00], camp: [08:00-09:00]") + "days: {camp: []}\n"
    holiday = "holidays: {tet: {from: 2027-02-03, to: 2027-02-12, use: camp}}\n"
    assert said(text, catalog) == ["4: no day is camp, so its windows never open"]
    assert said(text + holiday, catalog) == []
    assert len(said(text + holiday.replace("2027-", "2026-"), catalog)) == 1


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("every_day: [07:00-12:00, 11:00-13:00]", "11:00-13:00 on every_day overlaps 07:00-12:00"),
        ("every_day: [07:00-20:00], mon: [19:00-21:00]", "19:00-21:00 on mon overlaps 07:00-20:00"),
        ("every_day: [22:00-01:00, 00:30-02:00]", "00:30-02:00 on every_day overlaps 22:00-01:00"),
        ("every_day: [00:00-24:00, 08:00-09:00]", "08:00-09:00 on every_day overlaps 00:00-24:00"),
    ],
)
def test_windows_that_overlap_are_told(written: str, told: str, catalog: Catalog) -> None:
    assert f"4: {told} in line 6" in said(windows(written), catalog)


def test_sunday_night_meets_monday_morning(catalog: Catalog) -> None:
    rest = ", ".join(f"{day}: []" for day in "tue wed thu fri sat".split())
    found = said(windows(f"sun: [22:00-01:00], mon: [00:30-02:00], {rest}"), catalog)
    assert found == ["4: 00:30-02:00 on mon overlaps 22:00-01:00 in line 6"]


def test_windows_that_touch_do_not_overlap(catalog: Catalog) -> None:
    assert said(windows("every_day: [07:00-12:00, 12:00-13:00, 22:00-00:30]"), catalog) == []


def test_a_long_night_is_said_back_in_words(catalog: Catalog) -> None:
    assert said(windows("every_day: [20:00-07:30]"), catalog) == [
        "4: 20:00-07:30 is open for 11.5 hours, until the next morning"
    ]
    assert said(windows("every_day: [08:00-24:00]"), catalog) == []
    rest = ", ".join(f"{day}: []" for day in "mon tue wed thu fri sun".split())
    assert said(windows(f"sat: [20:00-07:30], {rest}"), catalog) == [
        "4: 20:00-07:30 is open for 11.5 hours, until the next morning"
    ]
