"""The rule file: read, replaced whole by who has seen what is there, and every text that was ever saved.

Law: the file is the truth. The history follows it, and heals when a crash came between the two.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, RowMapping, Select, insert, select

from rules.acceptance import accept
from rules.catalog import Catalog
from rules.domain_table import DomainTable
from rules.policy_text import PolicyError, revision_of
from rules.problems import Sentence, unreadable
from rules.yaml_faults import LARGEST_TEXT_BYTES, TOO_LARGE
from store.database import writing
from store.files import locked, replace_text
from store.tables import policy_revisions

BY_HAND = ("file", "edited outside the pages")
"""Who and why of a text that was found in the file."""
NOTHING = revision_of("")
"""The revision of a file that is not there, or is no text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyText:
    """What stands in a rule file."""

    text: str
    revision: str
    """The first 12 hex digits of the SHA-256 of the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A rule file's text as it once was."""

    revision: str
    text: str
    at: datetime
    """Aware, UTC: when it was saved or first seen."""
    who: str
    """The parent's name, or `file` if it was edited outside the pages."""
    why: str


class RevisionMoved(ValueError):  # noqa: N818  # what happened, and no fault of anybody
    """The rule file is no longer the one that this edit began with."""


def read(path: Path) -> PolicyText:
    """The text in the rule file.

    Raises:
        OSError: it cannot be read.
        PolicyError: it is too large or no UTF-8.
    """
    with path.open("rb") as file:
        raw = file.read(LARGEST_TEXT_BYTES + 1)
    if len(raw) > LARGEST_TEXT_BYTES:
        raise unreadable(path.name, TOO_LARGE)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = Sentence("the file is not UTF-8 text")
        raise unreadable(path.name, message, Sentence("save it as UTF-8"), line=line) from error
    return PolicyText(text=text, revision=revision_of(text))


def save(
    engine: Engine,
    path: Path,
    text: str,
    *,
    expected: str,
    who: str,
    why: str,
    catalog: Catalog,
    table: DomainTable | None = None,
) -> PolicyText:
    """Replace the rule file, whole or not at all, and keep the text in the history.

    Args:
        engine: The database.
        path: The rule file.
        text: The new rules.
        expected: The revision that the edit began with; `revision_of("")` if there was no file.
        who: The parent's name.
        why: The parent's words.
        catalog: What names in the text can mean.
        table: The published lists, on which the text's expectations are tried.

    Raises:
        PolicyError: the text is not right; nothing was done.
        RevisionMoved: another edit came first; nothing was done.
        OSError: the disk refused; the old file stands, unless only its lasting through a loss of
            power is in doubt.
    """
    accept(text, file=path.name, catalog=catalog, moment=datetime.now(UTC), table=table)
    new = PolicyText(text=text, revision=revision_of(text))
    with locked(path):
        old = _present(path)
        if old.revision != expected:
            raise RevisionMoved(f"the file is at {old.revision or 'nothing'}, not at {expected}")
        # The row is written first and lasts with the commit: a database that is full or away
        # stops the edit before the file has changed.
        with writing(engine, alone=True) as connection:
            if _is_right(old, path, catalog, table):
                _remember(connection, old, *BY_HAND)
            _remember(connection, new, who, why)
            if new != old:
                replace_text(path, text)
    return new


def remember(engine: Engine, policy_text: PolicyText, *, who: str, why: str) -> None:
    """Add a text to the history, unless it is the newest there."""
    with writing(engine, alone=True) as connection:
        _remember(connection, policy_text, who, why)


def history(engine: Engine, limit: int = 100) -> tuple[Revision, ...]:
    """The newest texts, newest first."""
    with engine.connect() as connection:
        rows = connection.execute(_newest_first().limit(limit)).mappings()
        return tuple(map(_revision, rows))


def find(engine: Engine, revision: str) -> Revision | None:
    """The text with this revision; where it came back later, the last time."""
    with engine.connect() as connection:
        wanted = _newest_first().where(policy_revisions.c.revision == revision).limit(1)
        row = connection.execute(wanted).mappings().first()
        return _revision(row) if row else None


def newest(engine: Engine) -> Revision | None:
    """The last text that was saved or seen."""
    return next(iter(history(engine, 1)), None)


def _present(path: Path) -> PolicyText:
    try:
        return read(path)
    except (FileNotFoundError, PolicyError):
        # the pages must be able to replace what is lost or is no text
        return PolicyText(text="", revision=NOTHING)


def _is_right(old: PolicyText, path: Path, catalog: Catalog, table: DomainTable | None) -> bool:
    now = datetime.now(UTC)
    try:
        accept(old.text, file=path.name, catalog=catalog, moment=now, table=table)
    except PolicyError:
        return False
    return True


def _remember(connection: Connection, policy_text: PolicyText, who: str, why: str) -> None:
    last = connection.scalar(
        _newest_first().with_only_columns(policy_revisions.c.revision).limit(1)
    )
    if last != policy_text.revision:
        row = {
            "revision": policy_text.revision,
            "text": policy_text.text,
            "at": datetime.now(UTC),
            "who": who,
            "why": why,
        }
        connection.execute(insert(policy_revisions), row)


def _newest_first() -> Select[tuple[object, ...]]:
    column = policy_revisions.c
    wanted = select(column.revision, column.text, column.at, column.who, column.why)
    return wanted.order_by(column.number.desc())


def _revision(row: RowMapping) -> Revision:
    return Revision(**row)
