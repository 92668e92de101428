"""Nothing is opened that need not be: what the client sees of a certificate, and what `porchlight depth` says of it."""

import json
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from proxy.authority import NAME as OUR_NAME
from rules.decision import DecisionRecord
from rules.facts import Grant
from rules.policy import Action
from rules.request import Stage
from store.database import open_database
from store.facts import add_grant
from tests.e2e.conftest import (
    BANK,
    HELP_SITE,
    LAPTOP,
    ROOT,
    STRANGER,
    TABLET,
    House,
    Origins,
    build_house,
    eventually,
)

pytestmark = pytest.mark.e2e

RULES = """\
porchlight: 1
timezone: UTC
never: [adult]
profiles:
  younger:
    devices: [tablet]
    block:
      - bad.example
      - good.example/secret/
  grown:
    devices: [laptop]
    log: full
  unknown:
    log: sites
devices:
  tablet: {ip: 127.0.0.2}
  laptop: {ip: 127.0.0.3}
"""
WHO = {TABLET: "tablet", LAPTOP: "laptop", STRANGER: "unknown"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, origins: Origins) -> Iterator[House]:
    """A house whose rules nobody changes."""
    built = build_house(tmp_path_factory.mktemp("depth") / "home", origins, rules=RULES)
    built.start()
    yield built
    built.stop()


@pytest.fixture
def own_house(make_house: Callable[..., House]) -> House:
    """A house for one test, which may change its rules."""
    made = make_house()
    made.rules.write_text(RULES)
    made.start()
    return made


@contextmanager
def tunnel(house: House, origins: Origins, host: str, device: str) -> Iterator[ssl.SSLSocket]:
    """A TLS connection through the proxy that takes any certificate, to look at it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with closing(
        socket.create_connection(("127.0.0.1", house.port), 10, (device, 0))
    ) as connection:
        connection.sendall(f"CONNECT {host}:{origins.https_port} HTTP/1.1\r\n\r\n".encode())
        assert b" 200 " in connection.recv(4096)
        with context.wrap_socket(connection, server_hostname=host) as secure:
            yield secure


def is_ours(secure: ssl.SSLSocket) -> bool:
    """Whether the certificate that the client was shown is signed by the home's authority."""
    seen = secure.getpeercert(binary_form=True)
    assert seen
    issuer = x509.load_der_x509_certificate(seen).issuer
    names = issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return bool(names) and str(names[0].value).startswith(OUR_NAME)


def get(secure: ssl.SSLSocket, host: str, path: str) -> bytes:
    secure.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    answer = secure.recv(65536)
    return answer if b"hello" in answer or b" 403 " in answer else answer + secure.recv(65536)


def told(house: House, device: str, hosts: Iterable[str]) -> dict[str, bool]:
    """Of which hosts `porchlight depth` says that they are opened."""
    command = (sys.executable, str(ROOT / "porchlight.py"), "depth", *hosts, "--json")
    asked = subprocess.run(
        [*command, "--for", WHO[device]], env=house.environ, capture_output=True, check=True
    )
    return {row["host"]: row["opened"] for row in json.loads(asked.stdout)}


@pytest.mark.parametrize(
    ("device", "opened"),
    [
        (TABLET, {"good.example": True, "other.example": False, HELP_SITE: False, BANK: False}),
        (LAPTOP, {"good.example": True, "other.example": True, HELP_SITE: False, BANK: False}),
        (STRANGER, {"good.example": False, "other.example": False, HELP_SITE: False, BANK: False}),
    ],
)
def test_the_client_sees_whose_certificate_it_is_and_the_depth_says_the_same(
    house: House, origins: Origins, device: str, opened: dict[str, bool]
) -> None:
    seen = {}
    for host in opened:
        with tunnel(house, origins, host, device) as secure:
            seen[host] = is_ours(secure)
            assert b"hello from /page" in get(secure, host, "/page")
    assert seen == opened
    assert told(house, device, opened) == opened


def test_a_tunnel_leaves_one_line_and_no_path(own_house: House, origins: Origins) -> None:
    with tunnel(own_house, origins, "other.example", TABLET) as secure:
        get(secure, "other.example", "/one")
        get(secure, "other.example", "/two")
    with tunnel(own_house, origins, BANK, LAPTOP) as secure:
        get(secure, BANK, "/account")
    with tunnel(own_house, origins, HELP_SITE, TABLET) as secure:
        get(secure, HELP_SITE, "/talk")
    with tunnel(own_house, origins, "good.example", TABLET) as secure:
        get(secure, "good.example", "/last")
    rows = own_house.log(3)
    assert sorted((row.host, row.method, row.path, row.decision.look) for row in rows) == [
        ("good.example", "GET", "", Stage.REQUEST),
        ("other.example", "CONNECT", "", Stage.NAME),
        (BANK, "CONNECT", "", Stage.NAME),
    ]
    assert {row.host: row.decision.seal for row in rows}[BANK] == "bank"


