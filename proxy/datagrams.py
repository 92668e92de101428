"""What comes out of a tunnel beside the web: names are asked for, and other UDP is refused, so that programs turn to TCP at once.

A silent refusal would cost a browser seconds. QUIC has an answer for "not in any way that you speak":
the version negotiation packet of RFC 9000 section 6, here with no version that anybody has.
"""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.mode_specs import WireGuardMode

from proxy.dns_layer import DnsLayer

DNS_PORT = 53
LONG_HEADER = 0x80
"""RFC 8999 section 5.1: the first bit of a packet that tells its version."""
NO_VERSION = bytes.fromhex("0a1a2a3a")
"""RFC 9000 section 15: `0x?a?a?a?a` is reserved, to be spoken by nobody."""
_VERSION_ENDS = 5


def next_layer(context: Context, data: bytes) -> layer.Layer | None:
    """What becomes of a datagram, or of a question for a name; None for all else over TCP."""
    is_datagram = context.client.transport_protocol == "udp"
    is_tunnel = isinstance(context.client.proxy_mode, WireGuardMode)
    address = context.server.address
    # the door for names knows of no other place to ask
    is_for_names = address is None or address[1] == DNS_PORT
    if is_for_names and (is_datagram or (is_tunnel and address is not None)):
        return DnsLayer(context)
    return Refusal(context, data) if is_datagram else None


def refusal(datagram: bytes) -> bytes | None:
    """The answer that ends a QUIC connection before it begins; None if the datagram does not begin one."""
    if len(datagram) <= _VERSION_ENDS or not datagram[0] & LONG_HEADER:
        return None
    if datagram[1:_VERSION_ENDS] in {bytes(4), NO_VERSION}:
        return None  # itself a negotiation (never answer one), or one who would take our word
    destination, rest = _connection_id(datagram[_VERSION_ENDS:])
    source, _ = _connection_id(rest)
    if destination is None or source is None:
        return None
    return b"".join(
        (
            bytes([LONG_HEADER]) + bytes(4),
            bytes([len(source)]) + source,
            bytes([len(destination)]) + destination,
            NO_VERSION,
        )
    )


class Refusal(layer.Layer):
    """Answers what begins a QUIC connection, drops the rest, and is done."""

    def __init__(self, context: Context, data: bytes) -> None:
        """The data is the first datagram."""
        super().__init__(context)
        self._answer = refusal(data)

    def _handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        if isinstance(event, events.Start):
            if self._answer is not None:
                yield commands.SendData(self.context.client, self._answer)
            yield commands.CloseConnection(self.context.client)


def _connection_id(data: bytes) -> tuple[bytes | None, bytes]:
    """A connection's id and what follows it; None if the data ends before."""
    if not data or len(data) <= data[0]:
        return None, b""
    return data[1 : data[0] + 1], data[data[0] + 1 :]
