"""The calendar in words."""

import pytest

from rules.catalog import Catalog
from rules.policy import Language
from rules.policy_text import parse
from rules.say_times import calendar, hours
from rules.voice import Voice

HEAD = """\
porchlight: 1
timezone: Asia/Ho_Chi_Minh
days: {school_night: [mon, tue, wed, thu, sun], free_night: [fri, sat], off: []}
holidays: {tet: {from: 2027-02-03, to: 2027-02-12, use: free_night}}
profiles:
  na:
    time:
      windows:
"""
ANYWAY = "Outside these hours only this stays open: the help sites."
TET = "“tet” (3 February to 12 February 2027)"


def said(windows: str, catalog: Catalog, head: str = HEAD) -> list[str]:
    policy = parse(head + windows, file="f", catalog=catalog)
    voice = Voice(policy=policy, catalog=catalog, language=Language.ENGLISH)
    return [one.text for one in hours(voice, policy.profiles["na"])]


def test_hours_are_told_by_the_family_s_own_kinds_of_day(catalog: Catalog) -> None:
    windows = """\
        school_night: ["17:00-20:00", "06:30-07:15"]
        free_night: ["07:00-21:00"]
"""
    assert said(windows, catalog) == [
        "“school night” (Sunday to Thursday): open from 06:30 to 07:15 and from 17:00 to 20:00.",
        "“free night” (Friday and Saturday): open from 07:00 to 21:00.",
        f"{TET}: open from 07:00 to 21:00.",
        ANYWAY,
    ]


def test_days_that_several_kinds_fit_are_told_as_they_are(catalog: Catalog) -> None:
    windows = """\
        every_day: ["07:00-08:00"]
        mon: ["17:00-20:00"]
        tue: ["17:00-20:00"]
"""
    assert said(windows, catalog) == [
        "Monday and Tuesday: open from 07:00 to 08:00 and from 17:00 to 20:00.",
        "Wednesday to Sunday: open from 07:00 to 08:00.",
        f"{TET}: open from 07:00 to 08:00.",
        ANYWAY,
    ]


@pytest.mark.parametrize(
    ("window", "span"),
    [
        ("17:00-20:00", "from 17:00 to 20:00"),
        ("17:00-00:00", "from 17:00 to midnight"),
        ("17:00-24:00", "from 17:00 to midnight"),
        ("22:00-00:30", "from 22:00 to 00:30 the next day"),
        ("00:00-24:00", "all day"),
    ],
)
def test_a_window_is_said_as_people_say_it(window: str, span: str, catalog: Catalog) -> None:
    assert said(f'        every_day: ["{window}"]\n', catalog)[0] == f"Every day: open {span}."


def test_days_without_a_window_are_closed(catalog: Catalog) -> None:
    assert said('        sat: ["07:00-21:00"]\n        off: ["08:00-09:00"]\n', catalog) == [
        "Sunday to Friday: closed all day.",
        "Saturday: open from 07:00 to 21:00.",
        f"{TET}: closed all day.",
        "“off” (no day of the week): open from 08:00 to 09:00.",
        ANYWAY,
    ]


def test_no_windows_are_all_hours(catalog: Catalog) -> None:
    assert said("", catalog, HEAD.partition("    time:")[0]) == [
        "The internet is open at all hours."
    ]


def test_what_is_open_at_any_hour_is_named_where_the_hours_are(catalog: Catalog) -> None:
    head = "anytime: [a.com, {site: b.com, until: 2026-12-20}]\n" + HEAD
    assert said('        every_day: ["07:00-08:00"]\n', catalog, head)[-1] == (
        "Outside these hours only this stays open: "
        "the help sites, a.com and b.com (until the end of 20 December 2026)."
    )


def test_the_calendar_names_its_clock_its_days_and_holidays(catalog: Catalog) -> None:
    head = HEAD.replace("free_night}}", "sat}, one: {from: 2027-03-01, to: 2027-03-01, use: off}}")
    text = head.partition("profiles:")[0]
    voice = Voice(
        policy=parse(text, file="f", catalog=catalog), catalog=catalog, language=Language.ENGLISH
    )
    assert [(one.text, one.lines) for one in calendar(voice)] == [
        ("All hours are by the clock of Asia/Ho_Chi_Minh.", (2,)),
        ("“school night”: Sunday to Thursday.", (3,)),
        ("“free night”: Friday and Saturday.", (3,)),
        ("“off”: no day of the week.", (3,)),
        (f"{TET}: the hours of Saturday.", (4,)),
        ("“one” (1 March 2027): the hours of “off”.", (4,)),
    ]


def test_hours_name_the_lines_of_their_windows(catalog: Catalog) -> None:
    windows = """\
        mon:
          - "07:00-08:00"
          - "09:00-10:00"
        tue: []
"""
    policy = parse(HEAD + windows, file="f", catalog=catalog)
    voice = Voice(policy=policy, catalog=catalog, language=Language.ENGLISH)
    found = {one.text: one.lines for one in hours(voice, policy.profiles["na"])}
    assert found["Monday: open from 07:00 to 08:00 and from 09:00 to 10:00."] == (9, 10, 11)
    assert found["Tuesday to Sunday: closed all day."] == (12,)
    assert found[f"{TET}: closed all day."] == (4, 8)
