"""Setting up a device, the parents' side."""

import hashlib
import re
import ssl
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from store import audit, device_setup
from store.settings import Settings
from store.tables import Light
from tests.admin.family import NOW, Clock, Parent, sight


def make(parent: Parent, **form: str) -> str:
    answer = parent.post("/devices/setup", **form)
    assert answer.status_code == 303, answer.text
    return answer.location.rpartition("/")[2]


def rules(settings: Settings) -> str:
    return settings.rules_path.read_text(encoding="utf-8")


def test_it_is_the_parents_alone(visitor: Parent, code: str) -> None:
    for path in ("/devices/setup", f"/devices/setup/{code}"):
        assert visitor.get(path).status_code == 302


def test_today_leads_there_while_there_is_no_device(parent: Parent) -> None:
    assert 'href="/devices/setup"' in parent.get("/").text


def test_a_device_of_the_rules_keeps_its_owner(parent: Parent, sqlite_engine: Engine) -> None:
    make(parent, device="phone", profile="younger")
    (live,) = device_setup.live_codes(sqlite_engine, NOW)
    assert (live.device, live.profile, live.by) == ("phone", "teen", "Lan")


def test_the_fingerprint_to_compare_with_is_the_parents(
    parent: Parent, code: str, certificate: bytes
) -> None:
    shown = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.decode())).digest().hex(":")
    assert shown.upper() in parent.get(f"/devices/setup/{code}").text


def test_a_new_device_gets_a_picture_and_an_address_to_type(
    parent: Parent, settings: Settings
) -> None:
    before = rules(settings)
    code = make(parent, name="laptop", profile="teen")
    page = parent.get(f"/devices/setup/{code}").text
    assert "<svg" in page
    assert f"http://127.0.0.1:8001/d/{code}" in page
    assert "Porchlight listens to this machine only" in page
    assert 'http-equiv="refresh"' in page
    assert rules(settings) == before


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": "my:laptop", "profile": "teen"}, "a name of letters"),
        ({"name": "", "profile": "teen"}, "a name of letters"),
        ({"name": "x" * 61, "profile": "teen"}, "a name of letters"),
        ({"name": "unknown", "profile": "teen"}, "a name of letters"),
        ({"name": "teen", "profile": "teen"}, "in the rules already"),
        ({"name": "laptop", "profile": "nobody"}, "Choose whose device it is"),
    ],
)
def test_what_cannot_be_a_device_is_said(
    parent: Parent, sqlite_engine: Engine, form: dict[str, str], words: str
) -> None:
    answer = parent.post("/devices/setup", **form)
    assert answer.status_code == 400
    assert words in answer.text
    assert device_setup.live_codes(sqlite_engine, NOW) == ()


def test_a_name_may_be_typed_as_people_write_it(parent: Parent) -> None:
    code = make(parent, name=" Máy của  Đạt ", profile="teen")
    assert "Set up “May-cua-Dat”" in parent.get(f"/devices/setup/{code}").text


def test_the_lights_are_those_of_the_device(
    parent: Parent, code: str, sqlite_engine: Engine
) -> None:
    page = parent.get(f"/devices/setup/{code}").text
    assert page.count('<li class="off">') == 3
    for light in Light:
        device_setup.record(sqlite_engine, code, sight(light, device="tablet", profile="younger"))
    page = parent.get(f"/devices/setup/{code}").text
    assert page.count('<li class="on">') == 3
    assert "takes this device for: Younger child (tablet)." in page
    assert 'http-equiv="refresh"' not in page
    assert "Recognise it" not in page


@pytest.mark.parametrize(("by", "value"), [("mac", "a4:83:e7:12:9f:01"), ("ip", "192.168.1.77")])
def test_a_new_device_is_written_into_the_rules_with_one_click(
    parent: Parent, settings: Settings, sqlite_engine: Engine, by: str, value: str
) -> None:
    code = make(parent, name="laptop", profile="teen")
    device_setup.record(sqlite_engine, code, sight())
    page = parent.get(f"/devices/setup/{code}").text
    assert "Tell Porchlight that this is “laptop”" in page
    assert f"Recognise it by {value}" in page
    page = parent.see(f"/devices/setup/{code}/recognise", by=by, value=value).text
    assert f"“laptop” is now recognised by {value}." in page
    assert "Undo" in page
    assert "It stands in the rules now." in page
    assert "Recognise it" not in page
    assert "devices: [phone, laptop]" in rules(settings)
    assert re.search(rf"laptop: *\n? *{{?{by}: [\"']?{value}", rules(settings))
    assert "# the family's rules" in rules(settings)


