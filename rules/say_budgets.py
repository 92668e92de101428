"""Budgets read aloud: what may take how much time on which days, and what is carried over."""

from collections.abc import Iterator
from datetime import timedelta

from rules.budget import precedence
from rules.budget_words import span_words
from rules.check_times import kinds_of_day
from rules.entries import counted
from rules.policy import Budget, Profile, Weekday
from rules.say_entries import listed
from rules.schedule import CARRY_OVER, EVERY_DAY
from rules.voice import Statement, Voice, name_words


def budgets(voice: Voice, profile: Profile) -> Iterator[Statement]:
    """How much time a day something may take for a profile."""
    if not profile.budgets:
        return
    where, anytime = f"profiles.{profile.key}.time.budgets", voice.policy.anytime
    for budget in profile.budgets.values():
        yield _budget(voice, budget, f"{where}.{budget.key}")
    if len(profile.budgets) > 1:
        yield voice.says("budget.strictest", ())
    what = voice.joined([voice.words("help.sites"), *listed(voice, anytime)])
    lines = [*voice.lines(where), *(one.line for one in anytime)]
    yield voice.says("budget.anytime", lines, what=what)
    if any(time for one in profile.budgets.values() for time in one.allowances.values()):
        yield voice.says("budget.unmeasured", ())


def _budget(voice: Voice, budget: Budget, where: str) -> Statement:
    names = [*listed(voice, counted(voice.policy, budget))] or [voice.words("budget.everything")]
    what = voice.joined(names)
    parts = [
        voice.words(
            "budget",
            what=what[:1].upper() + what[1:],
            amounts="; ".join(_amounts(voice, budget)),
        )
    ]
    if not all(kinds_of_day(voice.policy, day) & budget.allowances.keys() for day in Weekday):
        parts.append(voice.words("budget.rest"))
    if budget.carry_over:
        most = span_words(voice.language, budget.carry_over)
        parts.append(voice.words("budget.carry", time=most))
    kinds = (f"{where}.{kind}" for kind in (*budget.allowances, CARRY_OVER))
    lines = {budget.line, *voice.lines(*kinds)}
    return Statement(text=" ".join(parts), lines=tuple(sorted(lines)))


def _amounts(voice: Voice, budget: Budget) -> Iterator[str]:
    """How much on which days: the kinds of day that go before others first."""
    for kind in sorted(budget.allowances, key=precedence):
        time = budget.allowances[kind]
        yield voice.words("budget.on", time=_time(voice, time), day=_day(voice, budget, kind))


def _time(voice: Voice, time: timedelta | None) -> str:
    if time is None:
        return voice.words("budget.unlimited")
    return span_words(voice.language, time) if time else voice.words("budget.none")


def _day(voice: Voice, budget: Budget, kind: str) -> str:
    if kind == EVERY_DAY:
        is_alone = len(budget.allowances) == 1
        return voice.words("days.every") if is_alone else voice.words("budget.others")
    if kind in voice.policy.days:
        return voice.words("budget.day", day=voice.words("name", name=name_words(kind)))
    return voice.words("budget.day", day=voice.weekday(Weekday[kind.upper()]))
