"""The home's authority is renewed while the proxy runs."""

import ssl
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import ROOT, House, Origins, eventually

pytestmark = pytest.mark.e2e


def is_trusted(house: House, origins: Origins, authority: Path) -> bool:
    with house.client(authority=authority) as client:
        try:
            answer = client.get(f"https://good.example:{origins.https_port}/")
        except (httpx.ConnectError, ssl.SSLCertVerificationError):
            return False
    return answer.status_code == 200


def test_a_running_proxy_signs_with_the_new_authority_and_no_longer_with_the_old(
    make_house: Callable[..., House], origins: Origins, tmp_path: Path
) -> None:
    house = make_house()
    house.start()
    old = tmp_path / "old.pem"
    old.write_bytes(house.authority.read_bytes())
    assert is_trusted(house, origins, old)
    subprocess.run(
        [sys.executable, str(ROOT / "porchlight.py"), "ca", "rotate", "--yes"],
        env=house.environ,
        check=True,
        capture_output=True,
    )
    assert house.authority.read_bytes() != old.read_bytes()
    eventually(lambda: is_trusted(house, origins, house.authority), bool)
    assert not is_trusted(house, origins, old)
    assert house.stop() == 0
    assert "Traceback" not in house.said
