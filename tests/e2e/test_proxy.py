"""Traffic through a real proxy: what passes is untouched, what is blocked says so in the fitting form."""

import hashlib
import json
import re
import socket
import ssl
from contextlib import closing, suppress

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from rules.decision import Reason
from rules.policy import Action
from tests.e2e.conftest import BIG, HELP_SITE, LAPTOP, STRANGER, TABLET, House, Origins

pytestmark = pytest.mark.e2e

PAGE = {"Sec-Fetch-Dest": "document", "Accept": "text/html,*/*"}


def address(scheme: str, host: str, origins: Origins, path: str = "/") -> str:
    port = origins.https_port if scheme == "https" else origins.http_port
    return f"{scheme}://{host}:{port}{path}"


@pytest.mark.parametrize(("scheme", "http2"), [("http", False), ("https", False), ("https", True)])
def test_what_passes_is_the_same_byte_for_byte(
    house: House, origins: Origins, scheme: str, *, http2: bool
) -> None:
    url = address(scheme, "good.example", origins, "/big")
    with house.client(http2=http2) as client:
        through = client.get(url)
    trusts_origin = ssl.create_default_context(cadata=origins.authority.cert_pem.bytes().decode())
    direct_url = url.replace("good.example", "127.0.0.1")
    with httpx.Client(verify=trusts_origin, trust_env=False) as client:
        direct = client.get(
            direct_url,
            headers={"Host": "good.example"},
            extensions={"sni_hostname": "good.example"},
        )

    assert through.status_code == 200
    assert hashlib.sha256(through.content).digest() == hashlib.sha256(BIG).digest()
    same = [
        [(name.lower(), value) for name, value in answer.headers.raw if name.lower() != b"date"]
        for answer in (direct, through)
    ]
    assert same[0] == same[1]
    assert through.http_version == ("HTTP/2" if http2 else "HTTP/1.1")


def test_a_body_that_is_sent_arrives_whole(house: House, origins: Origins) -> None:
    with house.client() as client:
        answer = client.post(address("https", "good.example", origins), content=BIG)
    assert answer.content == BIG


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_blocked_page_says_why_and_never_asks_the_site(
    house: House, origins: Origins, scheme: str
) -> None:
    with house.client() as client:
        answer = client.get(address(scheme, "bad.example", origins, "/a"), headers=PAGE)

    assert answer.status_code == 403
    assert answer.headers["cache-control"] == "no-store"
    mark = answer.headers["x-porchlight"]
    found = re.fullmatch(r"block; reason=site; rule=family\.yaml:11; id=(\w{12})", mark)
    assert found, mark
    assert found[1] in answer.text
    assert "bad.example" in answer.text
    assert "script" not in answer.text
    assert origins.hits == []


@pytest.mark.parametrize(
    ("wanted", "content_type", "body"),
    [
        ("image", "image/gif", rb"GIF89a.*"),
        ("script", "text/javascript; charset=utf-8", rb""),
        ("style", "text/css; charset=utf-8", rb""),
        ("font", None, rb""),
        ("iframe", "text/html; charset=utf-8", rb'.*class="small".*'),
    ],
)
def test_a_part_of_a_page_is_blocked_in_its_own_form(
    house: House, origins: Origins, wanted: str, content_type: str | None, body: bytes
) -> None:
    with house.client() as client:
        answer = client.get(
            address("https", "bad.example", origins), headers={"Sec-Fetch-Dest": wanted}
        )
    assert answer.status_code == 403
    assert answer.headers.get("content-type") == content_type
    assert re.fullmatch(body, answer.content, re.DOTALL)


def test_a_script_reads_why_it_was_blocked(house: House, origins: Origins) -> None:
    with house.client(http2=True) as client:
        answer = client.get(
            address("https", "bad.example", origins), headers={"Sec-Fetch-Dest": "empty"}
        )
    said = json.loads(answer.content)
    assert said == {
        "blocked": True,
        "by": "porchlight",
        "reason": "site",
        "rule": "family.yaml:11",
        "id": said["id"],
    }


def test_a_path_is_blocked_on_a_site_that_is_open(house: House, origins: Origins) -> None:
    with house.client(http2=True) as client:
        assert client.get(address("https", "good.example", origins, "/secret/x")).status_code == 403
        assert client.get(address("https", "good.example", origins, "/secretx")).status_code == 200


def test_each_device_has_its_own_rules(house: House, origins: Origins) -> None:
    url = address("https", "bad.example", origins)
    for device, status in ((TABLET, 403), (LAPTOP, 200), (STRANGER, 403)):
        with house.client(device) as client:
            assert client.get(url).status_code == status, device


