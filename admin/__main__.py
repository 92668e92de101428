"""`python -m admin`: the parents' and the family's pages as a process. Says on stdout when it listens, logs to stderr."""

import errno
import json
import logging
import os
import signal
import sys
from typing import NoReturn

from waitress.server import BaseWSGIServer, create_server  # type: ignore[import-untyped]

from admin import create_app
from admin.family_app import create_family_app
from admin.security import LARGEST_FORM_BYTES
from store.database import open_database
from store.settings import Settings, SettingsError, load, prepare
from store.upgrade import migrate

NOT_STARTED = 3
"""Exit code: a setting or another program stands in the way; trying again alone will not help."""
CONNECTIONS = 2_000
"""At once. At waitress's own 100 one device on the network could shut the pages by waiting."""
THREADS = 4
"""A family reads few pages at once."""


def main() -> int:
    """Serve until told to stop; the process's exit code."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(name)s %(message)s")
    # waitress warns of every request that waits a moment for a thread.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        settings = load(os.environ)
        prepare(settings)
        engine = open_database(settings.database_url)
        migrate(engine)
    except SettingsError as error:
        return _refuse(str(error))
    doors: dict[int, object] = {}
    servers: list[BaseWSGIServer] = []
    for app, name in (
        (create_app(settings, engine=engine), "admin_port"),
        (create_family_app(settings, engine=engine), "family_port"),
    ):
        try:
            servers.append(_listen(settings, app, getattr(settings, name), doors))
        except OSError as error:
            return _refuse(_why_not(settings, name, error))
    _serve(*servers)
    engine.dispose()
    return 0


def _serve(parents: BaseWSGIServer, family: BaseWSGIServer) -> None:
    ready = {"ready": True, "port": parents.effective_port, "family_port": family.effective_port}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    parents.run()  # both, as they share their doors; returns when a signal has raised SystemExit in it
    family.task_dispatcher.shutdown()
    family.close()
    parents.close()


def _listen(settings: Settings, app: object, port: int, doors: dict[int, object]) -> BaseWSGIServer:
    return create_server(
        app,
        map=doors,
        host=settings.bind,
        port=port,
        threads=THREADS,
        ident="",  # tells strangers no version
        clear_untrusted_proxy_headers=False,  # admin/security.py refuses requests that have them
        max_request_body_size=LARGEST_FORM_BYTES,
        channel_timeout=30,
        connection_limit=CONNECTIONS,
        asyncore_use_poll=True,  # select() cannot watch that many
    )


def _why_not(settings: Settings, name: str, error: OSError) -> str:
    where = f"{settings.bind}:{getattr(settings, name)}"
    if error.errno == errno.EADDRINUSE:
        return (
            f"{where} is in use by another program; "
            f"choose another {name} in porchlight.toml, or stop that program."
        )
    whose = "parents'" if name == "admin_port" else "family's"
    return f"The {whose} pages cannot listen on {where}: {error.strerror}."


def _refuse(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return NOT_STARTED


def _stop(_signal: int, _frame: object) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
