"""The proxy opens nothing inside the house, however it is spelled, but what the settings name."""

import pytest

from rules.decision import Reason
from tests.e2e.conftest import TABLET, House, Origins

pytestmark = pytest.mark.e2e

LOOPBACK = [
    "127.0.0.1",
    "localhost",
    "LOCALHOST.",
    "foo.localhost",
    "127.1",
    "127.0.1",
    "0177.0.0.1",
    "0x7f.1",
    "0x7f000001",
    "2130706433",
    "127.0.0.1.",
    "0.0.0.0",
    "0",
    "127.255.255.254",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:0:0:1]",
    "[64:ff9b::7f00:1]",
    "[::127.0.0.1]",
    "１２７.0.0.1",
    "127。0。0。1",
]
INSIDE = [
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.251",
    "255.255.255.255",
    "[fe80::1]",
    "[fd00::1]",
    "[ff02::fb]",
    "[fd00:ec2::254]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:c0a8:101::]",
]


@pytest.mark.parametrize("host", LOOPBACK + INSIDE)
def test_an_address_inside_the_house_is_refused(house: House, host: str) -> None:
    raw = host.encode()
    port = house.admin_port
    for text in (
        b"GET http://%b:%d/ HTTP/1.1\r\nHost: %b:%d\r\n\r\n" % (raw, port, raw, port),
        b"GET http://%b/latest/meta-data/ HTTP/1.1\r\nHost: %b\r\n\r\n" % (raw, raw),
        b"CONNECT %b:%d HTTP/1.1\r\nHost: %b\r\n\r\n" % (raw, port, raw),
    ):
        answer = house.raw(text)
        assert answer.startswith((b"HTTP/1.1 403 ", b"HTTP/1.1 400 ")), text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "good.example"])
def test_its_own_ports_are_refused_whatever_the_settings_say(house: House, host: str) -> None:
    # both ports are in `reach` of this house, for 127.0.0.1
    for port in (house.port, house.admin_port):
        answer = house.raw(
            f"GET http://{host}:{port}/ HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()
        )
        assert answer.startswith(b"HTTP/1.1 403 "), answer
        assert b"reason=local" in answer
        tunnel = house.raw(f"CONNECT {host}:{port} HTTP/1.1\r\n\r\n".encode())
        assert tunnel.startswith(b"HTTP/1.1 403 "), tunnel


def test_a_page_in_the_form_of_a_host_header_does_not_open_it(
    house: House, origins: Origins
) -> None:
    answer = house.raw(
        f"GET http://127.0.0.1:{house.admin_port}/ HTTP/1.1\r\nHost: good.example\r\n\r\n".encode()
    )
    assert answer.startswith(b"HTTP/1.1 403 ")


def test_a_machine_that_the_settings_name_is_open(house: House, origins: Origins) -> None:
    answer = house.raw(
        f"GET http://127.0.0.1:{origins.http_port}/printer HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    )
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert len(origins.hits) == 1


def test_the_refusal_is_in_the_log(house: House) -> None:
    answer = house.raw(b"GET http://192.168.77.1/ HTTP/1.1\r\nHost: 192.168.77.1\r\n\r\n")
    ident = answer.partition(b"id=")[2][:12].decode()
    rows = house.log()
    while ident not in {row.decision.id for row in rows}:
        rows = house.log(len(rows) + 1)
    row = next(row for row in rows if row.decision.id == ident)
    assert (row.decision.reason, row.client) == (Reason.LOCAL, TABLET)