def test_the_floor_holds_for_everyone(house: House, origins: Origins) -> None:
    for device in (TABLET, LAPTOP, STRANGER):
        with house.client(device) as client:
            answer = client.get(address("https", "pornhub.com", origins), headers=PAGE)
        assert answer.status_code == 403
        assert "reason=never" in answer.headers["x-porchlight"]


@pytest.mark.parametrize(
    ("connect_to", "server_name", "host"),
    [
        ("good.example", "good.example", "bad.example"),
        ("good.example", "bad.example", "good.example"),
        ("bad.example", "good.example", "good.example"),
    ],
)
def test_the_strictest_of_all_names_decides(
    house: House, origins: Origins, connect_to: str, server_name: str, host: str
) -> None:
    context = ssl.create_default_context(cafile=house.authority)
    with closing(
        socket.create_connection(("127.0.0.1", house.port), 10, (TABLET, 0))
    ) as connection:
        connection.sendall(f"CONNECT {connect_to}:{origins.https_port} HTTP/1.1\r\n\r\n".encode())
        assert b" 200 " in connection.recv(4096)
        with context.wrap_socket(connection, server_hostname=server_name) as secure:
            secure.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            assert secure.recv(4096).startswith(b"HTTP/1.1 403 ")
    assert origins.hits == []


def test_a_request_within_a_body_reaches_nobody(house: House, origins: Origins) -> None:
    inner = b"GET /secret/x HTTP/1.1\r\nHost: bad.example\r\n\r\n"
    url = address("https", "good.example", origins, "/outer")
    with house.client(http2=True) as client, suppress(httpx.TransportError):
        # an iterator has no length to tell
        client.post(url, content=iter([inner]))
    assert [hit for hit in origins.hits if "outer" not in hit] == []


def test_a_websocket_talks_through(house: House, origins: Origins) -> None:
    with connect(
        f"ws://good.example:{origins.socket_port}/",
        proxy=f"http://127.0.0.1:{house.port}",
        proxy_ssl=None,
    ) as talk:
        for number in range(20):
            talk.send(f"message {number}")
            assert talk.recv(5) == f"message {number}"


def test_a_blocked_websocket_is_refused(house: House, origins: Origins) -> None:
    with (
        pytest.raises(InvalidStatus) as refused,
        connect(f"ws://bad.example:{origins.socket_port}/", proxy=f"http://127.0.0.1:{house.port}"),
    ):
        pass
    assert refused.value.response.status_code == 403


def test_a_help_site_is_never_opened_nor_logged(house: House, origins: Origins) -> None:
    context = ssl.create_default_context(cadata=origins.authority.cert_pem.bytes().decode())
    with closing(
        socket.create_connection(("127.0.0.1", house.port), 10, (TABLET, 0))
    ) as connection:
        connection.sendall(f"CONNECT {HELP_SITE}:{origins.https_port} HTTP/1.1\r\n\r\n".encode())
        assert b" 200 " in connection.recv(4096)
        # trusts the site's own authority alone: a certificate of ours would be refused
        with context.wrap_socket(connection, server_hostname=HELP_SITE) as secure:
            secure.sendall(f"GET /talk HTTP/1.1\r\nHost: {HELP_SITE}\r\n\r\n".encode())
            assert b"hello from /talk" in secure.recv(65536) + secure.recv(65536)
    with house.client() as client:
        client.get(address("http", HELP_SITE, origins, "/plain"))
        marker = client.get(address("http", "bad.example", origins, "/after-help"))
    ident = marker.headers["x-porchlight"].rpartition("id=")[2]

    rows = house.log()
    while ident not in {row.decision.id for row in rows}:
        rows = house.log(len(rows) + 1)
    assert f"{HELP_SITE}:{origins.http_port}/plain" in origins.hits
    assert HELP_SITE not in {row.host for row in rows}


def test_a_tunnel_named_after_a_help_site_goes_nowhere_else(house: House, origins: Origins) -> None:
    context = ssl.create_default_context(cafile=house.authority)
    with closing(
        socket.create_connection(("127.0.0.1", house.port), 10, (TABLET, 0))
    ) as connection:
        connection.sendall(f"CONNECT bad.example:{origins.https_port} HTTP/1.1\r\n\r\n".encode())
        assert b" 200 " in connection.recv(4096)
        # our own certificate: it was opened
        with context.wrap_socket(connection, server_hostname=HELP_SITE) as secure:
            secure.sendall(f"GET / HTTP/1.1\r\nHost: {HELP_SITE}\r\n\r\n".encode())
            assert secure.recv(4096).startswith(b"HTTP/1.1 403 ")


