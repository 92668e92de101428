import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator

import dns.name
import dns.resolver
import pytest
from dns.rcode import Rcode
from dns.rdatatype import RdataType

from proxy import dns_upstream
from proxy.dns_message import Found
from proxy.dns_upstream import Server, Upstream, chosen_server, system_servers
from tests.proxy.name_server import OUTSIDE, NameServer, open_name_server, silent_port

GOOD = dns.name.from_text("good.example.")


@pytest.fixture
def beyond() -> Iterator[NameServer]:
    with open_name_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns_upstream, "SERVER_SECONDS", 0.4)


def with_upstream[T](
    servers: Callable[[], list[Server]] | list[int], work: Callable[[Upstream], Awaitable[T]]
) -> T:
    async def run() -> T:
        look = (
            (lambda: [("127.0.0.1", port) for port in servers])
            if isinstance(servers, list)
            else servers
        )
        return await work(Upstream(look))

    return asyncio.run(run())


def ask(
    servers: list[int], name: dns.name.Name = GOOD, kind: RdataType = RdataType.A
) -> tuple[Found, list[str]]:
    found = with_upstream(servers, lambda upstream: upstream.ask(name, kind))
    return found, [record.to_text() for rrset in found.records for record in rrset]


def test_what_the_server_says_is_told_for_a_minute_at_most(beyond: NameServer) -> None:
    found, records = ask([beyond.port])
    assert (found.code, records) == (Rcode.NOERROR, [OUTSIDE])
    assert 55 < found.left <= 60


def test_a_name_that_does_not_exist_is_said_not_to(beyond: NameServer) -> None:
    found, records = ask([beyond.port], dns.name.from_text("nobody.example."))
    assert (found.code, records) == (Rcode.NXDOMAIN, [])


def test_an_answer_is_remembered_whatever_the_spelling(beyond: NameServer) -> None:
    async def work(upstream: Upstream) -> None:
        for spelling in ("good.example.", "GOOD.example.", "good.EXAMPLE."):
            await upstream.ask(dns.name.from_text(spelling), RdataType.A)
        await upstream.ask(GOOD, RdataType.AAAA)

    with_upstream([beyond.port], work)
    assert beyond.asked == ["good.example. A", "good.example. AAAA"]


def test_hundreds_that_want_the_same_are_one_question(beyond: NameServer) -> None:
    beyond.delay = 0.05

    async def work(upstream: Upstream) -> set[Rcode]:
        answers = await asyncio.gather(*(upstream.ask(GOOD, RdataType.A) for _ in range(300)))
        return {one.code for one in answers}

    assert with_upstream([beyond.port], work) == {Rcode.NOERROR}
    assert beyond.asked == ["good.example. A"]


def test_one_that_hangs_up_fails_no_other(beyond: NameServer) -> None:
    beyond.delay = 0.1

    async def work(upstream: Upstream) -> Found:
        first = asyncio.create_task(upstream.ask(GOOD, RdataType.A))
        second = asyncio.create_task(upstream.ask(GOOD, RdataType.A))
        await asyncio.sleep(0.02)
        first.cancel()
        return await second

    assert with_upstream([beyond.port], work).code == Rcode.NOERROR


def test_only_so_many_questions_are_out_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns_upstream, "MOST_OUT", 5)

    async def work(upstream: Upstream) -> float:
        names = [dns.name.from_text(f"{number}.example.") for number in range(200)]
        tasks = [asyncio.create_task(upstream.ask(name, RdataType.A)) for name in names]
        began = time.monotonic()
        done, waiting = await asyncio.wait(tasks, timeout=0.2)
        took = time.monotonic() - began
        assert {task.result().code for task in done} == {Rcode.SERVFAIL}
        assert (len(done), len(waiting)) == (195, 5)
        await asyncio.wait(waiting)
        return took

    with silent_port() as port:
        assert with_upstream([port], work) < 1


def test_a_large_answer_is_asked_for_over_tcp(beyond: NameServer) -> None:
    _, records = ask([beyond.port], dns.name.from_text("big.example."), RdataType.TXT)
    assert len(records) == 40
    assert beyond.asked == ["big.example. TXT"] * 2


def test_an_old_server_is_asked_without_edns(beyond: NameServer) -> None:
    beyond.knows_edns = False
    _, records = ask([beyond.port])
    assert records == [OUTSIDE]


