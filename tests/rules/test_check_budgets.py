"""What in the family's budgets is probably not meant."""

import pytest

from rules.catalog import Catalog
from tests.rules.findings import found, tried
from tests.rules.findings import said as all_said

UNMEASURED = "this version does not measure time yet: of these budgets only 0m closes"
DAYS = "days: {school: [mon, tue, wed, thu, sun], free: [fri, sat]}\n"


def said(text: str, catalog: Catalog) -> list[str]:
    """The warnings on budgets that are not always told."""
    told = all_said(text, catalog)
    return [one for one in told if (UNMEASURED not in one and "budget" in one) or "used up" in one]


def budgets(written: str, more: str = "", windows: str = "") -> str:
    time = f"      windows: {{{windows}}}\n" if windows else ""
    return f"profiles:\n  unknown:\n    time:\n      budgets: {{{written}}}\n{time}{more}"


@pytest.mark.parametrize(
    ("written", "windows", "told"),
    [
        ("games: 4h", "every_day: [17:00-20:00]", "4h on every_day is never used up: the internet is open for 3h then"),
        ("games: 3h", "every_day: [17:00-20:00]", ""),
        ("games: 0m", "every_day: [17:00-20:00]", ""),
        ("games: unlimited", "every_day: [17:00-20:00]", ""),
        ("games: 4h", "", ""),
        ("everything: {free: 4h}", "school: [17:00-20:00], free: [06:30-07:15, 22:00-00:30]", "4h on free is never used up: the internet is open for 3h15m then"),
        ("everything: {every_day: 4h}", "school: [17:00-20:00], free: [07:00-21:00]", ""),
        ("everything: {school: 4h}", "school: [17:00-20:00], mon: [08:00-17:30]", ""),
        ("everything: {free: 4h}", "fri: [], sat: [], school: [17:00-20:00]", ""),
        ("games: 3h", "every_day: [10:00-12:00, 11:00-12:30]", "3h on every_day is never used up: the internet is open for 2h30m then"),
        ("games: 23h", "every_day: [00:00-24:00]", ""),
    ],
)  # fmt: skip
def test_time_that_is_longer_than_the_windows_is_told(
    written: str, windows: str, told: str, catalog: Catalog
) -> None:
    told_of = said(DAYS + budgets(written, windows=windows), catalog)
    assert told_of == ([f"5: {told}"] if told else [])


def test_a_holiday_with_longer_windows_is_looked_at_too(catalog: Catalog) -> None:
    windows = "every_day: [17:00-20:00], sat: [07:00-21:00]"
    holiday = "holidays: {tet: {from: 2027-02-03, to: 2027-02-05, use: sat}}\n"
    assert len(said(DAYS + budgets("games: {mon: 4h}", windows=windows), catalog)) == 1
    assert said(DAYS + holiday + budgets("games: {every_day: 4h}", windows=windows), catalog) == []


@pytest.mark.parametrize(
    ("written", "more", "told"),
    [
        ("games: 1h", "    block: [games]\n", "games is blocked in line 7 anyway"),
        ("games: 1h", "    block: [games, roblox.com]\n", "games is blocked in line 7 anyway"),
        ("games: 1h", "    block: [roblox.com]\n", ""),
        ("games: 1h", "    block: [{site: games, until: 2026-12-20}]\n", ""),
        ("games: 1h", "never: [games]\n", "games is blocked in line 7 anyway"),
        ("games: 1h", "everyone: {block: [games]}\n", "games is blocked in line 7 anyway"),
        ("games: 1h", "    allow: [games]\neveryone: {block: [games]}\n", ""),
        ("games: 1h", "    allow: [games]\nnever: [games]\n", "games is blocked in line 8 anyway"),
        ("video: 1h", "    block: [youtube]\ngroups: {video: [youtube, vimeo.com]}\n", ""),
        ("video: 1h", "    block: [video]\ngroups: {video: [youtube, vimeo.com]}\n", "video is blocked in line 7 anyway"),
        ("everything: 1h", "    block: [games]\n", ""),
    ],
)  # fmt: skip
def test_time_for_what_is_blocked_is_told(
    written: str, more: str, told: str, catalog: Catalog
) -> None:
    told_of = said(budgets(written, more), catalog)
    assert told_of == ([f"4: {told}, so nothing uses this budget"] if told else [])


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("games: 1h", [6]),
        ("games: {sat: 0m}, social: {mon: 0m, sun: 5m}", [6]),
        ("games: 0m", []),
        ("games: unlimited", []),
    ],
)
def test_that_no_time_is_measured_yet_is_told(
    written: str, lines: list[int], catalog: Catalog
) -> None:
    problems = found(budgets(written), catalog)
    told = [problem.line for problem in problems if problem.message == UNMEASURED]
    assert told == lines


@pytest.mark.parametrize("groups", ["{video: []}", "{video: [films], films: []}"])
def test_time_for_an_empty_group_is_told(groups: str, catalog: Catalog) -> None:
    assert said(budgets("video: 1h", f"groups: {groups}\n"), catalog) == [
        "4: nothing is in video, so nothing uses this budget"
    ]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{school: 30m, mon: 1h}", ["mon"]),
        ("{school: 30m, fri: 1h}", []),
        ("{school: 30m, free: 1h, every_day: 2h}", ["every_day"]),
        ("{school: 30m, every_day: 2h}", []),
        ("{nowhere: 30m}", ["nowhere"]),
    ],
)
def test_a_day_that_never_counts_is_told(written: str, told: list[str], catalog: Catalog) -> None:
    days = DAYS.replace("}", ", nowhere: []}")
    assert said(days + budgets(f"games: {written}"), catalog) == [
        f"5: {day} never counts in this budget" for day in told
    ]


def test_what_is_blocked_anyway_is_shown_closed(catalog: Catalog) -> None:
    text = budgets("games: 1h", "    block: [games]\n")
    assert tried(text, catalog) == ["https://minecraft.net/ unknown Fri 12:00"]
    friday = text.replace("1h", "{fri: 0m, every_day: 1h}")
    assert tried(friday, catalog) == ["https://minecraft.net/ unknown Sat 12:00"]
    windows = "      windows: {every_day: [20:00-21:00]}\n    block"
    assert tried(text.replace("    block", windows), catalog) == [
        "https://minecraft.net/ unknown Fri 20:00"
    ]


@pytest.mark.parametrize("allow", ["minecraft.net", "roblox.com/learn", "'*.net'"])
def test_what_an_entry_opens_all_the_same_uses_the_time(allow: str, catalog: Catalog) -> None:
    text = budgets("games: 1h", "    block: [games]\n")
    assert len(said(text, catalog)) == 1
    assert said(text + f"    allow: [{allow}]\n", catalog) == []
