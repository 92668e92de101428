"""What devices fetch."""

import plistlib
import ssl
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from admin.family_app import create_family_app
from store import device_setup
from store.settings import Settings
from store.wireguard import find_key
from tests.admin.family import NOW, Clock


@pytest.mark.parametrize("path", ["/proxy.pac", "/d/ABCDE12345/proxy.pac"])
def test_the_proxy_is_where_the_device_found_us_and_nowhere_else(
    family: FlaskClient, path: str
) -> None:
    answer = family.get(path, headers={"Host": "127.0.0.1:8001"})
    assert answer.mimetype == "application/x-ns-proxy-autoconfig"
    assert 'return "PROXY 127.0.0.1:8080";' in answer.text
    assert "DIRECT" not in answer.text


def test_ipv6_stands_in_brackets(family: FlaskClient) -> None:
    assert '"PROXY [::1]:8080"' in family.get("/proxy.pac", headers={"Host": "[::1]:8001"}).text


def test_the_settings_know_better_where_we_are(settings: Settings, sqlite_engine: Engine) -> None:
    named = replace(settings, address="lamp.lan", proxy_port=3128)
    device = create_family_app(named, engine=sqlite_engine).test_client()
    assert '"PROXY lamp.lan:3128"' in device.get("/proxy.pac").text


def test_a_port_of_its_own_must_be_in_the_rules(family: FlaskClient, settings: Settings) -> None:
    path = settings.rules_path
    rules = path.read_text().replace("tablet: {ip: 192.168.1.20}", "tablet: {port: 8101}")
    path.write_text(rules)
    assert '"PROXY localhost:8101"' in family.get("/proxy.pac?port=8101").text
    for strange in ("25", "8101;evil", "x", "٨"):
        assert (
            '"PROXY localhost:8080"'
            in family.get("/proxy.pac", query_string={"port": strange}).text
        )


def test_the_profile_of_a_tunnel_is_for_its_own_code_alone(
    family: FlaskClient, settings: Settings, code: str, clock: Clock, sqlite_engine: Engine
) -> None:
    path = settings.rules_path
    wired = path.read_text().replace("tablet: {ip: 192.168.1.20}", "tablet: {wireguard: key-1}")
    address = f"/d/{code}/porchlight.conf"
    assert family.get(address).status_code == 404, "the rules give it no key"
    path.write_text(wired)
    answer = family.get(address, headers={"Host": "127.0.0.1:8001"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="tablet.conf"'
    key = find_key(settings, "key-1")
    assert f"PrivateKey = {key.client_key}" in answer.text
    assert f"Endpoint = 127.0.0.1:{key.port}" in answer.text
    assert key.server_key not in answer.text
    phone = device_setup.new_code(sqlite_engine, NOW, device="phone", profile="teen", by="Lan")
    assert family.get(f"/d/{phone}/porchlight.conf").status_code == 404
    clock.wind(timedelta(hours=24))
    assert family.get(address).status_code == 404


@pytest.mark.parametrize(
    ("path", "is_text"), [("/ca.pem", True), ("/ca.crt", True), ("/ca.cer", False)]
)
def test_the_certificate_comes_in_the_forms_that_systems_take(
    family: FlaskClient, certificate: bytes, path: str, *, is_text: bool
) -> None:
    answer = family.get(path)
    assert answer.mimetype == "application/x-x509-ca-cert"
    assert path.removeprefix("/") in answer.headers["Content-Disposition"]
    der = ssl.PEM_cert_to_DER_cert(certificate.decode())
    assert (ssl.PEM_cert_to_DER_cert(answer.text) if is_text else answer.data) == der


def test_the_profile_is_one_that_ios_reads(family: FlaskClient, certificate: bytes) -> None:
    answer = family.get("/ca.mobileconfig")
    assert answer.mimetype == "application/x-apple-aspen-config"
    assert "Content-Disposition" not in answer.headers
    profile = plistlib.loads(answer.data)
    assert profile["PayloadType"] == "Configuration"
    assert profile["PayloadRemovalDisallowed"] is False
    (root,) = profile["PayloadContent"]
    assert root["PayloadType"] == "com.apple.security.root"
    assert root["PayloadContent"] == ssl.PEM_cert_to_DER_cert(certificate.decode())
    assert len({profile["PayloadUUID"], root["PayloadUUID"]}) == 2
    again = plistlib.loads(family.get("/ca.mobileconfig").data)
    assert again["PayloadUUID"] == profile["PayloadUUID"], "or it would be installed twice"


def test_before_the_first_start_there_is_none(family: FlaskClient) -> None:
    for path in ("/ca.pem", "/ca.mobileconfig"):
        answer = family.get(path)
        assert answer.status_code == 404
        assert "starts for the first time" in answer.text
