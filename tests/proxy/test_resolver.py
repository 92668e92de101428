import asyncio
import socket
from collections.abc import Callable

import pytest

from proxy import resolver as resolving
from proxy.resolver import Refused, Resolver, is_own

OUTSIDE = "93.184.216.34"


def make(*reach: str, **names: str) -> Resolver:
    return Resolver(names=names, reach=reach, own_ports=(8080, 8000))


def ask(resolver: Resolver, host: str, port: int = 80) -> tuple[str, ...]:
    return asyncio.run(resolver.addresses(host, port))


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "0x7f.1", "0177.1", "2130706433", "127.0.0.1.", "１２７.0.0.1"),
        *("localhost", "LOCALHOST", "a.localhost", "localhost.", "0.0.0.0", "0", "::1", "[::1]"),
        *("::", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1"),
        *("10.1.2.3", "192.168.1.1", "172.31.255.255", "169.254.169.254", "100.64.0.1"),
        *("224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1"),
        *("fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2002:7f00:1::", "2001:db8::1"),
    ],
)
def test_no_spelling_of_an_inside_address_is_reached(host: str) -> None:
    with pytest.raises(Refused):
        ask(make(), host)


@pytest.mark.parametrize("host", [OUTSIDE, "0x5db8d822", "2606:2800:220:1:248:1893:25c8:1946"])
def test_an_outside_address_is_reached(host: str) -> None:
    assert len(ask(make(), host)) == 1


def test_a_name_of_the_settings_is_not_asked_of_dns() -> None:
    resolver = Resolver(names={"a.example": OUTSIDE}, reach=(), own_ports=())
    assert ask(resolver, "A.Example.") == (OUTSIDE,)


def test_a_name_that_answers_with_an_inside_address_is_refused() -> None:
    resolver = Resolver(names={"rebind.example": "192.168.1.1"}, reach=(), own_ports=())
    with pytest.raises(Refused):
        ask(resolver, "rebind.example")


def test_reach_opens_one_port_of_one_machine() -> None:
    resolver = make("192.168.1.5:8096", "[fd00::5]:80")
    assert ask(resolver, "192.168.1.5", 8096) == ("192.168.1.5",)
    assert ask(resolver, "[fd00::5]", 80) == ("fd00::5",)
    with pytest.raises(Refused):
        ask(resolver, "192.168.1.5", 80)
    with pytest.raises(Refused):
        ask(resolver, "192.168.1.6", 8096)


def test_reach_never_opens_a_port_of_its_own() -> None:
    resolver = make("127.0.0.1:8000", "127.0.0.1:8080", "127.0.0.1:9999", "192.168.1.5:8000")
    resolver.own(9999)
    for port in (8000, 8080, 9999):
        with pytest.raises(Refused):
            ask(resolver, "127.0.0.1", port)
    # the same port of another machine is another thing
    assert ask(resolver, "192.168.1.5", 8000) == ("192.168.1.5",)


def fake_dns(
    monkeypatch: pytest.MonkeyPatch, answers: Callable[[str], tuple[str, ...]]
) -> list[str]:
    asked: list[str] = []

    async def look_up(name: str) -> tuple[str, ...]:
        asked.append(name)
        await asyncio.sleep(0)
        return answers(name)

    monkeypatch.setattr(resolving, "_look_up", look_up)
    return asked


def test_of_mixed_answers_only_the_outside_ones_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_dns(monkeypatch, lambda _: ("127.0.0.1", OUTSIDE, "10.0.0.1"))
    assert ask(make(), "mixed.example") == (OUTSIDE,)


def test_an_answer_is_remembered_and_asked_once_by_many(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = fake_dns(monkeypatch, lambda _: (OUTSIDE,))
    resolver = make()

    async def many() -> None:
        await asyncio.gather(*(resolver.addresses("a.example", 80) for _ in range(20)))
        await resolver.addresses("a.example", 443)

    asyncio.run(many())
    assert asked == ["a.example"]


def test_a_failure_is_told_and_soon_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> tuple[str, ...]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    asked = fake_dns(monkeypatch, fail)
    monkeypatch.setattr(resolving, "FAILURE_SECONDS", -1.0)
    resolver = make()
    for _ in range(2):
        with pytest.raises(socket.gaierror):
            ask(resolver, "a.example")
    assert len(asked) == 2


def test_memory_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_dns(monkeypatch, lambda _: (OUTSIDE,))
    monkeypatch.setattr(resolving, "REMEMBERED_NAMES", 10)
    resolver = make()

    async def many() -> None:
        for number in range(35):
            await resolver.addresses(f"{number}.example", 80)

    asyncio.run(many())
    assert len(resolver._known) <= 10


def test_a_connection_uses_the_address_that_was_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(OUTSIDE,), ("127.0.0.1",)]
    fake_dns(monkeypatch, lambda _: answers.pop(0))
    resolver = make()

    async def connect() -> set[object]:
        loop = asyncio.get_running_loop()
        resolver.attach(loop)
        await resolver.addresses("rebind.example", 80)
        infos = await loop.getaddrinfo("rebind.example", 80, type=socket.SOCK_STREAM)
        return {info[4][0] for info in infos}

    assert asyncio.run(connect()) == {OUTSIDE}


def test_a_connection_to_the_inside_cannot_be_made() -> None:
    async def connect() -> None:
        make().attach(asyncio.get_running_loop())
        await asyncio.open_connection("localhost", 9)

    with pytest.raises(Refused):
        asyncio.run(connect())


def test_a_real_look_up_ends_in_an_address_or_an_error() -> None:
    with pytest.raises(OSError, match=r".+"):
        ask(make(), "name-that-nobody-has.invalid")


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("0.0.0.0", True),
        ("::", True),
        (OUTSIDE, False),
    ],
)
def test_its_own_addresses_are_known(address: str, *, own: bool) -> None:
    assert is_own(address) is own


def test_the_family_s_pages_are_open_on_every_address_of_this_machine_and_on_no_other() -> None:
    resolver = Resolver(
        names={"lamp.lan": "127.0.0.1", "other.lan": "192.168.1.5"},
        reach=(),
        own_ports=(8080, 8000),
        family=("lamp.lan", 8001),
    )
    for host in ("127.0.0.1", "127.0.0.9", "::1", "localhost", "lamp.lan"):
        assert ask(resolver, host, 8001)
        assert resolver.is_family_page(host, 8001)
    for host, port in (("127.0.0.1", 8000), ("127.0.0.1", 8002), ("192.168.1.5", 8001)):
        with pytest.raises(Refused):
            ask(resolver, host, port)
    for host, port in (("other.lan", 8001), ("lamp.lan", 8000), (OUTSIDE, 8001), ("::1", 0)):
        assert not resolver.is_family_page(host, port)


def test_a_name_of_ours_that_leads_elsewhere_is_not_followed() -> None:
    resolver = Resolver(
        names={"lamp.lan": OUTSIDE}, reach=(), own_ports=(), family=("lamp.lan", 8001)
    )
    with pytest.raises(Refused):
        ask(resolver, "lamp.lan", 8001)
    assert ask(resolver, "lamp.lan", 443) == (OUTSIDE,)


def test_the_family_s_port_never_opens_the_parents() -> None:
    resolver = Resolver(names={}, reach=(), own_ports=(8080, 8000), family=("", 8000))
    assert not resolver.is_family_page("127.0.0.1", 8000)
    with pytest.raises(Refused):
        ask(resolver, "127.0.0.1", 8000)
