"""The processes that carry traffic, as each last told of itself, so that the pages can say what is in force."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, select

from store.database import insert_into, writing
from store.tables import workers


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One process."""

    name: str
    """Unique, the same after a restart."""
    pid: int
    started: datetime
    """Aware, UTC."""
    seen: datetime
    """Aware: when it last told of itself."""
    revision: str
    """Of the policy that it follows; empty before it has one."""
    in_force_since: datetime
    """Aware: since when it follows that revision."""
    dropped: int
    """Log rows lost since it started, because the database did not keep up."""
    problem: str
    """What is wrong in plain words; empty if nothing is."""


def report(engine: Engine, worker: Worker) -> None:
    """Keep what a worker says of itself in the place of what it said before."""
    row = asdict(worker)
    with writing(engine) as connection:
        insert = insert_into(connection, workers).values(row)
        connection.execute(insert.on_conflict_do_update(index_elements=[workers.c.name], set_=row))


def read(engine: Engine) -> tuple[Worker, ...]:
    """All workers, by name."""
    with engine.connect() as connection:
        rows = connection.execute(select(workers).order_by(workers.c.name)).mappings()
        return tuple(Worker(**row) for row in rows)


def remove(engine: Engine, name: str) -> None:
    """Forget a worker that has stopped."""
    with writing(engine) as connection:
        connection.execute(delete(workers).where(workers.c.name == name))
