"""Three devices, three ways in: each is filtered as its own profile. All of it inside network namespaces."""

import json
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from threading import Thread

import dns.message
import dns.query
import pytest
import trustme
from click.testing import CliRunner

from porchlight import main
from store import workers
from store.database import open_database
from store.own_address import NAME, NUMBER
from store.settings import Settings
from store.wireguard import NAME_SERVER, find_key, profile_text
from tests.e2e import streets
from tests.e2e.streets import ORIGIN, ORIGIN_6, Answer, Streets, fetch, house_of, mac_of, tunnel
from tests.e2e.whole import ROOT, wait_for

pytestmark = pytest.mark.e2e

NOBODY = "93.184.216.99"
"""An address outside where no machine is."""
CLOSED = {who: f"not-for-{who}.example" for who in streets.STREETS}
"""What each profile does not open, and the others do."""
BLOCKED = "blocked"
RULES = f"""\
porchlight: 1
timezone: UTC
language: en
profiles:
  older:   {{devices: [desk], block: [{CLOSED["desk"]}]}}
  telly:   {{devices: [tv], block: [{CLOSED["tv"]}]}}
  younger: {{devices: [phone], block: [{CLOSED["phone"]}]}}
  unknown: {{default: block}}
devices:
  desk:  {{ip: 192.168.1.2}}
  tv:    {{mac: "{mac_of("tv")}"}}
  phone: {{wireguard: phone}}
"""
QUIC = b"\xc3\0\0\0\1" + b"\x08" + b"\x11" * 8 + b"\x05" + b"\x22" * 5 + bytes(1180)
"""What begins a QUIC connection."""
NO_SUCH_VERSION = b"\x80\0\0\0\0" + b"\x05" + b"\x22" * 5 + b"\x08" + b"\x11" * 8


class Site(BaseHTTPRequestHandler):
    """Says which host it was asked for."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.headers["Host"].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """Over IPv4 or IPv6, as its address is."""

    daemon_threads = True

    def __init__(self, address: str, port: int) -> None:
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        super().__init__((address, port), Site)

    def server_bind(self) -> None:
        TCPServer.server_bind(
            self
        )  # the base class asks DNS for its own name, which is far away here


@dataclass(frozen=True)
class Town:
    """All of it, up."""

    streets: Streets
    settings: Settings
    trusted: Path

    def seen(
        self, scheme: str, *, at: str = ORIGIN, proxy: tuple[str, int] | None = None
    ) -> dict[str, str]:
        """What comes of each site, for a browser that stands where this thread stands."""
        return {
            name: said(fetch(f"{scheme}://{name}", self.trusted, at=at, proxy=proxy))
            for name in CLOSED.values()
        }

    def tunnel_of(self, who: str, name: str) -> str:
        """The profile for somebody's WireGuard app."""
        settings = replace(self.settings, address=house_of(who)[0])
        return profile_text(settings, find_key(settings, name))

    def porchlight(self, *arguments: str) -> str:
        """What a command prints."""
        environ = {"PORCHLIGHT_HOME": str(self.settings.home)}
        done = CliRunner().invoke(main, arguments, env=environ)
        assert done.exit_code == 0, done.output
        return done.stdout


def said(answer: Answer) -> str:
    return BLOCKED if answer.status == 403 else answer.body


def all_but(closed: str) -> dict[str, str]:
    return {name: BLOCKED if name == closed else name for name in CLOSED.values()}


@contextmanager
def open_origin(place: Streets) -> Iterator[trustme.CA]:
    authority = trustme.CA(organization_name="The origin's own")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*CLOSED.values()).configure_cert(context)
    with ExitStack() as opened, place.inside("origin"):
        for address in (ORIGIN, ORIGIN_6):
            for port in (80, 443):
                server = opened.enter_context(Server(address, port))
                if port == 443:
                    server.socket = context.wrap_socket(server.socket, server_side=True)
                Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
                opened.callback(server.shutdown)
        yield authority


@contextmanager
def open_porchlight(place: Streets, settings: Settings) -> Iterator[None]:
    with place.inside("home"):
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "porchlight.py"), "up", "--json"],
            env=os.environ | {"PORCHLIGHT_HOME": str(settings.home)},
            stdout=subprocess.PIPE,
            text=True,
        )
    with process:
        try:
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["ready"]
            yield
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    streets.skip_unless_possible()
    home = tmp_path_factory.mktemp("ways") / "home"
    home.mkdir(mode=0o700)
    settings = Settings(home=home)
    with streets.open_streets() as place, open_origin(place) as authority:
        authority.cert_pem.write_to_path(str(home / "sites.pem"))
        known = "\n".join(f'"{name}" = "{ORIGIN}"' for name in CLOSED.values())
        settings.settings_path.write_text(
            'bind = "0.0.0.0"\ntransparent_port = 8082\ndns_port = 5353\nupstream_ca = "sites.pem"\n'
            f"[names]\n{known}\n"
        )
        settings.rules_path.write_text(RULES)
        with open_porchlight(place, settings):
            trusted = home / "trusted.pem"
            own = settings.ca_certificate.read_text()
            trusted.write_text(own + (home / "sites.pem").read_text())
            yield Town(place, settings, trusted)


