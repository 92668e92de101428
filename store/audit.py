"""Who changed what in the parents' pages, and when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, insert, select

from store.database import writing
from store.tables import audit


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One thing that somebody did."""

    at: datetime
    """Aware, UTC."""
    who: str
    """The account's name; empty where nobody was signed in."""
    what: str
    """A short word for the deed."""
    detail: str


def write(engine: Engine, moment: datetime, who: str, what: str, detail: str) -> None:
    """Add a line."""
    line = {"at": moment, "who": who, "what": what, "detail": detail}
    with writing(engine) as connection:
        connection.execute(insert(audit), line)


def read(engine: Engine, limit: int) -> tuple[AuditLine, ...]:
    """The newest lines, newest first."""
    column = audit.c
    wanted = select(column.at, column.who, column.what, column.detail)
    newest = wanted.order_by(column.number.desc()).limit(limit)
    with engine.connect() as connection:
        return tuple(AuditLine(**row) for row in connection.execute(newest).mappings())


def read_deeds(engine: Engine, what: str, since: datetime) -> tuple[AuditLine, ...]:
    """The lines of one kind of deed since a moment, newest first."""
    column = audit.c
    wanted = select(column.at, column.who, column.what, column.detail)
    newest = wanted.where(column.what == what, column.at >= since).order_by(column.number.desc())
    with engine.connect() as connection:
        return tuple(AuditLine(**row) for row in connection.execute(newest).mappings())
