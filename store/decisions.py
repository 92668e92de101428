"""The log: one row a decision, and how many there were a day."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    Select,
    delete,
    func,
    or_,
    select,
    tuple_,
)

from rules.decision import Decision, DecisionRecord, Reason
from rules.policy import Action
from rules.replay import Visit
from store.database import insert_into, writing
from store.tables import counts, decisions, grants

PURGE_ROWS = 5000
"""Deleted in one transaction: short enough (some 25 ms) that the proxy's writer is not held up."""
MOST_VISITS = 100_000
"""Replayed at once: under two seconds' work."""
MOST_NAMED = 10
"""Hosts in a summary."""

type _Kind = tuple[date, str, Action, Reason]

# What was changed on the way is not kept: the revision says which rules asked for it.
_DECISION = tuple(entry.name for entry in fields(Decision) if entry.name != "rewrite")
_AROUND = tuple(entry.name for entry in fields(DecisionRecord) if entry.name != "decision")
_SEARCHED = (
    decisions.c.host,
    decisions.c.path,
    decisions.c.entry,
    decisions.c.note,
    decisions.c.id,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuery:
    """Which rows of the log; None and empty ask for all."""

    profile: str | None = None
    """A profile's key."""
    action: Action | None = None
    reason: Reason | None = None
    since: datetime | None = None
    """Aware, included."""
    until: datetime | None = None
    """Aware, not included."""
    search: str = ""
    """Part of host, path, entry, note or the decision's id, in any case (of A to Z, with SQLite)."""
    limit: int = 100
    before: str | None = None
    """The id of the last row of the page before: only what is older."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the log holds since a moment."""

    allowed: int
    blocked: int
    by_reason: Mapping[Reason, int]
    """Of what was blocked; most first."""
    by_profile: Mapping[str, tuple[int, int]]
    """Allowed and blocked, by profile's key."""
    top_blocked: tuple[tuple[str, int], ...]
    """Hosts and how often, most first, MOST_NAMED at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many decisions of one kind a day had."""

    day: date
    profile: str
    action: Action
    reason: Reason
    n: int


def write(engine: Engine, records: Sequence[DecisionRecord], *, timezone: tzinfo = UTC) -> None:
    """Add rows and count them, in one transaction; a row that is there already is passed over.

    200 rows take some 5 ms with SQLite.

    Args:
        engine: The database.
        records: What happened; the caller has taken out what its profile does not log.
        timezone: Whose days are counted.
    """
    if not records:
        return
    by_id = {record.decision.id: record for record in records}
    with writing(engine) as connection:
        statement = insert_into(connection, decisions).on_conflict_do_nothing()
        new = connection.scalars(
            statement.returning(decisions.c.id), [_row(record) for record in by_id.values()]
        )
        tally = Counter(_kind(by_id[id], timezone) for id in new)  # noqa: A001
        _add(connection, tally)


def count(  # noqa: PLR0917  # the order of the table's columns
    engine: Engine, day: date, profile: str, action: Action, reason: Reason, n: int
) -> None:
    """Add to a day's number without a row in the log."""
    with writing(engine) as connection:
        _add(connection, Counter({(day, profile, action, reason): n}))


def read_counts(engine: Engine, day: date) -> tuple[Count, ...]:
    """All numbers of a day, of logged and of merely counted decisions together."""
    query = select(counts).where(counts.c.day == day).order_by(*counts.primary_key)
    with engine.connect() as connection:
        return tuple(Count(**row) for row in connection.execute(query).mappings())


def read(engine: Engine, query: LogQuery) -> tuple[DecisionRecord, ...]:
    """The newest rows that fit, newest first."""
    order = (decisions.c.at.desc(), decisions.c.id.desc())
    wanted = select(decisions).where(*_conditions(query)).order_by(*order).limit(query.limit)
    with engine.connect() as connection:
        return _records(connection, wanted)


def read_visits(engine: Engine, since: datetime, limit: int = MOST_VISITS) -> tuple[Visit, ...]:
    """The newest rows since a moment, as far as a replay asks of them: 4 microseconds a row, `read` 15."""
    column = decisions.c
    wanted = (
        select(*(column[name] for name in Visit._fields))
        .where(column.at >= since)
        .order_by(column.at.desc(), column.id.desc())
        .limit(limit)
    )
    with engine.connect() as connection:
        return tuple(map(Visit._make, connection.execute(wanted)))


def find(engine: Engine, id: str) -> DecisionRecord | None:  # noqa: A002  # the word of the model
    """The row with this id."""
    with engine.connect() as connection:
        found = _records(connection, select(decisions).where(decisions.c.id == id))
    return found[0] if found else None


def summary(engine: Engine, since: datetime) -> Summary:
    """Totals of the log since a moment. Reads every row since then: some 2 microseconds a row."""
    n = func.count()
    recent = decisions.c.at >= since
    kinds = (decisions.c.profile, decisions.c.action, decisions.c.reason)
    hosts = (
        select(decisions.c.host, n)
        .where(recent, decisions.c.action == Action.BLOCK)
        .group_by(decisions.c.host)
        .order_by(n.desc(), decisions.c.host)
        .limit(MOST_NAMED)
    )
    with engine.connect() as connection:
        totals = connection.execute(select(*kinds, n).where(recent).group_by(*kinds)).all()
        top_blocked = tuple((host, number) for host, number in connection.execute(hosts))
    by_action: Counter[tuple[str, Action]] = Counter()
    by_reason: Counter[Reason] = Counter()
    for profile, action, reason, number in totals:
        by_action[profile, action] += number
        if action is Action.BLOCK:
            by_reason[reason] += number
    by_profile = {
        profile: (by_action[profile, Action.ALLOW], by_action[profile, Action.BLOCK])
        for profile in sorted({profile for profile, _ in by_action})
    }
    return Summary(
        allowed=sum(allowed for allowed, _ in by_profile.values()),
        blocked=sum(blocked for _, blocked in by_profile.values()),
        by_reason=dict(by_reason.most_common()),
        by_profile=by_profile,
        top_blocked=top_blocked,
    )


def purge(engine: Engine, before: datetime) -> int:
    """Forget what happened before a moment: log rows, days' numbers, grants that had ended; how many log rows."""
    with writing(engine) as connection:
        connection.execute(delete(counts).where(counts.c.day < before.date()))
        connection.execute(delete(grants).where(grants.c.ends < before))
    forgotten = 0
    old = select(decisions.c.id).where(decisions.c.at < before).limit(PURGE_ROWS)
    while True:
        with writing(engine) as connection:
            deleted = connection.execute(delete(decisions).where(decisions.c.id.in_(old))).rowcount
        forgotten += deleted
        if deleted < PURGE_ROWS:
            return forgotten


def _kind(record: DecisionRecord, timezone: tzinfo) -> _Kind:
    decision = record.decision
    day = record.at.astimezone(timezone).date()
    return day, decision.profile, decision.action, decision.reason


def _row(record: DecisionRecord) -> dict[str, Any]:
    row = {name: getattr(record, name) for name in _AROUND}
    return row | {name: getattr(record.decision, name) for name in _DECISION}


def _records(connection: Connection, query: Select[Any]) -> tuple[DecisionRecord, ...]:
    return tuple(map(_record, connection.execute(query).mappings()))


def _record(row: RowMapping) -> DecisionRecord:
    decision = Decision(**{name: row[name] for name in _DECISION})
    return DecisionRecord(decision=decision, **{name: row[name] for name in _AROUND})


def _conditions(query: LogQuery) -> list[ColumnElement[bool]]:
    column = decisions.c
    wanted = [
        column[name] == value
        for name in ("profile", "action", "reason")
        if (value := getattr(query, name)) is not None
    ]
    if query.since is not None:
        wanted.append(column.at >= query.since)
    if query.until is not None:
        wanted.append(column.at < query.until)
    if query.search:
        wanted.append(or_(*(c.icontains(query.search, autoescape=True) for c in _SEARCHED)))
    if query.before is not None:
        last = select(column.at, column.id).where(column.id == query.before).scalar_subquery()
        wanted.append(tuple_(column.at, column.id) < last)
    return wanted


def _add(connection: Connection, tally: Counter[_Kind]) -> None:
    if not tally:
        return
    insert = insert_into(connection, counts)
    # in one order, or two writers could wait for each other's rows
    rows = [
        {"day": day, "profile": profile, "action": action, "reason": reason, "n": n}
        for (day, profile, action, reason), n in sorted(tally.items(), key=str)
    ]
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=list(counts.primary_key), set_={"n": counts.c.n + insert.excluded.n}
        ),
        rows,
    )
