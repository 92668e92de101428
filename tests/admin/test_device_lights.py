import pytest
from flask import Flask
from sqlalchemy import Engine

from admin.device_lights import Lights, lights_of
from admin.house import house
from store import device_setup
from store.tables import Light
from tests.admin.family import NOW, sight


def look(app: Flask, code: str) -> Lights:
    with app.test_request_context():
        found = device_setup.find_code(house().engine, code, NOW)
        assert found is not None
        return lights_of(house(), found)


def test_nothing_is_on_before_anything_was_seen(app: Flask, code: str) -> None:
    lights = look(app, code)
    assert [lamp.is_on for lamp in lights.lamps] == [False] * 3
    assert (lights.latest, lights.taken_for, lights.is_recognised) == (None, "", False)


def test_whatever_was_seen_is_traffic(app: Flask, code: str, sqlite_engine: Engine) -> None:
    device_setup.record(sqlite_engine, code, sight(Light.TRUST))
    lights = look(app, code)
    assert lights.is_on(Light.TRAFFIC)
    assert lights.is_on(Light.TRUST)
    assert not lights.is_on(Light.BLOCK)
    assert not lights.are_all_on


@pytest.mark.parametrize(
    ("device", "profile", "taken_for", "is_recognised"),
    [
        (None, "unknown", "an unknown device", False),
        ("phone", "teen", "Teen (phone)", False),
        ("tablet", "younger", "Younger child (tablet)", True),
        (None, "teen", "Teen", False),
        ("old", "gone", "gone (old)", False),
    ],
)
def test_who_the_proxy_takes_it_for(
    app: Flask,
    code: str,
    sqlite_engine: Engine,
    *,
    device: str | None,
    profile: str,
    taken_for: str,
    is_recognised: bool,
) -> None:
    device_setup.record(sqlite_engine, code, sight(device=device, profile=profile))
    lights = look(app, code)
    assert (lights.taken_for, lights.is_recognised) == (taken_for, is_recognised)
