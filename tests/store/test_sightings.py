"""Devices and strangers as they were last seen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from rules.sighting import Sighting, Way
from store import audit, sightings

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
TABLET = Sighting(
    thing="tablet",
    device="tablet",
    address="192.168.1.20",
    mac="a4:83:e7:12:9f:01",
    profile="younger",
    way=Way.EXPLICIT,
    first=NOON,
    last=NOON,
)
STRANGER = replace(
    TABLET, thing="a4:83:e7:12:9f:02", device=None, mac="a4:83:e7:12:9f:02", profile="unknown"
)


def later(one: Sighting, by: timedelta, **changes: object) -> Sighting:
    return replace(one, first=NOON + by, last=NOON + by, **changes)  # type: ignore[arg-type]


def test_a_device_has_one_row_that_is_kept_up(database: Engine) -> None:
    sightings.write(database, [TABLET, STRANGER], HANOI)
    sightings.write(
        database, [later(TABLET, HOUR, address="192.168.1.77", mac=None, way=Way.DNS)], HANOI
    )

    assert sightings.read(database) == (
        replace(TABLET, last=NOON + HOUR, address="192.168.1.77", way=Way.DNS),
        STRANGER,
    )


def test_days_are_the_familys(sqlite_engine: Engine) -> None:
    for hours in (0, 11, 12, 13, 36):  # 12:00, 23:00, midnight, 01:00, midnight
        sightings.write(sqlite_engine, [later(TABLET, hours * HOUR)], HANOI)
    assert sightings.read(sqlite_engine)[0].days == 3


def test_what_is_told_late_takes_nothing_back(sqlite_engine: Engine) -> None:
    sightings.write(sqlite_engine, [later(TABLET, HOUR)], HANOI)
    sightings.write(sqlite_engine, [TABLET], HANOI)
    assert sightings.read(sqlite_engine)[0].last == NOON + HOUR


def test_a_stranger_is_told_of_once(database: Engine) -> None:
    sightings.write(database, [TABLET, STRANGER], HANOI)
    sightings.write(database, [later(STRANGER, HOUR)], HANOI)

    assert [(one.what, one.detail) for one in audit.read(database, 9)] == [
        (sightings.NEW_DEVICE, "a4:83:e7:12:9f:02 192.168.1.20")
    ]


def test_a_stranger_that_may_stay_unknown_stays_so(database: Engine) -> None:
    sightings.write(database, [STRANGER, TABLET], HANOI)

    assert sightings.leave_alone(database, STRANGER.thing, NOON + HOUR)
    assert not sightings.leave_alone(database, "tablet", NOON)
    assert not sightings.leave_alone(database, "nobody", NOON)

    sightings.write(database, [later(STRANGER, 2 * HOUR)], HANOI)
    assert sightings.read(database)[0] == replace(
        STRANGER, last=NOON + 2 * HOUR, left_alone=NOON + HOUR
    )


def test_a_stranger_is_forgotten_when_it_gets_a_name_or_never_comes_back(
    sqlite_engine: Engine,
) -> None:
    other = replace(STRANGER, thing="192.168.1.99", mac=None, last=NOON - HOUR)
    sightings.write(sqlite_engine, [STRANGER, other, TABLET], HANOI)
    sightings.purge(sqlite_engine, NOON)
    assert {one.thing for one in sightings.read(sqlite_engine)} == {STRANGER.thing, "tablet"}
    sightings.forget(sqlite_engine, STRANGER.thing)
    assert sightings.read(sqlite_engine) == (TABLET,)


def test_made_up_addresses_fill_no_disk(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sightings, "MOST_STRANGERS", 3)
    crowd = [replace(STRANGER, thing=f"10.0.0.{n}", mac=None) for n in range(5)]
    sightings.write(sqlite_engine, [*crowd, TABLET], HANOI)
    assert len(sightings.read(sqlite_engine)) == 4