@contextmanager
def gateway(town: Town) -> Iterator[None]:
    """The tv's traffic comes to the proxy, by the script that Porchlight prints."""
    script, undo = (
        town.porchlight("gateway", "--interface", "lan-tv"),
        town.porchlight("gateway", "--undo"),
    )
    with town.streets.inside("home"):
        for text in (script, undo):
            streets.run("nft", "-c", "-f", "-", given=text)
        streets.run("nft", "-f", "-", given=script)
        streets.run("nft", "-f", "-", given=script)  # again: it changes nothing
    try:
        yield
    finally:
        with town.streets.inside("home"):
            streets.run("nft", "-f", "-", given=undo)
            assert streets.run("nft", "list", "ruleset") == ""


@contextmanager
def heard_by_the_origin(town: Town, port: int) -> Iterator[socket.socket]:
    """A UDP port of the origin's."""
    with town.streets.inside("origin"):
        ear = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        ear.bind(("::", port))
    with closing(ear):
        ear.settimeout(0.3)
        yield ear


def send(address: str, port: int, datagram: bytes) -> bytes:
    """What comes back for a datagram.

    Raises:
        ConnectionRefusedError: that nobody wants it.
        TimeoutError: nothing came.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_DGRAM)) as mouth:
        mouth.settimeout(1)
        mouth.connect((address, port))
        mouth.send(datagram)
        return mouth.recv(2000)


def test_a_browser_that_was_told_of_the_proxy(town: Town) -> None:
    with town.streets.inside("desk"):
        for scheme in ("http", "https"):
            seen = town.seen(scheme, proxy=(house_of("desk")[0], 8080))
            assert seen == all_but(CLOSED["desk"]), scheme


def test_a_tv_that_knows_of_no_proxy(town: Town) -> None:
    nothing_closed = {name: name for name in CLOSED.values()}
    with town.streets.inside("tv"):
        assert town.seen("http") == nothing_closed  # the way round, as long as it is open
    with gateway(town), town.streets.inside("tv"):
        for scheme in ("http", "https"):
            for address in (
                ORIGIN,
                ORIGIN_6,
                NOBODY,
            ):  # the name counts, not where a device wants to go
                seen = town.seen(scheme, at=address)
                assert seen == all_but(CLOSED["tv"]), (scheme, address)
        for address in (ORIGIN, ORIGIN_6):
            for port in (443, 853):
                with heard_by_the_origin(town, port) as ear:
                    with pytest.raises(ConnectionRefusedError):
                        send(address, port, QUIC)
                    assert not is_heard(ear)
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((address, 853), 1)
        with heard_by_the_origin(town, 3478) as ear:
            with pytest.raises(TimeoutError):
                send(ORIGIN, 3478, b"a call")
            assert ear.recv(2000) == b"a call"
    with town.streets.inside("tv"):
        assert town.seen("http") == nothing_closed


def test_a_phone_that_comes_through_a_tunnel(town: Town) -> None:
    profile = town.tunnel_of("phone", "phone")
    with tunnel(town.streets, "phone", profile), town.streets.inside("phone"):
        for scheme in ("http", "https"):
            for address in (ORIGIN, ORIGIN_6, NOBODY):
                seen = town.seen(scheme, at=address)
                assert seen == all_but(CLOSED["phone"]), (scheme, address)
        for address in (ORIGIN, ORIGIN_6):
            with heard_by_the_origin(town, 443) as ear:
                assert send(address, 443, QUIC).startswith(NO_SUCH_VERSION)
                assert not is_heard(ear)
            with heard_by_the_origin(town, 3478) as ear:
                with pytest.raises(TimeoutError):
                    send(address, 3478, b"a call")
                assert not is_heard(ear)


def finds_the_proxy_itself(town: Town, proxy: tuple[str, int] | None = None) -> bool:
    """Whether its own host answers over HTTP and HTTPS, by name and by number, and sends on to the family's pages."""
    answers = [
        fetch(f"{scheme}://{host}", town.trusted, at=NUMBER, proxy=proxy)
        for scheme in ("http", "https")
        for host in (NUMBER, NAME)
    ]
    return {one.status for one in answers} == {302}


