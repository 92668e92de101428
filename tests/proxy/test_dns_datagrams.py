# mypy: allow-untyped-calls
import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import dns.asyncquery
import dns.message
import dns.rcode
import pytest

from proxy import dns_datagrams
from proxy.dns_datagrams import Datagrams, open_datagrams
from proxy.leaves import load_authority
from proxy.master import Master
from tests.proxy.oracle import Oracle


def with_door(home: Path, work: Callable[[Oracle, Datagrams], Awaitable[None]]) -> None:
    async def run() -> None:
        oracle = Oracle()
        master = Master(oracle, load_authority(home), roots=None)
        door = await open_datagrams("127.0.0.1", 0, master.addons)
        try:
            await work(oracle, door)
        finally:
            door.close()
            await door.wait_closed()

    asyncio.run(run())


def query(name: str) -> dns.message.Message:
    return dns.message.make_query(name, "A")


async def ask(door: Datagrams, name: str) -> int:
    return (await dns.asyncquery.udp(query(name), "127.0.0.1", 3, door.port)).rcode()


async def exchange(door: Datagrams, *sent: bytes, answers: int, seconds: float = 2.0) -> set[bytes]:
    """What comes back to one port."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.setblocking(False)
        client.connect(("127.0.0.1", door.port))
        for wire in sent:
            client.send(wire)
        async with asyncio.timeout(seconds):
            return {await loop.sock_recv(client, 2000) for _ in range(answers)}


def test_a_query_is_answered(tmp_path: Path) -> None:
    async def work(oracle: Oracle, door: Datagrams) -> None:
        assert await ask(door, "a.example.") == dns.rcode.NOERROR
        assert oracle.asked == ["a.example."]

    with_door(tmp_path, work)


def test_one_port_may_ask_as_much_and_as_long_as_it_likes(tmp_path: Path) -> None:
    async def work(_: Oracle, door: Datagrams) -> None:
        sent = [query(f"{number}.example.").to_wire() for number in range(100)]
        assert len(await exchange(door, *sent, answers=100)) == 100

    with_door(tmp_path, work)


def test_a_slow_answer_holds_up_no_other(tmp_path: Path) -> None:
    async def work(oracle: Oracle, door: Datagrams) -> None:
        await asyncio.gather(ask(door, "slow.a."), ask(door, "b."), ask(door, "slow.c."))
        assert oracle.most_waiting >= 2

    with_door(tmp_path, work)


def test_hundreds_who_ask_again_and_again_lose_nothing(tmp_path: Path) -> None:
    async def work(_: Oracle, door: Datagrams) -> None:
        for _round in range(4):
            found = await asyncio.gather(*(ask(door, f"{one}.example.") for one in range(200)))
            assert set(found) == {dns.rcode.NOERROR}

    with_door(tmp_path, work)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"hello",
        bytes([0, 1, 0x80, *bytes(9)]),
        dns.message.make_response(query("a.")).to_wire(),
    ],
    ids=["nothing", "words", "a head", "an answer"],  # the bytes hold an id made by chance
)
def test_what_is_no_query_has_no_answer(tmp_path: Path, sent: bytes) -> None:
    async def work(oracle: Oracle, door: Datagrams) -> None:
        with pytest.raises(TimeoutError):
            await exchange(door, sent, answers=1, seconds=0.2)
        assert oracle.asked == []

    with_door(tmp_path, work)


def test_past_its_measure_it_says_at_once_that_it_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns_datagrams, "MOST_AT_ONCE", 3)

    async def work(oracle: Oracle, door: Datagrams) -> None:
        names = [f"slow.{number}." for number in range(10)]
        found = await asyncio.gather(*(ask(door, name) for name in names))
        assert sorted(found) == [dns.rcode.NOERROR] * 3 + [dns.rcode.SERVFAIL] * 7
        assert oracle.most_waiting == 3

    with_door(tmp_path, work)


def test_where_the_hook_broke_another_is_asked(tmp_path: Path) -> None:
    async def work(oracle: Oracle, door: Datagrams) -> None:
        assert await ask(door, "broken.example.") == dns.rcode.REFUSED
        assert oracle.asked == ["broken.example.", "unanswered"]

    with_door(tmp_path, work)


def test_a_closed_door_gives_its_port_back_and_answers_no_more(tmp_path: Path) -> None:
    async def work(oracle: Oracle, door: Datagrams) -> None:
        waiting = asyncio.create_task(ask(door, "slow.a."))
        await asyncio.sleep(0.1)
        door.close()
        await door.wait_closed()
        again = await open_datagrams("127.0.0.1", door.port, door._addons)
        again.close()
        await again.wait_closed()
        assert oracle.asked == ["slow.a."]
        waiting.cancel()

    with_door(tmp_path, work)


def test_both_families_have_the_same_port(tmp_path: Path) -> None:
    async def work(_: Oracle, door: Datagrams) -> None:
        try:
            both = await open_datagrams("::", door.port, door._addons)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise
            pytest.skip(f"no IPv6 here: {error}")
        answer = await dns.asyncquery.udp(query("a.example."), "::1", 3, door.port)
        assert answer.rcode() == dns.rcode.NOERROR
        both.close()
        await both.wait_closed()

    with_door(tmp_path, work)


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    async def work(_: Oracle, door: Datagrams) -> None:
        with pytest.raises(OSError, match="in use"):
            await open_datagrams("127.0.0.1", door.port, door._addons)

    with_door(tmp_path, work)
