"""All that stands behind the addon, opened from the environment and closed in order."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine

from proxy.live import Live
from proxy.recorder import Recorder
from proxy.resolver import Resolver
from proxy.sightings import Sightings
from proxy.sign_in import SignIn
from store import settings as stored_settings
from store.database import open_database
from store.lists import load_catalog
from store.settings import Settings, SettingsError
from store.upgrade import migrate

DEFAULT_WORKER = "proxy-1"
STOP_SECONDS = 1.0
"""For each of the two threads."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What the addon holds."""

    settings: Settings
    live: Live
    recorder: Recorder
    resolver: Resolver
    sign_in: SignIn
    sightings: Sightings
    database: Engine

    def close(self) -> None:
        """Stop following, then write what is waiting."""
        self.live.stop(STOP_SECONDS)
        self.recorder.stop(STOP_SECONDS)
        self.database.dispose()


def open_door(environ: Mapping[str, str] = os.environ, *, worker: str = DEFAULT_WORKER) -> Door:
    """Read the settings, open the database, put the rules in force.

    Raises:
        SettingsError: the settings or the home folder are not usable.
    """
    settings = stored_settings.load(environ)
    stored_settings.prepare(settings)
    engine = open_database(settings.database_url)
    try:
        migrate(engine)
    except SettingsError as error:
        logger.warning("filtering goes on without the database: %s", error)
    recorder = Recorder(engine, retention=timedelta(days=settings.retention_days))
    live = Live(settings, engine, load_catalog(), recorder, worker)
    resolver = Resolver(
        names=settings.names,
        reach=settings.reach,
        own_ports=(settings.proxy_port, settings.admin_port),
        family=(settings.address, settings.family_port),
    )
    recorder.start()
    live.start()
    return Door(
        settings=settings,
        live=live,
        recorder=recorder,
        resolver=resolver,
        sign_in=SignIn(recorder),
        sightings=Sightings(recorder),
        database=engine,
    )
