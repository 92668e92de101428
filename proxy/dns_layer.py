"""DNS on the wire: datagrams and streams -> queries, asked side by side; answers back.

mitmproxy's own layer asks one query of a connection after the other, closes the connection on a name that
it cannot spell (all of IDNA 2008 and any byte above 127), and spells answers anew. Here a message stays
the bytes that came, and a slow answer holds up no other.
"""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.dns import DNSFlow, DNSMessage
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator, Layer
from mitmproxy.proxy.layers.dns import DnsRequestHook
from mitmproxy.proxy.mode_servers import DnsInstance
from mitmproxy.proxy.mode_specs import DnsMode

IDLE_SECONDS = {"udp": 2.0, "tcp": 10.0}
"""After which a connection that asks nothing is closed; RFC 7766 section 6.2.3 means seconds."""
MOST_WAITING = 64
"""Queries of one connection that are asked side by side. Programs ask two or three."""
SERVER_FAILED = 2
"""RFC 1035 section 4.1.1."""
LONGEST_LABEL = 63
"""RFC 1035 section 2.3.4."""
_QUESTION_ENDS = 5
"""Bytes after the labels: the root, the kind, the class."""

_LENGTH = struct.Struct("!H")
_HEADER = struct.Struct("!HHHHHH")
_ANSWER, _RECURSION_DESIRED, _RECURSION_AVAILABLE = 1 << 15, 1 << 8, 1 << 7
_OPCODE = 0b1111 << 11


class Wire(DNSMessage):
    """A message as it came or goes, of which mitmproxy's fields tell the header only."""

    wire: bytes

    @classmethod
    def read(cls, wire: bytes) -> Self:
        """The message in these bytes.

        Raises:
            ValueError: they are too few to be one.
        """
        if len(wire) < _HEADER.size:
            raise ValueError("too short for a header")
        ident, flags, *_ = _HEADER.unpack_from(wire)
        message = cls(
            id=ident,
            query=not flags & _ANSWER,
            op_code=flags >> 11 & 0b1111,
            authoritative_answer=bool(flags & 1 << 10),
            truncation=bool(flags & 1 << 9),
            recursion_desired=bool(flags & _RECURSION_DESIRED),
            recursion_available=bool(flags & _RECURSION_AVAILABLE),
            reserved=flags >> 4 & 0b111,
            response_code=flags & 0b1111,
            questions=[],
            answers=[],
            authorities=[],
            additionals=[],
            timestamp=time.time(),
        )
        message.wire = bytes(wire)
        return message

    @property
    def packed(self) -> bytes:
        """The bytes themselves."""
        return self.wire

    def fail(self, response_code: int) -> DNSMessage:
        """The answer to it that says what went wrong."""
        return self.read(failure(self.wire, response_code))


@dataclass
class DnsUnansweredHook(commands.StartHook):
    """The hook of a query has neither answered it nor refused to: it broke, and the family wants it to pass."""

    flow: DNSFlow


def failure(query: bytes, code: int = SERVER_FAILED) -> bytes:
    """The answer that says no more than what went wrong. Takes any bytes that have a header."""
    ident, flags, *_ = _HEADER.unpack_from(query)
    kept = flags & (_OPCODE | _RECURSION_DESIRED)
    # Some clients take no answer that does not repeat the question, and wait instead.
    question = _question(query)
    flags = _ANSWER | kept | _RECURSION_AVAILABLE | code
    return _HEADER.pack(ident, flags, 1 if question else 0, 0, 0, 0) + question


def _question(query: bytes) -> bytes:
    """The question as it stands in a message; empty where there is none, or more than one."""
    end = _HEADER.size
    while end < len(query) and 0 < query[end] <= LONGEST_LABEL:
        end += query[end] + 1
    end += _QUESTION_ENDS
    is_whole = _HEADER.unpack_from(query)[2] == 1 and end <= len(query)
    return query[_HEADER.size : end] if is_whole and not query[end - _QUESTION_ENDS] else b""


