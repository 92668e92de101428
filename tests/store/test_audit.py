"""The audit log keeps what was done, newest first."""

from datetime import UTC, datetime

from sqlalchemy import Engine

from store.audit import AuditLine, read, write

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_the_newest_lines_come_first(database: Engine) -> None:
    for number in range(5):
        write(database, NOON, "Mẹ", "rules", f"line {number}")

    assert read(database, 2) == (
        AuditLine(at=NOON, who="Mẹ", what="rules", detail="line 4"),
        AuditLine(at=NOON, who="Mẹ", what="rules", detail="line 3"),
    )


def test_a_name_that_somebody_typed_cannot_break_the_log(database: Engine) -> None:
    write(database, NOON, "\0\ud800", "sign-in failed", "")

    assert read(database, 1)[0].who == "\ufffd?"