def test_a_silent_server_is_passed_over_and_asked_last_for_a_while(beyond: NameServer) -> None:
    async def work(upstream: Upstream) -> tuple[float, float]:
        began = time.monotonic()
        await upstream.ask(GOOD, RdataType.A)
        between = time.monotonic()
        await upstream.ask(GOOD, RdataType.AAAA)
        return between - began, time.monotonic() - between

    with silent_port() as port:
        first, second = with_upstream([port, beyond.port], work)
    assert first >= 0.35
    assert second < 0.3


def test_all_servers_together_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns_upstream, "ALL_SECONDS", 0.6)
    began = time.monotonic()
    with silent_port() as one, silent_port() as two, silent_port() as three:
        found, _ = ask([one, two, three])
    assert found.code == Rcode.SERVFAIL
    assert time.monotonic() - began < 1


def test_where_nobody_answers_it_is_said_so_soon(beyond: NameServer) -> None:
    beyond.answers = False
    with silent_port() as port:
        found, _ = ask([port, beyond.port])
    assert found.code == Rcode.SERVFAIL
    found, _ = ask([])
    assert found.code == Rcode.SERVFAIL


@pytest.mark.parametrize(
    "spoil",
    [
        lambda wire: wire[:20],
        lambda wire: bytes([wire[0] ^ 1]) + wire[1:],
        lambda wire: wire[:3] + bytes([0x82]) + wire[4:],
        lambda wire: wire.replace(b"\x04good", b"\x04evil"),
        lambda _: b"",
    ],
)
def test_an_answer_to_another_question_is_none(
    beyond: NameServer, spoil: Callable[[bytes], bytes]
) -> None:
    beyond.spoil = spoil
    found, records = ask([beyond.port])
    assert (found.code, records) == (Rcode.SERVFAIL, [])


def test_a_failure_is_not_asked_again_at_once(beyond: NameServer) -> None:
    beyond.answers = False

    async def work(upstream: Upstream) -> None:
        await upstream.ask(GOOD, RdataType.A)
        await upstream.ask(GOOD, RdataType.A)

    with_upstream([beyond.port], work)
    assert len(beyond.asked) == 1


def test_what_is_remembered_has_an_end(beyond: NameServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns_upstream, "REMEMBERED", 3)

    async def work(upstream: Upstream) -> None:
        for number in range(10):
            await upstream.ask(dns.name.from_text(f"{number}.example."), RdataType.A)
        assert len(upstream._known) <= 3

    with_upstream([beyond.port], work)


def test_a_large_answer_is_not_remembered(beyond: NameServer) -> None:
    async def work(upstream: Upstream) -> None:
        for _ in range(2):
            await upstream.ask(dns.name.from_text("big.example."), RdataType.TXT)
        assert len(upstream._known) == 0

    with_upstream([beyond.port], work)


def test_servers_that_cannot_be_found_now_are_looked_for_again(
    beyond: NameServer, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[int] = []

    def look() -> list[Server]:
        tries.append(1)
        if len(tries) <= 2:
            raise OSError("no network yet")
        return [("127.0.0.1", beyond.port)]

    async def work(upstream: Upstream) -> None:
        assert (await upstream.ask(GOOD, RdataType.A)).code == Rcode.SERVFAIL
        assert (await upstream.ask(GOOD, RdataType.MX)).code == Rcode.SERVFAIL
        assert (await upstream.ask(GOOD, RdataType.AAAA)).code == Rcode.NOERROR

    with_upstream(look, work)
    assert caplog.text.count("no network yet") == 1


def test_a_laptop_that_moved_asks_the_servers_of_the_new_place(
    beyond: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns_upstream, "READ_AGAIN_SECONDS", 0.0)
    ports = [9, beyond.port]

    async def work(upstream: Upstream) -> None:
        await upstream.ask(GOOD, RdataType.A)
        ports.pop(0)
        await upstream.ask(GOOD, RdataType.MX)
        await asyncio.sleep(0.1)
        assert (await upstream.ask(GOOD, RdataType.AAAA)).code == Rcode.NOERROR

    with_upstream(lambda: [("127.0.0.1", ports[0])], work)


def test_this_machines_servers_are_read_from_its_system(monkeypatch: pytest.MonkeyPatch) -> None:
    class System:
        nameservers = ("192.168.1.1", "fd00::1", "https://dns.example/query")

    monkeypatch.setattr(dns.resolver, "Resolver", System)
    assert system_servers() == (("192.168.1.1", 53), ("fd00::1", 53))

    def none() -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver, "Resolver", none)
    with pytest.raises(OSError, match="configuration"):
        system_servers()


def test_a_server_is_read_as_the_settings_write_it() -> None:
    assert chosen_server("192.168.1.1:53") == ("192.168.1.1", 53)
    assert chosen_server("[fd00::1]:5353") == ("fd00::1", 5353)
