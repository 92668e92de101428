"""What has happened and still counts: the parents' live answers and leaves."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Engine, insert, select, update

from rules.facts import Facts, Grant
from store import passages
from store.database import writing
from store.tables import grants


def add_grant(engine: Engine, grant: Grant) -> None:
    """Keep a parent's answer.

    Raises:
        sqlalchemy.exc.IntegrityError: its id is taken.
    """
    with writing(engine) as connection:
        connection.execute(insert(grants), asdict(grant))


def live_grants(engine: Engine, moment: datetime) -> tuple[Grant, ...]:
    """The answers that have not ended, oldest first."""
    live = select(grants).where(grants.c.ends > moment).order_by(grants.c.given, grants.c.id)
    with engine.connect() as connection:
        return tuple(Grant(**row) for row in connection.execute(live).mappings())


def end_grant(engine: Engine, id: str, moment: datetime) -> bool:  # noqa: A002  # the word of the model
    """Take an answer back; whether there was a live one."""
    live = (grants.c.id == id) & (grants.c.ends > moment)
    with writing(engine) as connection:
        return connection.execute(update(grants).where(live).values(ends=moment)).rowcount > 0


def read_facts(engine: Engine, moment: datetime) -> Facts:
    """Everything that the engine needs to know, as of a moment."""
    return Facts(grants=live_grants(engine, moment), passages=passages.live(engine, moment))
