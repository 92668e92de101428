"""The one database: opened for SQLite or PostgreSQL, written to in whole transactions."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite

SQLITE_PRAGMAS = (
    # milliseconds that a writer waits for another before it gives up
    "busy_timeout = 5000",
    # a loss of power may cost the last transactions, never the file (sqlite.org/wal.html)
    "synchronous = NORMAL",
    "foreign_keys = ON",
)
CONNECT_TIMEOUT_SECONDS = 5
ONE_AT_A_TIME = 0x706F726368
"""PostgreSQL advisory lock of Porchlight ("porch" in ASCII)."""


def open_database(url: str) -> Engine:
    """An engine for an SQLAlchemy URL; connects to nothing yet."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            # a server that was restarted is noticed before a statement is lost
            pool_pre_ping=True,
            connect_args={"connect_timeout": CONNECT_TIMEOUT_SECONDS},
        )
    engine = create_engine(parsed)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def existing_database(url: str) -> Iterator[Engine | None]:
    """The database while the block runs, None if nobody has made it yet: SQLite would make an empty file."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        yield None
        return
    engine = open_database(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def writing(engine: Engine, *, alone: bool = False) -> Iterator[Connection]:
    """One transaction that writes; all of it lasts or nothing.

    Args:
        engine: The database.
        alone: Nobody else is in such a block at the same time, in any process. For what is read
            and then written. With SQLite this is always so.
    """
    with engine.connect() as connection:
        connection = connection.execution_options(writes=True)  # noqa: PLW2901
        with connection.begin():
            if alone and connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")
            yield connection


def insert_into(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, in the database's own dialect."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def _set_up_sqlite(connection: sqlite3.Connection, record: object) -> None:  # noqa: ARG001
    # without this the driver commits before DDL, and a migration would not be one transaction
    connection.isolation_level = None
    try:
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        # the pool has not got it yet and would never close it
        connection.close()
        raise


def _begin_sqlite(connection: Connection) -> None:
    # a transaction that reads first and writes later fails at once, without waiting, if another wrote between
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
