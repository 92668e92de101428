"""The log: what is written comes back, in order, in pages, once; and it can be forgotten."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import chain
from typing import Any

import pytest
from sqlalchemy import Engine, select

from rules.decision import BUILT_IN, Decision, DecisionRecord, Reason, Rewrite
from rules.facts import Grant
from rules.policy import Action
from rules.replay import Visit
from rules.request import Stage
from store import decisions as log
from store import facts
from store.decisions import Count, LogQuery, count, find, purge, read, read_counts, summary, write
from store.tables import counts, decisions

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FULL = DecisionRecord(
    at=NOON.replace(microsecond=123456),
    client="192.168.1.20",
    method="GET",
    scheme="https",
    host="trò-chơi.example",
    path="/a?q=100%_\\",
    decision=Decision(
        id="full",
        action=Action.BLOCK,
        reason=Reason.CATEGORY,
        profile="younger",
        device="tablet",
        entry="games",
        file="family.yaml",
        line=31,
        until=NOON + timedelta(hours=5),
        look=Stage.NAME,
        revision="0123456789ab",
        category="games",
        listed="example",
        note="Chỉ cuối tuần",
        grant="g1",
    ),
)

BLOCKED: dict[str, Any] = {"action": Action.BLOCK, "reason": Reason.NEVER}


def record(number: int, host: str = "a.example", **of_decision: Any) -> DecisionRecord:
    """The row `number` seconds after noon; its id is the number."""
    bare = Decision(
        id=f"id{number:04}",
        action=Action.ALLOW,
        reason=Reason.DEFAULT,
        profile="younger",
        device=None,
        entry=None,
        file=BUILT_IN,
        line=None,
        until=None,
        look=Stage.REQUEST,
        revision="0123456789ab",
    )
    return replace(
        FULL,
        at=NOON + number * SECOND,
        host=host,
        path="",
        decision=replace(bare, **of_decision),
    )


def ids(records: tuple[DecisionRecord, ...]) -> list[str]:
    return [entry.decision.id for entry in records]


def test_every_field_comes_back_as_it_was(database: Engine) -> None:
    written = (FULL, record(1))

    write(database, written)

    assert {entry.decision.id: entry for entry in written} == {
        entry.decision.id: entry for entry in read(database, LogQuery())
    }


def test_the_table_has_one_column_for_each_field_that_is_kept() -> None:
    names = [field.name for kind in (DecisionRecord, Decision) for field in fields(kind)]

    assert sorted(decisions.columns.keys()) == sorted(set(names) - {"decision", "rewrite"})


def test_what_was_changed_on_the_way_is_not_kept(database: Engine) -> None:
    written = record(1, id="changed")
    write(
        database,
        [replace(written, decision=replace(written.decision, rewrite=Rewrite(connect_to="a")))],
    )

    assert read(database, LogQuery()) == (written,)


def test_the_newest_come_first_and_pages_leave_nothing_out(database: Engine) -> None:
    many = [record(number // 3, id=f"id{number:04}") for number in range(30)]
    write(database, many)

    pages: list[list[str]] = []
    before = None
    while page := read(database, LogQuery(limit=7, before=before)):
        pages.append(ids(page))
        before = page[-1].decision.id

    assert [len(page) for page in pages] == [7, 7, 7, 7, 2]
    assert list(chain(*pages)) == [f"id{number:04}" for number in range(29, -1, -1)]


def test_a_page_after_a_row_that_is_gone_is_empty(database: Engine) -> None:
    write(database, [record(1)])

    assert read(database, LogQuery(before="gone")) == ()


def test_filters_narrow_the_log(database: Engine) -> None:
    write(database, [record(1), record(2, **BLOCKED), record(3, profile="older")])

    assert ids(read(database, LogQuery(action=Action.BLOCK))) == ["id0002"]
    assert ids(read(database, LogQuery(reason=Reason.DEFAULT))) == ["id0003", "id0001"]
    assert ids(read(database, LogQuery(profile="older"))) == ["id0003"]
    assert ids(read(database, LogQuery(since=NOON + 2 * SECOND))) == ["id0003", "id0002"]
    assert ids(read(database, LogQuery(until=NOON + 2 * SECOND))) == ["id0001"]
    assert read(database, LogQuery(profile="older", action=Action.BLOCK)) == ()


@pytest.mark.parametrize(
    "search", ["CHƠI.exam", "?q=", "100%_\\", "games", "cuối", "ful", "trò-chơi.example"]
)
def test_search_finds_part_of_host_path_entry_note_or_id(database: Engine, search: str) -> None:
    write(database, [FULL, record(1, host="other.org", entry="else.org", note="nothing")])
    # SQLite knows upper and lower case of A to Z only
    search = search.replace("CHƠI", "chơi" if database.dialect.name == "sqlite" else "CHƠI")

    assert ids(read(database, LogQuery(search=search))) == ["full"]


@pytest.mark.parametrize("search", ["%", "_", "\\", "10_%", "full%", "192.168", "younger"])
def test_search_takes_wildcards_as_letters(database: Engine, search: str) -> None:
    write(database, [record(1)])

    assert read(database, LogQuery(search=search)) == ()


def test_visits_are_the_newest_rows_as_far_as_a_replay_asks(database: Engine) -> None:
    records = [record(number, device="tablet") for number in range(5)]
    write(database, records)
    newest = read(database, LogQuery())
    visits = log.read_visits(database, newest[3].at, limit=2)
    assert [visit.at for visit in visits] == [one.at for one in newest[:2]]
    assert len(log.read_visits(database, newest[3].at)) == 4
    last = newest[0]
    decision = last.decision
    assert visits[0] == Visit(
        at=last.at,
        client=last.client,
        device=decision.device,
        scheme=last.scheme,
        host=last.host,
        path=last.path,
        action=decision.action,
        reason=decision.reason,
        entry=decision.entry,
        until=decision.until,
    )


def test_one_row_is_found_by_its_id(database: Engine) -> None:
    write(database, [FULL, record(1)])

    assert find(database, "full") == FULL
    assert find(database, "none") is None


def test_a_row_written_twice_is_kept_and_counted_once(database: Engine) -> None:
    write(database, [record(1), record(1), record(2)])
    write(database, [record(2), record(3)])

    assert ids(read(database, LogQuery())) == ["id0003", "id0002", "id0001"]
    assert [line.n for line in read_counts(database, NOON.date())] == [3]


def test_no_rows_are_no_work(database: Engine) -> None:
    write(database, [])

    assert read(database, LogQuery()) == ()


def test_hostile_text_does_not_stop_the_log(database: Engine) -> None:
    hostile = record(1, host="a\0b\ud800.example", note="\0")

    write(database, [hostile, record(2)])

    assert [entry.host for entry in read(database, LogQuery())] == [
        "a.example",
        "a\ufffdb?.example",
    ]


def test_a_moment_without_a_zone_is_refused_and_nothing_is_written(database: Engine) -> None:
    naive = replace(record(2), at=datetime(2026, 5, 1))  # noqa: DTZ001

    with pytest.raises(Exception, match="has no time zone"):
        write(database, [record(1), naive])

    assert read(database, LogQuery()) == ()


def test_a_moment_of_another_zone_comes_back_in_utc(database: Engine) -> None:
    hanoi = timezone(timedelta(hours=7))

    write(database, [replace(record(1), at=datetime(2026, 5, 2, 3, tzinfo=hanoi))])

    (found,) = read(database, LogQuery())
    assert (found.at, found.at.tzinfo) == (datetime(2026, 5, 1, 20, tzinfo=UTC), UTC)


def test_days_are_those_of_the_familys_zone(database: Engine) -> None:
    evening = replace(record(1), at=datetime(2026, 5, 1, 20, tzinfo=UTC))

    write(database, [evening], timezone=timezone(timedelta(hours=7)))

    assert [line.day for line in read_counts(database, date(2026, 5, 2))] == [date(2026, 5, 2)]


def test_days_are_counted_by_profile_action_and_reason(database: Engine) -> None:
    day = NOON.date()
    write(database, [record(1), record(2), record(3, profile="older")])
    count(database, day, "younger", Action.ALLOW, Reason.DEFAULT, 5)
    count(database, day, "teen", Action.BLOCK, Reason.NEVER, 1)
    count(database, day + timedelta(days=1), "teen", Action.BLOCK, Reason.NEVER, 1)

    def line(profile: str, action: Action, reason: Reason, n: int) -> Count:
        return Count(day=day, profile=profile, action=action, reason=reason, n=n)

    assert read_counts(database, day) == (
        line("older", Action.ALLOW, Reason.DEFAULT, 1),
        line("teen", Action.BLOCK, Reason.NEVER, 1),
        line("younger", Action.ALLOW, Reason.DEFAULT, 7),
    )


def test_counting_at_once_loses_nothing(database: Engine) -> None:
    def one(number: int) -> None:
        write(database, [record(number, profile=f"p{number % 2}"), record(number + 1000)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(40)))

    assert [line.n for line in read_counts(database, NOON.date())] == [20, 20, 40]


def test_a_summary_counts_since_a_moment(database: Engine) -> None:
    window = BLOCKED | {"reason": Reason.WINDOW, "profile": "older"}
    write(
        database,
        [
            record(0, host="early.example", **BLOCKED),
            record(1),
            record(2, host="b.example", **BLOCKED),
            record(3, host="c.example", **BLOCKED),
            record(4, host="c.example", **window),
        ],
    )

    found = summary(database, NOON + SECOND)

    assert (found.allowed, found.blocked) == (1, 3)
    assert found.by_reason == {Reason.NEVER: 2, Reason.WINDOW: 1}
    assert found.by_profile == {"older": (0, 1), "younger": (1, 2)}
    assert found.top_blocked == (("c.example", 2), ("b.example", 1))


def test_an_empty_log_has_an_empty_summary(database: Engine) -> None:
    found = summary(database, NOON)

    assert (found.allowed, found.blocked, found.top_blocked) == (0, 0, ())
    assert not found.by_reason
    assert not found.by_profile


def test_purging_forgets_rows_numbers_and_ended_grants_from_before(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "PURGE_ROWS", 10)
    day = timedelta(days=1)
    grant = Grant(
        id="old",
        action=Action.ALLOW,
        site=None,
        profile=None,
        given=NOON - 3 * day,
        ends=NOON - 2 * day,
        by="Mai",
    )
    facts.add_grant(database, grant)
    facts.add_grant(database, replace(grant, id="live", ends=NOON + day))
    write(database, [replace(record(number), at=NOON - 2 * day) for number in range(25)])
    write(database, [record(100)])

    assert purge(database, NOON - day) == 25

    assert ids(read(database, LogQuery())) == ["id0100"]
    assert [entry.id for entry in facts.live_grants(database, NOON - 9 * day)] == ["live"]
    with database.connect() as connection:
        assert connection.scalars(select(counts.c.day)).all() == [NOON.date()]
    assert purge(database, NOON - day) == 0


def test_two_hundred_rows_are_written_in_a_moment(sqlite_engine: Engine) -> None:
    """The proxy's writer must keep up: measured 5 ms; the bound leaves room for a busy machine."""
    write(sqlite_engine, [record(9999)])
    best = min(_seconds(sqlite_engine, start) for start in range(0, 1000, 200))

    assert best < 0.05


def _seconds(engine: Engine, start: int) -> float:
    rows = [record(number) for number in range(start, start + 200)]
    began = time.perf_counter()
    write(engine, rows)
    return time.perf_counter() - began
