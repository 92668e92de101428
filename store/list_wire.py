"""One question over HTTPS, and its answer, in time. Sends nothing that the family did not write.

Law: every address of the host is judged, the connection goes to one that was judged, and nobody
looks the name up again. Certificate and SNI are the name's. No proxy of the environment is asked.
"""

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import certifi
import h11

from rules.hosts import Url
from rules.reach import is_loopback_name, is_outside
from store.list_faults import Fault, ListRefused
from store.list_files import MOST_CHARACTERS

HTTPS_PORT = 443
READ_BYTES = 1 << 16
MOST_HEADER_BYTES = 1 << 16
"""Of an answer's headers; also of a chunk's."""
LINGER_SECONDS = 1.0
"""How long the end of a connection is waited for, after an answer that said its own length."""

type LookUp = Callable[[str], Sequence[str]]
"""A host's addresses. Raises OSError where it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much and how long."""

    wire_bytes: int = 1 << 28
    """Of a list as it comes."""
    unpacked_bytes: int = MOST_CHARACTERS
    connect: timedelta = timedelta(seconds=15)
    """For the look-up, for each address, and for TLS."""
    silence: timedelta = timedelta(seconds=30)
    """Between two pieces."""
    whole: timedelta = timedelta(minutes=15)
    """For all, with everything that it leads on to."""


def look_up(host: str) -> tuple[str, ...]:
    """What the system's DNS says. Waits as long as that takes.

    Raises:
        OSError: it knows none.
    """
    infos = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(info[4][0]) for info in infos))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The way out of this house, by its settings."""

    names: Mapping[str, str] = field(default_factory=dict)
    """Hosts with an IP address of the family's own, instead of asking DNS."""
    reach: Collection[str] = ()
    """Machines inside the house that may be asked, as `192.168.1.5:8096` or `[fd00::1]:443`."""
    trust: ssl.SSLContext | None = None
    """None: the well-known authorities."""
    resolve: LookUp = look_up


