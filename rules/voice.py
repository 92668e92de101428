"""A rule file read aloud in one language: its sentences with their lines, its lists of words, dates and days."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rules.catalog import Catalog
from rules.policy import Language, Policy, Weekday
from rules.sentences import nth, sentence
from rules.wording import topic_title

WEEK = len(Weekday)
SHORTEST_RUN = 3
"""Days: "Monday to Wednesday", but "Monday and Tuesday"."""

_IN_BRACKETS = re.compile(r"\([^()]*\)")
_BREAKS = {
    Language.ENGLISH: re.compile(r",|\band\b"),
    Language.VIETNAMESE: re.compile(r",|\bvà\b"),
}
"""What makes a word of a list look like two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One thing that the rules say."""

    text: str
    """Whole sentences."""
    lines: tuple[int, ...]
    """The lines of the rule file that say it, in order. Empty: it holds without a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A policy, and the language in which it is read aloud."""

    policy: Policy
    catalog: Catalog
    language: Language

    def words(self, key: str, /, **parts: object) -> str:
        """A piece of a sentence, by its key in say_words.py without `say.`."""
        return sentence(self.language, f"say.{key}", **parts)

    def says(self, key: str, lines: Iterable[int], /, **parts: object) -> Statement:
        """A sentence of say_words.py, and where it comes from."""
        return Statement(text=self.words(key, **parts), lines=tuple(sorted(set(lines))))

    def lines(self, *paths: str) -> list[int]:
        """The lines of those keys that the file has, by their paths in words."""
        return [self.policy.lines[path] for path in paths if path in self.policy.lines]

    def joined(self, words: Iterable[str]) -> str:
        """The words as a list in a sentence: `a, b and c`."""
        found = list(words)
        if any(_BREAKS[self.language].search(_IN_BRACKETS.sub("", word)) for word in found):
            return "; ".join(found)
        *first, last = found
        return self.words("and", first=", ".join(first), last=last) if first else last

    def note(self, note: str) -> str:
        """The parent's own words on why, as a sentence."""
        return sentence(self.language, "why.note", note=note)

    def topic(self, key: str) -> str:
        """A category's or service's name."""
        return topic_title(key, language=self.language, catalog=self.catalog)

    def date(self, day: date, *, has_year: bool = True) -> str:
        """`1 December 2026`."""
        month = nth(self.language, "months", day.month - 1)
        key = "date" if has_year else "date.day"
        return self.words(key, day=day.day, month=month, year=day.year)

    def moment(self, moment: datetime) -> str:
        """`17:00 on 1 December 2026`, by the family's clock."""
        local = moment.astimezone(ZoneInfo(self.policy.timezone))
        return self.words("moment", time=f"{local:%H:%M}", date=self.date(local.date()))

    def weekday(self, day: Weekday) -> str:
        """`Monday`."""
        return nth(self.language, "weekdays", day.value)

    def days(self, days: Iterable[Weekday]) -> str:
        """`Sunday to Thursday`, `every day`. The week is a circle."""
        found = set(days)
        if not found:
            return self.words("days.none")
        if len(found) == WEEK:
            return self.words("days.every")
        return self.joined(word for run in _runs(found) for word in self._run(run))

    def _run(self, run: Sequence[Weekday]) -> Iterable[str]:
        names = [self.weekday(day) for day in run]
        if len(run) < SHORTEST_RUN:
            return names
        return [self.words("days.run", first=names[0], last=names[-1])]


def name_words(key: str) -> str:
    """A name of the family's own as people read it: `school_night` is a school night."""
    return key.replace("_", " ")


def stretches(lines: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """The first and the last of the lines that follow each other. `lines` are in order."""
    found: list[tuple[int, int]] = []
    for line in lines:
        if found and line == found[-1][1] + 1:
            found[-1] = (found[-1][0], line)
        else:
            found.append((line, line))
    return tuple(found)


def line_words(lines: Sequence[int], *, language: Language) -> str:
    """Where a statement stands: `line 31`, `lines 3, 7-9`; empty without lines."""
    if not lines:
        return ""
    if len(lines) == 1:
        return sentence(language, "answer.line", line=lines[0])
    parts = (stretch_words(*stretch) for stretch in stretches(lines))
    return sentence(language, "say.lines", lines=", ".join(parts))


def stretch_words(first: int, last: int) -> str:
    """`7-9`, or `7` if it is one line."""
    return f"{first}" if first == last else f"{first}-{last}"


def _runs(days: set[Weekday]) -> list[list[Weekday]]:
    """The days in runs that follow each other; not all seven."""
    # A run begins where the day before is not among them.
    begins = [day for day in Weekday if day in days and Weekday((day.value - 1) % WEEK) not in days]
    runs = []
    for start in begins:
        ahead = (Weekday((start.value + step) % WEEK) for step in range(WEEK))
        run = []
        for day in ahead:
            if day not in days:
                break
            run.append(day)
        runs.append(run)
    return runs
