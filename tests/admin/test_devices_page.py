"""Devices: who is there, and a stranger that gets a name."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from sqlalchemy import Engine

from rules.sighting import Sighting, Way
from store import audit, logins, policies, sightings
from store.settings import Settings
from tests.admin.family import NOW, RULES, Parent

MAC, PRIVATE = "a4:83:e7:12:9f:02", "a6:83:e7:12:9f:03"
STRANGER = Sighting(
    thing=MAC,
    device=None,
    address="192.168.1.77",
    mac=MAC,
    profile="unknown",
    way=Way.EXPLICIT,
    first=NOW - timedelta(hours=2),
    last=NOW - timedelta(minutes=4),
)
TABLET = replace(STRANGER, thing="tablet", device="tablet", mac=None, address="192.168.1.20")


def see(engine: Engine, *seen: Sighting) -> None:
    sightings.write(engine, seen, UTC)


def test_devices_are_told_with_what_they_are_known_by_and_when_they_were_here(
    parent: Parent, settings: Settings, sqlite_engine: Engine
) -> None:
    settings.rules_path.write_text(
        RULES + f'  desk: {{login: mai, mac: "{PRIVATE}"}}\n  away: {{wireguard: k, port: 8083}}\n'
    )
    see(sqlite_engine, replace(TABLET, way=Way.WIREGUARD))
    page = parent.get("/devices").text
    assert "IP address 192.168.1.20" in page
    assert "Last seen today at 15:56 · 192.168.1.20 · through WireGuard" in page
    assert page.count("Not seen yet") == 3
    assert f"user name mai · MAC address {PRIVATE}" in page
    assert "WireGuard key k · port 8083" in page
    assert page.count("It cannot sign in yet") == 1
    assert "Younger child" in page
    logins.set_password(sqlite_engine, "mai", "four old wooden boats")
    assert "It cannot sign in yet" not in parent.get("/devices").text


def test_a_daily_device_that_is_gone_is_silent(parent: Parent, sqlite_engine: Engine) -> None:
    for days in range(6, 1, -1):
        moment = NOW - timedelta(days=days)
        see(sqlite_engine, replace(TABLET, first=moment, last=moment))
    page = parent.get("/devices").text
    assert "Silent" in page
    assert "Before, it was here almost every day." in page


@pytest.mark.parametrize(
    ("by", "written"), [("mac", f"{{mac: {MAC}}}"), ("ip", "{ip: 192.168.1.77}"), ("", None)]
)
def test_a_stranger_gets_a_name_as_lines_of_the_rules_with_a_way_back(
    parent: Parent, settings: Settings, sqlite_engine: Engine, by: str, written: str | None
) -> None:
    see(sqlite_engine, STRANGER)
    page = parent.get("/devices").text
    assert "1 device is new" in page
    assert MAC in page

    form = {"thing": MAC, "name": " Bình phone ", "profile": "teen", "by": by}
    page = parent.see("/devices/name", **form).text

    assert "Named a device: Binh-phone. It follows the rules of Teen." in page
    wanted = RULES.replace("[phone]", "[phone, Binh-phone]")
    wanted += f"  Binh-phone: {written or '{ip: 192.168.1.77}'}\n"
    assert settings.rules_path.read_text() == wanted
    newest, before = policies.history(sqlite_engine, 2)
    assert newest.why == "Named a device: Binh-phone."
    assert f'action="/rules/history/{before.revision}/restore"' in page
    assert "is new" not in page
    assert sightings.read(sqlite_engine) == ()


def test_a_known_device_that_has_changed_is_known_by_what_it_has_now(
    parent: Parent, settings: Settings, sqlite_engine: Engine
) -> None:
    see(sqlite_engine, STRANGER)
    form = {"thing": MAC, "device": "tablet", "name": "", "profile": "teen", "by": "mac"}
    assert "tablet is known by what it has now." in parent.see("/devices/name", **form).text
    wanted = RULES.replace("20}", f"20, mac: {MAC}}}")
    assert settings.rules_path.read_text() == wanted


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Give the device a name first."),
        ("tablet", "There is a device called tablet already."),
        ("my.phone", "With this the rules would be refused: my.phone cannot be a device"),
        ("teen", "With this the rules would be refused: teen is both a profile and a device"),
    ],
)
def test_a_name_that_cannot_be_changes_nothing_and_keeps_the_form(
    parent: Parent, settings: Settings, sqlite_engine: Engine, name: str, words: str
) -> None:
    see(sqlite_engine, STRANGER)
    answer = parent.post("/devices/name", thing=MAC, name=name, profile="teen", by="ip")
    assert answer.status_code == 400
    assert words in answer.text
    assert f'value="{name}"' in answer.text
    assert '<details class="menu" open>' in answer.text
    assert settings.rules_path.read_text() == RULES


def test_nobody_is_named_who_was_not_seen(parent: Parent, settings: Settings) -> None:
    answer = parent.post("/devices/name", thing="tablet", name="x", profile="teen", by="ip")
    assert answer.status_code == 404
    assert settings.rules_path.read_text() == RULES


def test_a_stranger_is_told_of_on_the_first_page_until_a_parent_has_said_something(
    parent: Parent, sqlite_engine: Engine
) -> None:
    see(sqlite_engine, STRANGER, TABLET)
    page = parent.get("/").text
    assert "A new device is on the internet here" in page
    assert MAC in page

    page = parent.see("/devices/leave", thing=MAC, back="/").text
    assert "It stays unknown." in page
    assert "A new device" not in page
    later = NOW + timedelta(minutes=5)
    see(sqlite_engine, replace(STRANGER, last=later))
    assert "A new device" not in parent.get("/").text
    page = parent.get("/devices").text
    assert "Left unknown" in page
    assert MAC in page
    assert audit.read(sqlite_engine, 1)[0].what == "device left unknown"

    see(sqlite_engine, replace(STRANGER, thing=PRIVATE, mac=PRIVATE))
    page = parent.get("/").text
    assert PRIVATE in page
    assert "a private one, made up for your network" in page


def test_a_stranger_that_the_rules_name_by_now_is_no_stranger(
    parent: Parent, settings: Settings, sqlite_engine: Engine
) -> None:
    see(sqlite_engine, STRANGER)
    settings.rules_path.write_text(RULES + f'  desk: {{mac: "{MAC}"}}\n')
    assert "A new device" not in parent.get("/").text
    assert "is new" not in parent.get("/devices").text


def test_a_device_is_no_stranger_for_the_time_before_it_signed_in(
    parent: Parent, settings: Settings, sqlite_engine: Engine
) -> None:
    settings.rules_path.write_text(RULES + "  desk: {login: mai}\n")
    see(sqlite_engine, STRANGER)
    assert "A new device" in parent.get("/").text
    see(sqlite_engine, replace(STRANGER, thing="desk", device="desk"))
    assert "A new device" not in parent.get("/").text


def test_a_house_without_devices_says_how_to_begin(parent: Parent, settings: Settings) -> None:
    settings.rules_path.write_text("porchlight: 1\ntimezone: UTC\n")
    page = parent.get("/devices").text
    assert "No device has a name yet" in page
    assert 'href="/devices/setup"' in page


def test_what_strangers_send_is_shown_as_text(parent: Parent, sqlite_engine: Engine) -> None:
    see(sqlite_engine, replace(STRANGER, thing="<b>", mac=None, address="<b>"))
    for path in ("/", "/devices"):
        page = parent.get(path).text
        assert "&lt;b&gt;" in page
        assert "<b>" not in page
