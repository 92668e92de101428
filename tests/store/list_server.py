"""A server of lists on loopback, over TLS, that can do whatever it likes."""

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import trustme

from store.list_wire import Limits, Outside

HOST = "lists.example"
LIST = "# Title: Bets\n" + "".join(f"bet{number}.example\n" for number in range(1000))
PATIENT = Limits(wire_bytes=1 << 20, unpacked_bytes=1 << 21)
QUICK = replace(
    PATIENT,
    connect=timedelta(seconds=0.3),
    silence=timedelta(seconds=0.3),
    whole=timedelta(seconds=0.8),
)
"""For servers that would take for ever. With others a busy machine may need longer."""

type Deed = Callable[[ssl.SSLSocket], None]
"""What the server does once it has read the request. After it the connection is cut."""


def answer(
    body: bytes = LIST.encode(), *, status: str = "200 OK", length: int | None = None, **more: str
) -> bytes:
    """A whole answer. Headers are written `content_type="text/plain"`."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {said}" for name, said in more.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def leading(to: str, status: str = "302 Found") -> bytes:
    return answer(b"", status=status, location=to)


def cut(said: bytes) -> Deed:
    """Send this, and end without a word of TLS."""
    return lambda stream: stream.sendall(said)


def silent(said: bytes) -> Deed:
    """Send this, then nothing more, until the client has had enough."""

    def deed(stream: ssl.SSLSocket) -> None:
        stream.sendall(said)
        stream.recv(1)

    return deed


def endless(said: bytes, again: bytes, *, pause: float = 0) -> Deed:
    """Send this, then that until the client has had enough."""

    def deed(stream: ssl.SSLSocket) -> None:
        stream.sendall(said)
        wait = threading.Event()
        while True:
            stream.sendall(again)
            if pause:
                wait.wait(pause)

    return deed


def bomb(size: int) -> bytes:
    return gzip.compress(bytes([ord("a")]) * size)


class ListServer:
    """Runs until its block ends."""

    def __init__(self, authority: trustme.CA, *, has_expired: bool = False) -> None:
        self.deeds: dict[str, bytes | Deed] = {}
        """By path."""
        self.requests: list[str] = []
        """As they came."""
        self.authority = authority
        self.names: list[str | None] = []
        """The SNI of each connection."""
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        end = datetime.now(UTC) + timedelta(days=-1 if has_expired else 1)
        authority.issue_cert(
            HOST, not_before=end - timedelta(days=9), not_after=end
        ).configure_cert(self._context)
        self._context.sni_callback = lambda _stream, name, _context: self.names.append(name)
        self._trust = ssl.create_default_context()
        authority.configure_trust(self._trust)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]

    @property
    def outside(self) -> Outside:
        """As a house's settings lead here."""
        return Outside(
            names={HOST: "127.0.0.1"}, reach={f"127.0.0.1:{self.port}"}, trust=self._trust
        )

    def url(self, path: str, deed: bytes | Deed | None = None) -> str:
        """The address of a path, at which this is done from now on."""
        if deed is not None:
            self.deeds[path] = deed
        return f"https://{HOST}:{self.port}{path}"

    def run(self) -> None:
        with suppress(OSError):  # the end of the block closes it
            while True:
                stream, _ = self._socket.accept()
                threading.Thread(target=self._serve, args=(stream,), daemon=True).start()

    def close(self) -> None:
        # accept() in another thread wakes up by this, not by closing alone
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self, plain: socket.socket) -> None:
        with suppress(OSError), plain, self._context.wrap_socket(plain, server_side=True) as stream:
            request = b""
            while b"\r\n\r\n" not in request:
                request += stream.recv(4096)
            self.requests.append(request.decode("latin-1"))
            deed = self.deeds[request.split()[1].decode()]
            if isinstance(deed, bytes):
                stream.sendall(deed)
                stream.unwrap()
            else:
                deed(stream)


@contextmanager
def serving(server: ListServer) -> Iterator[ListServer]:
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join()
