"""What devices make of our certificate, as far as it is remembered: for a week, and no more than a home needs."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, select, tuple_, update

from rules.handshakes import ANYWHERE, KEPT, Answer, Handshakes, Met, after
from store.database import insert_into, writing
from store.tables import handshakes

MOST_ROWS = 2000
"""Of all devices. A made-up name a handshake would fill the disk; of more, what is oldest is forgotten."""
MOST_HOSTS = 100
"""Of one device, so that it does not push out what is known of the others."""

type Place = tuple[str, str]
"""Device and host."""

_column = handshakes.c
_PLACE = (_column.device, _column.host)


def note(engine: Engine, met: Sequence[Met]) -> None:
    """Remember what was seen, in the order in which it was."""
    if not met:
        return
    with writing(engine, alone=True) as connection:
        known = _known(connection, {place for one in met for place in _places(one)})
        for one in met:
            _add(known, one)
        _write(connection, known.values())
        for device in sorted({one.device for one in met if one.host}):
            _forget_more_than(connection, MOST_HOSTS, device)
        _forget_more_than(connection, MOST_ROWS)


def read(engine: Engine, moment: datetime) -> dict[Place, Handshakes]:
    """All that is still to be believed."""
    wanted = select(handshakes).where(_column.seen > moment - KEPT)
    with engine.connect() as connection:
        found = (Handshakes(**row) for row in connection.execute(wanted).mappings())
        return {(one.device, one.host): one for one in found}


def keep_quiet(engine: Engine, device: str, hosts: Iterable[str], until: datetime) -> None:
    """Remember that a parent does not want to be asked about some hosts."""
    here = (_column.device == device) & _column.host.in_(tuple(hosts))
    with writing(engine, alone=True) as connection:  # `note` reads first, and writes what it read
        connection.execute(update(handshakes).where(here).values(quiet_until=until))


def forget(engine: Engine, before: datetime) -> None:
    """Forget of what nothing was seen since a moment: it is too old, or meant another certificate."""
    with writing(engine) as connection:
        connection.execute(delete(handshakes).where(_column.seen < before))


def _places(met: Met) -> tuple[Place, ...]:
    return tuple({(met.device, ANYWHERE), (met.device, met.host)})


def _known(connection: Connection, places: set[Place]) -> dict[Place, Handshakes]:
    wanted = select(handshakes).where(tuple_(*_PLACE).in_(sorted(places)))
    found = (Handshakes(**row) for row in connection.execute(wanted).mappings())
    return {(one.device, one.host): one for one in found}


def _add(known: dict[Place, Handshakes], met: Met) -> None:
    for place in _places(met):
        device, host = place
        # which hosts take our certificate is nobody's business: that would be a list of what was visited
        if host and met.answer is Answer.ACCEPTED and place not in known:
            continue
        new = Handshakes(device=device, host=host, profile=met.profile, seen=met.at)
        known[place] = after(_fresh(known.get(place), met.at) or new, met)


def _fresh(known: Handshakes | None, moment: datetime) -> Handshakes | None:
    """None where it is too old to be added to."""
    return None if known is None or moment - known.seen >= KEPT else known


def _write(connection: Connection, rows: Iterable[Handshakes]) -> None:
    values = [asdict(row) for row in rows]
    insert = insert_into(connection, handshakes)
    changed = {one.name: insert.excluded[one.name] for one in handshakes.c if not one.primary_key}
    connection.execute(
        insert.on_conflict_do_update(index_elements=list(_PLACE), set_=changed), values
    )


def _forget_more_than(connection: Connection, most: int, device: str | None = None) -> None:
    rows = select(*_PLACE)
    if device is not None:
        rows = rows.where(_column.device == device, _column.host != ANYWHERE)
    order = (_column.refuses_since.is_(None), _column.seen.desc(), *_PLACE)
    oldest = rows.order_by(*order).offset(most)
    connection.execute(delete(handshakes).where(tuple_(*_PLACE).in_(oldest)))
