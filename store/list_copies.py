"""The copies of lists in the home: what is in force of each, and how the last try to renew it went.

Law: a copy is replaced whole or not at all, and only by what can be a list; whatever fails, the last
good copy stays. A copy is two files: the list under a name with its checksum, and the record that
names it. Writing the record is the one step that counts, so that a kill leaves the old copy or the new.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from rules.list_formats import Format
from rules.list_names import Skip
from rules.list_text import MOST_ENTRIES, ListText, Skipped, TooManyEntriesError, read_list
from store.files import locked, replace_bytes
from store.list_faults import Fault, ListRefused
from store.list_fetch import Fetched, NotModified, Validators
from store.list_files import read_lines
from store.lists import load_guard

LEAST_KEPT = 0.5
"""Of the last good copy's entries. What is smaller was cut, or is another list."""
MOST_GUARDED = 0.01
"""Of a list's entries, if they are of LEAST_KINDS. Of 29 published lists one of social networks has most, 2.0 %, of 3 kinds; a list of top sites has 1.4 %, of 13."""
LEAST_KINDS = 5
"""Groups of the guard. A list of one thing may name the best known of its kind: banks, shops, networks."""
LONGEST_SAYING = 200
"""Characters of what a list says of itself."""

type Source = Callable[[Path, Validators], Fetched | NotModified]
"""Gets the list into a file, unless it is the version that we have. Raises ListRefused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """The list in force."""

    source: str
    """The address or the name of the file that it came from."""
    validators: Validators
    sha256: str
    """Of the file."""
    fetched_at: datetime
    checked_at: datetime
    """When its source was last asked and had this one."""
    format: Format
    entries: int
    """Of names."""
    pages: int
    skipped: Mapping[Skip, Skipped]
    guarded: Mapping[str, Skipped]
    """What each group of the guard refused; these are among the skipped, too."""
    stated: int | None
    """How many entries the list says it has; None if it does not."""
    header: Mapping[str, str]
    """What the list says of itself, by `title`, `version` and the like. A stranger's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why the last try changed nothing."""

    fault: Fault
    detail: str
    source: str
    """The address or the name of the file that was tried."""
    at: datetime
    since: datetime
    """Of the first of the tries that failed, one after the other."""
    tries: int
    """How many these are, at least 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All that is known of one subscription's list."""

    copy: Copy | None = None
    """None: there has been no good one yet."""
    problem: Problem | None = None
    """None: the last try went well, or there was none."""


_RECORD = TypeAdapter(Record)
_KEPT = re.compile(r"(?P<key>[^.]+)\.(json|new|[0-9a-f]{16}\.list)")
"""The names of our files. A parent may have put others there."""


def list_path(folder: Path, key: str, copy: Copy) -> Path:
    """The file of a list in force, plain or gzip, as it came."""
    return folder / f"{key}.{copy.sha256[:16]}.list"


def read_record(folder: Path, key: str) -> Record:
    """What is known of a list; of the list itself nothing is read.

    Raises:
        OSError: the record is there and cannot be read.
    """
    try:
        return _RECORD.validate_json(_record_path(folder, key).read_bytes())
    except (FileNotFoundError, ValidationError):
        return Record()


def read_copy(folder: Path, key: str) -> Copy | None:
    """The list in force; None if there is none, or its file is not the one that was recorded. Reads the file."""
    copy = read_record(folder, key).copy
    if copy is None:
        return None
    try:
        with list_path(folder, key, copy).open("rb") as file:
            is_whole = hashlib.file_digest(file, "sha256").hexdigest() == copy.sha256
    except OSError:
        return None
    return copy if is_whole else None


