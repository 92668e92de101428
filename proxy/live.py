"""What is in force now: (ruleset, facts), followed from file and database by one thread.

Law: readers take one reference and see one state. What is broken changes nothing: the last good rules stay.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from proxy.recorder import Recorder
from rules.acceptance import accept, recall
from rules.catalog import Catalog
from rules.compile import Ruleset, compile_policy
from rules.decision import BUILT_IN
from rules.facts import NOTHING_HAPPENED, Facts
from rules.policy import UNKNOWN, Action, Language, Policy, Profile
from rules.problems import PolicyError
from store import facts as stored_facts
from store import logins, policies, workers
from store.files import Stamp, stamp
from store.list_table import TableInForce
from store.policies import PolicyText, Revision
from store.settings import Settings

LOOK_SECONDS = 0.25
FACTS_SECONDS = 0.5
REPORT_SECONDS = 5.0
READ_AGAIN_SECONDS = 5.0
"""A file is read again this often though its stat says that nothing changed: clocks have ticks."""

CAREFUL = Policy(
    file=BUILT_IN,
    revision="",
    timezone="UTC",
    when_filter_fails=Action.BLOCK,
    profiles={
        UNKNOWN: Profile(
            key=UNKNOWN, name=UNKNOWN, line=0, language=Language.ENGLISH, default=Action.BLOCK
        )
    },
)
"""In force where no good rules were ever seen: nothing opens but the help sites."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """All that a decision needs beside the request and the hour."""

    ruleset: Ruleset
    facts: Facts = NOTHING_HAPPENED
    logins: Mapping[str, str] = field(default_factory=dict)
    """The hash of each login's password, by name."""


@dataclass(slots=True)
class _Watched:
    """A file that somebody wants to hear of."""

    path: Path
    act: Callable[[], object]
    seen: Stamp | None
    is_due: bool = False


