# mypy: allow-untyped-calls
import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import pytest
from mitmproxy.connection import Client
from mitmproxy.dns import DNSFlow
from mitmproxy.proxy.mode_specs import DnsMode, RegularMode

from proxy.leaves import load_authority
from proxy.listeners import Listeners, Serving
from proxy.master import Master
from proxy.ways import Kind, Wanted, Way
from store.settings import Settings
from store.wireguard import find_key


@dataclass
class Guest:
    """An addon that notes who comes in, and knows no name."""

    name: str = "guest"
    clients: list[Client] = field(default_factory=list)
    askers: list[Client] = field(default_factory=list)
    """Of names."""

    def client_connected(self, client: Client) -> None:
        self.clients.append(client)

    def dns_request(self, flow: DNSFlow) -> None:
        self.askers.append(flow.client_conn)
        flow.response = flow.request.fail(dns.rcode.NXDOMAIN)


@dataclass
class House:
    """What listeners ask, and what they tell."""

    guest: Guest = field(default_factory=Guest)
    wish: Wanted | Exception = field(default_factory=lambda: Wanted(ways=()))
    own_ports: set[int] = field(default_factory=set)
    told: list[tuple[str, ...]] = field(default_factory=list)

    def own(self, port: int) -> None:
        self.own_ports.add(port)

    def disown(self, port: int) -> None:
        self.own_ports.remove(port)

    def look(self) -> Wanted:
        if isinstance(self.wish, Exception):
            raise self.wish
        return self.wish

    def want(self, *ways: Way) -> None:
        self.wish = Wanted(ways=ways)


def with_listeners(
    home: Path, work: Callable[[House, Listeners], Awaitable[None]], *, is_shared: bool = False
) -> None:
    async def run() -> None:
        house = House()
        master = Master(house.guest, load_authority(home), roots=None)
        serving = Serving(
            host="127.0.0.1",
            port=0,
            is_shared=is_shared,
            ports=house,
            look=house.look,
            announce=lambda _: None,
            tell=house.told.append,
        )
        listeners = Listeners(master.addons.get("proxyserver"), serving)
        await (await listeners.prepare()).start_serving()
        try:
            await work(house, listeners)
        finally:
            listeners.close()
        assert house.own_ports == set()

    asyncio.run(run())


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with closing(socket.socket(type=kind)) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


async def connect(port: int) -> asyncio.StreamWriter:
    _, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 2)
    return writer


async def is_open(port: int) -> bool:
    try:
        (await connect(port)).close()
    except ConnectionRefusedError:
        return False
    return True


def own_port() -> Way:
    return Way(kind=Kind.PROXY, port=free_port())


def test_doors_come_and_go_as_they_are_wanted(tmp_path: Path) -> None:
    async def work(house: House, listeners: Listeners) -> None:
        (fixed,) = house.own_ports
        one, two = own_port(), own_port()
        house.want(one, two)
        await listeners.look()
        assert house.own_ports == {fixed, one.port, two.port}
        assert [await is_open(way.port) for way in (one, two)] == [True, True]
        house.want(two)
        await listeners.look()
        assert [await is_open(port) for port in (one.port, two.port, fixed)] == [False, True, True]
        assert house.own_ports == {fixed, two.port}
        assert house.told == []

    with_listeners(tmp_path, work)


def test_a_client_of_a_devices_own_port_is_known_by_it(tmp_path: Path) -> None:
    async def work(house: House, listeners: Listeners) -> None:
        way = own_port()
        house.want(way)
        await listeners.look()
        writer = await connect(way.port)
        await until(lambda: house.guest.clients)
        (client,) = house.guest.clients
        assert isinstance(client.proxy_mode, RegularMode)
        assert client.sockname == ("127.0.0.1", way.port)
        writer.close()

    with_listeners(tmp_path, work)


def test_closing_a_door_ends_no_connection(tmp_path: Path) -> None:
    async def work(house: House, listeners: Listeners) -> None:
        way = own_port()
        house.want(way)
        await listeners.look()
        reader, writer = await asyncio.open_connection("127.0.0.1", way.port)
        await until(lambda: house.guest.clients)
        house.want()
        await listeners.look()
        writer.write(b"nonsense\r\n\r\n")
        answer = await asyncio.wait_for(reader.readline(), 2)
        assert answer.startswith(b"HTTP/1.1 400")
        writer.close()

    with_listeners(tmp_path, work)


