"""A real Porchlight proxy as its own process, and real sites on loopback for it to reach."""

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import httpcore
import httpx
import pytest
import trustme
from playwright.sync_api import Browser
from sqlalchemy import Engine
from websockets.sync.server import Server, ServerConnection, serve

from rules.decision import DecisionRecord
from store import decisions
from store.database import open_database
from tests.e2e.whole import Sites, open_browser, open_sites

ROOT = Path(__file__).parents[2]
READY_SECONDS = 20.0
"""For a proxy on a busy machine; on a quiet one it takes one."""
BIG = os.urandom(1 << 20)
HELP_SITE = "childline.org.uk"
BANK = "vietcombank.com.vn"
SITES = ("good.example", "bad.example", "other.example", "pornhub.com", HELP_SITE, BANK)
RULES = """\
porchlight: 1
timezone: UTC
country: VN
language: en
never: [adult]
profiles:
  younger:
    name: Younger child
    devices: [tablet]
    block:
      - bad.example
      - good.example/secret/
    log: full
  grown:
    devices: [laptop]
  unknown:
    block: [bad.example]
    log: sites
devices:
  tablet: {ip: 127.0.0.2}
  laptop: {ip: 127.0.0.3}
"""
TABLET, LAPTOP, STRANGER = "127.0.0.2", "127.0.0.3", "127.0.0.4"


class Site(BaseHTTPRequestHandler):
    """Answers every path, /headers with what it was sent, and remembers what it was asked."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    hits: list[str]

    def do_GET(self) -> None:
        self.hits.append(f"{self.headers.get('Host', '')}{self.path}")
        body = BIG if self.path.startswith("/big") else f"hello from {self.path}".encode()
        if self.path == "/headers":
            body = str(self.headers).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"one"')
        self.send_header("Set-Cookie", "a=1; Path=/")
        self.send_header("Set-Cookie", "b=2; Path=/")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - the base class's name

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.hits.append(f"{self.headers.get('Host', '')}{self.path}")
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the tests' output is read by people."""


@dataclass
class Origins:
    """The sites, by port."""

    authority: trustme.CA
    http_port: int
    https_port: int
    expired_port: int
    socket_port: int
    hits: list[str] = field(default_factory=list)


@contextmanager
def site(hits: list[str], context: ssl.SSLContext | None = None) -> Iterator[int]:
    handler = type("HeardSite", (Site,), {"hits": hits})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def talker(context: ssl.SSLContext | None = None) -> Iterator[int]:
    def talk(connection: ServerConnection) -> None:
        for message in connection:
            connection.send(message)

    server: Server = serve(talk, "127.0.0.1", 0, ssl=context)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.socket.getsockname()[1]
    finally:
        server.shutdown()
        thread.join()


