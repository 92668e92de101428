"""The family's calendar in the rule file: kinds of day, holidays, windows."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, time

from rules.address import is_word
from rules.policy import Holiday, Weekday, Window
from rules.policy_draft import Draft, Path
from rules.policy_forms import DATE, WINDOW
from rules.policy_shape import HolidayShape, TimeShape, WeekdayName
from rules.problems import Sentence, nearest
from rules.schedule import CARRY_OVER, EVERY_DAY

WEEKDAYS = tuple(day.name.lower() for day in Weekday)
"""mon to sun, as the rule file spells them."""

_LOOSE_WINDOW = re.compile(
    r"\s*([0-9]{1,2}):([0-9]{2})\s*(?:-|–|—|to)\s*([0-9]{1,2}):([0-9]{2})\s*"
)


def read_days(
    draft: Draft, days: Mapping[str, Sequence[WeekdayName | None]] | None
) -> dict[str, frozenset[Weekday]]:
    """The kinds of day."""
    for name in draft.keys("days"):
        if name in WEEKDAYS or name == EVERY_DAY:
            message = Sentence("{name} is a kind of day already", name=name)
            draft.refuse(("days", name), message, Sentence("choose another name"), at_key=True)
        elif name == CARRY_OVER:
            message = Sentence("{name} means something else in budgets", name=name)
            draft.refuse(("days", name), message, Sentence("choose another name"), at_key=True)
        elif not is_word(name):
            message = Sentence("{name} cannot be the name of a kind of day", name=name)
            hint = Sentence("letters, digits, - and _")
            draft.refuse(("days", name), message, hint, at_key=True)
    found = {}
    for name, written in (days or {}).items():
        weekdays = [Weekday[day.upper()] for day in written if day is not None]
        if len(set(weekdays)) < len(weekdays):
            message = Sentence("{name} names a day twice", name=name)
            draft.refuse(("days", name), message, Sentence("name each day once"))
        found[name] = frozenset(weekdays)
    return found


def read_holidays(
    draft: Draft, holidays: Mapping[str, HolidayShape] | None, kinds: Collection[str]
) -> dict[str, Holiday]:
    """The holidays. `kinds` are the names under `days:`, right or wrong."""
    found = {}
    for name, written in (holidays or {}).items():
        path = ("holidays", name)
        first = _date(draft, written["from"], (*path, "from"))
        last = _date(draft, written["to"], (*path, "to"))
        if written["use"] not in (*kinds, *WEEKDAYS):
            draft.refuse(
                (*path, "use"),
                Sentence("no kind of day is called {name}", name=written["use"]),
                nearest(written["use"], [*kinds, *WEEKDAYS]),
            )
        elif first and last and first > last:
            message = Sentence("{name} ends before it starts", name=name)
            hint = Sentence("{later} comes after {earlier}", later="to:", earlier="from:")
            draft.refuse((*path, "to"), message, hint)
        elif first and last:
            found[name] = Holiday(first=first, last=last, use=written["use"], line=draft.line(path))
    return found


def read_windows(
    draft: Draft, written: TimeShape | None, profile: str, kinds: Collection[str]
) -> dict[str, tuple[Window, ...]] | None:
    """A profile's windows by kind of day; None if the file gives none."""
    windows = (written or {}).get("windows")
    if windows is None:
        return None
    path = ("profiles", profile, "time", "windows")
    if not windows and not draft.keys(*path):
        draft.refuse(
            path,
            Sentence("no window stands here"),
            Sentence("name a kind of day, or remove windows:"),
        )
    for name in draft.keys(*path):
        if name not in (*kinds, *WEEKDAYS, EVERY_DAY):
            draft.refuse(
                (*path, name),
                Sentence("no kind of day is called {name}", name=name),
                nearest(name, [*kinds, *WEEKDAYS, EVERY_DAY]),
                at_key=True,
            )
    return {name: _windows(draft, texts, (*path, name)) for name, texts in windows.items()}


def _windows(draft: Draft, texts: Sequence[str | None], path: Path) -> tuple[Window, ...]:
    found = (
        _window(draft, text, (*path, position))
        for position, text in enumerate(texts)
        if text is not None
    )
    return tuple(window for window in found if window is not None)


def _window(draft: Draft, text: str, path: Path) -> Window | None:
    exact = WINDOW.fullmatch(text)
    if exact is None:
        draft.refuse(path, Sentence("{written} is no window", written=text), _hint_of(text))
        return None
    at_days_end = text.endswith("-24:00")
    opens = _time(exact[1], exact[2])
    closes = time() if at_days_end else _time(exact[3], exact[4])
    if opens is None or closes is None:
        draft.refuse(
            path,
            Sentence("{written} has an hour that no clock shows", written=text),
            Sentence("hours go from 00:00 to 24:00"),
        )
        return None
    if opens == closes and not at_days_end:
        draft.refuse(
            path,
            Sentence("{written} opens and closes at the same minute", written=text),
            Sentence("for a whole day write 00:00-24:00"),
        )
        return None
    return Window(opens=opens, closes=closes, line=draft.line(path))


def _hint_of(text: str) -> Sentence:
    """What a window that is nearly right should look like."""
    loose = _LOOSE_WINDOW.fullmatch(text)
    if loose is None:
        return Sentence("write it as {example}", example="17:00-20:00")
    meant = f"{loose[1]:0>2}:{loose[2]}-{loose[3]:0>2}:{loose[4]}"
    return Sentence("write {example}", example=meant)


def _time(hour: str, minute: str) -> time | None:
    try:
        return time(int(hour), int(minute))
    except ValueError:
        return None


def _date(draft: Draft, text: str, path: Path) -> date | None:
    try:
        if DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    message = Sentence("{written} is no date", written=text)
    draft.refuse(path, message, Sentence("write {example}", example="2027-02-03"))
    return None
