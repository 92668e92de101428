"""The passwords with which devices sign in to the proxy. Kept as Argon2id only."""

from collections.abc import Mapping

from sqlalchemy import Engine, delete, select

from store import accounts
from store.database import insert_into, writing
from store.tables import logins

TRIED_TOO_OFTEN = "passwords tried too often"
"""The deed in the audit log; its detail is the login and the address."""


def set_password(engine: Engine, name: str, password: str) -> None:
    """Set or change a login's password. Some 50 ms.

    Raises:
        ValueError: the password has a problem; the message is its name (`accounts.password_problem`).
    """
    problem = accounts.password_problem(password, name)
    if problem:
        raise ValueError(problem)
    row = {"name": name, "password": accounts.hash_password(password)}
    with writing(engine) as connection:
        set_ = insert_into(connection, logins).values(row)
        connection.execute(set_.on_conflict_do_update(index_elements=[logins.c.name], set_=row))


def remove(engine: Engine, name: str) -> bool:
    """Take a login's password away; whether it had one."""
    with writing(engine) as connection:
        return connection.execute(delete(logins).where(logins.c.name == name)).rowcount > 0


def read(engine: Engine) -> Mapping[str, str]:
    """The hash of each login's password, by name."""
    query = select(logins.c.name, logins.c.password).order_by(logins.c.name)
    with engine.connect() as connection:
        return {row.name: row.password for row in connection.execute(query)}
