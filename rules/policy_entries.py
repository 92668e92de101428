"""The entries of the rule file: what each allows or blocks, and for how long."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rules.address import AddressError, parse_address
from rules.file_kinds import parse_ending, parse_mime
from rules.policy import Entry, EntryList, FileType, GroupUse, Target, Word
from rules.policy_draft import Draft, Path
from rules.policy_forms import DATE, DATE_AND_HOUR
from rules.policy_shape import EntryShape, Items
from rules.problems import Sentence, nearest
from rules.search import parse_search

TARGETS = ("site", "search", "file", "mime")
"""What an entry can be about; it has one of these keys."""
_KEYS = "site:, search:, file:, mime:"


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

    def downloads(self, endings: Sequence[str | None] | None, *path: str) -> EntryList:
        """The entries that `downloads:` stands for, one for each ending."""
        found = (
            (position, ending, self._ending(ending, (*path, position)))
            for position, ending in enumerate(endings or ())
            if ending is not None
        )
        return tuple(
            Entry(
                address=f"downloads: {written}",
                target=FileType(endings=(ending,)),
                line=self.draft.line((*path, position)),
            )
            for position, written, ending in found
            if ending is not None
        )

    def _entry(self, item: EntryShape, path: Path) -> Entry | GroupUse | None:
        key = self._key(item, path)
        target = None if key is None else self._target(item, key, path)
        if key is None or target is None:
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
        address = _written(item, key)
        return Entry(address=address, target=target, line=line, starts=starts, ends=ends, note=note)

    def _key(self, item: EntryShape, path: Path) -> str | None:
        """What the entry is about. None where that was refused."""
        written = self.draft.keys(*path) or [*item]
        keys = [key for key in TARGETS if key in written]
        if len(keys) > 1:
            message = Sentence("one entry says {keys}", keys=", ".join(f"{key}:" for key in keys))
            hint = Sentence("make an entry of each")
            self.draft.refuse((*path, keys[1]), message, hint, at_key=True)
        elif not keys and all(key in EntryShape.__annotations__ for key in written):
            message = Sentence("{key} is missing here", key="site:")
            self.draft.refuse(path, message, Sentence("say what it is about: {keys}", keys=_KEYS))
        return keys[0] if len(keys) == 1 and keys[0] in item else None

    def _target(self, item: EntryShape, key: str, path: Path) -> Target | None:
        try:
            match key:
                case "search":
                    return parse_search(item["search"])
                case "mime":
                    return parse_mime(item["mime"])
                case "file":
                    return self._file(item["file"], (*path, "file"))
                case _:
                    return parse_address(item["site"])
        except AddressError as error:
            self.draft.refuse((*path, key), error.message, error.hint)
            return None

    def _file(self, written: Sequence[str | None], path: Path) -> FileType | None:
        if not written:
            message = Sentence("no ending of a file's name stands here")
            self.draft.refuse(path, message, Sentence("write {example}", example="file: [exe]"))
        found = [
            None if text is None else self._ending(text, (*path, position))
            for position, text in enumerate(written)
        ]
        endings = tuple(ending for ending in found if ending is not None)
        is_whole = found and len(endings) == len(found)
        return FileType(endings=tuple(sorted(set(endings)))) if is_whole else None

    def _ending(self, text: str, path: Path) -> str | None:
        try:
            return parse_ending(text)
        except AddressError as error:
            self.draft.refuse(path, error.message, error.hint)
            return None

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
        is_day = DATE.fullmatch(text) is not None
        try:
            if not is_day and not DATE_AND_HOUR.fullmatch(text):
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


def _written(item: EntryShape, key: str) -> str:
    """The entry in one line, as answers name it."""
    if key == "site":
        return item["site"]
    if key == "file":
        return "file: " + ", ".join(ending for ending in item["file"] if ending is not None)
    return f"{key}: {item['search'] if key == 'search' else item['mime']}"
