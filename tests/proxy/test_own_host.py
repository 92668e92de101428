# mypy: allow-untyped-calls
import asyncio
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from mitmproxy.http import HTTPFlow
from mitmproxy.options import Options
from mitmproxy.proxy.context import Context
from mitmproxy.test import taddons, tflow
from mitmproxy.tls import ClientHello, ClientHelloData
from sqlalchemy import Engine

from proxy.addon import Porchlight
from proxy.door import Door
from proxy.names import is_own
from proxy.own_host import MOST_SIGHTS, OwnHost, is_own_tunnel
from proxy.recorder import Job, Recorder
from proxy.resolver import Resolver
from store import device_setup
from store.settings import Settings
from store.tables import Light
from tests.proxy.conftest import NOON, Notebook, lines_of, make_door


class AtOnce(Notebook):
    """A recorder that does everything in the caller's thread."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine
        self.done = 0

    def later(self, job: Job) -> bool:
        self.done += 1
        job(self.engine)
        return True


@pytest.fixture
def door(tmp_path: Path, sqlite_engine: Engine) -> Door:
    return replace(
        make_door(),
        settings=Settings(home=tmp_path, bind="192.168.1.5"),
        recorder=cast("Recorder", AtOnce(sqlite_engine)),
        resolver=Resolver(names={}, reach=(), own_ports=(8080, 8000), family=("lamp.lan", 8001)),
    )


@pytest.fixture
def code(sqlite_engine: Engine) -> str:
    return device_setup.new_code(
        sqlite_engine, NOON.replace(year=2999), device="tablet", profile="younger", by="Lan"
    )


def seen(engine: Engine) -> dict[Light, device_setup.Check]:
    (live,) = device_setup.live_codes(engine, NOON)
    return device_setup.checks(engine, live.code)


def ask(
    door: Door,
    url: str,
    *,
    device: str = "127.0.0.2",
    method: str = "GET",
    host: OwnHost | None = None,
) -> HTTPFlow:
    flow = tflow.tflow()
    flow.client_conn.peername = (device, 50000)
    flow.client_conn.sni = None
    flow.response = None
    flow.request.url = url
    flow.request.method = method
    addon = Porchlight(door)
    if host is not None:
        addon._own_host = host

    async def run() -> None:
        with taddons.context():
            await addon.requestheaders(flow)

    asyncio.run(run())
    return flow


def test_names_of_the_proxy_itself() -> None:
    assert is_own("192.0.2.1")
    assert is_own("Porchlight.home.arpa.")
    for other in ("192.0.2.2", "a.porchlight.home.arpa", "home.arpa", ""):
        assert not is_own(other)


@pytest.mark.parametrize(
    ("address", "is_ours"),
    [
        (("192.0.2.1", 443), True),
        (("porchlight.home.arpa", 443), True),
        (("192.0.2.2", 443), False),
        (None, False),
    ],
)
def test_a_tunnel_to_the_proxy_itself_is_opened(
    address: tuple[str, int] | None, *, is_ours: bool
) -> None:
    context = Context(tflow.tclient_conn(), Options())
    context.server.address = address
    hello = cast("ClientHello", None)
    assert is_own_tunnel(ClientHelloData(context, hello)) is is_ours


@pytest.mark.parametrize(
    ("url", "light"),
    [
        ("http://192.0.2.1/check/{code}.gif", Light.TRAFFIC),
        ("https://192.0.2.1/check/{code}.gif?17", Light.TRUST),
        ("https://porchlight.home.arpa/check/{code}.gif", Light.TRUST),
        ("http://porchlight.home.arpa/check/{code}/block", Light.BLOCK),
    ],
)
def test_what_arrives_is_a_light(
    door: Door, sqlite_engine: Engine, code: str, url: str, light: Light
) -> None:
    flow = ask(door, url.format(code=code))
    assert flow.response is not None
    (check,) = seen(sqlite_engine).values()
    assert (check.light, check.client) == (light, "127.0.0.2")
    assert (check.device, check.profile) == ("tablet", "younger")
    assert lines_of(door) == []


def test_a_stranger_is_told_apart(door: Door, sqlite_engine: Engine, code: str) -> None:
    ask(door, f"http://192.0.2.1/check/{code}.gif", device="127.0.0.9")
    check = seen(sqlite_engine)[Light.TRAFFIC]
    assert (check.device, check.profile) == (None, "unknown")


def test_the_block_is_a_real_one(door: Door, code: str) -> None:
    flow = ask(door, f"http://192.0.2.1/check/{code}/block")
    assert flow.response is not None
    assert flow.response.status_code == 403
    assert "reason=site" in flow.response.headers["x-porchlight"]
    assert "closed for now" in (flow.response.text or "")


def test_a_picture_is_kept_by_nobody(door: Door, code: str) -> None:
    flow = ask(door, f"http://192.0.2.1/check/{code}.gif")
    assert flow.response is not None
    assert flow.response.headers["cache-control"] == "no-store"
    assert (flow.response.content or b"").startswith(b"GIF89a")


def test_who_asks_for_the_head_alone_gets_no_more(door: Door, code: str) -> None:
    for path in (f"/check/{code}.gif", f"/check/{code}/block", "/"):
        flow = ask(door, f"http://192.0.2.1{path}", method="HEAD")
        assert flow.response is not None
        assert flow.response.content == b""


@pytest.mark.parametrize("path", ["/", "/d/ABCDE12345"])
def test_its_pages_are_the_family_s(door: Door, path: str) -> None:
    flow = ask(door, f"http://porchlight.home.arpa{path}")
    assert flow.response is not None
    assert flow.response.headers["location"] == f"http://192.168.1.5:8001{path}"


@pytest.mark.parametrize(
    ("url", "method", "status"),
    [
        ("http://192.0.2.1//evil.example/", "GET", 404),
        ("http://192.0.2.1/check/x/../..", "GET", 404),
        ("http://192.0.2.1/d/a%0d%0aX: y", "GET", 404),
        ("http://192.0.2.1/", "POST", 405),
        ("http://192.0.2.1:22/", "DELETE", 405),
    ],
)
def test_all_else_is_nothing(door: Door, url: str, method: str, status: int) -> None:
    flow = ask(door, url, method=method)
    assert flow.response is not None
    assert flow.response.status_code == status
    assert "location" not in flow.response.headers


def test_a_device_cannot_fill_the_database(door: Door, sqlite_engine: Engine, code: str) -> None:
    recorder = cast("AtOnce", door.recorder)
    host = OwnHost()
    for _ in range(3):
        ask(door, f"http://192.0.2.1/check/{code}.gif", host=host)
    assert recorder.done == 1
    for number in range(2 * MOST_SIGHTS):
        ask(door, f"http://192.0.2.1/check/ABCDEFG{number:03}.gif", host=host)
    assert recorder.done <= MOST_SIGHTS
    ask(door, "http://192.0.2.1/check/short.gif", host=OwnHost())
    assert recorder.done <= MOST_SIGHTS
    assert seen(sqlite_engine).keys() == {Light.TRAFFIC}


@pytest.mark.parametrize(
    ("url", "passes"),
    [
        ("http://127.0.0.1:8001/d/X", True),
        ("http://localhost:8001/", True),
        ("http://lamp.lan:8001/", True),
        ("http://127.0.0.1:8000/", False),
        ("http://127.0.0.1:8080/", False),
        ("https://127.0.0.1:8001/", False),
        ("http://192.168.77.77:8001/", False),
    ],
)
def test_only_the_family_s_pages_of_this_machine_pass(
    door: Door, url: str, *, passes: bool
) -> None:
    flow = ask(door, url)
    assert (flow.response is None) is passes
    assert (lines_of(door) == []) is passes
