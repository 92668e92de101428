"""What is asked for rather than where: searches, and files that only the site's answer shows."""

import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import h2.config
import h2.connection
import h2.events
import httpx
import pytest

from rules.decision import DecisionRecord, Reason
from rules.policy import Action
from rules.request import Stage
from tests.e2e.conftest import LAPTOP, TABLET, House, Origins, build_house, certified, eventually

pytestmark = pytest.mark.e2e

RULES = """\
porchlight: 1
timezone: UTC
never:
  - {search: how to make a bomb}
profiles:
  younger:
    devices: [tablet]
    block:
      - {mime: video/*}
      - {search: "cờ bạc"}
    downloads: {block: [exe]}
    log: full
  grown: {devices: [laptop], log: full}
devices:
  tablet: {ip: 127.0.0.2}
  laptop: {ip: 127.0.0.3}
"""
HOSTS = ("www.google.com", "files.example")
PAGE = {"Sec-Fetch-Dest": "document", "Accept": "text/html,*/*"}
SECRET = b"what nobody must get"
HEADERS = {
    "/get": {"Content-Disposition": "attachment; filename*=UTF-8''tr%C3%B2%20ch%C6%A1i.EXE"},
    "/film": {"Content-Type": "Video/MP4; codecs=avc1"},
    "/setup.exe": {"Content-Type": "text/html"},
    "/two-names": {"Content-Disposition": "attachment; filename=game.exe; filename*="},
    "/two-types": {"Content-Type": "text/html; a=b, video/mp4,"},
}
ENDLESS_SECONDS = 20


@dataclass
class Shelf:
    """A site with files, and what it noticed."""

    hits: list[str] = field(default_factory=list)
    ranges: list[str | None] = field(default_factory=list)
    cut_off: threading.Event = field(default_factory=threading.Event)
    """Its endless answer was ended by whoever read it."""


class Site(BaseHTTPRequestHandler):
    """Answers every path with the same body, and the headers that the path stands for."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    shelf: Shelf

    def do_GET(self) -> None:
        self.shelf.hits.append(self.path)
        self.shelf.ranges.append(self.headers.get("Range"))
        self.send_response(200)
        kind = HEADERS.get(self.path.partition("?")[0], {"Content-Type": "text/html"})
        for name, value in kind.items():
            self.send_header(name, value)
        if "endless" in self.path:
            self.endless()
            return
        self.send_header("Content-Length", str(len(SECRET)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(SECRET)

    do_HEAD = do_GET  # noqa: N815 - the base class's name

    def do_POST(self) -> None:
        """Answer before the body has come."""
        self.do_GET()
        self.rfile.read(int(self.headers["Content-Length"]))

    def endless(self) -> None:
        self.close_connection = True
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        ends = time.monotonic() + ENDLESS_SECONDS
        try:
            while time.monotonic() < ends:
                self.wfile.write(b"14\r\n%s\r\n" % SECRET)
                time.sleep(0.01)
        except OSError:
            self.shelf.cut_off.set()

    def log_message(self, *_: object) -> None:
        """Nothing: the tests' output is read by people."""


@contextmanager
def served(shelf: Shelf, context: ssl.SSLContext) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("ItsSite", (Site,), {"shelf": shelf}))
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Http2Shelf:
    """A site that speaks HTTP/2 alone: it sends half of a film and notices how its stream ends."""

    def __init__(self, context: ssl.SSLContext) -> None:
        context.set_alpn_protocols(["h2"])
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.was_reset = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with self._context.wrap_socket(connection, server_side=True) as secure:
                    self._talk(secure)

    def _talk(self, secure: ssl.SSLSocket) -> None:
        talk = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        talk.initiate_connection()
        secure.sendall(talk.data_to_send())
        while data := secure.recv(65536):
            for event in talk.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    path = dict(event.headers)[b":path"]
                    is_film = path == b"/film"
                    kind = "video/mp4" if is_film else "text/html"
                    talk.send_headers(event.stream_id, [(":status", "200"), ("content-type", kind)])
                    talk.send_data(event.stream_id, SECRET, end_stream=not is_film)
                elif isinstance(event, h2.events.StreamReset):
                    self.was_reset.set()
            secure.sendall(talk.data_to_send())