def certified(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@pytest.fixture(scope="session")
def origins() -> Iterator[Origins]:
    hits: list[str] = []
    authority = trustme.CA()
    past = datetime.now(UTC) - timedelta(days=2)
    good = certified(authority.issue_cert(*SITES))
    expired = certified(authority.issue_cert(*SITES, not_after=past))
    with (
        site(hits) as http_port,
        site(hits, good) as https_port,
        site(hits, expired) as expired_port,
        talker() as socket_port,
    ):
        yield Origins(authority, http_port, https_port, expired_port, socket_port, hits)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class PrefersHttp2(ssl.SSLContext):
    """Asks for HTTP/2 first, as browsers do; httpcore asks for it last."""

    def __new__(cls) -> Self:
        return super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        super().set_alpn_protocols(sorted(alpn_protocols))


class FromDevice(httpcore.SyncBackend):
    """Connects from a loopback address, as another device would."""

    def __init__(self, address: str) -> None:
        self._address = address

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        del local_address  # HTTPProxy takes one, and does not use it
        return super().connect_tcp(host, port, timeout, self._address, socket_options)


@dataclass
class House:
    """A home folder, and the proxy that lives in it."""

    home: Path
    environ: dict[str, str]
    port: int
    admin_port: int
    process: subprocess.Popen[str] | None = None

    @property
    def rules(self) -> Path:
        return self.home / "family.yaml"

    @property
    def authority(self) -> Path:
        return self.home / "ca" / "porchlight-ca-cert.pem"

    def start(self, *command: str, announces: bool = True) -> subprocess.Popen[str]:
        """Start the proxy, or another command in its place, and wait until it answers."""
        with (self.home / "stderr").open("a") as stderr:
            self.process = subprocess.Popen(
                [*(command or (sys.executable, "-m", "proxy"))],
                cwd=ROOT,
                env=self.environ,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        if announces:
            assert self.process.stdout is not None
            line = self.process.stdout.readline()
            assert json.loads(line or "null") == {"ready": True, "port": self.port}, self.said
        return self.process

    def stop(self, with_signal: int = signal.SIGTERM) -> int:
        """Stop the proxy; its exit code."""
        process, self.process = self.process, None
        if process is None:
            return 0
        process.send_signal(with_signal)
        try:
            return process.wait(10)
        finally:
            if process.stdout:
                process.stdout.close()

    @property
    def said(self) -> str:
        """What went to stderr."""
        return (self.home / "stderr").read_text()

    def client(
        self, device: str = TABLET, *, http2: bool = False, authority: Path | None = None
    ) -> httpx.Client:
        """A browser on a device, which trusts the home's authority and those of the sites."""
        context = PrefersHttp2() if http2 else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        for trusted in (authority or self.authority, self.home / "origins.pem"):
            context.load_verify_locations(trusted)
        transport = httpx.HTTPTransport()
        transport.close()
        transport._pool = httpcore.HTTPProxy(
            f"http://127.0.0.1:{self.port}",
            ssl_context=context,
            http2=http2,
            network_backend=FromDevice(device),
        )
        return httpx.Client(transport=transport, trust_env=False, timeout=10)

    def raw(self, text: bytes, device: str = TABLET) -> bytes:
        """All that comes back for bytes that no browser would send."""
        with closing(
            socket.create_connection(("127.0.0.1", self.port), 10, (device, 0))
        ) as connection:
            connection.sendall(text)
            answer = b""
            while not is_whole(answer) and (chunk := connection.recv(65536)):
                answer += chunk
        return answer

    def log(self, least: int = 1, most: int = 1000) -> tuple[DecisionRecord, ...]:
        """The log, once it has so many rows; newest first."""
        engine: Engine = open_database(f"sqlite:///{self.home}/porchlight.db")
        try:
            return eventually(
                lambda: decisions.read(engine, decisions.LogQuery(limit=most)),
                lambda rows: len(rows) >= least,
            )
        finally:
            engine.dispose()


def is_whole(answer: bytes) -> bool:
    """Whether an answer has come to the end that it told; a tunnel tells none."""
    head, end, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\ncontent-length: *(\d+)", head)
    return bool(end and length and len(body) >= int(length[1]))


def eventually[T](ask: Callable[[], T], is_enough: Callable[[T], bool], seconds: float = 5.0) -> T:
    """The first answer that is enough; fails after a while."""
    ends = time.monotonic() + seconds
    while True:
        answer = ask()
        if is_enough(answer):
            return answer
        assert time.monotonic() < ends, answer
        time.sleep(0.02)


def build_house(
    home: Path, origins: Origins, more: Mapping[str, str] | None = None, rules: str = RULES
) -> House:
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / "family.yaml").write_text(rules)
    roots = home / "origins.pem"
    origins.authority.cert_pem.write_to_path(roots)
    ports = (origins.http_port, origins.https_port, origins.expired_port, origins.socket_port)
    port, admin_port = free_port(), free_port()
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "PORCHLIGHT_HOME": str(home),
        "PORCHLIGHT_PROXY_PORT": str(port),
        "PORCHLIGHT_ADMIN_PORT": str(admin_port),
        "PORCHLIGHT_REACH": ",".join(f"127.0.0.1:{one}" for one in (*ports, port, admin_port)),
        "PORCHLIGHT_NAMES": ",".join(f"{name}=127.0.0.1" for name in SITES),
        "PORCHLIGHT_UPSTREAM_CA": str(roots),
        **(more or {}),
    }
    return House(home=home, environ=environ, port=port, admin_port=admin_port)


@pytest.fixture(scope="module")
def sites() -> Iterator[Sites]:
    with open_sites() as opened:
        yield opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture
def make_house(tmp_path: Path, origins: Origins) -> Iterator[Callable[..., House]]:
    """Houses that a test may break; their proxies are stopped afterwards."""
    built: list[House] = []

    def make(name: str = "home", **more: str) -> House:
        built.append(build_house(tmp_path / name, origins, more))
        return built[-1]

    yield make
    for house in built:
        if house.process:
            house.stop(signal.SIGKILL)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, origins: Origins) -> Iterator[House]:
    """A house with a running proxy, shared by a file's tests: none of them changes its rules."""
    built = build_house(tmp_path_factory.mktemp("house") / "home", origins)
    built.start()
    yield built
    built.stop(signal.SIGKILL)


@pytest.fixture(autouse=True)
def _forget_hits(request: pytest.FixtureRequest) -> None:
    if "origins" in request.fixturenames:
        request.getfixturevalue("origins").hits.clear()
