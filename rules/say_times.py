"""The family's calendar read aloud: kinds of day, holidays, and when the internet is open for whom."""

from collections.abc import Iterable, Iterator
from datetime import date, time
from zoneinfo import ZoneInfo

from rules.policy import Holiday, Profile, Weekday, Window
from rules.say_entries import listed
from rules.schedule import DAY, Calendar, kinds_of
from rules.voice import Statement, Voice, name_words

MONDAY = date(2024, 1, 1)
"""A day of a week without holidays."""

type Hours = tuple[tuple[time, time], ...]
"""Opening and closing, in order."""


def calendar(voice: Voice) -> Iterator[Statement]:
    """By which clock, and what the family calls a kind of day."""
    policy = voice.policy
    yield voice.says("timezone", voice.lines("timezone"), timezone=policy.timezone)
    for key, days in policy.days.items():
        name = name_words(key)
        yield voice.says("kind", voice.lines(f"days.{key}"), name=name, days=voice.days(days))
    for key, holiday in policy.holidays.items():
        yield voice.says(
            "holiday",
            [holiday.line],
            name=name_words(key),
            dates=_dates(voice, holiday),
            kind=_kind(voice, holiday.use),
        )


def hours(voice: Voice, profile: Profile) -> Iterator[Statement]:
    """When the internet is open for a profile."""
    if profile.windows is None:
        yield voice.says("always", voice.lines(f"profiles.{profile.key}"))
        return
    said = set[str]()
    for days, kinds in _week(voice, profile):
        said.update(kinds)
        yield _open(voice, profile, kinds, _days(voice, days))
    for key, holiday in voice.policy.holidays.items():
        kinds = kinds_of(_calendar(voice, profile, holiday), holiday.first)
        said.update(kinds)
        named = voice.words("days.of", name=name_words(key), days=_dates(voice, holiday))
        yield _open(voice, profile, kinds, named, holiday.line)
    for kind in profile.windows:
        if kind not in said:
            named = voice.words("days.of", name=name_words(kind), days=voice.days(()))
            yield _open(voice, profile, (kind,), named)
    yield _outside(voice, profile)


def _week(voice: Voice, profile: Profile) -> Iterator[tuple[frozenset[Weekday], tuple[str, ...]]]:
    """The weekdays with the same hours, and the kinds of day that give them."""
    plain = _calendar(voice, profile)
    kinds = {day: kinds_of(plain, MONDAY + day.value * DAY) for day in Weekday}
    hours_of = {day: _hours(profile, found) for day, found in kinds.items()}
    for same in dict.fromkeys(hours_of.values()):
        days = frozenset(day for day in Weekday if hours_of[day] == same)
        found = (kind for day in Weekday if day in days for kind in kinds[day])
        yield days, tuple(dict.fromkeys(found))


def _open(
    voice: Voice, profile: Profile, kinds: Iterable[str], days: str, *lines: int
) -> Statement:
    """On those days, whose kinds these are, the internet is open so."""
    kinds, where = tuple(kinds), f"profiles.{profile.key}.time.windows"
    spans = _hours(profile, kinds)
    found = [*lines, *voice.lines(*(f"{where}.{kind}" for kind in kinds) if kinds else (where,))]
    found += [window.line for window in _windows(profile, kinds)]
    days = days[:1].upper() + days[1:]
    if not spans:
        return voice.says("closed", found, days=days)
    return voice.says(
        "open", found, days=days, spans=voice.joined(_span(voice, *one) for one in spans)
    )


def _outside(voice: Voice, profile: Profile) -> Statement:
    anytime = voice.policy.anytime
    lines = voice.lines(f"profiles.{profile.key}.time.windows")
    what = voice.joined([voice.words("help.sites"), *listed(voice, anytime)])
    return voice.says("outside", [*lines, *(one.line for one in anytime)], what=what)


def _calendar(voice: Voice, profile: Profile, *holidays: Holiday) -> Calendar:
    policy = voice.policy
    return Calendar(
        windows=profile.windows or {},
        days=policy.days,
        holidays=holidays,
        zone=ZoneInfo(policy.timezone),
    )


def _windows(profile: Profile, kinds: Iterable[str]) -> list[Window]:
    windows = profile.windows or {}
    return [window for kind in kinds for window in windows[kind]]


def _hours(profile: Profile, kinds: Iterable[str]) -> Hours:
    return tuple(sorted({(one.opens, one.closes) for one in _windows(profile, kinds)}))


def _span(voice: Voice, opens: time, closes: time) -> str:
    if opens == closes == time():
        return voice.words("span.day")
    opening, closing = f"{opens:%H:%M}", f"{closes:%H:%M}"
    if closes == time():
        return voice.words("span.midnight", opens=opening)
    key = "span" if opens < closes else "span.night"
    return voice.words(key, opens=opening, closes=closing)


def _days(voice: Voice, days: frozenset[Weekday]) -> str:
    """The days, by the family's own name if they have just one."""
    names = [key for key, of_kind in voice.policy.days.items() if of_kind == days]
    said = voice.days(days)
    if len(names) != 1:
        return said
    return voice.words("days.of", name=name_words(names[0]), days=said)


def _dates(voice: Voice, holiday: Holiday) -> str:
    last = voice.date(holiday.last)
    if holiday.first == holiday.last:
        return last
    has_year = holiday.first.year != holiday.last.year
    first = voice.date(holiday.first, has_year=has_year)
    return voice.words("dates", first=first, last=last)


def _kind(voice: Voice, use: str) -> str:
    """A kind of day: the family's name in quotes, or a weekday."""
    if use in voice.policy.days:
        return voice.words("name", name=name_words(use))
    return voice.weekday(Weekday[use.upper()])
