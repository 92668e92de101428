"""One update of the lists: those that are due are asked for, those that are off forgotten, and the table compiled.

Law: a kill at any point leaves the old table or the new, and each list's old copy or the new.
"""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path

from rules.subscription import Subscription
from store.list_compile import compile_copies
from store.list_copies import Record, forget, read_record, renew
from store.list_due import due_at, source_of
from store.list_fetch import Fetched, NotModified, Validators, fetch, read_own
from store.list_progress import Note, Step, Tell, updating
from store.list_wire import Limits, Outside, trusted
from store.settings import Settings

COMPILE_AFTER_SECONDS = 20.0
"""What has come is put in force this often, while other lists are still on their way."""
LIMITS = Limits()
"""Of one list."""

type Lists = Mapping[str, Subscription]
"""A policy's, by key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated:
    """What an update came to."""

    records: Mapping[str, Record]
    """Of the lists that were asked for, by key: what is known of them now."""
    renewed: frozenset[str]
    """Those of which another copy is in force now."""
    domains: int | None
    """How many the new table has. None: the one that is in force is made of these copies already."""


def update(
    lists: Lists,
    settings: Settings,
    *,
    moment: datetime,
    only: Collection[str] | None = None,
    may_shrink: bool = False,
    limits: Limits = LIMITS,
    tell: Tell = lambda _progress: None,
) -> Updated:
    """Update the lists, and say what came of it. Waits while another process does so.

    Args:
        lists: All that are on: what is kept of others is removed.
        settings: The house's.
        moment: Now.
        only: The keys to ask for, due or not. None: those that are due; of these only the family's
            own files, where the settings leave fetching to the family.
        may_shrink: The parent has said that a list may be less than half of what it was.
        limits: How much a list may be, and how long it may take.
        tell: Told how far it is.

    Raises:
        OSError: the disk refused; the old table is in its place.
    """
    folder = settings.lists_dir
    records: dict[str, Record] = {}
    renewed: set[str] = set()
    domains = None
    with updating(folder, tell) as note:
        forget(folder, lists)
        way = _Way(settings, limits, note)
        began = time.monotonic()
        for key in _wanted(lists, settings, moment, only):
            before = read_record(folder, key).copy
            record = records[key] = way.renew(lists[key], moment=moment, may_shrink=may_shrink)
            if record.copy is not None and (before is None or before.sha256 != record.copy.sha256):
                renewed.add(key)
            if renewed and time.monotonic() - began > COMPILE_AFTER_SECONDS:
                domains = compile_copies(folder, lists, note) or domains
                began = time.monotonic()
        last = compile_copies(folder, lists, note)
    return Updated(
        records=records,
        renewed=frozenset(renewed),
        domains=domains if last is None else last,
    )


def due_keys(lists: Lists, settings: Settings, moment: datetime) -> tuple[str, ...]:
    """The lists that are to be asked for now without a parent's word.

    Raises:
        OSError: a list's record is there and cannot be read.
    """
    return tuple(
        key
        for key, one in lists.items()
        if (one.file or settings.list_updates)
        and due_at(settings.lists_dir, settings.own_lists_dir, one, moment) <= moment
    )


def _wanted(
    lists: Lists, settings: Settings, moment: datetime, only: Collection[str] | None
) -> list[str]:
    if only is None:
        keys = due_keys(lists, settings, moment)
    else:
        keys = tuple(key for key in lists if key in only)

    def lateness(key: str) -> tuple[bool, bool]:
        record = read_record(settings.lists_dir, key)
        # what failed last time may take long to fail again, and what has a copy can wait
        return record.problem is not None, record.copy is not None

    return sorted(keys, key=lateness)


class _Way:
    """The way out of this house, and into its own folder."""

    def __init__(self, settings: Settings, limits: Limits, note: Note) -> None:
        self._settings = settings
        self._limits = limits
        self._note = note

    @cached_property
    def _outside(self) -> Outside:
        settings = self._settings
        return Outside(
            names=settings.names, reach=settings.reach, trust=trusted(settings.upstream_ca)
        )

    def renew(self, one: Subscription, *, moment: datetime, may_shrink: bool) -> Record:
        """One try to renew one list."""
        return renew(
            self._settings.lists_dir,
            one.key,
            source=source_of(one),
            get=partial(self._get, one),
            moment=moment,
            may_shrink=may_shrink,
        )

    def _get(self, one: Subscription, into: Path, known: Validators) -> Fetched | NotModified:
        self._note(one.key, Step.FETCH, 0, None)
        answer: Fetched | NotModified
        if one.url is not None:
            answer = fetch(
                one.url,
                into,
                known=known,
                outside=self._outside,
                limits=self._limits,
                progress=partial(self._note, one.key, Step.FETCH),
            )
        else:
            own = self._settings.own_lists_dir / (one.file or "")
            answer = read_own(own, into, known=known, limits=self._limits)
        if isinstance(answer, Fetched):
            self._note(one.key, Step.READ, 0, into.stat().st_size)
        return answer
