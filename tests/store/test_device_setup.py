"""Codes for devices, and the lights that the proxy puts on for them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from store import device_setup
from store.device_setup import Check
from store.tables import Light, device_codes

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SEEN = Check(
    light=Light.TRAFFIC,
    at=NOON,
    client="192.168.1.20",
    mac="a4:83:e7:12:9f:01",
    device=None,
    profile="unknown",
)


def new(engine: Engine, moment: datetime = NOON, device: str = "tablet") -> str:
    return device_setup.new_code(engine, moment, device=device, profile="younger", by="Lan")


def test_a_code_names_its_device_however_it_is_typed(database: Engine) -> None:
    code = new(database)
    for typed in (code, code.lower(), f"{code[:5]}-{code[5:]}", f" {code[:5]} {code[5:]}"):
        found = device_setup.find_code(database, typed, NOON)
        assert found is not None
        assert (found.device, found.profile, found.by) == ("tablet", "younger", "Lan")


def test_letters_that_look_alike_are_one() -> None:
    assert device_setup.plain_code("oO1Il-23456") == "0011123456"


@pytest.mark.parametrize(
    "typed", ["", "0123456789", "012345678", "\udcff" * 10, "../../etc/", "é" * 10]
)
def test_what_is_no_live_code_finds_nothing(database: Engine, typed: str) -> None:
    new(database)
    assert device_setup.find_code(database, typed, NOON) is None


def test_a_code_lives_for_a_day(database: Engine) -> None:
    code = new(database)
    almost, over = NOON + timedelta(hours=23, minutes=59), NOON + timedelta(hours=24)
    assert device_setup.find_code(database, code, almost) is not None
    assert device_setup.find_code(database, code, over) is None
    device_setup.record(database, code, replace(SEEN, at=over))
    (ended,) = device_setup.live_codes(database, almost)
    assert device_setup.checks(database, ended.code) == {}
    new(database, over)
    assert len(device_setup.live_codes(database, almost)) == 1, "the ended one is forgotten"


def test_the_text_of_a_code_is_not_kept(database: Engine) -> None:
    code = new(database)
    with database.connect() as connection:
        (row,) = connection.execute(select(device_codes)).mappings()
    assert code not in str(dict(row))


def test_the_newest_stands_first_and_a_revoked_one_is_gone(database: Engine) -> None:
    old = new(database)
    device_setup.record(database, old, SEEN)
    new(database, NOON + timedelta(minutes=1), "phone")
    newest, oldest = device_setup.live_codes(database, NOON)
    assert (newest.device, oldest.device) == ("phone", "tablet")
    assert device_setup.revoke(database, oldest.code) == oldest
    assert device_setup.revoke(database, oldest.code) is None
    assert device_setup.find_code(database, old, NOON) is None
    assert device_setup.checks(database, oldest.code) == {}


def test_no_more_codes_are_kept_than_a_family_has_devices(database: Engine) -> None:
    for number in range(device_setup.MOST_CODES + 3):
        new(database, NOON + timedelta(seconds=number))
    assert len(device_setup.live_codes(database, NOON)) == device_setup.MOST_CODES


def test_the_latest_sight_of_each_light_counts(database: Engine) -> None:
    code = new(database)
    later = replace(SEEN, at=NOON + timedelta(seconds=5), device="tablet", profile="younger")
    device_setup.record(database, code, SEEN)
    device_setup.record(database, code, later)
    device_setup.record(database, code, replace(SEEN, light=Light.TRUST, mac=None))
    (live,) = device_setup.live_codes(database, NOON)
    assert device_setup.checks(database, live.code) == {
        Light.TRAFFIC: later,
        Light.TRUST: replace(SEEN, light=Light.TRUST, mac=None),
    }


def test_a_sight_without_a_good_code_is_not_kept(database: Engine) -> None:
    new(database)
    for typed in ("0123456789", "nonsense"):
        device_setup.record(database, typed, SEEN)
    (live,) = device_setup.live_codes(database, NOON)
    assert device_setup.checks(database, live.code) == {}
