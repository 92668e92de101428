"""Brings the database to this version's tables: Alembic, in one transaction, after a copy."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DBAPIError

from store.database import writing
from store.files import locked
from store.settings import SettingsError

MIGRATIONS = Path(__file__).with_name("migrations")


def migrate(engine: Engine, *, scripts: Path = MIGRATIONS) -> None:
    """Bring the database to this version's tables, in one transaction; several processes may call it at once.

    An SQLite file that has tables is first copied beside itself, as `NAME.before-REVISION`.

    Raises:
        SettingsError: the database cannot be reached, or a newer Porchlight has written it.
    """
    config = Config()
    # ConfigParser would read a percent sign in the path
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    try:
        # looked at first: on a full disk a worker must still be able to start again
        with engine.connect() as connection:
            is_behind = _is_behind(connection, config)
        if is_behind:
            with _alone_with_file(engine), writing(engine, alone=True) as connection:
                _upgrade(connection, config)
    except (DBAPIError, sqlite3.Error, OSError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise SettingsError(
            f"the database {engine.url.render_as_string()} cannot be used: {reason}"
        ) from error


@contextmanager
def _alone_with_file(engine: Engine) -> Iterator[None]:
    if engine.dialect.name != "sqlite":
        yield
        return
    path = Path(engine.url.database or "")
    with locked(path):
        # A property of the file, set once. SQLite does not wait its turn for this one, so it is
        # not done as each connection opens.
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        yield


def _upgrade(connection: Connection, config: Config) -> None:
    # asked again: whoever comes second finds the work done
    if not _is_behind(connection, config):
        return
    if connection.dialect.name == "sqlite" and inspect(connection).get_table_names():
        head = ScriptDirectory.from_config(config).get_current_head()
        _copy_beside(Path(connection.engine.url.database or ""), str(head))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _is_behind(connection: Connection, config: Config) -> bool:
    scripts = ScriptDirectory.from_config(config)
    at = MigrationContext.configure(connection).get_current_revision()
    if at is not None and at not in {script.revision for script in scripts.walk_revisions()}:
        raise SettingsError(
            f"the database {connection.engine.url.render_as_string()} was written by a newer Porchlight "
            f"({at}): start that one, or put back the copy that lies beside it"
        )
    return at != scripts.get_current_head()


def _copy_beside(path: Path, revision: str) -> None:
    copy = path.with_name(f"{path.name}.before-{revision}")
    unfinished = copy.with_name(f"{copy.name}.new")
    unfinished.unlink(missing_ok=True)
    # readers see what was committed, while the migration holds the write lock
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as target:
        source.backup(target)
    unfinished.chmod(path.stat().st_mode)
    unfinished.replace(copy)
