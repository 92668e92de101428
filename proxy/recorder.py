"""Decisions -> the log, from one thread. Law: it never blocks the traffic; what it must drop, it counts."""

import contextlib
import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from rules.decision import DecisionRecord, Reason
from rules.policy import Action, LogLevel
from store import decisions, sightings
from store.settings import SettingsError
from store.upgrade import migrate

MOST_WAITING = 10_000
"""Decisions in the queue; about 10 MB at most."""
BATCH = 500
"""Decisions in one transaction."""
GATHER_SECONDS = 0.2
"""How long a decision may wait for others to share its transaction."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 5.0
"""Between tries while the database does not take anything."""
MOST_JOBS = 100
PURGE_EVERY = timedelta(days=1)

type Line = tuple[DecisionRecord, LogLevel]
type Job = Callable[[Engine], None]
"""Something else that this process writes to the database; tried once."""
type _Tally = tuple[date, str, Action, Reason]

logger = logging.getLogger(__name__)


class Recorder:
    """Everything that a proxy writes to the database goes through here."""

    def __init__(
        self, engine: Engine, *, retention: timedelta, most_waiting: int = MOST_WAITING
    ) -> None:
        """Rows older than the retention are removed once a day."""
        self.dropped = 0
        """Decisions that never reached the log."""
        self.timezone: tzinfo = UTC
        """Whose days are counted; who follows the rules sets it."""
        self._engine = engine
        self._retention = retention
        self._lines: queue.Queue[Line] = queue.Queue(most_waiting)
        self._jobs: queue.Queue[Job] = queue.Queue(MOST_JOBS)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True, name="recorder")
        self._unwritten: list[Line] = []
        self._pause = 0.0
        self._purged: datetime | None = None

    def put(self, record: DecisionRecord, level: LogLevel) -> None:
        """Take a decision for the log, as far as the profile's level wants it there. Never waits."""
        if not _is_kept(record, level):
            return
        try:
            self._lines.put_nowait((record, level))
        except queue.Full:
            self.dropped += 1

    def later(self, job: Job) -> None:
        """Run something against the database, in its turn. Never waits."""
        with contextlib.suppress(queue.Full):  # such jobs are repeated by who sends them
            self._jobs.put_nowait(job)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Write what is waiting and end; what is not written in this time is dropped."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(seconds)
        self.dropped += self._lines.qsize() + len(self._unwritten)

    def _work(self) -> None:
        while True:
            is_last = self._stopping.is_set()
            self._unwritten = self._unwritten or self._gather()
            if self._unwritten and self._try(self._write):
                self._unwritten = []
            self._other_work()
            if is_last and (self._unwritten or self._lines.empty()):
                return
            if self._pause:
                self._stopping.wait(self._pause)

    def _gather(self) -> list[Line]:
        batch: list[Line] = []
        ends = time.monotonic() + GATHER_SECONDS
        with contextlib.suppress(queue.Empty):
            while len(batch) < BATCH:
                wait = 0.0 if self._stopping.is_set() else max(0.0, ends - time.monotonic())
                batch.append(self._lines.get(timeout=wait) if wait else self._lines.get_nowait())
        return batch

    def _other_work(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                self._try(self._jobs.get_nowait())
        now = datetime.now(UTC)
        is_due = self._purged is None or now - self._purged >= PURGE_EVERY
        if is_due and self._try(lambda engine: _purge(engine, now - self._retention)):
            self._purged = now

    def _write(self, engine: Engine) -> None:
        _write(engine, self._unwritten, self.timezone)

    def _try(self, job: Job) -> bool:
        """Whether the job is done with: False if it is worth another try."""
        try:
            if self._pause:
                migrate(self._engine)  # it may have been gone since the start
            job(self._engine)
        except (OperationalError, InterfaceError, SettingsError, OSError) as error:
            if not self._pause:
                logger.warning(
                    "the database takes nothing, filtering goes on: %s", _first_line(error)
                )
            self._pause = min(LONGEST_PAUSE_SECONDS, self._pause * 2 or FIRST_PAUSE_SECONDS)
            return False
        except Exception:
            # It would fail again for ever, and nothing after it would be written.
            if job == self._write:
                self.dropped += len(self._unwritten)
            logger.exception("could not be written to the database")
        if self._pause:
            logger.warning("the database takes the log again")
            self._pause = 0.0
        return True


def _is_kept(record: DecisionRecord, level: LogLevel) -> bool:
    decision = record.decision
    if decision.reason is Reason.HELP or level is LogLevel.NOTHING:
        return False
    return level is not LogLevel.BLOCKED or decision.action is Action.BLOCK


def _write(engine: Engine, lines: Sequence[Line], timezone: tzinfo) -> None:
    rows = [
        record if level is LogLevel.FULL else replace(record, path="")
        for record, level in lines
        if level is not LogLevel.COUNTS
    ]
    decisions.write(engine, rows, timezone=timezone)
    for (day, profile, action, reason), number in _tallies(lines, timezone).items():
        decisions.count(engine, day, profile, action, reason, number)


def _tallies(lines: Sequence[Line], timezone: tzinfo) -> Counter[_Tally]:
    return Counter(
        (
            record.at.astimezone(timezone).date(),
            record.decision.profile,
            record.decision.action,
            record.decision.reason,
        )
        for record, level in lines
        if level is LogLevel.COUNTS
    )


def _purge(engine: Engine, before: datetime) -> None:
    decisions.purge(engine, before)
    sightings.purge(engine, before)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
