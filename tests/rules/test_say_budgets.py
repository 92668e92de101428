"""Budgets in words."""

import pytest

from rules.catalog import Catalog
from rules.policy import Language
from rules.policy_text import parse
from rules.say_budgets import budgets
from rules.voice import Voice

HEAD = """\
porchlight: 1
timezone: UTC
groups: {video: [youtube]}
days: {school_night: [mon, tue, wed, thu, sun], free_night: [fri, sat]}
profiles:
  na:
"""
ALWAYS = "This uses no time: the help sites."
UNMEASURED = "Time is not measured yet: so far only what has no time at all is closed."


def said(written: str, catalog: Catalog, head: str = HEAD) -> list[tuple[str, tuple[int, ...]]]:
    text = head + (f"    time:\n      budgets: {{{written}}}\n" if written else "")
    voice = Voice(
        policy=parse(text, file="f", catalog=catalog), catalog=catalog, language=Language.ENGLISH
    )
    found = budgets(voice, voice.policy.profiles["na"])
    return [(one.text, one.lines) for one in found]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("games: 30m", "Games pages: 30 minutes every day."),
        ("games: 0m", "Games pages: no time every day."),
        ("everything: {free_night: 4h, every_day: unlimited}", "The whole internet: 4 hours on “free night”; no limit on every other day."),
        ("video: {school_night: 30m, free_night: 1h30m}", "“video” (youtube pages): 30 minutes on “school night”; 1 hour 30 minutes on “free night”."),
        ("games: {sat: 1h, school_night: 0m}", "Games pages: no time on “school night”; 1 hour on Saturday. On days that are not named there is no limit."),
        ("games: {every_day: 1h, carry_over: 20m}", "Games pages: 1 hour every day. What is left at the end of a day, at most 20 minutes of it, is added to the next day that has time."),
    ],
)  # fmt: skip
def test_a_budget_is_told_with_its_days(written: str, told: str, catalog: Catalog) -> None:
    assert said(written, catalog)[0] == (told, (8,))


def test_what_uses_no_time_and_what_is_not_there_yet_is_told(catalog: Catalog) -> None:
    assert said("games: 30m", catalog)[1:] == [(ALWAYS, (8,)), (UNMEASURED, ())]
    assert said("games: 0m", catalog)[1:] == [(ALWAYS, (8,))]
    head = "anytime: [a.com]\n" + HEAD
    assert said("games: 0m", catalog, head)[1:] == [
        ("This uses no time: the help sites and a.com.", (1, 9))
    ]


def test_of_several_it_is_told_which_decides(catalog: Catalog) -> None:
    found = [text for text, _ in said("games: 0m, everything: unlimited", catalog)]
    assert found[2] == (
        "Where several of these count the same page, the one with the least time left decides."
    )


def test_without_budgets_nothing_is_said(catalog: Catalog) -> None:
    assert said("", catalog) == []
