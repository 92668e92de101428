"""MAC addresses by the kernel's own table, in network namespaces that the test makes."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from proxy import neighbours
from proxy.neighbours import FRESH_SECONDS, Neighbours, read_table

ROOT = Path(__file__).parents[2]
HOME, TABLET = f"plight-h{os.getpid()}", f"plight-t{os.getpid()}"
IP = shutil.which("ip") or ""
ONE, TWO = "02:11:22:33:44:01", "02:11:22:33:44:02"
READ = "import json; from proxy.neighbours import read_table; print(json.dumps(read_table()))"
GREET = """
import socket
for family, address in ((socket.AF_INET, "10.9.0.1"), (socket.AF_INET6, "fd09::1")):
    with socket.socket(family, socket.SOCK_DGRAM) as greeting:
        greeting.sendto(b"hello", (address, 9))
"""


def ip(command: str) -> None:
    subprocess.run((IP, *command.split()), check=True, capture_output=True)


def python(namespace: str, code: str) -> str:
    command = (IP, "netns", "exec", namespace, sys.executable, "-c", code)
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


@pytest.fixture
def network() -> Iterator[None]:
    """A home and a tablet, each in a namespace of its own, joined by a cable."""
    if os.geteuid() != 0 or not IP:
        pytest.skip(reason="namespaces need root, and the command ip: apt-get install iproute2")
    try:
        for name in (HOME, TABLET):
            ip(f"netns add {name}")
        ip(f"link add home netns {HOME} type veth peer name tablet netns {TABLET}")
        for name, end, number in ((HOME, "home", 1), (TABLET, "tablet", 2)):
            ip(f"-n {name} address add 10.9.0.{number}/24 dev {end}")
            ip(f"-n {name} address add fd09::{number}/64 dev {end} nodad")
        ip(f"-n {TABLET} link set tablet address {ONE}")
        for name, end in ((HOME, "home"), (TABLET, "tablet")):
            ip(f"-n {name} link set {end} up")
        yield
    finally:
        for name in (HOME, TABLET):
            subprocess.run((IP, "netns", "delete", name), check=False, capture_output=True)


def seen() -> Mapping[str, str]:
    found: Mapping[str, str] = json.loads(python(HOME, READ))
    return found


def greeted(mac: str) -> Mapping[str, str]:
    """The table once the tablet has said hello with this MAC address; the kernel takes a moment to believe it."""
    for _ in range(20):
        python(TABLET, GREET)
        found = seen()
        if set(found.values()) == {mac}:
            return found
    return seen()


@pytest.mark.usefixtures("network")
def test_a_neighbour_is_found_by_both_of_its_addresses_and_the_fresh_mac_counts() -> None:
    assert seen() == {}
    found = greeted(ONE)
    assert found["10.9.0.2"] == found["fd09::2"] == ONE

    # another machine at the same addresses: it asks for us first, and so tells its own MAC address
    for command in ("down", f"address {TWO}", "up"):
        ip(f"-n {TABLET} link set tablet {command}")
    ip(f"-n {TABLET} address replace fd09::2/64 dev tablet nodad")
    found = greeted(TWO)
    assert found["10.9.0.2"] == found["fd09::2"] == TWO


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