class Deadline:
    """The end of the time for all."""

    def __init__(self, whole: timedelta) -> None:
        self._end = time.monotonic() + whole.total_seconds()

    def seconds(self, most: timedelta) -> float:
        """How long the next step may take, at most this.

        Raises:
            ListRefused: time has run out.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise ListRefused(Fault.SLOW, "whole")
        return min(left, most.total_seconds())


class Answer:
    """What a server answers."""

    def __init__(self, stream: ssl.SSLSocket, limits: Limits, deadline: Deadline) -> None:
        self.status = 0
        self.headers: Mapping[str, str] = {}
        """By name in lower case."""
        self._stream = stream
        self._limits = limits
        self._deadline = deadline
        self._protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_HEADER_BYTES)
        self._is_ended = False

    def ask(self, request: h11.Request) -> None:
        """Send a request without a body, and read what is before the answer's."""
        try:
            self._stream.settimeout(self._deadline.seconds(self._limits.silence))
            self._stream.sendall(self._protocol.send(request) or b"")
            self._protocol.send(h11.EndOfMessage())
        except OSError as error:
            raise ListRefused(Fault.UNREACHABLE, str(error)) from error
        while not isinstance(event := self._next(), h11.Response):
            pass  # early hints and their like
        self.status = event.status_code
        self.headers = {name.decode(): value.decode("latin-1") for name, value in event.headers}

    def pieces(self) -> Generator[bytes]:
        """The body as it comes.

        Raises:
            ListRefused: time has run out, or it is not as long as it says.
        """
        while isinstance(event := self._next(), h11.Data):
            yield bytes(event.data)
        if self._protocol.trailing_data[0] or self._goes_on():
            raise ListRefused(Fault.CUT, "Content-Length")

    def _next(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        try:
            while (event := self._protocol.next_event()) is h11.NEED_DATA:
                self._protocol.receive_data(self._read())
        except h11.RemoteProtocolError as error:
            raise ListRefused(
                Fault.CUT if self._is_ended else Fault.NOT_HTTP, str(error)
            ) from error
        return event

    def _read(self) -> bytes:
        try:
            self._stream.settimeout(self._deadline.seconds(self._limits.silence))
            piece = self._stream.recv(READ_BYTES)
        except TimeoutError as error:
            self._deadline.seconds(self._limits.silence)  # says so, if it was the whole
            raise ListRefused(Fault.SLOW, "silence") from error
        except OSError as error:
            raise ListRefused(Fault.CUT, str(error)) from error
        self._is_ended = not piece
        return piece

    def _goes_on(self) -> bool:
        try:
            self._stream.settimeout(LINGER_SECONDS)
            return bool(self._stream.recv(1))
        except OSError:
            return False


@contextmanager
def ask(
    url: Url, request: h11.Request, outside: Outside, limits: Limits, deadline: Deadline
) -> Iterator[Answer]:
    """The answer to a request; the connection is closed after the block.

    Raises:
        ListRefused: there is no way there, or no answer that can be read.
    """
    plain = _connect(url, outside, limits, deadline)
    with plain, _secure(plain, url.host, outside, limits, deadline) as stream:
        answer = Answer(stream, limits, deadline)
        answer.ask(request)
        yield answer


def trusted(extra: Path | None = None) -> ssl.SSLContext:
    """Trust in the well-known authorities, and in those of a PEM file beside them.

    Raises:
        OSError: the file cannot be read, or holds no certificate.
    """
    context = ssl.create_default_context(cafile=certifi.where())
    if extra is not None:
        context.load_verify_locations(cafile=extra)
    return context


def judged(url: Url, outside: Outside, seconds: float) -> tuple[str, ...]:
    """The addresses of a URL's host, all of which may be connected to.

    Raises:
        ListRefused: there is none, or one of them is inside the house: honest sites have no such.
    """
    port = url.port or HTTPS_PORT
    addresses = _addresses(url, outside, seconds)
    if not addresses:
        raise ListRefused(Fault.UNKNOWN_NAME, url.host)
    for address in addresses:
        shown = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        if not is_outside(address) and shown not in outside.reach:
            raise ListRefused(Fault.INSIDE, f"{url.host} {address}")
    return addresses


def _addresses(url: Url, outside: Outside, seconds: float) -> tuple[str, ...]:
    if url.host in outside.names:
        return (outside.names[url.host],)
    if url.is_address:
        return (url.host,)
    if is_loopback_name(url.host):
        return ("127.0.0.1",)
    answers: queue.SimpleQueue[Sequence[str] | None] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put(outside.resolve(url.host))
        except (OSError, UnicodeError):
            answers.put(None)

    # A daemon thread: the C library's look-up has no time limit of its own, and may hang for a minute.
    threading.Thread(target=work, daemon=True, name="look-up").start()
    try:
        return tuple(answers.get(timeout=seconds) or ())
    except queue.Empty:
        raise ListRefused(Fault.SLOW, "look-up") from None


def _connect(url: Url, outside: Outside, limits: Limits, deadline: Deadline) -> socket.socket:
    last = OSError()
    for address in judged(url, outside, deadline.seconds(limits.connect)):
        try:
            return socket.create_connection(
                (address, url.port or HTTPS_PORT), deadline.seconds(limits.connect)
            )
        except OSError as error:
            last = error
    if isinstance(last, TimeoutError):
        raise ListRefused(Fault.SLOW, "connect") from last
    raise ListRefused(Fault.UNREACHABLE, last.strerror or str(last)) from last


def _secure(
    plain: socket.socket, host: str, outside: Outside, limits: Limits, deadline: Deadline
) -> ssl.SSLSocket:
    trust = outside.trust or trusted()
    plain.settimeout(deadline.seconds(limits.connect))
    try:
        # an end that TLS did not announce is a cut, not an end
        return trust.wrap_socket(plain, server_hostname=host, suppress_ragged_eofs=False)
    except TimeoutError as error:
        raise ListRefused(Fault.SLOW, "connect") from error
    except ssl.SSLCertVerificationError as error:
        raise ListRefused(Fault.NOT_SECURE, error.verify_message) from error
    except ssl.SSLError as error:
        raise ListRefused(Fault.NOT_SECURE, error.reason or str(error)) from error
    except OSError as error:
        raise ListRefused(Fault.UNREACHABLE, str(error)) from error
