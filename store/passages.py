"""The apps that a parent lets through on one device as they are, until the leave ends."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Engine, delete, select, update

from rules.facts import Passage
from store.database import insert_into, writing
from store.tables import passages

_column = passages.c


def give(engine: Engine, given: Iterable[Passage]) -> None:
    """Keep a parent's leave, each in the place of an earlier one for the same host."""
    rows = [asdict(one) for one in given]
    if not rows:
        return
    with writing(engine) as connection:
        insert = insert_into(connection, passages)
        changed = {name: insert.excluded[name] for name in ("given", "ends", "by")}
        keys = list(passages.primary_key)
        connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=changed), rows)


def live(engine: Engine, moment: datetime) -> tuple[Passage, ...]:
    """Those that count at a moment, oldest first."""
    order = (_column.given, _column.device, _column.host)
    wanted = select(passages).where(_column.ends > moment).order_by(*order)
    with engine.connect() as connection:
        return tuple(Passage(**row) for row in connection.execute(wanted).mappings())


def end(engine: Engine, device: str, hosts: Iterable[str], moment: datetime) -> bool:
    """Take a leave back; whether there was one."""
    here = (_column.device == device) & _column.host.in_(tuple(hosts)) & (_column.ends > moment)
    with writing(engine) as connection:
        return connection.execute(update(passages).where(here).values(ends=moment)).rowcount > 0


def forget(engine: Engine, before: datetime) -> None:
    """Forget what had ended by then."""
    with writing(engine) as connection:
        connection.execute(delete(passages).where(_column.ends < before))