class Live:
    """Holds the state in force; `state` is swapped whole."""

    def __init__(
        self, settings: Settings, engine: Engine, catalog: Catalog, recorder: Recorder, worker: str
    ) -> None:
        """Reads the rules at once, so that the first request finds them in force."""
        self._settings = settings
        self._engine = engine
        self._catalog = catalog
        self._recorder = recorder
        self._worker = worker
        self._path: Path = settings.rules_path
        self._table = TableInForce(settings.lists_dir)
        self._started = datetime.now(UTC)
        self._since = self._started
        self._stamp: Stamp | None = None
        self._read_at = 0.0
        self._facts_at = 0.0
        self._reported_at = 0.0
        self._database_is_gone = False
        self._watched: list[_Watched] = []
        self.problem = ""
        """What is wrong with the rule file, for people. Empty: nothing."""
        self._closed_ways = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True, name="live")
        self.state = State(ruleset=compile_policy(CAREFUL, catalog, reach=settings.reach))
        self._stamp = stamp(self._path)
        if not self._read_file():
            self._take_last_good()
        self._read_facts()

    @property
    def language(self) -> Language:
        """The family's."""
        return self.state.ruleset.policy.language

    def watch(self, path: Path, act: Callable[[], object]) -> None:
        """Have `act` called, in the thread that follows, once a file has changed and rests. One that is gone has not changed."""
        self._watched.append(_Watched(path=path, act=act, seen=stamp(path)))

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """End, and take this process off the list of workers."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(seconds)
        self._recorder.later(lambda engine: workers.remove(engine, self._worker))

    def look(self) -> None:
        """Take in what has changed since the last look. Milliseconds, where the file changed."""
        now = time.monotonic()
        self._look_at_file(now)
        self._look_at_table()
        self._look_at_watched()
        if now - self._facts_at >= FACTS_SECONDS:
            self._facts_at = now
            self._read_facts()
        if now - self._reported_at >= REPORT_SECONDS:
            self._report(now)

    def note_ways(self, problem: str) -> None:
        """Take in which doors for traffic are closed and why, for people; the pages show it soon. Empty: none is."""
        self._closed_ways = problem
        self._reported_at = 0.0

    def _follow(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            try:
                self.look()
            except Exception:
                logger.exception("could not follow the rules; the last good ones stay in force")

    def _look_at_file(self, now: float) -> None:
        found = stamp(self._path)
        if found != self._stamp:
            # Not yet: an editor may be in the middle of writing. The next look reads it, if it rests.
            self._stamp = found
            self._read_at = 0.0
            return
        if self._read_at and now - self._read_at < READ_AGAIN_SECONDS:
            return
        before = (self.state.ruleset.revision, self.problem)
        self._read_file()
        if before != (self.state.ruleset.revision, self.problem):
            self._report(now)

    def _look_at_table(self) -> None:
        """Take in another table of lists: the rules stay, and readers see the old state or the new."""
        state, table = self.state, self._table.look()
        if table is not state.ruleset.listings.table:
            listings = state.ruleset.listings.with_table(table)
            ruleset = replace(state.ruleset, listings=listings)
            self.state = replace(state, ruleset=ruleset)

    def _look_at_watched(self) -> None:
        for one in self._watched:
            found = stamp(one.path)
            if found != one.seen:
                one.seen, one.is_due = found, True
            elif one.is_due and found is not None:
                one.is_due = False
                one.act()

    def _read_file(self) -> bool:
        """Whether the file's rules are in force now."""
        self._read_at = time.monotonic()
        try:
            text = policies.read(self._path)
            if text.revision != self.state.ruleset.revision:
                self._put_in_force(self._accepted(text))
                who, why = policies.BY_HAND  # a save from the pages is in the history already
                self._recorder.later(
                    lambda engine: policies.remember(engine, text, who=who, why=why)
                )
        except PolicyError as error:
            self._say(_words(error))
            return False
        except (OSError, ValueError) as error:
            self._say(f"{self._path.name} cannot be read: {error}")
            return False
        self._say("")
        return True

    def _accepted(self, text: PolicyText) -> Ruleset:
        return accept(
            text.text,
            file=self._path.name,
            catalog=self._catalog,
            moment=datetime.now(UTC),
            reach=self._settings.reach,
            table=self._table.look(),
        )

    def _recalled(self, revision: Revision) -> Ruleset:
        return recall(
            revision.text,
            file=self._path.name,
            catalog=self._catalog,
            reach=self._settings.reach,
            table=self._table.look(),
        )

    def _put_in_force(self, ruleset: Ruleset) -> None:
        self.state = replace(self.state, ruleset=ruleset)
        self._since = datetime.now(UTC)
        self._recorder.timezone = ZoneInfo(ruleset.policy.timezone)

    def _take_last_good(self) -> None:
        try:
            for revision in policies.history(self._engine):
                try:
                    self._put_in_force(self._recalled(revision))
                except PolicyError:
                    continue
                logger.warning("revision %s, the last good one, is in force", revision.revision)
                return
        except (SQLAlchemyError, OSError) as error:
            self._note_database(error)
        logger.warning("no good rules were ever seen: everything is closed but the help sites")

    def _read_facts(self) -> None:
        try:
            found = stored_facts.read_facts(self._engine, datetime.now(UTC))
            passwords = logins.read(self._engine)
        except (SQLAlchemyError, OSError) as error:
            self._note_database(error)
            return
        self._note_database(None)
        state = self.state
        if found != state.facts or passwords != state.logins:
            self.state = replace(state, facts=found, logins=passwords)

    def _note_database(self, error: Exception | None) -> None:
        if error is not None and not self._database_is_gone:
            logger.warning(
                "the database does not answer; filtering goes on with what was last known: %s",
                error,
            )
        self._database_is_gone = error is not None

    def _report(self, now: float) -> None:
        self._reported_at = now
        line = workers.Worker(
            name=self._worker,
            pid=os.getpid(),
            started=self._started,
            seen=datetime.now(UTC),
            revision=self.state.ruleset.revision,
            in_force_since=self._since,
            dropped=self._recorder.dropped,
            problem=" ".join(filter(None, (self.problem, self._closed_ways))),
        )
        self._recorder.later(lambda engine: workers.report(engine, line))

    def _say(self, problem: str) -> None:
        if problem and problem != self.problem:
            logger.warning("the last good rules stay in force: %s", problem)
        self.problem = problem


def _words(error: PolicyError) -> str:
    first, *others = error.problems
    more = f" (and {len(others)} more)" if others else ""
    return f"{first.file}:{first.line}: {first.message}{more}"
