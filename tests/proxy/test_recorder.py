import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from proxy.recorder import Recorder
from rules.decision import DecisionRecord, Reason
from rules.policy import Action, LogLevel
from rules.sighting import Sighting, Way
from store import decisions, sightings
from tests.proxy.conftest import make_decision


def record(
    ident: str,
    *,
    action: Action = Action.BLOCK,
    reason: Reason = Reason.SITE,
    at: datetime | None = None,
) -> DecisionRecord:
    return DecisionRecord(
        at=at or datetime.now(UTC),
        decision=replace(make_decision(reason, action), id=ident),
        client="127.0.0.2",
        method="GET",
        scheme="https",
        host="bad.example",
        path="/secret?a=1",
    )


@pytest.fixture
def recorder(sqlite_engine: Engine) -> Iterator[Recorder]:
    made = Recorder(sqlite_engine, retention=timedelta(days=30))
    yield made
    made.stop(2)


def rows(engine: Engine) -> dict[str, DecisionRecord]:
    found = decisions.read(engine, decisions.LogQuery(limit=20_000))
    return {one.decision.id: one for one in found}


def counted(engine: Engine, day: datetime | None = None) -> int:
    moment = day or datetime.now(UTC)
    return sum(one.n for one in decisions.read_counts(engine, moment.date()))


@pytest.mark.parametrize(
    ("level", "kept", "path", "numbers"),
    [
        (LogLevel.FULL, {"block", "allow"}, "/secret?a=1", 2),
        (LogLevel.SITES, {"block", "allow"}, "", 2),
        (LogLevel.BLOCKED, {"block"}, "", 1),
        (LogLevel.COUNTS, set(), "", 2),
        (LogLevel.NOTHING, set(), "", 0),
    ],
)
def test_each_level_keeps_what_it_says(
    sqlite_engine: Engine,
    recorder: Recorder,
    *,
    level: LogLevel,
    kept: set[str],
    path: str,
    numbers: int,
) -> None:
    recorder.start()
    recorder.put(record("block"), level)
    recorder.put(record("allow", action=Action.ALLOW), level)
    recorder.stop(5)
    found = rows(sqlite_engine)
    assert set(found) == kept
    assert {one.path for one in found.values()} <= {path}
    assert counted(sqlite_engine) == numbers


@pytest.mark.parametrize("level", list(LogLevel))
def test_a_help_site_leaves_no_trace_at_any_level(
    sqlite_engine: Engine, recorder: Recorder, level: LogLevel
) -> None:
    recorder.start()
    recorder.put(record("help", action=Action.ALLOW, reason=Reason.HELP), level)
    recorder.stop(5)
    assert rows(sqlite_engine) == {}
    assert counted(sqlite_engine) == 0


def test_days_are_the_familys(sqlite_engine: Engine, recorder: Recorder) -> None:
    late = datetime(2026, 11, 24, 20, tzinfo=UTC)  # already the 25th in Viet Nam
    recorder.timezone = ZoneInfo("Asia/Ho_Chi_Minh")
    recorder.start()
    recorder.put(record("a", at=late), LogLevel.COUNTS)
    recorder.put(record("b", at=late), LogLevel.FULL)
    recorder.stop(5)
    assert counted(sqlite_engine, late + timedelta(days=1)) == 2


def test_many_are_written_in_few_transactions(sqlite_engine: Engine, recorder: Recorder) -> None:
    commits = [0]
    event.listen(sqlite_engine, "commit", lambda _: commits.__setitem__(0, commits[0] + 1))
    for number in range(2000):
        recorder.put(record(str(number)), LogLevel.FULL)
    recorder.start()
    recorder.stop(20)
    assert len(rows(sqlite_engine)) == 2000
    assert commits[0] < 20


def test_what_does_not_fit_is_dropped_and_counted_without_waiting(sqlite_engine: Engine) -> None:
    recorder = Recorder(sqlite_engine, retention=timedelta(days=30), most_waiting=10)
    began = time.monotonic()
    for number in range(25):
        recorder.put(record(str(number)), LogLevel.FULL)
    assert time.monotonic() - began < 0.1
    assert recorder.dropped == 15
    recorder.start()
    recorder.stop(5)
    assert len(rows(sqlite_engine)) == 10


def failing(engine: Engine, gone: threading.Event) -> None:
    def refuse(*_: object) -> None:
        if gone.is_set():
            raise OperationalError("BEGIN", {}, Exception("disk is full"))

    event.listen(engine, "begin", refuse)


def until(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_a_database_that_is_gone_for_a_while_loses_nothing(
    sqlite_engine: Engine, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    gone = threading.Event()
    gone.set()
    failing(sqlite_engine, gone)
    recorder.start()
    recorder.put(record("a"), LogLevel.FULL)
    until(lambda: "takes nothing" in caplog.text)
    recorder.put(record("b"), LogLevel.FULL)
    gone.clear()
    until(lambda: set(rows(sqlite_engine)) == {"a", "b"})
    assert recorder.dropped == 0
    assert "takes the log again" in caplog.text
    assert caplog.text.count("takes nothing") == 1


def test_what_the_database_never_took_is_counted_at_the_end(sqlite_engine: Engine) -> None:
    gone = threading.Event()
    gone.set()
    failing(sqlite_engine, gone)
    recorder = Recorder(sqlite_engine, retention=timedelta(days=30))
    recorder.start()
    for number in range(3):
        recorder.put(record(str(number)), LogLevel.FULL)
    recorder.stop(5)
    assert recorder.dropped == 3


def test_a_line_that_can_never_be_written_does_not_hold_up_the_rest(
    sqlite_engine: Engine, recorder: Recorder
) -> None:
    def refuse(*_: object) -> None:
        if recorder.dropped == 0:
            raise TypeError("this line cannot be written")

    event.listen(sqlite_engine, "begin", refuse)
    recorder.put(record("bad"), LogLevel.FULL)
    recorder.start()
    until(lambda: recorder.dropped == 1)
    recorder.put(record("good"), LogLevel.FULL)
    until(lambda: set(rows(sqlite_engine)) == {"good"})


def test_other_work_runs_in_the_same_thread(recorder: Recorder) -> None:
    names: list[str] = []
    recorder.start()
    recorder.later(lambda _: names.append(threading.current_thread().name))
    until(lambda: names == ["recorder"])


def test_what_is_old_is_forgotten(sqlite_engine: Engine, recorder: Recorder) -> None:
    old = record("old", at=datetime.now(UTC) - timedelta(days=31))
    decisions.write(sqlite_engine, [old, record("new")])
    recorder.start()
    until(lambda: set(rows(sqlite_engine)) == {"new"})


def test_strangers_who_never_came_back_are_forgotten_too(
    sqlite_engine: Engine, recorder: Recorder
) -> None:
    old = datetime.now(UTC) - timedelta(days=31)
    stranger = Sighting(
        thing="192.168.1.9",
        device=None,
        address="192.168.1.9",
        mac=None,
        profile="unknown",
        way=Way.EXPLICIT,
        first=old,
        last=old,
    )
    device = replace(stranger, thing="tablet", device="tablet")
    sightings.write(sqlite_engine, [stranger, device], UTC)
    recorder.start()
    until(lambda: sightings.read(sqlite_engine) == (device,))
