"""The entries of the rule file: what each allows or blocks, and for how long."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rules.address import AddressError, parse_address
from rules.policy import Entry, EntryList, GroupUse, Word
from rules.policy_draft import Draft, Path
from rules.policy_shape import EntryShape, Items
from rules.problems import Sentence, nearest

_DATE = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}")
_DATE_AND_HOUR = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}")


@dataclass(frozen=True, slots=True)
class EntryReader:
    """Reads lists of entries of one file."""

    draft: Draft
    zone: ZoneInfo
    groups: Collection[str]
    """Names under `groups:`, right or wrong."""
    topics: Collection[str]

    def entries(self, items: Items, *path: str) -> EntryList:
        """The list's entries; what is wrong is refused and left out."""
        found = (
            self._entry(item, (*path, position))
            for position, item in enumerate(items or [])
            if item is not None
        )
        return tuple(entry for entry in found if entry is not None)

    def knows(self, name: str) -> bool:
        """Whether a word without a dot means something."""
        return name in self.groups or name in self.topics

    def _entry(self, item: EntryShape, path: Path) -> Entry | GroupUse | None:
        try:
            target = parse_address(item["site"])
        except AddressError as error:
            self.draft.refuse((*path, "site"), error.message, error.hint)
            return None
        starts = self._moment(item.get("from"), (*path, "from"))
        ends = self._moment(item.get("until"), (*path, "until"), is_end=True)
        if starts and ends and starts >= ends:
            self.draft.refuse(
                (*path, "until"),
                Sentence("this entry ends before it starts"),
                Sentence("{later} comes after {earlier}", later="until:", earlier="from:"),
            )
        line, note = self.draft.line(path), item.get("note", "")
        if isinstance(target, Word):
            if target.name in self.groups:
                return GroupUse(group=target.name, line=line, starts=starts, ends=ends, note=note)
            if target.name not in self.topics:
                self._refuse_name(target.name, (*path, "site"))
                return None
        return Entry(
            address=item["site"], target=target, line=line, starts=starts, ends=ends, note=note
        )

    def _refuse_name(self, name: str, path: Path) -> None:
        known = nearest(name, [*self.groups, *self.topics])
        self.draft.refuse(
            path,
            Sentence("nothing is called {name}", name=name),
            Sentence("{known}; a site has a dot", known=known),
        )

    def _moment(self, text: str | None, path: Path, *, is_end: bool = False) -> datetime | None:
        if text is None:
            return None
        is_day = _DATE.fullmatch(text) is not None
        try:
            if not is_day and not _DATE_AND_HOUR.fullmatch(text):
                raise ValueError(text)  # noqa: TRY301 (fromisoformat takes more forms than we write)
            wall = datetime.fromisoformat(text)
        except ValueError:
            self.draft.refuse(
                path,
                Sentence("{written} is no date", written=text),
                Sentence("write 2026-12-20 or 2026-12-20 18:00"),
            )
            return None
        if is_day and is_end:
            wall += timedelta(days=1)
        return wall.replace(tzinfo=self.zone)
