"""A device that signs in, through a real proxy: asked once, known from then on, and its password seen by nobody."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import quote

import httpx
import pytest
from websockets.sync.client import connect

from store import audit, logins, sightings
from store.database import open_database
from store.logins import TRIED_TOO_OFTEN
from tests.e2e.conftest import LAPTOP, TABLET, House, Origins, build_house, eventually

pytestmark = pytest.mark.e2e

RULES = """\
porchlight: 1
timezone: UTC
language: vi
profiles:
  teen: {devices: [desk], block: [bad.example], log: full}
  grown: {devices: [laptop]}
  unknown: {default: block}
devices:
  desk: {login: teen}
  laptop: {ip: 127.0.0.3}
"""
PASSWORD = "bốn con thuyền gỗ"
OTHER = "127.0.0.9"
"""An address from which the tests guess."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, origins: Origins) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("house") / "home", origins, rules=RULES)
    built.start()
    set_password(built, PASSWORD)
    yield built
    built.stop()


def set_password(house: House, password: str) -> None:
    engine = open_database(f"sqlite:///{house.home}/porchlight.db")
    logins.set_password(engine, "teen", password)
    engine.dispose()


def signed_in(house: House, password: str = PASSWORD, device: str = TABLET) -> httpx.Client:
    """A browser that sends name and password with CONNECT and with each plain request."""
    client = house.client(device)
    pool = client._transport._pool  # type: ignore[attr-defined]
    pool._proxy_headers = [(b"Proxy-Authorization", basic(password).encode())]
    return client


def basic(password: str, name: str = "Teen") -> str:
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


def url(scheme: str, origins: Origins, host: str = "good.example", path: str = "/") -> str:
    port = origins.https_port if scheme == "https" else origins.http_port
    return f"{scheme}://{host}:{port}{path}"


def ask(house: House, origins: Origins, password: str | None, device: str = TABLET) -> int:
    """The proxy's answer to a plain request."""
    with closing(HTTPConnection("127.0.0.1", house.port, 10, (device, 0))) as connection:
        more = {} if password is None else {"Proxy-Authorization": basic(password)}
        connection.request("GET", url("http", origins), headers=more)
        return connection.getresponse().status


def test_a_stranger_is_asked_who_it_is_in_both_languages(house: House, origins: Origins) -> None:
    with house.client() as client:
        answer = client.get(url("http", origins))
    assert answer.status_code == 407
    assert answer.headers["proxy-authenticate"] == 'Basic realm="Porchlight", charset="UTF-8"'
    assert answer.text.index("Ai đang dùng máy này?") < answer.text.index("Who is using this")
    with house.client() as client, pytest.raises(httpx.ProxyError, match="407"):
        client.get(url("https", origins))
    assert origins.hits == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_who_signs_in_has_its_own_rules(house: House, origins: Origins, scheme: str) -> None:
    def went_through() -> bool:
        try:
            with signed_in(house) as client:
                return client.get(url(scheme, origins)).status_code == 200
        except httpx.ProxyError:
            return False

    eventually(went_through, bool)  # the password is in force half a second after it was set
    with signed_in(house) as client:
        for _ in range(2):  # on the same connection
            assert client.get(url(scheme, origins)).status_code == 200
        refused = client.get(url(scheme, origins, "bad.example"))
    assert refused.status_code == 403
    newest = house.log()[0].decision
    assert (newest.profile, newest.device) == ("teen", "desk")


def test_nobody_but_the_proxy_sees_the_password(house: House, origins: Origins) -> None:
    eventually(lambda: ask(house, origins, PASSWORD), lambda status: status == 200)
    with signed_in(house) as client:
        plain = client.get(url("http", origins, path="/headers"))
        inside = client.get(
            url("https", origins, path="/headers"), headers={"Proxy-Authorization": "Basic abc"}
        )
    for answer in (plain, inside):
        assert "host: good.example" in answer.text.lower()
        assert "proxy-authorization" not in answer.text.lower()
    kept = " ".join(map(str, house.log())) + house.said
    assert PASSWORD not in kept
    assert basic(PASSWORD).removeprefix("Basic ") not in kept


def test_a_device_that_is_known_is_not_asked(house: House, origins: Origins) -> None:
    assert ask(house, origins, None, LAPTOP) == 200


def test_a_socket_behind_a_sign_in_talks_on(house: House, origins: Origins) -> None:
    eventually(lambda: ask(house, origins, PASSWORD), lambda status: status == 200)
    proxy = f"http://teen:{quote(PASSWORD)}@127.0.0.1:{house.port}"
    with connect(f"ws://good.example:{origins.socket_port}/", proxy=proxy) as talk:
        talk.send("hello")
        assert talk.recv() == "hello"


def test_a_changed_password_counts_and_the_old_one_no_more(house: House, origins: Origins) -> None:
    set_password(house, "năm con thuyền gỗ")
    try:
        eventually(lambda: ask(house, origins, PASSWORD), lambda status: status == 407)
        assert ask(house, origins, "năm con thuyền gỗ") == 200
    finally:
        set_password(house, PASSWORD)


def test_guessing_is_slowed_down_and_told(house: House, origins: Origins) -> None:
    answers = [ask(house, origins, f"guess number {n}", OTHER) for n in range(7)]
    assert answers[:4] == [407] * 4
    assert answers[-1] == 429
    engine = open_database(f"sqlite:///{house.home}/porchlight.db")
    told = eventually(
        lambda: [one for one in audit.read(engine, 50) if one.what == TRIED_TOO_OFTEN], bool
    )
    assert told[0].detail == f"teen {OTHER}"
    # the same wrong password again and again is a browser, not somebody who guesses
    assert {ask(house, origins, "only this one", "127.0.0.10") for _ in range(8)} == {407}
    engine.dispose()


def test_two_devices_behind_one_proxy_are_seen_as_two(house: House, origins: Origins) -> None:
    eventually(lambda: ask(house, origins, PASSWORD), lambda status: status == 200)
    ask(house, origins, None, LAPTOP)
    engine = open_database(f"sqlite:///{house.home}/porchlight.db")
    seen = eventually(
        lambda: {one.thing: one for one in sightings.read(engine)},
        lambda found: {"desk", "laptop"} <= found.keys(),
    )
    assert (seen["desk"].profile, seen["desk"].address) == ("teen", TABLET)
    assert (seen["laptop"].profile, seen["laptop"].address) == ("grown", LAPTOP)
    engine.dispose()
