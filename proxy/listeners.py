"""The doors that are open: they follow what is wanted, and one that cannot open stops no other.

Law: closing a door ends nobody's connection but those of its own tunnel.
"""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from mitmproxy import ctx
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.proxy.mode_servers import (
    AsyncioServerInstance,
    RegularInstance,
    TransparentInstance,
    WireGuardServerInstance,
)
from mitmproxy.proxy.mode_specs import RegularMode, TransparentMode, WireGuardMode
from mitmproxy_rs.wireguard import start_wireguard_server

from proxy.dns_datagrams import open_datagrams
from proxy.dns_layer import dns_instance
from proxy.ways import Kind, Wanted, Way, closed
from store.wireguard import public_half

WAITING_CONNECTIONS = 1024
"""Connections that may wait to be taken; a page opens dozens at once."""
LOOK_SECONDS = 0.5
CLOSING_SECONDS = 1.0
"""For the kernel to have a UDP port back."""
EVERYWHERE, EVERYWHERE_6 = "0.0.0.0", "::"  # noqa: S104 - compared, or meant

type Instance = AsyncioServerInstance[Any]

logger = logging.getLogger(__name__)


class Door(Protocol):
    """What asyncio and mitmproxy_rs both give for an open port."""

    def close(self) -> None:
        """Take in nothing more."""

    async def wait_closed(self) -> None:
        """Return once it is so."""


class Ports(Protocol):
    """Who must know this program's own ports, so that no request runs in a circle."""

    def own(self, port: int) -> None:
        """A port is open."""

    def disown(self, port: int) -> None:
        """A port is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """Where one process listens, and whom it asks and tells."""

    host: str
    """IP address to listen on."""
    port: int
    """The proxy's own; 0 for any free one."""
    is_shared: bool
    """Other processes listen on the same TCP ports, and the kernel deals out connections."""
    ports: Ports
    look: Callable[[], Wanted]
    """What else is wanted just now. Called in a thread."""
    announce: Callable[[int], None]
    """Told the proxy's own port once it answers."""
    tell: Callable[[tuple[str, ...]], None]
    """Told what is wrong, in whole sentences, whenever that changes."""


class Listeners:
    """Opens and closes the doors of one process. Must live inside the event loop."""

    def __init__(self, server: Proxyserver, serving: Serving) -> None:
        """Opens nothing yet. The server is mitmproxy's list of connections."""
        self._server = server
        self._serving = serving
        self._open: dict[Way, tuple[Door, ...]] = {}
        self._fixed: Way | None = None
        self._told: tuple[str, ...] = ()

    async def prepare(self) -> asyncio.Server:
        """The proxy's own port, held but not answering yet; it stays for as long as the program runs.

        Raises:
            OSError: it is taken or may not be used.
        """
        door = RegularInstance(RegularMode.parse("regular"), self._server)
        server = await self._stream(door, self._serving.host, self._serving.port, is_held=True)
        found = server.sockets[0].getsockname()[1]
        self._fixed = Way(kind=Kind.PROXY, port=found)
        self._open[self._fixed] = (server,)
        self._serving.ports.own(found)
        return server

    async def follow(self) -> None:
        """Open and close what is wanted, for ever."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Open and close what is wanted just now, and tell what is wrong, if that is news."""
        problems = self._told
        try:
            problems = await self.take(await asyncio.to_thread(self._serving.look))
        except Exception:
            logger.exception("could not follow which doors are wanted; the open ones stay open")
        if problems != self._told:
            self._told = problems
            self._serving.tell(problems)

    async def take(self, wanted: Wanted) -> tuple[str, ...]:
        """Open what is not open, close what is not wanted; all that is wrong, for people."""
        for way in set(self._open) - {*wanted.ways, self._fixed}:
            doors = self._close(way)
            if way.is_udp:  # the same port may be wanted again at once, for another key
                await _given_back(doors)
        problems = list(wanted.problems)
        for way in wanted.ways:
            if way not in self._open:
                try:
                    self._open[way] = await self._doors(way)
                except OSError as error:
                    problems.append(closed(way, error, wanted.language))
                else:
                    self._serving.ports.own(way.port)
        return tuple(dict.fromkeys(problems))

    def close(self) -> None:
        """Close all doors."""
        for way in tuple(self._open):
            self._close(way)

    def _close(self, way: Way) -> tuple[Door, ...]:
        doors = self._open.pop(way)
        for door in doors:
            door.close()
        if not any(way.port == other.port for other in self._open):
            self._serving.ports.disown(way.port)
        return doors

    async def _doors(self, way: Way) -> tuple[Door, ...]:
        match way.kind:
            case Kind.PROXY:
                regular = RegularInstance(RegularMode.parse("regular"), self._server)
                return (await self._stream(regular, self._serving.host, way.port),)
            case Kind.TRANSPARENT:
                redirected = TransparentInstance(TransparentMode.parse("transparent"), self._server)
                return await self._streams(redirected, way.port)
            case Kind.DNS_STREAM:
                names = dns_instance(self._server)
                return await self._streams(names, way.port)
            case Kind.DNS_DATAGRAM:
                return await self._datagrams(way.port)
            case Kind.WIREGUARD:
                return (await self._tunnel(way),)

    async def _streams(self, instance: Instance, port: int) -> tuple[Door, ...]:
        doors: list[Door] = [await self._stream(instance, self._serving.host, port)]
        if self._serving.host == EVERYWHERE:  # what a router sends on comes over IPv6 too
            with suppress(OSError):
                doors.append(await self._stream(instance, EVERYWHERE_6, port))
        return tuple(doors)

    async def _stream(
        self, instance: Instance, host: str, port: int, *, is_held: bool = False
    ) -> asyncio.Server:
        # mitmproxy's own start never asks for reuse_port.
        return await asyncio.start_server(
            instance.handle_stream,
            host,
            port,
            backlog=WAITING_CONNECTIONS,
            reuse_port=self._serving.is_shared or None,
            start_serving=not is_held,
        )

    async def _datagrams(self, port: int) -> tuple[Door, ...]:
        doors: list[Door] = [await open_datagrams(self._serving.host, port, ctx.master.addons)]
        if self._serving.host == EVERYWHERE:
            with suppress(OSError):
                doors.append(await open_datagrams(EVERYWHERE_6, port, ctx.master.addons))
        return tuple(doors)

    async def _tunnel(self, way: Way) -> Door:
        key = way.key
        assert key is not None  # noqa: S101 - of this kind each has one
        # The stem of the file is the name by which the device is known.
        mode = WireGuardMode.parse(f"wireguard:{key.path}@{way.port}")
        tunnel = WireGuardServerInstance(mode, self._server)
        # mitmproxy's own start writes the device's private key to the log.
        return await start_wireguard_server(
            self._serving.host,
            way.port,
            key.server_key,
            [public_half(key.client_key)],
            tunnel.handle_stream,
            tunnel.handle_stream,
        )


async def _given_back(doors: tuple[Door, ...]) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSING_SECONDS):
            for door in doors:
                await door.wait_closed()
