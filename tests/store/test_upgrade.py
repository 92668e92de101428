"""Migrations that lose nothing."""

import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, func, inspect, select, text

from store.database import open_database, writing
from store.settings import SettingsError
from store.tables import metadata, workers
from store.upgrade import MIGRATIONS, migrate

STEPS = sorted((MIGRATIONS / "versions").glob("*.py"))
NEWEST = STEPS[-1].name[:4]
BROKEN_STEP = '''
"""A step that fails half-way."""
import sqlalchemy as sa
from alembic import op
revision = "9999"
down_revision = "NEWEST"
def upgrade():
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("DELETE FROM workers")
    op.execute("no SQL at all")
'''.replace("NEWEST", NEWEST)

GOOD_STEP = BROKEN_STEP.replace('op.execute("no SQL at all")', "pass")


def scripts_with(step: str, folder: Path) -> Path:
    """Copies the migrations and adds one."""
    scripts = folder / "migrations"
    (scripts / "versions").mkdir(parents=True)
    for path in (MIGRATIONS / "env.py", *STEPS):
        name = path.relative_to(MIGRATIONS)
        (scripts / name).write_text(path.read_text(encoding="utf-8"), "utf-8")
    (scripts / "versions" / "9999_step.py").write_text(step, encoding="utf-8")
    return scripts


def add_worker(engine: Engine, name: str = "w") -> None:
    with writing(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO workers (name, pid, started, seen, revision, in_force_since, dropped, problem)"
                " VALUES (:name, 1, 0, 0, '', 0, 0, '')"
            ),
            {"name": name},
        )


def worker_count(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(workers)) or 0


def test_the_migrations_make_the_tables_that_the_code_knows(database: Engine) -> None:
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == NEWEST


def test_migrating_again_changes_nothing(database: Engine, tmp_path: Path) -> None:
    add_worker(database)

    migrate(database)

    assert worker_count(database) == 1
    assert not list(tmp_path.glob("*.before-*"))


def test_nothing_is_written_where_nothing_is_to_do(sqlite_engine: Engine, tmp_path: Path) -> None:
    """On a full or read-only disk a worker must still be able to start again."""
    with writing(sqlite_engine):
        # would wait for the write lock, and fail after five seconds
        migrate(sqlite_engine)

    assert not list(tmp_path.glob("*.before-*"))


def test_processes_that_migrate_at_once_find_the_work_done(empty_database: Engine) -> None:
    engines = [open_database(empty_database.url.render_as_string()) for _ in range(4)]

    with ThreadPoolExecutor(len(engines)) as pool:
        list(pool.map(migrate, engines))

    assert "decisions" in inspect(empty_database).get_table_names()
    for engine in engines:
        engine.dispose()


def test_a_failed_step_leaves_everything_as_it_was(database: Engine, tmp_path: Path) -> None:
    add_worker(database)

    with pytest.raises(SettingsError, match="cannot be used"):
        migrate(database, scripts=scripts_with(BROKEN_STEP, tmp_path))

    assert worker_count(database) == 1
    assert "half" not in inspect(database).get_table_names()
    migrate(database)


def test_a_step_that_works_lasts(database: Engine, tmp_path: Path) -> None:
    add_worker(database)

    migrate(database, scripts=scripts_with(GOOD_STEP, tmp_path))

    assert worker_count(database) == 0
    assert "half" in inspect(database).get_table_names()


def test_an_sqlite_file_is_copied_before_it_is_changed(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    add_worker(sqlite_engine)
    (tmp_path / "porchlight.db").chmod(0o600)
    scripts = scripts_with(GOOD_STEP, tmp_path)

    migrate(sqlite_engine, scripts=scripts)

    copy = tmp_path / "porchlight.db.before-9999"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    before = open_database(f"sqlite:///{copy}")
    assert worker_count(before) == 1
    migrate(before)
    before.dispose()


def test_a_database_of_a_newer_version_is_left_alone(database: Engine, tmp_path: Path) -> None:
    migrate(database, scripts=scripts_with(GOOD_STEP, tmp_path))

    with pytest.raises(SettingsError, match=r"written by a newer Porchlight \(9999\)"):
        migrate(database)


def test_a_database_that_cannot_be_reached_is_said_in_words(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}/none/x.db", "postgresql://me:secret@127.0.0.1:1/x"):
        with pytest.raises(SettingsError, match="cannot be used") as caught:
            migrate(open_database(url))
        assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"not a database, but long enough to look at" * 100)

    with pytest.raises(SettingsError, match="file is not a database"):
        migrate(open_database(f"sqlite:///{tmp_path}/x.db"))


def test_a_home_with_odd_characters_is_no_trouble(tmp_path: Path) -> None:
    odd = tmp_path / "nhà của 100%d ? # & mình"
    odd.mkdir()
    program = (
        "import sys; from pathlib import Path; from store.settings import Settings;"
        "from store.database import open_database; from store.upgrade import migrate;"
        "migrate(open_database(Settings(home=Path(sys.argv[1])).database_url))"
    )

    subprocess.run([sys.executable, "-c", program, odd], check=True)

    assert (odd / "porchlight.db").exists()


def test_a_copy_is_a_whole_database_by_itself(sqlite_engine: Engine, tmp_path: Path) -> None:
    """Rows that are still only in the WAL are in the copy too."""
    for number in range(50):
        add_worker(sqlite_engine, f"w{number}")

    migrate(sqlite_engine, scripts=scripts_with(GOOD_STEP, tmp_path))

    with closing(sqlite3.connect(tmp_path / "porchlight.db.before-9999")) as copy:
        assert copy.execute("SELECT count(*) FROM workers").fetchone() == (50,)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