def renew(
    folder: Path,
    key: str,
    *,
    source: str,
    get: Source,
    moment: datetime,
    may_shrink: bool = False,
) -> Record:
    """One try to renew a list, and what is known after it: a new copy, the old one seen to be fresh, or a problem.

    Of one list there is one try at a time; others wait. A try that was cancelled leaves no problem.

    Args:
        folder: The folder of copies.
        key: The subscription's.
        source: The address or the name of the file; with another one than the last copy's, all begins anew.
        get: `fetch` or `read_own`, with what they need.
        moment: Now.
        may_shrink: The parent has said that the list may be less than half of what it was.

    Raises:
        OSError: the disk refused the record; what was in force still is.
    """
    with locked(folder / key):
        old, record = read_copy(folder, key), read_record(folder, key)
        fresh = old if old and old.source == source else None
        candidate = folder / f"{key}.new"
        try:
            answer = get(candidate, fresh.validators if fresh else Validators())
            if isinstance(answer, Fetched):
                copy = _judge(answer, source=source, moment=moment)
                _compare(copy, None if may_shrink else fresh)
                candidate.replace(list_path(folder, key, copy))
            else:
                copy = _still(fresh, moment)
            record = Record(copy=copy)
        except ListRefused as refused:
            if refused.fault is not Fault.CANCELLED:
                problem = _again(record.problem, refused, source=source, moment=moment)
                record = Record(copy=old, problem=problem)
        finally:
            candidate.unlink(missing_ok=True)
        replace_bytes(_record_path(folder, key), _RECORD.dump_json(record, indent=1))
        _tidy(folder, key, record.copy)
        return record


def forget(folder: Path, keys: Collection[str]) -> None:
    """Remove what is kept of lists that are not among these keys."""
    for path in folder.iterdir():
        kept = _KEPT.fullmatch(path.name)
        if kept and kept["key"] not in keys:
            path.unlink(missing_ok=True)


def _record_path(folder: Path, key: str) -> Path:
    return folder / f"{key}.json"


def _again(
    before: Problem | None, refused: ListRefused, *, source: str, moment: datetime
) -> Problem:
    same = before if before and before.source == source else None
    return Problem(
        fault=refused.fault,
        detail=refused.detail,
        source=source,
        at=moment,
        since=same.since if same else moment,
        tries=same.tries + 1 if same else 1,
    )


def _judge(fetched: Fetched, *, source: str, moment: datetime) -> Copy:
    text = _read(fetched.path)
    _look_for_favourites(text)
    return Copy(
        source=source,
        validators=fetched.validators,
        sha256=fetched.sha256,
        fetched_at=moment,
        checked_at=moment,
        format=text.format,
        entries=text.entries,
        pages=text.pages,
        skipped=text.skipped,
        guarded=text.guarded,
        stated=text.stated,
        header={key: said[:LONGEST_SAYING] for key, said in text.header.items()},
    )


def _read(path: Path) -> ListText:
    try:
        text = read_list(read_lines(path), guard=load_guard())
        for _ in text:
            pass  # it counts while it reads
    except OSError as error:
        raise ListRefused(Fault.DISK, error.strerror or str(error)) from error
    except TooManyEntriesError as error:
        raise ListRefused(Fault.TOO_LARGE, str(MOST_ENTRIES)) from error
    except ValueError as error:
        raise ListRefused(Fault.NO_LIST) from error
    return text


def _look_for_favourites(text: ListText) -> None:
    for group in load_guard().groups:
        if group.is_alarm and group.key in text.guarded:
            raise ListRefused(Fault.ALARM, text.guarded[group.key].examples[0].text)
    guarded = sum(one.count for one in text.guarded.values())
    whole = text.entries + text.pages + guarded
    if len(text.guarded) >= LEAST_KINDS and guarded > MOST_GUARDED * whole:
        raise ListRefused(Fault.FAVOURITES, f"{guarded}/{whole}")
    if whole == guarded:
        raise ListRefused(Fault.EMPTY)


def _compare(copy: Copy, old: Copy | None) -> None:
    before = old.entries + old.pages if old else 0
    after = copy.entries + copy.pages
    if after < LEAST_KEPT * before:
        raise ListRefused(Fault.SHRUNK, f"{after} < {before}")


def _still(copy: Copy | None, moment: datetime) -> Copy:
    if copy is None:
        raise ListRefused(Fault.STATUS, "304")
    return replace(copy, checked_at=moment)


def _tidy(folder: Path, key: str, copy: Copy | None) -> None:
    """Remove the lists that were in force before, and what a kill left."""
    kept = list_path(folder, key, copy) if copy else None
    for path in folder.iterdir():
        if path.suffix == ".list" and path.name.partition(".")[0] == key and path != kept:
            path.unlink(missing_ok=True)
