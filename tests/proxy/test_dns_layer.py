# mypy: allow-untyped-calls
import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import dns.asyncquery
import dns.message
import dns.rcode
import pytest
from mitmproxy_rs.udp import start_udp_server

from proxy import dns_layer
from proxy.dns_layer import dns_instance
from proxy.leaves import load_authority
from proxy.master import Master
from tests.proxy.name_server import free_port
from tests.proxy.oracle import Oracle


def with_door(home: Path, work: Callable[[Oracle, int], Awaitable[None]]) -> None:
    async def run() -> None:
        oracle = Oracle()
        master = Master(oracle, load_authority(home), roots=None)
        instance = dns_instance(master.addons.get("proxyserver"))
        port = free_port()
        datagrams = await start_udp_server("127.0.0.1", port, instance.handle_stream)
        streams = await asyncio.start_server(instance.handle_stream, "127.0.0.1", port)
        try:
            await work(oracle, port)
        finally:
            streams.close()
            datagrams.close()
            await datagrams.wait_closed()
            for handler in master.addons.get("proxyserver").connections.values():
                for transport in list(handler.transports.values()):
                    transport.handler.cancel("the test is over")
            await asyncio.sleep(0.05)

    asyncio.run(run())


def query(name: str) -> dns.message.Message:
    return dns.message.make_query(name, "A")


def framed(*names: str) -> bytes:
    wires = [query(name).to_wire() for name in names]
    return b"".join(struct.pack("!H", len(wire)) + wire for wire in wires)


async def read_name(reader: asyncio.StreamReader) -> str:
    (length,) = struct.unpack("!H", await reader.readexactly(2))
    message = dns.message.from_wire(await reader.readexactly(length))
    return message.question[0].name.to_text()


def test_names_that_mitmproxy_cannot_spell_are_asked_about(tmp_path: Path) -> None:
    async def work(oracle: Oracle, port: int) -> None:
        for name in ("xn--fa-hia.example.", r"b\195\164d.example.", "ExAmPlE.", "_443._https.a."):
            asked = query(name)
            await dns.asyncquery.udp(asked, "127.0.0.1", 20, port)
            await dns.asyncquery.tcp(asked, "127.0.0.1", 20, port)
        assert len(oracle.asked) == 8
        assert "ExAmPlE." in oracle.asked

    with_door(tmp_path, work)


def test_a_slow_answer_holds_up_no_other_of_the_same_connection(tmp_path: Path) -> None:
    async def work(_: Oracle, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(framed("slow.example.", "quick.example."))
        assert [await read_name(reader), await read_name(reader)] == [
            "quick.example.",
            "slow.example.",
        ]
        writer.close()

    with_door(tmp_path, work)


def test_two_datagrams_from_one_port_are_answered_both(tmp_path: Path) -> None:
    async def work(_: Oracle, port: int) -> None:
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.setblocking(False)
            client.connect(("127.0.0.1", port))
            for name in ("slow.a.", "slow.b."):
                await loop.sock_sendall(client, query(name).to_wire())
            async with asyncio.timeout(20):
                answers = [await loop.sock_recv(client, 2000) for _ in range(2)]
        names = {dns.message.from_wire(one).question[0].name.to_text() for one in answers}
        assert names == {"slow.a.", "slow.b."}

    with_door(tmp_path, work)


def test_a_message_may_come_in_pieces(tmp_path: Path) -> None:
    async def work(_: Oracle, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for byte in framed("a.example."):
            writer.write(bytes([byte]))
            await writer.drain()
        assert await read_name(reader) == "a.example."
        writer.close()

    with_door(tmp_path, work)


@pytest.mark.parametrize(
    "sent", [b"\0\0", b"\0\x05hello", b"\0\x0c" + bytes([0, 1, 0x80, *bytes(9)])]
)
def test_a_stream_that_carries_no_query_is_closed(tmp_path: Path, sent: bytes) -> None:
    async def work(oracle: Oracle, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        async with asyncio.timeout(20):
            assert await reader.read() == b""
        writer.close()
        assert oracle.asked == []

    with_door(tmp_path, work)


def test_an_answer_is_never_answered(tmp_path: Path) -> None:
    async def work(oracle: Oracle, port: int) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.setblocking(False)
            client.connect(("127.0.0.1", port))
            client.send(dns.message.make_response(query("a.example.")).to_wire())
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await asyncio.get_running_loop().sock_recv(client, 2000)
        assert oracle.asked == []

    with_door(tmp_path, work)


def test_a_connection_asks_so_many_at_once_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns_layer, "MOST_WAITING", 3)

    async def work(oracle: Oracle, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        names = [f"slow.{number}." for number in range(10)]
        writer.write(framed(*names))
        async with asyncio.timeout(5):
            assert sorted([await read_name(reader) for _ in names]) == names
        assert oracle.most_waiting == 3
        writer.close()

    with_door(tmp_path, work)


def test_a_silent_connection_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns_layer, "IDLE_SECONDS", 0.2)

    async def work(_: Oracle, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(framed("slow.example."))
        assert await read_name(reader) == "slow.example."
        async with asyncio.timeout(20):
            assert await reader.read() == b""
        writer.close()

    with_door(tmp_path, work)


def test_a_message_that_never_ends_keeps_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns_layer, "IDLE_SECONDS", 0.3)

    async def work(oracle: Oracle, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        reading = asyncio.create_task(reader.read())
        for byte in framed("a.example."):
            if reading.done():
                break
            writer.write(bytes([byte]))
            await asyncio.sleep(0.1)
        with suppress(ConnectionError):  # a piece came after the end
            assert await reading == b""
        assert oracle.asked == []
        writer.close()

    with_door(tmp_path, work)


def test_where_the_hook_broke_another_is_asked(tmp_path: Path) -> None:
    async def work(oracle: Oracle, port: int) -> None:
        answer = await dns.asyncquery.udp(query("broken.example."), "127.0.0.1", 20, port)
        assert answer.rcode() == dns.rcode.REFUSED
        assert oracle.asked == ["broken.example.", "unanswered"]

    with_door(tmp_path, work)
