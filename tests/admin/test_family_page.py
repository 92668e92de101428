"""The page of a device that is being set up."""

import hashlib
import ssl
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from admin.family_systems import System
from store import device_setup
from store.settings import Settings
from store.tables import Light
from tests.admin.family import NOW, Clock, sight

IPHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)"}
ALL_ON = {"device": "tablet", "profile": "younger"}


def see(engine: Engine, code: str, *lights: Light, **changes: object) -> None:
    for light in lights:
        device_setup.record(engine, code, sight(light, **changes))


def test_the_first_page_says_what_this_is(family: FlaskClient, certificate: bytes) -> None:
    page = family.get("/").text
    assert "This is your family's filter" in page
    assert "Looking for help is always allowed" in page
    assert "/ca.mobileconfig" in page


def test_the_first_page_is_there_before_the_certificate(family: FlaskClient) -> None:
    assert "/ca.pem" not in family.get("/").text


@pytest.mark.usefixtures("certificate")
def test_a_device_is_shown_its_own_steps(family: FlaskClient, code: str) -> None:
    page = family.get(f"/d/{code}", headers=IPHONE).text
    assert "“tablet”, for Younger child" in page
    assert "Certificate Trust Settings" in page
    assert "http://localhost:8001/proxy.pac" in page
    assert "certutil" not in page


@pytest.mark.usefixtures("certificate")
@pytest.mark.parametrize("system", System)
def test_another_system_can_be_chosen(family: FlaskClient, code: str, system: System) -> None:
    page = family.get(f"/d/{code}?system={system.value}", headers=IPHONE).text
    assert f'system={system.value}" aria-current="true"' in page
    assert "What cannot be filtered" in page
    assert "Take it all away again" in page
    assert ("Android's apps take no certificate" in page.replace("&#39;", "'")) is (
        system is System.ANDROID
    )


def test_a_system_that_nobody_knows_is_asked_for(family: FlaskClient, code: str) -> None:
    page = family.get(f"/d/{code}").text
    assert "Which device is this? Choose above" in page
    assert "What cannot be filtered" not in page


def test_the_fingerprint_stands_on_the_page(
    family: FlaskClient, code: str, certificate: bytes
) -> None:
    der = ssl.PEM_cert_to_DER_cert(certificate.decode())
    shown = hashlib.sha256(der).digest().hex(":").upper()
    assert shown in family.get(f"/d/{code}", headers=IPHONE).text


def test_a_code_that_has_ended_says_so(family: FlaskClient, code: str, clock: Clock) -> None:
    clock.wind(timedelta(hours=25))
    for path in (f"/d/{code}", f"/d/{code}/check", "/d/ABCDE12345", "/d/%00"):
        answer = family.get(path)
        assert answer.status_code == 404
        assert "ask a parent for a new one" in answer.text


def test_the_check_loads_from_the_proxy_and_itself_anew(family: FlaskClient, code: str) -> None:
    page = family.get(f"/d/{code}/check").text
    assert f'src="http://192.0.2.1/check/{code}.gif?' in page
    assert f'src="https://192.0.2.1/check/{code}.gif?' in page
    assert "<iframe" not in page, "where nothing comes through, it would be a broken page"
    assert 'http-equiv="refresh"' in page
    assert "<script" not in page
    assert "client isolation" in page


def test_a_device_taken_for_somebody_else_is_said(
    family: FlaskClient, code: str, sqlite_engine: Engine
) -> None:
    see(sqlite_engine, code, *Light)
    page = family.get(f"/d/{code}/check").text
    assert f'<iframe class="sample" src="https://192.0.2.1/check/{code}/block"' in page
    assert "Porchlight takes this device for: an unknown device." in page
    assert "It should be Younger child." in page
    assert 'http-equiv="refresh"' in page
    see(sqlite_engine, code, *Light, device="phone", profile="teen", at=NOW + timedelta(seconds=4))
    assert "takes this device for: Teen (phone)." in family.get(f"/d/{code}/check").text


def test_the_check_rests_when_all_is_well(
    family: FlaskClient, code: str, sqlite_engine: Engine
) -> None:
    see(sqlite_engine, code, *Light, **ALL_ON)
    page = family.get(f"/d/{code}/check").text
    assert "All done: this device is set up." in page
    assert 'http-equiv="refresh"' not in page
    assert f'<iframe class="sample" src="https://192.0.2.1/check/{code}/block"' in page


def test_a_port_of_its_own_is_in_the_device_s_address(
    family: FlaskClient, code: str, settings: Settings
) -> None:
    path = settings.rules_path
    path.write_text(path.read_text().replace("tablet: {ip: 192.168.1.20}", "tablet: {port: 8101}"))
    page = family.get(f"/d/{code}", headers=IPHONE).text
    assert "http://localhost:8001/proxy.pac?port=8101" in page
    assert "<code>8101</code>" in page


@pytest.mark.usefixtures("certificate")
@pytest.mark.parametrize("system", System)
def test_a_device_with_a_key_is_shown_its_tunnel_first(
    family: FlaskClient, code: str, settings: Settings, system: System
) -> None:
    path = settings.rules_path
    path.write_text(path.read_text().replace("{ip: 192.168.1.20}", "{wireguard: key-1}"))
    page = family.get(f"/d/{code}?system={system.value}").text
    assert page.index(f"/d/{code}/porchlight.conf") < page.index("/proxy.pac")
    assert "Some apps go past a proxy" not in page
    assert "WireGuard: delete the tunnel" in page
