"""The SQL tables: what has happened. What the family decided is in the rule file, never here.

Law: a change here comes with a migration; a test holds the two against each other.
"""

from datetime import UTC, datetime, timedelta
from enum import Enum as PythonEnum

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Dialect,
    Enum,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

from rules.decision import Reason
from rules.policy import Action
from rules.request import Stage
from rules.sighting import Way


class Light(PythonEnum):
    """What is checked on a device that is being set up."""

    TRAFFIC = "traffic"
    """A request of it came through the proxy."""
    TRUST = "trust"
    """It took the home's certificate."""
    BLOCK = "block"
    """It showed the page of a block."""


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept as microseconds since 1970 UTC: the same, exact and in order on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Microseconds; refuses a moment without a time zone, which would mean another one elsewhere."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The moment in UTC."""
        return None if value is None else _EPOCH + value * _MICROSECOND


class Words(TypeDecorator[str]):
    """A text from anywhere. What a database cannot hold (NUL, half a surrogate pair) becomes a mark.

    Without this one hostile request would make its whole batch of log rows fail.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text as every database can hold it."""
        if value is None:
            return None
        if not value.isascii():
            value = value.encode("utf-8", "replace").decode("utf-8")
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if "\0" in value else value


class StageNumber(TypeDecorator[Stage]):
    """A stage as its number."""

    impl = Integer
    cache_ok = True

    def process_result_value(self, value: int | None, dialect: Dialect) -> Stage | None:  # noqa: ARG002
        """The stage."""
        return None if value is None else Stage(value)


def _words_of(kind: type[PythonEnum]) -> Enum:
    # a plain column of text: a new member needs no migration
    return Enum(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        length=16,
    )


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

policy_revisions = Table(
    "policy_revisions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("revision", String(12), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", Words, nullable=False),
    Column("why", Words, nullable=False),
)
"""Every rule file that was ever in force, in order."""

decisions = Table(
    "decisions",
    metadata,
    Column("id", Words, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("client", Words, nullable=False),
    Column("method", Words, nullable=False),
    Column("scheme", Words, nullable=False),
    Column("host", Words, nullable=False),
    Column("path", Words, nullable=False),
    Column("action", _words_of(Action), nullable=False),
    Column("reason", _words_of(Reason), nullable=False),
    Column("profile", Words, nullable=False),
    Column("device", Words),
    Column("entry", Words),
    Column("file", Words, nullable=False),
    Column("line", Integer),
    Column("until", Moment),
    Column("look", StageNumber, nullable=False),
    Column("revision", Words, nullable=False),
    Column("category", Words),
    Column("listed", Words),
    Column("source", Words),
    Column("note", Words, nullable=False),
    Column("grant", Words),
    Column("seal", Words),
    Index(None, "at", "id"),
    Index(None, "profile", "at", "id"),
    Index(None, "host"),
)
"""The log: DecisionRecord, with its Decision laid flat."""

counts = Table(
    "counts",
    metadata,
    Column("day", Date, primary_key=True),
    Column("profile", Words, primary_key=True),
    Column("action", _words_of(Action), primary_key=True),
    Column("reason", _words_of(Reason), primary_key=True),
    Column("n", Integer, nullable=False),
)
"""How many decisions a day, no names."""

grants = Table(
    "grants",
    metadata,
    Column("id", Words, primary_key=True),
    Column("action", _words_of(Action), nullable=False),
    Column("site", Words),
    Column("profile", Words),
    Column("given", Moment, nullable=False),
    Column("ends", Moment, nullable=False, index=True),
    Column("by", Words, nullable=False),
    Column("note", Words, nullable=False),
)
"""A parent's answers for a while."""

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", Words, nullable=False),
    Column("name_key", Words, nullable=False, unique=True),
    Column("password", Text, nullable=False),
)
"""The parents. `name_key` is the name without regard to case; `password` an Argon2id hash."""

sessions = Table(
    "sessions",
    metadata,
    Column("token", String(64), primary_key=True),
    Column(
        "account",
        Integer,
        ForeignKey(accounts.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("opened", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    Column("user_agent", Words, nullable=False),
    Column("address", Words, nullable=False),
)
"""Signed-in browsers. `token` is the SHA-256 of what the browser holds."""

setup_codes = Table(
    "setup_codes",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("ends", Moment, nullable=False),
)
"""The SHA-256 of the code with which the first account is made; one row at most."""

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("who", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("detail", Words, nullable=False),
)
"""Who changed what in the parents' pages."""

workers = Table(
    "workers",
    metadata,
    Column("name", Words, primary_key=True),
    Column("pid", Integer, nullable=False),
    Column("started", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    Column("revision", Words, nullable=False),
    Column("in_force_since", Moment, nullable=False),
    Column("dropped", Integer, nullable=False),
    Column("problem", Words, nullable=False),
)
"""The processes that carry traffic, as each last told of itself."""

device_codes = Table(
    "device_codes",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("device", Words, nullable=False),
    Column("profile", Words, nullable=False),
    Column("made", Moment, nullable=False),
    Column("ends", Moment, nullable=False),
    Column("by", Words, nullable=False),
)
"""The SHA-256 of each code with which a device is being set up, and for whom."""

device_checks = Table(
    "device_checks",
    metadata,
    Column(
        "code",
        String(64),
        ForeignKey(device_codes.c.code, ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("light", _words_of(Light), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("client", Words, nullable=False),
    Column("mac", Words),
    Column("device", Words),
    Column("profile", Words, nullable=False),
)
"""What the proxy has seen of a device that is being set up: one row for each light, the latest sight."""

sightings = Table(
    "sightings",
    metadata,
    Column("thing", Words, primary_key=True),
    Column("device", Words),
    Column("address", Words, nullable=False),
    Column("mac", Words),
    Column("profile", Words, nullable=False),
    Column("way", _words_of(Way), nullable=False),
    Column("first", Moment, nullable=False),
    Column("last", Moment, nullable=False),
    Column("days", Integer, nullable=False),
    Column("left_alone", Moment),
)
"""Who came through the proxy: one row a device, and one a stranger."""

logins = Table(
    "logins",
    metadata,
    Column("name", Words, primary_key=True),
    Column("password", Text, nullable=False),
)
"""With which passwords devices sign in. `password` is an Argon2id hash."""