def test_a_site_with_a_bad_certificate_gets_an_honest_page(house: House, origins: Origins) -> None:
    url = f"https://good.example:{origins.expired_port}/"
    with house.client() as client:
        answer = client.get(url, headers=PAGE)
    assert answer.status_code == 502
    assert "This site cannot prove who it is" in answer.text
    assert "x-porchlight" not in answer.headers
    assert origins.hits == []


def test_a_site_that_is_down_gets_an_honest_page(house: House, origins: Origins) -> None:
    with house.client() as client:
        answer = client.get("http://name-that-nobody-has.invalid/", headers=PAGE)
    assert answer.status_code == 502
    assert "This site does not answer" in answer.text


@pytest.mark.parametrize(
    "text",
    [
        b"GET http://good.example/ HTTP/1.1\r\nHost: user@good.example\r\n\r\n",
        b"GET http://good.example/ HTTP/1.1\r\nHost: good example\r\n\r\n",
        b"GET http://1.2.3.4.5/ HTTP/1.1\r\nHost: 1.2.3.4.5\r\n\r\n",
        b"GET http://a..b/ HTTP/1.1\r\nHost: a..b\r\n\r\n",
    ],
)
def test_what_no_browser_would_send_is_refused(house: House, text: bytes) -> None:
    assert house.raw(text).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "first", [b"SSH-2.0-OpenSSH_9.9\r\n", b"\x00\x01\x02\x03binary\r\n\r\n", b"EHLO home\r\n\r\n"]
)
@pytest.mark.parametrize("port", [22, 53, 443])
def test_what_is_neither_http_nor_tls_is_closed(
    house: House, origins: Origins, first: bytes, port: int
) -> None:
    tunnel = house.raw(f"CONNECT 93.184.216.34:{port} HTTP/1.1\r\n\r\n".encode() + first)
    assert b"SSH" not in tunnel.partition(b"\r\n\r\n")[2]
    assert tunnel.partition(b"\r\n\r\n")[2][:12] in {b"", b"HTTP/1.1 400"}


def test_the_log_names_rule_and_line(house: House, origins: Origins) -> None:
    with house.client() as client:
        blocked = client.get(address("https", "bad.example", origins, "/why?a=1"), headers=PAGE)
        client.get(address("https", "good.example", origins, "/fine?b=2"))
    ident = blocked.headers["x-porchlight"].rpartition("id=")[2]
    rows = house.log()
    while not {row.path for row in rows} >= {"/why?a=1", "/fine?b=2"}:
        rows = house.log(len(rows) + 1)

    row = next(row for row in rows if row.decision.id == ident)
    assert row.decision.action is Action.BLOCK
    assert row.decision.reason is Reason.SITE
    assert (row.decision.file, row.decision.line) == ("family.yaml", 11)
    assert (row.decision.profile, row.decision.device) == ("younger", "tablet")
    assert (row.client, row.method, row.scheme, row.host) == (TABLET, "GET", "https", "bad.example")
    fine = next(row for row in rows if row.path == "/fine?b=2")
    assert fine.decision.action is Action.ALLOW


def test_a_profile_that_logs_sites_keeps_no_paths(house: House, origins: Origins) -> None:
    with house.client(STRANGER) as client:
        answer = client.get(address("http", "bad.example", origins, "/private"))
    ident = answer.headers["x-porchlight"].rpartition("id=")[2]
    rows = house.log()
    while ident not in {row.decision.id for row in rows}:
        rows = house.log(len(rows) + 1)
    assert next(row.path for row in rows if row.decision.id == ident) == ""


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_a_question_without_a_body_is_answered_without_one(
    house: House, origins: Origins, method: str
) -> None:
    with house.client() as client:
        answer = client.request(method, address("https", "bad.example", origins), headers=PAGE)
        # the connection is still in step
        assert client.get(address("https", "good.example", origins)).status_code == 200
    assert answer.status_code == 403
    assert answer.content == b""


def test_an_upload_to_a_blocked_site_is_not_read(house: House, origins: Origins) -> None:
    with house.client() as client, pytest.raises((httpx.NetworkError, httpx.RemoteProtocolError)):
        client.post(address("http", "bad.example", origins), content=BIG + b"x")
    assert origins.hits == []


def test_the_key_of_the_home_is_the_owners_alone(house: House) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in (house.home / "ca").iterdir()}
    assert modes["porchlight-ca.pem"] == 0o600
    assert {name for name, mode in modes.items() if mode & 0o077} <= {house.authority.name}
    assert house.home.stat().st_mode & 0o077 == 0
