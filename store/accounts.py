"""The parents' accounts: how the first is claimed, and who a password belongs to. Passwords are kept as Argon2id only."""

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select, update

from store.database import writing
from store.tables import accounts, sessions, setup_codes

SHORTEST_PASSWORD = 12
"""Code points. ASVS 5, 6.2.1 asks for 8, better 15."""
SHORTEST_NAME_IN_PASSWORD = 3
"""A name of two letters is in many a good password by chance."""
SETUP_CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is taken for another."""
SETUP_CODE_LENGTH = 8
"""40 bits; the pages let few be tried."""
SETUP_CODE_LASTS = timedelta(hours=24)

TOKEN_BYTES = 32
SESSION_IDLE = timedelta(days=14)
SESSION_LONGEST = timedelta(days=90)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a session was last used."""
LONGEST_USER_AGENT = 300
"""Characters kept."""

_LOOKALIKES = str.maketrans("ILO", "110", "- ")
_COMMON = Path(__file__).with_name("common_passwords.txt")
_hasher = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1)
"""46 MiB, one pass: the first choice of OWASP's Password Storage Cheat Sheet; some 50 ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A parent who can sign in."""

    id: int
    name: str


class SetupRefused(ValueError):  # noqa: N818  # what happened, as the page says it
    """No account was made."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        """`claimed` (there is an account), `code` (wrong, used or too old), `unnamed`, or the password's problem."""


def has_account(engine: Engine) -> bool:
    """Whether somebody has claimed this Porchlight."""
    with engine.connect() as connection:
        return _is_claimed(connection)


def names(engine: Engine) -> tuple[str, ...]:
    """The parents who can sign in, in the order of their accounts."""
    with engine.connect() as connection:
        return tuple(connection.scalars(select(accounts.c.name).order_by(accounts.c.id)))


def name_key(name: str) -> str:
    """What all spellings of one name have in common: capitals, spaces and how a letter is composed say nothing."""
    return unicodedata.normalize("NFC", _shown(name).casefold())


def new_setup_code(engine: Engine, moment: datetime) -> str | None:
    """A code to make the first account with, `XXXX-XXXX`, good once and for a day; None if there is an account.

    Codes from before are worth nothing any more.
    """
    code = "".join(secrets.choice(SETUP_CODE_ALPHABET) for _ in range(SETUP_CODE_LENGTH))
    with writing(engine, alone=True) as connection:
        if _is_claimed(connection):
            return None
        connection.execute(delete(setup_codes))
        row = {"code": _digest(code), "ends": moment + SETUP_CODE_LASTS}
        connection.execute(insert(setup_codes), row)
    half = SETUP_CODE_LENGTH // 2
    return f"{code[:half]}-{code[half:]}"


def claim(engine: Engine, code: str, name: str, password: str, moment: datetime) -> Account:
    """Make the first account. Of two that try at once, one succeeds. Some 50 ms.

    Raises:
        SetupRefused: no account was made.
    """
    if not _shown(name):
        raise SetupRefused("unnamed")
    if problem := password_problem(password, name):
        raise SetupRefused(problem)
    given = _digest(code.upper().translate(_LOOKALIKES))
    with writing(engine, alone=True) as connection:
        if _is_claimed(connection):
            raise SetupRefused("claimed")
        live = select(setup_codes.c.code).where(setup_codes.c.ends > moment)
        if not hmac.compare_digest(connection.scalar(live) or "", given):
            raise SetupRefused("code")
        connection.execute(delete(setup_codes))
        shown = _shown(name)
        row = {"name": shown, "name_key": name_key(name), "password": hash_password(password)}
        made = connection.execute(insert(accounts).returning(accounts.c.id), row)
        return Account(id=made.scalar_one(), name=shown)


def sign_in(
    engine: Engine,
    name: str,
    password: str,
    moment: datetime,  # noqa: ARG001  # every door of the accounts is told the time
) -> Account | None:
    """The account of this name and password. An unknown name takes as long as a wrong password: some 50 ms."""
    with engine.connect() as connection:
        row = connection.execute(
            select(accounts).where(accounts.c.name_key == name_key(name))
        ).first()
    is_right = matches(row.password if row else nobodys_hash(), password)
    if row is None or not is_right:
        return None
    if _hasher.check_needs_rehash(row.password):
        with writing(engine) as connection:
            mine = (accounts.c.id == row.id) & (accounts.c.password == row.password)
            connection.execute(
                update(accounts).where(mine).values(password=hash_password(password))
            )
    return Account(id=row.id, name=row.name)


