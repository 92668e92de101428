"""A device that means harm, against a real proxy: the others are served on."""

import time
from collections.abc import Iterator
from contextlib import suppress
from socket import create_connection

import pytest

from tests.e2e.conftest import LAPTOP, TABLET, House, Origins, build_house

pytestmark = pytest.mark.e2e

RECORDS = 400_000
"""Of one byte each: 2.4 MB, for which mitmproxy alone took a minute."""
PATIENCE_SECONDS = 20.0
"""A busy machine has this much; without a bound it takes a minute even on a quiet one."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, origins: Origins) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("house") / "home", origins)
    built.start()
    yield built
    built.stop()


def test_an_endless_clienthello_takes_nobodys_turn(house: House, origins: Origins) -> None:
    host = f"good.example:{origins.https_port}"
    greeting = b"\x16\x03\x01\x00\x04\x01\xff\xff\xf0" + b"\x16\x03\x01\x00\x01a" * RECORDS
    with create_connection(("127.0.0.1", house.port), 10, (TABLET, 0)) as line:
        line.sendall(f"CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert line.recv(1000).startswith(b"HTTP/1.1 200")
        with suppress(OSError):
            line.sendall(greeting)
        began = time.monotonic()
        with house.client(LAPTOP) as client:
            answer = client.get(f"http://good.example:{origins.http_port}/")
    assert answer.status_code == 200
    assert time.monotonic() - began < PATIENCE_SECONDS
