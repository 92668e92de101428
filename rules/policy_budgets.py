"""The budgets of the rule file: what may take how much time on which kind of day."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import combinations

from rules.address import is_word
from rules.policy import EVERYTHING, Budget, Weekday
from rules.policy_draft import Draft, Path
from rules.policy_entries import EntryReader
from rules.policy_shape import TimeShape
from rules.policy_times import WEEKDAYS
from rules.problems import Sentence, nearest
from rules.schedule import CARRY_OVER, DAY, EVERY_DAY
from rules.spans import read_span

UNLIMITED = "unlimited"

_EXAMPLES = {True: "30m, 1h30m or unlimited", False: "30m or 1h30m"}
_NUMBER = re.compile(r"[0-9]{1,4}")


def read_budgets(reader: EntryReader, written: TimeShape | None, profile: str) -> dict[str, Budget]:
    """A profile's budgets by what they count; none if the file gives none."""
    budgets = (written or {}).get("budgets")
    path = ("profiles", profile, "time", "budgets")
    if budgets is None:
        return {}
    if not budgets and not reader.draft.keys(*path):
        reader.draft.refuse(
            path,
            Sentence("no budget stands here"),
            Sentence("write {example}, or remove budgets:", example="everything: 4h"),
        )
    for key in budgets:
        _refuse_stranger(reader, key, (*path, key))
    return {key: _budget(reader.draft, key, days, (*path, key)) for key, days in budgets.items()}


def _refuse_stranger(reader: EntryReader, key: str, path: Path) -> None:
    if key == EVERYTHING:
        if key in reader.groups:
            message = Sentence(
                "{name} means the whole internet here, and is one of your groups", name=key
            )
            reader.draft.refuse(path, message, Sentence("give the group another name"), at_key=True)
    elif not is_word(key):
        message = Sentence("a budget counts a name, and {written} is none", written=key)
        hint = Sentence("put the address into a group, and write the group's name here")
        reader.draft.refuse(path, message, hint, at_key=True)
    elif not reader.knows(key):
        known = nearest(key, [EVERYTHING, *reader.groups, *reader.topics])
        reader.draft.refuse(
            path, Sentence("nothing is called {name}", name=key), known, at_key=True
        )


def _budget(draft: Draft, key: str, days: Mapping[str, str], path: tuple[str, ...]) -> Budget:
    kinds = [name for name in draft.keys(*path) or days if name != CARRY_OVER]
    if not kinds:
        hint = Sentence("write {example}", example=f"{key}: {{every_day: 30m}}")
        draft.refuse(path, Sentence("{name} names no day", name=key), hint, at_key=True)
    _refuse_days(draft, kinds, path)
    allowances = {
        name: _amount(draft, text, (*path, name), may_be_unlimited=True)
        for name, text in days.items()
        if name != CARRY_OVER
    }
    carried = _amount(draft, days.get(CARRY_OVER, "0m"), (*path, CARRY_OVER))
    return Budget(
        key=key,
        allowances=allowances,
        carry_over=carried or timedelta(),
        line=draft.line(path),
    )


def _refuse_days(draft: Draft, kinds: list[str], path: tuple[str, ...]) -> None:
    known = draft.keys("days")
    for name in kinds:
        if name not in (*known, *WEEKDAYS, EVERY_DAY):
            draft.refuse(
                (*path, name),
                Sentence("no kind of day is called {name}", name=name),
                nearest(name, [*known, *WEEKDAYS, EVERY_DAY]),
                at_key=True,
            )
    for one, other in combinations([name for name in kinds if name in known], 2):
        shared = [day for day in _weekdays(draft, one) if day in _weekdays(draft, other)]
        if shared:
            message = Sentence(
                "{one} and {other} are both on {days}", one=one, other=other, days=", ".join(shared)
            )
            hint = Sentence("one day has one amount of time")
            draft.refuse((*path, other), message, hint, at_key=True)


def _weekdays(draft: Draft, kind: str) -> Iterator[str]:
    return (day for _, day in draft.texts("days", kind) if day.upper() in Weekday.__members__)


def _amount(
    draft: Draft, text: str, path: Path, *, may_be_unlimited: bool = False
) -> timedelta | None:
    """The time that is written; None for `unlimited`, and for what is refused."""
    if text == UNLIMITED and may_be_unlimited:
        return None
    span = read_span(text)
    if span is None:
        written = draft.written(path)
        message = Sentence("{written} is no stretch of time", written=written)
        draft.refuse(path, message, _meant(written, may_be_unlimited=may_be_unlimited))
    elif span > DAY:
        message = Sentence("{written} is more than a day has", written=text)
        hint = Sentence("write {example}", example=UNLIMITED if may_be_unlimited else "24h")
        draft.refuse(path, message, hint)
    return span


def _meant(written: str, *, may_be_unlimited: bool) -> Sentence:
    if written.startswith("-"):
        return Sentence("no time at all is written {example}", example="0m")
    if _NUMBER.fullmatch(written):
        return Sentence("write {example}", example=f"{written}m")
    return Sentence("write {example}", example=_EXAMPLES[may_be_unlimited])