def test_the_proxy_itself_is_found_in_every_way(town: Town) -> None:
    with town.streets.inside("desk"):
        assert finds_the_proxy_itself(town, proxy=(house_of("desk")[0], 8080))
    with gateway(town), town.streets.inside("tv"):
        assert finds_the_proxy_itself(town)
    profile = town.tunnel_of("phone", "phone")
    with tunnel(town.streets, "phone", profile), town.streets.inside("phone"):
        assert finds_the_proxy_itself(town)


def test_names_are_answered_by_the_rules_whichever_server_is_asked(town: Town) -> None:
    profile = town.tunnel_of("phone", "phone")
    with tunnel(town.streets, "phone", profile), town.streets.inside("phone"):
        for server in (str(NAME_SERVER), ORIGIN, ORIGIN_6):
            for ask in (dns.query.udp, dns.query.tcp):
                assert found(ask, CLOSED["tv"], server) == {ORIGIN}
                (leads_here,) = found(ask, CLOSED["phone"], server)
                assert leads_here != ORIGIN
        url = f"http://{CLOSED['phone']}"
        assert said(fetch(url, town.trusted, at=leads_here)) == BLOCKED
    with gateway(town), town.streets.inside("tv"):
        for server in (house_of("tv")[0], ORIGIN, ORIGIN_6):
            for ask in (dns.query.udp, dns.query.tcp):
                assert found(ask, CLOSED["phone"], server) == {ORIGIN}
                assert ORIGIN not in found(ask, CLOSED["tv"], server)


def found(ask: Callable[..., dns.message.Message], name: str, server: str) -> set[str]:
    """The addresses that a name server gives for a name."""
    answer = ask(dns.message.make_query(name, "A"), server, timeout=3)
    return {one.to_text() for record in answer.answer for one in record}


def test_an_edit_opens_and_closes_ways_while_all_others_go_on(town: Town) -> None:
    more = RULES.replace("[desk]", "[desk, notebook]").replace("[tv]", "[tv, console]")
    more += "  notebook: {wireguard: notebook}\n  console: {port: 8091}\n"
    key = town.settings.wireguard_dir / "notebook.conf"
    console = (house_of("phone")[0], 8091)
    profile = town.tunnel_of("phone", "phone")
    with tunnel(town.streets, "phone", profile), talking(town, "phone") as talk:
        assert talk(CLOSED["tv"]) == CLOSED["tv"]
        assert not key.exists()
        town.settings.rules_path.write_text(more)
        wait_for(key.exists, 3)
        profile = town.tunnel_of("desk", "notebook")
        with tunnel(town.streets, "desk", profile), town.streets.inside("desk"):
            assert town.seen("https") == all_but(CLOSED["desk"])
        with town.streets.inside("origin"):
            seen = town.seen("https", proxy=(streets.HOUSE, console[1]))
            assert seen == all_but(CLOSED["tv"])
        assert talk(CLOSED["tv"]) == CLOSED["tv"]
        town.settings.rules_path.write_text(RULES)
        with town.streets.inside("desk"):
            wait_for(lambda: not is_open(console), 3)
        assert talk(CLOSED["tv"]) == CLOSED["tv"]
    assert key.exists()


def test_a_port_that_is_taken_is_told_and_opens_when_it_is_free(town: Town) -> None:
    door = (house_of("desk")[0], 8092)
    engine = open_database(town.settings.database_url)
    with ExitStack() as opened:
        opened.callback(engine.dispose)
        with town.streets.inside("home"):
            other = opened.enter_context(closing(socket.create_server(("0.0.0.0", door[1]))))
        town.settings.rules_path.write_text(f"{RULES}  console: {{port: {door[1]}}}\n")
        wait_for(lambda: f"TCP {door[1]}" in workers.read(engine)[0].problem, 5)
        with town.streets.inside("desk"):
            assert town.seen("http", proxy=(door[0], 8080)) == all_but(CLOSED["desk"])
        other.close()
        wait_for(lambda: not workers.read(engine)[0].problem, 5)
        with town.streets.inside("desk"):
            assert town.seen("http", proxy=door) == all_but(CLOSED["desk"])


@contextmanager
def talking(town: Town, who: str) -> Iterator[Callable[[str], str]]:
    """Asks for one host after another on one connection."""
    with town.streets.inside(who):
        stream = socket.create_connection((ORIGIN, 80), 5)

    def ask(host: str) -> str:
        stream.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        answer = b""
        while not answer.endswith(host.encode()):
            chunk = stream.recv(2000)
            assert chunk, answer
            answer += chunk
        return answer.decode().rpartition("\r\n")[2]

    with closing(stream):
        yield ask


def is_heard(ear: socket.socket) -> bool:
    try:
        return bool(ear.recv(2000))
    except TimeoutError:
        return False


def is_open(door: tuple[str, int]) -> bool:
    try:
        socket.create_connection(door, 1).close()
    except ConnectionRefusedError:
        return False
    return True