def test_a_blocked_name_shows_its_page_and_a_blocked_bank_closes(
    own_house: House, origins: Origins
) -> None:
    with tunnel(own_house, origins, "bad.example", TABLET) as secure:
        assert is_ours(secure)
        assert b" 403 " in get(secure, "bad.example", "/")
    own_house.rules.write_text(RULES.replace("- bad.example", f"- {BANK}"))
    until_plain(own_house, origins, BANK, TABLET, 403)
    with (
        pytest.raises((ssl.SSLError, ConnectionError)),
        tunnel(own_house, origins, BANK, TABLET),
    ):
        pass
    (row,) = tunnels(own_house, 1)
    assert (row.host, row.decision.action, row.decision.seal) == (BANK, Action.BLOCK, "bank")


def tunnels(house: House, least: int) -> list[DecisionRecord]:
    """The log's lines of tunnels, once there are so many; newest first."""
    return eventually(
        lambda: [row for row in house.log() if row.method == "CONNECT"],
        lambda rows: len(rows) >= least,
    )


def until_plain(house: House, origins: Origins, host: str, device: str, status: int) -> None:
    """Wait until the answer to an unencrypted request shows that new rules or answers are in force."""
    with house.client(device) as client:
        url = f"http://{host}:{origins.http_port}/"
        eventually(lambda: client.get(url).status_code, lambda found: found == status)


def ends(secure: ssl.SSLSocket, seconds: float) -> float:
    """How long it takes until the connection is closed from the other side."""
    began = time.monotonic()
    secure.settimeout(seconds)
    with suppress(ssl.SSLError, ConnectionError):  # and not a TimeoutError
        while secure.recv(4096):
            pass
    return time.monotonic() - began


def test_an_edit_ends_a_tunnel_that_is_open(own_house: House, origins: Origins) -> None:
    with (
        tunnel(own_house, origins, "other.example", TABLET) as closed,
        tunnel(own_house, origins, "other.example", STRANGER) as kept,
    ):
        get(closed, "other.example", "/")
        own_house.rules.write_text(RULES.replace("- bad.example", "- other.example"))
        assert ends(closed, 5) < 3
        assert b"hello from /still" in get(kept, "other.example", "/still")
    rows = [row for row in own_house.log(3) if row.client == TABLET]
    assert [(row.decision.action, row.decision.line) for row in rows] == [
        (Action.BLOCK, 8),
        (Action.ALLOW, None),
    ]


def test_a_parents_answer_ends_a_tunnel_when_its_time_is_up(
    own_house: House, origins: Origins
) -> None:
    own_house.rules.write_text(RULES.replace("  unknown:\n", "  unknown:\n    default: block\n"))
    time.sleep(1)
    now = datetime.now(UTC)
    grant = Grant(
        id="a-while",
        action=Action.ALLOW,
        site="other.example",
        profile="unknown",
        given=now,
        ends=now + timedelta(seconds=6),
        by="Mum",
    )
    engine = open_database(f"sqlite:///{own_house.home}/porchlight.db")
    add_grant(engine, grant)
    engine.dispose()
    until_plain(own_house, origins, "other.example", STRANGER, 200)
    with tunnel(own_house, origins, "other.example", STRANGER) as secure:
        assert not is_ours(secure)
        assert b"hello from /while" in get(secure, "other.example", "/while")
        ends(secure, 12)
    assert datetime.now(UTC) >= grant.ends
    rows = tunnels(own_house, 2)
    assert [row.decision.action for row in rows] == [Action.BLOCK, Action.ALLOW]


def test_an_edit_ends_a_websocket_that_is_open(own_house: House, origins: Origins) -> None:
    with connect(
        f"ws://good.example:{origins.socket_port}/",
        proxy=f"http://127.0.0.1:{own_house.port}",
        proxy_ssl=None,
    ) as talk:
        talk.send("hello")
        assert talk.recv(5) == "hello"
        rules = RULES.replace("    log: sites\n", "    block: [good.example]\n")
        own_house.rules.write_text(rules)
        with pytest.raises(ConnectionClosed):
            talk.recv(5)
    rows = eventually(own_house.log, lambda found: len(found) >= 2)
    assert [row.decision.action for row in rows] == [Action.BLOCK, Action.ALLOW]


def drip(listener: socket.socket) -> None:
    """Answer one request with a body that takes longer than the test waits."""
    connection, _ = listener.accept()
    with closing(connection), suppress(OSError):  # the other side has had enough
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n")
        for _ in range(200):
            connection.sendall(b".")
            time.sleep(0.1)


def test_an_edit_ends_a_download_that_goes_on(make_house: Callable[..., House]) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        threading.Thread(target=drip, args=(listener,), daemon=True).start()
        port = listener.getsockname()[1]
        house = make_house(PORCHLIGHT_REACH=f"127.0.0.1:{port}")
        house.rules.write_text(RULES)
        house.start()
        with (
            house.client(STRANGER) as client,
            client.stream("GET", f"http://good.example:{port}/slow") as answer,
        ):
            pieces = answer.iter_raw()
            assert next(pieces) == b"."
            house.rules.write_text(RULES.replace("    log: sites\n", "    block: [good.example]\n"))
            with pytest.raises(httpx.TransportError):
                list(pieces)
    rows = eventually(house.log, lambda found: len(found) >= 2)
    assert [row.decision.action for row in rows] == [Action.BLOCK, Action.ALLOW]
