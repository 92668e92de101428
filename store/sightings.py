"""Who came through the proxy: one row a device and one a stranger, kept up by the proxies, read by the pages."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, tzinfo

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from rules.sighting import Sighting
from store.database import writing
from store.tables import audit, sightings

MOST_STRANGERS = 500
"""Whoever makes up addresses fills no disk."""
NEW_DEVICE = "new device"
"""The deed in the audit log, under which a stranger is told of once."""


def write(engine: Engine, seen: Iterable[Sighting], timezone: tzinfo) -> None:
    """Bring the rows up to date. A stranger who was never here before gets a line in the audit log, too.

    Args:
        engine: The database.
        seen: Who was seen; of the days only whether it is another one is counted.
        timezone: Whose days.
    """
    with writing(engine, alone=True) as connection:
        for one in seen:
            _write(connection, one, timezone)


def read(engine: Engine) -> tuple[Sighting, ...]:
    """All of them, who was here last first."""
    query = select(sightings).order_by(sightings.c.last.desc(), sightings.c.thing)
    with engine.connect() as connection:
        return tuple(Sighting(**row) for row in connection.execute(query).mappings())


def leave_alone(engine: Engine, thing: str, moment: datetime) -> bool:
    """Note that a stranger may stay unknown; whether there is such a stranger."""
    wanted = (sightings.c.thing == thing) & sightings.c.device.is_(None)
    with writing(engine) as connection:
        done = connection.execute(update(sightings).where(wanted).values(left_alone=moment))
        return done.rowcount > 0


def forget(engine: Engine, thing: str) -> None:
    """Take a row out, as when a stranger has got a name."""
    with writing(engine) as connection:
        connection.execute(delete(sightings).where(sightings.c.thing == thing))


def purge(engine: Engine, before: datetime) -> None:
    """Take out strangers who were not here since."""
    gone = sightings.c.device.is_(None) & (sightings.c.last < before)
    with writing(engine) as connection:
        connection.execute(delete(sightings).where(gone))


def _write(connection: Connection, seen: Sighting, timezone: tzinfo) -> None:
    wanted = sightings.c.thing == seen.thing
    row = connection.execute(select(sightings).where(wanted)).mappings().first()
    if row is not None:
        is_new_day = _day(seen.last, timezone) > _day(row["last"], timezone)
        now = asdict(seen) | {
            "mac": seen.mac or row["mac"],
            "first": row["first"],
            "last": max(seen.last, row["last"]),
            "days": row["days"] + is_new_day,
            "left_alone": row["left_alone"],
        }
        connection.execute(update(sightings).where(wanted).values(now))
        return
    if seen.device is None:
        strangers = select(func.count()).where(sightings.c.device.is_(None))
        if (connection.scalar(strangers) or 0) >= MOST_STRANGERS:
            return
        detail = " ".join(filter(None, (seen.mac, seen.address)))
        line = {"at": seen.last, "who": "", "what": NEW_DEVICE, "detail": detail}
        connection.execute(insert(audit), line)
    connection.execute(insert(sightings), asdict(seen))


def _day(moment: datetime, timezone: tzinfo) -> date:
    return moment.astimezone(timezone).date()
