"""Keeps the lists of the rule file up to date: fetches what is due, follows what is turned on or off, obeys wishes.

Law: it looks once a second and costs next to nothing while nothing changes; where no list is on it asks nobody.
"""

import logging
import time
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import NoReturn

from rules.policy import Language, Policy
from store.files import Stamp, stamp
from store.list_due import due_at
from store.list_table import TABLE_FILE
from store.list_updates import Updated, update
from store.list_wishes import is_wished, take_wishes
from store.list_words import problem_words
from store.rules_in_force import RulesInForce
from store.settings import Settings

LOOK_SECONDS = 1.0
PAUSE = timedelta(minutes=1)
"""At least so long after an update the clock alone starts no other one; also after one that the disk refused."""
LONGEST_SLEEP = timedelta(days=1)

type Stamps = Mapping[str, Stamp | None]

logger = logging.getLogger(__name__)


class Keeper:
    """Follows the rules in force and the clock."""

    def __init__(self, settings: Settings, rules: RulesInForce) -> None:
        """Does nothing yet."""
        self._settings = settings
        self._rules = rules
        self._revision = ""
        self._own: Stamps = {}
        self._table: Stamp | None = None
        self._looked = self._next = datetime.min.replace(tzinfo=UTC)

    def follow(self) -> NoReturn:
        """Look once a second, for ever."""
        while True:
            try:
                self.look(datetime.now(UTC))
            except Exception:
                logger.exception("the lists could not be updated; what is in force stays so")
            time.sleep(LOOK_SECONDS)

    def look(self, moment: datetime) -> None:
        """Do what is to be done at a moment.

        Raises:
            OSError: the disk refused; what is in force stays so.
        """
        policy = self._rules.look()
        if policy is None:
            return
        folder = self._settings.lists_dir
        for wish in take_wishes(folder) if is_wished(folder) else ():
            self._update(policy, moment, wish.keys or tuple(policy.lists), wish.may_shrink)
        if self._is_anything_new(policy, moment):
            self._next = moment + PAUSE
            self._update(policy, moment)
            self._next = max(self._next, min(self._dues(policy, moment)))

    def _is_anything_new(self, policy: Policy, moment: datetime) -> bool:
        own, table = self._own_files(policy), self._table_stamp()
        has_clock_jumped = moment < self._looked
        # of the table: `lists update` may have waited with rules that are no longer in force
        before = self._revision, self._own, self._table
        now = policy.revision, own, table
        self._looked = moment
        self._revision, self._own, self._table = now
        return before != now or has_clock_jumped or moment >= self._next

    def _table_stamp(self) -> Stamp | None:
        return stamp(self._settings.lists_dir / TABLE_FILE)

    def _own_files(self, policy: Policy) -> Stamps:
        folder = self._settings.own_lists_dir
        return {key: stamp(folder / one.file) for key, one in policy.lists.items() if one.file}

    def _dues(self, policy: Policy, moment: datetime) -> Iterator[datetime]:
        yield moment + LONGEST_SLEEP
        for one in policy.lists.values():
            if one.file or self._settings.list_updates:
                yield due_at(self._settings.lists_dir, self._settings.own_lists_dir, one, moment)

    def _update(
        self,
        policy: Policy,
        moment: datetime,
        only: Collection[str] | None = None,
        may_shrink: bool = False,  # noqa: FBT001, FBT002  # a wish's
    ) -> None:
        done = update(policy.lists, self._settings, moment=moment, only=only, may_shrink=may_shrink)
        self._table = self._table_stamp()
        _log(done)


def _log(done: Updated) -> None:
    for key, record in done.records.items():
        if record.problem is not None:
            logger.warning("%s: %s", key, problem_words(record.problem, Language.ENGLISH))
        elif key in done.renewed and record.copy is not None:
            logger.info("%s: new, entries: %s", key, f"{record.copy.entries:,}")
        else:
            logger.info("%s: what is in force is the newest", key)
    if done.domains is not None:
        logger.info("a new table is in force, domains: %s", f"{done.domains:,}")
