"""The database: pragmas, whole transactions."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from store.database import existing_database, insert_into, open_database, writing
from store.tables import counts, sessions, workers

MOMENT = datetime(2026, 5, 1, tzinfo=UTC)


def add_worker(engine: Engine) -> None:
    with writing(engine) as connection:
        row = {"pid": 1, "started": MOMENT, "seen": MOMENT, "in_force_since": MOMENT}
        connection.execute(
            insert(workers), row | {"name": "w", "revision": "", "dropped": 0, "problem": ""}
        )


def test_sqlite_runs_in_wal_mode_with_foreign_keys(sqlite_engine: Engine) -> None:
    expected = {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 5000}

    with sqlite_engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in expected}

    assert expected == found


def test_postgresql_urls_go_through_psycopg() -> None:
    for url in ("postgresql://u:p@h/n", "postgresql+psycopg://u:p@h/n", "postgres://u:p@h/n"):
        engine = open_database(url)
        assert engine.url.render_as_string(hide_password=False) == "postgresql+psycopg://u:p@h/n"


def test_a_database_that_nobody_has_made_is_not_made_by_asking(tmp_path: Path) -> None:
    path = tmp_path / "porchlight.db"
    with existing_database(f"sqlite:///{path}") as engine:
        assert engine is None
    assert not path.exists()
    path.touch()
    with existing_database(f"sqlite:///{path}") as engine:
        assert engine is not None


def test_a_transaction_lasts_whole_or_not_at_all(database: Engine) -> None:
    def half() -> None:
        with writing(database) as connection:
            connection.execute(update(workers).values(pid=2))
            connection.execute(text("INSERT INTO workers (name) VALUES ('incomplete')"))

    add_worker(database)
    with pytest.raises(IntegrityError):
        half()

    with database.connect() as connection:
        assert connection.scalar(select(workers.c.pid)) == 1


def test_what_is_read_and_then_written_alone_is_never_lost(database: Engine) -> None:
    def add_one(_: int) -> None:
        with writing(database, alone=True) as connection:
            pid = connection.scalar(select(workers.c.pid)) or 0
            connection.execute(update(workers).values(pid=pid + 1))

    add_worker(database)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add_one, range(40)))

    with database.connect() as connection:
        assert connection.scalar(select(workers.c.pid)) == 41


def test_a_reader_is_not_held_up_by_a_writer(database: Engine) -> None:
    add_worker(database)
    with writing(database) as connection:
        connection.execute(update(workers).values(pid=2))
        with database.connect() as reader:
            assert reader.scalar(select(workers.c.pid)) == 1


def test_a_session_without_its_account_is_refused(database: Engine) -> None:
    """SQLite holds foreign keys only where they are switched on."""
    row = {"token": "t", "account": 1, "opened": MOMENT, "seen": MOMENT}

    with pytest.raises(IntegrityError, match=r"(?i)foreign key"), writing(database) as connection:
        connection.execute(insert(sessions), row | {"user_agent": "", "address": ""})


def test_each_database_gets_its_own_upsert(database: Engine) -> None:
    with database.connect() as connection:
        statement = insert_into(connection, counts)

    assert statement.__module__ == f"sqlalchemy.dialects.{database.dialect.name}.dml"
