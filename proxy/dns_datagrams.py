"""DNS over UDP: each datagram is one query, asked by itself, with nothing kept once it is answered.

mitmproxy keeps a connection for each port that a datagram came from, and closes it after a while. From then
on mitmproxy_rs 0.12 throws away what comes from that port (seen by trying, for as long as we tried). A
device that asks from one port, or comes by chance to one that was used, would have no answer.
"""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

import asyncio
import socket
from typing import Any

from mitmproxy.addonmanager import AddonManager
from mitmproxy.connection import Client, ConnectionState, Server
from mitmproxy.dns import DNSFlow
from mitmproxy.proxy.layers.dns import DnsRequestHook
from mitmproxy.proxy.mode_specs import DnsMode

from proxy.dns_wire import DnsUnansweredHook, Wire, answer_of, failure

MOST_AT_ONCE = 1_000
"""Queries that wait for their answers; then the next is told at once that it failed."""
MODE = DnsMode.parse("dns")

type Address = tuple[Any, ...]
"""As sockets give it: IP address, port, and for IPv6 two more."""


class Datagrams(asyncio.DatagramProtocol):
    """One open UDP port."""

    def __init__(self, addons: AddonManager) -> None:
        """The addons are asked as by any of mitmproxy's doors."""
        self._addons = addons
        self._transport: asyncio.DatagramTransport | None = None
        self._answering: set[asyncio.Task[None]] = set()
        self._is_closed = asyncio.Event()

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        """Begin."""
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        del exc
        self._is_closed.set()

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Take a query, or nothing."""
        query = Wire.query_in(data)
        if query is None:
            return
        if len(self._answering) >= MOST_AT_ONCE:
            self._send(failure(data), addr)
            return
        task = asyncio.create_task(self._answer(query, addr))
        if not task.done():  # an eager task may be done already
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._own_name()[1])

    def close(self) -> None:
        """Take in nothing more."""
        if self._transport is not None:
            self._transport.close()
        for task in self._answering:
            task.cancel()

    async def wait_closed(self) -> None:
        """Return once the port is free."""
        await self._is_closed.wait()

    async def _answer(self, query: Wire, sender: Address) -> None:
        client = Client(
            transport_protocol="udp",
            peername=sender,
            sockname=self._own_name(),
            proxy_mode=MODE,
            state=ConnectionState.OPEN,
        )
        flow = DNSFlow(client, Server(address=None), live=True)
        flow.request = query
        await self._addons.handle_lifecycle(DnsRequestHook(flow))
        if flow.response is None and flow.error is None:
            await self._addons.handle_lifecycle(DnsUnansweredHook(flow))
        self._send(answer_of(flow), sender)

    def _send(self, wire: bytes, receiver: Address) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(wire, receiver)

    def _own_name(self) -> Address:
        name: Address = ("", 0)
        if self._transport is not None:
            name = self._transport.get_extra_info("sockname", name)
        return name


async def open_datagrams(host: str, port: int, addons: AddonManager) -> Datagrams:
    """An open UDP port that answers queries; port 0 is any free one.

    Raises:
        OSError: the port is taken or may not be used.
    """
    loop = asyncio.get_running_loop()
    opened = _socket(host, port)
    _, door = await loop.create_datagram_endpoint(lambda: Datagrams(addons), sock=opened)
    return door


def _socket(host: str, port: int) -> socket.socket:
    is_six = ":" in host
    opened = socket.socket(socket.AF_INET6 if is_six else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        opened.setblocking(False)
        if is_six:  # asyncio leaves it open to IPv4, and the same port could not be opened for both
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind((host, port))
    except OSError:
        opened.close()
        raise
    return opened
