"""The same filter in stock mitmproxy: `mitmdump -s proxy/addon.py`."""

import signal
import ssl
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import ROOT, House, Origins, eventually

pytestmark = pytest.mark.e2e


def test_stock_mitmdump_blocks_too(make_house: Callable[..., House], origins: Origins) -> None:
    house = make_house()
    program = Path(sys.executable).with_name("mitmdump")
    trust = house.home / "origins.pem"
    house.start(
        str(program),
        *("--listen-port", str(house.port), "--listen-host", "127.0.0.1", "-q"),
        *("--set", f"confdir={house.home}/mitmproxy"),
        *("--set", f"ssl_verify_upstream_trusted_ca={trust}"),
        *("-s", str(ROOT / "proxy" / "addon.py")),
        announces=False,
    )
    stock_authority = house.home / "mitmproxy" / "mitmproxy-ca-cert.pem"

    def is_up() -> int:
        # ssl.SSLError: the certificate is still being written.
        with (
            suppress(httpx.HTTPError, ssl.SSLError),
            house.client(authority=stock_authority) as client,
        ):
            return client.get(f"http://bad.example:{origins.http_port}/").status_code
        return 0

    eventually(lambda: stock_authority.exists() and is_up(), lambda status: status == 403, 20)
    origins.hits.clear()
    with house.client(authority=stock_authority) as client:
        blocked = client.get(f"https://bad.example:{origins.https_port}/")
        allowed = client.get(f"https://good.example:{origins.https_port}/ok")
    assert blocked.status_code == 403
    assert "rule=family.yaml:11" in blocked.headers["x-porchlight"]
    assert allowed.text == "hello from /ok"
    assert origins.hits == [f"good.example:{origins.https_port}/ok"]
    tunnel = house.raw(
        f"CONNECT good.example:{origins.socket_port} HTTP/1.1\r\n\r\nSSH-2.0-x\r\n".encode()
    )
    assert tunnel.partition(b"\r\n\r\n")[2][:12] in {b"", b"HTTP/1.1 400"}
    assert house.stop(signal.SIGTERM) == 0
