"""Handshakes are remembered for a week, refusals by host, and of a success nothing but that there was one."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from rules.handshakes import ANYWHERE, KEPT, RUN, Answer, Met
from store import handshakes
from store.handshakes import forget, keep_quiet, note, read

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def met(
    host: str = "app.example",
    *,
    device: str = "phone",
    answer: Answer = Answer.REFUSED,
    at: datetime = NOON,
) -> Met:
    return Met(device=device, host=host, profile="teen", answer=answer, at=at)


def test_refusals_add_up_over_batches_and_processes(database: Engine) -> None:
    note(database, [met(), met(at=NOON + SECOND)])
    assert read(database, NOON)["phone", "app.example"].refuses_since is None

    note(database, [met(at=NOON + 2 * SECOND)])

    known = read(database, NOON)["phone", "app.example"]
    assert (known.refused, known.refuses_since) == (RUN, NOON + 2 * SECOND)
    assert read(database, NOON)["phone", ANYWHERE].refused == RUN


def test_where_our_certificate_was_taken_is_not_kept(database: Engine) -> None:
    note(database, [met("visited.example", answer=Answer.ACCEPTED)])

    (known,) = read(database, NOON).values()
    assert (known.host, known.accepted) == (ANYWHERE, 1)


def test_a_success_is_added_to_what_has_refused(database: Engine) -> None:
    note(database, [met(), met(answer=Answer.ACCEPTED, at=NOON + SECOND)])

    known = read(database, NOON)["phone", "app.example"]
    assert (known.refused, known.accepted, known.run) == (1, 1, 0)


def test_a_host_that_may_not_be_kept_tells_of_the_device_alone(database: Engine) -> None:
    note(database, [met(ANYWHERE)])
    assert list(read(database, NOON)) == [("phone", ANYWHERE)]
    assert read(database, NOON)["phone", ANYWHERE].refused == 1


def test_after_a_week_nothing_is_known_and_counting_begins_anew(database: Engine) -> None:
    note(database, [met()])
    assert not read(database, NOON + KEPT)

    note(database, [met(at=NOON + KEPT)])

    assert read(database, NOON + KEPT)["phone", "app.example"].refused == 1


def test_what_a_parent_said_outlasts_the_next_refusal(database: Engine) -> None:
    note(database, [met(), met("other.example")])
    keep_quiet(database, "phone", ["app.example"], NOON + KEPT)

    note(database, [met(at=NOON + SECOND)])

    known = read(database, NOON)
    assert known["phone", "app.example"].quiet_until == NOON + KEPT
    assert known["phone", "other.example"].quiet_until is None


def test_old_rows_are_forgotten(database: Engine) -> None:
    note(database, [met(at=NOON - SECOND), met("new.example")])
    forget(database, NOON)
    assert sorted(read(database, NOON)) == [("phone", ANYWHERE), ("phone", "new.example")]


def test_made_up_names_do_not_fill_the_table(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handshakes, "MOST_HOSTS", 3)
    monkeypatch.setattr(handshakes, "MOST_ROWS", 7)
    note(database, [met(at=NOON + n * SECOND) for n in range(RUN)])
    for n in range(9):
        note(database, [met(f"{n}.example", at=NOON + timedelta(minutes=n))])
    hosts = {host for device, host in read(database, NOON)}
    assert hosts == {ANYWHERE, "app.example", "7.example", "8.example"}

    for n in range(9):
        note(database, [met(device=f"guest-{n}", at=NOON + timedelta(hours=1, minutes=n))])
    assert len(read(database, NOON)) == 7
    assert ("phone", "app.example") in read(database, NOON), "what is known goes last"


def test_nothing_is_written_where_nothing_was_seen(database: Engine) -> None:
    note(database, [])
    assert not read(database, NOON)
