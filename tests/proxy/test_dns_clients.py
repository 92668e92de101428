import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from proxy import dns_clients
from proxy.dns_clients import Lately, is_at_home
from rules.decision import DecisionRecord, Reason
from tests.proxy.conftest import make_decision


def line(host: str = "a.example", client: str = "127.0.0.2") -> DecisionRecord:
    return DecisionRecord(
        at=datetime.now(UTC),
        decision=make_decision(),
        client=client,
        method="DNS",
        scheme="https",
        host=host,
        path="",
    )


@pytest.mark.parametrize(
    "address",
    ["127.0.0.2", "192.168.1.9", "10.0.0.1", "100.64.0.9", "fe80::1%eth0", "fd00::9", "::1"],
)
def test_private_addresses_are_of_this_house(address: str) -> None:
    assert is_at_home(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "203.0.114.7", "2606:4700::1111"])
def test_others_are_not(address: str) -> None:
    assert not is_at_home(address)


def test_an_address_of_our_own_network_is_of_this_house(monkeypatch: pytest.MonkeyPatch) -> None:
    class Probe:
        def connect(self, _: object) -> None:
            """Nothing is sent."""

        def getsockname(self) -> tuple[str, int, int, int]:
            return "2606:4700:1:2::5%eth0", 1, 0, 0

        def close(self) -> None:
            """Nothing is open."""

    monkeypatch.setattr("socket.socket", lambda *_: Probe())
    dns_clients._is_neighbour.cache_clear()
    assert is_at_home("2606:4700:1:2:aaaa::9")
    assert not is_at_home("2606:4700:1:3::9")
    dns_clients._is_neighbour.cache_clear()


def test_a_row_is_news_once_a_minute_and_again_when_it_says_something_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lately = Lately()
    assert lately.is_news(line())
    assert not lately.is_news(line())
    assert lately.is_news(line("b.example"))
    assert lately.is_news(line(client="127.0.0.3"))
    other = replace(line(), decision=make_decision(Reason.NEVER))
    assert lately.is_news(other)
    now = time.monotonic()
    monkeypatch.setattr("time.monotonic", lambda: now + 61)
    assert lately.is_news(line())


def test_what_is_remembered_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns_clients, "REMEMBERED", 3)
    lately = Lately()
    for number in range(10):
        lately.is_news(line(f"{number}.example"))
    assert len(lately._until) <= 3
