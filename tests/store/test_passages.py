"""A leave counts until it ends or is taken back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from rules.facts import Passage
from store import passages
from store.facts import read_facts

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
GIVEN = Passage(device="phone", host="app.example", given=NOON, ends=NOON + WEEK, by="Mẹ")
OTHER = replace(GIVEN, device="tablet", given=NOON + timedelta(hours=1))


def test_a_leave_counts_for_its_time(database: Engine) -> None:
    passages.give(database, [OTHER, GIVEN])

    assert passages.live(database, NOON) == (GIVEN, OTHER)
    assert read_facts(database, NOON + WEEK - timedelta.resolution).passages == (GIVEN, OTHER)
    assert read_facts(database, NOON + WEEK).passages == ()


def test_a_leave_for_the_same_host_takes_the_place_of_the_first(database: Engine) -> None:
    later = replace(GIVEN, given=NOON + WEEK / 2, ends=NOON + 1.5 * WEEK, by="Ba")
    passages.give(database, [GIVEN])
    passages.give(database, [later])

    assert passages.live(database, NOON) == (later,)


def test_a_leave_is_taken_back_once_and_on_one_device(database: Engine) -> None:
    passages.give(database, [GIVEN, OTHER])

    assert passages.end(database, "phone", ["app.example"], NOON + WEEK / 2)

    assert passages.live(database, NOON + WEEK / 2) == (OTHER,)
    assert not passages.end(database, "phone", ["app.example"], NOON + WEEK / 2)
    assert not passages.end(database, "tablet", ["none.example"], NOON + WEEK / 2)


def test_what_has_ended_is_forgotten(database: Engine) -> None:
    passages.give(database, [GIVEN])
    passages.forget(database, NOON + WEEK + timedelta.resolution)
    assert passages.live(database, NOON) == ()


def test_no_leave_writes_nothing(database: Engine) -> None:
    passages.give(database, [])
    assert passages.live(database, NOON) == ()
