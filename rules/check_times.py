"""What in the family's calendar is probably not meant: days without a window, windows that overlap, run long or never open."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from rules.compile import Ruleset
from rules.entries import spell_out
from rules.expectations import normal_day
from rules.narrowed import Case
from rules.policy import Policy, Profile, Reason, Weekday, Window
from rules.problems import Sentence, warning
from rules.schedule import DAY, EVERY_DAY, Calendar
from rules.witness import Suspicion, ask, is_idle, places

DAY_MINUTES = 24 * 60
LONG_NIGHT = timedelta(hours=6)
"""A window past midnight that is longer may have been meant the other way round."""


def time_suspicions(ruleset: Ruleset, moment: datetime) -> Iterator[Suspicion]:
    """What deserves a second look in windows, kinds of day and holidays, from `moment` on."""
    policy = ruleset.policy
    today = moment.astimezone(ZoneInfo(policy.timezone)).date()
    yield from _idle_anytime(ruleset)
    for profile in policy.profiles.values():
        if profile.windows is not None:
            yield from _closed_days(policy, profile, today)
            yield from _closed_holidays(policy, profile, today)
            yield from _lost(policy, profile, today)
            yield from _overlaps(policy, profile, today)
            yield from _long_nights(policy, profile, today)


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


def _idle_anytime(ruleset: Ruleset) -> Iterator[Suspicion]:
    policy = ruleset.policy
    if not policy.anytime or any(one.windows is not None for one in policy.profiles.values()):
        return
    message = Sentence("anytime: changes nothing: no profile has windows")
    hint = Sentence("add time: to a profile, or remove it")
    first = next(spell_out(policy, policy.anytime), None)
    yield Suspicion(
        problem=warning(policy.file, policy.lines["anytime"], "anytime", message, hint),
        urls=() if first is None else places(first.target, ruleset.catalog),
        who=tuple(policy.profiles),
        shows=lambda case: is_idle(case, list(case.ruleset.anytime.rules())),
    )


def _closed_days(policy: Policy, profile: Profile, today: date) -> Iterator[Suspicion]:
    # A day that is named with an empty list is closed on purpose.
    closed = [day for day in Weekday if not kinds_of_day(policy, day) & set(profile.windows or ())]
    if not closed:
        return
    message = Sentence(
        "{profile} has no window on {days}: closed all day",
        profile=profile.key,
        days=", ".join(day.name.lower() for day in closed),
    )
    hint = Sentence("add a window, or write [] behind the day if that is meant")
    path = f"profiles.{profile.key}.time.windows"
    days = [_next(policy, day, today) for day in closed]
    yield Suspicion(
        problem=warning(policy.file, policy.lines[path], path, message, hint),
        who=(profile.key,),
        hours=_probes(policy, days),
        shows=partial(_are_closed, days=days),
    )


def _closed_holidays(policy: Policy, profile: Profile, today: date) -> Iterator[Suspicion]:
    for name, holiday in policy.holidays.items():
        if holiday.last >= today and not {holiday.use, EVERY_DAY} & set(profile.windows or ()):
            message = Sentence(
                "{profile} has no window for {day}: closed all day during {holiday}",
                profile=profile.key,
                day=holiday.use,
                holiday=name,
            )
            hint = Sentence("add {day}: to the profile's windows", day=holiday.use)
            day = max(holiday.first, today)
            yield Suspicion(
                problem=warning(policy.file, holiday.line, f"holidays.{name}", message, hint),
                who=(profile.key,),
                hours=_probes(policy, (day,)),
                shows=partial(_are_closed, days=(day,)),
            )


def _lost(policy: Policy, profile: Profile, today: date) -> Iterator[Suspicion]:
    """Windows of a kind of day that never comes."""
    played = {one.use for one in policy.holidays.values() if one.last >= today}
    for kind, windows in (profile.windows or {}).items():
        if windows and policy.days.get(kind) == frozenset() and kind not in played:
            path = f"profiles.{profile.key}.time.windows.{kind}"
            message = Sentence("no day is {day}, so its windows never open", day=kind)
            hint = Sentence("name its weekdays under days:, or remove them")
            hours = [_at(policy, _next(policy, day, today), windows[0].opens) for day in Weekday]
            yield Suspicion(
                problem=warning(policy.file, policy.lines[path], path, message, hint),
                who=(profile.key,),
                hours=hours,
                shows=partial(_is_spare, gone=windows, hours=hours),
            )


def _overlaps(policy: Policy, profile: Profile, today: date) -> Iterator[Suspicion]:
    path = f"profiles.{profile.key}.time.windows"
    reach, widest = 0, None
    for start, kind, window in _week(policy, profile):
        if widest is not None and start < reach:
            message = Sentence(
                "{window} on {day} overlaps {other} in line {line}",
                window=_text(window),
                day=kind,
                other=_text(widest),
                line=widest.line,
            )
            day = _next(policy, Weekday(start // DAY_MINUTES % 7), today)
            hours = [_at(policy, day, window.opens)]
            yield Suspicion(
                problem=warning(
                    policy.file, window.line, path, message, Sentence("join them to one")
                ),
                who=(profile.key,),
                hours=hours,
                shows=partial(_are_both_open, one=window, other=widest),
            )
        if start + _length(window) > reach:
            reach, widest = start + _length(window), window


def _week(policy: Policy, profile: Profile) -> list[tuple[int, str, Window]]:
    """Every window of a week, by the minute at which it opens."""
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
    return week + [
        (start + 7 * DAY_MINUTES, kind, one) for start, kind, one in week if start < DAY_MINUTES
    ]


def _long_nights(policy: Policy, profile: Profile, today: date) -> Iterator[Suspicion]:
    for kind, windows in (profile.windows or {}).items():
        days = [_next(policy, day, today) for day in Weekday if kind in kinds_of_day(policy, day)]
        for window in windows:
            length = timedelta(minutes=_length(window))
            if window.closes < window.opens and window.closes > time() and length > LONG_NIGHT:
                message = Sentence(
                    "{window} is open for {hours} hours, until the next morning",
                    window=_text(window),
                    hours=f"{length / timedelta(hours=1):g}",
                )
                path = f"profiles.{profile.key}.time.windows.{kind}"
                hint = Sentence("windows say when the internet is open, not when it is closed")
                # Half of the morning that was hardly meant to be open.
                half = time(*divmod(_minutes(window.closes) // 2, 60))
                yield Suspicion(
                    problem=warning(policy.file, window.line, path, message, hint),
                    who=(profile.key,),
                    hours=[_at(policy, day + DAY, half) for day in days],
                    shows=partial(_is_open_by, window=window),
                )


def _are_closed(case: Case, days: Iterable[date]) -> bool:
    """Whether nothing but the evening before reaches into some days, and the case shows it."""
    calendar = case.ruleset.calendars[case.profile]
    return _is_shut(case, case.moment) and all(
        calendar.at(probe).day < day if calendar.at(probe).is_open else _is_shut(case, probe)
        for day in days
        for probe in _probes(case.ruleset.policy, (day,))
    )


def _is_shut(case: Case, moment: datetime) -> bool:
    return ask(replace(case, moment=moment)).reason is Reason.WINDOW


def _is_spare(case: Case, gone: tuple[Window, ...], hours: Iterable[datetime]) -> bool:
    """Whether the answers of some hours are the same without windows."""
    left = _without(case, gone)
    return all(_is_shut(case, hour) is _is_shut(left, hour) for hour in hours)


def _are_both_open(case: Case, one: Window, other: Window) -> bool:
    return not any(_is_shut(_without(case, (gone,)), case.moment) for gone in (one, other))


def _is_open_by(case: Case, window: Window) -> bool:
    return not _is_shut(case, case.moment) and _is_shut(_without(case, (window,)), case.moment)


def _without(case: Case, gone: tuple[Window, ...]) -> Case:
    calendar = case.ruleset.calendars[case.profile]
    left = {
        kind: tuple(one for one in windows if not any(one is other for other in gone))
        for kind, windows in calendar.windows.items()
    }
    return case.with_calendar(
        Calendar(windows=left, days=calendar.days, holidays=calendar.holidays, zone=calendar.zone)
    )


def _next(policy: Policy, day: Weekday, today: date) -> date:
    """The next such day that is no holiday."""
    return normal_day(policy, today + (day.value - today.weekday()) % 7 * DAY)


def _probes(policy: Policy, days: Iterable[date]) -> list[datetime]:
    """Hours of some days, noon first: by then the evening before is mostly over."""
    hours = (12, 18, 22, 0, 2, 4, 6, 8, 10, 14, 16, 20)
    return [_at(policy, day, time(hour)) for day in days for hour in hours]


def _at(policy: Policy, day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, ZoneInfo(policy.timezone))


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _length(window: Window) -> int:
    return (_minutes(window.closes) - _minutes(window.opens)) % DAY_MINUTES or DAY_MINUTES


def _text(window: Window) -> str:
    if window.opens == window.closes:
        return "00:00-24:00"
    return f"{window.opens:%H:%M}-{window.closes:%H:%M}"