def test_a_known_device_changes_its_mark_and_not_its_owner(
    parent: Parent, settings: Settings, sqlite_engine: Engine, code: str
) -> None:
    device_setup.record(sqlite_engine, code, sight())
    parent.see(f"/devices/setup/{code}/recognise", by="ip", value="192.168.1.77")
    assert "tablet: {ip: 192.168.1.77}" in rules(settings)
    assert "devices: [tablet]" in rules(settings)


def test_only_what_was_seen_can_be_written(
    parent: Parent, settings: Settings, sqlite_engine: Engine, code: str
) -> None:
    before = rules(settings)
    for by, value in (("ip", "192.168.1.77"), ("mac", "")):
        assert (
            parent.post(f"/devices/setup/{code}/recognise", by=by, value=value).status_code == 400
        )
    device_setup.record(sqlite_engine, code, sight(mac=None))
    for by, value in (
        ("ip", "192.168.1.7"),
        ("ip", "192.168.1.78"),
        ("mac", ""),
        ("ip", ""),
        ("login", "192.168.1.77"),
    ):
        assert (
            parent.post(f"/devices/setup/{code}/recognise", by=by, value=value).status_code == 400
        )
    assert rules(settings) == before


def test_an_address_that_another_device_has_is_refused_in_words(
    parent: Parent, settings: Settings, sqlite_engine: Engine, code: str
) -> None:
    before = rules(settings)
    device_setup.record(sqlite_engine, code, sight(client="192.168.1.21"))
    page = parent.see(f"/devices/setup/{code}/recognise", by="ip", value="192.168.1.21").text
    assert "With this the rules would be refused" in page
    assert rules(settings) == before


def test_a_device_is_given_a_tunnel_and_its_profile_as_a_picture(
    parent: Parent, settings: Settings
) -> None:
    code = make(parent, name="laptop", profile="teen")
    assert parent.get(f"/devices/setup/{code}").text.count("<svg") == 1
    page = parent.see(f"/devices/setup/{code}/tunnel").text
    assert "“laptop” has a WireGuard profile of its own now." in page
    assert page.count("<svg") == 2
    assert "Give it a WireGuard profile" not in page
    assert re.search(r"laptop: *\n? *{?wireguard: laptop", rules(settings))
    assert "devices: [phone, laptop]" in rules(settings)
    assert "PrivateKey" not in page, "the key is in the picture alone"


def test_a_code_can_be_ended(parent: Parent, sqlite_engine: Engine, code: str) -> None:
    (live,) = device_setup.live_codes(sqlite_engine, NOW)
    assert "Being set up now" in parent.get("/devices/setup").text
    page = parent.see("/devices/setup/revoke", code=live.code).text
    assert "The address for “tablet” does not work any more." in page
    assert "Being set up now" not in page
    assert "That was over already." in parent.see("/devices/setup/revoke", code=live.code).text
    answer = parent.get(f"/devices/setup/{code}")
    assert answer.status_code == 404
    assert "Make its address" in answer.text, "the next one is made there"


def test_a_code_is_too_old_after_a_day(parent: Parent, code: str, clock: Clock) -> None:
    clock.wind(timedelta(hours=24))
    assert "too old" in parent.get(f"/devices/setup/{code}").text


def test_what_was_done_is_in_the_audit(parent: Parent, sqlite_engine: Engine) -> None:
    code = make(parent, device="phone")
    (live,) = device_setup.live_codes(sqlite_engine, NOW)
    parent.post("/devices/setup/revoke", code=live.code)
    lines = [(line.what, line.detail) for line in audit.read(sqlite_engine, 10)]
    assert ("device code", "phone for teen") in lines
    assert ("device code ended", "phone") in lines
    assert code not in str(lines)
