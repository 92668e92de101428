"""Ways round the filter, as tables of vectors: read, walked through one real proxy, and what came of each."""

import ssl
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SHUT_RDWR, create_server, socket
from typing import Any

import yaml

from rules.decision import DecisionRecord
from tests.e2e.conftest import House, Origins, build_house, certified, eventually, talker
from tests.e2e.walks import Outcome, walk

TABLES = Path(__file__).parents[1] / "ways_round"
AT_ONCE = 6
BANNER = b"220 mail.example ready\r\n"
SWITCHED = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: tunnel/1\r\nConnection: Upgrade\r\n\r\nsecret"
)


@dataclass(frozen=True, kw_only=True)
class Vector:
    """One way round that somebody may try, and what has to come of it."""

    name: str
    """`names-12`, for the test's name."""
    who: str
    """The profile whose device tries it."""
    address: str
    """That device's."""
    does: Mapping[str, Any]
    """How it is tried (walks.py)."""
    expects: Mapping[str, Any]
    """`is`, `because` and fields of the row in the log."""


@dataclass
class Walked:
    """What came of all vectors."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    """By the vector's name."""
    rows: dict[str, list[DecisionRecord]] = field(default_factory=dict)
    """By the device's address, oldest first."""
    hits: list[tuple[str, str, str]] = field(default_factory=list)
    """Vector, Host and path of every request that reached a site."""


EXPECTED = frozenset(
    {
        *("is", "because", "category", "entry", "listed", "source", "inside", "look", "profile"),
        *(
            "seen",
            "scheme",
            "by",
            "path",
            "gets",
            "opened",
            "rows",
            "status",
            "action",
            "hops",
            "reaches",
            "why",
        ),
    }
)
"""Keys of a vector that say what has to come of it."""


def vectors() -> list[Vector]:
    """All vectors of all tables; each has a device of its own, by which its rows in the log are known."""
    found: list[Vector] = []
    for path in sorted(TABLES.glob("*.yaml")):
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        for number, written in enumerate(table["vectors"], 1):
            place = len(found) + 1
            given = {**table.get("all", {}), **written}
            found.append(
                Vector(
                    name=f"{path.stem}-{number}",
                    who=given.pop("who", "kid"),
                    address=f"127.77.{place // 250}.{place % 250 + 1}",
                    does={key: value for key, value in given.items() if key not in EXPECTED},
                    expects={key: value for key, value in given.items() if key in EXPECTED},
                )
            )
    return found


def rules(tried: list[Vector]) -> str:
    """The family's rules, with a device for each vector."""
    family = (TABLES / "family.yaml.txt").read_text(encoding="utf-8")
    owned: dict[str, list[str]] = {who: [] for who in ("kid", "garden", "grown", "sites")}
    for vector in tried:
        owned.setdefault(vector.who, []).append(vector.name)
    for who, names in owned.items():
        family = family.replace(f"devices: [{who}]", f"devices: [{', '.join(names)}]")
    named = [one for one in tried if one.who != "unknown"]
    return (
        family + "devices:\n" + "".join(f"  {one.name}: {{ip: {one.address}}}\n" for one in named)
    )


class Site(BaseHTTPRequestHandler):
    """Answers every path, and remembers which vector got here."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    hits: list[tuple[str, str, str]]

    def do_GET(self) -> None:
        """Say hello; lead on from /to?URL; answer with DNS on /answers-dns."""
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        vector, host = self.headers.get("X-Vector", ""), self.headers.get("Host", "")
        self.hits.append((vector, host, self.path))
        body = b"hello"
        where, _, query = self.path.partition("?")
        self.send_response(302 if where == "/to" else 200)
        if where == "/to":
            self.send_header("Location", query)
        kind = "application/dns-message" if where == "/answers-dns" else "text/html"
        self.send_header("Content-Type", kind)
        self.send_header("Alt-Svc", 'h3=":443"; ma=86400')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_POST = do_HEAD = do_PUT = do_OPTIONS = do_GET  # noqa: N815 - the base class's names

    def log_message(self, *_: object) -> None:
        """Nothing: the tests' output is read by people."""


class Sites(ThreadingHTTPServer):
    """A server whose clients go as they like."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Nothing: half of what is tried here ends in the middle."""


@contextmanager
def site(hits: list[tuple[str, str, str]], context: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of a web site."""
    server = Sites(("127.0.0.1", 0), type("ItsSite", (Site,), {"hits": hits}))
    if context is not None:
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def speaker(banner: bytes, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of a server that says its banner and sends back what it hears."""
    listener = create_server(("127.0.0.1", 0))

    def talk(connection: socket) -> None:
        try:
            heard = context.wrap_socket(connection, server_side=True) if context else connection
            with closing(heard):
                heard.sendall(banner)
                while said := heard.recv(65536):
                    heard.sendall(said)
        except OSError:
            connection.close()

    def serve() -> None:
        try:
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=talk, args=(connection,), daemon=True).start()
        except OSError:
            return

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(SHUT_RDWR)
        listener.close()


@contextmanager
def walked(home: Path, origins: Origins, tried: list[Vector]) -> Iterator[Walked]:
    """All vectors walked, a few at a time, and their rows read from the log once."""
    names = (TABLES / "names.txt").read_text(encoding="utf-8").split()
    done = Walked()
    secure = certified(origins.authority.issue_cert(*names))
    with ExitStack() as stack:
        ports = {
            "http": stack.enter_context(site(done.hits)),
            "https": stack.enter_context(site(done.hits, secure)),
            "echo": stack.enter_context(speaker(b"")),
            "mail": stack.enter_context(speaker(BANNER)),
            "tls_echo": stack.enter_context(speaker(b"", secure)),
            "talk": stack.enter_context(talker()),
            "tls_talk": stack.enter_context(talker(secure)),
            "upgrade": stack.enter_context(speaker(SWITCHED)),
            "tls_upgrade": stack.enter_context(speaker(SWITCHED, secure)),
        }
        house = new_house(home, origins, names, ports, rules(tried))
        ports |= {"admin": house.admin_port, "proxy": house.port}
        house.start()
        assert not house.said
        stack.callback(house.stop)

        def one(vector: Vector) -> None:
            done.outcomes[vector.name] = walk(
                house.port, vector.address, {"id": vector.name, **vector.does}, ports
            )

        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(one, tried))
        for row in reversed(settled_log(house)):
            done.rows.setdefault(row.client, []).append(row)
        yield done


def new_house(
    home: Path, origins: Origins, names: list[str], ports: Mapping[str, int], text: str
) -> House:
    """A house whose proxy knows the sites on loopback."""
    house = build_house(home, origins, rules=text)
    reach = ",".join(f"127.0.0.1:{port}" for port in ports.values())
    house.environ["PORCHLIGHT_REACH"] += f",{reach}"
    house.environ["PORCHLIGHT_NAMES"] = ",".join(
        (*(f"{name}=127.0.0.1" for name in names), "inside.example=192.168.7.7")
    )
    return house


def settled_log(house: House) -> tuple[DecisionRecord, ...]:
    """The log, newest first, once nothing more comes."""
    seen = [-1]

    def rests(rows: tuple[DecisionRecord, ...]) -> bool:
        before, seen[0] = seen[0], len(rows)
        return before == len(rows)

    return eventually(lambda: read_after_a_while(house), rests)


def read_after_a_while(house: House) -> tuple[DecisionRecord, ...]:
    threading.Event().wait(0.5)  # longer than the recorder gathers
    return house.log(0, most=10_000)
