"""Search made safe on the way: by the maker's own safe address where nothing is opened, by parameters and headers where it is."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import h2.config
import h2.connection
import h2.events
import httpx
import pytest
import trustme

from tests.e2e.conftest import House, Origins, build_house, certified, eventually

pytestmark = pytest.mark.e2e

SAFE_ADDRESS, NOBODYS_ADDRESS = "127.0.0.9", "127.0.0.10"
TUNNELLED, OPENED, TEEN, GROWN = "127.0.0.2", "127.0.0.3", "127.0.0.5", "127.0.0.6"
RULES = """\
porchlight: 1
timezone: UTC
profiles:
  younger:
    devices: [tablet]
    search: {safe: strict, youtube: strict}
  watched:
    devices: [laptop]
    search: {safe: strict, youtube: strict}
    log: full
  teen:
    devices: [phone]
    search: {youtube: moderate}
    allow: [www.youtube.com]
    log: full
  grown:
    devices: [desk]
    log: full
devices:
  tablet: {ip: 127.0.0.2}
  laptop: {ip: 127.0.0.3}
  phone: {ip: 127.0.0.5}
  desk: {ip: 127.0.0.6}
"""
HOSTS = (
    *("www.google.com", "www.google.com.vn", "ipv4.google.com", "google.example.com"),
    *("www.youtube.com", "www.ecosia.org"),
)
SAFE_NAMES = {
    "forcesafesearch.google.com": SAFE_ADDRESS,
    "restrict.youtube.com": SAFE_ADDRESS,
    "restrictmoderate.youtube.com": "127.0.0.11",
    "strict-safe-search.ecosia.org": NOBODYS_ADDRESS,
}
OTHER_WAYS = [("alt-svc", 'h3=":443"; ma=2592000'), ("alternate-protocol", "443:quic")]


class Engine:
    """A search engine at one address, over HTTP/1.1 and HTTP/2, which tells what it was asked."""

    def __init__(self, address: str, port: int, secure: ssl.SSLContext | None) -> None:
        self._listener = socket.create_server((address, port))
        self.address, self.port = self._listener.getsockname()
        self._secure = secure
        self.heard: list[dict[str, str]] = []
        self.connections = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._meet, args=(connection,), daemon=True).start()

    def _meet(self, connection: socket.socket) -> None:
        self.connections += 1
        with suppress(OSError), closing(connection):
            if self._secure is None:
                self._talk(connection)
                return
            with self._secure.wrap_socket(connection, server_side=True) as wrapped:
                is_newer = wrapped.selected_alpn_protocol() == "h2"
                (self._talk_newer if is_newer else self._talk)(wrapped)

    def _talk(self, connection: socket.socket) -> None:
        came = b""
        while chunk := connection.recv(65536):
            came += chunk
            while b"\r\n\r\n" in came:
                head, _, came = came.partition(b"\r\n\r\n")
                first, *lines = head.decode("latin-1").split("\r\n")
                headers = dict(line.split(": ", 1) for line in lines)
                body = self._answer(first.split(" ")[1], headers, "1.1")
                said = "".join(f"{name}: {value}\r\n" for name, value in OTHER_WAYS)
                connection.sendall(
                    f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n{said}\r\n".encode() + body
                )

    def _talk_newer(self, connection: socket.socket) -> None:
        talk = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        talk.initiate_connection()
        connection.sendall(talk.data_to_send())
        while chunk := connection.recv(65536):
            for event in talk.receive_data(chunk):
                if isinstance(event, h2.events.RequestReceived):
                    headers = {name.decode(): value.decode() for name, value in event.headers}
                    body = self._answer(headers[":path"], headers, "2")
                    if event.stream_id == 1:
                        talk.advertise_alternative_service(b'h3=":443"', stream_id=1)
                    talk.send_headers(event.stream_id, [(":status", "200"), *OTHER_WAYS])
                    talk.send_data(event.stream_id, body, end_stream=True)
            connection.sendall(talk.data_to_send())

    def _answer(self, path: str, headers: dict[str, str], version: str) -> bytes:
        lower = {name.lower(): value for name, value in headers.items()}
        said = {
            "at": self.address,
            "path": path,
            "host": lower.get("host") or lower.get(":authority", ""),
            "restrict": lower.get("youtube-restrict", ""),
            "version": version,
        }
        self.heard.append(said)
        return json.dumps(said).encode()


class Makers:
    """Ordinary engines on loopback, and their safe ones at the same ports of other addresses."""

    def __init__(self) -> None:
        self.authority = trustme.CA()
        secure = certified(self.authority.issue_cert(*HOSTS))
        secure.set_alpn_protocols(["h2", "http/1.1"])
        self.engines = [Engine("127.0.0.1", 0, secure), Engine("127.0.0.1", 0, None)]
        self.secure_port, self.plain_port = (one.port for one in self.engines)
        for address in (SAFE_ADDRESS, "127.0.0.11"):
            self.engines.append(Engine(address, self.secure_port, secure))
            self.engines.append(Engine(address, self.plain_port, None))

    def heard(self) -> list[dict[str, str]]:
        return [said for engine in self.engines for said in engine.heard]


@pytest.fixture(scope="module")
def makers() -> Iterator[Makers]:
    made = Makers()
    yield made
    for engine in made.engines:
        engine.close()


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, origins: Origins, makers: Makers
) -> Iterator[House]:
    names = dict.fromkeys(HOSTS, "127.0.0.1") | SAFE_NAMES
    home = tmp_path_factory.mktemp("safe") / "home"
    addresses = ("127.0.0.1", *dict.fromkeys(SAFE_NAMES.values()))
    reach = [
        f"{address}:{port}"
        for address in addresses
        for port in (makers.secure_port, makers.plain_port)
    ]
    roots = home.parent / "makers.pem"
    makers.authority.cert_pem.write_to_path(roots)
    more = {
        "PORCHLIGHT_REACH": ",".join(reach),
        "PORCHLIGHT_NAMES": ",".join(f"{name}={address}" for name, address in names.items()),
        "PORCHLIGHT_UPSTREAM_CA": str(roots),
    }
    built = build_house(home, origins, more, RULES)
    built.start()
    yield built
    built.stop()


@pytest.fixture
def roots(house: House) -> Path:
    return Path(house.environ["PORCHLIGHT_UPSTREAM_CA"])


def asked(client: httpx.Client, url: str, **headers: str) -> dict[str, Any]:
    answer = client.get(url, headers=headers)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def https(makers: Makers, host: str, target: str = "/search?q=cat") -> str:
    return f"https://{host}:{makers.secure_port}{target}"


@pytest.mark.parametrize("http2", [False, True])
@pytest.mark.parametrize("host", ["www.google.com", "www.google.com.vn", "www.youtube.com"])
def test_a_tunnel_leads_to_the_makers_safe_address_and_its_own_certificate(
    house: House, makers: Makers, roots: Path, host: str, *, http2: bool
) -> None:
    # Trusts the maker alone: what it gets, it gets from there.
    with house.client(TUNNELLED, http2=http2, authority=roots) as client:
        said = asked(client, https(makers, host, "/search?q=cat&safe=off"))
    assert said["at"] == SAFE_ADDRESS
    assert said["path"] == "/search?q=cat&safe=off"
    assert said["host"] == f"{host}:{makers.secure_port}"
    assert said["version"] == ("2" if http2 else "1.1")


def test_a_host_that_only_looks_like_one_is_left_alone(
    house: House, makers: Makers, roots: Path
) -> None:
    with house.client(TUNNELLED, authority=roots) as client:
        assert asked(client, https(makers, "google.example.com"))["at"] == "127.0.0.1"


@pytest.mark.parametrize("http2", [False, True])
def test_what_is_opened_is_asked_for_safely_at_the_safe_address(
    house: House, makers: Makers, *, http2: bool
) -> None:
    url = https(makers, "www.google.com", "/search?SAFE=off&q=cat&%73safe=1&saf%65=images&udm=2")
    with house.client(OPENED, http2=http2) as client:
        first = asked(client, url)
        second = asked(client, https(makers, "www.google.com", "/complete/search?q=ca"))
        other = asked(client, https(makers, "www.google.com", "/maps/@21,105"))
    assert first["path"] == "/search?q=cat&%73safe=1&udm=2&safe=active&ssui=on"
    assert second["path"] == "/complete/search?q=ca&safe=active&ssui=on"
    assert other["path"] == "/maps/@21,105"
    assert {one["at"] for one in (first, second, other)} == {SAFE_ADDRESS}
    assert first["version"] == ("2" if http2 else "1.1")


@pytest.mark.parametrize("http2", [False, True])
def test_the_log_keeps_the_address_as_it_was_asked(
    house: House, makers: Makers, *, http2: bool
) -> None:
    target = f"/search?q=asked{http2}&safe=off"
    with house.client(OPENED, http2=http2) as client:
        asked(client, https(makers, "www.google.com", target))
    eventually(lambda: [line.path for line in house.log()], lambda paths: target in paths)


def test_a_connection_that_was_led_is_used_again(house: House, makers: Makers) -> None:
    before = [engine.connections for engine in makers.engines]
    with house.client(OPENED) as client:
        for number in range(3):
            asked(client, https(makers, "www.google.com", f"/search?q={number}"))
    after = [engine.connections for engine in makers.engines]
    assert sum(after) - sum(before) == 1


@pytest.mark.parametrize("http2", [False, True])
def test_youtube_is_asked_as_the_profile_says(house: House, makers: Makers, *, http2: bool) -> None:
    found = []
    for device in (OPENED, TEEN, GROWN):
        with house.client(device, http2=http2) as client:
            said = asked(
                client, https(makers, "www.youtube.com", "/watch?v=a"), YouTube_Restrict="none"
            )
            found.append((said["restrict"], said["at"], said["path"]))
    assert found == [
        ("Strict", SAFE_ADDRESS, "/watch?v=a"),
        ("Moderate", "127.0.0.11", "/watch?v=a"),
        ("", "127.0.0.1", "/watch?v=a"),
    ]


def test_an_engine_that_has_no_safe_address_is_opened_for_its_parameters(
    house: House, makers: Makers
) -> None:
    with house.client(TUNNELLED) as client:
        said = asked(client, https(makers, "ipv4.google.com"))
    assert (said["at"], said["path"]) == ("127.0.0.1", "/search?q=cat&safe=active&ssui=on")


def test_plain_http_is_made_safe_both_ways(house: House, makers: Makers) -> None:
    with house.client(TUNNELLED) as client:
        said = asked(client, f"http://www.google.com:{makers.plain_port}/search?q=cat&safe=off")
    assert (said["at"], said["path"]) == (SAFE_ADDRESS, "/search?q=cat&safe=active&ssui=on")


def test_another_name_on_the_connection_does_not_hide_the_search(
    house: House, makers: Makers
) -> None:
    with house.client(OPENED) as client:
        said = asked(
            client,
            https(makers, "google.example.com", "/search?q=cat&safe=off"),
            Host="www.google.com",
        )
    assert said["path"] == "/search?q=cat&safe=active&ssui=on"


def test_whoever_has_it_off_goes_where_they_ask(house: House, makers: Makers) -> None:
    with house.client(GROWN) as client:
        said = asked(client, https(makers, "www.google.com", "/search?q=cat&safe=off"))
    assert (said["at"], said["path"]) == ("127.0.0.1", "/search?q=cat&safe=off")


@pytest.mark.parametrize(("device", "scheme"), [(TUNNELLED, "http"), (OPENED, "https")])
def test_without_its_safe_address_an_engine_is_not_reached_at_all(
    house: House, makers: Makers, device: str, scheme: str
) -> None:
    port = makers.plain_port if scheme == "http" else makers.secure_port
    with house.client(device) as client:
        answer = client.get(f"{scheme}://www.ecosia.org:{port}/search?q=cat")
    assert answer.status_code == 502
    assert "www.ecosia.org" not in {said["host"].partition(":")[0] for said in makers.heard()}


def test_a_tunnel_without_its_safe_address_is_closed(
    house: House, makers: Makers, roots: Path
) -> None:
    with house.client(TUNNELLED, authority=roots) as client, pytest.raises(httpx.TransportError):
        client.get(https(makers, "www.ecosia.org"))
    assert "www.ecosia.org" not in {said["host"].partition(":")[0] for said in makers.heard()}


@pytest.mark.parametrize(("scheme", "http2"), [("http", False), ("https", False), ("https", True)])
def test_no_answer_tells_of_another_way_to_the_site(
    house: House, makers: Makers, scheme: str, *, http2: bool
) -> None:
    port = makers.plain_port if scheme == "http" else makers.secure_port
    with house.client(GROWN, http2=http2) as client:
        answer = client.get(f"{scheme}://google.example.com:{port}/")
    assert answer.status_code == 200
    assert answer.json()["version"] == ("2" if http2 else "1.1")
    assert {"alt-svc", "alternate-protocol"}.isdisjoint(answer.headers)
