"""Moments and stretches of time as people type them on a command line."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from rules.policy import Weekday
from rules.spans import read_span

WEEK = timedelta(days=7)
YEARS = range(1970, 3000)
"""Whose calendars can be asked, a holiday or a night ahead too; Python's own dates end at 1 and 9999."""
_WEEKDAY = re.compile(r"([a-z]{3}) (\d\d?:\d\d)", re.IGNORECASE)
_HOUR = re.compile(r"(\d\d?):(\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d.*", re.DOTALL)


def parse_moment(text: str, *, zone: ZoneInfo, now: datetime) -> datetime:
    """The moment meant by `2026-11-24 20:30`, `2026-11-24T20:30+07:00`, `mon 20:30` (the next one) or `20:30` (today).

    Args:
        text: What was typed.
        zone: Where a moment without an offset is read.
        now: Aware.

    Raises:
        ValueError: it is none of these.
    """
    here = now.astimezone(zone)
    if _DATE.fullmatch(text):
        moment = datetime.fromisoformat(text)
        if moment.year not in YEARS:
            raise ValueError(f"{text[:40]!r} is out of reach: {YEARS[0]} to {YEARS[-1]}")
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    if _HOUR.fullmatch(text):
        return datetime.combine(here.date(), _hour(text), tzinfo=zone)
    if match := _WEEKDAY.fullmatch(text):
        try:
            weekday = Weekday[match[1].upper()]
        except KeyError as error:
            raise ValueError(f"{match[1]!r} is no weekday: mon tue wed thu fri sat sun") from error
        ahead = timedelta(days=(weekday.value - here.weekday()) % 7)
        moment = datetime.combine(here.date() + ahead, _hour(match[2]), tzinfo=zone)
        return moment if moment >= here else moment + WEEK
    raise ValueError(f"{text[:40]!r} is no moment: write 2026-11-24 20:30, mon 20:30 or 20:30")


def parse_span(text: str) -> timedelta:
    """The stretch of time meant by `30m`, `1h`, `1h30m` or `7d`.

    Raises:
        ValueError: it is none of these.
    """
    span = read_span(text)
    if span is None:
        raise ValueError(f"{text[:40]!r} is no stretch of time: write 30m, 1h, 1h30m or 7d")
    return span


def _hour(text: str) -> time:
    hours, minutes = text.split(":")
    return time(int(hours), int(minutes))