@dataclass
class Town:
    """A house with its proxy, and the sites that it reaches."""

    house: House
    shelf: Shelf
    port: int
    http2: Http2Shelf

    def url(self, path: str, host: str = "files.example", port: int | None = None) -> str:
        return f"https://{host}:{port or self.port}{path}"

    def rows_of(self, ident: str) -> list[DecisionRecord]:
        """The log's lines of one decision, once something later is in the log too."""
        with self.house.client(LAPTOP) as client:
            later = f"/later-than-{ident}"
            client.get(self.url(later))
        rows = eventually(self.house.log, lambda found: later in {row.path for row in found})
        return [row for row in rows if row.decision.id == ident]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, origins: Origins) -> Iterator[Town]:
    def context() -> ssl.SSLContext:
        return certified(origins.authority.issue_cert(*HOSTS))

    home: Path = tmp_path_factory.mktemp("town") / "home"
    shelf, http2 = Shelf(), Http2Shelf(context())
    with served(shelf, context()) as port, closing(http2):
        more = {
            "PORCHLIGHT_NAMES": ",".join(f"{host}=127.0.0.1" for host in HOSTS),
            "PORCHLIGHT_REACH": f"127.0.0.1:{port},127.0.0.1:{http2.port}",
        }
        house = build_house(home, origins, more, RULES)
        house.start()
        try:
            yield Town(house, shelf, port, http2)
        finally:
            house.stop()
        assert "Traceback" not in house.said


@pytest.fixture(autouse=True)
def _forget(town: Town) -> None:
    town.shelf.hits.clear()
    town.shelf.ranges.clear()
    town.shelf.cut_off.clear()


def ident_of(answer: httpx.Response, line: int, reason: str = "file") -> str:
    mark = answer.headers["x-porchlight"]
    found = re.fullmatch(rf"block; reason={reason}; rule=family\.yaml:{line}; id=(\w{{12}})", mark)
    assert found, mark
    return found[1]


@pytest.mark.parametrize("http2", [False, True])
@pytest.mark.parametrize(
    ("path", "line"), [("/get", 11), ("/film", 9), ("/two-names", 11), ("/two-types", 9)]
)
def test_an_answer_of_a_closed_kind_never_reaches_the_child(
    town: Town, path: str, line: int, *, http2: bool
) -> None:
    with town.house.client(http2=http2) as client:
        answer = client.get(town.url(path), headers=PAGE)
        after = client.get(town.url("/page"))

    assert answer.status_code == 403
    assert SECRET not in answer.content
    assert "files of this kind closed" in answer.text
    assert not {"content-disposition", "transfer-encoding"} & answer.headers.keys()
    assert (after.status_code, after.content) == (200, SECRET)
    assert town.shelf.hits == [path, "/page"]
    (row,) = town.rows_of(ident_of(answer, line))
    assert (row.path, row.decision.reason, row.decision.look) == (path, Reason.FILE, Stage.REPLY)


@pytest.mark.parametrize("http2", [False, True])
def test_a_file_that_its_address_shows_is_never_asked_of_the_site(
    town: Town, *, http2: bool
) -> None:
    with town.house.client(http2=http2) as client:
        answer = client.get(town.url("/setup.exe?v=2"), headers=PAGE)
    ident_of(answer, 11)
    assert town.shelf.hits == []


@pytest.mark.parametrize("http2", [False, True])
def test_an_endless_answer_is_ended_at_once(town: Town, *, http2: bool) -> None:
    with town.house.client(http2=http2) as client:
        begun = time.monotonic()
        answer = client.get(town.url("/film?endless"))
        assert client.get(town.url("/page")).content == SECRET
    assert answer.status_code == 403
    assert time.monotonic() - begun < ENDLESS_SECONDS / 2
    assert town.shelf.cut_off.wait(5)


