"""Databases for the tests: SQLite in a temporary folder, and PostgreSQL from a server that the tests start and stop.

`sqlite_engine` is one SQLite database with all tables. `database` runs the test on both kinds,
`empty_database` the same without tables.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import hypothesis
import psycopg
import pytest
from sqlalchemy import Engine, make_url

from store.database import open_database
from store.upgrade import migrate

POSTGRES_PATIENCE_SECONDS = 30
INITDB_OPTIONS = ("--no-sync", "--auth=trust", "--username=postgres", "--locale=C.UTF-8")
SERVER_OPTIONS = ("-F", "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=50")
"""`-F`: no fsync, nothing here has to last."""
NOT_INSTALLED = "PostgreSQL is not installed: apt-get install postgresql"

_numbers = count()

# A busy machine fails no test: hypothesis measures nothing against a clock.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path}/porchlight.db")
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def database(empty_database: Engine) -> Engine:
    migrate(empty_database)
    return empty_database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/empty.db"
    else:
        url = request.getfixturevalue("postgres_url")
    engine = open_database(url)
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """The URL of an empty schema on the tests' own server; a database each would take 0.2 s."""
    name = f"porchlight_{next(_numbers)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}".encode())
    url = make_url(postgres_server).update_query_dict({"options": f"-csearch_path={name}"})
    return url.render_as_string()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server, on loopback and a socket of its own."""
    initdb = max(Path("/usr/lib/postgresql").glob("*/bin/initdb"), default=None, key=_version)
    if initdb is None:
        pytest.skip(reason=NOT_INSTALLED)
    user = "postgres" if os.geteuid() == 0 else None
    # pytest's own temporary folders are closed to the user that the server runs as
    folder = Path(tempfile.mkdtemp(prefix="porchlight-postgres-"))
    if user:
        _give(folder, user)
    cluster = folder / "cluster"
    subprocess.run(
        (initdb, "--pgdata", cluster, *INITDB_OPTIONS),
        check=True,
        capture_output=True,
        cwd=folder,
        user=user,
    )
    port = _free_port()
    log = (folder / "log").open("wb")
    server = subprocess.Popen(
        (
            initdb.with_name("postgres"),
            "-D",
            cluster,
            "-k",
            folder,
            "-p",
            str(port),
            *SERVER_OPTIONS,
        ),
        cwd=folder,
        user=user,
        stdout=log,
        stderr=log,
    )
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    try:
        _wait_for(url, server)
        yield url
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait()
        log.close()
        shutil.rmtree(folder)


def _version(initdb: Path) -> int:
    return int(initdb.parts[-3])


def _give(folder: Path, user: str) -> None:
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        pytest.skip(reason=NOT_INSTALLED)
    os.chown(folder, entry.pw_uid, entry.pw_gid)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    patience = time.monotonic() + POSTGRES_PATIENCE_SECONDS
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if time.monotonic() > patience or server.poll() is not None:
                raise
            time.sleep(0.05)
        else:
            return