def test_a_taken_port_is_told_once_and_opens_when_it_is_free(tmp_path: Path) -> None:
    async def work(house: House, listeners: Listeners) -> None:
        other_way = own_port()
        with closing(socket.create_server(("127.0.0.1", 0))) as other:
            way = Way(kind=Kind.PROXY, port=other.getsockname()[1])
            house.want(way, other_way)
            await listeners.look()
            await listeners.look()
            assert await is_open(other_way.port)
        assert len(house.told) == 1
        assert f"TCP {way.port}" in house.told[0][0]
        assert way.port not in house.own_ports
        await listeners.look()
        assert await is_open(way.port)
        assert house.told[1:] == [()]

    with_listeners(tmp_path, work)


def test_what_cannot_be_asked_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(house: House, listeners: Listeners) -> None:
        way = own_port()
        house.want(way)
        await listeners.look()
        house.wish = RuntimeError("a broken rule")
        await listeners.look()
        assert await is_open(way.port)
        assert "a broken rule" in caplog.text

    with_listeners(tmp_path, work)


def test_a_tunnel_takes_its_udp_port_and_gives_it_back_to_another_key(tmp_path: Path) -> None:
    async def work(house: House, listeners: Listeners) -> None:
        settings = Settings(home=tmp_path, wireguard_port=free_port(socket.SOCK_DGRAM))
        for _ in range(2):
            key = find_key(settings, "phone")
            house.want(Way(kind=Kind.WIREGUARD, port=key.port, key=key))
            await listeners.look()
            assert is_udp_taken(key.port)
            assert house.told == []
            key.path.unlink()
        house.want()
        await listeners.look()
        await until(lambda: not is_udp_taken(key.port))

    with_listeners(tmp_path, work)


def test_names_are_answered_over_tcp_and_udp(tmp_path: Path) -> None:
    async def work(house: House, listeners: Listeners) -> None:
        port = free_port(socket.SOCK_DGRAM)
        house.want(Way(kind=Kind.DNS_STREAM, port=port), Way(kind=Kind.DNS_DATAGRAM, port=port))
        await listeners.look()
        question = dns.message.make_query("good.example", "A")
        for ask in (dns.query.udp, dns.query.tcp):
            answer = await asyncio.to_thread(ask, question, "127.0.0.1", 2, port)
            assert answer.rcode() == dns.rcode.NXDOMAIN
        assert [one.transport_protocol for one in house.guest.askers] == ["udp", "tcp"]
        assert all(isinstance(one.proxy_mode, DnsMode) for one in house.guest.askers)

    with_listeners(tmp_path, work)


@pytest.mark.parametrize("kind", [Kind.PROXY, Kind.TRANSPARENT, Kind.DNS_STREAM])
def test_workers_share_every_tcp_port(tmp_path: Path, kind: Kind) -> None:
    async def work(house: House, listeners: Listeners) -> None:
        with closing(socket.socket()) as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            other.bind(("127.0.0.1", 0))
            other.listen()
            house.want(Way(kind=kind, port=other.getsockname()[1]))
            await listeners.look()
            assert house.told == []

    with_listeners(tmp_path, work, is_shared=True)


def test_what_no_router_sent_here_is_closed(tmp_path: Path) -> None:
    async def work(house: House, listeners: Listeners) -> None:
        way = Way(kind=Kind.TRANSPARENT, port=free_port())
        house.want(way)
        await listeners.look()
        reader, writer = await asyncio.open_connection("127.0.0.1", way.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: good.example\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.read(), 3)
        writer.close()
        assert house.guest.clients == []

    with_listeners(tmp_path, work)


def is_udp_taken(port: int) -> bool:
    with closing(socket.socket(type=socket.SOCK_DGRAM)) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


async def until(claim: Callable[[], object]) -> None:
    async with asyncio.timeout(2):
        while not claim():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.01)
