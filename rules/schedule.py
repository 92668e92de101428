"""Is the internet open at this hour, which window says so, and when does that next change.

Law: windows follow the wall clock of the family's zone, on clock-change days too.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, zip_longest
from zoneinfo import ZoneInfo

from rules.policy import Holiday, Weekday, Window

EVERY_DAY = "every_day"
"""The kind of day that is every day."""
CARRY_OVER = "carry_over"
"""Stands among a budget's kinds of day, and so can be none."""

DAY = timedelta(days=1)
SETTLED_DAYS = 9
"""What is alike through a week and the night before it stays so, until a holiday begins or ends."""
MOST_SEARCHED_DAYS = 1_000
"""Of a file with more holidays than there are in a family's calendar; beyond, no change is known of."""
DAY_SECONDS = 86_400
REMEMBERED_DAYS = 1_000

type Stretches = tuple[list[float], list[Opening]]
"""Seconds since 1970 at which something may change, in order, and what holds from each on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What the windows say at one moment."""

    is_open: bool
    kind: str
    """The kind of day whose window is open; while closed, the one that this day has, or `` if none."""
    day: date
    """The day to which the window belongs: at Saturday 00:20 it may be Friday."""
    window: Window | None
    """The open window, None while closed."""
    until: datetime | None
    """Aware: when open turns to closed or back. None: never."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calendar:
    """A profile's windows on the family's calendar."""

    windows: Mapping[str, tuple[Window, ...]]
    days: Mapping[str, frozenset[Weekday]]
    holidays: tuple[Holiday, ...]
    zone: ZoneInfo
    _known: dict[int, Stretches] = field(default_factory=dict)
    """By day since 1970, UTC. A memo: nothing else changes it."""

    def at(self, moment: datetime) -> Opening:
        """What the windows say at this moment."""
        second = moment.timestamp()
        day = int(second // DAY_SECONDS)
        stretches = self._known.get(day)
        if stretches is None:
            if len(self._known) >= REMEMBERED_DAYS:
                self._known.clear()
            stretches = self._known[day] = _stretches(self, day)
        starts, openings = stretches
        return openings[bisect_right(starts, second) - 1]


def names_of(calendar: Calendar, day: date) -> tuple[str, ...]:
    """All kinds of day that this day is, of its holiday, else of its weekday: the family's own, the weekday, `every_day`."""
    for holiday in calendar.holidays:
        if holiday.first <= day <= holiday.last:
            return holiday.use, EVERY_DAY
    weekday = Weekday(day.weekday())
    own = (name for name, days in calendar.days.items() if weekday in days)
    return *own, weekday.name.lower(), EVERY_DAY


def kinds_of(calendar: Calendar, day: date) -> tuple[str, ...]:
    """The kinds of day with windows that this day is."""
    names = names_of(calendar, day)
    return tuple(name for name in calendar.windows if name in names)


def day_begins(calendar: Calendar, day: date) -> datetime:
    """The moment (UTC) from which a day counts: its midnight, or when the last window of the evening before closes."""
    midnight = _midnight(calendar, day)
    if not calendar.windows:
        return midnight
    turns = (turn for turn in turns_within(calendar, day) if turn > midnight)
    return next(turn for turn in (midnight, *turns) if calendar.at(turn).day >= day)


def turns_within(calendar: Calendar, day: date) -> list[datetime]:
    """What may begin or end on that day, in order; the evening before reaches past midnight."""
    found = {*_turns(calendar, day - DAY), *_turns(calendar, day)}
    return sorted(turn for turn in found if turn.astimezone(calendar.zone).date() == day)


def days_ahead(calendar: Calendar, today: date) -> Iterator[date]:
    """Today and the days after it on which something may be another way than it is, in order."""
    edges = {edge for one in calendar.holidays for edge in (one.first, one.last + DAY)}
    begins = [today, *sorted(edge for edge in edges if edge > today)]
    days = (
        day
        for begin, following in zip_longest(begins, begins[1:])
        for day in (begin + ahead * DAY for ahead in range(SETTLED_DAYS))
        if following is None or day < following
    )
    return islice(days, MOST_SEARCHED_DAYS)


