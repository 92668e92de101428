"""What every page stands on: settings, database, catalog, clock, and the rules as they stand now."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import Engine

from admin.attempts import Attempts
from rules.acceptance import accept, recall
from rules.catalog import Catalog
from rules.compile import Ruleset
from rules.domain_table import DomainTable
from rules.policy import Policy
from rules.policy_text import revision_of
from rules.problems import PolicyError, Problem, Sentence, unreadable
from store import policies
from store.list_table import TableInForce
from store.settings import Settings

NAME = "porchlight"
"""The app's extension under which the House is kept."""

_NO_RULES = "porchlight: 1\ntimezone: UTC\n"
"""Stands in where there has never been a good rule file, so that the pages can be shown at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The rule file and the rules that its text, or the last good text, means."""

    ruleset: Ruleset
    """Of the file; of the last good text if the file is broken."""
    text: str
    """Of the file, good or broken. Empty if it cannot be read."""
    revision: str
    """Of `text`."""
    problems: tuple[Problem, ...]
    """Why the file is not in force. Empty: it is good."""

    @property
    def policy(self) -> Policy:
        """The policy behind the ruleset."""
        return self.ruleset.policy


@dataclass(slots=True, kw_only=True)
class House:
    """The one object that pages ask; made once by `create_app`."""

    settings: Settings
    engine: Engine
    catalog: Catalog
    clock: Callable[[], datetime]
    attempts: Attempts = field(default_factory=Attempts)
    _kept: Standing | None = field(default=None, repr=False)
    _table: TableInForce = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._table = TableInForce(self.settings.lists_dir)

    def standing(self) -> Standing:
        """The rules as they stand. Reads the file each time, parses it only when it changed."""
        path = self.settings.rules_path
        try:
            found = policies.read(path)
        except PolicyError as error:
            return self._last_good("", error.problems)
        except OSError as error:
            message = Sentence("the file cannot be read: {reason}", reason=error.strerror or error)
            return self._last_good("", unreadable(path.name, message).problems)
        kept = self._kept
        if (
            kept is None
            or kept.revision != found.revision
            or kept.ruleset.listings.table is not self.table()
        ):
            kept = self._kept = self._parsed(found.text)
        return kept

    def table(self) -> DomainTable | None:
        """The published lists in force."""
        return self._table.look()

    def compiled(self, text: str) -> Ruleset:
        """The rules that `text` would mean.

        Raises:
            PolicyError: with all that is wrong with the text, unmet expectations too.
        """
        return accept(
            text,
            file=self.settings.rules_path.name,
            catalog=self.catalog,
            moment=self.clock(),
            reach=self.settings.reach,
            table=self.table(),
        )

    def zone(self) -> ZoneInfo:
        """The family's time zone."""
        return ZoneInfo(self.standing().policy.timezone)

    def _parsed(self, text: str) -> Standing:
        try:
            ruleset = self.compiled(text)
        except PolicyError as error:
            return self._last_good(text, error.problems)
        return Standing(ruleset=ruleset, text=text, revision=revision_of(text), problems=())

    def _last_good(self, text: str, problems: tuple[Problem, ...]) -> Standing:
        newest = policies.newest(self.engine)
        try:
            ruleset = self._recalled(newest.text if newest else _NO_RULES)
        except PolicyError:  # an older version of Porchlight wrote it
            ruleset = self._recalled(_NO_RULES)
        if ruleset.revision == revision_of(text):
            # Accepted once and in force: only what it expects has come to fail since, by the date.
            problems = ()
        return Standing(ruleset=ruleset, text=text, revision=revision_of(text), problems=problems)

    def _recalled(self, text: str) -> Ruleset:
        name = self.settings.rules_path.name
        return recall(
            text,
            file=name,
            catalog=self.catalog,
            reach=self.settings.reach,
            table=self.table(),
        )


def house() -> House:
    """The House of the app that answers this request."""
    return cast("House", current_app.extensions[NAME])