class OneQuery(Layer):
    """Asks about one query and sends what is answered."""

    def __init__(self, context: Context, query: Wire) -> None:
        """The query is asked at Start."""
        super().__init__(context)
        self._query = query

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        assert isinstance(event, events.Start)  # noqa: S101 - it is sent nothing else
        flow = DNSFlow(self.context.client, self.context.server, live=True)
        flow.request = self._query
        yield DnsRequestHook(flow)
        if flow.response is None and flow.error is None:
            yield DnsUnansweredHook(flow)
        # for a type checker the hooks have changed nothing
        response: DNSMessage | None = flow.response
        wire = failure(self._query.wire) if response is None else response.packed
        if self.context.client.transport_protocol == "tcp":
            wire = _LENGTH.pack(len(wire)) + wire
        yield commands.SendData(self.context.client, wire)
        flow.live = False


class DnsLayer(Layer):
    """One client's connection, or its datagrams from one port."""

    def __init__(self, context: Context) -> None:
        """Waits for the first query."""
        super().__init__(context)
        self._asked: dict[commands.Command, OneQuery] = {}
        self._unread = bytearray()
        self._is_over = False
        self._idle_since = time.monotonic()

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        match event:
            case events.Start():
                yield commands.RequestWakeup(self._patience)
            case events.Wakeup():
                yield from self._look_at_clock()
            case events.DataReceived() if not self._is_over:
                self._idle_since = time.monotonic()
                yield from self._take(event.data)
            case events.CommandCompleted():
                yield from self._pass_on(self._asked.pop(event.command), event)
                self._idle_since = time.monotonic()
            case events.ConnectionClosed():
                yield from self._close()

    @property
    def _patience(self) -> float:
        return IDLE_SECONDS[self.context.client.transport_protocol]

    def _look_at_clock(self) -> CommandGenerator[None]:
        left = self._patience - (time.monotonic() - self._idle_since)
        if self._is_over:
            return
        if left > 0 or self._asked:
            yield commands.RequestWakeup(max(left, self._patience / 2))
        else:
            yield from self._close()

    def _take(self, data: bytes) -> CommandGenerator[None]:
        for wire in self._messages(data):
            try:
                query = Wire.read(wire)
            except ValueError:
                yield from self._close()
                return
            if not query.query:
                yield from self._close()  # answering an answer could go on for ever
                return
            if len(self._asked) >= MOST_WAITING:
                yield commands.SendData(self.context.client, self._framed(failure(wire)))
            else:
                child = OneQuery(self.context.fork(), query)
                yield from self._pass_on(child, events.Start())

    def _pass_on(self, child: OneQuery, event: events.Event) -> CommandGenerator[None]:
        for command in child.handle_event(event):
            if command.blocking:
                self._asked[command] = child
            yield command

    def _messages(self, data: bytes) -> Iterator[bytes]:
        if self.context.client.transport_protocol == "udp":
            yield data
            return
        self._unread += data
        while len(self._unread) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._unread)
            if len(self._unread) < _LENGTH.size + length:
                return
            wire = bytes(self._unread[_LENGTH.size : _LENGTH.size + length])
            del self._unread[: _LENGTH.size + length]
            yield wire

    def _framed(self, wire: bytes) -> bytes:
        is_stream = self.context.client.transport_protocol == "tcp"
        return _LENGTH.pack(len(wire)) + wire if is_stream else wire

    def _close(self) -> CommandGenerator[None]:
        self._is_over = True
        yield commands.CloseConnection(self.context.client)


def dns_instance(server: Proxyserver) -> DnsInstance:
    """Mitmproxy's DNS door with the layer above; the server is mitmproxy's list of connections."""
    instance = DnsInstance(DnsMode.parse("dns"), server)
    # On the instance: mitmproxy knows one class for each mode, and refuses another.
    vars(instance)["make_top_layer"] = DnsLayer
    return instance