def _stretches(calendar: Calendar, day: int) -> Stretches:
    """That day (UTC) in pieces in which the windows say one thing."""
    begins = datetime.fromtimestamp(day * DAY_SECONDS, UTC)
    local = begins.astimezone(calendar.zone).date()
    # The local day that the UTC day begins in, the one that it ends in, and their midnights.
    turns = {begins, *(_midnight(calendar, local + ahead * DAY) for ahead in (0, 1))}
    for ahead in (0, 1):
        turns.update(turns_within(calendar, local + ahead * DAY))
    starts = sorted(turn for turn in turns if begins <= turn < begins + DAY)
    openings: list[Opening] = []
    later: tuple[datetime, Opening] | None = None
    for start in reversed(starts):
        local = start.astimezone(calendar.zone)
        opening = _read(calendar, local, later)
        openings.append(opening)
        later = (local, opening)
    return [start.timestamp() for start in starts], openings[::-1]


def _midnight(calendar: Calendar, day: date) -> datetime:
    return datetime.combine(day, time(), calendar.zone).astimezone(UTC)


def _read(calendar: Calendar, local: datetime, later: tuple[datetime, Opening] | None) -> Opening:
    """What holds from a moment on. `later` is what holds next on the same day, and from when on."""
    found = _window_at(calendar, local)
    if later is None:
        until = _next_change(calendar, local, is_open=found is not None)
    else:
        until = later[1].until if later[1].is_open is (found is not None) else later[0]
    if found is None:
        kinds = kinds_of(calendar, local.date())
        return Opening(
            is_open=False,
            kind=kinds[0] if kinds else "",
            day=local.date(),
            window=None,
            until=until,
        )
    kind, day, window = found
    return Opening(is_open=True, kind=kind, day=day, window=window, until=until)


def _window_at(calendar: Calendar, local: datetime) -> tuple[str, date, Window] | None:
    wall = local.replace(tzinfo=None)
    for day in (local.date(), local.date() - DAY):
        for kind, window in _windows_on(calendar, day):
            opens, closes = _span(day, window)
            if opens <= wall < closes:
                return kind, day, window
    return None


def _windows_on(calendar: Calendar, day: date) -> Iterator[tuple[str, Window]]:
    for kind in kinds_of(calendar, day):
        for window in calendar.windows[kind]:
            yield kind, window


def _span(day: date, window: Window) -> tuple[datetime, datetime]:
    """Opening and closing on the wall clock, without a zone."""
    opens = datetime.combine(day, window.opens)
    closes = datetime.combine(day, window.closes)
    return opens, closes if closes > opens else closes + DAY


def _next_change(calendar: Calendar, local: datetime, *, is_open: bool) -> datetime | None:
    now = local.astimezone(UTC)
    for day in days_ahead(calendar, local.date()):
        for moment in turns_within(calendar, day):
            wall = moment.astimezone(calendar.zone)
            if moment > now and is_open is (_window_at(calendar, wall) is None):
                return wall
    return None


def _turns(calendar: Calendar, day: date) -> Iterator[datetime]:
    """The moments (UTC) at which that day's windows may begin or end, a shift of the clock among them."""
    for _, window in _windows_on(calendar, day):
        for wall in _span(day, window):
            for fold in (0, 1):
                yield wall.replace(tzinfo=calendar.zone, fold=fold).astimezone(UTC)
    shift = _clock_shift(day, calendar.zone)
    if shift is not None:
        yield shift


def _clock_shift(day: date, zone: ZoneInfo) -> datetime | None:
    """The moment (UTC, to the minute) at which the zone's offset changes on that day."""
    start = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + DAY, time(), zone).astimezone(UTC)
    offset = start.astimezone(zone).utcoffset()
    if end.astimezone(zone).utcoffset() == offset:
        return None
    low, high = 0, int((end - start) / timedelta(minutes=1))
    while high - low > 1:
        middle = (low + high) // 2
        moment = start + timedelta(minutes=middle)
        low, high = (
            (middle, high) if moment.astimezone(zone).utcoffset() == offset else (low, middle)
        )
    return start + timedelta(minutes=high)
