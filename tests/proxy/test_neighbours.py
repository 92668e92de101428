"""MAC addresses by the kernel's own table, in network namespaces that the test makes."""

import json
import socket
from collections.abc import Iterator, Mapping

import pytest

from proxy import neighbours
from proxy.neighbours import FRESH_SECONDS, Neighbours, read_table
from tests.cable import (
    HOME,
    HOME_ADDRESSES,
    MAC,
    OTHER_MAC,
    TABLET,
    TABLET_ADDRESSES,
    cable,
    change_mac,
    inside,
)

ONE, TWO = MAC, OTHER_MAC
READ = "import json; from proxy.neighbours import read_table; print(json.dumps(read_table()))"
GREET = f"""
import socket
for family, address in zip((socket.AF_INET, socket.AF_INET6), {HOME_ADDRESSES}):
    with socket.socket(family, socket.SOCK_DGRAM) as greeting:
        greeting.sendto(b"hello", (address, 9))
"""


@pytest.fixture
def network() -> Iterator[None]:
    with cable():
        yield


def seen() -> Mapping[str, str]:
    found: Mapping[str, str] = json.loads(inside(HOME, READ))
    return found


def greeted(mac: str) -> Mapping[str, str]:
    """The table once the tablet has said hello with this MAC address; the kernel takes a moment to believe it."""
    for _ in range(20):
        inside(TABLET, GREET)
        found = seen()
        if set(found.values()) == {mac}:
            return found
    return seen()


@pytest.mark.usefixtures("network")
def test_a_neighbour_is_found_by_both_of_its_addresses_and_the_fresh_mac_counts() -> None:
    assert seen() == {}
    found = greeted(MAC)
    assert [found[one] for one in TABLET_ADDRESSES] == [MAC, MAC]
    # another machine at the same addresses: it asks for us first, and so tells its own MAC address
    change_mac(OTHER_MAC)
    found = greeted(OTHER_MAC)
    assert [found[one] for one in TABLET_ADDRESSES] == [OTHER_MAC, OTHER_MAC]


def test_the_table_is_asked_once_a_second_at_most() -> None:
    watch = [0.0]
    tables = [{"10.0.0.2": TWO}, {"10.0.0.2": ONE}]
    table = Neighbours(read=tables.pop, clock=lambda: watch[0])
    assert table.mac("10.0.0.2") == ONE
    watch[0] = FRESH_SECONDS / 2
    assert table.mac("10.0.0.2") == ONE
    assert table.mac("10.0.0.9") is None
    watch[0] = FRESH_SECONDS
    assert table.mac("10.0.0.2") == TWO
    assert tables == []


def test_who_has_just_come_is_looked_for_anew() -> None:
    tables = [{"10.0.0.2": ONE, "10.0.0.9": TWO}, {"10.0.0.2": ONE}]
    table = Neighbours(read=tables.pop, clock=lambda: 0.0)
    assert table.mac("10.0.0.2", is_new=True) == ONE
    assert table.mac("10.0.0.9") is None
    assert table.mac("10.0.0.9", is_new=True) == TWO
    assert table.mac("10.0.0.9", is_new=True) == TWO
    assert tables == []


def test_where_there_is_no_table_nobody_has_a_mac(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "AF_NETLINK", raising=False)
    assert read_table() == {}


@pytest.mark.parametrize("answer", [b"", b"\0" * 7, b"\x10\0\0\0" * 9, b"\xff" * 40])
def test_an_answer_that_is_cut_breaks_nothing(answer: bytes) -> None:
    assert all(kind >= 0 for kind, _ in neighbours._messages(answer))
