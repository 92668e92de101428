"""What in the family's calendar is probably not meant: days without a window, windows that overlap or run long."""

from collections.abc import Iterator, Mapping
from datetime import time, timedelta

from rules.policy import Policy, Profile, Weekday, Window
from rules.problems import Problem, Sentence, warning
from rules.schedule import EVERY_DAY

DAY_MINUTES = 24 * 60
LONG_NIGHT = timedelta(hours=6)
"""A window past midnight that is longer may have been meant the other way round."""


def time_warnings(policy: Policy) -> Iterator[Problem]:
    """What deserves a second look in windows, kinds of day and holidays."""
    yield from _idle_anytime(policy)
    for profile in policy.profiles.values():
        if profile.windows is not None:
            yield from _closed_days(policy, profile)
            yield from _closed_holidays(policy, profile)
            yield from _overlaps(policy, profile)
            yield from _long_nights(policy, profile)


def kinds_of_day(policy: Policy, day: Weekday) -> set[str]:
    """All kinds of day that this day of a normal week is."""
    named = {name for name, days in policy.days.items() if day in days}
    return named | {day.name.lower(), EVERY_DAY}


def open_time(windows: Mapping[str, tuple[Window, ...]], kinds: set[str]) -> timedelta:
    """How long the windows are open that belong to a day of these kinds."""
    found = (window for kind in kinds for window in windows.get(kind, ()))
    total = reach = 0
    for start, length in sorted((_minutes(one.opens), _length(one)) for one in found):
        total += max(0, start + length - max(start, reach))
        reach = max(reach, start + length)
    return timedelta(minutes=total)


def _idle_anytime(policy: Policy) -> Iterator[Problem]:
    if policy.anytime and all(one.windows is None for one in policy.profiles.values()):
        line = policy.lines["anytime"]
        message = Sentence("anytime: changes nothing: no profile has windows")
        hint = Sentence("add time: to a profile, or remove it")
        yield warning(policy.file, line, "anytime", message, hint)


def _closed_days(policy: Policy, profile: Profile) -> Iterator[Problem]:
    # A day that is named with an empty list is closed on purpose.
    closed = [
        day.name.lower()
        for day in Weekday
        if not kinds_of_day(policy, day) & set(profile.windows or ())
    ]
    if closed:
        path = f"profiles.{profile.key}.time.windows"
        message = Sentence(
            "{profile} has no window on {days}: closed all day",
            profile=profile.key,
            days=", ".join(closed),
        )
        hint = Sentence("add a window, or write [] behind the day if that is meant")
        yield warning(policy.file, policy.lines[path], path, message, hint)


def _closed_holidays(policy: Policy, profile: Profile) -> Iterator[Problem]:
    for name, holiday in policy.holidays.items():
        if not {holiday.use, EVERY_DAY} & set(profile.windows or ()):
            message = Sentence(
                "{profile} has no window for {day}: closed all day during {holiday}",
                profile=profile.key,
                day=holiday.use,
                holiday=name,
            )
            hint = Sentence("add {day}: to the profile's windows", day=holiday.use)
            yield warning(policy.file, holiday.line, f"holidays.{name}", message, hint)


def _overlaps(policy: Policy, profile: Profile) -> Iterator[Problem]:
    week = sorted(
        (
            (day.value * DAY_MINUTES + _minutes(window.opens), kind, window)
            for day in Weekday
            for kind in kinds_of_day(policy, day) & set(profile.windows or ())
            for window in (profile.windows or {})[kind]
        ),
        key=lambda one: (one[0], one[2].line, one[1]),
    )
    # The week is a circle: what runs past Sunday's midnight meets Monday.
    week += [
        (start + 7 * DAY_MINUTES, kind, one) for start, kind, one in week if start < DAY_MINUTES
    ]
    path = f"profiles.{profile.key}.time.windows"
    reach, widest = 0, None
    for start, kind, window in week:
        if widest is not None and start < reach:
            message = Sentence(
                "{window} on {day} overlaps {other} in line {line}",
                window=_text(window),
                day=kind,
                other=_text(widest),
                line=widest.line,
            )
            yield warning(policy.file, window.line, path, message, Sentence("join them to one"))
        if start + _length(window) > reach:
            reach, widest = start + _length(window), window


def _long_nights(policy: Policy, profile: Profile) -> Iterator[Problem]:
    for kind, windows in (profile.windows or {}).items():
        for window in windows:
            length = timedelta(minutes=_length(window))
            if window.closes < window.opens and window.closes > time() and length > LONG_NIGHT:
                hours = length / timedelta(hours=1)
                message = Sentence(
                    "{window} is open for {hours} hours, until the next morning",
                    window=_text(window),
                    hours=f"{hours:g}",
                )
                path = f"profiles.{profile.key}.time.windows.{kind}"
                hint = Sentence("windows say when the internet is open, not when it is closed")
                yield warning(policy.file, window.line, path, message, hint)


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _length(window: Window) -> int:
    return (_minutes(window.closes) - _minutes(window.opens)) % DAY_MINUTES or DAY_MINUTES


def _text(window: Window) -> str:
    if window.opens == window.closes:
        return "00:00-24:00"
    return f"{window.opens:%H:%M}-{window.closes:%H:%M}"
