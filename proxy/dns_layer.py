"""DNS over a stream, or in a tunnel: queries asked side by side, answers back.

mitmproxy's own layer asks one query of a connection after the other, and closes the connection on a name
that it cannot spell. Here a slow answer holds up no other.
"""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

import struct
import time
from collections.abc import Iterator

from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.dns import DNSFlow
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator, Layer
from mitmproxy.proxy.layers.dns import DnsRequestHook
from mitmproxy.proxy.mode_servers import DnsInstance
from mitmproxy.proxy.mode_specs import DnsMode

from proxy.dns_wire import DnsUnansweredHook, Wire, answer_of, failure

IDLE_SECONDS = 10.0
"""After which a stream that asks nothing is closed; RFC 7766 section 6.2.3 means seconds."""
MOST_WAITING = 64
"""Queries of one connection that are asked side by side. Programs ask two or three."""

_LENGTH = struct.Struct("!H")


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
        yield commands.SendData(self.context.client, framed(self.context, answer_of(flow)))
        flow.live = False


class DnsLayer(Layer):
    """One client's stream, or its datagrams from one port.

    The latter are left open until mitmproxy closes them: what comes afterwards is lost (dns_datagrams.py).
    """

    def __init__(self, context: Context) -> None:
        """Waits for the first query."""
        super().__init__(context)
        self._asked: dict[commands.Command, OneQuery] = {}
        self._unread = bytearray()
        self._is_over = False
        self._idle_since = time.monotonic()

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        match event:
            case events.Start() if is_stream(self.context):
                yield commands.RequestWakeup(IDLE_SECONDS)
            case events.Wakeup():
                yield from self._look_at_clock()
            case events.DataReceived() if not self._is_over:
                yield from self._take(event.data)
            case events.CommandCompleted():
                yield from self._pass_on(self._asked.pop(event.command), event)
                self._idle_since = time.monotonic()
            case events.ConnectionClosed():
                yield from self._close()

    def _look_at_clock(self) -> CommandGenerator[None]:
        left = IDLE_SECONDS - (time.monotonic() - self._idle_since)
        if self._is_over:
            return
        if left > 0 or self._asked:
            yield commands.RequestWakeup(max(left, IDLE_SECONDS / 2))
        else:
            yield from self._close()

    def _take(self, data: bytes) -> CommandGenerator[None]:
        for wire in self._messages(data):
            self._idle_since = time.monotonic()  # pieces of one do not count
            query = Wire.query_in(wire)
            if query is None:
                if is_stream(self.context):
                    yield from self._close()
                return
            if len(self._asked) >= MOST_WAITING:
                yield commands.SendData(self.context.client, framed(self.context, failure(wire)))
            else:
                child = OneQuery(self.context.fork(), query)
                yield from self._pass_on(child, events.Start())

    def _pass_on(self, child: OneQuery, event: events.Event) -> CommandGenerator[None]:
        for command in child.handle_event(event):
            if command.blocking:
                self._asked[command] = child
            yield command

    def _messages(self, data: bytes) -> Iterator[bytes]:
        if not is_stream(self.context):
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

    def _close(self) -> CommandGenerator[None]:
        self._is_over = True
        yield commands.CloseConnection(self.context.client)


def is_stream(context: Context) -> bool:
    """Whether messages come with their lengths before them."""
    return context.client.transport_protocol == "tcp"


def framed(context: Context, wire: bytes) -> bytes:
    """A message as it goes to the client."""
    return _LENGTH.pack(len(wire)) + wire if is_stream(context) else wire


def dns_instance(server: Proxyserver) -> DnsInstance:
    """Mitmproxy's DNS door with the layer above; the server is mitmproxy's list of connections."""
    instance = DnsInstance(DnsMode.parse("dns"), server)
    # On the instance: mitmproxy knows one class for each mode, and refuses another.
    vars(instance)["make_top_layer"] = DnsLayer
    return instance