def set_password(engine: Engine, name: str, password: str) -> None:
    """Change a password and sign that parent out everywhere.

    Raises:
        LookupError: nobody has that name.
        ValueError: the password has a problem; the message is its name.
    """
    if problem := password_problem(password, name):
        raise ValueError(problem)
    change = (
        update(accounts)
        .where(accounts.c.name_key == name_key(name))
        .values(password=hash_password(password))
        .returning(accounts.c.id)
    )
    with writing(engine) as connection:
        account = connection.scalar(change)
        if account is None:
            raise LookupError(f"there is no account {name!r}")
        connection.execute(delete(sessions).where(sessions.c.account == account))


def password_problem(password: str, name: str) -> str | None:
    """Why a password is not good enough: `short`, `common`, `name`; None if it is good."""
    plain = _plain(password).casefold()
    key = name_key(name)
    if len(_plain(password)) < SHORTEST_PASSWORD:
        return "short"
    if plain in _common_passwords() or len(set(plain)) == 1:
        return "common"
    if len(key) >= SHORTEST_NAME_IN_PASSWORD and key in plain:
        return "name"
    return None


def open_session(
    engine: Engine, account: Account, moment: datetime, *, user_agent: str, address: str
) -> str:
    """A token for the browser of somebody who has just signed in; only its SHA-256 is kept."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = {
        "token": _digest(token),
        "account": account.id,
        "opened": moment,
        "seen": moment,
        "user_agent": user_agent[:LONGEST_USER_AGENT],
        "address": address,
    }
    with writing(engine) as connection:
        connection.execute(delete(sessions).where(_has_ended(moment)))
        connection.execute(insert(sessions), row)
    return token


def read_session(engine: Engine, token: str, moment: datetime) -> Account | None:
    """Whose live session this is. Writes at most once a minute."""
    mine = sessions.c.token == _digest(token)
    owner = select(accounts.c.id, accounts.c.name, sessions.c.seen).join_from(sessions, accounts)
    with engine.connect() as connection:
        row = connection.execute(owner.where(mine, ~_has_ended(moment))).first()
    if row is None:
        return None
    if moment - row.seen >= SEEN_EVERY:
        with writing(engine) as connection:
            connection.execute(update(sessions).where(mine).values(seen=moment))
    return Account(id=row.id, name=row.name)


def close_session(engine: Engine, token: str) -> None:
    """End a session, if there is one."""
    with writing(engine) as connection:
        connection.execute(delete(sessions).where(sessions.c.token == _digest(token)))


def _has_ended(moment: datetime) -> ColumnElement[bool]:
    return (sessions.c.seen <= moment - SESSION_IDLE) | (
        sessions.c.opened <= moment - SESSION_LONGEST
    )


def _is_claimed(connection: Connection) -> bool:
    return connection.scalar(select(accounts.c.id).limit(1)) is not None


def _digest(secret: str) -> str:
    # a random secret needs no slow hash: there is nothing to guess it from
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _plain(password: str) -> str:
    # the same word typed on another system may be other code points (NIST SP 800-63B asks for one form)
    return unicodedata.normalize("NFC", password)


def hash_password(password: str) -> str:
    """The Argon2id hash to keep. Some 50 ms."""
    return _hasher.hash(_plain(password).encode("utf-8", "replace"))


def matches(stored: str, password: str) -> bool:
    """Whether the password is the one of the hash. Some 50 ms."""
    try:
        return _hasher.verify(stored, _plain(password).encode("utf-8", "replace"))
    except (VerificationError, InvalidHashError):
        return False


@cache
def nobodys_hash() -> str:
    """The hash of a password that nobody has: to try it takes as long as any."""
    return hash_password(secrets.token_urlsafe(TOKEN_BYTES))


def _shown(name: str) -> str:
    return unicodedata.normalize("NFC", " ".join(name.split()))


@cache
def _common_passwords() -> frozenset[str]:
    return frozenset(_COMMON.read_text(encoding="utf-8").split())
