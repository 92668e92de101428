"""How much time a budget has left, given the usage, and when that next changes.

Law: nothing makes a budget grow but its own `carry_over`. Its days are those of the windows: what is open past
midnight belongs to the evening before, and a new day begins when that window closes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from rules.facts import Usage
from rules.match import Index
from rules.policy import Budget, Weekday
from rules.schedule import (
    DAY,
    EVERY_DAY,
    REMEMBERED_DAYS,
    Calendar,
    day_begins,
    days_ahead,
    names_of,
)

NONE = timedelta()
REMEMBERED_USE_DAYS = 60
"""How long ago a day may be whose rest is carried over; longer than any holiday."""
_WEEKDAYS = frozenset(day.name.lower() for day in Weekday)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a budget gives on one day."""

    kind: str
    """The kind of day that gives it; empty if the budget does not name this day."""
    time: timedelta | None
    """None: no limit."""
    begins: datetime
    """UTC: from when on the day counts."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ration:
    """A budget on its profile's calendar, ready to be asked."""

    budget: Budget
    calendar: Calendar
    """Whose days are counted; without windows for a profile that has none."""
    lines: Mapping[str, int]
    """By kind of day, where its allowance stands."""
    counts: Index | None
    """What uses it. None: everything."""
    _known: dict[date, Share] = field(default_factory=dict)
    """A memo: nothing else changes it."""

    def share(self, day: date) -> Share:
        """What the budget gives on that day."""
        share = self._known.get(day)
        if share is None:
            if len(self._known) >= REMEMBERED_DAYS:
                self._known.clear()
            share = self._known[day] = _share(self, day)
        return share

    def day_at(self, moment: datetime) -> date:
        """The day to which the use at this moment belongs."""
        today = moment.astimezone(self.calendar.zone).date()
        return today if moment >= self.share(today).begins else today - DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """How a budget stands at one moment."""

    budget: str
    """What it counts, `video`."""
    kind: str
    """The kind of day whose allowance counts; empty if the budget does not name this day."""
    line: int
    """Where that allowance stands."""
    whole: timedelta | None
    """All that the day gives, with what was carried over. None: no limit."""
    left: timedelta | None
    """Never negative. None: no limit."""
    until: datetime | None
    """Aware. While there is time: when it ends if the use goes on, None if that is not soon. Else: when there is time
    again, None if never."""


def balance(ration: Ration, usage: Usage | None, moment: datetime) -> Balance:
    """How the budget stands, with the usage as last counted, on this day or before it."""
    day = ration.day_at(moment)
    share = ration.share(day)
    spent, spare = _standing(ration, usage, day)
    whole = _whole(share, spare)
    left = None if whole is None else max(whole - spent, NONE)
    if left == NONE:
        until = _refill(ration, day)
    else:
        until = _end(ration, moment, day, left=left, spare=spare)
    return Balance(
        budget=ration.budget.key,
        kind=share.kind,
        line=ration.lines.get(share.kind, ration.budget.line),
        whole=whole,
        left=left,
        until=None if until is None else until.astimezone(ration.calendar.zone),
    )


def next_empty(ration: Ration, moment: datetime) -> datetime | None:
    """When the next day begins that has no time at all, used or not."""
    today = ration.day_at(moment)
    following = (ration.share(one) for one in days_ahead(ration.calendar, today) if one > today)
    return next((share.begins for share in following if share.time == NONE), None)


def precedence(kind: str) -> int:
    """Which of several kinds of day counts, the least: the family's own before a weekday, that before every day."""
    if kind == EVERY_DAY:
        return 2
    return 1 if kind in _WEEKDAYS else 0


def _share(ration: Ration, day: date) -> Share:
    names = names_of(ration.calendar, day)
    kinds = [kind for kind in ration.budget.allowances if kind in names]
    kind = min(kinds, key=precedence, default="")
    return Share(
        kind=kind,
        time=ration.budget.allowances.get(kind),
        begins=day_begins(ration.calendar, day),
    )


def _standing(ration: Ration, usage: Usage | None, day: date) -> tuple[timedelta, timedelta]:
    """What is spent on that day, and what it has on top.

    A usage of a later day counts as it is: turning the clock back gives nobody time.
    """
    if usage is None:
        return NONE, NONE
    spent, spare = max(usage.spent, NONE), _carried(ration, usage.spare)
    past = max(usage.day, day - REMEMBERED_USE_DAYS * DAY)
    while past < day:
        spent, spare, past = NONE, _rest(ration, past, spent, spare), past + DAY
    return spent, spare


def _rest(ration: Ration, day: date, spent: timedelta, spare: timedelta) -> timedelta:
    """What goes over into the next day. A day without time, or without limit, hands on what it got."""
    share = ration.share(day)
    return _carried(ration, share.time + spare - spent) if share.time else spare


def _carried(ration: Ration, rest: timedelta) -> timedelta:
    return min(max(rest, NONE), ration.budget.carry_over)


def _whole(share: Share, spare: timedelta) -> timedelta | None:
    """`0m` is none: what was carried over waits for a day that has time."""
    return share.time + spare if share.time else share.time


def _refill(ration: Ration, day: date) -> datetime | None:
    """When a day begins that has time."""
    following = (ration.share(one) for one in days_ahead(ration.calendar, day) if one > day)
    return next((share.begins for share in following if share.time != NONE), None)


def _end(
    ration: Ration, moment: datetime, day: date, *, left: timedelta | None, spare: timedelta
) -> datetime | None:
    """When the time is used up, if it is used from now on without a pause. Nobody goes on for more than a day."""
    now = moment.astimezone(UTC)
    longest = now + DAY
    while now <= longest:
        tomorrow = ration.share(day + DAY)
        if left is not None and now + left < tomorrow.begins:
            return now + left
        if left is not None:
            spare = _carried(ration, left - (tomorrow.begins - now))
        left, now, day = _whole(tomorrow, spare), tomorrow.begins, day + DAY
    return None
