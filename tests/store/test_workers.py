"""Each worker has one row, its latest word."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from store.workers import Worker, read, remove, report

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
WORKER = Worker(
    name="proxy-1",
    pid=100,
    started=NOON,
    seen=NOON,
    revision="0123456789ab",
    in_force_since=NOON,
    dropped=0,
    problem="",
)


def test_a_worker_replaces_what_it_said_before(database: Engine) -> None:
    later = replace(WORKER, pid=101, seen=NOON + timedelta(seconds=5), problem="line 3", dropped=2)
    other = replace(WORKER, name="proxy-0", revision="")

    report(database, WORKER)
    report(database, other)
    report(database, later)

    assert read(database) == (other, later)


def test_a_worker_that_stopped_is_forgotten(database: Engine) -> None:
    report(database, WORKER)

    remove(database, "proxy-1")
    remove(database, "proxy-1")

    assert read(database) == ()