def test_a_download_manager_that_asks_for_the_head_first_is_told(town: Town) -> None:
    with town.house.client() as client:
        answer = client.head(town.url("/get"))
        assert client.head(town.url("/page")).status_code == 200
    ident_of(answer, 11)
    assert answer.content == b""


def test_a_part_of_a_page_is_blocked_in_its_own_form(town: Town) -> None:
    with town.house.client() as client:
        answer = client.get(town.url("/film"), headers={"Sec-Fetch-Dest": "video"})
    assert (answer.status_code, answer.content) == (403, b"")
    assert "content-type" not in answer.headers


@pytest.mark.parametrize("http2", [False, True])
def test_a_site_that_answers_before_it_has_the_whole_body_is_ended_too(
    town: Town, *, http2: bool
) -> None:
    with town.house.client(http2=http2) as client:
        answer = client.post(town.url("/film"), content=bytes(1 << 22))
    assert answer.status_code == 403
    assert SECRET not in answer.content


def test_over_http2_only_that_stream_is_ended(town: Town) -> None:
    with town.house.client(http2=True) as client:
        answer = client.get(town.url("/film", port=town.http2.port), headers=PAGE)
        after = client.get(town.url("/page", port=town.http2.port))
    ident_of(answer, 9)
    assert SECRET not in answer.content
    assert town.http2.was_reset.wait(5)
    assert (after.status_code, after.content) == (200, SECRET)


def test_pieces_that_would_hide_what_they_are_are_not_asked_for(town: Town) -> None:
    with town.house.client() as client:
        client.get(town.url("/page"), headers={"Range": "bytes=0-1,3-4"})
        client.get(town.url("/page"), headers={"Range": "bytes=0-1"})
    with town.house.client(LAPTOP) as client:
        client.get(town.url("/page"), headers={"Range": "bytes=0-1,3-4"})
    assert town.shelf.ranges == [None, "bytes=0-1", "bytes=0-1,3-4"]


def test_what_passes_is_streamed_and_logged_once(town: Town) -> None:
    with town.house.client() as client, client.stream("GET", town.url("/page?endless")) as answer:
        assert answer.status_code == 200
        assert next(answer.iter_raw()).startswith(SECRET)
    rows = eventually(town.house.log, lambda found: "/page?endless" in {row.path for row in found})
    (row,) = [row for row in rows if row.path == "/page?endless"]
    assert (row.decision.action, row.decision.look) == (Action.ALLOW, Stage.REPLY)


def test_a_request_that_never_has_an_answer_is_logged(town: Town) -> None:
    with closing(socket.create_server(("127.0.0.1", town.house.admin_port))) as mute:
        target = f"127.0.0.1:{mute.getsockname()[1]}"
        with closing(
            socket.create_connection(("127.0.0.1", town.house.port), 10, (TABLET, 0))
        ) as connection:
            connection.sendall(
                f"GET http://{target}/mute HTTP/1.1\r\nHost: {target}\r\n\r\n".encode()
            )
            time.sleep(0.5)
    rows = eventually(town.house.log, lambda found: "/mute" in {row.path for row in found})
    (row,) = [row for row in rows if row.path == "/mute"]
    assert row.decision.profile == "younger"


def test_another_profile_is_not_held_to_it(town: Town) -> None:
    with town.house.client(LAPTOP) as client:
        for path in ("/get", "/film", "/setup.exe"):
            assert client.get(town.url(path)).content == SECRET


@pytest.mark.parametrize(
    ("words", "reason", "line"),
    [
        ("cờ bạc online", "search", 10),
        ("CỜ BẠC", "search", 10),
        ("how to make a bomb", "never", 4),
    ],
)
def test_a_search_is_closed_before_it_is_asked(
    town: Town, words: str, reason: str, line: int
) -> None:
    with town.house.client(http2=True) as client:
        url = town.url(f"/search?q={quote(words)}", "www.google.com")
        answer = client.get(url, headers=PAGE)
        ident_of(answer, line, reason)
        assert client.get(town.url("/search?q=c%C3%A1+c%E1%BB%9D", "www.google.com")).is_success
    assert town.shelf.hits == ["/search?q=c%C3%A1+c%E1%BB%9D"]
